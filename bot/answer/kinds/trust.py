"""Opinion never stands alone behind a statement. Pure."""

from collections.abc import Sequence

from bot.answer.values import Line
from kb.types import Tier


def borne_out(lines: Sequence[Line]) -> list[Line]:
    """Without what opinion alone says: it stays only beside a better source on the same subject."""
    sound = {id(line) for line in lines if _best_tier(line) < Tier.OPINION}
    subjects = {subject for line in lines if id(line) in sound for subject in _subjects(line)}
    return [line for line in lines if id(line) in sound or _subjects(line) & subjects]


def _subjects(line: Line) -> set[str]:
    return {e.view.fact.subject for e in line.evidence if e.view}


def _best_tier(line: Line) -> int:
    tiers = [int(e.view.fact.tier) for e in line.evidence if e.view] + [
        e.quote.tier for e in line.evidence if e.quote and not e.view
    ]
    return min(tiers, default=Tier.PRIMARY)  # a sum, or a word of our own
