"""Logging for every process: structlog over the standard library, to a file or to stderr, never with secrets."""

import logging
import logging.handlers
import re
import secrets
import sys
from pathlib import Path

import structlog

from kb.settings import Settings

# Slack's tokens, what opens a socket or answers a command, what OAuth exchanges. The last line of defence: nothing of
# ours logs them, but a library's message or a trace may.
_SECRET = re.compile(
    r"(?:xox[a-z]?[.-]|xapp-|xwfp-)[A-Za-z0-9._-]+"
    r"|(?<=ticket=)[^&\s\"']+|(?<=/commands/)[^\s\"']+|(?<=/actions/)[^\s\"']+"
    r"|(?<=[?&]code=)[^&\s\"']+|(?<=[?&]state=)[^&\s\"']+|(?<=with code: )\S+"
    r"|(?<=client_secret=)[^&\s\"']+|(?<=refresh_token=)[^&\s\"']+|gAAAAA[A-Za-z0-9_=-]{20,}"
)


def redacted(text: str) -> str:
    """The text without what would let its reader act as us."""
    return _SECRET.sub("[redacted]", text)


class _Redacting(structlog.stdlib.ProcessorFormatter):
    """Traces included: it looks at the finished line."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))


def configure_logging(settings: Settings, *, to_file: Path | None = None) -> None:
    """Send logs to stderr, or to `to_file` where a person is talking on the terminal."""
    handler: logging.Handler
    if to_file is not None:
        to_file.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(to_file, maxBytes=5_000_000, backupCount=3, encoding="utf-8")
    else:
        handler = logging.StreamHandler(sys.stderr)
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer() if settings.log_json else structlog.dev.ConsoleRenderer(colors=False)
    )
    handler.setFormatter(
        _Redacting(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    # These log every request at INFO, tokens in query strings included.
    for noisy in ("httpx", "httpcore", "slack_sdk", "urllib3", "apscheduler", "openai"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def reference_id() -> str:
    """A short id that a user can quote and an operator can search the log for."""
    return secrets.token_hex(4)
