"""App Home as a view of at most a hundred blocks. Pure: https://docs.slack.dev/reference/views/home-tab-views"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.answer.text import plural
from bot.doors.slack.add_source_views import ADD, tier_input, topic_input
from bot.doors.slack.audit_view import audit_blocks
from bot.doors.slack.blocks import Block, context, sections
from bot.doors.slack.forms import modal, option
from bot.doors.slack.proposals import proposal_blocks
from bot.doors.slack.text import one_line
from bot.preferences import Digest
from bot.source_words import is_well, last_success, next_due, state_of, trouble_of
from kb.errors import BadInput
from kb.facts.open import OpenClaim
from kb.types import AuditRow, SourceHealth, SourceRecord

PAGE = "steelyard_home_page"
SOURCE_MENU = "steelyard_source_menu"
IMPORT, EXPORT = "steelyard_source_import", "steelyard_source_export"
GENERATOR, RETENTION = "steelyard_generator", "steelyard_retention"
WORTH_VIEW = "steelyard_source_worth"

SOURCES_A_PAGE = 12
BLOCKS = 100
DEFAULT = "default"  # a word for what is configured, or for keeping for good
DAYS = (30, 90, 180, 365)
_EXAMPLES = (
    "Open or closed for an EU bank that summarises 200k customer mails a day?",
    "What licence is Kimi K2.5 under and what do we have to do?",
    "When do the high-risk duties of the EU AI Act apply?",
)

Deed = Literal["pause", "resume", "remove", "worth"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeState:
    """`admins`: who they are, as mrkdwn; `shared`: they also administer what is shared; `notice`: mrkdwn on top."""

    now: datetime
    team_id: str
    admin: bool
    admins: str
    shared: bool
    notice: str
    sources: Sequence[SourceRecord]
    page: int
    health: Mapping[int, SourceHealth]
    claims: Sequence[OpenClaim]
    generators: Sequence[str]
    generator: str
    leaving: str  # what leaves this machine with it; empty: nothing
    spent: str
    channel_generators: Mapping[str, str]
    digests: Mapping[str, Digest]
    retention_days: int | None
    log: Sequence[AuditRow]


@dataclass(frozen=True, slots=True)
class Menu:
    """What a source's menu says: "pause:12"."""

    deed: Deed
    source_id: int

    @classmethod
    def of(cls, value: str) -> "Menu":
        deed, _, number = value.partition(":")
        deeds: dict[str, Deed] = {"pause": "pause", "resume": "resume", "remove": "remove", "worth": "worth"}
        if deed not in deeds or not number.isdigit() or len(number) > 18:
            raise BadInput("a menu that we did not make")
        return cls(deeds[deed], int(number))


def home_view(state: HomeState) -> dict[str, object]:
    parts = [
        *(sections([state.notice]) if state.notice else []),
        *_asking(state),
        *(_proposals(state) if state.admin else []),
        *_sources(state),
        *_settings(state),
        *([*_header("Log of what admins did"), *audit_blocks(state.log)] if state.admin else []),
    ]
    return {"type": "home", "private_metadata": json.dumps({"page": state.page}), "blocks": parts[:BLOCKS]}


def _asking(state: HomeState) -> list[Block]:
    lines = [
        "Mention me in a channel, write to me, or use `/steelyard ask`. Say what you would use a model for; I weigh "
        "open against closed ones and give a dated source for every sentence. For example:",
        *(f"• {example}" for example in _EXAMPLES),
    ]
    disclosure = "I am an automated assistant and can be wrong: open the sources. Nothing I say is legal advice."
    who = "" if state.admin else f"Sources and settings are the admins' to change: {state.admins}. Ask them."
    return [*_header("Ask"), *sections(lines), *context(disclosure, who)]


# ---------------------------------------------------------------- sources


def _sources(state: HomeState) -> list[Block]:
    first = state.page * SOURCES_A_PAGE
    page = state.sources[first : first + SOURCES_A_PAGE]
    return [
        *_header("Sources"),
        *(_source_buttons() if state.admin else []),
        *context(_counted(state), _whose(state) if state.admin else ""),
        *(block for record in page for block in _source(state, record)),
        *_pages(state),
    ]


def _counted(state: HomeState) -> str:
    by = Counter(_fares(record) for record in state.sources)
    told = ", ".join(f"{n} {word}" for word, n in by.most_common())
    return f"{plural(len(state.sources), 'source')}: {told}." if by else "No sources yet."


def _fares(record: SourceRecord) -> str:
    if record.status != "active":
        return record.status
    if not is_well(record):
        return "in trouble"
    return "well" if record.state.last_success_at else "not read yet"


def _whose(state: HomeState) -> str:
    if state.shared:
        return "Sources that ship with Steelyard are yours to change too: this is the only workspace here."
    return (
        "Sources marked “shared” are read for every workspace here; only whoever runs Steelyard changes them, in the "
        "terminal. What you add is read for this workspace alone."
    )


