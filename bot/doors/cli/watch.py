"""`steelyard watch`: which answers are watched, one look at all of them, and silence; and its published JSON."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Self

import typer
from pydantic import BaseModel, ConfigDict

from bot.doors.cli.edge import out, print_json, say, settings_for_command
from bot.doors.cli.show import table
from bot.watch.contract import Alert
from kb.errors import BadInput

if TYPE_CHECKING:
    from kb.store import Store
    from kb.store.watches import State, Watch

app = typer.Typer(no_args_is_help=True, help="Answers that are looked at again when a fact or the day moves.")

EVERY_S = 60.0
AsJson = Annotated[bool, typer.Option("--json", help="print JSON (docs/ has the schema)")]
Number = Annotated[int, typer.Argument(metavar="ID", min=1, help="the watch's number")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class ListedWatch(_Frozen):
    """`role`: thread, where it was asked, or subscriber. `told`: how often something was. `state`: on or muted."""

    id: int
    workspace_id: str | None
    decision_id: int | None
    answer_id: int | None
    question: str
    door: str
    channel: str
    thread: str
    user: str
    role: str
    state: str
    told: int
    checked_on: date | None
    created_at: datetime

    @classmethod
    def of(cls, watch: "Watch", question: str) -> Self:
        given = {name: getattr(watch, name) for name in cls.model_fields if name != "question"}
        return cls.model_validate(given | {"question": question})


class WatchList(_Frozen):
    schema_version: int = 1
    watches: tuple[ListedWatch, ...]


class WatchRun(_Frozen):
    """What one look recorded to be told, at whatever door."""

    schema_version: int = 1
    alerts: tuple[Alert, ...]


@app.command("list")
def list_watches(json: AsJson = False) -> None:
    """List what is watched, in every workspace and in the terminal."""
    from bot.watch.adopt import adopt
    from bot.wire import opened_store
    from kb.types import utc_now

    with opened_store(settings_for_command(), say) as store:
        adopt(store, utc_now())
        found = [ListedWatch.of(watch, _question(store, watch)) for watch in store.watches.all()]
    if json:
        print_json(WatchList(watches=tuple(found)))
    elif not found:
        out.print("Nothing is watched. `steelyard decide` makes a decision, which then is.")
    else:
        columns = ("id", "what", "question", "where", "whose", "state", "told", "checked")
        out.print(table("", columns, map(_cells, found)))


@app.command("run")
def run(once: Annotated[bool, typer.Option("--once", help="one look, then end")] = False, json: AsJson = False) -> None:
    """Look at everything that is watched, and tell what moved; without --once again every minute."""
    from bot.wire import build_watcher, opened, process_name, stop_on_signals, tell_notices

    if json and not once:
        raise BadInput("--json needs --once", hint="steelyard watch run --once --json")
    with opened(settings_for_command(), say) as knowledge:
        watcher, owner, stop = build_watcher(knowledge), process_name(), stop_on_signals()
        while not stop.is_set():
            alerts = watcher.step()
            if json:
                print_json(WatchRun(alerts=tuple(alerts)))
            tell_notices(knowledge.store, owner, say if json else lambda text: out.print(text, markup=False))
            if once:
                if not json:
                    out.print("Nothing moved." if not alerts else f"Told: {len(alerts)}.")
                return
            stop.wait(EVERY_S)


@app.command("mute")
def mute(number: Number) -> None:
    """Tell nothing more of this, until it is woken."""
    _set(number, "muted")
    out.print(f"Watch {number} is muted; `steelyard watch wake {number}` wakes it.")


@app.command("wake")
def wake(number: Number) -> None:
    """Tell of this again; what moved meanwhile is told at the next look."""
    _set(number, "on")
    out.print(f"Watch {number} is on.")


def _set(number: int, state: "State") -> None:
    """From the terminal every watch may be set: whoever sits here runs Steelyard."""
    from bot.wire import opened_store
    from kb.errors import NotFound

    with opened_store(settings_for_command(), say) as store:
        if number not in {watch.id for watch in store.watches.all()}:
            raise NotFound(f"no watch {number}", hint="`steelyard watch list` names those there are")
        store.watches.set_state(number, state)


def _question(store: "Store", watch: "Watch") -> str:
    if watch.decision_id is not None:
        return store.decisions.get(watch.decision_id, workspace_id=watch.workspace_id).question
    return store.answers.get(watch.answer_id or 0).question


def _cells(watch: ListedWatch) -> tuple[object, ...]:
    what = f"decision {watch.decision_id}" if watch.decision_id is not None else f"answer {watch.answer_id}"
    place = " ".join(part for part in (watch.door, watch.channel, watch.thread) if part)
    return watch.id, what, watch.question, place, watch.user, watch.state, watch.told, watch.checked_on or "not yet"
