"""What pages are held against: believed facts, by subject and field, and those of them that a page cannot outrank."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from ingest.propose.found import Reading
from ingest.propose.names import Mention, Names
from ingest.propose.sentences import Document, Sentence
from kb.facts.values import date_spans, dates_in
from kb.facts.view import standings
from kb.types import PROPOSAL, Fact, FactEvent

_NEGATED = re.compile(
    r"\b(?:not|no|never|neither|nor|none|without|cannot|false(?!\s*$)|denies|denied)\b|n['’]t\b", re.I
)


@dataclass(frozen=True, slots=True)
class Known:
    facts: Mapping[tuple[str, str], Sequence[Fact]]  # by subject and field
    subjects: Mapping[str, Sequence[Fact]]
    denials: Sequence[Fact]  # whose statement says that something is not so
    shares: Sequence[Fact]  # measured shares, in per cent
    articles: Sequence[Fact]  # that cite a lettered point of an article
    days: frozenset[date]  # that any fact speaks of
    laws: Sequence[tuple[re.Pattern[str], str]]  # names of laws, and their subjects

    @classmethod
    def of(cls, facts: Iterable[Fact], events: Iterable[FactEvent] = ()) -> "Known":
        """Of facts that are believed: no proposals, nothing retracted or rejected."""
        rows = list(facts)
        standing = standings(rows, events)
        held = [f for f in rows if not f.key.startswith(PROPOSAL) and standing[f.id] not in ("retracted", "rejected")]
        by_field: dict[tuple[str, str], list[Fact]] = defaultdict(list)
        by_subject: dict[str, list[Fact]] = defaultdict(list)
        for fact in held:
            by_field[fact.subject, fact.field].append(fact)
            by_subject[fact.subject].append(fact)
        telling = [f for f in held if f.field not in ("name", "alias")]
        return cls(
            by_field,
            by_subject,
            denials=[f for f in telling if DENIAL.search(f.statement) and f.subject.startswith(_DENYING)],
            shares=[f for f in telling if f.subject.startswith("market:") and "%" in f.statement],
            articles=[f for f in telling if POINT.search(f.statement)],
            days=frozenset(day for fact in held for day in days_of(fact)),
            laws=[(re.compile(rf"\b{re.escape(f.value)}\b"), f.subject) for f in held if _is_law_name(f)],
        )


_DENYING = ("rule:", "duty:", "regime:")
DENIAL = re.compile(r"\b(?:no|not|never|none)\s+(?:been\s+|yet\s+|an?\s+)*(?P<what>[a-z]{4,})", re.I)
POINT = re.compile(
    r"\b(?:Article|Art\.?)?\s*(?P<article>\d{1,3})\((?P<paragraph>\d{1,2})\)"
    r"(?P<points>(?:(?:,| and| or|/)?\s*\([a-z]\))+)"
)


@dataclass(frozen=True)
class Claim:
    """One sentence of a page with what it names, and the facts that a page of its tier does not outrank."""

    sentence: Sentence
    names: Names
    known: Known

    @property
    def text(self) -> str:
        return self.sentence.text

    @property
    def document(self) -> Document:
        return self.sentence.document

    @property
    def day(self) -> date:
        return self.document.published or self.document.known_from

    @cached_property
    def reading(self) -> Reading:
        return Reading(self.sentence, self.names)

    @cached_property
    def models(self) -> Sequence[Mention]:
        return self.names.models(self.text, about=f"{self.document.title} {self.document.publisher}")

    @cached_property
    def dates(self) -> list[date]:
        return [day for _, _, day in date_spans(self.text)]

    @cached_property
    def negated(self) -> bool:
        return bool(_NEGATED.search(self.text))

    def better(self, subject: str, field: str = "") -> Iterator[Fact]:
        """Facts of a subject from sources better than the page's own."""
        rows = self.known.facts.get((subject, field), ()) if field else self.known.subjects.get(subject, ())
        return (fact for fact in rows if fact.tier < self.document.tier)

    def outranked_by(self, facts: Iterable[Fact]) -> Iterator[Fact]:
        return (fact for fact in facts if fact.tier < self.document.tier)


def _is_law_name(fact: Fact) -> bool:
    """Not the name of a place, which laws go by too."""
    long = len(fact.value.split()) > 1 or any(c.isdigit() for c in fact.value)
    return fact.subject.startswith("regime:") and fact.field in ("name", "alias") and long


def days_of(fact: Fact) -> set[date]:
    """Every day that a fact speaks of."""
    stated = {day for day in (fact.valid_from, fact.valid_to) if day}
    return stated | dates_in(fact.statement) | dates_in(fact.value)
