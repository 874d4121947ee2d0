"""The facts of one day and one workspace, as a pass looks at them: read once, whatever stands on them."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from fnmatch import fnmatchcase
from functools import cached_property

from bot.decide.market import Markets
from bot.decide.service import versions_named, weigh
from bot.watch.outcome import standing
from kb.decide.types import Decision
from kb.decide.use_case import UseCase
from kb.facts.view import view
from kb.store import Store
from kb.types import Fact, FactEvent, FactQuery, FactView

_WILD = frozenset("*?[")


class World:
    """Everything is read when first asked for. One pass, one thread."""

    def __init__(self, store: Store, workspace_id: str | None, today: date, now: datetime) -> None:
        self.today, self.now = today, now
        self._store, self._workspace_id = store, workspace_id
        self._markets = Markets()
        self._views: dict[date, list[FactView]] = {}
        self._beyond: dict[str, list[FactView]] = {}
        self._digests: dict[FactQuery, str] = {}

    @cached_property
    def _rows(self) -> tuple[list[Fact], list[FactEvent]]:
        return self._store.facts.followed(workspace_id=self._workspace_id)

    def views(self, day: date | None = None) -> list[FactView]:
        """The same list each time: a market is kept by it. `day` may lie ahead; staleness is today's."""
        day = day or self.today
        if day not in self._views:
            facts, events = self._rows
            self._views[day] = view(facts, events, as_of=day, today=self.today)
        return self._views[day]

    def standing(self, day: date | None = None) -> dict[str, FactView]:
        return standing(self.views(day))

    def by_id(self, day: date | None = None) -> dict[int, FactView]:
        return {seen.fact.id: seen for seen in self.views(day)}

    @cached_property
    def by_recording(self) -> dict[tuple[str, str], Fact]:
        """Rows by their key and the instant at which they were stored, as snapshots name them."""
        return {(fact.key, fact.recorded_at.isoformat()): fact for fact in self._rows[0]}

    def weigh(self, use_case: UseCase, *, seed: int, day: date | None = None) -> Decision:
        """The use case decided on the facts of a day; nothing is recorded."""
        day = day or self.today
        return self._weigh(self.views(day), use_case, seed, day)

    def weigh_then(
        self, use_case: UseCase, *, seed: int, as_of: date, seen_at: datetime
    ) -> tuple[Decision, list[FactView]]:
        """As an earlier record saw it: only what was stored by then."""
        facts, events = self._rows
        seen = view(facts, events, as_of=as_of, as_recorded=seen_at)
        return self._weigh(seen, use_case, seed, as_of), seen

    def _weigh(self, views: Sequence[FactView], use_case: UseCase, seed: int, day: date) -> Decision:
        inputs = self._markets.of(views, day).inputs(use_case)
        return weigh(versions_named(use_case, inputs.options), inputs, as_of=day, seed=seed)

    def about(self, subject: str) -> list[FactView]:
        """All that is known of one subject today; also of those that a price table alone tells of."""
        if subject in self._by_subject:
            return self._by_subject[subject]
        if subject not in self._beyond:
            facts, events = self._store.facts.all(workspace_id=self._workspace_id, subject_prefix=subject)
            own = [fact for fact in facts if fact.subject == subject]
            self._beyond[subject] = view(own, events, as_of=self.today)
        return self._beyond[subject]

    def matching(self, query: FactQuery) -> list[FactView]:
        if not _WILD & set(query.subject_pattern):
            return [seen for seen in self.about(query.subject_pattern) if seen.fact.field == query.field]
        return [s for s in self._by_field[query.field] if fnmatchcase(s.fact.subject, query.subject_pattern)]

    def basis(self, queries: Iterable[FactQuery]) -> str:
        """A digest of every matching fact with its status: the same text means that nothing moved."""
        each = sorted(self._digest(query) for query in set(queries))
        return hashlib.sha256("".join(each).encode()).hexdigest()[:32]

    def _digest(self, query: FactQuery) -> str:
        if query not in self._digests:
            parts = sorted(f"{s.fact.id}{s.status.value}{s.stale}" for s in self.matching(query))
            self._digests[query] = hashlib.sha256(" ".join(parts).encode()).hexdigest()
        return self._digests[query]

    @cached_property
    def _by_subject(self) -> dict[str, list[FactView]]:
        found: dict[str, list[FactView]] = defaultdict(list)
        for seen in self.views():
            found[seen.fact.subject].append(seen)
        return dict(found)

    @cached_property
    def _by_field(self) -> defaultdict[str, list[FactView]]:
        found: defaultdict[str, list[FactView]] = defaultdict(list)
        for seen in self.views():
            found[seen.fact.field].append(seen)
        return found
