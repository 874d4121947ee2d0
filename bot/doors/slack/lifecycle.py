"""What happens to a workspace besides questions: it leaves, and payloads say truly which workspace they are of.

app_uninstalled, tokens_revoked (ours) -> tokens dropped, erasure noted (durable) -> ack; rows deleted at once and
                                          once more an hour later, for what was still being written
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import structlog
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.doors.slack.client import translated
from bot.doors.slack.inbound import checked
from bot.retention import forget_leavers
from kb.errors import ServiceError, StoreError
from kb.store import Store

if TYPE_CHECKING:
    from slack_bolt import App, BoltResponse
    from slack_sdk import WebClient

log = structlog.get_logger("steelyard.slack")

MEMBERS_ONLY = "I answer members of the workspace that installed me. In a shared channel, ask through one of them."

_Id = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,30}$")]


class _Payload(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class _Revoked(_Payload):
    bot: tuple[str, ...] = ()


class _Event(_Payload):
    tokens: _Revoked = _Revoked()


class _Farewell(_Payload):
    team_id: _Id
    event_time: Annotated[int, Field(ge=0)]
    event: _Event


class Leaving:
    """Listeners for the end of an installation."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def uninstalled(self, body: dict[str, Any]) -> None:
        self._leave(checked(_Farewell, body))

    def revoked(self, body: dict[str, Any]) -> None:
        """Of the tokens that Slack gives out for us we keep the bot's alone; a person's is no loss."""
        farewell = checked(_Farewell, body)
        if farewell.event.tokens.bot:
            self._leave(farewell)

    def _leave(self, farewell: _Farewell) -> None:
        left_at = datetime.fromtimestamp(farewell.event_time, UTC)
        if not self._store.erase.leave(farewell.team_id, left_at=left_at):
            log.info("a farewell older than the installation", workspace=farewell.team_id)
            return
        log.info("workspace left", workspace=farewell.team_id)
        try:
            forget_leavers(self._store)
        except StoreError:  # it is noted, and the next tick tries again
            log.exception("rows of a workspace that left not deleted yet", workspace=farewell.team_id)


def same_workspace(
    body: dict[str, Any], context: dict[str, Any], client: "WebClient", next: Callable[[], None]
) -> "BoltResponse | None":
    """An event is of the workspace whose installation received it, whatever workspace its channel is shared with.

    In a channel shared with another company its people are no members of ours: what they say is not taken as a
    question, since the answer could show what only our workspace may see. Who mentioned us is told so.
    """
    if body.get("type") == "event_callback" and context.get("team_id"):
        if outsider(body, context):
            return _decline(body["event"], client)
        body["team_id"] = context["team_id"]
    next()
    return None


def _decline(event: dict[str, Any], client: "WebClient") -> "BoltResponse":
    from slack_bolt import BoltResponse

    log.info("not asked by a member", kind=event.get("type"))
    if event.get("type") == "app_mention":
        try:
            with translated("declining a question"):
                client.chat_postEphemeral(channel=event["channel"], user=event["user"], text=MEMBERS_ONLY)
        except ServiceError as error:
            log.warning("who asked could not be told", error=str(error))
    return BoltResponse(status=200, body="")


def outsider(body: dict[str, Any], context: dict[str, Any]) -> bool:
    """Whether an event in a channel shared with other companies was caused by one of their people (or by we know not
    whom: Slack does not always say)."""
    if body.get("is_ext_shared_channel") is not True:
        return False
    enterprise = context.get("enterprise_id")
    of_our_house = enterprise is not None and context.get("actor_enterprise_id") == enterprise
    return not of_our_house and context.get("actor_team_id") != context.get("team_id")


def register(app: "App", store: Store) -> None:
    leaving = Leaving(store)
    app.use(same_workspace)
    app.event("app_uninstalled")(leaving.uninstalled)
    app.event("tokens_revoked")(leaving.revoked)
