"""`steelyard facts`: what is known, with its status on a date; what text proposes, and an admin's word on it."""

from collections.abc import Sequence
from datetime import date
from fnmatch import fnmatchcase
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bot.doors.cli.admin import administration, who
from bot.doors.cli.ask import CANNOT_ANSWER, AsJson, AsOf
from bot.doors.cli.contracts import FactList, ListedFact, ListedProposal, ProposalList
from bot.doors.cli.edge import exit_with, out, parse_date, print_json, say, settings_for_command
from bot.doors.cli.show import table
from kb.types import FactView, utc_now

STATED = "stated"  # the command that is meant where none is named


class _Facts(TyperGroup):
    """`steelyard facts 'model:kimi*'` lists facts; the names of commands are no subjects."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        named = bool(args) and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if named else [STATED, *args])


app = typer.Typer(
    cls=_Facts,
    help="Dated facts: `steelyard facts [PATTERN]` lists them (options: `steelyard facts stated --help`).",
)
FactId = Annotated[int, typer.Argument(help="as shown by `steelyard facts proposals`")]
By = Annotated[str, typer.Option("--by", help="whose word it is; recorded with the decision")]


@app.command(STATED)
def facts(
    pattern: Annotated[str, typer.Argument(help="subject, with * as wildcard: 'model:kimi*', 'duty:*'")] = "*",
    field: Annotated[str | None, typer.Option(help="only this field: licence, price_input, applies_from ...")] = None,
    as_of: AsOf = None,
    json: AsJson = False,
) -> None:
    """List dated facts with their status, source and what supersedes them."""
    from bot.wire import opened_store

    today = utc_now().date()
    when = parse_date(as_of, "--as-of") or today
    with opened_store(settings_for_command(), say) as store:
        seen = [v for v in _views(store.facts.all(field=field), when, today) if fnmatchcase(v.fact.subject, pattern)]
    seen.sort(key=lambda v: (v.fact.subject, v.fact.field, v.fact.known_from))
    if json:
        print_json(FactList(as_of=when, facts=tuple(ListedFact.of(v) for v in seen)))
    else:
        _show(seen, when)
    exit_with(0 if seen else CANNOT_ANSWER)


@app.command()
def proposals(
    pattern: Annotated[str, typer.Argument(help="subject, with * as wildcard")] = "*",
    known: Annotated[bool, typer.Option("--known", help="also those that say what is in force already")] = False,
    json: AsJson = False,
) -> None:
    """Facts that text proposes and nobody believes yet: each claim with its quote and everybody who says so."""
    from bot.pending import pending
    from bot.wire import opened_store

    with opened_store(settings_for_command(), say) as store:
        found = pending(store, utc_now().date())
    waiting = [ListedProposal.of(claim, found.stories) for claim in found.claims]
    listed = [p for p in waiting if fnmatchcase(p.subject, pattern) and (known or p.bears != "known")]
    if json:
        print_json(ProposalList(proposals=tuple(listed)))
    else:
        _show_proposals(listed)


@app.command()
def approve(fact_id: FactId, by: By = "") -> None:
    """Believe a proposal: from now on it counts as a fact."""
    with administration() as admin:
        fact = admin.approve(who(by=by), fact_id, reconsider=True)
        seen = _views(admin.store.facts.contested(), utc_now().date(), None)
    now = next(v for v in seen if v.fact.id == fact_id)
    out.print(f"Approved {fact_id}: {fact.statement} It is {now.status.value.replace('_', ' ')}.", markup=False)


@app.command()
def reject(
    fact_id: FactId, why: Annotated[str, typer.Option("--why", help="kept with the decision")] = "", by: By = ""
) -> None:
    """Turn a proposal down; what was believed because of it is a proposal again."""
    with administration() as admin:
        fact = admin.reject(who(by=by), fact_id, why=why, reconsider=True)
    out.print(f"Rejected {fact_id}: {fact.statement}", markup=False)


@app.command()
def examine(
    again: Annotated[bool, typer.Option("--again", help="also the versions that were read before")] = False,
) -> None:
    """Read stored items for facts now; with --again all of them, after the patterns have changed."""
    from bot.wire import opened_store, process_name
    from ingest.propose.step import propose_pending

    with opened_store(settings_for_command(), say) as store:
        if again:
            store.proposals.examine_again()
        done = propose_pending(store, owner=process_name())
    found = f"{done.proposed} new proposals, {done.retracted} taken back, {done.believed} believed"
    out.print(f"Read {done.examined} versions: {found}")


def _views(rows: Any, when: date, today: date | None) -> list[FactView]:
    from kb.facts.view import view

    return view(*rows, as_of=when, today=today)


def _show_proposals(listed: Sequence[ListedProposal]) -> None:
    if not listed:
        out.print("Nothing is proposed. `steelyard facts examine` reads what was stored.")
        return
    bears = {"new": "", "known": "in force already", "disagrees": "a newer statement disagrees with what is in force"}
    rows = [
        (p.id, p.subject, p.field, f"{p.value} {p.unit}".strip(), f"“{p.quote}”", _says(p), bears[p.bears])
        for p in listed
    ]
    columns = ("id", "subject", "field", "value", "quote", "who says so", "")
    out.print(table("Proposed from text; nothing of this is in force", columns, rows))
    out.print("Believe one: steelyard facts approve ID. Turn it down: steelyard facts reject ID --why ...")


def _says(proposal: ListedProposal) -> str:
    return "; ".join(f"{w.publisher or 'unnamed'} (tier {w.tier}), {w.known_from}" for w in proposal.witnesses)


def _show(seen: list[FactView], when: date) -> None:
    if not seen:
        out.print("No such fact. `steelyard facts` lists all subjects.")
        return
    rows = [
        (
            v.fact.subject,
            v.fact.field,
            f"{v.fact.value} {v.fact.unit}".strip(),
            _status(v),
            v.fact.known_from,
            f"{v.fact.publisher} (tier {int(v.fact.tier)})",
        )
        for v in seen
    ]
    out.print(table(f"As of {when}", ("subject", "field", "value", "status", "known from", "source"), rows))


def _status(seen: FactView) -> str:
    notes = ["stale"] if seen.stale else []
    notes += ["a newer statement disagrees: steelyard facts proposals"] if seen.challenged_by else []
    return seen.status.value + (f" ({'; '.join(notes)})" if notes else "")
