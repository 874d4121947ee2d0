"""What Slack sends when somebody administers, checked field by field; and how somebody is told what became of it."""

import re
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import structlog
from pydantic import Field, StringConstraints

from bot.doors.slack.client import translated
from bot.doors.slack.inbound import Id, Named, Payload
from bot.doors.slack.text import JOINER, harmless, harmless_raw
from bot.logs import reference_id
from kb.errors import NotAllowed, ServiceError, SteelyardError

if TYPE_CHECKING:
    from slack_sdk import WebClient

log = structlog.get_logger("steelyard.slack")

_ACTOR = re.compile(rf"slack{JOINER}?:([UW][A-Z0-9]{{2,30}})")  # an actor of the log, as `harmless` leaves it
Trigger = Annotated[str, StringConstraints(min_length=1, max_length=200)]
ViewId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Number = Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,17}$")]


class HomeOpened(Payload):
    """An event `app_home_opened`: https://docs.slack.dev/reference/events/app_home_opened"""

    class Inner(Payload):
        user: Id
        tab: str = ""

    team_id: Id
    event: Inner


class Choice(Payload):
    value: str = Field(default="", max_length=150)


class Pressed(Payload):
    action_id: str = Field(max_length=255)
    value: str = Field(default="", max_length=2_000)
    selected_option: Choice | None = None

    @property
    def chosen(self) -> str:
        return self.selected_option.value if self.selected_option else self.value


class ViewState(Payload):
    values: dict[str, dict[str, dict[str, Any]]] = Field(default_factory=dict)


class ViewOf(Payload):
    id: ViewId
    type: str = ""
    private_metadata: str = Field(default="", max_length=3_000)
    state: ViewState = ViewState()


class Press(Payload):
    """A button or a menu, in a message (with a `response_url`), in App Home or in a modal."""

    user: Named
    team: Named
    trigger_id: Trigger
    response_url: str = Field(default="", max_length=2_000)
    view: ViewOf | None = None
    actions: Annotated[list[Pressed], Field(min_length=1, max_length=1)]

    @property
    def chosen(self) -> str:
        return self.actions[0].chosen


class Submission(Payload):
    user: Named
    team: Named
    view: ViewOf


class Command(Payload):
    team_id: Id
    user_id: Id
    channel_id: Id
    text: str = ""
    trigger_id: Trigger


def typed(state: ViewState) -> dict[str, str]:
    """The values of a form's inputs by block id, stripped; "" for an emptied one."""
    found = {}
    for name, elements in state.values.items():
        element: Mapping[str, Any] = next(iter(elements.values()), {})
        option = element.get("selected_option")
        value = option.get("value") if isinstance(option, Mapping) else element.get("value")
        found[name] = str(value or element.get("selected_conversation") or "").strip()
    return found


def in_words(error: SteelyardError) -> str:
    """An error as mrkdwn for the one who caused it. A refusal names people with mentions of our own making."""
    return str(error) if isinstance(error, NotAllowed) else _ACTOR.sub(r"<@\1>", harmless(_said(error)))


def under_the_input(error: SteelyardError) -> str:
    """The same as a form shows it: literally, and short."""
    return harmless_raw(_said(error))[:150]


def _said(error: SteelyardError) -> str:
    if isinstance(error, ServiceError):
        reference = reference_id()
        log.warning("slack did not help", reference=reference, error=str(error), hint=error.hint)
        return f"{str(error).rstrip('.')}. Try again. Reference: {reference}"
    said = str(error).rstrip(".")
    hint = f" {error.hint[0].upper()}{error.hint[1:].rstrip('.')}." if error.hint else ""
    return f"{said[:1].upper()}{said[1:]}.{hint}"


def errand(name: str, do: Callable[[], None], failed: Callable[[str], None]) -> None:
    """Do what takes longer than Slack waits, in a thread of its own; whoever asked is told when it fails."""

    def run() -> None:
        try:
            do()
        except SteelyardError as error:
            failed(in_words(error))
        except Exception:
            reference = reference_id()
            log.exception("errand failed", errand=name, reference=reference)
            failed(f"Something went wrong on our side. Reference: {reference}")

    threading.Thread(target=run, name=name, daemon=True).start()


def tell_in_a_window(client: "WebClient", trigger_id: str, words: str) -> None:
    """Where there is no message to answer: a small modal."""
    view = {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Steelyard"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": words[:3_000]}}],
    }
    try:
        with translated("opening a window"):
            client.views_open(trigger_id=trigger_id, view=view)
    except ServiceError as error:
        log.warning("could not tell who pressed", error=str(error))


def guarded(do: Callable[[], None], tell: Callable[[str, bool], None]) -> None:
    """Do it, or tell why not, and whether the one who tried is an admin at all."""
    try:
        do()
    except SteelyardError as error:
        tell(in_words(error), not isinstance(error, NotAllowed | ServiceError))
