"""Pydantic's genai-prices: prices with the dates from which they hold. https://github.com/pydantic/genai-prices (MIT)

The project publishes its data as JSON, which is read like any other source. The PyPI package holds the same data as of
its release: `packaged` gives it in the same form, for the time until the file was first reached.

Known defects, and what is made of them: a price has a start date or a daily window, never both, so windows count from
the last dated price before them; there are no weekdays, so weekends at peak hours are an upper bound; a price without
a date began nobody says when; an id may match an alias that moved on (`mistral-large-latest`), so aliases are not read.
Its context window counts the output too for some models, the input alone for others: text of the item, no fact.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from itertools import zip_longest
from typing import Any
from urllib.parse import quote

from ingest.facts import stated_on
from ingest.source import Page, Request, Response
from ingest.sources.offers import (
    Claim,
    Offer,
    above,
    bedrock_region,
    decimal_text,
    draft,
    model_slug,
    provider_name,
    provider_slug,
    slug,
)
from kb.errors import ParseError
from kb.facts.values import parse_date
from kb.types import FactDraft, RawItem, SourceRecord

Row = Mapping[str, Any]
PACKAGED_ON = {"0.2.3": datetime(2026, 11, 10, tzinfo=UTC)}  # releases of the package that we may run with
_FIELDS = {
    "input_mtok": ("price_input", "price_batch_input"),
    "output_mtok": ("price_output", "price_batch_output"),
    "cache_read_mtok": ("price_cache_read", ""),
    "cache_write_mtok": ("price_cache_write", ""),
}


class GenaiPricesSource:
    """The whole data set is one body; every model of every provider an item."""

    def request(self, record: SourceRecord) -> Request:
        state = record.state
        return Request(url=record.url, etag=state.etag, last_modified=state.last_modified, accept="application/json")

    def parse(self, record: SourceRecord, response: Response) -> Page:
        """Read the data set. Raises ParseError for what is no JSON list of providers."""
        stated, refused = stated_on(response), []
        items: list[RawItem] = []
        facts: dict[str, FactDraft] = {}
        taken: set[tuple[str, str]] = set()
        for provider, model in sorted(_models(response.body), key=_by_length):
            place = f"{provider['id']}/{model.get('id')}"
            try:
                offer, claims = _offer(provider, model, taken), list(_claims(model))
            except (AttributeError, KeyError, TypeError, InvalidOperation) as error:
                refused.append(f"{place}: a record of another shape ({type(error).__name__}: {error})")
                continue
            taken.add((offer.subject, offer.region))
            items.append(_item(record, place, offer, model, claims))
            told = [draft(record, offer, claim, stated=stated, locator=f"model {place}") for claim in claims]
            facts |= {fact.key: fact for fact in told}
        if not items:
            raise ParseError("the data set holds no models that can be read")
        return Page(items=tuple(items), facts=tuple(facts.values()), title=record.title, refused=tuple(refused))

    def packaged(self, record: SourceRecord, now: datetime) -> Response:
        """The installed package's data as if it had been fetched on the day of its release."""
        from importlib.metadata import version

        from genai_prices.data import providers

        stated = PACKAGED_ON.get(version("genai-prices"), now)
        body = json.dumps(_plain(providers), default=str).encode()
        return Response(
            url=record.url, status=200, body=body, headers={"last-modified": stated.isoformat()}, received_at=now
        )


def _models(body: bytes) -> Iterator[tuple[Row, Row]]:
    try:
        found = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"the data set is not JSON, or it was cut off: {error}") from error
    if not isinstance(found, list):
        raise ParseError("the data set is no JSON list of providers")
    for provider in (row for row in found if isinstance(row, dict) and isinstance(row.get("id"), str)):
        models = provider.get("models")
        yield from ((provider, model) for model in models or () if isinstance(model, dict))


def _by_length(row: tuple[Row, Row]) -> tuple[int, str]:
    """The shortest of the names that share a slug gets it, in whatever order they stand."""
    name = str(row[1].get("id"))
    return len(name), name


def _plain(value: Any) -> Any:
    """The package's values as the published JSON has them; an absent field is left out."""
    if is_dataclass(value):
        names = [field.name for field in fields(value) if not field.name.startswith("_")]
        return {name: _plain(getattr(value, name)) for name in names if getattr(value, name, None) is not None}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, (date, time)):
        return value.isoformat()
    return value if isinstance(value, (str, int, dict)) else _plain_prices(value)


def _plain_prices(prices: Any) -> dict[str, Any]:
    return {name: _plain(price) for name, price in vars(prices).items() if price is not None}


# ---------------------------------------------------------------- which offer


