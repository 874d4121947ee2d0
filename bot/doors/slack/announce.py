"""Rows of the outbox -> what is posted: digests, their previews, alerts, and plain notices."""

from typing import TYPE_CHECKING

from bot.digest import Digest
from bot.doors.slack.blocks import Message
from bot.doors.slack.client import translated
from bot.doors.slack.render import notice
from bot.doors.slack.render_alert import render_alert
from bot.doors.slack.render_digest import render_digest, render_preview
from bot.watch.contract import Alert
from kb.types import OutboxDraft

if TYPE_CHECKING:
    from slack_sdk import WebClient

DIGEST, ALERT, PREVIEW = "digest", "alert", "preview"


def announcement(draft: OutboxDraft) -> list[Message]:
    """What everybody in the channel or thread sees, in parts."""
    key = draft.idempotency_key
    if draft.kind == DIGEST:
        return render_digest(Digest.model_validate(draft.payload["digest"]), key=key)
    if draft.kind == ALERT:
        return render_alert(Alert.model_validate(draft.payload["alert"]), key=key)
    return [notice(str(draft.payload["text"]), key=key)]


def show_preview(client: "WebClient", draft: OutboxDraft) -> str:
    """To one person alone. Nothing can read it back: a kill in the wrong moment shows it to that person again."""
    digest, says = Digest.model_validate(draft.payload["digest"]), str(draft.payload["says"])
    for message in render_preview(digest, says, key=draft.idempotency_key):
        with translated("showing a preview"):
            client.chat_postEphemeral(
                channel=draft.channel, user=str(draft.payload["user"]), text=message.text, blocks=message.blocks
            )
    return draft.idempotency_key
