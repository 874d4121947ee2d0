"""Claims and evidence in pieces: what in a piece is hard, and which piece of the evidence is meant. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache

from bot.answer.verify.figures import Day, Figure, days, figures, pairs, same_day
from bot.answer.verify.lexicon import GLUE, VARIANTS, known
from bot.answer.verify.reading import WORD_NUMBERS, Token, tokens

_BREAK = frozenset(".;?!")
_TURNS = frozenset(("while", "whereas", "but", "though", "although"))
_CONDITIONS = frozenset(("if", "when", "where", "above", "from", "under", "for", "in"))
_OF_A_PLACE = frozenset(("n", "an", "ian", "ese", "ish"))
_SMALL = re.compile(r"[ivx]+$|b[ab]$|[a-h]$")  # how provisions are numbered
# a capitalised first word with one of these ends is a plain word
_ENDINGS = (
    "ing", "ed", "ly", "al", "tion", "tions", "ment", "ments", "ous", "ive", "able", "ary", "ity", "ness", "est", "th",
    "ants", "es",
)  # fmt: skip

Thing = Day | Figure | tuple[str, str] | Token


class Piece:
    """A sentence or a part of one, and what is in it."""

    def __init__(self, found: Sequence[Token]) -> None:
        self.tokens = tuple(found)

    @cached_property
    def roots(self) -> frozenset[str]:
        """The meanings of its content words."""
        return content(self.tokens)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word and name, as written and by meaning."""
        spoken = [t for t in self.tokens if t.kind in ("word", "name")]
        return frozenset(t.root for t in spoken) | frozenset(t.text for t in spoken)

    @cached_property
    def initials(self) -> str:
        """The first letters of its words in order, for names made of them."""
        return "".join(t.text[0] if t.kind in ("word", "name") and t.text != "of" else " " for t in self.tokens)

    @cached_property
    def days(self) -> tuple[Day, ...]:
        return tuple(days(self.tokens))

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        return frozenset(pairs(self.tokens))

    @cached_property
    def labelled(self) -> frozenset[int]:
        """Where numbers stand that number a provision or a version."""
        numbered = {n for _, path in self.pairs for n in re.findall(r"[^()]+", path)}
        return frozenset(
            i for i, t in enumerate(self.tokens) if t.kind == "num" and t.text in numbered and not t.scaled
        )

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """Numbers that count or measure."""
        return tuple(f for f in figures(self.tokens) if f.at not in self.labelled)

    @cached_property
    def hard(self) -> tuple[Thing, ...]:
        """Days, figures, numbered things and names: what cannot be said in other words."""
        return (*self.days, *self.figures, *sorted(self.pairs), *(t for t in self.tokens if is_name(t)))

    @cached_property
    def marks(self) -> frozenset[str]:
        return frozenset(str(t.text if isinstance(t, Token) else t) for t in self.hard)

    @cached_property
    def sentences(self) -> tuple["Piece", ...]:
        return tuple(Piece(s) for s in _split(self.tokens) if content(s))

    @property
    def text(self) -> str:
        return " ".join(t.text for t in self.tokens)


@lru_cache(maxsize=2000)
def piece(text: str) -> Piece:
    """A text read once: evidence comes again with every sentence that cites it."""
    return Piece(tokens(text))


def content(found: Iterable[Token]) -> frozenset[str]:
    return frozenset(t.root for t in found if is_content(t))


def is_content(token: Token) -> bool:
    return token.kind in ("word", "name") and token.text not in GLUE and len(token.text) > 1


def is_name(token: Token) -> bool:
    """A word that must stand in the evidence as it is; at the start of a sentence a capital alone tells nothing."""
    if token.kind != "name" or len(token.text) < 2 or _SMALL.match(token.text):
        return False
    if any(c.isdigit() for c in token.text) or (token.raw.isupper() and len(token.raw) > 1):
        return True
    if token.text in GLUE:
        return not token.start and token.text not in ("i", "us")
    return not token.start or not (known(token.text) or token.text.endswith(_ENDINGS))


def _split(found: Sequence[Token]) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    for token in found:
        if token.kind == "mark" and token.text in _BREAK:
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


