"""`steelyard facts`: what is known, with its status on a date."""

from datetime import date
from fnmatch import fnmatchcase
from typing import Annotated

import typer

from bot.doors.cli.ask import CANNOT_ANSWER, AsJson, AsOf
from bot.doors.cli.contracts import FactList, ListedFact
from bot.doors.cli.edge import exit_with, out, parse_date, print_json, say, settings_for_command
from bot.doors.cli.show import table
from kb.types import FactView, utc_now


def facts(
    pattern: Annotated[str, typer.Argument(help="subject, with * as wildcard: 'model:kimi*', 'duty:*'")] = "*",
    field: Annotated[str | None, typer.Option(help="only this field: licence, price_input, applies_from ...")] = None,
    as_of: AsOf = None,
    json: AsJson = False,
) -> None:
    """List dated facts with their status, source and what supersedes them."""
    from bot.wire import opened_store
    from kb.facts.view import view

    today = utc_now().date()
    when = parse_date(as_of, "--as-of") or today
    with opened_store(settings_for_command(), say) as store:
        rows, events = store.facts.all(field=field)
    seen = [v for v in view(rows, events, as_of=when, today=today) if fnmatchcase(v.fact.subject, pattern)]
    seen.sort(key=lambda v: (v.fact.subject, v.fact.field, v.fact.known_from))
    if json:
        print_json(FactList(as_of=when, facts=tuple(ListedFact.of(v) for v in seen)))
    else:
        _show(seen, when)
    exit_with(0 if seen else CANNOT_ANSWER)


def _show(seen: list[FactView], when: date) -> None:
    if not seen:
        out.print("No such fact. `steelyard facts` lists all subjects.")
        return
    rows = [
        (
            v.fact.subject,
            v.fact.field,
            f"{v.fact.value} {v.fact.unit}".strip(),
            v.status.value + (" (stale)" if v.stale else ""),
            v.fact.known_from,
            f"{v.fact.publisher} (tier {int(v.fact.tier)})",
        )
        for v in seen
    ]
    out.print(table(f"As of {when}", ("subject", "field", "value", "status", "known from", "source"), rows))
