"""What a breach costs."""

import re
from collections.abc import Sequence

from bot.answer.kinds.common import Case, say_all, unique, with_disputes
from bot.answer.values import Line
from kb.types import FactView

_LAW = ("duty", "rule", "regime")


# Regulation (EU) 2024/1689: which fine goes with a breach of which articles. 99(4) is as amended by (EU) 2026/1744.
_FINED = {
    "Article 99(3)": frozenset({5}),
    "Article 99(4)": frozenset({16, 22, 23, 24, 25, 26, 31, 33, 34, 50}),
    "Article 101": frozenset({53, 54, 55}),
}
_TIERS = ("Article 99(3)", "Article 99(4)", "Article 99(5)")
_OF_FINES = re.compile(
    r"\b(?:fin(?:e[sd]?|ing)|penal\w+|punish\w+|sanction\w*|max(?:imum)?|cost\w*|pay|how (?:much|high))\b", re.I
)
_TOLD = 0.3  # share of the question that a duty has to carry to be the one that was broken


def lines(case: Case, views: Sequence[FactView]) -> list[Line]:
    """What a breach costs: the fines that the question's words name, else that of the duty that they name, else all."""
    if "penalty" not in case.read.fields:
        return []
    asked = _OF_FINES.sub(" ", _without_regimes(case))
    score = {r.view.fact.id: r.score for r in case.book.rank(asked, prefixes=_LAW, limit=300)}
    best = max((score.get(v.fact.id, 0.0) for v in views), default=0.0)
    kept = [v for v in views if score.get(v.fact.id, 0.0) >= 0.6 * best > 0 or _names_article(case, v)]
    kept = sorted(kept, key=lambda v: (not _names_article(case, v), -score.get(v.fact.id, 0.0)))[:4]
    kept = kept if any(_names_article(case, v) for v in kept) else [*_of_breach(case, asked, views), *kept][:4]
    kept = kept or _tiers(views, _TIERS)
    if case.read.use_case.flags & {"small"}:
        kept += [v for v in views if re.search(r"\bsmall and medium", v.fact.statement)][:1]
    return say_all(with_disputes(case, unique(kept)))


def _without_regimes(case: Case) -> str:
    """The question without the law's own name, which every statement bears; "GPAI provider" tells them apart."""
    text = case.read.question
    for mention in case.read.mentions:
        if any(s.startswith("regime:") for s in mention.subjects):
            text = text.replace(mention.words, " ")
    return text


def _of_breach(case: Case, asked: str, views: Sequence[FactView]) -> list[FactView]:
    """The fine for the duty that the question's other words tell of, and the duty."""
    for ranked in case.book.rank(asked, prefixes=("duty",), limit=5):
        articles = {int(n) for n in re.findall(r"\bArticles? (\d+)", ranked.view.fact.locator)}
        fines = _tiers(views, [place for place, of in _FINED.items() if articles & of])
        if ranked.coverage >= _TOLD and ranked.view.fact.field != "penalty" and fines:
            return [*fines, ranked.view]
    return []


def _tiers(views: Sequence[FactView], places: Sequence[str]) -> list[FactView]:
    return [v for place in places for v in views if v.fact.locator.startswith(place) and "regime" not in v.fact.subject]


def _names_article(case: Case, view: FactView) -> bool:
    """Does the statement name an article that the question names?"""
    asked = set(re.findall(r"\b(?:Article|Art\.?) ?(\d+)\b", case.read.question, re.I))
    return bool(asked & set(re.findall(r"\bArticle (\d+)\b", view.fact.statement)))
