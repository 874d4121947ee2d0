"""A chosen generator may reword the composed sentences, one numbered line each; what fails the check stays as composed.

The generator sees only the draft's sentences and their evidence, as data between fences. It cannot add a sentence, a
source or a link: a line counts only under the number of a composed sentence and if `verify` lets it pass.
"""

import re
import threading
import time
from collections.abc import Iterable, Iterator, Sequence

import structlog

from bot.answer.values import Line
from bot.generate import Generator, Limits, Prompt
from kb.errors import GenerationError

log = structlog.get_logger("steelyard.word")

_NUMBERED = re.compile(r"^\s*\[?(\d{1,3})[\].):]\s+(.{3,})$")
_MAX_TOKENS = 1200


def reworded(
    lines: Sequence[Line], generator: Generator, prompt: Prompt, *, timeout_s: float, cancel: threading.Event
) -> Iterator[tuple[int, str]]:
    """(index of the line, new words) as they arrive; ends quietly at the time-out, a failure or a cancel."""
    deadline = time.monotonic() + timeout_s
    try:
        pieces = generator.generate(prompt, Limits(max_tokens=_MAX_TOKENS, timeout_s=timeout_s), cancel)
        for text in _lines(pieces, deadline, cancel):
            match = _NUMBERED.match(text)
            if match and 1 <= int(match.group(1)) <= len(lines):
                yield int(match.group(1)) - 1, match.group(2).strip()
    except GenerationError as error:
        log.warning("generator failed; composed sentences stand", generator=generator.name, error=str(error))


def _lines(pieces: Iterable[object], deadline: float, cancel: threading.Event) -> Iterator[str]:
    """Whole lines out of a stream of text pieces; usage records are passed over, a line cut short is dropped."""
    rest = ""
    for piece in pieces:
        if cancel.is_set() or time.monotonic() > deadline:
            return
        if isinstance(piece, str):
            *whole, rest = (rest + piece).split("\n")
            yield from whole
    if rest.strip():
        yield rest


def numbered(lines: Sequence[Line]) -> str:
    """The sentences to reword, numbered from 1."""
    return "\n".join(f"{i}. {line.text}" for i, line in enumerate(lines, 1))
