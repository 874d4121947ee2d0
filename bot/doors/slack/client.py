"""The Slack Web API as this door uses it: a client a workspace, its errors translated once, no secret in a log line."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol
from urllib.error import URLError

from bot.doors.slack.pace import paced_client
from bot.logs import redacted
from kb.errors import ConfigurationError, ServiceError
from kb.settings import Settings

if TYPE_CHECKING:
    from slack_sdk import WebClient
    from slack_sdk.errors import SlackApiError

# Slack's own words for "not now": https://docs.slack.dev/reference/methods/chat.postMessage#errors
TRANSIENT = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)


class Clients(Protocol):
    """The Web API of each workspace that is served."""

    def of(self, team_id: str | None) -> "WebClient":
        """The client of a workspace, its token fresh; None: of the only one there is. ServiceError where there is none.

        The same object each time, so that what holds it sees a rotated token.
        """
        ...

    def teams(self) -> list[str]:
        """The workspaces that are served."""
        ...


class OneClient:
    """Implements `Clients` for a single bot token."""

    def __init__(self, client: "WebClient", team_id: str) -> None:
        self._client = client
        self._team_id = team_id

    def of(self, team_id: str | None) -> "WebClient":
        if team_id not in (None, self._team_id):
            raise ServiceError(
                f"the bot token is not of workspace {team_id}",
                transient=False,
                hint="set SLACK_BOT_TOKEN to that workspace's, or install by OAuth to serve several",
            )
        return self._client

    def teams(self) -> list[str]:
        return [self._team_id]


class RedactTokens(logging.Filter):
    """Takes tokens and one-time addresses out of what the Slack libraries log."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redacted(record.getMessage()), ()
        return True


def slack_logger() -> logging.Logger:
    """The logger that Bolt, the Web client and the socket client share. Their DEBUG lines carry whole messages."""
    logger = logging.getLogger("steelyard.slack.library")
    logger.setLevel(logging.WARNING)
    if not any(isinstance(f, RedactTokens) for f in logger.filters):
        logger.addFilter(RedactTokens())
    return logger


def web_client(settings: Settings) -> "WebClient":
    """The client of the single bot token."""
    if settings.slack_bot_token is None or not settings.slack_bot_token.get_secret_value():
        raise ConfigurationError(
            "Slack: no bot token", hint="set SLACK_BOT_TOKEN (xoxb-...) from the app's OAuth & Permissions page"
        )
    return client_with(settings, settings.slack_bot_token.get_secret_value())


def client_with(settings: Settings, token: str | None) -> "WebClient":
    """A client that waits as long as Slack says."""
    base = settings.slack_api_url if settings.slack_api_url.endswith("/") else f"{settings.slack_api_url}/"
    return paced_client(token=token, base_url=base, timeout_s=30, logger=slack_logger())


def error_code(error: "SlackApiError") -> str:
    """Slack's word for what was wrong, "" where it sent none."""
    response = error.response
    code = response.get("error") if hasattr(response, "get") else None
    return str(code or "")


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Errors of the Slack libraries as ours, classified once. What Slack said no to is permanent, silence is not."""
    from slack_sdk.errors import SlackApiError, SlackClientError

    try:
        yield
    except SlackApiError as error:
        code = error_code(error) or "an unreadable answer"
        status = getattr(error.response, "status_code", 200)
        transient = code in TRANSIENT or not error_code(error) or status == 429 or status >= 500
        needed = error.response.get("needed") if hasattr(error.response, "get") else None
        hint = f"grant the scope {needed} and reinstall the app" if needed else "run `steelyard doctor`"
        raise ServiceError(f"Slack refused {doing}: {code}", transient=transient, hint=hint) from error
    except (SlackClientError, URLError, OSError, ValueError) as error:
        # ValueError: a body that is no JSON.
        raise ServiceError(f"Slack could not be reached for {doing}", transient=True) from error
