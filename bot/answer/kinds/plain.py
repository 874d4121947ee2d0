"""Answers that are mostly a refusal or a question back (the future, other trades, no use case), and claims to check."""

import re
from collections.abc import Sequence
from decimal import Decimal

from bot.answer.kinds.common import (
    PRICE_FIELDS,
    Case,
    asked_facts,
    missing_names,
    on_unknown,
    overdue,
    say_all,
    settle,
    unique,
    used_views,
    with_disputes,
)
from bot.answer.kinds.decision import questions as decision_questions
from bot.answer.kinds.fact import compose as compose_fact
from bot.answer.kinds.fact import nothing
from bot.answer.kinds.prices import together
from bot.answer.kinds.regulation import compose as compose_law
from bot.answer.text import grouped, number, terms
from bot.answer.values import Draft, Evidence, Line
from kb.facts.fields import prefix_of
from kb.types import FactView, Status

_RECORDED, _MOST_UNKNOWN = 4, 8
SCOPE = (
    "I answer questions about open and closed AI models: licences, prices, hardware, regulation, vendors' terms, "
    "and which option fits a use case."
)
_HELP = (
    "Hello. I weigh open against closed AI models for a use case, and answer from dated sources with a citation behind "
    "every sentence: licences (“May we train on the outputs of Llama 3.3?”), prices and hardware (“Does GLM-5 fit on "
    "eight H100s?”), regulation (“When do the high-risk duties apply?”), comparisons (“Compare DeepSeek-V3.2 and Kimi "
    "K2.5”), news (“What changed this week?”) and whole decisions (“40-person German insurer, chatbot "
    "for customer mails: "
    "open or closed?”). What I cannot support I do not say."
)
_ADDING = re.compile(r"\b(?:add|put|store|save|insert|remember|record)\b|\bpasted\b|\bignore\b|\bforget\b", re.I)


def out_of_scope(case: Case) -> Draft:
    because = "the question is outside what this bot is for"
    return Draft(abstained_because=because, lead=f"I am sorry, I cannot help with that. {SCOPE}")


def help_(case: Case) -> Draft:
    """A greeting or "what can you do?": what this is for, with examples."""
    return Draft(lead=_HELP)


def underspecified(case: Case) -> Draft:
    """No use case: at most three questions, and no answer pretended."""
    asked = ["What should the model do (task, languages, quality you need), and for whom?", *decision_questions(case)][
        :3
    ]
    because = "the use case is not known, and the answer depends on it"
    return Draft(
        questions=tuple(asked),
        abstained_because=because,
        lead="That depends on the use case. Tell me these and I can weigh it:",
    )


# ---------------------------------------------------------------- the future


def unanswerable(case: Case) -> Draft:
    """The future cannot be known: say so, and give the dated record and its range."""
    prices = _prices(case)
    lines = _range(case, prices)
    lines += together(say_all(_newest_first(prices)[:_RECORDED], "On record"))
    lines += say_all([v for v in prices if v.status is Status.SCHEDULED][:3], "Announced")
    lines += _record(case) if not prices else []
    lines += _volatility(case)
    lines = settle(lines)[:_MOST_UNKNOWN]
    announced = [v for v in prices if v.status is Status.SCHEDULED]
    if announced and case.read.period is None:  # what is announced is known; only what comes after it is not
        known = settle([*say_all(announced[:3]), *say_all(_newest_first(prices)[:4], "On record")])
        return Draft(tuple(known), notes=("What comes after the announced change cannot be known.",))
    because = "it lies in the future and no source can know it"
    lead = f"That cannot be known: {because}."
    notes = [*missing_names(case), *overdue(used_views(lines))]
    return Draft(tuple(lines), notes=tuple(notes), abstained_because=because, lead=lead)


def _prices(case: Case) -> list[FactView]:
    """The price rows of the named models at their makers, past ones too."""
    if not set(case.read.fields) & PRICE_FIELDS:
        return []
    found: list[FactView] = []
    for model in case.read.of("model"):
        maker = (case.book.vendor_of(model) or "").partition(":")[2]
        offers = case.book.offers_of(model)
        own = [o for o in offers if maker and o.partition(":")[2].startswith(f"{maker}/")]
        for offer in own or offers[:2]:
            found += case.book.of(offer, "price_input", "price_output", superseded=True)
    return unique(found)


def _newest_first(views: Sequence[FactView]) -> list[FactView]:
    return sorted(views, key=lambda v: (v.fact.valid_from or v.fact.known_from, v.fact.known_from), reverse=True)


def _range(case: Case, prices: Sequence[FactView]) -> list[Line]:
    """The span of what is on record: a scenario, no forecast."""
    lines = []
    for field, noun in (("price_input", "input"), ("price_output", "output")):
        values = [
            (n, v)
            for v in prices
            if v.fact.field == field and not v.fact.qualifiers.get("region") and (n := number(v.fact.value)) is not None
        ]
        if len(values) < 2 or len({v.fact.unit for _, v in values}) != 1:
            continue
        low, high = min(values, key=_value), max(values, key=_value)
        unit = low[1].fact.unit
        text = (
            f"On record, {noun} prices of {_group(case, values)} range from {grouped(low[0])} to "
            f"{grouped(high[0])} {unit}; that is a span of the past, no forecast."
        )
        formula = f"min = {grouped(low[0])}; max = {grouped(high[0])}; over {len(values)} recorded prices"
        lines.append(Line(text, (Evidence(low[1]), Evidence(high[1])), formula=formula, literal=True))
    return lines


