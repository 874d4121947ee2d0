"""Titles, versions and texts made comparable. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

READ_WORDS = 2000  # of a text; a copy that agrees so far is a copy
LEAST_TELLING = 4  # words that a feed's metadata leaves, from which a text says anything at all

_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*")
_QUOTES = re.compile(r"[\\'\"`´‘’‚“”„«»]")
_PARTING = re.compile(r"\s+(?:[|·•–—]|-|::?)\s+|\s*\|\s*|:\s+")
_EMPTY = (
    "a an and are as at be by for from how in into is it its new now of on or our that the their this to up via we "
    "what when why will with you your introducing announcing presenting launching meet say hello available"
)
_STOP = frozenset(_EMPTY.split())
# What aggregators and collectors attach to an entry; it tells of the entry, not of the news.
_ATTACHED = re.compile(
    r"(?:organi[sz]ation|source|score|points|comments?|comments url|article url|discussion|by|author|posted by|"
    r"submitted by|downloads|likes|stars|forks|type|tags|categor(?:y|ies)|read more|link)\s*:.*|"
    r"\W*[\d,.]+k?\W*(?:stars?|forks?|points|comments|likes|downloads)(?: today| this (?:week|month))?\W*",
    re.I,
)
_MONTHS = "january february march april may june july august september october november december"
_SHORT_MONTHS = "jan feb mar apr jun jul aug sep sept oct nov dec"
_SEASONS = "spring summer autumn fall winter q1 q2 q3 q4 h1 h2"
_NUMBERS = "one two three four five six seven eight nine ten first second third fourth fifth sixth seventh eighth ninth"
# Models and products of one family differ in these.
_SIZES = (
    "mini nano micro tiny small medium large xl xxl base pro plus max ultra lite light flash turbo fast haiku sonnet "
    "opus thinking instruct chat coder code vision audio vl omni preview beta alpha rc next exp nightly"
)
_MARKS = frozenset(f"{_MONTHS} {_SHORT_MONTHS} {_SEASONS} {_NUMBERS} {_SIZES}".split())
_ROMAN = re.compile(r"[ivxlcdm]+")
_SERIES = "part phase volume vol chapter issue episode series round wave edition no number season"
_COUNTED = frozenset(_SERIES.split())


def title_words(title: str, names: Iterable[str] = ()) -> tuple[str, ...]:
    """A title's words without the site's name before or after it, case, quotes and punctuation; "v3.1" is "3.1"."""
    whole = words(title)
    own = {"".join(words(name)) for name in names} - {""}
    for parting in _PARTING.finditer(title):
        before, after = words(title[: parting.start()]), words(title[parting.end() :])
        if "".join(after) in own and before:
            return before
        if "".join(before) in own and after:
            return after
    return whole


def words(text: str) -> tuple[str, ...]:
    plain = _QUOTES.sub("", unicodedata.normalize("NFKC", text)).casefold()
    return tuple(re.sub(r"^v(?=\d)", "", word) for word in _WORD.findall(plain))


def telling(title: Iterable[str]) -> frozenset[str]:
    return frozenset(title) - _STOP


def marks(title: tuple[str, ...]) -> frozenset[str]:
    """What tells one of a series from the next: versions, dates, counts, sizes."""
    found = {word for word in title if word in _MARKS or any(letter.isdigit() for letter in word)}
    for before, word in pairwise(title):
        if before in _COUNTED and (len(word) == 1 or _ROMAN.fullmatch(word)):
            found.add(f"{before} {word}")
    return frozenset(found)


def essence(title: tuple[str, ...], text: str) -> tuple[str, ...]:
    """A text's words without what the feed attached and without the title; () when too few are left to say anything."""
    kept: list[str] = []
    for piece in re.split(r"\n+| \| ", text):
        if _ATTACHED.fullmatch(piece.strip()) or (found := words(piece)) == title:
            continue
        kept += found
        if len(kept) >= READ_WORDS:
            break
    return tuple(kept[:READ_WORDS]) if len(kept) >= LEAST_TELLING else ()
