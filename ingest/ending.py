"""How readings end: their states, written together and last of all, with the notices that they give rise to."""

import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from ingest import health, plan
from ingest.fetch import Fetcher
from ingest.network import Lost, Network
from ingest.report import SourceReport
from kb.errors import Unreachable
from kb.settings import Settings
from kb.store import Store
from kb.types import SourceRecord, SourceState

NETWORK, DOWN_SINCE = "network", "down_since"
PROBES = 2  # hosts that answered lately, asked for a connection before an outage is believed

log = logging.getLogger("steelyard.ingest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A reading that is over but for its state. Everything that it brought is stored already."""

    record: SourceRecord
    state: SourceState
    report: SourceReport
    begun: datetime
    title: str | None = None
    url: str | None = None  # where the source has moved to
    confirms: bool = False  # its facts were all told
    pause: str | None = None
    unreachable: Unreachable | None = None


class Endings:
    """For one thread. Crashing before `write` makes the sources be read again, and nothing else."""

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        settings: Settings,
        clock: Callable[[], datetime],
        rng: random.Random,
        owner: str,
        network: Network,
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._settings = settings
        self._clock = clock
        self._rng = rng
        self._owner = owner
        self._network = network

    def write(self, ended: Sequence[Ended]) -> list[SourceReport]:
        """Notices, then confirmations, then the states in one transaction, which frees the leases."""
        told = [(one, self._told(one)) for one in ended]
        self._store.facts.confirm_all([one.record.id for one in ended if one.confirms], self._clock().date())
        plain = [(one.record.id, state) for one, state in told if one.title is None and one.url is None]
        lost = self._store.sources.finish_all(self._owner, plain)
        lost += sum(
            not self._renamed(one, state) for one, state in told if one.title is not None or one.url is not None
        )
        for one in ended:
            if one.pause:
                self._store.sources.set_status(one.record.id, "paused", reason=one.pause)
        if lost:
            log.warning("the leases on %s sources were lost; another process reads them again", lost)
        return [one.report for one in ended]

    def _renamed(self, one: Ended, state: SourceState) -> bool:
        """A source that has a new title or address is written by itself: another may live there already."""
        return self._store.sources.finish(one.record.id, owner=self._owner, state=state, title=one.title, url=one.url)

    def _told(self, one: Ended) -> SourceState:
        """The state as it will be, its notice put into the outbox before: told twice is told once there."""
        if one.pause:
            self._store.outbox.put(health.paused(one.record, one.pause, self._settings))
            return replace(one.state, broken_since=one.state.broken_since or self._clock())
        state, notice = health.after_reading(one.record, one.state, self._settings, self._clock())
        if notice:
            self._store.outbox.put(notice)
        return state

    # ------------------------------------------------------------ the network

    def judged(self, unreachable: Sequence[Ended]) -> list[Ended]:
        """Those that came to no connection, all of a run, with the states that they deserve."""
        for one in unreachable:
            self._network.lost(Lost(one.record, one.begun))
        if self._network.suspected and self._somebody_answers():
            self._network.reached(self._clock())
        down_since = self._network.judge()
        self._remember(down_since)
        if down_since is None:
            return list(unreachable)
        now_lost = {one.record.id for one in unreachable}
        self._forgive([old for old in self._network.wronged() if old.record.id not in now_lost])
        return [self._forgiven(one) for one in unreachable]

    def _somebody_answers(self) -> bool:
        """The proof of the pudding: two hosts that answered lately are asked for a connection."""
        records = [r for r in self._store.sources.list() if r.status == "active" and r.state.last_success_at]
        records.sort(key=lambda record: record.state.last_success_at or record.added_at, reverse=True)
        others = {host: r for r in reversed(records) if (host := urlsplit(r.url).hostname) not in self._network.hosts}
        return any(self._fetcher.reaches(record.url) for record in list(others.values())[-PROBES:])

    def _forgiven(self, one: Ended) -> Ended:
        assert one.unreachable is not None
        state = plan.after_outage(one.record.state, one.unreachable, self._settings, self._clock(), self._rng)
        return replace(one, state=state, report=replace(one.report, reason=state.last_error))

    def _forgive(self, wronged: Sequence[Lost]) -> None:
        for old in wronged:
            self._store.sources.forgive(old.record.id, failures=old.record.state.failures)

    def _remember(self, down_since: datetime | None) -> None:
        """Known to all processes, so that one outage is one notice."""
        if self._network.noted is None or (down_since and not self._network.noted):
            self._network.noted = self._store.settings.get(NETWORK, DOWN_SINCE) is not None
        if down_since is None and self._network.noted and self._network.reached_at:
            self._store.settings.put(NETWORK, DOWN_SINCE, None)
            self._network.noted = False
        elif down_since is not None and not self._network.noted:
            self._store.outbox.put(health.outage(down_since, self._settings))
            self._store.settings.put(NETWORK, DOWN_SINCE, down_since.isoformat())
            self._network.noted = True
