"""The facts of a day, ready to be asked by subject and field.

Only what is in force or disputed counts: what was superseded, retracted, proposed or lies ahead does not.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from kb.decide.types import Ref
from kb.types import FactView, Status

_CURRENT = (Status.IN_FORCE, Status.DISPUTED)


def ref_of(view: FactView) -> Ref:
    """What a citation of this fact shows."""
    fact = view.fact
    return Ref(
        key=fact.key,
        title=fact.source_title,
        publisher=fact.publisher,
        url=fact.source_url,
        known_from=fact.known_from,
        tier=fact.tier,
        locator=fact.locator,
        checked_on=fact.checked_on,
        stale=view.stale,
        disputed=view.status is Status.DISPUTED,
    )


def number_of(view: FactView) -> Decimal | None:
    try:
        return Decimal(view.fact.value)
    except InvalidOperation:
        return None


class Book:
    """An index over the views of one day."""

    def __init__(self, views: Iterable[FactView]) -> None:
        self._current: dict[tuple[str, str], list[FactView]] = defaultdict(list)
        self._all: dict[tuple[str, str], list[FactView]] = defaultdict(list)
        for view in views:
            where = view.fact.subject, view.fact.field
            self._all[where].append(view)
            if view.status in _CURRENT:
                self._current[where].append(view)

    def views(self, subject: str, field: str, **qualifiers: str) -> list[FactView]:
        """The facts in force whose qualifiers say at least this."""
        found = self._current.get((subject, field), [])
        return [v for v in found if all(v.fact.qualifiers.get(name) == value for name, value in qualifiers.items())]

    def history(self, subject: str, field: str) -> Sequence[FactView]:
        """Every fact known by the day, superseded ones too."""
        return self._all.get((subject, field), [])

    def one(self, subject: str, field: str, **qualifiers: str) -> FactView | None:
        """The fact in force; of several, the one from the best source, the plainest, the latest."""
        found = self.views(subject, field, **qualifiers)
        return min(found, key=_preference, default=None)

    def text(self, subject: str, field: str) -> str:
        view = self.one(subject, field)
        return view.fact.value if view else ""

    def number(self, subject: str, field: str) -> Decimal | None:
        view = self.one(subject, field)
        return number_of(view) if view else None

    def subjects(self, prefix: str) -> Iterator[str]:
        """Subjects of a kind that have facts in force, sorted."""
        yield from sorted({subject for subject, _ in self._current if subject.startswith(prefix)})

    def name(self, subject: str) -> str:
        return self.text(subject, "name") or subject.partition(":")[2]


Facts = Book | Iterable[FactView]  # the facts of one day, indexed already or not


def indexed(facts: Facts) -> Book:
    """An index of a day is made once and serves options, duties and citations alike."""
    return facts if isinstance(facts, Book) else Book(facts)


def _preference(view: FactView) -> tuple[int, int, int, str]:
    fact = view.fact
    return fact.tier, len(fact.qualifiers), -fact.known_from.toordinal(), fact.key


def refs(views: Iterable[FactView | None]) -> tuple[Ref, ...]:
    """Their references, each once, in order."""
    found: dict[str, Ref] = {}
    for view in views:
        if view is not None:
            found.setdefault(view.fact.key, ref_of(view))
    return tuple(found.values())


def refs_by_field(views: Mapping[str, FactView | None]) -> dict[str, Ref]:
    return {field: ref_of(view) for field, view in views.items() if view is not None}
