"""An answer looked at again: the facts that it cited, and what its first sentence would rest on today."""

from datetime import date

from bot.answer.contract import Answer
from bot.answer.stored import restored
from bot.watch import ahead
from bot.watch.contract import AlertPart, FactMoved, PartMoved
from bot.watch.facts_moved import changed, is_new
from bot.watch.looks import MOST_FACTS, Again, Glance, Look, kept, tags
from bot.watch.stands import Stands, moved_facts, stands
from bot.watch.world import World
from kb.store import Store
from kb.store.watches import Watch
from kb.types import AnswerRecord, FactView

ASKED_AGAIN = ("fact", "regulation", "permission", "comparison")  # a follow-up means nothing without its thread


class AnswerLooks:
    """Of one workspace in one pass. `again` answers a question once more and records nothing."""

    def __init__(self, store: Store, world: World, again: Again | None) -> None:
        self._store, self._world, self._again = store, world, again
        self._answered: dict[int, Answer | None] = {}

    def look(self, watch: Watch) -> Look | None:
        """None: nothing that it stands on moved since the last look, which was today."""
        record = self._store.answers.get(watch.answer_id or 0)
        glance = Glance.at(watch, record.stands_on, self._world)
        return None if glance is None else self._compared(glance, record)

    def _compared(self, glance: Glance, record: AnswerRecord) -> Look:
        watch, today = glance.watch, self._world.today
        said = kept(Stands, watch.outcome)
        before = said or stands(restored(self._store, record), record.created_at)
        facts, after = moved_facts(before, self._world.about)
        parts = [self._part(watch, record, before, facts)] if facts else []
        if not facts and (led := self._led_otherwise(watch, record, before)) is not None:
            part, after = led
            parts = [part]
        own = tags(ahead.dates_cited(before), today) if said is None else []
        warned = (*watch.warned, *own)
        coming, more = self._coming(watch, record, after, warned)
        return Look(glance.seen(after, (*warned, *more), today), (*parts, *coming))

    # ------------------------------------------------------------ the first sentence

    def _led_otherwise(self, watch: Watch, record: AnswerRecord, before: Stands) -> tuple[AlertPart, Stands] | None:
        """The first sentence would rest on other facts, and one of them is new: a cheaper offer, another duty."""
        answer = self._today(record)
        if answer is None or not answer.sentences:
            return None
        after = stands(answer, self._world.now)
        new = self._new_facts(after, before)
        if after.lead_values == before.lead_values or not new:
            return None
        moved = (PartMoved(what="fact", before=before.lead, after=after.lead),)
        told = [changed(None, seen) for seen in new]
        return self._part(watch, record, before, told).model_copy(update={"moved": moved}), after

    def _today(self, record: AnswerRecord) -> Answer | None:
        if self._again is None or record.kind not in ASKED_AGAIN:
            return None
        if record.id not in self._answered:
            self._answered[record.id] = self._again(record)
        return self._answered[record.id]

    def _new_facts(self, after: Stands, before: Stands) -> list[FactView]:
        """Those behind the first sentence of today that were not known then, or did not hold yet."""
        known = {cited.key for cited in before.facts}
        new = [cited for cited in after.facts if cited.key not in known]
        leading = [c for c in new if any(_tells(value, c.subject) for value in after.lead_values)]
        views = [s for c in leading for s in self._world.about(c.subject) if s.fact.key == c.key]
        return [seen for seen in views if is_new(seen.fact, before.seen_at) or _begun(seen, before.as_of)]

    # ------------------------------------------------------------ what to tell

    def _part(self, watch: Watch, record: AnswerRecord, before: Stands, facts: list[FactMoved]) -> AlertPart:
        part = self._bare(watch, record, before.as_of)
        more = max(0, len(facts) - MOST_FACTS)
        return part.model_copy(update={"facts": tuple(facts[:MOST_FACTS]), "more_facts": more})

    def _bare(self, watch: Watch, record: AnswerRecord, said_on: date, on: date | None = None) -> AlertPart:
        return AlertPart(
            watch_id=watch.id,
            kind="answer",
            number=record.id,
            question=record.question,
            said_on=said_on,
            moved=(),
            ahead_on=on,
        )

    def _coming(
        self, watch: Watch, record: AnswerRecord, now: Stands, warned: tuple[str, ...]
    ) -> tuple[list[AlertPart], list[str]]:
        """Warnings that are due: cited facts that will change, and days that they name."""
        today = self._world.today
        parts: list[AlertPart] = []
        given: list[str] = []
        for on, facts in ahead.scheduled(now, self._world.about, today).items():
            tag = ahead.tag("move", on, today)
            if tag not in warned:
                given.append(tag)
                bare = self._bare(watch, record, now.as_of, on)
                parts.append(bare.model_copy(update={"facts": tuple(facts[:MOST_FACTS])}))
        for on, dates in ahead.dates_cited(now).items():
            tag = ahead.tag("date", on, today)
            if tag and tag not in warned:
                given.append(tag)
                parts.append(self._bare(watch, record, now.as_of, on).model_copy(update={"moved": tuple(dates)}))
        return parts, given


def _tells(value: str, subject: str) -> bool:
    return value.startswith(f"{subject} ")


def _begun(seen: FactView, since: date) -> bool:
    return seen.fact.valid_from is not None and seen.fact.valid_from > since
