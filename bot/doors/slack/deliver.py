"""From a worker to Slack: status at once, a streamed answer in the thread, and each thing visible once.

    begin -> status -> sentence* -> (stream) -> finish -> stopStream, or update, or post
                                                 `-> on a second attempt, first read back what is there already

Every finished message carries metadata {key, part, parts}; a message of ours in the thread without it is a stream that
a killed process left behind, and is completed in place.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog

from bot.answer.contract import Answer, Sentence
from bot.digest import Digest
from bot.doors.slack.blocks import Message
from bot.doors.slack.client import error_code, translated
from bot.doors.slack.ephemeral import SlashDelivery
from bot.doors.slack.readback import Readback
from bot.doors.slack.render import notice, opening, render
from bot.doors.slack.render_decision import decision_of
from bot.doors.slack.render_digest import render_digest
from bot.worker import Delivery
from kb.errors import ServiceError
from kb.types import InboxRow, OutboxRow

if TYPE_CHECKING:
    from slack_sdk import WebClient
    from slack_sdk.web.chat_stream import ChatStream

    from bot.charts import Chart

    Charts = Callable[[int, str | None], Chart | None]

log = structlog.get_logger("steelyard.slack")

ALT_LIMIT = 1_000
STREAM_LIMIT = 10_000  # characters; a longer opening waits for the whole answer
UNSUPPORTED = frozenset(
    {"unknown_method", "missing_scope", "not_allowed_token_type", "method_deprecated", "access_denied"}
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question was asked. `asked_ts` is the question's own message."""

    channel: str
    thread_ts: str
    asked_ts: str
    user: str
    team: str

    @classmethod
    def of(cls, row: InboxRow) -> "Place":
        inquiry = row.inquiry
        asked = inquiry.payload.get("ts") or inquiry.thread
        return cls(inquiry.channel, inquiry.thread, asked, inquiry.user, inquiry.workspace_id or "")


class SlackDoor:
    """The door port on one workspace's Web client. Safe for several worker threads."""

    name = "slack"

    def __init__(self, client: "WebClient", charts: "Charts | None" = None) -> None:
        self.client = client
        self.charts = charts
        self.readback = Readback(client)
        self._missing: set[str] = set()  # methods this workspace or peer does not offer, asked once
        self._lock = threading.Lock()

    def begin(self, row: InboxRow) -> Delivery:
        if row.inquiry.payload.get("response_url"):
            return SlashDelivery(self.client, row)
        place = Place.of(row)
        self.show_status(place.channel, place.thread_ts, "is weighing the evidence…")
        return ThreadDelivery(self, row, place)

    def post(self, row: OutboxRow) -> str:
        """A digest or another announcement, top level in its channel, found again by its idempotency key."""
        draft = row.draft
        if draft.kind == "digest":
            messages = render_digest(Digest.model_validate(draft.payload["digest"]), key=draft.idempotency_key)
        else:
            messages = [notice(str(draft.payload["text"]), key=draft.idempotency_key)]
        there: Mapping[int, str] = {}
        if row.attempts > 1:
            there = self.readback.announced(draft.channel, draft.idempotency_key, since=row.created_at)
        return self.post_missing(messages, there, draft.channel, draft.thread or None)

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

    def show_status(self, channel: str, thread_ts: str, status: str) -> None:
        """A sign of life; a workspace without the agent surface simply has none."""
        if self.offers("assistant.threads.setStatus"):
            self._try("assistant.threads.setStatus", channel_id=channel, thread_ts=thread_ts, status=status)
        if channel.startswith("D") and self.offers("agents.sessions.setStatus"):
            state = "processing" if status else "active"
            self._try("agents.sessions.setStatus", channel_id=channel, thread_ts=thread_ts, status=state)

    def offers(self, method: str) -> bool:
        return method not in self._missing

    def not_offered(self, method: str, code: str) -> None:
        if code in UNSUPPORTED:
            with self._lock:
                self._missing.add(method)
            log.info("slack method not offered", method=method, error=code)

    def _try(self, method: str, **arguments: str) -> None:
        from slack_sdk.errors import SlackApiError

        calls: dict[str, Any] = {
            "assistant.threads.setStatus": self.client.assistant_threads_setStatus,
            "agents.sessions.setStatus": self.client.agents_sessions_setStatus,
        }
        try:
            with translated("setting a status"):
                calls[method](**arguments)
        except ServiceError as error:
            if isinstance(error.__cause__, SlackApiError):
                self.not_offered(method, error_code(error.__cause__))
            log.debug("no status shown", method=method, error=str(error))


