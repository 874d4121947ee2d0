"""A decision as Slack blocks: what changed, options, what was ruled out, duties, flips, assumptions, dated sources.

Its sources are numbered [D1], [D2] ... since the answer around it numbers its own. Pure.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from bot.decide.report import DecisionReport, InputRow, OptionRow
from bot.decide.shown import (
    Elimination,
    clauses,
    duty_line,
    eliminations,
    freshness,
    option_sources,
    shortlist,
    source_line,
    sources_of,
    usd,
)
from bot.decide.shown import marks as plain_marks
from bot.doors.slack.blocks import Block, context, sections, table
from bot.doors.slack.text import harmless_raw, mrkdwn_link, one_line

REFINE_ACTION = "steelyard_refine"
_MOST = {"duties": 12, "flips": 8, "assumptions": 14, "unknowns": 8, "sources": 25}
_LINE = 600  # characters of one bullet

marks = partial(plain_marks, prefix="D")


def decision_of(body: Mapping[str, object] | None) -> DecisionReport | None:
    """The report inside an answer, if there is one."""
    return DecisionReport.model_validate(body) if body else None


def decision_blocks(report: DecisionReport) -> list[Block]:
    """Everything beside the verdict, which the answer's first sentence says. Nothing weighed: only the way on."""
    if not report.options and not report.eliminated:
        return [*context(_made(report)), *_refine(report)]
    options, gone = shortlist(report), eliminations(report)
    sources = sources_of(report, options, gone)
    cited = [
        f"[D{s.n}] {mrkdwn_link(one_line(s.title, 150), s.url)}{one_line(source_line(s).removeprefix(s.title), 200)}"
        for s in sources
    ]
    return [
        *_bullets("What changed", report.changes.says if report.changes else ()),
        *_options(report, options),
        *_bullets(f"Ruled out ({len(report.eliminated)} options)", [_elimination(e) for e in gone]),
        *_bullets("Duties", [f"{duty_line(d)} {marks(d.sources)}" for d in report.duties], _MOST["duties"]),
        *_bullets("What would change it", [flip.says for flip in report.flips], _MOST["flips"]),
        *_bullets("Use case", [_input(row) for row in report.inputs if row.origin != "default"]),
        *_bullets("Assumptions", report.assumptions, _MOST["assumptions"]),
        *_bullets("Not known", report.unknowns, _MOST["unknowns"]),
        *sections(cited[: _MOST["sources"]], "Sources of the decision" if cited else ""),
        *context(_left_out(len(cited) - _MOST["sources"], "sources"), _made(report), *report.notes),
        *_refine(report),
    ]


def _bullets(heading: str, lines: Sequence[str], most: int = 40) -> list[Block]:
    if not lines:
        return []
    shown = [f"• {one_line(line, _LINE)}" for line in lines[:most]]
    more = _left_out(len(lines) - most, "more")
    return sections([*shown, *([f"• {more}"] if more else [])], heading)


def _left_out(count: int, what: str) -> str:
    return f"and {count} {what}, in the recorded decision" if count > 0 else ""


def _options(report: DecisionReport, rows: Sequence[OptionRow]) -> list[Block]:
    if not rows:
        return []
    columns = ("Option", "Kind", "Best in", "USD a month", "Prices as of", "Control", "Licence", "From")
    first = rows[0]
    conditions = [f"{finding.reason} {marks(finding.sources)}" for finding in clauses(first)]
    costs = [f"{part.name}: {part.usd_per_month:,f} USD = {part.formula}" for part in first.cost.parts]
    return [
        *sections([f"*Options: {len(rows)} of {len(report.options)} that remain*"]),
        table(columns, [_cells(row) for row in rows]),
        *context("USD a month: the median of the draws, and where four fifths of them lie."),
        *_bullets(f"Cost of the first, central estimate {first.cost.point:,.0f} USD a month", costs),
        *_bullets("Conditions of the first", [*conditions[:4], *([first.guardrail] if first.guardrail else [])]),
    ]


def _cells(row: OptionRow) -> list[str]:
    cells = (row.label, row.group, f"{row.p_best:.0%}", usd(row.cost), freshness(row.cost), row.control, row.licence)
    return [*(harmless_raw(" ".join(cell.split())) for cell in cells), marks(option_sources(row), 4)]


def _elimination(gone: Elimination) -> str:
    more = f" (and {gone.more_reasons} more like it)" if gone.more_reasons else ""
    return f"{gone.title}, {gone.count}: {gone.reasons[0]}{more} {marks(gone.sources)}"


def _input(row: InputRow) -> str:
    words = f" (“{row.words}”)" if row.words and row.origin in ("stated", "thread", "derived") else f" ({row.origin})"
    return f"{row.label}: {row.value}{words}{f', {row.assumption}' if row.assumption else ''}"


def _made(report: DecisionReport) -> str:
    number = f"Decision {report.id}, " if report.id is not None else ""
    return f"{number}as of {report.as_of.isoformat()}, engine {report.engine_version}, seed {report.seed}."


def _refine(report: DecisionReport) -> list[Block]:
    if report.id is None:
        return []
    button = {
        "type": "button",
        "action_id": REFINE_ACTION,
        "text": {"type": "plain_text", "text": "Refine"},
        "value": str(report.id),
        "accessibility_label": "Refine the inputs of this decision",
    }
    return [{"type": "actions", "elements": [button]}]
