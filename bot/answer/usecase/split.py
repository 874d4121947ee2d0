# ruff: noqa: E501 - one pattern a line
"""A monthly total of tokens told with its split is its two parts: "50M a month, 80% of it input"."""

import re
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from bot.answer.usecase.found import Found
from bot.answer.usecase.numbers import COUNT, FRACTION, NUMBER, fraction, number
from bot.answer.usecase.reading import Text

_PART = rf"(?:(?P<n>{NUMBER})|(?P<share>{FRACTION}))\s*(?:of (?:it|that|them|which|those|the tokens)\s+)?(?:tokens? )?(?:(?:is|are|goes|go|for|as)\s+)?"
_PARTS = (
    ("tokens_in_per_month", rf"{_PART}(?:the )?(?:input|prompts?|in)\b"),
    ("tokens_out_per_month", rf"{_PART}(?:the )?(?:output|completions?|out)\b"),
)
_SPLIT = r"\b(?P<in>\d{1,2})\s*(?:/|:|to)\s*(?P<out>\d{1,2})\b[^.;?!]{0,15}?(?:\b(?:input|in)\b[^.;?!]{0,12}?\b(?:output|out)\b|\bsplit\b)|\b(?:split|input[ /-]+(?:to[ /-]+)?output|in ?/ ?out)\b[^.;?!\d]{0,20}(?P<in_>\d{1,2})\s*(?:/|:|to)\s*(?P<out_>\d{1,2})\b"


def parts(text: Text, tokens: list[Found]) -> list[Found]:
    """A total told with its split is its two parts: "50M a month, 80% of it input"."""
    totals = [f for f in tokens if f.name == "tokens_per_month"]
    parts = [f for f in tokens if f.name != "tokens_per_month"]
    if not totals:
        return parts
    total = totals[0]
    if len({f.name for f in parts}) == 2:
        return parts
    share = _input_share(text, total)
    if share is None or len({f.value for f in totals}) != 1:
        return tokens
    whole = Decimal(str(total.value))
    values = (("tokens_in_per_month", whole * share), ("tokens_out_per_month", whole * (1 - share)))
    return [replace(total, name=name, value=value.quantize(Decimal(1), ROUND_HALF_UP)) for name, value in values]


def _input_share(text: Text, total: Found) -> Decimal | None:
    """The share of a total that is input, told as a share, as parts that add up, or as "4:1"."""
    rest = text.plain[total.end :]
    split = re.search(_SPLIT, rest, re.I)
    if split:
        first, last = (Decimal(split.group(k) or split.group(k + "_")) for k in ("in", "out"))
        return first / (first + last) if first + last else None
    told = {name: re.search(pattern, rest, re.I) for name, pattern in _PARTS}
    shares = {n: fraction(m.group("share")) for n, m in told.items() if m and m.group("share")}
    if shares:
        given = shares.get("tokens_in_per_month")
        return given if given is not None else 1 - shares["tokens_out_per_month"]
    amounts = [number(m.group("n")) for m in told.values() if m and m.group("n")]
    said = re.match(COUNT, total.words, re.I)
    if said and len(amounts) == 2 and sum(amounts) == number(said.group()):
        return amounts[0] / sum(amounts)
    return None
