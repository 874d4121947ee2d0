"""Around a question: stopped, shared, weighed from a message, judged with a reason, greeted while it waits."""

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kb.store import Store
from tests.peers.client import ALICE, APPS, CHANNEL, BotProcess, LocalSlack, event, form
from tests.peers.conftest import wait_for
from tests.peers.proxy import Fault, refused
from tests.peers.test_journeys import answered, settled, shown

Start = Callable[..., BotProcess]
SLOW = {"STEELYARD_TEST_SENTENCES": "60", "STEELYARD_TEST_PAUSE_S": "0.25"}
TEAM = "T01TEST"


def stop_pressed(channel: str, thread: str, *, user: str = ALICE, event_id: str = "Ev0STOP") -> dict[str, Any]:
    """https://docs.slack.dev/reference/events/agent_session_stopped"""
    body = event("agent_session_stopped", "", thread, event_id=event_id)
    body["event"] = {
        "type": "agent_session_stopped",
        "channel": channel,
        "thread_ts": thread,
        "user": user,
        "event_ts": thread,
        "streaming_message_ts": [],
    }
    return body


def streaming(slack: LocalSlack) -> bool:
    return len(slack.proxy.called("chat.appendStream")) >= 1


def test_stop_stops(slack: LocalSlack, start_bot: Start, tmp_path: Path) -> None:
    start_bot("http", **SLOW)
    ts = slack.mention("http", "a long one?")
    wait_for(lambda: streaming(slack), what="the stream")
    assert slack.post_event(stop_pressed(CHANNEL, ts, user="U02EVE", event_id="Ev0OTHER")) == 200
    refusal = wait_for(lambda: slack.proxy.called("chat.postEphemeral"), what="a word to who may not stop")
    assert isinstance(refusal, list)
    assert "Only the person who asked" in refusal[0].arguments["text"]
    assert slack.post_event(stop_pressed(CHANNEL, ts)) == 200
    wait_for(lambda: slack.proxy.finished(CHANNEL), what="the message, completed")
    calls = len(slack.proxy.calls)
    [message] = [m for m in settled(slack, "http", ts) if not m.get("ephemeral_to")]
    assert "Stopped, as you asked" in shown(message)
    assert "You asked:" in shown(message)
    assert len(slack.proxy.calls) == calls
    with Store.open(f"sqlite:///{tmp_path / 'steelyard.db'}") as store:
        assert store.inbox.counters().stopped == 1
        assert store.answers.in_thread("slack", CHANNEL, ts, workspace_id=TEAM) == []


def test_stop_holds_over_a_restart(slack: LocalSlack, start_bot: Start) -> None:
    """Pressed, stored, killed before a worker saw it: the next process completes the message as stopped."""
    bot = start_bot("http", **SLOW)
    ts = slack.mention("http", "a long one?")
    wait_for(lambda: streaming(slack), what="the stream")
    held = threading.Event()
    slack.proxy.fail_next("chat.appendStream", Fault(hold=held))
    slack.post_event(stop_pressed(CHANNEL, ts))
    bot.kill()
    held.set()
    start_bot("http", **SLOW)
    [message] = answered(slack, "http", ts)
    assert "Stopped, as you asked" in shown(message)
    assert len(settled(slack, "http", ts)) == 1


def test_an_answer_to_a_command_is_shared_once(slack: LocalSlack, start_bot: Start) -> None:
    start_bot("http")
    slack.command("http", "ask what licence is it?")
    wait_for(lambda: len(slack.said_by("http")) >= 2, what="the ephemeral answer")
    answer = slack.said_by("http")[1]
    [button] = [b["elements"][0] for b in answer["blocks"] if b["type"] == "actions"]
    assert button["text"]["text"] == "Share in channel"
    press = {
        "type": "block_actions",
        "user": {"id": ALICE},
        "team": {"id": TEAM},
        "channel": {"id": CHANNEL},
        "trigger_id": "1.2.x",
        "response_url": "http://127.0.0.1:9/never",
        "actions": [{"type": "button", "action_id": button["action_id"], "block_id": "b", "value": button["value"]}],
    }
    eve = press | {"user": {"id": "U02EVE"}}
    slack.post_event(form({"payload": json.dumps(eve)}))
    for _ in range(3):
        assert slack.post_event(form({"payload": json.dumps(press)})) == 200
    wait_for(lambda: slack.proxy.called("chat.postMessage"), what="the shared answer")
    time.sleep(3)
    [posted] = slack.proxy.called("chat.postMessage")
    assert posted.arguments["channel"] == CHANNEL
    assert posted.arguments["metadata"]["event_payload"]["key"].startswith("share:")
    above = posted.arguments["blocks"][0]["elements"][0]["text"]
    assert above == f"Shared by <@{ALICE}>, who asked: “what licence is it?”"
    assert "https://vendor.example/licence" in json.dumps(posted.arguments["blocks"])
    assert "thread_ts" not in posted.arguments


def weigh(channel: str, message: dict[str, Any], *, user: str = ALICE) -> str:
    payload = {
        "type": "message_action",
        "callback_id": "steelyard_weigh",
        "trigger_id": "1.2.y",
        "message_ts": message["ts"],
        "team": {"id": TEAM},
        "channel": {"id": channel, "name": "general"},
        "user": {"id": user},
        "message": {"type": "message", "user": ALICE, "ts": message["ts"], "text": message["text"]},
        "response_url": "http://127.0.0.1:9/never",
    }
    return form({"payload": json.dumps(payload)})


