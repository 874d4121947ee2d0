"""What came out otherwise, from one remembered decision to the next. Pure.

Noise is kept out here: a cost says nothing until its middle moves by `COST_SHARE`, and a P only by crossing the line
that the engine draws for a winner.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.watch.contract import PartMoved, What
from bot.watch.outcome import Band, Fate, Remembered, Said
from kb.decide.figures import GROUP_WORDS
from kb.decide.types import Group

# The median has to move by 15%. Our own unknowns (peak factor, tokens a request, derating) make bands of tens of per
# cent, so less than that is no news to whoever decided; vendors change prices in steps that are larger (usually by a
# fifth to a half), while aggregators' rounding and exchange rates stay within a few per cent.
COST_SHARE = Decimal("0.15")
_NO_WINNER = "no option wins surely enough"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """`keys` are of the facts behind it, before and after, the likeliest cause first."""

    part: PartMoved
    keys: tuple[str, ...] = ()


def moved(before: Remembered, after: Remembered, fate: Fate | None) -> list[Moved]:
    """`fate`: of what was chosen before."""
    return [*_verdict(before, after), *_fate(before, fate), *_duties(before, after), *_conditions(before, after)]


def usd(band: Band) -> str:
    if band.low == band.high:
        return f"{band.middle:,.0f} USD a month"
    return f"{band.middle:,.0f} ({band.low:,.0f} to {band.high:,.0f}) USD a month"


def _verdict(before: Remembered, after: Remembered) -> list[Moved]:
    was, now = before.chosen if before.wins else None, after.chosen if after.wins else None
    same = (was.id if was else "") == (now.id if now else "")
    if same and (was is not None or before.way == after.way):
        return []
    return [_made("verdict", _winner(before), _winner(after), _first(after.keys, before.keys))]


def _winner(said: Remembered) -> str:
    if said.chosen is None:
        return "no option is left"
    if not said.wins:
        way = f"the way is clear ({GROUP_WORDS[Group(said.way)]}), the model is not" if said.way else _NO_WINNER
        return f"{way}; ahead is {said.chosen.label}, best in {said.p_best:.0%} of the draws"
    return f"{said.chosen.label}, best in {said.p_best:.0%} of the draws, {usd(said.chosen.band)}"


def _fate(before: Remembered, fate: Fate | None) -> list[Moved]:
    """What was chosen is ruled out, or costs otherwise."""
    if before.chosen is None or fate is None:
        return []
    if fate.band is None:
        if not before.wins:
            return []  # one of several that were close
        why = " ".join(fate.reasons) if fate.reasons else "it is no longer on offer as far as is known"
        return [_made("elimination", f"{fate.label} was possible", f"ruled out: {why}", fate.keys)]
    if not costs_moved(before.chosen.band, fate.band):
        return []
    return [_made("cost", f"{fate.label}: {usd(before.chosen.band)}", usd(fate.band), _first(fate.keys, before.keys))]


def costs_moved(before: Band, after: Band) -> bool:
    if before.middle == 0:
        return after.middle != 0
    return abs(after.middle - before.middle) / before.middle >= COST_SHARE


def _duties(before: Remembered, after: Remembered) -> list[Moved]:
    return list(_paired("duty", before.duties, after.duties, none="no such duty was known"))


def _conditions(before: Remembered, after: Remembered) -> list[Moved]:
    """Of one and the same option: another one comes with other conditions, and the verdict has said so."""
    if before.chosen is None or after.chosen is None or before.chosen.id != after.chosen.id:
        return []
    return list(_paired("licence", before.conditions, after.conditions, none="no such condition"))


def _paired(what: What, before: Sequence[Said], after: Sequence[Said], *, none: str) -> Iterable[Moved]:
    """Sentences are paired by name, then, of what is left, by the place in the law or licence that they stand for."""
    was, now = {said.name: said for said in before}, {said.name: said for said in after}
    same = [(was[name], now[name]) for name in was if name in now]
    gone, come = [said for said in before if said.name not in now], [said for said in after if said.name not in was]
    for old in list(gone):
        heir = next((new for new in come if _place(new) == _place(old)), None)
        if heir is not None:
            same.append((old, heir))
            gone.remove(old)
            come.remove(heir)
    for old, new in same:
        if (old.says, old.on) != (new.says, new.on):
            yield _made(what, _dated(old), _dated(new), _first(new.keys, old.keys))
    for old in gone:
        yield _made(what, _dated(old), "it falls away", old.keys)
    for new in come:
        yield _made(what, none, _dated(new), new.keys)


def _place(said: Said) -> str:
    return said.name.rpartition("|")[0]


def _dated(said: Said) -> str:
    return f"{said.says} (from {_day(said.on)})" if said.on and said.name != "retired" else said.says


def _day(on: date) -> str:
    return f"{on.day} {on:%B %Y}"


def _first(*keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for some in keys for key in some))


def _made(what: What, before: str, after: str, keys: tuple[str, ...]) -> Moved:
    return Moved(part=PartMoved(what=what, before=before, after=after), keys=keys)
