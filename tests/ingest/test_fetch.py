"""The HTTP client against a real server on loopback: conditions, redirects, caps, faults."""

import gzip
import threading
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from ingest.fetch import Fetcher
from ingest.fetch.body import fresh_for_s
from ingest.fetch.client import user_agent
from ingest.source import Request, Response
from kb.errors import FetchError, HttpStatus, RefusedAddress, RobotsDenied, TooLarge
from kb.settings import Settings
from tests.servers import ReplayServer, Reply

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BODY = b"<rss>" + b"an entry that says something. " * 400 + b"</rss>"


def settings(**changes: object) -> Settings:
    made = {
        "allow_private_addresses": True,
        "host_pause_s": 0.0,
        "host_concurrency": 8,
        "fetch_timeout_s": 2.0,
        "fetch_total_s": 3.0,
        "fetch_max_bytes": 200_000,
        "fetch_max_decoded_bytes": 1_000_000,
    }
    return Settings(**(made | changes))  # type: ignore[arg-type]


@pytest.fixture
def server() -> Iterator[ReplayServer]:
    with ReplayServer() as made:
        made.put("/feed.xml", BODY)
        yield made


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with Fetcher(settings(), lambda: NOW) as made:
        yield made


def get(fetcher: Fetcher, url: str, **fields: object) -> Response:
    return fetcher.fetch(Request(url=url, **fields))  # type: ignore[arg-type]


# ---------------------------------------------------------------- conditions


def test_a_plain_answer_and_then_a_conditional_one(server: ReplayServer, fetcher: Fetcher) -> None:
    first = get(fetcher, server.url("feed.xml"))
    assert (first.status, first.body, first.moved_to, first.received_at) == (200, BODY, None, NOW)
    again = get(fetcher, server.url("feed.xml"), etag=first.headers["etag"])
    by_date = get(fetcher, server.url("feed.xml"), last_modified=first.headers["last-modified"])
    assert [r.status for r in (again, by_date)] == [304, 304]
    assert again.body == b""
    assert server.bodies_sent("/feed.xml") == 1


def test_a_304_that_nobody_asked_for_is_an_error(server: ReplayServer, fetcher: Fetcher) -> None:
    server.fault("/feed.xml", Reply(status=304))
    with pytest.raises(FetchError, match="304 Not Modified to a request without a condition") as caught:
        get(fetcher, server.url("feed.xml"))
    assert caught.value.transient


def test_who_we_say_we_are(server: ReplayServer) -> None:
    with Fetcher(settings(contact="https://example.org/bot"), lambda: NOW) as fetcher:
        get(fetcher, server.url("feed.xml"), accept="application/rss+xml")
    asked = server.hits()[0].headers
    assert asked["user-agent"].startswith("Steelyard/")
    assert asked["user-agent"].endswith("(+https://example.org/bot)")
    assert asked["accept-encoding"] == "gzip, deflate"
    assert asked["accept"] == "application/rss+xml"


def test_a_contact_cannot_break_the_header() -> None:
    assert "\n" not in user_agent("a\r\nHost: b")
    assert user_agent("") == user_agent("\n").strip()


def test_cookies_are_not_kept(server: ReplayServer, fetcher: Fetcher) -> None:
    server.fault("/feed.xml", Reply(headers={"Set-Cookie": "who=you; Path=/"}))
    for _ in range(2):
        get(fetcher, server.url("feed.xml"))
    assert "cookie" not in server.hits()[-1].headers


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Cache-Control": "public, max-age=600"}, 600.0),
        ({"Cache-Control": "max-age=600", "Age": "100"}, 500.0),
        ({"Expires": "Sun, 22 Nov 2026 13:00:00 GMT", "Date": "Sun, 22 Nov 2026 12:00:00 GMT"}, 3600.0),
        ({"Expires": "0"}, None),
        ({"Cache-Control": "no-cache, max-age=600"}, None),
        ({"Cache-Control": "max-age=soon"}, None),
        ({}, None),
    ],
)
def test_freshness(headers: dict[str, str], seconds: float | None) -> None:
    assert fresh_for_s({name.lower(): value for name, value in headers.items()}, NOW) == seconds


def test_freshness_arrives_with_the_answer(server: ReplayServer, fetcher: Fetcher) -> None:
    server.fault("/feed.xml", Reply(headers={"Cache-Control": "max-age=900"}))
    assert get(fetcher, server.url("feed.xml")).fresh_for_s == 900.0


# ---------------------------------------------------------------- redirects


def test_permanent_chains_name_the_new_home_and_mixed_ones_do_not(server: ReplayServer, fetcher: Fetcher) -> None:
    server.fault("/old", Reply(status=301, location="/older"))
    server.fault("/older", Reply(status=308, location=server.url("feed.xml") + "#part"))
    server.fault("/mixed", Reply(status=302, location="/old"))
    moved = get(fetcher, server.url("old"))
    assert (moved.body, moved.url, moved.moved_to) == (BODY, server.url("feed.xml"), server.url("feed.xml"))
    assert get(fetcher, server.url("mixed")).moved_to is None


