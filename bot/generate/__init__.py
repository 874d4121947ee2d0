"""Generators: language models that may reword an answer. Never needed, never trusted.

One file a backend, one line in `GENERATORS`. The composed answer ("composer") is the absence of a generator. A backend
streams pieces of text, then at most one `Usage`; it raises `ConfigurationError` when its settings are wrong, and
`GenerationError` when it fails, times out or is cancelled.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from kb.settings import Settings
from prompts import Prompt

__all__ = ["GENERATORS", "Generator", "Limits", "Prompt", "Usage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    max_tokens: int
    timeout_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens read and written; None where a server does not say."""

    prompt_tokens: int | None
    completion_tokens: int | None


class Generator(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def leaves_machine(self) -> bool:
        """Whether the prompt is sent to another machine."""

    def generate(self, prompt: Prompt, limits: Limits, cancel: threading.Event) -> Iterator[str | Usage]:
        """Pieces of text as they come, then the usage. Ends within `limits.timeout_s`, and soon after `cancel`."""


def _transformers(settings: Settings) -> Generator:
    from bot.generate.transformers import TransformersGenerator

    return TransformersGenerator(settings)


def _openai(settings: Settings) -> Generator:
    from bot.generate.openai import OpenAIGenerator

    return OpenAIGenerator(settings)


GENERATORS: dict[str, Callable[[Settings], Generator]] = {"transformers": _transformers, "openai": _openai}


def configured(settings: Settings) -> tuple[str, ...]:
    """The generators whose settings are there."""
    models = {"transformers": settings.transformers_model, "openai": settings.openai_model}
    return tuple(name for name in GENERATORS if models.get(name, name))
