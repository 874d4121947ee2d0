"""Is it the feeds that cannot be reached, or is it us? One per process; others bring the clock."""

import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from kb.types import SourceRecord

NEEDED = 3  # hosts; one or two may fail together by chance
WINDOW = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Lost:
    """A reading that came to no connection: the source as it was before, and when the reading began."""

    record: SourceRecord
    begun: datetime

    @property
    def host(self) -> str:
        return urlsplit(self.record.url).hostname or self.record.url


@dataclass(slots=True)
class Network:
    """What the last readings say of our own network.

    An outage is suspected when three hosts that were well before cannot be reached within half an hour, and nothing
    that was asked since then could be. It is over with the first host that answers, whatever that says.
    """

    down_since: datetime | None = None
    reached_at: datetime | None = None
    noted: bool | None = None  # whether the store knows of an outage; None: not looked at yet
    _lost: dict[int, Lost] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reached(self, at: datetime) -> None:
        with self._lock:
            self.reached_at = at if self.reached_at is None else max(at, self.reached_at)
            self.down_since = None

    def lost(self, lost: Lost) -> None:
        """A source that failed before tells nothing of the network."""
        if lost.record.state.failures == 0:
            with self._lock:
                self._lost[lost.record.id] = lost

    @property
    def hosts(self) -> set[str]:
        """Those that count: lost lately, and since the last answer."""
        return {lost.host for lost in self._counting()}

    @property
    def suspected(self) -> bool:
        return self.down_since is None and len(self.hosts) >= NEEDED

    def judge(self) -> datetime | None:
        """Since when the network is down, None if it is up."""
        if self.suspected:
            self.down_since = min(lost.begun for lost in self._counting())
        return self.down_since

    def wronged(self) -> list[Lost]:
        """Those that an outage lost us, each told once."""
        told = self._counting()
        with self._lock:
            self._lost.clear()
        return told

    def _counting(self) -> list[Lost]:
        with self._lock:
            latest = max((lost.begun for lost in self._lost.values()), default=None)
            return [
                lost
                for lost in self._lost.values()
                if (self.reached_at is None or lost.begun > self.reached_at)
                and (latest is None or latest - lost.begun <= WINDOW)
            ]
