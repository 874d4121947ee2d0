"""Claims that a stored statement makes nearly word for word: it agrees, or its figure differs. Pure.

Words in another order may say the opposite, so without a figure nothing is compared. A
figure that nobody writes by chance (99.76%, 352,000) makes up for words that differ.
"""

import re
from decimal import Decimal

from bot.answer.book import FactBook
from bot.answer.text import number_set, terms
from bot.check.contract import Stance
from bot.check.held import finding
from bot.check.quantities import Quantity, agrees, plainly, quantities
from bot.check.values import Finding, Reading, Weighed
from kb.facts.fields import prefix_of
from kb.types import FactView

_COMPARED = frozenset({"USD", "EUR", "%", "months", "days", "GB", "users", "FLOP", "tokens", "parameters"})
_EXACT = frozenset({"USD", "EUR", "%"})
_LEAST_TERMS, _DIGITS = 4, 3
_BY_FIGURE, _AGREES, _DIFFERS = 0.5, 0.7, 0.75  # shares of the claim's information
_GENERAL = ("market", "factor")
_UNFIT = frozenset(
    {
        "name",
        "alias",
        "clause",
        "capability_index",
        "kv_bytes_per_token",
        "released",
        "applies_from",
        "jurisdiction",
        "country",
        "licence",
        "threshold",
        "commercial_use",
        "attribution",
        "eu_limit",
        "penalty",
        "context_tokens",
        "memory_gb",
        "parameters_total",
        "parameters_active",
        "price_input",
        "price_output",
        "price_cache_read",
        "price_cache_write",
        "price_batch_input",
        "price_batch_output",
        "price_per_hour",  # held against claims one by one
    }
)
_VERB = re.compile(r"\b(?:is|are|was|were|has|have|had|must|may|can|will|does|do|[a-z]{3,}(?:s|ed))\b")
_NOT = re.compile(r"\b(?:no|not|never|none|neither|nor|cannot|without)\b|n['’]t\b", re.IGNORECASE)


def same_statement(reading: Reading, book: FactBook) -> Finding | None:
    beyond = frozenset(terms(reading.text)) - frozenset(t for m in reading.own for t in terms(m.words))
    if len(beyond) < _LEAST_TERMS or reading.kind == "opinion" or not _VERB.search(reading.text):
        return None
    subjects = {s for m in reading.mentions for s in m.subjects}
    for ranked in book.rank(reading.text, limit=6):
        fact = ranked.view.fact
        if fact.field in _UNFIT or not _about_same(reading, fact.subject, subjects, book):
            continue
        if stance := _compared(reading, ranked.view, ranked.coverage, book):
            topic = f"{prefix_of(fact.subject)}/{fact.field}"
            return finding(topic, book.display(fact.subject), [Weighed(ranked.view, stance)], reading)
    return None


def _about_same(reading: Reading, subject: str, subjects: set[str], book: FactBook) -> bool:
    """Every name of the claim is the fact's own: what is known of one vendor says nothing of another."""
    if not subjects:
        return prefix_of(subject) in _GENERAL
    related = {o for s in list(subjects)[:12] for o in book.related(s)}
    return subject in subjects or subject in related or prefix_of(subject) in _GENERAL


def _compared(reading: Reading, view: FactView, coverage: float, book: FactBook) -> Stance | None:
    negated = bool(_NOT.search(reading.text)) != bool(_NOT.search(view.fact.statement))
    if negated or not _names_in(reading, view) or not _of_same_models(reading, view, book):
        return None
    said = [q for q in reading.quantities if q.unit in _COMPARED]
    telling = _telling(reading)
    held = number_set(view.fact.statement) | _decimals(view)
    if telling and coverage >= _BY_FIGURE and telling <= held and not _sets_apart(said, view):
        return "for"
    if said:
        return _by_quantities(said, view, coverage)
    return None


def _of_same_models(reading: Reading, view: FactView, book: FactBook) -> bool:
    """A statement about certain models is about the claim only where the claim names one of them."""
    told = {s for m in book.names.find(view.fact.statement)[0] for s in m.subjects if s.startswith("model:")}
    return not told or bool(told & {s for m in reading.mentions for s in m.subjects})


def _telling(reading: Reading) -> set[Decimal]:
    """Figures with three digits that count and more, outside names; a round sum is met by chance."""
    names = " ".join(m.words for m in reading.own)
    found = number_set(reading.text) - number_set(names) | {q.value for q in reading.quantities if q.value % 1}
    return {n for n in found if len(f"{n:f}".strip("0.").replace(".", "")) >= _DIGITS}


def _sets_apart(said: list[Quantity], view: FactView) -> bool:
    """A statement with several figures of a kind tells them apart: which is the claim's cannot be seen from words."""
    held = quantities(view.fact.statement)
    return any(len({h.value for h in held if h.unit == q.unit}) > len(said) for q in said)


def _by_quantities(said: list[Quantity], view: FactView, coverage: float) -> Stance | None:
    held = quantities(view.fact.statement)
    alike = [[h for h in held if h.unit == q.unit] for q in said]
    if not all(alike):
        return None
    if len({q.value for q in said}) < len(said):
        return None  # the same figure of two things
    pairs = zip(said, alike, strict=True)
    if all(any(agrees(plainly(q), h.value, exact=q.unit in _EXACT) for h in few) for q, few in pairs):
        return "for" if coverage >= _AGREES and not _sets_apart(said, view) else None
    return "against" if coverage >= _DIFFERS and all(len(few) <= 2 for few in alike) else None


def _decimals(view: FactView) -> set[Decimal]:
    return {q.value for q in quantities(view.fact.statement) if q.value % 1}


def _names_in(reading: Reading, view: FactView) -> bool:
    """Capitalised words of the claim stand in the statement or its source."""
    fact = view.fact
    text = f"{fact.statement} {fact.publisher} {fact.source_title}".lower()
    return all(n.lower() in text for n in re.findall(r"(?<=[\w,:] )[A-Z][\w-]{2,}", reading.text))
