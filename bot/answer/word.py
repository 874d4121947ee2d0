"""A chosen generator may reword the composed sentences, one numbered line each; what fails the check stays as composed.

The generator sees only the draft's sentences and their evidence, as data between fences. It cannot add a sentence, a
source, a word of content or a link: a line counts only under the number of a composed sentence, if it is made of that
sentence's words (`misshapen`), and if `verify` lets it pass.
"""

import re
import threading
import time
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import structlog

from bot.answer.text import terms
from bot.answer.values import Line
from bot.generate import Generator, Limits, Prompt, Usage
from kb.errors import ConfigurationError, GenerationError, SteelyardError

log = structlog.get_logger("steelyard.word")

_NUMBERED = re.compile(r"^\s*\[?(\d{1,3})[\].):]\s+(.{3,})$")
_MARKUP = frozenset("<>[]{}|`*_~\\@#!^=&$%?")
_ENDS = re.compile(r"[.!?:;](?=\s|$)")
_HOST = re.compile(r"\b[\w-]+\.(?=[a-z]{2,}\b)", re.IGNORECASE)  # "example.com", also where two sentences lack a space
_LONGER, _FEW = 1.4, 24  # a rewording may be longer by that factor, and a few characters
# Words without content that a rewording may bring along; none of them speaks to anybody.
_SMALL = frozenset(
    re.findall(
        r"\w+",
        "a an the this that these those it its they their which who whose there here of in on at by for from to "
        "with as into under within over between about than then so also and or but while both is are was were be "
        "been being has have had do does did will would such same own not no if when where ",
    )
)
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_KEPT = 0.85  # share of the composed sentence's words of content
# Words on which the sense turns: a rewording has each kind as often as the composed sentence.
_TURNS = {
    "not": r"not|no|never|none|neither|nor|without|cannot|nothing|\w+n't",
    "must": r"must|shall|has to|have to|needs? to|required|obliged|mandatory",
    "may": r"may|might|can|could|allows?|allowed|permits?|permitted",
    "should": r"should|ought|recommend\w*",
    "if": r"if|unless|except|only|provided|where|when|until",
    "all": r"all|every|any|each|always",
    "open": r"open",
    "closed": r"closed|proprietary",
}
_TURNING = {kind: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for kind, words in _TURNS.items()}


@dataclass
class Reply:
    """What a generator said. `texts`: new words by the index of their line; the first for a line counts."""

    texts: dict[int, str] = field(default_factory=dict)
    characters: int = 0
    usage: Usage | None = None
    trouble: SteelyardError | None = None
    whole: bool = False  # it came to its own end


def reworded(
    lines: Sequence[Line], generator: Generator, prompt: Prompt, *, limits: Limits, cancel: threading.Event
) -> Reply:
    """What came until the end, the time-out, a failure or a cancel."""
    reply = Reply()
    try:
        for text in _lines(generator.generate(prompt, limits, cancel), limits, cancel, reply):
            match = _NUMBERED.match(text)
            if match and 1 <= int(match.group(1)) <= len(lines):
                at, words = int(match.group(1)) - 1, match.group(2).strip()
                if why := misshapen(words, lines[at].text):
                    log.info("rewording refused", reason=why, sentence=words[:200])
                else:
                    reply.texts.setdefault(at, words)
    except (GenerationError, ConfigurationError) as error:
        log.warning("generator failed; composed sentences stand", generator=generator.name, error=str(error))
        reply.trouble = error
    return reply


def _lines(pieces: Iterator[str | Usage], limits: Limits, cancel: threading.Event, reply: Reply) -> Iterator[str]:
    """Whole lines out of a stream of text pieces; a line cut short is dropped."""
    rest, deadline = "", time.monotonic() + limits.timeout_s
    for piece in pieces:
        if cancel.is_set() or time.monotonic() > deadline:
            reply.trouble = GenerationError(f"{limits.timeout_s:g} s were over before the end")
            return
        if isinstance(piece, Usage):
            reply.usage = piece
        else:
            reply.characters += len(piece)
            *whole, rest = (rest + piece).split("\n")
            yield from whole
    reply.whole = True
    if rest.strip() and not (reply.usage and reply.usage.cut):
        yield rest


def misshapen(text: str, composed: str) -> str | None:
    """Why this is no rewording of one sentence, whatever it says: `verify` asks whether it is true."""
    odd = [c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Co", "Cn", "Cs")]
    if odd or (set(text) & _MARKUP) - set(composed):
        return "it has marks that are no words"
    if len(text) > _LONGER * len(composed) + _FEW:
        return "it is much longer"
    if len(_ENDS.findall(text)) > len(_ENDS.findall(composed)):
        return "it is more sentences than one"
    if {h.lower() for h in _HOST.findall(text)} - {h.lower() for h in _HOST.findall(composed)}:
        return "it names an address"
    return _other_words(text, composed)


def _other_words(text: str, composed: str) -> str | None:
    """A generator moves words and changes small ones. What a page talked it into adding is told by its words alone.

    `verify` leaves room for honest paraphrase, which is room for a short instruction; here there is none.
    """
    said, held = set(terms(text)), set(terms(composed))
    small = {w.lower() for w in _WORD.findall(text)} - {w.lower() for w in _WORD.findall(composed)} - _SMALL
    if new := (said - held) or {word for word in small if not terms(word)}:
        return f"it has other words: {', '.join(sorted(new)[:4])}"
    if len(said) < _LEAST_KEPT * len(held):
        return "it left words out"
    turned = [kind for kind, words in _TURNING.items() if len(words.findall(text)) != len(words.findall(composed))]
    return f"it says {turned[0]!r} more or less often" if turned else None


def numbered(lines: Sequence[Line]) -> str:
    """The sentences to reword, numbered from 1."""
    return "\n".join(f"{i}. {line.text}" for i, line in enumerate(lines, 1))
