"""The Bolt app: every listener turns a payload into a durable row and only then acknowledges it.

    event -> checked -> inbox.accept (durable, deduplicated) -> ack; a worker is woken and shows a status

`process_before_response` makes Bolt acknowledge only after the listener: what we could not store, Slack sends again.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import structlog

from bot.decide.service import Decider
from bot.doors.slack import administer, alerts, digest_settings, feedback, lifecycle, share, shortcut, stop
from bot.doors.slack.admins import Office
from bot.doors.slack.client import slack_logger
from bot.doors.slack.decisions import DecisionListeners
from bot.doors.slack.inbound import inquiry_from_command, inquiry_from_event, is_aside, is_to_others
from bot.doors.slack.install import NOT_INSTALLED
from bot.doors.slack.refine import REFINE_VIEW
from bot.doors.slack.render_decision import REFINE_ACTION
from bot.doors.slack.text import harmless, one_line
from bot.logs import reference_id
from bot.preferences import Preferences
from kb.errors import BadInput
from kb.settings import Settings
from kb.store import Store
from kb.types import Inquiry

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_sdk import WebClient

log = structlog.get_logger("steelyard.slack")

COMMAND = "/steelyard"
HELP = "Ask with `/steelyard ask <question>`, for example: `/steelyard ask what licence is Kimi K2.5 under?`"


class Listeners:
    """What the app does with each payload. `accepted` is called after a new question was stored."""

    def __init__(self, settings: Settings, store: Store, accepted: Callable[[], None]) -> None:
        self._follow_ups = settings.slack_follow_ups
        self._store = store
        self._accepted = accepted

    def mention(self, body: dict[str, Any], context: dict[str, Any]) -> None:
        self.accept(inquiry_from_event(body, context.get("bot_user_id") or ""))

    def message(self, body: dict[str, Any], context: dict[str, Any]) -> None:
        """A direct message always asks; a channel message only as a follow-up in a thread of ours, if switched on."""
        inquiry = inquiry_from_event(body, context.get("bot_user_id") or "")
        if inquiry is not None and (inquiry.payload["surface"] == "dm" or self._follows_up(inquiry, body)):
            self.accept(inquiry)

    def command(self, body: dict[str, Any], ack: Callable[..., None]) -> None:
        word, _, question = str(body.get("text") or "").strip().partition(" ")
        if word.lower() != "ask" or not question.strip():
            ack(text=HELP, response_type="ephemeral")
            return
        self.accept(inquiry_from_command(body, question))
        ack(text=f"Weighing: {one_line(question, 200)}", response_type="ephemeral")

    def accept(self, inquiry: Inquiry | None) -> None:
        if inquiry is None:
            return
        row_id, new = self._store.inbox.accept(inquiry)
        log.info("question accepted", inbox_id=row_id, new=new, surface=inquiry.payload["surface"])
        if new:
            self._accepted()

    def _follows_up(self, inquiry: Inquiry, body: dict[str, Any]) -> bool:
        """In a thread of ours, where that is switched on; never what is said to somebody else, nor a mere thank-you."""
        if inquiry.thread == inquiry.payload["ts"] or not self._switched_on(inquiry):
            return False
        if is_to_others(str(body["event"].get("text") or "")) or is_aside(inquiry.text):
            return False
        here = ("slack", inquiry.channel, inquiry.thread)
        return bool(self._store.answers.in_thread(*here, workspace_id=inquiry.workspace_id)) or (
            self._store.inbox.is_open("slack", inquiry.workspace_id, inquiry.channel, inquiry.thread)
        )

    def _switched_on(self, inquiry: Inquiry) -> bool:
        chosen = Preferences(self._store.settings, inquiry.workspace_id).follow_ups(inquiry.channel)
        return self._follow_ups if chosen is None else chosen


def build_app(
    settings: Settings,
    store: Store,
    client: "WebClient",
    *,
    accepted: Callable[[], None],
    posted: Callable[[], None] = lambda: None,
    signing_secret: str | None = None,
    authorize: Callable[..., Any] | None = None,
    office: Office | None = None,
) -> "App":
    """The app with its listeners. Without a signing secret it may only be fed by Socket Mode.

    `authorize` finds the installation of a payload; without it `client` has the one bot token. `accepted` is called
    after a question was stored, `posted` after something to announce was. Without `office` nothing is administered.
    """
    from slack_bolt import App

    app = App(
        name="steelyard",
        logger=slack_logger(),
        client=client,
        signing_secret=signing_secret,
        process_before_response=True,
        request_verification_enabled=signing_secret is not None,
        authorize=authorize,
        user_facing_authorize_error_message=NOT_INSTALLED,
    )
    lifecycle.register(app, store)
    _listen(app, settings, store, accepted, posted, office)
    app.error(on_error)
    return app


def _listen(
    app: "App",
    settings: Settings,
    store: Store,
    accepted: Callable[[], None],
    posted: Callable[[], None],
    office: Office | None,
) -> None:
    if office is not None:
        administer.register(app, office, settings.generator, COMMAND)
    listeners = Listeners(settings, store, accepted)
    alerts.register(app, store, office.admins.allows if office else lambda team, user: False, listeners.accept)
    if office is not None:
        digest_settings.register(app, office, store, posted, COMMAND)
    app.event("app_mention")(listeners.mention)
    app.event("message")(listeners.message)
    app.command(COMMAND)(listeners.command)
    feedback.register(app, store)
    share.register(app, store, posted)
    shortcut.register(app, listeners.accept)
    stop.register(app, store, accepted)
    decisions = DecisionListeners(Decider(store), listeners.accept)
    app.action(REFINE_ACTION)(decisions.open)
    app.view(REFINE_VIEW)(decisions.submit)


def on_error(error: Exception, body: dict[str, Any]) -> Any:
    """A payload we cannot read is acknowledged (again it would be no better); anything else Slack may send again."""
    from slack_bolt import BoltResponse

    reference = reference_id()
    if isinstance(error, BadInput):
        log.warning("payload refused", reference=reference, error=str(error))
        return BoltResponse(status=200, body="")
    log.error("listener failed", reference=reference, event_id=body.get("event_id"), exc_info=error)
    if body.get("command"):
        text = harmless(f"I could not take this question. Reference: {reference}")
        return BoltResponse(status=200, body={"response_type": "ephemeral", "text": text})
    return BoltResponse(status=500, body="")
