"""The weekly digest from a bot process that is killed around its posting: each channel sees it once."""

import json
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from kb.store import Store
from kb.types import FactDraft, Tier, utc_now
from tests.peers.client import CHANNEL, BotProcess, LocalSlack
from tests.peers.conftest import wait_for
from tests.peers.proxy import Fault

Start = Callable[..., BotProcess]


def something_happened(home: Path) -> None:
    """One price that was published yesterday."""
    store = Store.open(f"sqlite:///{home / 'steelyard.db'}")
    store.facts.add(
        FactDraft(
            key="test/price",
            subject="offer:x/y",
            field="input_price",
            value="1",
            statement="X asks 1 USD per million tokens.",
            source_url="https://x.example/prices",
            source_title="Prices",
            publisher="X",
            tier=Tier.PRIMARY,
            known_from=(utc_now() - timedelta(days=1)).date(),
        )
    )
    store.close()


def digests(slack: LocalSlack) -> list[str]:
    """Texts of the digests that a reader of the channel sees."""
    messages = slack.control(f"messages/{CHANNEL}")["messages"]
    return [json.dumps(m["blocks"]) for m in messages if "X asks 1 USD" in json.dumps(m.get("blocks") or "")]


@pytest.mark.parametrize("posted_before_the_kill", [False, True])
def test_killed_around_its_posting_and_restarted(
    slack: LocalSlack, start_bot: Start, tmp_path: Path, posted_before_the_kill: bool
) -> None:
    something_happened(tmp_path)
    now = utc_now()
    due = {
        "STEELYARD_DIGEST_CHANNELS": CHANNEL,
        "STEELYARD_DIGEST_WEEKDAY": str(now.weekday()),
        "STEELYARD_DIGEST_HOUR": "0",
    }
    held = threading.Event()
    fault = Fault(before=not posted_before_the_kill, hold=held)
    slack.proxy.fail_next("chat.postMessage", fault)
    bot = start_bot("http", **due)
    assert fault.reached.wait(20)
    bot.kill()
    held.set()
    assert len(digests(slack)) == (1 if posted_before_the_kill else 0)
    start_bot("http", **due)

    def sent() -> bool:
        store = Store.open(f"sqlite:///{tmp_path / 'steelyard.db'}")
        counts = store.outbox.counts()
        store.close()
        return counts["sent"] == 1

    wait_for(sent, within_s=60.0, what="the digest to be recorded as sent")
    assert len(digests(slack)) == 1
    start_bot("socket", **due).stop()  # another replica, later: nothing more
    time.sleep(1.0)
    assert len(digests(slack)) == 1
