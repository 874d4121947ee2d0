"""Answers as given, what they stand on, and what people thought of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from kb.errors import BadInput, NotFound
from kb.store.engine import IN_CLAUSE, Db
from kb.store.visible import visible_to
from kb.tables import AnswerQueries, Answers, Feedback, table
from kb.types import AnswerRecord, FactQuery, FeedbackRecord

VERDICTS = ("up", "down")

_a, _q, _f = table(Answers), table(AnswerQueries), table(Feedback)


class AnswerStore:
    def __init__(self, db: Db) -> None:
        self._db = db

    def add(
        self,
        *,
        question: str,
        kind: str,
        as_of: date,
        body: Mapping[str, object],
        stands_on: Iterable[FactQuery] = (),
        workspace_id: str | None = None,
        door: str = "cli",
        channel: str = "",
        thread: str = "",
        user: str = "",
        inbox_id: int | None = None,
    ) -> int:
        """Store an answer with what it stands on. One answer an inbox row: the second gives the first one's id."""
        values = {"question": question, "kind": kind, "as_of": as_of, "body": dict(body), "workspace_id": workspace_id}
        values |= {"door": door, "channel": channel, "thread": thread, "asker": user, "inbox_id": inbox_id}
        with self._db.write() as conn:
            insert = self._db.insert(_a).values(**values, created_at=self._db.now())
            answer_id = conn.scalar(insert.on_conflict_do_nothing(index_elements=["inbox_id"]).returning(_a.c.id))
            if answer_id is None:
                return int(conn.scalars(select(_a.c.id).where(_a.c.inbox_id == inbox_id)).one())
            rows = [{"subject_pattern": q.subject_pattern, "field": q.field} for q in dict.fromkeys(stands_on)]
            if rows:
                conn.execute(_q.insert(), [{**row, "answer_id": answer_id} for row in rows])
            return int(answer_id)

    def get(self, answer_id: int) -> AnswerRecord:
        found = self._where(_a.c.id == answer_id)
        if not found:
            raise NotFound(f"no answer {answer_id}")
        return found[0]

    def in_thread(self, door: str, channel: str, thread: str, *, workspace_id: str | None = None) -> list[AnswerRecord]:
        """Oldest first."""
        return self._where(
            _a.c.door == door, _a.c.channel == channel, _a.c.thread == thread, visible_to(_a, workspace_id)
        )

    def for_inbox(self, inbox_id: int) -> AnswerRecord | None:
        found = self._where(_a.c.inbox_id == inbox_id)
        return found[0] if found else None

    def standing_on(self, subject: str, field: str) -> list[AnswerRecord]:
        """Every answer, of any workspace, that a fact about this subject and field may move."""
        with self._db.read() as conn:
            rows = conn.execute(select(_q).where(_q.c.field == field)).all()
        ids = sorted({row.answer_id for row in rows if fnmatchcase(subject, row.subject_pattern)})
        found: list[AnswerRecord] = []
        for first in range(0, len(ids), IN_CLAUSE):
            found += self._where(_a.c.id.in_(ids[first : first + IN_CLAUSE]))
        return found

    def answered_before(self, user: str, *, but: int | None, workspace_id: str | None = None) -> bool:
        """Whether this person ever had an answer, apart from the answer `but`."""
        mine = (_a.c.asker == user, _a.c.workspace_id.is_not_distinct_from(workspace_id))
        query = select(_a.c.id).where(*mine, *([] if but is None else [_a.c.id < but])).limit(1)
        with self._db.read() as conn:
            return conn.scalar(query) is not None

    def feedback(
        self,
        answer_id: int,
        user: str,
        verdict: str,
        reason: str = "",
        *,
        category: str = "",
        workspace_id: str | None = None,
    ) -> None:
        """What a person thinks of an answer; the last word counts."""
        if verdict not in VERDICTS:
            raise BadInput(f"a verdict is up or down, not {verdict}")
        self.get(answer_id)
        said = {"verdict": verdict, "category": category, "reason": reason, "workspace_id": workspace_id}
        with self._db.write() as conn:
            row = {**said, "created_at": self._db.now()}
            self._db.upsert(conn, _f, {"answer_id": answer_id, "asker": user}, row)

    def feedback_given(self, *, verdict: str | None = None, workspace_id: str | None = None) -> list[FeedbackRecord]:
        """What people thought, oldest first, with what had been asked. None: of every workspace (for the terminal)."""
        query = select(_f, _a.c.question, _a.c.kind, _a.c.as_of).join(_a, _a.c.id == _f.c.answer_id)
        query = query if verdict is None else query.where(_f.c.verdict == verdict)
        query = query if workspace_id is None else query.where(_f.c.workspace_id == workspace_id)
        with self._db.read() as conn:
            return [_feedback(row) for row in conn.execute(query.order_by(_f.c.created_at, _f.c.id))]

    def verdicts(self, *, answer_id: int | None = None, workspace_id: str | None = None) -> dict[str, int]:
        """How many people said up and down, of one answer or of all."""
        query = select(_f.c.verdict, func.count().label("n")).where(visible_to(_f, workspace_id)).group_by(_f.c.verdict)
        if answer_id is not None:
            query = query.where(_f.c.answer_id == answer_id)
        with self._db.read() as conn:
            found = {row.verdict: row.n for row in conn.execute(query)}
        return {verdict: found.get(verdict, 0) for verdict in VERDICTS}

    def _where(self, *conditions: ColumnElement[bool]) -> list[AnswerRecord]:
        with self._db.read() as conn:
            rows = conn.execute(select(_a).where(*conditions).order_by(_a.c.id)).all()
            bases = _stands_on(conn, [row.id for row in rows])
        return [_record(row, tuple(bases[row.id])) for row in rows]


def _stands_on(conn: Connection, ids: list[int]) -> defaultdict[int, list[FactQuery]]:
    found: defaultdict[int, list[FactQuery]] = defaultdict(list)
    for first in range(0, len(ids), IN_CLAUSE):
        some = _q.c.answer_id.in_(ids[first : first + IN_CLAUSE])
        for row in conn.execute(select(_q).where(some).order_by(_q.c.id)):
            found[row.answer_id].append(FactQuery(subject_pattern=row.subject_pattern, field=row.field))
    return found


def _feedback(row: Row[Any]) -> FeedbackRecord:
    return FeedbackRecord(
        answer_id=row.answer_id,
        question=row.question,
        kind=row.kind,
        as_of=row.as_of,
        verdict=row.verdict,
        category=row.category,
        reason=row.reason,
        at=row.created_at,
    )


def _record(row: Row[Any], stands_on: tuple[FactQuery, ...]) -> AnswerRecord:
    return AnswerRecord(
        id=row.id,
        workspace_id=row.workspace_id,
        door=row.door,
        channel=row.channel,
        thread=row.thread,
        user=row.asker,
        question=row.question,
        kind=row.kind,
        as_of=row.as_of,
        created_at=row.created_at,
        body=row.body,
        stands_on=stands_on,
        inbox_id=row.inbox_id,
    )
