"""Decisions in Slack: the shipped bot over its starter facts, its chart, its form, its follow-ups, on local-slack."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from tests.peers.client import ALICE, APPS, CHANNEL, BotProcess, LocalSlack
from tests.peers.conftest import wait_for
from tests.peers.proxy import refused
from tests.peers.test_journeys import settled, shown
from tests.peers.test_real_answers import prepared_home, start_real

__all__ = ["prepared_home", "start_real"]  # fixtures

Start = Callable[..., BotProcess]
Message = dict[str, Any]
BANK = "Open or closed for an EU bank? 50k questions a day on personal data of customers; data must stay in the EU."


@pytest.fixture
def screen(slack: LocalSlack) -> Iterator[ClientConnection]:
    """The peer's own window, where forms are filled in."""
    with connect(slack.url.replace("http", "ws") + "/ui", max_size=None) as window:
        yield window


def whole(slack: LocalSlack, mode: str, ts: str, *, answers: int = 1) -> list[list[Message]]:
    """The finished answers in a thread, each with all its parts."""

    def finished() -> list[list[Message]] | None:
        by_key: dict[str, list[Message]] = {}
        wanted: dict[str, int] = {}
        metadata = slack.proxy.finished(CHANNEL)
        for message in slack.said_by(mode, thread=ts):
            if message["ts"] in metadata:
                payload = metadata[message["ts"]]["event_payload"]
                by_key.setdefault(payload["key"], []).append(message)
                wanted[payload["key"]] = payload["parts"]
        full = [parts for key, parts in by_key.items() if len(parts) == wanted[key]]
        return full if len(full) >= answers else None

    found = wait_for(finished, within_s=60, what=f"{answers} whole answers in {ts}")
    assert isinstance(found, list)
    return found


def text_of(parts: list[Message]) -> str:
    return " ".join(shown(message) for message in parts)


def charts(slack: LocalSlack) -> list[dict[str, Any]]:
    return [call.arguments for call in slack.proxy.called("files.completeUploadExternal")]


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_a_bank_and_its_follow_ups(slack: LocalSlack, start_real: Start, mode: str) -> None:
    start_real(mode)
    ts = slack.mention(mode, BANK)
    [first] = whole(slack, mode, ts)
    text = text_of(first)
    for words in ("of the draws", "H2 Where inference runs", "Duties of", "What would change it", "*Sources*"):
        assert words in text, words
    assert "“50k questions a day”" in text
    assert "not legal advice" in text
    wait_for(lambda: charts(slack), what="the chart")
    [upload] = charts(slack)
    assert (upload["channel_id"], upload["thread_ts"]) == (CHANNEL, ts)
    asked = slack.proxy.called("files.getUploadURLExternal")[0].arguments
    assert asked["alt_txt"].startswith("Line chart of monthly cost")
    slack.mention(mode, "and if volume triples?", thread=ts)
    second = text_of(whole(slack, mode, ts, answers=2)[1])
    assert "Requests a month: 1,500,000 → 4,500,000." in second
    slack.mention(mode, "and if inference may run anywhere?", thread=ts)
    third = text_of(whole(slack, mode, ts, answers=3)[2])
    assert "*What changed*" in third
    assert "Where inference must run" in third


QUESTIONS = {
    "We are a 15-person shop with 20k questions a month on our public FAQ. Open or closed model?": "*Options*: ",
    "Open or closed for an air-gapped defence laboratory with 5k requests a day?": "own premises",
    "Our US app had 800 million monthly users in March 2025. 300M requests a month. Should we build on Llama 4 or on a "
    "closed model?": "H7 Licence: active users",
    "Should we use open or closed?": "Tell me these and I can weigh it",
}


def test_the_questions_that_staff_ask(slack: LocalSlack, start_real: Start) -> None:
    start_real("socket")
    for question, words in QUESTIONS.items():
        ts = slack.mention("socket", question)
        text = text_of(whole(slack, "socket", ts)[0])
        assert words in text, (question, text[:3000])
        assert "Refine" in text


def test_without_the_scope_for_files_the_answer_still_comes(slack: LocalSlack, start_real: Start) -> None:
    start_real("socket")
    slack.proxy.fail_next("files.getUploadURLExternal", refused("missing_scope"))
    for _ in range(2):
        ts = slack.mention("socket", BANK)
        assert "*Options*: " in text_of(whole(slack, "socket", ts)[0])
        wait_for(lambda: slack.proxy.called("files.getUploadURLExternal"), what="the one try")
        assert len(settled(slack, "socket", ts)) == len(whole(slack, "socket", ts)[0])
    assert len(slack.proxy.called("files.getUploadURLExternal")) == 1
    assert charts(slack) == []


def form_of(slack: LocalSlack, mode: str, message: Message) -> Message:
    """Press "Refine" and give the form that opens."""
    button = next(b["elements"][0] for b in message["blocks"] if b["type"] == "actions")
    action = {"type": "button", "action_id": button["action_id"], "value": button["value"]}
    body = {"channel": CHANNEL, "messageTs": message["ts"], "user": ALICE, "action": action, "appId": APPS[mode]}
    seen = len(slack.proxy.called("views.open"))
    slack.control("interact", body)
    wait_for(lambda: len(slack.proxy.called("views.open")) > seen, what="the form")
    view: Message = slack.proxy.called("views.open")[-1].arguments["view"]
    return view


def _filled(view: Message, **typed: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element = block["element"]
        if element["type"] == "static_select":
            wanted = typed.get(block["block_id"], element["initial_option"]["value"])
            option = next(o for o in element["options"] if o["value"] == wanted)
            values[block["block_id"]] = {"value": {"type": "static_select", "selected_option": option}}
        else:
            value = typed.get(block["block_id"], element.get("initial_value"))
            values[block["block_id"]] = {"value": {"type": "plain_text_input", "value": value}}
    return values


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_refining_decides_again_in_the_thread(
    slack: LocalSlack, start_real: Start, screen: ClientConnection, mode: str, tmp_path: Path
) -> None:
    start_real(mode)
    ts = slack.mention(mode, BANK)
    [first] = whole(slack, mode, ts)
    view = form_of(slack, mode, first[0])
    prefilled = {b["block_id"]: b for b in view["blocks"] if b["type"] == "input"}
    assert prefilled["requests_per_month"]["element"]["initial_value"] == "1,500,000"
    assert "50k questions a day" in prefilled["requests_per_month"]["hint"]["text"]

    def submit(**typed: str) -> None:
        screen.send(json.dumps({"t": "view_submit", "user": ALICE, "values": _filled(view, **typed)}))

    submit(requests_per_month="lots")
    wait_for(lambda: "is not a number" in json.dumps(slack.control("log")), what="the error in the form")
    assert len(whole(slack, mode, ts)) == 1
    submit(requests_per_month="20M", air_gap="yes")
    text = text_of(whole(slack, mode, ts, answers=2)[1])
    assert "Requests a month: 1,500,000 → 20,000,000." in text
    assert "Air-gapped: not known → yes." in text
    assert "H1 Air gap" in text
