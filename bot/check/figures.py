"""Claims with a measured figure: months of lag, shares, memory, dates of a vendor. Pure.

A figure is compared with every measurement of the same thing; each keeps its population. What agrees with one and not
with another is qualified, unless the claim says whose figure it is.
"""

import re
from collections.abc import Iterator, Sequence

from bot.answer.book import FactBook
from bot.answer.text import number, terms
from bot.check.held import finding, flipped, named, single
from bot.check.polarity import denied
from bot.check.quantities import Quantity, agrees, plainly, quantities
from bot.check.values import OPEN, Finding, Reading, Weighed
from kb.types import FactView

_I = re.IGNORECASE
_GAP = re.compile(r"\b(?:behind|lag\w*|trail\w*|gap)\b", _I)
_SHARE = re.compile(
    r"\b(?:share|enterprise\w*|compan\w+|organi[sz]ations?|workloads?|tokens|usage|revenue|downloads?|traffic)\b", _I
)
_POPULATIONS = frozenset(terms("enterprise workloads tokens revenue downloads spending OpenRouter respondents usage"))
_ROOM = re.compile(r"\b(?:fits?|runs?|be (?:run|served|hosted))\b (?:\w+ ){0,2}(?:on|in|into|within)\b", _I)
_ONE = re.compile(r"\b(?:a|an|one|single)\b (?:\w+ ){0,3}(?:node|server|GPU|NVIDIA|[A-Z]\d+)", _I)
_PRECISIONS = ("fp8", "int4", "bf16", "mxfp4", "fp4")
_NUMERAL = re.compile(r"\d[\d.,]*\s?%?")
_NO_HOUSE = frozenset(
    {"the", "open", "closed", "most", "more", "models", "according", "chinese", "enterprises", "companies"}
)
_SAYING = frozenset(
    terms("found find finds reports reported report says said survey according study puts per cent percent share about")
)
_SAME_THING = 0.5  # of what the claim says beside the source and the figure
_FAR = 2  # times as much, or as little: another order


def judge(reading: Reading, book: FactBook) -> Iterator[Finding]:
    gap = _gap(reading, book)
    share = None if gap else _share(reading, book)
    sourced = None if gap or share else _of_source(reading, book)
    for found in (gap, share, sourced, _memory(reading, book), _fits_on(reading, book), _vendor_date(reading, book)):
        if found:
            yield found


# ---------------------------------------------------------------- measured


def _gap(reading: Reading, book: FactBook) -> Finding | None:
    """Months between open and closed models."""
    said = [q for q in reading.quantities if q.unit == "months"]
    about = reading.sides or reading.carried or reading.of("model") or reading.of("vendor")
    if not said or not about or denied(reading.text, said[0].start) or not _GAP.search(reading.text):
        return None
    views = list(book.of("market:capability-gap", "measurement"))
    return _measured("market/capability-gap", "lag of open behind closed models", said[:1], views, reading)


def _share(reading: Reading, book: FactBook) -> Finding | None:
    said = [q for q in reading.quantities if q.unit == "%"]
    about = OPEN in reading.sides or bool(re.search(r"\bopen\b", reading.text, _I))
    if (
        not said
        or not about
        or not _SHARE.search(reading.text)
        or re.search(r"\bcheap|\bcost|\bpric|\blicen|\bfin(?:e|ed|es)\b|\bscore|\bbenchmark", reading.text, _I)
    ):
        return None
    views = [v for v in book.of("market:open-share", "measurement", "statistic") if "%" in v.fact.statement]
    if len(said) > 1:
        return _several(said, views, reading)
    return _measured("market/open-share", "share of open models", said[:1], views, reading)


def _several(said: Sequence[Quantity], views: Sequence[FactView], reading: Reading) -> Finding | None:
    """Several shares at once: one source must tell each of them; which of them would be wrong cannot be seen."""
    wanted = sorted(q.value for q in said)
    fits = [
        v
        for v in views
        if len({*wanted}) == len(wanted) and {*wanted} <= {q.value for q in quantities(v.fact.statement)}
    ]
    return finding("market/open-share", "share of open models", [Weighed(v, "for") for v in fits], reading)


