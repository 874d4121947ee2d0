"""The worker on a real store: once, again after failures, never twice, never silent."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.greet import Greeter
from bot.worker import Answerer, Door, InboxWorker, OutboxWorker, Patience
from kb.errors import BadInput, ServiceError
from kb.store import Store
from kb.types import InboxRow, Inquiry, OutboxDraft
from tests.fakes import NOON, FakeDoor, FakeSteelyard


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    store = Store.open(f"sqlite:///{tmp_path / 'worker.db'}", clock=clock)
    yield store
    store.close()


PATIENCE = Patience(lease_s=30.0, attempts=3, apologies=2, backoff_s=10.0)


def inquiry(number: int = 1, text: str = "which licence?") -> Inquiry:
    return Inquiry(
        event_id=f"Ev{number}",
        door="slack",
        workspace_id="T1",
        channel="C1",
        thread="1.1",
        user="U1",
        text=text,
        message_key=f"C1:{number}",
    )


def worker(store: Store, answerer: Answerer, door: Door, clock: Clock, owner: str = "a") -> InboxWorker:
    return InboxWorker(store, answerer, door, owner=owner, clock=clock, patience=PATIENCE)


def test_a_question_is_answered_once(store: Store, clock: Clock) -> None:
    row_id, _ = store.inbox.accept(inquiry())
    door, steelyard = FakeDoor(), FakeSteelyard(store)
    work = worker(store, steelyard, door, clock)
    assert work.step()
    assert not work.step()
    assert [(event, kind) for event, kind, _ in door.said] == [("Ev1", "answer")]
    assert store.inbox.get(row_id).state == "answered"


def test_the_same_event_or_message_is_one_question(store: Store, clock: Clock) -> None:
    store.inbox.accept(inquiry())
    _, again = store.inbox.accept(inquiry())
    _, as_message = store.inbox.accept(
        Inquiry(
            event_id="EvOther",
            door="slack",
            workspace_id="T1",
            channel="C1",
            thread="1.1",
            user="U1",
            text="which licence?",
            message_key="C1:1",
        )
    )
    assert not again
    assert not as_message
    door = FakeDoor()
    work = worker(store, FakeSteelyard(store), door, clock)
    while work.step():
        pass
    assert len(door.said) == 1


def test_passing_failures_are_tried_again_later(store: Store, clock: Clock) -> None:
    store.inbox.accept(inquiry())
    door = FakeDoor()
    steelyard = FakeSteelyard(store, errors=[ServiceError("the generator is away"), RuntimeError("a defect")])
    work = worker(store, steelyard, door, clock)
    work.step()
    assert not work.step()  # not before its time
    clock.pass_(11)
    work.step()
    clock.pass_(21)
    work.step()
    assert [kind for _, kind, _ in door.said] == ["answer"]
    assert len(steelyard.asked) == 3


def test_when_all_fails_who_asked_is_told_with_a_reference(store: Store, clock: Clock) -> None:
    row_id, _ = store.inbox.accept(inquiry())
    door = FakeDoor()
    work = worker(store, FakeSteelyard(store, errors=[RuntimeError("secret detail")] * 9), door, clock)
    for _ in range(9):
        work.step()
        clock.pass_(600)
    [(_, kind, text)] = door.said
    assert kind == "notice"
    assert "Reference: " in text
    assert "secret detail" not in text
    reference = text.rsplit("Reference: ", 1)[1]
    row = store.inbox.get(row_id)
    assert row.state == "failed"
    assert reference in (row.error or "")


def test_what_cannot_pass_is_told_at_once_in_its_own_words(store: Store, clock: Clock) -> None:
    store.inbox.accept(inquiry())
    door = FakeDoor()
    work = worker(store, FakeSteelyard(store, errors=[BadInput("No such date", hint="use YYYY-MM-DD")]), door, clock)
    work.step()
    [(_, kind, text)] = door.said
    assert kind == "notice"
    assert "No such date Use YYYY-MM-DD." in text


def test_an_answer_that_was_recorded_is_not_asked_again(store: Store, clock: Clock) -> None:
    """A kill between record and post: the next worker posts what was recorded."""
    store.inbox.accept(inquiry())
    steelyard = FakeSteelyard(store)
    worker(store, steelyard, FakeDoor(errors=[ServiceError("Slack is away")]), clock).step()
    clock.pass_(60)
    door = FakeDoor()
    worker(store, steelyard, door, clock, owner="b").step()
    assert len(steelyard.asked) == 1
    assert [kind for _, kind, _ in door.said] == ["answer"]


def test_a_worker_that_lost_its_lease_stays_silent(store: Store, clock: Clock) -> None:
    store.inbox.accept(inquiry())
    gate, door = threading.Event(), FakeDoor()
    steelyard = FakeSteelyard(store, gate=gate)
    slow = worker(store, steelyard, door, clock, owner="slow")
    thread = threading.Thread(target=slow.step)
    thread.start()
    assert steelyard.waiting.wait(20)
    clock.pass_(31)
    other = FakeDoor()
    worker(store, FakeSteelyard(store), other, clock, owner="fast").step()
    gate.set()
    thread.join(20)
    assert [kind for _, kind, _ in other.said] == ["answer"]
    assert door.said == []


def test_a_question_that_kills_its_workers_is_given_up_with_words(store: Store, clock: Clock) -> None:
    row_id, _ = store.inbox.accept(inquiry())
    for _ in range(PATIENCE.attempts):
        [row] = store.inbox.claim(owner="doomed", limit=1, lease_s=30.0, door="slack")
        clock.pass_(31)
    assert row.attempts == PATIENCE.attempts
    door, steelyard = FakeDoor(), FakeSteelyard(store)
    worker(store, steelyard, door, clock).step()
    assert steelyard.asked == []
    assert [kind for _, kind, _ in door.said] == ["notice"]
    assert store.inbox.get(row_id).state == "failed"


def test_an_empty_question_gets_a_hint(store: Store, clock: Clock) -> None:
    row_id, _ = store.inbox.accept(inquiry(text="  "))
    door, steelyard = FakeDoor(), FakeSteelyard(store)
    worker(store, steelyard, door, clock).step()
    assert steelyard.asked == []
    assert "Ask me a question" in door.said[0][2]
    assert store.inbox.get(row_id).state == "answered"


def announcement() -> OutboxDraft:
    return OutboxDraft(
        idempotency_key="digest:T1:C1:2026-W48", door="slack", workspace_id="T1", channel="C1", thread="", kind="digest"
    )


def test_announcements_are_sent_once_and_tried_again(store: Store, clock: Clock) -> None:
    row_id, _ = store.outbox.put(announcement())
    door = FakeDoor(errors=[ServiceError("away")])
    work = OutboxWorker(store, door, owner="a", clock=clock, patience=PATIENCE)
    assert work.step()
    assert not work.step()
    clock.pass_(11)
    assert work.step()
    assert not work.step()
    assert door.posted == ["digest:T1:C1:2026-W48"]
    assert store.outbox.get(row_id).state == "sent"


def test_announcements_that_slack_refuses_are_given_up(store: Store, clock: Clock) -> None:
    row_id, _ = store.outbox.put(announcement())
    door = FakeDoor(errors=[ServiceError("channel_not_found", transient=False)])
    OutboxWorker(store, door, owner="a", clock=clock, patience=PATIENCE).step()
    assert store.outbox.get(row_id).state == "failed"


def test_backoff_doubles_and_is_capped() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    waits = [(PATIENCE.retry_at(start, n) - start).total_seconds() for n in (1, 2, 3, 20)]
    assert waits == [10, 20, 40, 600]


# ---------------------------------------------------------------- stopped, and waiting


def pressed(store: Store, row_id: int) -> None:
    row = store.inbox.get(row_id).inquiry
    assert store.inbox.stop("slack", row.workspace_id, row.channel, row.thread, by=row.user) == [row_id]


def test_stopped_before_anybody_worked_on_it(store: Store, clock: Clock) -> None:
    row_id, _ = store.inbox.accept(inquiry())
    pressed(store, row_id)
    answerer, door = FakeSteelyard(store), FakeDoor()
    assert worker(store, answerer, door, clock).step()
    assert (door.said, answerer.asked) == ([("Ev1", "stopped", "")], [])
    assert store.inbox.get(row_id).state == "stopped"


def test_stopped_while_it_is_answered(store: Store, clock: Clock) -> None:
    row_id, _ = store.inbox.accept(inquiry())
    answerer, door = FakeSteelyard(store, sentences=200, pause_s=0.05), FakeDoor()
    working = threading.Thread(target=worker(store, answerer, door, clock).step)
    working.start()
    while not answerer.asked:
        working.join(0.01)
    pressed(store, row_id)
    working.join(5)
    assert not working.is_alive()
    assert door.said == [("Ev1", "stopped", "")]
    assert store.answers.for_inbox(row_id) is None
    assert store.inbox.counters().balanced


def test_a_stop_that_cannot_be_said_is_said_later(store: Store, clock: Clock) -> None:
    row_id, _ = store.inbox.accept(inquiry())
    pressed(store, row_id)
    door = FakeDoor(errors=[ServiceError("away")])
    work = worker(store, FakeSteelyard(store), door, clock)
    work.step()
    assert store.inbox.get(row_id).state == "waiting"
    clock.pass_(60)
    work.step()
    assert (door.said, store.inbox.get(row_id).state) == ([("Ev1", "stopped", "")], "stopped")


class Room:
    name = "slack"

    def waiting(self, row: InboxRow, ahead: int) -> None:
        """Nothing to show."""


def test_who_waits_is_greeted_once_and_again_when_the_queue_moved(store: Store, clock: Clock) -> None:
    for n in range(3):
        store.inbox.accept(replace(inquiry(n), thread=f"{n}.1"))
    greeter = Greeter(store, Room(), clock)
    first = greeter.due()
    assert [g.ahead for g in first] == [0, 1, 2]
    for greeting in first:
        greeter.greet(greeting)
    assert greeter.due() == []
    store.inbox.claim("a", 1, 60)
    assert greeter.due() == []  # too soon to say it again
    clock.pass_(10)
    assert [(g.row.inquiry.event_id, g.ahead) for g in greeter.due()] == [("Ev1", 0), ("Ev2", 1)]
