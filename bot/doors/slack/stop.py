"""The stop button of an agent session: what its presser asked in that thread is given up, by whichever process has it.

event -> checked -> the open questions of that person in that thread are marked (durable) -> ack; the worker sees it
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import structlog

from bot.doors.slack.client import translated
from bot.doors.slack.inbound import EventId, Id, Payload, Ts, checked
from kb.errors import ServiceError
from kb.store import Store

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_sdk import WebClient

log = structlog.get_logger("steelyard.slack")

NOT_YOURS = "Only the person who asked can stop this answer; it goes on."


class _Event(Payload):
    """https://docs.slack.dev/reference/events/agent_session_stopped"""

    type: Literal["agent_session_stopped"]
    channel: Id
    thread_ts: Ts
    user: Id


class _Envelope(Payload):
    event_id: EventId
    team_id: Id
    event: _Event


class StopListener:
    """`woken` is called once something was stopped: a question that nobody works on yet is to be settled too."""

    def __init__(self, store: Store, woken: Callable[[], None]) -> None:
        self._store = store
        self._woken = woken

    def heard(self, body: dict[str, Any], client: "WebClient") -> None:
        envelope = checked(_Envelope, body)
        event = envelope.event
        here = ("slack", envelope.team_id, event.channel, event.thread_ts)
        rows = self._store.inbox.stop(*here, by=event.user)
        log.info("stop pressed", inbox_ids=rows, channel=event.channel)
        if rows:
            self._woken()
        elif self._store.inbox.is_open(*here):
            _refuse(client, event)


def _refuse(client: "WebClient", event: _Event) -> None:
    try:
        with translated("saying who may stop"):
            client.chat_postEphemeral(channel=event.channel, user=event.user, thread_ts=event.thread_ts, text=NOT_YOURS)
    except ServiceError as error:
        log.info("could not say who may stop", error=str(error))


def register(app: "App", store: Store, woken: Callable[[], None]) -> None:
    app.event("agent_session_stopped")(StopListener(store, woken).heard)
