"""Watches in Slack: the alert as blocks, its buttons, subscribing, and what is refused."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr
from slack_bolt import App, BoltRequest
from slack_sdk import WebClient
from slack_sdk.models.blocks import Block
from slack_sdk.signature import SignatureVerifier

from bot.doors.slack.alerts import ALREADY
from bot.doors.slack.app import build_app
from bot.doors.slack.render_alert import ACCEPT_ACTION, LEAVE_ACTION, MUTE_ACTION, WATCH_ACTION, render_alert
from bot.watch.acts import Person, WatchActs
from bot.watch.contract import Alert, AlertPart, AlertSource, FactMoved, PartMoved
from kb.errors import BadInput, NotAllowed, NotFound
from kb.settings import Settings
from kb.store.watches import Watch
from tests.bot.slack_hostile import PIECES
from tests.bot.watch_world import BEGIN, World, a_fact, small_market
from tests.slack_stub import SlackStub

SECRET = "s3cret"
OWNER = Person(workspace_id="T1", user="U1", channel="C1")
OTHER = Person(workspace_id="T1", user="U2", channel="C1")
ADMIN = Person(workspace_id="T1", user="UADMIN", channel="C1")
STRANGER = Person(workspace_id="T2", user="U1", channel="C1")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def acts(world: World) -> WatchActs:
    return WatchActs(world.store, lambda team, user: (team, user) == ("T1", "UADMIN"))


def watched(world: World) -> Watch:
    world.answer(world.add(a_fact("x/licence", "model:x", "licence", "free-1")), question="Which licence has X?")
    world.look()
    return world.store.watches.on()[0]


def an_alert(text: str = "X is free.", *, role: str = "thread") -> Alert:
    source = AlertSource(title=text, publisher=text, url="https://vendor.example/x", published=BEGIN.date(), tier=1)
    fact = FactMoved(before=text, after=text, disputed=True, source=source)
    moved = (PartMoved(what="verdict", before=text, after=text), PartMoved(what="cost", before=text, after=text))
    part = AlertPart(
        watch_id=3,
        kind="decision",
        number=12,
        question=text,
        said_on=BEGIN.date(),
        moved=moved,
        facts=(fact,) * 4,
        more_facts=2,
    )
    return Alert.model_validate({"as_of": BEGIN.date(), "role": role, "parts": (part, part)})


# ---------------------------------------------------------------- what is shown


def test_an_alert_says_before_after_source_and_date() -> None:
    [message] = render_alert(an_alert(), key="alert:1:x")
    shown = json.dumps(message.blocks, ensure_ascii=False)
    for words in ("Before: X is free.", "After: X is free.", "Sources disagree", "22 Nov 2026, tier 1", "and 2 more"):
        assert words in shown, words
    assert message.metadata["event_type"] == "steelyard_alert"
    assert [a["action_id"] for b in message.blocks if b["type"] == "actions" for a in b["elements"]] == [  # type: ignore[attr-defined]
        ACCEPT_ACTION, MUTE_ACTION, ACCEPT_ACTION, MUTE_ACTION,
    ]  # fmt: skip
    [message] = render_alert(an_alert(role="subscriber"), key="k")
    assert LEAVE_ACTION in json.dumps(message.blocks)
    assert ACCEPT_ACTION not in json.dumps(message.blocks)


@pytest.mark.parametrize("text", PIECES)
def test_hostile_text_stays_text(text: str) -> None:
    for message in render_alert(an_alert(text * 20), key="k"):
        assert len(message.blocks) <= 50
        assert message.text.strip()
        for block in message.blocks:
            plain = json.loads(json.dumps(block))
            parsed = Block.parse(plain)
            assert parsed is not None
            assert parsed.to_dict() == plain
        shown = json.dumps(message.blocks, ensure_ascii=False)
        for live in ("<!", "<@", "<#"):
            assert live not in shown


# ---------------------------------------------------------------- what may be done


def test_the_owner_and_an_admin_may_mute_and_nobody_else(world: World, acts: WatchActs) -> None:
    watch = watched(world)
    with pytest.raises(NotAllowed, match="Only who asked"):
        acts.mute(watch.id, OTHER)
    with pytest.raises(NotFound):
        acts.mute(watch.id, STRANGER)
    acts.mute(watch.id, ADMIN)
    assert world.store.watches.on() == []
    acts.wake(watch.id, OWNER)
    assert [w.id for w in world.store.watches.on()] == [watch.id]
    acts.end(watch.id, OWNER)
    with pytest.raises(BadInput, match="no longer watched"):
        acts.wake(watch.id, OWNER)
    # What an admin did to what is another's is in the audit log; what is one's own is not.
    rows = world.store.audit.list("T1")
    assert [(row.actor, row.action, row.after) for row in rows] == [
        (f"slack:{ADMIN.user}", "watch.muted", {"state": "muted"})
    ]


def test_a_subscriber_is_told_in_private_and_only_they_may_stop_it(world: World, acts: WatchActs) -> None:
    first = watched(world)
    mine, new = acts.subscribe("answer", first.answer_id or 0, OTHER, to="DU2")
    assert new
    assert acts.subscribe("answer", first.answer_id or 0, OTHER, to="DU2") == (mine, False)
    with pytest.raises(NotAllowed, match="Only who subscribed"):
        acts.end(mine.id, OWNER)
    assert [(w.id, question) for w, question in acts.mine(OTHER)] == [(mine.id, "Which licence has X?")]
    world.look()
    world.later(hours=1)
    world.change("x/licence", "gate-1")
    assert {(a.role, len(a.parts)) for a in world.look()} == {("thread", 1), ("subscriber", 1)}
    assert {(row.draft.channel, row.draft.thread) for row in world.outbox()} == {("C1", "1.1"), ("DU2", "")}
    with pytest.raises(BadInput, match="only the thread"):
        acts.accepted(mine.id, OTHER)
    acts.end(mine.id, OTHER)
    again, new = acts.subscribe("answer", first.answer_id or 0, OTHER, to="DU2")
    assert (again.id, again.state, new) == (mine.id, "on", True)


def test_what_was_asked_elsewhere_cannot_be_subscribed_to(world: World, acts: WatchActs) -> None:
    number = watched(world).answer_id or 0
    for by in (STRANGER, Person(workspace_id="T1", user="U2", channel="C2")):
        with pytest.raises(NotFound):
            acts.subscribe("answer", number, by, to="DU2")
    assert len(world.store.watches.on()) == 1


def test_a_subscription_before_the_first_look_leaves_the_thread_its_own(world: World, acts: WatchActs) -> None:
    number = world.answer(world.add(a_fact("x/licence", "model:x", "licence", "free-1")))
    acts.subscribe("answer", number, OTHER, to="DU2")
    world.look()
    assert sorted(w.role for w in world.store.watches.on()) == ["subscriber", "thread"]


def test_accepting_asks_the_use_case_again_and_once(tmp_path: Path) -> None:
    world = World(tmp_path, small_market())
    report = world.decide()
    world.look()
    [watch] = world.store.watches.on()
    acts = WatchActs(world.store, lambda team, user: False)
    inquiry = acts.accepted(watch.id, OWNER)
    assert (inquiry.channel, inquiry.thread, inquiry.text) == ("C1", "1.1", report.question)
    assert json.loads(inquiry.payload["use_case"])["requests_per_month"]
    assert acts.accepted(watch.id, OWNER).event_id == inquiry.event_id
    with pytest.raises(NotAllowed):
        acts.accepted(watch.id, OTHER)
    world.store.close()


# ---------------------------------------------------------------- signed POSTs


@pytest.fixture
def slack() -> Iterator[SlackStub]:
    with SlackStub(zones={"U1": "Europe/Paris"}) as stub:
        yield stub


@pytest.fixture
def app(world: World, slack: SlackStub, tmp_path: Path) -> App:
    client = WebClient(token="xoxb-1", base_url=slack.url)
    settings = Settings(home=tmp_path, slack_bot_token=SecretStr("xoxb-1"))
    return build_app(settings, world.store, client, accepted=lambda: None, signing_secret=SECRET)


def post(app: App, body: str) -> tuple[int, Any]:
    at = str(int(time.time()))
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=at, body=body)
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": at,
        "x-slack-signature": signature or "",
    }
    response = app.dispatch(BoltRequest(body=body, headers=headers))
    return response.status, json.loads(response.body) if response.body.startswith("{") else response.body


def press(app: App, slack: SlackStub, action: str, value: object, *, user: str = "U1", team: str = "T1") -> str:
    """What the one who pressed is told."""
    given = {"type": "button", "action_id": action, "block_id": "b", "value": str(value), "action_ts": "1"}
    payload = {
        "type": "block_actions",
        "user": {"id": user},
        "team": {"id": team},
        "channel": {"id": "C1"},
        "trigger_id": "1.2.a",
        "response_url": slack.url + "respond",
        "actions": [given],
    }
    assert post(app, urlencode({"payload": json.dumps(payload)}))[0] == 200
    return str(slack.called("respond")[-1]["text"])


def command(app: App, text: str, *, user: str = "U2") -> str:
    given = {"team_id": "T1", "channel_id": "C1", "user_id": user, "text": text, "command": "/steelyard"}
    more = {"trigger_id": "1.2.a", "response_url": "https://hooks.slack.com/commands/1"}
    status, body = post(app, urlencode(given | more))
    assert status == 200
    return str(body["text"])


def test_the_buttons(world: World, app: App, slack: SlackStub) -> None:
    watch = watched(world)
    assert "Only who asked (<@U1>) or an admin" in press(app, slack, MUTE_ACTION, watch.id, user="U2")
    assert "no longer watched" in press(app, slack, MUTE_ACTION, watch.id, team="T2")
    assert press(app, slack, MUTE_ACTION, watch.id).startswith("Muted")
    assert world.store.watches.get(watch.id, workspace_id="T1").state == "muted"
    for _ in range(2):
        assert press(app, slack, ACCEPT_ACTION, watch.id).startswith("Deciding again")
    assert world.store.inbox.counts()["waiting"] == 1
    assert "told in a direct message" in press(app, slack, WATCH_ACTION, f"answer:{watch.answer_id}", user="U2")
    assert press(app, slack, WATCH_ACTION, f"answer:{watch.answer_id}", user="U2") == ALREADY
    [mine] = world.store.watches.of_user("U2", workspace_id="T1")
    assert (mine.channel, mine.role) == ("DU2", "subscriber")
    assert press(app, slack, LEAVE_ACTION, mine.id, user="U2").startswith("Unsubscribed")


@pytest.mark.parametrize("value", ["0", "1; drop", "", "decision:0", "answer:x"])
def test_values_that_are_not_ours_change_nothing(world: World, app: App, slack: SlackStub, value: str) -> None:
    watched(world)
    for action in (MUTE_ACTION, WATCH_ACTION):
        given = {"type": "button", "action_id": action, "block_id": "b", "value": value, "action_ts": "1"}
        body = {"type": "block_actions", "user": {"id": "U1"}, "team": {"id": "T1"}, "channel": {"id": "C1"}}
        assert post(app, urlencode({"payload": json.dumps(body | {"actions": [given]})}))[0] == 200
    assert [w.state for w in world.store.watches.all()] == ["on"]
    assert slack.called("respond") == []


def test_the_command(world: World, app: App, slack: SlackStub) -> None:
    watch = watched(world)
    assert command(app, "watch").startswith("You are told of nothing yet")
    assert command(app, "watch something").startswith("`/steelyard watch` lists")
    assert "No decision 99" in command(app, "watch 99")
    press(app, slack, WATCH_ACTION, f"answer:{watch.answer_id}", user="U2")
    assert f"answer {watch.answer_id}, in a direct message" in command(app, "watch")
    assert "in its thread" in command(app, "watch", user="U1")