def test_any_message_is_weighed_in_its_thread(slack: LocalSlack, start_bot: Start) -> None:
    start_bot("http")
    said = slack.say("I wonder whether open models are good enough")
    for _ in range(2):
        assert slack.post_event(weigh(CHANNEL, said)) == 200
    [message] = answered(slack, "http", said["ts"])
    assert "I wonder whether open models are good enough" in shown(message)
    assert len(settled(slack, "http", said["ts"])) == 1


def test_where_the_bot_is_no_member_the_answer_comes_directly(slack: LocalSlack, start_bot: Start) -> None:
    start_bot("http")
    direct = slack.say("hello", channel="U0BOT2")
    answered(slack, "http", direct["ts"], channel=direct["channel"])
    said = slack.say("Open or closed for contracts?")
    slack.proxy.fail_next("chat.startStream", refused("not_in_channel"))
    slack.proxy.fail_next("chat.postMessage", refused("not_in_channel"))
    slack.post_event(weigh(CHANNEL, said))
    wait_for(lambda: slack.proxy.called("conversations.open"), what="a direct message")
    wait_for(lambda: len(slack.proxy.called("chat.postMessage")) >= 2, what="the answer in it")
    assert "Open or closed for contracts?" in json.dumps(slack.proxy.called("chat.postMessage")[-1].arguments["blocks"])
    assert settled(slack, "http", said["ts"]) == []


def test_a_thumbs_down_asks_why_and_keeps_it(slack: LocalSlack, start_bot: Start, tmp_path: Path) -> None:
    start_bot("http")
    ts = slack.mention("http", "good?")
    [message] = answered(slack, "http", ts)
    element = message["blocks"][-1]["elements"][0]
    action = {"type": "button", "action_id": element["action_id"], "value": element["negative_button"]["value"]}
    body = {"channel": CHANNEL, "messageTs": message["ts"], "user": ALICE, "action": action, "appId": APPS["http"]}
    slack.control("interact", body)
    wait_for(lambda: slack.proxy.called("views.open"), what="the form")
    view = slack.proxy.called("views.open")[0].arguments["view"]
    assert view["callback_id"] == "steelyard_feedback_why"
    state = {
        "category": {"value": {"type": "radio_buttons", "selected_option": {"value": "outdated"}}},
        "reason": {"value": {"type": "plain_text_input", "value": "The price changed."}},
    }
    submission = {
        "type": "view_submission",
        "user": {"id": ALICE},
        "team": {"id": TEAM},
        "view": {
            "id": "V1",
            "type": "modal",
            "callback_id": view["callback_id"],
            "private_metadata": view["private_metadata"],
            "state": {"values": state},
        },
    }
    assert slack.post_event(form({"payload": json.dumps(submission)})) == 200
    with Store.open(f"sqlite:///{tmp_path / 'steelyard.db'}") as store:
        [given] = store.answers.feedback_given(workspace_id=TEAM)
        assert (given.verdict, given.category, given.reason) == ("down", "outdated", "The price changed.")
        assert given.question == "good?"
        stranger = submission | {"team": {"id": "T02OTHER"}, "user": {"id": "U02EVE"}}
        slack.post_event(form({"payload": json.dumps(stranger)}))
        assert store.answers.feedback_given(workspace_id="T02OTHER") == []


def test_who_waits_is_told_how_many_are_before(slack: LocalSlack, start_bot: Start) -> None:
    held = threading.Event()
    slack.proxy.fail_next("chat.startStream", *(Fault(hold=held) for _ in range(4)))  # every worker stands still
    start_bot("http", **SLOW)
    asked = [slack.mention("http", f"question {n}?") for n in range(7)]

    def statuses() -> dict[str, str]:
        calls = slack.proxy.called("assistant.threads.setStatus")
        return {call.arguments["thread_ts"]: call.arguments["status"] for call in calls}

    wait_for(lambda: set(asked) <= set(statuses()), within_s=5, what="a sign of life for all")
    told = [statuses()[ts] for ts in asked]
    held.set()
    assert told[5:] == ["has 1 question before yours…", "has 2 questions before yours…"]


def test_the_first_answer_says_what_we_are_and_tasks_name_the_sources(slack: LocalSlack, start_bot: Start) -> None:
    start_bot("http")
    asked = [slack.say(f"question {n}?", channel="U0BOT2") for n in range(2)]
    texts = []
    for one in asked:
        [message] = answered(slack, "http", one["ts"], channel=one["channel"])
        texts.append(shown(message))
    assert ["It is an AI system, not a person" in text for text in texts].count(True) == 1
    started = slack.proxy.called("chat.startStream")[0].arguments
    assert started["task_display_mode"] == "plan"
    chunks = [chunk for call in slack.proxy.called("chat.stopStream") for chunk in call.arguments["chunks"]]
    done = [chunk for chunk in chunks if chunk["type"] == "task_update" and chunk["status"] == "complete"]
    assert done[0]["sources"] == [{"type": "url", "url": "https://vendor.example/licence", "text": "A licence"}]
    prompts = wait_for(lambda: slack.proxy.called("assistant.threads.setSuggestedPrompts"), what="prompts")
    assert isinstance(prompts, list)
    assert "thread_ts" not in prompts[0].arguments
    assert 1 <= len(prompts[0].arguments["prompts"]) <= 4
