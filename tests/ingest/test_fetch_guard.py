"""Which addresses may be connected to, whatever names, redirects and resolvers say."""

import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import pytest

from ingest.fetch import Fetcher
from ingest.fetch.guard import MOST_LOOK_UPS, Address, LookUps, is_public, shown
from ingest.source import Request
from kb.errors import FetchError, RefusedAddress, Unreachable
from kb.settings import Settings
from tests.servers import ReplayServer, Reply


def clock() -> datetime:
    return datetime(2026, 11, 22, 12, tzinfo=UTC)


def settings(**changes: object) -> Settings:
    made: dict[str, object] = {"host_pause_s": 0.0, "fetch_timeout_s": 2.0, "fetch_total_s": 3.0}
    return Settings(**(made | changes))  # type: ignore[arg-type]


class Names:
    """A resolver whose answers are told beforehand, one list a look-up; the last one stays."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self._answers = {name.replace("_", "."): lists for name, lists in answers.items()}
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> list[Address]:
        self.asked.append(host)
        lists = self._answers[host]
        return [ip_address(text) for text in (lists.pop(0) if len(lists) > 1 else lists[0])]


@pytest.fixture
def server() -> Iterator[ReplayServer]:
    with ReplayServer() as made:
        made.put("/feed.xml", b"<rss/>")
        yield made


@pytest.mark.parametrize(
    "text", ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "2002:808:808::1", "64:ff9b::808:808"]
)
def test_public(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200", "0.0.0.0"),
        *("224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "168.63.129.16"),
        *("::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "::ffff:127.0.0.1"),
        *("::ffff:169.254.169.254", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe"),
    ],
)
def test_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


def test_a_name_that_resolves_to_a_private_address_is_refused(server: ReplayServer) -> None:
    names = Names(inside_example=[["10.0.0.7"]], nowhere_example=[[]])
    with Fetcher(settings(), clock, resolve=names) as fetcher:
        with pytest.raises(RefusedAddress, match=r"inside\.example is at 10\.0\.0\.7") as caught:
            fetcher.fetch(Request(url="http://inside.example/feed.xml"))
        with pytest.raises(RefusedAddress, match="no address"):
            fetcher.fetch(Request(url="http://nowhere.example/feed.xml"))
    assert "STEELYARD_ALLOW_PRIVATE_ADDRESSES" in caught.value.hint


def test_a_name_is_resolved_once_and_the_checked_address_is_the_one_connected_to(server: ReplayServer) -> None:
    names = Names(turncoat_example=[["192.0.2.1", "127.0.0.1"], ["127.0.0.1"]])
    with Fetcher(settings(), clock, resolve=names) as fetcher, pytest.raises(RefusedAddress):
        fetcher.fetch(Request(url=f"http://turncoat.example:{server.port}/feed.xml"))
    assert names.asked == ["turncoat.example"]
    assert server.hits() == []


def test_every_redirect_is_checked(server: ReplayServer) -> None:
    """The first host is allowed (by a resolver that calls our server public); where it leads is not."""

    class Cloud(Names):
        def __call__(self, host: str, port: int) -> list[Address]:
            return [Lenient("127.0.0.1")] if host == "front.example" else super().__call__(host, port)

    server.fault("/go", Reply(status=302, location="http://169.254.169.254/latest/meta-data/"))
    server.fault("/named", Reply(status=302, location=f"http://back.example:{server.port}/feed.xml"))
    names = Cloud(back_example=[["127.0.0.1"]], **{"169_254_169_254": [["169.254.169.254"]]})
    with Fetcher(settings(), clock, resolve=names) as fetcher:
        for path in ("go", "named"):
            with pytest.raises(RefusedAddress):
                fetcher.fetch(Request(url=f"http://front.example:{server.port}/{path}"))
    assert [hit.path for hit in server.hits()] == ["/go", "/named"]


class Lenient(type(ip_address("127.0.0.1"))):  # type: ignore[misc]
    """A loopback address that passes for a public one, so that a test can start from an allowed host."""

    is_global = True
    is_reserved = False
    is_multicast = False


def test_the_host_header_keeps_the_name_and_dead_addresses_are_stepped_over(server: ReplayServer) -> None:
    names = Names(feeds_example=[["127.0.0.9", "127.0.0.1"]])  # the server listens on .1 only
    with Fetcher(settings(allow_private_addresses=True), clock, resolve=names) as fetcher:
        assert fetcher.fetch(Request(url=f"http://feeds.example:{server.port}/feed.xml")).body == b"<rss/>"
    assert server.hits()[0].headers["host"] == f"feeds.example:{server.port}"


def test_tls_is_checked_against_the_name_and_not_the_address(tmp_path: Path) -> None:
    if not shutil.which("openssl"):
        pytest.skip("no openssl to make a certificate with")
    trusting = certificate(tmp_path, "feeds.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    names = Names(feeds_example=[["127.0.0.1"]], other_example=[["127.0.0.1"]])
    private = settings(allow_private_addresses=True)
    with ReplayServer(tls=context) as server:
        server.put("/feed.xml", b"<rss/>")
        with Fetcher(private, clock, resolve=names, ssl_context=trusting) as fetcher:
            assert fetcher.fetch(Request(url=f"https://feeds.example:{server.port}/feed.xml")).body == b"<rss/>"
            with pytest.raises(FetchError, match=r"cannot connect to other\.example.*certificate"):
                fetcher.fetch(Request(url=f"https://other.example:{server.port}/feed.xml"))


def certificate(folder: Path, name: str) -> ssl.SSLContext:
    """A self-signed certificate for `name` in `folder`, and a client context that trusts it."""
    subject = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *files, *subject]
    subprocess.run(command, check=True, capture_output=True)
    return ssl.create_default_context(cafile=folder / "cert.pem")


def test_what_is_shown_has_no_password() -> None:
    assert shown("https://me:secret@example.org/feed?x=1") == "https://example.org/feed?x=1"
    assert shown("http://x:port/") == "an unreadable URL"


def test_names_that_are_never_answered_cost_a_bounded_number_of_threads() -> None:
    silence = threading.Event()

    def never(host: str, port: int) -> list[Address]:
        silence.wait(10)
        return []

    look_up = LookUps(never)
    for n in range(MOST_LOOK_UPS):
        with pytest.raises(Unreachable, match=r"no answer from the name service in 0\.001 s"):
            look_up(f"h{n}.example", 80, 0.001)
    with pytest.raises(Unreachable, match=f"{MOST_LOOK_UPS} other names still wait"):
        look_up("one-more.example", 80, 0.001)
    assert look_up("127.0.0.1", 80, 0.001) == [ip_address("127.0.0.1")]
    silence.set()
    time.sleep(0.1)
    assert look_up("later.example", 80, 1.0) == []
