"""Facts as seen on a date. Pure: the same facts and events give the same views, in whatever order they come.

::

    known by then -> told apart by their events -> started -> replaced by what? -> disputed? -> stale?

A started fact is superseded by, in this order: the fact that amends it; a newer recording of itself; the end of its
validity; a later version from its own publisher; a better source that disagrees. The last two only on fields that
have one value at a time. What is left and disagrees among good sources is disputed.

A proposal that was believed (by agreement or by an admin) and is newer than a better source that it contradicts is not
outranked in silence: both are disputed. One that nobody believed yet changes no status; where it is of tier 1-2 and
newer, the fact that it contradicts is `challenged_by` it.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

from kb.facts.fields import is_single, stale_days
from kb.facts.values import parse_list, parse_number
from kb.types import Fact, FactEvent, FactView, Status, Tier

_STANDING = ("proposed", "approved", "rejected", "retracted")  # later ones win among simultaneous events


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was known: facts with their events, and the started ones that count."""

    facts: Sequence[Fact]
    standing: Mapping[int, str]  # the last of _STANDING by fact id
    events: Mapping[int, Sequence[FactEvent]]
    promoted: frozenset[int]  # once proposed, now approved
    live: Sequence[Fact]  # neither proposed nor taken back, and begun


def view(
    facts: Iterable[Fact],
    events: Iterable[FactEvent],
    *,
    as_of: date,
    as_recorded: datetime | None = None,
    today: date | None = None,
) -> list[FactView]:
    """Every fact known by the end of `as_of` (and recorded by `as_recorded`), sorted by subject, field, key and id.

    `today` is the day from which staleness is counted; without it that is `as_of`.
    """
    kept = [event for event in events if as_recorded is None or event.recorded_at <= as_recorded]
    seen = _see(facts, kept, as_of, as_recorded)
    replaced = _replacements(seen, as_of)
    disputes = _disputes([fact for fact in seen.live if fact.id not in replaced])
    day = today or as_of
    confirmed = _confirmed(kept, day)
    challenges = _challenges(seen, [fact for fact in seen.live if fact.id not in replaced])
    told = partial(_told, until=min(day, _day(as_recorded)) if as_recorded else day)
    return [
        FactView(
            fact=fact,
            status=_status(fact, seen, replaced, disputes, as_of),
            superseded_by=_last(fact, replaced),
            disagrees_with=tuple(disputes.get(fact.id, ())),
            challenged_by=tuple(challenges.get(fact.id, ())),
            stale=_stale(fact, (confirmed.get(fact.id), None if fact.id in replaced else told(fact)), day),
        )
        for fact in seen.facts
    ]


def _order(fact: Fact) -> tuple[str, str, str, datetime, int]:
    return fact.subject, fact.field, fact.key, fact.recorded_at, fact.id


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _see(facts: Iterable[Fact], events: Sequence[FactEvent], as_of: date, as_recorded: datetime | None) -> _Seen:
    known = sorted(
        (f for f in facts if f.known_from <= as_of and (as_recorded is None or f.recorded_at <= as_recorded)),
        key=_order,
    )
    by_fact: dict[int, list[FactEvent]] = defaultdict(list)
    for event in events:
        # A proposal is kept whenever it was made: what nobody had approved by then was not known by then either.
        if _day(event.at) <= as_of or event.kind == "proposed":
            by_fact[event.fact_id].append(event)
    standing = {fact.id: _standing(by_fact.get(fact.id, ())) for fact in known}
    live = [f for f in known if standing[f.id] == "approved" and not _scheduled(f, as_of)]
    promoted = frozenset(
        id_
        for id_, told in by_fact.items()
        if standing.get(id_) == "approved" and any(e.kind == "proposed" for e in told)
    )
    return _Seen(known, standing, by_fact, promoted, live)


def standings(facts: Iterable[Fact], events: Iterable[FactEvent]) -> dict[int, str]:
    """The last word on each fact, on whatever day it was said: "proposed", "approved", "rejected" or "retracted"."""
    by_fact: dict[int, list[FactEvent]] = defaultdict(list)
    for event in events:
        by_fact[event.fact_id].append(event)
    return {fact.id: _standing(by_fact.get(fact.id, ())) for fact in facts}


def _standing(events: Sequence[FactEvent]) -> str:
    """The last word on a fact; one that was never proposed entered approved."""
    words = [event for event in events if event.kind in _STANDING]
    if not words:
        return "approved"
    return max(words, key=lambda event: (event.at, event.recorded_at, _STANDING.index(event.kind))).kind


