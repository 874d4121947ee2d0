"""Licences as predicates: from clause facts to what a clause says about one use case.

A clause applies (True), does not (False), or hangs on an input that nobody gave (None, with the input's name).
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from kb.decide.book import Book, ref_of
from kb.decide.types import Clause, Finding, Licence, Model, Outcome
from kb.decide.use_case import UseCase
from kb.types import FactView

PROHIBITING = ("barred", "permission", "review")
_MODALITIES_BESIDE_TEXT = frozenset({"image", "audio", "video"})


class Held(NamedTuple):
    """Whether a limit holds. Unknown names the input and what is assumed until it is given."""

    value: bool | None
    input: str = ""
    assumption: str = ""
    words: str = ""  # what the use case says of it


# ---------------------------------------------------------------- from facts


def licence_from(book: Book, slug: str) -> Licence:
    """The licence of that slug as the facts in force tell it; unknown terms stay unknown."""
    subject = f"licence:{slug}"
    commercial, osi = book.one(subject, "commercial_use"), book.one(subject, "osi_approved")
    return Licence(
        slug=slug,
        name=book.name(subject),
        commercial=commercial.fact.value if commercial else "unknown",
        osi_approved=osi.fact.value == "yes" if osi else None,
        clauses=tuple(_clause(view) for view in book.views(subject, "clause")),
        ref=ref_of(commercial) if commercial else None,
    )


def terms_from(book: Book, vendor: str) -> Licence | None:
    """What a vendor's terms say of its closed models: today only whether outputs may train other models."""
    view = book.one(f"vendor:{vendor}", "outputs_may_train")
    if view is None or view.fact.value != "no":
        return None
    barred = Clause(
        effect="barred",
        says=view.fact.statement,
        locator=view.fact.locator,
        ref=ref_of(view),
        if_trains_on_outputs=True,
    )
    name = f"terms of {book.name(f'vendor:{vendor}')}"
    return Licence(
        slug=f"{vendor}-terms", name=name, commercial="yes", osi_approved=False, clauses=(barred,), ref=barred.ref
    )


def _clause(view: FactView) -> Clause:
    fact, said = view.fact, view.fact.qualifiers
    number = {name: Decimal(said[name]) for name in said if name.endswith(("_over", "_over_usd"))}
    return Clause(
        effect=fact.value,
        says=fact.statement,
        locator=fact.locator,
        ref=ref_of(view),
        mau_over=number.get("mau_over"),
        mau_month=said.get("mau_month"),
        revenue_month_over_usd=number.get("revenue_month_over_usd"),
        revenue_12_months_over_usd=number.get("revenue_12_months_over_usd"),
        either=said.get("either") == "yes",
        if_maas=said.get("if_maas") == "yes",
        if_eu_seat=said.get("if_eu_seat") == "yes",
        if_multimodal=said.get("if_multimodal") == "yes",
        if_military=said.get("if_military") == "yes",
        if_trains_on_outputs=said.get("if_trains_on_outputs") == "yes",
        if_commercial=said.get("if_commercial") == "yes",
        exempt_internal=said.get("exempt_internal") == "yes",
        exempt_end_user_product=said.get("exempt_end_user_product") == "yes",
    )


# ---------------------------------------------------------------- what holds in a use case


def told(use_case: UseCase, name: str) -> bool:
    """Whether a value is there that the asker gave or that follows from it, not an engine's default."""
    origin = use_case.origins.get(name)
    return getattr(use_case, name) is not None and (origin is None or origin.kind != "default")


def _over(value: Decimal | None, limit: Decimal, name: str, what: str, known: bool) -> Held:
    if value is None or not known:
        return Held(None, name, f"{what} at most {_short(limit)}")
    return Held(value > limit, words=f"{what} {_short(value)}")


def _flag(value: bool | None, name: str, what: str, known: bool = True) -> Held:
    if value is None or not known:
        return Held(None, name, f"no {what}")
    return Held(value, words=what if value else f"no {what}")


