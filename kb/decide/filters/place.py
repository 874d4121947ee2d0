"""Where and under whom inference may run: H1 to H4, and the asker's own policy on vendors and countries."""

from kb.decide.filters.inputs import Case, Law, evidence, facts, fails, passes, unconfirmed, unknown
from kb.decide.places import ANYWHERE, OWN, at_home, code, each, is_eu, named, within
from kb.decide.types import Finding, Group, Option, Ref
from kb.decide.use_case import CLOSED, OPEN

_PERSONAL = ("personal", "special_category")
_PROCESSORS = (Group.CLOSED_API, Group.CLOSED_CLOUD, Group.MANAGED_OPEN, Group.DEDICATED_OPEN, Group.HYBRID)
_RENTED = (Group.SELF_HOSTED,)
_TRUSTED = (*_PERSONAL, "confidential")  # what goes only to a host that can be named
_UNSETTLED = ("cn",)


def h1_air_gap(case: Case, option: Option) -> Finding | None:
    """Air-gapped or classified work stays on the premises, or in a cloud accredited for it."""
    use = case.use_case
    if option.group is Group.ON_PREMISES:
        return passes("H1", "Own hardware can run without any connection.")
    wanted = use.air_gap if case.has("air_gap") else None
    secret = use.data_class == "classified" if case.has("data_class") else None
    if not wanted and not secret:
        if wanted is None and secret is None:
            assumed = "no air gap and nothing classified"
            return unknown("H1", "Whether the data is classified is not known.", "data_class", assumed)
        return passes("H1", "Neither an air gap nor classified data was told.")
    what = "an air gap" if wanted else "classified data"
    if option.group not in _RENTED or option.brokered:
        return fails("H1", f"By policy {what} rules out inference at {option.provider_name}, outside own premises.")
    if not case.has("accredited_cloud"):
        reason = f"{_capital(what)} allows rented GPUs only in a cloud accredited for it, and none was told."
        return unconfirmed(
            "H1", reason, "a cloud accredited for it is at hand", evidence(option, "country"), input="accredited_cloud"
        )
    if use.accredited_cloud:
        reason = f"An accredited cloud is at hand; whether it is {option.provider_name} is not recorded."
        return unknown("H1", reason, "", f"the accredited cloud costs what {option.provider_name} does")
    return fails("H1", f"By policy {what} rules out rented GPUs, since no accredited cloud is at hand.")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def h2_residency(case: Case, option: Option) -> Finding | None:
    """Inference must run where it was asked to, and be sold so."""
    if not case.has("inference_in"):
        return unknown("H2", "Where inference may run is not known.", "inference_in", "inference may run anywhere")
    wanted = code(case.use_case.inference_in or "")
    if wanted in ANYWHERE or OWN in (wanted, option.region):
        return passes("H2", "Inference runs on own premises." if option.region == OWN else "It may run anywhere.")
    refs = evidence(option, "eu_inference", "regions", "country", "machines")
    if option.brokered:
        return fails("H2", f"{_whose(option)} Nothing says that it is in {named(wanted)}.", refs)
    if any(within(place, wanted) for place in option.regions) or (option.eu_inference and within("eu", wanted)):
        return passes("H2", f"{option.provider_name} runs inference in {named(wanted)}.", refs)
    where = f"in {named(wanted)}"
    contains = any(within(one, place) for one in each(wanted) for place in option.regions)
    if option.regions and not contains:
        places = ", ".join(named(place) for place in sorted(option.regions))
        return fails("H2", f"{option.model.name} at {option.provider_name} runs in {places}, not {where}.", refs)
    if option.eu_inference is False and is_eu(wanted):
        return fails(
            "H2", f"{option.provider_name} gives no guarantee of inference {where} for {option.model.name}.", refs
        )
    if contains:
        around = named(
            next(place for place in sorted(option.regions) if any(within(one, place) for one in each(wanted)))
        )
        reason = (
            f"{option.provider_name} runs {option.model.name} in {around}; whether that is {where} is not recorded."
        )
        return unconfirmed("H2", reason, f"the region can be pinned {where} at the price shown", refs)
    if _may_be_had(option, wanted):
        reason = f"{option.provider_name} may offer {option.model.name} {where}, but no promise or price is recorded."
        return unconfirmed("H2", reason, f"{option.model.name} can be had {where} at the price shown", refs)
    reason = f"By policy inference must run {where}, and none by {option.provider_name} there is recorded."
    return fails("H2", reason, refs)


def _whose(option: Option) -> str:
    return f"{option.provider_name} runs on machines of others; who they are, and where they stand, is not known."


def _may_be_had(option: Option, wanted: str) -> bool:
    """A host with regions in the EU to choose from, or an operator who is at home there."""
    conditional = "eu_inference" in option.evidence and option.eu_inference is None
    in_the_eu = any(is_eu(one) for one in each(wanted))  # what a host offers in the EU says nothing of elsewhere
    return (conditional and in_the_eu) or within(option.operator_country, wanted)


