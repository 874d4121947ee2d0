"""What may be handed on: a model in a product, on a device or as weights, must be one whose weights can be had."""

from decimal import Decimal

from kb.decide.filters.inputs import Case, facts, fails, passes, unconfirmed
from kb.decide.types import Finding, Option

SHIPPED = ("on_device", "redistribute")
DEVICE_GB = Decimal(16)  # a good laptop; phones hold less. A judgement, told in the finding


def shipping(case: Case, option: Option) -> Finding | None:
    """Closed models run at their sellers only; on a device weights must also fit."""
    how = case.use_case.distribution
    if how not in SHIPPED or not case.has("distribution"):
        return None
    model, refs = option.model, facts(option, "openness", "licence")
    if not model.open_weights or option.hard is not None:
        return fails(
            "shipping", f"The weights of {model.name} are not handed out, so a product cannot contain them.", refs
        )
    return passes("shipping", f"The weights of {model.name} can be had.", refs) if how != "on_device" else _fits(option)


def _fits(option: Option) -> Finding:
    model, refs = option.model, facts(option, "memory_gb")
    if model.memory_gb is None:
        reason = f"The size of the weights of {model.name} is not recorded, so whether a device holds them is open."
        return unconfirmed("shipping", reason, f"a device holds {model.name}", refs)
    if model.memory_gb > DEVICE_GB:
        reason = f"{model.name} has {model.memory_gb} GB of weights; a device is taken to hold {DEVICE_GB} GB at most."
        return fails("shipping", reason, refs)
    return passes("shipping", f"{model.name} has {model.memory_gb} GB of weights, which a laptop holds.", refs)
