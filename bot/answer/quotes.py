"""Where in the stored documents does it say so? Facts to verbatim spans.

A watched page (law, licence, terms) is one item; a fact's source is found among them by address or by the document's
own number ("2026/1744"). Within it the span must carry the fact's value in some written form; among those the one that
shares most telling words wins, the shorter first. Nothing close enough: the fact stands without a quotation.
"""

import math
import re
import time
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from threading import Lock

from bot.answer.dates import surface_forms
from bot.answer.kinds.common import flat
from bot.answer.text import number, numbers, sentence_spans, terms
from bot.answer.values import Draft, Evidence, Line, Quote
from kb.addresses import document_address
from kb.facts.fields import FIELDS
from kb.store import Store
from kb.types import Fact, ItemVersion, SourceRecord

_IDENTITY = re.compile(r"\b(?:\(EU\) )?(?:No )?(\d{4}/\d{3,4})\b|\b((?:SB|AB|HB) ?\d{2,3}-?\d{1,4})\b")
_RECORD = re.compile(r"\W*[a-z]+(?:_[a-z]+)*:\s+\S")
_UNSAID = frozenset({"name", "alias", "osi_approved"})  # what a document does not say of itself
_LONGEST, _LEAD = 480, 320
_IN_PLACE = 0.25
_TRIED = 400
_WORDS = 4  # telling words that a span must share where the value is words
_LEAST = 0.34  # share of the statement's information that a span must carry
_LEAST_TEXT = 0.5  # ... where the value is words
_LACKED = 0.15  # of the rarest word's information, for a word that the document lacks
_FEWEST, _TITLE = 4, 14  # words; fewer say nothing, more are no title
_TRUSTED = {True: 0.5, False: 0.8}  # times the least, inside the named article: with a value to be found, without
_KEEP = 24
_TRUSTED_S = 10.0


@dataclass(frozen=True, slots=True)
class Page:
    """A stored document cut into spans, each with its words."""

    version: ItemVersion
    spans: tuple[tuple[int, int], ...]
    bags: tuple[frozenset[str], ...]
    idf: Mapping[str, float]
    by_word: Mapping[str, tuple[int, ...]]


class Shelf:
    """Watched pages by address and document number, read from the store when first needed and when they changed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._pages: OrderedDict[int, Page] = OrderedDict()
        self._found: OrderedDict[tuple[int, tuple[int, ...]], Quote | None] = OrderedDict()
        self._versions: dict[int, tuple[datetime | None, float, list[ItemVersion]]] = {}

    def warm(self, *, as_of: date) -> None:
        """Cut the stored pages now, so that no question waits for it."""
        for version in self._documents(as_of, None)[:_KEEP]:
            self._page(version)

    def attach(self, draft: Draft, *, as_of: date, workspace_id: str | None) -> Draft:
        """Give each fact of the draft the span that says it, where one is stored."""
        documents = self._documents(as_of, workspace_id)
        if not documents:
            return draft
        return replace(draft, lines=tuple(self._line(line, documents) for line in draft.lines))

    def _line(self, line: Line, documents: Sequence[ItemVersion]) -> Line:
        return replace(line, evidence=tuple(self._evidence(e, documents) for e in line.evidence))

    def _evidence(self, evidence: Evidence, documents: Sequence[ItemVersion]) -> Evidence:
        if evidence.view is None or evidence.quote is not None:
            return evidence
        return replace(evidence, quote=self.quote_for(evidence.view.fact, documents))

    def quote_for(self, fact: Fact, documents: Sequence[ItemVersion]) -> Quote | None:
        """The best span for a fact; remembered as long as the same documents are stored."""
        if fact.field in _UNSAID:
            return None
        mine = [v for v in documents if is_source_of(v, fact)]
        key = (fact.id, tuple(v.id for v in mine))
        with self._lock:
            if key in self._found:
                return self._found[key]
        spans = [span for v in mine if (span := best_span(self._page(v), fact))]
        page, text, _ = max(spans, key=lambda s: s[2]) if spans else (None, "", 0)
        quote = quote_of(page.version, text) if page else None
        with self._lock:
            self._found[key] = quote
            while len(self._found) > 5000:
                self._found.popitem(last=False)
        return quote

    def _page(self, version: ItemVersion) -> Page:
        with self._lock:
            page = self._pages.get(version.id)
        if page is None:
            page = cut(version)
            with self._lock:
                self._pages[version.id] = page
                while len(self._pages) > _KEEP:
                    self._pages.popitem(last=False)
        return page

    def _documents(self, as_of: date, workspace_id: str | None) -> list[ItemVersion]:
        """The version of every watched page that was known at the end of the day, flagged ones left out."""
        found: list[ItemVersion] = []
        for source in self._store.sources.list(workspace_id=workspace_id):
            if source.kind != "page":
                continue
            known = [v for v in self._of_source(source) if v.known_from.date() <= as_of]
            latest: dict[int, ItemVersion] = {}
            for version in sorted(known, key=lambda v: v.version):
                latest[version.item_id] = version
            found += [v for v in latest.values() if v.quotable]
        return found

    def _of_source(self, source: SourceRecord) -> list[ItemVersion]:
        """All versions of a page source's items, read again when the source changed, and now and then in any case."""
        changed, now = source.state.last_changed_at, time.monotonic()
        with self._lock:
            cached = self._versions.get(source.id)
        if cached and cached[0] == changed and now - cached[1] < _TRUSTED_S:
            return cached[2]
        heads = self._store.items.heads(source.id)
        versions = [v for h in heads.values() for v in self._store.items.versions(h.item_id)]
        with self._lock:
            self._versions[source.id] = (changed, now, versions)
        return versions


