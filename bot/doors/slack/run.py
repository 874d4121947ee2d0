"""One Slack process: the app (socket or signed HTTP), the workers that answer, and the announcer of digests."""

import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from bot.decide.service import Decider
from bot.digest import digest_channels, enqueue_due
from bot.doors.slack.app import build_app
from bot.doors.slack.client import error_code, slack_logger, translated, web_client
from bot.doors.slack.decisions import chart_maker
from bot.doors.slack.deliver import SlackDoor, slack_door
from bot.doors.slack.http import event_server
from bot.worker import Answerer, InboxWorker, OutboxWorker, Patience
from kb.errors import ConfigurationError, ServiceError, SteelyardError
from kb.settings import Settings
from kb.store import Store
from kb.types import utc_now

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_sdk import WebClient

log = structlog.get_logger("steelyard.slack")

WORKERS = 4
ANNOUNCE_EVERY_S = 20.0
CONNECT_PATIENCE_S = (1.0, 5.0, 15.0, 30.0)


def run_slack(
    settings: Settings,
    store: Store,
    steelyard: Answerer,
    stop: threading.Event,
    *,
    patience: Patience | None = None,
) -> None:
    """Serve until `stop` is set. Socket Mode where there is an app token, else signed HTTP on `slack_listen`."""
    secret = http_secret(settings)
    client = web_client(settings)
    workspace = who_we_are(client, stop)
    if stop.is_set():
        return
    door, wake = slack_door(client, chart_maker(Decider(store))), threading.Event()
    app = build_app(settings, store, client, accepted=wake.set, signing_secret=secret)
    # The nonce: after a restart in a container the process id is the same, the leases are not.
    owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    with ExitStack() as stack:
        for number in range(WORKERS):
            worker = InboxWorker(store, steelyard, door, owner=f"{owner}:{number}", clock=utc_now, patience=patience)
            stack.enter_context(_thread(f"slack-worker-{number}", partial(worker.run, stop, wake), stop, wake))
        announce = _announcer(settings, store, door, workspace, owner)
        stack.enter_context(_thread("slack-announcer", partial(_repeat, announce, stop), stop, wake))
        stack.enter_context(_listening(settings, app))
        log.info("slack door open", mode="http" if secret else "socket", workspace=workspace)
        stop.wait()
        wake.set()


def http_secret(settings: Settings) -> str | None:
    """The signing secret where events come by HTTP, None for Socket Mode. Unsigned HTTP is refused."""
    if settings.slack_app_token is not None and settings.slack_app_token.get_secret_value():
        return None
    secret = settings.slack_signing_secret.get_secret_value().strip() if settings.slack_signing_secret else ""
    if not secret:
        raise ConfigurationError(
            "Slack: neither an app token nor a signing secret",
            hint="set SLACK_APP_TOKEN (xapp-..., Socket Mode) or SLACK_SIGNING_SECRET (events over HTTP)",
        )
    return secret


def who_we_are(client: "WebClient", stop: threading.Event) -> str:
    """The workspace's id. A token that Slack refuses stops the start; a Slack out of reach is waited for."""
    from slack_sdk.errors import SlackApiError

    for pause_s in (*CONNECT_PATIENCE_S, None):
        try:
            with translated("checking the bot token"):
                return str(client.auth_test()["team_id"])
        except ServiceError as error:
            if not error.transient:
                code = error_code(error.__cause__) if isinstance(error.__cause__, SlackApiError) else ""
                raise ConfigurationError(
                    f"Slack refused the bot token: {code}", hint="set SLACK_BOT_TOKEN to the token of the installed app"
                ) from error
            if pause_s is None:
                raise
            log.warning("slack out of reach", error=str(error), next_try_s=pause_s)
            if stop.wait(pause_s):
                return ""
    raise AssertionError("unreachable")


@contextmanager
def _listening(settings: Settings, app: "App") -> Iterator[None]:
    if settings.slack_app_token is not None and settings.slack_app_token.get_secret_value():
        from slack_bolt.adapter.socket_mode import SocketModeHandler

        handler: Any = SocketModeHandler(app, settings.slack_app_token.get_secret_value(), logger=slack_logger())
        with translated("opening a socket"):
            handler.connect()
        try:
            yield
        finally:
            handler.close()
        return
    server = event_server(app, settings.slack_listen)
    thread = threading.Thread(target=server.serve_forever, name="slack-http", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def _thread(name: str, target: Callable[[], None], stop: threading.Event, wake: threading.Event) -> Iterator[None]:
    """A thread that is asked to stop and waited for, however the block ends."""
    thread = threading.Thread(target=target, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        wake.set()
        thread.join(timeout=30)


def _announcer(settings: Settings, store: Store, door: SlackDoor, workspace: str, owner: str) -> Callable[[], None]:
    channels = digest_channels(settings, workspace)
    outbox = OutboxWorker(store, door, owner=f"{owner}:announcer", clock=utc_now)

    def announce() -> None:
        enqueue_due(store, channels, utc_now())
        while outbox.step():
            pass

    return announce


def _repeat(action: Callable[[], None], stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            action()
        except SteelyardError:
            log.exception("announcing failed")
        except Exception:  # a defect must not end the announcer for good
            log.exception("announcing failed on a defect")
        stop.wait(ANNOUNCE_EVERY_S)
