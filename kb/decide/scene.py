"""A use case with the options that its filters leave, ready to be weighed; flips and questions weigh many such."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import numpy as np

from kb.decide import table as t
from kb.decide.arrays import work_array
from kb.decide.assumptions import Assumptions, assumptions_for, with_defaults
from kb.decide.cost import unknown_cost, work_of
from kb.decide.filters import Screened
from kb.decide.formulas import FloatArray, Work
from kb.decide.portfolio import hybrids
from kb.decide.shelf import Load, Shelf
from kb.decide.table import Table, build_table, joined
from kb.decide.types import Eliminated, Finding, Group, Option, Outcome, set_apart
from kb.decide.use_case import Origin, UseCase
from kb.decide.value import NAMES, WEIGHTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """`use_case` has its defaults; `findings` is by option id; `table` holds the survivors, hybrids last."""

    use_case: UseCase
    assumed: Assumptions
    as_of: date
    weights: Mapping[str, float]
    findings: Mapping[str, tuple[Finding, ...]]
    eliminated: tuple[Eliminated, ...]
    table: Table
    work: Work[FloatArray]  # central values, each of shape [1]

    @property
    def options(self) -> tuple[Option, ...]:
        return self.table.options

    def choice(self, row: int) -> str:
        """What a change of the best option means: another model, or the same had another way."""
        option = self.options[row]
        hard = f"+{option.hard.model.slug}" if option.hard else ""
        return f"{option.group}/{option.model.slug}{hard}"


def _uncostable(option: Option) -> Eliminated | None:
    reason = unknown_cost(option)
    if not reason:
        return None
    finding = Finding(rule="cost", outcome=Outcome.UNKNOWN, reason=f"Its cost is unknown: {reason}.", refs=option.refs)
    return Eliminated(option=option, findings=(finding,))


def has_premises(use_case: UseCase) -> bool:
    """Buying and housing GPUs is an option for those who have or want a place for them, not for everyone."""
    secret = use_case.data_class == "classified"
    return bool(secret or use_case.air_gap or use_case.on_premises or use_case.own_gpus)


def _homeless(option: Option, use_case: UseCase) -> Eliminated | None:
    if option.group is not Group.ON_PREMISES or has_premises(use_case):
        return None
    finding = Finding(
        rule="premises",
        outcome=Outcome.UNKNOWN,
        reason="Nobody said that there is, or must be, a data centre of your own for bought GPUs.",
        input="own_gpus",
        assumption="no data centre of your own",
    )
    return Eliminated(option=option, findings=(finding,))


def weights_array(weights: Mapping[str, float]) -> FloatArray:
    return np.array([[weights[name] for name in NAMES]])


def point_scores(scene: Scene, table: Table, work: Work[FloatArray], spread: FloatArray) -> FloatArray:
    """Scores by central estimates, [options, width of work]."""
    usd = t.costs(table, work, scene.assumed)
    values = t.values(table, work, usd, spread, scene.use_case)
    return t.scores(values, weights_array(scene.weights))


def _mixed(scene: Scene, load: Load) -> Scene:
    """The scene with its hybrids."""
    if not scene.options:
        return scene
    flat = np.zeros((len(scene.options), 1))
    scored = point_scores(scene, scene.table, scene.work, flat)[:, 0]
    scores = {option.id: float(score) for option, score in zip(scene.options, scored, strict=True)}
    mixed = hybrids(scene.use_case, scene.options, scores)
    if not mixed:
        return scene
    findings = dict(scene.findings)
    for option in mixed:
        parts = [part.id for part in (option.bulk, option.hard) if part]
        findings[option.id] = tuple(dict.fromkeys(f for part in parts for f in scene.findings[part]))
    table = joined(scene.table, build_table(mixed, load))
    return replace(scene, table=table, findings=findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """What is out only until somebody confirms it: how many, and the cheapest of those paid by the token."""

    count: int
    cheapest: Option
    usd_per_month: Decimal
    to_confirm: str


def apart(scene: Scene, shelf: Shelf) -> Apart | None:
    gone = [one for one in scene.eliminated if set_apart(one) and one.option.price is not None]
    if not gone:
        return None
    load = Load(use_case=scene.use_case, assumed=scene.assumed, as_of=scene.as_of, shelf=shelf)
    usd = t.costs(build_table([one.option for one in gone], load), scene.work, scene.assumed)[:, 0]
    least = int(usd.argmin())
    return Apart(
        count=sum(1 for one in scene.eliminated if set_apart(one)),
        cheapest=gone[least].option,
        usd_per_month=Decimal(float(usd[least])),
        to_confirm=" and ".join(dict.fromkeys(f.assumption for f in gone[least].findings)),
    )


def as_if_said(use_case: UseCase, name: str, value: object) -> UseCase:
    """The use case with one input told: filters and ranges then take it for known."""
    return use_case.told(**{name: value}, origins={name: Origin(kind="derived", words="what if")})


def build_scene(
    use_case: UseCase,
    screened: Screened,
    *,
    as_of: date,
    weights: Mapping[str, float] | None = None,
    shelf: Shelf | None = None,
) -> Scene:
    """`use_case` without defaults, as it was screened: what nobody said must stay unknown to the filters."""
    complete = with_defaults(use_case)
    assumed = assumptions_for(complete)
    left_out = ((_homeless(option, use_case) or _uncostable(option)) for option, _ in screened.survivors)
    blind = [gone for gone in left_out if gone is not None]
    unseen = {gone.option.id for gone in blind}
    kept = sorted(((o, f) for o, f in screened.survivors if o.id not in unseen), key=lambda pair: pair[0].id)
    load = Load(use_case=complete, assumed=assumed, as_of=as_of, shelf=shelf or Shelf())
    scene = Scene(
        use_case=complete,
        assumed=assumed,
        as_of=as_of,
        weights=weights or WEIGHTS[complete.profile or "balanced"],
        findings={option.id: tuple(found) for option, found in kept},
        eliminated=(*screened.eliminated, *blind),
        table=build_table([option for option, _ in kept], load),
        work=work_array(work_of(complete, assumed)),
    )
    return _mixed(scene, load)
