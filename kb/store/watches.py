"""Watches: who hears in which thread when an answer or a decision comes out otherwise, and what was told last."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, and_, func, select

from kb.errors import NotFound
from kb.store.engine import Db
from kb.store.visible import visible_to
from kb.tables import Answers, Confirmations, FactEvents, Facts, table
from kb.tables_decisions import Decisions
from kb.tables_watches import Watches

Role = Literal["thread", "subscriber"]
State = Literal["on", "muted", "ended"]

_w, _a, _d = table(Watches), table(Answers), table(Decisions)
_own = _w.c.role == "thread"  # what people subscribed to beside it says nothing of the thread
_COUNTED = tuple(table(rows) for rows in (Facts, FactEvents, Confirmations))


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchDraft:
    """A decision (with the answer that carried it, if any) or an answer, and where its changes are told.

    `role`: "thread", where it was asked, or "subscriber", who asked to be told too. `user`: whose watch it is.
    """

    workspace_id: str | None
    answer_id: int | None = None
    decision_id: int | None = None
    door: str
    channel: str
    thread: str
    user: str
    role: Role = "thread"
    state: State = "on"

    @property
    def subject(self) -> str:
        return f"answer:{self.answer_id}" if self.decision_id is None else f"decision:{self.decision_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch(WatchDraft):
    """`outcome`: what was last told, as JSON; None before the first look. `basis`: digest of the facts last looked at.

    `told` counts what was told; `warned`: warnings ahead of a date that were given.
    """

    id: int
    told: int
    outcome: Mapping[str, Any] | None
    warned: tuple[str, ...]
    basis: str
    checked_on: date | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one look at a watch found: kept whether or not there was something to tell."""

    watch_id: int
    basis: str
    checked_on: date
    outcome: Mapping[str, Any]
    warned: tuple[str, ...] = ()
    told: int = field(default=0)  # the count before this look: another process that was quicker makes it void


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwatched:
    """An answer or decision that nobody watches yet."""

    workspace_id: str | None
    id: int


