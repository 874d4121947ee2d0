"""Frozen values of the journey: one noun a stage (Understood, Gathered, Draft)."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from bot.answer.dates import Period
from kb.types import FactView, Hit, ItemVersion


class Kind(StrEnum):
    FACT = "fact"
    CHANGE = "change"
    COMPARISON = "comparison"
    PERMISSION = "permission"
    REGULATION = "regulation"
    DECISION = "decision"
    FOLLOW_UP = "follow_up"
    CLAIM = "claim"  # "is it true that ...", and pasted content that we are asked to believe
    UNANSWERABLE = "unanswerable"
    OUT_OF_SCOPE = "out_of_scope"
    HELP = "help"  # a greeting, thanks, "what can you do?"
    UNDERSPECIFIED = "underspecified"


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the question and the subjects it may mean. `family`: it named no version."""

    words: str
    subjects: tuple[str, ...]
    start: int
    end: int
    family: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """One of several sub-questions: "(a) Llama 2", with the subjects that it names."""

    label: str
    text: str
    subjects: tuple[str, ...]
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Amount:
    """A number the asker gave, in plain units, and the words it came from."""

    value: Decimal
    words: str


@dataclass(frozen=True, slots=True)
class UseCase:
    """What the question says of the asker's situation. A flag set is a word found, never a guess."""

    flags: frozenset[str] = frozenset()
    jurisdictions: tuple[str, ...] = ()  # "eu", "uk", "us", "us-co", ...
    roles: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()  # what they want to do: "output_training", "commercial", ...
    modalities: tuple[str, ...] = ()
    amounts: dict[str, Amount] = field(default_factory=dict)  # mau, revenue_month, revenue_year, requests_month, ...

    @property
    def empty(self) -> bool:
        return not (self.flags or self.jurisdictions or self.activities or self.modalities or self.amounts)


@dataclass(frozen=True, slots=True)
class News:
    """A question on what was announced or published: by whom ("" for anyone), on what, naming what."""

    publisher: str = ""
    topic: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    question: str
    kind: Kind
    today: date
    as_of: date
    mentions: tuple[Mention, ...] = ()
    unknown: tuple[str, ...] = ()  # names of the right shape that the knowledge base does not hold
    fields: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()
    options: tuple[str, ...] = ()  # "open", "closed", "self-host", "managed", "hybrid"
    period: Period | None = None
    parts: tuple[Part, ...] = ()
    urls: tuple[str, ...] = ()
    use_case: UseCase = UseCase()
    news: News | None = None
    article: str = ""  # whose claims are to be checked, whole, where a link or a long text was given
    in_scope: bool = True  # a word of the trade or a known name occurs
    resolved_from: Kind | None = None  # FOLLOW_UP where the kind came from the thread
    thread: dict[str, object] = field(default_factory=dict)

    @property
    def subjects(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(s for m in self.mentions for s in m.subjects))

    def of(self, prefix: str) -> tuple[str, ...]:
        return tuple(s for s in self.subjects if s.startswith(prefix + ":"))


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim span of a stored version."""

    text: str
    version: ItemVersion | None
    title: str
    publisher: str
    url: str
    published_at: date | None
    tier: int
    version_id: int
    known_from: date


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a sentence stands on: a fact (perhaps with the span that says it) or a quoted passage alone."""

    view: FactView | None = None
    quote: Quote | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence to be, with its evidence. `asked` are the asker's own words and numbers that it may repeat."""

    text: str
    evidence: tuple[Evidence, ...] = ()
    formula: str | None = None
    section: str = ""
    literal: bool = False  # a quotation or a reviewed statement: no generator may reword it

    @property
    def kind(self) -> str:
        if self.formula:
            return "computed"
        return "quote" if any(e.quote for e in self.evidence) else "fact"


@dataclass(frozen=True, slots=True)
class DraftCell:
    text: str
    as_of: date | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftTable:
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[DraftCell, ...], ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """What composing made: the lines in order, and what is no statement about the world."""

    lines: tuple[Line, ...] = ()
    tables: tuple[DraftTable, ...] = ()
    questions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    abstained_because: str | None = None
    lead: str = ""  # plain opening of an answer without evidence: a refusal, a question back
    remember: dict[str, object] = field(default_factory=dict)  # computed inputs for a follow-up


@dataclass(frozen=True, slots=True)
class RankedFact:
    view: FactView
    score: float  # BM25-like
    coverage: float  # share of the question's information that the fact's words carry, 0..1


@dataclass(frozen=True, slots=True)
class Gathered:
    """Evidence at hand. `hits` are passages; `recent` item versions of a period, newest first."""

    ranked: tuple[RankedFact, ...] = ()
    hits: tuple[Hit, ...] = ()
    recent: tuple[ItemVersion, ...] = ()
    news: tuple[Hit, ...] = ()  # passages of what was asked to be announced or published
    found: tuple[Hit, ...] = ()  # what the question itself found, best first, before anything narrower was looked for
