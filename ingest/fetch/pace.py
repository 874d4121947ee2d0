"""How many requests one host gets at once, and how far apart they start."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Pace:
    """One per process. Waiting happens in the thread that asks; other hosts do not notice.

    `now` counts seconds from anywhere, and `sleep` spends them.
    """

    def __init__(
        self,
        *,
        concurrency: int,
        pause_s: float,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._pause_s = pause_s
        self._now = now
        self._sleep = sleep
        self._lock = threading.Lock()
        self._slots: defaultdict[str, threading.Semaphore] = defaultdict(lambda: threading.Semaphore(concurrency))
        self._next: dict[str, float] = {}

    @contextmanager
    def turn(self, host: str, *, pause_s: float = 0.0) -> Iterator[None]:
        """Hold one of the host's slots; `pause_s` asks for a longer pause than usual (Crawl-delay)."""
        with self._lock:
            slot = self._slots[host]
        with slot:
            if (wait_s := self._reserve(host, max(self._pause_s, pause_s))) > 0:
                self._sleep(wait_s)
            yield

    def _reserve(self, host: str, pause_s: float) -> float:
        with self._lock:
            now = self._now()
            start = max(now, self._next.get(host, now))
            self._next[host] = start + pause_s
            return start - now
