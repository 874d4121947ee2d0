"""Does a model fit on a node, and what does the node cost? Sums of facts, each with its formula."""

import re
from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

from bot.answer.dates import written
from bot.answer.kinds.common import Case, confirmed_on, say_all
from bot.answer.text import grouped, number
from bot.answer.values import Evidence, Line
from kb.types import FactView

_WHOLE_NODE = re.compile(r"gpu:\d+x-")
_NODES = (1, 2, 4, 8)
_HOURS = 730
_USABLE = Decimal("0.9")  # a tenth stays free for activations and fragmentation
_SHORT = 4
_LARGEST = 64
_SERVER_GB = 80  # smaller cards are no usual node for serving large models


def lines(case: Case, models: Sequence[str], *, section: str = "", brief: bool = False) -> list[Line]:
    """For each model: which node sizes hold its weights, the rent of the smallest that does, its KV cache."""
    named, usual = _named(case), _usual(case)
    found: list[Line] = []
    for model in models:
        memory = weights_of(case, model)
        if memory is None:
            continue
        found += _fits(case, model, memory, named or usual, section)
        if named and not any(_holds(memory, gpu, _NODES[-1]) for gpu in named):
            found += _fits(case, model, memory, [g for g in usual if _holds(memory, g, _NODES[-1])][:1], section)
        if not brief:
            found += say_all(case.book.of(model, "memory_gb", "parameters_total", "kv_bytes_per_token"), section)
    return found


_WHICH = re.compile(r"\b(?:which|what) (?:\w+[- ]){0,3}(?:models?|llms?|weights)\b", re.IGNORECASE)
_LISTED = 12


def fitting(case: Case) -> list[Line]:
    """ "Which models fit on one H100?": those whose weights are known to fit, the largest first."""
    cards = [v for g in case.read.of("gpu") for v in case.book.of(g, "memory_gb")[:1]]
    if not cards or case.read.of("model") or not _WHICH.search(case.read.question):
        return []
    asked = case.read.use_case.amounts.get("gpus")
    count, card = int(asked.value) if asked else 1, cards[0]
    usable = _USABLE * count * (number(card.fact.value) or Decimal(0))
    sized = [(number(v.fact.value), v) for m in case.book.subjects("model:") if (v := weights_of(case, m))]
    fits = sorted(((n, v) for n, v in sized if n and n <= usable), key=lambda pair: -pair[0])[:_LISTED]
    if not fits:
        return []
    names = ", ".join(f"{case.book.display(v.fact.subject)} ({grouped(n)} GB)" for n, v in fits)
    name = case.book.display(card.fact.subject)
    text = f"Weights that fit on {count} x {name}, of which {grouped(usable)} GB are usable: {names}."
    formula = f"0.9 x {count} x {grouped(number(card.fact.value) or 0)} GB = {grouped(usable)} GB"
    return [Line(text, (Evidence(card), *(Evidence(v) for _, v in fits)), formula=formula, literal=True)]


def weights_of(case: Case, model: str) -> FactView | None:
    """How much memory the weights take, at the precision they are published in."""
    return next((v for v in case.book.of(model, "memory_gb") if "node" not in v.fact.qualifiers), None)


def _cards(case: Case) -> list[FactView]:
    return [
        v
        for v in case.book.having("memory_gb")
        if v.fact.subject.startswith("gpu:") and not _WHOLE_NODE.match(v.fact.subject)
    ]


def _named(case: Case) -> list[FactView]:
    """The GPUs of the question, with their memory."""
    return [v for v in _cards(case) if any(_is_card_of(v.fact.subject, one) for one in case.read.of("gpu"))]


def _usual(case: Case) -> list[FactView]:
    """The best priced one of each memory size, the smallest first."""
    sizes: dict[Decimal, FactView] = {}
    for view in sorted(_cards(case), key=lambda v: -len(case.book.of(v.fact.subject, "price_per_hour"))):
        size = number(view.fact.value)
        if size is not None and size >= _SERVER_GB:
            sizes.setdefault(size, view)
    return [sizes[s] for s in sorted(sizes)][:_SHORT]


def _holds(memory: FactView, gpu: FactView, count: int) -> bool:
    need, size = number(memory.fact.value), number(gpu.fact.value)
    return need is not None and size is not None and need <= _USABLE * count * size


def _is_card_of(card: str, named: str) -> bool:
    """Whether `card` was named, by itself or as the whole node that "8 H100s" is taken for."""
    node = _WHOLE_NODE.match(named)
    return card == named or (node is not None and card.startswith(f"gpu:{named[node.end() :]}"))


def _fits(case: Case, model: str, memory: FactView, gpus: Sequence[FactView], section: str) -> list[Line]:
    need = number(memory.fact.value)
    if need is None:
        return []
    results = [(gpu, number(gpu.fact.value) or Decimal(0)) for gpu in gpus]
    asked = case.read.use_case.amounts.get("gpus")
    nodes = sorted({*_NODES, int(asked.value)}) if asked and 0 < asked.value <= _LARGEST else _NODES
    fits = [(gpu, size, next((n for n in nodes if need <= _USABLE * n * size), None)) for gpu, size in results]
    lines_: list[Line] = []
    for gpu, size, count in _telling(fits, keep_all=bool(case.read.of("gpu"))):
        if asked and gpu in _named(case):
            lines_.append(_asked_line(case, model, memory, gpu, need, size, int(asked.value), section))
            if count == asked.value or count is None:
                continue
        lines_.append(_fit_line(case, model, memory, gpu, need, size, count, section))
        if count:
            lines_ += _rent(case, gpu, count, section)
    return lines_


