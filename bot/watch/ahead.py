"""Dates that come nearer: a warning thirty days before one, and another seven days before. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Literal

from bot.watch.contract import FactMoved, PartMoved
from bot.watch.facts_moved import changed
from bot.watch.outcome import Remembered
from bot.watch.stands import About, Cited, Stands, now_of, same_rate
from kb.facts.values import parse_date
from kb.types import FactView, Status

STAGES = (30, 7)  # days ahead: enough to act in a month's planning, and once more in the last week
DATED = ("applies_from", "deadline", "deprecated_on")
_ENDING = (Status.IN_FORCE, Status.DISPUTED)

Kind = Literal["move", "date"]


def stage(on: date, today: date) -> int | None:
    """Which warning is due for a date: the nearest one; None where it is past or too far."""
    left = (on - today).days
    return min((days for days in STAGES if 0 < left <= days), default=None)


def tag(kind: Kind, on: date, today: date) -> str:
    """What is kept of a warning that was given, so that it is given once; "" where none is due."""
    due = stage(on, today)
    return f"{kind}:{on.isoformat()}:{due}" if due is not None else ""


def turning_points(views: Iterable[FactView], today: date) -> list[date]:
    """The days within reach on which a fact begins to hold or ceases to."""
    last = today + timedelta(days=max(STAGES))
    begins = {s.fact.valid_from for s in views if s.status is Status.SCHEDULED and s.fact.valid_from is not None}
    ends = {s.fact.valid_to for s in views if s.status in _ENDING and s.fact.valid_to is not None}
    return sorted(on for on in begins | ends if today < on <= last)


def dates_of(said: Remembered) -> dict[date, list[PartMoved]]:
    """Days from which a duty applies, or on which what is chosen is retired."""
    found: dict[date, list[PartMoved]] = {}
    for each in (*said.duties, *said.conditions):
        if each.on is not None:
            found.setdefault(each.on, []).append(PartMoved(what="deadline", before="not yet", after=each.says))
    return found


def dates_cited(before: Stands) -> dict[date, list[PartMoved]]:
    """Days that a cited fact names as its value."""
    found: dict[date, list[PartMoved]] = {}
    for cited in before.facts:
        on = parse_date(cited.value) if cited.field in DATED else None
        if on is not None:
            found.setdefault(on, []).append(PartMoved(what="deadline", before="not yet", after=cited.statement))
    return found


def scheduled(before: Stands, about: About, today: date) -> dict[date, list[FactMoved]]:
    """Changes of cited facts that are known already and take effect within reach."""
    found: dict[date, list[FactMoved]] = {}
    for cited in before.facts:
        known = about(cited.subject)
        now = now_of(cited, known)
        for seen in _coming(cited, known, today):
            if now is None or seen.fact.id != now.fact.id:
                told = changed(None, seen).model_copy(update={"before": cited.statement})
                on = seen.fact.valid_from or today
                if told not in found.setdefault(on, []):
                    found[on].append(told)
    return {on: told for on, told in found.items() if told}


def _coming(cited: Cited, known: Sequence[FactView], today: date) -> list[FactView]:
    same = [s for s in known if s.status is Status.SCHEDULED and s.fact.field == cited.field]
    same = [s for s in same if s.fact.key == cited.key or _replaces(cited, s)]
    return [s for s in same if s.fact.valid_from and stage(s.fact.valid_from, today) and not same_rate(cited, s.fact)]


def _replaces(cited: Cited, seen: FactView) -> bool:
    fact = seen.fact
    return fact.amends == cited.key or ((fact.unit, dict(fact.qualifiers)) == (cited.unit, cited.qualifiers))
