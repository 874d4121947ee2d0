"""What a log line may not tell, whoever wrote it: ours, a library's, a trace's."""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot.logs import configure_logging, redacted
from kb.settings import Settings

SECRETS = (
    "xoxb-12-34-abcDEF",
    "xoxe.xoxb-1-Mi0yLTk",
    "xoxe-1-My0xLTk",
    "xapp-1-A1-2-abc",
    "gAAAAABm" + "Q" * 40,
)


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    handlers, level, config = root.handlers[:], root.level, structlog.get_config()
    path = tmp_path / "steelyard.log"
    configure_logging(Settings(log_level="DEBUG"), to_file=path)
    yield path
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**config)


@pytest.mark.parametrize("secret", SECRETS)
def test_secrets_reach_no_line(log_file: Path, secret: str) -> None:
    logging.getLogger("a.library").warning("token %s", secret)
    structlog.get_logger("ours.for.logs").info("said", token=secret)
    try:
        raise ValueError(f"refused {secret}")
    except ValueError:
        structlog.get_logger("ours.for.logs").exception("failed")
        logging.getLogger("a.library").error("failed", exc_info=sys.exc_info())
    text = log_file.read_text()
    assert text.count("[redacted]") >= 4
    assert secret[8:] not in text
    assert "Traceback" in text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("GET /slack/oauth_redirect?code=12.34.abc&state=xyz&a=1", "GET /slack/oauth_redirect?code=[redacted]"),
        ("wss://x.example/link/?ticket=abc-def&app_id=1", "wss://x.example/link/?ticket=[redacted]&app_id=1"),
        ("https://hooks.slack.com/commands/T1/2/abc", "https://hooks.slack.com/commands/[redacted]"),
        ("Failed to fetch oauth.v2.access result with code: 12.34 - error", "result with code: [redacted] - error"),
        ("grant_type=refresh_token&refresh_token=abc", "refresh_token=[redacted]"),
    ],
)
def test_what_opens_something_is_taken_out(text: str, kept: str) -> None:
    assert kept in redacted(text)


def test_plain_words_stay() -> None:
    words = "workspace T1 left; 12 rows; see /slack/install?x=1, the box-office and xox"
    assert redacted(words) == words
