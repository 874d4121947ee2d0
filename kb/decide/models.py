"""Model versions from facts. What no fact says is None."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from statistics import median

from kb.decide.book import Book, number_of, ref_of, refs_by_field
from kb.decide.licences import licence_from, terms_from
from kb.decide.types import Model
from kb.facts.values import parse_date, parse_list
from kb.types import FactView

SAME_SCALE_ERROR = Decimal(6)  # of an index point score: one setting, one suite, not the asker's task
OTHER_SCALE_ERROR = Decimal(10)  # moved over from another version of the index
UNKNOWN_ERROR = Decimal(50)
_LEAST_OVERLAP = 2  # models scored under both versions before one scale is moved to the other
_FIELDS = ("developer", "openness", "licence", "released", "context_tokens", "modalities_in", "parameters_total",
           "parameters_active", "kv_bytes_per_token", "kv_fixed_bytes_per_sequence", "deprecated_on")  # fmt: skip


class Scale:
    """The capability index of the day: the version that scored most models, and what moves the others to it."""

    def __init__(self, book: Book) -> None:
        self._scores: dict[str, dict[str, FactView]] = {}
        for subject in book.subjects("model:"):
            for view in book.views(subject, "capability_index"):
                self._scores.setdefault(view.fact.qualifiers.get("index", ""), {})[subject] = view
        self.base = max(self._scores, key=lambda name: (len(self._scores[name]), name), default="")
        self._shifts = {name: self._shift(name) for name in self._scores}

    def _shift(self, name: str) -> Decimal | None:
        base, other = self._scores[self.base], self._scores[name]
        both = [_points(base[subject]) - _points(other[subject]) for subject in base.keys() & other.keys()]
        return median(both) if len(both) >= _LEAST_OVERLAP or name == self.base else None

    def of(self, subject: str) -> tuple[Decimal | None, Decimal, FactView | None]:
        """Score, half-width of its error, and the fact; no score where none was published."""
        names = sorted(self._scores, key=lambda name: (name != self.base, name))
        for name in names:
            view, shift = self._scores[name].get(subject), self._shifts[name]
            if view is not None and shift is not None:
                error = SAME_SCALE_ERROR if name == self.base else OTHER_SCALE_ERROR
                return min(max(_points(view) + shift, Decimal(0)), Decimal(100)), error, view
        return None, UNKNOWN_ERROR, None


def _points(view: FactView) -> Decimal:
    return number_of(view) or Decimal(0)


class Models:
    """Every model of the day, made once."""

    def __init__(self, book: Book) -> None:
        self._book, self._scale = book, Scale(book)
        self._made: dict[str, Model] = {}

    def get(self, slug: str) -> Model | None:
        """None where nothing says whether the weights are open."""
        if slug not in self._made:
            if self._book.one(f"model:{slug}", "openness") is None:
                return None
            self._made[slug] = _model(self._book, self._scale, slug)
        return self._made[slug]

    def retired_on(self, slug: str) -> tuple[date | None, FactView | None]:
        view = self._book.one(f"model:{slug}", "deprecated_on")
        return (parse_date(view.fact.value) if view else None), view


def _model(book: Book, scale: Scale, slug: str) -> Model:
    subject = f"model:{slug}"
    found = {field: book.one(subject, field) for field in _FIELDS}
    found["memory_gb"] = next((v for v in book.views(subject, "memory_gb") if "node" not in v.fact.qualifiers), None)
    capability, error, found["capability_index"] = scale.of(subject)
    value = {field: view.fact.value for field, view in found.items() if view is not None}
    developer, is_open = value.get("developer", ""), value["openness"] == "open-weight"
    seat = book.one(f"vendor:{developer}", "country")
    licence = licence_from(book, value["licence"]) if value.get("licence") else None
    return Model(
        slug=slug,
        name=book.name(subject),
        developer=developer,
        origin=seat.fact.value if seat else "",
        open_weights=is_open,
        licence=licence if is_open else terms_from(book, developer),
        released=parse_date(value.get("released", "")),
        context_tokens=_whole(value, "context_tokens"),
        modalities_in=frozenset(parse_list(value["modalities_in"])) if "modalities_in" in value else None,
        parameters_total=_whole(value, "parameters_total"),
        parameters_active=_whole(value, "parameters_active"),
        memory_gb=Decimal(value["memory_gb"]) if "memory_gb" in value else None,
        kv_bytes_per_token=_whole(value, "kv_bytes_per_token"),
        capability=capability,
        capability_error=error,
        refs=refs_by_field(found) | ({"origin": ref_of(seat)} if seat else {}),
        kv_fixed_bytes_per_sequence=_whole(value, "kv_fixed_bytes_per_sequence") or 0,
    )


def _whole(value: Mapping[str, str], field: str) -> int | None:
    return int(value[field]) if field in value else None
