"""What a reading's facts mean for the stored ones. Pure.

::

    not stored under its key  -> a new row
    stored, says the same     -> nothing; taken back before? approved again
    stored, says another      -> a new row of the same key, which replaces the old one from its day on
    stored, told no more      -> retracted, every row of it; but not on the word of a body that may have been cut
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ingest.dates import read_date
from ingest.source import Response
from kb.types import PROPOSAL, Fact, FactDraft, FactEvent, SourceRecord

_STANDING = ("proposed", "approved", "rejected", "retracted")
LEAST_SHARE = 0.5  # of what is known; a body that holds less was more likely cut than cleaned up


@dataclass(frozen=True, slots=True, kw_only=True)
class FactChanges:
    """`retracted` and `returned` are ids of stored facts. `spared`: missing, but the body was not to be trusted."""

    added: tuple[FactDraft, ...] = ()
    retracted: tuple[int, ...] = ()
    returned: tuple[int, ...] = ()
    spared: int = 0


def key_prefix(record: SourceRecord) -> str:
    """What the keys of a source's facts begin with: two tables never write over each other."""
    return f"{record.kind}-{record.id}/"


def stated_on(response: Response) -> date:
    """When the body was published: as its server states it, else when it was received."""
    stated = read_date(response.headers.get("last-modified", ""))
    return min(stated, response.received_at).date() if stated else response.received_at.date()


def too_few(found: int, known: int) -> bool:
    return found < known * LEAST_SHARE


def fact_changes(
    stored: Iterable[Fact],
    events: Iterable[FactEvent],
    drafts: Iterable[FactDraft],
    *,
    prefix: str,
    published: date,
    complete: bool = True,
) -> FactChanges:
    """Compare what a source tells with what is stored; only facts whose keys begin with `prefix` are its own."""
    facts = list(stored)
    told = {draft.key: draft for draft in drafts}
    rows = _by_key(fact for fact in facts if fact.key.startswith(prefix))
    gone = _taken_back(events)
    elsewhere = {_slot(fact) for fact in facts if not fact.key.startswith((prefix, PROPOSAL))}
    standing = {key: live for key, same in rows.items() if (live := [f.id for f in same if f.id not in gone])}
    missing = [key for key in standing if key not in told]
    trusted = complete and not too_few(len(standing) - len(missing), len(standing))
    return FactChanges(
        added=tuple(
            _dated(draft, rows.get(key, ()), published, elsewhere)
            for key, draft in told.items()
            if key not in rows or not _same(rows[key][-1], draft)
        ),
        retracted=tuple(id_ for key in missing for id_ in standing[key]) if trusted else (),
        returned=tuple(
            rows[key][-1].id
            for key, draft in told.items()
            if key in rows and rows[key][-1].id in gone and _same(rows[key][-1], draft)
        ),
        spared=0 if trusted else len(missing),
    )


def _by_key(facts: Iterable[Fact]) -> Mapping[str, Sequence[Fact]]:
    rows: dict[str, list[Fact]] = defaultdict(list)
    for fact in sorted(facts, key=lambda fact: fact.id):
        rows[fact.key].append(fact)
    return rows


def _taken_back(events: Iterable[FactEvent]) -> set[int]:
    last: dict[int, FactEvent] = {}
    for event in events:
        kept = last.get(event.fact_id)
        if event.kind in _STANDING and (kept is None or (event.at, event.recorded_at) >= (kept.at, kept.recorded_at)):
            last[event.fact_id] = event
    return {id_ for id_, event in last.items() if event.kind in ("retracted", "rejected")}


def _same(fact: Fact, draft: FactDraft) -> bool:
    """Whether they say the same of the world, whenever it was said and in whatever words."""
    return (fact.value, fact.valid_to, *_slot(fact)) == (draft.value, draft.valid_to, *_slot(draft))


def _slot(fact: FactDraft) -> tuple[object, ...]:
    narrowed = frozenset(fact.qualifiers.items())
    return fact.publisher, fact.subject, fact.field, fact.unit, narrowed, fact.valid_from


def _dated(
    draft: FactDraft, before: Sequence[Fact], published: date, elsewhere: Collection[tuple[object, ...]]
) -> FactDraft:
    """A correction is known from when it was published, not from when the corrected value took effect.

    So is what a starter fact of the same publisher tells already: the later word counts. What ended, and began nobody
    says when, stays where it was: known later, it would seem to follow what followed it.
    """
    over = draft.valid_from is None and draft.valid_to is not None
    if over or not (before or _slot(draft) in elsewhere):
        return draft
    return replace(draft, known_from=max([published, draft.known_from, *(fact.known_from for fact in before)]))
