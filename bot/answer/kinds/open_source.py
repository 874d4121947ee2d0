"""Is it open source? Open weights, the licence, the OSI's word on the licence, and its definition of open source AI."""

import re
from collections.abc import Sequence

from bot.answer.kinds.common import Case, say, say_all
from bot.answer.text import listed, terms
from bot.answer.values import Evidence, Line
from kb.types import FactView

_ASKS = re.compile(
    r"\b(?:is|are|was|really|truly|actually|count as|considered|called?|call|mean)\b[^?]{0,80}\bopen[- ]?sourced?\b",
    re.I,
)
_DEFINITION = "claim:open-source-ai-definition"
_MOST = 8


def lines(case: Case) -> list[Line]:
    """A verdict for the named models, then their licences and what the definition asks for."""
    if not _ASKS.search(case.read.question) or not case.read.of("model"):
        return []
    models = list(case.read.of("model"))[:_MOST]
    views = [v for m in models for v in case.book.of(m, "openness")[:1]]
    opened = [v for v in views if v.fact.value == "open-weight"]
    closed = [v for v in views if v.fact.value == "closed"]
    found = [_verdict(case, opened)] if opened else []
    found += [say(v) for v in closed[:3]]
    if opened:
        found += _licences(case, [v.fact.subject for v in opened])
        notes = case.book.of(_DEFINITION, "note")
        found += say_all([v for v in notes if " asks for " in v.fact.statement][:1])
    return found


def _verdict(case: Case, views: Sequence[FactView]) -> Line:
    """Open weights; and whether the OSI named the model as one that meets its definition."""
    names = listed([case.book.display(v.fact.subject) for v in views])
    are, model = ("is", "an open-weight model") if len(views) == 1 else ("are", "open-weight models")
    named = [v for v in case.book.of(_DEFINITION, "note") if "comply" in v.fact.statement]
    said = frozenset(t for v in named for t in terms(v.fact.statement))
    family = frozenset(t for v in views for t in terms(case.book.display(v.fact.subject))[:1])
    if not named or family <= said:
        return Line(f"{names} {are} {model}.", tuple(Evidence(v) for v in [*views, *named]), literal=True)
    text = (
        f"{names} {are} {model}, which is not the same as open source: the OSI did not name "
        f"{'it' if len(views) == 1 else 'them'} among the models that comply with its Open Source AI Definition."
    )
    return Line(text, tuple(Evidence(v) for v in [*views, *named]), literal=True)


def _licences(case: Case, models: Sequence[str]) -> list[Line]:
    """Each licence once, with the models under it and whether the OSI approved it."""
    found: list[Line] = []
    for licence in dict.fromkeys(s for m in models for s in case.book.licences_of(m)):
        under = [m for m in models if licence in case.book.licences_of(m)]
        views = [v for m in under for v in case.book.of(m, "licence")[:1]]
        if len(under) == 1:
            found += [say(v) for v in views[:1]]
        else:
            text = f"Under {case.book.display(licence)}: {listed(case.names(under))}."
            found.append(Line(text, tuple(Evidence(v) for v in views), literal=True))
        found += say_all(case.book.of(licence, "osi_approved")[:1])
    return found[:6]
