"""What a pattern finds, and the sentence with its names, dates and maker worked out once."""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from ingest.propose.doubt import doubtful
from ingest.propose.names import Mention, Names
from ingest.propose.sentences import Sentence
from kb.facts.values import date_spans

_TODAY = re.compile(r"\b(?:today|this (?:morning|afternoon)|now|as of today)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One fact that a sentence states. `said` is the subject as the sentence calls it."""

    kind: str  # "release" | "licence" | "threshold" | "price" | "duty" | "retirement"
    subject: str
    field: str
    value: str
    statement: str
    unit: str = ""
    valid_from: date | None = None
    qualifiers: Mapping[str, str] = dataclasses.field(default_factory=dict)  # `field` names a column here


@dataclass(frozen=True)
class Reading:
    """A sentence and what it names; everything is looked up when a pattern first asks."""

    sentence: Sentence
    names: Names

    @property
    def text(self) -> str:
        return self.sentence.text

    @property
    def title(self) -> str:
        return self.sentence.document.title

    @property
    def published(self) -> date | None:
        return self.sentence.document.published

    @cached_property
    def doubt(self) -> str | None:
        return doubtful(self.text)

    @cached_property
    def models(self) -> Sequence[Mention]:
        return self.names.models(self.text, about=f"{self.title} {self.sentence.document.publisher}")

    @cached_property
    def title_models(self) -> Sequence[Mention]:
        return self.names.models(self.title, about=self.sentence.document.publisher)

    @cached_property
    def vendors(self) -> Sequence[Mention]:
        return self.names.find(self.text, "vendor")

    @cached_property
    def publisher(self) -> str:
        """The slug of the vendor or provider that speaks, or nothing."""
        return self.names.vendor_of(self.sentence.document.publisher)

    @cached_property
    def dates(self) -> Sequence[tuple[int, int, date]]:
        return date_spans(self.text)

    @property
    def only_date(self) -> date | None:
        """The sentence's date, if it names one and no other."""
        days = {when for _, _, when in self.dates}
        return next(iter(days)) if len(days) == 1 else None

    @property
    def today(self) -> bool:
        return _TODAY.search(self.text) is not None

    def says(self) -> str:
        """Whose word it is, for a statement."""
        document = self.sentence.document
        return f"says {document.publisher or 'an unnamed publisher'} on {spoken(document.known_from)}"


def spoken(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
