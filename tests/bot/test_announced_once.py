"""kill -9 at random instants around posting: after reconciliation each channel shows each digest and alert once.

A round is one database with a digest due in two channels and a changed fact behind answers in three threads. Processes
are started on it and killed until one lives to its end; then what Slack shows is counted. Ours is the Slack.
"""

import multiprocessing
import os
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from bot.watch.service import Watcher
from kb.facts.view import view
from kb.store import Store
from kb.types import FactQuery, FactView
from tests.bot.kill_announcer import CHANNELS, LEASE_S, TEAM, announce, database_in
from tests.bot.watch_world import a_fact, answer_of, draft_of
from tests.slack_stub import SlackStub

THREADS = (("C1", "1.1"), ("C1", "2.2"), ("C2", "3.3"))
# CI kills two hundred times; on a laptop a few keep the suite under ten minutes.
KILLS = int(os.environ.get("STEELYARD_KILLS", "12"))
SLOW_S = 0.04  # how long a post may take before and after it is visible: most kills are to fall there


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.bot.kill_announcer"])
    return context


@pytest.fixture
def slack() -> Iterator[SlackStub]:
    with SlackStub(slow_s=SLOW_S) as stub:
        yield stub


def something_to_tell(folder: Path) -> None:
    """A fact that was cited and has changed since, which is news of the week too."""
    folder.mkdir()
    url = database_in(folder)
    now = datetime.now(UTC)
    with Store.open(url) as store:
        fact = store.facts.add(a_fact("x/price", "offer:s/x", "price_input", "2", unit="USD per million tokens"))
        [seen] = _views(store, now)
        for channel, thread in THREADS:
            store.answers.add(
                question="What does X cost?",
                kind="fact",
                as_of=now.date(),
                body=answer_of("What does X cost?", seen, as_of=now.date()).model_dump(mode="json"),
                stands_on=[FactQuery(subject_pattern=fact.subject, field=fact.field)],
                workspace_id=TEAM,
                door="slack",
                channel=channel,
                thread=thread,
                user="U1",
            )
        assert Watcher(store, owner="first look").step() == []
        store.unlease("watch", "first look")
        yesterday = (now - timedelta(days=1)).date()
        store.facts.apply([draft_of(fact, value="9", known_from=yesterday)], at=now, actor="source")


def _views(store: Store, now: datetime) -> list[FactView]:
    facts, events = store.facts.followed(workspace_id=TEAM)
    return view(facts, events, as_of=now.date())


def run(
    processes: ForkServerContext, url: str, slack: SlackStub, number: int, until: Callable[[], None] | None
) -> bool:
    """Whether the process lived to its end, or was killed when `until` came back."""
    child = processes.Process(target=announce, args=(url, slack.url, number))
    child.start()
    if until is not None:
        until()
        child.kill()
    child.join()
    assert child.exitcode in (0, -9)
    return child.exitcode == 0


def visible(slack: SlackStub) -> Counter[tuple[str, str]]:
    """How often each digest and alert is seen, by channel and thread."""
    return Counter((name, str(m.get("thread_ts") or "")) for name, said in slack.messages.items() for m in said)


EXPECTED = Counter({(name, ""): 1 for name in CHANNELS} | dict.fromkeys(THREADS, 1))


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_each_channel_shows_each_digest_and_alert_once(
    processes: ForkServerContext, slack: SlackStub, tmp_path: Path
) -> None:
    rng, killed, between, rounds = random.Random(2026), 0, 0, 0
    something_to_tell(tmp_path / "template")
    assert run(processes, copied(tmp_path, "warm"), slack, 0, None)  # the server imports everything once
    slack.clear()
    begun = time.monotonic()
    assert run(processes, copied(tmp_path, "undisturbed"), slack, 0, None)
    seconds = time.monotonic() - begun
    assert visible(slack) == EXPECTED
    begun = time.monotonic()
    while killed < KILLS:
        slack.clear()
        url, lived, number = copied(tmp_path, f"round{rounds}"), False, 0
        rounds += 1
        while not lived and killed < KILLS:
            number += 1
            lived = run(processes, url, slack, number, moment(rng, slack, seconds))
            killed += not lived
            between += not lived and not _all_is_recorded(url, slack)
            time.sleep(LEASE_S)
        while not lived or _open(url):
            number += 1
            time.sleep(LEASE_S)
            lived = run(processes, url, slack, number, None)
        assert visible(slack) == EXPECTED
        assert [len(set(slack.keys(name))) for name in CHANNELS] == [3, 2]
    took = time.monotonic() - begun
    print(f"{killed} kills in {rounds} rounds, {took / max(1, killed):.2f} s each; {between} left a post unrecorded")


def moment(rng: random.Random, slack: SlackStub, seconds: float) -> Callable[[], None]:
    """Waits for an instant to kill at: anywhere in a run, or while it posts, where a kill may do harm."""
    anywhere = rng.random() < 0.3
    delay = rng.uniform(0, seconds if anywhere else 6 * SLOW_S)

    def wait() -> None:
        if not anywhere:
            slack.posting.wait(seconds)
        time.sleep(delay)

    slack.posting.clear()
    return wait


def copied(folder: Path, name: str) -> str:
    shutil.copytree(folder / "template", folder / name)
    return database_in(folder / name)


def _open(url: str) -> int:
    with Store.open(url) as store:
        counts = store.outbox.counts()
    assert counts["failed"] == 0
    return counts["waiting"] + counts["leased"]


def _all_is_recorded(url: str, slack: SlackStub) -> bool:
    with Store.open(url) as store:
        return store.outbox.counts()["sent"] == sum(visible(slack).values())
