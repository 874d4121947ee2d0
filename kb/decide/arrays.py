"""From values in Decimal to columns of floats: options run down, draws run across."""

from collections.abc import Sequence
from dataclasses import fields
from decimal import Decimal

import numpy as np

from kb.decide.formulas import FloatArray, Machine, Rates, Work


def column(numbers: Sequence[Decimal | float | int]) -> FloatArray:
    """[n] numbers as an array of shape [n, 1]."""
    return np.array([float(number) for number in numbers], dtype=np.float64).reshape(-1, 1)


def work_array(work: Work[Decimal]) -> Work[FloatArray]:
    """Each number as an array of shape [1]; draws replace some of them by arrays of shape [draws]."""
    return Work(**{f.name: np.array([float(getattr(work, f.name))]) for f in fields(Work)})


def floats(row: Rates[Decimal] | Machine[Decimal]) -> tuple[float, ...]:
    """An option's numbers in the order of their fields."""
    return tuple(float(getattr(row, f.name)) for f in fields(row))


def _columns(rows: Sequence[tuple[float, ...]], width: int) -> list[FloatArray]:
    matrix = np.array(rows, dtype=np.float64).reshape(len(rows), width)
    return [matrix[:, at : at + 1] for at in range(width)]


def rates_array(rows: Sequence[tuple[float, ...]]) -> Rates[FloatArray]:
    names = [f.name for f in fields(Rates)]
    return Rates(**dict(zip(names, _columns(rows, len(names)), strict=True)))


def machines_array(rows: Sequence[tuple[float, ...]]) -> Machine[FloatArray]:
    names = [f.name for f in fields(Machine)]
    return Machine(**dict(zip(names, _columns(rows, len(names)), strict=True)))
