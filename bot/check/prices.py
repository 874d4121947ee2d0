"""Claims on prices: a stated price of a model or a GPU, and which of two models costs less. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from bot.answer.book import FactBook
from bot.answer.names import joined
from bot.answer.text import number
from bot.check.contract import Stance
from bot.check.held import finding, flipped, models_of, named, single
from bot.check.quantities import Quantity, agrees
from bot.check.said_of import genuine
from bot.check.values import Finding, Reading, Weighed
from kb.facts.fields import FIELDS, prefix_of
from kb.types import FactView, Status

_I = re.IGNORECASE
_MILLION = re.compile(r"\b(?:per|/|a|one|each)\s?(?:1M|million|mill?ion|M|Mtok)\b|/\s?(?:1M|M|MTok)\b|\bper[- "
    r"]million|\b1M tokens|"
                      r"\b(?:a|one) million (?:\w+ )?tokens\b", _I)  # fmt: skip
_THOUSAND = re.compile(r"\b(?:per|/|a)\s?(?:1K|thousand|1,000|K)\b", _I)
_PER_HOUR = re.compile(r"(?:/|\bper\b|\ban?\b)\s?(?:GPU[- ]?)?h(?:ou)?r?\b|\bhourly\b", _I)
_OTHER = re.compile(
    r"/\s?h(?:ou)?r\b|\bper hour\b|\bhourly\b|\bblended\b|\baverage\b|\ba month\b|\bper month\b|\bcache writ\w+|"
    r"\b(?:to|for) train\w*|\btraining (?:run|cost)|\bcredits?\b|\bfine-?tun\w+|\bsav(?:e|es|ing|ings)\b",
    _I,
)
_OUTPUT = re.compile(r"\boutputs?\b|\bcompletions?\b|\bgenerated\b|\bout\b(?= per|[,.;)]|$)", _I)
_INPUT = re.compile(r"\binputs?\b|\bprompts?\b|\bin\b(?= (?:and|per)|[,/])", _I)
_CACHED = re.compile(r"\bcache(?:d|s)?\b(?! writ)", _I)
_BATCH = re.compile(r"\bbatch\w*", _I)
_CHEAPER = re.compile(
    r"\b(?P<less>cheaper|less expensive|costs? less|lower[- ]priced)\b|\b(?P<more>more expensive|dearer|"
    r"costs? more|pricier)\b",
    _I,
)
_ELSEWHERE = re.compile(
    r"\b(?:at|via|through|on|from|by)\s+(?:(?:our|my|their|another|some|its|one)\b|an?\s+(?!million)|"
    r"(?P<name>[A-Z][\w.]+))"
)
_TIMES = re.compile(r"\b(?:times|twice|half|double|third|quarter)\b", _I)
DEFINE = "A price belongs to a seller, a region, a length of prompt and a day; others differ."


def judge(reading: Reading, book: FactBook) -> Iterator[Finding]:
    yield from _stated(reading, book)
    for one in (_hourly, _compared):
        found = one(reading, book)
        if found:
            yield found


def _stated(reading: Reading, book: FactBook) -> Iterator[Finding]:
    """Each sum by itself: one that is wrong is wrong, whatever the others are."""
    money = reading.quantities_of("USD", "EUR")
    models = next((m for q in money if (m := single(named(reading, book, (q.start, q.end))))), [])
    models = models or (single(named(reading, book)) if money and _of_tokens(reading) else [])
    per = _tokens_meant(reading.text)
    if not money or not models or per is None or _OTHER.search(reading.text) or _TIMES.search(reading.text):
        return
    assigned = _assigned(reading, money)
    for said, field in assigned:
        plain = replace(said, value=said.value * 1_000_000 / per)
        evidence = [w for m in models[:2] for w in _against(plain, _rows(m, field, reading, book), reading, said.start)]
        topic = "offer/price" if len(assigned) == 1 else f"offer/{field}"
        about = f"{book.display(models[0])}: {FIELDS[field].label.lower()}"
        if found := finding(topic, about, evidence, reading, (DEFINE,)):
            yield found


def _tokens_meant(text: str) -> int | None:
    """The number of tokens that a price is for."""
    return 1_000_000 if _MILLION.search(text) else 1_000 if _THOUSAND.search(text) else None


def _of_tokens(reading: Reading) -> bool:
    """ "A million output tokens of X cost ...", "X: input $2, output $10"."""
    heads = any(m.start <= 3 and reading.text[m.end :].startswith(":") for m in reading.own)
    heads = heads or bool(re.match(r"\W*(?:at|for|priced at)\s+[$€]", reading.text, _I) and len(reading.own) == 1)
    return heads or bool(
        re.match(
            r"\W*(?:a|one|1|each) million (?:\w+ )?tokens (?:of|from|with|"
            r"on)\b",
            reading.text,
            _I,
        )
    )


def _assigned(reading: Reading, money: Sequence[Quantity]) -> list[tuple[Quantity, str]]:
    """Which side of the exchange each sum is for: the word behind it, else before it, else the order."""
    found: list[tuple[Quantity, str]] = []
    special = "cache_read" if _CACHED.search(reading.text) else ""
    batch = "batch_" if _BATCH.search(reading.text) else ""
    leads = bool(_OUTPUT.search(reading.text[: money[0].start]) or _INPUT.search(reading.text[: money[0].start]))
    for i, said in enumerate(money[:2]):
        end = money[i + 1].start if i + 1 < len(money) else len(reading.text)
        behind, before = reading.text[said.end : end], reading.text[money[i - 1].end if i else 0 : said.start]
        words = before if leads else behind if _OUTPUT.search(behind) or _INPUT.search(behind) else before
        output = bool(_OUTPUT.search(words)) and not (_INPUT.search(words) and i == 0)
        neither = not _OUTPUT.search(words) and not _INPUT.search(words)
        side = "output" if output or (neither and i == 1) else "input"
        found.append((said, f"price_{special or batch + side}"))
    return found


def _rows(model: str, field: str, reading: Reading, book: FactBook) -> list[FactView]:
    """The seller named, else the maker's own price. Past prices too, to be told as past.

    Of a model that its maker does not sell, those of all sellers; where somebody else is said to sell it, nobody's.
    """
    named_ = [
        s.partition(":")[2] for m in reading.mentions for s in m.subjects if s.startswith(("provider:", "vendor:"))
    ]
    maker = (book.vendor_of(model) or "").partition(":")[2]
    others = set(named_) - {maker}
    offers = {o: o.partition(":")[2].partition("/")[0] for o in book.offers_of(model)}
    others |= _spelled(reading, offers.values()) - {maker}
    if others:
        chosen = [o for o, seller in offers.items() if seller in others]
    elif _sold_elsewhere(reading, maker):
        chosen = []
    else:
        chosen = [o for o, seller in offers.items() if seller == maker] or list(offers)
    return [v for o in chosen for v in book.of(o, field, superseded=True)]


def _spelled(reading: Reading, sellers: Iterable[str]) -> set[str]:
    """Sellers that no name was found for, since a stop stands in it: "at Z.ai"."""
    said = {joined(m["name"]) for m in _ELSEWHERE.finditer(reading.text) if m["name"]}
    return {seller for seller in sellers if seller in said}


def _sold_elsewhere(reading: Reading, maker: str) -> bool:
    """ "At our reseller", "on Hyperbolic": a seller that nothing is on record of."""
    for match in _ELSEWHERE.finditer(reading.text):
        named_ = any(m.start <= match.end() - 1 < m.end for m in reading.own)
        dated = any(d.start <= match.end() and match.start() <= d.end for d in reading.dates)
        own = bool(match["name"]) and joined(match["name"]) == maker
        if not named_ and not dated and not own and match["name"] not in ("USD", "US", "API", "In", "Average"):
            return True
    return False


def _against(said: Quantity, rows: Sequence[FactView], reading: Reading, at: int) -> list[Weighed]:
    plain = [v for v in rows if v.status in (Status.IN_FORCE, Status.DISPUTED)]
    fits = [v for v in rows if _same(said, v)]
    now = [v for v in fits if v in plain]
    if any(d.first > reading.day for d in reading.dates):
        return [Weighed(v, "for") for v in fits if v.status is Status.SCHEDULED]
    if now:
        general = [v for v in now if not v.fact.qualifiers]
        limits = [] if general or len(plain) == len(now) else [v for v in plain if v not in now][:1]
        return [Weighed(v, flipped("for", reading, at)) for v in (general or now)[:1]] + [
            Weighed(v, "limits") for v in limits
        ]
    if len({v.fact.subject for v in plain}) > 1:
        return []  # of several sellers none asks that much, and others are not on record
    past = [Weighed(v, "context") for v in fits if v.status is Status.SUPERSEDED][:1]
    standing = sorted(plain, key=lambda v: bool(v.fact.qualifiers))[:1]
    return [*(Weighed(v, flipped("against", reading, at)) for v in standing), *past]


def _same(said: Quantity, view: FactView) -> bool:
    held = number(view.fact.value)
    return held is not None and view.fact.unit.startswith(said.unit) and agrees(said, held, exact=True)


def _hourly(reading: Reading, book: FactBook) -> Finding | None:
    money = reading.quantities_of("USD", "EUR")
    gpus = [s for s in reading.of("gpu") if book.of(s, "price_per_hour")]
    if not money or not gpus or not _PER_HOUR.search(reading.text):
        return None
    rows = [v for s in gpus[:1] for v in book.of(s, "price_per_hour")]
    sellers = {m.words.lower() for m in reading.own if any(prefix_of(s) in ("provider", "vendor") for s in m.subjects)}
    rows = [v for v in rows if any(s in v.fact.statement.lower() for s in sellers)] or ([] if sellers else rows)
    money = [replace(q, value=q.value / _machines(reading)) for q in money]
    values = [n for v in rows if (n := number(v.fact.value)) is not None]
    fits = [v for v in rows if _same(money[0], v)]
    evidence = [Weighed(v, "for") for v in fits[:2]]
    if not fits and values:
        inside = min(values) <= money[0].value <= max(values)
        evidence = [Weighed(v, "limits" if inside else "against") for v in (rows[0], rows[-1])]
    elif fits and len(set(values)) > 1:
        evidence += [Weighed(v, "limits") for v in rows if v not in fits][:2]
    return finding("gpu/price_per_hour", f"{book.display(gpus[0])}: price an hour", evidence, reading, (DEFINE,))


def _machines(reading: Reading) -> int:
    """ "Eight H100s cost $32 an hour": the price is that of eight, while prices on record are of one."""
    meant = [m for m in reading.own if any(s.startswith("gpu:") for s in m.subjects)]
    if not meant or re.search(r"\b(?:per|a|each) GPU\b|\bGPU[- ]hour|\beach\b", reading.text, _I):
        return 1
    if any(s.startswith("gpu:8x") for s in meant[0].subjects):
        return 8
    match = re.search(r"\b(two|four|eight|\d+)\s+(?:NVIDIA\s+)?$", reading.text[: meant[0].start], _I)
    return int({"two": "2", "four": "4", "eight": "8"}.get(match[1].lower(), match[1])) if match else 1


def _compared(reading: Reading, book: FactBook) -> Finding | None:
    """ "X is cheaper than Y": the makers' own list prices, input and output."""
    match = _CHEAPER.search(reading.text)
    groups = [g for m in genuine(reading, contrasted=True) if len(g := models_of(m, book)) == 1]
    if not match or len(groups) != 2 or not re.search(r"\bthan\b", reading.text, _I):
        return None
    evidence: list[Weighed] = []
    for field in ("price_input", "price_output"):
        first, second = (_span(g[0], field, book) for g in groups)
        if first and second:
            less, more = first[-1][0] < second[0][0], first[0][0] > second[-1][0]
            stance: Stance = "limits" if not (less or more) else "for" if less == bool(match["less"]) else "against"
            evidence += [Weighed(v, flipped(stance, reading, match.start())) for v in (first[-1][1], second[0][1])]
    names = " and ".join(book.display(g[0]) for g in groups)
    return finding("offer/compared", f"{names}: which costs less", evidence, reading, (DEFINE,))


def _span(model: str, field: str, book: FactBook) -> list[tuple[Decimal, FactView]]:
    """The maker's list prices, else all sellers', cheapest first; long prompts and regions apart."""
    maker = (book.vendor_of(model) or "").partition(":")[2]
    offers = book.offers_of(model)
    own = [o for o in offers if o.partition(":")[2].startswith(f"{maker}/")] or offers
    rows = [v for o in own for v in book.of(o, field) if not v.fact.qualifiers.keys() & {"context", "region"}]
    rows = [v for v in rows if v.status is not Status.SCHEDULED]
    return sorted(((n, v) for v in rows if (n := number(v.fact.value)) is not None), key=lambda row: row[0])