def test_a_permanent_redirect_counts_for_a_304_too(server: ReplayServer, fetcher: Fetcher) -> None:
    etag = get(fetcher, server.url("feed.xml")).headers["etag"]
    server.fault("/old", Reply(status=301, location="/feed.xml"))
    answer = get(fetcher, server.url("old"), etag=etag)
    assert (answer.status, answer.moved_to) == (304, server.url("feed.xml"))


def test_loops_and_long_chains_end(server: ReplayServer, fetcher: Fetcher) -> None:
    server.fault("/a", Reply(status=301, location="/b"))
    server.fault("/b", Reply(status=302, location="/a"))
    for n in range(9):
        server.fault(f"/step{n}", Reply(status=302, location=f"/step{n + 1}"))
    with pytest.raises(FetchError, match="round in a circle"):
        get(fetcher, server.url("a"))
    with pytest.raises(FetchError, match="more than 5 redirects"):
        get(fetcher, server.url("step0"))
    assert len(server.hits()) == 2 + 6


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://example.org/x", "http://me:secret@127.0.0.1/", "http://host:port/"]
)
def test_redirects_to_forbidden_places(server: ReplayServer, fetcher: Fetcher, target: str) -> None:
    server.fault("/go", Reply(status=302, location=target))
    with pytest.raises(FetchError) as caught:
        get(fetcher, server.url("go"))
    assert not caught.value.transient
    assert "secret" not in str(caught.value)


# ---------------------------------------------------------------- faults


def test_retry_after_in_seconds_and_as_a_date(server: ReplayServer, fetcher: Fetcher) -> None:
    server.fault("/feed.xml", Reply(status=429, retry_after="120"), times=1)
    later = format_datetime(NOW + timedelta(minutes=5), usegmt=True)
    server.fault("/feed.xml", Reply(status=503, retry_after=later), times=1)
    server.fault("/feed.xml", Reply(status=503, retry_after="soon"), times=1)
    errors = []
    for _ in range(3):
        with pytest.raises(HttpStatus) as caught:
            get(fetcher, server.url("feed.xml"))
        errors.append((caught.value.status, caught.value.retry_after_s, caught.value.transient))
    assert errors == [(429, 120.0, True), (503, 300.0, True), (503, None, True)]


@pytest.mark.parametrize(("status", "transient"), [(404, False), (410, False), (403, False), (500, True), (204, False)])
def test_other_statuses_are_errors(server: ReplayServer, fetcher: Fetcher, status: int, transient: bool) -> None:
    server.fault("/feed.xml", Reply(status=status))
    with pytest.raises(HttpStatus, match=str(status)) as caught:
        get(fetcher, server.url("feed.xml"))
    assert caught.value.transient is transient


@pytest.mark.parametrize("reply", [Reply(cut=5000), Reply(cut=5000, chunked=True), Reply(cut=100, encoding="gzip")])
def test_a_truncated_body_is_a_passing_error(server: ReplayServer, fetcher: Fetcher, reply: Reply) -> None:
    server.fault("/feed.xml", reply, times=1)
    with pytest.raises(FetchError, match="broke off") as caught:
        get(fetcher, server.url("feed.xml"))
    assert caught.value.transient
    assert get(fetcher, server.url("feed.xml")).body == BODY


def test_gzip_cut_before_it_was_sent_is_noticed(server: ReplayServer, fetcher: Fetcher) -> None:
    server.fault("/feed.xml", Reply(body=gzip.compress(BODY)[:-20], headers={"Content-Encoding": "gzip"}))
    with pytest.raises(FetchError, match="ends early"):
        get(fetcher, server.url("feed.xml"))


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_compressed_bodies(server: ReplayServer, fetcher: Fetcher, encoding: str) -> None:
    server.fault("/feed.xml", Reply(encoding=encoding, chunked=True))
    assert get(fetcher, server.url("feed.xml")).body == BODY


def test_odd_but_honest_compression(server: ReplayServer, fetcher: Fetcher) -> None:
    raw = zlib.compressobj(wbits=-15)
    bare = raw.compress(BODY) + raw.flush()
    for body, name in ((bare, "deflate"), (gzip.compress(BODY[:99]) + gzip.compress(BODY[99:]) + b"\0" * 9, "gzip")):
        server.fault("/feed.xml", Reply(body=body, headers={"Content-Encoding": name}), times=1)
        assert get(fetcher, server.url("feed.xml")).body == BODY


@pytest.mark.parametrize("name", ["gzip", "deflate", "br", "gzip, gzip"])
def test_lies_about_compression(server: ReplayServer, fetcher: Fetcher, name: str) -> None:
    server.fault("/feed.xml", Reply(body=BODY, headers={"Content-Encoding": name}))
    with pytest.raises(FetchError, match=r"unpack|encoded as"):
        get(fetcher, server.url("feed.xml"))


