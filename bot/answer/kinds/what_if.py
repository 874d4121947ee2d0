"""A follow-up that changes the numbers: recomputed with the formula stated before, or what is missing for it."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal

from bot.answer.kinds.common import NO_COSTS, Case
from bot.answer.text import grouped
from bot.answer.thread import recall
from bot.answer.values import Draft, Kind, Line

_LOADS = {"volume_factor", "peak_factor"}
_SECONDS_A_MONTH = Decimal(2_628_000)  # 730 hours


def asks(case: Case) -> bool:
    """Only the load changes: nothing else in the question could be answered from facts."""
    return (
        case.read.resolved_from is Kind.FOLLOW_UP
        and bool(_LOADS & set(case.read.use_case.amounts))
        and not _named_now(case)
    )


def _named_now(case: Case) -> bool:
    return any(m.end for m in case.read.mentions)


def compose(case: Case) -> Draft:
    """Volume and peak move GPU counts in whole steps, never in proportion; computed where the inputs allow."""
    amounts = case.read.use_case.amounts
    volume = _monthly(case)
    lines = _load_lines(case, volume) if volume is not None else []
    missing = _missing(case, volume)
    notes = [
        "Formulas: API cost a month = tokens in x price in + tokens out x price out, so it grows in "
        "proportion to volume; "
        "own GPUs = ceil(peak tokens a second / (throughput of a replica x derating)) x GPUs a replica "
        "+ spare, so it grows in whole steps.",
        NO_COSTS,
    ]
    if lines:
        return Draft(tuple(lines), questions=tuple(missing[:3]), notes=tuple(notes))
    said = " and ".join(a.words for k, a in amounts.items() if k in _LOADS)
    because = f"this thread holds no computed figure to recompute with ({said})"
    lead = f"I cannot recompute that: {because}."
    return Draft(questions=tuple(missing[:3]), notes=tuple(notes), abstained_because=because, lead=lead)


def _monthly(case: Case) -> Decimal | None:
    amounts = case.read.use_case.amounts
    if "requests_month" in amounts:
        return amounts["requests_month"].value
    return amounts["requests_day"].value * 30 if "requests_day" in amounts else None


def _load_lines(case: Case, volume: Decimal) -> list[Line]:
    amounts = case.read.use_case.amounts
    factor = amounts["volume_factor"].value if "volume_factor" in amounts else Decimal(1)
    total = volume * factor
    lines = [
        Line(
            f"Volume becomes {grouped(total)} requests a month.",
            formula=f"{grouped(volume)} x {grouped(factor)} = {grouped(total)}",
            literal=True,
        )
    ]
    if "peak_factor" in amounts:
        peak = amounts["peak_factor"].value
        average = (total / _SECONDS_A_MONTH).quantize(Decimal("0.001"), rounding=ROUND_CEILING)
        at_peak = (average * peak).quantize(Decimal("0.001"))
        text = (
            f"At a peak factor of {grouped(peak)} that is {grouped(at_peak)} requests a second at peak, "
            f"from {grouped(average)} on average; GPUs follow the peak in whole steps."
        )
        formula = (
            f"{grouped(total)} / 2,628,000 s = {grouped(average)}; {grouped(average)} x {grouped(peak)} "
            f"= {grouped(at_peak)}"
        )
        lines.append(Line(text, formula=formula, literal=True))
    return lines


def _missing(case: Case, volume: Decimal | None) -> list[str]:
    asked = []
    if volume is None:
        asked.append("How many requests a month do you start from?")
    asked.append("How many tokens go in and come out per request?")
    if not case.read.subjects:
        asked.append("Which model, at which provider or on which GPUs?")
    return asked


def recorded(case: Case) -> Mapping[str, object]:
    return recall(case.read.thread).computed
