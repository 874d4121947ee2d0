"""Does a model fit on a node, and what does the node cost? Sums of facts, each with its formula."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

from bot.answer.kinds.common import Case, confirmed_on, say_all
from bot.answer.dates import written
from bot.answer.text import grouped, number
from bot.answer.values import Evidence, Line
from kb.types import FactView

_NODES = (1, 2, 4, 8)
_HOURS = 730
_USABLE = Decimal("0.9")  # a tenth stays free for activations and fragmentation
_SHORT = 4


def lines(case: Case, models: Sequence[str], *, section: str = "") -> list[Line]:
    """For each model: which node sizes hold its weights, the rent of the smallest that does, its KV cache."""
    gpus = _gpus(case)
    found: list[Line] = []
    for model in models:
        memory = case.book.one(model, "memory_gb")
        if memory is None:
            continue
        found += _fits(case, model, memory, gpus, section)
        found += say_all(case.book.of(model, "memory_gb", "parameters_total", "kv_bytes_per_token"), section)
    return found


def _gpus(case: Case) -> list[FactView]:
    """GPUs with a known memory: those named in the question, else the usual ones that have a price, one a memory size."""
    named = set(case.read.of("gpu"))
    views = [v for v in case.book.having("memory_gb") if v.fact.subject.startswith("gpu:")]
    if named:
        return [v for v in views if v.fact.subject in named]
    priced = [v for v in views if case.book.of(v.fact.subject, "price_per_hour")] or views
    sizes: dict[Decimal, FactView] = {}
    for view in priced:
        size = number(view.fact.value)
        if size is not None:
            sizes.setdefault(size, view)
    return [sizes[s] for s in sorted(sizes)][:_SHORT]


def _fits(case: Case, model: str, memory: FactView, gpus: Sequence[FactView], section: str) -> list[Line]:
    need = number(memory.fact.value)
    if need is None:
        return []
    results = [(gpu, number(gpu.fact.value) or Decimal(0)) for gpu in gpus]
    lines_: list[Line] = []
    for gpu, size in results:
        count = next((n for n in _NODES if need <= _USABLE * n * size), None)
        lines_.append(_fit_line(case, model, memory, gpu, need, size, count, section))
        if count:
            lines_ += _rent(case, gpu, count, section)
    return sorted(lines_, key=lambda line: "do not fit" in line.text)


def _fit_line(case: Case, model: str, memory: FactView, gpu: FactView, need: Decimal, size: Decimal, count: int | None, section: str) -> Line:
    name, card = case.book.display(model), case.book.display(gpu.fact.subject)
    nodes = count or _NODES[-1]
    total = size * nodes
    usable = _USABLE * total
    if count:
        text = f"{name} needs {grouped(need)} GB for its weights and fits on {nodes} x {card}, which hold {grouped(total)} GB."
        formula = f"{nodes} x {grouped(size)} GB = {grouped(total)} GB; 0.9 x {grouped(total)} GB = {grouped(usable)} GB; {grouped(need)} GB <= {grouped(usable)} GB"
    else:
        text = f"{name} needs {grouped(need)} GB for its weights; {nodes} x {card} hold {grouped(total)} GB, so they do not fit."
        formula = f"{nodes} x {grouped(size)} GB = {grouped(total)} GB; 0.9 x {grouped(total)} GB = {grouped(usable)} GB; {grouped(need)} GB > {grouped(usable)} GB"
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
    return (price * count * _HOURS).quantize(Decimal("1"), rounding=ROUND_DOWN) if price * count * _HOURS % 1 else price * count * _HOURS
