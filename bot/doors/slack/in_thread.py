"""An answer into a thread: streamed while it is made, complete at the end, visible once whatever dies in between.

    sentence* -> (stream) -> finish -> stopStream, or update, or post -> what to ask next
                          `-> on a second attempt, first read back what is there already

Every finished message carries metadata {key, part, parts}; a message of ours in the thread without it is a stream that
a killed process left behind, and is completed in place.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from bot.answer.contract import Answer, Sentence
from bot.doors.slack import plan
from bot.doors.slack.blocks import Message
from bot.doors.slack.chart import show_chart
from bot.doors.slack.client import error_code, translated
from bot.doors.slack.render import notice, opening, render, stopped
from bot.doors.slack.render_decision import decision_of
from bot.doors.slack.share import NOT_THERE
from bot.suggest import prompts_after
from kb.errors import ServiceError
from kb.types import InboxRow

if TYPE_CHECKING:
    from slack_sdk import WebClient
    from slack_sdk.web.chat_stream import ChatStream

    from bot.doors.slack.deliver import SlackDoor

log = structlog.get_logger("steelyard.slack")

STREAM_LIMIT = 10_000  # characters; a longer opening waits for the whole answer
_ANYWHERE = "shortcut"  # a surface where the bot may be no member


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question was asked. `asked_ts` is the question's own message."""

    channel: str
    thread_ts: str
    asked_ts: str
    user: str
    team: str
    surface: str
    received_at: datetime

    @classmethod
    def of(cls, row: InboxRow) -> "Place":
        inquiry = row.inquiry
        asked = inquiry.payload.get("ts") or inquiry.thread
        surface = inquiry.payload.get("surface", "")
        team = inquiry.workspace_id or ""
        return cls(inquiry.channel, inquiry.thread, asked, inquiry.user, team, surface, row.received_at)

    @property
    def direct(self) -> bool:
        return self.channel.startswith("D")


class ThreadDelivery:
    """An answer into a thread. One use, one thread of execution at a time."""

    def __init__(self, door: "SlackDoor", row: InboxRow, place: Place) -> None:
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
        chunks = None
        if self._stream is None:
            self._stream, chunks = self._open_stream(), plan.begun()
        try:
            with translated("streaming"):
                self._stream.append(markdown_text=text[len(self._shown) :], chunks=chunks)
            self._shown = text
        except ServiceError as error:
            self._broken(error, self._stream)

    def finish(self, answer: Answer, answer_id: int | None) -> str:
        place, report = self._place, decision_of(answer.decision)
        newcomer = self._door.desk.newcomer(place.user, place.team or None, answer_id)
        messages = render(answer, answer_id=answer_id, key=self._key, newcomer=newcomer)
        ref = self._deliver(messages, plan.finished(answer, report))
        if report is not None and report.id is not None:
            show_chart(self._door, place, report.id, look_first=self._look_first)
        self._door.suggest(place.channel, prompts_after(answer, report))
        return ref

    def notice(self, text: str) -> str:
        return self._deliver([notice(text, key=self._key)], plan.stopped())

    def stopped(self) -> str:
        return self._deliver([stopped(self._shown, key=self._key)], plan.stopped())

    def _deliver(self, messages: list[Message], tasks: list[plan.Chunk]) -> str:
        try:
            return self._deliver_here(messages, tasks)
        except ServiceError as error:
            if self._place.surface != _ANYWHERE or _code(error) not in NOT_THERE:
                raise
            return self._deliver_directly(messages)

    def _deliver_here(self, messages: list[Message], tasks: list[plan.Chunk]) -> str:
        first, place = messages[0], self._place
        there: dict[int, str] = {}
        streamed = self._end_stream(first, tasks)
        if streamed:
            there[first.part] = streamed
        elif self._look_first:
            there, left = self._door.readback.answered(place.channel, place.thread_ts, place.asked_ts, self._key)
            self._begun = self._begun or left
        if first.part not in there and self._begun:
            there[first.part] = self._complete(first, self._begun)
        ref = self._door.post_missing(messages, there, place.channel, place.thread_ts)
        if not streamed and (place.direct or self._look_first):  # else Slack clears the status with the message
            self._door.show_status(place.channel, place.thread_ts, "")
        return ref

    def _deliver_directly(self, messages: list[Message]) -> str:
        """To who asked alone, where the bot is no member of the channel."""
        channel = self._door.direct_channel(self._place.user)
        there: Mapping[int, str] = {}
        if self._look_first:
            there = self._door.readback.announced(channel, self._key, since=self._place.received_at)
        return self._door.post_missing(messages, there, channel, None)

    def _open_stream(self) -> "ChatStream":
        place = self._place
        client: WebClient = self._door.client
        return client.chat_stream(
            channel=place.channel,
            thread_ts=place.thread_ts,
            recipient_team_id=place.team or None,
            recipient_user_id=place.user or None,
            task_display_mode=plan.DISPLAY,
        )

    def _end_stream(self, message: Message, tasks: list[plan.Chunk]) -> str:
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
                stream.stop(
                    markdown_text=rest,
                    chunks=tasks,
                    blocks=message.tail,
                    metadata=message.metadata,
                    session_status="active" if self._place.direct else None,
                )
        except ServiceError as error:
            self._broken(error, stream)
            return ""
        return str(stream.ts)

    def _broken(self, error: ServiceError, stream: "ChatStream") -> None:
        """Post whole what Slack would not stream; a message that was begun, or may have been, is completed in place."""
        log.warning("stream broke", error=str(error), begun=stream.ts is not None)
        if stream.ts is None and _code(error):
            self._door.not_offered("chat.startStream", _code(error))
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


def _code(error: ServiceError) -> str:
    """Slack's word for it; "" where it said none."""
    from slack_sdk.errors import SlackApiError

    cause = error.__cause__
    return error_code(cause) if isinstance(cause, SlackApiError) else ""
