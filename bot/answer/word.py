"""A chosen generator may reword the composed sentences, one numbered line each; what fails the check stays as composed.

The generator sees only the draft's sentences and their evidence, as data between fences. It cannot add a sentence, a
source or a link: a line counts only under the number of a composed sentence and if `verify` lets it pass.
"""

import re
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import structlog

from bot.answer.values import Line
from bot.generate import Generator, Limits, Prompt, Usage
from kb.errors import ConfigurationError, GenerationError, SteelyardError

log = structlog.get_logger("steelyard.word")

_NUMBERED = re.compile(r"^\s*\[?(\d{1,3})[\].):]\s+(.{3,})$")


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
                reply.texts.setdefault(int(match.group(1)) - 1, match.group(2).strip())
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


def numbered(lines: Sequence[Line]) -> str:
    """The sentences to reword, numbered from 1."""
    return "\n".join(f"{i}. {line.text}" for i, line in enumerate(lines, 1))
