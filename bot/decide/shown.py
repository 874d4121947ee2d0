"""What a person is shown of a report: the shortlist, eliminations by rule, the sources that those cite. Pure.

The report holds every option; no page can. Each door takes its rows from here, so that all show the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.decide.report import CostBand, DecisionReport, DutyRow, FindingRow, OptionRow, RuledOut, Source, Sources
from kb.decide.figures import KINDS, significant
from kb.decide.types import Group
from kb.decide.wording import RULES

MOST_OPTIONS = 10
_UNWEIGHED = ("cost", "premises")  # no wish of the asker's: nothing to confirm
_MOST_EACH = 3  # reasons and names shown of a rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Elimination:
    """Everything that one rule struck out, or set apart until it is confirmed.

    `reasons` and `examples` are the first few.
    """

    rule: str
    title: str
    count: int
    reasons: tuple[str, ...]
    more_reasons: int
    examples: tuple[str, ...]
    sources: Sources
    to_confirm: bool = False


def counted_out(report: DecisionReport) -> str:
    """How many are out, and how many of them only until somebody confirms something."""
    kept = sum(all(f.outcome == "unknown" and f.rule not in _UNWEIGHED for f in g.findings) for g in report.eliminated)
    return f"{len(report.eliminated)} options{f', {kept} of them only until confirmed' if kept else ''}"


def asked_about(report: DecisionReport, row: OptionRow) -> list[str]:
    """Which of the models that the question names this row offers by itself."""
    named = next((given.value.split(", ") for given in report.inputs if given.name == "asked_about"), [])
    return [name for name in named if name in row.id.split("/") and not row.id.startswith("hybrid/")]


def shortlist(report: DecisionReport, most: int = MOST_OPTIONS) -> list[OptionRow]:
    """The first of each kind and of each model asked about, then the best others, in the report's own order."""
    first: dict[str, OptionRow] = {}
    for row in report.options:
        first.setdefault(row.group, row)
        for name in asked_about(report, row):
            first.setdefault(name, row)
    chosen = {row.id for row in first.values()}
    for row in report.options:
        if len(chosen) >= most:
            break
        chosen.add(row.id)
    return [row for row in report.options if row.id in chosen]


def eliminations(report: DecisionReport) -> list[Elimination]:
    """By rule, those that strike out most first; an option that falls to two rules counts with both."""
    by_rule: dict[tuple[str, bool], list[tuple[RuledOut, FindingRow]]] = {}
    for gone in report.eliminated:
        failed = any(finding.outcome == "fail" for finding in gone.findings)
        for finding in gone.findings:
            apart = finding.outcome == "unknown" and finding.rule not in _UNWEIGHED
            if apart and failed:
                continue  # confirming it would not bring the option back
            by_rule.setdefault((finding.rule, apart), []).append((gone, finding))
    found = [_elimination(rule, apart, rows) for (rule, apart), rows in by_rule.items()]
    return sorted(found, key=lambda e: (e.to_confirm, -e.count, e.rule))


def _elimination(rule: str, apart: bool, rows: Sequence[tuple[RuledOut, FindingRow]]) -> Elimination:
    title = f"{rule} {RULES.get(rule, '')}".strip() if rule[1:].isdigit() else RULES.get(rule, rule)
    reasons = list(dict.fromkeys(finding.reason for _, finding in rows))
    names = list(dict.fromkeys(gone.label for gone, _ in rows))
    shown = [finding for _, finding in rows if finding.reason in reasons[:_MOST_EACH]]
    return Elimination(
        rule=rule,
        title=f"{title}, to confirm" if apart else title,
        to_confirm=apart,
        count=len({gone.id for gone, _ in rows}),
        reasons=tuple(reasons[:_MOST_EACH]),
        more_reasons=max(0, len(reasons) - _MOST_EACH),
        examples=tuple(names[:_MOST_EACH]),
        sources=tuple(dict.fromkeys(n for finding in shown for n in finding.sources)),
    )


def sources_of(
    report: DecisionReport, options: Iterable[OptionRow], gone: Iterable[Elimination], *, flips: bool = False
) -> list[Source]:
    """The sources behind what is shown, in their order; `flips` where those are shown with theirs."""
    numbers: set[int] = set()
    for option in options:
        numbers.update(option_sources(option))
    for elimination in gone:
        numbers.update(elimination.sources)
    for duty in report.duties:
        numbers.update(duty.sources)
    for flip in report.flips if flips else ():
        numbers.update(flip.sources)
    return [source for source in report.sources if source.n in numbers]


def option_sources(row: OptionRow) -> Sources:
    """Of its cost, its licence and the clauses that it was kept with."""
    kept = (n for finding in clauses(row) for n in finding.sources)
    return tuple(dict.fromkeys((*row.cost.sources, *row.licence_sources, *kept)))


def clauses(row: OptionRow) -> list[FindingRow]:
    """Conditions that come with choosing it: clauses with a source that did not fail."""
    return [f for f in row.findings if f.sources and f.rule in ("H5", "H7", "H8", "H9", "H10", "H11", "H15")]


def usd(cost: CostBand) -> str:
    """The central estimate, as the verdict and the chart tell it, and the band of four draws in five."""
    if cost.p10 is None or cost.p90 is None:
        return f"{significant(cost.point):,f}"
    return f"{significant(cost.point):,f} ({cost.p10:,f} to {cost.p90:,f})"


def freshness(cost: CostBand) -> str:
    """The day of the prices behind it, and what is wrong with them."""
    warnings = [word for word, holds in (("stale", cost.stale), ("disputed", cost.disputed)) if holds]
    dated = cost.as_of.isoformat() if cost.as_of else "undated"
    return f"{dated} ({', '.join(warnings)})" if warnings else dated


def day(of: date | None) -> str:
    return f"{of.day} {of:%B %Y}" if of else "now"


def duty_line(duty: DutyRow) -> str:
    """A duty's own sentence with role, article and date."""
    since = f"from {day(duty.applies_from)}" if duty.applies_from else "no date of its own"
    only = f"; {with_kinds(duty.groups)}" if duty.groups else ""
    where = f"{duty.article}, " if duty.article else ""
    return f"{duty.role or 'all'}: {duty.says} ({where}{since}{only})"


def with_kinds(groups: Sequence[str]) -> str:
    """The kinds of option that a duty comes with; none are all."""
    kinds = {Group(group) for group in groups}
    if kinds == set(Group) - {Group.SELF_HOSTED, Group.ON_PREMISES}:
        return "where somebody else runs the model"
    return f"with {'; '.join(KINDS[kind] for kind in Group if kind in kinds)}" if kinds else ""


def source_line(source: Source) -> str:
    """Title, publisher, dates, tier, and what is wrong with it."""
    parts = [
        source.title,
        source.publisher,
        f"published {day(source.published)}",
        f"as of {day(source.as_of)}",
        f"tier {source.tier}",
    ]
    parts += ["stale: overdue for confirmation"] if source.stale else []
    parts += ["disputed: another source disagrees with some of it"] if source.disputed else []
    return " · ".join(part for part in parts if part)


def marks(numbers: Sources, most: int = 6, *, prefix: str = "") -> str:
    """[1][2]; a cost may rest on many price facts, the first ones are shown. `prefix` tells two lists apart."""
    return "".join(f"[{prefix}{n}]" for n in numbers[:most]) + ("…" if len(numbers) > most else "")
