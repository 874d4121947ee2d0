"""Work claimed with a lease: one query for every queue (sources, articles, passages, inbox, outbox, probes).

A claim marks rows with an owner and an end; whoever dies lets it pass, and the row is free again. A late owner
whose lease passed keeps the row until another takes it: nothing is lost by letting the first one finish.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, or_, select

from kb.store.engine import Db

LONGEST_LEASE = timedelta(hours=12)
FREE: dict[str, Any] = {"lease_owner": None, "lease_until": None}


@dataclass(frozen=True, slots=True)
class Claim:
    """Who wants how many rows for how long."""

    owner: str
    limit: int
    lease_s: float


def claim(
    db: Db,
    table: Table,
    want: Claim,
    *due: ColumnElement[bool],
    order: Sequence[ColumnElement[Any]],
    values: Mapping[str, Any] | None = None,
    likely: bool = False,
) -> list[Row[Any]]:
    """Lease the first due and free rows; `values` are written with the lease. Returns the rows as leased, in order.

    `likely`: the caller has just seen that something is due.
    """
    now = db.now()
    # A lease that ends later than any that is given was taken by a clock that has since been put right.
    wrong = table.c.lease_until > now + LONGEST_LEASE
    free = or_(table.c.lease_until.is_(None), table.c.lease_until <= now, wrong)
    pick = select(table.c.id).where(*due, free).order_by(*order).limit(want.limit)
    if db.sqlite and not likely and not _any(db, pick):  # an idle poll takes no write lock
        return []
    with db.write() as conn:
        ids = conn.scalars(pick.with_for_update(skip_locked=True)).all()
        if not ids:
            return []
        lease = {"lease_owner": want.owner, "lease_until": now + timedelta(seconds=want.lease_s)}
        conn.execute(table.update().where(table.c.id.in_(ids)).values(**{**lease, **(values or {})}))
        return list(conn.execute(select(table).where(table.c.id.in_(ids)).order_by(*order)))


def renew(db: Db, table: Table, row_id: int, owner: str, lease_s: float) -> bool:
    """Lengthen a lease that is still ours."""
    with db.write() as conn:
        return settle(conn, table, row_id, owner, lease_owner=owner, lease_until=until(db.now(), lease_s))


def settle(conn: Connection, table: Table, row_id: int, owner: str, **values: Any) -> bool:
    """Write `values` and free the lease, if it is still `owner`'s; else write nothing and say False."""
    mine = table.update().where(table.c.id == row_id, table.c.lease_owner == owner)
    return bool(conn.execute(mine.values(**{**FREE, **values})).rowcount)


def until(now: datetime, lease_s: float) -> datetime:
    return now + timedelta(seconds=lease_s)


def _any(db: Db, pick: Any) -> bool:
    with db.read() as conn:
        return conn.execute(pick.limit(1)).first() is not None
