"""Small jobs that one process asks of another: a door asks for a source's preview, an ingest worker does it."""

import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from kb.store.engine import Db
from kb.store.queue import Queue
from kb.tables import table
from kb.tables_queues import Probes
from kb.types import ProbeRow


class ProbeStore:
    def __init__(self, db: Db) -> None:
        self._db = db
        self._queue = Queue(db, table(Probes), noun="probe", finished="done")

    def put(self, kind: str, payload: Mapping[str, object], *, workspace_id: str | None = None) -> int:
        now = self._db.now()
        values = {"kind": kind, "payload": dict(payload), "workspace_id": workspace_id, "state": "waiting"}
        with self._db.write() as conn:
            new = self._queue.table.insert().values(**values, attempts=0, created_at=now, next_at=now)
            return int(conn.scalar(new.returning(self._queue.table.c.id)) or 0)

    def claim(self, owner: str, limit: int, lease_s: float) -> list[ProbeRow]:
        return [_row(row) for row in self._queue.claim(owner, limit, lease_s)]

    def done(self, probe_id: int, result: Mapping[str, object], *, owner: str | None = None) -> bool:
        """Give the result, a failure in words among them. Without `owner` the lease is not looked at."""
        holder = self._queue.get(probe_id).lease_owner if owner is None else owner
        return holder is not None and self._queue.finish(probe_id, holder, result=dict(result))

    def get(self, probe_id: int) -> ProbeRow:
        """Of any workspace: whoever shows it looks whose it is."""
        return _row(self._queue.get(probe_id))

    def awaited(self, probe_id: int, *, whole_s: float, poll_s: float) -> ProbeRow | None:
        """The probe once it is done or given up; None where nobody answered in time."""
        end = time.monotonic() + whole_s
        while time.monotonic() < end:
            row = self.get(probe_id)
            if row.state not in ("waiting", "leased"):
                return row
            time.sleep(poll_s)
        return None


def _row(row: Row[Any]) -> ProbeRow:
    return ProbeRow(
        id=row.id,
        workspace_id=row.workspace_id,
        kind=row.kind,
        payload=row.payload,
        state=row.state,
        result=row.result,
        created_at=row.created_at,
    )
