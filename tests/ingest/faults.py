"""The fault matrix: each way in which a feed may fail us, what we then say, what the admins hear, and the recovery.

`python -m tests.ingest.faults [--json]` plays them all against real servers on loopback and prints the table. A fault
begins after one good reading, lasts for two more, two days apart, and ends; two entries are published meanwhile.
"""

import argparse
import json
import random
import resource
import socket
import ssl
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from email.utils import format_datetime
from ipaddress import IPv4Address
from pathlib import Path

from ingest.fetch import Fetcher
from ingest.fetch.guard import Address
from ingest.sources import SOURCES
from ingest.update import refresh
from kb.errors import Unreachable
from kb.settings import Settings
from kb.store import Store
from kb.types import Filter, SourceDraft
from tests.ingest.fault_stage import BEGINNING, Lenient, Stage, talker
from tests.ingest.histories import feed_of
from tests.ingest.test_fetch_guard import certificate
from tests.servers import CHALLENGE, ReplayServer, Reply

BEFORE, SINCE = range(1, 4), range(-1, 4)  # entries at first, and in the end
BOMB_BYTES = 300_000_000
LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"ha! " * 10) for n in range(10))
ENTITY_BOMB = b"<!DOCTYPE rss [%s]><rss><channel><title>&l9;</title></channel></rss>" % LAUGHS


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """`reason`: a part of the error in words. `notices`: what the admins' outbox holds in the end."""

    outcome: str = "failed"
    reason: str = ""
    notices: tuple[str, ...] = ("broke", "mended")
    titles: tuple[str, ...] = ("Note 1", "Note 2", "Note 3")
    blocked_minutes: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What came of one fault. `bounded_s`: the longest reading."""

    fault: str
    outcomes: tuple[str, ...]
    reason: str
    failures: int
    kept: bool  # validators and entries of the last good body
    notices: tuple[str, ...]
    recovered: bool
    items: int
    titles: tuple[str, ...]  # while the fault lasts
    longest_s: float
    blocked_minutes: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    name: str
    begin: Callable[[Stage], Iterator[None]]
    expected: Expected
    tls: bool = False
    validators: bool = True


def answered(reply: Reply) -> Callable[[Stage], Iterator[None]]:
    """The feed's own server gives another answer, twice."""

    def begin(stage: Stage) -> Iterator[None]:
        stage.server.fault("/feed", reply, times=2)
        yield

    return begin


def found_at(answer: Callable[[], list[Address]]) -> Callable[[Stage], Iterator[None]]:
    """The feed's name is resolved otherwise."""

    def begin(stage: Stage) -> Iterator[None]:
        stage.answers.append(answer)
        yield
        stage.answers.pop()

    return begin


def told_by(say: Callable[[socket.socket], None]) -> Callable[[Stage], Iterator[None]]:
    """Another server stands where the feed's was."""

    def begin(stage: Stage) -> Iterator[None]:
        with talker("127.0.0.7", stage.server.port, say):
            stage.at("127.0.0.7")
            yield
            stage.answers.pop()

    return begin


def no_such_name() -> list[Address]:
    raise Unreachable("cannot resolve feed.example: Name or service not known")


def silent_names() -> list[Address]:
    time.sleep(3)  # far longer than anyone waits here
    return []


