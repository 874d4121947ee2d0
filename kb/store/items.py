"""Items, their versions and passages: written once, read through a `Filter`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from kb.errors import NotFound
from kb.store import claims, stories
from kb.store.bulk_writes import insert_new
from kb.store.engine import IN_CLAUSE, Db
from kb.store.item_writes import check_external_id, write_item
from kb.store.rows import passages_joined, passages_query, to_passage, to_version, versions_query
from kb.store.visible import allowed, visible_to
from kb.tables import Facts, Items, ItemVersions, Passages, Row, Sources, Vectors, table
from kb.types import Filter, ItemDraft, ItemHead, ItemVersion, Moved, Passage

WRITE_BATCH = 50

_i, _v, _p = table(Items), table(ItemVersions), table(Passages)


class ItemStore:
    def __init__(self, db: Db) -> None:
        self._db = db

    # ------------------------------------------------------------ writing

    def heads(self, source_id: int) -> dict[str, ItemHead]:
        """What planning needs of every stored item of a source, by external id."""
        columns = (_i.c.external_id, _i.c.entry_hash, _i.c.version, _i.c.known_from, _i.c.vanished_at)
        more = (_i.c.id, _i.c.content_hash, _v.c.url, _v.c.published_at)
        current = (_v.c.item_id == _i.c.id) & _v.c.known_until.is_(None)
        query = select(*columns, *more).join_from(_i, _v, current).where(_i.c.source_id == source_id)
        with self._db.read() as conn:
            rows = conn.execute(query).all()
        return {
            row.external_id: ItemHead(
                item_id=row.id,
                external_id=row.external_id,
                entry_hash=row.entry_hash,
                version=row.version,
                known_from=row.known_from,
                vanished=row.vanished_at is not None,
                content_hash=row.content_hash,
                url=row.url,
                published_at=row.published_at,
            )
            for row in rows
        }

    def count_present(self, source_id: int) -> int:
        """How many items of a source stood in its last complete list."""
        query = select(func.count()).where(_i.c.source_id == source_id, _i.c.vanished_at.is_(None))
        with self._db.read() as conn:
            return conn.scalar(query) or 0

    def write(self, source_id: int, draft: ItemDraft, *, calm: bool = False) -> str:
        """One transaction: "new", "edited", "unchanged" or "enriched", and if `calm` "flapped" or "held".

        See `kb.store.item_writes`.
        """
        with self._db.write() as conn:
            return self._write(conn, source_id, draft, calm=calm)

    def write_many(
        self, source_id: int, drafts: Iterable[ItemDraft], *, batch: int = WRITE_BATCH, calm: bool = False
    ) -> list[str]:
        """`write` for each, in order, `batch` of them a transaction: faster, and a crash loses whole items only."""
        todo, done = list(drafts), []
        for first in range(0, len(todo), batch):
            some = todo[first : first + batch]
            with self._db.write() as conn:
                new = insert_new(self._db, conn, source_id, some)
                for draft in some:
                    done.append("new" if draft.external_id in new else self._write(conn, source_id, draft, calm=calm))
                    new.discard(draft.external_id)  # the same id once more is a change
        return done

    def _write(self, conn: Connection, source_id: int, draft: ItemDraft, **how: bool) -> str:
        outcome = write_item(self._db, conn, source_id, draft, **how)
        if outcome not in ("unchanged", "held") and not draft.record:
            stories.ask(self._db, conn, source_id, [draft.external_id])
        return outcome

    def mark_vanished(self, source_id: int, external_ids: Collection[str]) -> None:
        """No longer in the source's complete list; what was known stays known."""
        self._set(source_id, external_ids, vanished_at=self._db.now())

    def mark_returned(self, source_id: int, external_ids: Collection[str]) -> None:
        self._set(source_id, external_ids, vanished_at=None)

    def rename(self, source_id: int, names: Mapping[str, str]) -> None:
        """Old external ids to new ones that no item of the source has: the same entries, called otherwise."""
        with self._db.write() as conn:
            for old, new in names.items():
                check_external_id(new)
                mine = _i.update().where(_i.c.source_id == source_id, _i.c.external_id == old)
                conn.execute(mine.values(external_id=new))

    def relink(self, source_id: int, moved: Iterable[Moved]) -> None:
        """The same words at another address: no version, only the address of the current one."""
        with self._db.write() as conn:
            for entry in moved:
                mine = (_i.c.source_id == source_id) & (_i.c.external_id == entry.external_id)
                hashes = {"entry_hash": entry.entry_hash, "content_hash": entry.content_hash}
                conn.execute(_i.update().where(mine).values(**hashes))
                current = _v.c.item_id.in_(select(_i.c.id).where(mine)) & _v.c.known_until.is_(None)
                conn.execute(_v.update().where(current).values(url=entry.url, entry_hash=entry.entry_hash))
                stories.ask(self._db, conn, source_id, [entry.external_id])

    def _set(self, source_id: int, external_ids: Collection[str], **values: Any) -> None:
        ids = list(external_ids)
        with self._db.write() as conn:
            for first in range(0, len(ids), IN_CLAUSE):
                some = _i.c.external_id.in_(ids[first : first + IN_CLAUSE])
                conn.execute(_i.update().where(_i.c.source_id == source_id, some).values(**values))

    # ------------------------------------------------------------ reading

    def published(self, source_id: int, *, limit: int) -> list[datetime]:
        """When the newest entries of a source were published, as they stated when they were first seen."""
        first = (_v.c.item_id == _i.c.id) & (_v.c.version == 1)
        query = select(_v.c.published_at).join_from(_i, _v, first)
        query = query.where(_i.c.source_id == source_id, _v.c.published_at.is_not(None))
        with self._db.read() as conn:
            return [at for at in conn.scalars(query.order_by(_v.c.published_at.desc()).limit(limit)) if at]

    def versions(self, item_id: int) -> list[ItemVersion]:
        """Oldest first."""
        with self._db.read() as conn:
            rows = conn.execute(versions_query().where(_v.c.item_id == item_id).order_by(_v.c.version))
            return [to_version(row) for row in rows]

    def version(self, version_id: int) -> ItemVersion:
        with self._db.read() as conn:
            row = conn.execute(versions_query().where(_v.c.id == version_id)).first()
        if row is None:
            raise NotFound(f"no item version {version_id}")
        return to_version(row)

    def passages(self, ids: Sequence[int], filter: Filter) -> dict[int, Passage]:
        """Those of `ids` that the filter lets through."""
        query, found = passages_query().where(*allowed(filter)), {}
        with self._db.read() as conn:
            for first in range(0, len(ids), IN_CLAUSE):
                some = [int(n) for n in ids[first : first + IN_CLAUSE]]
                found.update({row.id: to_passage(row) for row in conn.execute(query.where(_p.c.id.in_(some)))})
        return found

    def matching(self, filter: Filter, *, limit: int) -> list[int]:
        """Ids, ascending, of passages that the filter lets through; any `limit` of them if there are more."""
        query = passages_joined(select(_p.c.id)).where(*allowed(filter)).limit(limit)
        with self._db.read() as conn:
            return sorted(conn.scalars(query))

    def count_matching(self, filter: Filter, *, cap: int) -> int:
        """How many passages the filter lets through, counting no further than `cap`."""
        some = passages_joined(select(_p.c.id)).where(*allowed(filter)).limit(cap).subquery()
        with self._db.read() as conn:
            return conn.scalar(select(func.count()).select_from(some)) or 0

    def of_version(self, version_id: int) -> list[Passage]:
        """Every passage of a version, in order, whatever its source's status."""
        with self._db.read() as conn:
            rows = conn.execute(passages_query().where(_p.c.version_id == version_id).order_by(_p.c.ordinal))
            return [to_passage(row) for row in rows]

    def find_quote(
        self, quote: str, *, workspace_id: str | None = None, version_ids: Collection[int] = ()
    ) -> ItemVersion | None:
        """The newest stored version whose text contains `quote` to the letter, current or not."""
        if not quote:
            return None
        place = func.instr(_v.c.text, quote) if self._db.sqlite else func.strpos(_v.c.text, quote)
        query = versions_query().where(place > 0, visible_to(_i, workspace_id))
        if version_ids:
            query = query.where(_v.c.id.in_([int(n) for n in version_ids]))
        with self._db.read() as conn:
            row = conn.execute(query.order_by(_v.c.id.desc()).limit(1)).first()
        return None if row is None else to_version(row)

    def recent(self, filter: Filter, *, limit: int) -> list[ItemVersion]:
        """Newest first, by publication, else by when it was known."""
        newest = (_v.c.dated_at.desc(), _v.c.id.desc())
        query = versions_query().where(*allowed(filter)).order_by(*newest).limit(limit)
        with self._db.read() as conn:
            return [to_version(row) for row in conn.execute(query)]

    def counts(self) -> dict[str, int]:
        """Rows of each kind; removed sources are not counted."""
        s = table(Sources)
        of: dict[str, type[Row]] = {
            "items": Items,
            "versions": ItemVersions,
            "passages": Passages,
            "vectors": Vectors,
            "facts": Facts,
        }
        columns = [
            select(func.count()).select_from(table(row)).scalar_subquery().label(name) for name, row in of.items()
        ]
        live = select(func.count()).where(s.c.status != "removed").scalar_subquery().label("sources")
        with self._db.read() as conn:
            return {name: int(n) for name, n in conn.execute(select(live, *columns)).mappings().one().items()}

    # ------------------------------------------------------------ full text

    def want_article(self, source_id: int, external_id: str, *, at: datetime | None = None) -> None:
        """Ask for an item's full text, from `at` on (default: now)."""
        self._set(source_id, [external_id], article_due_at=at or self._db.now())

    def claim_articles(self, owner: str, limit: int, lease_s: float) -> list[ItemVersion]:
        """Lease items of active sources whose full text is due; their current versions, longest due first."""
        s = table(Sources)
        active = _i.c.source_id.in_(select(s.c.id).where(s.c.status == "active"))
        want, order = claims.Claim(owner, limit, lease_s), (_i.c.article_due_at, _i.c.id)
        due = (_i.c.article_due_at <= self._db.now(), active)
        ids = [row.id for row in claims.claim(self._db, _i, want, *due, order=order)]
        query = versions_query().where(_v.c.item_id.in_(ids), _v.c.known_until.is_(None))
        with self._db.read() as conn:
            found = {row.item_id: to_version(row) for row in conn.execute(query)} if ids else {}
        return [found[item_id] for item_id in ids]

    def finish_article(
        self, item_id: int, ok: bool, next_at: datetime | None = None, *, owner: str | None = None
    ) -> bool:
        """Done, or try again at `next_at` (None: never). With `owner`, only if the lease is still its own."""
        values = {**claims.FREE, "article_due_at": None if ok else next_at}
        mine = _i.update().where(_i.c.id == item_id)
        if owner is not None:
            mine = mine.where(_i.c.lease_owner == owner)
        with self._db.write() as conn:
            return bool(conn.execute(mine.values(**values)).rowcount)
