"""Named leases: at most one process is the indexer, or the scheduler, at a time."""

from datetime import timedelta

from kb.store.engine import Db
from kb.tables import Leases, table


class LeaseStore:
    def __init__(self, db: Db) -> None:
        self._db = db

    def take(self, name: str, owner: str, ttl_s: float) -> bool:
        """Take or renew; False while another holds it."""
        t, now = table(Leases), self._db.now()
        mine = {"owner": owner, "until": now + timedelta(seconds=ttl_s)}
        with self._db.write() as conn:
            put = self._db.insert(t).values(name=name, **mine)
            taken = put.on_conflict_do_update(
                index_elements=["name"], set_=mine, where=(t.c.owner == owner) | (t.c.until <= now)
            )
            return bool(conn.scalar(taken.returning(t.c.owner)) == owner)

    def give_back(self, name: str, owner: str) -> None:
        t = table(Leases)
        with self._db.write() as conn:
            conn.execute(t.delete().where(t.c.name == name, t.c.owner == owner))
