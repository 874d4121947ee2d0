"""The weekly digest: what happened, grouped and ranked, with what falls due next. Posted once per channel and week.

    tick -> due_digests (pure) -> digest_for_week (read) -> compose_digest (pure) -> outbox, keyed by channel and week
                                                                  `-> empty: skipped, and the skip is recorded

The outbox row is the record; a door posts it and finds its own post again after a crash (see bot/worker.py).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog
from pydantic import BaseModel, ConfigDict

from kb.errors import ConfigurationError
from kb.facts.view import view
from kb.leads import first_day, primary_first, teller
from kb.settings import Settings
from kb.store import Store
from kb.types import FactView, Filter, ItemVersion, OutboxDraft, Status, StorySource, Topic

log = structlog.get_logger("steelyard.digest")

STORIES_READ = 500
STORIES_A_GROUP = 8
IMPORTANCE_STEPS = 5  # stories of one step matter alike
SOURCES_A_STORY = 6
DEADLINES_SHOWN = 8
AHEAD = timedelta(days=180)
CATCH_UP = timedelta(days=2)  # a bot that was down at the hour still posts within this time

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


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DigestSource(_Frozen):
    title: str
    publisher: str
    url: str
    published: date
    tier: int


class Story(_Frozen):
    """One thing that happened, under its best source's title, with everyone who wrote of it."""

    title: str
    sources: tuple[DigestSource, ...]


class Change(_Frozen):
    """A dated fact whose source was published in the period."""

    statement: str
    source: DigestSource
    disputed: bool = False


class Group(_Frozen):
    name: str
    changes: tuple[Change, ...] = ()
    stories: tuple[Story, ...] = ()
    left_out: int = 0


class Deadline(_Frozen):
    on: date
    days_left: int
    statement: str
    source: DigestSource


