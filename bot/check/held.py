"""What the judges of single facts share: the models meant, their fields held against a claim, a finding. Pure."""

from collections.abc import Callable, Sequence

from bot.answer.book import FactBook
from bot.check.contract import Stance
from bot.check.said_of import genuine, linked
from bot.check.values import Finding, Reading, Weighed
from bot.check.weigh import best_first, verdict_of, why
from kb.types import FactView, Status

_MOST_OF_FAMILY = 6  # a family of more versions is claimed of none in particular
_OTHERWISE: dict[Stance, Stance] = {"for": "against", "against": "for"}


def named(reading: Reading, place: tuple[int, int] | None = None, *, exact: bool = False) -> list[list[str]]:
    """The models of each mention, those that the words at `place` are said of; `exact`: no families."""
    mentions = linked(reading, *place) if place else genuine(reading)
    kept = [m for m in mentions if not (exact and m.family)]
    groups = [[s for s in m.subjects if s.startswith("model:")] for m in kept]
    return [g for g in groups if 0 < len(g) <= _MOST_OF_FAMILY]


Test = Callable[[FactView], Stance | None]


def held_against(
    reading: Reading, book: FactBook, fields: Sequence[str], test: Test, groups: list[list[str]] | None = None
) -> list[Weighed]:
    """The given fields of every named model, each with what it does to the claim; of a family what most say."""
    found: list[Weighed] = []
    for group in groups if groups is not None else named(reading):
        for subject in group:
            for view in book.of(subject, *fields):
                stance = test(view)
                if stance:
                    found.append(Weighed(view, stance))
    return found


def finding(
    topic: str, about: str, evidence: Sequence[Weighed], reading: Reading, define: tuple[str, ...] = ()
) -> Finding | None:
    kept = best_first([*evidence, *_disputing(evidence)])
    if not kept or all(e.stance == "context" for e in kept):
        return None
    verdict = verdict_of(kept, reading.scope if reading.scope == "all" else "")
    return Finding(topic, about, verdict, why(verdict, kept, reading), kept, define)


def _disputing(evidence: Sequence[Weighed]) -> list[Weighed]:
    """Good sources that disagree with one that bears the claim out stand against it."""
    return [
        Weighed(FactView(fact=other, status=Status.DISPUTED), "against")
        for e in evidence
        if e.stance == "for" and e.view.status is Status.DISPUTED
        for other in e.view.disagrees_with
    ]


def flipped(stance: Stance, reading: Reading) -> Stance:
    return _OTHERWISE.get(stance, stance) if reading.negated else stance


def names_of(groups: list[list[str]], book: FactBook) -> str:
    return ", ".join(dict.fromkeys(book.display(s) for g in groups for s in g[:2]))
