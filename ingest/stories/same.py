"""Do two entries tell the same news? Pure, symmetric, and blind to which of them came first.

A shared trait is evidence only where it names one piece of news (`StoryKey`): the caller leaves the others out.

::

    one address            the titles name no different versions, and lie near in time unless they are equal
    one title              and texts that do not contradict it; one name of the page makes up for any time between
    one text, to the word  and one title, or a text long enough to be nobody's template
    nearly one long text   and titles that share words and name the same versions
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.stories.canonical import canonical, slug
from ingest.stories.words import essence, marks, telling, title_words
from kb.types import StoryEntry

SHINGLE = 5  # words
LONG = 50  # words from which near-duplicates can be told from boilerplate
WHOLE = 25  # words that two texts have in common, all of them, by more than chance
NEAR, NEARLY_EQUAL = 0.8, 0.92  # Jaccard of shingles
ALIKE, UNLIKE = 0.8, 0.5  # share of the shorter text's words that stand in the other
TITLES_ALIKE = 0.4
LINKED = timedelta(days=60)  # an address with another title: a page that is linked again for other news
RETOLD = timedelta(days=120)  # a title or text that comes back: syndication, not a series
SAME_DAYS = timedelta(days=3)  # for titles of few words
FEW, MANY = 2, 4  # telling words


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """An entry as far as it is compared."""

    item_id: int
    source_id: int
    address: str
    slug: str
    title: tuple[str, ...]
    telling: frozenset[str]
    marks: frozenset[str]
    says: tuple[str, ...]
    published_at: datetime | None


def sketch(entry: StoryEntry) -> Sketch:
    title = title_words(entry.title, (entry.publisher, entry.source_title))
    address = canonical(entry.url)
    return Sketch(
        item_id=entry.item_id,
        source_id=entry.source_id,
        address=address,
        slug=slug(address),
        title=title,
        telling=telling(title),
        marks=marks(title),
        says=essence(title, entry.text),
        published_at=entry.published_at,
    )


def same(one: Sketch, other: Sketch, *, by: str) -> bool:
    """`by` is the kind of the trait that they share: "url", "title", "text" or "band"."""
    return _BY[by](one, other)


def _one_address(one: Sketch, other: Sketch) -> bool:
    if one.title == other.title:
        return True
    if one.source_id == other.source_id or (one.marks - other.marks and other.marks - one.marks):
        return False
    return within(one, other, LINKED, undated=True)


def _one_title(one: Sketch, other: Sketch) -> bool:
    if one.title != other.title:
        return False
    named = bool(one.slug) and one.slug == other.slug
    shared = overlap(one, other)
    if named and (shared is None or shared >= UNLIKE):
        return True
    if one.source_id == other.source_id:
        return shared is not None and shared >= ALIKE and within(one, other, RETOLD, undated=True)
    if shared is not None and shared < UNLIKE:
        return False
    if len(one.telling) >= MANY:
        return within(one, other, RETOLD, undated=True)
    alike = shared is not None and shared >= ALIKE
    return len(one.telling) >= FEW and (alike or within(one, other, SAME_DAYS, undated=False))


def _one_text(one: Sketch, other: Sketch) -> bool:
    if not one.says or one.says != other.says:
        return False
    if one.title == other.title:
        return within(one, other, RETOLD, undated=True)
    return len(one.says) >= WHOLE and one.marks == other.marks and within(one, other, RETOLD, undated=True)


def _near_text(one: Sketch, other: Sketch) -> bool:
    if one.marks != other.marks or not within(one, other, RETOLD, undated=True):
        return False
    nearness = jaccard(shingles(one.says), shingles(other.says))
    titles = jaccard(one.telling, other.telling)
    return nearness >= NEARLY_EQUAL or (nearness >= NEAR and titles >= TITLES_ALIKE)


_BY = {"url": _one_address, "title": _one_title, "text": _one_text, "band": _near_text}


def within(one: Sketch, other: Sketch, span: timedelta, *, undated: bool) -> bool:
    if one.published_at is None or other.published_at is None:
        return undated
    return abs(one.published_at - other.published_at) <= span


def overlap(one: Sketch, other: Sketch) -> float | None:
    """The share of the shorter text's words that stand in the other; None where one says nothing to compare."""
    first, second = frozenset(one.says), frozenset(other.says)
    return len(first & second) / min(len(first), len(second)) if first and second else None


def shingles(says: tuple[str, ...]) -> frozenset[str]:
    return frozenset(" ".join(says[n : n + SHINGLE]) for n in range(max(1, len(says) - SHINGLE + 1)))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one or other else 0.0
