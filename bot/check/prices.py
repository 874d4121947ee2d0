"""Claims on prices: a stated price of a model or a GPU, and which of two models costs less. Pure."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from bot.answer.book import FactBook
from bot.answer.text import number
from bot.check.contract import Stance
from bot.check.held import finding, flipped, named
from bot.check.quantities import Quantity, agrees
from bot.check.values import Finding, Reading, Weighed
from kb.facts.fields import prefix_of
from kb.types import FactView, Status

_I = re.IGNORECASE
_PER_TOKEN = re.compile(r"\b(?:per|/|a)\s?(?:1M|million|mill?ion|M|Mtok)\b|\bper[- ]million|\btokens?\b", _I)
_PER_HOUR = re.compile(r"(?:/|\bper\b|\ban?\b)\s?(?:GPU[- ]?)?h(?:ou)?r?\b|\bhourly\b", _I)
_OTHER = re.compile(
    r"/\s?h(?:ou)?r\b|\bper hour\b|\bhourly\b|\bblended\b|\baverage\b|\ba month\b|\bper month\b|\bcached?\b|\bbatch\b",
    _I,
)
_OUTPUT = re.compile(r"\boutputs?\b|\bcompletion\b|\bgenerated\b", _I)
_INPUT = re.compile(r"\binputs?\b|\bprompts?\b", _I)
_CHEAPER = re.compile(
    r"\b(?P<less>cheaper|less expensive|costs? less|lower[- ]priced)\b|\b(?P<more>more expensive|dearer|"
    r"costs? more|pricier)\b",
    _I,
)
DEFINE = "A price belongs to a seller, a region, a length of prompt and a day; others differ."


def judge(reading: Reading, book: FactBook) -> Iterator[Finding]:
    for one in (_stated, _hourly, _compared):
        found = one(reading, book)
        if found:
            yield found


def _stated(reading: Reading, book: FactBook) -> Finding | None:
    money = [q for q in reading.quantities if q.unit in ("USD", "EUR")]
    models = [g for g in (named(reading, (money[0].start, money[0].end)) if money else []) if len(g) == 1]
    if not money or not models or not _PER_TOKEN.search(reading.text) or _OTHER.search(reading.text):
        return None
    evidence: list[Weighed] = []
    for group in models[:2]:
        for said, field in _assigned(reading, money):
            evidence += _against(said, field, _rows(group[0], field, reading, book), reading)
    about = f"{book.display(models[0][0])}: price"
    return finding("offer/price", about, evidence, reading, (DEFINE,))


def _assigned(reading: Reading, money: Sequence[Quantity]) -> list[tuple[Quantity, str]]:
    """Which side of the exchange each sum is for: the word behind it, else before it, else the order."""
    found: list[tuple[Quantity, str]] = []
    for i, said in enumerate(money[:2]):
        end = money[i + 1].start if i + 1 < len(money) else len(reading.text)
        behind, before = reading.text[said.end : end], reading.text[max(0, said.start - 24) : said.start]
        words = behind if _OUTPUT.search(behind) or _INPUT.search(behind) else before
        output = bool(_OUTPUT.search(words)) and not (_INPUT.search(words) and i == 0)
        neither = not _OUTPUT.search(words) and not _INPUT.search(words)
        found.append((said, "price_output" if output or (neither and i == 1) else "price_input"))
    return found


def _rows(model: str, field: str, reading: Reading, book: FactBook) -> list[FactView]:
    """The seller named, else the maker's own price, else all sellers'. Past prices too, to be told as past."""
    sellers = {s.partition(":")[2] for s in (*reading.of("provider"), *reading.of("vendor"))}
    maker = (book.vendor_of(model) or "").partition(":")[2]
    offers = book.offers_of(model)
    of = {o: o.partition(":")[2].partition("/")[0] for o in offers}
    chosen = [o for o in offers if of[o] in sellers] or [o for o in offers if of[o] == maker] or list(offers)
    return [v for o in chosen for v in book.of(o, field, superseded=True)]


def _against(said: Quantity, field: str, rows: Sequence[FactView], reading: Reading) -> list[Weighed]:
    plain = [v for v in rows if v.status in (Status.IN_FORCE, Status.DISPUTED)]
    fits = [v for v in rows if _same(said, v)]
    now = [v for v in fits if v in plain]
    if now:
        general = [v for v in now if not v.fact.qualifiers]
        limits = [] if general or len(plain) == len(now) else [v for v in plain if v not in now][:1]
        return [Weighed(v, flipped("for", reading)) for v in (general or now)[:1]] + [
            Weighed(v, "limits") for v in limits
        ]
    past = [Weighed(v, "context") for v in fits if v.status is Status.SUPERSEDED][:1]
    standing = sorted(plain, key=lambda v: bool(v.fact.qualifiers))[:1]
    return [*(Weighed(v, flipped("against", reading)) for v in standing), *past]


def _same(said: Quantity, view: FactView) -> bool:
    held = number(view.fact.value)
    return held is not None and view.fact.unit.startswith(said.unit) and agrees(said, held, exact=True)


def _hourly(reading: Reading, book: FactBook) -> Finding | None:
    money = [q for q in reading.quantities if q.unit in ("USD", "EUR")]
    gpus = [s for s in reading.of("gpu") if book.of(s, "price_per_hour")]
    if not money or not gpus or not _PER_HOUR.search(reading.text):
        return None
    rows = [v for s in gpus[:1] for v in book.of(s, "price_per_hour")]
    sellers = {m.words.lower() for m in reading.own if any(prefix_of(s) in ("provider", "vendor") for s in m.subjects)}
    rows = [v for v in rows if any(s in v.fact.statement.lower() for s in sellers)] or ([] if sellers else rows)
    values = [n for v in rows if (n := number(v.fact.value)) is not None]
    fits = [v for v in rows if _same(money[0], v)]
    evidence = [Weighed(v, "for") for v in fits[:2]]
    if not fits and values:
        inside = min(values) <= money[0].value <= max(values)
        evidence = [Weighed(v, "limits" if inside else "against") for v in (rows[0], rows[-1])]
    elif fits and len(set(values)) > 1:
        evidence += [Weighed(v, "limits") for v in rows if v not in fits][:2]
    return finding("gpu/price_per_hour", f"{book.display(gpus[0])}: price an hour", evidence, reading, (DEFINE,))


def _compared(reading: Reading, book: FactBook) -> Finding | None:
    """ "X is cheaper than Y": the makers' own list prices, input and output."""
    match = _CHEAPER.search(reading.text)
    groups = [g for g in named(reading) if len(g) == 1]
    if not match or len(groups) != 2 or not re.search(r"\bthan\b", reading.text, _I):
        return None
    evidence: list[Weighed] = []
    for field in ("price_input", "price_output"):
        first, second = (_span(g[0], field, book) for g in groups)
        if first and second:
            less, more = first[-1][0] < second[0][0], first[0][0] > second[-1][0]
            stance: Stance = "limits" if not (less or more) else "for" if less == bool(match["less"]) else "against"
            evidence += [Weighed(v, flipped(stance, reading)) for v in (first[-1][1], second[0][1])]
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
