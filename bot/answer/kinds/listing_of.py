"""Lists that no name is asked for: what is retired, released or due in a period; the models that meet a definition."""

import re
from datetime import date

from bot.answer.book import date_of
from bot.answer.kinds.common import Case, say_all, with_disputes
from bot.answer.values import Line
from kb.facts.fields import prefix_of
from kb.types import FactView, Status

_FIELDS = ("deprecated_on", "released")
_MANY = re.compile(
    r"\b(?:which|what|any|list|all|show|name)\b[^?]{0,40}\b(?:models?|llms?|versions?|apis?|offers?)\b|"
    r"\bwhat (?:gets?|is|are|will be|goes|retires)\b|\bretirements\b|\breleases\b",
    re.I,
)
_YEAR_END = re.compile(r"\b(?:end of (?:the|this) year|year[- ]?end|this year|rest of the year|by christmas)\b", re.I)
_AHEAD = re.compile(r"\b(?:next|upcoming|soon|coming|scheduled|planned|about to|going to|will)\b", re.I)
_DEFINED = re.compile(
    r"\bOSAID\b|\bopen source ai definition\b|\b(?:osi|open source initiative)(?:['’]s)?\b[^?]{0,30}\b"
    r"(?:definition|meaning|sense|standard|criteria)\b|"
    r"\b(?:which|what)\b[^?]{0,30}\bmodels?\b[^?]{0,20}\b(?:really|truly|actually|genuinely|fully)\b[^?]{0,10}"
    r"\bopen[- ]?source\b",
    re.I,
)
_COMPLY = re.compile(r"(?<!not )(?<!probably )\bcomply\b")
_DEFINITION = "claim:open-source-ai-definition"
_MOST = 9


def by_date(case: Case) -> list[Line]:
    """ "Which models get retired before the end of this year?": those of the period, the makers' own dates first."""
    field = next((f for f in case.read.fields if f in _FIELDS), None)
    if field is None or case.read.of("model") or case.read.of("licence") or not _MANY.search(case.read.question):
        return []
    first, last = _days(case, field)
    if first is None and last is None:
        return []
    found = []
    for view in case.book.having(field):
        day = date_of(view)
        if day and (first is None or first <= day) and (last is None or day <= last) and _sold_by(case, view):
            found.append((prefix_of(view.fact.subject) != "model", day, view.fact.key, view))
    found.sort(key=lambda f: f[:3])
    own = {v.fact.subject.partition(":")[2] for is_offer, _, _, v in found if not is_offer}
    views = [v for is_offer, _, _, v in found if not is_offer or v.fact.subject.rpartition("/")[2] not in own]
    return say_all(with_disputes(case, views[:_MOST]))


def _days(case: Case, field: str) -> tuple[date | None, date | None]:
    """The period asked about; what is still to come, where the question looks ahead."""
    period, day, question = case.read.period, case.read.as_of, case.read.question
    year_end = date(day.year, 12, 31)
    if _YEAR_END.search(question):
        return (day if field == "deprecated_on" else date(day.year, 1, 1)), year_end
    if period and period.sense != "now" and (period.since or period.until):
        since, until = period.since, period.until
        if since is None and field == "deprecated_on" and until and until >= day:
            since = day
        return since, until
    return (day, None) if field == "deprecated_on" and _AHEAD.search(question) else (None, None)


def _sold_by(case: Case, view: FactView) -> bool:
    """Of a named seller only its own; superseded dates are history."""
    sellers = {s.partition(":")[2] for p in ("provider", "vendor") for s in case.read.of(p)}
    if view.status is Status.SUPERSEDED:
        return False
    if not sellers:
        return True
    subject = view.fact.subject
    if prefix_of(subject) == "model":
        return (case.book.vendor_of(subject) or "").partition(":")[2] in sellers
    return subject.partition(":")[2].partition("/")[0] in sellers


def validated(case: Case) -> list[Line]:
    """The models that the OSI named as meeting its definition of open source AI, then what the definition asks for."""
    if not _DEFINED.search(case.read.question) or case.read.of("model") or case.read.of("licence"):
        return []
    notes = case.book.of(_DEFINITION)
    return say_all(sorted(notes, key=lambda v: not _COMPLY.search(v.fact.statement))[:5])
