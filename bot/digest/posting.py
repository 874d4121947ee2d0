"""From the database to the outbox: a digest is read, recorded once under its channel and week, or its skip is.

    tick -> due_digests (pure) -> digest_for_week (read) -> compose_digest (pure) -> outbox, keyed by channel and week
                                                                  `-> empty: skipped, and the skip is recorded

The outbox row is the record; a door posts it and finds its own post again after a crash (see bot/worker.py).
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta

import structlog

from bot.digest.compose import GROUPS, compose_digest, decisions_moved
from bot.digest.contract import Digest
from bot.digest.due import DigestChannel, DueDigest, Period, digest_channels, due_digests
from bot.digest.words import digest_json
from bot.preferences import Digest as Chosen
from bot.preferences import Preferences
from bot.watch.contract import Alert
from bot.watch.service import ALERT
from kb.facts.view import view
from kb.settings import Settings
from kb.store import Store
from kb.types import Filter, OutboxDraft, Topic

log = structlog.get_logger("steelyard.digest")

STORIES_READ = 500


def digest_for_week(
    store: Store, last: date, *, workspace_id: str | None = None, channel: str = "", topics: Iterable[Topic] = ()
) -> Digest:
    """The digest of the seven days that end with `last`, from the database.

    `channel`: with what it changes for the decisions of its threads.
    """
    period = Period.week_ending(last)
    wanted = tuple(topics)
    every = tuple(topic for group in GROUPS.values() for topic in group)
    seen = Filter(workspace_id=workspace_id, topics=wanted or every, since=period.since, until=period.until)
    items = store.items.recent(seen, limit=STORIES_READ)
    facts, events = store.facts.followed(workspace_id=workspace_id)
    tellers = store.stories.sources({item.story_key for item in items}, workspace_id=workspace_id)
    alerts = _alerts(store, period, workspace_id, channel) if channel else []
    views = view(facts, events, as_of=last)
    return compose_digest(items, views, period, tellers, topics=wanted, decisions=decisions_moved(alerts))


def _alerts(store: Store, period: Period, workspace_id: str | None, channel: str) -> list[Alert]:
    """What the channel's own threads were told in the period; nobody's direct messages."""
    begin = datetime.combine(period.since, time.min, UTC)
    rows = store.outbox.recent(ALERT, since=begin, workspace_id=workspace_id)
    here = [row for row in rows if row.draft.channel == channel and row.created_at < begin + timedelta(days=7)]
    return [alert for row in here if (alert := Alert.model_validate(row.draft.payload["alert"])).role == "thread"]


def chosen_channels(store: Store, settings: Settings, teams: Sequence[str]) -> list[DigestChannel]:
    """Every channel that wants a digest: those chosen in Slack, once somebody saw a preview, then the settings' own.

    A channel that was chosen in Slack is no longer the settings' to say; these are of the one workspace there is.
    """
    found = []
    chosen: set[tuple[str, str]] = set()
    for team in teams:
        for name, digest in Preferences(store.settings, team).digests().items():
            chosen.add((team, name))
            if digest.on and digest.previewed:
                found.append(channel_of(team, name, digest))
    own = digest_channels(settings, teams[0]) if len(teams) == 1 else []
    return [*found, *(each for each in own if (each.workspace_id, each.channel) not in chosen)]


def channel_of(workspace_id: str | None, name: str, digest: Chosen) -> DigestChannel:
    return DigestChannel(
        workspace_id=workspace_id,
        channel=name,
        weekday=digest.weekday,
        hour=digest.hour,
        time_zone=digest.time_zone,
        topics=digest.topics,
    )


def enqueue_due(store: Store, channels: Iterable[DigestChannel], now: datetime) -> int:
    """Record every digest that is due and not yet recorded or skipped; returns how many were recorded."""
    recorded = 0
    for due in due_digests(now, channels):
        scope, workspace = f"digest:{due.channel.channel}", due.channel.workspace_id
        if store.settings.get(scope, "skipped", workspace_id=workspace) == due.key or store.outbox.find(due.key):
            continue
        made = digest_of(store, due)
        if made.empty:
            # Kept, so that the digest does not turn up at an odd hour when something arrives later.
            store.settings.put(scope, "skipped", due.key, workspace_id=workspace)
            log.info("digest skipped, nothing happened", key=due.key)
            continue
        _, new = store.outbox.put(digest_draft(due, made))
        recorded += new
    return recorded


def digest_of(store: Store, due: DueDigest) -> Digest:
    channel = due.channel
    return digest_for_week(
        store, due.period.until, workspace_id=channel.workspace_id, channel=channel.channel, topics=channel.topics
    )


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