class WatchStore:
    def __init__(self, db: Db) -> None:
        self._db = db

    def add(self, draft: WatchDraft) -> tuple[Watch, bool]:
        """(the watch, is it new). The same subject in the same place is one watch: the second gives the first.

        A decision may be watched before the answer that carries it is on record: that one is named then.
        """
        names = ("workspace_id", "subject", "answer_id", "decision_id", "door", "channel", "thread", "role", "state")
        values = {name: getattr(draft, name) for name in names} | {"watcher": draft.user}
        fresh: dict[str, Any] = {"told": 0, "outcome": None, "warned": [], "basis": "", "created_at": self._db.now()}
        place = (_w.c.subject == draft.subject, _w.c.door == draft.door)
        with self._db.write() as conn:
            put = self._db.insert(_w).values(**values, **fresh).on_conflict_do_nothing().returning(_w.c.id)
            new = conn.scalar(put)
            here = (*place, _w.c.channel == draft.channel, _w.c.thread == draft.thread)
            if new is None and draft.answer_id is not None:
                named = _w.update().where(*here, _w.c.answer_id.is_(None))
                conn.execute(named.values(answer_id=draft.answer_id))
            return _watch(conn.execute(select(_w).where(*here)).one()), new is not None

    def get(self, watch_id: int, *, workspace_id: str | None = None) -> Watch:
        """NotFound where there is none that this workspace may see."""
        found = self._where(_w.c.id == watch_id, visible_to(_w, workspace_id))
        if not found:
            raise NotFound(f"no watch {watch_id}", hint="`steelyard watch list` names those there are")
        return found[0]

    def on(self) -> "Rows":
        """Every watch that wants to hear, of every workspace."""
        return self._where(_w.c.state == "on")

    def list(self, *, workspace_id: str | None = None, states: Iterable[State] = ("on", "muted")) -> "Rows":
        return self._where(visible_to(_w, workspace_id), _w.c.state.in_(tuple(states)))

    def all(self, *, states: Iterable[State] = ("on", "muted")) -> "Rows":
        """Of every workspace: for whoever runs Steelyard."""
        return self._where(_w.c.state.in_(tuple(states)))

    def in_thread(self, door: str, channel: str, thread: str, *, workspace_id: str | None = None) -> "Rows":
        here = (_w.c.door == door, _w.c.channel == channel, _w.c.thread == thread)
        return self._where(*here, visible_to(_w, workspace_id))

    def of_user(self, user: str, *, workspace_id: str | None) -> "Rows":
        """What somebody asked to be told of, and what they asked themselves, unless it ended."""
        return self._where(_w.c.watcher == user, visible_to(_w, workspace_id), _w.c.state != "ended")

    def set_state(self, watch_id: int, state: State) -> None:
        with self._db.write() as conn:
            conn.execute(_w.update().where(_w.c.id == watch_id).values(state=state))

    def keep(self, seen: Seen) -> bool:
        """Keep what a look found; False where another process looked and told in between."""
        values = {"basis": seen.basis, "checked_on": seen.checked_on, "outcome": dict(seen.outcome)}
        return self._update(seen, values | {"warned": list(seen.warned)})

    def tell(self, seen: Seen) -> bool:
        """As `keep`, and count one more thing told. With the outbox row in one transaction (`Store.together`)."""
        values = {"basis": seen.basis, "checked_on": seen.checked_on, "outcome": dict(seen.outcome)}
        return self._update(seen, values | {"warned": list(seen.warned), "told": seen.told + 1})

    def _update(self, seen: Seen, values: dict[str, Any]) -> bool:
        same = (_w.c.id == seen.watch_id, _w.c.told == seen.told)
        with self._db.write() as conn:
            return bool(conn.execute(_w.update().where(*same).values(**values)).rowcount)

    def unwatched_decisions(self, since: datetime) -> "Found":
        """Decisions made since then that no thread's watch names, oldest first."""
        query = select(_d.c.workspace_id, _d.c.id).outerjoin(_w, and_(_w.c.decision_id == _d.c.id, _own))
        return self._unwatched(query.where(_w.c.id.is_(None), _d.c.created_at >= since).order_by(_d.c.id))

    def unwatched_answers(self, since: datetime) -> "Found":
        """Answers given in a thread since then that no thread's watch names, oldest first."""
        query = select(_a.c.workspace_id, _a.c.id).outerjoin(_w, and_(_w.c.answer_id == _a.c.id, _own))
        wanted = (_w.c.id.is_(None), _a.c.created_at >= since, _a.c.thread != "")
        return self._unwatched(query.where(*wanted).order_by(_a.c.id))

    def _unwatched(self, query: Any) -> "Found":
        with self._db.read() as conn:
            return [Unwatched(workspace_id=row.workspace_id, id=row.id) for row in conn.execute(query)]

    def census(self) -> str:
        """How many facts, events and confirmations there are: other text means that something came or went.

        They are only ever added, so every commit moves a count, in whatever order numbers were given and committed;
        the highest number alone would miss a row that was numbered early and committed late.
        """
        with self._db.read() as conn:
            found = [conn.execute(select(func.count(t.c.id), func.max(t.c.id))).one() for t in _COUNTED]
        return ";".join(f"{count}:{newest or 0}" for count, newest in found)

    def _where(self, *conditions: ColumnElement[bool]) -> "Rows":
        with self._db.read() as conn:
            return [_watch(row) for row in conn.execute(select(_w).where(*conditions).order_by(_w.c.id))]


Rows = list[Watch]  # in the class, `list` is a method
Found = list[Unwatched]


def _watch(row: Row[Any]) -> Watch:
    values = dict(row._mapping)
    del values["subject"]
    values["user"], values["warned"] = values.pop("watcher"), tuple(values["warned"])
    return Watch(**values)
