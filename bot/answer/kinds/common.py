"""What composers share: a fact said with its status and date, passages quoted, gaps named. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.answer.book import FactBook, date_of
from bot.answer.dates import days_in, written
from bot.answer.kinds.trust import borne_out
from bot.answer.text import sentence_spans, site_of, terms
from bot.answer.values import Evidence, Gathered, Line, Quote, Understood
from kb.facts.fields import FIELDS, prefix_of
from kb.types import FactView, Hit, Status, Tier

NOT_LEGAL = "This is not legal advice; have counsel check it against your case."
NO_COSTS = "Costs were not computed: no monthly figures for your volume are part of this answer."
PRICE_FIELDS = frozenset(
    {"price_input", "price_output", "price_cache_read", "price_batch_input", "price_batch_output", "price_per_hour"}
)
_TELLING_COSINE = 0.40  # ../shared/MODELS.md: keeps 94% of answerable questions, refuses 96% of the others


@dataclass(frozen=True, slots=True)
class Case:
    """All that a composer may look at."""

    read: Understood
    book: FactBook
    gathered: Gathered

    def names(self, subjects: Iterable[str]) -> list[str]:
        return [self.book.display(s) for s in subjects]


def confirmed_on(view: FactView) -> date:
    """The day for which the fact's source was read as current."""
    fact = view.fact
    return max(fact.checked_on or fact.known_from, fact.known_from)


def say(view: FactView, section: str = "", *, lead: str = "") -> Line:
    """A fact as a sentence, with what its status and tier demand."""
    fact = view.fact
    text = fact.statement.strip()
    evidence: tuple[Evidence, ...] = (Evidence(view),)
    if view.status is Status.SUPERSEDED and view.superseded_by:
        text, evidence = superseded_text(view), (Evidence(view), Evidence(replacement(view)))
    elif view.status is Status.DISPUTED:
        text = f"Disputed between sources: {text}"
    elif fact.tier is Tier.OPINION:
        text = f"Claimed by {fact.publisher}, not confirmed: {text}"
    if fact.field in PRICE_FIELDS and (view.stale or not days_in(fact.statement)):
        text = (
            f"{text} (As of "
            f"{written(confirmed_on(view))}{'; not confirmed since, may have changed' if view.stale else ''}.)"
        )
    return Line(f"{lead}{text}", evidence, section=section, literal=True)


def replacement(view: FactView) -> FactView:
    """The superseding fact as a view of its own, for citing."""
    assert view.superseded_by is not None
    return FactView(fact=view.superseded_by, status=Status.IN_FORCE)


def superseded_text(view: FactView) -> str:
    new = view.superseded_by
    old = view.fact
    assert new is not None
    said = f"Superseded: {old.statement.strip()}"
    if new.source_url == old.source_url:
        return f"{said} This was replaced on {written(new.valid_from or new.known_from)}."
    return f"{said} This was replaced by {new.source_title} ({written(new.known_from)})."


def say_all(views: Iterable[FactView], section: str = "") -> list[Line]:
    return [say(v, section) for v in unique(views)]


def unique(views: Iterable[FactView]) -> list[FactView]:
    """Each fact once; two sources that give the same figure for the same thing are one statement."""
    seen: dict[object, FactView] = {}
    for view in views:
        fact = view.fact
        spec = FIELDS.get(fact.field)
        told = spec is None or spec.type == "text"
        key = (
            fact.id
            if told
            else (fact.subject, fact.field, fact.value, tuple(sorted(fact.qualifiers.items())), view.status)
        )
        seen.setdefault(key, view)
    return list(seen.values())


def with_disputes(case: Case, views: Iterable[FactView]) -> list[FactView]:
    """A disputed fact never comes alone: those that disagree with it stand right behind it."""
    result: list[FactView] = []
    for view in views:
        result.append(view)
        others = {f.id for f in view.disagrees_with}
        result.extend(v for v in case.book.of(view.fact.subject, view.fact.field) if v.fact.id in others)
    return unique(result)


