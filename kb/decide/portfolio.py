"""Hybrids: the bulk on open weights, a share of hard requests sent on to a stronger closed model."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from kb.decide.types import Group, Option
from kb.decide.use_case import UseCase

LEAST_GAP = Decimal(5)  # index points below which sending on is not worth a router
MOST_BULK, MOST_HARD = 3, 2
LEAST_SHARE, MOST_SHARE = Decimal("0.05"), Decimal("0.5")

# Share escalated for each index point of gap, in hundredths: the harder the task, the more the gap shows. A judgement.
_DIFFICULTY = {
    "classify": Decimal("0.3"),
    "extract": Decimal("0.3"),
    "summarise": Decimal("0.4"),
    "chat": Decimal("0.5"),
    "rag": Decimal("0.5"),
    "speech": Decimal("0.5"),
    "creative": Decimal("0.6"),
    "vision": Decimal("0.7"),
    "code": Decimal("0.8"),
    "agent": Decimal("1"),
}
_OPEN = (Group.MANAGED_OPEN, Group.DEDICATED_OPEN, Group.SELF_HOSTED, Group.ON_PREMISES)
_CLOSED = (Group.CLOSED_API, Group.CLOSED_CLOUD)


def _first_of_each_model(options: Iterable[Option], most: int) -> list[Option]:
    found: dict[str, Option] = {}
    for option in options:
        found.setdefault(option.model.slug, option)
    return list(found.values())[:most]


def escalated_share(gap: Decimal, use_case: UseCase) -> Decimal:
    """Which share of requests the bulk model should not answer, from the gap in capability and the task."""
    share = gap / 100 * _DIFFICULTY[use_case.task or "chat"]
    return min(MOST_SHARE, max(LEAST_SHARE, share)).quantize(Decimal("0.01"))


def _guardrail(share: Decimal, bulk: Option, hard: Option) -> str:
    most = (share * Decimal("1.5")).quantize(Decimal("0.01"))
    return (
        f"Send on to {hard.model.name} what fails {bulk.model.name}'s checks (format, retrieval support, own doubt); "
        f"alarm above {most:.0%} of a day's requests, and compare both on a fixed sample at every change of version."
    )


def _both(one: bool | None, other: bool | None) -> bool | None:
    if one is False or other is False:
        return False
    return True if one and other else None


def pair(bulk: Option, hard: Option, share: Decimal) -> Option:
    retirements = [day for day in (bulk.retired_on, hard.retired_on) if day]
    return Option(
        id=f"hybrid/{bulk.id}+{hard.id}",
        group=Group.HYBRID,
        model=bulk.model,
        provider=bulk.provider,
        provider_name=f"{bulk.provider_name} and {hard.provider_name}",
        region=bulk.region if bulk.region == hard.region else f"{bulk.region} and {hard.region}",
        operator_country=bulk.operator_country,
        price=bulk.price,
        hardware=bulk.hardware,
        retired_on=min(retirements, default=None),
        providers_of_weights=bulk.providers_of_weights,
        no_retention=_both(bulk.no_retention, hard.no_retention),
        eu_inference=_both(bulk.eu_inference, hard.eu_inference),
        fine_tuning=bulk.fine_tuning,
        refs=(*bulk.refs, *hard.refs),
        hard=hard,
        bulk=bulk,
        escalated_share=share,
        guardrail=_guardrail(share, bulk, hard),
    )


def hybrids(use_case: UseCase, survivors: Sequence[Option], scores: Mapping[str, float]) -> tuple[Option, ...]:
    """The best open options paired with the most capable closed ones; both must have passed the filters."""

    def by_score(option: Option) -> tuple[float, str]:
        return -scores[option.id], option.id

    def by_capability(option: Option) -> tuple[Decimal, float, str]:
        return -(option.model.capability or Decimal(0)), *by_score(option)

    def of(groups: tuple[Group, ...], key: Callable[[Option], tuple[object, ...]], most: int) -> list[Option]:
        known = [o for o in survivors if o.group in groups and o.model.capability is not None]
        return _first_of_each_model(sorted(known, key=key), most)

    made = []
    for bulk in of(_OPEN, by_score, MOST_BULK):
        for hard in of(_CLOSED, by_capability, MOST_HARD):
            gap = (hard.model.capability or Decimal(0)) - (bulk.model.capability or Decimal(0))
            if gap >= LEAST_GAP:
                made.append(pair(bulk, hard, escalated_share(gap, use_case)))
    return tuple(made)
