"""Which fields a question asks for, by the words of asking that the vocabulary of facts has for each."""

import re
from functools import cache

from kb.facts.fields import FIELDS, FieldSpec
from kb.facts.spelling import corrected


@cache
def _pattern(spec: FieldSpec) -> re.Pattern[str] | None:
    if not spec.words:
        return None
    phrases = sorted(spec.words, key=len, reverse=True)
    bodies = (re.escape(p).replace(r"\ \.\.\.\ ", r"\b(?:\W+\w+){0,5}?\W+\b").replace(r"\ ", r"\s+") for p in phrases)
    return re.compile(rf"(?<!\w)(?:{'|'.join(bodies)})(?!\w)", re.IGNORECASE)


@cache
def _vocabulary() -> frozenset[str]:
    return frozenset(w for spec in FIELDS.values() for phrase in spec.words for w in phrase.split() if w.isalpha())


def spelled(text: str) -> str:
    """The text with single slips in the words of asking put right: "licnese", "contxt window"."""
    return re.sub(r"(?<![\w.-])[a-z]{6,}(?![\w-])", lambda m: corrected(m.group(), _vocabulary()), text)


def fields_asked(text: str) -> list[FieldSpec]:
    """The fields whose words occur in the text, the longest match first."""
    text = spelled(text)
    found: list[tuple[int, int, FieldSpec]] = []
    for position, spec in enumerate(FIELDS.values()):
        pattern = _pattern(spec)
        spans = [m.end() - m.start() for m in pattern.finditer(text)] if pattern else []
        if spans:
            found.append((-max(spans), position, spec))
    return [spec for _, _, spec in sorted(found, key=lambda hit: hit[:2])]
