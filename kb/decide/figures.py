"""How figures are published: rounded, so that the same record always shows the same ones."""

from decimal import Decimal

from kb.decide.types import Group, Option

GROUP_WORDS = {
    Group.CLOSED_API: "closed model on its maker's API",
    Group.CLOSED_CLOUD: "closed model through a cloud",
    Group.MANAGED_OPEN: "managed open weights",
    Group.DEDICATED_OPEN: "open weights on a dedicated endpoint",
    Group.SELF_HOSTED: "self-hosted open weights on rented GPUs",
    Group.ON_PREMISES: "open weights on own premises",
    Group.HYBRID: "hybrid",
}


def significant(amount: Decimal, figures: int = 2) -> Decimal:
    """Rounded to so many significant figures, without an exponent."""
    if not amount:
        return Decimal(0)
    rounded = amount.quantize(Decimal(1).scaleb(amount.adjusted() - figures + 1))
    return Decimal(f"{rounded.normalize():f}")


def usd(amount: Decimal) -> str:
    return f"USD {significant(amount):,f}"


def number(amount: Decimal) -> str:
    return f"{significant(amount):,f}"


def share(p: float) -> float:
    return round(p, 2)


def label(option: Option) -> str:
    """The option in a few words."""
    if option.bulk is not None and option.hard is not None:
        sent_on = f"{option.escalated_share or 0:.0%}"
        return f"{label(option.bulk)}, {sent_on} sent on to {option.hard.model.name} ({option.hard.provider_name})"
    where = "" if option.region in ("", "own") else f", {option.region}"
    if option.region == "global" and option.operator_country == "cn":
        where = ", run from China"  # of the API; the same weights may be had elsewhere
    if option.hardware is not None:
        return f"{option.model.name} on {option.hardware.gpus} x {option.hardware.gpu} ({option.provider_name}{where})"
    return f"{option.model.name} ({option.provider_name}{where})"
