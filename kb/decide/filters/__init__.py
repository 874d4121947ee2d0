"""Step one: the hard rules. Every option meets every rule; each finding is a sentence with its facts.

options -> rules H1 to H19 and the asker's policy -> survivors with their findings, and those struck out with theirs
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kb.decide.book import Facts, indexed, ref_of
from kb.decide.filters.fit import (
    h12_capability,
    h13_memory,
    h14_team,
    h15_continuity,
    h16_budget,
    h18_customisation,
)
from kb.decide.filters.inputs import Case, Law
from kb.decide.filters.law import h17_high_risk, h19_prohibited
from kb.decide.filters.place import h1_air_gap, h2_residency, h3_jurisdiction, h4_transfer, own_policy
from kb.decide.filters.rights import rights
from kb.decide.filters.shipping import shipping
from kb.decide.types import Eliminated, Finding, Option, Outcome, Ref
from kb.decide.use_case import UseCase
from kb.facts.values import parse_date

Rule = Callable[[Case, Option], Finding | tuple[Finding, ...] | None]

RULES: tuple[Rule, ...] = (
    h1_air_gap,
    h2_residency,
    h3_jurisdiction,
    h4_transfer,
    rights,  # H5 to H11
    h12_capability,
    h13_memory,
    h14_team,
    h15_continuity,
    h16_budget,
    h17_high_risk,
    h18_customisation,
    h19_prohibited,
    shipping,
    own_policy,
)
_HIGH_RISK = "duty:eu-ai-act/high-risk-annex-iii"
_CITED = {
    Law.PROHIBITED: ("duty:eu-ai-act/prohibitions", "applies_from"),
    Law.HIGH_RISK: (_HIGH_RISK, "applies_from"),
    Law.TRANSFER: ("regime:gdpr", "requires"),
    Law.CLOUD_ACT: ("regime:us-cloud-act", "in_force_from"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """`survivors` carry every finding, so that what was assumed can be told."""

    survivors: tuple[tuple[Option, tuple[Finding, ...]], ...]
    eliminated: tuple[Eliminated, ...]

    @property
    def unknowns(self) -> tuple[Finding, ...]:
        """What the survivors rest on without knowing, each input and assumption once."""
        found: dict[tuple[str, str, str], Finding] = {}
        for _, findings in self.survivors:
            for f in findings:
                if f.outcome is Outcome.UNKNOWN:
                    found.setdefault((f.rule, f.input, f.assumption), f)
        return tuple(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """The law that rules cite, as known on the day. Without it the rules hold, but name only the policy."""

    refs: Mapping[Law, Ref]
    duties_from: date | None = None


def cited_from(facts: Facts) -> Cited:
    book = indexed(facts)
    found = {law: book.one(subject, field) for law, (subject, field) in _CITED.items()}
    return Cited(
        refs={law: ref_of(view) for law, view in found.items() if view is not None},
        duties_from=parse_date(book.text(_HIGH_RISK, "applies_from")),
    )


def screen(
    use_case: UseCase,
    options: Sequence[Option],
    *,
    as_of: date,
    costs: Mapping[str, Decimal] | None = None,
    cited: Cited | None = None,
    hopeful: bool = False,
) -> Screened:
    """`hopeful`: what would have to be confirmed is taken for confirmed, and stays with the finding that says so.

    `costs`: the median USD a month by option id, for the rule on the budget; without it that rule is silent.
    """
    law = cited or Cited(refs={})
    case = Case(use_case=use_case, as_of=as_of, costs=costs or {}, law=law.refs, duties_from=law.duties_from)
    survivors: list[tuple[Option, tuple[Finding, ...]]] = []
    eliminated: list[Eliminated] = []
    for option in options:
        findings = examine(case, option)
        failed = tuple(f for f in findings if f.strikes_out(hopeful=hopeful))
        if failed:
            eliminated.append(Eliminated(option=option, findings=failed))
        else:
            survivors.append((option, findings))
    return Screened(survivors=tuple(survivors), eliminated=tuple(eliminated))


def examine(case: Case, option: Option) -> tuple[Finding, ...]:
    """Every rule on one option; a hybrid answers for both of its parts."""
    found = list(_findings(case, option))
    if option.hard is not None:
        found.extend(finding for finding in _findings(case, option.hard) if finding not in found)
    return tuple(found)


def _findings(case: Case, option: Option) -> Iterator[Finding]:
    for rule in RULES:
        said = rule(case, option)
        if isinstance(said, tuple):
            yield from said
        elif said is not None:
            yield said
