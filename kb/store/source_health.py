"""How sources fare, read off what they brought: rates, and how long news took to become evidence."""

from collections import defaultdict
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import Connection, func, select

from kb.store.engine import Db
from kb.tables import Items, ItemVersions, Sources, table
from kb.types import SourceHealth

WEEKS = 4
LAGS_SINCE = timedelta(days=90)

_i, _v, _s = table(Items), table(ItemVersions), table(Sources)
_FIRST = (_v.c.item_id == _i.c.id) & (_v.c.version == 1)


def health_of_sources(db: Db) -> dict[int, SourceHealth]:
    """By source id; a source that brought nothing is not in it. Rows of tables are no entries."""
    now = db.now()
    with db.read() as conn:
        rates, lags = _rates(conn, now), _lags_s(conn, now)
    return {
        source_id: SourceHealth(
            entries_per_week=rates.get(source_id, 0) / WEEKS,
            lag_s=median(lags[source_id]) if source_id in lags else None,
        )
        for source_id in rates.keys() | lags.keys()
    }


def _rates(conn: Connection, now: datetime) -> dict[int, int]:
    """Entries published (else first seen) in the last weeks."""
    lately = _v.c.dated_at.between(now - timedelta(weeks=WEEKS), now)
    query = (
        select(_i.c.source_id, func.count().label("n")).join_from(_i, _v, _FIRST).where(lately, _i.c.record.is_(False))
    )
    return {row.source_id: row.n for row in conn.execute(query.group_by(_i.c.source_id))}


def _lags_s(conn: Connection, now: datetime) -> dict[int, list[float]]:
    """From publication to evidence, of entries published since their source was added: the archive is no delay."""
    since = _v.c.published_at >= _s.c.added_at
    query = select(_i.c.source_id, _v.c.published_at, _v.c.first_seen_at).join_from(_i, _v, _FIRST)
    query = query.join(_s, _s.c.id == _i.c.source_id)
    found: dict[int, list[float]] = defaultdict(list)
    for source_id, published, seen in conn.execute(query.where(since, _v.c.first_seen_at > now - LAGS_SINCE)):
        found[source_id].append(max(0.0, (seen - published).total_seconds()))
    return dict(found)
