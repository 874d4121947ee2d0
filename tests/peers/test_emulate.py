"""The same door on an independent stand-in that enforces scopes: posting, threads, reading back; events signed by us.

`emulate` has neither Socket Mode, nor streams, nor slash commands, and its event subscriptions cannot be set from its
command line, so questions arrive as signed POSTs and answers go out through it.
"""

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.digest import DigestChannel, digest_draft, due_digests
from bot.doors.slack.client import web_client
from bot.doors.slack.deliver import slack_door
from bot.doors.slack.doctor import check_slack, manifest_scopes
from kb.errors import ServiceError
from kb.settings import Settings
from kb.store import Store
from kb.types import InboxRow, Inquiry, OutboxRow
from tests.fakes import NOON, a_digest, made_answer
from tests.peers.client import SECRET, BotProcess, LocalSlack, event
from tests.peers.conftest import ROOT, free_port, wait_for
from tests.peers.proxy import Fault, RecordingProxy, rate_limited, refused
from tests.peers.validate import Validator

GENERAL = "C000000001"


@pytest.fixture
def proxy(emulate: str, validator: Validator) -> Iterator[RecordingProxy]:
    with RecordingProxy(emulate, validator, streams=False, scopes=",".join(manifest_scopes())) as proxy:
        yield proxy
        assert proxy.problems == []


def settings(proxy: RecordingProxy, token: str = "xoxb-all", **more: object) -> Settings:
    return Settings(slack_bot_token=SecretStr(token), slack_api_url=proxy.url, **more)  # type: ignore[arg-type]


def asked(thread: str, *, attempts: int = 1, event_id: str = "Ev1") -> InboxRow:
    inquiry = Inquiry(
        event_id=event_id,
        door="slack",
        workspace_id="T000000001",
        channel=GENERAL,
        thread=thread,
        user="U000000001",
        text="what licence?",
        payload={"ts": thread, "surface": "mention"},
    )
    return InboxRow(id=1, inquiry=inquiry, state="leased", attempts=attempts, received_at=NOON)


def replies(proxy: RecordingProxy, thread: str) -> list[dict[str, Any]]:
    client = web_client(settings(proxy))
    found = client.conversations_replies(channel=GENERAL, ts=thread, include_all_metadata=True)["messages"]
    return [message for message in found if message["ts"] != thread]


def test_answer_is_posted_in_its_thread_and_found_again(proxy: RecordingProxy) -> None:
    client = web_client(settings(proxy))
    thread = str(client.chat_postMessage(channel=GENERAL, text="what licence?")["ts"])
    answer = made_answer("what licence?")
    door = slack_door(client)
    first = door.begin(asked(thread)).finish(answer, 7)
    again = slack_door(client).begin(asked(thread, attempts=2)).finish(answer, 7)
    assert first == again
    [message] = replies(proxy, thread)
    assert message["metadata"]["event_payload"]["key"] == "Ev1"
    assert "https://vendor.example/licence" in json.dumps(message["blocks"])


def test_scopes_are_enforced_and_named(proxy: RecordingProxy) -> None:
    thread = str(web_client(settings(proxy)).chat_postMessage(channel=GENERAL, text="hello")["ts"])
    mute = slack_door(web_client(settings(proxy, "xoxb-mute")))
    with pytest.raises(ServiceError, match="missing_scope") as caught:
        mute.begin(asked(thread)).finish(made_answer("q"), None)
    assert "chat:write" in caught.value.hint
    assert not caught.value.transient
    blind = slack_door(web_client(settings(proxy, "xoxb-blind")))
    with pytest.raises(ServiceError, match="missing_scope") as caught:
        blind.begin(asked(thread, attempts=2)).finish(made_answer("q"), None)
    assert "history" in caught.value.hint
    assert replies(proxy, thread) == []


def test_doctor_names_the_missing_scope_and_the_bad_token(emulate: str, validator: Validator) -> None:
    given = [scope for scope in manifest_scopes() if scope != "im:history"]
    with RecordingProxy(emulate, validator, scopes=",".join(given)) as proxy:
        checks = {name: (well, what) for name, well, what in check_slack(settings(proxy))}
        assert checks["Slack bot token"][0]
        assert not checks["Slack scopes"][0]
        assert "add im:history" in checks["Slack scopes"][1]
        assert not checks["Slack events"][0]
        proxy.fail_next("auth.test", refused("token_revoked"))
        [(_, well, what)] = check_slack(settings(proxy, slack_app_token=SecretStr("xapp-1")))[:1]
        assert not well
        assert "SLACK_BOT_TOKEN" in what


