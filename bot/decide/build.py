"""A `Decision` of the engine as the published report: every row with the numbers of its sources. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.decide import report as r
from bot.decide.inputs import TABLE, written
from kb.decide.figures import GROUP_WORDS, label, significant
from kb.decide.types import Assessed, Cost, Decision, Duty, Eliminated, Finding, Flip, Option, Outcome, Ref
from kb.decide.use_case import INPUTS, Origin, UseCase
from kb.decide.value import control_level
from kb.decide.wording import why_it_ranks

CONTROL = (
    "global endpoint",
    "in the region",
    "in the region, no retention",
    "own tenancy",
    "own premises",
)
BROKERED = "machines of unknown owners"
_EXPLAINED = 3  # options whose rank is explained
_CENT = Decimal("0.01")


class Bibliography:
    """Numbers sources in the order they are first cited: one number a document and date of publication."""

    def __init__(self) -> None:
        self._refs: dict[tuple[str, str, date], list[Ref]] = {}

    def cite(self, refs: Iterable[Ref]) -> r.Sources:
        numbers = []
        for ref in refs:
            key = (ref.url, ref.title, ref.known_from)
            self._refs.setdefault(key, []).append(ref)
            numbers.append(list(self._refs).index(key) + 1)
        return tuple(dict.fromkeys(numbers))

    def sources(self) -> tuple[r.Source, ...]:
        return tuple(_source(n, refs) for n, refs in enumerate(self._refs.values(), 1))


def _source(n: int, refs: list[Ref]) -> r.Source:
    """As of its oldest reading; stale or disputed if any of what it was cited for is."""
    first = refs[0]
    return r.Source(
        n=n,
        title=first.title,
        publisher=first.publisher,
        url=first.url,
        published=first.known_from,
        as_of=min(ref.checked_on or ref.known_from for ref in refs),
        tier=int(first.tier),
        locators=tuple(sorted({ref.locator for ref in refs if ref.locator})),
        stale=any(ref.stale for ref in refs),
        disputed=any(ref.disputed for ref in refs),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a report says beside the engine's verdict."""

    question: str
    owner: str = ""
    review_on: date | None = None


def build_report(decision: Decision, about: About) -> r.DecisionReport:
    cited = Bibliography()
    use_case = decision.use_case or UseCase()
    whys = [why_it_ranks(one, decision.assessed, decision.weights) for one in decision.assessed[:_EXPLAINED]]
    whys += [""] * (len(decision.assessed) - len(whys))
    options = tuple(_option(one, use_case, cited, why) for one, why in zip(decision.assessed, whys, strict=True))
    duties = tuple(_duty(duty, cited) for duty in decision.duties)
    eliminated = tuple(_eliminated(gone, cited) for gone in decision.eliminated)
    return r.DecisionReport(
        question=about.question,
        as_of=decision.as_of,
        engine_version=decision.engine_version,
        seed=decision.seed,
        verdict=decision.verdict,
        best=decision.best.option.id if decision.best else "",
        p_best=decision.best.p_best if decision.best else max((o.p_best for o in options), default=0.0),
        tied=decision.tied,
        groups={group.value: p for group, p in decision.group_p.items()},
        profile=decision.profile,
        weights=dict(decision.weights),
        options=options,
        eliminated=eliminated,
        duties=duties,
        flips=_flips(decision, cited),
        questions=tuple(r.QuestionRow(input=q.input, text=q.text, flips=q.flips) for q in decision.questions),
        assumptions=decision.assumptions,
        unknowns=decision.unknowns,
        inputs=input_rows(use_case),
        sources=cited.sources(),
        owner=about.owner,
        review_on=about.review_on,
    )


def input_rows(use_case: UseCase) -> tuple[r.InputRow, ...]:
    """The inputs that have a value, in the order of the form."""
    rows = []
    for name in (name for name in TABLE if name in INPUTS):
        text = written(getattr(use_case, name))
        if text:
            rows.append(_input(name, text, use_case.origins.get(name)))
    return tuple(rows)


def _input(name: str, text: str, origin: Origin | None) -> r.InputRow:
    known = origin or Origin(kind="default")
    return r.InputRow(
        name=name,
        label=TABLE[name].label,
        value=text,
        origin=known.kind,
        words=known.words,
        assumption=known.assumption,
    )


