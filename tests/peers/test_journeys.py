"""The main journeys, as a person in Slack lives them, over Socket Mode and over signed HTTP, on local-slack."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.peers.client import ALICE, CHANNEL, BotProcess, LocalSlack, event
from tests.peers.conftest import wait_for
from tests.peers.proxy import Fault, rate_limited, refused
from tests.peers.validate import Validator

Start = Callable[..., BotProcess]
MODES = ["socket", "http"]


def answered(slack: LocalSlack, mode: str, ts: str, *, channel: str = CHANNEL, count: int = 1) -> list[dict[str, Any]]:
    """The bot's finished messages in the thread of `ts`, once there are `count`."""

    def finished() -> list[dict[str, Any]]:
        metadata = slack.proxy.finished(channel)
        said = slack.said_by(mode, channel=channel, thread=ts)
        return said if len([m for m in said if m["ts"] in metadata]) >= count else []

    found = wait_for(finished, what=f"{count} answers in {ts}")
    assert isinstance(found, list)
    return found


def settled(slack: LocalSlack, mode: str, ts: str, *, channel: str = CHANNEL) -> list[dict[str, Any]]:
    """What the bot has said in a thread after it had time to say it twice."""
    time.sleep(3.0)
    return slack.said_by(mode, channel=channel, thread=ts)


def shown(message: dict[str, Any]) -> str:
    return json.dumps(message.get("blocks") or message.get("text"), ensure_ascii=False)


@pytest.mark.parametrize("mode", MODES)
def test_mention_is_answered_in_its_thread_with_sources(slack: LocalSlack, start_bot: Start, mode: str) -> None:
    start_bot(mode)
    ts = slack.mention(mode, "what licence is it?")
    [message] = answered(slack, mode, ts)
    assert "You asked: what licence is it?" in shown(message)
    assert "[1]" in shown(message)
    assert "https://vendor.example/licence" in shown(message)
    assert slack.proxy.called("assistant.threads.setStatus")[0].arguments["status"]
    metadata = slack.proxy.metadata_of(CHANNEL, message["ts"])
    assert metadata is not None
    assert metadata["event_type"] == "steelyard_answer"
    # local-slack sends the mention as app_mention and as message, each with an event id of its own: one answer.
    assert len(settled(slack, mode, ts)) == 1


@pytest.mark.parametrize("mode", MODES)
def test_follow_up_in_the_thread_knows_what_was_asked(slack: LocalSlack, start_bot: Start, mode: str) -> None:
    start_bot(mode)
    ts = slack.mention(mode, "first question?")
    answered(slack, mode, ts)
    slack.mention(mode, "and for France?", thread=ts)
    _, second = answered(slack, mode, ts, count=2)
    assert "and for France?" in shown(second)
    assert "You had asked: first question?" in shown(second)


def test_follow_up_without_a_mention_only_when_switched_on(slack: LocalSlack, start_bot: Start) -> None:
    bot = start_bot("http")
    ts = slack.mention("http", "first question?")
    answered(slack, "http", ts)
    slack.say("and without a mention?", thread=ts)
    assert len(settled(slack, "http", ts)) == 1
    bot.stop()
    start_bot("http", STEELYARD_SLACK_FOLLOW_UPS="true")
    slack.say("and now?", thread=ts)
    answered(slack, "http", ts, count=2)
    other = slack.say("a thread that never asked us")["ts"]
    slack.say("still not us", thread=other)
    assert settled(slack, "http", other) == []


@pytest.mark.parametrize("mode", MODES)
def test_direct_message(slack: LocalSlack, start_bot: Start, mode: str) -> None:
    start_bot(mode)
    asked = slack.say("what changed?", channel="U0BOT" if mode == "socket" else "U0BOT2")
    [message] = answered(slack, mode, asked["ts"], channel=asked["channel"])
    assert "You asked: what changed?" in shown(message)
    assert slack.proxy.called("agents.sessions.setStatus")