def test_signed_event_is_answered_through_it(proxy: RecordingProxy, tmp_path: Path) -> None:
    import sys

    thread = str(web_client(settings(proxy)).chat_postMessage(channel=GENERAL, text="<@BOT> which?")["ts"])
    slack = LocalSlack("unused", free_port())
    slack.proxy = proxy
    environment = slack.environment("http") | {"SLACK_BOT_TOKEN": "xoxb-all"}
    bot = BotProcess(sys.executable, ROOT, tmp_path, environment)
    try:
        slack.wait_until_connected("http", bot)
        body = event("app_mention", "<@BOT> which?", thread, event_id="EvEMULATE") | {"team_id": "T000000001"}
        body["event"] |= {"channel": GENERAL, "user": "U000000009"}
        body["authorizations"][0]["team_id"] = "T000000001"
        assert slack.post_event(body, secret=SECRET) == 200
        assert slack.post_event(body, secret=SECRET) == 200
        wait_for(lambda: replies(proxy, thread), what="the answer")
        time.sleep(2.0)
        [message] = replies(proxy, thread)
        assert "which?" in json.dumps(message["blocks"])
    finally:
        bot.kill()


# ---------------------------------------------------------------- the digest, once


def due_row(attempts: int, week: int) -> OutboxRow:
    """A digest of its own key: the stand-in keeps its channel between tests."""
    channel = DigestChannel(workspace_id="T1", channel=GENERAL, weekday=0, hour=9, time_zone="UTC")
    [due] = due_digests(NOON + timedelta(weeks=week), [channel])
    draft = digest_draft(due, a_digest())
    return OutboxRow(id=1, draft=draft, state="leased", attempts=attempts, created_at=NOON - timedelta(days=9000))


def posted(proxy: RecordingProxy, key: str) -> int:
    client = web_client(settings(proxy))
    found = client.conversations_history(channel=GENERAL, include_all_metadata=True, limit=200)["messages"]
    return sum((m.get("metadata") or {}).get("event_payload", {}).get("key") == key for m in found)


@pytest.mark.parametrize(
    ("week", "fault", "visible_after_first"),
    [
        (1, lambda: refused("internal_error"), 0),  # never arrived
        (2, lambda: Fault(before=False, lost=True), 1),  # arrived, the answer was lost
    ],
)
def test_digest_is_posted_once_whatever_happened_to_the_first_try(
    proxy: RecordingProxy, week: int, fault: Callable[[], Fault], visible_after_first: int
) -> None:
    door = slack_door(web_client(settings(proxy)))
    key = due_row(1, week).draft.idempotency_key
    proxy.fail_next("chat.postMessage", fault())
    with pytest.raises(ServiceError) as caught:
        door.post(due_row(1, week))
    assert caught.value.transient
    assert posted(proxy, key) == visible_after_first
    second = door.post(due_row(2, week))
    assert door.post(due_row(3, week)) == second
    assert posted(proxy, key) == 1


def test_rate_limited_digest_waits(proxy: RecordingProxy) -> None:
    proxy.fail_next("chat.postMessage", rate_limited(1))
    row = due_row(1, 3)
    started = time.monotonic()
    slack_door(web_client(settings(proxy))).post(row)
    assert time.monotonic() - started >= 1.0
    assert posted(proxy, row.draft.idempotency_key) == 1


def test_two_bots_on_one_database_post_one_digest(proxy: RecordingProxy, tmp_path: Path) -> None:
    from bot.worker import OutboxWorker
    from kb.types import utc_now

    store = Store.open(f"sqlite:///{tmp_path / 'digest.db'}")
    row = due_row(1, 4)
    assert [store.outbox.put(row.draft)[1] for _ in range(2)] == [True, False]
    door = slack_door(web_client(settings(proxy)))
    workers = [OutboxWorker(store, door, owner=name, clock=utc_now) for name in ("a", "b")]
    assert [worker.step() for worker in workers] == [True, False]
    assert posted(proxy, row.draft.idempotency_key) == 1
    found = store.outbox.find(row.draft.idempotency_key)
    assert found is not None
    assert found.state == "sent"
    store.close()
