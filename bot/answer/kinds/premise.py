"""What a question takes for granted and the facts deny: said first, with its source. Pure.

An old date of application, a licence that is another's, open weights of a closed model, a law that does not exist.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from bot.answer.book import date_of
from bot.answer.dates import date_mentions
from bot.answer.kinds.common import Case, say, settle, superseded_text, unique
from bot.answer.text import number, numbers, terms
from bot.answer.values import Draft, Evidence, Kind, Line, Mention
from kb.facts.fields import FIELDS
from kb.types import FactView, Status

_CHECKED = frozenset({Kind.FACT, Kind.PERMISSION, Kind.REGULATION, Kind.DECISION, Kind.CLAIM, Kind.UNANSWERABLE})
_LAW_DATES = ("applies_from", "deadline", "in_force_from")
_PRESUMES = re.compile(
    r"\b(?:since|because|given(?: that)?|now that|seeing that|considering|as|assuming|if|is it true that|"
    r"true that|right that|"
    r"despite|although|after all)\b",
    re.I,
)
_OPEN_CLAIM = re.compile(
    r"\bopen[- ]?(?:source|sourced|weights?)\b|\bself[- ]?host\w*|\bon[- ]?prem\w*|\bdownload\w*|\brun\b[^?.]{0,30}\b"
    r"(?:locally|ourselves|own (?:servers?|hardware|gpus?))|\bon our own (?:servers?|hardware|gpus?)|"
    r"\b(?:the|its) weights\b",
    re.I,
)
_CLOSED_CLAIM = re.compile(r"\b(?:closed(?:[- ]source)?|proprietary)\b(?! or open)", re.I)
_ASKS_OPENNESS = re.compile(
    r"\b(?:is|are|was)\b[^?]{0,60}\b(?:open|closed|proprietary)\b|\bopen (?:or|vs|versus) closed\b|"
    r"\bclosed (?:or|vs|versus) open\b",
    re.I,
)
_NO_LAW = re.compile(r"\b(?:has|have|there is) no (?:\w+ ){0,2}(?:act|law|statute)\b", re.I)
_GENERIC = frozenset(
    ["ai", "act", "eu", "appli", "duti", "august", "december", "februari", "system", "artificial",
     "regulation", "rule", "list",
     "2024", "2025", "2026", "2027", "2028", "2", "adopt"]
)  # fmt: skip
_NEAR, _MOST_BESIDE = 28, 6


def corrected(case: Case, draft: Draft) -> Draft:
    """The draft behind what has to be put right first; as it was where nothing has."""
    lines = corrections(case)
    if not lines or case.read.parts:
        return draft
    seen = {v.view.fact.id for line in lines for v in line.evidence if v.view}
    rest = tuple(
        line
        for line in draft.lines
        if not (len(line.evidence) == 1 and (v := line.evidence[0].view) and v.fact.id in seen and not line.formula)
    )
    return replace(draft, lines=tuple(settle([*lines, *rest[:_MOST_BESIDE]])), abstained_because=None, lead="")


def corrections(case: Case) -> list[Line]:
    if case.read.kind not in _CHECKED:
        return []
    return [*dates(case), *_licences(case), *_openness(case), *_figures(case), *_laws(case)]


# ---------------------------------------------------------------- dates of law


def dates(case: Case) -> list[Line]:
    """A day in the question that was the law's day once and is no longer."""
    mentions = date_mentions(case.read.question, case.read.as_of)
    rest = frozenset(terms(case.read.question)) - _GENERIC
    found: list[tuple[int, str, FactView, FactView]] = []
    for view in case.book.views:
        if view.status is not Status.SUPERSEDED or view.fact.field not in _LAW_DATES or view.superseded_by is None:
            continue
        old = date_of(view)
        now = case.book.of(view.fact.subject, view.fact.field)
        said = any(m.first <= old <= m.last for m in mentions) if old else False
        if not said or not now or any(m.first <= d <= m.last for m in mentions for v in now if (d := date_of(v))):
            continue
        shared = len(
            rest & (frozenset(terms(f"{view.fact.statement} {case.book.display(view.fact.subject)}")) - _GENERIC)
        )
        if shared >= 2:
            found.append((-shared, view.fact.key, view, now[0]))
    lines: list[Line] = []
    for _, _, view, current in sorted(found, key=lambda f: f[:2])[:1]:
        lines.append(replace(say(current), text=f"The date in your question is out of date: {current.fact.statement}"))
        lines.append(Line(superseded_text(view), (Evidence(view), Evidence(current)), literal=True))
    return lines


