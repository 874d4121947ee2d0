"""OpenRouter's list of models and what it sells them for. https://openrouter.ai/docs/api-reference/list-available-models

Prices come as text, in USD a token. Nought means free under a ":free" name and "not priced by the token" elsewhere,
-1 "depends on where the router sends it": neither is a price. A name such as "~openai/gpt-latest" is one that moves on.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation

from ingest.dates import read_date
from ingest.facts import stated_on
from ingest.source import Page, Request, Response
from ingest.sources.offers import Claim, Offer, decimal_text, draft, model_slug, provider_name, slug
from ingest.sources.rows import Row, ask, listed, read_json, record_item, row, text, whole
from kb.errors import ParseError
from kb.types import FactDraft, RawItem, SourceRecord

SELLER = "openrouter"
_MILLION = 10**6
_PRICES = {
    "prompt": "price_input",
    "completion": "price_output",
    "input_cache_read": "price_cache_read",
    "input_cache_write": "price_cache_write",
}
_KINDS = ("text", "image", "audio", "video")


class OpenRouterSource:
    """The whole list is one body; every model an item and an offer of OpenRouter's."""

    def request(self, record: SourceRecord) -> Request:
        return ask(record)

    def parse(self, record: SourceRecord, response: Response) -> Page:
        """Read the list. Raises ParseError for what is no object with a list under "data"."""
        found = read_json(response.body, "the list of models")
        held = found.get("data") if isinstance(found, dict) and "data" in found else found
        models = listed(held, "the list of models")
        named = {text(m, "id"): m for m in models if isinstance(m, dict) and text(m, "id")}
        if models and not named:
            raise ParseError("the list holds no record that names a model")
        offers, stated = offers_of(named), stated_on(response)
        facts: list[FactDraft] = []
        for name, model in named.items():
            told = _claims(model)
            facts += [draft(record, offers[name], claim, stated=stated, locator=f"model {name}") for claim in told]
        bad = sum(not isinstance(m, dict) or not text(m, "id") for m in models)
        return Page(
            items=tuple(_item(record, name, model) for name, model in named.items()),
            facts=tuple(facts),
            title=record.title,
            refused=(f"{bad} records name no model",) if bad else (),
        )


def offers_of(names: Iterable[str]) -> dict[str, Offer]:
    """The offer of each name. Of names that would share a slug the shortest gets it; the others keep theirs whole."""
    found: dict[str, Offer] = {}
    taken: set[str] = set()
    for name in sorted(names, key=lambda name: (len(name), name)):
        model = model_slug(name)
        model = slug(name) if model in taken else model
        taken.add(model)
        found[name] = Offer(subject=f"offer:{SELLER}/{model}", model=model, provider=provider_name(SELLER))
    return found


def _claims(model: Row) -> Iterator[Claim]:
    pricing = row(model.get("pricing"))
    for name, field in _PRICES.items():
        if price := per_million(pricing.get(name)):
            yield Claim(field=field, value=price)
    if tokens := whole(model.get("context_length")):
        yield Claim(field="context_tokens", value=str(tokens))
    takes = row(model.get("architecture")).get("input_modalities")
    kinds = [kind for kind in _KINDS if isinstance(takes, list) and kind in takes]
    if kinds:
        yield Claim(field="modalities_in", value=",".join(kinds))
    if until := read_date(text(model, "expiration_date")):
        yield Claim(field="deprecated_on", value=until.date().isoformat())


def per_million(value: object) -> str:
    """USD per million tokens of USD a token; empty for what is no price."""
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        return ""
    try:
        price = Decimal(value)
    except InvalidOperation:
        return ""
    return decimal_text(price * _MILLION) if price.is_finite() and price > 0 else ""


def _item(record: SourceRecord, name: str, model: Row) -> RawItem:
    """As the list has it, dates included: when a model was listed says nothing of when its price was."""
    shape, prices = row(model.get("architecture")), row(model.get("pricing"))
    priced = [(f"price of {key.replace('_', ' ')}", _priced(key, value)) for key, value in prices.items()]
    return record_item(
        record,
        name,
        f"{text(model, 'name') or name}: prices on {provider_name(SELLER)}",
        [
            ("model", name),
            ("version", model.get("canonical_slug")),
            ("weights", model.get("hugging_face_id")),
            *priced,
            ("context length", model.get("context_length")),
            ("takes in", shape.get("input_modalities")),
            ("gives out", shape.get("output_modalities")),
            ("most tokens out", row(model.get("top_provider")).get("max_completion_tokens")),
            ("knowledge until", model.get("knowledge_cutoff")),
            ("goes on", model.get("expiration_date")),
            ("description", model.get("description")),
        ],
    )


def _priced(name: str, value: object) -> str:
    """Tokens by the million; what else is charged (a search, an image) as the list has it."""
    if name in _PRICES:
        price = per_million(value)
        return f"{price} USD per million tokens" if price else ""
    return f"{value} USD each" if per_million(value) else ""
