"""What `steelyard doctor` asks Slack: are tokens good, is every scope, event and setting there, do events arrive."""

import json
import secrets
import time
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from bot.doors.slack.client import client_with, error_code, translated, web_client
from bot.doors.slack.install import Tokens, install_url, mode_of, seal_of
from kb.errors import ConfigurationError, ServiceError
from kb.settings import Settings
from kb.store import Store
from kb.store.installations import Installed

if TYPE_CHECKING:
    from pydantic import SecretStr
    from slack_sdk import WebClient

Check = tuple[str, bool, str]  # name, is it well, what to do

EVENTS_PATH = "/slack/events"
PROBE_TIMEOUT_S = 10.0
HIDDEN = "cannot be seen from here: set SLACK_CONFIG_TOKEN (an app configuration token) to have them compared"


@cache
def manifest() -> Mapping[str, Any]:
    """The manifest as shipped."""
    text = resources.files(__package__).joinpath("manifest.yaml").read_text("utf-8")
    found: Mapping[str, Any] = yaml.safe_load(text)
    return found


def manifest_scopes() -> list[str]:
    """The bot scopes that the manifest asks for."""
    return list(manifest()["oauth_config"]["scopes"]["bot"])


def optional_scopes() -> list[str]:
    """The bot scopes that who installs may leave out."""
    return list(manifest()["oauth_config"]["scopes"].get("bot_optional", []))


def check_slack(settings: Settings, store: Store | None = None) -> list[Check]:
    """Every check, good or not. Without any Slack setting: one line that says so. `store` knows who installed us."""
    given = (settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret)
    if not any((*given, settings.slack_client_id, settings.slack_client_secret)):
        return [("Slack", True, "not set up: set SLACK_BOT_TOKEN and SLACK_APP_TOKEN to use it")]
    try:
        mode = mode_of(settings)
    except ConfigurationError as error:
        return [("Slack", False, f"{error}; {error.hint}")]
    if mode == "many":
        return [*_installations(settings, store), *_transport(settings), *_declared(settings, _app_id(settings, store))]
    if not _value(settings.slack_bot_token):
        return [("Slack bot token", False, "set SLACK_BOT_TOKEN (xoxb-...) from the app's OAuth & Permissions page")]
    return [
        *_bot_token(web_client(settings), "Slack"),
        *_transport(settings),
        *_declared(settings, _app_id(settings, store)),
    ]


def _value(secret: "SecretStr | None") -> str:
    return secret.get_secret_value().strip() if secret is not None else ""


# ---------------------------------------------------------------- tokens and scopes


def _bot_token(client: "WebClient", name: str) -> list[Check]:
    try:
        with translated("checking the bot token"):
            answer = client.auth_test()
    except ServiceError as error:
        if error.transient:
            return [(name, False, f"{error}; check the network and STEELYARD_SLACK_API_URL")]
        return [(f"{name} bot token", False, f"{_code(error)}: install the app again and set SLACK_BOT_TOKEN")]
    named = (f"{name} bot token", True, f"{answer.get('user')} in {answer.get('team')}")
    header = {each.lower(): value for each, value in answer.headers.items()}.get("x-oauth-scopes")
    if header is None:
        return [named, (f"{name} scopes", True, "not told by this server")]
    return [named, (f"{name} scopes", *_scopes({scope.strip() for scope in header.split(",")}))]


def _scopes(granted: set[str]) -> tuple[bool, str]:
    missing = [scope for scope in manifest_scopes() if scope not in granted]
    if missing:
        return False, (
            f"add {', '.join(missing)} under OAuth & Permissions (or load manifest.yaml), then reinstall the app"
        )
    left_out = [scope for scope in optional_scopes() if scope not in granted]
    return True, f"all granted but the optional {', '.join(left_out)}" if left_out else "all granted"


def _installations(settings: Settings, store: Store | None) -> Iterator[Check]:
    """The secret keys, and every workspace: do its tokens open, are they good, is every scope granted."""
    try:
        seal = seal_of(settings)
    except ConfigurationError as error:
        yield "Slack secret keys", False, f"{error}; {error.hint}"
        return
    rows = store.installations.list() if store is not None else []
    old = sum(not seal.is_newest(row.sealed) for row in rows)
    kept = f"{old} of {len(rows)} stored tokens still need an older key: run `steelyard slack rekey`, then drop it"
    yield "Slack secret keys", True, kept if old else "all stored tokens are under the first key"
    if not rows:
        yield "Slack workspaces", True, f"none yet: open {install_url(settings)}"
    for row in rows:
        try:
            token = Tokens.opened(seal, row).bot
        except ConfigurationError as error:
            yield f"Slack {_name(row)}", False, f"{error}; {error.hint}"
            continue
        for name, well, what in _bot_token(client_with(settings, token), f"Slack {_name(row)}"):
            again = what.replace("set SLACK_BOT_TOKEN", f"open {install_url(settings)}").replace(
                "reinstall the app", f"install again: {install_url(settings)}"
            )
            yield name, well, again


def _name(row: Installed) -> str:
    return f"{row.name} ({row.workspace_id})"


# ---------------------------------------------------------------- how events arrive


def _transport(settings: Settings) -> list[Check]:
    if token := _value(settings.slack_app_token):
        return [_socket(settings, token)]
    if secret := _value(settings.slack_signing_secret):
        return [
            ("Slack events over HTTP", True, f"signed, listening on {settings.slack_listen}"),
            _request_url(settings, secret),
        ]
    return [("Slack events", False, "set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)")]


