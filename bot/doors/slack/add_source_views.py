"""The windows in which a source is added. Pure: https://docs.slack.dev/reference/views/modal-views"""

import json
from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict

from bot.doors.slack.blocks import Block, context, sections
from bot.doors.slack.forms import field, line, menu, modal, option
from bot.doors.slack.text import one_line
from kb.types import Tier, Topic

ADD = "steelyard_source_add"
ANOTHER = "steelyard_source_another"
ASK_VIEW, FOUND_VIEW, SAID_VIEW = "steelyard_source_ask", "steelyard_source_found", "steelyard_said"
TIERS = {
    Tier.PRIMARY: "1 primary: law, licence, vendor's price list",
    Tier.RECOGNISED: "2 recognised: data set, vendor's blog",
    Tier.PRESS: "3 press, law firms, trackers",
    Tier.OPINION: "4 opinion: never stands alone",
}


class Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    published: str
    title: str
    link: str = ""


class Found(BaseModel):
    """A probe's result, as `ingest/probing.py` leaves it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: str
    url: str
    title: str = ""
    publisher: str = ""
    entries: int = 0
    newest: tuple[Entry, ...] = ()
    refused: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    topic: Topic = Topic.OTHER
    tier: Tier = Tier.PRESS

    @classmethod
    def of(cls, result: Mapping[str, object]) -> "Found":
        return cls.model_validate(result)


def ask_view(url: str = "", trouble: str = "") -> dict[str, object]:
    """`trouble`: what was wrong with the address, as mrkdwn."""
    said = sections([f"*That did not work.* {trouble}"]) if trouble else []
    how = "A feed, a page that names its feed, or a page to watch: a licence, terms, a law, a price list."
    address = field("url", "Address", line(url, 2_000, "https://example.org/blog"), hint=how)
    return modal("Add a source", [*said, address], callback=ASK_VIEW, submit="Look at it")


def waiting_view(url: str) -> dict[str, object]:
    blocks = sections([f"Looking at {one_line(url, 300)}", "This takes a few seconds."])
    return modal("Add a source", blocks)


def found_view(found: Found, probe_id: int) -> dict[str, object]:
    kind = "a feed" if found.kind == "feed" else "no feed: the page itself would be watched for changes"
    name = one_line(found.title or found.url, 200)
    counted = f"{found.entries} {'entry' if found.entries == 1 else 'entries'} now"
    lines = [f"*{name}*", f"{one_line(found.url, 300)}", f"It is {kind}, {counted}."]
    newest = [f"• {one_line(e.published, 20)}: {one_line(e.title or 'without a title', 250)}" for e in found.newest]
    blocks = [
        *sections(lines),
        *sections(newest, "The newest entries" if newest else ""),
        *context(f"Left out: {one_line('; '.join(found.refused[:3]), 300)}" if found.refused else ""),
        *_others(found.others),
        field("title", "Title", line(found.title, 200)),
        field("publisher", "Publisher", line(found.publisher, 100), optional=True),
        topic_input(found.topic),
        tier_input(found.tier),
    ]
    metadata = json.dumps({"probe": probe_id})
    return modal("Add a source", blocks, callback=FOUND_VIEW, submit="Add source", metadata=metadata)


def said_view(words: str) -> dict[str, object]:
    """A last word in a window, as mrkdwn."""
    return modal("Steelyard", sections([words]), callback=SAID_VIEW)


def topic_input(chosen: Topic) -> Block:
    names = {topic.value: topic.value for topic in Topic}
    return field("topic", "Topic", menu(names, chosen.value), hint="What entries are about that do not tell.")


def tier_input(chosen: Tier) -> Block:
    names = {str(int(tier)): words for tier, words in TIERS.items()}
    return field("tier", "Worth as evidence", menu(names, str(int(chosen))))


def _others(urls: Iterable[str]) -> list[Block]:
    kept = [url for url in urls if len(url) <= 150]  # what a menu's value may hold
    if not kept:
        return []
    chooser = {
        "type": "static_select",
        "action_id": ANOTHER,
        "placeholder": {"type": "plain_text", "text": "Look at another"},
        "options": [option(url, url) for url in kept],
    }
    [section] = sections(["The page names other feeds too."])
    return [section | {"accessory": chooser}]
