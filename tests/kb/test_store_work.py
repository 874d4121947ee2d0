"""Inbox, outbox, probes and named leases: stored once, claimed by one, retried, never lost."""

from datetime import timedelta

import pytest

from kb.errors import NotFound
from kb.store import Store
from tests.kb.conftest import Clock
from tests.kb.store_builders import an_inquiry, an_outbox_draft


class TestInbox:
    def test_accepted_once(self, store: Store, clock: Clock) -> None:
        inquiry = an_inquiry(message_key="C1:1.1", payload={"team": "T1"})
        row_id, new = store.inbox.accept(inquiry)
        assert new
        row = store.inbox.get(row_id)
        assert (row.inquiry, row.state, row.attempts, row.received_at) == (inquiry, "waiting", 0, clock.now)
        assert store.inbox.accept(inquiry) == (row_id, False)
        assert store.inbox.accept(an_inquiry("event-2", message_key="C1:1.1")) == (row_id, False)
        assert store.inbox.accept(an_inquiry(text="changed")) == (row_id, False)
        assert store.inbox.get(row_id).inquiry == inquiry
        other, new = store.inbox.accept(an_inquiry("event-2", message_key="C1:2.2"))
        assert (new, other != row_id) == (True, True)
        assert store.inbox.accept(an_inquiry(door="cli"))[1]  # doors number their events on their own
        assert store.inbox.accept(an_inquiry("event-3"))[1]  # no message key, no duplicate by it
        assert store.inbox.accept(an_inquiry("event-4"))[1]

    def test_answered(self, store: Store) -> None:
        row_id, _ = store.inbox.accept(an_inquiry())
        (row,) = store.inbox.claim("a", 9, 60)
        assert (row.id, row.state, row.attempts) == (row_id, "leased", 1)
        assert store.inbox.counts() == {"waiting": 0, "leased": 1, "answered": 0, "failed": 0}
        assert store.inbox.claim("b", 9, 60) == []
        assert store.inbox.done(row_id, "b") is False
        assert store.inbox.done(row_id, "a") is True
        assert store.inbox.done(row_id, "a") is False
        assert store.inbox.counts() == {"waiting": 0, "leased": 0, "answered": 1, "failed": 0}
        assert store.inbox.claim("b", 9, 60) == []

    def test_a_dead_workers_question_is_taken_over(self, store: Store, clock: Clock) -> None:
        row_id, _ = store.inbox.accept(an_inquiry())
        store.inbox.claim("a", 9, 60)
        clock.forward(seconds=50)
        assert store.inbox.renew(row_id, "a", 60)
        clock.forward(seconds=50)
        assert store.inbox.claim("b", 9, 60) == []
        clock.forward(seconds=11)
        (row,) = store.inbox.claim("b", 9, 60)
        assert row.attempts == 2
        assert store.inbox.renew(row_id, "a", 60) is False
        assert store.inbox.done(row_id, "a") is False
        assert store.inbox.fail(row_id, "a", "late", retry_at=None) is False
        assert store.inbox.get(row_id).state == "leased"
        assert store.inbox.done(row_id, "b")

    def test_a_late_worker_that_nobody_replaced_may_finish(self, store: Store, clock: Clock) -> None:
        row_id, _ = store.inbox.accept(an_inquiry())
        store.inbox.claim("a", 9, 60)
        clock.forward(hours=1)
        assert store.inbox.done(row_id, "a")

    def test_retried_when_it_is_time_then_given_up(self, store: Store, clock: Clock) -> None:
        row_id, _ = store.inbox.accept(an_inquiry())
        store.inbox.claim("a", 9, 60)
        assert store.inbox.fail(row_id, "a", "model is away", retry_at=clock.now + timedelta(minutes=5))
        row = store.inbox.get(row_id)
        assert (row.state, row.error) == ("waiting", "model is away")
        assert store.inbox.claim("a", 9, 60) == []
        clock.forward(minutes=5)
        assert store.inbox.claim("a", 9, 60)[0].attempts == 2
        assert store.inbox.fail(row_id, "a", "still away", retry_at=None)
        clock.forward(days=1)
        assert store.inbox.claim("a", 9, 60) == []
        assert store.inbox.counts()["failed"] == 1

    def test_oldest_first_a_few_at_a_time_by_door(self, store: Store, clock: Clock) -> None:
        ids = []
        for n in range(4):
            asked = an_inquiry(f"e{n}", door="slack" if n % 2 else "web", thread=f"{n}.1")
            ids.append(store.inbox.accept(asked)[0])
            clock.forward(seconds=1)
        assert [r.id for r in store.inbox.claim("a", 1, 60, door="slack")] == [ids[1]]
        assert [r.id for r in store.inbox.claim("a", 2, 60)] == [ids[0], ids[2]]
        assert [r.id for r in store.inbox.claim("a", 9, 60, door="web")] == []

    def test_of_a_thread_one_at_a_time(self, store: Store) -> None:
        """A follow-up follows from the answer before it."""
        first, second, other = (
            store.inbox.accept(an_inquiry(f"e{n}", thread=thread))[0] for n, thread in enumerate(("1.1", "1.1", "2.2"))
        )
        assert [r.id for r in store.inbox.claim("a", 9, 60)] == [first, other]
        assert store.inbox.claim("b", 9, 60) == []
        assert [r.id for r in store.inbox.waiting("slack")] == [second]
        store.inbox.done(first, "a")
        assert [r.id for r in store.inbox.claim("b", 9, 60)] == [second]

    def test_stopped_by_who_asked(self, store: Store) -> None:
        row_id, _ = store.inbox.accept(an_inquiry())
        (row,) = store.inbox.claim("a", 9, 60)
        here = ("slack", row.inquiry.workspace_id, row.inquiry.channel, row.inquiry.thread)
        assert store.inbox.stop(*here, by="U-other") == []
        assert not store.inbox.is_stopped(row_id)
        assert store.inbox.stop(*here, by=row.inquiry.user) == [row_id]
        assert store.inbox.is_stopped(row_id)
        assert store.inbox.stopped(row_id, "b") is False
        assert store.inbox.stopped(row_id, "a") is True
        assert store.inbox.counts()["stopped"] == 1
        assert store.inbox.stop(*here, by=row.inquiry.user) == []  # nothing is open any more

    def test_everything_received_is_counted_once(self, store: Store) -> None:
        for n in range(4):
            for _ in range(n + 1):
                store.inbox.accept(an_inquiry(f"e{n}", thread=f"{n}.1", message_key=f"C:{n}"))
        store.inbox.accept(an_inquiry("e-other", message_key="C:0"))
        rows = store.inbox.claim("a", 3, 60)
        store.inbox.done(rows[0].id, "a")
        store.inbox.fail(rows[1].id, "a", "gone", retry_at=None)
        store.inbox.stopped(rows[2].id, "a")
        found = store.inbox.counters("slack")
        assert (found.received, found.accepted, found.deduplicated) == (11, 4, 7)
        assert (found.answered, found.failed, found.stopped, found.open) == (1, 1, 1, 1)
        assert found.balanced
        assert store.inbox.counters("web").received == 0

    def test_no_such_row(self, store: Store) -> None:
        with pytest.raises(NotFound, match="no inbox row 7"):
            store.inbox.get(7)