def h3_jurisdiction(case: Case, option: Option) -> Finding | None:
    """Nobody under a foreign country's reach may run it."""
    if option.group is Group.ON_PREMISES:
        return passes("H3", "Nobody else runs it.")
    if not case.has("no_foreign_jurisdiction"):
        assumed = "operators under foreign law are acceptable"
        reason = "Whether an operator under foreign law is acceptable is not known."
        return unknown("H3", reason, "no_foreign_jurisdiction", assumed)
    if not case.use_case.no_foreign_jurisdiction:
        return passes("H3", "Operators under foreign law are acceptable.")
    refs = (*evidence(option, "country", "foreign_control", "machines"), *_reach(case, option))
    if option.brokered:
        return fails("H3", _whose(option), refs)
    home = _home(case)
    if not option.operator_country:
        reason = f"The seat of {option.provider_name} is not recorded."
        return unconfirmed("H3", reason, f"{option.provider_name} has its seat at home", refs)
    if home is None and code(option.operator_country) not in ("us", "cn"):
        reason = f"Home is not known, so {named(option.operator_country)} may be foreign."
        return unknown("H3", reason, "inference_in", f"{named(option.operator_country)} is home", refs)
    if home is None or not at_home(option.operator_country, home):
        seat = named(option.operator_country)
        return fails("H3", f"{option.provider_name} is under the law of {seat}, wherever its servers stand.", refs)
    if option.foreign_control:
        reason = f"Whether a foreign authority can reach {option.provider_name} has to be checked."
        return unknown("H3", reason, "", f"no foreign authority can reach {option.provider_name}", refs)
    return passes("H3", f"{option.provider_name} has its seat in {named(option.operator_country)}.", refs)


def _home(case: Case) -> str | None:
    wanted = code(case.use_case.inference_in or "")
    if wanted and wanted not in ANYWHERE:
        return wanted
    return "eu" if case.use_case.eu_seat else None


def _reach(case: Case, option: Option) -> tuple[Ref, ...]:
    return case.cited(Law.CLOUD_ACT) if code(option.operator_country) == "us" else ()


def h4_transfer(case: Case, option: Option) -> Finding | None:
    """Personal data needs a processing agreement and a basis wherever another party processes it."""
    use, refs = case.use_case, case.cited(Law.TRANSFER)
    if option.brokered and use.data_class in _TRUSTED and case.has("data_class"):
        return fails(
            "H4",
            f"{_whose(option)} By policy {use.data_class} data may not go there.".replace("_", " "),
            evidence(option, "machines"),
        )
    if option.group not in _PROCESSORS:
        return None
    if not case.has("data_class"):
        reason = "Whether personal data is processed is not known."
        return unknown("H4", reason, "data_class", "no personal data", refs)
    if use.data_class not in _PERSONAL:
        return passes("H4", f"The data is {use.data_class}, not personal.")
    if not case.has("transfer_basis") and _is_unsettled(case, option):
        seat = named(option.operator_country)
        reason = f"Personal data at {option.provider_name} is under the law of {seat}, and no basis for that was told."
        assumed = f"there is a basis for sending personal data to {seat}, and the transfer was assessed"
        return unconfirmed("H4", reason, assumed, (*refs, *evidence(option, "country")), input="transfer_basis")
    if not case.has("transfer_basis"):
        reason = f"Personal data at {option.provider_name} needs a processing agreement and a basis for any transfer."
        return unknown("H4", reason, "transfer_basis", "an agreement and a basis can be had", refs)
    if use.transfer_basis:
        return passes("H4", "A processing agreement and a basis are at hand.", refs)
    reason = f"By law and policy personal data may not go to {option.provider_name} without agreement and basis."
    return fails("H4", reason, refs)


def _is_unsettled(case: Case, option: Option) -> bool:
    """A country to which nobody sends personal data by default; elsewhere an agreement and a basis are usual."""
    seat = code(option.operator_country)
    return seat in _UNSETTLED and seat not in case.use_case.regimes


def own_policy(case: Case, option: Option) -> Finding | None:
    """Own premises alone, vendors, countries of models and of hosts, and a shortlist: each its own wish."""
    use = case.use_case
    if use.on_premises and option.group is not Group.ON_PREMISES:
        return fails(
            "policy", f"Your policy keeps inference on your own premises; {option.provider_name} is not there."
        )
    if option.provider in use.excluded_vendors or option.model.developer in use.excluded_vendors:
        is_host = option.provider in use.excluded_vendors
        who = option.provider_name if is_host else f"the maker of {option.model.name}"
        return fails("policy", f"Your policy excludes {who}.")
    if option.model.origin and code(option.model.origin) in map(code, use.excluded_origins):
        reason = f"Your policy excludes models made in {named(option.model.origin)}, as {option.model.name} was."
        return fails("policy", reason, facts(option, "origin", "developer"))
    if option.operator_country and code(option.operator_country) in map(code, use.excluded_hosts):
        reason = f"Your policy excludes hosts from {named(option.operator_country)}, as {option.provider_name} is."
        return fails("policy", reason, evidence(option, "country"))
    kind = OPEN if option.model.open_weights else CLOSED
    if use.shortlist and not use.shortlist & {option.model.slug, kind}:
        return fails("policy", f"{option.model.name} is not on your shortlist, which is your policy.")
    return _unrecorded(case, option)


def _unrecorded(case: Case, option: Option) -> Finding | None:
    use = case.use_case
    if use.excluded_origins and not option.model.origin:
        reason = f"Where {option.model.name} was made is not recorded, and your policy excludes countries."
        return unconfirmed("policy", reason, f"{option.model.name} was made elsewhere")
    if use.excluded_hosts and not option.operator_country and option.provider != OWN:
        reason = f"The seat of {option.provider_name} is not recorded, and your policy excludes countries."
        return unconfirmed("policy", reason, f"{option.provider_name} has its seat elsewhere")
    return None