def _measured(
    topic: str, about: str, said: Sequence[Quantity], views: Sequence[FactView], reading: Reading
) -> Finding | None:
    """Whose figure it is narrows the field; far from all is contradicted, near some and not others qualified."""
    whose = [v for v in views if _attributed(v, reading)] or _same_population(views, reading) or list(views)
    rows = [
        (v, [q for q in quantities(f"{v.fact.value}. {v.fact.statement}") if q.unit == said[0].unit]) for v in whose
    ]
    rows = [(v, held) for v, held in rows if held]
    found: list[Weighed] = []
    for view, held in rows:
        fits = any(agrees(plainly(said[0]), q.value, exact=said[0].unit == "%") for q in held[:4])
        near = any(
            max(q.value, said[0].value) <= _FAR * min(q.value, said[0].value)
            for q in held[:4]
            if min(q.value, said[0].value)
        )
        found.append(Weighed(view, "for" if fits else "limits" if near else "against"))
    if not any(e.stance == "for" for e in found):
        found = [
            Weighed(e.view, "against" if e.stance == "against" or topic == "market/open-share" else "limits")
            for e in found
        ]
    elif len(whose) < len(views):
        found = [kept for e in found if (kept := _beside_the_fit(e, found))]
    populations = tuple(f"{v.fact.publisher}: {p}." for v, _ in rows if (p := v.fact.qualifiers.get("population")))
    return finding(topic, about, found, reading, populations[:6])


def _beside_the_fit(one: Weighed, found: Sequence[Weighed]) -> Weighed | None:
    """What fits stays; of the rest only what the same house measured as late, which bounds it."""
    if one.stance == "for":
        return one
    fits = [e.view.fact for e in found if e.stance == "for"]
    fact = one.view.fact
    newer = any(f.publisher == fact.publisher and f.known_from <= fact.known_from for f in fits)
    return Weighed(one.view, "limits") if newer else None


def _same_population(views: Sequence[FactView], reading: Reading) -> list[FactView]:
    """Measurements of those whom the claim speaks of: enterprise workloads, tokens, revenue."""
    said = frozenset(terms(reading.text)) & _POPULATIONS
    told = [
        (v, said & frozenset(terms(f"{v.fact.statement} {v.fact.qualifiers.get('population', '')}"))) for v in views
    ]
    most = max((len(shared) for _, shared in told), default=0)
    return [v for v, shared in told if most and len(shared) == most]


def _attributed(view: FactView, reading: Reading) -> bool:
    """The claim names the publisher or a name of the population."""
    fact = view.fact
    names = re.findall(r"\b(?:[A-Z][A-Za-z0-9]+|a16z)\b", f"{fact.publisher} {fact.qualifiers.get('population', '')}")
    return any(
        re.search(rf"\b{re.escape(n)}\b", reading.text)
        for n in names
        if len(n) >= 4 and n not in ("January", "Models", "Index", "Open")
    )


def _told_by(view: FactView, reading: Reading) -> bool:
    """The claim names whose measurement it is."""
    names = [n for n in re.findall(r"\b(?:[A-Z][A-Za-z0-9]{2,}|a16z)\b", reading.text) if n.lower() not in _NO_HOUSE]
    return any(re.search(rf"\b{re.escape(n)}\b", f"{view.fact.publisher} {view.fact.statement}") for n in names)


# ---------------------------------------------------------------- hardware and vendors' dates


def _memory(reading: Reading, book: FactBook) -> Finding | None:
    said = [q for q in reading.quantities if q.unit == "GB"]
    gpus = reading.of("gpu", own=True)
    if (
        not said
        or not gpus
        or reading.of("model", own=True)
        or not re.search(r"\bmemory\b|\bVRAM\b|\bHBM\w*|\bhas\b|\bwith\b", reading.text, _I)
    ):
        return None
    views = [v for s in gpus[:2] for v in book.of(s, "memory_gb")]
    found = [
        Weighed(v, "for" if any(agrees(said[0], q.value) for q in quantities(f"{v.fact.value} GB")) else "against")
        for v in views
    ]
    exact = [e for e in found if e.stance == "for"]
    return finding("gpu/memory_gb", f"{book.display(gpus[0])}: memory", exact or found, reading)


