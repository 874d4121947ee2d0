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


def rates_array(rates: Sequence[Rates[Decimal]]) -> Rates[FloatArray]:
    return Rates(**{f.name: column([getattr(rate, f.name) for rate in rates]) for f in fields(Rates)})


def machines_array(machines: Sequence[Machine[Decimal]]) -> Machine[FloatArray]:
    return Machine(**{f.name: column([getattr(machine, f.name) for machine in machines]) for f in fields(Machine)})
