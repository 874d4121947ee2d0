"""Which item versions wait to be vetted, and what came of it.

::

    not vetted yet -> read by `ingest.vet` -> one transaction: the version's flags, the item's entities, done

A version is vetted once; `again` has them all vetted anew, which takes back what the last vetting flagged.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from kb.store.engine import IN_CLAUSE, Db
from kb.store.rows import to_version, versions_query
from kb.tables import Items, ItemVersions, table
from kb.tables_notes import ItemNotes, Vettings
from kb.types import ItemNotes as Notes
from kb.types import ItemVersion

_i, _v, _n, _d = table(Items), table(ItemVersions), table(ItemNotes), table(Vettings)


@dataclass(frozen=True, slots=True)
class Vetted:
    """A version, the flags that vetting found beside those of its text, and the subjects that it names."""

    version: ItemVersion
    flags: tuple[str, ...]
    entities: tuple[str, ...]


class VettingStore:
    def __init__(self, db: Db) -> None:
        self._db = db

    def waiting(self, limit: int) -> list[ItemVersion]:
        """Versions that nobody vetted, oldest first, rows of tables left out."""
        query = versions_query().outerjoin(_d, _d.c.version_id == _v.c.id)
        unread = (_d.c.version_id.is_(None), _i.c.record.is_(False))
        with self._db.read() as conn:
            return [to_version(row) for row in conn.execute(query.where(*unread).order_by(_v.c.id).limit(limit))]

    def keep(self, vetted: Sequence[Vetted], *, prefix: str, rules: int) -> None:
        """In one transaction. Flags that begin with `prefix` are vetting's own and are replaced."""
        with self._db.write() as conn:
            for one in vetted:
                self._flag(conn, one, prefix)
                if one.version.known_until is None:
                    told = {"entities": list(one.entities)}
                    insert = self._db.insert(_n).values(
                        item_id=one.version.item_id, importance_why="", places=[], **told
                    )
                    conn.execute(insert.on_conflict_do_update(index_elements=[_n.c.item_id], set_=told))
            rows = [{"version_id": one.version.id, "rules": rules} for one in vetted]
            if rows:
                conn.execute(self._db.insert(_d).on_conflict_do_nothing(), rows)

    def _flag(self, conn: Connection, one: Vetted, prefix: str) -> None:
        kept = tuple(flag for flag in one.version.flags if not flag.startswith(prefix))
        flags = (*kept, *one.flags)
        if flags != one.version.flags:
            conn.execute(update(_v).where(_v.c.id == one.version.id).values(flags=list(flags)))

    def again(self) -> int:
        """Forget which versions were vetted. How many there were."""
        with self._db.write() as conn:
            return int(conn.execute(_d.delete()).rowcount)

    def notes(self, item_ids: Collection[int]) -> dict[int, Notes]:
        """By item, for those that have any."""
        ids, found = sorted(item_ids), dict[int, Notes]()
        with self._db.read() as conn:
            for first in range(0, len(ids), IN_CLAUSE):
                for row in conn.execute(select(_n).where(_n.c.item_id.in_(ids[first : first + IN_CLAUSE]))):
                    found[row.item_id] = Notes(
                        importance_why=row.importance_why, places=tuple(row.places), entities=tuple(row.entities)
                    )
        return found
