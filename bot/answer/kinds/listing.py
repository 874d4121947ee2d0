"""Which models may this asker use without asking anyone? Clean candidates first, then what is ruled out."""

import re

from bot.answer.kinds import screening
from bot.answer.kinds.common import NOT_LEGAL, Case, overdue, settle, used_views
from bot.answer.kinds.fact import nothing
from bot.answer.values import Draft, Kind

_WHICH = re.compile(r"\b(?:which|what) (?:\w+[- ]){0,3}(?:models?|llms?|weights|licen[cs]es?)\b", re.I)
_MOST_RULED = 9


def asks(case: Case) -> bool:
    """A permission question that names no model or licence but asks which."""
    named = case.read.of("model") or case.read.of("licence")
    return case.read.kind is Kind.PERMISSION and not named and bool(_WHICH.search(case.read.question))


def compose(case: Case) -> Draft:
    lines = settle([*screening.candidates(case)[:3], *screening.ruled_out(case)[:_MOST_RULED]])
    if not lines:
        return nothing(case)
    note = "A licence that is not named here was not checked against your case."
    return Draft(tuple(lines), notes=(note, *overdue(used_views(lines)), NOT_LEGAL))
