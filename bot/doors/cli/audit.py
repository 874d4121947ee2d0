"""`steelyard audit`: who did what, when, before and after; and its published JSON."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Self

import typer
from pydantic import BaseModel, ConfigDict

from bot.doors.cli.admin import administration
from bot.doors.cli.edge import out, print_json
from bot.doors.cli.show import table
from kb.types import AuditRow


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AuditEntry(_Frozen):
    """`workspace_id` null: in the terminal, for everybody. `before` and `after`: null where there was nothing."""

    id: int
    at: datetime
    workspace_id: str | None
    actor: str
    action: str
    subject: str
    before: dict[str, object] | None
    after: dict[str, object] | None

    @classmethod
    def of(cls, row: AuditRow) -> Self:
        before, after = (None if v is None else dict(v) for v in (row.before, row.after))
        who = {"id": row.id, "at": row.at, "workspace_id": row.workspace_id, "actor": row.actor}
        return cls.model_validate(
            {**who, "action": row.action, "subject": row.subject, "before": before, "after": after}
        )


class AuditLog(_Frozen):
    schema_version: int = 1
    entries: tuple[AuditEntry, ...]


def audit(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="how many, the newest first")] = 50,
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """What admins did, in every workspace and in the terminal."""
    with administration() as admin:
        rows = admin.store.audit.all(limit=limit)
    if json:
        print_json(AuditLog(entries=tuple(AuditEntry.of(row) for row in rows)))
        return
    if not rows:
        out.print("No admin has done anything yet.")
        return
    columns = ("when", "where", "who", "what", "to what", "before", "after")
    out.print(table("", columns, map(_cells, rows)))


def _cells(row: AuditRow) -> tuple[str, ...]:
    when, where = f"{row.at:%Y-%m-%d %H:%M}", row.workspace_id or "all"
    return (when, where, row.actor, row.action, row.subject, _told(row.before), _told(row.after))


def _told(values: Mapping[str, object] | None) -> str:
    return ", ".join(f"{name}: {value}" for name, value in (values or {}).items())
