"""The scheduler ticks, survives what ticks raise, never overlaps them, and drains."""

import logging
import threading
import time
from pathlib import Path

import pytest

from ingest.schedule import Scheduler
from kb.errors import StoreError
from tests.bench.month import simulate


def test_a_tick_that_raises_is_logged_under_a_reference_and_comes_again(caplog: pytest.LogCaptureFixture) -> None:
    calls: list[str] = []
    thrice = threading.Semaphore(0)

    def breaks() -> None:
        calls.append("breaks")
        thrice.release()
        raise ZeroDivisionError("a defect")

    def refuses() -> None:
        thrice.release()
        raise StoreError("the database is away")

    scheduler = Scheduler({"breaks": breaks, "refuses": refuses}, every_s={"breaks": 0.05, "refuses": 0.05})
    with caplog.at_level(logging.WARNING, logger="steelyard.schedule"):
        scheduler.start()
        assert all(thrice.acquire(timeout=5) for _ in range(6))
        scheduler.stop()
    assert calls.count("breaks") >= 2
    defects = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert defects[0].exc_info
    assert "defect in tick breaks (" in defects[0].getMessage()
    assert any("the database is away" in record.getMessage() for record in caplog.records)


def test_ticks_begin_at_once_do_not_overlap_and_leave_others_alone() -> None:
    running, most, other = 0, 0, threading.Event()

    def slow() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        time.sleep(0.2)
        running -= 1

    scheduler = Scheduler({"slow": slow, "other": other.set}, every_s={"slow": 0.02, "other": 3600})
    scheduler.start()
    assert other.wait(2)
    time.sleep(0.5)
    scheduler.stop()
    assert most == 1
    assert running == 0


def test_stop_waits_for_the_tick_under_way_and_can_be_said_twice() -> None:
    begun, ended = threading.Event(), threading.Event()

    def tick() -> None:
        begun.set()
        scheduler.stopping.wait(5)
        time.sleep(0.1)
        ended.set()

    scheduler = Scheduler({"tick": tick}, every_s={"tick": 3600})
    scheduler.start()
    assert begun.wait(2)
    scheduler.stop()
    assert ended.is_set()
    scheduler.stop()


def test_a_scheduler_that_never_started_stops() -> None:
    Scheduler({}).stop()


def test_hours_of_scheduling_keep_every_promise_to_sources_and_hosts(tmp_path: Path) -> None:
    """The whole month, with 10,000 sources: `python -m tests.bench.bench_ingest --month`."""
    month = simulate(tmp_path, sources=400, days=0.25)
    assert month.requests > 400
    assert month.failures > 0
    assert month.broken == []
    assert month.worst_lateness_s < 70  # a tick is a minute