def _offer(provider: Row, model: Row, taken: Collection[tuple[str, str]]) -> Offer:
    """Two models that would get one slug keep their full names apart."""
    seller, full = provider_slug(provider["id"]), str(model["id"])
    region, rest = bedrock_region(full) if seller == "bedrock" else ("", full)
    name = model_slug(rest)
    if (f"offer:{seller}/{name}", region) in taken:
        name, region = slug(full), ""
    stated = str(provider.get("name") or "")
    return Offer(subject=f"offer:{seller}/{name}", model=name, provider=provider_name(seller, stated), region=region)


# ---------------------------------------------------------------- what it says


def _claims(model: Row) -> Iterator[Claim]:
    yield from _prices(model["prices"])
    variants = [v for v in model.get("price_variants") or () if v["when"] == {"processing": "batch"}]
    for row, start, end in _periods(variants):
        yield from _priced(row["prices"], start, end, batch=True)


def _prices(prices: Row | Sequence[Row]) -> Iterator[Claim]:
    """A flat price, or a list of which the last that holds counts: undated, dated, then daily windows."""
    listed: Sequence[Row] = [{"prices": prices}] if isinstance(prices, Mapping) else prices
    windows = [row for row in listed if "start_time" in (row.get("constraint") or {})]
    periods = _periods([row for row in listed if row not in windows])
    inside, outside = _names(windows, periods)
    for row, start, end in periods:
        # Before the first date there were no windows that we know of.
        usual = outside if windows and (start or len(periods) == 1) else {}
        yield from _priced(row["prices"], start, end, usual, f"off the hours {_hours(windows)}" if usual else "")
    if windows:
        start = periods[-1][1] if periods else None
        yield from _priced(windows[0]["prices"], start, None, inside, f"in the hours {_hours(windows)}")


def _periods(rows: Sequence[Row]) -> list[tuple[Row, date | None, date | None]]:
    """Each price with the day from which it holds and the day on which the next one takes over."""
    dated = [(row, parse_date((row.get("constraint") or {}).get("start_date", ""))) for row in rows]
    dated.sort(key=lambda pair: pair[1] or date.min)
    ends = [start for _, start in dated[1:]]
    return [(row, start, end) for (row, start), end in zip_longest(dated, ends)]


def _names(
    windows: Sequence[Row], periods: Sequence[tuple[Row, date | None, date | None]]
) -> tuple[dict[str, str], dict[str, str]]:
    """What the hours inside and outside the windows are called: the dearer ones are the peak."""
    peak, off = {"time_of_day": "peak"}, {"time_of_day": "off-peak"}
    if not windows or not periods:
        return peak, off
    inside, outside = (_base(row["prices"].get("output_mtok", 0)) for row in (windows[0], periods[-1][0]))
    return (peak, off) if inside >= outside else (off, peak)


def _hours(windows: Sequence[Row]) -> str:
    spans = [row["constraint"] for row in windows]
    return " and ".join(f"{span['start_time'][:5]}-{span['end_time'][:5]} UTC" for span in spans)


def _priced(
    prices: Row,
    start: date | None,
    end: date | None,
    qualifiers: Mapping[str, str] | None = None,
    when: str = "",
    *,
    batch: bool = False,
) -> Iterator[Claim]:
    for name, value in prices.items():
        field = _FIELDS.get(name, ("", ""))[batch]
        for tokens, price in _steps(value) if field else ():
            if price <= 0:  # free, or not priced by the token: it does not say which
                continue
            yield Claim(
                field=field,
                value=decimal_text(price),
                qualifiers={**(above(tokens) if tokens else {}), **(qualifiers or {})},
                when=when,
                valid_from=start,
                valid_to=end,
            )


def _base(value: Any) -> Decimal:
    return Decimal(value["base"] if isinstance(value, Mapping) else value)


def _steps(value: Any) -> list[tuple[int, Decimal]]:
    tiers = value["tiers"] if isinstance(value, Mapping) else ()
    return [(0, _base(value)), *((int(tier["start"]), Decimal(tier["price"])) for tier in tiers)]


# ---------------------------------------------------------------- its text


def _item(record: SourceRecord, place: str, offer: Offer, model: Row, claims: Sequence[Claim]) -> RawItem:
    window = model.get("context_window")
    lines = [f"context window: {window} tokens" if window else "", str(model.get("description") or "").strip()]
    lines += [str(model.get("price_comments") or "").strip()]
    lines += [_line(claim) for claim in claims]
    return RawItem(
        external_id=place,
        url=f"{record.url}#{quote(place, safe='/')}",
        title=f"{model.get('name') or model['id']}: prices on {offer.provider}",
        html="\n".join(line for line in lines if line),
        media_type="text/plain",
        record=True,
    )


def _line(claim: Claim) -> str:
    narrowed = "".join(f", {value}" for value in claim.qualifiers.values())
    span = f" from {claim.valid_from}" * bool(claim.valid_from) + f" until {claim.valid_to}" * bool(claim.valid_to)
    return f"{claim.field.replace('_', ' ')}{narrowed}: {claim.value} USD per million tokens{span}"
