"""Slack's events and commands -> `Inquiry`. Pure, and strict about every field: a payload is somebody else's data."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from bot.doors.slack.text import plain_question
from kb.errors import BadInput
from kb.types import Inquiry

QUESTION_LIMIT = 8_000
COMMAND_THREAD = "command:"  # a command has no message: its thread is named after its trigger

Id = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,30}$")]
Ts = Annotated[str, StringConstraints(pattern=r"^\d{1,16}\.\d{1,9}$")]
EventId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,128}$")]


_P = TypeVar("_P", bound=BaseModel)


class Payload(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class _Message(Payload):
    type: Literal["app_mention", "message"]
    channel: Id
    user: Id | None = None
    ts: Ts
    text: str = ""
    thread_ts: Ts | None = None
    channel_type: str = ""
    subtype: str | None = None
    bot_id: str | None = None


class _Envelope(Payload):
    event_id: EventId
    team_id: Id
    event: _Message


class _Command(Payload):
    team_id: Id
    channel_id: Id
    user_id: Id
    text: str = ""
    trigger_id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    response_url: Annotated[str, StringConstraints(min_length=8, max_length=2_000)]


class Named(Payload):
    """Whoever or whatever an id stands for: a user, a team, a channel."""

    id: Id


def inquiry_from_event(body: Mapping[str, object], bot_user_id: str) -> Inquiry | None:
    """The question in a mention or message event; None for what asks us nothing (edits, joins, other bots)."""
    envelope = checked(_Envelope, body)
    event = envelope.event
    if event.user is None or event.bot_id or event.subtype not in (None, "file_share", "thread_broadcast"):
        return None
    return Inquiry(
        event_id=envelope.event_id,
        door="slack",
        workspace_id=envelope.team_id,
        channel=event.channel,
        thread=event.thread_ts or event.ts,
        user=event.user,
        text=plain_question(event.text, bot_user_id)[:QUESTION_LIMIT],
        message_key=f"{event.channel}:{event.ts}",
        payload={"ts": event.ts, "surface": _surface(event)},
    )


def _surface(event: _Message) -> str:
    if event.type == "app_mention":
        return "mention"
    return "dm" if event.channel_type == "im" else "channel"


def inquiry_from_command(body: Mapping[str, object], question: str) -> Inquiry:
    """A question asked by slash command: no thread of its own, answered to the asker alone."""
    command = checked(_Command, body)
    event_id = f"{COMMAND_THREAD}{command.trigger_id}"
    return Inquiry(
        event_id=event_id,
        door="slack",
        workspace_id=command.team_id,
        channel=command.channel_id,
        thread=event_id,
        user=command.user_id,
        text=plain_question(question)[:QUESTION_LIMIT],
        payload={"response_url": command.response_url, "surface": "command"},
    )


_MENTION = re.compile(r"<@([A-Z][A-Z0-9]{1,30})(?:\|[^>]*)?>")
_ASIDE = frozenset(
    {
        "a", "agreed", "all", "cheers", "cool", "do", "good", "got", "great", "helpful", "it", "lgtm", "lot",
        "makes", "much", "nice", "no", "nope", "noted", "ok", "okay", "perfect", "sense", "so", "sounds", "super",
        "team", "thank", "thanks", "then", "thx", "ty", "understood", "very", "will", "yep", "yes", "you",
    }
)  # fmt: skip
_ASIDE_WORDS = 6


def is_to_others(text: str) -> bool:
    """Whether a message in its raw form speaks to people by name: nothing for us to answer unasked."""
    return _MENTION.search(text) is not None


def is_aside(text: str) -> bool:
    """A thank-you or a nod: in a thread among people it asks nothing."""
    words = re.findall(r"[\w']+", text.lower())
    return len(words) <= _ASIDE_WORDS and set(words) <= _ASIDE and "?" not in text


def checked(model: type[_P], body: Mapping[str, object]) -> _P:
    try:
        return model.model_validate(body)
    except ValidationError as error:
        fields = ", ".join(".".join(str(part) for part in problem["loc"]) for problem in error.errors())
        raise BadInput(f"a Slack payload that we cannot read: {fields}") from error
