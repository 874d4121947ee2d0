"""Every remote generator pointed at a server on loopback, and one vocabulary of faults for all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.generate import GENERATORS, Generator
from kb.settings import Settings, load_settings
from tests.bot.bedrock_server import BedrockServer

KEY = "sk-very-secret-123456"
LLMOCK_NAMES = ("openai", "anthropic", "gemini")
NAMES = (*LLMOCK_NAMES, "bedrock")


def settings_for(name: str, url: str, **changes: Any) -> Settings:
    given = {
        "openai": {"openai_base_url": url, "openai_model": "some-model", "openai_api_key": KEY},
        "anthropic": {"anthropic_base_url": url, "anthropic_model": "claude-haiku-4-5", "anthropic_api_key": KEY},
        "gemini": {"gemini_base_url": url, "gemini_model": "gemini-2.5-flash", "gemini_api_key": KEY},
        "bedrock": {"bedrock_endpoint_url": url, "bedrock_model": "some.model-v1:0", "bedrock_region": "eu-central-1"},
    }[name]
    return load_settings(generator=name, **{**given, **changes})


@cache
def _generator(name: str, url: str) -> Generator:
    return GENERATORS[name](settings_for(name, url))


@dataclass
class Service:
    """A provider's server. Faults are `reply`, `fail`, `stall` ... whichever server it is."""

    name: str
    url: str
    llmock: Any = None
    bedrock: BedrockServer | None = None

    def generator(self) -> Generator:
        """One for each address: making one reads certificates."""
        return _generator(self.name, self.url)

    def reply(self, text: str, *, ended: str = "") -> "Service":
        """`ended`: "length" or "content_filter"; empty: as it should."""
        if self.bedrock:
            stop = {"length": "max_tokens", "content_filter": "guardrail_intervened"}.get(ended, "end_turn")
            self.bedrock.reply(text, stop=stop)
        else:
            from llmock.scenarios import Reply

            self.llmock.add(Reply(text=text, finish_reason=ended or None))
        return self

    def fail(self, status: int, **how: Any) -> "Service":
        (self.bedrock or self.llmock).fail(status, **how)
        return self

    def outage(self) -> None:
        if self.bedrock:
            self.bedrock.fail(503, times=9)
        else:
            self.llmock.outage()

    def fault(self, kind: str, *, after_chunks: int = 3, seconds: float = 20.0) -> "Service":
        """disconnect, truncate, corrupt, stall, slow_first_token."""
        if self.bedrock:
            slow = kind == "slow_first_token"
            kind, after = ("stall", 0) if slow else (kind, after_chunks)
            self.bedrock.fault(kind, after_chunks=after, seconds=seconds)
        else:
            how: dict[str, Callable[[], Any]] = {
                "stall": lambda: self.llmock.stall(after_chunks=after_chunks, seconds=seconds),
                "slow_first_token": lambda: self.llmock.slow_first_token(seconds=seconds),
            }
            how.get(kind, lambda: getattr(self.llmock, kind)(after_chunks=after_chunks))()
        return self

    def pace(self, milliseconds: int) -> "Service":
        (self.bedrock or self.llmock).pace(milliseconds)
        return self

    @property
    def requests(self) -> list[Any]:
        return list((self.bedrock or self.llmock).requests)


def prompts_in(body: dict[str, Any]) -> tuple[str, str]:
    """System and user text of a request in any of the wire formats."""
    if "contents" in body:
        return _text(body["systemInstruction"]["parts"]), _text(body["contents"][0]["parts"])
    if body["messages"][0].get("role") == "system":
        return body["messages"][0]["content"], body["messages"][1]["content"]
    return _text(body["system"]), _text(body["messages"][0]["content"])


def _text(parts: Any) -> str:
    return parts if isinstance(parts, str) else "".join(part["text"] for part in parts)