def _scheduled(fact: Fact, as_of: date) -> bool:
    return fact.valid_from is not None and fact.valid_from > as_of


def _status(
    fact: Fact, seen: _Seen, replaced: Mapping[int, Fact | None], disputes: Mapping[int, Sequence[Fact]], as_of: date
) -> Status:
    standing = seen.standing[fact.id]
    if standing in ("rejected", "retracted"):
        return Status.RETRACTED
    if standing == "proposed":
        return Status.PROPOSED
    if fact.id in replaced:
        return Status.SUPERSEDED
    if _scheduled(fact, as_of):
        return Status.SCHEDULED
    others = disputes.get(fact.id, ())
    good = any(other.tier <= Tier.RECOGNISED or other.id in seen.promoted for other in others)
    return Status.DISPUTED if good else Status.IN_FORCE


# ---------------------------------------------------------------- what replaces what


def _replacements(seen: _Seen, as_of: date) -> dict[int, Fact | None]:
    """Superseded fact id -> what replaced it (None: its time is over and nothing followed)."""
    replaced: dict[int, Fact | None] = {}
    candidates = [f for f in seen.facts if seen.standing[f.id] == "approved"]
    amenders = _amenders(seen, candidates, as_of)
    newest = _newest(candidates, as_of)
    # An outdated recording was a mistake of ours: it replaces nothing, however late its source.
    later = _later_versions([f for f in seen.live if f.id not in newest])
    for fact in candidates:
        heir = amenders.get(fact.id) or newest.get(fact.id)
        if heir is None and not _scheduled(fact, as_of):
            heir = later.get(fact.id)
        if heir is not None:
            replaced[fact.id] = heir
        elif (fact.valid_to is not None and fact.valid_to <= as_of) or _closed(fact, seen):
            replaced[fact.id] = None
    return replaced | _outranked([f for f in seen.live if f.id not in replaced], seen.promoted)


def _amenders(seen: _Seen, candidates: Sequence[Fact], as_of: date) -> dict[int, Fact]:
    """By explicit amendment: a fact's `amends` names our key, or an "amended" event names the other fact.

    An amendment yet to begin leaves what is in force alone, but replaces what was yet to begin.
    """
    by_key: dict[str, list[Fact]] = defaultdict(list)
    by_id = {fact.id: fact for fact in candidates}
    for fact in candidates:
        by_key[fact.key].append(fact)
    pairs = [(old, new) for new in candidates for old in by_key.get(new.amends or "", ())]
    for old in candidates:
        named = (e.other_fact_id for e in seen.events.get(old.id, ()) if e.kind == "amended")
        pairs.extend((old, by_id[id_]) for id_ in named if id_ in by_id)
    found: dict[int, Fact] = {}
    for old, new in pairs:
        begun = not _scheduled(new, as_of) or _scheduled(old, as_of)
        if begun and new.id != old.id and (old.id not in found or _recency(new) > _recency(found[old.id])):
            found[old.id] = new
    return found


def _closed(fact: Fact, seen: _Seen) -> bool:
    """Amended away without a successor."""
    return any(e.kind == "amended" and e.other_fact_id is None for e in seen.events.get(fact.id, ()))


def _newest(candidates: Iterable[Fact], as_of: date) -> dict[int, Fact]:
    """Rows of one key are recordings of one fact: the newest counts, unless it tells of a change yet to come."""
    rows: dict[tuple[str | None, str], list[Fact]] = defaultdict(list)
    for fact in candidates:
        rows[fact.workspace_id, fact.key].append(fact)
    found: dict[int, Fact] = {}
    for same in (group for group in rows.values() if len(group) > 1):
        for fact in same:
            newer = [
                other
                for other in same
                if (other.recorded_at, other.id) > (fact.recorded_at, fact.id)
                and (not _scheduled(other, as_of) or other.known_from == fact.known_from)
            ]
            if newer:
                found[fact.id] = max(newer, key=lambda other: (other.recorded_at, other.id))
    return found


def _recency(fact: Fact) -> tuple[date, date, datetime, int]:
    """When it began to hold, when it was published, and for a total order when and as what we stored it."""
    return fact.valid_from or fact.known_from, fact.known_from, fact.recorded_at, fact.id


