"""Every generator on another machine, through its own SDK, against a real server on loopback that misbehaves."""

import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from bot.generate import GENERATORS, Generator, Limits, Prompt, Usage
from bot.generate.remote import pause_of, scrubbed
from kb.errors import (
    ConfigurationError,
    GenerationError,
    GeneratorBusy,
    GeneratorRefused,
    PromptTooLong,
    SteelyardError,
)
from tests.bot.bedrock_server import BedrockServer
from tests.bot.generator_world import KEY, NAMES, Service, prompts_in, settings_for

PROMPT = Prompt("Reword.", "1. A licence permits use.")
LIMITS = Limits(max_tokens=50, timeout_s=10)
REPLY = "1. The licence lets you use it, and a good deal more is said in this reply so that it has many parts."


@pytest.fixture(scope="module")
def bedrock_server() -> Iterator[BedrockServer]:
    with BedrockServer() as server:
        yield server


@pytest.fixture(params=NAMES)
def service(
    request: pytest.FixtureRequest, llmock: Any, bedrock_server: BedrockServer, monkeypatch: pytest.MonkeyPatch
) -> Service:
    name: str = request.param
    if name != "bedrock":
        return Service(name, llmock.base_url(name), llmock=llmock)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "no-real-id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEY)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return Service(name, bedrock_server.url, bedrock=bedrock_server.reset())


def run(made: Generator, limits: Limits = LIMITS, cancel: threading.Event | None = None) -> list[str | Usage]:
    return list(made.generate(PROMPT, limits, cancel or threading.Event()))


def text_of(pieces: list[str | Usage]) -> str:
    return "".join(piece for piece in pieces if isinstance(piece, str))


def test_text_comes_in_pieces_then_the_usage(service: Service) -> None:
    service.reply(REPLY)

    *pieces, usage = run(service.generator())

    assert "".join(map(str, pieces)) == REPLY
    assert len(pieces) > 3
    assert isinstance(usage, Usage)
    assert usage.prompt_tokens
    assert usage.completion_tokens
    assert not usage.cut
    assert prompts_in(service.requests[0].body) == (PROMPT.system, PROMPT.user)
    assert "50" in str(service.requests[0].body), "the limit of tokens is told"


def test_text_cut_at_the_limit_says_so(service: Service) -> None:
    service.reply(REPLY, ended="length")
    *_, usage = run(service.generator())
    assert isinstance(usage, Usage)
    assert usage.cut


def test_a_blocked_text_is_refused(service: Service) -> None:
    service.reply("1. Half", ended="content_filter")
    with pytest.raises(GeneratorRefused, match="blocked"):
        run(service.generator())
    assert len(service.requests) == 1


def test_an_empty_reply_is_nothing_said(service: Service) -> None:
    service.reply("")
    assert text_of(run(service.generator())) == ""


@pytest.mark.parametrize("status", [429, 529])
def test_what_may_pass_is_tried_again(service: Service, status: int) -> None:
    service.fail(status).reply(REPLY)
    assert text_of(run(service.generator())) == REPLY
    assert len(service.requests) == 2


def test_retry_after_is_obeyed(service: Service) -> None:
    """And the wait is no silence."""
    service.fail(429, retry_after=1.5).reply(REPLY)
    run(service.generator(), Limits(max_tokens=50, timeout_s=10, silence_s=1.2))
    first, second = service.requests
    assert second.started_at - first.ended_at >= 1.4


def test_a_wait_longer_than_the_time_left_is_not_begun(service: Service) -> None:
    service.fail(429, retry_after=6)
    begun = time.monotonic()
    with pytest.raises(GeneratorBusy, match="429") as caught:
        run(service.generator(), Limits(max_tokens=9, timeout_s=5))
    assert time.monotonic() - begun < 4.5
    assert caught.value.transient
    assert len(service.requests) == 1