def is_source_of(version: ItemVersion, fact: Fact) -> bool:
    """Same address, or the same document number in title, address or opening."""
    if fact.item_version_id == version.id or same_address(version.url, fact.source_url):
        return True
    wanted = identities(f"{fact.source_title} {fact.source_url}")
    if not wanted:
        return same_title(version.title, fact.source_title)
    return identities(f"{version.title} {version.url} {version.external_id}", first=True) <= wanted and bool(
        wanted & identities(f"{version.title} {version.url} {version.text[:600]}", first=True)
    )


def same_title(one: str, other: str) -> bool:
    left, right = terms(one), terms(other)
    return len(left) >= 2 and set(left) == set(right)


def same_address(one: str, other: str) -> bool:
    """One document, though its address may be written otherwise, or be that of the raw file."""
    return bool(document_address(one)) and document_address(one) == document_address(other)


def identities(text: str, *, first: bool = False) -> set[str]:
    """Document numbers in a text; `first`: only the one that names the document, not those it cites."""
    text = re.sub(r"/(\d{4})/(\d{3,4})(?=/|\b)", r" \1/\2 ", text)
    found = [re.sub(r"\s", "", (m.group(1) or m.group(2))) for m in _IDENTITY.finditer(text)]
    return set(found[:1] if first else found)


def cut(version: ItemVersion) -> Page:
    spans = tuple((s, e) for s, e in sentence_spans(version.text) if e - s >= 12)
    bags = tuple(frozenset(terms(version.text[s:e])) for s, e in spans)
    frequency = Counter(t for bag in bags for t in bag)
    idf = {t: math.log(1 + len(bags) / n) for t, n in frequency.items()}
    by_word: dict[str, list[int]] = {}
    for i, bag in enumerate(bags):
        for term in bag:
            by_word.setdefault(term, []).append(i)
    return Page(version, spans, bags, idf, {t: tuple(n) for t, n in by_word.items()})


def best_span(page: Page, fact: Fact) -> tuple[Page, str, float] | None:
    """The span that says the fact, and how well; None if none is close enough.

    Where the fact names an article that the document has, only a span inside it says the fact; with a value to be found
    it is trusted with fewer words. A recital yields to the enacting terms. Words that the whole document lacks count
    against it: what it never speaks of it cannot say.
    """
    asked = frozenset(terms(f"{fact.statement} {_value_words(fact)}"))
    known = {t: page.idf[t] for t in asked if t in page.idf}
    rarest = max(page.idf.values(), default=1.0)
    total = (sum(known.values()) + _LACKED * rarest * (len(asked) - len(known))) or 1.0
    must = _forms(fact)
    least = _LEAST if must else _LEAST_TEXT
    place = _place(page.version.text, fact.locator)
    recitals = page.version.text.find("HAVE ADOPTED THIS") if "ecital" not in fact.locator else -1
    best: tuple[float, str] | None = None
    for score, shared, i, inside in _promising(page, known, total, place, recitals):
        if best is not None and score <= best[0]:
            break
        start, end = page.spans[i]
        text = page.version.text[start:end]
        if (place is not None and not inside) or is_record(text) or (not must and is_title(text)):
            continue
        if must and not _carries(text, must, fact):
            continue
        common = [t for t in page.bags[i] if t in known]
        enough = shared >= least * (_TRUSTED[bool(must)] if inside else 1) and (must or len(common) >= _WORDS)
        if enough and not text.startswith("#") and end - start <= _LONGEST and (best is None or score > best[0]):
            best = (score, _with_lead(page.version.text, start, end))
    return (page, best[1], best[0]) if best else None


