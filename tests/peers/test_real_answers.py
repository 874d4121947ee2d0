"""The shipped bot over its starter facts, asked in Slack: cited answers, follow-ups, and one answer after kill -9."""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.peers.client import CHANNEL, BotProcess, LocalSlack
from tests.peers.conftest import ROOT
from tests.peers.proxy import Fault
from tests.peers.test_journeys import answered, settled, shown

Start = Callable[..., BotProcess]

PREPARE = """
from bot.wire import opened
from kb.settings import load_settings
with opened(load_settings()):
    pass
"""


@pytest.fixture(scope="module")
def prepared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the starter facts loaded and the embedding model exported: done once, copied for each test."""
    home = tmp_path_factory.mktemp("home")
    environment = os.environ | {"STEELYARD_HOME": str(home), "HF_HUB_OFFLINE": "1"}
    subprocess.run([sys.executable, "-c", PREPARE], cwd=ROOT, env=environment, check=True, timeout=240)
    return home


@pytest.fixture
def start_real(prepared_home: Path, start_bot: Start, tmp_path: Path) -> Start:
    shutil.copytree(prepared_home, tmp_path, dirs_exist_ok=True)

    def start(mode: str) -> BotProcess:
        return start_bot(mode, STEELYARD_TEST_ANSWERS="real", STEELYARD_STARTER_SOURCES="false")

    return start


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_a_licence_question_and_its_follow_up(slack: LocalSlack, start_real: Start, mode: str) -> None:
    start_real(mode)
    ts = slack.mention(mode, "What licence is Kimi K2.5 under?")
    [first] = answered(slack, mode, ts)
    assert "Modified MIT" in shown(first)
    assert "[1]" in shown(first)
    assert "*Sources*" in shown(first)
    assert "tier 1" in shown(first)
    slack.mention(mode, "And DeepSeek V3.2?", thread=ts)
    _, second = answered(slack, mode, ts, count=2)
    assert "DeepSeek" in shown(second)
    assert "MIT" in shown(second)
    assert "[1]" in shown(second)


def test_a_regulation_question_by_direct_message(slack: LocalSlack, start_real: Start) -> None:
    start_real("http")
    asked = slack.say("When do the EU AI Act's high-risk duties apply?", channel="U0BOT2")
    [message] = answered(slack, "http", asked["ts"], channel=asked["channel"])
    assert "2 December 2027" in shown(message)
    assert "2 August 2028" in shown(message)


def test_what_it_cannot_know_is_said_so(slack: LocalSlack, start_real: Start) -> None:
    start_real("http")
    ts = slack.mention("http", "What is the best pizza in Naples?")
    [message] = answered(slack, "http", ts)
    assert "*Sources*" not in shown(message)


@pytest.mark.parametrize("method", ["assistant.threads.setStatus", "chat.stopStream"])
def test_kill_and_restart_answers_once(slack: LocalSlack, start_real: Start, method: str) -> None:
    held = threading.Event()
    fault = Fault(before=method != "chat.stopStream", hold=held)
    slack.proxy.fail_next(method, fault)
    bot = start_real("http")
    ts = slack.mention("http", "What licence is Kimi K2.5 under?")
    assert fault.reached.wait(30)
    bot.kill()
    held.set()
    start_real("http")
    answered(slack, "http", ts)
    [message] = settled(slack, "http", ts)
    assert "Modified MIT" in shown(message)
    assert slack.proxy.metadata_of(CHANNEL, message["ts"])


def test_first_sign_of_life_within_three_seconds(slack: LocalSlack, start_real: Start) -> None:
    start_real("http")
    began = time.monotonic()
    ts = slack.mention("http", "What changed this week?")
    answered(slack, "http", ts)
    assert slack.proxy.called("assistant.threads.setStatus")[0].at - began < 3.0
