"""Screening again after one input changed, without asking every rule of every option again.

Flips and questions try some twenty changes. Only the rules that read the changed input are asked; what the others
said of the use case stands. A test holds the table of rules against a full screening.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kb.decide.filters import Cited, Rule, Screened, screen
from kb.decide.filters.fit import h12_capability, h14_team, h18_customisation
from kb.decide.filters.inputs import Case
from kb.decide.filters.place import h1_air_gap, h2_residency, h3_jurisdiction, h4_transfer
from kb.decide.filters.rights import rights
from kb.decide.types import Group, Option
from kb.decide.use_case import UseCase

_RIGHTS = frozenset({"H5", "H6", "H7", "H8", "H9", "H10", "H11"})
_NAMES: Mapping[Rule, frozenset[str]] = {
    h1_air_gap: frozenset({"H1"}),
    h2_residency: frozenset({"H2"}),
    h3_jurisdiction: frozenset({"H3"}),
    h4_transfer: frozenset({"H4"}),
    rights: _RIGHTS,
    h12_capability: frozenset({"H12"}),
    h14_team: frozenset({"H14"}),
    h18_customisation: frozenset({"H18"}),
}
_SAME_TO: Mapping[Rule, Callable[[Option], tuple[object, ...]]] = {  # what these rules read of an option
    rights: lambda o: (o.model.slug, o.group is Group.MANAGED_OPEN, o.provider == o.model.developer),
    h12_capability: lambda o: (o.model.slug,),
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
    "task": (h12_capability,),
    "modalities": (rights, h12_capability),
    "accredited_cloud": (h1_air_gap,),
    "own_gpus": (),  # a scene without premises leaves bought GPUs out
    "batch_share": (),
    "cached_share": (),
    "peak_factor": (),
}
FILTERS_ONLY = frozenset(
    {"mau", "transfer_basis", "accredited_cloud"}
)  # read by no cost, no value and no choice of weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """The full screening of a use case, from which changes are derived. `failed`: the rules that struck each out."""

    base: Screened
    failed: tuple[tuple[Option, frozenset[str]], ...]
    as_of: date
    cited: Cited | None
    hopeful: bool = False

    def after(self, use_case: UseCase, changed: str) -> tuple[Option, ...]:
        """Who survives if `use_case` differs from the one screened in the input `changed` alone."""
        rules = READ_BY[changed]
        names = frozenset(name for rule in rules for name in _NAMES[rule])
        law = self.cited or Cited(refs={})
        case = Case(use_case=use_case, as_of=self.as_of, law=law.refs, duties_from=law.duties_from)
        kept: dict[tuple[object, ...], bool] = {}
        return tuple(
            option
            for option, failed in self.failed
            if failed <= names and not any(self._strikes_out(rule, case, option, kept) for rule in rules)
        )

    def _strikes_out(self, rule: Rule, case: Case, option: Option, kept: dict[tuple[object, ...], bool]) -> bool:
        """`kept`: what was found of options that are the same to the rule."""
        key = (rule, *_SAME_TO[rule](option)) if rule in _SAME_TO else (rule, option.id)
        if key not in kept:
            said = rule(case, option)
            findings = said if isinstance(said, tuple) else (said,)
            kept[key] = any(found is not None and found.strikes_out(hopeful=self.hopeful) for found in findings)
        return kept[key]


def screening(
    use_case: UseCase, options: Sequence[Option], *, as_of: date, cited: Cited | None, hopeful: bool = False
) -> Screening:
    base = screen(use_case, options, as_of=as_of, cited=cited, hopeful=hopeful)
    passed = [(option, frozenset[str]()) for option, _ in base.survivors]
    struck = [(gone.option, frozenset(f.rule for f in gone.findings)) for gone in base.eliminated]
    return Screening(base=base, failed=(*passed, *struck), as_of=as_of, cited=cited, hopeful=hopeful)
