# ruff: noqa: E501 - one pattern a line
"""The hours of a load: "9 to 5 on weekdays", "8 hours a day", "around the clock"."""

import re
from decimal import Decimal

from bot.answer.usecase.numbers import COUNT, number
from bot.answer.usecase.reading import Text

_PART_TIME = r"\bfrom \d{1,2}(?:[:.]\d\d)?(?: ?[ap]m)? (?:to|until|till) \d{1,2}\b|\b(?:office|business|working|opening|peak|day-?time) hours?\b|\bduring the day\b|\bbetween \d{1,2}(?:[:.]\d\d)?(?: ?[ap]m)? and \d{1,2}(?:[:.]\d\d)?(?: ?[ap]m)?(?![\d:.]*\d| [a-z]+s\b)|\b9 ?(?:-|to) ?5\b"
_HOURS_A_DAY = rf"(?P<hours>{COUNT})\s*(?:hours|hrs|h)\s*(?:/|a|per|each|every|out of 24|of each)\s*(?:(?P<working>working |business |week|work)?-?days?)?"
_CLOCK = r"(?P<between>\bbetween\s+)?(?<![\d.,])(?P<start>\d{1,2})(?:[:.]00)? ?(?P<start_half>[ap]\.?m\b\.?)?\s*(?:to|-|until|till|(?(between)and|(?!)))\s*(?P<end>\d{1,2})(?:[:.]00)? ?(?P<end_half>[ap]\.?m\b\.?|o'clock)?(?![\d.,%]*\d|%|\s*(?!hours\b|days\b|weekdays\b|Mondays\b)[a-z]+s\b)(?=[^.;?!]{0,25}?\b(?:days?|weekdays?|working|week|Mon\w*|outside|local|hours?|rest)\b|\s*(?:[.,;)]|$))"
DAY_AND_NIGHT = r"\b(?:day and night|night and day|(?:a)?round the clock|24[/x]7|24 hours|all day|non-?stop|continuously|constantly|without pause)\b"
ON_WORKING_DAYS = r"\b(?:week|working |business |work)-?days?\b|\bMon(?:day)?s?\s*(?:-|to|through)\s*Fri(?:day)?s?\b|\bfive days a week\b|\b5 days a week\b"
SIX_DAYS = r"\b(?:six|6) days a week\b"
_EVERY_DAY = r"\b(?:every day|each day|daily|(?:seven|7) days a week|a day)\b"


def within_hours(text: Text, match: re.Match[str], factor: Decimal, assumption: str) -> tuple[Decimal, str]:
    """ "50 an hour, 8 hours a day on working days"."""
    sentence = text.sentence_text(match.start())
    told = re.search(_HOURS_A_DAY, sentence, re.I)
    if not told and (clock := re.search(_CLOCK, sentence, re.I)):
        span = (int(clock.group("end")) - int(clock.group("start")) + 12 * _is_evening(clock)) % 24
        days = _days_told(sentence)
        return factor / 730 * span * days, f"{span} hours on {days} days a month"
    if told:
        days = 22 if told.group("working") or re.search(ON_WORKING_DAYS, sentence, re.I) else 30
        hours = number(told.group("hours"))
        return factor / 730 * hours * days, f"{hours} hours on {days} days a month"
    if re.search(ON_WORKING_DAYS, sentence, re.I):
        whole = re.search(DAY_AND_NIGHT, sentence, re.I)
        return (factor / 730 * 24 * 22, "24 hours on 22 days a month") if whole else (Decimal(0), "")
    return (Decimal(0), "") if re.search(_PART_TIME, sentence, re.I) else (factor, assumption)


def _days_told(sentence: str) -> int:
    """On how many days of a month; 0 where that is not said."""
    told = ((ON_WORKING_DAYS, 22), (SIX_DAYS, 26), (_EVERY_DAY, 30))
    return next((days for pattern, days in told if re.search(pattern, sentence, re.I)), 0)


def _is_evening(clock: re.Match[str]) -> bool:
    """ "9 to 5", "9am-5pm": the end is in the afternoon where it is no later than the start, or "pm" says so."""
    start, end = int(clock.group("start")), int(clock.group("end"))
    return end < 12 and (bool(re.match(r"p", clock.group("end_half") or "", re.I)) or end <= start) and start <= 12


def is_clock(text: Text, match: re.Match[str]) -> bool:
    """ "9 to 5 on weekdays" are hours."""
    low, high = match.group("low"), match.groupdict().get("high")
    return (
        high is not None
        and all(re.fullmatch(r"\d|1\d|2[0-4]", said) for said in (low, high))
        and (
            int(low) >= int(high)
            or re.search(r"\bhours?\b|\bfrom\s*$|\bopen\b", text.before(match.start()), re.I) is not None
            or re.search(r"\son (?:working|week|business|work)", match.group(), re.I) is not None
        )
    )
