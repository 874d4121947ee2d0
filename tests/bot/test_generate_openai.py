"""The OpenAI-compatible generator against a real server on loopback that misbehaves on demand."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from bot.generate import GENERATORS, Limits, Prompt, Usage
from bot.generate.openai import is_loopback
from kb.errors import ConfigurationError, GenerationError
from kb.settings import load_settings

KEY = "sk-very-secret-123456"
PROMPT = Prompt("Reword.", "1. A licence permits use.")
LIMITS = Limits(max_tokens=50, timeout_s=10)
REPLY = "1. The licence lets you use it, and a good deal more is said in this reply so that it has many parts."


def generator(url: str, **changes: Any) -> Any:
    given = {"openai_base_url": url, "openai_model": "some-model", "openai_api_key": KEY, **changes}
    return GENERATORS["openai"](load_settings(**given))


def run(made: Any, limits: Limits = LIMITS, cancel: threading.Event | None = None) -> list[str | Usage]:
    return list(made.generate(PROMPT, limits, cancel or threading.Event()))


def test_text_comes_in_pieces_then_the_usage(llmock: Any) -> None:
    llmock.reply(REPLY)

    *pieces, usage = run(generator(llmock.base_url()))

    assert "".join(map(str, pieces)) == REPLY
    assert len(pieces) > 3
    assert isinstance(usage, Usage)
    assert usage.prompt_tokens
    body = llmock.last_request.body
    assert [(m["role"], m["content"]) for m in body["messages"]] == [("system", PROMPT.system), ("user", PROMPT.user)]
    assert (body["model"], body["max_tokens"], body["stream"]) == ("some-model", 50, True)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_may_pass_is_tried_again(llmock: Any, status: int) -> None:
    llmock.fail(status, times=2, retry_after=0.2).reply(REPLY)

    assert "".join(p for p in run(generator(llmock.base_url())) if isinstance(p, str)) == REPLY
    assert len(llmock.requests) == 3
    llmock.assert_resilient()


def test_retry_after_is_obeyed(llmock: Any) -> None:
    llmock.rate_limit(times=1, retry_after=1.0).reply(REPLY)
    run(generator(llmock.base_url()))
    first, second = llmock.requests
    assert second.started_at - first.ended_at >= 0.95


def test_a_wait_longer_than_the_time_left_is_not_begun(llmock: Any) -> None:
    llmock.rate_limit(times=1, retry_after=60)
    start = time.monotonic()
    with pytest.raises(GenerationError, match="429") as caught:
        run(generator(llmock.base_url()), Limits(max_tokens=9, timeout_s=5))
    assert time.monotonic() - start < 3
    assert caught.value.transient
    assert len(llmock.requests) == 1


def test_an_outage_ends_after_three_attempts(llmock: Any) -> None:
    llmock.outage(status=503)
    with pytest.raises(GenerationError, match="HTTP 503"):
        run(generator(llmock.base_url()))
    assert len(llmock.requests) == 3


@pytest.mark.parametrize(
    ("status", "kind"), [(401, ConfigurationError), (404, ConfigurationError), (400, GenerationError)]
)
def test_what_will_not_pass_is_not_tried_again_and_the_key_is_never_told(
    llmock: Any, status: int, kind: type[Exception]
) -> None:
    llmock.fail(status, message=f"Incorrect API key provided: {KEY}. Or was it sk-very*****3456?")
    with pytest.raises(kind, match=f"HTTP {status}") as caught:
        run(generator(llmock.base_url()))
    told = "".join(map(str, (caught.value, caught.value.__cause__, caught.value.hint)))  # type: ignore[attr-defined]
    assert "secret" not in told
    assert "sk-" not in told
    assert len(llmock.requests) == 1


def collect(stream: Iterator[str | Usage], into: list[str | Usage]) -> None:
    for piece in stream:
        into.append(piece)


@pytest.mark.parametrize("fault", ["disconnect", "truncate", "corrupt"])
def test_a_broken_stream_is_an_error_after_what_came(llmock: Any, fault: str) -> None:
    llmock.reply(REPLY)
    getattr(llmock, fault)(after_chunks=3)
    stream = generator(llmock.base_url()).generate(PROMPT, LIMITS, threading.Event())
    pieces: list[str | Usage] = []
    with pytest.raises(GenerationError):
        collect(stream, pieces)
    assert pieces
    assert REPLY.startswith("".join(map(str, pieces)))


@pytest.mark.parametrize("fault", ["slow_first_token", "stall"])
def test_a_silent_server_is_left_at_the_time_out(llmock: Any, fault: str) -> None:
    llmock.reply(REPLY)
    getattr(llmock, fault)(seconds=20)
    start = time.monotonic()
    with pytest.raises(GenerationError):
        run(generator(llmock.base_url()), Limits(max_tokens=9, timeout_s=1))
    assert time.monotonic() - start < 3
    assert hung_up()


def test_a_cancel_ends_a_stalled_stream_and_closes_it(llmock: Any) -> None:
    llmock.reply(REPLY).stall(after_chunks=2, seconds=20)
    cancel = threading.Event()
    start = time.monotonic()
    threading.Timer(0.5, cancel.set).start()
    with pytest.raises(GenerationError, match="cancelled"):
        run(generator(llmock.base_url()), LIMITS, cancel)
    assert time.monotonic() - start < 3
    assert hung_up()


def test_a_reader_that_stops_reading_closes_the_stream(llmock: Any) -> None:
    llmock.reply(REPLY).pace(200)
    pieces = generator(llmock.base_url()).generate(PROMPT, LIMITS, threading.Event())
    next(pieces)
    pieces.close()
    assert hung_up()


def hung_up() -> bool:
    """The working thread ends soon, rather than when the server speaks again."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        if not any(thread.name == "generate-openai" for thread in threading.enumerate()):
            return True
        time.sleep(0.05)
    return False


def test_nobody_listens(unused_port: int) -> None:
    with pytest.raises(GenerationError, match=r"127\.0\.0\.1 failed"):
        run(generator(f"http://127.0.0.1:{unused_port}/v1"), Limits(max_tokens=9, timeout_s=2))


@pytest.fixture
def unused_port() -> int:
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_which_servers_are_this_machine() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "localhost", "::1", "127.8.9.1")))
    assert not any(map(is_loopback, ("api.openai.com", "10.0.0.1", "localhost.example.org", "0.0.0.0")))
    assert generator("https://api.openai.com/v1").leaves_machine
    assert not generator("http://[::1]:8000/v1").leaves_machine


@pytest.mark.parametrize(
    "changes",
    [{"openai_base_url": ""}, {"openai_base_url": "ftp://x/v1"}, {"openai_model": ""},
     {"openai_base_url": "https://api.openai.com/v1", "openai_api_key": None}],
)  # fmt: skip
def test_incomplete_settings_are_named(changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ConfigurationError) as caught:
        generator(**{"url": "http://127.0.0.1:1/v1", **changes})
    assert "STEELYARD_OPENAI" in caught.value.hint


def test_openai_itself_is_asked_in_its_own_words() -> None:
    own = generator("https://api.openai.com/v1").asking(PROMPT, LIMITS)
    assert own["max_completion_tokens"] == 50
    assert not {"max_tokens", "temperature"} & own.keys()
