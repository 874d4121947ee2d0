"""Thumbs up or down under an answer. A thumbs-down is kept at once, then a form asks why.

button -> stored (up, or down without a reason) -> form -> the reason stored with it
"""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

import structlog
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.doors.slack.client import translated
from bot.doors.slack.inbound import Id, Named, Payload, checked
from bot.doors.slack.press import tell
from bot.doors.slack.render import FEEDBACK_ACTION
from kb.errors import BadInput, NotFound, ServiceError
from kb.store import Store

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_sdk import WebClient

log = structlog.get_logger("steelyard.slack")

WHY_VIEW = "steelyard_feedback_why"
CATEGORIES: Mapping[str, str] = {
    "wrong": "Something in it is wrong",
    "outdated": "It is out of date",
    "unsupported": "A source does not say that",
    "misread": "It misread my question or use case",
    "missing": "Something important is missing",
    "unclear": "It is too long or hard to follow",
    "other": "Something else",
}
_CATEGORY, _REASON, _VALUE = "category", "reason", "value"
_LONGEST = 2_000
GONE = "That answer is no longer stored, so the feedback could not be kept."


class _Action(Payload):
    action_id: Literal["steelyard_feedback"]
    value: Annotated[str, StringConstraints(pattern=r"^(up|down):[1-9]\d{0,17}$")]


class _Press(Payload):
    user: Named
    team: Named
    trigger_id: str = Field(default="", max_length=200)
    actions: Annotated[list[_Action], Field(min_length=1, max_length=1)]


class _Values(Payload):
    values: dict[str, dict[str, dict[str, Any]]]


class _View(Payload):
    private_metadata: str = Field(max_length=3_000)
    state: _Values


class _Submission(Payload):
    user: Named
    team: Named
    view: _View


class Feedback(BaseModel):
    model_config = ConfigDict(frozen=True)

    answer_id: int
    verdict: Literal["up", "down"]
    user: Id
    workspace_id: Id
    trigger_id: str = ""


def feedback_from_action(body: Mapping[str, object]) -> Feedback:
    press = checked(_Press, body)
    verdict, _, answer_id = press.actions[0].value.partition(":")
    return Feedback.model_validate(
        {
            "answer_id": int(answer_id),
            "verdict": verdict,
            "user": press.user.id,
            "workspace_id": press.team.id,
            "trigger_id": press.trigger_id,
        }
    )


class FeedbackListeners:
    def __init__(self, store: Store) -> None:
        self._store = store

    def pressed(
        self, body: dict[str, Any], ack: Callable[..., None], respond: Callable[..., Any], client: "WebClient"
    ) -> None:
        given = feedback_from_action(body)
        try:
            self._keep(given)
        except NotFound:
            ack()
            tell(respond, GONE)
            return
        ack()
        if given.verdict == "up" or not self._asked_why(given, client):
            tell(respond, "Thank you, noted.")

    def explained(self, body: dict[str, Any], ack: Callable[..., None]) -> None:
        submission = checked(_Submission, body)
        answer_id = _answer_of(submission.view.private_metadata)
        category, reason = _why(submission.view.state.values)
        given = Feedback(answer_id=answer_id, verdict="down", user=submission.user.id, workspace_id=submission.team.id)
        try:
            self._keep(given, category, reason)
        except NotFound:
            ack(response_action="errors", errors={_REASON: GONE})
            return
        ack()

    def _keep(self, given: Feedback, category: str = "", reason: str = "") -> None:
        """NotFound where the answer is not one of this workspace."""
        if self._store.answers.get(given.answer_id).workspace_id not in (None, given.workspace_id):
            raise NotFound("no such answer in this workspace")
        self._store.answers.feedback(
            given.answer_id, given.user, given.verdict, reason, category=category, workspace_id=given.workspace_id
        )

    def _asked_why(self, given: Feedback, client: "WebClient") -> bool:
        """Open the form; the trigger lives for three seconds."""
        if not given.trigger_id:
            return False
        try:
            with translated("opening a form"):
                client.views_open(trigger_id=given.trigger_id, view=why_view(given.answer_id))
        except ServiceError as error:
            log.warning("form not opened", error=str(error))
            return False
        return True


def why_view(answer_id: int) -> dict[str, object]:
    options = [{"text": {"type": "plain_text", "text": text}, "value": name} for name, text in CATEGORIES.items()]
    why = {"type": "plain_text_input", "action_id": _VALUE, "multiline": True, "max_length": _LONGEST}
    return {
        "type": "modal",
        "callback_id": WHY_VIEW,
        "private_metadata": json.dumps({"answer": answer_id}),
        "title": {"type": "plain_text", "text": "What was wrong?"},
        "submit": {"type": "plain_text", "text": "Send"},
        "close": {"type": "plain_text", "text": "Not now"},
        "blocks": [
            {
                "type": "input",
                "block_id": _CATEGORY,
                "label": {"type": "plain_text", "text": "Why was the answer no help?"},
                "element": {"type": "radio_buttons", "action_id": _VALUE, "options": options},
            },
            {
                "type": "input",
                "block_id": _REASON,
                "optional": True,
                "label": {"type": "plain_text", "text": "What should it have said?"},
                "hint": {"type": "plain_text", "text": "Kept with the question, and used to test Steelyard."},
                "element": why,
            },
        ],
    }


def _answer_of(metadata: str) -> int:
    try:
        answer_id = int(json.loads(metadata)["answer"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput("a form that we did not open") from error
    return answer_id


def _why(values: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> tuple[str, str]:
    option = values.get(_CATEGORY, {}).get(_VALUE, {}).get("selected_option")
    category = option.get("value") if isinstance(option, Mapping) else None
    if category not in CATEGORIES:
        raise BadInput("a reason that the form does not offer")
    reason = values.get(_REASON, {}).get(_VALUE, {}).get("value")
    return str(category), str(reason or "").strip()[:_LONGEST]


def register(app: "App", store: Store) -> None:
    listeners = FeedbackListeners(store)
    app.action(FEEDBACK_ACTION)(listeners.pressed)
    app.view(WHY_VIEW)(listeners.explained)
