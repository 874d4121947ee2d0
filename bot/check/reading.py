"""Sentences -> clauses read: who is meant, what is counted, how far it reaches. Pure.

A pronoun or a bare "models" takes its side and its names from the sentence before, within one heading.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.answer.dates import date_mentions
from bot.answer.names import NameBook
from bot.answer.text import power_text
from bot.answer.values import Mention
from bot.check.kinds import kind_of, scope_of
from bot.check.quantities import quantities
from bot.check.said_of import CONTRASTED
from bot.check.split import clauses
from bot.check.values import CLOSED, MANAGED, OPEN, SELF_HOST, Piece, Reading

_I = re.IGNORECASE
_SIDES = (
    (MANAGED, re.compile(r"\bmanaged\b|\bhosted open\b|\binference providers?\b|\bthird-party platforms?\b", _I)),
    (SELF_HOST, re.compile(
        r"\bself-?host\w*|\bon-?prem\w*|\b(?:own|their|private|in-house) (?:infrastructure|hardware|servers?|"
            r"GPUs?|cloud|"
        r"data ?cent\w+)|\bsecure perimeter\b|\bwithin the perimeter\b", _I)),
    (CLOSED, re.compile(
        r"\bclosed(?:[- ](?:source|weights?|models?|LLMs?|systems?|vendors?|API))?\b(?!\s+(?:the|its|their|"
            r"to)\b)|\bproprietary"
        r" (?:models?|LLMs?|vendors?|systems?|nature|APIs?|tools?)|\bproprietary$|\bcommercial APIs?\b|"
            r"\bfrontier models?\b|"
        r"\bpay-per-token\b|\bAPI (?:usage|costs?|pricing|prices|providers?|vendors?)\b|\bvendors\b|\bclosed "
            r"AI\b", _I)),
    (OPEN, re.compile(r"\bopen[- ]?(?:source|weights?|models?|LLMs?)\b|\bopen (?=ecosystem|and closed|or closed)", _I)),
)  # fmt: skip
_PRONOUN = re.compile(
    r"\b(?:these|this|those|they|them|their|its?|such|the (?:models?|vendors?|systems?|providers?|practice|control))\b|"
    r"\bmodels\b|\bAPIs?\b|\b(?:the )?deployer\b|\bcustomi[sz]ation\b", _I
)  # fmt: skip
_SAME_MODELS = re.compile(
    r"\b(?:(?:its|their)\s+(?:\w+\s)?(?:weights?|licen[cs]es?|licensing|context|windows?|prices?|pricing|costs?|sizes?|parameters?|"
    r"API|terms|outputs?|inputs?|names?|release|retirement|makers?|developers?)|it|they|them|both|"
    r"(?:the|this|these|that) (?:models?|LLMs?|families))\b",
    _I,
)
_ANOTHER = re.compile(
    r"\b(?:our|my|another|some|an? (?:rival|other|internal|similar))\s(?:\w+\s)?(?:models?|LLMs?|systems?)\b", _I
)
_JOINS = re.compile(r"(?:\s*(?:,|and|or|&|/|both|as well as)\s*)+(?:the\s+)?", _I)
_MOST_CARRIED = 12  # "they", after "the GPT series", means none of its members
_CASED = re.compile(r"\b(?:open|closed|code|meta|together|act|scale|lambda|modal|fireworks)\b")


@dataclass(slots=True)
class _Before:
    """What the sentences so far have spoken of, under the present heading."""

    heading: str = ""
    sides: frozenset[str] = frozenset()
    mentions: tuple[Mention, ...] = ()
    asked: dict[str, str] = field(default_factory=dict)


def readings(pieces: Iterable[Piece], names: NameBook, day: date) -> Iterator[tuple[Piece, list[Reading]]]:
    """Every piece that may claim something, with its clauses."""
    before = _Before()
    for piece in pieces:
        if piece.heading != before.heading:
            before = _Before(piece.heading, sides_in(piece.heading))
        if piece.set_apart:
            continue
        spans = clauses(piece.text)
        whole = [(0, len(piece.text))] if len(spans) > 1 else []  # what is said across clauses
        yield piece, [_read(piece, start, end, names, day, before) for start, end in [*spans, *whole]]
        own_sides, own = sides_in(piece.text), _mentions(piece.text, names)[0]
        before.sides = own_sides or before.sides
        if not (
            _lacks(own, piece.text) and before.mentions
        ):  # "its weights are under MIT" speaks of the same model still
            before.mentions = subject(own, piece.text) or before.mentions


def sides_in(text: str) -> frozenset[str]:
    return frozenset(side for side, pattern in _SIDES if pattern.search(text))


def side_before(sentence: str, at: int) -> str:
    """The side named last before a place in a sentence; "" where none is."""
    last = ((max((m.start() for m in pattern.finditer(sentence[:at])), default=-1), side) for side, pattern in _SIDES)
    place, side = max(last)
    return side if place >= 0 else ""


def _read(piece: Piece, start: int, end: int, names: NameBook, day: date, before: _Before) -> Reading:
    text = piece.text[start:end]
    own, unknown = _mentions(text, names)
    whole, _ = _mentions(piece.text, names)
    leans = bool(_PRONOUN.search(text))
    named = tuple(m for m in whole if m.end <= start)
    carried = (
        ()
        if unknown or _ANOTHER.search(text)
        else subject(named, piece.text) or (before.mentions if _SAME_MODELS.search(text) else ())
    )
    leans = leans or piece.heading.endswith("?")  # an answer takes its subject from the question
    sides = sides_in(text) or sides_in(piece.text) or (before.sides if leans else frozenset())
    plain = power_text(text)
    return Reading(
        text=text,
        start=piece.start + start,
        sentence=piece.text,
        kind=kind_of(text, piece.text, day),
        sides=sides,
        carried=before.sides,
        mentions=own + tuple(m for m in carried if _is_model(m)) if _lacks(own, text) else own or carried,
        own=own,
        unknown=unknown,
        quantities=quantities(plain),
        dates=tuple(date_mentions(text, day)),
        scope=scope_of(text),
        day=day,
    )


def subject(mentions: Sequence[Mention], text: str) -> tuple[Mention, ...]:
    """What a further clause speaks of: the first model and those listed with it, not the one that it was measured by.

    A licence goes along where no model is named; vendors, regimes and duties always do.
    """
    mentions = [m for m in mentions if not CONTRASTED.search(text[: m.start])]
    models = [m for m in mentions if _is_model(m)]
    mentions = [m for m in mentions if m not in models or len(m.subjects) <= _MOST_CARRIED]
    models = [m for m in models if m in mentions]
    kept: list[Mention] = []
    for mention in models:
        if not kept or _JOINS.fullmatch(text[kept[-1].end : mention.start]):
            kept.append(mention)
    others = [m for m in mentions if m not in models]
    if kept:
        others = [m for m in others if not any(s.startswith("licence:") for s in m.subjects)]
    return tuple(sorted([*kept, *others], key=lambda m: m.start))


def _lacks(own: tuple[Mention, ...], text: str) -> bool:
    """ "..., and its licence is MIT": a name stands in the clause, but not that of the model."""
    plain = re.sub(r"^\W*(?:and|but)\s", "", text)
    return bool(own) and not any(_is_model(m) for m in own) and bool(_SAME_MODELS.match(plain))


def _is_model(mention: Mention) -> bool:
    return any(s.startswith("model:") for s in mention.subjects)


def _mentions(text: str, names: NameBook) -> tuple[tuple[Mention, ...], tuple[str, ...]]:
    """Names in the text; an everyday word in small letters is none."""
    found, unknown = names.find(text)
    return tuple(m for m in found if not _CASED.fullmatch(m.words)), tuple(unknown)
