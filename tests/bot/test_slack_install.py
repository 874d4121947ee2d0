"""Installing by OAuth and leaving again, against a small Slack with several workspaces."""

import json
import logging
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.doors.slack.install_pages import install_page
from bot.doors.slack.lifecycle import outsider
from kb.settings import Settings
from kb.store import Store
from tests.bot.install_world import KEY, SECRET, empty_store, envelope, mention, notice, posts, serving, settings, until
from tests.bot.slack_server import CLIENT_SECRET, Call, SmallSlack, small_slack
from tests.fakes import made_answer


@pytest.fixture
def slack() -> Iterator[SmallSlack]:
    with small_slack() as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with empty_store(tmp_path) as opened:
        yield opened


# ---------------------------------------------------------------- installing


def test_a_workspace_installs_is_answered_and_leaves(
    slack: SmallSlack, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    made = settings(slack)
    with caplog.at_level(logging.INFO), serving(made, store) as served:
        page, _, asked = served.begin()
        assert "nothing is sent to anyone but Slack" in page
        assert "thread where the question was asked" in page
        assert asked["redirect_uri"] == ["https://steelyard.example/slack/oauth_redirect"]
        assert {"chat:write", "commands"} <= set(asked["scope"][0].split(","))
        assert "user_scope" not in asked or asked["user_scope"] == [""]
        last = served.install(slack, "T1")
        assert "Team &lt;T1&gt;" in last
        assert "Not granted: " in last  # this Slack grants two scopes
        assert "app_mentions:read" in last
        assert served.event(mention("T1", "Ev1")) == 200
        until(lambda: posts(slack))
        assert {team for team, _ in posts(slack)} == {"T1"}
        assert store.answers.in_thread("slack", "C1", mention("T1", "Ev1")["event"]["ts"], workspace_id="T1")
        farewell = envelope("T1", "Ev2", {"type": "app_uninstalled"})
        assert served.event(farewell) == 200
        assert served.event(farewell) == 200
        assert store.installations.get("T1") is None
        assert store.erase.workspaces() == []
        served.event(mention("T1", "Ev3"))
        assert store.inbox.counts().get("waiting", 0) == 0
        served.install(slack, "T1")
        assert served.event(mention("T1", "Ev4")) == 200
        until(lambda: len(posts(slack)) >= 2)
    for secret in (*slack.tokens, *slack.refresh, CLIENT_SECRET, SECRET, KEY, "code-of-T1"):
        assert secret not in caplog.text


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "No language model is asked: nothing is sent to anyone but Slack"),
        ({"generator": "transformers"}, "language model here rewords answers: nothing is sent"),
        (
            {"generator": "openai", "openai_base_url": "https://llm.example/v1"},
            "sent to a language model at llm.ex",
        ),
        ({"generator": "anthropic", "anthropic_model": "m"}, "sent to a language model at api.anthropic.com"),
        ({"gemini_model": "m"}, "may choose the language model at generativelanguage.googleapis.com"),
        ({"generator": "openai", "openai_base_url": "http://127.0.0.1:8000/v1"}, "nothing is sent to anyone but"),
        ({"openai_model": "m", "openai_base_url": "https://llm.example/v1"}, "may choose the language model at llm.ex"),
        ({"retention_days": 30}, "for 30 days"),
    ],
)
def test_the_page_says_where_answers_go(more: dict[str, object], said: str) -> None:
    page = install_page("https://slack.example/?a=1&b=2", Settings(**more))  # type: ignore[arg-type]
    assert said in page
    assert 'href="https://slack.example/?a=1&amp;b=2"' in page


def test_tokens_are_sealed_where_they_are_stored(slack: SmallSlack, store: Store, tmp_path: Path) -> None:
    slack.lasts_s = 43_200
    with serving(settings(slack), store) as served:
        served.install(slack, "T1")
    store.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for token in (*slack.tokens, *slack.refresh):
        assert token.encode() not in stored


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("?error=access_denied&state=x", 200, "declined in Slack"),
        ("?error=%3Cscript%3E", 200, "&lt;script&gt;"),
        ("?code=c", 400, "another browser"),
        ("?code=c&state=made-up", 400, "another browser"),
        ("", 400, "another browser"),
    ],
)
def test_what_goes_wrong_is_said_in_words(slack: SmallSlack, store: Store, path: str, status: int, said: str) -> None:
    with serving(settings(slack), store) as served:
        found, page, headers = served.get(f"/slack/oauth_redirect{path}")
        assert (found, said in page) == (status, True), page
        assert "<script>" not in page
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert 'href="/slack/install"' in page
        assert store.installations.list() == []


