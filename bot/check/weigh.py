"""Evidence for and against -> a verdict, with the reason in one sentence. Pure."""

from collections.abc import Sequence

from bot.check.contract import Stance, Verdict
from bot.check.values import Reading, Scope, Weighed
from kb.types import FactView, Status, Tier

_MOST = 6


def verdict_of(evidence: Sequence[Weighed], scope: Scope = "") -> Verdict:
    """A universal claim falls by one exception; a hedged one stands where more speaks for it than against it."""
    pro, con, limits = (count(evidence, stance) for stance in ("for", "against", "limits"))
    if not (pro or con or limits):
        return "unverifiable"
    if con and (scope == "all" or not pro):
        return "contradicted"
    if con or limits:
        hedged = scope == "some" and not limits and pro > con
        return "confirmed" if hedged else "qualified"
    return "confirmed"


def count(evidence: Sequence[Weighed], stance: Stance) -> int:
    return sum(1 for e in evidence if e.stance == stance)


def best_first(evidence: Sequence[Weighed]) -> tuple[Weighed, ...]:
    """By stance, then what is in force, tier and date; opinion never stands alone."""
    if all(e.view.fact.tier is Tier.OPINION for e in evidence):
        return ()
    order = {"against": 1, "for": 0, "limits": 2, "context": 3}
    ranked = sorted(evidence, key=lambda e: (order[e.stance], e.view.fact.tier, -e.view.fact.known_from.toordinal()))
    kept: list[Weighed] = []
    for one in ranked:
        same = sum(1 for k in kept if k.stance == one.stance)
        if same < _MOST and all(one.view.fact.id != k.view.fact.id for k in kept):
            kept.append(one)
    return tuple(kept)


def why(verdict: Verdict, evidence: Sequence[Weighed], reading: Reading) -> str:
    """The verdict's ground, in the words of the facts."""
    pro, con, limits = (_first(evidence, stance) for stance in ("for", "against", "limits"))
    if verdict == "confirmed" and pro:
        return pro
    if verdict == "contradicted" and con:
        lead = "It is said without exception, but " if reading.scope == "all" and pro else ""
        return lead + (con if not lead else _small(con))
    if verdict == "qualified":
        but = con or limits
        return f"{_stop(pro)} But: {but}" if pro and but else f"Only in part: {but or pro}"
    return "Nothing on record settles it."


def _first(evidence: Sequence[Weighed], stance: Stance) -> str:
    return next((said(e.view) for e in evidence if e.stance == stance), "")


def said(view: FactView) -> str:
    text = view.fact.statement.strip()
    return f"Disputed between sources: {text}" if view.status is Status.DISPUTED else text


def _stop(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _small(text: str) -> str:
    """In the middle of a sentence; a name keeps its capital."""
    first = text.split(" ", 1)[0]
    return text[0].lower() + text[1:] if first in ("The", "A", "An", "In", "On", "Only", "Under", "By") else text
