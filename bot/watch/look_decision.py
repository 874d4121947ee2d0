"""A decision looked at again: the same use case on the facts of the day, against what was last told of it."""

from collections.abc import Mapping
from datetime import date

from bot.decide.service import weigh
from bot.decide.snapshot import Inputs, unpack, unpack_use_case
from bot.watch import ahead
from bot.watch.contract import AlertPart, PartMoved
from bot.watch.facts_moved import Known, causes
from bot.watch.looks import MOST_FACTS, Glance, Look, kept, tags
from bot.watch.moved import Moved, moved
from bot.watch.outcome import Remembered, fate_of, remembered, standing
from bot.watch.world import World
from kb.decide.engine import ENGINE_VERSION
from kb.decide.types import Decision
from kb.store import Store
from kb.store.decisions import DecisionRecord
from kb.store.watches import Watch
from kb.types import FactView, Status

Parts = tuple[list[AlertPart], list[str]]  # with the tags of the warnings among them


class DecisionLooks:
    """Of one workspace in one pass: a decision that several people watch is weighed once."""

    def __init__(self, store: Store, world: World) -> None:
        self._store, self._world = store, world
        self._weighed: dict[tuple[int, date], Decision] = {}

    def look(self, watch: Watch) -> Look | None:
        """None: nothing that it stands on moved since the last look, which was today."""
        record = self._store.decisions.get(watch.decision_id or 0, workspace_id=watch.workspace_id)
        glance = Glance.at(watch, record.stands_on, self._world)
        return None if glance is None else self._compared(glance, record)

    def _compared(self, glance: Glance, record: DecisionRecord) -> Look:
        watch, today = glance.watch, self._world.today
        before = self._before(watch, record)
        after, found = self._after(record, before, today)
        parts = [self._part(watch, record, before, after, found)] if found else []
        own = tags(ahead.dates_of(before), today) if watch.outcome is None else []
        warned = (*watch.warned, *own)
        coming, more = self._coming(watch, record, after, warned)
        return Look(glance.seen(after if found else before, (*warned, *more), today), (*parts, *coming))

    def _after(self, record: DecisionRecord, before: Remembered, day: date) -> tuple[Remembered, list[Moved]]:
        key = record.id, day
        if key not in self._weighed:
            use_case = unpack_use_case(record.use_case)
            self._weighed[key] = self._world.weigh(use_case, seed=record.seed, day=day)
        decision = self._weighed[key]
        after = remembered(decision, self._world.standing(day), self._world.now)
        return after, moved(before, after, fate_of(decision, before.chosen) if before.chosen else None)

    # ------------------------------------------------------------ what was told

    def _before(self, watch: Watch, record: DecisionRecord) -> Remembered:
        """What was last told. An engine of another version is no news: it decides on the facts of then first."""
        said = kept(Remembered, watch.outcome)
        if said is not None and said.engine_version == ENGINE_VERSION:
            return said
        use_case = unpack_use_case(record.use_case)
        if said is None and record.engine_version == ENGINE_VERSION:
            inputs = unpack(record.inputs)
            decision = weigh(use_case, inputs, as_of=record.as_of, seed=record.seed)
            return remembered(decision, self._as_used(inputs), record.created_at)
        as_of, seen_at = (said.as_of, said.seen_at) if said else (record.as_of, record.created_at)
        decision, views = self._world.weigh_then(use_case, seed=record.seed, as_of=as_of, seen_at=seen_at)
        return remembered(decision, standing(views), seen_at)

    def _as_used(self, inputs: Inputs) -> Mapping[str, FactView]:
        """The facts of a snapshot as rows, by key, with the status that they had."""
        rows = self._world.by_recording
        found = ((rows.get((used.key, used.recorded_at)), Status(used.status)) for used in inputs.facts)
        return standing(FactView(fact=fact, status=status) for fact, status in found if fact is not None)

    # ------------------------------------------------------------ what to tell

    def _part(
        self,
        watch: Watch,
        record: DecisionRecord,
        before: Remembered,
        after: Remembered,
        found: list[Moved],
        on: date | None = None,
    ) -> AlertPart:
        """`on`: the day ahead on which it will have moved. Where no fact behind what moved did, a contender's may."""
        known = Known(by_id=self._world.by_id(on), standing=self._world.standing(on))
        facts = causes(dict.fromkeys(key for each in found for key in each.keys), before, known)
        facts = facts or causes(dict.fromkeys((*after.keys, *before.keys)), before, known)
        part = self._bare(watch, record, tuple(each.part for each in found), before.as_of, on)
        more = max(0, len(facts) - MOST_FACTS)
        return part.model_copy(update={"facts": tuple(facts[:MOST_FACTS]), "more_facts": more})

    def _bare(
        self, watch: Watch, record: DecisionRecord, said: tuple[PartMoved, ...], said_on: date, on: date | None
    ) -> AlertPart:
        return AlertPart(
            watch_id=watch.id,
            kind="decision",
            number=record.id,
            question=record.question,
            said_on=said_on,
            moved=said,
            ahead_on=on,
        )

    def _coming(self, watch: Watch, record: DecisionRecord, now: Remembered, warned: tuple[str, ...]) -> Parts:
        """Warnings that are due: what scheduled facts will move, and days from which duties apply."""
        today = self._world.today
        parts: list[AlertPart] = []
        given: list[str] = []
        matching = [seen for query in record.stands_on for seen in self._world.matching(query)]
        for on in ahead.turning_points(matching, today):
            tag = ahead.tag("move", on, today)
            if not tag or tag in warned:
                continue
            then, found = self._after(record, now, on)
            if found:
                given.append(tag)
                parts.append(self._part(watch, record, now, then, found, on))
        told = {part.ahead_on for part in parts}
        for on, dates in ahead.dates_of(now).items():
            tag = ahead.tag("date", on, today)
            if tag and tag not in warned:
                given.append(tag)
                parts += [] if on in told else [self._bare(watch, record, tuple(dates), today, on)]
        return parts, given