class TestOutbox:
    def test_said_twice_is_stored_once(self, store: Store, clock: Clock) -> None:
        row_id, new = store.outbox.put(an_outbox_draft())
        assert new
        assert store.outbox.put(an_outbox_draft(payload={"text": "other"})) == (row_id, False)
        assert store.outbox.put(an_outbox_draft(door="cli")) == (row_id, False)
        row = store.outbox.find("digest/1")
        assert row == store.outbox.get(row_id)
        assert row is not None
        assert (row.draft, row.created_at) == (an_outbox_draft(), clock.now)
        assert store.outbox.find("digest/2") is None

    def test_not_before_its_time(self, store: Store, clock: Clock) -> None:
        store.outbox.put(an_outbox_draft(not_before=clock.now + timedelta(hours=1)))
        assert store.outbox.claim("a", 9, 60) == []
        clock.forward(hours=1)
        assert len(store.outbox.claim("a", 9, 60)) == 1

    def test_sent_failed_and_taken_over(self, store: Store, clock: Clock) -> None:
        a, b = store.outbox.put(an_outbox_draft("a"))[0], store.outbox.put(an_outbox_draft("b", door="cli"))[0]
        assert [r.id for r in store.outbox.claim("x", 9, 60, door="slack")] == [a]
        assert store.outbox.sent(a, "y", "ts") is False
        assert store.outbox.sent(a, "x", "ts") is True
        assert (store.outbox.get(a).state, store.outbox.get(a).sent_ref) == ("sent", "ts")
        store.outbox.claim("x", 9, 60)
        clock.forward(minutes=2)
        assert [r.attempts for r in store.outbox.claim("y", 9, 60)] == [2]
        assert store.outbox.fail(b, "x", "late", None) is False
        assert store.outbox.fail(b, "y", "channel is gone", None) is True
        assert store.outbox.counts() == {"waiting": 0, "leased": 0, "sent": 1, "failed": 1}
        assert store.outbox.put(an_outbox_draft("a")) == (a, False)  # told once is told


def test_a_probe_goes_there_and_back(store: Store, clock: Clock) -> None:
    probe_id = store.probes.put("preview", {"url": "https://example.org/"}, workspace_id="T1")
    assert store.probes.get(probe_id).state == "waiting"
    assert store.probes.done(probe_id, {"early": True}) is False
    (row,) = store.probes.claim("a", 9, 60)
    assert (row.kind, row.payload, row.workspace_id) == ("preview", {"url": "https://example.org/"}, "T1")
    assert store.probes.claim("b", 9, 60) == []
    assert store.probes.done(probe_id, {"items": 3}, owner="b") is False
    assert store.probes.done(probe_id, {"items": 3}) is True
    done = store.probes.get(probe_id)
    assert (done.state, done.result) == ("done", {"items": 3})


def test_a_named_lease_has_one_holder(store: Store, clock: Clock) -> None:
    assert store.lease("indexer", "a", 60)
    assert not store.lease("indexer", "b", 60)
    assert store.lease("scheduler", "b", 60)
    clock.forward(seconds=50)
    assert store.lease("indexer", "a", 60)  # renewed
    clock.forward(seconds=50)
    assert not store.lease("indexer", "b", 60)
    store.unlease("indexer", "b")
    assert not store.lease("indexer", "b", 60)
    store.unlease("indexer", "a")
    assert store.lease("indexer", "b", 60)
    clock.forward(seconds=61)
    assert store.lease("indexer", "a", 60)  # b died
