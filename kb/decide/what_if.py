"""Screening again after one input changed, without asking every rule of every option again.

Flips and questions try some twenty changes. Only the rules that read the changed input are asked; what the others
said of the use case stands. A test holds the table of rules against a full screening.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kb.decide.filters import Cited, Rule, Screened, screen
from kb.decide.filters.fit import h14_team, h18_customisation
from kb.decide.filters.inputs import Case
from kb.decide.filters.place import h1_air_gap, h2_residency, h3_jurisdiction, h4_transfer
from kb.decide.filters.rights import rights
from kb.decide.types import Option, Outcome
from kb.decide.use_case import UseCase

_RIGHTS = frozenset({"H5", "H6", "H7", "H8", "H9", "H10", "H11"})
_NAMES: Mapping[Rule, frozenset[str]] = {
    h1_air_gap: frozenset({"H1"}),
    h2_residency: frozenset({"H2"}),
    h3_jurisdiction: frozenset({"H3"}),
    h4_transfer: frozenset({"H4"}),
    rights: _RIGHTS,
    h14_team: frozenset({"H14"}),
    h18_customisation: frozenset({"H18"}),
}
READ_BY: Mapping[str, tuple[Rule, ...]] = {
    "inference_in": (h2_residency, h3_jurisdiction),
    "no_foreign_jurisdiction": (h3_jurisdiction,),
    "air_gap": (h1_air_gap,),
    "data_class": (h1_air_gap, h4_transfer),
    "transfer_basis": (h4_transfer,),
    "customisation": (h18_customisation,),  # but for "distil", which licences read too: see `flips`
    "mlops_fte": (h14_team,),
    "mau": (rights,),
    "eu_seat": (rights, h3_jurisdiction),
    "requests_per_month": (),
    "task": (),
    "batch_share": (),
    "cached_share": (),
    "peak_factor": (),
}
FILTERS_ONLY = frozenset({"mau", "transfer_basis"})  # read by no cost, no value and no choice of weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """The full screening of a use case, from which changes are derived. `failed`: the rules that struck each out."""

    base: Screened
    failed: tuple[tuple[Option, frozenset[str]], ...]
    as_of: date
    cited: Cited | None

    def after(self, use_case: UseCase, changed: str) -> tuple[Option, ...]:
        """Who survives if `use_case` differs from the one screened in the input `changed` alone."""
        rules = READ_BY[changed]
        names = frozenset(name for rule in rules for name in _NAMES[rule])
        law = self.cited or Cited(refs={})
        case = Case(use_case=use_case, as_of=self.as_of, law=law.refs, duties_from=law.duties_from)
        return tuple(
            option for option, failed in self.failed if failed <= names and not _strikes_out(rules, case, option)
        )


def _strikes_out(rules: Sequence[Rule], case: Case, option: Option) -> bool:
    for rule in rules:
        said = rule(case, option)
        findings = said if isinstance(said, tuple) else (said,)
        if any(finding is not None and finding.outcome is Outcome.FAIL for finding in findings):
            return True
    return False


def screening(use_case: UseCase, options: Sequence[Option], *, as_of: date, cited: Cited | None) -> Screening:
    base = screen(use_case, options, as_of=as_of, cited=cited)
    passed = [(option, frozenset[str]()) for option, _ in base.survivors]
    struck = [(gone.option, frozenset(f.rule for f in gone.findings)) for gone in base.eliminated]
    return Screening(base=base, failed=(*passed, *struck), as_of=as_of, cited=cited)
