"""The whole decision, pure and seeded: the same record gives the same published figures.

use case, options
  -> filters               survivors, eliminated           scene
  -> costs and draws       P(best), bands                  uncertainty
  -> budget                p50 over the budget goes        (H16)
  -> verdict               a winner at P >= 0.6, or a tie and the question that would settle it
  -> flips                 what would change it
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import numpy as np

from kb.decide import table as t
from kb.decide import verdict as v
from kb.decide.again import Again
from kb.decide.cost import cost_of, plain
from kb.decide.figures import label, share, significant, usd
from kb.decide.filters import Cited
from kb.decide.filters.fit import h16_budget
from kb.decide.filters.inputs import Case
from kb.decide.filters.shipping import SHIPPED
from kb.decide.flips import find_flips, ways_out
from kb.decide.formulas import FloatArray
from kb.decide.questions import MINIMUM, choose, is_underspecified, ranked
from kb.decide.scene import Apart, Scene, apart, build_scene, point_scores
from kb.decide.shelf import Shelf
from kb.decide.types import (
    Assessed,
    Cost,
    Decision,
    Duty,
    Eliminated,
    Finding,
    Flip,
    Group,
    Option,
    Outcome,
    Question,
    set_apart,
)
from kb.decide.uncertainty import DRAWS, Outcomes, make_draws, rank_acceptability, run
from kb.decide.use_case import UseCase
from kb.decide.value import NAMES, WEIGHTS
from kb.decide.what_if import screening
from kb.decide.wording import in_words

ENGINE_VERSION = "1.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weighed:
    """The survivors under the draws: rows that the budget and cheaper rigs leave, P(best) and ranks of each row."""

    scene: Scene
    outcome: Outcomes
    allowed: FloatArray  # [options], 1 or 0
    left_out: tuple[Eliminated, ...]
    ranks: FloatArray  # [options, ranks]; the first column is P(best)
    point: FloatArray  # [options], scores by central estimates; -inf if left out

    @property
    def best_by_point(self) -> int:
        return int(self.point.argmax())


def decide(
    use_case: UseCase,
    options: Sequence[Option],
    *,
    as_of: date,
    seed: int = 0,
    duties: tuple[Duty, ...] = (),
    cited: Cited | None = None,
    profile: Mapping[str, float] | None = None,
    draws: int = DRAWS,
) -> Decision:
    """Weigh the options. `profile` overrides the weights (C1 to C10, summing to one); `cited` is the law to cite."""
    shelf = Shelf()
    screened = screening(use_case, options, as_of=as_of, cited=cited)
    scene = build_scene(use_case, screened.base, as_of=as_of, weights=profile, shelf=shelf)
    if not scene.options and any(set_apart(gone) for gone in screened.base.eliminated):
        # Nothing on record meets every wish: what might, once confirmed, is weighed alone, and never beside what does.
        screened = screening(use_case, options, as_of=as_of, cited=cited, hopeful=True)
        scene = build_scene(use_case, screened.base, as_of=as_of, weights=profile, shelf=shelf)
    again = Again(scene, use_case, screened, profile, shelf, seed)
    if is_underspecified(use_case):
        return _only_questions(scene, _questions(again, all_of_them=True), seed, duties)
    if not scene.options:
        return _record(scene, seed, duties, (), scene.eliminated, ways_out(again), (), None)
    weighed = _weigh(scene, seed, draws)
    assessed = _assessed(weighed)
    best = v.winner(assessed, scene.use_case.essential)
    asked = choose(_questions(again), at_least_one=best is None)
    flips = find_flips(scene, weighed.outcome.spread, weighed.best_by_point, again) if assessed else ()
    gone = (*scene.eliminated, *weighed.left_out)
    return _record(scene, seed, duties, assessed, gone, flips, asked, apart(scene, shelf))


def _weigh(scene: Scene, seed: int, count: int) -> _Weighed:
    draws = make_draws(scene.use_case, scene.assumed, scene.weights, seed=seed, count=count)
    outcome = run(scene.table, draws, scene.use_case, scene.assumed)
    over = (*_over_budget(scene, outcome.bands[1]), *_dearer_rigs(scene, outcome.bands[1]))
    gone = {eliminated.option.id for eliminated in over}
    allowed = np.array([float(option.id not in gone) for option in scene.options])
    central = point_scores(scene, scene.table, scene.work, outcome.spread)[:, 0]
    scores = outcome.scores if not gone else np.where(allowed[:, None] > 0, outcome.scores, -np.inf)
    return _Weighed(
        scene=scene,
        outcome=outcome,
        allowed=allowed,
        left_out=over,
        ranks=rank_acceptability(scores),
        point=np.where(allowed > 0, central, -np.inf),
    )


def _over_budget(scene: Scene, p50: FloatArray) -> tuple[Eliminated, ...]:
    """H16 needs the draws, so it comes last."""
    if scene.use_case.budget_usd_per_month is None:
        return ()
    costs = {option.id: Decimal(float(median)) for option, median in zip(scene.options, p50, strict=True)}
    case = Case(use_case=scene.use_case, as_of=scene.as_of, costs=costs)
    found = ((option, h16_budget(case, option)) for option in scene.options)
    return tuple(
        Eliminated(option=option, findings=(finding,))
        for option, finding in found
        if finding is not None and finding.outcome is Outcome.FAIL
    )


def _dearer_rigs(scene: Scene, p50: FloatArray) -> tuple[Eliminated, ...]:
    """Of options that differ in their GPUs alone, the cheapest stands for all."""
    dearer = t.dearer_rigs(scene.table, p50.reshape(-1, 1))[:, 0]
    reason = "The same model at the same host costs less on other GPUs."
    finding = Finding(rule="rig", outcome=Outcome.FAIL, reason=reason)
    return tuple(Eliminated(option=scene.options[row], findings=(finding,)) for row in np.flatnonzero(dearer))


def _assessed(weighed: _Weighed) -> tuple[Assessed, ...]:
    """Best first: by P(best), then by the score of the central estimates."""
    scene, outcome = weighed.scene, weighed.outcome
    costs = t.costs(scene.table, scene.work, scene.assumed)
    values = t.values(scene.table, scene.work, costs, outcome.spread, scene.use_case)
    table = values.fixed.copy()
    table[:, t.C1], table[:, t.C3] = values.cost[:, 0], values.quality[:, 0]
    rows = sorted(
        (row for row in range(len(scene.options)) if weighed.allowed[row]),
        key=lambda row: (-weighed.ranks[row, 0], -weighed.point[row], scene.options[row].id),
    )
    return tuple(_one(weighed, row, table[row]) for row in rows)


def _one(weighed: _Weighed, row: int, values: FloatArray) -> Assessed:
    scene = weighed.scene
    option = scene.options[row]
    return Assessed(
        option=option,
        cost=_cost(scene, option, weighed.outcome.bands[:, row]),
        values={name: round(float(value), 3) for name, value in zip(NAMES, values, strict=True)},
        score=round(float(weighed.point[row]), 3),
        p_best=share(float(weighed.ranks[row, 0])),
        rank_acceptability=tuple(share(float(p)) for p in weighed.ranks[row]),
        findings=scene.findings[option.id],
    )


def _cost(scene: Scene, option: Option, band: FloatArray) -> Cost:
    p10, p50, p90 = (significant(Decimal(float(amount))) for amount in band)
    return replace(cost_of(option, scene.use_case, scene.assumed), p10=p10, p50=p50, p90=p90)


def _questions(again: Again, *, all_of_them: bool = False) -> tuple[Question, ...]:
    """With nearly nothing known, those of the minimum are asked, however often they flip."""
    found = tuple(ranked(again))
    if not all_of_them:
        return found
    minimum = {name for names in MINIMUM for name in names}
    least = sorted((q for q in found if q.input in minimum), key=lambda question: -question.flips)
    return tuple(least[:3])


def _group_p(assessed: Sequence[Assessed]) -> dict[Group, float]:
    totals: dict[Group, float] = {}
    for one in assessed:
        totals[one.option.group] = totals.get(one.option.group, 0.0) + one.p_best
    return {group: share(min(p, 1.0)) for group, p in sorted(totals.items(), key=lambda pair: -pair[1])}


def _assumptions(scene: Scene, contenders: Sequence[Assessed]) -> tuple[str, ...]:
    """Defaults with their reasons, then what the filters took for granted of the contenders, each once."""
    said = [
        f"{in_words(name, getattr(scene.use_case, name))} ({origin.words})"
        for name, origin in scene.use_case.origins.items()
        if origin.kind == "default"
    ]
    assumed = scene.assumed
    said.append(
        f"running GPUs: half of published throughput within a latency limit ({plain(assumed.derate)}), "
        f"{plain(assumed.overhead * 100)}% overhead, {plain(assumed.salary_usd_per_year)} USD a year for a position"
    )
    granted = [
        finding.assumption
        for one in contenders
        for finding in one.findings
        if finding.outcome is Outcome.UNKNOWN and finding.assumption
    ]
    if scene.use_case.distribution in SHIPPED:
        granted.append("costs are those of serving the model; what runs on your users' machines has no monthly bill")
    if scene.use_case.own_gpus:
        granted.append("GPUs on own premises are counted as bought: which ones are at hand is not known")
    return tuple(dict.fromkeys([*said, *granted]))


def _unknowns(scene: Scene, contenders: Sequence[Assessed], unconfirmed: Apart | None) -> tuple[str, ...]:
    missing = [finding.reason for one in contenders for finding in one.findings if finding.outcome is Outcome.UNKNOWN]
    unrated = sorted({option.model.name for option in scene.options if option.model.capability is None})
    rated = (
        [f"No capability figure is known for {', '.join(unrated)}: drawn over the task's whole scale."]
        if unrated
        else []
    )
    volume = scene.use_case.is_known("requests_per_month")
    counted = [] if volume else ["The volume is not known: costs are for the volume assumed, and scale with it."]
    return tuple(dict.fromkeys([*_to_confirm(unconfirmed), *counted, *rated, *missing]))


def _to_confirm(unconfirmed: Apart | None) -> list[str]:
    if unconfirmed is None:
        return []
    cost = f"about {usd(unconfirmed.usd_per_month)} a month"
    return [f"{v.more_to_confirm(unconfirmed)} at {cost}: {label(unconfirmed.cheapest)}, if {unconfirmed.to_confirm}."]


def _record(
    scene: Scene,
    seed: int,
    duties: tuple[Duty, ...],
    assessed: tuple[Assessed, ...],
    eliminated: tuple[Eliminated, ...],
    flips: tuple[Flip, ...],
    questions: tuple[Question, ...],
    unconfirmed: Apart | None,
) -> Decision:
    essential = scene.use_case.essential
    best, group_p = v.winner(assessed, essential), _group_p(assessed)
    return Decision(
        engine_version=ENGINE_VERSION,
        seed=seed,
        as_of=scene.as_of,
        best=best,
        tied=() if best is not None else v.tied(assessed, essential),
        verdict=v.words(
            best,
            assessed,
            eliminated,
            group_p=group_p,
            questions=questions,
            flips=flips,
            use_case=scene.use_case,
            apart=unconfirmed,
        ),
        assessed=assessed,
        eliminated=eliminated,
        duties=duties,
        flips=flips,
        questions=questions,
        assumptions=_assumptions(scene, v.contenders(assessed)),
        unknowns=_unknowns(scene, v.contenders(assessed), unconfirmed),
        weights=dict(scene.weights),
        profile="own" if scene.weights not in WEIGHTS.values() else scene.use_case.profile or "balanced",
        group_p=group_p,
        use_case=scene.use_case,
    )


def _only_questions(scene: Scene, questions: tuple[Question, ...], seed: int, duties: tuple[Duty, ...]) -> Decision:
    empty = _record(scene, seed, duties, (), (), (), questions, None)
    return replace(empty, verdict=v.UNDERSPECIFIED)
