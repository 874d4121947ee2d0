"""Who hangs together, among items that share traits. Pure.

Loose items are compared each for itself. Others stand for the whole story they are in already: nothing that bears on
its inside has changed, or they would be loose.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from ingest.stories.same import Sketch, same, sketch
from ingest.stories.traits import kind
from kb.types import StoryEntry

_LAST = datetime.max.replace(tzinfo=UTC)
_Age = tuple[datetime, str, tuple[str, ...]]


class Parts:
    """Disjoint sets of numbers, each named after its least."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self._above = {number: number for number in numbers}

    def find(self, one: int) -> int:
        while (above := self._above.setdefault(one, one)) != one:
            self._above[one] = self._above[above]
            one = above
        return one

    def join(self, one: int, other: int) -> None:
        least, most = sorted((self.find(one), self.find(other)))
        self._above[most] = least

    def members(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for one in sorted(self._above):
            found.setdefault(self.find(one), []).append(one)
        return found


def joined(
    entries: Sequence[StoryEntry], loose: Collection[int], buckets: Mapping[str, Sequence[int]]
) -> tuple[dict[int, int], dict[int, int]]:
    """The story of each loose item, and the stories that became part of another: old number to new.

    Loose items of a workspace join the stories of shared items, never two of those to one: an item that is the same as
    several shared ones goes with the oldest, and what is the same as that item alone goes with it.
    """
    known = {entry.item_id: (entry, sketch(entry)) for entry in entries}
    guests = {n for n in loose if known[n][0].workspace_id is not None}
    node = {n: n if n in loose else entry.story_id for n, (entry, _) in known.items()}
    parts, hosts = Parts(loose), dict[int, list[int]]()
    for key, one, other in _pairs(loose, buckets):
        first, second, hosted = node[one], node[other], one in guests and other not in guests
        # A story that is not there yet is that of an item still due, which will be compared in its turn.
        if first is None or second is None or (not hosted and parts.find(first) == parts.find(second)):
            continue
        if not same(known[one][1], known[other][1], by=kind(key)):
            continue
        if hosted:
            hosts.setdefault(one, []).append(other)
        else:
            parts.join(first, second)
    ages = {n: min((_age(known[host][1]), node[host]) for host in found) for n, found in hosts.items()}
    return _named(parts, loose, ages)


def _pairs(loose: Collection[int], buckets: Mapping[str, Sequence[int]]) -> Iterator[tuple[str, int, int]]:
    """Every pair of a loose item and another that share a trait, once a trait."""
    for key, ids in buckets.items():
        for one in ids:
            if one in loose:
                yield from ((key, one, other) for other in ids if other != one and (other > one or other not in loose))


def _named(
    parts: Parts, loose: Collection[int], hosts: Mapping[int, tuple[_Age, int | None]]
) -> tuple[dict[int, int], dict[int, int]]:
    story_of: dict[int, int] = {}
    moved: dict[int, int] = {}
    for least, members in parts.members().items():
        name = min((hosts[n] for n in members if n in hosts), default=((), least))[1] or least
        story_of |= {n: hosts[n][1] or name if n in hosts else name for n in members if n in loose}
        moved |= {n: name for n in members if n not in loose and n != name}
    return story_of, moved


def _age(entry: Sketch) -> _Age:
    return entry.published_at or _LAST, entry.address, entry.title
