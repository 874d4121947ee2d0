"""Workspaces that installed us: the mode we run in, their tokens (sealed at rest, refreshed in time), who may call us.

OAuth ends -> tokens sealed -> installations row ---> Clients.of(team): opened, refreshed when near their end
payload -> authorize: the row of its workspace, or nobody
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import structlog

from bot.doors.slack.client import client_with, error_code, translated
from kb.errors import ConfigurationError, ServiceError
from kb.seal import Seal, split_keys
from kb.settings import Settings
from kb.store import Store
from kb.store.installations import Installed

if TYPE_CHECKING:
    from slack_bolt.authorization import AuthorizeResult
    from slack_sdk import WebClient
    from slack_sdk.errors import SlackApiError

log = structlog.get_logger("steelyard.slack")

# Slack's rotated tokens live for twelve hours: https://docs.slack.dev/authentication/using-token-rotation
REFRESH_BEFORE = timedelta(hours=2)
REFRESH_LEASE_S = 60.0
INSTALL_PATH, REDIRECT_PATH = "/slack/install", "/slack/oauth_redirect"
NOT_INSTALLED = "Steelyard is not installed in this workspace any more. Ask whoever runs it for the link to install it."

Mode = Literal["one", "many"]


def mode_of(settings: Settings) -> Mode:
    """One workspace by its bot token, or many by OAuth; ConfigurationError for half of either, or for both."""
    secret = settings.slack_client_secret.get_secret_value() if settings.slack_client_secret else ""
    if not settings.slack_client_id and not secret:
        return "one"
    if not settings.slack_client_id or not secret:
        missing = "SLACK_CLIENT_SECRET" if settings.slack_client_id else "SLACK_CLIENT_ID"
        raise ConfigurationError(
            f"Slack: OAuth needs {missing} too", hint=f"set {missing} from the app's Basic Information page"
        )
    if settings.slack_bot_token is not None and settings.slack_bot_token.get_secret_value():
        raise ConfigurationError(
            "Slack: a bot token and OAuth credentials at once",
            hint="unset SLACK_BOT_TOKEN to serve many workspaces, or SLACK_CLIENT_ID and SLACK_CLIENT_SECRET for one",
        )
    return "many"


def seal_of(settings: Settings) -> Seal:
    """ConfigurationError without a key: tokens are never stored in the clear."""
    return Seal(split_keys(settings.secret_keys.get_secret_value() if settings.secret_keys else ""))


def install_url(settings: Settings) -> str:
    """Where a person starts installing, as well as we know it."""
    return f"{settings.slack_public_url.rstrip('/') or f'http://{settings.slack_listen}'}{INSTALL_PATH}"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a workspace gave us. `refresh` is empty for tokens that last."""

    bot: str
    refresh: str

    def sealed(self, seal: Seal, workspace_id: str) -> str:
        """Bound to its workspace: in another's row it does not open."""
        return seal.seal(json.dumps({"workspace_id": workspace_id, "bot": self.bot, "refresh": self.refresh}))

    @classmethod
    def opened(cls, seal: Seal, row: Installed) -> "Tokens":
        found = json.loads(seal.open(row.sealed))
        if found["workspace_id"] != row.workspace_id:
            raise ConfigurationError(
                f"the tokens stored for {row.workspace_id} are another workspace's", hint="install the app there again"
            )
        return cls(found["bot"], found["refresh"])