def _fits_on(reading: Reading, book: FactBook) -> Finding | None:
    """ "The FP8 weights of X fit on one H100": the memory that the weights take against that of the machine."""
    said = _ROOM.search(reading.text)
    gpus = reading.of("gpu", own=True)
    models = single(named(reading, book))
    if not said or len(gpus) != 1 or len(models) != 1 or not _ONE.search(reading.text):
        return None
    room = [(n, v) for v in book.of(gpus[0], "memory_gb") if (n := number(v.fact.value)) is not None]
    rows = [
        (n, v)
        for v in book.of(models[0], "memory_gb")
        if "node" not in v.fact.qualifiers and (n := number(v.fact.value)) is not None
    ]
    wanted = {p for p in _PRECISIONS if re.search(rf"\b{p}\b", reading.text, _I)}
    rows = [(n, v) for n, v in rows if not wanted or v.fact.qualifiers.get("precision") in wanted]
    if not room or not rows:
        return None
    needed, view = min(rows, key=lambda row: row[0])
    fits = needed <= room[0][0]
    if not fits and not wanted and needed < 2 * room[0][0]:
        return None  # at less precision it may
    stance = flipped("for" if fits else "against", reading, said.start())
    evidence = [Weighed(view, stance), Weighed(room[0][1], stance)]
    return finding(
        "gpu/fits", f"{book.display(models[0])} on {book.display(gpus[0])}: room for its weights", evidence, reading
    )


def _vendor_date(reading: Reading, book: FactBook) -> Finding | None:
    """ "OpenAI closed fine-tuning in May 2026": the dated statement of the vendor that shares the words."""
    vendors = reading.of("vendor", own=True)
    if not vendors or not reading.dates or not re.search(r"\bfine-?tun\w+", reading.sentence, _I):
        return None
    asked = frozenset(terms(reading.text))
    views = [v for s in vendors for v in book.of(s, "fine_tuning") if re.fullmatch(r"\d{4}-\d\d-\d\d", v.fact.value)]
    scored = sorted(
        ((len(asked & frozenset(terms(v.fact.statement))), v.fact.key, v) for v in views),
        reverse=True,
        key=lambda r: r[:2],
    )
    fits = [
        v for _, _, v in scored if any(m.first.isoformat() <= v.fact.value <= m.last.isoformat() for m in reading.dates)
    ]
    best = scored[0][2] if scored else None
    if best is None:
        return None
    found = (
        [Weighed(fits[0], "for")]
        if fits and (fits[0] is best or len(scored) == 1 or fits[0] in [s[2] for s in scored[:2]])
        else [Weighed(best, "against")]
    )
    return finding("vendor/fine_tuning", f"{book.display(vendors[0])}: fine-tuning", found, reading)


# ---------------------------------------------------------------- whose figure it is


def _of_source(reading: Reading, book: FactBook) -> Finding | None:
    """A share or a lag that the claim ascribes to a source: that source's figure of the same thing, and no other's."""
    said = reading.quantities_of("%", "months")
    if len(said) != 1 or denied(reading.text, said[0].start):
        return None
    views = [v for s in book.subjects("market:") for v in book.of(s, "measurement", "statistic")]
    asked = frozenset(terms(_NUMERAL.sub(" ", reading.text))) - _SAYING
    asked -= frozenset(t for v in views for t in terms(v.fact.publisher))
    if len(asked) < 2:
        return None
    book.warm()
    total = sum(book.idf(t) for t in asked)
    found: list[Weighed] = []
    for view in (v for v in views if _told_by(v, reading)):
        held = [q for q in quantities(view.fact.statement) if q.unit == said[0].unit]
        shared = sum(book.idf(t) for t in asked & frozenset(terms(view.fact.statement)))
        if len({q.value for q in held}) == 1 and shared >= _SAME_THING * total:
            fits = agrees(plainly(said[0]), held[0].value, exact=said[0].unit == "%")
            found.append(Weighed(view, "for" if fits else "against"))
    return finding("market/measurement", "a measured figure", [e for e in found if e.stance == "for"] or found, reading)
