"""The aspects of aspects.yaml and the bearings of bearings.yaml, read and checked once."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from kb.data_files import read_yaml
from kb.errors import BadDataFile

Sign = Literal["+", "-"]
Bearing = Literal["+", "-", "~", "?", "."]
HERE = Path(__file__).parent
_KEYS = frozenset({"id", "label", "sides", "says", "needs", "unless", "define", "entity"})


@dataclass(frozen=True, slots=True)
class Aspect:
    """What may be claimed of a side. `needs` must occur in the sentence, `unless` must not; `entity`: only where one of
    these families is named, and facts of another family speak against it.
    """

    id: str
    label: str
    sides: frozenset[str]
    says: tuple[tuple[Sign, re.Pattern[str]], ...]
    needs: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    define: tuple[str, ...]
    entity: tuple[str, ...]


@cache
def aspects() -> tuple[Aspect, ...]:
    rows = read_yaml(HERE / "aspects.yaml")
    return tuple(_aspect(row) for row in rows)


def _aspect(row: Mapping[str, Any]) -> Aspect:
    if unknown := set(row) - _KEYS:
        raise BadDataFile("aspects.yaml", str(row.get("id")), min(unknown), "is not a key here")
    says = tuple((sign, _pattern(row["says"][sign])) for sign in row["says"])
    return Aspect(
        id=row["id"],
        label=row["label"],
        sides=frozenset(row["sides"]),
        says=says,
        needs=re.compile(row["needs"], re.IGNORECASE) if "needs" in row else None,
        unless=re.compile(row["unless"], re.IGNORECASE) if "unless" in row else None,
        define=tuple(row.get("define", ())),
        entity=tuple(row.get("entity", ())),
    )


def _pattern(parts: list[str]) -> re.Pattern[str]:
    """The parts as alternatives, each from the beginning of a word: "blocks in" locks nobody in."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(rf'(?:{part})' for part in parts)})", re.IGNORECASE)


@cache
def bearings() -> Mapping[str, tuple[tuple[str, Bearing], ...]]:
    """Aspect -> (fact key, how it bears), in the file's order."""
    told = read_yaml(HERE / "bearings.yaml")
    known = {aspect.id for aspect in aspects()}
    found: dict[str, list[tuple[str, Bearing]]] = defaultdict(list)
    for key, row in told.items():
        for aspect, sign in row.items():
            if aspect not in known or sign not in "+-~?.":
                raise BadDataFile("bearings.yaml", key, aspect, f"{sign!r} of an aspect that aspects.yaml may lack")
            found[aspect].append((key, sign))
    return {aspect: tuple(rows) for aspect, rows in found.items()}
