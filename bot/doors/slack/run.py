"""One Slack process: the app (socket or signed HTTP), the workers that answer, and the announcer of digests."""

import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from bot.admin import Administration
from bot.digest import chosen_channels, enqueue_due
from bot.doors.slack.administer import office_of
from bot.doors.slack.app import build_app
from bot.doors.slack.client import Clients, OneClient, client_with, error_code, slack_logger, translated, web_client
from bot.doors.slack.deliver import slack_door
from bot.doors.slack.desk import desk_on
from bot.doors.slack.http import EventServer, event_server
from bot.doors.slack.install import InstalledClients, authorizer, install_url, mode_of, seal_of
from bot.doors.slack.workspaces import WorkspaceDoors
from bot.greet import Greeter
from bot.worker import Answerer, Door, InboxWorker, OutboxWorker, Patience
from kb.errors import ConfigurationError, ServiceError, SteelyardError
from kb.settings import Settings
from kb.store import Store
from kb.types import utc_now

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_sdk import WebClient

    from bot.doors.slack.http import Page

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
    administration: Administration | None = None,
) -> None:
    """Serve until `stop` is set. Socket Mode where there is an app token, else signed HTTP on `slack_listen`."""
    mode, secret = mode_of(settings), http_secret(settings)
    # The nonce: after a restart in a container the process id is the same, the leases are not.
    owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
    served = _many(settings, store, owner) if mode == "many" else _one(settings, store, stop)
    if stop.is_set():
        return
    door, wake = WorkspaceDoors(served.clients, partial(slack_door, desk=desk_on(store))), threading.Event()
    bell = threading.Event()  # something is to be announced now
    app = build_app(
        settings,
        store,
        served.client,
        accepted=wake.set,
        posted=bell.set,
        signing_secret=secret,
        authorize=served.authorize,
        office=office_of(administration, served.clients, settings, shared=mode == "one"),
    )
    with ExitStack() as stack:
        for number in range(WORKERS):
            worker = InboxWorker(store, steelyard, door, owner=f"{owner}:{number}", clock=utc_now, patience=patience)
            stack.enter_context(_thread(f"slack-worker-{number}", partial(worker.run, stop, wake), stop, wake))
        announce = _announcer(settings, store, door, served.clients, owner)
        stack.enter_context(_thread("slack-announcer", partial(_repeat, announce, stop, bell), stop, bell))
        stack.enter_context(_thread("slack-greeter", partial(Greeter(store, door, utc_now).run, stop), stop, wake))
        stack.enter_context(_listening(settings, app, served.pages))
        log.info("slack door open", mode="http" if secret else "socket", workspaces=served.clients.teams())
        stop.wait()
        wake.set()
        bell.set()


@dataclass(frozen=True, slots=True)
class Served:
    """Whom this process serves. `client` is Bolt's own, without a token where `authorize` finds one a payload."""

    clients: Clients
    client: "WebClient"
    authorize: Callable[..., Any] | None = None
    pages: "Mapping[str, Page]" = field(default_factory=dict)


def _one(settings: Settings, store: Store, stop: threading.Event) -> Served:
    client = web_client(settings)
    workspace = who_we_are(client, stop)
    store.erase.stay(workspace)
    return Served(OneClient(client, workspace), client)


def _many(settings: Settings, store: Store, owner: str) -> Served:
    from bot.doors.slack.oauth_http import InstallPages

    seal = seal_of(settings)
    clients = InstalledClients(settings, store, seal, owner=owner, clock=utc_now)
    if not clients.teams():
        log.warning("no workspace has installed us yet", begin_at=install_url(settings))
    pages = InstallPages(settings, store, seal, utc_now).pages()
    return Served(clients, client_with(settings, None), authorizer(store, clients), pages)


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
def _listening(settings: Settings, app: "App", pages: "Mapping[str, Page]") -> Iterator[None]:
    """Socket Mode or signed HTTP for events, HTTP for `pages`. A socket's app checks no signature: no POSTs for it."""
    token = settings.slack_app_token.get_secret_value() if settings.slack_app_token is not None else ""
    with ExitStack() as stack:
        if token:
            stack.enter_context(_socket(app, token))
        if pages or not token:
            stack.enter_context(_serving(event_server(None if token else app, settings.slack_listen, pages)))
        yield


@contextmanager
def _socket(app: "App", token: str) -> Iterator[None]:
    from slack_bolt.adapter.socket_mode import SocketModeHandler

    handler: Any = SocketModeHandler(app, token, logger=slack_logger())
    with translated("opening a socket"):
        handler.connect()
    try:
        yield
    finally:
        handler.close()


@contextmanager
def _serving(server: EventServer) -> Iterator[None]:
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


def _announcer(settings: Settings, store: Store, door: Door, clients: Clients, owner: str) -> Callable[[], None]:
    outbox = OutboxWorker(store, door, owner=f"{owner}:announcer", clock=utc_now)

    def announce() -> None:
        enqueue_due(store, chosen_channels(store, settings, clients.teams()), utc_now())
        while outbox.step():
            pass

    return announce


def _repeat(action: Callable[[], None], stop: threading.Event, bell: threading.Event) -> None:
    """Every so often, and at once when the bell rings."""
    while not stop.is_set():
        try:
            action()
        except SteelyardError:
            log.exception("announcing failed")
        except Exception:  # a defect must not end the announcer for good
            log.exception("announcing failed on a defect")
        bell.wait(ANNOUNCE_EVERY_S)
        bell.clear()
