"""Message shortcuts: "Weigh this" takes a message's words as a question, "Check this" as claims to hold against facts.

Both are answered in that message's thread.

shortcut -> checked -> inbox.accept (durable) -> ack. Where the bot is no member, the answer goes to the asker directly.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, StringConstraints

from bot.doors.slack.inbound import QUESTION_LIMIT, Named, Payload, Ts, checked
from bot.doors.slack.press import tell
from bot.doors.slack.text import plain_question
from kb.types import Inquiry

if TYPE_CHECKING:
    from slack_bolt import App

WEIGH_SHORTCUT = "steelyard_weigh"
CHECK_SHORTCUT = "steelyard_check"
SURFACE = "shortcut"
LONGEST_CHARS = 3_900  # with the lead, what a question may have
_WHERE = "The answer comes in its thread, or to you directly where I am not a member."
TAKEN = f"Weighing that message. {_WHERE}"
EMPTY = "That message has no words that I could weigh."


@dataclass(frozen=True, slots=True)
class Wish:
    """What a shortcut asks of a message. `lead` goes before its words; `verb` makes the inquiry's identity."""

    verb: str
    lead: str
    taken: str
    empty: str


WEIGH = Wish("weigh", "", TAKEN, EMPTY)
CHECK = Wish(
    "check",
    "Check this: ",
    f"Checking that message's claims, of a long one those of its first {LONGEST_CHARS:,} characters. {_WHERE}",
    "That message has no words that I could check.",
)


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


def inquiry_from_shortcut(body: Mapping[str, object], wish: Wish = WEIGH) -> Inquiry:
    """One person's wish to have one message weighed or checked is one inquiry, however often it is pressed."""
    given = checked(_Shortcut, body)
    message, channel = given.message, given.channel.id
    words = "\n".join(line for each in message.text.splitlines() if (line := plain_question(each)))
    return Inquiry(
        event_id=f"{wish.verb}:{channel}:{message.ts}:{given.user.id}",
        door="slack",
        workspace_id=given.team.id,
        channel=channel,
        thread=message.thread_ts or message.ts,
        user=given.user.id,
        text=f"{wish.lead}{words[:LONGEST_CHARS] if wish.lead else words}"[:QUESTION_LIMIT] if words else "",
        payload={"ts": message.ts, "surface": SURFACE},
    )


class ShortcutListener:
    """`accept` stores an inquiry and wakes a worker."""

    def __init__(self, accept: Callable[[Inquiry], None], wish: Wish = WEIGH) -> None:
        self._accept = accept
        self._wish = wish

    def heard(self, body: dict[str, Any], ack: Callable[..., None], respond: Callable[..., Any]) -> None:
        inquiry = inquiry_from_shortcut(body, self._wish)
        if inquiry.text:
            self._accept(inquiry)
        ack()
        tell(respond, self._wish.taken if inquiry.text else self._wish.empty)


def register(app: "App", accept: Callable[[Inquiry], None]) -> None:
    for callback_id, wish in ((WEIGH_SHORTCUT, WEIGH), (CHECK_SHORTCUT, CHECK)):
        app.shortcut({"type": "message_action", "callback_id": callback_id})(ShortcutListener(accept, wish).heard)
