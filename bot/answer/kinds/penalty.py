"""What a breach costs."""

import re
from collections.abc import Sequence

from bot.answer.kinds.common import Case, say_all, unique, with_disputes, without_names
from bot.answer.values import Line
from kb.types import FactView

_LAW = ("duty", "rule", "regime")


def lines(case: Case, views: Sequence[FactView]) -> list[Line]:
    """What a breach costs: the fines that the question's words name, and the cap for small companies if it is one."""
    if "penalty" not in case.read.fields:
        return []
    ranked = case.book.rank(without_names(case), prefixes=_LAW, limit=300)
    score = {r.view.fact.id: r.score for r in ranked}
    best = max((score.get(v.fact.id, 0.0) for v in views), default=0.0)
    kept = [v for v in views if score.get(v.fact.id, 0.0) >= 0.6 * best > 0 or _names_article(case, v)]
    kept = sorted(kept, key=lambda v: (not _names_article(case, v), -score.get(v.fact.id, 0.0)))[:4]
    if case.read.use_case.flags & {"small"}:
        kept += [v for v in views if re.search(r"\bsmall and medium", v.fact.statement)][:1]
    return say_all(with_disputes(case, unique(kept)))


def _names_article(case: Case, view: FactView) -> bool:
    """Does the statement name an article that the question names?"""
    asked = set(re.findall(r"\b(?:Article|Art\.?) ?(\d+)\b", case.read.question, re.I))
    return bool(asked & set(re.findall(r"\bArticle (\d+)\b", view.fact.statement)))
