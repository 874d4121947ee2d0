"""Listeners for watches: the buttons of an alert, "Watch" under an answer, and `/steelyard watch`.

button or command -> checked -> WatchActs (who may?) -> kept, or a question in the inbox -> ack -> a word to that person
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import structlog
from pydantic import Field, StringConstraints

from bot.doors.slack.client import translated
from bot.doors.slack.inbound import Id, Named, Payload, checked
from bot.doors.slack.press import tell
from bot.doors.slack.render_alert import ACCEPT_ACTION, LEAVE_ACTION, MUTE_ACTION, WATCH_ACTION
from bot.doors.slack.text import harmless, one_line
from bot.watch.acts import Allows, Kind, Person, WatchActs
from kb.errors import BadInput, NotAllowed, NotFound, ServiceError
from kb.store import Store
from kb.store.watches import Watch
from kb.types import Inquiry

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_sdk import WebClient

log = structlog.get_logger("steelyard.slack")

COMMAND = "/steelyard"
WORD = "watch"
ALREADY = "You are told of this already."
USAGE = (
    "`/steelyard watch` lists what you are told of, `/steelyard watch 12` tells you in a direct message when decision "
    "12 of this channel changes, `/steelyard watch stop 12` stops that, `/steelyard watch here 12` wakes the thread."
)
_LISTED = 20
_COMMAND = re.compile(r"(?:(?P<verb>stop|mute|here)\s+)?(?:decision\s+)?#?(?P<number>[1-9]\d{0,17})", re.IGNORECASE)


class _Number(Payload):
    value: Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,17}$")]


class _Subject(Payload):
    value: Annotated[str, StringConstraints(pattern=r"^(decision|answer):[1-9]\d{0,17}$")]


class _Press(Payload):
    user: Named
    team: Named
    channel: Named
    actions: Annotated[list[_Number], Field(min_length=1, max_length=1)]


class _Subscribing(Payload):
    user: Named
    team: Named
    channel: Named
    actions: Annotated[list[_Subject], Field(min_length=1, max_length=1)]


class _Command(Payload):
    team_id: Id
    channel_id: Id
    user_id: Id
    text: str = Field(default="", max_length=8_000)


class AlertListeners:
    """`accept` stores an inquiry and wakes a worker."""

    def __init__(self, store: Store, allows: Allows, accept: Callable[[Inquiry], None]) -> None:
        self._acts = WatchActs(store, allows)
        self._accept = accept

    def mute(self, body: dict[str, Any], ack: Callable[..., None], respond: Callable[..., Any]) -> None:
        press = checked(_Press, body)
        words = _said(lambda: self._muted(press))
        ack()
        tell(respond, words)

    def leave(self, body: dict[str, Any], ack: Callable[..., None], respond: Callable[..., Any]) -> None:
        press = checked(_Press, body)
        words = _said(lambda: self._left(press))
        ack()
        tell(respond, words)

    def take(self, body: dict[str, Any], ack: Callable[..., None], respond: Callable[..., Any]) -> None:
        """The new record is a question in the inbox: stored, then acknowledged; the thread hears it once."""
        press = checked(_Press, body)
        words = _said(lambda: self._taken(press))
        ack()
        tell(respond, words)

    def watch(
        self, body: dict[str, Any], ack: Callable[..., None], respond: Callable[..., Any], client: "WebClient"
    ) -> None:
        press = checked(_Subscribing, body)
        kind, _, number = press.actions[0].value.partition(":")
        by = Person(workspace_id=press.team.id, user=press.user.id, channel=press.channel.id)
        words = _said(lambda: self._subscribed("decision" if kind == "decision" else "answer", int(number), by, client))
        ack()
        tell(respond, words)

    def command(self, body: dict[str, Any], ack: Callable[..., None], client: "WebClient") -> None:
        """`/steelyard watch [stop|here] [number]`: answered to that person alone."""
        given = checked(_Command, body)
        by = Person(workspace_id=given.team_id, user=given.user_id, channel=given.channel_id)
        rest = given.text.strip().partition(" ")[2].strip()
        ack(text=_said(lambda: self._commanded(rest, by, client)), response_type="ephemeral")

    def _commanded(self, rest: str, by: Person, client: "WebClient") -> str:
        if not rest:
            return _listed(self._acts.mine(by))
        match = _COMMAND.fullmatch(rest)
        if match is None:
            return USAGE
        verb, number = (match["verb"] or "").lower(), int(match["number"])
        if verb in ("stop", "mute"):
            watch = self._acts.of_decision(number, by)
            if watch.role == "subscriber":
                self._acts.end(watch.id, by)
                return f"You are no longer told of decision {number}."
            self._acts.mute(watch.id, by)
            return f"The thread of decision {number} is muted. `/steelyard watch here {number}` wakes it."
        if verb == "here":
            self._acts.wake(self._acts.of_decision(number, by).id, by)
            return f"The thread of decision {number} hears of changes."
        return self._subscribed("decision", number, by, client)

    def _muted(self, press: _Press) -> str:
        watch = self._acts.mute(int(press.actions[0].value), _person(press))
        return f"Muted: nothing more is told of this.{_way_back(watch)}"

    def _left(self, press: _Press) -> str:
        self._acts.end(int(press.actions[0].value), _person(press))
        return "Unsubscribed: you are no longer told of this."

    def _taken(self, press: _Press) -> str:
        self._accept(self._acts.accepted(int(press.actions[0].value), _person(press)))
        return "Deciding again; the new record appears in this thread."

    def _subscribed(self, kind: Kind, number: int, by: Person, client: "WebClient") -> str:
        """Their direct messages are opened first: that is where they are told."""
        with translated("opening a direct message"):
            direct = str(client.conversations_open(users=by.user)["channel"]["id"])
        _, new = self._acts.subscribe(kind, number, by, to=direct)
        return f"You will be told in a direct message when this {kind} changes." if new else ALREADY


def _said(action: Callable[[], str]) -> str:
    """What to tell who acted: what was done, or why it was not."""
    try:
        return action()
    except NotFound as error:
        return harmless(f"{str(error)[:1].upper()}{str(error)[1:]}.")  # hints of the store are for a terminal
    except NotAllowed as error:
        return str(error)  # it names people, in mrkdwn of our own
    except BadInput as error:
        return harmless(f"{error}{'; ' if error.hint else ''}{error.hint}.")
    except ServiceError as error:
        log.warning("watch not changed", error=str(error))
        return harmless(f"That did not work: {error}. Try once more.")


def _listed(found: list[tuple[Watch, str]]) -> str:
    if not found:
        return f"You are told of nothing yet. {USAGE}"
    lines = [f"• {_named(watch)}: “{one_line(question, 120)}”{_state(watch)}" for watch, question in found[:_LISTED]]
    more = [f"and {len(found) - _LISTED} more"] if len(found) > _LISTED else []
    return "\n".join(["You are told when these change:", *lines, *more])


def _named(watch: Watch) -> str:
    what = f"decision {watch.decision_id}" if watch.decision_id is not None else f"answer {watch.answer_id}"
    return f"{what}, {'in a direct message' if watch.role == 'subscriber' else 'in its thread'}"


def _state(watch: Watch) -> str:
    return " (muted)" if watch.state == "muted" else ""


def _way_back(watch: Watch) -> str:
    return f" `/steelyard watch here {watch.decision_id}` wakes it." if watch.decision_id is not None else ""


def _person(press: _Press) -> Person:
    return Person(workspace_id=press.team.id, user=press.user.id, channel=press.channel.id)


def is_watch_command(body: dict[str, Any]) -> bool:
    return str(body.get("text") or "").strip().partition(" ")[0].lower() == WORD


def register(app: "App", store: Store, allows: Allows, accept: Callable[[Inquiry], None]) -> None:
    """Before the listener of all other commands: the first that matches takes it."""
    listeners = AlertListeners(store, allows, accept)
    app.command(COMMAND, matchers=[is_watch_command])(listeners.command)
    app.action(MUTE_ACTION)(listeners.mute)
    app.action(LEAVE_ACTION)(listeners.leave)
    app.action(ACCEPT_ACTION)(listeners.take)
    app.action(WATCH_ACTION)(listeners.watch)