class Digest(_Frozen):
    since: date
    until: date
    groups: tuple[Group, ...] = ()
    deadlines: tuple[Deadline, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing happened. Deadlines alone are no news: they were told when they came up."""
        return not self.groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Both days included."""

    since: date
    until: date

    @classmethod
    def week_ending(cls, last: date) -> "Period":
        return cls(since=last - timedelta(days=6), until=last)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestChannel:
    """When one channel wants its digest. `weekday` 0 is Monday; the hour is local."""

    workspace_id: str | None
    channel: str
    weekday: int
    hour: int
    time_zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDigest:
    channel: DigestChannel
    key: str
    period: Period


# ---------------------------------------------------------------- when


def due_digests(now: datetime, channels: Iterable[DigestChannel]) -> list[DueDigest]:
    """Channels whose hour has come, not longer ago than `CATCH_UP`; says nothing of what was posted already."""
    due = []
    for channel in channels:
        at = last_hour(now, channel)
        if now - at <= CATCH_UP:
            year, week, _ = at.date().isocalendar()
            key = f"digest:{channel.workspace_id or ''}:{channel.channel}:{year}-W{week:02d}"
            period = Period.week_ending(at.date() - timedelta(days=1))
            due.append(DueDigest(channel=channel, key=key, period=period))
    return due


def last_hour(now: datetime, channel: DigestChannel) -> datetime:
    """The last time the channel's weekday and hour came, in its own zone.

    An hour that the clocks skip is taken as the instant it would have been; one that comes twice is taken once.
    """
    try:
        zone = ZoneInfo(channel.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigurationError(
            f"no time zone is called {channel.time_zone!r}", hint="set STEELYARD_DIGEST_TIME_ZONE, e.g. Europe/Paris"
        ) from error
    local = now.astimezone(zone)
    day = local.date() - timedelta(days=(local.weekday() - channel.weekday) % 7)
    at = datetime.combine(day, time(channel.hour), tzinfo=zone)
    # Instants are compared in UTC: comparing within one zone would ignore what the clocks did.
    if at.astimezone(UTC) > now.astimezone(UTC):
        at = datetime.combine(day - timedelta(days=7), time(channel.hour), tzinfo=zone)
    return at


def digest_channels(settings: Settings, workspace_id: str | None) -> list[DigestChannel]:
    """The channels of the settings, all at the same local hour."""
    names = dict.fromkeys(name.strip() for name in settings.digest_channels.split(",") if name.strip())
    return [
        DigestChannel(
            workspace_id=workspace_id,
            channel=name,
            weekday=settings.digest_weekday,
            hour=settings.digest_hour,
            time_zone=settings.digest_time_zone,
        )
        for name in names
    ]


# ---------------------------------------------------------------- what


def compose_digest(
    items: Sequence[ItemVersion],
    facts: Sequence[FactView],
    period: Period,
    tellers: Mapping[str, Sequence[StorySource]] = MappingProxyType({}),
) -> Digest:
    """Stories and changed facts of the period by group, and the deadlines after it.

    `tellers`: all who tell a story, in the period or not; a story that began before it is no news.
    """
    stories = _stories(items, tellers, period)
    changes = _changes(facts, period)
    groups = []
    for name, topics in GROUPS.items():
        told = [story for topic, story in stories if topic in topics]
        new = changes.get(name, [])
        if told or new:
            left_out = max(0, len(told) - STORIES_A_GROUP) + max(0, len(new) - STORIES_A_GROUP)
            kept = tuple(new[:STORIES_A_GROUP]), tuple(told[:STORIES_A_GROUP])
            groups.append(Group(name=name, changes=kept[0], stories=kept[1], left_out=left_out))
    return Digest(since=period.since, until=period.until, groups=tuple(groups), deadlines=_deadlines(facts, period))


def _stories(
    items: Sequence[ItemVersion], tellers: Mapping[str, Sequence[StorySource]], period: Period
) -> list[tuple[Topic, Story]]:
    """Each under its most primary source: by what it matters, that source's tier, how many tell it, then by date."""
    by_story: dict[str, list[ItemVersion]] = defaultdict(list)
    for item in items:
        by_story[item.story_key or f"item:{item.item_id}"].append(item)
    ranked = []
    for key, versions in by_story.items():
        told = [t for t in tellers.get(key) or map(teller, versions) if first_day(t) <= period.until]
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
        title=told.title, publisher=told.publisher, url=told.url, published=first_day(told), tier=told.tier
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


# ---------------------------------------------------------------- read and enqueue


def digest_for_week(store: Store, last: date, *, workspace_id: str | None = None) -> Digest:
    """The digest of the seven days that end with `last`, from the database."""
    period = Period.week_ending(last)
    topics = tuple(topic for group in GROUPS.values() for topic in group)
    seen = Filter(workspace_id=workspace_id, topics=topics, since=period.since, until=period.until)
    items = store.items.recent(seen, limit=STORIES_READ)
    facts, events = store.facts.followed(workspace_id=workspace_id)
    tellers = store.stories.sources({item.story_key for item in items}, workspace_id=workspace_id)
    return compose_digest(items, view(facts, events, as_of=last), period, tellers)


def enqueue_due(store: Store, channels: Iterable[DigestChannel], now: datetime) -> int:
    """Record every digest that is due and not yet recorded or skipped; returns how many were recorded."""
    recorded = 0
    for due in due_digests(now, channels):
        scope, workspace = f"digest:{due.channel.channel}", due.channel.workspace_id
        if store.settings.get(scope, "skipped", workspace_id=workspace) == due.key or store.outbox.find(due.key):
            continue
        made = digest_for_week(store, due.period.until, workspace_id=workspace)
        if made.empty:
            # Kept, so that the digest does not turn up at an odd hour when something arrives later.
            store.settings.put(scope, "skipped", due.key, workspace_id=workspace)
            log.info("digest skipped, nothing happened", key=due.key)
            continue
        _, new = store.outbox.put(digest_draft(due, made))
        recorded += new
    return recorded


def digest_draft(due: DueDigest, made: Digest) -> OutboxDraft:
    return OutboxDraft(
        idempotency_key=due.key,
        door="slack",
        workspace_id=due.channel.workspace_id,
        channel=due.channel.channel,
        thread="",
        kind="digest",
        payload={"digest": digest_json(made)},
    )


def digest_json(made: Digest) -> dict[str, object]:
    return made.model_dump(mode="json")


def digest_text(made: Digest) -> str:
    """The digest as plain text, for a terminal."""
    lines = [f"{_day(made.since)} to {_day(made.until)}"]
    for group in made.groups:
        lines += ["", group.name]
        lines += [f"  - {change.statement} ({_where(change.source)})" for change in group.changes]
        for story in group.stories:
            lead, *also = (f"{_where(source)} {source.url}" for source in story.sources)
            lines += [f"  - {story.title}", f"      {lead}", *(f"      also: {other}" for other in also)]
        if group.left_out:
            lines.append(f"  and {group.left_out} more")
    if made.deadlines:
        lines += ["", "Deadlines ahead"]
        lines += [f"  - {_day(d.on)} ({d.days_left} days): {d.statement} ({_where(d.source)})" for d in made.deadlines]
    return "\n".join(lines if made.groups or made.deadlines else [*lines, "", "Nothing to report."])


def _where(source: DigestSource) -> str:
    return f"{source.publisher or source.title}, {_day(source.published)}, tier {source.tier}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
