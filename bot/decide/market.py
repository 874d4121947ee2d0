"""What the facts of a day give to every use case: options, law to cite, the facts behind them.

Built once: hundreds of options take longer to build and write down than to weigh, and change only with the facts.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from threading import Lock

from bot.decide.snapshot import FactUsed, Inputs, squeezed
from kb.decide.book import Book
from kb.decide.catalogue import options_from
from kb.decide.duties import duties_for
from kb.decide.filters import cited_from
from kb.decide.types import Option, Ref
from kb.decide.use_case import UseCase
from kb.types import FactView

_REMEMBERED = 4


class Market:
    """The facts of one day, made ready. Safe to share: what is worked out later is the same whoever does it."""

    def __init__(self, views: Sequence[FactView], as_of: date) -> None:
        self.views, self.as_of = views, as_of
        self._book = Book(views)
        options, cited = options_from(self._book, as_of=as_of), cited_from(self._book)
        self._used = {ref.key for ref in (*refs_of(options), *cited.refs.values())}
        self.shared = Inputs(options=options, duties=(), cited=cited, facts=self._facts(self._used))

    @cached_property
    def packed(self) -> str:
        """`shared` as the snapshot of a record keeps it."""
        return squeezed(self.shared)

    def inputs(self, use_case: UseCase) -> Inputs:
        """Everything the engine is given for this use case; the facts that only its duties cite come last."""
        duties = duties_for(use_case, self._book, as_of=self.as_of)
        more = {ref.key for duty in duties for ref in duty.refs} - self._used
        return Inputs(
            options=self.shared.options,
            duties=duties,
            cited=self.shared.cited,
            facts=(*self.shared.facts, *self._facts(more)),
        )

    def _facts(self, keys: set[str]) -> tuple[FactUsed, ...]:
        used = (_used(seen) for seen in self.views if seen.fact.key in keys)
        return tuple(sorted(used, key=lambda fact: fact.key))


@dataclass(frozen=True, slots=True)
class _Kept:
    """`views` are held, so that no other list can take their place in memory."""

    views: Sequence[FactView]
    market: Market


class Markets:
    """The markets of the last few lists of views, told apart by identity: a caller that keeps its list pays once."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, date], _Kept] = OrderedDict()
        self._lock = Lock()

    def of(self, views: Sequence[FactView], as_of: date) -> Market:
        key = id(views), as_of
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
                return kept.market
        market = Market(views, as_of)
        with self._lock:
            self._kept[key] = _Kept(views, market)
            while len(self._kept) > _REMEMBERED:
                self._kept.popitem(last=False)
        return market


def refs_of(options: Iterable[Option]) -> Iterator[Ref]:
    """Every fact that an option rests on."""
    for option in options:
        yield from option.refs
        yield from option.evidence.values()
        yield from option.model.refs.values()
        licence = option.model.licence
        if licence is not None:
            yield from (clause.ref for clause in licence.clauses)
            yield from (ref for ref in (licence.ref,) if ref is not None)


def _used(seen: FactView) -> FactUsed:
    fact = seen.fact
    return FactUsed(
        key=fact.key,
        subject=fact.subject,
        field=fact.field,
        value=fact.value,
        unit=fact.unit,
        status=seen.status.value,
        known_from=fact.known_from.isoformat(),
        recorded_at=fact.recorded_at.isoformat(),
    )
