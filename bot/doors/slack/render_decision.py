"""A decision as Slack blocks, in two pages: what a reader needs at once, and what it stands on. Pure.

    front: what changed, options, conditions, flips, what was ruled out, duties counted, the way on ("Refine")
    back:  duties by role, the cost's formula, use case, assumptions, what is not known

`marks` turns the report's source numbers into those of the one list under the whole answer (render_sources.py).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from bot.decide.report import CostBand, DecisionReport, DutyRow, InputRow, OptionRow, Source, Sources
from bot.decide.shown import (
    Elimination,
    clauses,
    eliminations,
    freshness,
    option_sources,
    shortlist,
    sources_of,
    with_kinds,
)
from bot.doors.slack.blocks import Block, context, sections, table
from bot.doors.slack.render_alert import watch_button
from bot.doors.slack.render_sources import long_day, short_day
from bot.doors.slack.text import harmless_raw, one_line
from kb.decide.figures import KINDS, significant
from kb.decide.types import Group
from kb.decide.wording import RULES

REFINE_ACTION = "steelyard_refine"
Marks = Callable[[Sources], str]

_OPTIONS = 8
_MOST = {"duties": 24, "flips": 6, "assumptions": 24, "unknowns": 12, "conditions": 4}
_LINE = 600  # characters of one bullet
_PARAGRAPH = 1_800
_MARKS = 4  # of one line; the rest is in the record
_DOMINATED = ("rig", "premises")  # not struck out by a rule: not weighed, since something else stands for it


def decision_of(body: Mapping[str, object] | None) -> DecisionReport | None:
    """The report inside an answer, if there is one."""
    return DecisionReport.model_validate(body) if body else None


def weighed(report: DecisionReport) -> bool:
    """Whether there is more to show than questions."""
    return bool(report.options or report.eliminated)


def shown_sources(report: DecisionReport) -> list[Source]:
    """What the two pages cite."""
    return sources_of(report, shortlist(report, _OPTIONS), eliminations(report)) if weighed(report) else []


def marks_by(numbers: Mapping[int, int]) -> Marks:
    """[4][17]: the numbers that the sources have in the answer's list."""

    def marks(sources: Sources) -> str:
        known = sorted({numbers[n] for n in sources if n in numbers})
        return "".join(f"[{n}]" for n in known[:_MARKS]) + ("…" if len(known) > _MARKS else "")

    return marks


def front(report: DecisionReport, marks: Marks, questions: Sequence[str] = ()) -> list[Block]:
    """Everything beside the verdict, which the answer's first sentence says, that a reader needs at once."""
    if not weighed(report):
        return []
    gone = eliminations(report)
    return [
        *_bullets("What changed", report.changes.says if report.changes else ()),
        *_options(report, marks),
        *_bullets("What I would need to know", questions),
        *_flips(report),
        *_bullets(f"Ruled out: {_counted(report, gone)}", [_elimination(e, marks) for e in _by_rule(gone)]),
        *_duties_counted(report),
        *context(f"As of {long_day(report.as_of)}. Duties, costs, assumptions and sources are in the next message."),
    ]


def back(report: DecisionReport, marks: Marks) -> list[Block]:
    """What the verdict stands on."""
    if not weighed(report):
        return []
    first = report.options[0] if report.options else None
    said = [_input(row) for row in report.inputs if row.origin != "default"]
    return [
        *_duties(report, marks),
        *(_cost(first) if first else []),
        *_bullets("Use case as understood", said),
        *_paragraph("Assumed, since nothing was said", report.assumptions, _MOST["assumptions"]),
        *_paragraph("Not known", [says.rstrip(".") for says in report.unknowns], _MOST["unknowns"]),
    ]


def told_by_duties(report: DecisionReport) -> set[str]:
    """Statements that the duties make, for who would make them again."""
    return {text for duty in report.duties for text in (duty.says, _condition(duty.says)[1])}


