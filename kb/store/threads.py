"""What a conversation has settled so far: a small JSON state a thread."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from kb.store.engine import Db
from kb.tables import Threads, table


class ThreadStore:
    def __init__(self, db: Db) -> None:
        self._db = db

    def get(self, door: str, channel: str, thread: str, *, workspace_id: str | None = None) -> dict[str, Any]:
        """The thread's state; empty for a thread that has none."""
        t = table(Threads)
        query = select(t.c.state).where(
            t.c.door == door,
            t.c.channel == channel,
            t.c.thread == thread,
            t.c.workspace_id.is_not_distinct_from(workspace_id),
        )
        with self._db.read() as conn:
            return dict(conn.scalar(query) or {})

    def put(
        self, door: str, channel: str, thread: str, state: Mapping[str, object], *, workspace_id: str | None = None
    ) -> None:
        key = {"door": door, "channel": channel, "thread": thread, "workspace_id": workspace_id}
        with self._db.write() as conn:
            self._db.upsert(conn, table(Threads), key, {"state": dict(state), "updated_at": self._db.now()})
