"""What the inbox, the outbox and the probes share: states, attempts, retries, leases."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, func, select

from kb.errors import NotFound
from kb.store import claims
from kb.store.engine import Db

WAITING, LEASED, FAILED = "waiting", "leased", "failed"


class Queue:
    """A table with `state`, `attempts`, `next_at` and a lease. `finished` is the name of its good end."""

    def __init__(self, db: Db, table: Table, *, noun: str, finished: str) -> None:
        self.db, self.table, self.noun, self.finished = db, table, noun, finished

    def put(self, unique: Sequence[str], values: dict[str, Any]) -> tuple[int, bool]:
        """Insert once: a row that has the same value in one of the `unique` columns (and the same door) is returned."""
        with self.db.write() as conn:
            fresh = {**values, "state": WAITING, "attempts": 0}
            insert = self.db.insert(self.table).values(**fresh).on_conflict_do_nothing().returning(self.table.c.id)
            new_id = conn.scalar(insert)
            if new_id is not None:
                return int(new_id), True
            for name in unique:
                same = select(self.table.c.id).where(
                    self.table.c[name] == values[name], self.table.c.door == values["door"]
                )
                if values[name] is not None and (old := conn.scalar(same)) is not None:
                    if "repeats" in self.table.c:
                        again = self.table.update().where(self.table.c.id == old)
                        conn.execute(again.values(repeats=self.table.c.repeats + 1))
                    return int(old), False
        raise NotFound(f"the {self.noun} row that was there already is gone")

    def claim(self, owner: str, limit: int, lease_s: float, *more: ColumnElement[bool]) -> list[Row[Any]]:
        t = self.table
        due = (t.c.state.in_((WAITING, LEASED)), t.c.next_at <= self.db.now(), *more)
        order, values = (t.c.next_at, t.c.id), {"state": LEASED, "attempts": t.c.attempts + 1}
        return claims.claim(self.db, t, claims.Claim(owner, limit, lease_s), *due, order=order, values=values)

    def renew(self, row_id: int, owner: str, lease_s: float) -> bool:
        return claims.renew(self.db, self.table, row_id, owner, lease_s)

    def finish(self, row_id: int, owner: str, **values: Any) -> bool:
        done = {"state": self.finished, "finished_at": self.db.now(), **values}
        with self.db.write() as conn:
            return claims.settle(conn, self.table, row_id, owner, **done)

    def fail(self, row_id: int, owner: str, error: str, retry_at: datetime | None) -> bool:
        again = {"state": FAILED, "finished_at": self.db.now()} if retry_at is None else {"next_at": retry_at}
        with self.db.write() as conn:
            return claims.settle(conn, self.table, row_id, owner, **{"state": WAITING, "error": error, **again})

    def counts(self) -> dict[str, int]:
        """Rows by state; states that no row is in count 0."""
        query = select(self.table.c.state, func.count().label("n")).group_by(self.table.c.state)
        with self.db.read() as conn:
            found = Counter({row.state: row.n for row in conn.execute(query)})
        usual = (WAITING, LEASED, self.finished, FAILED)
        return {state: found[state] for state in dict.fromkeys((*usual, *sorted(found)))}

    def get(self, row_id: int) -> Row[Any]:
        with self.db.read() as conn:
            row = conn.execute(select(self.table).where(self.table.c.id == row_id)).first()
        if row is None:
            raise NotFound(f"no {self.noun} row {row_id}")
        return row
