"""Sources: what is read, how the last readings went, and who is reading it now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import timedelta
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, literal_column, or_, select

from kb.errors import BadInput, Conflict, NotFound
from kb.store import claims
from kb.store.engine import Db
from kb.store.source_health import health_of_sources
from kb.store.visible import visible_to
from kb.tables import Sources, table
from kb.types import Rhythm, SourceDraft, SourceHealth, SourceRecord, SourceState, Tier, Topic

Records = list[SourceRecord]  # in the class, `list` is a method
Ids = list[int]
Conditions = list[ColumnElement[bool]]
DRAFT_FIELDS = tuple(f.name for f in fields(SourceDraft))
STATE_FIELDS = tuple(f.name for f in fields(SourceState))
RHYTHM_FIELDS = tuple(f.name for f in fields(Rhythm))
STATUSES = ("active", "paused", "removed")
MAX_URL = 2000  # what PostgreSQL can index
KEPT_NOTICES = 5
AS_NEW: dict[str, Any] = {  # validators belong to a URL; a revived or moved source is read whole
    "etag": None,
    "last_modified": None,
    "body_sha256": None,
    "next_due_at": None,
    "failures": 0,
    "last_error": None,
    "rhythm": None,
}

FURTHEST = timedelta(days=8)  # no Retry-After is obeyed further ahead
CLOCK_SLACK = timedelta(minutes=5)
# To the letter, or SQLite does not use its index of due times.
ACTIVE: ColumnElement[bool] = literal_column("sources.status = 'active'")

_FINISH_FIELDS = (*STATE_FIELDS, *claims.FREE)
_FINISH = (
    table(Sources)
    .update()
    .where(table(Sources).c.id == bindparam("of_id"), table(Sources).c.lease_owner == bindparam("of_owner"))
    .values({name: bindparam(f"new_{name}") for name in _FINISH_FIELDS})
)


class SourceStore:
    def __init__(self, db: Db) -> None:
        self._db = db
        self._t = table(Sources)

    def add(self, draft: SourceDraft, *, workspace_id: str | None = None) -> SourceRecord:
        """Store a source, due now. The same URL in the same workspace is a Conflict, unless it was removed."""
        _check_url(draft.url)
        values = {
            **{name: getattr(draft, name) for name in DRAFT_FIELDS},
            "topic": str(draft.topic),
            "tier": int(draft.tier),
            "options": dict(draft.options),
        }
        values |= {**AS_NEW, "status": "active", "pause_reason": None, "added_at": self._db.now()}
        with self._db.write() as conn:
            old = self._same_url(conn, draft.url, workspace_id)
            if old is None:
                new = self._t.insert().values(**values, workspace_id=workspace_id, notices=[]).returning(self._t)
                return _record(conn.execute(new).one())
            if old.status != "removed":
                raise Conflict(f"{draft.url} is source {old.id} already ({old.title or old.kind}, {old.status})")
            revive = self._t.update().where(self._t.c.id == old.id).values(**values).returning(self._t)
            return _record(conn.execute(revive).one())

    def get(self, source_id: int, *, workspace_id: str | None = None) -> SourceRecord:
        query = select(self._t).where(self._t.c.id == source_id, visible_to(self._t, workspace_id))
        with self._db.read() as conn:
            row = conn.execute(query).first()
        if row is None:
            raise NotFound(f"no source {source_id}")
        return _record(row)

    def find(self, url: str, *, workspace_id: str | None = None) -> SourceRecord | None:
        """By URL, removed ones too (see `status`); the workspace's own before the shared one."""
        query = select(self._t).where(self._t.c.url == url, visible_to(self._t, workspace_id))
        with self._db.read() as conn:
            rows = conn.execute(query).all()
        best = sorted(rows, key=lambda row: (row.status == "removed", row.workspace_id is None))
        return _record(best[0]) if best else None

    def list(self, *, workspace_id: str | None = None, include_removed: bool = False) -> Records:
        query = select(self._t).where(visible_to(self._t, workspace_id)).order_by(self._t.c.id)
        if not include_removed:
            query = query.where(self._t.c.status != "removed")
        with self._db.read() as conn:
            return [_record(row) for row in conn.execute(query)]

    def health(self) -> dict[int, SourceHealth]:
        """Rates and delays, by source id (see `kb.store.source_health`)."""
        return health_of_sources(self._db)

    def set_status(self, source_id: int, status: str, *, reason: str | None = None) -> None:
        if status not in STATUSES:
            raise BadInput(f"a source is {', '.join(STATUSES)}; not {status}")
        self._update(source_id, status=status, pause_reason=reason)

    def set_worth(self, source_id: int, *, topic: Topic, tier: Tier) -> None:
        """What it is about and what it is worth as evidence; entries kept before keep their topic."""
        self._update(source_id, topic=str(topic), tier=int(tier))

    def set_url(self, source_id: int, url: str) -> None:
        """Move a source; what we kept of the old URL's body no longer counts."""
        _check_url(url)
        self._update(source_id, **AS_NEW, url=url)

    def refresh_now(self, source_id: int) -> None:
        """Due at once; a server's Retry-After (`blocked_until`) still holds."""
        self._update(source_id, next_due_at=self._db.now())

    def due(self, *, all_sources: bool = False) -> Ids:
        """Ids of the sources that `claim_due` would lease if nobody else did, longest due first.

        One query for each way of being due: together they would read the whole table, every minute.
        """
        c, (free, went_back) = self._t.c, self._free()
        some = select(c.id).where(ACTIVE, free)
        timed = some.where(c.next_due_at <= self._db.now()).order_by(c.next_due_at, c.id)
        astray = select(c.id).where(c.status == "active", free, went_back)  # rare, and quicker without the index
        ways = [some] if all_sources else [some.where(c.next_due_at.is_(None)), timed, astray]
        with self._db.read() as conn:
            return [*dict.fromkeys(chain.from_iterable(conn.scalars(way).all() for way in ways))]

    def claim_due(
        self,
        *,
        owner: str,
        limit: int,
        lease_s: float,
        all_sources: bool = False,
        exclude: Collection[int] = (),
        only: Collection[int] | None = None,
    ) -> Records:
        """Lease active sources that are due (or all), never before their `blocked_until`."""
        due = self._due(all_sources)
        if exclude:
            due.append(self._t.c.id.not_in(exclude))
        if only is not None:
            due.append(self._t.c.id.in_(only))
        want = claims.Claim(owner, limit, lease_s)
        rows = claims.claim(self._db, self._t, want, *due, order=self._order(), likely=only is not None)
        return [_record(row) for row in rows]

    def _due(self, all_sources: bool) -> Conditions:
        c, (free, went_back) = self._t.c, self._free()
        due = or_(c.next_due_at.is_(None), c.next_due_at <= self._db.now(), went_back)
        return [ACTIVE, free] if all_sources else [ACTIVE, free, due]

    def _free(self) -> Conditions:
        """Not to be left alone; and: the last attempt lies ahead of us, so that our clock went back.

        What was planned by a clock that was wrong holds no more.
        """
        c, now = self._t.c, self._db.now()
        went_back = c.last_attempt_at > now + CLOCK_SLACK
        far = c.blocked_until > now + FURTHEST
        return [or_(c.blocked_until.is_(None), c.blocked_until <= now, went_back & far), went_back]

    def _order(self) -> "tuple[ColumnElement[Any], ...]":
        return self._t.c.next_due_at.asc().nulls_first(), self._t.c.id

    def finish(
        self, source_id: int, *, owner: str, state: SourceState, title: str | None = None, url: str | None = None
    ) -> bool:
        """Write what a reading left and free the lease; False, and nothing written, if the lease was lost."""
        values: dict[str, Any] = {name: getattr(state, name) for name in STATE_FIELDS}
        values["rhythm"] = asdict(state.rhythm)
        notices = list(state.notices)
        if title is not None:
            values["title"] = title
        with self._db.write() as conn:
            if url is not None:
                taken = self._taken(conn, source_id, url)
                notices += [f"moved permanently to {url}, which is source {taken} already"] if taken else []
                values |= {} if taken else {"url": url}
            values["notices"] = notices[-KEPT_NOTICES:]
            return claims.settle(conn, self._t, source_id, owner, **values)

    def finish_all(self, owner: str, ended: "Sequence[tuple[int, SourceState]]") -> int:
        """As `finish`, many in one transaction, without titles and moves. Returns how many leases were lost."""
        if not ended:
            return 0
        with self._db.write() as conn:
            kept = conn.execute(_FINISH, [_finished(owner, source_id, state) for source_id, state in ended]).rowcount
        return len(ended) - kept

    def forgive(self, source_id: int, *, failures: int) -> None:
        """Take back a failure that was not the source's: it is due now."""
        self._update(source_id, failures=failures, next_due_at=self._db.now())

    def release(self, source_id: int, *, owner: str) -> None:
        """Free the lease without a word on the reading."""
        with self._db.write() as conn:
            claims.settle(conn, self._t, source_id, owner)

    def renew(self, source_id: int, *, owner: str, lease_s: float) -> bool:
        return claims.renew(self._db, self._t, source_id, owner, lease_s)

    def renew_all(self, source_ids: Collection[int], *, owner: str, lease_s: float) -> None:
        mine = self._t.update().where(self._t.c.id.in_(source_ids), self._t.c.lease_owner == owner)
        with self._db.write() as conn:
            conn.execute(mine.values(lease_until=claims.until(self._db.now(), lease_s)))

    def _same_url(self, conn: Connection, url: str, workspace_id: str | None) -> Row[Any] | None:
        here = self._t.c.workspace_id.is_not_distinct_from(workspace_id)
        return conn.execute(select(self._t).where(self._t.c.url == url, here)).first()

    def _taken(self, conn: Connection, source_id: int, url: str) -> int | None:
        """The id of another source of the same workspace that has this URL."""
        me = conn.execute(select(self._t.c.workspace_id).where(self._t.c.id == source_id)).first()
        other = self._same_url(conn, url, me.workspace_id) if me else None
        return None if other is None or other.id == source_id else int(other.id)

    def _update(self, source_id: int, **values: Any) -> None:
        with self._db.write() as conn:
            if not conn.execute(self._t.update().where(self._t.c.id == source_id).values(**values)).rowcount:
                raise NotFound(f"no source {source_id}")


