"""What is remembered of a decision to notice that it comes out otherwise: the least that an alert speaks of. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from pydantic import Field

from bot.watch.contract import Amount, Frozen
from kb.decide.figures import label
from kb.decide.types import Assessed, Cost, Decision, Duty, Option, Outcome, Ref
from kb.decide.verdict import LEAST_P
from kb.types import FactView, Status

LICENCE_RULES = ("H5", "H6", "H7", "H8", "H9", "H10", "H11")
CONTENDERS = 3  # whose prices and licences are remembered: a rival's fact may move P as well
_STANDING = (Status.IN_FORCE, Status.DISPUTED, Status.SCHEDULED)

Views = Mapping[str, FactView]  # by fact key


class Told(Frozen):
    """A fact as it stood when it was last told of."""

    id: int
    value: str
    disputed: bool = False


class Band(Frozen):
    """USD a month. `middle` is the median of the draws, else the central estimate."""

    low: Amount
    middle: Amount
    high: Amount


class Chosen(Frozen):
    """The winner, or who is ahead where none wins surely enough."""

    id: str
    label: str
    group: str
    band: Band


class Said(Frozen):
    """A sentence with the keys of the facts behind it. `name` pairs it with what is said of the same later."""

    name: str
    says: str
    keys: tuple[str, ...] = ()
    on: date | None = None


class Remembered(Frozen):
    """`facts` are those that the sentences and the contenders rest on, by key."""

    as_of: date
    seen_at: datetime  # when its facts were read
    engine_version: str
    verdict: str
    wins: bool
    way: str  # the kind of option that is clear, with or without a winner; "" where none is
    p_best: float
    chosen: Chosen | None
    keys: tuple[str, ...] = ()  # of the contenders
    duties: tuple[Said, ...] = ()
    conditions: tuple[Said, ...] = ()
    facts: dict[str, Told] = Field(default_factory=dict)


class Fate(Frozen):
    """What has become of an option that an earlier decision chose."""

    label: str
    band: Band | None = None  # None: it is no longer possible
    reasons: tuple[str, ...] = ()  # why it is not; none: it is not on offer any more
    keys: tuple[str, ...] = ()


def remembered(decision: Decision, views: Views, seen_at: datetime) -> Remembered:
    first = decision.assessed[0] if decision.assessed else None
    chosen = decision.best or first
    contenders = list(dict.fromkeys(key for one in decision.assessed[:CONTENDERS] for key in _keys(one)))
    duties = tuple(map(_duty, decision.duties))
    conditions = tuple(_conditions(chosen)) if chosen else ()
    keys = {*contenders, *(key for said in (*duties, *conditions) for key in said.keys)}
    return Remembered(
        as_of=decision.as_of,
        seen_at=seen_at,
        engine_version=decision.engine_version,
        verdict=decision.verdict,
        wins=decision.best is not None,
        way=_way(decision),
        p_best=chosen.p_best if chosen else 0.0,
        chosen=_chosen(chosen) if chosen else None,
        keys=tuple(contenders),
        duties=duties,
        conditions=conditions,
        facts={key: told(views[key]) for key in sorted(keys) if key in views},
    )


def _way(decision: Decision) -> str:
    if decision.best is not None:
        return decision.best.option.group.value
    group, p = max(decision.group_p.items(), key=lambda pair: pair[1], default=(None, 0.0))
    return group.value if group is not None and p >= LEAST_P else ""


def fate_of(decision: Decision, chosen: Chosen) -> Fate:
    """How the option fares in a later decision."""
    for one in decision.assessed:
        if one.option.id == chosen.id:
            return Fate(label=chosen.label, band=_band(one.cost), keys=_keys(one))
    for gone in decision.eliminated:
        if gone.option.id == chosen.id:
            return Fate(
                label=chosen.label,
                reasons=tuple(dict.fromkeys(finding.reason for finding in gone.findings)),
                keys=_of(ref for finding in gone.findings for ref in finding.refs),
            )
    return Fate(label=chosen.label)


def standing(views: Iterable[FactView]) -> dict[str, FactView]:
    """The fact of each key that counts on the day; the last recorded one of several."""
    found: dict[str, FactView] = {}
    for seen in views:
        held = found.get(seen.fact.key)
        if seen.status in _STANDING and (held is None or _order(seen) > _order(held)):
            found[seen.fact.key] = seen
    return found


def told(seen: FactView) -> Told:
    return Told(id=seen.fact.id, value=seen.fact.value, disputed=seen.status is Status.DISPUTED)


def _order(seen: FactView) -> tuple[bool, int]:
    """What is in force before what is yet to come, then the later recording."""
    return seen.status is not Status.SCHEDULED, seen.fact.id


def _chosen(one: Assessed) -> Chosen:
    return Chosen(id=one.option.id, label=label(one.option), group=one.option.group.value, band=_band(one.cost))


def _band(cost: Cost) -> Band:
    if cost.p10 is None or cost.p50 is None or cost.p90 is None:
        return Band(low=cost.point, middle=cost.point, high=cost.point)
    return Band(low=cost.p10, middle=cost.p50, high=cost.p90)


def _duty(duty: Duty) -> Said:
    name = f"{duty.role}|{duty.article}|{'+'.join(_of(duty.refs)) or duty.says}"
    return Said(name=name, says=duty.says, keys=_of(duty.refs), on=duty.applies_from)


def _conditions(one: Assessed) -> Iterable[Said]:
    """Clauses that come with the licence of what is chosen, and its retirement."""
    licence = _of(_licence(one.option))
    for finding in one.findings:
        if finding.refs and finding.rule in LICENCE_RULES and finding.outcome is not Outcome.FAIL:
            keys = _of(finding.refs)
            name = f"{finding.rule}|{'+'.join(keys)}"
            yield Said(name=name, says=finding.reason, keys=tuple(dict.fromkeys((*licence, *keys))))
    if one.option.retired_on is not None:
        said = f"{one.option.model.name} is retired on {one.option.retired_on.isoformat()}."
        yield Said(name="retired", says=said, keys=_of(_refs(one.option)), on=one.option.retired_on)


def _licence(option: Option) -> Iterable[Ref]:
    """Which licence the weights are under: another one brings other clauses, and no clause tells of that."""
    for part in (option, option.bulk, option.hard):
        if part is not None and "licence" in part.model.refs:
            yield part.model.refs["licence"]


def _keys(one: Assessed) -> tuple[str, ...]:
    findings = (ref for finding in one.findings for ref in finding.refs)
    return _of((*one.cost.refs, *_refs(one.option), *findings))


def _refs(option: Option) -> Iterable[Ref]:
    """Every fact that an option rests on; of a hybrid, those of its parts."""
    for part in (option, option.bulk, option.hard):
        if part is None:
            continue
        yield from part.refs
        yield from part.price.refs if part.price else ()
        yield from part.hardware.refs if part.hardware else ()
        yield from part.evidence.values()
        yield from part.model.refs.values()
        licence = part.model.licence
        if licence is not None:
            yield from (clause.ref for clause in licence.clauses)
            yield from (licence.ref,) if licence.ref is not None else ()


def _of(refs: Iterable[Ref]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ref.key for ref in refs))