def _telling(
    fits: Sequence[tuple[FactView, Decimal, int | None]], *, keep_all: bool
) -> list[tuple[FactView, Decimal, int | None]]:
    """The smallest node that holds the weights, and the largest one that does not; all where GPUs were named."""
    holding = sorted((f for f in fits if f[2]), key=lambda f: f[1] * (f[2] or 1))
    failing = sorted((f for f in fits if not f[2]), key=lambda f: -f[1])
    return [*holding, *failing] if keep_all else [*holding[:1], *failing[:1]]


def _asked_line(
    case: Case,
    model: str,
    memory: FactView,
    gpu: FactView,
    need: Decimal,
    size: Decimal,
    count: int,
    section: str,
) -> Line:
    """Yes or no for the very number of cards asked about."""
    name, card, total = case.book.display(model), case.book.display(gpu.fact.subject), size * count
    usable = _USABLE * total
    holds = need <= usable
    verdict = "Yes" if holds else "No"
    reason = "enough" if holds else "too little once a tenth is kept free"
    text = (
        f"{verdict}: {name} needs {grouped(need)} GB for its weights; {count} x {card} hold {grouped(total)} "
        f"GB, of which "
        f"{grouped(usable)} GB are usable, which is {reason}."
    )
    formula = (
        f"{count} x {grouped(size)} GB = {grouped(total)} GB; 0.9 x {grouped(total)} GB = {grouped(usable)} GB; "
        f"{grouped(need)} GB {'<=' if holds else '>'} {grouped(usable)} GB"
    )
    return Line(text, (Evidence(memory), Evidence(gpu)), formula=formula, section=section, literal=True)


def _fit_line(
    case: Case,
    model: str,
    memory: FactView,
    gpu: FactView,
    need: Decimal,
    size: Decimal,
    count: int | None,
    section: str,
) -> Line:
    name, card = case.book.display(model), case.book.display(gpu.fact.subject)
    nodes = count or _NODES[-1]
    total = size * nodes
    usable = _USABLE * total
    if count:
        text = (
            f"{name} needs {grouped(need)} GB for its weights and fits on {nodes} x {card}, which hold "
            f"{grouped(total)} GB and leave {grouped(total - need)} GB for the KV cache and overhead."
        )
        formula = (
            f"{nodes} x {grouped(size)} GB = {grouped(total)} GB; 0.9 x {grouped(total)} GB = "
            f"{grouped(usable)} GB; {grouped(need)} GB <= {grouped(usable)} GB; "
            f"{grouped(total)} - {grouped(need)} = {grouped(total - need)} GB"
        )
    else:
        text = (
            f"{name} needs {grouped(need)} GB for its weights; {nodes} x {card} hold {grouped(total)} GB, "
            f"so they do not fit."
        )
        formula = (
            f"{nodes} x {grouped(size)} GB = {grouped(total)} GB; 0.9 x {grouped(total)} GB = "
            f"{grouped(usable)} GB; {grouped(need)} GB > {grouped(usable)} GB"
        )
    return Line(text, (Evidence(memory), Evidence(gpu)), formula=formula, section=section, literal=True)


def _rent(case: Case, gpu: FactView, count: int, section: str) -> list[Line]:
    """The month's rent at the lowest and highest price on record."""
    priced = [(number(v.fact.value), v) for v in case.book.of(gpu.fact.subject, "price_per_hour")]
    prices = sorted(((p, v) for p, v in priced if p), key=lambda pair: pair[0])
    if not prices:
        return []
    card = case.book.display(gpu.fact.subject)
    chosen = [prices[0]] if prices[0][0] == prices[-1][0] else [prices[0], prices[-1]]
    sums = [(p, _month(p, count), v) for p, v in chosen]
    said = " to ".join(f"${grouped(total)}" for _, total, _ in sums)
    rates = " to ".join(f"${grouped(p)}" for p, _, _ in sums)
    text = (
        f"Renting {count} x {card} around the clock costs {said} a month at {rates} per GPU-hour"
        f" (prices as of {written(min(confirmed_on(v) for _, _, v in sums))}; rent only, no staff or spare capacity)."
    )
    formula = "; ".join(f"{count} x {grouped(p)} USD x {_HOURS} h = {grouped(total)} USD" for p, total, _ in sums)
    return [Line(text, tuple(Evidence(v) for _, _, v in sums), formula=formula, section=section, literal=True)]


def _month(price: Decimal, count: int) -> Decimal:
    return (
        (price * count * _HOURS).quantize(Decimal("1"), rounding=ROUND_DOWN)
        if price * count * _HOURS % 1
        else price * count * _HOURS
    )
