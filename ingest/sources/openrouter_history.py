"""OpenRouter's prices of past days, as archived copies of its list show them: {"snapshots": [{"date", "prices"}]}.

A price holds from the first copy that shows it until the first that shows another, or none. It may have changed
earlier, between two copies: nobody saw it. The pairs are USD per million tokens in and out; nought is no price.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from ingest.facts import stated_on
from ingest.source import Page, Request, Response
from ingest.sources.offers import Claim, decimal_text, draft, provider_name
from ingest.sources.openrouter import SELLER, offers_of
from ingest.sources.rows import ask, read_json, record_item, row, rows
from kb.errors import ParseError
from kb.facts.values import parse_date
from kb.types import FactDraft, RawItem, SourceRecord

Prices = tuple[str, str]
Told = list[tuple[date, Prices]]
_FIELDS = ("price_input", "price_output")
_SEEN = "in archived copies"


class OpenRouterHistorySource:
    """The whole history is one body; every model an item with its prices, day by day."""

    def request(self, record: SourceRecord) -> Request:
        return ask(record)

    def parse(self, record: SourceRecord, response: Response) -> Page:
        """Read the history. Raises ParseError for what holds no dated copies."""
        days = _copies(read_json(response.body, "the history"))
        told: dict[str, Told] = {}
        for when, prices in days:
            for name, pair in prices.items():
                told.setdefault(name, []).append((when, pair))
        order, stated = [when for when, _ in days], stated_on(response)
        offers, facts = offers_of(told), list[FactDraft]()
        for name, seen in told.items():
            claims = _claims(dict(seen), order)
            facts += [draft(record, offers[name], claim, stated=stated, locator=f"model {name}") for claim in claims]
        items = tuple(_item(record, name, seen) for name, seen in told.items())
        return Page(items=items, facts=tuple(facts), title=record.title)


def _copies(found: object) -> list[tuple[date, Mapping[str, Prices]]]:
    copies: dict[date, Mapping[str, Prices]] = {}
    for copy in rows(row(found).get("snapshots")):
        if (when := parse_date(str(copy.get("date")))) and isinstance(copy.get("prices"), dict):
            copies[when] = {name: pair for name, value in copy["prices"].items() if (pair := _pair(value))}
    if not copies:
        raise ParseError("the history holds no dated copies of prices")
    return sorted(copies.items())


def _pair(value: object) -> Prices | None:
    numbers = value if isinstance(value, list) and len(value) == 2 else []
    fit = [n for n in numbers if isinstance(n, (int, Decimal)) and not isinstance(n, bool)]
    return (_price(fit[0]), _price(fit[1])) if len(fit) == 2 else None


def _price(value: int | Decimal) -> str:
    return decimal_text(Decimal(value)) if value > 0 else ""


def _claims(seen: Mapping[date, Prices], order: Sequence[date]) -> Iterator[Claim]:
    for at, field in enumerate(_FIELDS):
        for value, start, end in _spans([(when, seen[when][at] if when in seen else "") for when in order]):
            yield Claim(field=field, value=value, when=_SEEN, valid_from=start, valid_to=end)


def _spans(days: Sequence[tuple[date, str]]) -> Iterator[tuple[str, date, date | None]]:
    """Runs of one value with the day on which it was first seen and that on which it was seen no more."""
    value, start = "", date.min
    for when, now in days:
        if now != value:
            if value:
                yield value, start, when
            value, start = now, when
    if value:
        yield value, start, None


def _item(record: SourceRecord, name: str, seen: Told) -> RawItem:
    lines = [(when.isoformat(), f"{prices[0] or 0} in, {prices[1] or 0} out") for when, prices in seen]
    title = f"{name}: past prices on {provider_name(SELLER)}"
    return record_item(record, name, title, [("USD per million tokens", name), *lines])
