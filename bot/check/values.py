"""Frozen values of a check: one noun a stage (Piece, Reading, Finding)."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.answer.dates import DateMention
from bot.answer.values import Mention
from bot.check.contract import ClaimKind, Stance, Verdict
from bot.check.quantities import Quantity, Unit
from kb.types import FactView, Hit

Scope = Literal["all", "some", ""]
OPEN, CLOSED, SELF_HOST, MANAGED = "open", "closed", "self-host", "managed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence of the article, `heading` the nearest above it. `set_apart`: why there is nothing to check in it."""

    text: str
    start: int
    heading: str = ""
    set_apart: str = ""

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Reading:
    """One clause, read. `sides` and `mentions` include what a pronoun takes from the sentences before.

    `scope`: "all" where a word such as always, never, only or eliminate makes it universal; "some" where can, may or
    often weaken it. `own`: the mentions that stand in this very clause.
    """

    text: str
    start: int  # in the article
    sentence: str
    kind: ClaimKind
    sides: frozenset[str]
    carried: frozenset[str]  # the sides that the sentences before spoke of
    mentions: tuple[Mention, ...]
    own: tuple[Mention, ...]
    unknown: tuple[str, ...]
    quantities: tuple[Quantity, ...]
    dates: tuple[DateMention, ...]
    scope: Scope
    day: date  # on which the facts are looked at

    def of(self, prefix: str, *, own: bool = False) -> tuple[str, ...]:
        """The subjects named, by prefix; `own`: in this clause alone."""
        found = self.own if own else self.mentions
        return tuple(dict.fromkeys(s for m in found for s in m.subjects if s.startswith(f"{prefix}:")))

    def regimes(self) -> list[str]:
        """The regimes named, and those of the duties named."""
        of = [f"regime:{s.partition(':')[2].partition('/')[0]}" for p in ("duty", "rule") for s in self.of(p)]
        return list(dict.fromkeys([*self.of("regime"), *of]))

    def quantities_of(self, *units: Unit) -> list[Quantity]:
        """The numbers that count one of these."""
        return [q for q in self.quantities if q.unit in units]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A fact and what it does to a claim."""

    view: FactView
    stance: Stance


@dataclass(frozen=True, slots=True)
class Finding:
    """What one judge says of one clause. `topic` names the comparison; two findings of one topic are one claim."""

    topic: str
    about: str
    verdict: Verdict
    why: str
    evidence: tuple[Weighed, ...] = ()
    definitions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim with its verdict; `near` are passages close to it that were weighed for nothing.

    `whole`: the verdict on its sentence, the gravest of any part; not confirmed where a part stays open.
    """

    text: str
    start: int
    kind: ClaimKind
    finding: Finding
    whole: Verdict = "unverifiable"
    near: tuple[Hit, ...] = ()
