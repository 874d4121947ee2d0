"""Digest -> Slack messages. Pure."""

from dataclasses import replace

from bot.digest import Change, Deadline, DecisionMoved, Digest, DigestSource, Group, Story
from bot.doors.slack.blocks import BLOCKS_LIMIT, Block, Message, context, pack, sections
from bot.doors.slack.render_sources import short_day
from bot.doors.slack.text import mrkdwn_link, one_line

DIGEST_EVENT = "steelyard_digest"
_LINE = 1_500  # characters


def render_digest(digest: Digest, *, key: str) -> list[Message]:
    """The week under headings, deadlines last; every line with its dated sources."""
    title = f"Open and closed models: {short_day(digest.since)} to {short_day(digest.until)}"
    blocks: list[Block] = [{"type": "header", "text": {"type": "plain_text", "text": title[:150]}}]
    for group in digest.groups:
        blocks += _group(group)
    if digest.decisions:
        blocks += sections([_decision(each) for each in digest.decisions], "What it changes for your decisions")
    if digest.deadlines:
        blocks += sections([_deadline(each) for each in digest.deadlines], "Deadlines ahead")
    blocks += context("Stories are ranked by how much they matter, then by their best source and how many tell them.")
    counted = sum(len(group.changes) + len(group.stories) for group in digest.groups) + len(digest.decisions)
    return pack(blocks, text=f"{title} ({counted} items)", event_type=DIGEST_EVENT, key=key)


def render_preview(digest: Digest, says: str, *, key: str) -> list[Message]:
    """The same for one person's eyes, under a line that says so."""
    if digest.empty:
        quiet = "Nothing happened in the last seven days; such a week is skipped."
        return pack([*context(says), *sections([quiet])], text=quiet, event_type=DIGEST_EVENT, key=key)
    first, *rest = render_digest(digest, key=key)
    return [replace(first, blocks=(*context(says), *first.blocks[: BLOCKS_LIMIT - 1])), *rest]


def _group(group: Group) -> list[Block]:
    lines = [*map(_change, group.changes), *(line for story in group.stories for line in _story(story))]
    if group.left_out:
        lines.append(f"_and {group.left_out} more_")
    return sections(lines, group.name)


def _change(change: Change) -> str:
    doubt = " (sources disagree)" if change.disputed else ""
    return f"• {one_line(change.statement, 600)}{doubt} — {_source(change.source)}"


def _story(story: Story) -> list[str]:
    """A line for the best source and one for all others; a section is cut between lines, never inside a link."""
    lead, *others = story.sources
    first = f"• {mrkdwn_link(one_line(story.title, 200), lead.url)} ({_dated(lead)})"
    told = [_source(other) for other in others]
    together = f"      also {'; '.join(told)}"
    if len(together) <= _LINE:
        return [first, *([together] if told else [])]
    return [first, *(f"      also {one}" for one in told)]


def _decision(moved: DecisionMoved) -> str:
    when = f" from *{short_day(moved.ahead_on)}*" if moved.ahead_on else ""
    told = f" — {'; '.join(map(_source, moved.sources))}" if moved.sources else ""
    question = one_line(moved.question, 160)
    return f"• {moved.kind.capitalize()} {moved.number}, “{question}”{when}: {one_line(moved.said, 700)}{told}"


def _deadline(deadline: Deadline) -> str:
    when = f"*{short_day(deadline.on)}* ({deadline.days_left} days)"
    return f"• {when}: {one_line(deadline.statement, 600)} — {_source(deadline.source)}"


def _source(source: DigestSource) -> str:
    name = one_line(source.publisher or source.title or "source", 80)
    return f"{mrkdwn_link(name, source.url)} ({short_day(source.published)}, tier {source.tier})"


def _dated(source: DigestSource) -> str:
    publisher = one_line(source.publisher, 80)
    return f"{publisher + ', ' if publisher else ''}{short_day(source.published)}, tier {source.tier}"
