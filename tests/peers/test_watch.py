"""Alerts as a person meets them: in the thread of the answer, before and after, muted by its asker, subscribed to."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.watch.service import Watcher
from kb.facts.view import view
from kb.store import Store
from kb.types import FactDraft, FactQuery, FactView, utc_now
from tests.bot.watch_world import a_fact, answer_of, draft_of
from tests.peers.client import ALICE, APPS, CHANNEL, BotProcess, LocalSlack
from tests.peers.conftest import wait_for

Start = Callable[..., BotProcess]
TEAM = "T01TEST"
FACTS = {
    "price": a_fact("x/price", "offer:s/x", "price_input", "2", unit="USD per million tokens"),
    "licence": a_fact("x/licence", "model:x", "licence", "free-1"),
    "date": a_fact("d/from", "duty:eu-ai-act/x", "applies_from", "2027-08-02"),
}
NEW = {"price": "9", "licence": "gate-1", "date": "2028-12-02"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'steelyard.db'}") as opened:
        yield opened


def seen(store: Store, key: str) -> FactView:
    facts, events = store.facts.followed(workspace_id=TEAM)
    return [s for s in view(facts, events, as_of=utc_now().date()) if s.fact.key == key][-1]


def answered(store: Store, draft: FactDraft, thread: str) -> None:
    """What the bot told in the thread: an answer that cites the fact."""
    store.facts.add(draft)
    fact = seen(store, draft.key)
    store.answers.add(
        question=f"What of {draft.subject}?",
        kind="fact",
        as_of=utc_now().date(),
        body=answer_of(f"What of {draft.subject}?", fact, as_of=utc_now().date()).model_dump(mode="json"),
        stands_on=[FactQuery(subject_pattern=draft.subject, field=draft.field)],
        workspace_id=TEAM,
        door="slack",
        channel=CHANNEL,
        thread=thread,
        user=ALICE,
    )


def changed(store: Store, key: str, value: str) -> None:
    old = seen(store, key).fact
    yesterday = (utc_now() - timedelta(days=1)).date()
    new = draft_of(old, value=value, known_from=yesterday, statement=f"{old.subject} now has {old.field} {value}.")
    store.facts.apply([new], at=utc_now(), actor="source")


def look(store: Store) -> None:
    Watcher(store, owner="test").step()


def alerts(slack: LocalSlack, thread: str) -> list[dict[str, Any]]:
    said = slack.said_by("http", thread=thread)
    return [m for m in said if "steelyard_watch_mute" in json.dumps(m.get("blocks") or "")]


def press(slack: LocalSlack, message: dict[str, Any], action_id: str) -> None:
    """As the asker."""
    every = [e for block in message["blocks"] if block["type"] == "actions" for e in block["elements"]]
    found = next(element for element in every if element["action_id"] == action_id)
    action = {"type": "button", "action_id": action_id, "value": found["value"]}
    where = {"channel": CHANNEL, "messageTs": message["ts"], "user": ALICE, "appId": APPS["http"]}
    slack.control("interact", where | {"action": action})


def _says(slack: LocalSlack, thread: str, words: str) -> bool:
    return any(words in json.dumps(message, ensure_ascii=False) for message in slack.said_by("http", thread=thread))


def test_a_price_a_licence_and_a_date_change_and_their_threads_hear_of_it(
    slack: LocalSlack, start_bot: Start, store: Store
) -> None:
    threads = {name: str(slack.say(f"About the {name}")["ts"]) for name in FACTS}
    for name, draft in FACTS.items():
        answered(store, draft, threads[name])
    look(store)
    for name, draft in FACTS.items():
        changed(store, draft.key, NEW[name])
    look(store)
    start_bot("http")
    for name, thread in threads.items():
        [message] = wait_for(lambda thread=thread: alerts(slack, thread), what=f"the alert about the {name}")  # type: ignore[misc]
        shown = json.dumps(message["blocks"], ensure_ascii=False)
        assert f"Before: {FACTS[name].statement}" in shown
        assert f"now has {FACTS[name].field} {NEW[name]}." in shown
        assert FACTS[name].source_url in shown
        assert message["text"].strip()

    press(slack, alerts(slack, threads["price"])[0], "steelyard_watch_mute")
    wait_for(lambda: len(store.watches.on()) == 2, what="the watch to be muted")
    changed(store, "x/price", "30")
    changed(store, "x/licence", "gate-2")
    look(store)
    wait_for(lambda: len(alerts(slack, threads["licence"])) == 2, within_s=40, what="the second alert")
    assert len(alerts(slack, threads["price"])) == 1

    press(slack, alerts(slack, threads["licence"])[-1], "steelyard_watch_accept")
    wait_for(lambda: _says(slack, threads["licence"], "You asked: What of model:x?"), what="the new answer")
