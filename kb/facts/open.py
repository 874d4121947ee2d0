"""Proposals as an admin sees them: one a claim, with everybody who states it and what it means for what is in force."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from kb.facts.fields import is_single
from kb.facts.view import same_value
from kb.types import Fact, FactView, Status

_HOLDING = (Status.IN_FORCE, Status.DISPUTED, Status.SCHEDULED)


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """`facts` say the same, the best source first. `in_force`: what holds of the same subject and field."""

    facts: Sequence[Fact]
    in_force: Sequence[Fact]
    bears: Literal["new", "known", "disagrees"]


def open_claims(views: Iterable[FactView]) -> list[OpenClaim]:
    """Of facts as seen on a day: what is proposed and not decided on."""
    seen = list(views)
    claims: list[list[Fact]] = []
    for view in (v for v in seen if v.status is Status.PROPOSED):
        mine = next((claim for claim in claims if _same_claim(claim[0], view.fact)), None)
        if mine is None:
            claims.append(mine := [])
        mine.append(view.fact)
    return [_claim(facts, [v.fact for v in seen if v.status in _HOLDING]) for facts in claims]


def _claim(facts: Sequence[Fact], holding: Sequence[Fact]) -> OpenClaim:
    ordered = sorted(facts, key=lambda fact: (fact.tier, fact.known_from, fact.id))
    same = [fact for fact in holding if _slot(fact) == _slot(ordered[0])]
    if any(same_value(fact, ordered[0]) for fact in same):
        return OpenClaim(ordered, same, "known")
    return OpenClaim(ordered, same, "disagrees" if same and is_single(ordered[0].field) else "new")


def _slot(fact: Fact) -> tuple[object, ...]:
    return fact.subject, fact.field, fact.unit, frozenset(fact.qualifiers.items())


def _same_claim(one: Fact, other: Fact) -> bool:
    same = _slot(one) == _slot(other) and one.valid_from == other.valid_from
    return same and one.workspace_id == other.workspace_id and same_value(one, other)
