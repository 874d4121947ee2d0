"""Decision records: what was asked, with what inputs, what was said, and which facts would move it.

A record is written once. The inputs are large, so lists leave them out.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fnmatch import fnmatchcase
from typing import Any

from sqlalchemy import ColumnElement, Row, select

from kb.errors import NotFound
from kb.store.engine import IN_CLAUSE, Db
from kb.store.visible import visible_to
from kb.tables import table
from kb.tables_decisions import DecisionQueries, Decisions
from kb.types import FactQuery

_d, _q = table(Decisions), table(DecisionQueries)
_BRIEF = [column for column in _d.c if column.name != "inputs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionDraft:
    """A decision about to be recorded. `use_case` has its values with their origins; `verdict` is the report."""

    question: str
    engine_version: str
    seed: int
    as_of: date
    use_case: Mapping[str, object]
    inputs: Mapping[str, object]
    verdict: Mapping[str, object]
    stands_on: tuple[FactQuery, ...] = ()
    workspace_id: str | None = None
    door: str = "cli"
    channel: str = ""
    thread: str = ""
    user: str = ""
    owner: str = ""
    review_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord(DecisionDraft):
    """`inputs` is empty in lists; `get` gives it."""

    id: int
    created_at: datetime
    inputs: Mapping[str, object] = field(default_factory=dict)


class DecisionStore:
    def __init__(self, db: Db) -> None:
        self._db = db

    def add(self, draft: DecisionDraft) -> int:
        """Record a decision with what it stands on."""
        with self._db.write() as conn:
            row = self._db.insert(_d).values(**_values(draft), created_at=self._db.now()).returning(_d.c.id)
            decision_id = int(conn.scalars(row).one())
            bases = [{"subject_pattern": q.subject_pattern, "field": q.field} for q in dict.fromkeys(draft.stands_on)]
            if bases:
                conn.execute(_q.insert(), [{**base, "decision_id": decision_id} for base in bases])
        return decision_id

    def get(self, decision_id: int, *, workspace_id: str | None = None) -> DecisionRecord:
        """The whole record; NotFound where there is none that this workspace may see."""
        found = self._where(_d.c.id == decision_id, visible_to(_d, workspace_id), columns=list(_d.c))
        if not found:
            raise NotFound(f"no decision {decision_id}", hint="`steelyard decisions list` names those there are")
        return found[0]

    def in_thread(
        self, door: str, channel: str, thread: str, *, workspace_id: str | None = None
    ) -> list[DecisionRecord]:
        """Oldest first, without their inputs."""
        here = (_d.c.door == door, _d.c.channel == channel, _d.c.thread == thread)
        return self._where(*here, visible_to(_d, workspace_id))

    def standing_on(self, subject: str, field: str) -> list[DecisionRecord]:
        """Every decision, of any workspace, that a fact about this subject and field may move; without inputs."""
        with self._db.read() as conn:
            rows = conn.execute(select(_q).where(_q.c.field == field)).all()
        ids = sorted({row.decision_id for row in rows if fnmatchcase(subject, row.subject_pattern)})
        chunks = (ids[first : first + IN_CLAUSE] for first in range(0, len(ids), IN_CLAUSE))
        return [record for some in chunks for record in self._where(_d.c.id.in_(some))]

    def _where(
        self,
        *conditions: ColumnElement[bool],
        columns: list[Any] | None = None,
        newest: int | None = None,
    ) -> list[DecisionRecord]:
        query = select(*(columns or _BRIEF)).where(*conditions)
        query = query.order_by(_d.c.id) if newest is None else query.order_by(_d.c.id.desc()).limit(newest)
        with self._db.read() as conn:
            rows = conn.execute(query).all()
            bases: defaultdict[int, list[FactQuery]] = defaultdict(list)
            ids = [row.id for row in rows]
            for first in range(0, len(ids), IN_CLAUSE):
                some = _q.c.decision_id.in_(ids[first : first + IN_CLAUSE])
                for base in conn.execute(select(_q).where(some).order_by(_q.c.id)):
                    bases[base.decision_id].append(FactQuery(subject_pattern=base.subject_pattern, field=base.field))
        return [_record(row, tuple(bases[row.id])) for row in rows]

    def list(self, *, workspace_id: str | None = None, limit: int = 50) -> list[DecisionRecord]:
        """The newest first, without their inputs."""
        return self._where(visible_to(_d, workspace_id), newest=limit)


def _values(draft: DecisionDraft) -> dict[str, object]:
    names = [
        "question",
        "engine_version",
        "seed",
        "as_of",
        "workspace_id",
        "door",
        "channel",
        "thread",
        "owner",
        "review_on",
    ]
    values = {name: getattr(draft, name) for name in names}
    return {
        **values,
        "review_on": draft.review_on,
        "asker": draft.user,
        "use_case": dict(draft.use_case),
        "inputs": dict(draft.inputs),
        "verdict": dict(draft.verdict),
    }


def _record(row: Row[Any], stands_on: tuple[FactQuery, ...]) -> DecisionRecord:
    values = {name: value for name, value in row._mapping.items() if name != "asker"}
    return DecisionRecord(**values, user=row.asker, stands_on=stands_on)
