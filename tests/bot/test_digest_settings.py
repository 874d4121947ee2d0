"""A channel's digest: set by an admin in a form, previewed, posted from then on; and what the clocks do to it."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr
from slack_bolt import App, BoltRequest
from slack_sdk import WebClient
from slack_sdk.models.views import View
from slack_sdk.signature import SignatureVerifier

from bot.admin import Administration
from bot.digest import DigestChannel, chosen_channels, digest_for_week, digest_text, enqueue_due, last_hour, next_hour
from bot.doors.slack.admins import Admins, Office
from bot.doors.slack.app import build_app
from bot.doors.slack.client import OneClient
from bot.doors.slack.deliver import SlackDoor
from bot.doors.slack.digest_settings import DIGEST_VIEW, digest_view, read_form
from bot.doors.slack.render_digest import render_digest, render_preview
from bot.preferences import Digest, Preferences
from bot.worker import OutboxWorker
from kb.errors import BadInput
from kb.settings import Settings
from kb.types import Topic
from tests.bot.watch_world import BEGIN, World, a_fact
from tests.slack_stub import SlackStub

SECRET = "s3cret"
MONDAY_NINE = {"on": "on", "weekday": "0", "hour": "9", "time_zone": "Europe/Paris"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.store.close()


# ---------------------------------------------------------------- the clocks


def at(zone: str, weekday: int, hour: int) -> DigestChannel:
    return DigestChannel(workspace_id="T1", channel="C1", weekday=weekday, hour=hour, time_zone=zone)


@pytest.mark.parametrize(
    ("zone", "day", "before", "after"),
    [
        ("Europe/Paris", date(2026, 3, 30), 7, 6),  # spring forward on the Sunday before: 08:00 local
        ("Europe/Paris", date(2026, 10, 26), 6, 7),
        ("America/New_York", date(2026, 3, 9), 13, 12),
        ("America/New_York", date(2026, 11, 2), 12, 13),
    ],
)
def test_the_local_hour_stays_when_the_clocks_change(zone: str, day: date, before: int, after: int) -> None:
    channel = at(zone, day.weekday(), 8)
    week_before = last_hour(datetime.combine(day - timedelta(days=6), datetime.min.time(), UTC), channel)
    this_week = last_hour(datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC), channel)
    assert (week_before.hour, this_week.hour) == (8, 8)
    assert (week_before.astimezone(UTC).hour, this_week.astimezone(UTC).hour) == (before, after)
    assert next_hour(week_before, channel) == this_week


@pytest.mark.parametrize(
    ("zone", "day", "hour"),
    [
        ("Europe/Paris", date(2026, 3, 29), 2),  # 02:00 to 03:00 does not exist
        ("Europe/Paris", date(2026, 10, 25), 2),  # 02:00 to 03:00 comes twice
        ("America/New_York", date(2026, 3, 8), 2),
        ("America/New_York", date(2026, 11, 1), 1),
        ("Australia/Lord_Howe", date(2026, 10, 4), 2),  # by half an hour
    ],
)
def test_an_hour_that_is_skipped_or_doubled_gives_one_digest(world: World, zone: str, day: date, hour: int) -> None:
    channel = at(zone, day.weekday(), hour)
    start = datetime.combine(day, datetime.min.time(), UTC) - timedelta(days=1)
    known = day - timedelta(days=2)
    world.store.facts.add(a_fact("p", "offer:x/y", "price_input", "1", unit="USD per million tokens", known_from=known))
    recorded = [enqueue_due(world.store, [channel], start + timedelta(minutes=20 * n)) for n in range(2 * 24 * 3)]
    assert sum(recorded) == 1


# ---------------------------------------------------------------- what it says


def test_what_it_changes_for_the_channels_decisions(world: World) -> None:
    seen = world.add(a_fact("x/licence", "model:x", "licence", "free-1"))
    world.answer(seen, question="Which licence has X?")
    world.look()
    world.later(hours=1)
    world.change("x/licence", "gate-1")
    world.look()
    made = digest_for_week(world.store, world.now.date(), workspace_id="T1", channel="C1")
    [moved] = made.decisions
    assert moved.said == "model:x has licence free-1. → model:x now has licence gate-1."
    assert moved.sources[0].url == "https://vendor.example/page"
    assert "What it changes for your decisions" in digest_text(made)
    assert "What it changes for your decisions" in json.dumps(render_digest(made, key="k")[0].blocks)
    assert digest_for_week(world.store, world.now.date(), workspace_id="T1", channel="C2").decisions == ()
    assert digest_for_week(world.store, world.now.date(), workspace_id="T2", channel="C1").decisions == ()
    later = world.now.date() + timedelta(days=8)
    assert digest_for_week(world.store, later, workspace_id="T1", channel="C1").decisions == ()


def test_a_channel_hears_of_its_topics_alone(world: World) -> None:
    known = BEGIN.date() - timedelta(days=1)
    world.store.facts.add(a_fact("p", "offer:x/y", "price_input", "1", known_from=known))
    world.store.facts.add(a_fact("l", "licence:z", "threshold", "1", known_from=known))
    every = digest_for_week(world.store, BEGIN.date())
    prices = digest_for_week(world.store, BEGIN.date(), topics=(Topic.PRICE,))
    assert [group.name for group in every.groups] == ["Licences", "Prices"]
    assert [group.name for group in prices.groups] == ["Prices"]


# ---------------------------------------------------------------- who gets one


def test_a_channel_of_the_database_hides_that_of_the_environment(world: World) -> None:
    settings = Settings(digest_channels="C1,C2", digest_weekday=4)
    chosen = Preferences(world.store.settings, "T1")
    assert [c.channel for c in chosen_channels(world.store, settings, ["T1"])] == ["C1", "C2"]
    chosen.put("channel:C1", "digest", Digest(on=True, weekday=2, time_zone="Asia/Kolkata", previewed=True))
    chosen.put("channel:C3", "digest", Digest(on=True, previewed=False))
    chosen.put("channel:C2", "digest", Digest(on=False, previewed=True))
    [only] = chosen_channels(world.store, settings, ["T1"])
    assert (only.channel, only.weekday, only.time_zone) == ("C1", 2, "Asia/Kolkata")
    assert chosen_channels(world.store, settings, ["T1", "T2"]) == [only]
    assert [c.channel for c in chosen_channels(world.store, settings, ["T2"])] == ["C1", "C2"]


def test_the_form_says_what_is_wrong() -> None:
    View(**digest_view("C1", Digest(topics=(Topic.PRICE,)))).validate_json()  # type: ignore[arg-type]
    made = read_form(MONDAY_NINE, ["price"])
    assert made == Digest(on=True, weekday=0, hour=9, time_zone="Europe/Paris", topics=(Topic.PRICE,))
    for name, value in (("time_zone", "Paris, I think"), ("hour", "25"), ("weekday", "x"), ("on", "perhaps")):
        with pytest.raises(BadInput) as caught:
            read_form(MONDAY_NINE | {name: value}, [])
        assert caught.value.hint == name


# ---------------------------------------------------------------- in Slack


@pytest.fixture
def slack() -> Iterator[SlackStub]:
    with SlackStub(zones={"UADMIN": "Europe/Paris"}, admins=frozenset({"UADMIN"})) as stub:
        yield stub


@pytest.fixture
def app(world: World, slack: SlackStub, tmp_path: Path) -> App:
    client = WebClient(token="xoxb-1", base_url=slack.url)
    settings = Settings(home=tmp_path, slack_bot_token=SecretStr("xoxb-1"))
    clients = OneClient(client, "T1")
    administration = Administration(world.store, NoLists(), [], lambda: world.now)
    office = Office(administration, Admins(clients, settings), clients, True)
    return build_app(settings, world.store, client, accepted=_nothing, signing_secret=SECRET, office=office)


class NoLists:
    """Implements `bot.admin.SourceLists` without lists."""

    kinds = ("feed",)

    def read(self, data: bytes, name: str) -> Any:
        raise NotImplementedError

    def write(self, sources: object) -> bytes:
        return b""


def _nothing() -> None:
    """Nobody is woken."""


def post(app: App, body: str) -> Any:
    stamp = str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body)
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": signature or "",
    }
    response = app.dispatch(BoltRequest(body=body, headers=headers))
    assert response.status == 200
    return json.loads(response.body) if str(response.body).startswith("{") else None


def command(app: App, text: str, user: str = "UADMIN", trigger: str = "1.2.a") -> Any:
    given = {"team_id": "T1", "channel_id": "C1", "user_id": user, "text": text, "command": "/steelyard"}
    return post(app, urlencode(given | {"trigger_id": trigger, "response_url": "https://hooks.slack.com/commands/1"}))


def submit(app: App, user: str = "UADMIN", view_id: str = "V1", **changes: str) -> Any:
    values: dict[str, Any] = {}
    for name, value in (MONDAY_NINE | changes).items():
        kind = {"value": value} if name == "time_zone" else {"selected_option": {"value": value}}
        values[name] = {"value": {"type": "x", **kind}}
    values["topics"] = {"value": {"type": "checkboxes", "selected_options": [{"value": "price"}]}}
    view = {"id": view_id, "callback_id": DIGEST_VIEW, "private_metadata": json.dumps({"channel": "C1"})}
    payload = {"type": "view_submission", "user": {"id": user}, "team": {"id": "T1"}, "token": "unused"}
    full = view | {"type": "modal", "state": {"values": values}}
    return post(app, urlencode({"payload": json.dumps(payload | {"view": full})}))


def worker(world: World, slack: SlackStub) -> Callable[[], bool]:
    door = SlackDoor(WebClient(token="xoxb-1", base_url=slack.url))
    return OutboxWorker(world.store, door, owner="announcer", clock=lambda: world.now).step


def test_an_admin_sets_it_and_sees_a_preview_first(world: World, app: App, slack: SlackStub) -> None:
    world.add(a_fact("p", "offer:x/y", "price_input", "1", known_from=BEGIN.date() - timedelta(days=1)))
    command(app, "digest")
    [opened] = slack.called("views.open")
    assert opened["view"]["callback_id"] == DIGEST_VIEW
    assert "Europe/Paris" in json.dumps(opened["view"])
    for _ in range(2):  # Slack, or an impatient finger, sends it again
        assert submit(app) is None
    kept = Preferences(world.store.settings, "T1").digest("C1")
    assert kept == Digest(on=True, weekday=0, hour=9, time_zone="Europe/Paris", topics=(Topic.PRICE,), previewed=True)
    assert world.store.audit.list("T1")[0].actor == "slack:UADMIN"
    step = worker(world, slack)
    assert step()
    [shown] = slack.called("chat.postEphemeral")
    assert (shown["channel"], shown["user"]) == ("C1", "UADMIN")
    assert "The first digest is posted here on Monday, 23 November at 09:00 (Europe/Paris)" in json.dumps(
        shown["blocks"]
    )
    assert slack.messages == {}
    world.now = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # 09:00 in Paris
    enqueue_due(world.store, chosen_channels(world.store, Settings(), ["T1"]), world.now)
    assert step()
    assert slack.keys("C1") == ["digest:T1:C1:2026-W48"]
    assert not step()
    assert submit(app, view_id="V2", hour="10") is None
    assert not step(), "a channel that had its preview gets no other"


def test_a_member_and_a_wrong_zone_change_nothing(world: World, app: App, slack: SlackStub) -> None:
    assert "Only admins can do this" in command(app, "digest", user="U2")["text"]
    assert slack.called("views.open") == []
    assert submit(app, user="U2")["errors"] == {"on": "Only admins can change this."}
    assert set(submit(app, time_zone="Nowhere/At_all")["errors"]) == {"time_zone"}
    assert Preferences(world.store.settings, "T1").digest("C1") is None
    assert world.store.outbox.counts()["waiting"] == 0


def test_anybody_may_look_at_a_preview(world: World, app: App, slack: SlackStub) -> None:
    assert "last seven days" in command(app, "digest preview", user="U2")["text"]
    assert worker(world, slack)()
    [shown] = slack.called("chat.postEphemeral")
    assert shown["user"] == "U2"
    assert "Nothing happened in the last seven days" in shown["text"]
    assert command(app, "digest tomorrow")["text"].startswith("`/steelyard digest` opens")


def test_a_preview_is_the_digest_under_a_line_that_says_so(world: World) -> None:
    world.add(a_fact("p", "offer:x/y", "price_input", "1", known_from=BEGIN.date() - timedelta(days=1)))
    made = digest_for_week(world.store, BEGIN.date())
    first, *_ = render_preview(made, "Only you see this.", key="k")
    real, *_ = render_digest(made, key="k")
    assert first.blocks[1:] == real.blocks
    assert replace(first, blocks=()) == replace(real, blocks=())
