"""Any server that speaks OpenAI's chat completions: OpenAI, vLLM, llama.cpp, Ollama ... `openai` is imported here."""

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bot.generate import Prompt, Usage
from bot.generate.line import Line
from bot.generate.remote import Remote, of_status, refused, scrubbed
from bot.generate.settings import Account
from bot.generate.stream import Emit, Stopped
from kb.errors import ConfigurationError, GenerationError, SteelyardError
from kb.settings import Settings

if TYPE_CHECKING:
    from openai import Stream
    from openai.types.chat import ChatCompletionChunk

OWN_HOST = "api.openai.com"


class OpenAIDialect(Account):
    def failures(self) -> tuple[type[Exception], ...]:
        import httpx2
        import openai

        return openai.OpenAIError, httpx2.HTTPError

    def open(self, prompt: Prompt, max_tokens: int, line: Line, until_read: ExitStack) -> "Stream[ChatCompletionChunk]":
        from openai import OpenAI

        self.board.take(line)
        client = OpenAI(api_key=self.key or "none", base_url=self.url, max_retries=0, http_client=self.board.client)
        stream: Stream[ChatCompletionChunk] = client.chat.completions.create(**self.asking(prompt, max_tokens))
        return until_read.enter_context(stream)

    def asking(self, prompt: Prompt, max_tokens: int) -> dict[str, Any]:
        """The request. OpenAI's own newer models refuse `max_tokens` and a temperature; others know no other name."""
        own = {"max_completion_tokens": max_tokens}
        theirs = {"max_tokens": max_tokens, "temperature": 0}
        return {
            "model": self.model,
            "messages": [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}],
            "stream": True,
            "stream_options": {"include_usage": True},
            **(own if self.host == OWN_HOST else theirs),
        }

    def read(self, stream: "Stream[ChatCompletionChunk]", emit: Emit, stopped: Stopped) -> None:
        ended, usage = "", None
        for chunk in stream:
            if stopped():
                return
            for choice in chunk.choices:
                if choice.delta.content:
                    emit(choice.delta.content)
                ended = choice.finish_reason or ended
            usage = chunk.usage or usage
        if not ended:
            raise GenerationError("the answer ended early")
        emit(_usage(usage, cut=ended == "length"))
        if ended == "content_filter":
            raise refused(self.host, ended)

    def told(self, error: Exception) -> SteelyardError:
        """An SDK error without the key, and with what to do."""
        import openai

        if isinstance(error, openai.APIStatusError):
            said = scrubbed(f"{error.code or ''} {_message(error)}".strip(), self.key)
            where = "STEELYARD_OPENAI_BASE_URL, _MODEL and _API_KEY"
            return of_status(self.host, error.status_code, said, where, error.response.headers.get("retry-after"))
        return self.unanswered(error, openai.APITimeoutError, openai.APIConnectionError)


def openai_generator(settings: Settings) -> Remote[Any]:
    """Raises ConfigurationError where a setting is missing."""
    parts = urlsplit(settings.openai_base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigurationError(
            "no server to ask", hint="set STEELYARD_OPENAI_BASE_URL, such as http://127.0.0.1:8000/v1"
        )
    if not settings.openai_model:
        raise ConfigurationError("no model to ask for", hint="set STEELYARD_OPENAI_MODEL")
    key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else ""
    if parts.hostname == OWN_HOST and not key:
        raise ConfigurationError("no API key", hint="set STEELYARD_OPENAI_API_KEY")
    told = {"url": settings.openai_base_url, "host": parts.hostname, "model": settings.openai_model, "key": key}
    return Remote("openai", OpenAIDialect(**told))


def _usage(told: Any, *, cut: bool) -> Usage:
    if told is None:
        return Usage(prompt_tokens=None, completion_tokens=None, cut=cut)
    details = told.prompt_tokens_details
    cached = details.cached_tokens if details else None
    return Usage(
        prompt_tokens=told.prompt_tokens, completion_tokens=told.completion_tokens, cached_tokens=cached, cut=cut
    )


def _message(error: Any) -> str:
    body = error.body
    return str(body.get("message", "")) if isinstance(body, dict) else ""
