"""Generators: language models that may reword an answer. Never needed, never trusted.

One file a backend, one line in `GENERATORS`. The composed answer ("composer") is the absence of a generator. A backend
streams pieces of text, then one `Usage`; it raises `ConfigurationError` when its settings are wrong or its package is
not installed, and `GenerationError` when it fails, times out or is cancelled.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from kb.settings import Settings
from prompts import Prompt

__all__ = ["GENERATORS", "Generator", "Limits", "Prompt", "Usage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`timeout_s` holds for all attempts together; `silence_s` for each wait for text, the first one included."""

    max_tokens: int
    timeout_s: float
    connect_s: float = 5.0
    silence_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens read and written; None where a server does not say.

    `prompt_tokens` includes the `cached_tokens`, which were read from the provider's cache. `cut`: the text ended at
    the limit of tokens, so that its last line may not be whole.
    """

    prompt_tokens: int | None
    completion_tokens: int | None
    cached_tokens: int | None = None
    cut: bool = False


class Generator(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def model(self) -> str:
        """The model as its provider calls it."""

    @property
    def goes_to(self) -> str:
        """The machine that the prompt is sent to; empty: this one."""

    def generate(self, prompt: Prompt, limits: Limits, cancel: threading.Event) -> Iterator[str | Usage]:
        """Pieces of text as they come, then the usage. Ends within `limits.timeout_s`, and soon after `cancel`."""


def _transformers(settings: Settings) -> Generator:
    from bot.generate.transformers import TransformersGenerator

    return TransformersGenerator(settings)


def _openai(settings: Settings) -> Generator:
    from bot.generate.openai import openai_generator

    return openai_generator(settings)


def _anthropic(settings: Settings) -> Generator:
    from bot.generate.anthropic import anthropic_generator

    return anthropic_generator(settings)


def _gemini(settings: Settings) -> Generator:
    from bot.generate.gemini import gemini_generator

    return gemini_generator(settings)


def _bedrock(settings: Settings) -> Generator:
    from bot.generate.bedrock import bedrock_generator

    return bedrock_generator(settings)


GENERATORS: dict[str, Callable[[Settings], Generator]] = {
    "transformers": _transformers,
    "openai": _openai,
    "anthropic": _anthropic,
    "gemini": _gemini,
    "bedrock": _bedrock,
}


def configured(settings: Settings) -> tuple[str, ...]:
    """The generators whose settings are there."""
    models = {
        "transformers": settings.transformers_model,
        "openai": settings.openai_model,
        "anthropic": settings.anthropic_model,
        "gemini": settings.gemini_model,
        "bedrock": settings.bedrock_model,
    }
    return tuple(name for name in GENERATORS if models.get(name, name))


def destinations(settings: Settings) -> dict[str, str]:
    """The machine that each generator set up here sends questions to; empty: this one. No package is needed for it."""
    region = settings.bedrock_region or "its region"
    urls = {
        "openai": settings.openai_base_url,
        "anthropic": settings.anthropic_base_url,
        "gemini": settings.gemini_base_url,
        "bedrock": settings.bedrock_endpoint_url or f"https://bedrock-runtime.{region}.amazonaws.com",
    }
    names = dict.fromkeys([*configured(settings), *({settings.generator} & urls.keys())])
    return {name: _away(urls[name]) if name in urls else "" for name in names}


def _away(url: str) -> str:
    from bot.generate.remote import is_loopback

    host = urlsplit(url).hostname or "the server of its settings"
    return "" if is_loopback(host) else host
