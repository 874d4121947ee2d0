"""The facts of one day, ready for questions: by subject and field, linked, named, ranked by words. Pure."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from copy import copy
from datetime import date
from functools import lru_cache
from threading import Lock

from bot.answer.names import NameBook, book_of
from bot.answer.text import expand, number, numbers, terms
from bot.answer.values import RankedFact
from kb.facts.fields import FIELDS, prefix_of
from kb.types import FactView, Status

_SHOWN = (Status.IN_FORCE, Status.SCHEDULED, Status.DISPUTED)
_NAMING = ("name", "alias")
_K1, _B = 1.2, 0.6


class FactBook:
    """Facts as seen on a day. Proposed and retracted ones are not in it; superseded ones only when asked for."""

    def __init__(self, views: Iterable[FactView]) -> None:
        self.views = [v for v in views if v.status not in (Status.PROPOSED, Status.RETRACTED)]
        self._by_subject: dict[str, list[FactView]] = defaultdict(list)
        names: dict[str, list[str]] = defaultdict(list)
        for view in self.views:
            fact = view.fact
            if fact.field in _NAMING:
                names[fact.subject].insert(0 if fact.field == "name" else len(names[fact.subject]), fact.value)
            else:
                names.setdefault(fact.subject, [])
                self._by_subject[fact.subject].append(view)
        self.aliases = dict(names)
        self.names: NameBook = book_of(names)
        self._display = {s: n[0] for s, n in names.items() if n}
        self._link()
        self._ready = Lock()
        self._postings: dict[str, list[int]] = {}

    def including(self, views: Iterable[FactView]) -> "FactBook":
        """This book with facts of further offers, found by subject alone: the ranking by words stays as it was."""
        self.warm()
        wider = copy(self)
        told = [v for v in views if v.status not in (Status.PROPOSED, Status.RETRACTED)]
        wider.views = [*self.views, *told]
        wider._by_subject = defaultdict(list, self._by_subject)
        for view in told:
            wider._by_subject[view.fact.subject] = [*wider._by_subject[view.fact.subject], view]
        wider._link()
        return wider

    # ------------------------------------------------------------ looking up

    def display(self, subject: str) -> str:
        return self._display.get(subject) or self.names.display(subject)

    def subjects(self, prefix: str = "") -> list[str]:
        return [s for s in self._by_subject if s.startswith(prefix)]

    def of(self, subject: str, *fields: str, superseded: bool = False) -> list[FactView]:
        """The facts of a subject, those of the given fields if any, current ones unless asked otherwise."""
        return [
            v
            for v in self._by_subject.get(subject, ())
            if (not fields or v.fact.field in fields) and (superseded or v.status in _SHOWN)
        ]

    def one(self, subject: str, field: str) -> FactView | None:
        found = self.of(subject, field)
        return found[0] if found else None

    def having(self, *fields: str) -> list[FactView]:
        wanted = set(fields)
        return [v for v in self.views if v.fact.field in wanted and v.status in _SHOWN]

    def replaced_by(self, view: FactView) -> list[FactView]:
        """The superseded facts that this one replaced."""
        return [
            v
            for v in self._by_subject.get(view.fact.subject, ())
            if v.superseded_by and v.superseded_by.id == view.fact.id
        ]

    # ------------------------------------------------------------ links

    def _link(self) -> None:
        self._models_by_licence: dict[str, list[str]] = defaultdict(list)
        self._models_by_vendor: dict[str, list[str]] = defaultdict(list)
        self._offers_by_model: dict[str, list[str]] = defaultdict(list)
        self._offers_by_provider: dict[str, list[str]] = defaultdict(list)
        for subject in self._by_subject:
            prefix, _, slug = subject.partition(":")
            if prefix == "model":
                self._link_model(subject)
            elif prefix == "offer":
                provider, _, model = slug.partition("/")
                self._offers_by_model[self._model_of(model)].append(subject)
                self._offers_by_provider[provider].append(subject)

    def _model_of(self, slug: str) -> str:
        """An offer may name the size ("llama-3.3-70b") of a model that is known without it."""
        plain = re.sub(r"-\d+(?:\.\d+)?b$", "", slug)
        known = f"model:{slug}" in self._by_subject or f"model:{plain}" not in self._by_subject
        return f"model:{slug if known else plain}"

    def _link_model(self, subject: str) -> None:
        for view in self.of(subject, "licence"):
            self._models_by_licence[_as_subject("licence", view.fact.value)].append(subject)
        for view in self.of(subject, "developer"):
            self._models_by_vendor[_as_subject("vendor", view.fact.value)].append(subject)

    def licences_of(self, model: str) -> list[str]:
        found = [_as_subject("licence", v.fact.value) for v in self.of(model, "licence")]
        return [s for s in dict.fromkeys(found) if s in self._by_subject]

    def vendor_of(self, model: str) -> str | None:
        view = self.one(model, "developer")
        return _as_subject("vendor", view.fact.value) if view else None

    def models_under(self, licence: str) -> list[str]:
        return list(dict.fromkeys(self._models_by_licence.get(licence, ())))

    def models_by(self, vendor: str) -> list[str]:
        return list(dict.fromkeys(self._models_by_vendor.get(vendor, ())))

    def offers_of(self, model: str) -> list[str]:
        return self._offers_by_model.get(model, [])

    def offers_by(self, provider: str) -> list[str]:
        return self._offers_by_provider.get(provider.partition(":")[2], [])

    def related(self, subject: str) -> list[str]:
        """The subjects whose facts speak of this one, itself first."""
        prefix = prefix_of(subject)
        if prefix == "model":
            vendor = self.vendor_of(subject)
            return [subject, *self.licences_of(subject), *self.offers_of(subject), *([vendor] if vendor else [])]
        if prefix == "licence":
            return [subject, *self.models_under(subject)]
        if prefix in ("vendor", "provider"):
            slug = subject.partition(":")[2]
            twins = [s for s in (f"vendor:{slug}", f"provider:{slug}") if s != subject and s in self._by_subject]
            return [subject, *twins, *self.models_by(f"vendor:{slug}"), *self.offers_by(subject)]
        if prefix == "regime":
            slug = subject.partition(":")[2]
            return [subject, *(s for s in self._by_subject if s.startswith((f"duty:{slug}/", f"rule:{slug}/")))]
        return [subject]

    def siblings(self, model: str) -> list[str]:
        """Other models of the same developer whose name begins alike."""
        vendor = self.vendor_of(model)
        stem = self.display(model).lower().replace("-", " ").split(" ")[0]
        mates = self.models_by(vendor) if vendor else []
        return [m for m in mates if m != model and self.display(m).lower().replace("-", " ").startswith(stem)]

    # ------------------------------------------------------------ ranking by words

    def _index(self) -> None:
        """Built when first needed: many questions are answered by subject and field alone."""
        self._docs: list[tuple[FactView, Counter[str], int]] = []
        frequency: Counter[str] = Counter()
        for view in self.views:
            if view.fact.field in _NAMING or view.status not in _SHOWN or view.fact.source_id is not None:
                continue  # a price table's rows are found by subject and field: thousands that say the same words
            bag = Counter(self._words(view))
            self._docs.append((view, bag, sum(bag.values())))
            frequency.update(bag.keys())
        count = max(1, len(self._docs))
        self._idf = {t: math.log(1 + (count - n + 0.5) / (n + 0.5)) for t, n in frequency.items()}
        self._unseen = math.log(1 + (count + 0.5) / 0.5)
        self._mean = sum(n for _, _, n in self._docs) / count
        postings: dict[str, list[int]] = defaultdict(list)
        for i, (_, bag, _) in enumerate(self._docs):
            for term in bag:
                postings[term].append(i)
        self._postings = dict(postings)

    def warm(self) -> None:
        """Make ready for ranking."""
        with self._ready:
            if not self._postings:
                self._index()

    def _words(self, view: FactView) -> tuple[str, ...]:
        fact = view.fact
        spec = FIELDS.get(fact.field)
        named = " ".join(self.aliases.get(fact.subject, [])[:6])
        text = " ".join([fact.statement, named, fact.locator, *fact.qualifiers.values(), spec.label if spec else ""])
        return _words_of(text, fact.value)

    def idf(self, term: str) -> float:
        self.warm()
        return self._idf.get(term, self._unseen)

    def rank(self, question: str, *, prefixes: Sequence[str] = (), limit: int = 20) -> list[RankedFact]:
        """Facts by the question's words, best first, with the share of the question's information they carry."""
        self.warm()
        asked = tuple(dict.fromkeys([*terms(question), *number_terms(question)]))
        query = expand(asked)
        total = sum(self.idf(t) for t in asked) or 1.0
        scores: dict[int, float] = defaultdict(float)
        covered: dict[int, float] = defaultdict(float)
        for term, weight in query.items():
            idf = self.idf(term)
            for i in self._postings.get(term, ()):
                _, bag, length = self._docs[i]
                tf = bag[term]
                scores[i] += weight * idf * tf * (_K1 + 1) / (tf + _K1 * (1 - _B + _B * length / self._mean))
                covered[i] += weight * idf
        wanted = tuple(f"{p}:" for p in prefixes)
        order = sorted(scores, key=lambda i: (-scores[i], self._docs[i][0].fact.key))
        found = [
            RankedFact(self._docs[i][0], scores[i], min(1.0, covered[i] / total))
            for i in order
            if not wanted or self._docs[i][0].fact.subject.startswith(wanted)
        ]
        return found[:limit]


@lru_cache(maxsize=20_000)
def _words_of(text: str, value: str) -> tuple[str, ...]:
    """The words of a fact; the books of other days ask for the same again."""
    return (*terms(text), *number_terms(text), *_value_term(value))


def number_terms(text: str) -> list[str]:
    """Large numbers as terms of their own, whatever their spelling."""
    return [f"#{n:.0f}" for n in numbers(text) if n >= 1000 and not (1900 <= n <= 2100)]


def _value_term(value: str) -> list[str]:
    found = number(value)
    return [f"#{found:.0f}"] if found is not None and found >= 1000 and len(value) < 40 else []


def _as_subject(prefix: str, value: str) -> str:
    return value if value.startswith(prefix + ":") else f"{prefix}:{value}"


def date_of(view: FactView) -> date | None:
    """The day that a date field says."""
    spec = FIELDS.get(view.fact.field)
    if spec is None or spec.type != "date":
        return None
    try:
        return date.fromisoformat(view.fact.value)
    except ValueError:
        return None
