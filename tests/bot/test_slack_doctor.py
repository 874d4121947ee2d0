"""The doctor on Slack: it names what is missing, where, and what to do."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.doors.slack.doctor import Check, check_slack, manifest, manifest_scopes, optional_scopes
from kb.seal import new_key
from kb.settings import Settings
from kb.store import Store
from tests.bot.install_world import KEY, SECRET, empty_store, serving, settings
from tests.bot.slack_server import SmallSlack, small_slack


@pytest.fixture
def slack() -> Iterator[SmallSlack]:
    with small_slack() as running:
        running.scopes = ",".join([*manifest_scopes(), *optional_scopes()])
        yield running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with empty_store(tmp_path) as opened:
        yield opened


def one(slack: SmallSlack, **more: object) -> Settings:
    """Settings for one workspace with a good token."""
    token = slack.give("T1")["access_token"]
    bare: dict[str, object] = {"slack_client_id": "", "slack_client_secret": None, "slack_bot_token": SecretStr(token)}
    return settings(slack, **(bare | more))


def ill(checks: list[Check]) -> dict[str, str]:
    return {name: what for name, well, what in checks if not well}


def test_a_missing_scope_is_named(slack: SmallSlack) -> None:
    slack.scopes = ",".join(scope for scope in manifest_scopes() if scope != "commands")
    found = ill(check_slack(one(slack, slack_public_url="")))
    assert list(found) == ["Slack scopes"]
    assert "add commands under OAuth & Permissions" in found["Slack scopes"]


def test_an_optional_scope_may_be_missing(slack: SmallSlack) -> None:
    slack.scopes = ",".join(manifest_scopes())
    assert ill(check_slack(one(slack, slack_public_url=""))) == {}


def test_socket_mode_without_its_scope(slack: SmallSlack) -> None:
    slack.errors["apps.connections.open"] = "missing_scope"
    found = ill(check_slack(one(slack, slack_app_token=SecretStr("xapp-1-A1-2"))))
    assert "connections:write" in found["Slack Socket Mode"]
    slack.errors.clear()
    assert ill(check_slack(one(slack, slack_app_token=SecretStr("xapp-1-A1-2")))) == {}


def test_the_request_url_is_tried_as_slack_tries_it(slack: SmallSlack, store: Store) -> None:
    made = settings(slack)
    url = f"http://{made.slack_listen}"
    with serving(made, store):
        assert "Slack request URL" not in ill(check_slack(made.model_copy(update={"slack_public_url": url}), store))
        wrong = {"slack_public_url": url, "slack_signing_secret": SecretStr("another")}
        assert "refuses our signature" in ill(check_slack(made.model_copy(update=wrong), store))["Slack request URL"]
    gone = ill(check_slack(made.model_copy(update={"slack_public_url": url}), store))["Slack request URL"]
    assert "cannot be reached" in gone
    assert made.slack_listen in gone
    elsewhere = made.model_copy(update={"slack_public_url": slack.url.removesuffix("/api/")})
    assert "answered HTTP" in ill(check_slack(elsewhere, store))["Slack request URL"]


def test_an_unset_address_and_an_unset_door_are_said(slack: SmallSlack) -> None:
    said = {name: what for name, _, what in check_slack(one(slack, slack_public_url=""))}
    assert "STEELYARD_SLACK_PUBLIC_URL" in said["Slack request URL"]
    found = ill(check_slack(one(slack, slack_signing_secret=SecretStr(" "))))
    assert "SLACK_APP_TOKEN" in found["Slack events"]


# ---------------------------------------------------------------- many workspaces


def test_keys_and_every_workspace_are_looked_at(slack: SmallSlack, store: Store) -> None:
    made = settings(slack, slack_public_url="")
    with serving(made, store) as served:
        for team in ("T1", "T2"):
            served.install(slack, team)
    assert ill(check_slack(made, store)) == {}
    slack.tokens.pop(next(token for token, team in slack.tokens.items() if team == "T2"))
    found = ill(check_slack(made, store))
    [name] = found
    assert "(T2)" in name
    assert "invalid_auth" in found[name]
    assert "/slack/install" in found[name]
    newer = new_key()
    both = made.model_copy(update={"secret_keys": SecretStr(f"{newer},{KEY}")})
    said = {name: what for name, _, what in check_slack(both, store)}
    assert "2 of 2" in said["Slack secret keys"]
    assert "steelyard slack rekey" in said["Slack secret keys"]
    lost = ill(check_slack(made.model_copy(update={"secret_keys": SecretStr(newer)}), store))
    assert sum("none of the secret keys" in what for what in lost.values()) == 2


def test_no_key_names_the_command_that_makes_one(slack: SmallSlack, store: Store) -> None:
    found = ill(check_slack(settings(slack, secret_keys=None), store))
    assert "steelyard slack key" in found["Slack secret keys"]


def test_nobody_installed_yet_is_no_illness(slack: SmallSlack, store: Store) -> None:
    made = settings(slack, slack_public_url="")
    said = {name: (well, what) for name, well, what in check_slack(made, store)}
    assert said["Slack workspaces"][0]
    assert "/slack/install" in said["Slack workspaces"][1]


def test_half_of_oauth_is_said(slack: SmallSlack) -> None:
    found = ill(check_slack(settings(slack, slack_client_secret=None)))
    assert "SLACK_CLIENT_SECRET" in found["Slack"]


# ---------------------------------------------------------------- what the app declares


def test_a_missing_event_is_named_from_the_apps_own_manifest(slack: SmallSlack) -> None:
    slack.manifest = json.loads(json.dumps(manifest()))
    given = {"slack_app_token": SecretStr("xapp-1-A1-2"), "slack_config_token": SecretStr("xoxe.xoxp-1")}
    assert ill(check_slack(one(slack, **given))) == {}
    assert slack.called("apps.manifest.export")[0].arguments["app_id"] == "A1"
    slack.manifest["settings"]["event_subscriptions"]["bot_events"].remove("app_mention")
    [what] = ill(check_slack(one(slack, **given))).values()
    assert "subscribe to app_mention" in what
    slack.errors["apps.manifest.export"] = "token_expired"
    [what] = ill(check_slack(one(slack, **given))).values()
    assert "SLACK_CONFIG_TOKEN" in what


def test_no_check_tells_a_secret(slack: SmallSlack, store: Store) -> None:
    slack.errors |= {"auth.test": "invalid_auth", "apps.connections.open": "invalid_auth"}
    token = one(slack).slack_bot_token
    given = one(slack, slack_app_token=SecretStr("xapp-1-A1-2"), slack_config_token=SecretStr("xoxe.xoxp-1"))
    told = str([*check_slack(given), *check_slack(settings(slack), store)])
    assert token is not None
    for secret in (*slack.tokens, "xapp-1", "xoxe.", SECRET, KEY):
        assert secret not in told
