"""How likely a sentence is not borne out by its evidence: small decision trees over `measures` and the rules.

`judge.json` holds the trees, fitted by `tests/eval/verification_fit.py`: [measure, limit, up to it, above it], leaves
are log-odds to be summed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import exp
from typing import Any

Node = list[Any] | float


@dataclass(frozen=True, slots=True)
class Judge:
    """`limit`: refuse from this probability on; `near`: where the sentence is a rewording near to the letter.

    `names`: of the measures that the trees ask for, in their numbering.
    """

    names: tuple[str, ...]
    base: float
    trees: tuple[Node, ...]
    limit: float
    near: float

    def doubt(self, measured: Mapping[str, float]) -> float:
        """0 to 1; what was not measured counts as 0."""
        row = [measured.get(name, 0.0) for name in self.names]
        return 1 / (1 + exp(-self.base - sum(_leaf(tree, row) for tree in self.trees)))


def _leaf(node: Node, row: Sequence[float]) -> float:
    while isinstance(node, list):
        node = node[2] if row[node[0]] <= node[1] else node[3]
    return node


@lru_cache(maxsize=1)
def judge() -> Judge:
    raw = json.loads(files(__package__).joinpath("judge.json").read_text("utf-8"))
    return Judge(tuple(raw["names"]), raw["base"], tuple(raw["trees"]), raw["limit"], raw["near"])
