"""models.dev: what providers sell, and whether weights are open. https://github.com/anomalyco/models.dev (MIT)

`api.json` is an object of providers, each with its models; prices are USD per million tokens. Many providers enter one
model, and their flags of open weights disagree: the flag of most entries is told, and beside it, as the word of the
other entries, the flag of the rest, so that the disagreement shows. Days of release are those of an offer: text.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal

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
from ingest.sources.rows import Row, ask, day, read_json, record_fact, record_item, row, rows, teller, text, whole
from kb.errors import ParseError
from kb.types import FactDraft, RawItem, SourceRecord

_PRICES = {
    "input": "price_input",
    "output": "price_output",
    "cache_read": "price_cache_read",
    "cache_write": "price_cache_write",
}
_KINDS = ("text", "image", "audio", "video")
_OVER = {"context_over_200k": 200_000}
Entry = tuple[str, Offer, Row]  # "provider/model", what it offers, its fields


class ModelsDevSource:
    """The whole data set is one body; every model of every provider an item."""

    def request(self, record: SourceRecord) -> Request:
        return ask(record)

    def parse(self, record: SourceRecord, response: Response) -> Page:
        """Read the data set. Raises ParseError for what is no object of providers with models."""
        found = row(read_json(response.body, "the data set"))
        providers = row(found.get("providers")) or found
        entries = list(_entries(providers))
        if not entries:
            raise ParseError("the data set holds no provider with models")
        stated, facts = stated_on(response), list[FactDraft]()
        for place, offer, model in entries:
            facts += [draft(record, offer, claim, stated=stated, locator=f"model {place}") for claim in _claims(model)]
        facts += _flags(record, entries, response)
        empty = [key for key, value in providers.items() if not row(row(value).get("models"))]
        items = tuple(_item(record, place, offer, model) for place, offer, model in entries)
        bad = tuple(f"{key}: no provider with models" for key in empty)
        return Page(items=items, facts=tuple(facts), title=record.title, refused=bad)


def _entries(providers: Row) -> Iterator[Entry]:
    """In the order of their names' length: the shortest of those that share a slug gets it."""
    taken: set[tuple[str, str]] = set()
    for key, provider in providers.items():
        models = row(row(provider).get("models"))
        for name in sorted(models, key=lambda name: (len(name), name)):
            if isinstance(models[name], dict):
                offer = _offer(key, text(provider, "name"), name, taken)
                taken.add((offer.subject, offer.region))
                yield f"{key}/{name}", offer, models[name]


def _offer(provider: str, stated: str, name: str, taken: Collection[tuple[str, str]]) -> Offer:
    seller = provider_slug(provider)
    region, rest = bedrock_region(name) if seller == "bedrock" else ("", name)
    model = model_slug(rest)
    if (f"offer:{seller}/{model}", region) in taken:
        model, region = slug(name), ""
    if (f"offer:{seller}/{model}", region) in taken:  # two providers of theirs are one of ours
        model = slug(f"{provider}-{name}")
    subject = f"offer:{seller}/{model}"
    return Offer(subject=subject, model=model, provider=provider_name(seller, stated), region=region)


def _claims(model: Row) -> Iterator[Claim]:
    cost = row(model.get("cost"))
    yield from _priced(cost, 0)
    for name, tokens in _OVER.items():
        yield from _priced(row(cost.get(name)), tokens)
    for tier in rows(cost.get("tiers")):
        if size := whole(row(tier.get("tier")).get("size")):
            yield from (claim for claim in _priced(tier, size) if size not in _OVER.values())
    if tokens := whole(row(model.get("limit")).get("context")):
        yield Claim(field="context_tokens", value=str(tokens))
    takes = row(model.get("modalities")).get("input")
    kinds = [kind for kind in _KINDS if isinstance(takes, list) and kind in takes]
    if kinds:
        yield Claim(field="modalities_in", value=",".join(kinds))


def _priced(cost: Row, tokens: int) -> Iterator[Claim]:
    for name, field in _PRICES.items():
        value = cost.get(name)
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool) and value > 0:
            qualifiers = above(tokens) if tokens else {}
            yield Claim(field=field, value=decimal_text(Decimal(value)), qualifiers=qualifiers)


# ---------------------------------------------------------------- open weights


def _flags(record: SourceRecord, entries: Collection[Entry], response: Response) -> Iterator[FactDraft]:
    said: Mapping[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for place, offer, model in entries:
        if isinstance(flag := model.get("open_weights"), bool):
            said[offer.model]["open-weight" if flag else "closed"].append(place)
    for model_name, places in said.items():
        ranked = Counter({value: len(found) for value, found in places.items()}).most_common()
        ranked.sort(key=lambda pair: (-pair[1], pair[0]))
        for number, (value, count) in enumerate(ranked):
            yield _flag(record, model_name, value, (count, places[value][0]), response, dissent=number > 0)


def _flag(
    record: SourceRecord, model: str, value: str, found: tuple[int, str], response: Response, *, dissent: bool
) -> FactDraft:
    count, first = found
    seen = stated_on(response)
    where = f"{count} of its entries" if count > 1 else f"its entry {first}"
    words = f"{teller(record)} lists {model} as {value} in {where} (as of {day(seen)})."
    subject, publisher = f"model:{model}", f"{record.publisher}, other entries" if dissent else record.publisher
    return record_fact(
        record,
        subject,
        "openness",
        value,
        words,
        known_from=seen,
        locator=f"open_weights of {first}",
        publisher=publisher,
        part="openness/dissent" if dissent else "openness",
    )


# ---------------------------------------------------------------- its text


def _item(record: SourceRecord, place: str, offer: Offer, model: Row) -> RawItem:
    cost, limit, kinds = row(model.get("cost")), row(model.get("limit")), row(model.get("modalities"))
    priced = [(f"price of {key.replace('_', ' ')}", v) for key, v in cost.items() if isinstance(v, (int, Decimal))]
    return record_item(
        record,
        place,
        f"{text(model, 'name') or place}: prices and limits on {offer.provider}",
        [
            ("model", place),
            ("open weights", model.get("open_weights")),
            *((label, f"{decimal_text(Decimal(value))} USD per million tokens") for label, value in priced),
            ("context", limit.get("context")),
            ("most tokens out", limit.get("output")),
            ("takes in", kinds.get("input")),
            ("gives out", kinds.get("output")),
            ("released", model.get("release_date")),
            ("last updated", model.get("last_updated")),
            ("knowledge until", model.get("knowledge")),
            ("status", model.get("status")),
        ],
    )
