"""Pure: a text becomes passages that fit the embedding model, each with the headings above it.

::

    text -> lines -> sections (at headings) -> pieces (sentences, list items, table rows) -> packed -> passages

For every passage `text[start:end] == passage.text`, and every non-blank character lies in at least one of them.
A passage with its title and headings (`indexed_text`) has at most `max_tokens` word pieces: the model silently cuts
what is longer.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.context import context, cut_title
from kb.tokens import TokenSpans, packaged_spans
from kb.types import PassageDraft

MAX_TOKENS = 254  # the packaged model reads 256 with its two special tokens
OVERLAP_TOKENS = 50
HEADING_TOKENS = 64  # for the whole path
ONE_HEADING_TOKENS = 24
MAX_CHARS = 4000  # word pieces alone do not bound a text: a word of over 100 characters is one unknown piece

_MARKED = re.compile(r"(#{1,6})[ \t]+(\S.*)")
_BLANK = r"[ \t\xa0]"
_LEGAL = re.compile(
    rf"(?:Article|Chapter|Section|Annex|ARTICLE|CHAPTER|SECTION|ANNEX){_BLANK}+(?:\d+[a-z]{{0,2}}|[IVXLC]+)\b(.*)"
)
_MENTION = re.compile(rf"{_BLANK}*[,;(]|{_BLANK}+[a-z]|.*\.$")  # "Article 6 of this Act says ...", "Article 6(2)"
_ITEM = re.compile(r"\s*(?:[-*•–]|\(?(?:\d{1,3}|[a-z]{1,4})[.)])\s")
_SENTENCE_END = re.compile(r"[.!?]+[\"'”’)\]]*(?=\s+[\"'“‘(\[]*[A-Z0-9À-Þ])|[。！？]")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|cf|vs|v|No|Nos|Art|Arts|Sec|Fig|Dr|Mr|Mrs|Ms|Prof|Inc|Ltd|Co|Corp|St|approx|para|paras|pp|p|[A-Z]))\.$"
)
_LEGAL_LEVEL = 7  # below every marked heading


def indexed_text(title: str, heading_path: Sequence[str], text: str) -> str:
    """The text of a passage as embedded and indexed."""
    above = context(title, heading_path)
    return f"{above}\n{text}" if above else text


def chunk(
    text: str,
    *,
    title: str = "",
    max_tokens: int = MAX_TOKENS,
    overlap_tokens: int = OVERLAP_TOKENS,
    spans: TokenSpans | None = None,
) -> list[PassageDraft]:
    """Cut `text` into passages, in order. Room is left for `title`, the item's, which is embedded with each."""
    spans = spans or packaged_spans()
    drafts: list[PassageDraft] = []
    for section in _sections(text):
        path = _fitting_path(section.path, spans, max_tokens - len(spans(cut_title(title))))
        budget = max(max_tokens - len(spans(context(title, path))), max_tokens // 4)
        for start, end in _cut(text, section, budget, overlap_tokens, spans):
            drafts.append(
                PassageDraft(ordinal=len(drafts), heading_path=path, start=start, end=end, text=text[start:end])
            )
    return drafts


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """(start, end) of each sentence of `text[start:end]`, outer white space left out."""
    end = len(text) if end is None else end
    for match in _SENTENCE_END.finditer(text, start, end):
        if _ABBREVIATION.search(text, start, match.end()):
            continue
        yield from _stripped(text, start, match.end())
        start = match.end()
    yield from _stripped(text, start, end)


# ---------------------------------------------------------------- sections


@dataclass(frozen=True, slots=True)
class _Section:
    path: tuple[str, ...]
    start: int
    end: int


def _heading_words(line: str) -> str:
    return " ".join(line.lstrip("#").split())


def _heading(line: str) -> tuple[int, str] | None:
    """Level and words of a heading line, None if it is none."""
    if marked := _MARKED.fullmatch(line.rstrip()):
        return len(marked[1]), _heading_words(line)
    legal = _LEGAL.fullmatch(line.strip())
    if legal and len(line) <= 120 and not _MENTION.match(legal[1]):
        return _LEGAL_LEVEL, " ".join(line.split())
    return None


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        yield start, stop
        start = stop + 1


def _sections(text: str) -> Iterator[_Section]:
    """From heading to heading. A heading directly above a deeper one stays with it; the path is that of the deepest."""
    open_headings: list[tuple[int, str]] = []
    start, bare = 0, False  # bare: nothing but headings since `start`
    for at, stop in _lines(text, 0, len(text)):
        found = _heading(text[at:stop])
        if found is None:
            bare = bare and not text[at:stop].strip()
            continue
        deeper = bool(open_headings) and found[0] > open_headings[-1][0]
        if not (bare and deeper):
            if text[start:at].strip():
                yield _Section(_path(open_headings), start, at)
            start, bare = at, True
        open_headings = [*(h for h in open_headings if h[0] < found[0]), found]
    if text[start:].strip():
        yield _Section(_path(open_headings), start, len(text))


def _path(headings: Sequence[tuple[int, str]]) -> tuple[str, ...]:
    return tuple(heading for _, heading in headings if heading)


def _fitting_path(path: Sequence[str], spans: TokenSpans, room: int) -> tuple[str, ...]:
    """Long headings are cut at a word, then the middle of a deep path is left out: the ends say most."""
    allowed = min(HEADING_TOKENS, room // 3)
    fitting = [cut for heading in path if (cut := _first_words(heading, spans, min(ONE_HEADING_TOKENS, allowed)))]
    while fitting and len(spans(" > ".join(fitting))) > allowed:
        del fitting[1 if len(fitting) > 2 else 0]
    return tuple(fitting)


def _first_words(heading: str, spans: TokenSpans, limit: int) -> str:
    words = heading.split(" ")
    while words and len(spans(" ".join(words))) > limit:
        words.pop()
    return " ".join(words)[:300]


# ---------------------------------------------------------------- pieces


@dataclass(frozen=True, slots=True)
class _Piece:
    """The least unit that stays whole: a sentence, list item, table row or heading; part of one if it is too long."""

    start: int
    end: int
    opens: bool  # begins a paragraph, item or row


def _stripped(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _paragraphs(text: str, section: _Section) -> Iterator[tuple[int, int]]:
    """Runs of lines; a blank line, heading, list item or table row begins another."""
    start = section.start
    for at, stop in _lines(text, section.start, section.end):
        line = text[at:stop]
        if not line.strip() or _heading(line) or _ITEM.match(line) or " | " in line:
            yield from _stripped(text, start, at)
            start = at
            if _heading(line) or " | " in line:
                yield from _stripped(text, at, stop)
                start = stop
    yield from _stripped(text, start, section.end)


def _pieces(text: str, section: _Section, budget: int, spans: TokenSpans) -> Iterator[_Piece]:
    for start, end in _paragraphs(text, section):
        whole = " | " in text[start:end] and _fits(text[start:end], budget, spans)
        sentences = [(start, end)] if whole else list(sentence_spans(text, start, end))
        for first, last in sentences:
            for a, b in _parts(text, first, last, budget, spans):
                yield _Piece(a, b, opens=a == start)


def _fits(text: str, budget: int, spans: TokenSpans) -> bool:
    if len(text) <= budget // 2:  # a word piece has a character at least; half is for those that normalising adds
        return True
    return len(text) <= MAX_CHARS and len(spans(text)) <= budget


def _parts(text: str, start: int, end: int, budget: int, spans: TokenSpans) -> Iterator[tuple[int, int]]:
    """One sentence, or, if it is over the budget, parts of it cut between words, at worst inside one."""
    while not _fits(text[start:end], budget, spans):
        cut = start + _longest_fit(text[start:end], budget, spans)
        yield from _stripped(text, start, cut)
        start = cut
    yield from _stripped(text, start, end)


def _longest_fit(text: str, budget: int, spans: TokenSpans) -> int:
    """How many characters of `text`, at least one, make a part that fits; up to a blank if there is one."""
    head = text[:MAX_CHARS]
    offsets = spans(head)
    size = offsets[budget][0] if len(offsets) > budget else len(head)
    blank = max(head.rfind(mark, size // 2, size) for mark in " \n\t")
    size = blank if blank > 0 else size
    # A word cut in two may have more pieces than it had whole, so the count is taken again.
    while size > 1 and not _fits(head[:size], budget, spans):
        size = size * 9 // 10
    return max(size, 1)


# ---------------------------------------------------------------- packing


def _cut(text: str, section: _Section, budget: int, overlap: int, spans: TokenSpans) -> Iterator[tuple[int, int]]:
    if _fits(text[section.start : section.end], budget, spans):
        yield from _stripped(text, section.start, section.end)
        return
    pieces = list(_pieces(text, section, budget, spans))
    count = _Counter(text, section, spans)
    first = 0
    while first < len(pieces):
        last = _last_that_fits(pieces, first, budget, count)
        if last + 1 < len(pieces):
            last = _better_break(pieces, first, last, budget, count)
        yield pieces[first].start, pieces[last].end
        if last + 1 == len(pieces):
            return
        first = _overlap_start(pieces, first, last, budget, overlap, count)


class _Counter:
    """Word pieces of any span of one section, from one reading of it; checked again where that could be too few."""

    def __init__(self, text: str, section: _Section, spans: TokenSpans) -> None:
        self._text, self._spans, self._origin = text, spans, section.start
        self._starts = [start for start, _ in spans(text[section.start : section.end])]

    def fits(self, start: int, end: int, budget: int) -> bool:
        if end - start > MAX_CHARS or self.estimate(start, end) > budget:
            return False
        return _fits(self._text[start:end], budget, self._spans)

    def estimate(self, start: int, end: int) -> int:
        return bisect_left(self._starts, end - self._origin) - bisect_left(self._starts, start - self._origin)


def _last_that_fits(pieces: Sequence[_Piece], first: int, budget: int, count: _Counter) -> int:
    start, last = pieces[first].start, first
    while last + 1 < len(pieces) and count.estimate(start, pieces[last + 1].end) <= budget:
        last += 1
    while last > first and not count.fits(start, pieces[last].end, budget):
        last -= 1
    return last


def _better_break(pieces: Sequence[_Piece], first: int, last: int, budget: int, count: _Counter) -> int:
    """The latest end of a paragraph, if the passage stays at least half full; else where it is."""
    for at in range(last, first - 1, -1):
        if count.estimate(pieces[first].start, pieces[at].end) < budget // 2:
            break
        if pieces[at + 1].opens:
            return at
    return last


def _overlap_start(pieces: Sequence[_Piece], first: int, last: int, budget: int, overlap: int, count: _Counter) -> int:
    """The next passage begins with the whole sentences that end this one, about `overlap` word pieces of them."""
    start = last + 1
    while (
        start - 1 > first
        and count.estimate(pieces[start - 1].start, pieces[last].end) <= overlap
        and count.fits(pieces[start - 1].start, pieces[last + 1].end, budget)
    ):
        start -= 1
    return start
