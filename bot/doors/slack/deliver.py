"""From a worker to Slack: one workspace's door, which gives signs of life, answers and announces.

begin -> status -> ThreadDelivery (in_thread.py), or SlashDelivery (ephemeral.py) where only the asker may see it
post  -> an announcement, once: on a second attempt what is visible already is read back first
"""

import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import structlog

from bot.doors.slack.announce import PREVIEW, announcement, show_preview
from bot.doors.slack.blocks import Message
from bot.doors.slack.client import error_code, translated
from bot.doors.slack.desk import Desk
from bot.doors.slack.ephemeral import SlashDelivery, respond_alone
from bot.doors.slack.in_thread import Place, ThreadDelivery
from bot.doors.slack.readback import Readback
from bot.doors.slack.render import notice
from bot.doors.slack.share import SHARE, Shared, refusal, render_shared
from bot.suggest import Prompt
from bot.worker import Delivery
from kb.errors import NotFound, ServiceError
from kb.types import InboxRow, OutboxRow

if TYPE_CHECKING:
    from slack_sdk import WebClient

log = structlog.get_logger("steelyard.slack")

UNSUPPORTED = frozenset(
    {"unknown_method", "missing_scope", "not_allowed_token_type", "method_deprecated", "access_denied"}
)


class SlackDoor:
    """The door port on one workspace's Web client. Safe for several worker threads."""

    name = "slack"

    def __init__(self, client: "WebClient", desk: Desk | None = None) -> None:
        self.client = client
        self.desk = desk or Desk()
        self.readback = Readback(client)
        self._missing: set[str] = set()  # methods this workspace or peer does not offer, asked once
        self._lock = threading.Lock()

    def begin(self, row: InboxRow) -> Delivery:
        if row.inquiry.payload.get("response_url"):
            return SlashDelivery(self.client, row, self.desk)
        place = Place.of(row)
        self.show_status(place.channel, place.thread_ts, "is weighing the evidence…")
        return ThreadDelivery(self, row, place)

    def waiting(self, row: InboxRow, ahead: int) -> None:
        """A sign of life for a question that nobody works on yet. A command was acknowledged in words already."""
        if row.inquiry.payload.get("response_url"):
            return
        place = Place.of(row)
        before = "is about to begin with your question…"
        if ahead:
            before = f"has {ahead} {'question' if ahead == 1 else 'questions'} before yours…"
        self.show_status(place.channel, place.thread_ts, before)

    def post(self, row: OutboxRow) -> str:
        """A digest or another announcement, top level in its channel, found again by its idempotency key."""
        draft = row.draft
        if draft.kind == SHARE:
            return self._share(row)
        if draft.kind == PREVIEW:
            return show_preview(self.client, draft)
        messages = announcement(draft)
        there: Mapping[int, str] = {}
        if row.attempts > 1:
            place = (draft.channel, draft.idempotency_key)
            there = self.readback.announced(*place, since=row.created_at, thread=draft.thread)
        return self.post_missing(messages, there, draft.channel, draft.thread or None)

    def _share(self, row: OutboxRow) -> str:
        """An answer of one person before the whole channel; where that cannot be, who shared it hears why."""
        draft = row.draft
        shared = Shared.of(draft)
        try:
            if self.desk.recorded is None:
                raise NotFound("no answers at this door")
            answer = self.desk.recorded(shared.answer_id, draft.workspace_id)
            messages = render_shared(answer, shared, key=draft.idempotency_key)
            there: Mapping[int, str] = {}
            if row.attempts > 1:
                there = self.readback.announced(draft.channel, draft.idempotency_key, since=row.created_at)
            return self.post_missing(messages, there, draft.channel, None)
        except NotFound as error:
            raise ServiceError(f"nothing to share: {error}", transient=False) from error
        except ServiceError as error:
            words = refusal(error)
            if words and shared.response_url:
                respond_alone(self.client, shared.response_url, notice(words, key=draft.idempotency_key))
            raise

    def post_missing(
        self, messages: list[Message], there: Mapping[int, str], channel: str, thread_ts: str | None
    ) -> str:
        """Post the parts that are not visible yet; later parts of an announcement go into its thread."""
        first = there.get(1, "")
        for message in messages:
            if message.part in there:
                continue
            ts = self.post_message(message, channel, thread_ts or first or None)
            first = first or ts
        return first

    def post_message(self, message: Message, channel: str, thread_ts: str | None) -> str:
        with translated("posting a message"):
            posted = self.client.chat_postMessage(
                channel=channel,
                thread_ts=thread_ts,
                text=message.text,
                blocks=message.blocks,
                metadata=message.metadata,
                unfurl_links=False,
                unfurl_media=False,
            )
        return str(posted["ts"])

    def update_message(self, message: Message, channel: str, ts: str) -> str:
        with translated("updating a message"):
            self.client.chat_update(
                channel=channel, ts=ts, text=message.text, blocks=message.blocks, metadata=message.metadata
            )
        return ts

    def direct_channel(self, user: str) -> str:
        """The channel of our direct messages with a person."""
        with translated("opening a direct message"):
            return str(self.client.conversations_open(users=user)["channel"]["id"])

    def show_status(self, channel: str, thread_ts: str, status: str) -> None:
        """A sign of life; a workspace without the agent surface simply has none."""
        self._try("assistant.threads.setStatus", channel_id=channel, thread_ts=thread_ts, status=status)
        if is_direct(channel):
            state = "processing" if status else "active"
            self._try("agents.sessions.setStatus", channel_id=channel, thread_ts=thread_ts, status=state)

    def suggest(self, channel: str, prompts: Sequence[Prompt]) -> None:
        """What to ask next, in a direct message. A `thread_ts` would make it fail unheard in the agent view."""
        if prompts and is_direct(channel):
            told = [{"title": prompt.title, "message": prompt.message} for prompt in prompts]
            self._try("assistant.threads.setSuggestedPrompts", channel_id=channel, prompts=told)

    def offers(self, method: str) -> bool:
        return method not in self._missing

    def not_offered(self, method: str, code: str) -> None:
        if code in UNSUPPORTED:
            with self._lock:
                self._missing.add(method)
            log.info("slack method not offered", method=method, error=code)

    def _try(self, method: str, **arguments: Any) -> None:
        """A call whose failure takes nothing away from an answer."""
        from slack_sdk.errors import SlackApiError

        if not self.offers(method):
            return
        calls: dict[str, Any] = {
            "assistant.threads.setStatus": self.client.assistant_threads_setStatus,
            "assistant.threads.setSuggestedPrompts": self.client.assistant_threads_setSuggestedPrompts,
            "agents.sessions.setStatus": self.client.agents_sessions_setStatus,
        }
        try:
            with translated(method):
                calls[method](**arguments)
        except ServiceError as error:
            if isinstance(error.__cause__, SlackApiError):
                self.not_offered(method, error_code(error.__cause__))
            log.debug("not shown", method=method, error=str(error))


def is_direct(channel: str) -> bool:
    return channel.startswith("D")


def slack_door(client: "WebClient", desk: Desk | None = None) -> SlackDoor:
    """The Slack door on a ready Web client."""
    return SlackDoor(client, desk)
