"""`steelyard ingest`: read the sources once, or keep reading them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from bot.doors.cli.contracts import IngestResult, SourceReading
from bot.doors.cli.edge import exit_with, out, print_json, say, settings_for_command
from bot.doors.cli.show import table

if TYPE_CHECKING:
    from ingest.update import SourceReport

ALL_FAILED = 5
COUNTS = ("new", "edited", "unchanged", "vanished", "returned", "duplicates", "renamed", "flapped")


def ingest(
    once: Annotated[bool, typer.Option("--once", help="read every source that is due, then stop")] = False,
    all_sources: Annotated[bool, typer.Option("--all", help="ignore due times (never Retry-After)")] = False,
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
    articles: Annotated[bool, typer.Option("--articles", help="also fetch the full text of linked articles")] = False,
    embed: Annotated[bool, typer.Option(help="embed what is new; without it only words are searched")] = True,
    reembed: Annotated[bool, typer.Option("--reembed", help="drop all vectors and embed again")] = False,
) -> None:
    """Gather: fetch sources, keep versions, embed and index what is new."""
    if not once and not reembed:
        from bot.doors.cli.run import run

        run(only="ingest")
        return
    from bot import wire

    settings = settings_for_command()
    if reembed:
        wire.reembed(settings, say)
    if not once:
        return
    with wire.opened(settings, say) as knowledge:
        reports = wire.ingest_once(knowledge, all_sources=all_sources, articles=articles, embed=embed, say=say)
    if json:
        print_json(IngestResult(sources=tuple(SourceReading.of(report) for report in reports)))
    else:
        show_reports(reports)
    exit_with(ALL_FAILED if reports and all(report.outcome == "failed" for report in reports) else 0)


def show_reports(reports: "Sequence[SourceReport]") -> None:
    if not reports:
        out.print("No source is due. `steelyard ingest --once --all` reads them all the same.")
        return
    rows = [
        (r.source_id, r.title or r.url, r.outcome.replace("_", " "), _counted(r), f"{r.seconds:.1f}") for r in reports
    ]
    out.print(table("", ("id", "source", "outcome", "what", "s"), rows))
    failed = sum(report.outcome == "failed" for report in reports)
    total = {name: sum(getattr(report, name) for report in reports) for name in COUNTS}
    words = ", ".join(f"{count} {name}" for name, count in total.items())
    out.print(f"{len(reports)} sources: {words}; {failed} failed")


def _counted(report: "SourceReport") -> str:
    """What a reading brought, in words; the reason where it brought nothing."""
    told = [f"{getattr(report, name)} {name}" for name in COUNTS if getattr(report, name)]
    return report.reason or ", ".join(told)
