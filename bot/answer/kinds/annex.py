"""Uses that Annex III of the AI Act lists: the class that a use falls under, and from when its duties apply."""

from collections.abc import Sequence
from datetime import date

from bot.answer.book import date_of
from bot.answer.kinds.common import Case, say_all, unique
from bot.answer.values import Line
from kb.types import FactView

_CLASS, _DUTIES = "rule:eu-ai-act/annex-iii-", "duty:eu-ai-act/high-risk"
_SAME = {"education": "3", "employment": "4", "credit": "5b", "insurance": "5c"}  # what such a use nearly always is
_FIRST = "annex-iii"


def points(case: Case) -> list[str]:
    """ "4", "5b": the points that the asker's own words name, else those of the field of work."""
    flags = case.read.use_case.flags
    told = [f.removeprefix("annex-iii-") for f in sorted(flags) if f.startswith("annex-iii-")]
    return told or [point for flag, point in _SAME.items() if flag in flags]


def classes(case: Case) -> list[FactView]:
    """What makes each use high-risk."""
    found = []
    for point in points(case):
        subjects = [s for s in case.book.subjects(_CLASS) if s.removeprefix(_CLASS).split("-")[0] == point]
        found += [v for s in subjects for v in case.book.of(s, "definition")[:1]]
    return unique(found)


def from_when(case: Case) -> list[FactView]:
    """From when the duties apply to what Annex III lists, the general date before those of each role."""
    views = [v for s in case.book.subjects(_DUTIES) for v in case.book.of(s, "applies_from")]
    listed = [v for v in views if "Annex III" in v.fact.statement]
    roles = set(case.read.use_case.roles)
    listed.sort(
        key=lambda v: (
            _FIRST not in v.fact.subject,
            not any(v.fact.subject.endswith(role) for role in roles),
            date_of(v) or date.max,
        )
    )
    return unique(listed)


def lines(case: Case, section: str = "", *, dates: int = 2) -> list[Line]:
    """The class and the date; nothing where the use is none of Annex III or lies elsewhere."""
    if not _here(case.read.use_case.jurisdictions):
        return []
    found = classes(case)
    return say_all([*found[:2], *from_when(case)[:dates]], section) if found else []


def _here(places: Sequence[str]) -> bool:
    return not places or "eu" in places
