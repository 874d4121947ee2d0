"""Measures with intervals: what every evaluation here is printed and judged by.

Arithmetic of ranking is ir-measures'; intervals are percentile bootstrap over questions, comparisons paired bootstrap
over the same questions. Floors are in floors.yaml; one that is broken fails the command.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from ir_measures import RR, R, Success, iter_calc, nDCG

FLOORS = Path(__file__).with_name("floors.yaml")
DRAWS, SEED = 2000, 20261122
RANKING = {
    "nDCG@10": nDCG @ 10,
    "recall@5": R @ 5,
    "recall@10": R @ 10,
    "hits@4": Success @ 4,
    "hits@10": Success @ 10,
    "MRR": RR,
}

Run = Mapping[str, Mapping[str, float]]
"""question id -> document id -> score"""
Values = Mapping[str, float]
"""question id -> value"""


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of one system on one set: the mean and its 95% interval, or a count where `low` is None."""

    name: str
    system: str
    measure: str
    value: float
    low: float | None
    high: float | None
    n: int

    @property
    def key(self) -> str:
        return f"{self.name}/{self.system}/{self.measure}"


@dataclass(frozen=True, slots=True)
class Broken:
    """A floor that a row is under, or a ceiling that it is over."""

    key: str
    value: float
    bound: str


def ranked(qrels: Mapping[str, Mapping[str, int]], run: Run) -> dict[str, dict[str, float]]:
    """measure -> question -> value; a question for which nothing was found counts 0."""
    found: dict[str, dict[str, float]] = {name: dict.fromkeys(qrels, 0.0) for name in RANKING}
    names = {measure: name for name, measure in RANKING.items()}
    for row in iter_calc(list(names), qrels, run):
        found[names[row.measure]][row.query_id] = float(row.value)
    return found


def rows(name: str, system: str, measures: Mapping[str, Values]) -> list[Row]:
    return [row(name, system, measure, list(values.values())) for measure, values in measures.items()]


def row(name: str, system: str, measure: str, values: Sequence[float]) -> Row:
    """The mean with its percentile bootstrap interval over questions."""
    given = np.asarray(values, float)
    if not given.size:
        return Row(name, system, measure, float("nan"), None, None, 0)
    means = _resampled(given).mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return Row(name, system, measure, float(given.mean()), float(low), float(high), given.size)


def f1_row(name: str, system: str, measure: str, said: Sequence[bool], true: Sequence[bool]) -> list[Row]:
    """Precision, recall and F1 of a yes-or-no judgement, their intervals by resampling questions."""
    pairs = np.array([said, true], bool).T
    drawn = pairs[np.random.default_rng(SEED).integers(0, len(pairs), (DRAWS, len(pairs)))]
    whole = _precision_recall_f1(pairs[None])[0]
    spread = np.nanpercentile(_precision_recall_f1(drawn), [2.5, 97.5], axis=0)
    return [
        Row(name, system, f"{measure} {part}", float(whole[i]), float(spread[0, i]), float(spread[1, i]), len(pairs))
        for i, part in enumerate(("precision", "recall", "F1"))
    ]


def _precision_recall_f1(pairs: Any) -> Any:
    """float[draws, 3] of bool[draws, n, 2]"""
    said, true = pairs[..., 0], pairs[..., 1]
    both = (said & true).sum(axis=1).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision, recall = both / said.sum(axis=1), both / true.sum(axis=1)
        f1 = 2 * both / (said.sum(axis=1) + true.sum(axis=1))
    return np.stack([precision, recall, f1], axis=1)


def compared(name: str, one: Mapping[str, Values], other: Mapping[str, Values], label: str) -> list[Row]:
    """`other` minus `one`, question by question; an interval that excludes 0 is a difference."""
    return [
        row(name, label, measure, [other[measure][q] - value for q, value in values.items()])
        for measure, values in one.items()
    ]


def _resampled(given: Any) -> Any:
    return given[np.random.default_rng(SEED).integers(0, given.size, (DRAWS, given.size))]


# ---------------------------------------------------------------- floors and printing


def broken(found: Sequence[Row]) -> list[Broken]:
    """What floors.yaml asks of the rows that were measured and they do not reach."""
    bounds: Mapping[str, Mapping[str, float]] = yaml.safe_load(FLOORS.read_text("utf-8"))
    problems = []
    for measured in found:
        bound = bounds.get(measured.key, {})
        if "least" in bound and not measured.value >= bound["least"]:
            problems.append(Broken(measured.key, measured.value, f"at least {bound['least']}"))
        if "most" in bound and not measured.value <= bound["most"]:
            problems.append(Broken(measured.key, measured.value, f"at most {bound['most']}"))
    return problems


def as_json(found: Sequence[Row], problems: Sequence[Broken]) -> dict[str, object]:
    return {"rows": [asdict(r) for r in found], "broken": [asdict(b) for b in problems]}


def as_text(found: Sequence[Row], problems: Sequence[Broken]) -> str:
    lines = []
    for name in dict.fromkeys(r.name for r in found):
        mine = [r for r in found if r.name == name]
        systems = list(dict.fromkeys(r.system for r in mine))
        cells = {(r.measure, r.system): _cell(r) for r in mine}
        lines += ["", name, "  " + " " * 34 + "".join(f"{s:>26}" for s in systems)]
        for measure in dict.fromkeys(r.measure for r in mine):
            lines.append(f"  {measure:34}" + "".join(f"{cells.get((measure, s), ''):>26}" for s in systems))
    lines += [f"BROKEN {b.key}: {b.value:.3f}, must be {b.bound}" for b in problems]
    return "\n".join(lines)


def _cell(measured: Row) -> str:
    spread = "" if measured.low is None else f" [{measured.low:.3f}, {measured.high:.3f}]"
    return f"{measured.value:.3f}{spread}"
