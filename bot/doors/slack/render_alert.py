"""Alert -> Slack messages: what moved, before and after, the facts with their sources, and what may be done. Pure."""

from collections.abc import Iterable

from bot.doors.slack.blocks import Block, Message, context, pack, sections
from bot.doors.slack.render_sources import short_day
from bot.doors.slack.text import mrkdwn_link, one_line
from bot.watch.contract import Alert, AlertPart, AlertSource, FactMoved, PartMoved
from bot.watch.words import HEADINGS, TIME_ALONE, after, headline, is_by_time_alone

ALERT_EVENT = "steelyard_alert"
MUTE_ACTION, ACCEPT_ACTION, LEAVE_ACTION = "steelyard_watch_mute", "steelyard_watch_accept", "steelyard_watch_leave"
WATCH_ACTION = "steelyard_watch"
_LINE = 900  # characters of one side of a change
_QUESTION = 300
_PARTS = 8  # of one alert; a thread has hardly more


def render_alert(alert: Alert, *, key: str) -> list[Message]:
    blocks: list[Block] = []
    for part in alert.parts[:_PARTS]:
        blocks += [*_part(part), *_buttons(part, alert.role)]
    if len(alert.parts) > _PARTS:
        blocks += context(f"And {len(alert.parts) - _PARTS} more answers of this thread changed.")
    blocks += context(f"As of {short_day(alert.as_of)}. Earlier messages stay as they were. It is not legal advice.")
    first = alert.parts[0]
    said = first.moved[0].after if first.moved else first.facts[0].after if first.facts else ""
    return pack(blocks, text=one_line(f"{headline(first)}. {said}", 300), event_type=ALERT_EVENT, key=key)


def watch_button(kind: str, number: int) -> Block:
    """For an answer's own row of buttons: tell me too when this changes."""
    return {
        "type": "button",
        "action_id": WATCH_ACTION,
        "text": {"type": "plain_text", "text": "Watch"},
        "value": f"{kind}:{number}",
        "accessibility_label": "Tell me in a direct message when this answer changes",
    }


def _part(part: AlertPart) -> Iterable[Block]:
    yield from sections([f"*{one_line(headline(part), 150)}*", f"“{one_line(part.question, _QUESTION)}”"])
    yield from sections([line for moved in part.moved for line in _moved(moved)])
    lines = [_fact(fact) for fact in part.facts]
    if part.more_facts:
        lines.append(f"• and {part.more_facts} more")
    if lines:
        yield from sections(lines, "What moved it" if part.moved else "What changed")
    if is_by_time_alone(part):
        yield from context(TIME_ALONE)


def _moved(moved: PartMoved) -> list[str]:
    before, now = one_line(moved.before, _LINE), one_line(moved.after, _LINE)
    return [f"*{HEADINGS[moved.what]}*", f"• Before: {before}", f"• After: {now}"]


def _fact(fact: FactMoved) -> str:
    """Both sides and the source on one line: a section is cut between lines, never inside a link."""
    since = f" (from {short_day(fact.valid_from)})" if fact.valid_from else ""
    doubt = " Sources disagree." if fact.disputed else ""
    before = one_line(fact.before, _LINE) or "nothing known."
    return f"• Before: {before} After{since}: {one_line(after(fact), _LINE)}{doubt} — {_source(fact.source)}"


def _source(source: AlertSource) -> str:
    name = one_line(source.publisher or source.title or "source", 80)
    return f"{mrkdwn_link(name, source.url)} ({short_day(source.published)}, tier {source.tier})"


def _buttons(part: AlertPart, role: str) -> list[Block]:
    value = str(part.watch_id)
    accept = _button(ACCEPT_ACTION, "Accept new record", value, "Decide again here and keep the new record")
    mute = _button(MUTE_ACTION, "Mute", value, "Tell nothing more of this")
    leave = _button(LEAVE_ACTION, "Unsubscribe", value, "Stop telling me of this")
    own = [leave] if role == "subscriber" else [mute] if part.ahead_on is not None else [accept, mute]
    return [{"type": "actions", "elements": [*own]}]


def _button(action_id: str, text: str, value: str, label: str) -> Block:
    words = {"type": "plain_text", "text": text}
    return {"type": "button", "action_id": action_id, "text": words, "value": value, "accessibility_label": label}
