"""Settings that people change while the bot runs (a channel's digest, the embedding model's name)."""

from sqlalchemy import select

from kb.store.engine import Db
from kb.store.visible import visible_to
from kb.tables import Settings, table


class SettingStore:
    def __init__(self, db: Db) -> None:
        self._db = db

    def get(self, scope: str, key: str, *, workspace_id: str | None = None) -> str | None:
        """The workspace's own value, else the shared one."""
        return self.all(scope, workspace_id=workspace_id).get(key)

    def all(self, scope: str, *, workspace_id: str | None = None) -> dict[str, str]:
        """Every key of a scope; the workspace's own value hides the shared one."""
        t = table(Settings)
        query = select(t).where(t.c.scope == scope, visible_to(t, workspace_id))
        with self._db.read() as conn:
            rows = sorted(conn.execute(query), key=lambda row: row.workspace_id is not None)
        return {row.key: row.value for row in rows}

    def by_scope(self, prefix: str, key: str, *, workspace_id: str | None = None) -> dict[str, str]:
        """One key's value in every scope that begins with `prefix`; the workspace's own hides the shared one."""
        t = table(Settings)
        here = (t.c.scope.startswith(prefix, autoescape=True), t.c.key == key, visible_to(t, workspace_id))
        with self._db.read() as conn:
            rows = sorted(conn.execute(select(t).where(*here)), key=lambda row: row.workspace_id is not None)
        return {row.scope: row.value for row in rows}

    def workspaces(self) -> list[str]:
        """Every workspace that chose anything."""
        t = table(Settings)
        query = select(t.c.workspace_id).where(t.c.workspace_id.is_not(None)).distinct().order_by(t.c.workspace_id)
        with self._db.read() as conn:
            return list(conn.scalars(query))

    def put(self, scope: str, key: str, value: str | None, *, workspace_id: str | None = None) -> None:
        """Set a value; None forgets it."""
        t, place = table(Settings), {"scope": scope, "key": key, "workspace_id": workspace_id}
        with self._db.write() as conn:
            if value is not None:
                self._db.upsert(conn, t, place, {"value": value, "updated_at": self._db.now()})
                return
            here = t.c.workspace_id.is_not_distinct_from(workspace_id)
            conn.execute(t.delete().where(t.c.scope == scope, t.c.key == key, here))
