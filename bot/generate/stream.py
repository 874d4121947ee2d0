"""Pieces from a working thread, handed on until they end, the time is up or someone cancels.

A backend blocks in its own thread, on a socket or in a forward pass; whoever reads never waits longer than allowed.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator

from bot.generate import Limits, Usage
from kb.errors import GenerationError

POLL_S = 0.05

Piece = str | Usage
Produce = Callable[[Callable[[Piece], None], Callable[[], bool]], None]
"""produce(emit, stopped): emits pieces, looks at `stopped()` often, raises a SteelyardError when it fails."""


def streamed(
    produce: Produce, limits: Limits, cancel: threading.Event, *, name: str, hang_up: Callable[[], None] = lambda: None
) -> Iterator[Piece]:
    """Run `produce` in a thread. `hang_up` is called when nobody listens any more, to wake it from a wait."""
    deadline = time.monotonic() + limits.timeout_s
    stop = threading.Event()
    pieces: queue.SimpleQueue[Piece | BaseException | None] = queue.SimpleQueue()

    def work() -> None:
        try:
            produce(pieces.put, lambda: stop.is_set() or cancel.is_set() or time.monotonic() > deadline)
            pieces.put(None)
        except BaseException as error:  # noqa: BLE001 - handed to the reader, who raises it
            pieces.put(error)

    thread = threading.Thread(target=work, name=f"generate-{name}", daemon=True)
    thread.start()
    try:
        yield from _until(pieces, deadline, cancel, name, limits)
    finally:
        stop.set()
        if thread.is_alive():
            hang_up()


def _until(
    pieces: "queue.SimpleQueue[Piece | BaseException | None]",
    deadline: float,
    cancel: threading.Event,
    name: str,
    limits: Limits,
) -> Iterator[Piece]:
    while True:
        if cancel.is_set():
            raise GenerationError(f"{name} was cancelled", transient=False)
        if time.monotonic() > deadline:
            raise GenerationError(f"{name} took longer than {limits.timeout_s:g} s")
        try:
            piece = pieces.get(timeout=POLL_S)
        except queue.Empty:
            continue
        if piece is None:
            return
        if isinstance(piece, BaseException):
            raise piece
        yield piece
