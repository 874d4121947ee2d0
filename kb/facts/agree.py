"""When proposals are believed without a person: two independent sources of tier 1-2 say the same. Pure.

Independent are two houses with two stories: a syndicated copy repeats, it does not agree. An item that is in no story
yet may be anybody's copy, so it waits. What an admin rejected is not believed on the word of others, and what somebody
holds for a fact already needs no second row.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations

from kb.facts.view import same_value, standings
from kb.types import PROPOSAL, Agreement, Fact, FactEvent, Tier


def agreements(
    facts: Iterable[Fact],
    events: Iterable[FactEvent],
    stories: Mapping[int, str],
    *,
    house: Callable[[str], str] = str.casefold,
) -> list[Agreement]:
    """The open proposals that others bear out, one a claim: the best source, and of equals the earliest.

    `stories` by fact id; who is not in it is not placed. `house` tells publishers of one house as one.
    """
    rows = list(facts)
    standing = standings(rows, events)
    found = []
    for claim in _claims(rows):
        if any(standing[fact.id] in ("approved", "rejected") for fact in claim):
            continue
        witnesses = [f for f in claim if standing[f.id] == "proposed" and f.tier <= Tier.RECOGNISED and f.id in stories]
        pair = _independent(witnesses, stories, house)
        if pair is not None:
            first, other = pair
            known_from = max(first.known_from, other.known_from)
            found.append(Agreement(fact_id=first.id, with_fact_id=other.id, known_from=known_from))
    return found


def _claims(facts: Iterable[Fact]) -> Iterable[Sequence[Fact]]:
    """Facts that say the same of the same, where text proposes it."""
    slots: dict[tuple[object, ...], list[list[Fact]]] = defaultdict(list)
    for fact in facts:
        narrowed = frozenset(fact.qualifiers.items())
        slot = slots[fact.workspace_id, fact.subject, fact.field, fact.unit, narrowed, fact.valid_from]
        claim = next((claim for claim in slot if same_value(claim[0], fact)), None)
        if claim is None:
            slot.append(claim := [])
        claim.append(fact)
    return [c for slot in slots.values() for c in slot if any(fact.key.startswith(PROPOSAL) for fact in c)]


def _independent(
    witnesses: Sequence[Fact], stories: Mapping[int, str], house: Callable[[str], str]
) -> tuple[Fact, Fact] | None:
    ordered = sorted(witnesses, key=lambda fact: (fact.tier, fact.known_from, fact.id))
    for one, other in combinations(ordered, 2):
        houses = house(one.publisher), house(other.publisher)
        if all(houses) and houses[0] != houses[1] and stories[one.id] != stories[other.id]:
            return one, other
    return None