def _finished(owner: str, source_id: int, state: SourceState) -> dict[str, Any]:
    values = {name: getattr(state, name) for name in STATE_FIELDS} | claims.FREE
    values |= {"rhythm": asdict(state.rhythm), "notices": list(state.notices)[-KEPT_NOTICES:]}
    return {"of_id": source_id, "of_owner": owner} | {f"new_{name}": value for name, value in values.items()}


def _check_url(url: str) -> None:
    if not 0 < len(url.encode()) <= MAX_URL:
        raise BadInput(f"a source's URL has 1 to {MAX_URL} bytes")


def _record(row: Row[Any]) -> SourceRecord:
    state = {name: getattr(row, name) for name in STATE_FIELDS}
    return SourceRecord(
        id=row.id,
        workspace_id=row.workspace_id,
        kind=row.kind,
        url=row.url,
        title=row.title,
        publisher=row.publisher,
        topic=Topic(row.topic),
        tier=Tier(row.tier),
        options=row.options,
        status=row.status,
        pause_reason=row.pause_reason,
        added_at=row.added_at,
        state=SourceState(**{**state, "notices": tuple(row.notices), "rhythm": _rhythm(row.rhythm)}),
    )


def _rhythm(stored: Mapping[str, Any] | None) -> Rhythm:
    if not stored:
        return Rhythm()
    typed: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()}
    return Rhythm(**{name: typed[name] for name in RHYTHM_FIELDS if name in typed})
