"""What the judges of single facts share: the models meant, their fields held against a claim, a finding. Pure."""

from collections.abc import Callable, Iterable, Sequence

from bot.answer.book import FactBook
from bot.answer.names import joined
from bot.answer.values import Mention
from bot.check.contract import Stance
from bot.check.polarity import denied
from bot.check.said_of import genuine, itself, linked
from bot.check.values import Finding, Reading, Weighed
from bot.check.weigh import best_first, verdict_of, why
from kb.types import FactView, Status

MOST_OF_FAMILY = 40  # a name that so many bear says nothing of any
_OTHERWISE: dict[Stance, Stance] = {"for": "against", "against": "for"}


def named(reading: Reading, book: FactBook, place: tuple[int, int] | None = None) -> list[list[str]]:
    """The models of each mention, those that the words at `place` are said of. A family stands for all its members."""
    meant = linked(reading, *place) if place else genuine(reading)
    mentions = [m for m in meant if not reading.own or itself(m, reading.text)]
    groups = [models_of(m, book) for m in mentions]
    return [g for g in groups if 0 < len(g) <= MOST_OF_FAMILY]


def models_of(mention: Mention, book: FactBook) -> list[str]:
    """One model where the words are its very name, though others begin with it ("Command A", "Command A+")."""
    models = [s for s in mention.subjects if s.startswith("model:")]
    very = [s for s in models if joined(mention.words) in {joined(name) for name in book.aliases.get(s, ())}]
    return very if len(very) == 1 else models


def single(groups: Iterable[list[str]]) -> list[str]:
    """The models that are named one by one."""
    return [g[0] for g in groups if len(g) == 1]


Test = Callable[[FactView], Stance | None]


def held_against(groups: Iterable[list[str]], book: FactBook, fields: Sequence[str], test: Test) -> list[Weighed]:
    """The given fields of every model, each with what it does to the claim."""
    views = [view for group in groups for subject in group for view in book.of(subject, *fields)]
    return [Weighed(view, stance) for view in views if (stance := test(view))]


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


def flipped(stance: Stance, reading: Reading, start: int) -> Stance:
    """The stance, turned round where the words at `start` are denied."""
    return _OTHERWISE.get(stance, stance) if denied(reading.text, start) else stance


def names_of(groups: list[list[str]], book: FactBook) -> str:
    return ", ".join(dict.fromkeys(book.display(s) for g in groups for s in g[:2]))
