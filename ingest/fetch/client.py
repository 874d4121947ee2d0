"""`Fetcher`: one GET, start to end, with every promise of the package's docstring kept."""

import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Self
from urllib.parse import urlencode

import httpcore
import httpx

from ingest.fetch.body import ACCEPT_ENCODING, fresh_for_s, read_body, retry_after_s
from ingest.fetch.guard import Budget, Deadline, GuardedBackend, Resolve, checked_url, resolve, shown
from ingest.fetch.pace import Pace
from ingest.fetch.robots import Robots
from ingest.source import Request, Response
from kb.errors import FetchError, HttpStatus, TooLarge, Unreachable
from kb.settings import Settings

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
READ = frozenset({200, 203, 304})
FORM_TAKEN = frozenset({200, 202, 204})


class Fetcher:
    """Thread-safe; make one per process, since pacing and robots.txt live in it. Close it when done."""

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], datetime],
        *,
        resolve: Resolve = resolve,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._deadline = Deadline()
        self._pace = Pace(concurrency=settings.host_concurrency, pause_s=settings.host_pause_s)
        self._robots = Robots(self._robots_txt, clock)
        self._agent = user_agent(settings.contact)
        # httpx.Client offers no network backend of our own, keeps cookies and has its own mind about redirects
        self._backend = GuardedBackend(self._deadline, resolve, allow_private=settings.allow_private_addresses)
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context or httpx.create_ssl_context(),
            max_connections=None,
            max_keepalive_connections=0,
            network_backend=self._backend,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._pool.close()

    def fetch(self, request: Request) -> Response:
        """200 with its whole body, or the 304 that was asked for. All else is a `FetchError` that says what."""
        budget = Budget(self._settings.fetch_total_s)
        seen: list[str] = []
        permanent = True
        url = checked_url(request.url)
        while True:
            seen.append(str(url))
            answer = self._hop(url, request, budget)
            if isinstance(answer, Response):
                moved = str(url) if len(seen) > 1 and permanent else None
                return replace(answer, moved_to=moved)
            status, location = answer
            permanent = permanent and status in PERMANENT
            url = self._next(url, location, seen)

    def reaches(self, url: str) -> bool:
        """Whether the host of `url` takes a connection at all; nothing is asked of it."""
        target = checked_url(url)
        port = target.port or (443 if target.scheme == "https" else 80)
        try:
            with self._deadline.within(Budget(self._settings.fetch_timeout_s)), _in_words(target):
                self._backend.connect_tcp(target.host, port, self._settings.fetch_timeout_s).close()
        except FetchError:
            return False
        return True

    def _next(self, url: httpx.URL, location: str, seen: list[str]) -> httpx.URL:
        try:
            target = checked_url(url.join(location))
        except httpx.InvalidURL as error:
            raise FetchError(f"{shown(url)} redirects to something that is no URL", transient=False) from error
        if str(target) in seen:
            raise FetchError(f"redirects go round in a circle: {' -> '.join([*seen, str(target)])}", transient=False)
        if len(seen) > self._settings.fetch_max_redirects:
            raise FetchError(
                f"more than {self._settings.fetch_max_redirects} redirects from {seen[0]}", transient=False
            )
        return target

    def _hop(self, url: httpx.URL, request: Request, budget: Budget) -> Response | tuple[int, str]:
        """One exchange: a finished response, or (status, location) of a redirect."""
        pause_s = self._robots.check(url) if request.obey_robots else 0.0
        host = url.netloc.decode("ascii")
        with (
            self._pace.turn(host, pause_s=pause_s),
            self._deadline.within(budget),
            _in_words(url),
            closing(self._pool.handle_request(self._asked(url, request))) as raw,
        ):
            return self._answer(url, request, raw)

    def _answer(self, url: httpx.URL, request: Request, raw: httpcore.Response) -> Response | tuple[int, str]:
        now = self._clock()
        headers: Mapping[str, str] = {name.lower(): value for name, value in httpx.Headers(raw.headers).items()}
        if raw.status in REDIRECTS and headers.get("location") and not request.form:
            return raw.status, headers["location"]
        if raw.status == 304 and not (request.etag or request.last_modified):
            raise FetchError(f"{shown(url)} answers 304 Not Modified to a request without a condition")
        if raw.status not in (FORM_TAKEN if request.form else READ):
            raise HttpStatus(raw.status, shown(url), retry_after_s=retry_after_s(headers, now))
        body = b"" if raw.status == 304 else self._body(raw, headers)
        status = 304 if raw.status == 304 else 200
        fresh = fresh_for_s(headers, now)
        return Response(url=str(url), status=status, body=body, headers=headers, received_at=now, fresh_for_s=fresh)

    def _body(self, raw: httpcore.Response, headers: Mapping[str, str]) -> bytes:
        caps = self._settings
        return read_body(
            raw.iter_stream(), headers, max_bytes=caps.fetch_max_bytes, max_decoded=caps.fetch_max_decoded_bytes
        )

    def _asked(self, url: httpx.URL, request: Request) -> httpcore.Request:
        wait_s = self._settings.fetch_timeout_s
        return httpcore.Request(
            method="POST" if request.form else "GET",
            url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=self._headers(url, request),
            content=urlencode(request.form).encode() if request.form else None,
            extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), wait_s)},
        )

    def _headers(self, url: httpx.URL, request: Request) -> dict[bytes | str, bytes | str]:
        headers: dict[bytes | str, bytes | str] = {
            "Host": url.netloc,
            "User-Agent": self._agent,
            "Accept": request.accept,
            "Accept-Encoding": ACCEPT_ENCODING,
            "Connection": "close",  # an hourly visitor has no use for idle connections, nor has the host
        }
        if request.form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Content-Length"] = str(len(urlencode(request.form)))
        if request.etag and request.etag.isascii():
            headers["If-None-Match"] = request.etag
        if request.last_modified and request.last_modified.isascii():
            headers["If-Modified-Since"] = request.last_modified
        return headers

    def _robots_txt(self, url: httpx.URL) -> Response:
        return self.fetch(Request(url=str(url), accept="text/plain, */*;q=0.5"))


def user_agent(contact: str) -> str:
    """`Steelyard/0.1.0 (+https://example.org/bot)`; header-safe whatever the setting says."""
    try:
        number = version("steelyard")
    except PackageNotFoundError:  # run from a checkout that was never installed
        number = "0"
    said = "".join(c for c in contact if c.isascii() and c.isprintable() and c not in "()").strip()
    return f"Steelyard/{number} (+{said})" if said else f"Steelyard/{number}"


@contextmanager
def _in_words(url: httpx.URL) -> Iterator[None]:
    """Network failures in the words of a person; ours pass, with the URL added where it is missing."""
    try:
        yield
    except TooLarge as error:
        raise TooLarge(f"{shown(url)}: {error}", hint=error.hint) from error
    except httpcore.ConnectTimeout as error:
        raise Unreachable(f"cannot connect to {url.host}: no answer in time") from error
    except httpcore.TimeoutException as error:
        raise FetchError(f"{shown(url)} did not answer in time") from error
    except httpcore.ConnectError as error:
        reached = isinstance(error.__context__, ssl.SSLError)
        raise (FetchError if reached else Unreachable)(f"cannot connect to {url.host}: {error}") from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise FetchError(f"{shown(url)}: the answer broke off or is no HTTP: {error}") from error
