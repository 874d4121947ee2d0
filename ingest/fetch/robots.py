"""robots.txt as RFC 9309 reads it, kept for a while.

A 4xx means there are no rules; a server that fails means we do not know them yet, so we stay away and
try again soon.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from protego import Protego

from ingest.source import Response
from kb.errors import FetchError, HttpStatus, RobotsDenied

AGENT = "Steelyard"
MAX_BYTES = 512_000  # RFC 9309, section 2.5 asks for at least 500 KiB
SHORTEST, LONGEST, AFTER_FAILURE = timedelta(hours=1), timedelta(hours=24), timedelta(minutes=10)
MAX_DELAY_S = 30.0


@dataclass(frozen=True, slots=True)
class _Rules:
    parsed: Protego | None  # None: could not be read
    until: datetime


class Robots:
    """`get` reads one robots.txt URL; the caller brings pacing, guards and caps."""

    def __init__(self, get: Callable[[httpx.URL], Response], clock: Callable[[], datetime]) -> None:
        self._get = get
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, _Rules] = {}
        self._host_locks: dict[str, threading.Lock] = {}

    def check(self, url: httpx.URL) -> float:
        """Raise if the host does not want this URL read; else the pause in seconds that it asks for (often 0)."""
        rules = self._rules(url)
        if rules.parsed is None:
            raise FetchError(f"the robots.txt of {url.host} cannot be read now, so its pages are left alone")
        if not rules.parsed.can_fetch(str(url), AGENT):
            raise RobotsDenied(f"robots.txt of {url.host} asks us not to read {url}")
        return min(float(rules.parsed.crawl_delay(AGENT) or 0.0), MAX_DELAY_S)

    def _rules(self, url: httpx.URL) -> _Rules:
        at = url.copy_with(path="/robots.txt", query=None, fragment=None)
        key = str(at)
        with self._lock:
            lock = self._host_locks.setdefault(key, threading.Lock())
        with lock:
            kept = self._kept.get(key)
            if kept is None or kept.until <= self._clock():
                kept = self._kept[key] = self._read(at)
            return kept

    def _read(self, at: httpx.URL) -> _Rules:
        now = self._clock()
        try:
            response = self._get(at)
        except HttpStatus as error:
            if 400 <= error.status < 500 and error.status != 429:
                return _Rules(Protego.parse(""), now + LONGEST)
            return _Rules(None, now + AFTER_FAILURE)
        except FetchError:
            return _Rules(None, now + AFTER_FAILURE)
        fresh = timedelta(seconds=min(response.fresh_for_s or 0.0, LONGEST.total_seconds()))
        text = response.body[:MAX_BYTES].decode("utf-8", "replace")
        return _Rules(Protego.parse(text), now + max(SHORTEST, fresh))
