"""Models on Amazon Bedrock, by ConverseStream. `boto3` is imported here (`pip install 'steelyard[bedrock]'`).

Credentials are found as boto3 finds them: variables (AWS_BEARER_TOKEN_BEDROCK among them), profile, role.
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
"""

import threading
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from bot.generate import Prompt, Usage
from bot.generate.line import Line
from bot.generate.remote import Remote, of_status, refused, scrubbed, wanted
from bot.generate.settings import address, needed
from bot.generate.stream import Emit, Stopped
from kb.errors import ConfigurationError, GenerationError, SteelyardError
from kb.settings import Settings

_CUT = ("max_tokens", "model_context_window_exceeded")
_BLOCKED = ("guardrail_intervened", "content_filtered")
_SERVICE, _OPERATION = "bedrock-runtime", "ConverseStream"
# An exception inside a stream tells its kind, not its status; those of the service's own model.
_STATUS_OF = {
    "internalserverexception": 500,
    "modelstreamerrorexception": 424,
    "validationexception": 400,
    "throttlingexception": 429,
    "serviceunavailableexception": 503,
    "modeltimeoutexception": 408,
    "modelnotreadyexception": 429,
}
_NO_CREDENTIALS = (
    "NoCredentialsError",
    "PartialCredentialsError",
    "CredentialRetrievalError",
    "TokenRetrievalError",
    "ProfileNotFound",
)


@dataclass
class BedrockDialect:
    region: str
    url: str
    host: str
    model: str
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def failures(self) -> tuple[type[Exception], ...]:
        from botocore.eventstream import ParserError
        from botocore.exceptions import BotoCoreError, ClientError
        from urllib3.exceptions import HTTPError

        return ClientError, BotoCoreError, ParserError, HTTPError

    def open(self, prompt: Prompt, max_tokens: int, line: Line, until_read: ExitStack) -> Any:
        """Until the answer begins there is no socket to shut; that wait ends at its own time-out."""
        client = until_read.enter_context(closing(self._client(line)))
        answer = client.converse_stream(
            modelId=self.model,
            system=[{"text": prompt.system}],
            messages=[{"role": "user", "content": [{"text": prompt.user}]}],
            inferenceConfig={"maxTokens": max_tokens},
        )
        return until_read.enter_context(closing(answer["stream"]))

    @cached_property
    def _session(self) -> Any:
        import boto3

        return boto3.Session(region_name=self.region)

    def _client(self, line: Line) -> Any:
        """A client holds its time-outs; the session keeps what is slow to read. Sessions are not for many threads."""
        from botocore.config import Config

        def keep_body(response_dict: dict[str, Any], **_: Any) -> None:
            line.body = response_dict.get("body")

        config = Config(connect_timeout=line.connect_s, read_timeout=line.read_s, retries={"total_max_attempts": 1})
        with self._lock:
            client = self._session.client(_SERVICE, endpoint_url=self.url or None, config=config)
        client.meta.events.register(f"before-parse.{_SERVICE}.{_OPERATION}", keep_body)
        return client

    def read(self, stream: Any, emit: Emit, stopped: Stopped) -> None:
        ended, counted = "", None
        for event in stream:
            if stopped():
                return
            if text := event.get("contentBlockDelta", {}).get("delta", {}).get("text"):
                emit(text)
            ended = event.get("messageStop", {}).get("stopReason", ended)
            counted = event.get("metadata", {}).get("usage", counted)
        if not ended:
            raise GenerationError("the answer ended early")
        emit(_usage(counted, cut=ended in _CUT))
        if ended in _BLOCKED:
            raise refused(self.host, ended)

    def told(self, error: Exception) -> SteelyardError:
        """An SDK error without the key, and with what to do."""
        from botocore.exceptions import ClientError, ConnectTimeoutError, HTTPClientError, ReadTimeoutError
        from urllib3.exceptions import HTTPError
        from urllib3.exceptions import ReadTimeoutError as StreamTimeout

        name = type(error).__name__
        if isinstance(error, ClientError):
            return self._of_answer(error)
        if name in _NO_CREDENTIALS:
            return ConfigurationError(f"Bedrock: {error}", hint="give AWS credentials as boto3 finds them")
        if isinstance(error, ReadTimeoutError | ConnectTimeoutError | StreamTimeout):
            return GenerationError(f"{self.host} did not answer in time", transient=False)
        if isinstance(error, HTTPClientError | HTTPError):
            return GenerationError(f"the connection to {self.host} failed")
        return GenerationError(f"{self.host} broke off: {name}", transient=False)

    def _of_answer(self, error: Any) -> SteelyardError:
        told = error.response.get("Error", {})
        about = error.response.get("ResponseMetadata", {})
        code = str(told.get("Code", ""))
        known = int(about.get("HTTPStatusCode", 0))
        status = known if known >= 400 else _STATUS_OF.get(code.lower(), 500)
        said = scrubbed(f"{code} {told.get('Message', '')}".strip())
        where = "STEELYARD_BEDROCK_MODEL, _REGION and the AWS credentials"
        return of_status(self.host, status, said, where, about.get("HTTPHeaders", {}).get("retry-after"))


def _usage(told: Any, *, cut: bool) -> Usage:
    if told is None:
        return Usage(prompt_tokens=None, completion_tokens=None, cut=cut)
    cached, cache_written = told.get("cacheReadInputTokens"), told.get("cacheWriteInputTokens")
    read = told["inputTokens"] + (cached or 0) + (cache_written or 0)
    return Usage(prompt_tokens=read, completion_tokens=told["outputTokens"], cached_tokens=cached, cut=cut)


def bedrock_generator(settings: Settings) -> Remote[Any]:
    """Raises ConfigurationError where the package or a setting is missing."""
    wanted("boto3", "bedrock")
    region = needed(settings.bedrock_region, "region", "STEELYARD_BEDROCK_REGION, such as eu-central-1")
    url = settings.bedrock_endpoint_url
    told = {
        "region": region,
        "url": url,
        "host": address(url, "STEELYARD_BEDROCK_ENDPOINT_URL") if url else f"{_SERVICE}.{region}.amazonaws.com",
        "model": needed(settings.bedrock_model, "model", "STEELYARD_BEDROCK_MODEL"),
    }
    return Remote("bedrock", BedrockDialect(**told))
