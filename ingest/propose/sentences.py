"""A stored version as sentences, each with the place that makes it a verbatim quote."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kb.types import Tier

LONGEST = 600  # characters; what is longer is a list or a table that lost its shape, and no sentence

_END = re.compile(r"(?<=[.!?。])[\"”’)]*\s+(?=[\"“(]?[A-Z0-9])|\n+|\s\|\s")
_ABBREVIATED = re.compile(r"\b(?:v|vs|No|Nos|Art|e\.g|i\.e|Inc|Ltd|Corp|Dr|Mr|Ms|approx|U\.S|ca|Jan|Feb|Mar|Apr|Jun|"
                          r"Jul|Aug|Sept?|Oct|Nov|Dec)\.$")  # fmt: skip
_EDGE = " \t\r#*•-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What is asked of an item version. `published`: as its publisher states; None: nobody says when."""

    version_id: int
    item_id: int
    title: str
    text: str
    url: str
    publisher: str
    tier: Tier
    known_from: date
    published: date | None


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` stands to the letter in the title or in the text of `document`."""

    text: str
    document: Document
    place: str  # "title" | "text"


def sentences(document: Document) -> Iterator[Sentence]:
    """The title, then every sentence of the text that does not repeat it."""
    seen = set()
    for place, whole in (("title", document.title), ("text", document.text)):
        for piece in split(whole):
            if piece not in seen:
                seen.add(piece)
                yield Sentence(piece, document, place)


def split(text: str) -> Iterator[str]:
    """Sentences of prose, lines and cells of what is no prose; what is overlong is left out."""
    start = 0
    for end in (*_END.finditer(text), None):
        stop = end.start() if end else len(text)
        if end and end.group().isspace() and "\n" not in end.group() and _ABBREVIATED.search(text[start:stop]):
            continue
        piece = text[start:stop].strip(_EDGE)
        start = end.end() if end else stop
        if piece and len(piece) <= LONGEST:
            yield piece