def test_an_outage_ends_after_three_attempts(service: Service) -> None:
    service.outage()
    with pytest.raises(GeneratorBusy, match="HTTP 503"):
        run(service.generator())
    assert len(service.requests) == 3


@pytest.mark.parametrize(
    ("status", "kind"), [(401, ConfigurationError), (404, ConfigurationError), (400, GenerationError)]
)
def test_what_will_not_pass_is_not_tried_again_and_the_key_is_never_told(
    service: Service, status: int, kind: type[SteelyardError]
) -> None:
    service.fail(status, message=f"Incorrect API key provided: {KEY}. Or was it sk-very*****3456?")
    with pytest.raises(kind, match=f"HTTP {status}") as caught:
        run(service.generator())
    told = "".join(map(str, (caught.value, caught.value.__cause__, caught.value.hint)))
    assert "secret" not in told
    assert "sk-" not in told
    assert len(service.requests) == 1


def test_a_prompt_that_is_too_long_is_named_so(service: Service) -> None:
    service.fail(400, message="This model's maximum context length was exceeded.")
    with pytest.raises(PromptTooLong):
        run(service.generator())
    assert len(service.requests) == 1


def collect(stream: Iterator[str | Usage], into: list[str | Usage]) -> None:
    for piece in stream:
        into.append(piece)


@pytest.mark.parametrize("fault", ["disconnect", "truncate", "corrupt"])
def test_a_broken_stream_is_an_error_after_what_came(service: Service, fault: str) -> None:
    service.reply(REPLY).fault(fault)
    pieces: list[str | Usage] = []
    with pytest.raises(GenerationError):
        collect(service.generator().generate(PROMPT, LIMITS, threading.Event()), pieces)
    assert REPLY.startswith(text_of(pieces))
    assert len(service.requests) == 1


@pytest.mark.parametrize("fault", ["slow_first_token", "stall"])
@pytest.mark.parametrize(
    ("limits", "said"),
    [(Limits(max_tokens=9, timeout_s=0.6), "longer than 0.6 s|in time"),
     (Limits(max_tokens=9, timeout_s=9, silence_s=0.5), "nothing for 0.5 s|in time")],
)  # fmt: skip
def test_a_silent_server_is_left(service: Service, fault: str, limits: Limits, said: str) -> None:
    service.reply(REPLY).fault(fault)
    begun = time.monotonic()
    with pytest.raises(GenerationError, match=said):
        run(service.generator(), limits)
    assert time.monotonic() - begun < 6
    assert hung_up(service.name)


@pytest.mark.parametrize("fault", ["slow_first_token", "stall"])
def test_a_cancel_ends_a_waiting_stream_and_closes_it(service: Service, fault: str) -> None:
    service.reply(REPLY).fault(fault)
    cancel, begun = threading.Event(), time.monotonic()
    threading.Timer(0.3, cancel.set).start()
    with pytest.raises(GenerationError, match="cancelled"):
        run(service.generator(), LIMITS, cancel)
    assert time.monotonic() - begun < 6
    assert hung_up(service.name)


def test_a_cancel_ends_the_wait_before_another_attempt(service: Service) -> None:
    service.fail(429, retry_after=8)
    cancel, begun = threading.Event(), time.monotonic()
    threading.Timer(0.3, cancel.set).start()
    with pytest.raises(GenerationError, match="cancelled"):
        run(service.generator(), LIMITS, cancel)
    assert time.monotonic() - begun < 6
    assert hung_up(service.name)
    assert len(service.requests) == 1


def test_a_reader_that_stops_reading_closes_the_stream(service: Service) -> None:
    service.reply(REPLY).pace(200)
    pieces: Any = service.generator().generate(PROMPT, LIMITS, threading.Event())
    next(pieces)
    pieces.close()
    assert hung_up(service.name)


def test_endless_text_is_left(service: Service) -> None:
    service.reply("and on " * 400)
    with pytest.raises(GenerationError, match="writes on beyond 9 tokens"):
        run(service.generator(), Limits(max_tokens=9, timeout_s=9))


