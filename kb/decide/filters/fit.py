"""Whether the option can do the work: H12, H13, H15, H16, H18; and with whom: H14."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from kb.decide.figures import gpu_name, label, number, offer
from kb.decide.filters.inputs import Case, evidence, facts, fails, passes, unconfirmed, unknown
from kb.decide.memory import fits, usable_gb
from kb.decide.tongues import tongues
from kb.decide.types import Finding, Group, Option, Outcome

LEAST_MLOPS_FTE = Decimal("0.5")
HIGH_AVAILABILITY = Decimal("0.995")
DEPTHS = {
    "none": "nothing",
    "prompt": "prompts",
    "distil": "distillation",
    "lora": "LoRA fine-tuning",
    "full": "full fine-tuning",
    "weights": "changing the weights",
}
_BY_TASK: Mapping[str, frozenset[str]] = {"speech": frozenset({"audio"}), "vision": frozenset({"image"})}
_DEPTH = {"none": 0, "prompt": 1, "distil": 1, "lora": 2, "full": 3, "weights": 4}


def h12_capability(case: Case, option: Option) -> tuple[Finding, ...]:
    """Modalities, context, the floor of quality, languages: what fails; else what is open; else that it can."""
    parts = (_modalities(case, option), _context(case, option), _floor(case, option), _languages(case, option))
    found = [part for part in parts if part is not None]
    failed = [part for part in found if part.outcome is Outcome.FAIL]
    still_open = [part for part in found if part.outcome is Outcome.UNKNOWN]
    return tuple(failed[:1] or still_open or found[:1])


def _modalities(case: Case, option: Option) -> Finding:
    model, refs = option.model, facts(option, "modalities_in")
    wanted = case.use_case.modalities if case.has("modalities") else _BY_TASK.get(case.use_case.task or "")
    if not wanted:
        return unknown("H12", "What goes in beside text is not known.", "modalities", "only text goes in", refs)
    if model.modalities_in is None:
        reason = f"What {model.name} takes in is not recorded."
        return unconfirmed("H12", reason, f"{model.name} takes {', '.join(sorted(wanted))}")
    missing = wanted - model.modalities_in
    if missing:
        return fails("H12", f"{model.name} does not take {', '.join(sorted(missing))}.", refs)
    return passes("H12", f"{model.name} takes {', '.join(sorted(wanted))}.", refs)


def _context(case: Case, option: Option) -> Finding | None:
    model, wanted, refs = option.model, case.use_case.context_tokens, facts(option, "context_tokens")
    if wanted is None:
        return unknown("H12", "The longest prompt is not known.", "context_tokens", "prompts fit the context", refs)
    if model.context_tokens is None:
        reason = f"The context window of {model.name} is not recorded."
        assumed = f"{model.name} holds {wanted:,f} tokens"
        return (
            unconfirmed("H12", reason, assumed) if case.has("context_tokens") else unknown("H12", reason, "", assumed)
        )
    if wanted > model.context_tokens and case.has("context_tokens"):
        reason = f"{model.name} holds {model.context_tokens:,} tokens of context; {wanted:,f} are needed."
        return fails("H12", reason, refs)
    if not case.has("context_tokens"):
        return unknown(
            "H12",
            "The longest prompt is not known.",
            "context_tokens",
            f"the longest prompt has {wanted:,f} tokens",
            refs,
        )
    return None


def _floor(case: Case, option: Option) -> Finding | None:
    model, floor, refs = option.model, case.use_case.quality_floor, facts(option, "capability_index")
    if floor is None or not case.has("quality_floor"):
        return None
    if model.capability is None:
        reason = f"No public score of {model.name} is recorded, and the floor is {floor}."
        return unconfirmed("H12", reason, f"{model.name} reaches the floor")
    if model.capability + model.capability_error < floor:
        scored = f"{model.capability} (within {model.capability_error})"
        return fails("H12", f"{model.name} scores {scored}, below the floor of {floor}.", refs)
    return None


def _languages(case: Case, option: Option) -> Finding | None:
    beyond = (case.use_case.languages or frozenset()) - {"en"}
    if not beyond:
        return None
    asked = tongues(beyond)
    reason = f"How well {option.model.name} knows {asked} is not recorded: test it before choosing it."
    return unknown("H12", reason, "", f"{option.model.name} knows {asked} well enough")


def h13_memory(case: Case, option: Option) -> Finding | None:
    """Weights and the cache of one longest request within nine tenths of the replica's memory."""
    rig, model = option.hardware, option.model
    if rig is None:
        return None
    refs = (*facts(option, "memory_gb", "kv_bytes_per_token"), *rig.refs)
    tokens = case.use_case.context_tokens
    room = f"{rig.gpus} x {gpu_name(rig.gpu)} with {usable_gb(rig):,f} GB usable"
    fit = fits(model, rig, tokens or 0)
    if fit is False and (case.has("context_tokens") or fits(model, rig, 0) is False):
        held = f"{model.memory_gb} GB of weights" + (f" and {tokens:,f} tokens of cache" if tokens else "")
        return fails("H13", f"{model.name} needs {held}, more than {room}.", refs)
    if fit is None or model.kv_bytes_per_token is None:
        reason = f"The memory that {model.name} needs is not fully recorded."
        return unknown("H13", reason, "", f"it fits {room}", refs)
    if not case.has("context_tokens"):
        reason = f"Whether the cache of the longest prompt fits {room} is not known."
        return unknown(
            "H13",
            reason,
            "context_tokens",
            f"prompts of at most {tokens:,f} tokens" if tokens else "prompts are short",
            refs,
        )
    return passes("H13", f"{model.name} and {tokens:,f} tokens of cache fit {room}.", refs)