def way_on(report: DecisionReport) -> list[Block]:
    """The button that opens the form; a decision that was not saved has none."""
    if report.id is None:
        return []
    button = {
        "type": "button",
        "action_id": REFINE_ACTION,
        "text": {"type": "plain_text", "text": "Refine"},
        "value": str(report.id),
        "accessibility_label": "Refine the inputs of this decision",
    }
    return [{"type": "actions", "elements": [button, watch_button("decision", report.id)]}]


def record_line(report: DecisionReport) -> str:
    """What to ask for to see all of it again."""
    number = f"Decision {report.id}, e" if report.id is not None else "E"
    counted = f"{len(report.options)} options weighed, {len(report.eliminated)} ruled out"
    return f"{number}ngine {report.engine_version}, seed {report.seed}: {counted}."


# ---------------------------------------------------------------- options


def _options(report: DecisionReport, marks: Marks) -> list[Block]:
    rows = shortlist(report, _OPTIONS)
    if not rows:
        return []
    first = rows[0]
    conditions = [f"{finding.reason} {marks(finding.sources)}" for finding in clauses(first)]
    conditions = [*conditions[: _MOST["conditions"]], *([first.guardrail] if first.guardrail else [])]
    columns = (
        "Option",
        "Kind",
        "Best in",
        "USD a month",
        "4 of 5 draws",
        "Data",
        "To check",
        "Licence",
        "Prices as of",
        "Sources",
    )
    return [
        *sections([f"*Options*: {len(rows)} of the {len(report.options)} that remain"]),
        table(columns, [_cells(row, marks) for row in rows], wrapped=(0,), right=(2, 3, 4)),
        *context("Best in: share of draws in which it comes first. USD a month: central estimate, then 4 of 5 draws."),
        *_bullets("Why they rank", [row.why for row in rows if row.why]),
        *_bullets(f"Conditions of {first.label}", conditions),
    ]


def _cells(row: OptionRow, marks: Marks) -> list[str]:
    kind = KINDS.get(Group(row.group), row.group_words)
    cells = (row.label, kind, f"{row.p_best:.0%}", *_usd(row.cost), row.control, row.licence, _unknown(row))
    plain = [harmless_raw(" ".join(cell.split())) for cell in (*cells, freshness(row.cost))]
    return [*plain, marks(option_sources(row))]


def _unknown(row: OptionRow) -> str:
    """The rules that it passes only on an assumption."""
    open_rules = dict.fromkeys(finding.rule for finding in row.findings if finding.outcome == "unknown")
    return "; ".join(RULES.get(rule, rule) for rule in open_rules)


def _usd(cost: CostBand) -> tuple[str, str]:
    """The central estimate, as the verdict and the chart tell it, and the band."""
    if cost.p10 is None or cost.p90 is None:
        return f"{significant(cost.point):,f}", ""
    return f"{significant(cost.point):,f}", f"{cost.p10:,f}–{cost.p90:,f}"


def _cost(first: OptionRow) -> list[Block]:
    heading = f"Cost of {first.label}: {first.cost.point:,.0f} USD a month, central estimate"
    return _bullets(heading, [f"{p.name}: {p.usd_per_month:,f} USD = {p.formula}" for p in first.cost.parts])


# ---------------------------------------------------------------- flips and eliminations


def _flips(report: DecisionReport) -> list[Block]:
    """What changes the choice as bullets; what was tried and does not, as small print beside it."""
    heading = "What would change it"
    changing = [flip.says for flip in report.flips if flip.to_option]
    never = [flip.says for flip in report.flips if not flip.to_option]
    if not changing:
        return _bullets(heading, never, _MOST["flips"])
    return [*_bullets(heading, changing, _MOST["flips"]), *context(" ".join(one_line(says, _LINE) for says in never))]


def _by_rule(gone: Sequence[Elimination]) -> list[Elimination]:
    return [e for e in gone if e.rule not in _DOMINATED]


def _counted(report: DecisionReport, gone: Sequence[Elimination]) -> str:
    dominated = sum(e.count for e in gone if e.rule in _DOMINATED)
    by_rule = len({g.id for g in report.eliminated if any(f.rule not in _DOMINATED for f in g.findings)})
    more = f", and {dominated} set aside for an equal that costs less or needs no data centre" if dominated else ""
    return f"{by_rule} options by a rule{more}"


