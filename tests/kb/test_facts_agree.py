"""When proposals are believed, and what they do to facts in force."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from kb.facts.agree import agreements
from kb.facts.open import open_claims
from kb.facts.view import view
from kb.types import PROPOSAL, Agreement, Fact, FactEvent, Status, Tier

DAY = date(2026, 6, 1)


def proposal(id_: int, value: str = "2", **changes: object) -> Fact:
    made = Fact(
        id=id_, workspace_id=None, recorded_at=datetime(2026, 1, 1, tzinfo=UTC), key=f"{PROPOSAL}{id_}/a/b",
        subject="offer:a/b", field="price_input", value=value, statement=f"It is {value}.", source_url="https://a.example",
        source_title="A", publisher=f"P{id_}", tier=Tier.RECOGNISED, known_from=DAY, unit="USD per million tokens",
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def in_force(id_: int, value: str = "1", **changes: object) -> Fact:
    old = {"key": f"starter/{id_}", "tier": Tier.PRIMARY, "known_from": DAY - timedelta(days=30)}
    return proposal(id_, value, **(old | changes))


def event(fact: Fact, kind: str, day: date | None = None, **changes: object) -> FactEvent:
    at = datetime.combine(day or fact.known_from, datetime.min.time(), UTC)
    return replace(FactEvent(fact_id=fact.id, kind=kind, at=at, recorded_at=at), **changes)  # type: ignore[arg-type]


def proposed(*facts: Fact) -> list[FactEvent]:
    return [event(fact, "proposed") for fact in facts]


def agreed(
    *facts: Fact, events: list[FactEvent] | None = None, stories: dict[int, str] | None = None
) -> list[Agreement]:
    placed = {fact.id: f"story:{fact.id}" for fact in facts} if stories is None else stories
    return agreements(facts, proposed(*facts) if events is None else events, placed)


def statuses(facts: list[Fact], events: list[FactEvent], as_of: date = DAY) -> dict[int, Status]:
    return {seen.fact.id: seen.status for seen in view(facts, events, as_of=as_of)}


def test_two_independent_sources_that_say_the_same_are_believed() -> None:
    one, two = proposal(1), proposal(2, "2.0", known_from=DAY + timedelta(days=3))
    assert agreed(one, two) == [Agreement(fact_id=1, with_fact_id=2, known_from=two.known_from)]


def test_copies_one_house_other_values_and_low_tiers_do_not_agree() -> None:
    one = proposal(1)
    assert agreed(one) == []
    assert agreed(one, proposal(2), stories={1: "story:1", 2: "story:1"}) == []  # syndicated
    assert agreed(one, proposal(2), stories={1: "story:1"}) == []  # not placed yet: may be a copy
    assert agreed(one, proposal(2, publisher="p1")) == []
    assert agreed(one, proposal(2, publisher="")) == []
    assert agreed(one, proposal(2, "3")) == []
    assert agreed(one, proposal(2, tier=Tier.PRESS)) == []
    assert agreed(one, proposal(2, valid_from=DAY)) == []
    assert agreed(one, proposal(2, unit="EUR per million tokens")) == []


def test_houses_may_have_several_names() -> None:
    facts = [proposal(1, publisher="Google"), proposal(2, publisher="Google DeepMind")]
    stories = {1: "story:1", 2: "story:2"}
    assert agreements(facts, proposed(*facts), stories, house=lambda name: name.split()[0]) == []


def test_what_was_rejected_or_is_in_force_is_not_believed_again() -> None:
    one, two, three = proposal(1), proposal(2), proposal(3)
    assert agreed(one, two, three, events=[*proposed(one, two, three), event(three, "rejected")]) == []
    assert agreed(in_force(4, "2"), one, two, events=proposed(one, two)) == []


@given(st.permutations([proposal(1), proposal(2), proposal(3, tier=Tier.PRIMARY), proposal(4, "9")]))
def test_agreement_does_not_depend_on_the_order(facts: list[Fact]) -> None:
    assert agreed(*facts) == [Agreement(fact_id=3, with_fact_id=1, known_from=DAY)]


def test_a_proposal_changes_no_status_and_a_good_newer_one_challenges() -> None:
    old = in_force(1)
    for tier, challenged in ((Tier.PRIMARY, True), (Tier.RECOGNISED, True), (Tier.PRESS, False), (Tier.OPINION, False)):
        new = proposal(2, tier=tier)
        seen = {v.fact.id: v for v in view([old, new], proposed(new), as_of=DAY)}
        assert (seen[1].status, seen[2].status) == (Status.IN_FORCE, Status.PROPOSED)
        assert bool(seen[1].challenged_by) is challenged
    assert not view([old, proposal(2, "1")], proposed(proposal(2)), as_of=DAY)[0].challenged_by


def test_what_is_believed_and_newer_disputes_a_better_source() -> None:
    old, new = in_force(1), proposal(2)
    told = [*proposed(new), event(new, "approved")]
    assert statuses([old, new], told) == {1: Status.DISPUTED, 2: Status.DISPUTED}
    assert statuses([old, new], told, as_of=DAY - timedelta(days=1)) == {1: Status.IN_FORCE}
    press = replace(new, tier=Tier.PRESS)  # an admin vouches for it
    assert statuses([old, press], told) == {1: Status.DISPUTED, 2: Status.DISPUTED}


def test_what_is_believed_but_older_yields_to_a_better_source() -> None:
    late, new = in_force(1, known_from=DAY), proposal(2, known_from=DAY - timedelta(days=9))
    told = [*proposed(new), event(new, "approved")]
    assert statuses([late, new], told) == {1: Status.IN_FORCE, 2: Status.SUPERSEDED}


def test_an_announced_change_that_is_believed_is_scheduled() -> None:
    old, new = in_force(1, publisher="P"), proposal(2, publisher="P", valid_from=DAY + timedelta(days=30))
    told = [*proposed(new), event(new, "approved")]
    assert statuses([old, new], told) == {1: Status.IN_FORCE, 2: Status.SCHEDULED}
    later = statuses([old, new], told, as_of=DAY + timedelta(days=30))
    assert later == {1: Status.SUPERSEDED, 2: Status.IN_FORCE}


def test_claims_are_shown_once_with_all_their_witnesses() -> None:
    facts = [
        in_force(1),
        proposal(2),
        proposal(3, tier=Tier.PRIMARY),
        proposal(4, "1.0"),
        proposal(5, subject="offer:a/c"),
    ]
    for some in permutations(facts[1:], 4):
        claims = open_claims(view([facts[0], *some], proposed(*some), as_of=DAY))
        found = {tuple(fact.id for fact in claim.facts): claim.bears for claim in claims}
        assert found == {(3, 2): "disagrees", (4,): "known", (5,): "new"}