def hung_up(name: str) -> bool:
    """The working thread ends soon, rather than when the server speaks again."""
    until = time.monotonic() + 3
    while time.monotonic() < until:
        if not any(thread.name == f"generate-{name}" for thread in threading.enumerate()):
            return True
        time.sleep(0.02)
    return False


def test_an_exception_inside_bedrock_s_stream(bedrock_server: BedrockServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "no-real-id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEY)
    bedrock_server.reset().reply(REPLY).fault("exception")
    with pytest.raises(GeneratorBusy, match="HTTP 424: modelStreamErrorException"):
        run(Service("bedrock", bedrock_server.url, bedrock=bedrock_server).generator())


def test_bedrock_without_credentials(bedrock_server: BedrockServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_BEARER_TOKEN_BEDROCK", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/none/there")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(ConfigurationError, match="credentials"):
        run(GENERATORS["bedrock"](settings_for("bedrock", bedrock_server.url)))


@pytest.mark.parametrize(
    ("name", "package"), [("anthropic", "anthropic"), ("gemini", "google.genai"), ("bedrock", "boto3")]
)
def test_a_package_that_is_not_installed(name: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ConfigurationError, match="not installed") as caught:
        GENERATORS[name](settings_for(name, "http://127.0.0.1:1"))
    assert caught.value.hint == f"pip install 'steelyard[{name}]'"


@pytest.mark.parametrize(
    ("name", "changes", "variable"),
    [
        ("anthropic", {"anthropic_model": ""}, "STEELYARD_ANTHROPIC_MODEL"),
        ("anthropic", {"anthropic_api_key": None}, "STEELYARD_ANTHROPIC_API_KEY"),
        ("anthropic", {"anthropic_base_url": "api.anthropic.com"}, "STEELYARD_ANTHROPIC_BASE_URL"),
        ("gemini", {"gemini_model": ""}, "STEELYARD_GEMINI_MODEL"),
        ("gemini", {"gemini_api_key": None}, "STEELYARD_GEMINI_API_KEY"),
        ("bedrock", {"bedrock_model": ""}, "STEELYARD_BEDROCK_MODEL"),
        ("bedrock", {"bedrock_region": ""}, "STEELYARD_BEDROCK_REGION"),
    ],
)
def test_incomplete_settings_are_named(
    name: str, changes: dict[str, Any], variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in ("ANTHROPIC_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.delenv(key, raising=False)
    with pytest.raises(ConfigurationError) as caught:
        GENERATORS[name](settings_for(name, "http://127.0.0.1:1", **changes))
    assert variable in caught.value.hint


def test_where_text_goes() -> None:
    assert Service("anthropic", "https://api.anthropic.com").generator().goes_to == "api.anthropic.com"
    assert Service("bedrock", "").generator().goes_to == "bedrock-runtime.eu-central-1.amazonaws.com"
    assert Service("gemini", "http://127.0.0.1:9").generator().goes_to == ""


def test_a_pause_is_what_was_asked_for_while_it_is_bearable() -> None:
    assert pause_of(GeneratorBusy("x", retry_after_s=3), 1) == 3
    assert pause_of(GeneratorBusy("x", retry_after_s=3600), 1) is None
    assert (pause_of(GeneratorBusy("x"), 1), pause_of(GeneratorBusy("x"), 2)) == (0.5, 1.0)
    assert pause_of(GeneratorBusy("x"), 3) is None
    assert pause_of(PromptTooLong("x"), 1) is None


def test_keys_of_every_provider_are_scrubbed() -> None:
    told = scrubbed("bad sk-ant-api03-abcdef AIzaSyAbCdEf123456 AKIAIOSFODNN7EXAMPLE Bearer abc.def-123 hush", "hush")
    assert told == "bad … … … … …"
