"""What `steelyard doctor` asks Slack: are the tokens good, is every scope there, does Socket Mode open."""

from importlib import resources
from typing import TYPE_CHECKING

import yaml

from bot.doors.slack.client import error_code, translated, web_client
from kb.errors import ServiceError
from kb.settings import Settings

if TYPE_CHECKING:
    from slack_sdk import WebClient

Check = tuple[str, bool, str]  # name, is it well, what to do


def manifest_scopes() -> list[str]:
    """The bot scopes that the manifest asks for."""
    text = resources.files(__package__).joinpath("manifest.yaml").read_text("utf-8")
    return list(yaml.safe_load(text)["oauth_config"]["scopes"]["bot"])


def check_slack(settings: Settings) -> list[Check]:
    """Every check, good or not. Without any Slack setting: one line that says so."""
    given = (settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret)
    if not any(given):
        return [("Slack", True, "not set up: set SLACK_BOT_TOKEN and SLACK_APP_TOKEN to use it")]
    if settings.slack_bot_token is None or not settings.slack_bot_token.get_secret_value():
        return [("Slack bot token", False, "set SLACK_BOT_TOKEN (xoxb-...) from the app's OAuth & Permissions page")]
    client = web_client(settings)
    return [*_bot_token(client), *_transport(settings, client)]


def _bot_token(client: "WebClient") -> list[Check]:
    try:
        with translated("checking the bot token"):
            answer = client.auth_test()
    except ServiceError as error:
        if error.transient:
            return [("Slack", False, f"{error}; check the network and STEELYARD_SLACK_API_URL")]
        return [("Slack bot token", False, f"{_code(error)}: install the app again and set SLACK_BOT_TOKEN")]
    named = ("Slack bot token", True, f"{answer.get('user')} in {answer.get('team')}")
    header = {name.lower(): value for name, value in answer.headers.items()}.get("x-oauth-scopes")
    if header is None:
        return [named, ("Slack scopes", True, "not told by this server")]
    granted = {scope.strip() for scope in header.split(",")}
    missing = [scope for scope in manifest_scopes() if scope not in granted]
    if missing:
        what = f"add {', '.join(missing)} under OAuth & Permissions (or load manifest.yaml), then reinstall the app"
        return [named, ("Slack scopes", False, what)]
    return [named, ("Slack scopes", True, "all granted")]


def _transport(settings: Settings, client: "WebClient") -> list[Check]:
    if settings.slack_app_token is not None and settings.slack_app_token.get_secret_value():
        try:
            with translated("opening a socket"):
                client.apps_connections_open(app_token=settings.slack_app_token.get_secret_value())
        except ServiceError as error:
            if error.transient:
                return [("Slack Socket Mode", False, f"{error}; try again")]
            what = f"{_code(error)}: set SLACK_APP_TOKEN (xapp-...) with connections:write and turn Socket Mode on"
            return [("Slack Socket Mode", False, what)]
        return [("Slack Socket Mode", True, "opens")]
    if settings.slack_signing_secret is not None and settings.slack_signing_secret.get_secret_value().strip():
        return [("Slack events over HTTP", True, f"signed, listening on {settings.slack_listen}")]
    return [("Slack events", False, "set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)")]


def _code(error: ServiceError) -> str:
    from slack_sdk.errors import SlackApiError

    return error_code(error.__cause__) if isinstance(error.__cause__, SlackApiError) else str(error)
