"""The day that an article states for itself: in a line of author and day, never within a sentence of its text. Pure."""

import re
from datetime import date

from bot.answer.dates import date_mentions

_HEAD_CHARS = 600
_MOST_WORDS = 14  # beside the date
_LABEL = re.compile(
    r"\b(?:published|posted|updated|dated?|written|last modified)\b[\s:]*(?:on\b|"
    r"at\b)?[\s:]*$",
    re.IGNORECASE,
)
_PLACE = re.compile(r"^\s*(?:[A-Z][\w.’'-]*,?\s+){0,4}(?:\([A-Z][\w ]+\)\s+)?$")  # "BERLIN, (Reuters) 11 June 2026 —"
_VERB = re.compile(
    r"\b(?:is|are|was|were|will|has|have|had|can|may|must|appl\w+|start\w*|begin\w*|became|releas\w+|"
    r"launch\w+|enter\w*|take[sn]?|"
    r"since|until|from|before|after|as of)\b",
    re.IGNORECASE,
)


def stated_day(text: str, today: date) -> date | None:
    """The first full date of the head that stands in a dateline and has come."""
    at = 0
    for line in text[:_HEAD_CHARS].splitlines(keepends=True):
        for mention in date_mentions(line, today):
            whole = mention.first == mention.last and re.search(r"\d{4}", line[mention.start : mention.end])
            if whole and mention.first <= today and _is_dateline(text[at : at + len(line)], mention.start, mention.end):
                return mention.first
        at += len(line)
    return None


def _is_dateline(line: str, start: int, end: int) -> bool:
    before, behind = line[:start], line[end:]
    if _LABEL.search(before) and not _VERB.search(_LABEL.sub("", before)):
        return True
    if _PLACE.match(before) and re.match(r"^\s*(?:[—–]|--?\s)", behind):
        return True
    beside = f"{before} {behind}"
    ends = line.rstrip().endswith((".", "!", "?", ";", ":"))
    return not ends and len(beside.split()) <= _MOST_WORDS and not _VERB.search(beside)
