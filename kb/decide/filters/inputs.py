"""What a rule may know of the use case, and how it says what it found.

A rule judges on inputs that were given. One that was not given, or that the engine assumed, never lets an option pass
in silence and never strikes one out: the finding is UNKNOWN, names the input, and says what is assumed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kb.decide.licences import told
from kb.decide.types import Finding, Option, Outcome, Ref
from kb.decide.use_case import UseCase


class Law(StrEnum):
    """Facts about the world that a rule cites, whatever the option."""

    PROHIBITED = "prohibited"
    HIGH_RISK = "high_risk"
    TRANSFER = "transfer"
    CLOUD_ACT = "cloud_act"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything a rule sees beside the option."""

    use_case: UseCase
    as_of: date
    costs: Mapping[str, Decimal] = field(default_factory=dict)  # p50 USD a month by option id
    law: Mapping[Law, Ref] = field(default_factory=dict)
    duties_from: date | None = None  # when high-risk duties apply

    def has(self, name: str) -> bool:
        return told(self.use_case, name)

    def cited(self, *names: Law) -> tuple[Ref, ...]:
        return tuple(self.law[name] for name in names if name in self.law)


def passes(rule: str, reason: str, refs: Sequence[Ref] = ()) -> Finding:
    return Finding(rule=rule, outcome=Outcome.PASS, reason=reason, refs=tuple(refs))


def fails(rule: str, reason: str, refs: Sequence[Ref] = ()) -> Finding:
    return Finding(rule=rule, outcome=Outcome.FAIL, reason=reason, refs=tuple(refs))


def unknown(rule: str, reason: str, input: str, assumption: str, refs: Sequence[Ref] = ()) -> Finding:
    return Finding(
        rule=rule, outcome=Outcome.UNKNOWN, reason=reason, refs=tuple(refs), input=input, assumption=assumption
    )


def unconfirmed(rule: str, reason: str, assumption: str, refs: Sequence[Ref] = (), *, input: str = "") -> Finding:
    """What was asked for and is not on record: the option is set apart. `assumption` is what has to be confirmed."""
    return replace(unknown(rule, reason, input, assumption, refs), set_apart=True)


def evidence(option: Option, *names: str) -> tuple[Ref, ...]:
    """The facts behind what the option says of itself."""
    return tuple(option.evidence[name] for name in names if name in option.evidence)


def facts(option: Option, *names: str) -> tuple[Ref, ...]:
    """The facts behind what its model is."""
    return tuple(option.model.refs[name] for name in names if name in option.model.refs)
