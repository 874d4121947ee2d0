"""Google's Gemini API. `google.genai` is imported here; it comes with `pip install 'steelyard[gemini]'`.

Finish reasons and blocked prompts: https://ai.google.dev/api/generate-content
"""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any

from bot.generate import Prompt, Usage
from bot.generate.line import Line, broken
from bot.generate.remote import Remote, of_status, refused, scrubbed, wanted
from bot.generate.settings import Account, account
from bot.generate.stream import Emit, Stopped
from kb.errors import GenerationError, SteelyardError
from kb.settings import Settings

if TYPE_CHECKING:
    from google.genai import Client
    from google.genai.types import GenerateContentResponse

_VERSION = "v1beta"  # what the stand-in of the tests serves; the SDK would take v1
_WHOLE, _CUT = "STOP", "MAX_TOKENS"
_WRONG_KEY = "API_KEY_INVALID"  # told with status 400


class GeminiDialect(Account):
    def failures(self) -> tuple[type[Exception], ...]:
        import httpx2
        from google.genai.errors import APIError, UnknownApiResponseError

        return APIError, UnknownApiResponseError, httpx2.HTTPError

    def open(
        self, prompt: Prompt, max_tokens: int, line: Line, until_read: ExitStack
    ) -> "Iterator[GenerateContentResponse]":
        """The SDK sends the request when the first part is asked for, so that is asked for here."""
        from google.genai import types

        self.board.take(line)
        config = types.GenerateContentConfig(
            system_instruction=prompt.system, max_output_tokens=max_tokens, temperature=0
        )
        parts = self._client.models.generate_content_stream(model=self.model, contents=prompt.user, config=config)
        until_read.callback(getattr(parts, "close", int))
        first = next(parts, None)
        return chain([first], parts) if first is not None else iter(())

    @cached_property
    def _client(self) -> "Client":
        from google.genai import Client, types

        options = types.HttpOptions(base_url=self.url, api_version=_VERSION, httpx_client=self.board.client)
        return Client(api_key=self.key, vertexai=False, http_options=options)

    def read(self, stream: "Iterator[GenerateContentResponse]", emit: Emit, stopped: Stopped) -> None:
        ended, counted = "", None
        for part in stream:
            if stopped():
                return
            if part.prompt_feedback and part.prompt_feedback.block_reason:
                raise refused(self.host, part.prompt_feedback.block_reason.value)
            for text in _texts(part):
                emit(text)
            reason = part.candidates[0].finish_reason if part.candidates else None
            ended = reason.value if reason else ended
            counted = part.usage_metadata or counted
        if not ended:
            raise GenerationError("the answer ended early")
        emit(_usage(counted, cut=ended == _CUT))
        if ended not in (_WHOLE, _CUT):
            raise refused(self.host, ended)

    def told(self, error: Exception) -> SteelyardError:
        """An SDK error without the key, and with what to do."""
        from google.genai.errors import APIError

        if isinstance(error, APIError):
            said = scrubbed(f"{error.status or ''} {error.message or ''}".strip(), self.key)
            status = 401 if _WRONG_KEY in str(error.details) else int(error.code or 500)
            headers = getattr(error.response, "headers", {})
            where = "STEELYARD_GEMINI_MODEL and _API_KEY"
            return of_status(self.host, status, said, where, headers.get("retry-after"))
        unread = GenerationError("the answer cannot be read: a part of it is no JSON", transient=False)
        return broken(self.host, error) or unread


def _texts(part: "GenerateContentResponse") -> Iterator[str]:
    """What is written, without what was thought. (`part.text` warns where a part holds anything else.)"""
    content = part.candidates[0].content if part.candidates else None
    for piece in (content.parts or ()) if content else ():
        if piece.text and not piece.thought:
            yield piece.text


def _usage(told: Any, *, cut: bool) -> Usage:
    """Thinking is billed as output: https://ai.google.dev/gemini-api/docs/thinking#pricing"""
    if told is None:
        return Usage(prompt_tokens=None, completion_tokens=None, cut=cut)
    written = told.candidates_token_count
    if written is not None:
        written += told.thoughts_token_count or 0
    return Usage(
        prompt_tokens=told.prompt_token_count,
        completion_tokens=written,
        cached_tokens=told.cached_content_token_count,
        cut=cut,
    )


def gemini_generator(settings: Settings) -> Remote[Any]:
    """Raises ConfigurationError where the package or a setting is missing."""
    wanted("google.genai", "gemini")
    told = account(settings.gemini_base_url, settings.gemini_model, settings.gemini_api_key, "STEELYARD_GEMINI")
    return Remote("gemini", GeminiDialect(**told))
