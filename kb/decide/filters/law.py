"""H17 and H19: what the AI Act forbids outright, and what it answers with duties."""

from kb.decide.annex_iii import point_of
from kb.decide.filters.inputs import Case, Law, fails, passes, unknown
from kb.decide.types import Finding, Option


def h17_high_risk(case: Case, option: Option) -> Finding | None:
    """An Annex III use strikes nothing out; it adds duties."""
    refs = case.cited(Law.HIGH_RISK)
    point, why = point_of(case.use_case)
    if point is None:
        return unknown("H17", why, "annex_iii", "no use listed in Annex III", refs)
    if not point:
        return passes("H17", why, refs)
    since = f" from {case.duties_from.isoformat()}" if case.duties_from else ""
    reason = f"Annex III point {point} adds high-risk duties{since}; ask {option.provider_name} for its evidence."
    return passes("H17", reason, refs)


def h19_prohibited(case: Case, option: Option) -> Finding | None:
    """A practice of Article 5 is refused whatever runs it."""
    refs = case.cited(Law.PROHIBITED)
    practice = case.use_case.prohibited_practice
    if practice is None:
        reason = "Whether a prohibited practice is meant was not asked."
        return unknown("H19", reason, "prohibited_practice", "none of the practices of Article 5", refs)
    if practice:
        reason = f"Article 5 of the EU AI Act prohibits this practice ({practice}); policy refuses it everywhere."
        return fails("H19", reason, refs)
    return passes("H19", "No practice of Article 5 is meant.", refs)
