"""Is a sentence supported by what it cites? Pure.

    names, numbers, dates, versions: exactly as in the evidence, or refused
    rules (bounds, words, words that exclude each other, who does what, negation, modality, time) and measures: weighed

The whole sentence by one piece of evidence, or else each of its parts by one: what two sources say of two things must
not become one thing.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.answer.verify import stance
from bot.answer.verify.figures import Figure
from bot.answer.verify.judge import judge
from bot.answer.verify.lexicon import (
    ACTORS,
    DENIALS,
    EXCLUSIVE,
    FREE,
    GENERIC,
    GLUE,
    NEGATORS,
    ROLES,
    VARIANTS,
    general_word,
    root,
)
from bot.answer.verify.measures import measures
from bot.answer.verify.nearness import has_vectors
from bot.answer.verify.parts import Piece, Thing, halves, holds, kin, meant, piece, same_figure, segments
from bot.answer.verify.polarity import polarity
from bot.answer.verify.reading import Token
from bot.answer.verify.swaps import apart, astray, reversed_, subjects_exchanged, swapped

_MISSING = 0.25  # share of a sentence's content words that may be new
_GENERAL = 0.25  # what a new word counts that says little of its own
_FEW, _FEWER, _SHORT = 1.0, 0.75, 5  # so much of them in any; in one of fewer words than five
_QUOTED = re.compile(r"[“\"]([^“”\"]{2,}?)[.,;]?[”\"]")
_IF_THAT = re.compile(r"\bif (?:this|that|it)\b")
_BEYOND_THAT = re.compile(r"\b(?:above|beyond|over|below|under) (?:that|which|it)\b")


@dataclass(frozen=True, slots=True)
class Statement:
    """What one piece of evidence says, and words around it (title, publisher, ...) that may be named with it."""

    text: str
    around: str = ""


def unsupported(text: str, statements: Sequence[Statement], *, near: bool = False) -> str | None:
    """Why the statements do not bear the sentence out; None if they do. `near`: it keeps near to their letter."""
    limit = judge().near if near else judge().limit
    claim = Piece(piece(text).tokens)
    evidence = [(piece(s.text), piece(s.around)) for s in statements if s.text.strip()]
    if not claim.roots or not evidence:
        return None if evidence else "it has no evidence"
    unquoted = _quoted(text, "\n".join(f"{s.text}\n{s.around}" for s in statements))
    if unquoted:
        return unquoted
    reasons = [_against(claim, said, around, limit) for said, around in evidence]
    if None in reasons or (len(evidence) > 1 and all(_in_parts(part, evidence, limit) for part in segments(claim))):
        return None
    return reasons[0]


def lost(composed: str, text: str) -> str | None:
    """The dates and numbers of a composed sentence are its point: a rewording keeps them."""
    whole = piece(text)
    things: list[Thing] = [*piece(composed).days, *piece(composed).figures]
    for thing in things:
        if not holds(whole, thing):
            return f"it lost {_written(thing)}"
    return None


def _in_parts(part: Piece, evidence: Sequence[tuple[Piece, Piece]], limit: float) -> bool:
    def borne_out(one: Piece) -> bool:
        return any(_against(one, said, around, limit) is None for said, around in evidence)

    return borne_out(part) or any(borne_out(left) and borne_out(right) for left, right in halves(part))


def _against(claim: Piece, said: Piece, around: Piece, limit: float) -> str | None:
    found = exactly(claim, said, around)
    if found:
        return found
    objecting = objections(claim, said, around)
    if has_vectors() and judge().doubt(weighed(claim, said, around, objecting)) < limit:
        return None
    return next(iter(objecting.values()), "its evidence does not bear it out" if has_vectors() else None)


def exactly(claim: Piece, said: Piece, around: Piece) -> str | None:
    """What cannot be said in other words: numbers, dates, names, versions."""
    return _hard(claim, said, around) or _variants(claim, said)


def objections(claim: Piece, said: Piece, around: Piece) -> dict[str, str]:
    """Why, by name of the rule; any of them may be wrong, so a judge weighs them."""
    found = {name: rule(claim, said, around) for name, rule in _RULES.items()}
    return {name: why for name, why in found.items() if why}


def weighed(claim: Piece, said: Piece, around: Piece, objecting: Mapping[str, str]) -> dict[str, float]:
    """What the judge is told."""
    return {**measures(claim, said, around), **{f"rule_{name}": 1.0 for name in objecting}}


def _hard(claim: Piece, said: Piece, around: Piece) -> str | None:
    for thing in claim.hard:
        named = isinstance(thing, Token | tuple)
        if not holds(said, thing) and not (named and holds(around, thing)):
            return f"{_written(thing)} is not in its evidence"
    return None


def _written(thing: Thing) -> str:
    if isinstance(thing, tuple):
        return "the number of " + " ".join(thing)
    if isinstance(thing, Token):
        return f"the name {thing.raw or thing.text}"
    return f"the number {thing.value:f} {thing.unit}".strip() if isinstance(thing, Figure) else f"the date {thing.key}"


def _variants(claim: Piece, said: Piece) -> str | None:
    """ "V4" where the evidence only ever says "V4 Pro" is another version."""
    for i, token in enumerate(claim.tokens):
        versioned = i in claim.labelled or (token.kind == "name" and any(c.isdigit() for c in token.text))
        if not versioned:
            continue
        seen = {
            _variant(said.tokens, j) for j, t in enumerate(said.tokens) if (t.text, t.kind) == (token.text, token.kind)
        }
        if seen and _variant(claim.tokens, i) not in seen:
            return f"its evidence speaks of another variant of {token.text}"
    return None


def _variant(found: Sequence[Token], i: int) -> str:
    behind = [t.text for t in found[i + 1 : i + 3]]
    behind = behind[1:] if behind[:1] == ["-"] else behind
    return behind[0] if behind and behind[0] in VARIANTS else ""


def _quoted(claim: str, said: str) -> str | None:
    """What stands in quotation marks stands so in the evidence."""
    have = _bare(said)
    for found in _QUOTED.findall(claim):
        if _bare(found) not in have:
            return f"“{found}” is not in its evidence"
    return None


def _bare(text: str) -> str:
    return " ".join(re.findall(r"[\w.+-]+", text.lower()))


def _bounds(claim: Piece, said: Piece) -> str | None:
    """ "At least" is not "up to", "until" is not "from", and a minimum must be said."""
    if _BEYOND_THAT.search(said.text) or ("whichever" in said.words and _IF_THAT.search(claim.text)):
        return None  # what holds up to a figure is said, and what beyond it
    for figure in claim.figures:
        seen = [f.bound for f in said.figures if same_figure(figure, f)]
        if figure.bound and seen and all(b and b != figure.bound for b in seen):
            return f"the bound of {figure.value:f} differs"
        if figure.bound == "lower" and seen and not any(seen):
            return f"its evidence sets no minimum of {figure.value:f}"
    for day in claim.days:
        seen = [d.bound for d in said.days if holds(Piece([said.tokens[d.at]]), day)]
        if day.bound and seen and all(b and b != day.bound for b in seen):
            return f"the bound of {day.key} differs"
    return None


def _words(claim: Piece, said: Piece, around: Piece) -> str | None:
    have = said.words | around.words
    flipped = [
        t.text
        for t in claim.tokens
        if t.text.startswith("non") and len(t.text) > 6 and t.text not in have and root(t.text[3:]) in have
    ]
    flipped += [t.text for t in claim.tokens if t.root not in have and "non" + t.text in have]
    if flipped:
        return f"its evidence does not say {flipped[0]}"
    new = sorted(r for r in claim.roots - have - FREE - _said_otherwise(claim, said) if not kin(r, have))
    put = _substituted(claim, said, frozenset(r for r in claim.roots - said.words - FREE if not kin(r, said.words)))
    if put:
        return f"{put} stands in the place of another word"
    general = {t.root for t in claim.tokens if general_word(t.text)}
    mass = sum(_GENERAL if r in general else 1.0 for r in new)
    if mass > (_FEWER if len(claim.roots) < _SHORT else max(_FEW, _MISSING * len(claim.roots))):
        return f"its words are not those of the evidence: {', '.join(new[:4])}"
    return None


def _said_otherwise(claim: Piece, said: Piece) -> frozenset[str]:
    """Words of denial, judged by their reach, and the unit of a figure that the evidence leaves without one."""
    denials = {t.root for t in claim.tokens if t.text in NEGATORS or t.root in DENIALS}
    bare = {f.value for f in said.figures if not f.unit}
    units = {t.root for f in claim.figures if f.unit and f.value in bare for t in claim.tokens[f.at + 1 : f.at + 3]}
    return frozenset(denials | units)


def _substituted(claim: Piece, said: Piece, new: frozenset[str]) -> str | None:
    """A word between the very words that surround another one in the evidence: a new one, or one that excludes it."""
    mine, theirs = _plain(claim), _plain(said)
    general = {t.root for t in claim.tokens if general_word(t.text)}
    around: dict[tuple[str, str], set[str]] = {}
    for before, word, behind in zip(theirs, theirs[1:], theirs[2:], strict=False):
        around.setdefault((before, behind), set()).add(word)
    for before, word, behind in zip(mine, mine[1:], mine[2:], strict=False):
        others = around.get((before, behind), set())
        gone = {o for o in others if o not in claim.words and not {word, o} <= GENERIC}
        if word not in others and ((word in new - general and gone) or others & EXCLUSIVE.get(word, frozenset())):
            return word
    return None


def _plain(whole: Piece) -> list[str]:
    """The content words and numbers in order, an end before and behind."""
    said = [t.root if t.kind in ("word", "name") else t.text for t in whole.tokens if _counts(t)]
    return ["", *said, ""]


def _counts(token: Token) -> bool:
    return token.kind in ("num", "date") or (token.kind in ("word", "name") and token.text not in GLUE)


def _exclusive(claim: Piece, said: Piece, around: Piece) -> str | None:
    """A provider is no deployer: of such words those count that stand in the very sentence that is meant."""
    for part in segments(claim):
        near = frozenset().union(*(s.words for s in meant(part, said)))
        for token in part.tokens:
            rivals = ACTORS if token.root in ROLES else EXCLUSIVE.get(token.root, frozenset())
            if token.text in GLUE or not rivals:
                continue
            unknown = token.root not in said.words and token.root not in around.words and rivals & said.words
            if unknown or (token.root not in near and EXCLUSIVE[token.root] & near):
                return f"its evidence says {min(rivals & said.words)}, not {token.text}"
    return None


def _stance(claim: Piece, said: Piece, kind: Callable[[Piece, Sequence[Piece], Piece], str | None]) -> str | None:
    parts = (part for part in segments(claim) if part.roots)
    return next((found for part in parts if (found := kind(part, meant(part, said), said))), None)


_RULES: Mapping[str, Callable[[Piece, Piece, Piece], str | None]] = {
    "bounds": lambda claim, said, _: _bounds(claim, said),
    "words": lambda claim, said, around: _words(claim, said, around),
    "exclusive": lambda claim, said, around: _exclusive(claim, said, around),
    "apart": apart,
    "astray": lambda claim, said, _: astray(claim, said),
    "subjects": lambda claim, said, _: subjects_exchanged(claim, said),
    "swapped": lambda claim, said, _: swapped(claim, said),
    "reversed": lambda claim, said, _: reversed_(claim, said),
    "polarity": lambda claim, said, _: _stance(claim, said, lambda part, _, whole: polarity(part, whole)),
    "modality": lambda claim, said, _: _stance(claim, said, stance.modality),
    "time": lambda claim, said, _: _stance(claim, said, lambda part, near, _: stance.time(part, near)),
}