def test_caps_on_size(server: ReplayServer, fetcher: Fetcher) -> None:
    big = b"x" * 300_000
    server.put("/big", big)
    server.put("/bomb", bytes(50_000_000))
    server.fault("/bomb", Reply(encoding="gzip"))
    server.fault("/chunks", Reply(body=big, chunked=True))
    for path in ("big", "chunks", "bomb"):
        with pytest.raises(TooLarge, match=path):
            get(fetcher, server.url(path))


def test_caps_on_time(server: ReplayServer) -> None:
    server.fault("/silent", Reply(wait_s=5, body=BODY))
    server.fault("/drip", Reply(body=BODY, drip_s=0.05, piece=100))
    with Fetcher(settings(fetch_timeout_s=0.3, fetch_total_s=0.8), lambda: NOW) as fetcher:
        begun = time.monotonic()
        with pytest.raises(FetchError, match="did not answer in time") as caught:
            get(fetcher, server.url("silent"))
        assert caught.value.transient
        with pytest.raises(TooLarge, match=r"longer than 0\.8 s"):
            get(fetcher, server.url("drip"))
        assert time.monotonic() - begun < 2.5


def test_a_redirect_chain_shares_one_time_budget(server: ReplayServer) -> None:
    for n in range(4):
        server.fault(f"/s{n}", Reply(status=302, location=f"/s{n + 1}", wait_s=0.3))
    with Fetcher(settings(fetch_total_s=0.8), lambda: NOW) as fetcher, pytest.raises(TooLarge):
        get(fetcher, server.url("s0"))


def test_nobody_listens(fetcher: Fetcher) -> None:
    with ReplayServer() as gone:
        url = gone.url("x")
    with pytest.raises(FetchError, match="cannot connect") as caught:
        get(fetcher, url)
    assert caught.value.transient


# ---------------------------------------------------------------- guards


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "127.1", "2130706433", "0.0.0.0", "[::ffff:127.0.0.1]"]
)
def test_local_addresses_are_refused_without_the_setting(server: ReplayServer, host: str) -> None:
    with Fetcher(settings(allow_private_addresses=False), lambda: NOW) as fetcher, pytest.raises(RefusedAddress):
        get(fetcher, f"http://{host}:{server.port}/feed.xml")
    assert server.hits() == []


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "gopher://x/", "feed.xml", "http:///x", "https://a:b@example.org/"]
)
def test_urls_that_are_refused_as_written(fetcher: Fetcher, url: str) -> None:
    with pytest.raises(RefusedAddress):
        get(fetcher, url)


# ---------------------------------------------------------------- robots and pace


def test_robots_are_obeyed_when_asked_and_read_once(server: ReplayServer, fetcher: Fetcher) -> None:
    server.put("/robots.txt", b"User-agent: *\nDisallow: /private/\n", "text/plain")
    server.put("/private/page", BODY)
    server.fault("/open", Reply(status=302, location="/private/page"))
    assert get(fetcher, server.url("feed.xml"), obey_robots=True).body == BODY
    for path in ("private/page", "open"):
        with pytest.raises(RobotsDenied, match="asks us not to"):
            get(fetcher, server.url(path), obey_robots=True)
    assert get(fetcher, server.url("private/page")).body == BODY
    assert len(server.hits("/robots.txt")) == 1


def test_robots_expire_and_a_failing_robots_keeps_us_away_for_a_while(server: ReplayServer) -> None:
    now = [NOW]
    server.fault("/robots.txt", Reply(status=503), times=1)
    with Fetcher(settings(), lambda: now[0]) as fetcher:
        for _ in range(2):
            with pytest.raises(FetchError, match="cannot be read now"):
                get(fetcher, server.url("feed.xml"), obey_robots=True)
        now[0] += timedelta(minutes=11)
        assert get(fetcher, server.url("feed.xml"), obey_robots=True).body == BODY  # 404: no rules
        server.put("/robots.txt", b"User-agent: Steelyard\nDisallow: /\n", "text/plain")
        now[0] += timedelta(hours=25)
        with pytest.raises(RobotsDenied):
            get(fetcher, server.url("feed.xml"), obey_robots=True)
    assert len(server.hits("/robots.txt")) == 3


def test_one_host_is_asked_slowly_and_not_by_everyone_at_once(server: ReplayServer) -> None:
    server.fault("/feed.xml", Reply(wait_s=0.1))
    with Fetcher(settings(host_concurrency=2, host_pause_s=0.05), lambda: NOW) as fetcher:
        threads = [threading.Thread(target=get, args=(fetcher, server.url("feed.xml"))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    starts = sorted(hit.at for hit in server.hits())
    assert len(starts) == 8
    assert server.most_at_once <= 2
    assert starts[-1] - starts[0] >= 7 * 0.05 - 0.02
