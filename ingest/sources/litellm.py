"""LiteLLM's table of model prices and limits: one JSON object, a record a model. https://github.com/BerriAI/litellm

It has no history, so a price counts from the day on which the table stated it. A price of 0 means "not priced by the
token" as often as "free", so it is no fact. Two records that say the same of one offer are aliases: the second is an
item only. One that says something else is an offer of its own, under its full name.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from ingest.facts import stated_on
from ingest.source import Page, Request, Response
from ingest.sources.offers import (
    Claim,
    Offer,
    above,
    cited_offer,
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

Record = Mapping[str, Any]
_MILLION = 10**6
_EXAMPLE = "sample_spec"  # explains the fields
_FIELDS = {
    "input_cost_per_token": ("price_input", "price_batch_input"),
    "output_cost_per_token": ("price_output", "price_batch_output"),
    "cache_read_input_token_cost": ("price_cache_read", ""),
    "cache_creation_input_token_cost": ("price_cache_write", ""),
}
_PRICE = re.compile(rf"({'|'.join(_FIELDS)})(?:_above_(\d+)k_tokens)?(_batches)?")
_REGION = re.compile(
    r"(?:bedrock(?:_mantle)?/)?((?:us|eu|ap|ca|sa|me|af|il|mx)-(?:gov-)?[a-z]+-\d)/(.+)"
    r"|azure/(eu|us|apac|global|global-standard)/(.+)"
    r"|(?:bedrock/)?(us-gov|us|eu|apac|global|au|jp|in|ca)\.(.+)"
)
_TAKES = {"supports_vision": "image", "supports_audio_input": "audio", "supports_video_input": "video"}
_DAYS = {(1, 2, 3, 4, 5): "Monday to Friday", (6, 7): "Saturday and Sunday"}
_KINDS = ("text", "image", "audio", "video")


class LiteLLMSource:
    """The whole table is one body; every record an item that can be quoted."""

    def request(self, record: SourceRecord) -> Request:
        state = record.state
        return Request(url=record.url, etag=state.etag, last_modified=state.last_modified, accept="application/json")

    def parse(self, record: SourceRecord, response: Response) -> Page:
        """Read the table. Raises ParseError for what is no JSON object of records."""
        table, stated = _table(response.body), stated_on(response)
        bad = tuple(f"{name}: no record" for name, row in table.items() if not isinstance(row, dict))
        rows = {name: row for name, row in table.items() if isinstance(row, dict) and name != _EXAMPLE}
        if not rows:
            raise ParseError("the table holds no records")
        facts = list(_facts(record, rows, stated))
        items = tuple(_item(record, name, row) for name, row in rows.items())
        return Page(items=items, facts=tuple(facts), title=record.title, refused=bad)


def _table(body: bytes) -> Mapping[str, Any]:
    try:
        table = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"the table is not JSON, or it was cut off: {error}") from error
    if not isinstance(table, dict):
        raise ParseError("the table is no JSON object")
    return table


# ---------------------------------------------------------------- which offer


def offer_of(name: str, row: Record) -> Offer:
    """The offer that a record speaks of, by its key and provider alone."""
    provider = provider_slug(str(row.get("litellm_provider") or name.partition("/")[0]))
    region, rest = _region(name)
    subject, cited = f"offer:{provider}/{model_slug(rest)}", cited_offer(name)
    if cited:
        subject, region = cited
    return Offer(subject=subject, model=subject.rpartition("/")[2], provider=provider_name(provider), region=region)


def _region(name: str) -> tuple[str, str]:
    found = _REGION.fullmatch(name)
    if not found:
        return "", name
    region, rest = [part for part in found.groups() if part]
    return region, rest


def _facts(record: SourceRecord, rows: Mapping[str, Record], stated: date) -> Iterator[FactDraft]:
    claimed: dict[tuple[str, str], list[tuple[str, Offer]]] = defaultdict(list)
    for name, row in rows.items():
        offer = offer_of(name, row)
        claimed[offer.subject, offer.region].append((name, offer))
    for same in claimed.values():
        for name, offer, claims in _told_apart(same, rows):
            for claim in claims:
                yield draft(record, offer, claim, stated=stated, locator=f"entry {name}")


def _told_apart(
    same: Iterable[tuple[str, Offer]], rows: Mapping[str, Record]
) -> Iterator[tuple[str, Offer, list[Claim]]]:
    """The record that the starter facts cite leads, else the one with the shortest name."""
    first: list[Claim] | None = None
    for name, offer in sorted(same, key=lambda pair: (not cited_offer(pair[0]), len(pair[0]), pair[0])):
        claims = list(_claims(rows[name]))
        if first is None:
            first = claims
        elif all(claim in first for claim in claims):
            continue
        else:
            own = slug(name)
            offer = replace(offer, subject=f"{offer.subject.rpartition('/')[0]}/{own}", model=own, region="")
        yield name, offer, claims


# ---------------------------------------------------------------- what it says


def _claims(row: Record) -> Iterator[Claim]:
    off_peak = row.get("off_peak_pricing")
    windows = off_peak if isinstance(off_peak, dict) else {}
    yield from _prices(row, peak=windows)
    for field, value in windows.items():
        if field in _FIELDS and (price := _per_million(value)):
            when = f"off peak ({_hours(windows)})"
            yield Claim(field=_FIELDS[field][0], value=price, qualifiers={"time_of_day": "off-peak"}, when=when)
    limit = row.get("max_input_tokens")
    if isinstance(limit, int) and limit > 0:
        yield Claim(field="context_tokens", value=str(limit))
    if parse_date(str(row.get("deprecation_date"))):
        yield Claim(field="deprecated_on", value=str(row["deprecation_date"]))
    if takes := _modalities(row):
        yield Claim(field="modalities_in", value=takes)


def _prices(row: Record, *, peak: Record) -> Iterator[Claim]:
    """The flat prices first; a tiered table repeats its first tier as the flat price, or stands for it."""
    told: set[tuple[str, str]] = set()
    for name, field, tokens, value in (*_flat(row), *_tiers(row)):
        qualifiers = above(tokens) if tokens else {}
        mark = field, qualifiers.get("context", "")
        price = _per_million(value)
        if not price or mark in told:
            continue
        told.add(mark)
        busy = {"time_of_day": "peak"} if not tokens and name in peak else {}
        when = f"at peak hours (all but {_hours(peak)})" if busy else ""
        yield Claim(field=field, value=price, qualifiers=qualifiers | busy, when=when)


def _flat(row: Record) -> Iterator[tuple[str, str, int, object]]:
    for name, value in row.items():
        if (found := _PRICE.fullmatch(name)) and (field := _FIELDS[found[1]][bool(found[3])]):
            yield name, field, int(found[2] or 0) * 1000, value


def _tiers(row: Record) -> Iterator[tuple[str, str, int, object]]:
    tiers = row.get("tiered_pricing")
    for tier in tiers if isinstance(tiers, list) else ():
        span = tier.get("range") if isinstance(tier, dict) else None
        if isinstance(span, list) and span and isinstance(span[0], (int, Decimal)):
            yield from ((name, field, int(span[0]), value) for name, field, _, value in _flat(tier))


def _per_million(value: object) -> str:
    """USD per million tokens of USD a token; empty for what is no price."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or value <= 0:
        return ""
    return decimal_text(Decimal(value) * _MILLION)


