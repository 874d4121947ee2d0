"""The manifest against the code: every scope, event and setting has a use, every use is declared, and each says why."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_sdk import WebClient

from bot.doors.slack.doctor import lacking, manifest, manifest_scopes, optional_scopes

SLACK = Path(__file__).parents[2] / "bot" / "doors" / "slack"

# https://docs.slack.dev/reference/methods: the bot scopes of each method that the door calls.
SCOPES_OF: Mapping[str, set[str]] = {
    "agents_sessions_setStatus": {"assistant:write"},
    "apps_connections_open": set(),  # an app-level token
    "apps_manifest_export": set(),  # an app configuration token
    "assistant_threads_setStatus": {"assistant:write"},
    "assistant_threads_setSuggestedPrompts": {"assistant:write"},
    "auth_test": set(),
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_stopStream": {"chat:write"},
    "chat_stream": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_history": {"channels:history", "groups:history"},
    "conversations_open": {"im:write"},
    "conversations_replies": {"channels:history", "groups:history", "im:history"},
    "files_upload_v2": {"files:write"},
    "oauth_v2_access": set(),  # the app's own id and secret
    "usergroups_users_list": {"usergroups:read"},
    "users_info": {"users:read"},
    "users_list": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
    "views_push": set(),
    "views_update": set(),
}
# https://docs.slack.dev/reference/events
SCOPES_OF_EVENT: Mapping[str, set[str]] = {
    "agent_session_stopped": {"assistant:write"},
    "app_context_changed": {"assistant:write"},
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "app_uninstalled": set(),
    "message.im": {"im:history"},
    "tokens_revoked": set(),
}
# Without these everything is still answered: who is an admin is then read from the settings alone.
OPTIONAL = {"usergroups:read", "users:read"}


def sources() -> Iterator[str]:
    for path in sorted(SLACK.glob("*.py")):
        yield path.read_text("utf-8")


def called() -> set[str]:
    """Every Web API method named in the door's code."""
    named = {node.attr for text in sources() for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute)}
    return {name for name in named if "_" in name.strip("_") and name != "api_call" and _is_method(name)}


def _is_method(name: str) -> bool:
    return re.match(r"[a-z]+_", name) is not None and callable(getattr(WebClient, name, None))


def listened(what: str) -> set[str]:
    return {found for text in sources() for found in re.findall(rf'app\.{what}\("([a-z_]+)"[,)]', text)}


def declared_events() -> set[str]:
    return set(manifest()["settings"]["event_subscriptions"]["bot_events"])


def needed_scopes() -> set[str]:
    methods = set().union(*(SCOPES_OF[name] for name in called()))
    return {"commands"} | methods | set().union(*(SCOPES_OF_EVENT[name] for name in declared_events()))


def test_every_call_is_known_with_its_scopes() -> None:
    assert called() <= set(SCOPES_OF), "name its scopes in SCOPES_OF, and the scopes in manifest.yaml"


def test_scopes_are_those_that_calls_and_events_need() -> None:
    needed = needed_scopes()
    assert set(manifest_scopes()) == needed - OPTIONAL
    assert set(optional_scopes()) == needed & OPTIONAL


def test_events_are_those_that_are_listened_to() -> None:
    assert {name.split(".")[0] for name in declared_events()} == listened("event")
    assert declared_events() <= set(SCOPES_OF_EVENT)


def test_surfaces_are_those_that_the_code_has() -> None:
    features = manifest()["features"]
    assert [command["command"] for command in features["slash_commands"]] == ["/steelyard"]
    assert manifest()["settings"]["interactivity"]["is_enabled"]
    assert features["app_home"]["home_tab_enabled"] is ("views_publish" in called())
    shortcuts = {each["callback_id"] for each in features.get("shortcuts", [])}
    named = re.findall(r'^[A-Z_]*SHORTCUT = "([a-z_]+)"', "\n".join(sources()), flags=re.M)
    assert shortcuts == set(named)
    assert all(each["type"] == "message" for each in features.get("shortcuts", []))
    assert len(features["agent_view"]["suggested_prompts"]) <= 4


def test_every_scope_and_event_says_why() -> None:
    text = (SLACK / "manifest.yaml").read_text("utf-8")
    asked = {*manifest_scopes(), *optional_scopes(), *declared_events()}
    for name in asked:
        assert re.search(rf"^ *- {re.escape(name)} +# \w.{{8,}}$", text, flags=re.M), name


def test_it_says_that_it_is_a_machine() -> None:
    assert "automated assistant" in manifest()["features"]["agent_view"]["agent_description"]
    assert len(manifest()["display_information"]["description"]) <= 140  # Slack's own limit


# ---------------------------------------------------------------- what the doctor makes of an app's own manifest


def without(*path: str) -> dict[str, Any]:
    """The shipped manifest without one thing."""
    copy: dict[str, Any] = yaml.safe_load((SLACK / "manifest.yaml").read_text("utf-8"))
    place = copy
    for name in path[:-1]:
        place = place[name]
    del place[path[-1]]
    return copy


def test_the_shipped_manifest_lacks_nothing() -> None:
    assert lacking(manifest(), manifest(), socket=True) == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (("settings", "event_subscriptions"), "tokens_revoked"),
        (("settings", "interactivity"), "Interactivity"),
        (("settings", "socket_mode_enabled"), "Socket Mode on"),
        (("features", "slash_commands"), "/steelyard"),
        (("features", "app_home"), "messages tab"),
        (("features", "agent_view"), "agent view"),
    ],
)
def test_what_an_app_lacks_is_named_with_where_to_set_it(path: tuple[str, ...], said: str) -> None:
    [wrong] = [each for each in lacking(without(*path), manifest(), socket=True) if said in each]
    assert wrong


def test_a_socket_where_events_should_come_by_http() -> None:
    [wrong] = lacking(manifest(), manifest(), socket=False)
    assert "Socket Mode off" in wrong
    assert lacking({}, manifest(), socket=False) != []