class ThreadDelivery:
    """An answer into a thread. One use, one thread at a time."""

    def __init__(self, door: SlackDoor, row: InboxRow, place: Place) -> None:
        self._door = door
        self._key = row.inquiry.event_id
        self._look_first = row.attempts > 1
        self._place = place
        self._sentences: list[Sentence] = []
        self._stream: ChatStream | None = None
        self._shown = ""  # Markdown handed to the stream so far
        self._begun = ""  # ts of a message that was begun and must be completed in place
        self._streams = not self._look_first and door.offers("chat.startStream")

    def sentence(self, sentence: Sentence) -> None:
        self._sentences.append(sentence)
        text = opening(self._sentences)
        if not self._streams or len(text) > STREAM_LIMIT or text == self._shown or not text.startswith(self._shown):
            return
        if self._stream is None:
            self._stream = self._open_stream()
        try:
            with translated("streaming"):
                self._stream.append(markdown_text=text[len(self._shown) :])
            self._shown = text
        except ServiceError as error:
            self._broken(error, self._stream)

    def finish(self, answer: Answer, answer_id: int | None) -> str:
        ref = self._deliver(render(answer, answer_id=answer_id, key=self._key))
        decision = decision_of(answer.decision)
        if decision is not None and decision.id is not None and self._door.charts is not None:
            show_chart(self._door, self._place, decision.id, look_first=self._look_first)
        return ref

    def notice(self, text: str) -> str:
        return self._deliver([notice(text, key=self._key)])

    def _deliver(self, messages: list[Message]) -> str:
        first = messages[0]
        there: dict[int, str] = {}
        streamed = self._end_stream(first)
        if streamed:
            there[first.part] = streamed
        elif self._look_first:
            place = self._place
            there, left = self._door.readback.answered(place.channel, place.thread_ts, place.asked_ts, self._key)
            self._begun = self._begun or left
        if first.part not in there and self._begun:
            there[first.part] = self._complete(first, self._begun)
        ref = self._door.post_missing(messages, there, self._place.channel, self._place.thread_ts)
        self._door.show_status(self._place.channel, self._place.thread_ts, "")
        return ref

    def _open_stream(self) -> "ChatStream":
        place = self._place
        return self._door.client.chat_stream(
            channel=place.channel,
            thread_ts=place.thread_ts,
            recipient_team_id=place.team or None,
            recipient_user_id=place.user or None,
        )

    def _end_stream(self, message: Message) -> str:
        """Stop the stream as the finished message, where it shows a beginning of it; "" where something else is due."""
        stream, self._stream = self._stream, None
        if stream is None:
            return ""
        if not message.body.startswith(self._shown):
            self._begun = str(stream.ts or "")
            return ""
        try:
            with translated("ending a stream"):
                rest = message.body[len(self._shown) :]
                stream.stop(markdown_text=rest, blocks=message.tail, metadata=message.metadata)
        except ServiceError as error:
            self._broken(error, stream)
            return ""
        return str(stream.ts)

    def _broken(self, error: ServiceError, stream: "ChatStream") -> None:
        """Post whole what Slack would not stream; a message that was begun, or may have been, is completed in place."""
        from slack_sdk.errors import SlackApiError

        log.warning("stream broke", error=str(error), begun=stream.ts is not None)
        cause = error.__cause__
        if stream.ts is None and isinstance(cause, SlackApiError):
            self._door.not_offered("chat.startStream", error_code(cause))
        self._begun = str(stream.ts or "")
        self._look_first = self._look_first or error.transient
        self._stream, self._streams = None, False

    def _complete(self, message: Message, ts: str) -> str:
        """Turn a begun message into the finished one: a stream must be stopped before it may be updated."""
        try:
            with translated("ending a stream"):
                self._door.client.chat_stopStream(channel=self._place.channel, ts=ts)
        except ServiceError as error:
            log.info("was no running stream", error=str(error))
        return self._door.update_message(message, self._place.channel, ts)


def show_chart(door: SlackDoor, place: Place, decision_id: int, *, look_first: bool) -> None:
    """The decision's chart as a file in the thread, once. A workspace without `files:write` simply has none."""
    from slack_sdk.errors import SlackApiError

    name = f"decision-{decision_id}.png"
    try:
        if not door.offers("files.uploadV2") or door.charts is None:
            return
        if look_first and door.readback.has_file(place.channel, place.thread_ts, name):
            return
        chart = door.charts(decision_id, place.team or None)
        if chart is None:
            return
        with translated("uploading a chart"):
            door.client.files_upload_v2(
                channel=place.channel,
                thread_ts=place.thread_ts,
                file=chart.png,
                filename=name,
                title=f"{chart.title} (decision {decision_id})",
                alt_txt=chart.alt[:ALT_LIMIT],
            )
    except ServiceError as error:
        if isinstance(error.__cause__, SlackApiError):
            door.not_offered("files.uploadV2", error_code(error.__cause__))
        log.warning("no chart shown", decision=decision_id, error=str(error))


def slack_door(client: "WebClient", charts: "Charts | None" = None) -> SlackDoor:
    """The Slack door on a ready Web client. `charts` draws a recorded decision."""
    return SlackDoor(client, charts)
