"""Who sells a model; input and output price of one offer on one line, where both come from the same source."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.answer.dates import written
from bot.answer.kinds.common import PRICE_FIELDS, Case, confirmed_on, say_all, used_views
from bot.answer.text import grouped, listed, number
from bot.answer.values import Evidence, Line
from kb.facts.fields import prefix_of
from kb.types import FactView, Status

_SELLERS = re.compile(
    r"\b(?:which|what|who)\b[^?]{0,30}\b(?:providers?|hosts?|hosting|vendors?|clouds?|sells?|serves?|offers?)\b|"
    r"\bwhere (?:can|could|do) (?:we|i|you) (?:buy|rent|get|use|run|call)\b",
    re.IGNORECASE,
)
_LISTED = 14


def sellers(case: Case) -> list[Line]:
    """ "Who hosts Kimi K2.5?": the offers on record, retired ones named as such."""
    if not _SELLERS.search(case.read.question) or not case.read.of("model"):
        return []
    found: list[Line] = []
    for model in case.read.of("model")[:3]:
        offers = [(o, v) for o in case.book.offers_of(model) for v in case.book.of(o, "price_input")[:1]]
        ended = [v for o in case.book.offers_of(model) for v in case.book.of(o, "deprecated_on")]
        if offers:
            names = listed([case.book.display(o) for o, _ in offers[:_LISTED]])
            more = f" and {len(offers) - _LISTED} more" if len(offers) > _LISTED else ""
            text = f"On record with a price: {names}{more}."
            found.append(
                Line(text, tuple(Evidence(v) for _, v in offers[:_LISTED]), formula=_count(offers), literal=True)
            )
            found += say_all(ended[:4], "Watch")
    return found


def _count(offers: Sequence[object]) -> str:
    return f"{len(offers)} offers counted"


def together(lines: Sequence[Line]) -> list[Line]:
    """Lines with each output price folded into its input price; whatever does not match word for word stays."""
    kept: list[Line] = []
    for line in lines:
        pair = next((k for k, other in enumerate(kept) if _pair(other, line)), None)
        if pair is None:
            kept.append(line)
        else:
            kept[pair] = _folded(kept[pair], line)
    return kept


def _view(line: Line, field: str) -> FactView | None:
    view = line.evidence[0].view if len(line.evidence) == 1 else None
    return view if view and view.fact.field == field else None


def _pair(one: Line, other: Line) -> bool:
    """The same sentence but for the figure and the words "input" and "output"."""
    left, right = _view(one, "price_input"), _view(other, "price_output")
    if left is None or right is None or left.fact.subject != right.fact.subject or left.status != right.status:
        return False
    return _bare(one.text, left, "input") == _bare(other.text, right, "output")


def _bare(text: str, view: FactView, word: str) -> str:
    return text.replace(_price(view, word), "_", 1)


def _price(view: FactView, word: str) -> str:
    unit = view.fact.unit.replace("per million tokens", f"per million {word} tokens")
    return f"{grouped(number(view.fact.value) or 0)} {unit}"


def _folded(one: Line, other: Line) -> Line:
    left, right = _view(one, "price_input"), _view(other, "price_output")
    assert left is not None
    assert right is not None
    said = _price(left, "input")
    return replace(
        one,
        text=one.text.replace(said, f"{said} and {_price(right, 'output')}", 1),
        evidence=(*one.evidence, *other.evidence),
    )


def by_offer(views: Sequence[FactView]) -> list[FactView]:
    """Prices seller by seller, input before output."""
    if not any(v.fact.field in PRICE_FIELDS for v in views):
        return list(views)
    return sorted(
        views,
        key=lambda v: (
            v.status is Status.SCHEDULED,
            prefix_of(v.fact.subject) != "offer",
            v.fact.subject if prefix_of(v.fact.subject) == "offer" else "",
        ),
    )


def among_sellers(case: Case, views: list[FactView]) -> list[FactView]:
    """Where sellers were named, only their offers; where a model was named, only its offers."""
    providers = {s.partition(":")[2] for s in case.read.of("provider") + case.read.of("vendor")}
    models = {s.partition(":")[2] for s in case.read.of("model")}
    if not providers or not models:
        return views

    def fits(view: FactView) -> bool:
        if prefix_of(view.fact.subject) != "offer":
            return True
        seller = view.fact.subject.partition(":")[2].partition("/")[0]
        return any(seller == p or seller.startswith(p + "-") for p in providers)

    kept = [v for v in views if fits(v)]
    return kept if any(prefix_of(v.fact.subject) == "offer" for v in kept) else views


def retiring(case: Case) -> list[FactView]:
    """Offers of the asked models that end or ended: a price alone would mislead."""
    found = [v for m in case.read.of("model") for o in case.book.offers_of(m) for v in case.book.of(o, "deprecated_on")]
    return among_sellers(case, sorted(found, key=lambda v: v.fact.value))[:4]


def price_note(lines: Sequence[Line]) -> list[str]:
    told = [v for v in used_views(lines) if v.fact.field in PRICE_FIELDS]
    if not told:
        return []
    return [
        f"Prices can change any day and count as stale after a week; these were last confirmed on "
        f"{written(min(confirmed_on(v) for v in told))} or later."
    ]
