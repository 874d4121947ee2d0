"""Which facts moved, with their sources and dates: the "because" of an alert. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.watch.contract import AlertSource, FactMoved
from bot.watch.outcome import Remembered, Told
from kb.facts.fields import is_single
from kb.facts.view import same_value
from kb.types import Fact, FactView, Status

Slot = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known now: `by_id` holds replaced facts too, `standing` what counts, by key."""

    by_id: Mapping[int, FactView]
    standing: Mapping[str, FactView]


def slot(fact: Fact) -> Slot:
    """What a fact tells of: on fields with one value at a time its subject, field and qualifiers, else itself."""
    if is_single(fact.field):
        return fact.subject, fact.field, fact.unit, frozenset(fact.qualifiers.items())
    return (fact.key,)


def causes(keys: Iterable[str], before: Remembered, known: Known) -> list[FactMoved]:
    """Of the facts behind what moved, those that did: changed, gone, or new since `before`; each once."""
    was: dict[Slot, tuple[Fact, Told]] = {}
    now: dict[Slot, FactView] = {}
    order: dict[Slot, None] = {}
    for key in keys:
        held = before.facts.get(key)
        old = known.by_id.get(held.id) if held else None
        new = known.standing.get(key)
        if old is not None and held is not None:
            was[slot(old.fact)] = old.fact, held
            order[slot(old.fact)] = None
        if new is not None:
            now[slot(new.fact)] = new
            order[slot(new.fact)] = None
    found = (_cause(was.get(place), now.get(place), before, known) for place in order)
    return [cause for cause in found if cause is not None]


def _cause(was: tuple[Fact, Told] | None, now: FactView | None, before: Remembered, known: Known) -> FactMoved | None:
    if was is None:
        return _came(now, before, known) if now else None
    fact, told = was
    heir = now or _heir(known.by_id[fact.id], known)
    if heir is None:
        return went(fact)
    if same_value(fact, heir.fact) and told.disputed == (heir.status is Status.DISPUTED):
        return None
    return changed(fact, heir)


def _came(now: FactView, before: Remembered, known: Known) -> FactMoved | None:
    """New since then; an old acquaintance that matters only now is no cause."""
    if not is_new(now.fact, before.seen_at):
        begun = now.fact.valid_from is not None and now.fact.valid_from > before.as_of
        return changed(None, now) if begun else None
    heirs = ((seen.fact, seen.superseded_by) for seen in known.by_id.values())
    replaced = [fact for fact, heir in heirs if heir is not None and heir.id == now.fact.id]
    return changed(max(replaced, key=lambda fact: fact.id, default=None), now)


def _heir(seen: FactView, known: Known) -> FactView | None:
    """What stands in the place of a fact that may have been replaced."""
    if seen.superseded_by is not None:
        return known.by_id.get(seen.superseded_by.id)
    return known.standing.get(seen.fact.key)


def is_new(fact: Fact, since: datetime) -> bool:
    return fact.recorded_at > since


def changed(before: Fact | None, after: FactView) -> FactMoved:
    """`before` None: nothing was known."""
    others = [other.statement for other in after.disagrees_with] if after.status is Status.DISPUTED else []
    said = " Another source disagrees: ".join([after.fact.statement, *others[:1]])
    return FactMoved(
        before=before.statement if before else "",
        after=said,
        valid_from=after.fact.valid_from,
        disputed=after.status is Status.DISPUTED,
        source=source_of(after.fact),
    )


def went(before: Fact) -> FactMoved:
    return FactMoved(before=before.statement, after="", source=source_of(before))


def source_of(fact: Fact) -> AlertSource:
    return AlertSource(
        title=fact.source_title,
        publisher=fact.publisher,
        url=fact.source_url,
        published=fact.known_from,
        tier=int(fact.tier),
    )
