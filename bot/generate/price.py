"""What a call costs, by the dated price facts of the day. Pure but for reading the facts.

A provider's name for a model ("claude-haiku-4-5-20251001", "eu.anthropic.claude-haiku-4-5-v1:0") is not ours
("claude-haiku-4.5"): both are brought to one spelling, and only an equal one counts. What is not found has no cost that
we know; it is never nothing.
"""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from kb.decide.book import Book
from kb.decide.prices import price_from
from kb.decide.types import Price
from kb.facts.view import view
from kb.types import Used

if TYPE_CHECKING:
    from bot.generate import Generator
    from kb.store import Store

_PER_TOKEN = Decimal(10**6)
_SELLERS = {"api.openai.com": "openai", "api.anthropic.com": "anthropic", "generativelanguage.googleapis.com": "google"}
_DATE = re.compile(r"[-@](?:20\d{2}-?\d{2}-?\d{2}|latest|default)$")
_VERSION = re.compile(r"-v\d+(?::\d+)?$")
_REGION = re.compile(r"^(?:us|eu|apac|jp|au|global)\.")


class Prices:
    """Price of a generator's model on a day; kept until a fact is added."""

    def __init__(self, store: "Store") -> None:
        self._store = store
        self._kept = lru_cache(maxsize=32)(self._price)

    def of(self, generator: "Generator", day: date) -> Price | None:
        """None: not known. A machine of ours has no price for a token."""
        seller = seller_of(generator.goes_to)
        return self._kept(seller, generator.model, day, self._store.facts.revision()) if seller else None

    def _price(self, seller: str, model: str, day: date, _revision: tuple[int, int, int]) -> Price | None:
        facts, events = self._store.facts.all(subject_prefix=f"offer:{seller}/")
        book = Book(view(facts, events, as_of=day, today=day))
        prefix, wanted = f"offer:{seller}/", spelled(model)
        same = [offer for offer in book.subjects(prefix) if spelled(offer.removeprefix(prefix)) == wanted]
        found = price_from(book, same[0], "", day) if len(same) == 1 else ""
        return found if isinstance(found, Price) else None


def seller_of(host: str) -> str:
    """Who sells what is asked for at that host; empty: nobody that we know.

    Bedrock's list price without a region is that of the American ones; others differ from model to model.
    """
    return "bedrock" if host.startswith("bedrock-runtime.us-") else _SELLERS.get(host, "")


def spelled(model: str) -> str:
    """Without a vendor, a region, a date and a version of the packaging; dots and dashes are one."""
    name = _REGION.sub("", model.lower().rpartition("/")[2])
    name = _DATE.sub("", _VERSION.sub("", name))
    vendor, dot, rest = name.partition(".")
    if dot and vendor.isalpha():
        name = rest
    return name.replace(".", "-")


def cost_usd(price: Price | None, *, read: int, written: int, cached: int | None = None) -> Decimal | None:
    """Dollars; the dearer price where sources disagree, and no rebate for the cache where its price is not known."""
    if price is None:
        return None
    long = price.long_over_tokens is not None and read > price.long_over_tokens
    per_read = price.input_long if long and price.input_long is not None else price.input
    per_written = price.output_long if long and price.output_long is not None else price.output
    from_cache = (cached or 0) if price.cache_read is not None else 0
    total = per_read * (read - from_cache) + (price.cache_read or 0) * from_cache + per_written * written
    return total / _PER_TOKEN


def with_cost(price: Price | None, used: Used) -> Decimal | None:
    return cost_usd(price, read=used.tokens_read, written=used.tokens_written, cached=used.tokens_cached)