def with_history(case: Case, views: Sequence[FactView], section: str) -> list[Line]:
    """What the given facts replaced, each named as superseded beside its successor."""
    old = [o for v in views for o in case.book.replaced_by(v) if o.fact.value != v.fact.value]
    return say_all(old, section)


def settle(lines: Sequence[Line]) -> list[Line]:
    """No sentence twice, in these words or nearly; opinion never alone."""
    kept: dict[str, Line] = {}
    seen: list[tuple[frozenset[str], frozenset[str]]] = []
    for line in lines:
        gist = _gist(line.text)
        if not any(gist[0] == marks and _alike(gist[1], words) for marks, words in seen):
            kept.setdefault(line.text, line)
            seen.append(gist)
    return borne_out(list(kept.values()))


_SAME = 0.72  # share of common words from which two sentences with the same names and figures are one


def _gist(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Names and figures, and all words: two sentences that agree in both say one thing."""
    tokens = re.findall(r"\w[\w.+-]*(?<![.-])", text)
    marks = frozenset(t for t in tokens if t.lower() != t or any(c.isdigit() for c in t)) - {"The", "A"}
    return marks, frozenset(t.lower() for t in tokens)


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= _SAME * len(one | other)


def missing_names(case: Case) -> list[str]:
    """A note for each name of the right shape that we do not hold."""
    return [
        f"The knowledge base holds nothing on {name}; facts of other versions are not carried over to it."
        for name in case.read.unknown
    ]


def on_unknown(case: Case) -> list[Line]:
    """What has been checked about a name that we hold no facts of: rumours are on record as rumours."""
    wanted = [frozenset(terms(name)) for name in case.read.unknown]
    views = [
        v
        for s in case.book.subjects("claim:")
        for v in case.book.of(s)
        if any(name <= frozenset(terms(f"{v.fact.statement} {case.book.display(s)}")) for name in wanted)
    ]
    return say_all(views[:4], "Checked before")


def overdue(views: Iterable[FactView]) -> list[str]:
    """One note on what is past its confirmation."""
    stale = [v for v in views if v.stale]
    if not stale:
        return []
    oldest = min(confirmed_on(v) for v in stale)
    return [
        f"Some of these facts are past their check date (oldest confirmed {written(oldest)}); they may have changed."
    ]


def used_views(lines: Iterable[Line]) -> list[FactView]:
    return unique(e.view for line in lines for e in line.evidence if e.view)


def label_of(field: str) -> str:
    spec = FIELDS.get(field)
    return spec.label if spec else field.replace("_", " ")


# ---------------------------------------------------------------- passages


def telling(hit: Hit, asked: frozenset[str], least: float = 0.5) -> bool:
    """Does the passage bear on the question: near in meaning, and sharing its telling words?"""
    shared = len(asked & frozenset(terms(hit.passage.text + " " + hit.passage.title)))
    overlap = shared / len(asked) if asked else 0.0
    near = hit.cosine is None or hit.cosine >= _TELLING_COSINE
    return near and (overlap >= least or ((hit.cosine or 0.0) >= 0.6 and overlap >= 0.34))


def passage_lines(
    case: Case, section: str = "", *, limit: int = 3, least: float = 0.6, must_name: bool = False
) -> list[Line]:
    """The best sentences of the best passages, verbatim, each from another story.

    `must_name`: the question is about something named, so the passage or its title must name it too.
    """
    asked = frozenset(terms(case.read.question))
    lines: list[Line] = []
    stories: set[str] = set()
    for hit in case.gathered.hits:
        passage = hit.passage
        if not passage.quotable or passage.story_key in stories or not telling(hit, asked, least):
            continue
        if (must_name and not _names_one(case, hit)) or not _names_all(case, hit):
            continue
        span = best_span(passage.text, asked)
        if span:
            stories.add(passage.story_key)
            lines.append(quote_line(hit, span, section))
        if len(lines) == limit:
            break
    return lines


def _names_one(case: Case, hit: Hit) -> bool:
    said = frozenset(terms(f"{hit.passage.title} {hit.passage.text}"))
    return any(frozenset(terms(m.words)) <= said for m in case.read.mentions)


_PROPER = re.compile(r"(?<=[a-z,] )[A-Z][\w.-]*\w")


def _names_all(case: Case, hit: Hit) -> bool:
    """A name that we hold nothing on must stand in the passage, or the passage is about something else."""
    said = frozenset(terms(f"{hit.passage.title} {hit.passage.text}"))
    return all(frozenset(terms(n)) <= said for n in unheld_names(case))


def unheld_names(case: Case) -> list[str]:
    """Proper names of the question that are no subject of ours."""
    known = " ".join(m.words for m in case.read.mentions)
    return [n for n in _PROPER.findall(case.read.question) if n not in known]


def quote_line(hit: Hit, span: str, section: str) -> Line:
    passage = hit.passage
    day = passage.published_at.date() if passage.published_at else passage.known_from.date()
    quote = Quote(
        span,
        None,
        passage.title,
        passage.publisher,
        passage.url,
        day,
        int(passage.tier),
        passage.version_id,
        passage.known_from.date(),
    )
    return Line(
        f"{passage.publisher or site_of(passage.url)} ({written(day)}): “{flat(span)}”",
        (Evidence(quote=quote),),
        section=section,
        literal=True,
    )


def flat(text: str) -> str:
    """A quotation on one line; what is stored keeps its breaks."""
    return re.sub(r"\s+", " ", text).strip()


_LINK = re.compile(r"https?://|www\.|\]\(")


def best_span(text: str, asked: frozenset[str], *, longest: int = 420) -> str:
    """The sentence (with its neighbour if that says more) that shares most with the question."""
    spans = [
        (s, e)
        for s, e in sentence_spans(text)
        if 30 <= e - s <= longest and not text[s:e].startswith("#") and " | " not in text[s:e]
    ]
    spans = [(s, e) for s, e in spans if not _LINK.search(text[s:e])]
    scored = [(len(asked & frozenset(terms(text[s:e]))), -(e - s), s, e) for s, e in spans]
    best = max(scored, default=None)
    if best is None or best[0] == 0:
        return ""
    return text[best[2] : best[3]]


# ---------------------------------------------------------------- picking facts


def fields_for(prefix: str, fields: Sequence[str]) -> list[str]:
    """Those of the asked fields that this kind of subject has."""
    return [f for f in fields if f in FIELDS and (not FIELDS[f].subjects or prefix in FIELDS[f].subjects)]


def asked_facts(case: Case, subjects: Sequence[str], fields: Sequence[str]) -> list[FactView]:
    """The asked fields of the subjects and of what they are linked to, in the order asked."""
    found: list[FactView] = []
    for subject in subjects:
        for field in fields:
            for other in case.book.related(subject):
                if other != subject and not _reaches(prefix_of(subject), prefix_of(other), field):
                    continue
                found.extend(case.book.of(other, field))
    return unique(found)


def _reaches(start: str, end: str, field: str) -> bool:
    """Which linked subjects may answer for another: a model's licence and offers do, a vendor's models do not."""
    spec = FIELDS.get(field)
    if spec is None or (spec.subjects and end not in spec.subjects):
        return False
    routes = {
        "model": ("licence", "offer", "vendor"),
        "vendor": ("provider", "vendor"),
        "provider": ("provider", "vendor"),
        "regime": ("duty", "rule"),
        "licence": (),
    }
    return end in routes.get(start, ())


def dated(case: Case, first: date | None, last: date | None, *, prefixes: Sequence[str] = ()) -> list[FactView]:
    """Facts whose own date lies between the days (both included), earliest first."""
    found = []
    for view in case.book.views:
        day = date_of(view)
        if (
            day is None
            or view.status is Status.SUPERSEDED
            or (prefixes and prefix_of(view.fact.subject) not in prefixes)
        ):
            continue
        if (first is None or day >= first) and (last is None or day <= last):
            found.append((day, view.fact.key, view))
    return [view for _, _, view in sorted(found, key=lambda d: d[:2])]


def without_names(case: Case) -> str:
    """The question without the names in it."""
    text = case.read.question
    for mention in case.read.mentions:
        text = text.replace(mention.words, " ")
    return text
