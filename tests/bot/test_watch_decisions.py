"""Decisions that come out otherwise: on the starter facts, after a price, a licence, a law or a date changed."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.decide.service import report_of
from bot.watch.contract import Alert, AlertPart
from bot.watch.words import alert_text
from kb.types import FactDraft
from tests.bot.watch_world import BEGIN, SHOP, World, a_fact, small_market

GLM = "zai/glm-5.3-flash"
EU_SHOP = (
    "We are a German insurer: 30k chats a month with customers in the EU, personal data, must stay in the EU, "
    "nobody to run models."
)


@pytest.fixture(scope="module")
def market() -> list[FactDraft]:
    return small_market()


@pytest.fixture
def world(tmp_path: Path, market: list[FactDraft]) -> Iterator[World]:
    made = World(tmp_path, market)
    yield made
    made.store.close()


def only(alerts: list[Alert]) -> AlertPart:
    [alert] = alerts
    [part] = alert.parts
    return part


def test_a_price_that_moves_the_verdict_is_told_once_with_its_source(world: World) -> None:
    before = world.decide()
    assert before.best == GLM
    assert world.look() == []
    world.later(hours=1)
    for field in ("price_input", "price_output"):
        world.change(f"{GLM}/{field}", str(float(world.seen(f"{GLM}/{field}").fact.value) * 1.01))
    assert world.look() == [], "jitter says nothing"
    world.later(hours=1)
    for field in ("price_input", "price_output"):
        world.change(f"{GLM}/{field}", str(float(world.seen(f"{GLM}/{field}").fact.value) * 20))
    part = only(world.look())
    assert [moved.what for moved in part.moved] == ["verdict", "cost"]
    assert part.moved[0].before.startswith("GLM-5.3-Flash (Z.ai, run from China), best in")
    assert (part.kind, part.number, part.question) == ("decision", before.id, SHOP)
    assert {fact.after for fact in part.facts} >= {f"offer:{GLM} now has price_input {0.15 * 1.01 * 20}."}
    assert all(fact.source.published == BEGIN.date() and fact.source.url.startswith("http") for fact in part.facts)
    assert world.look() == []
    [row] = world.outbox()
    assert (row.draft.door, row.draft.channel, row.draft.thread) == ("slack", "C1", "1.1")
    assert "→" in str(row.draft.payload["text"])
    record = world.store.decisions.get(before.id or 0, workspace_id="T1")
    assert report_of(record) == before, "a record is never edited"


def test_a_choice_that_is_retired_is_ruled_out_and_warned_of_before(world: World) -> None:
    world.decide()
    world.look()
    world.later(hours=1)
    on = world.now.date() + timedelta(days=40)
    retired = a_fact("glm/retired", "offer:zai/glm-5.3-flash", "deprecated_on", on.isoformat(), known_from=BEGIN.date())
    world.add(retired)
    told = world.look()
    text = "\n".join(map(alert_text, told))
    assert told, "a retirement within the horizon moves the decision"
    assert on.isoformat() in text or "retire" in text.lower()


def test_another_licence_is_told_with_its_conditions(world: World) -> None:
    report = world.decide(EU_SHOP)
    assert report.option(report.best) is not None
    assert "gpt-oss-120b" in report.best
    world.look()
    world.later(hours=1)
    world.change("gpt-oss-120b/licence", "llama-4-community")
    part = only(world.look())
    licence = [moved for moved in part.moved if moved.what in ("licence", "elimination")]
    assert licence
    assert "Apache" in " ".join(moved.before for moved in licence) or "was possible" in licence[0].before
    assert any("now has licence" in fact.after and "Apache" in fact.before for fact in part.facts)


def test_a_regulation_date_that_moves_is_a_duty_that_moved(world: World) -> None:
    world.decide(EU_SHOP)
    world.look()
    world.later(hours=1)
    world.change("eu-ai-act/article-50-1/applies_from", "2027-06-02")
    part = only(world.look())
    [duty] = [moved for moved in part.moved if moved.what == "duty"]
    assert duty.before.endswith("(from 2 August 2026)")
    assert duty.after.endswith("(from 2 June 2027)")
    [fact] = part.facts
    assert fact.after == "duty:eu-ai-act/article-50-1 now has applies_from 2027-06-02."
    assert fact.before
    assert fact.source.published == BEGIN.date()


def test_a_duty_that_begins_is_announced_ahead_but_not_what_was_just_told(world: World) -> None:
    world.decide(EU_SHOP)  # ten days before 2 December, which it says
    assert world.look() == []
    world.later(days=3)
    part = only(world.look())
    assert (part.ahead_on, [moved.what for moved in part.moved]) == (date(2026, 12, 2), ["deadline", "deadline"])
    world.later(days=1)
    assert world.look() == []


def test_a_scheduled_price_warns_thirty_and_seven_days_ahead_and_once_each(world: World) -> None:
    world.decide()
    world.look()
    on = world.now.date() + timedelta(days=45)
    for field, price in (("price_input", "3"), ("price_output", "10")):
        old = world.seen(f"{GLM}/{field}").fact
        world.change(old.key, price, valid_from=on, statement=f"From {on} on {field} is {price}.")
    assert world.look() == [], "45 days ahead is too early"
    assert world.seen(f"{GLM}/price_input").status.value == "scheduled"
    told = {}
    for days_left in (31, 30, 29, 8, 7, 6, 0):
        world.now = BEGIN + timedelta(days=45 - days_left)
        told[days_left] = [part for alert in world.look() for part in alert.parts]
    assert {left for left, parts in told.items() if parts} == {30, 7, 0}
    for left in (30, 7):
        [part] = told[left]
        assert part.ahead_on == on
        assert part.moved[0].what == "verdict"
        assert all(fact.after.startswith(f"From {on}") and fact.valid_from == on for fact in part.facts)
    assert told[0][0].ahead_on is None


def test_a_day_that_passes_looks_again_even_when_nothing_was_published(world: World) -> None:
    world.decide()
    world.look()
    first = world.store.watches.on()[0]
    world.later(days=1)
    world.look()
    assert world.store.watches.on()[0].checked_on == first.checked_on + timedelta(days=1)  # type: ignore[operator]


def test_the_newer_decision_of_a_thread_takes_the_place_of_the_older(world: World) -> None:
    world.decide()
    world.look()
    world.decide(SHOP.replace("20k", "60k"))
    world.look()
    states = {watch.decision_id: watch.state for watch in world.store.watches.all(states=("on", "muted", "ended"))}
    assert list(states.values()) == ["ended", "on"]


def test_a_decision_of_an_earlier_day_is_not_watched(world: World) -> None:
    world.decide(as_of=date(2026, 6, 1))
    world.look()
    assert world.store.watches.on() == []
