"""Fact proposals that wait for an admin's word, as every door lists them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kb.facts.open import OpenClaim, open_claims
from kb.facts.view import view
from kb.store import Store


@dataclass(frozen=True, slots=True)
class Pending:
    """`stories`: by fact id, of items that are placed."""

    claims: tuple[OpenClaim, ...]
    stories: Mapping[int, str]


def pending(store: Store, today: date, *, workspace_id: str | None = None) -> Pending:
    """One a claim, the newest first; those that say what is in force already are among them."""
    facts, events = store.facts.contested(workspace_id=workspace_id)
    claims = open_claims(view(facts, events, as_of=today, today=today))
    ordered = sorted(claims, key=lambda claim: (claim.facts[0].known_from, claim.facts[0].id), reverse=True)
    return Pending(tuple(ordered), store.proposals.stories(workspace_id=workspace_id))


def claim_of(store: Store, fact_id: int, today: date, *, workspace_id: str | None = None) -> OpenClaim | None:
    """The open claim that this fact states, None where it is not open (any more)."""
    found = pending(store, today, workspace_id=workspace_id).claims
    return next((claim for claim in found if any(fact.id == fact_id for fact in claim.facts)), None)
