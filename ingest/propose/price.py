"""List prices of tokens. Other units are converted where that is arithmetic (a thousand, a token, cents), else refused.

Refused: a side that is not said (input or output), a currency other than USD and EUR, "up to", "from", prices that are
compared, blended or past, prices of long prompts, and a seller who cannot be told.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ingest.propose.doubt import compared
from ingest.propose.found import Found, Reading
from ingest.propose.names import Mention

_NUMBER, _SIGN, _WORD = r"\d+(?:\.\d+)?", r"US\$|\$|€|USD ?|EUR ?", "cents|USD|EUR|euros|dollars"
_MONEY = rf"(?:(?P<sign>{_SIGN})(?P<amount>{_NUMBER})|(?P<amount2>{_NUMBER}) ?(?P<word>{_WORD}))"
_ANY_MONEY = re.compile(rf"(?:{_SIGN}){_NUMBER}|{_NUMBER} ?(?:{_WORD})", re.IGNORECASE)
_PER = r"(?: ?/ ?| per | an? )(?:(?:1 |one )?(?P<scale>million|thousand|1M|M|1K|K|1,000,000|1,000|1000|Mtok|MTok) ?)?"
_PRICED = re.compile(r"[$€]|\b(?:cents|USD|EUR|euros|dollars)\b")
_TERM = re.compile(
    rf"(?<![\w.,$€]){_MONEY}{_PER}(?P<side>cached input |input |output |prompt |completion )?(?P<tokens>tokens?)?"
    r"(?: (?:of |for )?(?P<late>cached input|input|output)\b)?",
    re.IGNORECASE,
)
_SCALES = dict.fromkeys(("million", "1m", "m", "mtok", "1,000,000"), 1) | dict.fromkeys(
    ("thousand", "1k", "k", "1,000", "1000"), 1000
)
_SIDES = {"input": "price_input", "prompt": "price_input", "output": "price_output", "completion": "price_output",
          "cached input": "price_cache_read"}  # fmt: skip
_HEAD = re.compile(r"\b(?P<mode>cached|batch)?[- ]?(?P<side>input|output)\b", re.IGNORECASE)
_REFUSED = re.compile(
    r"\b(?:up to|as (?:low|little) as|starting at|starts at|at least|at most|less than|more than|under|over|about|"
    r"around|roughly|nearly|almost|approximately|blended|average|effective price|was|were|until|promotional|"
    r"discount\w*|introductory|limited[- ]time|above|below|longer|beyond|free|credits?|off-peak|priority|flex|"
    r"fast mode|storage|per image|per song|savings?|save)\b",
    re.IGNORECASE,
)
_CHANGED = re.compile(
    r"\b(?:cut|cuts|cutting|drop(?:s|ped|ping)?|lower(?:s|ed|ing)?|reduc(?:es|ed|ing|e)|fall(?:s|ing)?|rais(?:es|ed|ing|e)|"
    r"increas(?:es|ed|ing|e)|goes|go)\b[^.]*?\bfrom (?=[$€\d])", re.IGNORECASE)  # fmt: skip
_FROM = re.compile(r"\bfrom (?:US)?[$€]", re.IGNORECASE)
_OLD = re.compile(rf"\bfrom {_MONEY}(?:{_PER}(?:\w+ )?(?:tokens?)?)? to ", re.IGNORECASE)
_LATER = re.compile(r"\b(?:starting|effective|from|as of|beginning|on)(?: on)? $", re.IGNORECASE)
_SELLS = re.compile(r"\b(?:serves?|offers?|charges?|prices?|sells?|hosts?|runs?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Price:
    field: str
    per_million: str
    unit: str


def prices(reading: Reading) -> Iterator[Found]:
    if not _PRICED.search(reading.text) or reading.doubt or compared(reading.text):
        return
    text = _OLD.sub("to ", reading.text) if _CHANGED.search(reading.text) else reading.text
    if _REFUSED.search(text) or _FROM.search(text):
        return
    subjects = {mention.subject for mention in reading.models}
    since, dated = _since(reading)
    if len(subjects) != 1 or not dated:
        return
    model = reading.models[0]
    seller = _seller(reading, model)
    found = _prices(text)
    if not seller or not found:
        return
    for price in found:
        yield _found(reading, model, seller, price, since)


def _prices(text: str) -> list[_Price]:
    """Every price of the sentence, or none if one of them cannot be read: half a price list misleads."""
    money = len(_ANY_MONEY.findall(text))
    terms = [_price(match, text) for match in _TERM.finditer(text)]
    found = [price for price in terms if price is not None]
    whole = len(found) == len(terms) == money and len({price.field for price in found}) == len(found)
    return found if whole else []


def _price(match: re.Match[str], text: str) -> _Price | None:
    sign = (match["sign"] or match["word"] or "").strip().lower()
    scale = (match["scale"] or "").lower()
    per_token = not scale and bool(match["tokens"])
    side = (match["side"] or match["late"] or "").strip().lower()
    field = _SIDES.get(side) or _field_ahead(text[: match.start()])
    field = _in_mode(field, text[: match.start()])
    by_million = _SCALES.get(scale) == 1 and bool(side)  # "$3/M input" means tokens
    if not field or not (scale or per_token) or not (match["tokens"] or by_million):
        return None
    amount = Decimal(match["amount"] or match["amount2"]) * (1_000_000 if per_token else _SCALES[scale])
    amount = amount / 100 if sign == "cents" else amount
    currency = "EUR" if sign in ("€", "eur", "euros") else "USD"
    return _Price(field, _plain(amount), f"{currency} per million tokens")


def _in_mode(field: str | None, before: str) -> str | None:
    """The price of the cached or batch tokens that the words before the amount speak of."""
    heads = list(_HEAD.finditer(before))
    mode = (heads[-1]["mode"] or "").lower() if heads else ""
    if not mode or field != _SIDES[heads[-1]["side"].lower()]:
        return field
    return "price_batch_" + heads[-1]["side"].lower() if mode == "batch" else _SIDES.get(f"cached {heads[-1]['side']}")


def _field_ahead(text: str) -> str | None:
    """The side that the sentence told before the amount: "Cached input for X costs $0.20 per million tokens"."""
    heads = [match["side"].lower() for match in _HEAD.finditer(text)]
    return _SIDES[heads[0]] if len(heads) == 1 else None


def _plain(amount: Decimal) -> str:
    exact = amount.normalize()
    return f"{exact:f}"


def _since(reading: Reading) -> tuple[date | None, bool]:
    """From when the price holds, and whether that could be told: "will" needs its day, a day needs its meaning."""
    coming = re.search(r"\b(?:will|going to)\b", reading.text, re.IGNORECASE) is not None
    if not reading.dates:
        return None, not coming
    start, _, day = reading.dates[0]
    return day, len(reading.dates) == 1 and _LATER.search(reading.text[:start]) is not None


def _seller(reading: Reading, model: Mention) -> str:
    """Who asks the price: a host that the sentence names, else the developer who speaks or is spoken of."""
    hosts = {mention.subject.partition(":")[2] for mention in reading.names.find(reading.text, "provider")}
    if hosts:
        return next(iter(hosts)) if len(hosts) == 1 else ""
    vendors = {mention.subject.partition(":")[2] for mention in reading.vendors if not _part_of(mention, model)}
    if vendors - {model.developer}:
        return ""
    speaks = reading.publisher == model.developer
    told = model.developer in vendors and _SELLS.search(reading.text) is not None
    return model.developer if model.developer and (speaks or told) else ""


def _part_of(vendor: Mention, model: Mention) -> bool:
    return model.start <= vendor.start < model.end


def _found(reading: Reading, model: Mention, seller: str, price: _Price, since: date | None) -> Found:
    slug = model.subject.partition(":")[2]
    what = price.field.removeprefix("price_").replace("_", " ")
    holds = f" from {since.isoformat()} on" if since else ""
    return Found(
        kind="price",
        subject=f"offer:{seller}/{slug}",
        field=price.field,
        value=price.per_million,
        unit=price.unit,
        statement=f"{model.text} at {seller} costs {price.per_million} {price.unit} ({what}){holds}, {reading.says()}.",
        valid_from=since,
    )
