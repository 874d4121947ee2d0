"""An alert in plain words: for a terminal, and for whoever gets text alone. Pure."""

from collections.abc import Iterable
from datetime import date

from bot.watch.contract import Alert, AlertPart, AlertSource, FactMoved, PartMoved, What

HEADINGS: dict[What, str] = {
    "verdict": "Verdict",
    "elimination": "The choice is ruled out",
    "duty": "Duty",
    "licence": "Licence condition",
    "cost": "Cost",
    "fact": "Answer",
    "deadline": "Deadline",
}
TIME_ALONE = (
    "No fact changed: time alone did. Prices that were not confirmed lately count as less sure, and dates passed."
)


def headline(part: AlertPart) -> str:
    """What this is about, on one line."""
    what = f"Decision {part.number}" if part.kind == "decision" else "An answer"
    if part.ahead_on is not None and all(moved.what == "deadline" for moved in part.moved) and part.moved:
        return f"{what} names a date that comes near: {day(part.ahead_on)}"
    if part.ahead_on is not None:
        return f"{what} changes on {day(part.ahead_on)}"
    return f"{what} of {day(part.said_on)} no longer stands as told"


def is_by_time_alone(part: AlertPart) -> bool:
    return not part.facts and part.ahead_on is None


def alert_text(alert: Alert) -> str:
    return "\n\n".join("\n".join(_part(part)) for part in alert.parts)


def _part(part: AlertPart) -> Iterable[str]:
    yield f"{headline(part)}: {part.question}"
    yield from map(_moved, part.moved)
    yield from map(_fact, part.facts)
    if part.more_facts:
        yield f"  and {part.more_facts} more facts"
    if is_by_time_alone(part):
        yield f"  {TIME_ALONE}"


def _moved(moved: PartMoved) -> str:
    return f"  {HEADINGS[moved.what]}: {moved.before} → {moved.after}"


def _fact(fact: FactMoved) -> str:
    doubt = " (sources disagree)" if fact.disputed else ""
    since = f" from {day(fact.valid_from)}" if fact.valid_from else ""
    return f"  Before: {fact.before or 'nothing known'} Now{since}: {after(fact)}{doubt} ({where(fact.source)})"


def after(fact: FactMoved) -> str:
    return fact.after or "withdrawn, or its time is over."


def where(source: AlertSource) -> str:
    return f"{source.publisher or source.title}, {day(source.published)}, tier {source.tier}, {source.url}"


def day(on: date) -> str:
    return f"{on.day} {on:%B %Y}"
