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


KINDS = {  # short, for a column, a legend, and beside the name of an option of another kind
    Group.CLOSED_API: "closed, maker's API",
    Group.CLOSED_CLOUD: "closed, cloud",
    Group.MANAGED_OPEN: "open, managed",
    Group.DEDICATED_OPEN: "open, dedicated",
    Group.SELF_HOSTED: "open, rented GPUs",
    Group.ON_PREMISES: "open, own premises",
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


def gpu_name(slug: str) -> str:
    """As it is printed: "h100-sxm" is "H100 SXM"."""
    return slug.upper().replace("-", " ")


def offer(option: Option) -> str:
    """Model and seller, where the place does not matter."""
    return f"{option.model.name} at {option.provider_name}"


def label(option: Option) -> str:
    """The option in a few words."""
    if option.bulk is not None and option.hard is not None:
        sent_on = f"{option.escalated_share or 0:.0%}"
        return f"{label(option.bulk)}, {sent_on} sent on to {option.hard.model.name} ({option.hard.provider_name})"
    place = option.region.upper() if len(option.region) == 2 else option.region
    where = "" if option.region in ("", "own") else f", {place}"
    if option.region == "global" and option.operator_country == "cn":
        where = ", run from China"  # of the API; the same weights may be had elsewhere
    if option.hardware is not None:
        return f"{option.model.name} on {gpu_name(option.hardware.gpu)} ({option.provider_name}{where})"
    return f"{option.model.name} ({option.provider_name}{where})"
