"""Deleting for good: everything of a workspace, or what is older than it wants to keep.

Both walk the tables' own foreign keys, so that a new table needs no line here: a row goes when it is named by a root
condition, or when it hangs on a row that goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, or_, select

from kb.store.engine import Db
from kb.tables import Answers, Feedback, Row, Threads, table
from kb.tables_decisions import Decisions
from kb.tables_installations import Erasures, Installations
from kb.tables_queues import Inbox, Outbox

Roots = Mapping[Table, ColumnElement[bool]]

AGAIN_AFTER = timedelta(hours=1)  # an answer that was being made when its workspace left is written after that
PASSES = 2

_e, _i = table(Erasures), table(Installations)
# What people caused, and when. The audit log is kept: it says who changed what.
AGES = {
    table(Answers): "created_at",
    table(Decisions): "created_at",
    table(Feedback): "created_at",
    table(Inbox): "received_at",
    table(Outbox): "created_at",
    table(Threads): "updated_at",
}
_FINISHED = {table(Inbox): ("answered", "stopped", "failed"), table(Outbox): ("sent", "failed")}


@dataclass(frozen=True, slots=True)
class Erasure:
    """A workspace to be forgotten, and how often it was already."""

    workspace_id: str
    passes: int


class EraseStore:
    def __init__(self, db: Db) -> None:
        self._db = db

    def delete_workspace(self, workspace_id: str) -> dict[str, int]:
        """Delete every row of a workspace and all that hangs on it, in one transaction; returns rows by table."""
        roots = {t: t.c.workspace_id == workspace_id for t in _tables() if "workspace_id" in t.c and t is not _e}
        with self._db.write() as conn:
            return _delete(conn, roots)

    def delete_older(self, workspace_id: str | None, before: datetime) -> dict[str, int]:
        """Delete a workspace's answers, decisions, feedback, threads, inbox and outbox rows of before `before`.

        Work that is still open stays. None: rows of the terminal. Returns rows by table.
        """
        roots = {}
        for t, at in AGES.items():
            here = t.c.workspace_id.is_not_distinct_from(workspace_id) & (t.c[at] < before)
            roots[t] = here & t.c.state.in_(_FINISHED[t]) if t in _FINISHED else here
        with self._db.write() as conn:
            return _delete(conn, roots)

    def workspaces(self) -> list[str | None]:
        """Every workspace that has rows which age; None stands for the terminal's."""
        found: set[str | None] = set()
        with self._db.read() as conn:
            for t in AGES:
                found.update(conn.scalars(select(t.c.workspace_id).distinct()))
        return sorted(found, key=lambda name: name or "")

    # ------------------------------------------------------------ workspaces that left

    def leave(self, workspace_id: str, *, left_at: datetime) -> bool:
        """Drop a workspace's tokens now and note that its rows are to go. False where it was installed after that."""
        with self._db.write() as conn:
            since = conn.scalar(select(_i.c.installed_at).where(_i.c.workspace_id == workspace_id))
            if since is not None and since > left_at:
                return False
            conn.execute(_i.delete().where(_i.c.workspace_id == workspace_id))
            first = {"workspace_id": workspace_id, "due_at": self._db.now(), "passes": 0}
            put = self._db.insert(_e).values(**first)
            conn.execute(put.on_conflict_do_update(index_elements=["workspace_id"], set_=first))
        return True

    def stay(self, workspace_id: str) -> None:
        """A workspace is in use again: call off a deletion that is still to come."""
        with self._db.write() as conn:
            conn.execute(_e.delete().where(_e.c.workspace_id == workspace_id))

    def due(self) -> list[Erasure]:
        """Workspaces whose rows are to be deleted now."""
        with self._db.read() as conn:
            rows = conn.execute(select(_e).where(_e.c.due_at <= self._db.now()).order_by(_e.c.due_at))
            return [Erasure(row.workspace_id, row.passes) for row in rows]

    def done(self, erasure: Erasure) -> None:
        """Note one pass; after the last one nothing is left of the workspace, not even this note."""
        here = (_e.c.workspace_id == erasure.workspace_id, _e.c.passes == erasure.passes)
        with self._db.write() as conn:
            if erasure.passes + 1 >= PASSES:
                conn.execute(_e.delete().where(*here))
            else:
                later = {"due_at": self._db.now() + AGAIN_AFTER, "passes": erasure.passes + 1}
                conn.execute(_e.update().where(*here).values(**later))


def _tables() -> list[Table]:
    """Parents before children."""
    return list(Row.metadata.sorted_tables)


def doomed(roots: Roots) -> dict[Table, ColumnElement[bool]]:
    """Which rows go, by table, parents first: those named by `roots` and those that hang on one that goes."""
    going: dict[Table, ColumnElement[bool]] = {}
    for t in _tables():
        why = [roots[t]] if t in roots else []
        for key in t.foreign_keys:
            parent = key.column.table
            if parent in going:
                why.append(key.parent.in_(select(key.column).where(going[parent])))
        if why:
            going[t] = or_(*why)
    return going


def _delete(conn: Connection, roots: Roots) -> dict[str, int]:
    gone = {}
    for t, condition in reversed(doomed(roots).items()):
        if count := conn.execute(t.delete().where(condition)).rowcount:
            gone[t.name] = count
    return gone
