"""An article's sentences, with what is no claim set apart: headings, questions, promotion, references. Pure."""

import re
from collections.abc import Iterator

from bot.answer.text import sentence_spans
from bot.check.values import Piece

PROMOTION, REFERENCE, QUESTION, HEADING = "promotion", "reference", "question", "heading"
_TRAILER = re.compile(r"(?<=[.!?”\"])\s+Sources?\s*$")
_REFERENCE = re.compile(
    r"^\s*(?:[-*•]|\[?\d+[\].])?\s*.{0,160}?[\"“”].{4,220}[\"“”].{0,160}https?://|^\s*https?://\S+\s*$"
)
_PROMOTION = re.compile(
    r"\b(?:register (?:for|now|today)|sign up|subscribe|newsletter|webinar|book (?:a demo|your)|join us|early bird|"
    r"(?:buy|get|book|your) tickets?|sponsorships?|exhibitors?|our (?:ongoing )?coverage|follow us|click here|"
    r"read more|learn more|"
    r"contact (?:us|our)|free trial|taking place this|central theme at|(?:will be|is) a (?:core|major|central) "
    r"(?:topic|theme|focus)|upcoming \w+ (?:World )?Congress)\b",
    re.IGNORECASE,
)
_LONGEST_HEADING = 14  # words
_SHORTEST = 3  # words


def pieces(text: str) -> list[Piece]:
    """Sentences and lines in order; offsets are those of `text`."""
    heading, found = "", list[Piece]()
    for start, end in _lines(text):
        line = text[start:end]
        if _REFERENCE.search(line):
            found.append(Piece(line, start, heading, REFERENCE))
        elif _is_heading(line):
            heading = line.lstrip("#*- ").strip()
            found.append(Piece(line, start, heading, QUESTION if line.rstrip().endswith("?") else HEADING))
        else:
            found += [_piece(line[s:e], start + s, heading) for s, e in sentence_spans(line)]
    return found


def _lines(text: str) -> Iterator[tuple[int, int]]:
    for match in re.finditer(r"[^\n]+", text):
        line = _TRAILER.sub("", match.group())
        lead = len(line) - len(line.lstrip())
        if line.strip():
            yield match.start() + lead, match.start() + len(line.rstrip())


def _is_heading(line: str) -> bool:
    words = line.split()
    plain = not re.search(r"[.!:;”\"]\s*$", line)
    return line.startswith("#") or (plain and len(words) <= _LONGEST_HEADING and not _says(line))


def _says(line: str) -> bool:
    """A short line without a full stop may still state something: "Kimi K2.5 is Apache-licensed"."""
    verb = re.search(r"\b(?:is|are|was|were|has|have|costs?|supports?|applies|apply|beats?|runs?|uses?)\b", line)
    return bool(verb) and not line.rstrip().endswith("?") and not line.istitle()


def _piece(text: str, start: int, heading: str) -> Piece:
    return Piece(text, start, heading, _why_not(text))


def _why_not(text: str) -> str:
    if text.rstrip('”") ').endswith("?"):
        return QUESTION
    if len(text.split()) < _SHORTEST and not re.search(r"\d", text):
        return HEADING
    if _is_title(text):
        return HEADING
    promoted = _PROMOTION.search(text)
    # a sentence that states something first and advertises behind a comma still states it
    told = text[: promoted.start()] if promoted else ""
    if promoted and (not re.search(r"[,;]", told[-90:]) or re.match(r"To \w+", text)):
        return PROMOTION
    return ""


def _is_title(text: str) -> bool:
    """Nearly every word begins with a capital: a headline, which states nothing by itself."""
    words = [w for w in re.findall(r"[A-Za-z][\w’'-]*", text) if len(w) > 3]
    if re.search(r"\b(?:is|are|was|were|has|have|will|can|may|must)\b", text):
        return False
    return len(words) >= 6 and sum(w[0].isupper() for w in words) >= 0.75 * len(words)


VERBS = (
    r"(?:is|are|was|were|has|have|had|can(?:not)?|may|must|will|does|costs?|supports?|accepts?|offers?|"
    r"requires?|runs?|comes?|"
    r"ships?|uses?|needs?|handles?|takes?|allows?|excludes?|forbids?|bars?|applies|apply|remains?|exempts?|binds?|obliges?|carr(?:y|ies)|lets?)"
)
_CLAUSE = re.compile(
    r"\s*[—;]\s*|\s–\s|,\s+(?=(?:but|so|because|while|whereas|although|though|yet|however|which|and (?:which|"
    r"that|it|its|they)|"
    r"ensuring|eliminating|making|allowing|enabling|safeguarding|giving)\b)|\s+(?=(?:while|whereas|although)\s)|"
    rf",?\s+(?:and|but)\s+(?={VERBS}\b)|\s+(?=that (?:asks?|requires?|forbids?|bars?|allows?|lets?|excludes?|"
    rf"obliges?|demands?)\b)",
    re.IGNORECASE,
)


def clauses(text: str) -> list[tuple[int, int]]:
    """Where the clauses of a sentence lie."""
    spans, start = list[tuple[int, int]](), 0
    for match in _CLAUSE.finditer(text):
        if match.start() - start >= 12:
            spans.append((start, match.start()))
            start = match.end()
    return [*spans, (start, len(text))]
