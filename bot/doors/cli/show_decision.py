"""A decision for a person at a terminal: verdict, tables, duties, flips, assumptions, dated sources."""

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from bot.decide.report import DecisionReport
from bot.decide.shown import (
    clauses,
    counted_out,
    day,
    duty_line,
    eliminations,
    freshness,
    marks,
    option_sources,
    shortlist,
    source_line,
    sources_of,
    usd,
)
from bot.doors.cli.show import table
from kb.decide.figures import KINDS
from kb.decide.types import Group

_MOST_CLAUSES = 4


def show_decision(console: Console, report: DecisionReport, *, mark: str = "") -> None:
    """Everything that `report` says, the verdict first; source text is never read as markup.

    `mark` comes before the numbers of its sources where an answer around it, which said the verdict, has its own.
    """
    if not mark:
        console.print(Text(report.verdict, style="bold"))
    if report.changes:
        since = f" since decision {report.changes.since}" if report.changes.since else ""
        _bullets(console, f"What changed{since}", report.changes.says)
    if not mark:
        _bullets(console, "What I would need to know", [question.text for question in report.questions])
    if not report.options and not report.eliminated:  # too little is known: nothing was weighed
        _small_print(console, report)
        return
    _options(console, report, mark)
    _eliminated(console, report, mark)
    _bullets(console, "Duties", [f"{duty_line(duty)} {marks(duty.sources, prefix=mark)}" for duty in report.duties])
    flips = [f"{flip.says} {marks(flip.sources, prefix=mark)}" for flip in report.flips]
    _bullets(console, "What would change it", flips)
    _inputs(console, report)
    _bullets(console, "Assumptions", report.assumptions)
    _bullets(console, "Not known", report.unknowns)
    _sources(console, report, mark)
    _small_print(console, report)


def _bullets(console: Console, heading: str, lines: Iterable[str]) -> None:
    lines = list(lines)
    if lines:
        console.print(f"\n[bold]{heading}[/bold]")
    for line in lines:
        console.print(Text(f"• {line}"))


def _options(console: Console, report: DecisionReport, mark: str) -> None:
    rows = shortlist(report)
    if not rows:
        return
    columns = (
        "Option",
        "Kind",
        "Best in",
        "USD a month (4 of 5 draws)",
        "Prices as of",
        "Control",
        "Licence",
        "From",
    )
    cells = [
        (
            r.label,
            KINDS[Group(r.group)],
            f"{r.p_best:.0%}",
            usd(r.cost),
            freshness(r.cost),
            r.control,
            r.licence,
            marks(option_sources(r), prefix=mark),
        )
        for r in rows
    ]
    console.print()
    console.print(table(f"Options: {len(rows)} of {len(report.options)} that remain", columns, cells))
    _bullets(console, "Why they rank", [row.why for row in rows if row.why])
    first = rows[0]
    parts = [f"{part.name}: {part.usd_per_month:,f} USD = {part.formula}" for part in first.cost.parts]
    _bullets(console, f"Cost of the first, central estimate {first.cost.point:,f} USD a month", parts)
    if first.guardrail:
        _bullets(console, "Guardrail", [first.guardrail])
    conditions = [f"{finding.reason} {marks(finding.sources, prefix=mark)}" for finding in clauses(first)]
    _bullets(console, "Conditions of the first", conditions[:_MOST_CLAUSES])


def _eliminated(console: Console, report: DecisionReport, mark: str) -> None:
    gone = eliminations(report)
    if not gone:
        return
    cells = [
        (
            e.title,
            e.count,
            " ".join(e.reasons) + (f" (and {e.more_reasons} more like it)" if e.more_reasons else ""),
            marks(e.sources, prefix=mark),
        )
        for e in gone
    ]
    console.print()
    console.print(table(f"Ruled out: {counted_out(report)}", ("Rule", "Options", "Reason", "From"), cells))


def _inputs(console: Console, report: DecisionReport) -> None:
    if not report.inputs:
        return
    cells = [(r.label, r.value, r.origin, "; ".join(p for p in (r.words, r.assumption) if p)) for r in report.inputs]
    console.print()
    console.print(table("Use case", ("Input", "Value", "From", "Words or reason"), cells))


def _sources(console: Console, report: DecisionReport, mark: str) -> None:
    found = sources_of(report, shortlist(report), eliminations(report), flips=True)
    if found:
        console.print(f"\n[bold]Sources{' of the decision' if mark else ''}[/bold]")
    for source in found:
        console.print(Text(f"[{mark}{source.n}] {source_line(source)}"))
        console.print(Text(f"    {source.url}", style="dim"))


def _small_print(console: Console, report: DecisionReport) -> None:
    number = f"Decision {report.id}, " if report.id is not None else "Not saved, "
    owner = f", owner {report.owner}" if report.owner else ""
    review = f", review on {day(report.review_on)}" if report.review_on else ""
    made = f"{number}as of {day(report.as_of)}, engine {report.engine_version}, seed {report.seed}{owner}{review}."
    console.print(Text(f"\n{made}", style="dim"))
    for note in report.notes:
        console.print(Text(note, style="dim"))