@pytest.mark.parametrize("mode", MODES)
def test_slash_command_is_answered_to_the_asker_alone(
    slack: LocalSlack, start_bot: Start, validator: Validator, mode: str
) -> None:
    start_bot(mode)
    slack.command(mode, "ask what licence is it?")
    wait_for(lambda: len(slack.said_by(mode)) >= 2, what="the ephemeral answer")
    time.sleep(2.0)
    acknowledged, answer = slack.said_by(mode)
    assert acknowledged["text"] == "Weighing: what licence is it?"
    assert "You asked: what licence is it?" in shown(answer)
    assert "https://vendor.example/licence" in shown(answer)
    assert [m["ephemeral_to"] for m in (acknowledged, answer)] == [ALICE, ALICE]
    # A response URL is the peer's own, so this message did not pass the proxy.
    assert validator.block_problems(answer["blocks"]) == []


def test_help_for_a_command_we_do_not_know(slack: LocalSlack, start_bot: Start) -> None:
    start_bot("http")
    slack.command("http", "dance")
    wait_for(lambda: "steelyard ask" in json.dumps(slack.control("log")), what="the help text")


def test_duplicate_events_are_answered_once(slack: LocalSlack, start_bot: Start) -> None:
    start_bot("http")
    asked = slack.say("a message that the peer tells nobody to answer")["ts"]
    body = event("app_mention", "<@U0BOT2> once?", asked, event_id="Ev0ONCE")
    retry = {"x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"}
    assert [slack.post_event(body), slack.post_event(body, headers=retry), slack.post_event(body)] == [200, 200, 200]
    same_message = event("message", "<@U0BOT2> once?", asked, event_id="Ev0OTHER", channel_type="im")
    assert slack.post_event(same_message) == 200
    answered(slack, "http", asked)
    assert len(settled(slack, "http", asked)) == 1


def test_only_signed_requests_are_heard(slack: LocalSlack, start_bot: Start) -> None:
    start_bot("http")
    asked = slack.say("nothing")["ts"]
    body = event("app_mention", "<@U0BOT2> let me in", asked, event_id="Ev0FORGED")
    now = int(time.time())
    assert slack.post_event(body, secret="another secret") == 401
    assert slack.post_event(body, timestamp=now - 361) == 401
    assert slack.post_event(body, timestamp=now + 361) == 401
    assert slack.post_event(body, timestamp=None) == 401
    assert slack.post_event({"type": "url_verification", "challenge": "c"}) == 200
    assert settled(slack, "http", asked) == []


def test_payloads_that_are_no_question_are_acknowledged_and_ignored(slack: LocalSlack, start_bot: Start) -> None:
    start_bot("http")
    asked = slack.say("nothing")["ts"]
    assert slack.post_event(event("message", "edited", asked, event_id="Ev1", subtype="message_changed")) == 200
    assert slack.post_event(event("message", "a bot", asked, event_id="Ev2", bot_id="B1", channel_type="im")) == 200
    broken = event("app_mention", "<@U0BOT2> hi", asked, event_id="Ev3", channel="not a channel id!")
    assert slack.post_event(broken) == 200
    assert settled(slack, "http", asked) == []


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("method", "after", "sentences"),
    [
        ("assistant.threads.setStatus", False, 2),  # acknowledged and claimed, nothing said
        ("chat.startStream", True, 12),  # a stream was begun, its answer never heard
        ("chat.stopStream", True, 12),  # the answer is there, we do not know it yet
    ],
)
def test_kill_between_ack_and_answer_then_a_restart_answers_once(
    slack: LocalSlack, start_bot: Start, mode: str, method: str, after: bool, sentences: int
) -> None:
    held = threading.Event()
    fault = Fault(before=not after, hold=held)
    slack.proxy.fail_next(method, fault)
    bot = start_bot(mode, STEELYARD_TEST_SENTENCES=str(sentences))
    ts = slack.mention(mode, "will you survive?")
    assert fault.reached.wait(20)
    bot.kill()
    held.set()
    start_bot(mode, STEELYARD_TEST_SENTENCES=str(sentences))
    answered(slack, mode, ts)
    [message] = settled(slack, mode, ts)
    assert "will you survive?" in shown(message)
    assert f"Sentence {sentences}" in shown(message)


