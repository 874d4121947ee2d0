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
    stop, cut_short = threading.Event(), threading.Event()
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
        yield from _until(pieces, deadline, cancel, cut_short, f"{name} took longer than {limits.timeout_s:g} s")
    finally:
        stop.set()
        if thread.is_alive():
            hang_up()


def _until(
    pieces: "queue.SimpleQueue[Piece | BaseException | None]",
    deadline: float,
    cancel: threading.Event,
    cut_short: threading.Event,
    too_long: str,
) -> Iterator[Piece]:
    while True:
        if cancel.is_set():
            raise GenerationError("the generation was cancelled", transient=False)
        if time.monotonic() > deadline:
            raise GenerationError(too_long)
        try:
            piece = pieces.get(timeout=POLL_S)
        except queue.Empty:
            continue
        if isinstance(piece, BaseException):
            raise piece
        if piece is not None:
            yield piece
        elif not cut_short.is_set():
            return  # else the reason is found above