def _elimination(gone: Elimination, marks: Marks) -> str:
    more = f" (and {gone.more_reasons + len(gone.reasons) - 1} more like it)"
    return (
        f"{gone.title} ({gone.count}): {gone.reasons[0]}{more if len(gone.reasons) > 1 else ''} {marks(gone.sources)}"
    )


# ---------------------------------------------------------------- duties


def _duties_counted(report: DecisionReport) -> list[Block]:
    if not report.duties:
        return []
    ahead = sorted(d.applies_from for d in report.duties if d.applies_from and d.applies_from > report.as_of)
    roles = dict.fromkeys(duty.role or "everyone" for duty in sorted(report.duties, key=_rank))
    soon = f" {len(ahead)} not yet in force, the next from {long_day(ahead[0])}." if ahead else ""
    bear = "1 bears" if len(report.duties) == 1 else f"{len(report.duties)} bear"
    counted = f"*Duties*: {bear} on this ({one_line('; '.join(roles), 200)}).{soon}"
    return sections([counted])


def _duties(report: DecisionReport, marks: Marks) -> list[Block]:
    """By condition and role, the asker's own roles first."""
    found: dict[tuple[str, str], list[str]] = {}
    for duty in sorted(report.duties, key=_rank)[: _MOST["duties"]]:
        condition, says = _condition(duty.says)
        line = f"• {one_line(says, _LINE)} ({one_line(_when(duty, report.as_of), 200)}) {marks(duty.sources)}"
        found.setdefault((condition, duty.role or "everyone"), []).append(line)
    blocks: list[Block] = []
    told = ""
    for (condition, role), lines in found.items():
        under = f", {condition[0].lower()}{condition[1:]}" if condition and condition != told else ""
        told = condition
        blocks += sections(lines, one_line(f"Duties of {role}{under}", 300))
    left = len(report.duties) - _MOST["duties"]
    return [*blocks, *context(_left_out(left, "duties"))]


def _condition(says: str) -> tuple[str, str]:
    """A rule with its condition, "If the EU is reached: providers must ...", as the two."""
    head, colon, rest = says.partition(": ")
    return (head, rest) if colon and head.startswith("If ") else ("", says)


def _rank(duty: DutyRow) -> int:
    """A deployer is who asks most often, then who builds a system; the model's maker is seldom either."""
    roles = [role.strip() for role in duty.role.lower().split(",")]
    return 0 if "deployer" in roles else 1 if "provider" in roles else 2 if roles in (["everyone"], [""]) else 3


def _when(duty: DutyRow, today: date) -> str:
    since = "no date of its own"
    if duty.applies_from:
        since = f"{'since' if duty.applies_from <= today else 'from'} {short_day(duty.applies_from)}"
    return ", ".join(part for part in (duty.article, since, with_kinds(duty.groups)) if part)


# ---------------------------------------------------------------- lines


def _input(row: InputRow) -> str:
    words = f" (“{row.words}”)" if row.words and row.origin in ("stated", "thread", "derived") else f" ({row.origin})"
    return f"{row.label}: {row.value}{words}{f', {row.assumption}' if row.assumption else ''}"


def _bullets(heading: str, lines: Sequence[str], most: int = 40) -> list[Block]:
    if not lines:
        return []
    shown = [f"• {one_line(line, _LINE)}" for line in lines[:most]]
    more = _left_out(len(lines) - most, "more")
    return sections([*shown, *([f"• {more}"] if more else [])], one_line(heading, 300))


def _paragraph(heading: str, parts: Sequence[str], most: int) -> list[Block]:
    """Many short ones, one after the other."""
    if not parts:
        return []
    told = "; ".join([*parts[:most], *([_left_out(len(parts) - most, "more")] if len(parts) > most else [])])
    return sections([f"{one_line(told, _PARAGRAPH)}."], heading)


def _left_out(count: int, what: str) -> str:
    return f"and {count} {what}, in the recorded decision" if count > 0 else ""
