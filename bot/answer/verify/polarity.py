"""Does a part deny what its evidence says, or say what its evidence denies? Pure.

A chunk is what a negation can reach: a clause, cut at commas and at words like "which" and "unless". An item of a list
behind a negated introduction ("you agree not to use the model: for ...") is negated with it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.answer.verify.lexicon import AUXILIARIES, HINTS, NEGATORS, OPENERS
from bot.answer.verify.parts import Piece, content, is_content
from bot.answer.verify.reading import Token

_PASSIVE = frozenset(["prohibited", "forbidden", "barred", "banned", "excluded"])
_BE = frozenset(["is", "are", "be", "was", "were", "been", "being", "expressly", "strictly"])
_SOFT = frozenset(("end", "closed"))  # roots that deny a continuation: "ends" and "nobody can ... any more"
_MARKS = frozenset(",;:()?!–—")
# words behind which "not", "no" and "without" deny nothing
_HARMLESS = {
    "not": frozenset(("only", "more", "less", "just", "merely", "later", "earlier", "exceeding")),
    "no": frozenset(("later", "more", "less", "fewer", "earlier")),
    "without": frozenset(("prejudice", "undue", "delay", "limitation")),
}
_PAIRED = {"other": "than", "apart": "from"}
_LIMITS = frozenset(("later", "exceeding", "exceed", "earlier"))  # "not later than" is a bound
_EXCEPTIONS = frozenset(("without", "unless", "except"))
_VERBAL = AUXILIARIES | frozenset(("being", "having", "cannot"))
_NOBODY = frozenset(("no", "nobody", "none", "neither", "nothing"))
_UN = re.compile(r"(?:un(?!ion|it|ique|iver|der|til)|non)[a-z]{4}")
_SHUN = frozenset(("refrain", "refrains", "avoid", "avoids", "abstain", "abstains", "only"))
_STOP = Token("mark", ".", ".")
_APART = 3  # words by which what is said is nearer than what is denied
_CLOSE = 3  # negations so near to each other cancel out
_REACH = 4  # content words that a negation reaches


@dataclass(frozen=True, slots=True)
class Chunk:
    tokens: tuple[Token, ...]
    negative: bool

    @property
    def mass(self) -> frozenset[str]:
        return content(self.tokens) | frozenset(t.text for t in self.tokens if t.kind in ("num", "date"))

    @property
    def denied(self) -> frozenset[str]:
        """What its negations reach: the words behind them, or before them where none follow."""
        return frozenset(w for i in _negations(self.tokens) for w in _reach(self.tokens, i)) or self.mass

    @property
    def verb(self) -> frozenset[str]:
        """The words right behind its negations."""
        found = [w for i in _negations(self.tokens) for w in _roots(self.tokens[i + 1 :])[:1]]
        return frozenset(found) or self.mass


def _negations(found: Sequence[Token]) -> list[int]:
    return [i for i in range(len(found)) if _negates(found, i)]


def _negates(found: Sequence[Token], i: int) -> bool:
    word = found[i].text
    before = found[i - 1].text if i else ""
    after = found[i + 1].text if i + 1 < len(found) else ""
    if word in _PAIRED:
        return after == _PAIRED[word]
    if word == "exception":
        return after == "of"
    if word in _PASSIVE:
        return before in _BE or after == "from"
    if word in ("out", "aside"):
        return before in ("leaves", "leave", "ruled", "rules")
    if word == "not" and any(_compares(found, j) for j in range(i + 1, i + 3)):
        return False  # "may not be shorter than" is a bound
    if word == "not" and before == "or":
        return False  # "modified or not"
    if word == "not" and any(t.text in _LIMITS for t in found[i + 1 : i + 5]):
        return False
    return word in NEGATORS and after not in _HARMLESS.get(word, ()) and not (word == "without" and before == "or")


def _compares(found: Sequence[Token], i: int) -> bool:
    return i + 1 < len(found) and found[i + 1].text == "than" and found[i].text.endswith(("er", "more", "less"))


def _negative(found: Sequence[Token]) -> bool:
    groups: list[int] = []
    last = -_CLOSE - 1
    for i in _negations(found):
        if groups and i - last <= _CLOSE and found[i].text not in _EXCEPTIONS:
            groups[-1] += 1
        else:
            groups.append(1)
        last = i
    return any(count % 2 for count in groups)


def _roots(found: Sequence[Token]) -> list[str]:
    return [t.root for t in found if is_content(t)]


def _reach(found: Sequence[Token], i: int) -> list[str]:
    return _roots(found[i + 1 :])[:_REACH] or _roots(found[:i])[::-1][:_REACH]


@lru_cache(maxsize=4000)
def _chunks(found: tuple[Token, ...]) -> tuple[Chunk, ...]:
    chunks: list[Chunk] = []
    carried = False
    for separator, tokens in _joined(_raw(found)):
        if separator == ":":
            carried = bool(chunks and chunks[-1].negative)
        elif carried and separator not in (";", ",", "and"):
            carried = separator in ("(", ")")
        listed = carried and not _speaks(tokens)
        chunks.append(Chunk(tuple(tokens), _negative(tokens) or listed))
    return tuple(chunks)


def _raw(found: Sequence[Token]) -> Iterator[tuple[str, list[Token]]]:
    """(what opened it, tokens) of each stretch between marks and openers."""
    current: list[Token] = []
    separator = ""
    for i, token in enumerate(found):
        apart = token.text == "with" and [t.text for t in found[i + 1 : i + 3]] == ["the", "exception"]
        opens = token.text in OPENERS or apart
        if opens or (token.kind == "mark" and token.text in _MARKS):
            if current:
                yield separator, current
            separator, current = token.text, [token] if opens else []
        else:
            current.append(token)
    if current:
        yield separator, current


def _joined(raw: Iterator[tuple[str, list[Token]]]) -> list[tuple[str, list[Token]]]:
    """Items of a list belong to the clause that they stand in, unless they bring a negation of their own."""
    found: list[tuple[str, list[Token]]] = []
    for separator, tokens in raw:
        before = found[-1] if found else None
        own = bool(_negations(tokens)) or before is None
        if (before and not own and separator in (",", "and") and not _speaks(tokens)) or (
            before and not own and separator == "," and not _speaks(before[1]) and before[0] in ("", ",")
        ):
            before[1].extend(tokens)
        else:
            found.append((separator, list(tokens)))
    return found


def _speaks(found: Sequence[Token]) -> bool:
    return any(t.text in AUXILIARIES for t in found)


def polarity(part: Piece, evidence: Piece) -> str | None:
    """Why its denials are not those of the evidence."""
    mine = _chunks(part.tokens)
    theirs = [chunk for whole in _stretches(evidence) for chunk in _chunks(whole)]
    denies = any(chunk.negative for chunk in mine)
    for chunk in mine:
        found = _denied(chunk, theirs) if chunk.negative else _asserted(chunk, part, theirs, denies=denies)
        if found:
            return found
    found = _predicates_differ(part, evidence, theirs)
    return found or (None if denies else _struck_out(part, evidence) or _dropped(part, theirs))


def _stretches(evidence: Piece) -> Iterator[tuple[Token, ...]]:
    """Sentences; behind "you agree not to use it:" all up to the full stop."""
    start = 0
    for i, token in enumerate((*evidence.tokens, _STOP)):
        if token.kind != "mark" or token.text not in ".;?!":
            continue
        texts = [t.text for t in evidence.tokens[start:i]]
        if token.text == ";" and ":" in texts and "not" in texts[: texts.index(":")]:
            continue
        if i > start:
            yield evidence.tokens[start:i]
        start = i + 1


def _denied(chunk: Chunk, theirs: Sequence[Chunk]) -> str | None:
    """A negation must meet one in the evidence, of the same words if the evidence has them."""
    words = chunk.denied
    have = frozenset().union(*(content(other.tokens) for other in theirs))
    soft = any(root in _SOFT for other in theirs for root in _roots(other.tokens)) and not words & _SOFT
    if soft or _repeats(chunk, have):
        return None
    denied = frozenset().union(*(other.mass for other in theirs if other.negative))
    if not denied:
        met = _hints(chunk, theirs) or (chunk.tokens[0].text == "not" and content(chunk.tokens) <= have)
        return None if met else "its negation is not in its evidence"
    if words & have and not words & denied and len(chunk.mass & denied) < 2:
        return "its negation differs: it denies what its evidence says"
    spoken, struck = (_nearest(words, theirs, negative=negative) for negative in (False, True))
    if spoken - struck >= _APART and not _hints(chunk, theirs):
        return "its negation differs: it denies what its evidence says"
    return None


def _repeats(chunk: Chunk, have: frozenset[str]) -> bool:
    """ "what Article 5 prohibits" where the evidence speaks of the prohibition."""
    return all(
        chunk.tokens[i].text not in ("not", "no") and chunk.tokens[i].root in have for i in _negations(chunk.tokens)
    )


def _nearest(words: frozenset[str], theirs: Sequence[Chunk], *, negative: bool) -> int:
    return max((len(words & other.mass) for other in theirs if other.negative == negative), default=0)


def _hints(chunk: Chunk, theirs: Sequence[Chunk]) -> bool:
    """Does what comes nearest in the evidence deny without a negation ("third countries", "before staff")?"""
    top = max((len(chunk.mass & other.mass) for other in theirs), default=0)
    near = [other for other in theirs if len(chunk.mass & other.mass) >= min(top, max(1, top - 1))]
    hints = {t.root for other in near for t in other.tokens if t.text in HINTS or _UN.match(t.text)}
    excepts = any(chunk.tokens[i].text in _EXCEPTIONS for i in _negations(chunk.tokens))
    if {t.text for t in chunk.tokens} & {"included", "counted"} and any(
        t.text in ("before", "plus") for other in near for t in other.tokens
    ):
        return True
    return not excepts and bool(hints - {t.root for t in chunk.tokens})


def _asserted(chunk: Chunk, part: Piece, theirs: Sequence[Chunk], *, denies: bool) -> str | None:
    """Where all that comes nearest is denied in the evidence, it cannot be said without denial."""
    mass = chunk.mass
    scored = [(len(mass & other.mass), other) for other in theirs]
    top = max((score for score, _ in scored), default=0)
    if not top or not (top == len(mass) or top >= 2) or top < 0.4 * len(mass):
        return None
    if denies and top < max(3, 0.75 * len(mass)):
        return None
    if all(other.negative and other.verb & mass for score, other in scored if score == top):
        return "its negation differs: its evidence denies what it says"
    return None


def _dropped(part: Piece, theirs: Sequence[Chunk]) -> str | None:
    """All words of a denial, without the denial."""
    spoken = Chunk(part.tokens, False).mass
    if any(t.text in _SHUN or _UN.match(t.text) for t in part.tokens):
        return None
    for other in theirs:
        if not other.negative or not (_speaks(part.tokens) or len(spoken) > _REACH):
            continue
        shared, words = len(other.mass & spoken), other.denied
        whole = len(other.mass) >= 3 and shared >= 0.8 * len(other.mass)
        if whole or (len(words) >= 2 and words <= spoken and shared >= 0.5 * len(other.mass)):
            return "its negation differs: it drops a denial"
    return None


# ---------------------------------------------------------------- predicates and single words


def _predicates_differ(part: Piece, evidence: Piece, theirs: Sequence[Chunk]) -> str | None:
    """ "Shall apply" where the evidence only ever says "shall not apply" of anything."""
    said: dict[str, set[bool]] = {}
    for verb, negative in (p for s in evidence.sentences for p in _predicates(s.tokens)):
        said.setdefault(verb, set()).add(negative)
    for verb, negative in _predicates(part.tokens):
        if said.get(verb) == {not negative} and not _hints(Chunk(part.tokens, negative), theirs):
            return f"its negation differs: {verb}"
    return None


def _struck_out(part: Piece, evidence: Piece) -> str | None:
    struck, free = _struck(s.tokens for s in evidence.sentences)
    wrong = part.roots & (struck - free)
    return f"its evidence denies {min(wrong)}" if wrong else None


def _predicates(found: Sequence[Token]) -> Iterator[tuple[str, bool]]:
    """(verb, is it negated) behind each run of auxiliaries."""
    for i, token in enumerate(found):
        before = found[i - 1].text if i else ""
        if (
            token.text not in _VERBAL
            or before in _VERBAL
            or before == "to"
            or (before == "not" and i > 1 and found[i - 2].text in _VERBAL)
        ):
            continue
        negative = any(t.text in _NOBODY for t in found[max(0, i - _REACH) : i])
        for j, behind in enumerate(found[i + 1 : i + 8], i + 2):
            if behind.kind in ("mark", "num") or behind.text == "without":
                break
            if behind.text in ("not", "never", "no", "neither"):
                negative = not negative
            elif is_content(behind) and not behind.text.endswith("ly"):
                yield behind.root, negative != (j < len(found) and found[j].text == "no")
                break


def _struck(sentences: Iterable[Sequence[Token]]) -> tuple[frozenset[str], frozenset[str]]:
    """The things right behind "no" and "not" ("not law", "no images or audio"), and all other words."""
    struck: set[str] = set()
    free: set[str] = set()
    for found in sentences:
        open_ = False
        for i, token in enumerate(found):
            if token.text in ("no", "not", "never", "neither", "nor"):
                behind = found[i + 1].text if i + 1 < len(found) else ""
                verb = token.text != "no" and i > 0 and found[i - 1].text in _VERBAL
                open_ = not verb and behind not in _HARMLESS.get(token.text, ())
            elif is_content(token):
                (struck if open_ else free).add(token.root)
                listed = i + 1 < len(found) and found[i + 1].text in (",", "or", "nor")
                open_ = open_ and listed
            elif token.text not in (",", "or", "a", "an", "any", "the", "be", "been", "being"):
                open_ = False
    return frozenset(struck), frozenset(free)
