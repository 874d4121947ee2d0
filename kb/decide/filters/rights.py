"""What licence and terms allow: H5 to H11."""

from kb.decide.filters.inputs import Case, facts, passes, unknown
from kb.decide.filters.shipping import SHIPPED
from kb.decide.licences import evaluate, trains_on_outputs
from kb.decide.types import Finding, Group, Option, Outcome

_RULES = ("H5", "H6", "H7", "H8", "H9", "H10", "H11")
_RANK = {Outcome.FAIL: 0, Outcome.UNKNOWN: 1, Outcome.PASS: 2}


def rights(case: Case, option: Option) -> tuple[Finding, ...]:
    """The findings of the licence or terms, one a rule: the hardest is kept, the rest of its words join it."""
    if not option.model.open_weights:
        return _terms(case, option)
    shipped = case.use_case.distribution in SHIPPED  # then the weights themselves are what is used
    if option.provider == option.model.developer and not shipped:
        name = option.provider_name
        reason = f"{name} sells its own model under its service terms; the licence of the weights does not bind."
        return (passes("H5", reason, facts(option, "licence")),)
    user = option.group is Group.MANAGED_OPEN and not shipped
    found = evaluate(option.model.licence, case.use_case, option.model)
    if user:
        found = tuple(f for f in found if f.rule != "H6") + _as_user(case, option)
    return _one_each(found)


def _as_user(case: Case, option: Option) -> tuple[Finding, ...]:
    """Behind another company's API the asker is the end user of a service: the limit on EU licensees spares it."""
    found = evaluate(option.model.licence, case.use_case, option.model, as_end_user=True)
    return tuple(finding for finding in found if finding.rule == "H6")


def _terms(case: Case, option: Option) -> tuple[Finding, ...]:
    """Of closed models only what the terms say of training on outputs is computed."""
    model = option.model
    if model.licence is not None:
        found = (f for f in evaluate(model.licence, case.use_case, model) if f.rule == "H11")
        return tuple(found)
    if trains_on_outputs(case.use_case) is False:
        return (passes("H11", "No other model is to be trained on outputs."),)
    reason = f"What the terms of {model.name} say of training on its outputs is not recorded."
    assumed = f"the terms of {model.name} allow this use of its outputs"
    asked = "" if case.has("trains_on_outputs") else "trains_on_outputs"
    return (unknown("H11", reason, asked, assumed),)


def _one_each(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Per rule the hardest finding; findings that pass with a duty are all kept, since each is something to do."""
    kept: list[Finding] = []
    for rule in _RULES:
        mine = sorted((f for f in found if f.rule == rule), key=lambda f: _RANK[f.outcome])
        if mine and mine[0].outcome is not Outcome.PASS:
            kept.append(mine[0])
        kept.extend(f for f in mine if f.outcome is Outcome.PASS)
    return tuple(kept)
