"""What is visible already: our own messages, found again by the metadata that each finished one carries."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.doors.slack.client import translated

if TYPE_CHECKING:
    from slack_sdk import WebClient

PAGE = 200
PAGES = 10
CLOCK_SKEW = timedelta(minutes=10)  # between Slack's clock and ours


class Readback:
    """Reads threads and channels, only on second attempts: the history methods are throttled."""

    def __init__(self, client: "WebClient") -> None:
        self._client = client
        self._own_user = ""

    def answered(self, channel: str, thread_ts: str, asked_ts: str, key: str) -> tuple[dict[int, str], str]:
        """(parts of the answer to `key` that are visible, by number; a message of ours that was never finished)."""
        own = self._own_user_id()
        parts: dict[int, str] = {}
        unfinished = ""
        for message in self._pages("replies", channel=channel, ts=thread_ts, oldest=asked_ts):
            if message.get("user") != own or _not_after(asked_ts, message):
                continue
            number = _part(message, key)
            if number is not None:
                parts.setdefault(number, str(message["ts"]))
            elif not message.get("metadata") and not unfinished:
                unfinished = str(message["ts"])
        return parts, unfinished

    def has_file(self, channel: str, thread_ts: str, name: str) -> bool:
        """Whether a file of this name is in the thread."""
        replies = self._pages("replies", channel=channel, ts=thread_ts)
        return any(file.get("name") == name for message in replies for file in message.get("files") or [])

    def announced(self, channel: str, key: str, *, since: datetime, thread: str = "") -> dict[int, str]:
        """Parts of the announcement `key` that are visible: the first in the channel, the others in its thread.

        `thread`: it was told there, with all its parts.
        """
        oldest = f"{(since - CLOCK_SKEW).timestamp():.6f}"
        if thread:
            return self._parts(key, self._pages("replies", channel=channel, ts=thread, oldest=oldest))
        parts: dict[int, str] = {}
        for message in self._pages("history", channel=channel, oldest=oldest):
            if _part(message, key) == 1:
                parts[1] = str(message["ts"])
        if 1 in parts:
            parts = self._parts(key, self._pages("replies", channel=channel, ts=parts[1])) | parts
        return parts

    def _parts(self, key: str, messages: Iterable[dict[str, Any]]) -> dict[int, str]:
        parts: dict[int, str] = {}
        for message in messages:
            number = _part(message, key)
            if number is not None:
                parts.setdefault(number, str(message["ts"]))
        return parts

    def _own_user_id(self) -> str:
        if not self._own_user:
            with translated("reading who we are"):
                self._own_user = str(self._client.auth_test()["user_id"])
        return self._own_user

    def _pages(self, what: str, **arguments: Any) -> Iterator[dict[str, Any]]:
        method = self._client.conversations_replies if what == "replies" else self._client.conversations_history
        cursor = ""
        for _ in range(PAGES):
            with translated("reading back a conversation"):
                page = method(**arguments, limit=PAGE, include_all_metadata=True, cursor=cursor or None)
            yield from page.get("messages") or []
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return


def _not_after(asked_ts: str, message: dict[str, Any]) -> bool:
    return str(message["ts"]) <= asked_ts


def _part(message: dict[str, Any], key: str) -> int | None:
    """Which part of `key` this message is, None if it is no part of it."""
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    if not str(metadata.get("event_type", "")).startswith("steelyard_") or payload.get("key") != key:
        return None
    return int(payload.get("part", 1))
