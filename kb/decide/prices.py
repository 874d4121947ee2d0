"""An offer's prices on a day: by region, context tier and time of day. Where sources disagree both are kept."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from kb.decide.book import Book, number_of, refs
from kb.decide.types import Price
from kb.types import FactView

DOLLARS = "USD per million tokens"
_FIELDS = {
    "price_input": "input",
    "price_output": "output",
    "price_cache_read": "cache_read",
    "price_cache_write": "cache_write",
    "price_batch_input": "batch_input",
    "price_batch_output": "batch_output",
}
_YEAR = timedelta(days=365)


def regions_of(book: Book, offer: str) -> list[str]:
    """The regions that an offer has its own prices for; "" is the plain price."""
    return sorted({view.fact.qualifiers.get("region", "") for view in book.views(offer, "price_input")})


def price_from(book: Book, offer: str, region: str, as_of: date) -> Price | str:
    """The price in force, or why there is none to compute with."""
    tiers = {field: _tiers(book.views(offer, field), region) for field in _FIELDS}
    inputs, outputs = tiers["price_input"].get("", []), tiers["price_output"].get("", [])
    if not inputs or not outputs:
        return "no input and output price in dollars is in force"
    plain = {name: _high(tiers[field].get("", [])) for field, name in _FIELDS.items()}
    above = next((key for key in tiers["price_input"] if key.startswith("above")), "")
    used = [view for by_tier in tiers.values() for tier in by_tier.values() for view in tier]
    return Price(
        input=_high(inputs) or Decimal(0),
        output=_high(outputs) or Decimal(0),
        cache_read=plain["cache_read"],
        cache_write=plain["cache_write"],
        batch_input=plain["batch_input"],
        batch_output=plain["batch_output"],
        input_long=_high(tiers["price_input"].get(above, [])) if above else None,
        output_long=_high(tiers["price_output"].get(above, [])) if above else None,
        long_over_tokens=_tokens(above),
        off_peak_input=_high(tiers["price_input"].get("off-peak", [])),
        off_peak_output=_high(tiers["price_output"].get("off-peak", [])),
        low=_low(inputs),
        low_output=_low(outputs),
        price_changes_12_months=changes(book.history(offer, "price_input"), as_of),
        refs=refs(used),
    )


def _tiers(views: Iterable[FactView], region: str) -> dict[str, list[FactView]]:
    """By "" (plain, or at peak), "off-peak", or "above 200k"."""
    found: dict[str, list[FactView]] = {}
    for view in views:
        said = view.fact.qualifiers
        if view.fact.unit == DOLLARS and said.get("region", "") == region:
            hour = said.get("time_of_day", "")
            found.setdefault(said.get("context", "") or ("" if hour == "peak" else hour), []).append(view)
    return found


def _numbers(views: Sequence[FactView]) -> list[Decimal]:
    return [number for number in map(number_of, views) if number is not None]


def _high(views: Sequence[FactView]) -> Decimal | None:
    return max(_numbers(views), default=None)


def _low(views: Sequence[FactView]) -> Decimal | None:
    """The other price where two sources disagree."""
    numbers = _numbers(views)
    return min(numbers) if len(set(numbers)) > 1 else None


def _tokens(tier: str) -> int | None:
    """200000 of "above 200k"."""
    found = re.fullmatch(r"above (\d+)k", tier)
    return int(found[1]) * 1000 if found else None


def changes(history: Iterable[FactView], as_of: date) -> int:
    """How often the plain input price changed in the twelve months before."""
    dated = sorted(
        (view.fact.valid_from or view.fact.known_from, view.fact.value)
        for view in history
        if not view.fact.qualifiers.get("context") and not view.fact.qualifiers.get("region")
        and view.fact.qualifiers.get("time_of_day", "peak") == "peak"
        and (view.fact.valid_from or view.fact.known_from) <= as_of
    )  # fmt: skip
    pairs = pairwise(dated)
    return sum(old[1] != new[1] and new[0] > as_of - _YEAR for old, new in pairs)
