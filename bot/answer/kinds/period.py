"""Models released or retired in a named period."""

import re

from bot.answer.kinds.common import Case, dated, say_all
from bot.answer.values import Line

_LISTED = 10
_PERIODIC = (("deprecated_on", r"\bretir\w*|\bdeprecat\w*|\bsunset\w*|\bend of life\b|\bshut\w* down"),
             ("released", r"\breleas\w*|\bcame out\b|\blaunch\w*|\bpublished\b|\bnew models?\b"))  # fmt: skip


def happened(case: Case) -> list[Line]:
    """ "Which models were released in October?": the facts whose own day lies there, none named but all meant."""
    asked = case.read.period
    if asked is None or asked.sense == "now" or case.read.of("model") or case.read.of("licence"):
        return []
    field = next((f for f, words in _PERIODIC if re.search(words, case.read.question, re.I)), None)
    views = [v for v in dated(case, asked.since, asked.until) if v.fact.field == field]
    makers = {o for s in case.read.of("vendor") + case.read.of("provider") for o in case.book.related(s)}
    kept = [v for v in views if not makers or v.fact.subject in makers]
    return say_all(kept[:_LISTED])
