"""Many people at once, on a bad day. STEELYARD_LOAD=200 asks as many in a minute, and prints the table:

STEELYARD_LOAD=200 bash tests/peers/run.sh .venv/bin/python tests/peers/test_load.py -s
STEELYARD_LOAD_ANSWERS=real with the knowledge base in place of a fake.
"""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kb.store import Store
from tests.peers.client import BotProcess, LocalSlack
from tests.peers.conftest import wait_for
from tests.peers.load import Load, StrictProxy, quantile
from tests.peers.test_real_answers import prepared_home, start_real
from tests.peers.validate import Validator

__all__ = ["prepared_home", "start_real"]  # fixtures

Start = Callable[..., BotProcess]
QUESTIONS = int(os.environ.get("STEELYARD_LOAD", "40"))
USERS = 50
SECONDS = 60.0 * QUESTIONS / 200
REAL = os.environ.get("STEELYARD_LOAD_ANSWERS") == "real"
TEXTS = (
    "What licence is Kimi K2.5 under?",
    "When do the EU AI Act's high-risk duties apply?",
    "How much is DeepSeek V3.2 per million tokens?",
    "May we fine-tune Llama 4 commercially?",
    "Open or closed for our support chatbot, 300k requests a month, personal data in the EU?",
)


@pytest.fixture
def busy(local_slack: LocalSlack, validator: Validator) -> Iterator[LocalSlack]:
    """local-slack behind a proxy that limits and loses; its calls are checked afterwards."""
    local_slack.control("reset", {})
    with StrictProxy(local_slack.url, validator, seed=11, limited=0.03, lost=0.05) as proxy:
        local_slack.proxy = proxy
        yield local_slack
        problems = {p for call in proxy.calls[:400] for p in validator.problems(call.method, call.arguments)}
        assert problems == set()


@pytest.fixture
def slack(busy: LocalSlack) -> LocalSlack:
    """What `start_bot` starts a bot for."""
    return busy


@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("killed", [False, True], ids=["steady", "killed in the middle"])
def test_everybody_is_answered_once(
    slack: LocalSlack, request: pytest.FixtureRequest, tmp_path: Path, killed: bool
) -> None:
    start: Start = request.getfixturevalue("start_real" if REAL else "start_bot")
    bots = [start("http")]
    load = Load(slack, [TEXTS[n % len(TEXTS)] for n in range(QUESTIONS)], users=USERS, seconds=SECONDS, seed=5)

    def kill_and_restart() -> None:
        bots[-1].kill()
        bots.append(start("http"))

    load.send(kill_and_restart if killed else lambda: None)
    proxy = slack.proxy
    assert isinstance(proxy, StrictProxy)
    with Store.open(f"sqlite:///{tmp_path / 'steelyard.db'}") as store:
        wait_for(lambda: store.inbox.counters().open == 0, within_s=300, what="everything settled")
        time.sleep(3)  # to say something twice
        report = load.report(store, proxy)
    print(f"\n{'real answers' if REAL else 'fake answers'}, {'killed in the middle' if killed else 'steady'}")
    print(report.table())
    assert report.wrong == []
    assert report.answered_once == report.asked == report.counters["answered"]
    assert report.balanced
    assert report.counters["accepted"] == report.asked
    if killed:  # an acknowledgement may have died with the process after its row was stored
        assert report.counters["received"] >= report.received
    else:
        assert report.faults["called too early"] == 0
        assert report.counters["received"] == report.received
        assert quantile(report.first_s, 1.0) < 3.0
