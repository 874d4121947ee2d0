"""One look at one watch: what is remembered of it against what the facts of the day say now.

The first look compares with what was published. Each gives the parts of an alert, and what to remember once it is told.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from pydantic import ValidationError

from bot.answer.contract import Answer
from bot.watch import ahead
from bot.watch.contract import AlertPart, Frozen
from bot.watch.world import World
from kb.store.watches import Seen, Watch
from kb.types import AnswerRecord, FactQuery

MOST_FACTS = 4  # named in an alert; the others are counted

Again = Callable[[AnswerRecord], Answer | None]
_M = TypeVar("_M", bound=Frozen)


@dataclass(frozen=True, slots=True)
class Look:
    """`parts` empty: nothing to tell, `seen` is only kept."""

    seen: Seen
    parts: tuple[AlertPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Glance:
    """A watch with the state of the facts that it stands on."""

    watch: Watch
    basis: str

    @classmethod
    def at(cls, watch: Watch, stands_on: Iterable[FactQuery], world: World) -> "Glance | None":
        """None: none of them moved since the last look, which was today."""
        basis = world.basis(stands_on)
        same = watch.outcome is not None and watch.basis == basis and watch.checked_on == world.today
        return None if same else cls(watch, basis)

    def seen(self, outcome: Frozen, warned: Iterable[str], today: date) -> Seen:
        return Seen(
            watch_id=self.watch.id,
            basis=self.basis,
            checked_on=today,
            outcome=outcome.model_dump(mode="json"),
            warned=tuple(dict.fromkeys(warned)),
            told=self.watch.told,
        )


def kept(model: type[_M], outcome: Mapping[str, object] | None) -> _M | None:
    """What was remembered; None before the first look, and where another version remembered it otherwise."""
    try:
        return None if outcome is None else model.model_validate(outcome)
    except ValidationError:
        return None


def tags(dates: Iterable[date], today: date) -> list[str]:
    """Of the warnings that an answer gave itself, since it told of these dates."""
    return [tag for on in dates if (tag := ahead.tag("date", on, today))]