def _option(one: Assessed, use_case: UseCase, cited: Bibliography, why: str) -> r.OptionRow:
    option = one.option
    licence, refs = _licence(option)
    return r.OptionRow(
        id=option.id,
        group=option.group.value,
        group_words=GROUP_WORDS[option.group],
        label=label(option),
        model=option.model.name,
        provider=option.provider_name,
        region=option.region,
        cost=_cost(one.cost, use_case, cited),
        control=BROKERED if option.brokered else CONTROL[control_level(option, use_case)],
        licence=licence,
        licence_sources=cited.cite(refs),
        p_best=one.p_best,
        score=one.score,
        values=dict(one.values),
        retired_on=option.retired_on,
        guardrail=option.guardrail,
        why=why,
        findings=tuple(_finding(f, cited) for f in one.findings if _is_worth_telling(f)),
    )


def _is_worth_telling(finding: Finding) -> bool:
    """A plain pass says nothing; what is unknown, or passes on a clause, does."""
    return finding.outcome is not Outcome.PASS or (bool(finding.refs) and finding.rule in ("H5", "H7", "H8", "H10"))


def _licence(option: Option) -> tuple[str, tuple[Ref, ...]]:
    parts = [part for part in (option.bulk, option.hard) if part] or [option]
    said, refs = [], []
    for part in parts:
        licence = part.model.licence
        if not part.model.open_weights:
            said.append("vendor's terms")
        elif licence is None:
            said.append("licence not recorded")
        else:
            approved = " (OSI)" if licence.osi_approved else ""
            said.append(f"{licence.name}{approved}, commercial use: {licence.commercial}")
            said_by = licence.ref or part.model.refs.get("licence")
            refs += [said_by] if said_by else []
    return "; ".join(dict.fromkeys(said)), tuple(refs)


def _cost(cost: Cost, use_case: UseCase, cited: Bibliography) -> r.CostBand:
    requests = use_case.requests_per_month
    parts = (
        r.CostPart(name=name, usd_per_month=usd.quantize(_CENT), formula=cost.formulas.get(name, ""))
        for name, usd in cost.parts.items()
    )
    return r.CostBand(
        point=cost.point.quantize(_CENT),
        p10=cost.p10,
        p50=cost.p50,
        p90=cost.p90,
        parts=tuple(parts),
        usd_per_1000_requests=significant(cost.point / requests * 1000, 3) if requests else None,
        gpus=cost.gpus,
        utilisation=None if cost.utilisation is None else significant(cost.utilisation),
        as_of=min((ref.checked_on or ref.known_from for ref in cost.refs), default=None),
        stale=any(ref.stale for ref in cost.refs),
        disputed=any(ref.disputed for ref in cost.refs),
        sources=cited.cite(cost.refs),
    )


def _finding(finding: Finding, cited: Bibliography) -> r.FindingRow:
    return r.FindingRow(
        rule=finding.rule,
        outcome=finding.outcome.value,
        reason=finding.reason,
        assumption=finding.assumption,
        input=finding.input,
        sources=cited.cite(finding.refs),
    )


def _eliminated(gone: Eliminated, cited: Bibliography) -> r.RuledOut:
    return r.RuledOut(
        id=gone.option.id,
        group=gone.option.group.value,
        label=label(gone.option),
        findings=tuple(_finding(finding, cited) for finding in gone.findings),
    )


def _duty(duty: Duty, cited: Bibliography) -> r.DutyRow:
    return r.DutyRow(
        role=duty.role,
        says=duty.says,
        article=duty.article,
        applies_from=duty.applies_from,
        groups=tuple(group.value for group in duty.groups),
        sources=cited.cite(duty.refs),
    )


def _flips(decision: Decision, cited: Bibliography) -> tuple[r.FlipRow, ...]:
    """Each with the prices behind the options that it names, whether they are left or ruled out."""
    options = [*(one.option for one in decision.assessed), *(gone.option for gone in decision.eliminated)]
    prices = {label(option): refs for option in reversed(options) if (refs := _price_refs(option))}
    return tuple(
        _flip(flip, cited.cite(ref for name, refs in prices.items() if name in flip.says for ref in refs))
        for flip in decision.flips
    )


def _price_refs(option: Option) -> tuple[Ref, ...]:
    return (*(option.price.refs if option.price else ()), *(option.hardware.refs if option.hardware else ()))


def _flip(flip: Flip, sources: r.Sources) -> r.FlipRow:
    return r.FlipRow(
        input=flip.input,
        at=flip.at,
        unit=flip.unit,
        value=flip.value,
        to_group=flip.to_group.value if flip.to_group else "",
        to_option=flip.to_option,
        says=flip.says,
        sources=sources,
    )
