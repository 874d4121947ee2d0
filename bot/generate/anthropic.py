"""Anthropic's Messages API. `anthropic` is imported here; it comes with `pip install 'steelyard[anthropic]'`.

The stream: https://docs.anthropic.com/en/docs/build-with-claude/streaming ; errors, 529 among them:
https://docs.anthropic.com/en/api/errors
"""

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.generate import Prompt, Usage
from bot.generate.line import Line
from bot.generate.remote import Remote, of_status, refused, scrubbed, wanted
from bot.generate.settings import Account, account
from bot.generate.stream import Emit, Stopped
from kb.errors import GenerationError, SteelyardError
from kb.settings import Settings

if TYPE_CHECKING:
    from anthropic import Stream
    from anthropic.types import RawMessageStreamEvent

# An error inside a stream that began with 200 tells its kind, not its status.
_STATUS_OF = {
    "rate_limit_error": 429,
    "overloaded_error": 529,
    "api_error": 500,
    "timeout_error": 504,
    "invalid_request_error": 400,
    "authentication_error": 401,
    "permission_error": 403,
    "not_found_error": 404,
}


class AnthropicDialect(Account):
    def failures(self) -> tuple[type[Exception], ...]:
        import anthropic
        import httpx2

        return anthropic.AnthropicError, httpx2.HTTPError

    def open(
        self, prompt: Prompt, max_tokens: int, line: Line, until_read: ExitStack
    ) -> "Stream[RawMessageStreamEvent]":
        from anthropic import Anthropic

        self.board.take(line)
        client = Anthropic(api_key=self.key, base_url=self.url, max_retries=0, http_client=self.board.client)
        stream = client.messages.create(
            model=self.model,
            max_tokens=max_tokens,
            system=prompt.system,
            messages=[{"role": "user", "content": prompt.user}],
            stream=True,
        )
        return until_read.enter_context(stream)

    def read(self, stream: "Stream[RawMessageStreamEvent]", emit: Emit, stopped: Stopped) -> None:
        counted, ended, whole = _Counted(), "", False
        for event in stream:
            if stopped():
                return
            if event.type == "content_block_delta" and event.delta.type == "text_delta":
                emit(event.delta.text)
            elif event.type == "message_start":
                counted.add(event.message.usage)
            elif event.type == "message_delta":
                counted.add(event.usage)
                ended = event.delta.stop_reason or ended
            whole = whole or event.type == "message_stop"
        if not whole:
            raise GenerationError("the answer ended early")
        emit(counted.usage(cut=ended in ("max_tokens", "model_context_window_exceeded")))
        if ended == "refusal":
            raise refused(self.host, ended)

    def told(self, error: Exception) -> SteelyardError:
        """An SDK error without the key, and with what to do."""
        import anthropic

        if isinstance(error, anthropic.APIStatusError):
            status = _STATUS_OF.get(str(error.type), 500) if error.status_code < 400 else error.status_code
            said = scrubbed(f"{error.type or ''} {error.api_message or ''}".strip(), self.key)
            where = "STEELYARD_ANTHROPIC_MODEL and _API_KEY"
            return of_status(self.host, status, said, where, error.response.headers.get("retry-after"))
        return self.unanswered(error, anthropic.APITimeoutError, anthropic.APIConnectionError)


@dataclass
class _Counted:
    """What the events say was used: later counts are cumulative and replace earlier ones."""

    fresh: int | None = None
    cache_read: int | None = None
    cache_written: int | None = None
    written: int | None = None

    def add(self, told: Any) -> None:
        self.fresh = _or(told.input_tokens, self.fresh)
        self.cache_read = _or(told.cache_read_input_tokens, self.cache_read)
        self.cache_written = _or(told.cache_creation_input_tokens, self.cache_written)
        self.written = _or(told.output_tokens, self.written)

    def usage(self, *, cut: bool) -> Usage:
        """`input_tokens` leaves out what the cache was read from or written with."""
        read = None if self.fresh is None else self.fresh + (self.cache_read or 0) + (self.cache_written or 0)
        return Usage(prompt_tokens=read, completion_tokens=self.written, cached_tokens=self.cache_read, cut=cut)


def _or(new: int | None, old: int | None) -> int | None:
    return old if new is None else new


def anthropic_generator(settings: Settings) -> Remote[Any]:
    """Raises ConfigurationError where the package or a setting is missing."""
    wanted("anthropic", "anthropic")
    told = account(
        settings.anthropic_base_url, settings.anthropic_model, settings.anthropic_api_key, "STEELYARD_ANTHROPIC"
    )
    return Remote("anthropic", AnthropicDialect(**told))