def maas(use_case: UseCase) -> bool | None:
    if use_case.distribution == "maas":
        return True
    if use_case.distribution == "internal":
        return False
    return use_case.offers_model_as_a_service


def military(use_case: UseCase) -> bool | None:
    """Defence counts as military use unless told otherwise; other sectors say nothing."""
    if use_case.military_use is not None:
        return use_case.military_use
    return True if use_case.sector == "defence" else None


def trains_on_outputs(use_case: UseCase) -> bool | None:
    return True if use_case.customisation == "distil" else use_case.trains_on_outputs


def _multimodal(model: Model) -> Held:
    if model.modalities_in is None:
        return Held(None, "modalities", f"{model.name} takes text only")
    return Held(bool(model.modalities_in & _MODALITIES_BESIDE_TEXT), words="a multimodal model")


def _thresholds(clause: Clause, use_case: UseCase) -> list[Held]:
    found = []
    if clause.mau_over is not None and clause.mau_month:
        then = use_case.mau_on.get(clause.mau_month)
        what = f"monthly active users in {_month(clause.mau_month)}"
        now = use_case.mau if told(use_case, "mau") else None
        if then is None and now is not None and now > clause.mau_over:
            # Who is above the limit today must show that the month of the test was different, not we that it was not.
            then, what = (
                now,
                f"monthly active users today, taken for {_month(clause.mau_month)} until that month is known:",
            )
        found.append(_over(then, clause.mau_over, "mau_on", what, known=True))
    elif clause.mau_over is not None:
        found.append(_over(use_case.mau, clause.mau_over, "mau", "monthly active users", told(use_case, "mau")))
    if clause.revenue_month_over_usd is not None:
        known = told(use_case, "revenue_usd_per_month")
        revenue = use_case.revenue_usd_per_month
        found.append(_over(revenue, clause.revenue_month_over_usd, "revenue_usd_per_month", "monthly revenue", known))
    if clause.revenue_12_months_over_usd is not None:
        year, known = use_case.revenue_usd_12_months, told(use_case, "revenue_usd_12_months")
        found.append(_over(year, clause.revenue_12_months_over_usd, "revenue_usd_12_months", "yearly revenue", known))
    return found


def _conditions(clause: Clause, use_case: UseCase, model: Model) -> list[Held]:
    found = []
    if clause.if_maas:
        found.append(_flag(maas(use_case), "offers_model_as_a_service", "model-as-a-service business"))
    if clause.if_eu_seat:
        seat = told(use_case, "eu_seat")
        found.append(_flag(use_case.eu_seat, "eu_seat", "principal place of business in the EU", seat))
    if clause.if_multimodal:
        found.append(_multimodal(model))
    if clause.if_military:
        found.append(_flag(military(use_case), "military_use", "military use"))
    if clause.if_trains_on_outputs:
        found.append(_flag(trains_on_outputs(use_case), "trains_on_outputs", "training of other models on outputs"))
    return found


def _all(parts: Iterable[Held]) -> Held:
    """One False decides, then one unknown; else all hold."""
    parts = list(parts)
    no = next((part for part in parts if part.value is False), None)
    unknown = next((part for part in parts if part.value is None), None)
    return no or unknown or Held(True, words=", ".join(part.words for part in parts if part.words))


def _any(parts: Iterable[Held]) -> Held:
    parts = list(parts)
    yes = next((part for part in parts if part.value), None)
    unknown = next((part for part in parts if part.value is None), None)
    return yes or unknown or (parts[0] if parts else Held(True))


def applies(clause: Clause, use_case: UseCase, model: Model, *, as_end_user: bool = False) -> Held:
    """`as_end_user`: the asker only receives a finished product or service that contains the model."""
    if clause.exempt_end_user_product and as_end_user:
        return Held(False, words="end users of a product are exempt")
    if clause.exempt_internal and use_case.distribution == "internal":
        return Held(False, words="internal use is exempt")
    limits = _thresholds(clause, use_case)
    if clause.either:
        limits = [_any(limits)]
    return _all([*_conditions(clause, use_case, model), *limits])