def _slots(facts: Iterable[Fact]) -> Iterable[list[Fact]]:
    """Two facts and more that say the same thing of the same subject, on fields with one value at a time."""
    slots: dict[tuple[object, ...], list[Fact]] = defaultdict(list)
    for fact in facts:
        if is_single(fact.field):
            narrowed = frozenset(fact.qualifiers.items()) if fact.qualifiers else None
            slots[fact.subject, fact.field, fact.unit, narrowed].append(fact)
    return [slot for slot in slots.values() if len(slot) > 1]


def _later_versions(live: Iterable[Fact]) -> dict[int, Fact]:
    """The latest of the same publisher. An ended or amended version still replaces its forerunners."""
    found: dict[int, Fact] = {}
    for slot in _slots(live):
        latest: dict[str, Fact] = {}
        for fact in slot:
            if fact.publisher not in latest or _recency(fact) > _recency(latest[fact.publisher]):
                latest[fact.publisher] = fact
        for fact in slot:
            if _recency(fact)[:2] < _recency(latest[fact.publisher])[:2]:
                found[fact.id] = latest[fact.publisher]
    return found


def _outranked(current: Iterable[Fact], promoted: Collection[int]) -> dict[int, Fact | None]:
    """Facts that a better source contradicts; but not the later word of one that was believed."""
    found: dict[int, Fact | None] = {}
    for slot in _slots(current):
        best = min(fact.tier for fact in slot)
        leaders = [fact for fact in slot if fact.tier == best]
        for fact in slot:
            later = fact.id in promoted and all(fact.known_from > leader.known_from for leader in leaders)
            if fact.tier > best and not later and not any(same_value(fact, leader) for leader in leaders):
                found[fact.id] = max(leaders, key=_recency)
    return found


def _last(fact: Fact, replaced: Mapping[int, Fact | None]) -> Fact | None:
    """The end of the chain of replacements."""
    heir, passed = replaced.get(fact.id), {fact.id}
    while heir is not None and heir.id not in passed and (following := replaced.get(heir.id)) is not None:
        passed.add(heir.id)
        heir = following
    return heir


# ---------------------------------------------------------------- disagreement and age


def same_value(one: Fact, other: Fact) -> bool:
    """Whether two facts say the same, however it is written ("1.50" and "1.5", the order of a list)."""
    return _canonical(one.value) == _canonical(other.value)


def _canonical(value: str) -> object:
    number = parse_number(value)
    return number if number is not None else frozenset(" ".join(p.casefold().split()) for p in parse_list(value))


def _disputes(current: Iterable[Fact]) -> dict[int, list[Fact]]:
    """Fact id -> the current facts that give another value."""
    found: dict[int, list[Fact]] = {}
    for slot in _slots(current):
        for fact in slot:
            others = [other for other in slot if not same_value(fact, other)]
            if others:
                found[fact.id] = others
    return found


def _challenges(seen: _Seen, current: Sequence[Fact]) -> dict[int, list[Fact]]:
    """Fact id -> newer open proposals of good sources that give another value."""
    waiting = [f for f in seen.facts if seen.standing[f.id] == "proposed" and f.tier <= Tier.RECOGNISED]
    open_ids, found = {fact.id for fact in waiting}, {}
    for slot in _slots([*current, *waiting]) if waiting else ():
        for fact in (held for held in slot if held.id not in open_ids):
            newer = [f for f in slot if f.id in open_ids and f.known_from > fact.known_from and not same_value(f, fact)]
            if newer:
                found[fact.id] = newer
    return found


def _confirmed(events: Iterable[FactEvent], today: date) -> dict[int, date]:
    """The last confirmation by today: age is counted on today's clock, whatever day is looked at."""
    found: dict[int, date] = {}
    for event in events:
        if event.kind == "confirmed" and (day := _day(event.at)) <= today:
            found[event.fact_id] = max(day, found.get(event.fact_id, day))
    return found


def _told(fact: Fact, *, until: date) -> date | None:
    """The last day until then on which its source was read and said so still."""
    upto = bisect_right(fact.confirmed_on, until)
    return fact.confirmed_on[upto - 1] if upto else None


def _stale(fact: Fact, confirmed: Iterable[date | None], today: date) -> bool:
    days = stale_days(fact.subject, fact.field)
    if days is None:
        return False
    last = max(day for day in (fact.checked_on or fact.known_from, *confirmed) if day is not None)
    return today - last > timedelta(days=days)
