"""A word to the one who pressed a button, beside what the press did."""

from collections.abc import Callable
from typing import Any

import structlog

from bot.doors.slack.client import translated
from kb.errors import ServiceError

log = structlog.get_logger("steelyard.slack")


def tell(respond: Callable[..., Any], words: str) -> None:
    """Seen by that person alone. What was pressed holds, whether this arrives or not."""
    try:
        with translated("answering a press"):
            respond(text=words, response_type="ephemeral", replace_original=False)
    except ServiceError as error:
        log.info("could not tell who pressed", error=str(error))
