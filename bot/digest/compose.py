"""What a digest says: stories and changed facts of the period by group, and the deadlines after it. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType

from bot.answer.text import site_of
from bot.digest.contract import Change, Deadline, DecisionMoved, Digest, DigestSource, Group, Story
from bot.digest.due import Period
from bot.watch.contract import Alert, AlertPart, AlertSource
from bot.watch.words import HEADINGS, after
from kb.leads import first_day, primary_first, teller
from kb.types import FactView, ItemVersion, Status, StorySource, Tier, Topic

STORIES_A_GROUP = 8
IMPORTANCE_STEPS = 5  # stories of one step matter alike
SOURCES_A_STORY = 6
DEADLINES_SHOWN = 8
DECISIONS_SHOWN = 10
AHEAD = timedelta(days=180)

GROUPS: Mapping[str, tuple[Topic, ...]] = {
    "Releases": (Topic.RELEASE,),
    "Licences": (Topic.LICENCE,),
    "Prices": (Topic.PRICE,),
    "Regulation": (Topic.REGULATION,),
    "Also": (Topic.SECURITY, Topic.CAPABILITY),
}
_GROUP_OF_PREFIX = {
    "model": "Releases", "licence": "Licences", "offer": "Prices", "gpu": "Prices",
    "duty": "Regulation", "rule": "Regulation", "regime": "Regulation",
}  # fmt: skip
_DATED_FIELDS = {"applies_from": "applies from", "deadline": "deadline", "deprecated_on": "retired on"}
_STANDING = (Status.IN_FORCE, Status.SCHEDULED, Status.DISPUTED)


def compose_digest(
    items: Sequence[ItemVersion],
    facts: Sequence[FactView],
    period: Period,
    tellers: Mapping[str, Sequence[StorySource]] = MappingProxyType({}),
    *,
    topics: Collection[Topic] = (),
    decisions: Sequence[DecisionMoved] = (),
) -> Digest:
    """Stories and changed facts of the period by group, and the deadlines after it.

    `tellers`: all who tell a story, in the period or not; a story that began before it is no news. `topics`: those
    that the channel chose; none: all.
    """
    stories = _stories(items, tellers, period)
    facts = [seen for seen in facts if seen.fact.tier < Tier.OPINION]
    changes = _changes(facts, period)
    groups = []
    for name, own in GROUPS.items():
        if topics and not set(own) & set(topics):
            continue
        told = [story for topic, story in stories if topic in own and (not topics or topic in topics)]
        new = changes.get(name, [])
        if told or new:
            left_out = max(0, len(told) - STORIES_A_GROUP) + max(0, len(new) - STORIES_A_GROUP)
            kept = tuple(new[:STORIES_A_GROUP]), tuple(told[:STORIES_A_GROUP])
            groups.append(Group(name=name, changes=kept[0], stories=kept[1], left_out=left_out))
    return Digest(
        since=period.since,
        until=period.until,
        groups=tuple(groups),
        deadlines=_deadlines(facts, period),
        decisions=tuple(decisions[:DECISIONS_SHOWN]),
    )


def _stories(
    items: Sequence[ItemVersion], tellers: Mapping[str, Sequence[StorySource]], period: Period
) -> list[tuple[Topic, Story]]:
    """Each under its most primary source: by what it matters, that source's tier, how many tell it, then by date."""
    by_story: dict[str, list[ItemVersion]] = defaultdict(list)
    unsound = {item.item_id for item in items if not item.quotable}  # opinion, or under suspicion
    for item in (item for item in items if item.quotable):
        by_story[item.story_key or f"item:{item.item_id}"].append(item)
    ranked = []
    for key, versions in by_story.items():
        every = [t for t in tellers.get(key) or map(teller, versions) if t.item_id not in unsound]
        told = [t for t in every if first_day(t) <= period.until]
        if not told or min(map(first_day, told)) < period.since:
            continue
        lead, *_ = told = primary_first(told)
        topic = {v.item_id: v.topic for v in versions}.get(lead.item_id, versions[0].topic)
        sources = tuple({(t.publisher, t.url): _source(t) for t in reversed(told)}.values())[::-1]
        weight = round(max(version.importance for version in versions) * IMPORTANCE_STEPS)
        rank = (-weight, lead.tier, -len({t.publisher for t in told}), -first_day(lead).toordinal(), lead.item_id)
        ranked.append((rank, topic, Story(title=lead.title or lead.url, sources=sources[:SOURCES_A_STORY])))
    return [(topic, story) for _, topic, story in sorted(ranked, key=lambda each: each[0])]