def test_a_question_that_waited_while_no_bot_ran(slack: LocalSlack, start_bot: Start) -> None:
    """Killed before any worker claimed the row: the ack was the promise."""
    held = threading.Event()
    faults = [Fault(hold=held) for _ in range(4)]  # all workers stand still at their first call
    slack.proxy.fail_next("assistant.threads.setStatus", *faults)
    bot = start_bot("http")
    asked = [slack.mention("http", f"question {n}?") for n in range(6)]
    for fault in faults:
        assert fault.reached.wait(20)
    bot.kill()
    held.set()
    start_bot("http")
    for number, ts in enumerate(asked):
        answered(slack, "http", ts)
        assert f"question {number}?" in shown(slack.said_by("http", thread=ts)[0])
    time.sleep(3)
    assert [len(slack.said_by("http", thread=ts)) for ts in asked] == [1] * 6


def test_rate_limits_are_waited_out(slack: LocalSlack, start_bot: Start) -> None:
    start_bot("http")
    slack.proxy.fail_next("chat.startStream", rate_limited(1))
    ts = slack.mention("http", "slowly?")
    answered(slack, "http", ts)
    first, second = slack.proxy.called("chat.startStream")[:2]
    assert second.at - first.at >= 1.0


def test_streams_that_die_continue_as_an_update(slack: LocalSlack, start_bot: Start) -> None:
    start_bot("http", STEELYARD_TEST_SENTENCES="30")
    slack.proxy.fail_next("chat.appendStream", refused("message_not_in_streaming_state"))
    ts = slack.mention("http", "a long one?")
    [message] = answered(slack, "http", ts)
    assert slack.proxy.called("chat.update")
    assert "Sentence 30" in shown(message)
    assert len(settled(slack, "http", ts)) == 1


def test_without_streaming_the_answer_is_posted(slack: LocalSlack, start_bot: Start) -> None:
    start_bot("http", STEELYARD_TEST_SENTENCES="12")
    slack.proxy.fail_next("chat.startStream", refused("unknown_method"))
    first, second = (answered(slack, "http", slack.mention("http", text)) for text in ("one?", "two?"))
    assert len(first) == len(second) == 1
    assert len(slack.proxy.called("chat.startStream")) == 1
    posted = slack.proxy.called("chat.postMessage")
    assert [call.arguments["unfurl_links"] for call in posted] == [False, False]


def test_feedback_is_stored_with_the_answer(slack: LocalSlack, start_bot: Start, tmp_path: Any) -> None:
    from kb.store import Store

    start_bot("http")
    ts = slack.mention("http", "good?")
    [message] = answered(slack, "http", ts)
    element = message["blocks"][-1]["elements"][0]
    payload = {
        "type": "block_actions",
        "user": {"id": ALICE},
        "team": {"id": "T01TEST"},
        "channel": {"id": CHANNEL},
        "response_url": "http://127.0.0.1:9/never",
        "actions": [
            {
                "type": "feedback_buttons",
                "action_id": element["action_id"],
                "block_id": "b",
                "value": element["negative_button"]["value"],
            }
        ],
    }
    from tests.peers.client import form

    slack.post_event(form({"payload": json.dumps(payload)}))
    store = Store.open(f"sqlite:///{tmp_path / 'steelyard.db'}")
    assert store.answers.verdicts(workspace_id="T01TEST") == {"up": 0, "down": 1}
    stranger = payload | {"team": {"id": "T02OTHER"}, "user": {"id": "U02EVE"}}
    slack.post_event(form({"payload": json.dumps(stranger)}))
    assert store.answers.verdicts(workspace_id="T02OTHER") == {"up": 0, "down": 0}
    store.close()