def segments(claim: Piece) -> list[Piece]:
    """Parts that say one thing each: sentences, cut at "while", "but" and ", and"."""
    found: list[Piece] = []
    for sentence in claim.sentences:
        parts: list[list[Token]] = [[]]
        for i, token in enumerate(sentence.tokens):
            if token.text in _TURNS or (token.text == "and" and i and sentence.tokens[i - 1].text == ","):
                parts.append([])
            else:
                parts[-1].append(token)
        found += [p for p in map(Piece, parts) if p.roots or p.hard]
    return found


def halves(part: Piece) -> Iterator[tuple[Piece, Piece]]:
    """Every cut at "and" or a comma that leaves something hard on both sides; a condition is not cut off."""
    conditional = bool(part.tokens) and part.tokens[0].text in _CONDITIONS
    for i, token in enumerate(part.tokens):
        if token.text == "and" or (token.text == "," and not conditional):
            left, right = Piece(part.tokens[:i]), Piece(part.tokens[i + 1 :])
            if left.hard and right.hard:
                yield left, right


def meant(part: Piece, evidence: Piece) -> list[Piece]:
    """The sentences of the evidence that share most with a part."""
    scored = [(len(part.roots & s.roots) + 0.5 * len(part.marks & s.marks), s) for s in evidence.sentences]
    top = max((score for score, _ in scored), default=0.0)
    return [s for score, s in scored if score >= max(top - 0.6, 0.8 * top)]


def holds(evidence: Piece, thing: Thing) -> bool:
    """Does the evidence say this day, figure, numbered thing or name?"""
    if isinstance(thing, Day):
        return any(same_day(thing.key, day.key) for day in evidence.days)
    if isinstance(thing, Figure):
        return _holds_figure(evidence, thing)
    if isinstance(thing, Token):
        spoken = thing.text in evidence.words or thing.root in evidence.words
        return spoken or (thing.start and kin(thing.root, evidence.words)) or _alias(thing, evidence)
    label, path = thing
    tail = re.fullmatch(r"(.+)\((\w+)\)", path)
    apart = bool(tail and (label, tail[1]) in evidence.pairs and ("point", tail[2]) in evidence.pairs)
    return thing in evidence.pairs or label + path in evidence.words or apart


def _alias(name: Token, evidence: Piece) -> bool:
    """ "MAU" of "monthly active users", and "Korean" of "Korea"."""
    letters = name.raw.removesuffix("s")
    if len(letters) > 1 and letters.isupper() and letters.isalpha():
        return letters.lower() in evidence.initials or letters.lower() in evidence.words
    plain = name.text.isalpha() and name.text not in VARIANTS
    return plain and any(_demonym(name.text, other) for other in evidence.words if other.isalpha())


def _demonym(one: str, other: str) -> bool:
    """One is the other with a short ending."""
    short, long = sorted((one, other), key=len)
    return len(short) > 3 and long.startswith(short) and long[len(short) :] in _OF_A_PLACE


def _holds_figure(evidence: Piece, figure: Figure) -> bool:
    if any(same_figure(figure, other) and (figure.glued or not other.glued) for other in evidence.figures):
        return True
    if not figure.unit and any(
        t.text in WORD_NUMBERS and WORD_NUMBERS[t.text] == figure.value for t in evidence.tokens
    ):
        return True  # "one of four"
    year = 1990 < figure.value < 2100 and not figure.unit
    return year and any(day.key.startswith(f"{figure.value:f}") for day in evidence.days)


def same_figure(one: Figure, other: Figure) -> bool:
    """The same value, and not in another unit, nor by another time."""
    units = bool(one.unit and other.unit and one.unit != other.unit)
    return one.value == other.value and not units and not (one.rate and other.rate and one.rate != other.rate)


def kin(root: str, words: Collection[str]) -> bool:
    """Do two words share a long beginning: "authorised" and "authorisation"?"""
    if len(root) < 4:
        return False
    return any(
        len(w) > 3 and (w.startswith(root[: max(5, len(root) - 3)]) or root.startswith(w[: max(5, len(w) - 3)]))
        for w in words
    )
