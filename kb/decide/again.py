"""The same decision after one input changed, by few draws. Flips and questions try some of the same changes.

One for each decision: what was worked out for one change is kept until the decision is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from kb.decide import table as t
from kb.decide.filters import Screened
from kb.decide.formulas import FloatArray
from kb.decide.scene import Scene, as_if_said, build_scene, point_scores
from kb.decide.shelf import Shelf
from kb.decide.uncertainty import Outcomes, make_draws, run
from kb.decide.use_case import UseCase
from kb.decide.what_if import FILTERS_ONLY, Screening

DRAWS = 128


@dataclass(frozen=True, slots=True)
class Again:
    """`base` is the decision's own scene, `said` its use case without defaults."""

    base: Scene
    said: UseCase
    screened: Screening
    weights: Mapping[str, float] | None
    shelf: Shelf
    seed: int
    _scenes: dict[tuple[str, object], Scene] = field(default_factory=dict)
    _outcomes: dict[int, Outcomes] = field(default_factory=dict)  # by identity: the scenes are kept above

    def after(self, name: str, value: object) -> Scene:
        """The scene when one input had been another; the same one if that changes nothing."""
        key = name, value
        if key not in self._scenes:
            self._scenes[key] = self._built(name, value)
        return self._scenes[key]

    def _built(self, name: str, value: object) -> Scene:
        use_case = as_if_said(self.said, name, value)
        left = self.screened.after(use_case, name)
        if name in FILTERS_ONLY and {o.id for o in left} == {o.id for o, _ in self.screened.base.survivors}:
            return self.base
        found = Screened(survivors=tuple((option, ()) for option in left), eliminated=())
        return build_scene(use_case, found, as_of=self.screened.as_of, weights=self.weights, shelf=self.shelf)

    def outcome(self, scene: Scene) -> Outcomes:
        """Few draws of one of these scenes, which has options."""
        if id(scene) not in self._outcomes:
            draws = make_draws(scene.use_case, scene.assumed, scene.weights, seed=self.seed, count=DRAWS)
            self._outcomes[id(scene)] = run(scene.table, draws, scene.use_case, scene.assumed)
        return self._outcomes[id(scene)]

    def best(self, scene: Scene) -> int | None:
        """The best row by central estimates; None if the filters or the budget leave none."""
        if not scene.options:
            return None
        outcome = self.outcome(scene)
        allowed = within_budget(scene, outcome.bands[1]) & ~t.dearer_rigs(scene.table, outcome.bands[1][:, None])[:, 0]
        if not allowed.any():
            return None
        return int(
            np.where(allowed, point_scores(scene, scene.table, scene.work, outcome.spread)[:, 0], -np.inf).argmax()
        )


def within_budget(scene: Scene, p50: FloatArray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    budget = scene.use_case.budget_usd_per_month
    return np.ones(p50.shape, dtype=bool) if budget is None else p50 <= float(budget)