# ---------------------------------------------------------------- licences and openness


def _licences(case: Case) -> list[Line]:
    """ "The Kimi K2.5 MIT licence": a licence named beside a model that is under another."""
    if case.read.kind is Kind.DECISION:
        return []
    lines: list[Line] = []
    for model in _models(case.read.mentions):
        for licence in case.read.mentions:
            named = [s for s in licence.subjects if s.startswith("licence:")]
            own = [s for m in model.subjects for s in case.book.licences_of(m)]
            if not named or not own or set(named) & set(own) or not _beside(case, model, licence):
                continue
            facts = [v for m in model.subjects[:2] for v in case.book.of(m, "licence")[:1]]
            lines += [replace(say(v), text=f"Not {licence.words}: {v.fact.statement}") for v in facts[:1]]
            lines += [say(v) for s in own[:1] for f in ("threshold", "attribution") for v in case.book.of(s, f)[:2]]
    return lines


def _beside(case: Case, model: Mention, licence: Mention) -> bool:
    """Said of one another: near, and nothing between them that sets them apart."""
    first, last = sorted((model, licence), key=lambda m: m.start)
    between = case.read.question[first.end : last.start]
    return (
        last.end > 0
        and len(between) <= _NEAR
        and not re.search(r"\b(?:or|and|vs|versus|than|to|from)\b|[,;/]", between)
    )


def _models(mentions: Iterable[Mention]) -> list[Mention]:
    return [m for m in mentions if any(s.startswith("model:") for s in m.subjects)]


def _openness(case: Case) -> list[Line]:
    """Weights of a closed model, or an open model called closed, where the question takes it for granted."""
    text = case.read.question
    if _ASKS_OPENNESS.search(text) and not _PRESUMES.search(text):
        return []
    lines: list[Line] = []
    for mention in _models(case.read.mentions):
        views = unique(v for s in mention.subjects for v in case.book.of(s, "openness"))
        kinds = {v.fact.value for v in views}
        if len(kinds) != 1 or (mention.family and len(views) > 4):
            continue
        closed = kinds == {"closed"}
        if closed and _OPEN_CLAIM.search(text):
            lines.append(_opposed("No", views[0]))
        elif not closed and _CLOSED_CLAIM.search(text) and _PRESUMES.search(text):
            lines.append(_opposed("Not closed", views[0]))
    return lines if case.read.kind is not Kind.DECISION or _models(case.read.mentions) else []


def _opposed(word: str, view: FactView) -> Line:
    return replace(say(view), text=f"{word}: {view.fact.statement}")


# ---------------------------------------------------------------- figures


def _figures(case: Case) -> list[Line]:
    """A figure taken for granted of a named model that its fact does not bear out."""
    if not _PRESUMES.search(case.read.question):
        return []
    said = {n for n in numbers(case.read.question) if n >= 1000 and not 1900 <= n <= 2100}
    lines: list[Line] = []
    for mention in _models(case.read.mentions) if said else []:
        for subject in mention.subjects[:2]:
            for field in ("context_tokens", "parameters_total"):
                if field not in case.read.fields or FIELDS[field].type != "int":
                    continue
                for view in case.book.of(subject, field)[:1]:
                    held = number(view.fact.value)
                    if held and not any(abs(n - held) <= held / 20 for n in said):
                        lines.append(replace(say(view), text=f"Not as stated: {view.fact.statement}"))
    return lines


# ---------------------------------------------------------------- laws


def _laws(case: Case) -> list[Line]:
    """ "The UK AI Act": a law asked about that the place does not have."""
    from bot.answer.kinds.regulation import regimes_in

    places = [p for p in case.read.use_case.jurisdictions if p != "eu"]
    if not places or not re.search(r"\b(?:AI )?(?:Act|Law|Statute)\b", case.read.question):
        return []
    found = [
        v
        for regime in regimes_in(case, places)
        for v in case.book.of(regime, "status", "summary", "note")
        if _NO_LAW.search(v.fact.statement)
    ]
    return [say(v) for v in found[:1]]
