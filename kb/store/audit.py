"""What admins did: who, what, to what, before and after, when. Rows are added and never changed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, select

from kb.store.engine import Db
from kb.tables import table
from kb.tables_audit import Audit
from kb.types import AuditRow

Rows = list[AuditRow]  # in the class, `list` is a method
_t = table(Audit)


class AuditStore:
    def __init__(self, db: Db) -> None:
        self._db = db

    def add(
        self,
        workspace_id: str | None,
        actor: str,
        action: str,
        subject: str,
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> int:
        """`workspace_id`: where it was done; None: in the terminal, for everybody."""
        what = {"workspace_id": workspace_id, "actor": actor, "action": action, "subject": subject}
        values = {**what, "before": _plain(before), "after": _plain(after), "at": self._db.now()}
        with self._db.write() as conn:
            return int(conn.scalar(_t.insert().values(**values).returning(_t.c.id)) or 0)

    def list(self, workspace_id: str | None, *, limit: int = 20) -> Rows:
        """The newest first, of that workspace alone: what was done in the terminal is not theirs to read."""
        here = _t.c.workspace_id.is_not_distinct_from(workspace_id)
        with self._db.read() as conn:
            return [_row(row) for row in conn.execute(select(_t).where(here).order_by(_t.c.id.desc()).limit(limit))]

    def all(self, *, limit: int = 100) -> Rows:
        """The newest first, of every workspace and the terminal: for whoever runs Steelyard."""
        with self._db.read() as conn:
            return [_row(row) for row in conn.execute(select(_t).order_by(_t.c.id.desc()).limit(limit))]


def _plain(values: Mapping[str, object] | None) -> dict[str, object] | None:
    return None if values is None else dict(values)


def _row(row: Row[Any]) -> AuditRow:
    return AuditRow(**row._mapping)
