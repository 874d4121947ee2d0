"""Pure reading and writing of dates and periods in plain English."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = {name.lower(): i for i, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): i for i, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_MONTH = "(?P<month>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_ISO = re.compile(r"\b(?P<year>\d{4})-(?P<m>\d{2})-(?P<day>\d{2})\b")
_DAY_FIRST = re.compile(
    rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+(?P<year>\d{{4}}))?\b", re.I
)
_MONTH_FIRST = re.compile(rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s+(?P<year>\d{{4}}))?\b", re.I)
_MONTH_YEAR = re.compile(rf"\b{_MONTH}\s+(?P<year>\d{{4}})\b", re.I)
_MONTH_ONLY = re.compile(rf"\b(?:in|since|from|until|by|during|of|after|before|last|this)\s+{_MONTH}(?!\w)", re.I)
_YEAR = re.compile(r"\b(?:in|during|since|by|before|after|until|from|of|for|over)\s+(?P<year>20\d{2})\b", re.I)


@dataclass(frozen=True, slots=True)
class DateMention:
    """A stretch of days: one day, a month or a year, and where it stands in the text."""

    first: date
    last: date
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Period:
    """`since` and `until` (both included); `sense`: "in", "since", "by", "now", "ahead"; `words` as asked."""

    since: date | None
    until: date | None
    sense: str
    words: str


def written(day: date) -> str:
    """2 December 2026."""
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def surface_forms(day: date) -> tuple[str, ...]:
    """The ways a document may write a day."""
    month, short = calendar.month_name[day.month], calendar.month_abbr[day.month]
    return (
        f"{day.day} {month} {day.year}",
        f"{month} {day.day}, {day.year}",
        f"{day.day} {short} {day.year}",
        f"{short} {day.day}, {day.year}",
        day.isoformat(),
        f"{day.day}.{day.month}.{day.year}",
    )


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _day(match: re.Match[str], today: date) -> tuple[date, date] | None:
    groups = match.groupdict()
    month = int(groups["m"]) if groups.get("m") else MONTHS[groups["month"].lower().rstrip(".")]
    year = int(groups["year"]) if groups.get("year") else today.year
    try:
        found = date(year, month, int(groups["day"]))
    except ValueError:
        return None
    return found, found


def _month(match: re.Match[str], today: date) -> tuple[date, date] | None:
    groups = match.groupdict()
    month = MONTHS[groups["month"].lower().rstrip(".")]
    recent = today.year if month <= today.month else today.year - 1
    year = int(groups["year"]) if groups.get("year") else recent
    return date(year, month, 1), _month_end(year, month)


def _year(match: re.Match[str], today: date) -> tuple[date, date] | None:
    year = int(match.group("year"))
    return date(year, 1, 1), date(year, 12, 31)


def date_mentions(text: str, today: date) -> list[DateMention]:
    """Every date in the text, in order; the most precise reading of a place wins."""
    found: list[DateMention] = []
    readers = (
        (_ISO, _day),
        (_DAY_FIRST, _day),
        (_MONTH_YEAR, _month),
        (_MONTH_FIRST, _day),
        (_MONTH_ONLY, _month),
        (_YEAR, _year),
    )
    for pattern, read in readers:
        for match in pattern.finditer(text):
            if any(match.start() < d.end and d.start < match.end() for d in found):
                continue
            days = read(match, today)
            if days and not (
                pattern is _MONTH_ONLY and match.group("month").lower() == "may" and match.group("month")[0] == "m"
            ):
                found.append(DateMention(*days, match.start(), match.end()))
    return sorted(found, key=lambda d: d.start)


def days_in(text: str) -> set[date]:
    """Full dates (day, month and year) in a text."""
    far = date(1900, 1, 1)  # a day without a year lands about then and is dropped
    return {d.first for d in date_mentions(text, far) if d.first == d.last and d.first.year > 1900}


_RELATIVE = re.compile(
    r"\b(?:in |over |during )?(?:the )?(last|past|previous|next|coming)\s+(\d+|two|three|six|few|couple "
    r"of)?\s*(day|week|month|quarter|year)s?\b",
    re.I,
)
_COUNT = {"two": 2, "three": 3, "six": 6, "few": 3, "couple of": 2}
_UNIT_DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}


def _relative(text: str, today: date) -> Period | None:
    match = _RELATIVE.search(text)
    if not match:
        return None
    which, amount, unit = match.group(1).lower(), match.group(2), match.group(3).lower()
    count = int(amount) if amount and amount.isdigit() else _COUNT.get((amount or "").lower(), 1)
    span = timedelta(days=count * _UNIT_DAYS[unit])
    if which in ("next", "coming"):
        return Period(today, today + span, "ahead", match.group())
    return Period(today - span, today, "in", match.group())


def _named(text: str, today: date) -> Period | None:
    low = text.lower()
    if "this week" in low:
        return Period(today - timedelta(days=max(6, today.weekday())), today, "in", "this week")
    if "this month" in low:
        return Period(today.replace(day=1), today, "in", "this month")
    if "this year" in low:
        return Period(today.replace(month=1, day=1), today, "in", "this year")
    if "yesterday" in low:
        return Period(today - timedelta(days=1), today, "in", "yesterday")
    match = re.search(r"\b(recently|lately|latest|newest)\b", low)
    if match:
        return Period(today - timedelta(days=30), today, "in", match.group())
    match = re.search(r"\b(upcoming|coming up|ahead of us|ahead\b(?! of)|soon)\b", low)
    if match:
        return Period(today, today + timedelta(days=365), "ahead", match.group())
    match = re.search(r"\b(today|right now|currently|at the moment|now)\b", low)
    return Period(today, today, "now", match.group()) if match else None


_AS_OF = re.compile(
    r"\b(?:as of|as at|as known|as known on|as it stood|as it stood on|as (?:things|matters) stood|"
    r"as (?:things|matters) stood on|back|back on|going by what was known|known by the end of)"
    r"(?: the end)?(?: of| in| on| at)?\s*$",
    re.I,
)
_END = r"(?: the)?(?: (?:end|close|start|beginning)(?: of)?)?"
_SENSES = (
    (rf"\b(since|from|starting)(?: on)?{_END}\s*$", "since"),
    (rf"\b(by|before|until|till|no later than|not later than|up to){_END}\s*$", "by"),
    (r"\b(after)\s*$", "since"),
)


def as_of_phrase(text: str, today: date) -> tuple[date | None, str]:
    """The day of an "as of ..." phrase, and the text without it."""
    for mention in date_mentions(text, today):
        before = _AS_OF.search(text[: mention.start])
        if before:
            return min(mention.last, today), (text[: before.start()] + text[mention.end :]).strip()
    return None, text


_YEAR_END = re.compile(
    r"\b(?:by|before|until|till) (?:the )?(?:end of (?:this|the|next) year|year[- ]?end|(?:this|next) year'?s end)\b|"
    r"\b(?:(?:the )?rest|remainder) of (?:this|the) year\b|\blater this year\b|\bstill this year\b",
    re.I,
)
_QUARTER = re.compile(
    r"\b(?:(?:Q(?P<q>[1-4])|H(?P<h>[12])|(?P<half>first|second) half(?: of)?)[ /]?(?P<year>20\d\d))\b", re.I
)


def _year_end(text: str, today: date) -> Period | None:
    """ "Before the end of this year": from today to its last day."""
    match = _YEAR_END.search(text)
    if not match:
        return None
    year = today.year + ("next" in match.group().lower())
    return Period(today, date(year, 12, 31), "by", match.group())


def _quarter(text: str, today: date) -> Period | None:
    """ "Q1 2027", "H2 2026", "the first half of 2027"."""
    match = _QUARTER.search(text)
    if not match:
        return None
    months = 3 if match.group("q") else 6
    nth = int(match.group("q") or match.group("h") or (2 if match.group("half").lower() == "second" else 1))
    year, last = int(match.group("year")), nth * months
    return Period(date(year, last - months + 1, 1), _month_end(year, last), "in", match.group())


def period_of(text: str, today: date) -> Period | None:
    """The period a question asks about, if it names one."""
    whole = _year_end(text, today) or _quarter(text, today)
    if whole:
        return whole
    mentions = date_mentions(text, today)
    if len(mentions) >= 2 and re.search(r"\bbetween\b", text, re.I):
        return Period(mentions[0].first, mentions[1].last, "in", text[mentions[0].start : mentions[1].end])
    if mentions:
        return _around(text, mentions[0], today)
    return _relative(text, today) or _named(text, today)


def _around(text: str, mention: DateMention, today: date) -> Period:
    said = text[mention.start : mention.end]
    lead = re.match(r"(in|since|from|until|by|during|of|after|before|last|this|for|over)\s+", said, re.I)
    before = text[: mention.start] + (lead.group() if lead else "")
    for pattern, sense in _SENSES:
        match = re.search(pattern, before, re.I)
        if match:
            words = (match.group().strip() + " " + (said[lead.end() :] if lead else said)).strip()
            return (
                Period(mention.first, max(today, mention.last), "since", words)
                if sense == "since"
                else Period(None, mention.last, "by", words)
            )
    return Period(mention.first, mention.last, "in", said)
