"""The audit log as lines of mrkdwn. Pure."""

import json
import re
from collections.abc import Sequence

from bot.doors.slack.blocks import Block, sections
from bot.doors.slack.render_sources import short_day
from bot.doors.slack.text import one_line
from bot.preferences import Digest
from kb.types import AuditRow

_PERSON = re.compile(r"slack:([UW][A-Z0-9]{2,30})")
_DEEDS = {
    "source.add": "added",
    "source.pause": "paused",
    "source.resume": "resumed",
    "source.remove": "removed",
    "source.worth": "changed topic or tier of",
    "source.import": "imported",
    "source.export": "exported",
    "proposal.approve": "approved",
    "proposal.reject": "rejected",
    "generator.set": "chose the generator of",
    "generator_tokens.set": "set the daily tokens of",
    "digest.set": "set the digest of",
    "retention_days.set": "set how long is kept in",
    "watch.muted": "muted",
    "watch.on": "woke",
    "watch.ended": "ended",
    "follow_ups.set": "set follow-ups of",
}


def audit_blocks(rows: Sequence[AuditRow]) -> list[Block]:
    """The newest first."""
    if not rows:
        return sections(["Nothing has been administered here yet."])
    return sections([_line(row) for row in rows])


def _line(row: AuditRow) -> str:
    what = _DEEDS.get(row.action, row.action)
    at = f"{short_day(row.at.date())} {row.at:%H:%M} UTC"
    return f"• {at}: {who(row.actor)} {what} {_place(row.subject)}{_change(row)}"


def who(actor: str) -> str:
    """A person of this workspace by name; whoever sits at the terminal as such."""
    found = _PERSON.fullmatch(actor)
    return f"<@{found[1]}>" if found else one_line(actor, 80)


def _place(subject: str) -> str:
    """A subject; a channel by its name."""
    channel = re.fullmatch(r"channel:([CGD][A-Z0-9]{2,30})", subject)
    return f"<#{channel[1]}>" if channel else one_line("the workspace" if subject == "workspace" else subject, 160)


def _change(row: AuditRow) -> str:
    """What differs: "status: active → paused"."""
    before, after = row.before or {}, row.after or {}
    if row.action.endswith(".set"):
        told = [f"{_chosen(row.action, before.get('value'))} → {_chosen(row.action, after.get('value'))}"]
    elif row.action == "source.import":
        told = [f"{name} {len(v) if isinstance(v, list) else v}" for name, v in after.items()]
    else:
        told = [f"{n}: {before[n]} → {new}" for n, new in after.items() if n in before and before[n] != new]
    return f" ({one_line('; '.join(told), 200)})" if told else ""


def _chosen(action: str, stored: object) -> str:
    """A stored setting in words."""
    if stored is None:
        return "not set"
    try:
        value = json.loads(str(stored))
        return Digest.model_validate(value).words if action == "digest.set" else str(value)
    except ValueError:
        return str(stored)
