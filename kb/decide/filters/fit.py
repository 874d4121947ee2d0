"""Whether the option can do the work: H12, H13, H15, H16, H18; and with whom: H14."""

from datetime import date
from decimal import Decimal

from kb.decide.filters.inputs import Case, evidence, facts, fails, passes, unknown
from kb.decide.memory import fits, usable_gb
from kb.decide.types import Finding, Group, Option

LEAST_MLOPS_FTE = Decimal("0.5")
HIGH_AVAILABILITY = Decimal("0.995")
_DEPTH = {"none": 0, "prompt": 1, "distil": 1, "lora": 2, "full": 3, "weights": 4}


def h12_capability(case: Case, option: Option) -> Finding | None:
    """Modalities, context, and the floor of quality: the first that fails, else the first that is open."""
    parts = (_modalities(case, option), _context(case, option), _floor(case, option), _languages(case, option))
    found = [part for part in parts if part is not None]
    return min(found, key=lambda f: ("fail", "unknown", "pass").index(f.outcome.value))


def _modalities(case: Case, option: Option) -> Finding:
    model, refs = option.model, facts(option, "modalities_in")
    if not case.has("modalities"):
        return unknown("H12", "What goes in beside text is not known.", "modalities", "text only", refs)
    wanted = case.use_case.modalities or frozenset()
    if model.modalities_in is None:
        reason = f"What {model.name} takes in is not recorded."
        return unknown("H12", reason, "", f"it takes {', '.join(sorted(wanted))}")
    missing = wanted - model.modalities_in
    if missing:
        return fails("H12", f"{model.name} does not take {', '.join(sorted(missing))}.", refs)
    return passes("H12", f"{model.name} takes {', '.join(sorted(wanted))}.", refs)


def _context(case: Case, option: Option) -> Finding | None:
    model, wanted, refs = option.model, case.use_case.context_tokens, facts(option, "context_tokens")
    if wanted is None:
        return unknown("H12", "The longest prompt is not known.", "context_tokens", "it fits the context", refs)
    if model.context_tokens is None:
        reason = f"The context window of {model.name} is not recorded."
        return unknown("H12", reason, "", f"it holds {wanted:,f} tokens")
    if wanted > model.context_tokens and case.has("context_tokens"):
        reason = f"{model.name} holds {model.context_tokens:,} tokens of context; {wanted:,f} are needed."
        return fails("H12", reason, refs)
    if not case.has("context_tokens"):
        return unknown("H12", "The longest prompt is not known.", "context_tokens", f"{wanted:,f} tokens", refs)
    return None


def _floor(case: Case, option: Option) -> Finding | None:
    model, floor, refs = option.model, case.use_case.quality_floor, facts(option, "capability_index")
    if floor is None or not case.has("quality_floor"):
        return None
    if model.capability is None:
        reason = f"No public score of {model.name} is recorded, and the floor is {floor}."
        return unknown("H12", reason, "", f"{model.name} reaches the floor")
    if model.capability + model.capability_error < floor:
        scored = f"{model.capability} (within {model.capability_error})"
        return fails("H12", f"{model.name} scores {scored}, below the floor of {floor}.", refs)
    return None


def _languages(case: Case, option: Option) -> Finding | None:
    beyond = (case.use_case.languages or frozenset()) - {"en"}
    if not beyond:
        return None
    reason = f"How well {option.model.name} knows {', '.join(sorted(beyond))} is not recorded."
    return unknown("H12", reason, "", "it knows them well enough")


def h13_memory(case: Case, option: Option) -> Finding | None:
    """Weights and the cache of one longest request within nine tenths of the replica's memory."""
    rig, model = option.hardware, option.model
    if rig is None:
        return None
    refs = (*facts(option, "memory_gb", "kv_bytes_per_token"), *rig.refs)
    tokens = case.use_case.context_tokens
    room = f"{rig.gpus} x {rig.gpu} with {usable_gb(rig):,f} GB usable"
    fit = fits(model, rig, tokens or 0)
    if fit is False and (case.has("context_tokens") or fits(model, rig, 0) is False):
        held = f"{model.memory_gb} GB of weights" + (f" and {tokens:,f} tokens of cache" if tokens else "")
        return fails("H13", f"{model.name} needs {held}, more than {room}.", refs)
    if fit is None or model.kv_bytes_per_token is None:
        reason = f"The memory that {model.name} needs is not fully recorded."
        return unknown("H13", reason, "", f"it fits {room}", refs)
    if not case.has("context_tokens"):
        reason = f"Whether the cache of the longest prompt fits {room} is not known."
        return unknown("H13", reason, "context_tokens", f"{tokens:,f} tokens" if tokens else "short prompts", refs)
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
    assumed = f"at least {LEAST_MLOPS_FTE} FTE" if people is None else f"below {HIGH_AVAILABILITY:.1%}"
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
        return fails("H15", f"{option.id} {word} on {gone.isoformat()}.", refs)
    notice = use.forced_migration_months if case.has("forced_migration_months") else None
    if notice is not None and gone < _later(start, notice):
        reason = f"{option.id} is retired on {gone.isoformat()}, within the {notice} months that must be safe."
        return fails("H15", reason, refs)
    horizon = use.horizon_months if case.has("horizon_months") else None
    if horizon is not None and gone >= _later(start, horizon):
        return passes("H15", f"{option.id} is sold until {gone.isoformat()}, past the horizon.", refs)
    if notice is not None and horizon is not None:
        return passes("H15", f"{option.id} is retired on {gone.isoformat()}; plan a migration by then.", refs)
    missing = "horizon_months" if horizon is None else "forced_migration_months"
    reason = f"{option.id} is retired on {gone.isoformat()}, which may be too soon."
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
        return fails("H16", f"{option.id} costs {cost:,.0f} USD a month, over the budget of {budget:,.0f}.", refs)
    return passes("H16", f"{cost:,.0f} USD a month is within the budget of {budget:,.0f}.", refs)


def h18_customisation(case: Case, option: Option) -> Finding | None:
    """The depth of customisation that is needed can be had."""
    if not case.has("customisation"):
        reason = "How deep the model must be customised is not known."
        return unknown("H18", reason, "customisation", "prompts are enough")
    wanted = case.use_case.customisation or "none"
    refs = (*evidence(option, "customisation"), *facts(option, "openness"))
    if _DEPTH[option.fine_tuning] >= _DEPTH[wanted]:
        return passes("H18", f"{option.id} can be customised as deep as {option.fine_tuning}.", refs)
    if wanted == "full" or "customisation" in option.evidence:
        reason = f"{option.id} can be customised by {option.fine_tuning} at most; {wanted} is needed."
        return fails("H18", reason, refs)
    reason = f"Whether {option.provider_name} tunes {option.model.name} ({wanted}) is not recorded."
    return unknown("H18", reason, "", f"{option.provider_name} offers it", refs)
