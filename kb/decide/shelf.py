"""Rows of the table, kept: one decision builds some twenty tables that differ in few rows."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from kb.decide.arrays import floats
from kb.decide.assumptions import Assumptions
from kb.decide.cost import machine_of, rates_of, work_of
from kb.decide.formulas import Work
from kb.decide.types import Option
from kb.decide.use_case import UseCase
from kb.decide.value import fixed_values
from kb.errors import BadInput

Row = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Rows by option and by those inputs that they depend on. One for each decision: options are told by their id."""

    rates: dict[tuple[object, ...], Row] = field(default_factory=dict)
    machines: dict[tuple[object, ...], Row] = field(default_factory=dict)
    fixed: dict[tuple[object, ...], Row] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A complete use case, and the shelf from which its options' rows are taken or on which they are put."""

    use_case: UseCase
    assumed: Assumptions
    as_of: date
    shelf: Shelf

    @property
    def context(self) -> Decimal:
        return max(self.use_case.context_tokens or Decimal(0), self.use_case.tokens_in_per_request or Decimal(0))

    @property
    def work(self) -> Work[Decimal]:
        return work_of(self.use_case, self.assumed)

    def rates(self, option: Option) -> Row:
        if option.price is None:
            raise BadInput(f"{option.id}: no price is known for it")
        key = (option.id, self.use_case.context_tokens, self.use_case.tokens_in_per_request)
        row = self.shelf.rates.get(key)
        if row is None:
            rates = rates_of(option.price, self.context, self.assumed, option.model.tokeniser_factor)
            row = self.shelf.rates[key] = floats(rates)
        return row

    def machine(self, option: Option) -> Row:
        use = self.use_case
        lengths = (use.tokens_in_per_request, use.tokens_out_per_request, use.reasoning_tokens_per_request)
        key = (option.id, *lengths)
        row = self.shelf.machines.get(key)
        if row is None:
            row = self.shelf.machines[key] = floats(machine_of(option, self.assumed, self.work))
        return row

    def fixed(self, option: Option) -> Row:
        use = self.use_case
        key = (option.id, use.inference_in, use.eu_seat, use.mlops_fte, use.horizon_months, use.customisation)
        row = self.shelf.fixed.get(key)
        if row is None:
            row = self.shelf.fixed[key] = fixed_values(option, use, self.assumed, self.as_of)
        return row
