"""The message shortcut "Weigh this": any message's words as a question, answered in that message's thread.

shortcut -> checked -> inbox.accept (durable) -> ack. Where the bot is no member, the answer goes to the asker directly.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, StringConstraints

from bot.doors.slack.inbound import QUESTION_LIMIT, Named, Payload, Ts, checked
from bot.doors.slack.press import tell
from bot.doors.slack.text import plain_question
from kb.types import Inquiry

if TYPE_CHECKING:
    from slack_bolt import App

WEIGH_SHORTCUT = "steelyard_weigh"
SURFACE = "shortcut"
TAKEN = "Weighing that message. The answer comes in its thread, or to you directly where I am not a member."
EMPTY = "That message has no words that I could weigh."


class _Message(Payload):
    ts: Ts
    thread_ts: Ts | None = None
    text: str = ""


class _Shortcut(Payload):
    team: Named
    user: Named
    channel: Named
    message: _Message
    trigger_id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    response_url: str = Field(default="", max_length=2_000)


def inquiry_from_shortcut(body: Mapping[str, object]) -> Inquiry:
    """One person's wish to have one message weighed is one inquiry, however often it is pressed."""
    given = checked(_Shortcut, body)
    message, channel = given.message, given.channel.id
    return Inquiry(
        event_id=f"weigh:{channel}:{message.ts}:{given.user.id}",
        door="slack",
        workspace_id=given.team.id,
        channel=channel,
        thread=message.thread_ts or message.ts,
        user=given.user.id,
        text=plain_question(message.text)[:QUESTION_LIMIT],
        payload={"ts": message.ts, "surface": SURFACE},
    )


class ShortcutListener:
    """`accept` stores an inquiry and wakes a worker."""

    def __init__(self, accept: Callable[[Inquiry], None]) -> None:
        self._accept = accept

    def heard(self, body: dict[str, Any], ack: Callable[..., None], respond: Callable[..., Any]) -> None:
        inquiry = inquiry_from_shortcut(body)
        if inquiry.text:
            self._accept(inquiry)
        ack()
        tell(respond, TAKEN if inquiry.text else EMPTY)


def register(app: "App", accept: Callable[[Inquiry], None]) -> None:
    app.shortcut({"type": "message_action", "callback_id": WEIGH_SHORTCUT})(ShortcutListener(accept).heard)