def _hours(off_peak: Record) -> str:
    told = []
    for window in off_peak.get("windows") or ():
        hours, days = window.get("hours_utc") or [], window.get("weekdays") or []
        spans = [hours] if isinstance(hours, str) else hours
        when = "all day" if spans == ["00:00-00:00"] else f"{', '.join(map(str, spans))} UTC"
        told.append(f"{_DAYS.get(tuple(days), f'on days {days} of the week')} {when}")
    return "; ".join(told)


def _modalities(row: Record) -> str:
    stated = row.get("supported_modalities")
    if isinstance(stated, list):
        found = set(stated)
    elif any(flag in row for flag in _TAKES) and row.get("mode") in ("chat", "responses", "completion"):
        found = {"text"} | {kind for flag, kind in _TAKES.items() if row.get(flag) is True}
    else:
        found = set()
    return ",".join(kind for kind in _KINDS if kind in found)


# ---------------------------------------------------------------- its text


def _item(record: SourceRecord, name: str, row: Record) -> RawItem:
    offer = offer_of(name, row)
    url = f"{record.url}#{quote(name, safe='/')}"
    return RawItem(
        external_id=name,
        url=url,
        title=f"{name}: price and limits on {offer.provider}",
        html="\n".join(f"{label.replace('_', ' ')}: {said}" for label, said in _lines(row)),
        media_type="text/plain",
        record=True,
    )


def _lines(row: Record) -> Iterator[tuple[str, str]]:
    """Every field, in the table's order; prices by the token as prices by the million, flags gathered at the end."""
    flags: dict[bool, list[str]] = {True: [], False: []}
    for label, value in row.items():
        price = _per_million(value) if re.search(r"(?:cost_per_token|_token_cost)(?:_|$)", label) else ""
        if label.startswith("supports_") and isinstance(value, bool):
            flags[value].append(label.removeprefix("supports_").replace("_", " "))
        elif price:
            yield label.replace("_per_token", "").replace("_token_cost", "_cost"), f"{price} USD per million tokens"
        else:
            yield label, value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    yield from (
        (said, ", ".join(found)) for said, found in (("supports", flags[True]), ("lacks", flags[False])) if found
    )