def h14_team(case: Case, option: Option) -> Finding | None:
    """Own GPUs at high availability want half a person at least."""
    if option.group not in (Group.SELF_HOSTED, Group.ON_PREMISES):
        return None
    use = case.use_case
    people = use.mlops_fte if case.has("mlops_fte") else None
    target = use.availability_target if case.has("availability_target") else None
    if people is not None and people >= LEAST_MLOPS_FTE:
        return passes("H14", f"{people} FTE can run it.")
    if target is not None and target < HIGH_AVAILABILITY:
        return passes("H14", f"An availability of {target:.1%} does not ask for a standing team.")
    if people is not None and target is not None:
        reason = f"By policy own GPUs at {target:.1%} availability need {LEAST_MLOPS_FTE} FTE of MLOps, not {people}."
        return fails("H14", reason)
    missing = "mlops_fte" if people is None else "availability_target"
    assumed = (
        f"at least {LEAST_MLOPS_FTE} FTE can run GPUs"
        if people is None
        else f"an availability below {HIGH_AVAILABILITY:.1%} is enough"
    )
    return unknown("H14", "Whether a team can run own GPUs is not known.", missing, assumed)


def h15_continuity(case: Case, option: Option) -> Finding | None:
    """Sold long enough: past the start, past the least notice that is tolerable, past the horizon."""
    gone, use = option.retired_on, case.use_case
    refs = evidence(option, "retired_on")
    if gone is None:
        return passes("H15", "No retirement date is recorded.")
    start = use.go_live if case.has("go_live") and use.go_live else case.as_of
    if gone <= start:
        word = "was retired" if gone <= case.as_of else "is retired"
        return fails("H15", f"{offer(option)} {word} on {gone.isoformat()}.", refs)
    notice = use.forced_migration_months if case.has("forced_migration_months") else None
    if notice is not None and gone < _later(start, notice):
        reason = f"{offer(option)} is retired on {gone.isoformat()}, within the {notice} months that must be safe."
        return fails("H15", reason, refs)
    horizon = use.horizon_months if case.has("horizon_months") else None
    if horizon is not None and gone >= _later(start, horizon):
        return passes("H15", f"{offer(option)} is sold until {gone.isoformat()}, past the horizon.", refs)
    if notice is not None and horizon is not None:
        return passes("H15", f"{offer(option)} is retired on {gone.isoformat()}; plan a migration by then.", refs)
    missing = "horizon_months" if horizon is None else "forced_migration_months"
    reason = f"{offer(option)} is retired on {gone.isoformat()}, which may be too soon."
    return unknown("H15", reason, missing, "a migration by then is acceptable", refs)


def _later(start: date, months: int) -> date:
    years, month = divmod(start.month - 1 + months, 12)
    return date(start.year + years, month + 1, min(start.day, 28))


def h16_budget(case: Case, option: Option) -> Finding | None:
    """The median cost stays within the budget. Without a cost there is nothing to say."""
    cost = case.costs.get(option.id)
    if cost is None:
        return None
    refs = (*(option.price.refs if option.price else ()), *(option.hardware.refs if option.hardware else ()))
    budget = case.use_case.budget_usd_per_month
    if budget is None or not case.has("budget_usd_per_month"):
        return unknown(
            "H16", "The budget is not known.", "budget_usd_per_month", f"{cost:,.0f} USD a month is affordable"
        )
    if cost > budget:
        reason = f"{label(option)}: {number(cost)} USD a month by the median draw, over the budget of {budget:,.0f}."
        return fails("H16", reason, refs)
    return passes("H16", f"{cost:,.0f} USD a month is within the budget of {budget:,.0f}.", refs)


def h18_customisation(case: Case, option: Option) -> Finding | None:
    """The depth of customisation that is needed can be had."""
    if not case.has("customisation"):
        reason = "How deep the model must be customised is not known."
        return unknown("H18", reason, "customisation", "prompts are enough, without fine-tuning")
    wanted = case.use_case.customisation or "none"
    refs = (*evidence(option, "customisation"), *facts(option, "openness"))
    if _DEPTH[option.fine_tuning] >= _DEPTH[wanted]:
        return passes("H18", f"{offer(option)} can be customised by {DEPTHS[option.fine_tuning]}.", refs)
    if wanted == "full" or "customisation" in option.evidence:
        reason = (
            f"{offer(option)} can be customised by {DEPTHS[option.fine_tuning]} at most; {DEPTHS[wanted]} is needed."
        )
        return fails("H18", reason, refs)
    reason = f"Whether {option.provider_name} offers {DEPTHS[wanted]} for {option.model.name} is not recorded."
    return unconfirmed("H18", reason, f"{option.provider_name} offers it", refs)
