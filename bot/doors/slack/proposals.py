"""Proposed facts: each with its quote, its source and what it would replace, and the two buttons.

shown in App Home, or by `/steelyard proposals` -> pressed -> decided (bot/admin.py) -> shown again
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import structlog

from bot.doors.slack.admin_payloads import Number, Press, guarded, tell_in_a_window
from bot.doors.slack.admins import Office
from bot.doors.slack.blocks import Block, context, sections
from bot.doors.slack.client import translated
from bot.doors.slack.inbound import Payload, checked
from bot.doors.slack.render_sources import short_day
from bot.doors.slack.text import mrkdwn_link, one_line
from bot.pending import pending
from kb.errors import ServiceError
from kb.facts.open import OpenClaim
from kb.types import Fact

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_sdk import WebClient

log = structlog.get_logger("steelyard.slack")

APPROVE, REJECT = "steelyard_proposal_approve", "steelyard_proposal_reject"
SHOWN = 6
_BEARS = {
    "new": "Nothing is known of this yet.",
    "known": "It says what is in force already.",
    "disagrees": "It disagrees with what is in force.",
}
Again = Callable[["WebClient", Press, str], None]  # show App Home again, with a notice


def waiting(office: Office, team_id: str) -> list[OpenClaim]:
    """The claims that an admin has to decide on: what says nothing new waits for nobody."""
    administration = office.administration
    found = pending(administration.store, administration.now().date(), workspace_id=team_id)
    return [claim for claim in found.claims if claim.bears != "known"]


def proposal_blocks(claims: Sequence[OpenClaim], *, may_decide: bool, shown: int = SHOWN) -> list[Block]:
    if not claims:
        return sections(["No fact is proposed."])
    blocks = [block for claim in claims[:shown] for block in _claim(claim, may_decide)]
    more = len(claims) - shown
    return [*blocks, *context(f"And {more} more: decide on these first." if more > 0 else "")]


def _claim(claim: OpenClaim, may_decide: bool) -> list[Block]:
    best = claim.facts[0]
    value = f"{best.value} {best.unit}".strip()
    heading = f"*{one_line(best.subject.partition(':')[2] or best.subject, 120)}* · {_field(best)}: "
    lines = [heading + f"*{one_line(value, 200)}*", one_line(best.statement, 400)]
    lines += [f"> “{one_line(best.quote, 600)}”"] if best.quote else []
    said = " · ".join(_says(fact) for fact in claim.facts[:3])
    blocks = [*sections(["\n".join(lines)]), *context(f"Says so: {said}", _bearing(claim))]
    return [*blocks, _buttons(best)] if may_decide else blocks


def _field(fact: Fact) -> str:
    narrowed = ", ".join(f"{name} {value}" for name, value in fact.qualifiers.items())
    return one_line(f"{fact.field.replace('_', ' ')}{f' ({narrowed})' if narrowed else ''}", 160)


def _says(fact: Fact) -> str:
    title = mrkdwn_link(one_line(fact.source_title or fact.source_url, 120), fact.source_url)
    return f"{title}, {one_line(fact.publisher or 'unnamed', 80)}, {short_day(fact.known_from)}, tier {int(fact.tier)}"


def _bearing(claim: OpenClaim) -> str:
    if not claim.in_force:
        return _BEARS[claim.bears]
    old = "; ".join(f"{one_line(f'{f.value} {f.unit}'.strip(), 120)} ({_says(f)})" for f in claim.in_force[:2])
    what = "replace or dispute" if claim.bears == "disagrees" else "join"
    return f"{_BEARS[claim.bears]} Approved, it would {what}: {old}"


def _buttons(fact: Fact) -> Block:
    def button(action: str, text: str, style: str) -> Block:
        label = f"{text}: {' '.join(fact.statement.split())}"[:75]
        return {
            "type": "button",
            "action_id": action,
            "text": {"type": "plain_text", "text": text},
            "style": style,
            "value": str(fact.id),
            "accessibility_label": label,
        }

    return {"type": "actions", "elements": [button(APPROVE, "Approve", "primary"), button(REJECT, "Reject", "danger")]}


class _Which(Payload):
    value: Number


class ProposalListeners:
    def __init__(self, office: Office, home_again: Again) -> None:
        self._office = office
        self._home_again = home_again

    def approve(self, body: dict[str, Any], ack: Callable[..., None], respond: Any, client: "WebClient") -> None:
        self._decide(body, ack, respond, client, "Approved")

    def reject(self, body: dict[str, Any], ack: Callable[..., None], respond: Any, client: "WebClient") -> None:
        self._decide(body, ack, respond, client, "Rejected")

    def _decide(
        self, body: dict[str, Any], ack: Callable[..., None], respond: Any, client: "WebClient", word: str
    ) -> None:
        press = checked(Press, body)
        fact_id = int(checked(_Which, {"value": press.chosen}).value)
        ack()

        def do() -> None:
            actor = self._office.actor(press.team.id, press.user.id)
            decide = self._office.administration.approve if word == "Approved" else self._office.administration.reject
            fact = decide(actor, fact_id)
            self._shown(press, respond, client, f"{word}: {one_line(fact.statement, 300)}")

        def tell(words: str, admin: bool) -> None:
            if admin:
                self._shown(press, respond, client, words)
            else:
                _alone(press, respond, client, words)

        guarded(do, tell)

    def _shown(self, press: Press, respond: Any, client: "WebClient", notice: str) -> None:
        """Where it was pressed, without what is decided now."""
        if press.view is not None or not press.response_url:
            self._home_again(client, press, notice)
            return
        blocks = [*sections([notice]), *proposal_blocks(waiting(self._office, press.team.id), may_decide=True)]
        _respond(respond, text=notice, blocks=blocks, replace_original=True)


def _alone(press: Press, respond: Any, client: "WebClient", words: str) -> None:
    if press.response_url:
        _respond(respond, text=words, replace_original=False)
    else:
        tell_in_a_window(client, press.trigger_id, words)


def _respond(respond: Any, **said: Any) -> None:
    """What was decided holds, whether this arrives or not."""
    try:
        with translated("answering a press"):
            respond(response_type="ephemeral", **said)
    except ServiceError as error:
        log.warning("could not tell who pressed", error=str(error))


def register(app: "App", office: Office, home_again: Again) -> None:
    listeners = ProposalListeners(office, home_again)
    app.action(APPROVE)(listeners.approve)
    app.action(REJECT)(listeners.reject)