def test_a_state_is_good_for_one_browser_and_once(slack: SmallSlack, store: Store) -> None:
    slack.codes |= {"c1": "T1", "c2": "T2", "c3": "T3"}
    with serving(settings(slack), store) as served:
        _, cookie, asked = served.begin()
        _, other, _ = served.begin()
        state = asked["state"][0]
        assert served.finish("c1", state, other)[0] == 400
        assert served.finish("c1", state, f"slack-app-oauth-state={state}x")[0] == 400
        assert served.finish("c1", state, cookie)[0] == 200
        status, page = served.finish("c2", state, cookie)
        assert status == 401
        assert "used already" in page
        forged = "slack-app-oauth-state=forged"
        assert served.finish("c3", "forged", forged)[0] == 401
        assert [row.workspace_id for row in store.installations.list()] == ["T1"]


def test_a_wrong_code_a_whole_organisation_and_a_slack_out_of_reach(slack: SmallSlack, store: Store) -> None:
    with serving(settings(slack), store) as served:
        _, cookie, asked = served.begin()
        status, page = served.finish("nobody's", asked["state"][0], cookie)
        assert (status, "did not accept the code" in page) == (401, True)
        slack.codes["c"] = "E1"
        _, cookie, asked = served.begin()
        status, page = served.finish("c", asked["state"][0], cookie)
        assert (status, "not into a whole organisation" in page) == (500, True)
    with serving(settings(slack, slack_api_url="http://127.0.0.1:1/api/"), store) as served:
        _, cookie, asked = served.begin()
        status, page = served.finish("c", asked["state"][0], cookie)
        assert (status, "could not be reached" in page, "Reference: " in page) == (503, True, True)
    assert store.installations.list() == []


# ---------------------------------------------------------------- one process, many workspaces


def test_nothing_of_one_workspace_shows_in_another(slack: SmallSlack, store: Store) -> None:
    made, teams = settings(slack), ("T1", "T2")
    with serving(made, store) as served:
        for team in teams:
            served.install(slack, team)
    for team in teams:
        store.outbox.put(notice(team, f"secret of {team}, a notice"))
    with serving(made, store) as served:
        for number in range(6):
            team = teams[number % 2]
            assert served.event(mention(team, f"Ev{number}", f"secret of {team}, number {number}")) == 200
        until(lambda: store.inbox.counts().get("answered", 0) == 6 and store.outbox.counts().get("sent", 0) == 2)
    told: dict[str, list[Call]] = {team: [] for team in teams}
    for call in slack.calls:
        for team in re.findall(r"secret of (T\d)", json.dumps(call.arguments)):
            assert slack.tokens[call.token] == team
            told[team].append(call)
    assert all(len(calls) >= 4 for calls in told.values())
    assert store.erase.delete_workspace("T1")["answers"] == 3
    assert store.erase.workspaces() == ["T2"]


def test_buttons_of_another_workspaces_answers_do_nothing(slack: SmallSlack, store: Store) -> None:
    """Whoever learns the number of an answer or a decision and signs in another workspace's name."""
    values = {"steelyard_feedback": "down:{}", "steelyard_share": "{}", "steelyard_refine": "{}"}
    mine = {"workspace_id": "T1", "door": "slack", "channel": "C1", "thread": "1.0", "user": "U1"}
    answer = made_answer("a secret of T1")
    answer_id = store.answers.add(
        question="a secret of T1", kind="fact", as_of=answer.as_of, body=answer.model_dump(mode="json"), **mine
    )
    with serving(settings(slack), store) as served:
        for team in ("T1", "T2"):
            served.install(slack, team)
        before = store.answers.get(answer_id)
        for action, value in values.items():
            served.press("T2", action, value.format(answer_id), response_url=f"{slack.url}respond")
        nobody = {"up": 0, "down": 0}
        assert [store.answers.verdicts(workspace_id=team) for team in ("T1", "T2")] == [nobody, nobody]
        assert store.answers.get(answer_id) == before
        assert store.outbox.counts().get("waiting", 0) == store.outbox.counts().get("sent", 0) == 0
        assert slack.called("views.open") == []
        assert "a secret of T1" not in json.dumps([call.arguments for call in slack.calls])
        served.press("T1", "steelyard_feedback", f"up:{answer_id}", response_url=f"{slack.url}respond")
        assert store.answers.verdicts(workspace_id="T1") == {"up": 1, "down": 0}


