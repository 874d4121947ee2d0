"""What the terminal's admin commands share, and `steelyard audit`: who did what, when, before and after."""

import getpass
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot.doors.cli.contracts import AuditEntry, AuditLog
from bot.doors.cli.edge import out, print_json, say, settings_for_command
from bot.doors.cli.show import table
from kb.types import AuditRow

if TYPE_CHECKING:
    from bot.admin import Actor, Administration


@contextmanager
def administration() -> "Iterator[Administration]":
    """What admins can do, on the store of the settings."""
    from bot.wire import build_administration, opened_store

    settings = settings_for_command()
    with opened_store(settings, say) as store:
        yield build_administration(store, settings)


def who(workspace: str = "", by: str = "") -> "Actor":
    """The person at this terminal, for everybody or in one workspace's name."""
    from bot.admin import terminal

    return terminal(by or getpass.getuser(), workspace or None)


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
