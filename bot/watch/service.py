"""The pass: adopt, look at what may have moved, tell each thread once.

    lease -> adopt -> did a fact, an event or a confirmation arrive, or the day change? -> by workspace: the world
      -> by thread: a look at each watch -> one alert with all that moved -> [outbox row + what was told], together

A kill between any two of these loses nothing: what was looked at keeps the state of its facts, what was told is told
in the same transaction that remembers it, and the pass is repeated until one came to its end.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby

import structlog

from bot.logs import reference_id
from bot.watch.adopt import adopt
from bot.watch.contract import Alert
from bot.watch.look_answer import AnswerLooks
from bot.watch.look_decision import DecisionLooks
from bot.watch.looks import Again, Look
from bot.watch.words import alert_text
from bot.watch.world import World
from kb.errors import SteelyardError
from kb.store import Store
from kb.store.watches import Watch
from kb.types import OutboxDraft, utc_now

log = structlog.get_logger("steelyard.watch")

LEASE, LEASE_S = "watch", 120.0  # longer than one thread's looks take; renewed for each
SCOPE, SEEN = "watch", "seen"
ALERT = "alert"
TERMINAL = "terminal"  # whose outbox rows are shown to whoever looks at this terminal or its log

_Place = tuple[str, str, str, str]


class Watcher:
    """One of any number of processes; a lease lets one at a time look."""

    def __init__(
        self,
        store: Store,
        *,
        owner: str,
        clock: Callable[[], datetime] = utc_now,
        again: Again | None = None,
        lease_s: float = LEASE_S,
    ) -> None:
        self._store, self._owner, self._clock, self._again = store, owner, clock, again
        self._lease_s = lease_s

    def step(self) -> list[Alert]:
        """One pass, if anything moved since the last one came to its end; returns what it recorded to be told."""
        if not self._holds_lease():
            return []
        now = self._clock()
        adopt(self._store, now)
        mark = f"{self._store.watches.census()} {now.date().isoformat()}"  # before the facts are read
        unmoved = self._store.settings.get(SCOPE, SEEN) == mark
        watches = [w for w in self._store.watches.on() if w.outcome is None or not unmoved]
        told = [alert for group in _by_workspace(watches) for alert in self._workspace(group, now)]
        if not unmoved:
            self._store.settings.put(SCOPE, SEEN, mark)
        return told

    def _holds_lease(self) -> bool:
        return self._store.lease(LEASE, self._owner, self._lease_s)

    def _workspace(self, watches: Sequence[Watch], now: datetime) -> Iterator[Alert]:
        world = World(self._store, watches[0].workspace_id, now.date(), now)
        decisions = DecisionLooks(self._store, world)
        answers = AnswerLooks(self._store, world, self._again)
        for _, group in groupby(sorted(watches, key=lambda w: (_place(w), w.id)), key=_place):
            if not self._holds_lease():
                return  # another process took over; it looks at the rest
            here = list(group)
            looks = [self._looked(w, decisions if w.decision_id is not None else answers) for w in here]
            try:
                alert = self._keep(here[0], [look for look in looks if look is not None], now)
            except _Overtaken as error:
                log.warning("not told", reason=str(error))
                continue
            if alert is not None:
                yield alert

    def _looked(self, watch: Watch, looks: DecisionLooks | AnswerLooks) -> Look | None:
        """One watch that cannot be looked at must not silence the others."""
        try:
            return looks.look(watch)
        except SteelyardError as error:
            log.warning("watch not looked at", watch=watch.id, error=str(error))
        except Exception:  # a defect of ours, or a record that only an earlier version could read
            log.exception("watch not looked at", watch=watch.id, reference=reference_id())
        return None

    def _keep(self, first: Watch, looks: Sequence[Look], now: datetime) -> Alert | None:
        """Remember every look, and record the alert of those that have something to tell."""
        telling = [look for look in looks if look.parts]
        for look in looks:
            if not look.parts:
                self._store.watches.keep(look.seen)
        if not telling:
            return None
        parts = tuple(part for look in telling for part in look.parts)
        alert = Alert(as_of=now.date(), role=first.role, parts=parts)
        draft = _draft(first, alert, telling)
        with self._store.together():
            for look in telling:
                if not self._store.watches.tell(look.seen):
                    raise _Overtaken(f"watch {look.seen.watch_id} was looked at by another process")
            self._store.outbox.put(draft)
        log.info("alert recorded", key=draft.idempotency_key, watches=[look.seen.watch_id for look in telling])
        return alert


class _Overtaken(SteelyardError):
    """Another process told in between; nothing of this look is kept."""


def _by_workspace(watches: Iterable[Watch]) -> Iterator[list[Watch]]:
    def named(watch: Watch) -> str:
        return watch.workspace_id or ""

    for _, group in groupby(sorted(watches, key=named), key=named):
        yield list(group)


def _place(watch: Watch) -> _Place:
    return watch.door, watch.channel, watch.thread, watch.role


def _draft(first: Watch, alert: Alert, telling: Sequence[Look]) -> OutboxDraft:
    """The key: which watches, how often they were told before, and what they are told now. A repeat has the same."""
    told = "|".join(f"{look.seen.watch_id}:{look.seen.told}" for look in telling)
    said = f"{told}|{alert.model_dump_json(include={'parts'})}"
    slack = first.door == "slack"
    return OutboxDraft(
        idempotency_key=f"alert:{first.id}:{hashlib.sha256(said.encode()).hexdigest()[:24]}",
        door=first.door if slack else TERMINAL,
        workspace_id=first.workspace_id,
        channel=first.channel,
        thread=first.thread,
        kind=ALERT,
        payload={"alert": alert.model_dump(mode="json"), "text": alert_text(alert)},
    )
