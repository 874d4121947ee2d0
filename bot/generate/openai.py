"""Any server that speaks OpenAI's chat completions: OpenAI, vLLM, llama.cpp, Ollama ... `openai` is imported here.

Retries are ours, not the SDK's: they obey Retry-After only while it fits the time that is left, and end on a cancel.
The key appears in no message: errors are told by status and code, and what a server says is scrubbed.
"""

import ipaddress
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.generate import Limits, Prompt, Usage
from bot.generate.stream import Piece, streamed
from kb.errors import ConfigurationError, GenerationError, SteelyardError
from kb.settings import Settings

if TYPE_CHECKING:
    from openai import OpenAI, Stream
    from openai.types.chat import ChatCompletionChunk

ATTEMPTS = 3
FIRST_PAUSE_S = 0.5
CONNECT_S = 5.0
WRONG_SETTINGS = (401, 403, 404)


class OpenAIGenerator:
    name = "openai"

    def __init__(self, settings: Settings) -> None:
        parts = urlsplit(settings.openai_base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigurationError(
                "no server to ask", hint="set STEELYARD_OPENAI_BASE_URL, such as http://127.0.0.1:8000/v1"
            )
        if not settings.openai_model:
            raise ConfigurationError("no model to ask for", hint="set STEELYARD_OPENAI_MODEL")
        self._url, self._host, self._model = settings.openai_base_url, parts.hostname, settings.openai_model
        self._key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else ""
        self.leaves_machine = not is_loopback(self._host)
        if self._host == "api.openai.com" and not self._key:
            raise ConfigurationError("no API key", hint="set STEELYARD_OPENAI_API_KEY")

    def generate(self, prompt: Prompt, limits: Limits, cancel: threading.Event) -> Iterator[str | Usage]:
        """Pieces of text, then the usage if the server tells it."""
        call = _Call(self, prompt, limits)
        return streamed(call.run, limits, cancel, name=self.name, hang_up=call.hang_up)

    def client(self, timeout_s: float) -> "OpenAI":
        from openai import OpenAI, Timeout

        timeout = Timeout(timeout_s, connect=min(CONNECT_S, timeout_s))
        return OpenAI(api_key=self._key or "none", base_url=self._url, timeout=timeout, max_retries=0)

    def asking(self, prompt: Prompt, limits: Limits) -> dict[str, Any]:
        """The request. OpenAI's own newer models refuse `max_tokens` and a temperature; others know no other name."""
        own = self._host == "api.openai.com"
        return {
            "model": self._model,
            "messages": [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}],
            "stream": True,
            "stream_options": {"include_usage": True},
            **(
                {"max_completion_tokens": limits.max_tokens}
                if own
                else {"max_tokens": limits.max_tokens, "temperature": 0}
            ),
        }

    def in_our_words(self, error: Exception) -> SteelyardError:
        """An SDK error without the key, and with what to do."""
        import openai

        if isinstance(error, openai.APIStatusError):
            said = self.scrubbed(f"{error.code or ''} {_message(error)}".strip())
            told = f"{self._host} answered HTTP {error.status_code}: {said}"
            if error.status_code in WRONG_SETTINGS:
                return ConfigurationError(told, hint="look at STEELYARD_OPENAI_BASE_URL, _MODEL and _API_KEY")
            return GenerationError(told, transient=_may_retry(error))
        if isinstance(error, openai.APITimeoutError):
            return GenerationError(f"{self._host} did not answer in time")
        if isinstance(error, openai.APIConnectionError):
            return GenerationError(f"the connection to {self._host} failed")
        return GenerationError(f"{self._host} broke off: {self.scrubbed(str(error))}")

    def scrubbed(self, text: str) -> str:
        hidden = text.replace(self._key, "…") if self._key else text
        return re.sub(r"\b(?:sk|key|Bearer)[-_ ][\w*.-]{6,}", "…", hidden)[:300]


class _Call:
    """One request and its retries, in the working thread; `hang_up` is called from another."""

    def __init__(self, generator: OpenAIGenerator, prompt: Prompt, limits: Limits) -> None:
        self._generator, self._prompt, self._limits = generator, prompt, limits
        self._deadline = time.monotonic() + limits.timeout_s
        self._stream: Stream[ChatCompletionChunk] | None = None

    def run(self, emit: Callable[[Piece], None], stopped: Callable[[], bool]) -> None:
        import openai

        try:
            with self._generator.client(self._limits.timeout_s) as client:
                self._stream = self._opened(client, stopped)
                if self._stream is not None:
                    with self._stream as stream:
                        _read(stream, emit, stopped)
        except openai.OpenAIError as error:
            # `from None`: the SDK's message may hold what the server echoed of the key
            raise self._generator.in_our_words(error) from None
        except json.JSONDecodeError as error:
            raise GenerationError("the answer cannot be read: a part of it is no JSON") from error

    def hang_up(self) -> None:
        """Shut the socket, so that a read that waits for the server ends now."""
        stream = self._stream
        if stream is None:
            return
        network: Any = stream.response.extensions.get("network_stream")
        with suppress(OSError, AttributeError):  # closed meanwhile
            network.get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    def _opened(self, client: "OpenAI", stopped: Callable[[], bool]) -> "Stream[ChatCompletionChunk] | None":
        """The stream, tried again on what may pass while there is time; None if nobody waits for it any more."""
        import openai

        asking = self._generator.asking(self._prompt, self._limits)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return client.chat.completions.create(**asking)  # type: ignore[no-any-return]
            except (openai.APIStatusError, openai.APIConnectionError) as error:
                pause = _retry_after(error) or FIRST_PAUSE_S * 2 ** (attempt - 1)
                if attempt == ATTEMPTS or not _may_retry(error) or time.monotonic() + pause >= self._deadline:
                    raise
            if not _waited(pause, stopped):
                return None
        return None


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _read(stream: "Stream[ChatCompletionChunk]", emit: Callable[[Piece], None], stopped: Callable[[], bool]) -> None:
    finished = False
    for chunk in stream:
        if stopped():
            return
        for choice in chunk.choices:
            if choice.delta.content:
                emit(choice.delta.content)
            finished = finished or choice.finish_reason is not None
        if chunk.usage:
            emit(Usage(prompt_tokens=chunk.usage.prompt_tokens, completion_tokens=chunk.usage.completion_tokens))
    if not finished:
        raise GenerationError("the answer ended early")


def _may_retry(error: Exception) -> bool:
    status = getattr(error, "status_code", None)
    return status is None or status >= 500 or status in (408, 409, 429)


def _retry_after(error: Exception) -> float | None:
    """Seconds the server asked for; a date (rare) counts as not said."""
    response = getattr(error, "response", None)
    try:
        return max(0.0, float(response.headers["retry-after"])) if response is not None else None
    except (KeyError, ValueError):
        return None


def _waited(pause_s: float, stopped: Callable[[], bool]) -> bool:
    until = time.monotonic() + pause_s
    while time.monotonic() < until:
        if stopped():
            return False
        time.sleep(min(0.05, pause_s))
    return True


def _message(error: Any) -> str:
    body = error.body
    return str(body.get("message", "")) if isinstance(body, dict) else ""