def _source(told: StorySource) -> DigestSource:
    return DigestSource(
        title=told.title,
        publisher=told.publisher or site_of(told.url),
        url=told.url,
        published=first_day(told),
        tier=told.tier,
    )


def _changes(facts: Sequence[FactView], period: Period) -> dict[str, list[Change]]:
    """A price table tells thousands of things a day; news is where it replaces another value."""
    changes: dict[str, list[Change]] = defaultdict(list)
    moved = {v.superseded_by.id for v in facts if v.superseded_by and v.superseded_by.value != v.fact.value}
    for seen in sorted(facts, key=lambda f: (f.fact.tier, f.fact.subject, f.fact.key)):
        group = _GROUP_OF_PREFIX.get(seen.fact.subject.partition(":")[0])
        told = seen.fact.field not in ("name", "alias") and (seen.fact.source_id is None or seen.fact.id in moved)
        if group and told and seen.status in _STANDING and period.since <= seen.fact.known_from <= period.until:
            disputed = seen.status == Status.DISPUTED
            changes[group].append(Change(statement=seen.fact.statement, source=_fact_source(seen), disputed=disputed))
    return changes


def _deadlines(facts: Sequence[FactView], period: Period) -> tuple[Deadline, ...]:
    """Dated fields that still stand and fall due after the period, soonest first."""
    found = []
    for seen in facts:
        if seen.fact.field not in _DATED_FIELDS or seen.status not in _STANDING:
            continue
        try:
            on = date.fromisoformat(seen.fact.value)
        except ValueError:
            continue
        if period.until < on <= period.until + AHEAD:
            left = (on - period.until).days
            found.append(Deadline(on=on, days_left=left, statement=seen.fact.statement, source=_fact_source(seen)))
    return tuple(sorted(found, key=lambda d: (d.on, d.source.tier, d.statement))[:DEADLINES_SHOWN])


def _fact_source(seen: FactView) -> DigestSource:
    fact = seen.fact
    return DigestSource(
        title=fact.source_title,
        publisher=fact.publisher,
        url=fact.source_url,
        published=fact.known_from,
        tier=fact.tier,
    )


# ---------------------------------------------------------------- what it changes


def decisions_moved(alerts: Iterable[Alert]) -> list[DecisionMoved]:
    """What threads were told, newest first: of each decision or answer the latest, on one line."""
    found: dict[tuple[str, int], DecisionMoved] = {}
    for alert in alerts:
        for part in alert.parts:
            found.setdefault((part.kind, part.number), _moved(part))
    return list(found.values())


def _moved(part: AlertPart) -> DecisionMoved:
    sources = tuple(dict.fromkeys(_alert_source(fact.source) for fact in part.facts))
    return DecisionMoved(
        number=part.number,
        kind=part.kind,
        question=part.question,
        said=_said(part),
        sources=sources[:SOURCES_A_STORY],
        ahead_on=part.ahead_on,
    )


def _said(part: AlertPart) -> str:
    if part.moved:
        first, more = part.moved[0], len(part.moved) - 1
        also = f" (and {more} more)" if more else ""
        return f"{HEADINGS[first.what]}: {first.before} → {first.after}{also}"
    return f"{part.facts[0].before or 'nothing known'} → {after(part.facts[0])}" if part.facts else ""


def _alert_source(source: AlertSource) -> DigestSource:
    return DigestSource(
        title=source.title, publisher=source.publisher, url=source.url, published=source.published, tier=source.tier
    )