def is_record(text: str) -> bool:
    """A line of a catalogue about the document ("short_name: ..."), which is not its text."""
    return _RECORD.match(text) is not None


def is_title(text: str) -> bool:
    """A heading, a name or an address says nothing of itself: few words, and hardly one of them in small letters."""
    found = re.findall(r"[^\W\d_]{2,}", re.sub(r"https?://\S+", " ", text))
    small = sum(word[0].islower() for word in found)
    return len(found) < _FEWEST or (small <= len(found) // 3 and len(found) < _TITLE)


_ARTICLE = re.compile(r"\b(Article|Annex|Section|s\.)s?\s?(\d+|[IVX]+)\b", re.IGNORECASE)


def _place(text: str, locator: str) -> tuple[int, int] | None:
    """Where the article or annex that the locator names first stands."""
    named = _ARTICLE.search(locator)
    if not named or named.group(1).lower() in ("s.", "section"):
        return None
    kind = named.group(1)
    heading = re.search(rf"^#+ *{kind} {named.group(2)}\b", text, re.IGNORECASE | re.MULTILINE)
    if not heading:
        return None
    after = re.compile(r"^#+ *(?:Article|Annex) (?:\d+|[IVX]+)\b", re.IGNORECASE | re.MULTILINE).search(
        text, heading.end()
    )
    return heading.end(), after.start() if after else len(text)


def _promising(
    page: Page, known: Mapping[str, float], total: float, place: tuple[int, int] | None, recitals: int
) -> list[tuple[float, float, int, bool]]:
    """Spans by how much of the statement they share, best first: (score, share, index, inside the named article)."""
    shared: dict[int, float] = defaultdict(float)
    for term, idf in known.items():
        for i in page.by_word[term]:
            shared[i] += idf
    found = []
    for i, weight in shared.items():
        start, end = page.spans[i]
        inside = place is not None and place[0] <= start < place[1]
        bonus = _IN_PLACE * (inside - (start < recitals))
        found.append((weight / total - 0.0004 * (end - start) + bonus, weight / total, i, inside))
    return sorted(found, reverse=True)[:_TRIED]


def _value_words(fact: Fact) -> str:
    spec = FIELDS.get(fact.field)
    return fact.value if spec is None or spec.type in ("text", "date") else ""


def _forms(fact: Fact) -> tuple[str, ...]:
    """How the value may be written; empty where it is words."""
    spec = FIELDS.get(fact.field)
    if spec is not None and spec.type == "date":
        try:
            return surface_forms(date.fromisoformat(fact.value))
        except ValueError:
            return ()
    value = number(fact.value)
    return (str(value),) if value is not None else ()


def _carries(text: str, forms: tuple[str, ...], fact: Fact) -> bool:
    plain = flat(text).lower()
    if any(form.lower() in plain for form in forms):
        return True
    value = number(fact.value)
    return value is not None and value.normalize() in numbers(plain)


def _with_lead(text: str, start: int, end: int) -> str:
    """A list item alone ("2 December 2027 as regards ...") gets the line that introduces its list."""
    if not re.match(r"\W*[a-z0-9(]", text[start:end]) or re.match(r"\W*(?:if|the|a|an|you)\b", text[start:end], re.I):
        return text[start:end]
    window = text[max(0, start - _LEAD) : start]
    colon = window.rfind(":")
    if colon < 0 or "." in re.sub(r"\d\.", "", window[colon:]) or end - (start - len(window) + colon) > _LONGEST:
        return text[start:end]
    line_start = window.rfind("\n", 0, colon) + 1
    if line_start == 0 and start > _LEAD:
        return text[start:end]
    return text[start - len(window) + line_start : end].lstrip()


def quote_of(version: ItemVersion, text: str) -> Quote:
    """`text`, verbatim in the version, with what a citation of it needs."""
    day = (version.published_at or version.known_from).date()
    return Quote(
        text,
        version,
        version.title,
        version.publisher,
        version.url,
        day,
        int(version.tier),
        version.id,
        version.known_from.date(),
    )
