"""A real hub on loopback: subscribing, being confirmed, being told of news, and what is no news."""

import hashlib
import hmac
import http.client
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from ingest.hub_door import HubDoor, hub_door
from ingest.schedule import Scheduler
from ingest.source import Page, Response
from ingest.websub import ask_hubs, hub_of
from kb.errors import ConfigurationError
from kb.types import Subscription
from tests.ingest.conftest import World, make_settings
from tests.ingest.histories import feed_of
from tests.servers import ReplayServer, Reply


class Hub(ThreadingHTTPServer):
    """Takes subscriptions, confirms them when told to, sends news."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _HubHandler)
        self.asked: list[dict[str, str]] = []
        self.status = 202
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"

    def confirm(self, **instead: str) -> tuple[int, str]:
        """Ask the subscriber back; its status and answer."""
        asked = self.asked[-1]
        told = {"hub.mode": "subscribe", "hub.topic": asked["hub.topic"], "hub.challenge": "c-1"}
        told |= {"hub.lease_seconds": "432000"} | {name.replace("_", "."): value for name, value in instead.items()}
        return call("GET", f"{asked['hub.callback']}?{urlencode(told)}")

    def send(self, body: bytes, *, secret: str | None = None, method: str = "sha256") -> int:
        asked = self.asked[-1]
        key = (asked["hub.secret"] if secret is None else secret).encode()
        signed = hmac.new(key, body, getattr(hashlib, method)).hexdigest()
        return call("POST", asked["hub.callback"], body, {"X-Hub-Signature": f"{method}={signed}"})[0]


class _HubHandler(BaseHTTPRequestHandler):
    server: Hub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.server.asked.append(dict(parse_qsl(body)))
        self.send_response(self.server.status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def call(method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> tuple[int, str]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    connection.request(method, f"{parts.path}?{parts.query}", body, headers or {})
    answer = connection.getresponse()
    said = answer.read().decode()
    connection.close()
    return answer.status, said


class Subscriber:
    """A world with a feed that names a hub, and the door that hubs call at."""

    def __init__(self, folder: Path, server: ReplayServer, hub: Hub) -> None:
        settings = make_settings(folder, full_text=False, websub_listen="127.0.0.1:0")
        self.world = World(settings, server)
        self.door: HubDoor = hub_door(self.world.store, settings, self.world.clock)
        port = self.door.server_address[1]
        callback = f"http://127.0.0.1:{port}/steelyard"
        self.world.settings = settings.model_copy(update={"websub_callback_url": callback})
        self.server, self.hub = server, hub
        self.scheduler = Scheduler({}, servers=[self.door])
        self.scheduler.start()
        link = f'<{hub.url}>; rel="hub", <{server.url("f")}>; rel=self'
        server.put("/f", feed_of(range(3)))
        server.fault("/f", Reply(headers={"Link": link}))
        self.world.add("f")
        self.world.one()

    def ask(self) -> int:
        world = self.world
        return ask_hubs(world.store, world.fetcher, world.settings, world.clock, owner="test")

    def subscription(self) -> Subscription:
        found = self.world.store.subscriptions.of_source(1)
        assert found is not None
        return found

    def is_due(self) -> bool:
        return bool(self.world.store.sources.due())


@pytest.fixture
def subscriber(tmp_path: Path) -> Iterator[Subscriber]:
    hub = Hub()
    with ReplayServer() as server:
        made = Subscriber(tmp_path, server, hub)
        yield made
        made.scheduler.stop()
        made.world.close()
    hub.shutdown()
    hub.server_close()


def test_subscribe_confirm_hear_and_renew(subscriber: Subscriber) -> None:
    assert subscriber.ask() == 1
    (asked,) = subscriber.hub.asked
    assert (asked["hub.mode"], asked["hub.topic"]) == ("subscribe", subscriber.server.url("f"))
    assert len(asked["hub.secret"]) >= 40
    assert subscriber.subscription().state == "asked"
    assert subscriber.hub.confirm() == (200, "c-1")
    assert subscriber.subscription().state == "subscribed"
    assert subscriber.subscription().expires_at == subscriber.world.clock() + timedelta(days=5)

    assert not subscriber.is_due()
    assert subscriber.hub.send(b"<rss/>") == 202
    assert subscriber.is_due()
    subscriber.server.put("/f", feed_of(range(4)))
    (report,) = subscriber.world.refresh(all_sources=False)
    assert report.new == 1

    subscriber.world.later(days=3)
    assert subscriber.ask() == 0
    subscriber.world.later(days=1, hours=1)
    assert subscriber.ask() == 1
    assert subscriber.hub.asked[-1]["hub.secret"] == asked["hub.secret"]
    assert subscriber.hub.confirm()[0] == 200


def test_what_is_not_signed_with_our_secret_is_no_news(subscriber: Subscriber) -> None:
    subscriber.ask()
    subscriber.hub.confirm()
    callback = subscriber.hub.asked[-1]["hub.callback"]
    assert subscriber.hub.send(b"<rss/>", secret="another") == 202
    assert call("POST", callback, b"<rss/>")[0] == 202
    assert call("POST", callback, b"<rss/>", {"X-Hub-Signature": "md5=00"})[0] == 202
    assert call("POST", callback, b"<rss/>", {"X-Hub-Signature": "sha256=\u00e9"})[0] == 202
    assert call("POST", callback.rpartition("/")[0] + "/guessed", b"x", {"X-Hub-Signature": "sha256=00"})[0] == 202
    assert not subscriber.is_due()
    assert subscriber.hub.send(b"<rss/>", method="sha1") == 202
    assert subscriber.is_due()


def test_only_what_we_asked_for_is_confirmed(subscriber: Subscriber) -> None:
    subscriber.ask()
    callback = subscriber.hub.asked[-1]["hub.callback"]
    assert subscriber.hub.confirm(hub_topic="http://elsewhere.example/")[0] == 404
    assert subscriber.hub.confirm(hub_mode="unsubscribe")[0] == 404
    assert call("GET", callback + "x?hub.mode=subscribe&hub.challenge=c")[0] == 404
    assert call("GET", callback.split("/websub/")[0])[0] == 404
    assert subscriber.subscription().state == "asked"


def test_a_hub_that_refuses_or_fails_is_asked_ever_more_rarely_and_polling_goes_on(subscriber: Subscriber) -> None:
    subscriber.hub.status = 500
    times = []
    for hour in range(100):
        if subscriber.ask() or len(subscriber.hub.asked) > len(times):
            times.append(hour)
        subscriber.world.later(hours=1)
    assert times == [0, 1, 3, 7, 15, 31, 55, 79]
    assert len(subscriber.world.refresh(all_sources=False)) == 1
    subscriber.hub.status = 202
    subscriber.world.later(days=1)
    assert subscriber.ask() == 1
    assert subscriber.hub.confirm(hub_mode="denied", hub_reason="no more")[0] == 200
    assert subscriber.subscription().state == "denied"


def test_without_a_callback_address_nothing_is_asked(tmp_path: Path) -> None:
    with ReplayServer() as server:
        world = World(make_settings(tmp_path), server)
        server.put(
            "/f", feed_of(range(2)).replace(b"<title>A", b"<link rel='hub' href='http://127.0.0.1:9/'/><title>A")
        )
        world.add("f")
        world.one()
        assert world.store.subscriptions.of_source(1) is None
        world.close()


def test_the_hub_of_the_header_goes_before_the_hub_of_the_feed() -> None:
    def answer(link: str) -> Response:
        at = datetime(2026, 11, 22, tzinfo=UTC)
        return Response(url="http://x", status=200, body=b"", headers={"link": link}, received_at=at)

    page = Page(hub_url="http://feed.example/hub", self_url="http://feed.example/self")
    assert hub_of(page, answer("")) == ("http://feed.example/hub", "http://feed.example/self")
    linked = '<http://a.example/?x=1,2>; title="a, b"; rel="alternate hub", <http://b.example/>; rel=self'
    assert hub_of(page, answer(linked)) == ("http://a.example/?x=1,2", "http://b.example/")
    assert hub_of(Page(), answer("nonsense <")) == (None, None)


def test_a_door_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    with ReplayServer() as server:
        world = World(make_settings(tmp_path), server)
        for listen in ("nowhere", f"127.0.0.1:{server.port}"):
            settings = world.settings.model_copy(update={"websub_listen": listen})
            with pytest.raises(ConfigurationError, match="cannot listen on"):
                hub_door(world.store, settings, world.clock)
        world.close()
