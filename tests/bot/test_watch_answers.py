"""Answers that rest on facts: told when a cited fact changes, is withdrawn, disputed, begins, or is about to."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.watch.contract import Alert, AlertPart
from bot.watch.service import Watcher
from bot.watch.words import alert_text
from kb.types import AnswerRecord, FactQuery, FactView, Status
from tests.bot.watch_world import BEGIN, World, a_fact, answer_of

USD = {"unit": "USD per million tokens"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.store.close()


def only(alerts: list[Alert]) -> AlertPart:
    [alert] = alerts
    [part] = alert.parts
    return part


def licence(world: World) -> FactView:
    return world.add(a_fact("x/licence", "model:x", "licence", "free-1"))


def test_a_cited_fact_that_changes(world: World) -> None:
    number = world.answer(licence(world))
    assert world.look() == []
    world.later(days=2)
    world.change("x/licence", "gate-1")
    part = only(world.look())
    assert (part.kind, part.number, part.said_on) == ("answer", number, BEGIN.date())
    [fact] = part.facts
    assert (fact.before, fact.after) == ("model:x has licence free-1.", "model:x now has licence gate-1.")
    assert fact.source.published == world.now.date()
    assert world.look() == []
    world.later(days=1)
    world.change("x/licence", "free-1", statement="It is free again.")
    assert only(world.look()).facts[0].before == "model:x now has licence gate-1.", "back again is news too"
    assert len({row.draft.idempotency_key for row in world.outbox()}) == 2


def test_a_quoted_rate_moves_only_beyond_rounding(world: World) -> None:
    world.answer(world.add(a_fact("x/price", "offer:s/x", "price_input", "2.00", **USD)))
    world.look()
    for price in ("2.01", "1.99", "2.03"):
        world.later(hours=1)
        world.change("x/price", price)
        assert world.look() == []
    world.later(hours=1)
    world.change("x/price", "2.05")
    assert only(world.look()).facts[0].before == "offer:s/x has price_input 2.00.", "small steps add up"


def test_a_fact_that_is_withdrawn(world: World) -> None:
    seen = licence(world)
    world.answer(seen)
    world.look()
    world.later(days=1)
    world.store.facts.event(seen.fact.id, "retracted", at=world.now, actor="admin")
    [alert] = world.look()
    [fact] = only([alert]).facts
    assert (fact.after, fact.before) == ("", "model:x has licence free-1.")
    assert "withdrawn" in alert_text(alert)


def test_sources_that_come_to_disagree_say_so(world: World) -> None:
    world.answer(licence(world))
    world.look()
    world.later(days=1)
    world.add(
        a_fact("x/licence/other", "model:x", "licence", "gate-1", publisher="A registry", known_from=BEGIN.date())
    )
    part = only(world.look())
    [fact] = part.facts
    assert fact.disputed
    assert "Another source disagrees: model:x has licence gate-1." in fact.after


def test_a_proposal_moves_nothing_until_it_is_approved(world: World) -> None:
    seen = world.add(a_fact("x/licence", "model:x", "licence", "free-1", known_from=date(2026, 9, 1)))
    world.answer(seen)
    world.look()
    world.later(days=1)
    draft = a_fact("proposal/1", "model:x", "licence", "gate-1", known_from=date(2026, 11, 22))
    proposed = world.store.facts.add(draft, proposed=True)
    assert world.look() == []
    world.later(hours=1)
    world.store.facts.event(proposed.id, "approved", at=world.now, actor="admin")
    assert only(world.look()).facts[0].after.startswith("model:x has licence gate-1.")


def test_a_scheduled_change_warns_twice_and_tells_the_day(world: World) -> None:
    world.answer(licence(world))
    world.look()
    on = BEGIN.date() + timedelta(days=40)
    world.change("x/licence", "gate-1", valid_from=on)
    told = {}
    for left in (40, 31, 30, 20, 8, 7, 3, 1, 0, -1):
        world.now = BEGIN + timedelta(days=40 - left)
        told[left] = [part for alert in world.look() for part in alert.parts]
    assert [left for left, parts in told.items() if parts] == [30, 7, 0]
    assert [told[left][0].ahead_on for left in (30, 7, 0)] == [on, on, None]
    assert told[30][0].facts[0].valid_from == on


def test_a_warning_found_late_is_given_once(world: World) -> None:
    world.answer(licence(world))
    world.look()
    world.later(hours=1)
    world.change("x/licence", "gate-1", valid_from=BEGIN.date() + timedelta(days=5))
    assert only(world.look()).ahead_on == BEGIN.date() + timedelta(days=5)
    world.later(days=1)
    assert world.look() == []


def test_a_date_that_is_named_comes_near(world: World) -> None:
    on = (BEGIN.date() + timedelta(days=33)).isoformat()
    world.answer(world.add(a_fact("d/from", "duty:eu-ai-act/x", "applies_from", on)), kind="regulation")
    assert world.look() == []
    world.later(days=3)
    part = only(world.look())
    assert [moved.what for moved in part.moved] == ["deadline"]
    world.later(days=1)
    world.change("d/from", "2027-12-02")
    assert only(world.look()).facts[0].after.endswith("2027-12-02.")


def test_what_was_scheduled_comes_into_force(world: World) -> None:
    on = BEGIN.date() + timedelta(days=60)
    seen = world.add(a_fact("r", "rule:r", "requires", "marks", valid_from=on))
    assert seen.status is Status.SCHEDULED
    world.answer(seen, kind="regulation")
    world.look()
    world.now = BEGIN + timedelta(days=60)
    assert only(world.look()).facts[0].valid_from == on


def test_several_changes_of_a_pass_are_one_alert_a_thread(world: World) -> None:
    one, two = licence(world), world.add(a_fact("y/licence", "model:y", "licence", "free-1"))
    world.answer(one, two)
    world.answer(two, question="And Y?")
    world.answer(two, question="Elsewhere?", thread="9.9")
    world.look()
    world.later(hours=1)
    world.change("x/licence", "gate-1")
    world.change("y/licence", "gate-1")
    alerts = world.look()
    assert sorted(len(alert.parts) for alert in alerts) == [1, 2]
    assert {row.draft.thread for row in world.outbox()} == {"1.1", "9.9"}


def test_the_first_sentence_would_rest_on_a_newer_fact(world: World) -> None:
    """The cheapest offer is another one now: no cited fact changed, but the answer would."""
    old = world.add(a_fact("s/x", "offer:s/x", "price_input", "2", **USD))
    pattern = FactQuery(subject_pattern="offer:*/x", field="price_input")
    world.answer(old, question="Who sells X cheapest?", stands_on=[pattern])
    again = []

    def answered(record: AnswerRecord) -> object:
        again.append(record.id)
        offers = [s for s in world.decider.views(world.now.date()) if s.fact.subject.endswith("/x")]
        return answer_of(record.question, min(offers, key=lambda s: float(s.fact.value)), as_of=world.now.date())

    assert world.look(answered) == []  # type: ignore[arg-type]
    world.later(hours=1)
    world.add(a_fact("t/x", "offer:t/x", "price_input", "1", known_from=BEGIN.date(), **USD))
    part = only(world.look(answered))  # type: ignore[arg-type]
    assert [(moved.what, moved.before, moved.after) for moved in part.moved] == [
        ("fact", "offer:s/x has price_input 2.", "offer:t/x has price_input 1.")
    ]
    assert part.facts[0].source.published == BEGIN.date()
    assert world.look(answered) == []  # type: ignore[arg-type]
    assert len(again) == 2


def test_muted_tells_nothing_and_waking_tells_what_moved_meanwhile(world: World) -> None:
    world.answer(licence(world))
    world.look()
    [watch] = world.store.watches.on()
    world.store.watches.set_state(watch.id, "muted")
    world.later(hours=1)
    world.change("x/licence", "gate-1")
    assert world.look() == []
    world.store.watches.set_state(watch.id, "on")
    world.later(days=1)
    assert only(world.look()).facts[0].after == "model:x now has licence gate-1."


def test_private_answers_and_answers_without_facts_are_passed_over(world: World) -> None:
    world.answer(licence(world), thread="command:1.2.abc")
    world.answer(question="Hello?", kind="help")
    world.look()
    assert world.store.watches.on() == []
    assert world.store.watches.unwatched_answers(BEGIN - timedelta(days=1)) == []


def test_two_processes_tell_once(world: World) -> None:
    world.answer(licence(world))
    world.look()
    world.later(hours=1)
    world.change("x/licence", "gate-1")
    watchers = [world.watcher(owner=f"process {n}") for n in range(2)]
    told = [alert for watcher in watchers for alert in watcher.step()]
    assert len(told) == len(world.outbox()) == 1
    world.later(hours=1)
    assert watchers[1].step() == []


def test_a_killed_pass_is_done_again_and_tells_once(world: World) -> None:
    """Whatever the last thing was that reached the database."""
    world.answer(licence(world))
    world.answer(world.add(a_fact("y/licence", "model:y", "licence", "free-1")), thread="2.2")
    world.look()
    world.later(hours=1)
    world.change("x/licence", "gate-1")
    world.change("y/licence", "gate-1")

    class Killed(Watcher):
        def _holds_lease(self) -> bool:
            self.asked = getattr(self, "asked", 0) + 1
            if self.asked == 3:
                raise KeyboardInterrupt
            return super()._holds_lease()

    with pytest.raises(KeyboardInterrupt):
        Killed(world.store, owner="killed", clock=lambda: world.now).step()
    assert len(world.outbox()) == 1
    world.later(hours=1)
    assert len(world.look()) == 1
    assert {row.draft.thread for row in world.outbox()} == {"1.1", "2.2"}
    assert world.look() == []