def _socket(settings: Settings, token: str) -> Check:
    try:
        with translated("opening a socket"):
            client_with(settings, None).apps_connections_open(app_token=token)
    except ServiceError as error:
        if error.transient:
            return "Slack Socket Mode", False, f"{error}; try again"
        what = f"{_code(error)}: set SLACK_APP_TOKEN (xapp-...) with connections:write and turn Socket Mode on"
        return "Slack Socket Mode", False, what
    return "Slack Socket Mode", True, "opens"


def _request_url(settings: Settings, secret: str) -> Check:
    """Ask our own public address what Slack asks it: a signed challenge."""
    import httpx
    from slack_sdk.signature import SignatureVerifier

    name = "Slack request URL"
    if not settings.slack_public_url:
        what = f"not known here: set STEELYARD_SLACK_PUBLIC_URL; in the app it must end in {EVENTS_PATH}"
        return name, True, what
    url = f"{settings.slack_public_url.rstrip('/')}{EVENTS_PATH}"
    challenge, at = secrets.token_hex(8), str(int(time.time()))
    body = json.dumps({"type": "url_verification", "challenge": challenge})
    signature = SignatureVerifier(secret).generate_signature(timestamp=at, body=body) or ""
    headers = {"content-type": "application/json", "x-slack-request-timestamp": at, "x-slack-signature": signature}
    try:
        answer = httpx.post(url, content=body, headers=headers, timeout=PROBE_TIMEOUT_S)
    except httpx.HTTPError as error:
        said = type(error).__name__
        return name, False, f"{url} cannot be reached ({said}): forward it to {settings.slack_listen}, TLS in front"
    if answer.status_code == 200 and challenge in answer.text:
        return name, True, f"{url} answers; it must be the app's request URL for events, interactivity and the command"
    if answer.status_code == 401:
        return name, False, f"{url} refuses our signature: is the bot there running with this SLACK_SIGNING_SECRET?"
    return (
        name,
        False,
        (
            f"{url} answered HTTP {answer.status_code}: is `steelyard run` running, "
            f"and {EVENTS_PATH} forwarded to {settings.slack_listen}?"
        ),
    )


# ---------------------------------------------------------------- what the app declares


def _app_id(settings: Settings, store: Store | None) -> str:
    """From the app token (xapp-1-A...), else from an installation; "" where nothing tells it."""
    parts = _value(settings.slack_app_token).split("-")
    if len(parts) > 2 and parts[2].startswith("A"):
        return parts[2]
    rows = store.installations.list() if store is not None else []
    return next((row.app_id for row in rows if row.app_id), "")


def _declared(settings: Settings, app_id: str) -> list[Check]:
    """Events and settings of the app as it is, against the manifest as shipped."""
    token, name = _value(settings.slack_config_token), "Slack event subscriptions and settings"
    if not token:
        return [(name, True, HIDDEN)]
    if not app_id:
        return [(name, True, "cannot be compared: nothing here tells the app's id (an app token or an installation)")]
    try:
        with translated("reading the app's manifest"):
            found = client_with(settings, token).apps_manifest_export(app_id=app_id)["manifest"]
    except ServiceError as error:
        return [(name, False, f"{error}; make a new SLACK_CONFIG_TOKEN (they last twelve hours)")]
    wrong = lacking(found, manifest(), socket=bool(_value(settings.slack_app_token)))
    return [(name, not wrong, "; ".join(wrong) or "as in the manifest")]


def lacking(found: Mapping[str, Any], wanted: Mapping[str, Any], *, socket: bool) -> list[str]:
    """What an app's manifest lacks of the shipped one, each with where to set it. More than we want does no harm."""
    wrong = []
    events = [name for name in _events(wanted) if name not in _events(found)]
    if events:
        wrong.append(f"subscribe to {', '.join(events)} under Event Subscriptions → bot events")
    if not _at(found, "settings", "interactivity", "is_enabled"):
        wrong.append("turn Interactivity & Shortcuts on: buttons and forms do nothing without it")
    if bool(_at(found, "settings", "socket_mode_enabled")) is not socket:
        wrong.append("turn Socket Mode on" if socket else "turn Socket Mode off, or set SLACK_APP_TOKEN")
    for kind, key, where in (
        ("slash_commands", "command", "Slash Commands"),
        ("shortcuts", "callback_id", "Shortcuts"),
    ):
        there = {each.get(key) for each in _at(found, "features", kind) or []}
        missing = [each[key] for each in _at(wanted, "features", kind) or [] if each[key] not in there]
        if missing:
            wrong.append(f"add {', '.join(missing)} under {where}")
    for tab in ("home_tab_enabled", "messages_tab_enabled"):
        if _at(wanted, "features", "app_home", tab) and not _at(found, "features", "app_home", tab):
            wrong.append(f"turn on {tab.removesuffix('_enabled').replace('_', ' ')} under App Home")
    if not _at(found, "features", "agent_view"):
        wrong.append("turn on the agent view under Agents: there is no status and no stop button without it")
    return wrong


def _events(declared: Mapping[str, Any]) -> list[str]:
    return list(_at(declared, "settings", "event_subscriptions", "bot_events") or [])


def _at(declared: Mapping[str, Any], *path: str) -> Any:
    found: Any = declared
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _code(error: ServiceError) -> str:
    from slack_sdk.errors import SlackApiError

    return error_code(error.__cause__) if isinstance(error.__cause__, SlackApiError) else str(error)