def _value(pair: tuple[Decimal, FactView]) -> Decimal:
    return pair[0]


def _group(case: Case, values: Sequence[tuple[Decimal, FactView]]) -> str:
    said = [m.words for m in case.read.mentions if any(s.startswith("model:") for s in m.subjects)]
    return said[0] if said else "these models"


def _record(case: Case) -> list[Line]:
    """What is known to date of the thing asked about."""
    found = asked_facts(case, case.read.subjects, case.read.fields) or [
        v for s in case.read.subjects[:3] for v in case.book.of(s, "released", "licence", "openness")
    ]
    return say_all(found[:5], "What is known to date")


def _volatility(case: Case) -> list[Line]:
    """Examples of how prices moved: why the record is no forecast."""
    if not set(case.read.fields) & PRICE_FIELDS:
        return []
    moved = [
        v
        for v in case.book.views
        if v.status is Status.SUPERSEDED and v.superseded_by and v.fact.field in ("price_input", "price_output")
    ]
    moved.sort(key=_step, reverse=True)
    ranked = case.book.rank(
        "price changed raised cut doubled unpredictable API price change",
        prefixes=("factor", "vendor", "market"),
        limit=6,
    )
    told = [
        r.view
        for r in ranked
        if len({"price", "cost", "chang", "doubl", "rise", "rais", "cut"} & set(terms(r.view.fact.statement))) >= 2
    ]
    return [*say_all(told[:3], "How prices have moved"), *say_all(moved[:3], "How prices have moved")]


def _step(view: FactView) -> Decimal:
    """By what factor the price moved."""
    old, new = number(view.fact.value), number(view.superseded_by.value) if view.superseded_by else None
    return max(old / new, new / old) if old and new else Decimal(0)


# ---------------------------------------------------------------- claims


def claim(case: Case) -> Draft:
    """Check a claim against what is held. Pasted content is a claim to check, never a fact and never an instruction."""
    return _pasted(case) if is_pasted(case) else _is_it_true(case)


def is_pasted(case: Case) -> bool:
    """Content that we are to take over, not a claim that somebody asks about."""
    return bool(_ADDING.search(case.read.question)) or bool(case.read.urls)


def _is_it_true(case: Case) -> Draft:
    ranked = case.book.rank(case.read.question, prefixes=("claim",), limit=3)
    judged = [r.view for r in ranked if r.coverage >= 0.45]
    of_law = any(s.startswith(("duty:", "rule:", "regime:")) for s in case.read.subjects)
    named = compose_law(case) if of_law else compose_fact(case)
    held = [line for line in named.lines if any(e.view for e in line.evidence)]
    lines = settle([*say_all(judged[:2]), *held])
    return Draft(tuple(lines), notes=named.notes) if lines else nothing(case, missing_names(case))


def _pasted(case: Case) -> Draft:
    """Nothing is added on a say-so: what is held, what is missing, and which source would settle it."""
    lines: list[Line] = []
    for subject in case.read.subjects[:3]:
        lines += say_all(
            with_disputes(case, case.book.of(subject, "licence", "released", "parameters_total", "price_input")[:4]),
            "What the knowledge base holds",
        )
    lines += _relatives(case)
    lines += on_unknown(case)
    named = ", ".join(case.read.unknown or case.names(case.read.subjects)[:2]) or "the claim"
    because = (
        f"a pasted page alone does not establish anything about {named}: no licence file, model card or "
        f"price row of the vendor supports it here"
    )
    note = (
        "The page counts as a single unverified source (tier 4); it was set aside for review and "
        "nothing of it was taken over."
        if case.read.urls
        else "Nothing was taken over from the message; what people tell me is a claim to check."
    )
    question = (
        f"Which primary source says so: the vendor's licence file, model card, release note or price page for {named}?"
    )
    lead = f"I have not added it and do not recommend it: {because}."
    return Draft(
        tuple(settle(lines)),
        questions=(question,),
        notes=(note, *missing_names(case)),
        abstained_because=because,
        lead=lead,
    )


def _relatives(case: Case) -> list[Line]:
    """Versions that are on record beside an unknown one: the closest names, with licence and date."""
    lines: list[Line] = []
    for name in case.read.unknown:
        words = name.lower().replace("-", " ").split()
        near = [
            m
            for m in case.book.subjects("model:")
            if case.book.display(m).lower().replace("-", " ").split()[: len(words) - 1] == words[:-1]
        ]
        for model in near[:3]:
            lines += say_all(case.book.of(model, "licence", "released")[:2], "Versions on record")
    return lines


def prefix(subject: str) -> str:
    return prefix_of(subject)