def loris(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for n in range(1000):
        connection.sendall(b"X-%d: a\r\n" % n)
        time.sleep(0.05)


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<rss version='2.0'><channel>")
    while True:
        connection.sendall(b"<item><title>And on it goes</title></item>" * 1000)


def year_ahead(connection: socket.socket) -> None:
    """A server whose clock is a year fast asks us to come back in ten minutes."""
    date = BEGINNING + timedelta(days=365)
    until = format_datetime(date + timedelta(minutes=10), usegmt=True)
    head = f"Date: {format_datetime(date, usegmt=True)}\r\nRetry-After: {until}\r\nContent-Length: 0\r\n"
    connection.sendall(f"HTTP/1.1 503 Busy\r\n{head}Connection: close\r\n\r\n".encode())


def bomb() -> bytes:
    packer, piece = zlib.compressobj(9, zlib.DEFLATED, 31), bytes(1_000_000)
    return b"".join(packer.compress(piece) for _ in range(BOMB_BYTES // len(piece))) + packer.flush()


def untrusted(stage: Stage) -> Iterator[None]:
    """Another server with a certificate of its own, for the name of the feed."""
    other = stage.folder / "other"
    other.mkdir()
    certificate(other, "feed.example")
    with ReplayServer(tls=server_context(other), host="127.0.0.7", port=stage.server.port):
        stage.at("127.0.0.7")
        yield
        stage.answers.pop()


def our_clock_was_wrong(stage: Stage) -> Iterator[None]:
    """A reading under a clock that is a year fast; then the clock is put right."""
    stage.now += timedelta(days=365)
    yield
    stage.now = BEGINNING + timedelta(hours=1)


def server_context(folder: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


def accented(declared: str, sent: str) -> bytes:
    text = feed_of(SINCE).decode().replace("<title>Note 1<", "<title>D\u00e9j\u00e0 vu<")
    return f"<?xml version='1.0' encoding='{declared}'?>{text}".encode(sent)


FINE = Expected(outcome="fetched", notices=(), titles=("Note -1", "Note 0", "Note 1", "Note 2", "Note 3"))
ACCENTED = Expected(
    outcome="fetched", notices=(), titles=("D\u00e9j\u00e0 vu", "Note -1", "Note 0", "Note 2", "Note 3")
)


def failed(reason: str) -> Expected:
    return Expected(reason=reason)


def faults() -> list[Fault]:
    gzipped = {"Content-Encoding": "gzip"}
    latin = "application/xml; charset=iso-8859-1"
    ahead = format_datetime(BEGINNING + timedelta(days=400), usegmt=True)
    told: Mapping[str, tuple[Callable[[Stage], Iterator[None]], Expected]] = {
        "name does not resolve": (found_at(no_such_name), failed("cannot resolve feed.example")),
        "name service never answers": (found_at(silent_names), failed("no answer from the name service")),
        "connection refused": (found_at(lambda: [Lenient("127.0.0.8")]), failed("cannot connect to feed.example")),
        "slow loris": (told_by(loris), failed("took longer than 1 s in all")),
        "silent server": (answered(Reply(wait_s=0.9)), failed("did not answer in time")),
        "dripping body": (answered(Reply(drip_s=0.1, piece=8)), failed("took longer than 1 s in all")),
        "endless body": (told_by(endless), failed("over 10,000,000 bytes")),
        "broken off": (answered(Reply(cut=200)), failed("broke off")),
        "decompression bomb": (answered(Reply(body=bomb(), headers=gzipped)), failed("unpacks to more than")),
        "XML entity bomb": (answered(Reply(body=ENTITY_BOMB)), failed("XML bomb")),
        "redirect loop": (answered(Reply(status=302, location="/feed")), failed("round in a circle")),
        "redirect to a private address": (
            answered(Reply(status=302, location="http://169.254.169.254/latest/meta-data/")),
            failed("private, local or reserved"),
        ),
        "name leads to a private address": (found_at(lambda: [IPv4Address("10.1.2.3")]), failed("private, local")),
        "challenge page": (answered(Reply(body=CHALLENGE, content_type="text/html")), failed("bot challenge")),
        "error text as 200": (answered(Reply(body=b"upstream connect error")), failed("plain text")),
        "error page as 200": (answered(Reply(body=b"<html><h1>Oops</h1></html>")), failed("HTML page")),
        "server error": (answered(Reply(status=502)), failed("HTTP 502")),
        "empty answer": (answered(Reply(body=b"")), failed("the body is empty")),
        "charset of the header is wrong": (
            answered(Reply(body=accented("utf-8", "utf-8"), content_type=latin, validators=False)),
            ACCENTED,
        ),
        "charset of the document is wrong": (
            answered(Reply(body=accented("utf-8", "latin-1"), validators=False)),
            ACCENTED,
        ),
        "server's clock a year ahead, asks for ten minutes": (
            told_by(year_ahead),
            Expected(reason="HTTP 503", blocked_minutes=10.0),
        ),
        "dates of the answer lie ahead": (
            answered(Reply(headers={"Last-Modified": ahead, "Expires": ahead}, validators=False)),
            FINE,
        ),
        "our clock was a year ahead": (our_clock_was_wrong, FINE),
    }
    made = [Fault(name=name, begin=begin, expected=expected) for name, (begin, expected) in told.items()]
    made.append(Fault(name="TLS error", begin=untrusted, expected=failed("certificate"), tls=True))
    unasked = answered(Reply(status=304, validators=False))
    made.append(Fault(name="304 to an unconditional request", begin=unasked, expected=failed("304"), validators=False))
    return made


# ---------------------------------------------------------------- playing them


def play(fault: Fault, folder: Path) -> Seen:
    settings = Settings(
        home=folder, host_pause_s=0.0, fetch_timeout_s=0.6, fetch_total_s=1.0, full_text=False, starter_sources=False
    )
    context = trusting = None
    if fault.tls:
        trusting = certificate(folder, "feed.example")
        context = server_context(folder)
    with ReplayServer(tls=context) as server:
        stage = Stage(server, None, settings, folder, scheme="https" if fault.tls else "http")  # type: ignore[arg-type]
        with (
            Store.open(settings.url, clock=stage.clock) as stage.store,
            Fetcher(settings, stage.clock, resolve=stage.resolve, ssl_context=trusting) as fetcher,
        ):
            return _played(fault, stage, fetcher)


def _played(fault: Fault, stage: Stage, fetcher: Fetcher) -> Seen:
    stage.server.put("/feed", feed_of(BEFORE))
    if not fault.validators:
        stage.server.fault("/feed", Reply(validators=False), times=1)
    url = f"{stage.scheme}://feed.example:{stage.server.port}/feed"
    stage.store.sources.add(SourceDraft(kind="feed", url=url))
    assert stage.read(fetcher).outcome == "fetched"
    good = stage.source().state
    stage.server.put("/feed", feed_of(SINCE))
    begun = contextmanager(fault.begin)(stage)
    begun.__enter__()
    reports = []
    for _ in range(2):
        stage.now += timedelta(days=2)
        reports.append(stage.read(fetcher))
    state = stage.source().state
    blocked = (state.blocked_until - stage.now) / timedelta(minutes=1) if state.blocked_until else None
    heads = stage.store.items.heads(1).values()
    kept = (state.etag, state.body_sha256) == (good.etag, good.body_sha256) and not any(h.vanished for h in heads)
    titles = tuple(sorted(version.title for version in stage.store.items.recent(Filter(), limit=99)))
    begun.__exit__(None, None, None)
    if stage.now >= (state.last_attempt_at or stage.now):
        stage.now += timedelta(days=2)
    (last,) = refresh(stage.store, fetcher, SOURCES, stage.settings, stage.clock, random.Random(3), owner="faults") or (
        None,
    )
    healed = stage.source().state
    return Seen(
        fault=fault.name,
        outcomes=tuple(report.outcome for report in reports),
        reason=reports[-1].reason or "",
        failures=state.failures,
        kept=kept,
        notices=stage.notices(),
        recovered=last is not None and last.outcome != "failed" and (healed.failures, healed.last_error) == (0, None),
        items=stage.store.items.counts()["items"],
        titles=titles,
        longest_s=round(max(report.seconds for report in reports), 2),
        blocked_minutes=blocked,
    )


def play_all() -> tuple[list[Seen], float]:
    """All faults, and by how many MiB the process grew meanwhile."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seen = []
    for fault in faults():
        with tempfile.TemporaryDirectory() as folder:
            seen.append(play(fault, Path(folder)))
    return seen, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description="play the fault matrix")
    parser.add_argument("--json", action="store_true")
    as_json = parser.parse_args().json
    seen, grown_mib = play_all()
    if as_json:
        json.dump({"grown_mib": grown_mib, "seen": [asdict(one) for one in seen]}, sys.stdout)
        return
    for one in seen:
        print(f"{one.fault}: {one.outcomes[-1]}, {one.failures} failures, longest {one.longest_s} s")
        print(f"    {one.reason[:150] or 'no trouble'}")
        notices = ", ".join(one.notices) or "none"
        print(f"    notices: {notices}; recovered: {one.recovered}; {one.items} of {len(SINCE)} entries")
    print(f"{len(seen)} faults; the process grew by {grown_mib:.0f} MiB")


if __name__ == "__main__":
    main()
