"""The longest, cheapest, newest ...: recorded values put in order, each with its fact."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from bot.answer.dates import written
from bot.answer.kinds.common import PRICE_FIELDS, Case, label_of, say
from bot.answer.kinds.needs import is_open
from bot.answer.text import grouped, number
from bot.answer.values import Evidence, Line
from kb.facts.fields import FIELDS, prefix_of
from kb.types import FactView

_MOST = re.compile(
    r"\b(?:longest|largest|biggest|highest|greatest|most|newest|latest|most recent|dearest|most expensive)\b", re.I
)
_LEAST = re.compile(r"\b(?:shortest|smallest|lowest|least|cheapest|oldest|earliest)\b", re.I)
_NEW = re.compile(r"\b(?:newest|latest|oldest|earliest)\b(?= (?:\w+ ){0,2}(?:models?|releases?|llms?))", re.I)
_VERSION = re.compile(r"\b(?:newest|latest|oldest|earliest|most recent)\b", re.I)
_SHOWN = 4


def lines(case: Case) -> list[Line]:
    """The first few in order, led by the record holder; nothing unless a superlative meets a field with an order."""
    high, low = _MOST.search(case.read.question), _LEAST.search(case.read.question)
    asked = high or low
    field = _field(case) if asked else None
    if asked is None or field is None:
        return []
    ranked = sorted(_values(case, field), key=lambda pair: pair[0], reverse=bool(high))
    if len(ranked) < 2:
        return []
    return [
        _holder(case, field, asked.group().lower(), ranked),
        *(say(view, "In order") for _, view in ranked[: max(_SHOWN, min(len(case.read.mentions), 8))]),
    ]


def _field(case: Case) -> str | None:
    if _NEW.search(case.read.question) or (_VERSION.search(case.read.question) and case.read.of("model")):
        return "released"
    if re.search(r"\b(?:biggest|largest|smallest)\b (?:\w+[- ]){0,3}(?:model|llm)s?\b", case.read.question, re.I):
        return "parameters_total"
    if re.search(r"\bcontext\b", case.read.question, re.I):
        return "context_tokens"
    asked = [f for f in case.read.fields if FIELDS[f].type in ("int", "decimal", "date")]
    if re.search(r"\bcheapest\b|\bexpensive\b|\bdearest\b", case.read.question, re.I):
        asked = ["price_per_hour"] if case.read.of("gpu") else ["price_input"]
    return asked[0] if asked else None


def _values(case: Case, field: str) -> list[tuple[Decimal, FactView]]:
    """One value a subject, its plainest (no long-context or batch row); of the named things where things were named."""
    wanted = {o for s in case.read.subjects for o in case.book.related(s)}
    best: dict[str, tuple[Decimal, FactView]] = {}
    for view in case.book.having(field):
        subject = view.fact.subject
        if (wanted and subject not in wanted) or not _of_side(case, subject):
            continue
        value = _order(view)
        if value is not None and (
            subject not in best or len(view.fact.qualifiers) < len(best[subject][1].fact.qualifiers)
        ):
            best[subject] = (value, view)
    return list(best.values())


def _of_side(case: Case, subject: str) -> bool:
    """ "The newest open model": only those that are."""
    sides = {"open", "closed"} & set(case.read.options)
    if len(sides) != 1 or prefix_of(subject) not in ("model", "offer"):
        return True
    model = subject if prefix_of(subject) == "model" else f"model:{subject.rpartition('/')[2]}"
    return is_open(case, model) == ("open" in sides)


def _order(view: FactView) -> Decimal | None:
    spec = FIELDS[view.fact.field]
    if spec.type == "date":
        try:
            return Decimal(date.fromisoformat(view.fact.value).toordinal())
        except ValueError:
            return None
    return number(view.fact.value)


def _holder(case: Case, field: str, word: str, ranked: Sequence[tuple[Decimal, FactView]]) -> Line:
    """Who leads among those on record; ties are named together."""
    top = [view for value, view in ranked if value == ranked[0][0]][:3]
    names = " and ".join(case.book.display(v.fact.subject) for v in top)
    fact = top[0].fact
    value = f"{grouped(number(fact.value) or Decimal(0))} {fact.unit}".strip()
    if FIELDS[field].type == "date":
        value = written(date.fromisoformat(fact.value))
    noun = "recorded prices" if field in PRICE_FIELDS else "recorded values"
    text = f"Of {len(ranked)} {noun} ({label_of(field).lower()}) the {word} is {value}: {names}."
    formula = f"{word} of {len(ranked)} {noun} = {value}"
    return Line(text, tuple(Evidence(v) for v in top), formula=formula, literal=True)