def _source(state: HomeState, record: SourceRecord) -> list[Block]:
    rate = state.health.get(record.id, SourceHealth()).entries_per_week
    shared = record.workspace_id is None
    facts = [
        state_of(record),
        f"read {last_success(record, state.now)}" if record.state.last_success_at else "",
        f"due {next_due(record, state.now)}" if record.status == "active" else "",
        f"{rate:.1f} a week" if rate else "",
        f"{record.topic}, tier {int(record.tier)}",
        "shared" if shared and not state.shared else "",
    ]
    lines = [f"*{one_line(record.title or record.url, 150)}* · source {record.id}", " · ".join(f for f in facts if f)]
    trouble = trouble_of(record)
    lines += [f"_{one_line(trouble, 300)}_"] if trouble else []
    [section] = sections(["\n".join(lines)])
    mine = state.admin and (not shared or state.shared)
    return [section | {"accessory": _menu(record)}] if mine else [section]


def _menu(record: SourceRecord) -> Block:
    names = {"active": [("pause", "Pause")], "paused": [("resume", "Resume")]}.get(record.status, [])
    options = [
        option(f"{deed}:{record.id}", name)
        for deed, name in [*names, ("worth", "Topic and tier"), ("remove", "Remove")]
    ]
    return {"type": "overflow", "action_id": SOURCE_MENU, "options": options}


def _source_buttons() -> list[Block]:
    named = ((ADD, "Add a source"), (IMPORT, "Import OPML"), (EXPORT, "Export OPML"))
    return [{"type": "actions", "elements": [button(action, text, "-") for action, text in named]}]


def _pages(state: HomeState) -> list[Block]:
    last = max(0, (len(state.sources) - 1) // SOURCES_A_PAGE)
    if not last:
        return []
    buttons = [button(f"{PAGE}_before", "Previous", str(state.page - 1))] if state.page > 0 else []
    buttons += [button(f"{PAGE}_after", "Next", str(state.page + 1))] if state.page < last else []
    return [*context(f"Page {state.page + 1} of {last + 1}"), {"type": "actions", "elements": buttons}]


def worth_view(record: SourceRecord) -> dict[str, object]:
    blocks = [
        *sections([f"*{one_line(record.title or record.url, 200)}*"]),
        topic_input(record.topic),
        tier_input(record.tier),
    ]
    metadata = json.dumps({"source": record.id})
    return modal("Topic and tier", blocks, callback=WORTH_VIEW, submit="Save", metadata=metadata)


# ---------------------------------------------------------------- proposals and settings


def _proposals(state: HomeState) -> list[Block]:
    counted = f"Proposed facts ({len(state.claims)})" if state.claims else "Proposed facts"
    how = "Read in the text of sources; nobody believes them until two independent sources agree or an admin approves."
    mine = "" if state.shared else "Your word counts in this workspace."
    return [*_header(counted), *context(how, mine), *proposal_blocks(state.claims, may_decide=True)]


def _settings(state: HomeState) -> list[Block]:
    return [*_header("Answers"), *_generator(state), *_header("Digests"), *_digests(state), *_retention(state)]


def _generator(state: HomeState) -> list[Block]:
    leaves = one_line(state.leaving, 200) or "nothing leaves this machine"
    lines = [f"Sentences are worded by *{one_line(state.generator, 60)}*: {leaves}."]
    lines += [state.spent] if state.spent else []
    lines += [f"In <#{channel}>: {one_line(name, 60)}" for channel, name in sorted(state.channel_generators.items())]
    [section] = sections(["\n".join(lines[:20])])
    if not state.admin or len(state.generators) < 2:
        return [section]
    options = [option(name, name) for name in state.generators]
    return [section | {"accessory": _select(GENERATOR, options, state.generator, "Generator")}]


def _digests(state: HomeState) -> list[Block]:
    shown = [f"• <#{channel}>: {one_line(digest.words, 300)}" for channel, digest in sorted(state.digests.items())]
    return sections(
        shown[:20] or ["No channel has a weekly digest yet. `/steelyard digest`, typed in a channel, sets one."]
    )


def _retention(state: HomeState) -> list[Block]:
    kept = f"{state.retention_days} days" if state.retention_days else "for good"
    [section] = sections([f"Questions and answers are kept *{kept}*."])
    if not state.admin:
        return [*_header("Kept"), section]
    days = sorted({*DAYS, *([state.retention_days] if state.retention_days else [])})
    options = [*(option(str(n), f"{n} days") for n in days), option(DEFAULT, "for good")]
    chosen = str(state.retention_days or DEFAULT)
    return [*_header("Kept"), section | {"accessory": _select(RETENTION, options, chosen, "How long")}]


# ---------------------------------------------------------------- pieces


def _header(text: str) -> list[Block]:
    return [{"type": "header", "text": {"type": "plain_text", "text": text}}]


def button(action: str, text: str, value: str) -> Block:
    label = {"type": "plain_text", "text": text}
    return {"type": "button", "action_id": action, "text": label, "value": value}


def _select(action: str, options: Sequence[Block], chosen: str, placeholder: str) -> Block:
    element: Block = {
        "type": "static_select",
        "action_id": action,
        "placeholder": {"type": "plain_text", "text": placeholder},
        "options": list(options),
    }
    picked = next((one for one in options if one["value"] == chosen), None)
    return element | ({"initial_option": picked} if picked else {})
