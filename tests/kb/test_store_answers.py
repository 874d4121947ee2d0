"""Answers, feedback, threads and settings."""

from datetime import date

import pytest

from kb.errors import BadInput, NotFound
from kb.store import Store
from kb.types import FactQuery
from tests.kb.conftest import Clock
from tests.kb.store_builders import an_inquiry

PRICES = FactQuery(subject_pattern="offer:*/gpt-oss-120b", field="usd_per_million_input_tokens")
LICENCE = FactQuery(subject_pattern="model:gpt-oss-120b", field="licence")


def add(store: Store, **changes: object) -> int:
    values = {
        "question": "What does it cost?",
        "kind": "fact",
        "as_of": date(2026, 3, 1),
        "body": {"sentences": [{"text": "0.10 USD", "cites": [1]}], "confidence": 0.5},
        "stands_on": (PRICES, LICENCE, PRICES),
        "workspace_id": "T1",
        "door": "slack",
        "channel": "C1",
        "thread": "1.1",
        "user": "U1",
    }
    return store.answers.add(**{**values, **changes})  # type: ignore[arg-type]


def test_an_answer_is_read_back(store: Store, clock: Clock) -> None:
    record = store.answers.get(add(store))
    assert (record.question, record.kind, record.as_of, record.user) == (
        "What does it cost?",
        "fact",
        date(2026, 3, 1),
        "U1",
    )
    assert record.body == {"sentences": [{"text": "0.10 USD", "cites": [1]}], "confidence": 0.5}
    assert record.stands_on == (PRICES, LICENCE)
    assert (record.created_at, record.inbox_id) == (clock.now, None)
    with pytest.raises(NotFound):
        store.answers.get(99)


def test_a_thread_is_of_one_door_channel_and_workspace(store: Store) -> None:
    first, second = add(store), add(store, question="And now?")
    add(store, workspace_id="T2"), add(store, thread="2.2"), add(store, door="cli"), add(store, channel="C2")
    found = store.answers.in_thread("slack", "C1", "1.1", workspace_id="T1")
    assert [r.id for r in found] == [first, second]
    assert found[0].stands_on == (PRICES, LICENCE)
    assert store.answers.in_thread("slack", "C1", "1.1") == []


def test_one_answer_an_inbox_row(store: Store) -> None:
    inbox_id, _ = store.inbox.accept(an_inquiry())
    assert store.answers.for_inbox(inbox_id) is None
    first = add(store, inbox_id=inbox_id)
    assert add(store, inbox_id=inbox_id, question="after a crash") == first
    again = store.answers.for_inbox(inbox_id)
    assert again is not None
    assert (again.id, again.question, again.stands_on) == (first, "What does it cost?", (PRICES, LICENCE))
    assert add(store) != add(store)  # without one there may be many


def test_answers_that_a_fact_may_move(store: Store) -> None:
    a = add(store)
    b = add(store, workspace_id="T2", stands_on=(FactQuery(subject_pattern="model:*", field="licence"),))
    add(store, stands_on=())
    assert [r.id for r in store.answers.standing_on("model:gpt-oss-120b", "licence")] == [a, b]
    assert [r.id for r in store.answers.standing_on("model:GPT-oss-120b", "licence")] == [b]
    price = store.answers.standing_on("offer:together/gpt-oss-120b", "usd_per_million_input_tokens")
    assert [r.id for r in price] == [a]
    assert store.answers.standing_on("offer:together/gpt-oss-120b", "licence") == []


def test_the_last_word_of_each_person_counts(store: Store) -> None:
    one, two = add(store), add(store)
    for answer, user, verdict in ((one, "U1", "down"), (one, "U1", "up"), (one, "U2", "down"), (two, "U1", "up")):
        store.answers.feedback(answer, user, verdict, "because", workspace_id="T1")
    assert store.answers.verdicts(answer_id=one, workspace_id="T1") == {"up": 1, "down": 1}
    assert store.answers.verdicts(workspace_id="T1") == {"up": 2, "down": 1}
    assert store.answers.verdicts(workspace_id="T2") == {"up": 0, "down": 0}
    with pytest.raises(BadInput, match="up or down"):
        store.answers.feedback(one, "U1", "sideways", workspace_id="T1")
    with pytest.raises(NotFound):
        store.answers.feedback(99, "U1", "up", workspace_id="T1")


def test_thread_state(store: Store) -> None:
    assert store.threads.get("slack", "C1", "1.1", workspace_id="T1") == {}
    for n in range(2):
        store.threads.put("slack", "C1", "1.1", {"use_case": {"requests": n}}, workspace_id="T1")
        store.threads.put("slack", "C1", "1.1", {"shared": n})
    assert store.threads.get("slack", "C1", "1.1", workspace_id="T1") == {"use_case": {"requests": 1}}
    assert store.threads.get("slack", "C1", "1.1") == {"shared": 1}
    assert store.threads.get("slack", "C1", "1.1", workspace_id="T2") == {}


def test_settings_of_a_workspace_hide_the_shared_ones(store: Store) -> None:
    store.settings.put("digest", "hour", "9")
    store.settings.put("digest", "hour", "7", workspace_id="T1")
    store.settings.put("digest", "hour", "8", workspace_id="T1")
    store.settings.put("digest", "day", "0")
    assert store.settings.get("digest", "hour", workspace_id="T1") == "8"
    assert store.settings.get("digest", "hour", workspace_id="T2") == store.settings.get("digest", "hour") == "9"
    assert store.settings.get("other", "hour") is None
    assert store.settings.all("digest", workspace_id="T1") == {"hour": "8", "day": "0"}
    store.settings.put("digest", "hour", None, workspace_id="T1")
    assert store.settings.get("digest", "hour", workspace_id="T1") == "9"
