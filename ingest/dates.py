"""Dates as publishers state them: read when they are plain, dropped when they are absurd, never guessed."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=2)  # clocks and time zones differ; a post of next week is a mistake or a trick
_NAMES = "january february march april may june july august september october november december"
_MONTHS = _NAMES.split()
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _MONTHS).replace("sep(?:tember)?", "sept?(?:ember)?")
DATE_PATTERN = (
    rf"(?:\d{{4}}-\d{{2}}-\d{{2}}|(?:{_MONTH})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:{_MONTH})\.?,?\s+\d{{4}}|\d{{1,2}}\.\d{{1,2}}\.\d{{4}})"
)
_DAY_FIRST = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?\s+({_MONTH})\.?,?\s+(\d{{4}})", re.I)
_MONTH_FIRST = re.compile(rf"({_MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})", re.I)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


def sane(moment: datetime | None, now: datetime) -> datetime | None:
    """The moment in UTC, or None where it lies before 1990 or more than two days ahead of `now`."""
    if moment is None:
        return None
    try:
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None
    return moment if _EARLIEST <= moment <= now + _AHEAD else None


def read_date(text: str) -> datetime | None:
    """One written date: ISO 8601, RFC 2822, "24 March 2025", "March 24, 2025" or "24.3.2025"."""
    text = text.strip()
    return _iso(text) or _worded(text) or _rfc2822(text)


def _iso(text: str) -> datetime | None:
    for candidate in (text, text[:10]):
        try:
            moment = datetime.fromisoformat(candidate)
        except ValueError:
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _worded(text: str) -> datetime | None:
    if found := _DAY_FIRST.match(text):
        day, month, year = found[1], _month_number(found[2]), found[3]
    elif found := _MONTH_FIRST.match(text):
        day, month, year = found[2], _month_number(found[1]), found[3]
    elif found := _DOTTED.match(text):
        day, month, year = found[1], int(found[2]), found[3]
    else:
        return None
    try:
        return datetime(int(year), month, int(day), tzinfo=UTC)
    except ValueError:
        return None


def _month_number(name: str) -> int:
    return next(n for n, month in enumerate(_MONTHS, 1) if month.startswith(name[:3].lower()))


def _rfc2822(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
