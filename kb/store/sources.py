"""Sources: what is read, how the last readings went, and who is reading it now."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from kb.errors import BadInput, Conflict, NotFound
from kb.store import claims
from kb.store.engine import Db
from kb.store.visible import visible_to
from kb.tables import Sources, table
from kb.types import Rhythm, SourceDraft, SourceRecord, SourceState, Tier, Topic

Records = list[SourceRecord]  # in the class, `list` is a method
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

    def set_status(self, source_id: int, status: str, *, reason: str | None = None) -> None:
        if status not in STATUSES:
            raise BadInput(f"a source is {', '.join(STATUSES)}; not {status}")
        self._update(source_id, status=status, pause_reason=reason)

    def set_url(self, source_id: int, url: str) -> None:
        """Move a source; what we kept of the old URL's body no longer counts."""
        _check_url(url)
        self._update(source_id, **AS_NEW, url=url)

    def refresh_now(self, source_id: int) -> None:
        """Due at once; a server's Retry-After (`blocked_until`) still holds."""
        self._update(source_id, next_due_at=self._db.now())

    def claim_due(
        self, *, owner: str, limit: int, lease_s: float, all_sources: bool = False, exclude: Collection[int] = ()
    ) -> Records:
        """Lease active sources that are due (or all), never before their `blocked_until`."""
        c, now = self._t.c, self._db.now()
        due = [c.status == "active", or_(c.blocked_until.is_(None), c.blocked_until <= now)]
        if not all_sources:
            due.append(or_(c.next_due_at.is_(None), c.next_due_at <= now))
        if exclude:
            due.append(c.id.not_in(exclude))
        want, order = claims.Claim(owner, limit, lease_s), (c.next_due_at.asc().nulls_first(), c.id)
        return [_record(row) for row in claims.claim(self._db, self._t, want, *due, order=order)]

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

    def release(self, source_id: int, *, owner: str) -> None:
        """Free the lease without a word on the reading."""
        with self._db.write() as conn:
            claims.settle(conn, self._t, source_id, owner)

    def renew(self, source_id: int, *, owner: str, lease_s: float) -> bool:
        return claims.renew(self._db, self._t, source_id, owner, lease_s)

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
