"""Who runs the inference: seat, reach of foreign law, places, retention, depth of customisation, as recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kb.decide.book import Book, number_of, refs_by_field
from kb.decide.places import is_eu
from kb.decide.types import Ref
from kb.facts.values import parse_date, parse_list
from kb.types import FactView

_FIELDS = ("country", "foreign_control", "eu_inference", "regions", "no_retention", "customisation",
           "machines")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Uplift:
    """A regional endpoint at a factor on list prices, for models released from a day on (None: all)."""

    region: str
    factor: Decimal
    released_from: date | None
    view: FactView

    def covers(self, released: date | None) -> bool:
        return self.released_from is None or (released is not None and released >= self.released_from)


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    slug: str
    name: str
    country: str
    foreign_control: str
    eu_inference: bool | None
    regions: frozenset[str]
    no_retention: bool | None
    customisation: str  # "" where nothing is recorded
    uplifts: tuple[Uplift, ...]
    brokered: bool
    evidence: Mapping[str, Ref]

    @property
    def region(self) -> str:
        """The one word for where it runs, for showing."""
        if self.regions and all(is_eu(place) for place in self.regions):
            return "eu"
        return next(iter(self.regions)) if len(self.regions) == 1 else "global"


def host_from(book: Book, slug: str) -> Host:
    """A provider, or a vendor that sells its own models."""
    subject = f"provider:{slug}" if book.one(f"provider:{slug}", "name") else f"vendor:{slug}"
    found = {field: book.one(subject, field) for field in _FIELDS}
    value = {field: view.fact.value if view else "" for field, view in found.items()}
    return Host(
        slug=slug,
        name=book.name(subject),
        country=value["country"],
        foreign_control=value["foreign_control"],
        eu_inference=_yes(value["eu_inference"]),
        regions=frozenset(parse_list(value["regions"])),
        no_retention=_yes(value["no_retention"]),
        customisation=value["customisation"],
        uplifts=tuple(_uplift(view) for view in book.views(subject, "regional_uplift")),
        brokered=value["machines"] == "third-party",
        evidence=refs_by_field(found),
    )


def _yes(value: str) -> bool | None:
    """Conditional is not settled: it depends on the model or on an agreement."""
    return {"yes": True, "no": False}.get(value)


def _uplift(view: FactView) -> Uplift:
    said = view.fact.qualifiers
    return Uplift(
        region=said.get("region", ""),
        factor=number_of(view) or Decimal(1),
        released_from=parse_date(said["released_from"]) if "released_from" in said else None,
        view=view,
    )
