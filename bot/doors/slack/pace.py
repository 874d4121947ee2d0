"""A Web client that waits as long as Slack says: one 429 holds every call of that method, in every thread.

https://docs.slack.dev/apis/web-api/rate-limits: limits are per method and workspace, and a client is one workspace's.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from slack_sdk import WebClient

ATTEMPTS = 5
UNTOLD_S = 1.0  # where a 429 does not say how long
SPACING_S = 0.05  # between calls that waited for the same moment
CROWDED_S = 3.0  # after that moment, how long they take turns


class Pace:
    """When each method may be called again. Safe for several threads."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self._clock, self._sleep = clock, sleep
        self._held_until: dict[str, float] = {}
        self._last: dict[str, float] = {}  # the latest turn that was given
        self._lock = threading.Lock()

    def hold(self, method: str, seconds: float) -> None:
        """Nobody calls `method` for so long."""
        with self._lock:
            self._held_until[method] = max(self._held_until.get(method, 0.0), self._clock() + seconds)

    def wait(self, method: str) -> None:
        """Wait until nothing holds `method`; those who waited go one after the other."""
        while (pause_s := self._until_turn(method)) > 0:
            self._sleep(pause_s)

    def _until_turn(self, method: str) -> float:
        with self._lock:
            now, held = self._clock(), self._held_until.get(method)
            if held is None or now - held > CROWDED_S:
                return 0.0
            if held > now:
                return held - now
            turn = self._last.get(method, held) + SPACING_S
            if turn > now:
                return turn - now
            self._last[method] = now
            return 0.0


def paced_client(*, token: str | None, base_url: str, timeout_s: int, logger: logging.Logger) -> "WebClient":
    """A client of one workspace. No connection-error retry: a lost response may be a posted message."""
    from slack_sdk import WebClient
    from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

    pace = Pace()

    class Patient(RateLimitErrorRetryHandler):
        def can_retry(self, *, state: Any, request: Any, response: Any = None, error: Any = None) -> bool:
            if response is not None and response.status_code == 429:
                pace.hold(_method(request.url), _retry_after_s(response.headers))
            return super().can_retry(state=state, request=request, response=response, error=error)

        def prepare_for_next_attempt(
            self, *, state: Any, request: Any, response: Any = None, error: Any = None
        ) -> None:
            pace.wait(_method(request.url))
            state.next_attempt_requested = True
            state.increment_current_attempt()

    class Client(WebClient):
        def api_call(self, api_method: str, **more: Any) -> Any:
            pace.wait(api_method)
            return super().api_call(api_method, **more)

    client = Client(token=token, base_url=base_url, timeout=timeout_s, logger=logger, retry_handlers=[])
    client.retry_handlers.append(Patient(max_retry_count=ATTEMPTS))
    return client


def _method(url: str) -> str:
    return urlsplit(url).path.rsplit("/", 1)[-1]


def _retry_after_s(headers: Mapping[str, Sequence[str] | str]) -> float:
    told = {name.lower(): value for name, value in headers.items()}.get("retry-after", "")
    text = told if isinstance(told, str) else next(iter(told), "")
    return float(text) if text.isdigit() else UNTOLD_S
