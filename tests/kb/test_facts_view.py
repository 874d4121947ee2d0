"""Facts as of a date: by example, and by properties that hold for any facts."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.facts.view import view
from kb.types import Fact, FactEvent, FactView, Status, Tier

DAY = date(2026, 6, 1)
RECORDED = datetime(2026, 1, 1, tzinfo=UTC)


def fact(id_: int, value: str = "1", **changes: object) -> Fact:
    made = Fact(
        id=id_, workspace_id=None, recorded_at=RECORDED, key=f"k{id_}", subject="offer:a/b", field="price_input",
        value=value, statement=f"It is {value}.", source_url="https://a.example", source_title="A", publisher=f"P{id_}",
        tier=Tier.PRIMARY, known_from=date(2026, 5, 1), unit="USD per million tokens",
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def event(fact_id: int, kind: str, day: date, **changes: object) -> FactEvent:
    at = datetime.combine(day, time(23, 59), tzinfo=UTC)
    return replace(FactEvent(fact_id=fact_id, kind=kind, at=at, recorded_at=at), **changes)  # type: ignore[arg-type]


def seen(*facts: Fact, events: tuple[FactEvent, ...] = (), as_of: date = DAY, **rest: object) -> dict[int, FactView]:
    return {v.fact.id: v for v in view(facts, events, as_of=as_of, **rest)}  # type: ignore[arg-type]


def statuses(*facts: Fact, events: tuple[FactEvent, ...] = (), as_of: date = DAY) -> dict[int, Status]:
    return {id_: v.status for id_, v in seen(*facts, events=events, as_of=as_of).items()}


# ---------------------------------------------------------------- time


def test_a_fact_is_known_from_the_day_its_source_was_published() -> None:
    assert statuses(fact(1, known_from=DAY)) == {1: Status.IN_FORCE}
    assert statuses(fact(1, known_from=DAY + timedelta(days=1))) == {}


def test_what_begins_later_is_scheduled_and_replaces_nothing_yet() -> None:
    old = fact(1, publisher="P", valid_from=date(2026, 1, 1))
    new = fact(2, "2", publisher="P", valid_from=DAY + timedelta(days=1), amends="k1")
    assert statuses(old, new) == {1: Status.IN_FORCE, 2: Status.SCHEDULED}
    assert statuses(old, new, as_of=DAY + timedelta(days=1)) == {1: Status.SUPERSEDED, 2: Status.IN_FORCE}


def test_an_announcement_replaces_an_earlier_announcement() -> None:
    first = fact(1, valid_from=date(2026, 9, 1))
    delayed = fact(2, "2", valid_from=date(2026, 12, 1), amends="k1")
    assert statuses(first, delayed) == {1: Status.SUPERSEDED, 2: Status.SCHEDULED}


def test_the_end_of_validity_is_exclusive() -> None:
    ending = fact(1, valid_to=DAY)
    assert statuses(ending) == {1: Status.SUPERSEDED}
    assert statuses(ending, as_of=DAY - timedelta(days=1)) == {1: Status.IN_FORCE}
    assert seen(ending)[1].superseded_by is None


def test_as_recorded_is_the_other_clock() -> None:
    late = fact(1, recorded_at=RECORDED + timedelta(days=5))
    assert seen(late, as_recorded=RECORDED + timedelta(days=4)) == {}
    assert 1 in seen(late, as_recorded=RECORDED + timedelta(days=5))
    taken_back = event(1, "retracted", date(2026, 3, 1))
    before = seen(fact(1, known_from=date(2026, 1, 1)), events=(taken_back,), as_recorded=RECORDED)
    assert before[1].status is Status.IN_FORCE


# ---------------------------------------------------------------- events


def test_a_proposal_waits_for_its_approval() -> None:
    proposed, approved = event(1, "proposed", date(2026, 5, 10)), event(1, "approved", date(2026, 5, 20))
    assert statuses(fact(1), events=(proposed, approved)) == {1: Status.IN_FORCE}
    assert statuses(fact(1), events=(proposed, approved), as_of=date(2026, 5, 19)) == {1: Status.PROPOSED}


def test_a_proposal_made_later_is_not_in_force_before_it_either() -> None:
    proposed = event(1, "proposed", date(2026, 10, 1))
    assert statuses(fact(1), events=(proposed,)) == {1: Status.PROPOSED}


@pytest.mark.parametrize("kind", ["rejected", "retracted"])
def test_what_was_taken_back_counts_no_more(kind: str) -> None:
    old, new = fact(1), fact(2, "2", amends="k1")
    assert statuses(old, new) == {1: Status.SUPERSEDED, 2: Status.IN_FORCE}
    gone = statuses(old, new, events=(event(2, "proposed", date(2026, 5, 2)), event(2, kind, date(2026, 5, 3))))
    assert gone == {1: Status.IN_FORCE, 2: Status.RETRACTED}


def test_an_amended_event_names_the_successor() -> None:
    amended = event(1, "amended", date(2026, 5, 3), other_fact_id=2)
    assert seen(fact(1), fact(2, "2"), events=(amended,))[1].superseded_by == fact(2, "2")
    unknown = fact(2, "2", known_from=DAY + timedelta(days=9))
    assert statuses(fact(1), unknown, events=(amended,)) == {1: Status.IN_FORCE}
    closed = event(1, "amended", date(2026, 5, 3))
    assert statuses(fact(1), events=(closed,)) == {1: Status.SUPERSEDED}


# ---------------------------------------------------------------- replacement and dispute


def test_an_amendment_chain_ends_at_its_last_link() -> None:
    chain = [fact(n, str(n), amends=f"k{n - 1}" if n > 1 else None) for n in range(1, 5)]
    views = seen(*chain)
    assert [views[n].superseded_by and views[n].superseded_by.id for n in range(1, 5)] == [4, 4, 4, None]


def test_amendments_in_a_circle_end() -> None:
    one, two = fact(1, amends="k2"), fact(2, "2", amends="k1")
    assert set(statuses(one, two).values()) == {Status.SUPERSEDED}


def test_a_newer_recording_of_the_same_key_is_the_fact() -> None:
    wrong, right = fact(1, "1"), fact(2, "2", key="k1", publisher="P1", recorded_at=RECORDED + timedelta(days=200))
    assert statuses(wrong, right) == {1: Status.SUPERSEDED, 2: Status.IN_FORCE}
    assert seen(wrong, right, as_recorded=RECORDED)[1].status is Status.IN_FORCE


@pytest.mark.parametrize("later", [{"known_from": date(2026, 5, 2)}, {"valid_from": date(2026, 5, 2)}])
def test_a_later_version_of_the_same_publisher_replaces(later: dict[str, date]) -> None:
    old, new = fact(1, publisher="P"), fact(2, "2", publisher="P", **later)
    assert statuses(old, new) == {1: Status.SUPERSEDED, 2: Status.IN_FORCE}


def test_a_corrected_recording_replaces_nothing_however_late_its_source() -> None:
    wrong = fact(1, "9.99", key="k", publisher="P", known_from=date(2026, 5, 20))
    right = fact(2, "0.66", key="k", publisher="P", recorded_at=RECORDED + timedelta(days=1))
    corrected = event(1, "amended", date(2026, 5, 1), other_fact_id=2)
    assert statuses(wrong, right, events=(corrected,)) == {1: Status.SUPERSEDED, 2: Status.IN_FORCE}


def test_other_qualifiers_are_another_fact() -> None:
    there = fact(2, "2", publisher="P1", known_from=date(2026, 5, 2), qualifiers={"region": "eu"})
    assert set(statuses(fact(1), there).values()) == {Status.IN_FORCE}


def test_an_ended_version_does_not_bring_back_its_forerunner() -> None:
    old = fact(1, publisher="P", known_from=date(2026, 1, 1))
    new = fact(2, "2", publisher="P", known_from=date(2026, 2, 1), valid_to=date(2026, 3, 1))
    assert statuses(old, new) == {1: Status.SUPERSEDED, 2: Status.SUPERSEDED}


def test_a_better_source_that_disagrees_replaces() -> None:
    hearsay, primary = fact(1, tier=Tier.PRESS), fact(2, "2")
    assert seen(hearsay, primary)[1].superseded_by == primary
    assert statuses(fact(1, tier=Tier.PRESS), fact(2, "1.0")) == {1: Status.IN_FORCE, 2: Status.IN_FORCE}


def test_equally_good_sources_that_disagree_are_disputed_and_say_with_whom() -> None:
    views = seen(fact(1), fact(2, "2"), fact(3, "1.00"))
    assert {id_: v.status for id_, v in views.items()} == dict.fromkeys((1, 2, 3), Status.DISPUTED)
    assert [other.id for other in views[2].disagrees_with] == [1, 3]
    assert [other.id for other in views[1].disagrees_with] == [2]


def test_disagreeing_press_is_shown_but_no_dispute() -> None:
    views = seen(fact(1, tier=Tier.PRESS), fact(2, "2", tier=Tier.PRESS))
    assert views[1].status is Status.IN_FORCE
    assert views[1].disagrees_with == (views[2].fact,)


@pytest.mark.parametrize("field", ["alias", "evidence", "requires", "threshold", "note"])
def test_collected_statements_neither_replace_nor_dispute(field: str) -> None:
    one = fact(1, field=field, publisher="P", tier=Tier.PRESS)
    two = fact(2, "2", field=field, publisher="P", known_from=date(2026, 5, 2))
    assert {v.status for v in seen(one, two).values()} == {Status.IN_FORCE}
    assert not seen(one, two)[1].disagrees_with
    assert statuses(one, replace(two, amends="k1"))[1] is Status.SUPERSEDED


def test_lists_agree_in_any_order() -> None:
    one = fact(1, "text,image", subject="model:a", field="modalities_in", unit="")
    assert set(statuses(one, replace(one, id=2, key="k2", publisher="Q", value="image, Text")).values()) == {
        Status.IN_FORCE
    }


# ---------------------------------------------------------------- age


@pytest.mark.parametrize(
    ("subject", "field", "days"),
    [("offer:a/b", "price_input", 7), ("duty:a/b", "requires", 30), ("licence:a", "threshold", 30)],
)
def test_facts_grow_stale_by_kind(subject: str, field: str, days: int) -> None:
    checked = fact(1, subject=subject, field=field, checked_on=DAY)
    assert not seen(checked, today=DAY + timedelta(days=days))[1].stale
    assert seen(checked, today=DAY + timedelta(days=days + 1))[1].stale


def test_a_confirmation_makes_fresh_again() -> None:
    today = DAY + timedelta(days=20)
    confirmed = event(1, "confirmed", today - timedelta(days=2))
    assert seen(fact(1), today=today)[1].stale
    assert not seen(fact(1), events=(confirmed,), today=today)[1].stale


@pytest.mark.parametrize(("after", "stale"), [(0, False), (7, False), (8, True), (11, True), (12, False), (30, True)])
def test_the_days_on_which_a_source_told_it_count_up_to_the_day_looked_from(after: int, stale: bool) -> None:
    told = fact(1, known_from=DAY, confirmed_on=(DAY, DAY + timedelta(days=12), DAY + timedelta(days=13)))
    assert seen(told, today=DAY + timedelta(days=after))[1].stale is stale


def test_a_confirmation_recorded_later_was_not_known() -> None:
    told = fact(1, confirmed_on=(DAY + timedelta(days=9),))
    later = DAY + timedelta(days=10)
    assert not seen(told, today=later)[1].stale
    assert seen(told, today=later, as_recorded=datetime.combine(DAY, time(), tzinfo=UTC))[1].stale


def test_some_facts_never_grow_stale() -> None:
    assert not seen(fact(1, field="released", subject="model:a"), today=date(2036, 1, 1))[1].stale


# ---------------------------------------------------------------- properties

DAYS = st.integers(0, 30).map(lambda n: date(2026, 5, 15) + timedelta(days=n))
AS_OF = date(2026, 5, 30)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Fact], list[FactEvent]]:
    """A few facts that share subjects, keys, publishers and values, and events on them."""
    facts = [
        fact(
            n,
            draw(st.sampled_from(["1", "2", "3"])),
            key=f"k{draw(st.integers(1, n))}",
            amends=draw(st.sampled_from([None, None, *(f"k{m}" for m in range(1, 7))])),
            subject=draw(st.sampled_from(["offer:a/b", "offer:a/c"])),
            field=draw(st.sampled_from(["price_input", "note"])),
            publisher=draw(st.sampled_from("PQ")),
            tier=draw(st.sampled_from(Tier)),
            known_from=draw(DAYS),
            valid_from=draw(st.none() | DAYS),
            valid_to=draw(st.none() | DAYS),
            recorded_at=RECORDED + timedelta(days=draw(st.integers(0, 3))),
        )
        for n in range(1, draw(st.integers(1, 7)) + 1)
    ]
    kinds = st.sampled_from(["proposed", "approved", "rejected", "retracted", "confirmed", "amended"])
    ids = st.integers(1, len(facts))
    made = st.builds(event, ids, kinds, DAYS, other_fact_id=st.none() | ids)
    return facts, draw(st.lists(made, max_size=4))


@given(worlds(), st.randoms(use_true_random=False))
def test_order_does_not_matter(world: tuple[list[Fact], list[FactEvent]], rng: random.Random) -> None:
    facts, events = world
    shuffled = rng.sample(facts, len(facts)), rng.sample(events, len(events))
    assert view(*shuffled, as_of=AS_OF) == view(facts, events, as_of=AS_OF)


@given(worlds())
def test_what_became_known_later_changes_nothing(world: tuple[list[Fact], list[FactEvent]]) -> None:
    facts, events = world
    then = [f for f in facts if f.known_from <= AS_OF]
    assert view(facts, events, as_of=AS_OF) == view(then, events, as_of=AS_OF)


@given(worlds())
def test_later_facts_and_their_own_events_change_nothing(world: tuple[list[Fact], list[FactEvent]]) -> None:
    facts, events = world
    later = [replace(f, id=f.id + 100, known_from=AS_OF + timedelta(days=1)) for f in facts]
    theirs = [replace(e, fact_id=e.fact_id + 100) for e in events]
    assert view([*later, *facts], [*theirs, *events], as_of=AS_OF) == view(facts, events, as_of=AS_OF)


@given(worlds(), st.sampled_from(Tier))
def test_another_subject_changes_nothing(world: tuple[list[Fact], list[FactEvent]], tier: Tier) -> None:
    facts, events = world
    stranger = fact(99, "9", subject="offer:z/z", publisher="P", tier=tier)
    with_it = view([stranger, *facts], events, as_of=AS_OF)
    assert [v for v in with_it if v.fact.id != 99] == view(facts, events, as_of=AS_OF)


@given(worlds())
def test_statuses_mean_what_they_say(world: tuple[list[Fact], list[FactEvent]]) -> None:
    views = view(*world, as_of=AS_OF)
    by_id = {v.fact.id: v for v in views}
    for v in views:
        begun = v.fact.valid_from is None or v.fact.valid_from <= AS_OF
        if v.status in (Status.IN_FORCE, Status.DISPUTED):
            assert begun
            assert v.fact.valid_to is None or v.fact.valid_to > AS_OF
            assert v.superseded_by is None
        if v.status is Status.SCHEDULED:
            assert not begun
        if v.superseded_by is not None:
            assert v.status is Status.SUPERSEDED
        for other in v.disagrees_with:
            assert v.fact in by_id[other.id].disagrees_with
            assert other.value != v.fact.value


@given(st.permutations(range(1, 7)))
def test_chains_of_any_order_resolve_to_the_last(order: list[int]) -> None:
    chain = [fact(n, str(i), key=f"k{n}", amends=f"k{order[i - 1]}" if i else None) for i, n in enumerate(order)]
    views = seen(*chain)
    assert {v.superseded_by.id for v in views.values() if v.superseded_by} == {order[-1]}
    assert [id_ for id_, v in views.items() if v.status is not Status.SUPERSEDED] == [order[-1]]