# ---------------------------------------------------------------- findings


def rule_of(clause: Clause) -> str:
    """Which hard rule a clause speaks for."""
    if clause.if_military:
        return "H5"
    if clause.if_trains_on_outputs:
        return "H11"
    if clause.if_eu_seat:
        return "H6"
    if clause.mau_month:
        return "H7"
    if clause.mau_over is not None:
        return "H8"
    if clause.if_maas or clause.revenue_12_months_over_usd is not None:
        return "H10"
    return "H9" if clause.revenue_month_over_usd is not None else "H5"


def evaluate(
    licence: Licence | None, use_case: UseCase, model: Model, *, as_end_user: bool = False
) -> tuple[Finding, ...]:
    """What the licence says of this use: one finding a clause that could matter, and one on commercial use."""
    if licence is None:
        missing = f"The licence of {model.name} is not recorded."
        assumed = f"the licence of {model.name} allows this use"
        return (Finding(rule="H5", outcome=Outcome.UNKNOWN, reason=missing, input="", assumption=assumed),)
    clauses = (_finding(clause, licence, use_case, model, as_end_user) for clause in licence.clauses)
    return (_commercial(licence, model), *(finding for finding in clauses if finding is not None))


def _commercial(licence: Licence, model: Model) -> Finding:
    refs = (licence.ref,) if licence.ref else ()
    if licence.commercial == "no":
        reason = f"The {licence.name} of {model.name} forbids commercial use."
        return Finding(rule="H5", outcome=Outcome.FAIL, reason=reason, refs=refs)
    if licence.commercial == "unknown":
        reason = f"Whether the {licence.name} of {model.name} allows commercial use is not recorded."
        assumed = f"the {licence.name} allows commercial use"
        return Finding(rule="H5", outcome=Outcome.UNKNOWN, reason=reason, refs=refs, assumption=assumed)
    reason = f"The {licence.name} of {model.name} allows commercial use" + (
        " on conditions." if licence.commercial == "conditional" else "."
    )
    return Finding(rule="H5", outcome=Outcome.PASS, reason=reason, refs=refs)


def _finding(clause: Clause, licence: Licence, use_case: UseCase, model: Model, as_end_user: bool) -> Finding | None:
    held, rule, refs = applies(clause, use_case, model, as_end_user=as_end_user), rule_of(clause), (clause.ref,)
    hard = clause.effect in PROHIBITING
    if held.value is None:
        reason = f"Whether a clause of the {licence.name} applies to {model.name} is open: {clause.says}"
        return Finding(
            rule=rule, outcome=Outcome.UNKNOWN, reason=reason, refs=refs, input=held.input, assumption=held.assumption
        )
    if held.value:
        outcome = Outcome.FAIL if hard else Outcome.PASS
        told_so = f" Told: {held.words}." if held.words else ""
        return Finding(rule=rule, outcome=outcome, reason=f"{clause.says}{told_so}", refs=refs)
    if not hard:
        return None
    reason = f"A limit of the {licence.name} is not reached ({held.words})."
    return Finding(rule=rule, outcome=Outcome.PASS, reason=reason, refs=refs)


def _month(of: str) -> str:
    """March 2025 of "2025-03"."""
    return f"{date.fromisoformat(f'{of}-01'):%B %Y}"


def _short(value: Decimal) -> str:
    for size, word in ((10**9, "billion"), (10**6, "million")):
        if value >= size:
            return f"{(value / size).normalize():f} {word}"
    return f"{value:,f}"


__all__ = ["PROHIBITING", "applies", "evaluate", "licence_from", "rule_of", "terms_from", "told"]