class InstalledClients:
    """Implements `Clients` for every workspace in the store. Safe for several threads and processes."""

    def __init__(
        self, settings: Settings, store: Store, seal: Seal, *, owner: str, clock: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._store = store
        self._seal = seal
        self._owner = owner
        self._clock = clock
        self._made: dict[tuple[str, datetime], WebClient] = {}
        self._lock = threading.Lock()

    def teams(self) -> list[str]:
        return [row.workspace_id for row in self._store.installations.list()]

    def of(self, team_id: str | None) -> "WebClient":
        row = self._row(team_id)
        token = self._fresh(row).bot
        key = row.workspace_id, row.installed_at  # who installs anew may grant more: what was refused is forgotten
        with self._lock:
            client = self._made.get(key)
            if client is None:
                client = self._made[key] = client_with(self._settings, token)
            client.token = token
        return client

    def _row(self, team_id: str | None) -> Installed:
        if team_id is None:
            teams = self.teams()
            if len(teams) != 1:
                raise ServiceError("no workspace was named, and there is not just one", transient=False)
            team_id = teams[0]
        row = self._store.installations.get(team_id)
        if row is None:
            raise ServiceError(f"workspace {team_id} has not installed Steelyard", transient=False)
        return row

    def _fresh(self, row: Installed) -> Tokens:
        """Its tokens, exchanged for new ones when their end is near. Where that fails they are used while they last."""
        tokens = Tokens.opened(self._seal, row)
        if row.token_expires_at is None or row.token_expires_at - self._clock() > REFRESH_BEFORE:
            return tokens
        try:
            return self._refreshed(row.workspace_id)
        except ServiceError as error:
            if row.token_expires_at <= self._clock():
                raise
            log.warning("token not refreshed yet", workspace=row.workspace_id, error=str(error))
            return tokens

    def _refreshed(self, team_id: str) -> Tokens:
        """Exchange once, whoever else is at it: a refresh token is good for one exchange."""
        lease = f"slack-token:{team_id}"
        me = f"{self._owner}:{threading.get_ident()}"
        if not self._store.lease(lease, me, REFRESH_LEASE_S):
            raise ServiceError("another process is refreshing the token")
        try:
            row = self._row(team_id)
            tokens = Tokens.opened(self._seal, row)
            if row.token_expires_at is None or row.token_expires_at - self._clock() > REFRESH_BEFORE:
                return tokens
            new, expires_at = self._exchange(row, tokens)
            if not self._store.installations.replace_tokens(
                team_id, new.sealed(self._seal, team_id), expires_at, was=row.sealed
            ):
                raise ServiceError("the installation changed while its token was refreshed")
            log.info("token refreshed", workspace=team_id, expires_at=expires_at.isoformat())
            return new
        finally:
            self._store.unlease(lease, me)

    def _exchange(self, row: Installed, tokens: Tokens) -> tuple[Tokens, datetime]:
        from slack_sdk.errors import SlackApiError

        secret = self._settings.slack_client_secret
        try:
            with translated("refreshing a token"):
                answer = client_with(self._settings, None).oauth_v2_access(
                    client_id=self._settings.slack_client_id,
                    client_secret=secret.get_secret_value() if secret else "",
                    grant_type="refresh_token",
                    refresh_token=tokens.refresh,
                )
        except ServiceError as error:
            if not error.transient and isinstance(error.__cause__, SlackApiError):
                raise _refused(row, error.__cause__, self._settings) from error
            raise
        expires_at = self._clock() + timedelta(seconds=int(answer["expires_in"]))
        return Tokens(answer["access_token"], answer.get("refresh_token") or tokens.refresh), expires_at


def _refused(row: Installed, error: "SlackApiError", settings: Settings) -> ServiceError:
    return ServiceError(
        f"Slack refused to refresh the token of {row.name} ({row.workspace_id}): {error_code(error)}",
        transient=False,
        hint=f"install the app there again: {install_url(settings)}",
    )


def authorizer(store: Store, clients: InstalledClients) -> "Callable[..., AuthorizeResult | None]":
    """For Bolt: the installation that a payload is for, None for a workspace that has none. Asks Slack nothing."""

    def authorize(enterprise_id: str | None, team_id: str | None, user_id: str | None) -> Any:
        from slack_bolt.authorization import AuthorizeResult

        row = store.installations.get(team_id) if team_id else None
        if row is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=row.workspace_id,
            bot_id=row.bot_id,
            bot_user_id=row.bot_user_id,
            bot_token=clients.of(row.workspace_id).token,
            bot_scopes=list(row.scopes),
            user_id=user_id,
        )

    return authorize


def reseal_all(store: Store, seal: Seal) -> tuple[int, int]:
    """Put every stored token under the first key; returns (how many were moved, how many there are)."""
    rows = store.installations.list()
    moved = 0
    for row in rows:
        if not seal.is_newest(row.sealed):
            sealed = seal.reseal(row.sealed)
            moved += store.installations.replace_tokens(row.workspace_id, sealed, row.token_expires_at, was=row.sealed)
    return moved, len(rows)
