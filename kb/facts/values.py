"""What a fact's value must look like, and whether a sentence says it."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from kb.facts.fields import FieldSpec

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH = r"(?P<month>" + "|".join(rf"{m[:3]}(?:{m[3:]}|t)?\.?" if m[3:] else m for m in _MONTHS) + r")"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!\d)(?P<year>\d{4})(?P<mark>[-/])(?P<number>\d{2})(?P=mark)(?P<day>\d{2})(?!\d)",
        rf"(?<!\d)(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH},?\s+(?P<year>\d{{4}})",
        rf"\b{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})",
    )
)
_SCALES: dict[str, tuple[int, ...]] = {
    "k": (10**3, 2**10),
    "thousand": (10**3,),
    "m": (10**6, 2**20),
    "million": (10**6,),
    "b": (10**9,),
    "billion": (10**9,),
    "t": (10**12,),
    "trillion": (10**12,),
}
_NUMBER = re.compile(
    r"(?<![\w.])(?P<digits>\d{1,3}(?:[,\u00a0\u202f ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?:[-\s]?(?P<scale>thousand|million|billion|trillion|[KMBT])(?![A-Za-z]))?",
    re.IGNORECASE,
)
_PLAIN_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def parse_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        return None


def parse_number(text: str) -> Decimal | None:
    """A plain decimal number; no signs of money, no separators, no infinities."""
    try:
        return Decimal(text) if _PLAIN_NUMBER.fullmatch(text) else None
    except InvalidOperation:
        return None


def parse_list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def value_problem(spec: FieldSpec, value: str) -> str | None:
    """Why the value does not fit the field's type, or None."""
    number = parse_number(value)
    match spec.type:
        case "date" if parse_date(value) is None:
            return f"{value!r} is not a date as YYYY-MM-DD"
        case "int" if number is None or "." in value or number < 0:
            return f"{value!r} is not a whole number"
        case "decimal" if number is None or number < 0:
            return f"{value!r} is not a decimal number"
        case "bool" if value not in ("true", "false"):
            return f"{value!r} is neither 'true' nor 'false'"
        case "enum" if value not in spec.choices:
            return f"{value!r} is none of {', '.join(spec.choices)}"
        case "list":
            wrong = [part for part in parse_list(value) if spec.choices and part not in spec.choices]
            return f"{wrong[0]!r} is none of {', '.join(spec.choices)}" if wrong else _empty(parse_list(value))
        case _:
            return None


def _empty(parts: tuple[str, ...]) -> str | None:
    return None if parts else "the list is empty"


def dates_in(text: str) -> set[date]:
    """Every full date the text names, in the usual English forms or ISO."""
    return {when for _, _, when in date_spans(text)}


def date_spans(text: str) -> list[tuple[int, int, date]]:
    """As `dates_in`, with where each begins and ends, in order of place."""
    found: list[tuple[int, int, date]] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            month = int(parts["number"]) if parts.get("number") else _month(parts["month"])
            try:
                found.append((match.start(), match.end(), date(int(parts["year"]), month, int(parts["day"]))))
            except ValueError:
                continue
    return sorted(found)


def _month(name: str) -> int:
    return next(n for n, full in enumerate(_MONTHS, 1) if full.startswith(name.lower()[:3]))


def says_number(text: str, value: Decimal) -> bool:
    """Whether the text names the number: exactly, or rounded in a larger unit ("685 billion", "128K")."""
    return any(_matches(match, value) for match in _NUMBER.finditer(text))


def _matches(match: re.Match[str], value: Decimal) -> bool:
    written = Decimal(re.sub(r"[^\d.]", "", match["digits"]))
    if not match["scale"]:
        return written == value
    step = Decimal(1).scaleb(int(written.as_tuple().exponent))
    return any(abs(value / scale - written) <= step / 2 for scale in _SCALES[match["scale"].lower()])


def says_value(text: str, value: str) -> bool:
    """Whether a sentence contains a date or number value in some readable form; other values are not checked."""
    when = parse_date(value)
    if when is not None:
        return when in dates_in(text)
    number = parse_number(value)
    return number is None or says_number(text, number)
