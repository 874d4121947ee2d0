"""What the exactly-once test kills: one process that looks at watches, records what is due, and posts it.

Forked from a server that has imported everything, so that a run costs tens of milliseconds and kill -9 is a real one.
"""

from datetime import UTC, datetime
from pathlib import Path

from slack_sdk import WebClient

from bot.digest import DigestChannel, enqueue_due
from bot.doors.slack.deliver import SlackDoor
from bot.watch.service import Watcher
from bot.worker import OutboxWorker, Patience
from kb.store import Store

LEASE_S = 0.06  # what a killed process held is free again when the next one begins
CHANNELS = ("C1", "C2")
TEAM = "T1"


def announce(database: str, url: str, number: int) -> None:
    """One pass of everything, as the announcer's thread makes it."""

    def clock() -> datetime:
        return datetime.now(UTC)

    owner = f"process {number}"
    with Store.open(database, clock=clock) as store:
        door = SlackDoor(WebClient(token="xoxb-1", base_url=url, timeout=30))
        worker = OutboxWorker(store, door, owner=owner, clock=clock, patience=Patience(lease_s=LEASE_S, backoff_s=0.01))
        Watcher(store, owner=owner, clock=clock, lease_s=LEASE_S).step()
        now = clock()
        due = [
            DigestChannel(workspace_id=TEAM, channel=name, weekday=now.weekday(), hour=0, time_zone="UTC")
            for name in CHANNELS
        ]
        enqueue_due(store, due, now)
        while worker.step():
            pass


def database_in(folder: Path) -> str:
    return f"sqlite:///{folder / 'steelyard.db'}"
