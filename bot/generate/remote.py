"""What generators on another machine share: attempts that obey Retry-After, a hang-up, errors without keys.

    Dialect (one an SDK) in a Remote: open, wait, open ... -> read -> pieces, usage

Retries are ours, not the SDKs': they obey Retry-After only while it fits the time that is left, and end on a cancel.
Once text has come nothing is tried again. Keys appear in no message: errors are told by status and code, and what a
server says is scrubbed.
"""

import ipaddress
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from typing import Generic, Protocol, TypeVar

from bot.generate import Limits, Prompt, Usage
from bot.generate.line import Line
from bot.generate.stream import Emit, Stopped, streamed
from kb.errors import (
    ConfigurationError,
    GenerationError,
    GeneratorBusy,
    GeneratorRefused,
    PromptTooLong,
    SteelyardError,
)

ATTEMPTS = 3
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 15.0  # a longer Retry-After is not waited for: the composed answer is better than the wait
WRONG_SETTINGS = (401, 403, 404)
TRY_AGAIN = (408, 409, 424, 425, 429)
_POLL_S = 0.05
_TOO_LONG = re.compile(
    r"context.?(?:length|window)|prompt is too long|too many (?:input )?tokens|input token count|maximum.{0,20}tokens"
    r"|input is too long",
    re.IGNORECASE,
)
_KEY = re.compile(r"\b(?:sk|key|Bearer|AIza|AKIA|ASIA|bedrock-api-key)[-_ ]?[\w*.+/=-]{6,}")

S = TypeVar("S")


class Dialect(Protocol[S]):
    """One SDK: it opens a stream, reads it, and puts its errors into ours."""

    @property
    def host(self) -> str: ...

    @property
    def model(self) -> str: ...

    def failures(self) -> tuple[type[Exception], ...]:
        """What the SDK and what is under it raise."""

    def open(self, prompt: Prompt, max_tokens: int, line: Line, until_read: ExitStack) -> S:
        """Ask once. What is to be closed afterwards is handed to `until_read`; `line` learns what may be shut."""

    def read(self, stream: S, emit: Emit, stopped: Stopped) -> None:
        """Emit the text, then the usage; raises GenerationError where the stream ends without an end."""

    def told(self, error: Exception) -> SteelyardError:
        """In our words, without the key, and with what to do."""


class Remote(Generic[S]):
    """A `Generator` that speaks a dialect; safe to share between threads."""

    def __init__(self, name: str, dialect: Dialect[S]) -> None:
        self.name, self.model, self._dialect = name, dialect.model, dialect
        self.goes_to = "" if is_loopback(dialect.host) else dialect.host

    def generate(self, prompt: Prompt, limits: Limits, cancel: threading.Event) -> Iterator[str | Usage]:
        """Pieces of text, then the usage."""
        line = Line(limits)

        def produce(emit: Emit, stopped: Stopped) -> None:
            failures = self._dialect.failures()  # imports the SDK, which may take seconds
            emit("")
            with ExitStack() as until_read:
                try:
                    if stream := self._opened(prompt, limits, line, until_read, emit, stopped):
                        self._dialect.read(stream, emit, stopped)
                except failures as error:
                    # `from None`: the SDK's message may hold what the server echoed of the key
                    raise self._dialect.told(error) from None
                except json.JSONDecodeError as error:
                    raise GenerationError("the answer cannot be read: a part of it is no JSON") from error

        return streamed(produce, limits, cancel, name=self.name, hang_up=line.hang_up)

    def _opened(
        self, prompt: Prompt, limits: Limits, line: Line, until_read: ExitStack, emit: Emit, stopped: Stopped
    ) -> S | None:
        """The stream, tried again on what may pass while there is time; None if nobody waits for it any more."""
        deadline, attempt = time.monotonic() + limits.timeout_s, 1
        while True:
            try:
                return self._dialect.open(prompt, limits.max_tokens, line, until_read)
            except self._dialect.failures() as error:
                pause = pause_of(self._dialect.told(error), attempt)
                if pause is None or time.monotonic() + pause >= deadline:
                    raise
            attempt += 1
            if not _waited(pause, emit, stopped):
                return None


def pause_of(error: SteelyardError, attempt: int) -> float | None:
    """Seconds until the next attempt; None: there is none."""
    if attempt == ATTEMPTS or not isinstance(error, GenerationError) or not error.transient:
        return None
    asked = error.retry_after_s if isinstance(error, GeneratorBusy) else None
    if asked is None:
        return FIRST_PAUSE_S * 2.0 ** (attempt - 1)
    return asked if asked <= LONGEST_PAUSE_S else None


def _waited(pause_s: float, emit: Emit, stopped: Stopped) -> bool:
    until = time.monotonic() + pause_s
    while time.monotonic() < until:
        if stopped():
            return False
        emit("")
        time.sleep(min(_POLL_S, pause_s))
    return True


def of_status(host: str, status: int, said: str, settings: str, retry_after: str | None = None) -> SteelyardError:
    """The error of an HTTP status. `said` is scrubbed already; `settings` are the variables to look at."""
    told = f"{host} answered HTTP {status}: {said}"
    if status in (400, 413, 422) and _TOO_LONG.search(said):
        return PromptTooLong(told)
    if status in WRONG_SETTINGS:
        return ConfigurationError(told, hint=f"look at {settings}")
    if status >= 500 or status in TRY_AGAIN:
        return GeneratorBusy(told, retry_after_s=seconds(retry_after))
    return GenerationError(told, transient=False)


def seconds(retry_after: str | None) -> float | None:
    """Of a Retry-After header; a date (rare) counts as not said."""
    try:
        return max(0.0, float(retry_after)) if retry_after else None
    except ValueError:
        return None


def refused(host: str, why: str) -> GeneratorRefused:
    return GeneratorRefused(f"{host} blocked the text ({why[:60]})")


def scrubbed(text: str, *secrets: str) -> str:
    """Without keys, and short."""
    for secret in filter(None, secrets):
        text = text.replace(secret, "…")
    return _KEY.sub("…", " ".join(text.split()))[:300]


def wanted(package: str, extra: str) -> None:
    """Raises ConfigurationError where an optional package is not installed."""
    try:
        there = find_spec(package) is not None
    except (ModuleNotFoundError, ValueError):
        there = False
    if not there:
        raise ConfigurationError(
            f"the package that talks to {extra} is not installed", hint=f"pip install 'steelyard[{extra}]'"
        )


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