def test_who_is_not_installed_is_not_served(slack: SmallSlack, store: Store) -> None:
    with serving(settings(slack), store) as served:
        served.install(slack, "T1")
        served.event(mention("T7", "Ev1"))
        shared = mention("T7", "Ev2", "from a shared channel")
        shared["authorizations"][0]["team_id"] = "T1"  # sent to T1's installation, whatever its channel says
        assert served.event(shared) == 200
        until(lambda: posts(slack))
    said = [call for call in slack.calls if "from a shared channel" in json.dumps(call.arguments)]
    assert {slack.tokens[call.token] for call in said} == {"T1"}
    assert store.erase.workspaces() == ["T1"]


def test_people_of_another_company_in_a_shared_channel_are_told_and_not_answered(
    slack: SmallSlack, store: Store
) -> None:
    with serving(settings(slack), store) as served:
        served.install(slack, "T1")
        body = mention("T1", "Ev1", is_ext_shared_channel=True)
        body["event"] |= {"user_team": "T9", "team": "T9"}
        assert served.event(body) == 200
        assert store.inbox.counts().get("waiting", 0) == 0
        [told] = slack.called("chat.postEphemeral")
        assert "members of the workspace" in told.arguments["text"]
        member = mention("T1", "Ev2", is_ext_shared_channel=True)
        member["event"] |= {"user_team": "T1", "team": "T1"}
        assert served.event(member) == 200
        until(lambda: posts(slack))


@pytest.mark.parametrize(
    ("context", "outside"),
    [
        ({"actor_team_id": "T1"}, False),
        ({"actor_team_id": "T9"}, True),
        ({"actor_team_id": None}, True),
        ({"actor_team_id": None, "enterprise_id": "E1", "actor_enterprise_id": "E1"}, False),
        ({"actor_team_id": None, "enterprise_id": "E1", "actor_enterprise_id": "E2"}, True),
        ({"actor_team_id": None, "enterprise_id": None, "actor_enterprise_id": None}, True),
    ],
)
def test_who_is_an_outsider(context: dict[str, Any], outside: bool) -> None:
    assert outsider({"is_ext_shared_channel": True}, {"team_id": "T1", **context}) is outside
    assert not outsider({}, {"team_id": "T1", **context})


def test_unsigned_events_are_refused_and_a_sockets_bot_takes_none_at_all(slack: SmallSlack, store: Store) -> None:
    with serving(settings(slack), store) as served:
        served.install(slack, "T1")
        assert served.event(mention("T1", "Ev1"), secret="wrong") == 401
        assert served.event(envelope("T1", "Ev2", {"type": "app_uninstalled"}), secret="wrong") == 401
        assert served.get("/")[0] == 404
        assert served.get("/slack/events")[0] == 404
        assert store.installations.get("T1") is not None
        assert store.inbox.counts().get("waiting", 0) == 0


# ---------------------------------------------------------------- leaving


def test_a_persons_revoked_token_is_no_farewell_a_bots_is(slack: SmallSlack, store: Store) -> None:
    with serving(settings(slack), store) as served:
        served.install(slack, "T1")
        theirs = {"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}}
        assert served.event(envelope("T1", "Ev1", theirs)) == 200
        assert store.installations.get("T1") is not None
        ours = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": ["UBOT"]}}
        assert served.event(envelope("T1", "Ev2", ours)) == 200
        assert store.installations.get("T1") is None


def test_a_farewell_from_before_the_installation_is_none(slack: SmallSlack, store: Store) -> None:
    with serving(settings(slack), store) as served:
        served.install(slack, "T1")
        late = envelope("T1", "Ev1", {"type": "app_uninstalled"}, event_time=int(time.time()) - 60)
        assert served.event(late) == 200
        assert store.installations.get("T1") is not None


def test_one_workspaces_farewell_is_nobody_elses(slack: SmallSlack, store: Store) -> None:
    with serving(settings(slack), store) as served:
        for team in ("T1", "T2"):
            served.install(slack, team)
        assert served.event(envelope("T1", "Ev1", {"type": "app_uninstalled"})) == 200
        assert served.event(mention("T2", "Ev2")) == 200
        until(lambda: posts(slack))
        assert [row.workspace_id for row in store.installations.list()] == ["T2"]
