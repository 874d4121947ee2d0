"""A judged claim in one line, for answers and chat: the claim, the verdict, why. Pure."""

from collections.abc import Sequence

from bot.check.contract import Verdict
from bot.check.values import Judged, Weighed

WORDS: dict[Verdict, str] = {
    "contradicted": "Contradicted",
    "qualified": "True only in part",
    "confirmed": "Confirmed",
    "unverifiable": "Cannot be checked",
}
ORDER: tuple[Verdict, ...] = ("contradicted", "qualified", "confirmed", "unverifiable")
FAILS = "The sentence as a whole does not hold: another part of it is contradicted."
REST = "The rest of the sentence is settled by nothing on record."
IN_PART = "The sentence as a whole holds only in part."
_LONGEST_CLAIM = 140


def short(text: str, longest: int = _LONGEST_CLAIM) -> str:
    flat = " ".join(text.split()).strip('“”" ')
    return flat if len(flat) <= longest else f"{flat[: longest - 1].rstrip()}…"


def beside(verdict: Verdict, whole: Verdict) -> str:
    """What to add where the sentence that a claim stands in fares worse than the claim."""
    if verdict == whole or verdict == "unverifiable":
        return ""
    return {"contradicted": FAILS, "qualified": IN_PART, "unverifiable": REST}.get(whole, "")


def counted(evidence: Sequence[Weighed]) -> str:
    """What the verdict was counted from."""
    told = {"for": 0, "against": 0, "limits": 0}
    for each in evidence:
        if each.stance in told:
            told[each.stance] += 1
    return f"{told['for']} for, {told['against']} against, {told['limits']} limiting"


def told(claim: Judged) -> tuple[Weighed, ...]:
    """The sources behind the line: the first of each stance, which `why` speaks of, then a few more."""
    evidence = claim.finding.evidence
    first = [next((e for e in evidence if e.stance == s), None) for s in ("for", "against", "limits", "context")]
    leading = [e for e in first if e is not None]
    return (*leading, *(e for e in evidence if e not in leading))[:5]
