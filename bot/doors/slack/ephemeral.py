"""Answers that only the asker sees: to a slash command, by its one-time response URL.

Nothing can read an ephemeral message back, so a kill in the moment between Slack's answer and our record of it shows
the answer a second time, to the asker alone. Everything else is said once.
"""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog

from bot.answer.contract import Answer, Sentence
from bot.doors.slack.blocks import Message
from bot.doors.slack.client import slack_logger, translated
from bot.doors.slack.desk import Desk
from bot.doors.slack.render import notice, render, stopped
from bot.doors.slack.share import share_button
from kb.errors import ServiceError
from kb.types import InboxRow

if TYPE_CHECKING:
    from slack_sdk import WebClient

log = structlog.get_logger("steelyard.slack")

RESPONSE_USES = 5  # https://docs.slack.dev/interactivity/handling-user-interaction#message_responses


class SlashDelivery:
    """An answer to a slash command. Its sign of life was the command's own acknowledgement."""

    def __init__(self, client: "WebClient", row: InboxRow, desk: Desk) -> None:
        self._client = client
        self._row = row
        self._desk = desk
        self._url = row.inquiry.payload["response_url"]

    def sentence(self, sentence: Sentence) -> None:
        """Ephemeral messages cannot stream."""

    def finish(self, answer: Answer, answer_id: int | None) -> str:
        inquiry = self._row.inquiry
        newcomer = self._desk.newcomer(inquiry.user, inquiry.workspace_id, answer_id)
        below = share_button(answer_id)
        return self._deliver(render(answer, answer_id=answer_id, key=inquiry.event_id, newcomer=newcomer, below=below))

    def notice(self, text: str) -> str:
        return self._deliver([notice(text, key=self._row.inquiry.event_id)])

    def stopped(self) -> str:
        return self._deliver([stopped("", key=self._row.inquiry.event_id)])

    def _deliver(self, messages: list[Message]) -> str:
        for message in messages[:RESPONSE_USES]:
            if not respond_alone(self._client, self._url, message):
                self._post_ephemeral(message)
        return self._row.inquiry.event_id

    def _post_ephemeral(self, message: Message) -> None:
        inquiry = self._row.inquiry
        with translated("answering a command"):
            self._client.chat_postEphemeral(
                channel=inquiry.channel, user=inquiry.user, text=message.text, blocks=message.blocks
            )


def respond_alone(client: "WebClient", url: str, message: Message) -> bool:
    """Say it by a response URL. False: it is used up, too old (30 minutes), or not one of this Slack."""
    from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
    from slack_sdk.webhook import WebhookClient

    if not trusted(url, client.base_url):
        log.warning("response URL is not Slack's")
        return False
    hook = WebhookClient(url, timeout=30, logger=slack_logger(), retry_handlers=[RateLimitErrorRetryHandler()])
    with translated("answering a command"):
        response = hook.send(
            text=message.text,
            blocks=message.blocks,
            response_type="ephemeral",
            replace_original=False,
            unfurl_links=False,
            unfurl_media=False,
        )
    if response.status_code >= 500 or response.status_code == 429:
        raise ServiceError(f"Slack refused the answer to a command: HTTP {response.status_code}")
    return response.status_code == 200


def trusted(url: str, api_url: str) -> bool:
    """Whether a response URL is Slack's own, or of the very host that we were told to use as Slack."""
    target, api = urlsplit(url), urlsplit(api_url)
    if api.hostname in ("slack.com", "slack-gov.com"):
        return target.scheme == "https" and (target.hostname or "").endswith(f".{api.hostname}")
    return target.hostname == api.hostname
