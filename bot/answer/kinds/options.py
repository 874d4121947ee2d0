"""Evidence on a way of using models where a question weighs no named thing: by factor and side, strongest first."""

from bot.answer.kinds.common import Case, say
from bot.answer.values import Line

_MOST = 5
_HEADINGS = {"open": "For open weights", "closed": "For closed models", "both": "On both sides"}


def weighed(case: Case) -> list[Line]:
    """For a question on a factor (cost, security ...) of open or closed models: what is recorded on it."""
    if not case.read.factors or not {"open", "closed", "self-host", "managed"} & set(case.read.options):
        return []
    ranked = {r.view.fact.id: r.score for r in case.book.rank(case.read.question, prefixes=("factor",), limit=200)}
    views = [v for f in case.read.factors[:2] for v in case.book.of(f"factor:{f}", "evidence")]
    best = sorted(views, key=lambda v: -ranked.get(v.fact.id, 0.0))[:_MOST]
    return [say(v, _HEADINGS.get(v.fact.qualifiers.get("side", "both"), "On both sides")) for v in best]
