"""The door without Slack: what is read, what is refused, what start-up demands."""

import logging
import threading
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.doors.slack.client import RedactTokens, web_client
from bot.doors.slack.doctor import check_slack
from bot.doors.slack.ephemeral import trusted
from bot.doors.slack.feedback import feedback_from_action
from bot.doors.slack.http import event_server
from bot.doors.slack.inbound import inquiry_from_command, inquiry_from_event
from bot.doors.slack.run import http_secret, run_slack
from kb.errors import BadInput, ConfigurationError
from kb.settings import Settings
from kb.store import Store
from tests.fakes import FakeSteelyard


def event(**more: Any) -> dict[str, Any]:
    inner = {"type": "app_mention", "channel": "C1", "user": "U1", "text": "<@UB> hi?", "ts": "1.1"}
    return {"event_id": "Ev1", "team_id": "T1", "event": inner | more}


def test_a_mention_is_a_question_in_its_thread() -> None:
    inquiry = inquiry_from_event(event(), "UB")
    assert inquiry is not None
    assert (inquiry.text, inquiry.thread, inquiry.message_key) == ("hi?", "1.1", "C1:1.1")
    reply = inquiry_from_event(event(thread_ts="1.0"), "UB")
    assert reply is not None
    assert reply.thread == "1.0"


@pytest.mark.parametrize(
    "more", [{"bot_id": "B1"}, {"subtype": "message_changed"}, {"subtype": "channel_join"}, {"user": None}]
)
def test_what_asks_nothing(more: dict[str, Any]) -> None:
    assert inquiry_from_event(event(type="message", **more), "UB") is None


@pytest.mark.parametrize(
    "more", [{"channel": "c1; drop"}, {"ts": "yesterday"}, {"type": "reaction_added"}, {"text": 7}, {"user": "<@U1>"}]
)
def test_payloads_of_the_wrong_shape_are_refused_without_repeating_them(more: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as caught:
        inquiry_from_event(event(**more), "UB")
    assert not any(str(value) in str(caught.value) for value in more.values() if len(str(value)) > 3)


def test_commands_and_feedback() -> None:
    body = {
        "team_id": "T1",
        "channel_id": "C1",
        "user_id": "U1",
        "text": "ask why?",
        "trigger_id": "1.2.a",
        "response_url": "https://hooks.slack.com/commands/1",
    }
    inquiry = inquiry_from_command(body, "why?")
    assert (inquiry.event_id, inquiry.thread, inquiry.text) == ("command:1.2.a", "command:1.2.a", "why?")
    action = {"action_id": "steelyard_feedback", "value": "down:12"}
    given = feedback_from_action({"user": {"id": "U1"}, "team": {"id": "T1"}, "actions": [action]})
    assert (given.answer_id, given.verdict) == (12, "down")
    for value in ("down:0", "sideways:1", "up:1; drop", "up:"):
        with pytest.raises(BadInput):
            feedback_from_action({"user": {"id": "U1"}, "team": {"id": "T1"}, "actions": [action | {"value": value}]})


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://hooks.slack.com/commands/T1/2/3", True),
        ("http://hooks.slack.com/commands/T1/2/3", False),
        ("https://slack.com.evil.example/x", False),
        ("https://evilslack.com/x", False),
        ("http://169.254.169.254/latest", False),
    ],
)
def test_response_urls_must_be_slacks_own(url: str, good: bool) -> None:
    assert trusted(url, "https://slack.com/api/") is good


# ---------------------------------------------------------------- start and secrets


def test_an_empty_signing_secret_stops_the_start() -> None:
    for secret in ("", "  "):
        with pytest.raises(ConfigurationError, match="signing secret"):
            http_secret(Settings(slack_bot_token=SecretStr("xoxb-1"), slack_signing_secret=SecretStr(secret)))
    both = Settings(slack_app_token=SecretStr("xapp-1"), slack_signing_secret=SecretStr("s"))
    assert http_secret(both) is None


def test_no_bot_token_stops_the_start(tmp_path: Path) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'door.db'}")
    settings = Settings(slack_app_token=SecretStr("xapp-1"), slack_bot_token=None)
    with pytest.raises(ConfigurationError, match="no bot token"):
        run_slack(settings, store, FakeSteelyard(store), threading.Event())
    store.close()


def test_tokens_do_not_reach_the_log(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("test.slack.redaction")
    logger.addFilter(RedactTokens())
    with caplog.at_level(logging.DEBUG, logger=logger.name):
        logger.warning("token %s at %s", "xoxb-12-abc", "wss://x.example/?ticket=abc-def&app_id=1")
        logger.warning({"app": "xapp-1-A-2-b", "rotating": "xoxe.xoxp-1-Mi0y"})
    assert "abc" not in caplog.text
    assert "xapp-1" not in caplog.text
    assert "Mi0y" not in caplog.text


def test_a_lost_answer_is_not_sent_again_by_the_client() -> None:
    client = web_client(Settings(slack_bot_token=SecretStr("xoxb-1"), slack_api_url="https://slack.com/api"))
    assert [type(handler).__base__.__name__ for handler in client.retry_handlers] == ["RateLimitErrorRetryHandler"]
    assert client.base_url == "https://slack.com/api/"


@pytest.mark.parametrize("listen", ["3000", "127.0.0.1:", "127.0.0.1:x", ":3000"])
def test_an_address_that_cannot_be_listened_on_is_named(listen: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot listen"):
        event_server(object(), listen)  # type: ignore[arg-type]


def test_doctor_without_slack_and_with_half_of_it() -> None:
    bare = {"slack_bot_token": None, "slack_app_token": None, "slack_signing_secret": None}
    [(_, well, words)] = check_slack(Settings(**bare))
    assert well
    assert "not set up" in words
    [(name, well, words)] = check_slack(Settings(**bare | {"slack_app_token": SecretStr("xapp-1")}))
    assert (name, well) == ("Slack bot token", False)
    assert "SLACK_BOT_TOKEN" in words


def test_rendering_does_not_load_bolt() -> None:
    import subprocess
    import sys

    loaded = "[m for m in sys.modules if m.startswith('slack_')]"
    code = f"import sys, bot.doors.slack, bot.doors.slack.deliver, bot.doors.slack.run; print({loaded})"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
