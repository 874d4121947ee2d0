"""Numbers with what they count: "$5 per million input tokens", "about four months", "200B", "7 %". Pure."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from bot.answer.text import numbers, power_text

Unit = Literal["USD", "EUR", "%", "months", "days", "tokens", "parameters", "GB", "users", "FLOP", ""]
Sense = Literal["is", "about", "over", "least", "under", "most"]

_WORDS: dict[str, int | Decimal] = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "a": 1, "an": 1, "half a": Decimal("0.5"), "twenty": 20, "thirty": 30, "fifty": 50,
    "fifteen": 15, "hundred": 100, "a hundred": 100,
}  # fmt: skip
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_LEAD = (
    r"(?P<lead>no(?:t)? (?:more|less|fewer) than|about|around|roughly|approximately|nearly|almost|some|circa|"
    r"~|over|more than|above|exceed(?:s|ing)?|"
    r"at least|upwards of|under|below|less than|fewer than|at most|up to|as (?:much|many|little|few) as)?\s*"
)
_NUMBER = (
    r"(?P<n>(?:10\^\d+)|\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|"
    r"\b(?:half a|a hundred|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|"
    r"thirty|fifty|hundred|an?)\b(?=[\s-](?:thousand|million|billion|trillion|months?|years?|days?|weeks?|"
    r"per ?cent|tokens|"
    r"gigabytes?|(?:US )?dollars?|euros?|cents?)))"
)
_SCALE = r"(?:[\s-]?(?P<scale>thousand|million|billion|trillion|mn|bn|[kKmMBbTt])(?![A-Za-z]))?"
_UNIT = (
    r"(?:[\s-]?(?P<unit>%|per ?cent|US dollars?|dollars?|USD|euros?|EUR|€|(?:US )?cents?|¢|months?|years?|days?|"
    r"weeks?|hours?|"
    r"(?:input |output )?"
    r"(?:tokens?|context)|(?:total |active )?param(?:eter)?s?|GB|gigabytes?|(?:monthly )?(?:active )?users|"
    r"MAUs?|FLOPs?)"
    r"(?!\w|\s?/\s?s|\s?per second))?"
)
_QUANTITY = re.compile(rf"{_LEAD}(?P<before>US\$|[$€]|USD |EUR )?\s?{_NUMBER}{_SCALE}{_UNIT}", re.IGNORECASE)
_UNITS: tuple[tuple[str, Unit], ...] = (
    (r"users|MAU", "users"), (r"%|per ?cent", "%"), (r"US dollars?|dollars?|USD|\$|cents?\b|"
        r"¢", "USD"), (r"euros?|EUR|€", "EUR"),
    (r"\bmonths?\b", "months"), (r"\byears?\b", "months"), (r"days?|weeks?|hours?", "days"), (r"token|"
        r"context", "tokens"),
    (r"param", "parameters"), (r"GB|gigabyte", "GB"), (r"FLOP", "FLOP"),
)  # fmt: skip
_SENSES: tuple[tuple[str, Sense], ...] = (
    (r"no more than|not more than", "most"), (r"at least|upwards|no less than|no fewer "
        r"than", "least"), (r"over|more than|above|exceed", "over"),
    (r"at most|up to|as (?:much|many|little|few) as", "most"), (r"under|below|less than|fewer", "under"),
)  # fmt: skip
_TIMES = {"year": Decimal(12), "week": Decimal(7), "hour": 1 / Decimal(24), "cent": 1 / Decimal(100),
          "us cent": 1 / Decimal(100), "¢": 1 / Decimal(100)}  # fmt: skip
_CLOSE = {"is": Decimal("0.06"), "about": Decimal("0.12")}


@dataclass(frozen=True, slots=True)
class Quantity:
    """`value` in plain units: months, days, tokens, parameters, not thousands of them."""

    value: Decimal
    unit: Unit
    sense: Sense
    start: int
    end: int
    words: str


def quantities(text: str) -> tuple[Quantity, ...]:
    """Every number of the text in order; years and bare ordinals of versions come without a unit."""
    found = (_quantity(match) for match in _QUANTITY.finditer(power_text(text)))
    return tuple(q for q in found if q is not None)


def _quantity(match: re.Match[str]) -> Quantity | None:
    before = match.string[: match.start("n")]
    if re.search(r"[\w.][-.]?$", before) and not match["before"]:
        return None  # inside a name: "V3.2", "GPT-5"
    written = match["n"].lower()
    plain = Decimal(_WORDS[written]) if written in _WORDS else max(numbers(written), default=None)
    if plain is None:
        return None
    scale = (match["scale"] or "").lower()
    unit = _unit((match["before"] or "") + " " + (match["unit"] or ""))
    if not unit and match["scale"] and match["scale"] in "bBtT" and match["scale"].isupper():
        unit = "parameters"  # "a 200B model"
    value = plain * _scaled(scale)
    noun = (match["unit"] or "").lower()
    value *= next((times for word, times in _TIMES.items() if noun.startswith(word)), 1)
    sense = _sense(match["lead"] or "") if match["lead"] else "about" if written in _WORDS and scale else "is"
    return Quantity(value, unit, sense, match.start(), match.end(), match.group().strip())


def _scaled(scale: str) -> int:
    short = {"k": 10**3, "m": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9, "t": 10**12}
    return short.get(scale) or _SCALES.get(scale, 1)


def _unit(words: str) -> Unit:
    return next((unit for pattern, unit in _UNITS if re.search(pattern, words, re.IGNORECASE)), "")


def _sense(lead: str) -> Sense:
    if not lead:
        return "is"
    return next((sense for pattern, sense in _SENSES if re.search(pattern, lead, re.IGNORECASE)), "about")


def agrees(said: Quantity, held: Decimal, *, exact: bool = False) -> bool:
    """Whether a stated quantity fits a value on record: rounded, or as a bound.

    Binary and decimal thousands (131,072 as "128K") lie within the six per cent of a plain number. `exact`: prices
    and fines, which nobody rounds by more than half a cent or a half of one per cent. "Up to" states the limit itself;
    a price of "at most" so much may be lower.
    """
    slack = Decimal("0.005") if exact and said.sense != "about" else _CLOSE.get(said.sense, Decimal("0.06"))
    if said.sense == "over":
        return held > said.value
    if said.sense == "under":
        return held < said.value
    if said.sense == "least" and held > said.value:
        return True
    if abs(held - said.value) <= slack * max(held, said.value):
        return True
    return said.sense == "most" and exact and held <= said.value


def plainly(said: Quantity) -> Quantity:
    """ "Up to 7%" of a fine, "more than 700 million" of a gate: the very figure is meant."""
    return replace(said, sense="is")


def disagrees(said: Quantity, held: Decimal, *, exact: bool = False) -> bool:
    """Whether the two cannot both be: they do not agree, and by more than rounding.

    A tenth more or less, where nothing exact is asked, is another way of counting as often as an error.
    """
    if agrees(said, held, exact=exact):
        return False
    close = not exact and abs(held - said.value) <= Decimal("0.1") * max(held, said.value)
    return not (close and said.sense in ("is", "about", "most", "least"))
