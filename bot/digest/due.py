"""When a channel's digest is due: its weekday and hour, in its own time zone, whatever the clocks do. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kb.errors import ConfigurationError
from kb.settings import Settings
from kb.types import Topic

CATCH_UP = timedelta(days=2)  # a bot that was down at the hour still posts within this time


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
    """When one channel wants its digest. `weekday` 0 is Monday; the hour is local; no `topics`: all."""

    workspace_id: str | None
    channel: str
    weekday: int
    hour: int
    time_zone: str
    topics: tuple[Topic, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDigest:
    channel: DigestChannel
    key: str
    period: Period


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


def next_hour(now: datetime, channel: DigestChannel) -> datetime:
    """When the channel's weekday and hour come next, in its own zone."""
    at = last_hour(now, channel)
    day = at.date() + timedelta(days=7)
    return datetime.combine(day, time(channel.hour), tzinfo=at.tzinfo)


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
