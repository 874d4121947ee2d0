# ruff: noqa: E501 - one pattern a line
"""A monthly total of tokens told with its split is its two parts: "50M a month, 80% of it input"."""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from bot.answer.usecase.found import Found, found
from bot.answer.usecase.numbers import COUNT, FRACTION, NUMBER, fraction, number
from bot.answer.usecase.reading import Text

_PART = rf"(?:(?P<n>{NUMBER})|(?P<share>{FRACTION}))\s*(?:of (?:it|that|them|which|those|the tokens)\s+)?(?:tokens? )?(?:(?:is|are|goes|go|for|as)\s+)?"
_PARTS = (
    ("tokens_in_per_month", rf"{_PART}(?:the )?(?:input|prompts?|(?<!all )in)\b"),
    ("tokens_out_per_month", rf"{_PART}(?:the )?(?:output|completions?|out)\b"),
)
_OF_IT = r"\bof (?:which|it|that|them|those|these)\b"
_A_REQUEST = r"(?:requests?|calls?|questions?|quer(?:y|ies)|prompts?|runs?|conversations?|chats?|tickets?|documents?|e?-?mails?|interactions?|turns?)"
_ONE_REQUEST = (
    rf"(?P<n>{NUMBER})\s*(?:tokens?|tok)\s*(?:(?:in total|total|altogether|overall)\s*)?(?:per|an?|/|each|for (?:each|every|one))\s*{_A_REQUEST}\b",
    rf"\b(?:an?|each|every|one|the) (?:typical |average |usual |normal |single )?{_A_REQUEST} (?:is|has|takes|uses|needs|comes to|costs|consumes|averages)(?: about| around| roughly| some)? (?P<n>{NUMBER})\s*(?:tokens?|tok)\b(?! (?:in|out)\b)",
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
    share = _input_share(text, total.end, total.words)
    if share is None or len({f.value for f in totals}) != 1:
        return tokens
    whole = Decimal(str(total.value))
    values = (("tokens_in_per_month", whole * share), ("tokens_out_per_month", whole * (1 - share)))
    return [replace(total, name=name, value=value.quantize(Decimal(1), ROUND_HALF_UP)) for name, value in values]


def of_one_request(text: Text) -> list[Found]:
    """ "1,000 tokens per request, three quarters of that input": the tokens of one request by their split."""
    totals = [m for pattern in _ONE_REQUEST for m in text.finditer(pattern) if not text.general(m.start())]
    if len({m.group("n") for m in totals}) != 1 or text.of_others(totals[0].start()):
        return []
    match = totals[0]
    share = _input_share(text, match.end(), match.group("n"))
    if share is None:
        return []
    whole = number(match.group("n"))
    values = (("tokens_in_per_request", whole * share), ("tokens_out_per_request", whole * (1 - share)))
    note = f"{match.group('n')} tokens by their split"
    return [
        found(text, name, value.quantize(Decimal(1), ROUND_HALF_UP), match.span(), assumption=note)
        for name, value in values
    ]


def _input_share(text: Text, end: int, total: str) -> Decimal | None:
    """The share of a total that is input, told as a share, as parts that add up, or as "4:1"."""
    rest = text.plain[end:]
    split = re.search(_SPLIT, rest, re.I)
    if split:
        first, last = (Decimal(split.group(k) or split.group(k + "_")) for k in ("in", "out"))
        return first / (first + last) if first + last else None
    told = {name: re.search(pattern, rest, re.I) for name, pattern in _PARTS}
    shares = {n: fraction(m.group("share")) for n, m in told.items() if m and m.group("share")}
    if shares:
        given = shares.get("tokens_in_per_month")
        return given if given is not None else 1 - shares["tokens_out_per_month"]
    said = re.match(COUNT, total, re.I)
    return _by_amounts(rest, told, number(said.group())) if said else None


def _by_amounts(rest: str, told: Mapping[str, re.Match[str] | None], total: Decimal) -> Decimal | None:
    """Two amounts that add up to the total, or one "of which": the other is what is left."""
    amounts = {name: number(m.group("n")) for name, m in told.items() if m and m.group("n")}
    if len(amounts) == 2 and sum(amounts.values()) == total:
        return amounts["tokens_in_per_month"] / total
    for name, amount in amounts.items():
        match = told[name]
        of_it = match and re.search(_OF_IT, rest[: match.start()] + " " + match.group(), re.I)
        if len(amounts) == 1 and of_it and 0 < amount < total:
            return amount / total if name == "tokens_in_per_month" else 1 - amount / total
    return None
