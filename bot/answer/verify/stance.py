"""Does a part deny what its evidence says, or say "may" for "must", "is" for "is proposed", "after" for "before"? Pure.

A chunk is what a negation can reach: a clause, cut at commas and at words like "which" and "unless". An item of a list
behind a negated introduction ("you agree not to use the model: for ...") is negated with it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.answer.verify.lexicon import ACTORS, AUXILIARIES, GLUE, NEGATORS, OPENERS
from bot.answer.verify.parts import Piece, content, is_content
from bot.answer.verify.reading import Token

_PASSIVE = frozenset(["prohibited", "forbidden", "barred", "banned", "excluded"])
_BE = frozenset(["is", "are", "be", "was", "were", "been", "being", "expressly", "strictly"])
_SOFT = frozenset(("end", "closed"))  # roots that deny a continuation: "ends" and "nobody can ... any more"
_MARKS = frozenset(",;:()?!–—")
# words behind which "not", "no" and "without" deny nothing
_HARMLESS = {
    "not": frozenset(("only", "more", "less")),
    "no": frozenset(("later", "more", "less", "fewer", "earlier")),
    "without": frozenset(("prejudice", "undue", "delay", "limitation")),
}
_PAIRED = {"other": "than", "apart": "from"}
_LIMITS = frozenset(("later", "exceeding", "exceed", "earlier"))  # "not later than" is a bound
_EXCEPTIONS = frozenset(("without", "unless", "except"))
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


def differs(part: Piece, near: Sequence[Piece], evidence: Piece) -> str | None:
    """Why the stance of a part is not that of the evidence; `near` are the sentences that it means."""
    return _polarity(part, evidence) or _modality(part, near, evidence) or _time(part, near)


# ---------------------------------------------------------------- negation


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
    if word == "not" and any(t.text in _LIMITS for t in found[i + 1 : i + 5]):
        return False
    return word in NEGATORS and after not in _HARMLESS.get(word, ()) and not (word == "without" and before == "or")


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


def _polarity(part: Piece, evidence: Piece) -> str | None:
    mine = _chunks(part.tokens)
    theirs = [chunk for sentence in evidence.sentences for chunk in _chunks(sentence.tokens)]
    denies = any(chunk.negative for chunk in mine)
    for chunk in mine:
        found = _denied(chunk, theirs) if chunk.negative else _asserted(chunk, part, theirs, denies=denies)
        if found:
            return found
    return None if denies else _dropped(part, theirs)


def _denied(chunk: Chunk, theirs: Sequence[Chunk]) -> str | None:
    """A negation must meet one in the evidence, of the same words if the evidence has them."""
    words = chunk.denied
    if any(root in _SOFT for other in theirs for root in _roots(other.tokens)) and not words & _SOFT:
        return None
    denied = frozenset().union(*(other.mass for other in theirs if other.negative))
    have = frozenset().union(*(content(other.tokens) for other in theirs))
    if not denied:
        return "its negation is not in its evidence"
    if words & have and not words & denied and len(chunk.mass & denied) < 2:
        return "its negation differs: it denies what its evidence says"
    return None


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
    for other in theirs:
        if not other.negative:
            continue
        shared, words = len(other.mass & spoken), other.denied
        whole = len(other.mass) >= 3 and shared >= 0.8 * len(other.mass)
        if whole or (len(words) >= 2 and words <= spoken and shared >= 0.5 * len(other.mass)):
            return "its negation differs: it drops a denial"
    return None


# ---------------------------------------------------------------- modality

_CLASSES = {
    name: re.compile(pattern)
    for name, pattern in {
        "must": r"\b(?:must|shall|ha(?:s|ve) to|(?:is|are) (?:required|obliged) to|needs? to|mandatory)\b(?! not)",
        "may": r"\b(?:may|might|could)\b(?! not)",
        "can": r"\bcan\b(?! not)",
        "allow": r"\b(?:allow\w*|permit\w*|choose|free(?:ly)?|able|option(?:al)?|available|discretion)\b",
        "right": r"\brights? to\b",
        "wish": r"\b(?:want|wish\w*|likes?)\b",
        "should": r"\b(?:should|ought|recommend\w*|encourag\w*)\b",
        "propose": r"\b(?:propos\w+|draft|plan(?:s|ned)?|in talks|would|provisional\w*|to be adopted)\b",
        "sure": r"\b(?:guarantee\w*|conclusive\w*|certainly|definitely|always|proven|undoubtedly)\b",
    }.items()
}
_ALL = re.compile(r"\b(?:all|every|everyone|each|any|no)\b")
_OPEN = frozenset(("may", "can", "allow", "right"))
_CAPPED = re.compile(r"\bup to\b|\bat most\b|no more than|as much as|\bfined?\b|not exceed")
_MODALS = {"must": "must", "shall": "must", "may": "may", "might": "may", "could": "may", "can": "may"}
_BETWEEN = frozenset(
    [
        "be",
        "is",
        "are",
        "not",
        "also",
        "only",
        "have",
        "has",
        "been",
        "still",
        "then",
        "in",
        "case",
        "each",
        "the",
        "a",
        "an",
        "their",
        "its",
        "to",
    ]
)


def _classes(text: str) -> frozenset[str]:
    return frozenset(name for name, pattern in _CLASSES.items() if pattern.search(text))


def _modality(part: Piece, near: Sequence[Piece], evidence: Piece) -> str | None:
    text, held = part.text, " ".join(s.text for s in near)
    mine, theirs, anywhere = _classes(text), _classes(held), _classes(evidence.text)
    for name in ("should", "propose", "sure", "wish"):
        if name in mine - anywhere:
            return f"its modality differs ({name})"
    capped = bool(_CAPPED.search(text))  # "can cost up to" is no permission
    if "may" in mine and not capped and not anywhere & _OPEN:
        return "its modality differs (may)"
    if "can" in mine and not capped and not theirs & _OPEN and "must" in theirs:
        return "its modality differs (can for must)"
    if "must" in mine - theirs and theirs & {"may", "can", "right"} and "only" not in held:
        return "its modality differs (must for may)"
    if re.search(r"\ball\b(?! others?\b)", text) and not _ALL.search(evidence.text):
        return "its evidence does not say it of all"
    return _verbs(part, evidence, capped=capped) or _agents(part, evidence)


def _verbs(part: Piece, evidence: Piece, *, capped: bool) -> str | None:
    """ "Must grant" for "may grant", even where the same sentence says "must request"."""
    spoken: dict[str, set[str]] = {}
    for modal, verb in _modal_verbs(evidence.tokens):
        spoken.setdefault(verb, set()).add(modal)
    for modal, verb in _modal_verbs(part.tokens):
        if verb in spoken and modal not in spoken[verb] and not (modal == "may" and capped):
            return f"its modality differs ({modal})"
    return None


def _agents(part: Piece, evidence: Piece) -> str | None:
    """ "Providers shall monitor" where the evidence has deployers monitor."""
    spoken: dict[str, set[str]] = {}
    for sentence in evidence.sentences:
        for actor, verb in _actors(sentence.tokens):
            spoken.setdefault(verb, set()).add(actor)
    for actor, verb in _actors(part.tokens):
        if spoken.get(verb) and actor not in spoken[verb]:
            return f"its evidence says {min(spoken[verb])}, not {actor}"
    return None


def _actors(found: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """(who, what) of each modal with an actor right before it; who comes behind "by" or "to" is none."""
    for i, token in enumerate(found):
        if token.text not in ("must", "shall", "may", "can"):
            continue
        before = [t for t in found[max(0, i - 3) : i] if t.root in ACTORS]
        verb = next((t.root for t in found[i + 1 : i + 6] if t.kind == "word" and t.text not in GLUE), "")
        if before and verb:
            yield before[-1].root, verb


def _modal_verbs(found: Sequence[Token]) -> Iterator[tuple[str, str]]:
    for i, token in enumerate(found):
        behind = found[i + 1 : i + 6]
        has_to = token.text in ("has", "have") and bool(behind) and behind[0].text == "to"
        modal = "must" if has_to else _MODALS.get(token.text, "")
        if modal and not any(t.text in ("not", "no") for t in behind[:2]):
            verb = next((t.root for t in behind if t.kind == "word" and t.text not in _BETWEEN), "")
            if verb:
                yield modal, verb


# ---------------------------------------------------------------- time and condition

_BEFORE, _AFTER = frozenset(("before", "prior", "beforehand")), frozenset(("after", "following", "afterwards"))
_AHEAD = frozenset(["will", "shall", "plan", "soon", "from", "ends", "retires", "retirement", "starting"])
_ENACTED = re.compile(r"\b(?:in force|is (?:now )?law|as law|adopted|enacted|binding|final)\b")
_CONCESSIVE = re.compile(r"\beven (?:if|where|when|though)\b")


def _time(part: Piece, near: Sequence[Piece]) -> str | None:
    text, held = part.text, " ".join(s.text for s in near)
    mine, theirs = {t.text for t in part.tokens}, {t.text for s in near for t in s.tokens}
    for one, other in ((_BEFORE, _AFTER), (_AFTER, _BEFORE)):
        if mine & one and not theirs & one and theirs & other:
            return "before and after are exchanged"
    if _CONCESSIVE.search(text) and not _CONCESSIVE.search(held) and theirs & {"unless", "except", "extent"}:
        return "a condition became a concession"
    if "propose" in _classes(held) - _classes(text) and _ENACTED.search(text):
        return "its modality differs (what is proposed is said to be in force)"
    if "at most" in text and "at least" in held and "at most" not in held:
        return "at most stands for at least"
    if ("already" in mine and "soon" in theirs) or ("will" in mine and not theirs & _AHEAD):
        return "its tense differs"
    return None
