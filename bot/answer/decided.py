"""When a question asks for a decision: the use case read from words, thread or form, weighed, and told first.

words (+ the thread's use case, or a form) -> UseCase -> Decider -> report -> the draft with the verdict before it
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.answer.contenders import read_use_case
from bot.answer.kinds.common import NO_COSTS
from bot.answer.kinds.screening import is_all_clear, needs_an_api
from bot.answer.usecase import difference
from bot.answer.values import Draft, Kind, Line, Understood
from bot.decide.report import DecisionReport, OptionRow
from bot.decide.service import Decider, Earlier, Place, model_names
from bot.decide.shown import freshness, usd
from kb.decide.figures import significant
from kb.decide.types import Group
from kb.decide.use_case import UseCase
from kb.decide.verdict import shares
from kb.types import FactView

_ASKS = (Kind.DECISION, Kind.UNDERSPECIFIED)
CONTEXT_LINES = 19  # of what the question's own composer found, beside the decision
ALSO = "Also"
_THROUGH_AN_API = frozenset({Group.CLOSED_API, Group.CLOSED_CLOUD, Group.MANAGED_OPEN})


def asks_for_decision(read: Understood) -> bool:
    return read.kind in _ASKS


class Deciding:
    """The decision behind an answer, if its question asks for one."""

    def __init__(self, decider: Decider) -> None:
        self._decider = decider

    def warm(self, views: Sequence[FactView], today: date) -> None:
        self._decider.warm(views, today)

    def report(
        self, read: Understood, views: Sequence[FactView], place: Place, given: UseCase | None
    ) -> DecisionReport | None:
        """`given`: a use case that a form says; else it is read from the question and what the thread settled."""
        interrupted = self._decider.interrupted(place, read.question, read.as_of)
        if interrupted is not None:
            return interrupted
        earlier = self._decider.earlier(place)
        use_case = given or _read(read, views, earlier)
        if use_case is None:
            return None
        return self._decider.decide(
            use_case,
            question=read.question,
            as_of=read.as_of,
            place=place,
            before=earlier.report if earlier else None,
            views=views,
        )


def _read(read: Understood, views: Sequence[FactView], earlier: Earlier | None) -> UseCase | None:
    """A question of another kind decides only where it follows one up, or just tells, and changes the use case."""
    follows = earlier is not None and (read.resolved_from is Kind.FOLLOW_UP or _tells(read.question))
    if not asks_for_decision(read) and not follows:
        return None
    said = earlier.use_case if earlier else None
    use_case = read_use_case(read.question, earlier=said, models=model_names(views))
    if not asks_for_decision(read) and earlier is not None and not difference(earlier.use_case, use_case):
        return None
    return use_case


_ASKED = re.compile(
    r"\?|^\W*(?:what|which|who|whose|whom|when|where|why|how|is|are|was|were|do|does|did|can|could|may|should|would|tell|show|"
    r"list|explain|compare|summari[sz]e|define|describe|give)\b",
    re.IGNORECASE,
)


def _tells(question: str) -> bool:
    """ "We also exclude OpenAI.": a statement, which in a thread about a use case is one more part of it."""
    return _ASKED.search(question) is None


def with_decision(draft: Draft, report: DecisionReport) -> Draft:
    """The verdict first, then the composer's lines as context; the questions become the decision's."""
    verdict = Line(text=report.verdict, formula=_formula(report), literal=True)
    asked = tuple(question.text for question in report.questions[:3])
    if not report.options and not report.eliminated:  # too little is known to weigh anything
        return replace(draft, questions=asked or draft.questions)
    beside = [line for line in draft.lines if not is_all_clear(line)]  # the engine looked at every option
    if not any(row.group in _THROUGH_AN_API for row in report.options):
        beside = [line for line in beside if not needs_an_api(line)]
    context = [replace(line, section=line.section or ALSO) for line in beside[:CONTEXT_LINES]]
    return replace(
        draft,
        lines=(verdict, *context),
        questions=asked,
        notes=tuple(note for note in draft.notes if note != NO_COSTS),
        abstained_because=None,
        lead="",
    )


def _a_thousand(row: OptionRow) -> str:
    each = row.cost.usd_per_1000_requests
    return "unknown" if each is None else f"{each:,f}, about {significant(each):,f}"


def _formula(report: DecisionReport) -> str:
    """How the verdict was computed, with the figures of the rows that it speaks of, so that it can be checked."""
    told = [row for row in report.options if row.label in report.verdict] or list(report.options[:1])
    figures = [
        f"{row.label}: best in {row.p_best:.0%} of the draws, central cost {row.cost.point:,.0f} USD a month, "
        f"about {significant(row.cost.point):,f}, in the draws {usd(row.cost)}, "
        f"for 1,000 requests {_a_thousand(row)}, prices of {freshness(row.cost)}"
        for row in told
    ]
    kinds = [f"{kind} {p:.0%}" for kind, p in report.groups.items() if p >= 0.01]
    kinds += [f"{kind} {p:.0%}" for kind, p in shares({Group(group): p for group, p in report.groups.items()}).items()]
    rules = Counter(rule for one in report.eliminated for rule in {finding.rule for finding in one.findings})
    gone = [f"{rule} strikes out {count}" for rule, count in rules.items()]
    gone += [flip.says for flip in report.flips]
    counted = f"{len(report.options)} options weighed and {len(report.eliminated)} ruled out"
    weighed = f"weighted value over seeded draws (engine {report.engine_version}, seed {report.seed}), {counted}"
    said = [question.text for question in report.questions[:1]]
    struck = (finding for one in report.eliminated for finding in one.findings)
    said += list(dict.fromkeys(f"{f.rule}: {f.reason}" for f in struck if f.reason in report.verdict))
    shortlist = [row.value for row in report.inputs if row.name == "shortlist"] + list(report.assumptions[:1])
    parts = [weighed, *figures, *([f"by kind {', '.join(kinds)}"] if kinds else [])]
    return ". ".join([*parts, *(gone if not report.options else []), *said, *shortlist])
