"""Duties that a use case's own words touch, from dated facts of law."""

import re
from collections.abc import Sequence

from bot.answer.kinds import annex
from bot.answer.kinds.common import Case, say_all, unique
from bot.answer.kinds.regulation import regimes_in
from bot.answer.text import stem, terms
from bot.answer.values import Line
from kb.types import FactView

_LAW_WORDS = {
    "health": "emergency healthcare triage patient medical device",
    "employment": "employment recruitment selection candidates worker",
    "credit": "creditworthiness credit score",
    "finance": "financial DORA outsourcing credit",
    "education": "education examination student",
    "insurance": "insurance risk assessment pricing natural persons",
    "public": "public authority services",
    "personal_data": "personal data GDPR processor transfer",
    "chat": "interact directly inform chatbot disclosure",
    "generate_media": "synthetic content deep fake marking",
    "fine_tune": "modification compute one third provider fine-tuning",
    "full_fine_tune": "modification compute one third provider fine-tuning",
}
_EXIT = re.compile(r"\bexit\b", re.IGNORECASE)


def duties(case: Case) -> list[Line]:
    """Duties that the case's own words touch, with their dates; the place's regimes where one is named."""
    return unique_lines([*annex.lines(case, "Duties", dates=2), *_leaving(case), *_touched(case)])


def unique_lines(lines: Sequence[Line]) -> list[Line]:
    return list({line.text: line for line in reversed(lines)}.values())[::-1]


def _leaving(case: Case) -> list[Line]:
    """Financial entities in the Union must be able to leave a provider."""
    case_ = case.read.use_case
    named = "regime:dora" in case.read.subjects
    if not named and not ("finance" in case_.flags and "eu" in case_.jurisdictions):
        return []
    views = case.book.of("regime:dora", "requires")
    return say_all([v for v in views if _EXIT.search(f"{v.fact.value} {v.fact.statement}")][:1], "Duties")


def _touched(case: Case) -> list[Line]:
    case_ = case.read.use_case
    words = " ".join(_LAW_WORDS[f] for f in sorted(case_.flags) if f in _LAW_WORDS)
    if "air_gap" in case_.flags and "military" in case_.flags:
        words = "military defence national security exclusive scope"
    if not words:
        return _regimes(case)
    telling = {stem(w) for w in words.split()}
    ranked = case.book.rank(f"{words} {case.read.question}", prefixes=("duty", "rule", "regime"), limit=40)
    hits = [r.view for r in ranked if len(telling & set(terms(r.view.fact.statement))) >= 2 and _of_place(case, r.view)]
    lines = say_all(hits[:3], "Duties")
    lines += say_all(_dates(case, hits[:3]), "Duties")[:3]  # from when, before what else there is
    return [*lines, *say_all(hits[3:5], "Duties"), *_regimes(case)]


def _of_place(case: Case, view: FactView) -> bool:
    """Law of another place is left out where the asker named places."""
    places = case.read.use_case.jurisdictions
    if not places:
        return True
    roots = {s.partition(":")[2] for s in regimes_in(case, places)}
    root = view.fact.subject.partition(":")[2].partition("/")[0]
    return root in roots or not roots


def _dates(case: Case, hits: Sequence[FactView]) -> list[FactView]:
    """From when: a duty's own date; for a high-risk class, the date of the high-risk duties."""
    own = [v for h in hits for v in case.book.of(h.fact.subject, "applies_from")]
    text = " ".join(h.fact.statement for h in hits).lower()
    if "annex iii" in text or "high-risk" in text:
        own += [
            v
            for v in case.book.having("applies_from")
            if "high-risk" in v.fact.subject and "legacy" not in v.fact.subject
        ]
    return sorted(unique(own), key=lambda v: v.fact.value)[:4]


def _regimes(case: Case) -> list[Line]:
    lines: list[Line] = []
    for regime in regimes_in(case, [p for p in case.read.use_case.jurisdictions if p != "eu"])[:2]:
        lines += say_all(case.book.of(regime, "status", "summary", "scope")[:3], "Duties")
    return lines
