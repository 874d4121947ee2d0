"""Pieces from a working thread, handed on until they end, the time is up or someone cancels.

A backend blocks in its own thread, on a socket or in a forward pass; whoever reads never waits longer than allowed.
"""

import math
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.generate import Limits, Usage
from kb.errors import GenerationError

POLL_S = 0.05
MOST_CHARACTERS_A_TOKEN = 20  # a server that writes more than this has forgotten the limit that it was given

Piece = str | Usage
Emit = Callable[[Piece], None]
Stopped = Callable[[], bool]
Produce = Callable[[Emit, Stopped], None]
"""produce(emit, stopped): emits pieces, looks at `stopped()` often, raises a SteelyardError when it fails.

An empty piece of text says that the wait for text begins anew: it is tried again.
"""


def streamed(
    produce: Produce, limits: Limits, cancel: threading.Event, *, name: str, hang_up: Callable[[], None] = lambda: None
) -> Iterator[Piece]:
    """Run `produce` in a thread. `hang_up` is called when nobody listens any more, to wake it from a wait."""
    stop, cut_short = threading.Event(), threading.Event()
    deadline = time.monotonic() + limits.timeout_s
    pieces: queue.SimpleQueue[Piece | BaseException | None] = queue.SimpleQueue()

    def stopped() -> bool:
        if stop.is_set() or cancel.is_set() or time.monotonic() > deadline:
            cut_short.set()
        return cut_short.is_set()

    def work() -> None:
        try:
            produce(pieces.put, stopped)
            pieces.put(None)
        except BaseException as error:  # noqa: BLE001 - handed to the reader, who raises it
            pieces.put(error)

    thread = threading.Thread(target=work, name=f"generate-{name}", daemon=True)
    thread.start()
    try:
        yield from _until(pieces, _Patience(name, limits, cancel, deadline), cut_short)
    finally:
        stop.set()
        if thread.is_alive():
            hang_up()


@dataclass
class _Patience:
    """How long a reader waits, and for how much."""

    name: str
    limits: Limits
    cancel: threading.Event
    deadline: float
    characters: int = 0

    def __post_init__(self) -> None:
        self.heard = time.monotonic()

    def hear(self, piece: Piece) -> None:
        self.heard = time.monotonic()
        self.characters += len(piece) if isinstance(piece, str) else 0

    def check(self) -> None:
        """Raises GenerationError once it is over."""
        now = time.monotonic()
        if self.cancel.is_set():
            raise GenerationError("the generation was cancelled", transient=False)
        if now > self.deadline:
            raise GenerationError(f"{self.name} took longer than {self.limits.timeout_s:g} s")
        if now - self.heard > (self.limits.silence_s or math.inf):
            raise GenerationError(f"{self.name} said nothing for {self.limits.silence_s:g} s")
        if self.characters > self.limits.max_tokens * MOST_CHARACTERS_A_TOKEN:
            raise GenerationError(f"{self.name} writes on beyond {self.limits.max_tokens} tokens", transient=False)


def _until(
    pieces: "queue.SimpleQueue[Piece | BaseException | None]", patience: _Patience, cut_short: threading.Event
) -> Iterator[Piece]:
    while True:
        patience.check()
        try:
            piece = pieces.get(timeout=POLL_S)
        except queue.Empty:
            continue
        if isinstance(piece, BaseException):
            raise piece
        if piece is None:
            if not cut_short.is_set():
                return
            continue  # the reason is found above
        patience.hear(piece)
        if piece != "":
            yield piece
