"""What is OpenAI's alone; `test_generate_remote.py` has what all generators on other machines share."""

import threading
from typing import Any

import pytest

from bot.generate import GENERATORS, Limits, Prompt, Usage
from bot.generate.openai import OpenAIDialect
from bot.generate.remote import is_loopback
from kb.errors import ConfigurationError, GenerationError
from kb.settings import load_settings

KEY = "sk-very-secret-123456"
PROMPT = Prompt("Reword.", "1. A licence permits use.")


def generator(url: str, **changes: Any) -> Any:
    given = {"openai_base_url": url, "openai_model": "some-model", "openai_api_key": KEY, **changes}
    return GENERATORS["openai"](load_settings(**given))


def run(made: Any, limits: Limits) -> list[str | Usage]:
    return list(made.generate(PROMPT, limits, threading.Event()))


def test_nobody_listens(unused_port: int) -> None:
    with pytest.raises(GenerationError, match=r"127\.0\.0\.1 failed"):
        run(generator(f"http://127.0.0.1:{unused_port}/v1"), Limits(max_tokens=9, timeout_s=30))


@pytest.fixture
def unused_port() -> int:
    import socket

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_which_servers_are_this_machine() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "localhost", "::1", "127.8.9.1")))
    assert not any(map(is_loopback, ("api.openai.com", "10.0.0.1", "localhost.example.org", "0.0.0.0")))
    assert generator("https://api.openai.com/v1").goes_to == "api.openai.com"
    assert generator("http://[::1]:8000/v1").goes_to == ""


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
    own = OpenAIDialect("https://api.openai.com/v1", "api.openai.com", "some-model", KEY).asking(PROMPT, 50)
    assert own["max_completion_tokens"] == 50
    assert not {"max_tokens", "temperature"} & own.keys()
