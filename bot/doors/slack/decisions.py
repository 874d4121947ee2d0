"""Listeners for the "Refine" button and its form, and the chart of a decision.

button -> the record's form opened -> submitted -> errors shown in it, or inbox.accept (durable) -> ack
"""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import structlog
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.decide.service import Decider, report_of
from bot.decide.snapshot import pack_use_case, unpack_use_case
from bot.doors.slack.client import translated
from bot.doors.slack.inbound import COMMAND_THREAD, checked
from bot.doors.slack.refine import Opened, in_words, refined, submitted, view_of
from bot.doors.slack.text import harmless
from kb.errors import NotFound, ServiceError
from kb.store.decisions import DecisionRecord
from kb.types import Inquiry

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bot.charts import Chart

log = structlog.get_logger("steelyard.slack")

GONE = "That decision is no longer stored, so it cannot be refined. Ask again."
CLOSED = "The form could not be opened. Press the button once more."

_Id = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,30}$")]


class _Payload(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class _Named(_Payload):
    id: _Id


class _Pressed(_Payload):
    value: Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,17}$")]


class _Container(_Payload):
    message_ts: str = Field(default="", max_length=40)
    is_ephemeral: bool = False


class _Press(_Payload):
    """A press of the button."""

    user: _Named
    team: _Named
    trigger_id: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    container: _Container = _Container()
    response_url: str = Field(default="", max_length=2_000)
    actions: Annotated[list[_Pressed], Field(min_length=1, max_length=1)]


class _State(_Payload):
    values: dict[str, dict[str, dict[str, Any]]]


class _View(_Payload):
    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    private_metadata: str = Field(max_length=3_000)
    state: _State


class _Submission(_Payload):
    user: _Named
    team: _Named
    view: _View


class DecisionListeners:
    """`accept` stores an inquiry and wakes a worker."""

    def __init__(self, decider: Decider, accept: Callable[[Inquiry], None]) -> None:
        self._decider = decider
        self._accept = accept

    def open(
        self, body: dict[str, Any], ack: Callable[..., None], respond: Callable[..., Any], client: "WebClient"
    ) -> None:
        """Open the form, prefilled from the record; the trigger lives for three seconds."""
        press = checked(_Press, body)
        ack()
        try:
            record = self._decider.record(int(press.actions[0].value), workspace_id=press.team.id)
            opened = Opened(
                decision_id=record.id,
                message_ts=press.container.message_ts,
                response_url=press.response_url if _private(press, record) else "",
            )
            with translated("opening a form"):
                client.views_open(trigger_id=press.trigger_id, view=view_of(report_of(record), opened))
        except NotFound:
            respond(text=GONE, response_type="ephemeral", replace_original=False)
        except ServiceError as error:
            log.warning("form not opened", error=str(error))
            respond(text=CLOSED, response_type="ephemeral", replace_original=False)

    def submit(self, body: dict[str, Any], ack: Callable[..., None]) -> None:
        """Wrong values are shown in the form; a changed use case is stored as a question, then acknowledged."""
        submission = checked(_Submission, body)
        opened = Opened.of(submission.view.private_metadata)
        texts = submitted(submission.view.state.values)
        try:
            record = self._decider.record(opened.decision_id, workspace_id=submission.team.id)
        except NotFound:
            ack(response_action="errors", errors={next(iter(texts), ""): GONE})
            return
        report = report_of(record)
        made = refined(unpack_use_case(record.use_case), report, texts)
        if isinstance(made, dict):
            ack(response_action="errors", errors={name: harmless(said) for name, said in made.items()})
            return
        question = in_words(report, texts)
        payload = {"surface": "form", "ts": opened.message_ts, "use_case": json.dumps(pack_use_case(made))}
        self._accept(_inquiry(submission, record, question, payload, opened.response_url))
        ack()


def _private(press: _Press, record: DecisionRecord) -> bool:
    """Whether one person alone saw it. A decision asked by command has no message for a thread, whatever is told."""
    return press.container.is_ephemeral or record.thread.startswith(COMMAND_THREAD)


def _inquiry(
    submission: _Submission, record: DecisionRecord, question: str, payload: Mapping[str, str], response_url: str
) -> Inquiry:
    """In the thread of the decision that was refined; a form submitted twice is one inquiry."""
    return Inquiry(
        event_id=f"form:{submission.view.id}",
        door="slack",
        workspace_id=submission.team.id,
        channel=record.channel,
        thread=record.thread,
        user=submission.user.id,
        text=question,
        payload={**payload, "response_url": response_url} if response_url else payload,
    )


def chart_maker(decider: Decider) -> "Callable[[int, str | None], Chart | None]":
    """The chart of a recorded decision; None where there is nothing to draw."""

    def chart(decision_id: int, workspace_id: str | None) -> "Chart | None":
        from bot.charts import cost_chart

        curves = decider.curves(decision_id, workspace_id=workspace_id)
        return cost_chart(curves) if curves else None

    return chart
