"""A decision as a Markdown document to file: everything a reviewer needs, every source dated. Pure."""

from collections.abc import Iterator, Sequence

from bot.decide.report import DecisionReport
from bot.decide.shown import (
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
from kb.decide.figures import KINDS
from kb.decide.types import Group

_OPTIONS = 25


def to_markdown(report: DecisionReport) -> str:
    return "\n".join(_lines(report)).rstrip() + "\n"


def _lines(report: DecisionReport) -> Iterator[str]:
    number = f" {report.id}" if report.id is not None else ""
    yield f"# Decision{number}: {_flat(report.question) or 'a use case'}"
    yield ""
    yield f"**{_flat(report.verdict)}**"
    yield ""
    owner = f" Owner: {_flat(report.owner)}." if report.owner else ""
    review = f" Review on {day(report.review_on)}." if report.review_on else ""
    yield f"As of {day(report.as_of)}. Engine {report.engine_version}, seed {report.seed}.{owner}{review}"
    yield from _changes(report)
    yield from _questions(report)
    yield from _options(report)
    yield from _eliminated(report)
    yield from _bullets("Duties", [f"{duty_line(d)} {marks(d.sources)}" for d in report.duties])
    yield from _bullets("What would change it", [f"{f.says} {marks(f.sources)}" for f in report.flips])
    yield from _inputs(report)
    yield from _bullets("Assumptions", report.assumptions)
    yield from _bullets("Not known", report.unknowns)
    yield from _sources(report)
    yield ""
    for note in report.notes:
        yield f"_{note}_"


def _heading(text: str) -> tuple[str, ...]:
    return "", f"## {text}", ""


def _bullets(heading: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield from _heading(heading)
        yield from (f"- {_flat(line)}" for line in lines)


def _changes(report: DecisionReport) -> Iterator[str]:
    if report.changes:
        since = f" since decision {report.changes.since}" if report.changes.since else ""
        yield from _bullets(f"What changed{since}", report.changes.says)


def _questions(report: DecisionReport) -> Iterator[str]:
    asked = [f"{q.text} (an answer could change the choice in {q.flips:.0%} of the draws)" for q in report.questions]
    yield from _bullets("What would settle it", asked)


def _options(report: DecisionReport) -> Iterator[str]:
    rows = shortlist(report, _OPTIONS)
    if not rows:
        return
    yield from _heading(f"Options ({len(rows)} of {len(report.options)} that remain)")
    yield from _table(
        ("Option", "Kind", "P(best)", "USD a month (4 of 5 draws)", "Prices as of", "Control", "Licence", "Sources"),
        [
            (
                r.label,
                KINDS[Group(r.group)],
                f"{r.p_best:.0%}",
                usd(r.cost),
                freshness(r.cost),
                r.control,
                r.licence,
                marks(option_sources(r)),
            )
            for r in rows
        ],
    )
    yield from _bullets("Why they rank", [row.why for row in rows if row.why])
    for row in rows[:3]:
        parts = [f"{p.name}: {p.usd_per_month:,f} USD = {p.formula}" for p in row.cost.parts]
        each = row.cost.usd_per_1000_requests
        thousand = f" ({each:,f} USD for 1,000 requests)" if each is not None else ""
        yield from ("", f"Cost of {_flat(row.label)}, central estimate {row.cost.point:,f} USD a month{thousand}:", "")
        yield from (f"- {_flat(part)}" for part in parts)
        yield from (f"- Guardrail: {_flat(row.guardrail)}" for _ in (1,) if row.guardrail)


def _eliminated(report: DecisionReport) -> Iterator[str]:
    gone = eliminations(report)
    if not gone:
        return
    yield from _heading(f"Ruled out ({counted_out(report)})")
    rows = []
    for e in gone:
        more = f" (and {e.more_reasons} more like it)" if e.more_reasons else ""
        rows.append((e.title, str(e.count), " ".join(e.reasons) + more, marks(e.sources)))
    yield from _table(("Rule", "Options", "Reason", "Sources"), rows)


def _inputs(report: DecisionReport) -> Iterator[str]:
    if not report.inputs:
        return
    yield from _heading("Use case")
    rows = []
    for row in report.inputs:
        words = f"“{row.words}”" if row.origin in ("stated", "thread", "derived") and row.words else row.words
        rows.append((row.label, row.value, row.origin, "; ".join(part for part in (words, row.assumption) if part)))
    yield from _table(("Input", "Value", "From", "Words or reason"), rows)


def _sources(report: DecisionReport) -> Iterator[str]:
    found = sources_of(report, shortlist(report, _OPTIONS), eliminations(report), flips=True)
    if found:
        yield from _heading("Sources")
        yield from (f"- [{s.n}] {_flat(source_line(s))} <{s.url}>" for s in found)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(columns) + " |"
    yield "|" + " --- |" * len(columns)
    for row in rows:
        yield "| " + " | ".join(_flat(cell).replace("|", "\\|") for cell in row) + " |"


def _flat(text: str) -> str:
    """One line, and nothing in it that Markdown would read as HTML."""
    return " ".join(text.split()).replace("<", "&lt;")
