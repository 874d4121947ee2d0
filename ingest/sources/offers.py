"""What price tables have in common: which offer a record speaks of, and its prices as facts.

Slugs follow the starter facts: a record that they cite by name ("entry X") is that offer; a model that the catalogue
knows under another spelling gets the catalogue's slug; any other one of its own name, the same at every reading.
"""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from ingest.facts import key_prefix
from kb.facts.fields import prefix_of
from kb.facts.load import load_starter
from kb.types import FactDraft, SourceRecord

PER_MTOK = "USD per million tokens"
_PROVIDERS = {
    "together_ai": "together", "fireworks_ai": "fireworks", "fireworks_ai-embedding-models": "fireworks",
    "gemini": "google", "bedrock_converse": "bedrock", "bedrock_mantle": "bedrock", "aws": "bedrock",
    "azure_ai": "azure", "azure_text": "azure", "dashscope": "alibaba", "cohere_chat": "cohere",
    "moonshotai": "moonshot", "x-ai": "xai", "text-completion-openai": "openai",
    "text-completion-codestral": "codestral", "togetherai": "together", "fireworks-ai": "fireworks",
    "amazon-bedrock": "bedrock", "google-vertex": "vertex", "google-vertex-anthropic": "vertex",
}  # fmt: skip
_NAMES = {
    "together": "Together AI", "fireworks": "Fireworks", "google": "Google's Gemini API", "bedrock": "Amazon Bedrock",
    "azure": "Azure", "vertex": "Google Vertex AI", "alibaba": "Alibaba Model Studio", "openai": "OpenAI",
    "anthropic": "Anthropic", "deepseek": "the DeepSeek API", "mistral": "the Mistral API", "moonshot": "Moonshot AI",
    "xai": "xAI", "zai": "Z.ai", "groq": "Groq", "deepinfra": "DeepInfra", "nebius": "Nebius", "ovhcloud": "OVHcloud",
    "scaleway": "Scaleway", "cerebras": "Cerebras", "openrouter": "OpenRouter", "minimax": "the MiniMax API",
    "meta": "the Meta Model API", "cohere": "Cohere", "perplexity": "Perplexity", "databricks": "Databricks",
}  # fmt: skip
_REGIONS = ("global", "regional", "us-gov", "us", "eu", "apac", "au", "jp", "in", "ca")
_VENDOR = re.compile(
    r"^(?:anthropic|openai|meta|mistral|moonshotai|deepseek|zai|qwen|google|cohere|amazon|nvidia|xai|minimax|ai21|writer)\."
)
_SPELLINGS = (  # each tried upon the one before; a reading counts only if the catalogue knows it
    (r"^$", ""),  # as it stands
    (r"(?:-v?\d+:\d+|-v\d+|@default)$", ""),
    (r"-maas$", ""),
    (r"(?<=\d)p(?=\d)", "."),
    (r"(?<=-)v(?=\d+-\d+-)", ""),
    (r"(?<=[a-z]-\d)-(?=\d(?:-|$))", "."),
    (r"-(?:instruct|it)$", ""),
)
_WORDS = {
    "price_input": "input tokens",
    "price_output": "output tokens",
    "price_cache_read": "cached input tokens",
    "price_cache_write": "input tokens written to the cache",
    "price_batch_input": "input tokens in batch mode",
    "price_batch_output": "output tokens in batch mode",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One model at one provider, as a record names it."""

    subject: str
    model: str
    provider: str  # as people call it
    region: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One value of an offer, before it is worded. `when`: words that narrow it, to follow the price."""

    field: str
    value: str
    qualifiers: Mapping[str, str] = dataclasses.field(default_factory=dict)  # `field` names a column here
    when: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


# ---------------------------------------------------------------- which offer


def provider_slug(name: str) -> str:
    return _PROVIDERS.get(name) or ("vertex" if name.startswith("vertex_ai") else slug(name))


def provider_name(of: str, stated: str = "") -> str:
    return _NAMES.get(of) or stated or of


def bedrock_region(name: str) -> tuple[str, str]:
    """Region and model of a Bedrock id: "eu.anthropic.claude-opus-5" is served in "eu"."""
    head, _, rest = name.partition(".")
    return (head, rest) if head in _REGIONS and rest else ("", name)


def slug(name: str) -> str:
    """Letters, digits, dots and dashes of a name; never empty."""
    return re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-.") or "unnamed"


@cache
def model_slug(name: str) -> str:
    """The catalogue's slug for a model that it knows, else one of the name's last part."""
    tail = name.rsplit("/", 1)[-1].lower()
    known = _catalogue()[0]
    for candidate in (tail, _VENDOR.sub("", tail)):
        reading = candidate
        for pattern, instead in _SPELLINGS:
            reading = re.sub(pattern, instead, reading)
            if reading in known:
                return reading
    return slug(_VENDOR.sub("", tail))


def cited_offer(entry: str) -> tuple[str, str] | None:
    """Subject and region of the record that a starter fact names as its place."""
    return _catalogue()[1].get(entry)


@cache
def _names() -> Mapping[str, str]:
    """What the catalogue calls a model, by slug."""
    named = {fact.subject: fact.value for fact in load_starter() if fact.field == "name"}
    return {subject.partition(":")[2]: name for subject, name in named.items() if prefix_of(subject) == "model"}


@cache
def _catalogue() -> tuple[frozenset[str], Mapping[str, tuple[str, str]]]:
    known, cited = set(), {}
    for fact in load_starter():
        if prefix_of(fact.subject) in ("model", "offer"):
            known.add(fact.subject.rpartition("/")[2].rpartition(":")[2])
        if prefix_of(fact.subject) == "offer" and (named := re.match(r"entry (\S+)$", fact.locator)):
            cited[named[1]] = (fact.subject, fact.qualifiers.get("region", ""))
    return frozenset(known), cited


# ---------------------------------------------------------------- values


def decimal_text(value: Decimal) -> str:
    """Plain digits. Beyond twelve of them stands the noise of a publisher's float: rounded away."""
    exact = value if len(value.as_tuple().digits) <= 12 else Decimal(f"{value:.11e}")
    text = format(exact, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def above(tokens: int) -> dict[str, str]:
    """The qualifier of a price for prompts longer than so many tokens."""
    tokens += tokens % 10 == 9  # "more than 199,999" is from 200,000 on
    size = tokens // 1000 if tokens % 1000 == 0 else tokens // 1024 if tokens % 1024 == 0 else 0
    return {"context": f"above {size}k" if size else f"above {tokens}"}


# ---------------------------------------------------------------- facts


def draft(record: SourceRecord, offer: Offer, claim: Claim, *, stated: date, locator: str) -> FactDraft:
    """A claim as a dated fact."""
    qualifiers = {**({"region": offer.region} if offer.region else {}), **claim.qualifiers}
    parts = [offer.subject.partition(":")[2], claim.field, *map(slug, qualifiers.values()), *_since(claim)]
    return FactDraft(
        key=key_prefix(record) + "/".join(parts),
        subject=offer.subject,
        field=claim.field,
        value=claim.value,
        unit=_unit(claim.field),
        qualifiers=qualifiers,
        statement=_statement(record, offer, claim, stated),
        valid_from=claim.valid_from,
        valid_to=claim.valid_to,
        known_from=_known_from(claim, stated),
        source_url=record.url,
        source_title=record.title or record.url,
        publisher=record.publisher,
        tier=record.tier,
        locator=locator,
        source_id=record.id,
    )


def _known_from(claim: Claim, stated: date) -> date:
    """A list price is public from the day it takes effect. With no first day stated: at the latest on its last."""
    last = claim.valid_to - timedelta(days=1) if claim.valid_to else stated
    return min(stated, claim.valid_from or last)


def _since(claim: Claim) -> list[str]:
    """What tells the periods of one price apart. That a price has ended is another fact than that it holds."""
    if claim.valid_from:
        return [claim.valid_from.isoformat()]
    return [f"until-{claim.valid_to.isoformat()}"] if claim.valid_to else []


def _unit(field: str) -> str:
    return PER_MTOK if field.startswith("price_") else "tokens" if field == "context_tokens" else ""


def _statement(record: SourceRecord, offer: Offer, claim: Claim, stated: date) -> str:
    where = f" in the region {offer.region}" if offer.region else ""
    what = f"{_names().get(offer.model, offer.model)} on {offer.provider}{where}"
    told = f"as of {_day(stated)}, as told by {record.publisher or record.title or record.url}"
    if claim.field == "deprecated_on":
        return f"{what} is to be retired on {_day(date.fromisoformat(claim.value))} ({told})."
    if claim.field == "context_tokens":
        return f"{what} takes up to {int(claim.value):,} tokens of context ({told})."
    if claim.field == "modalities_in":
        return f"{what} takes in {claim.value.replace(',', ', ')} ({told})."
    past = claim.valid_to is not None and claim.valid_to <= stated
    price = f"{what} {'cost' if past else 'costs'} {claim.value} USD per million {_WORDS[claim.field]}"
    context = claim.qualifiers.get("context", "").replace("above ", "when the prompt is above ")
    span = [f"from {_day(claim.valid_from)}"] if claim.valid_from else []
    span += [f"until {_day(claim.valid_to)}"] if claim.valid_to else []
    return (
        " ".join(filter(None, [price, context and f"{context} tokens", claim.when, *span])) + f" (list price {told})."
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
