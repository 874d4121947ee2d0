"""Does a part say "may" for "must", "is" for "is proposed", "after" for "before"? Pure."""

import re
from collections.abc import Iterator, Sequence

from bot.answer.verify.lexicon import ACTORS, GLUE
from bot.answer.verify.parts import Piece, is_content
from bot.answer.verify.reading import Token

# ---------------------------------------------------------------- modality

_CLASSES = {
    name: re.compile(pattern)
    for name, pattern in {
        "must": r"\b(?:must|shall|ha(?:s|ve) to|(?:is|are) (?:required|obliged) to|needs? to|mandatory)\b(?! not)",
        "may": r"\b(?:may|might|could)\b(?! not)",
        "can": r"\bcan\b(?! not)",
        "allow": r"\b(?:allow\w*|permit\w*|authori[sz]ed to|choose|free to|usable|optional|discretion|entitled|"
        r"granted)\b",
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
_ABLE = re.compile(r"[a-z]{3}[ai]ble\b")  # "detectable" can be detected
# an obligation without "must", and whether there is a verb at all that says how firmly something is meant
_BOUND = re.compile(
    r"\b(?:oblig\w+|dut(?:y|ies)|requir\w+|needs?|needed|condition\w*|subject to|provided that|agree\w*|only|unless|"
    r"prohibit\w*|responsib\w+|fined?|breach|forb\w+|necessary|complian\w+|no|not|without|until|deadline|check|"
    r"ensure|make sure)\b"
)
_SPEAKS = re.compile(r"\b(?:is|are|was|were|has|have|may|can|will|does|do|takes?|costs?|gives?)\b")
_HEDGES = frozenset(("may", "can", "allow", "right", "propose", "should", "wish"))
_HEDGED = re.compile(
    r"\b(?:if|possibl\w+|likely|expect\w*|subject|could|aims?|will|soon|next|coming|upcoming|up to|not|no)\b"
)
_SOLE = re.compile(r"only (?:the |an? )?[a-z]")  # who or what alone does it
_ONLY = re.compile(
    r"\b(?:only|solely|exclusive(?:ly)?|sole|nothing but|no other|limited|unless|not|no|except|at most)\b"
)
_DONE = frozenset(("has", "have", "had", "was", "were", "is", "are"))
_WEAK = frozenset(
    (
        "might",
        "could",
        "would",
        "plan",
        "plans",
        "planned",
        "propose",
        "proposes",
        "proposed",
        "proposal",
        "aim",
        "aims",
        "expected",
        "expects",
        "intends",
    )
)
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


def modality(part: Piece, near: Sequence[Piece], evidence: Piece) -> str | None:
    """Why its modality is not that of the evidence; `near` are the sentences that it means."""
    text, held = part.text, " ".join(s.text for s in near)
    mine, theirs, anywhere = _classes(text), _classes(held), _classes(evidence.text)
    for name in ("should", "propose", "sure", "wish"):
        if name in mine - anywhere:
            return f"its modality differs ({name})"
    capped = bool(_CAPPED.search(text))  # "can cost up to" is no permission
    if "may" in mine and not capped and not anywhere & _OPEN:
        return "its modality differs (may)"
    if "can" in mine and not capped and not theirs & _OPEN and "must" in theirs and not _ABLE.search(held):
        return "its modality differs (can for must)"
    if "must" in mine - theirs and (theirs & {"may", "can", "right"} or "free to" in held) and "only" not in held:
        duties = (s for s in evidence.sentences if "must" in _classes(s.text))
        return None if any(len(s.roots & part.roots) >= 2 for s in duties) else "its modality differs (must for may)"
    if "must" in mine - anywhere and not _BOUND.search(evidence.text) and _SPEAKS.search(evidence.text):
        return "its modality differs (must)"
    if not mine & _HEDGES and not _HEDGED.search(text) and _firm(part, evidence):
        return "its modality differs (what is only possible or planned is said to be so)"
    if _SOLE.match(text) and part.tokens[1].kind != "num" and not _ONLY.search(evidence.text):
        return "its evidence does not say that it is only so"
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


def _firm(part: Piece, evidence: Piece) -> bool:
    """Does the evidence say what the part does only behind "might" or "we plan to"?"""
    weak: set[str] = set()
    plain: set[str] = set()
    for sentence in evidence.sentences:
        for i, token in enumerate(sentence.tokens):
            if is_content(token):
                before = {t.text for t in sentence.tokens[max(0, i - 5) : i]}
                (weak if before & _WEAK else plain).add(token.root)
    done = {
        t.root
        for i, t in enumerate(part.tokens)
        if t.text.endswith("ed") and {b.text for b in part.tokens[max(0, i - 3) : i]} & _DONE
    }
    soon = re.search(r"\b(?:soon|coming|upcoming|not yet|next (?:week|month|year))\b", evidence.text) and re.search(
        r"\b(?:already|now)\b", part.text
    )
    return bool(done & (weak - plain)) or bool(soon)


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


def time(part: Piece, near: Sequence[Piece]) -> str | None:
    """Why its time or condition is not that of the sentences that it means."""
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
