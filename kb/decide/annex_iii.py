"""Which point of Annex III of the EU AI Act a use falls under, as far as what was told shows."""

from kb.decide.use_case import UseCase

_BY_SECTOR = {
    "credit": ("5(b)", "Creditworthiness of people is point 5(b), unless only fraud is detected."),
    "employment": ("4", "Recruiting and managing workers is point 4."),
    "education": ("3", "Admission and assessment in education is point 3."),
    "critical_infrastructure": ("2", "Safety components of critical infrastructure are point 2."),
}
_MAYBE = {
    "finance": "Finance falls under Annex III only for scoring people's credit or pricing life and health insurance.",
    "health": "Health falls under Annex III only for emergency triage (point 5(d)); a device may fall under Annex I.",
    "public": "Public services fall under Annex III for benefits (point 5(a)) and some other uses.",
    "legal": "Legal work falls under Annex III only where courts are assisted (point 8).",
    "defence": "Exclusively military use is outside the Act; anything else may fall under Annex III.",
}


def point_of(use_case: UseCase) -> tuple[str | None, str]:
    """The point ("" is none, None is open) and the reason."""
    if use_case.annex_iii is not None:
        point = use_case.annex_iii
        return point, f"Told: Annex III point {point}." if point else "Told: no use of Annex III."
    if use_case.sector in _BY_SECTOR:
        return _BY_SECTOR[use_case.sector]
    if use_case.sector in _MAYBE:
        return None, _MAYBE[use_case.sector]
    return None, "Whether the use is one of Annex III is not known."
