"""A decision question before the engine exists: what rules options out, what remains, duties, and evidence by factor.

No winner is computed here and no cost: the answer says so. Every elimination names the clause or the rule behind it.
"""

from collections.abc import Sequence
from datetime import timedelta

from bot.answer.kinds import hardware, screening
from bot.answer.kinds.common import (
    NO_COSTS,
    NOT_LEGAL,
    Case,
    date_of,
    missing_names,
    overdue,
    passage_lines,
    say,
    say_all,
    settle,
    unique,
    used_views,
)
from bot.answer.kinds.fact import nothing
from bot.answer.kinds.regulation import dates_of_law, regimes_in
from bot.answer.text import stem, terms
from bot.answer.values import Draft, Line
from kb.facts.fields import prefix_of
from kb.types import FactView

_LAW_WORDS = {
    "health": "emergency healthcare triage patient medical device",
    "employment": "employment recruitment selection candidates worker",
    "credit": "creditworthiness credit score",
    "finance": "financial DORA outsourcing credit",
    "education": "education examination student",
    "public": "public authority services",
    "personal_data": "personal data GDPR processor transfer",
    "chat": "interact directly inform chatbot disclosure",
    "generate_media": "synthetic content deep fake marking",
    "fine_tune": "modification compute one third provider fine-tuning",
    "full_fine_tune": "modification compute one third provider fine-tuning",
}
_FACTOR_OF = {
    "air_gap": ("security", "data-control"), "classified": ("security", "data-control"), "military": ("security",),
    "confidential": ("data-control", "lock-in"), "personal_data": ("data-control",), "prototype": ("lock-in", "cost", "capability"),
    "fine_tune": ("customisation", "cost"), "distil": ("customisation",), "small": ("talent", "cost"), "self_host": ("security", "talent"),
    "finance": ("lock-in", "data-control"), "health": ("regulation", "transparency"), "coding": ("capability",), "agents": ("security", "capability"),
}  # fmt: skip
_ONE_GPU_GB, _NODE_GB = 72, 576  # nine tenths of one and of eight 80 GB cards
_ALL_FACTORS = ("cost", "data-control", "customisation", "capability", "regulation", "talent", "lock-in")


def compose(case: Case) -> Draft:
    named = _named(case)
    lines = [*screening.verdict(case, named), *screening.requirements(case)[:24], *named[:10]]
    lines += screening.ruled_out(case)[:9]
    lines += screening.candidates(case)[:4]
    if case.read.use_case.flags & {"air_gap", "classified", "self_host"} or "self-host" in case.read.options:
        lines += _hardware(case)[:8]
    lines += _vendors(case)[:8]
    lines += duties(case)[:9]
    lines += _evidence(case)[:12]
    lines = settle(lines)
    if all(line.formula for line in lines):
        lines = [*lines, *settle(passage_lines(case))]
    if not lines:
        return nothing(case, missing_names(case))
    return Draft(tuple(lines), questions=tuple(questions(case)[:3]), notes=tuple(_notes(case, lines)))


def _notes(case: Case, lines: Sequence[Line]) -> list[str]:
    assumed = []
    flags = case.read.use_case.flags
    if not flags & {"research"}:
        assumed.append("Assumed: commercial use, since nothing else was said.")
    if "health" in flags:
        assumed.append(
            "This is no medical or clinical advice; involve your clinical safety officers and counsel before any use on patients."
        )
    return [*missing_names(case), NO_COSTS, *assumed, *overdue(used_views(lines)), NOT_LEGAL]


def _named(case: Case) -> list[Line]:
    """The models that the asker names: limits that bite in this case first, then licence and who they are."""
    lines: list[Line] = []
    limits = screening.biting_fields(case)
    for subject in list(dict.fromkeys([*case.read.of("model"), *case.read.of("licence")]))[:4]:
        name = case.book.display(subject)
        licences = [subject] if prefix_of(subject) == "licence" else case.book.licences_of(subject)
        for licence in licences:
            lines += screening.clause_lines(case, licence, limits, f"On {name}")
        lines += say_all(case.book.of(subject, "licence", "openness", "modalities_in"), f"On {name}")
    return lines


def _hardware(case: Case) -> list[Line]:
    """Named models, else the smallest and the largest candidate whose memory is known."""
    named = [m for m in case.read.of("model") if case.book.of(m, "memory_gb")]
    models = named or _small_and_large(case)
    return hardware.lines(case, models[:3], section="Hardware fit")


def _small_and_large(case: Case) -> list[str]:
    sized = [(screening.size_of(case, m), m) for m in screening.clean_models(case)]
    known = [(s, m) for s, m in sized if s]  # the most prominent first
    single = [m for s, m in known if s <= _ONE_GPU_GB][:1]
    beyond = [m for s, m in known if s > _NODE_GB][:1]
    return [*single, *beyond]


def _vendors(case: Case) -> list[Line]:
    """Closing doors: fine-tuning services where tuning is planned; retention and terms where data is confidential."""
    flags = case.read.use_case.flags
    lines: list[Line] = []
    if flags & {"fine_tune", "full_fine_tune", "distil", "prototype"}:
        dated = [v for v in case.book.having("fine_tuning") if prefix_of(v.fact.subject) == "vendor"]
        lines += say_all(dated[:5], "Fine-tuning at vendors")
    if flags & {"confidential", "personal_data"} and not flags & {"air_gap", "classified"}:
        kept = [
            v for v in case.book.having("retention", "residency") if prefix_of(v.fact.subject) in ("vendor", "provider")
        ]
        lines += say_all(kept[:4], "Data terms")
    return lines


# ---------------------------------------------------------------- duties


def duties(case: Case) -> list[Line]:
    """Duties that the case's own words touch, with their dates; the place's regimes where one is named."""
    case_ = case.read.use_case
    words = " ".join(_LAW_WORDS[f] for f in sorted(case_.flags) if f in _LAW_WORDS)
    if "air_gap" in case_.flags and "military" in case_.flags:
        words = "military defence national security exclusive scope"
    if not words:
        return _regimes(case)
    telling = {stem(w) for w in words.split()}
    ranked = case.book.rank(f"{words} {case.read.question}", prefixes=("duty", "rule", "regime"), limit=40)
    hits = [r.view for r in ranked if len(telling & set(terms(r.view.fact.statement))) >= 2 and _of_place(case, r.view)]
    lines = say_all(hits[:5], "Duties")
    lines += say_all(_dates(case, hits[:5]), "Duties")
    return lines + _regimes(case)


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
    return unique(own)[:4]


def _regimes(case: Case) -> list[Line]:
    lines: list[Line] = []
    for regime in regimes_in(case, [p for p in case.read.use_case.jurisdictions if p != "eu"])[:2]:
        lines += say_all(case.book.of(regime, "status", "summary", "scope")[:3], "Duties")
    return lines


def coming(case: Case, days: int = 120) -> list[Line]:
    soon = dates_of_law(case, case.read.as_of, case.read.as_of + timedelta(days=days))
    return say_all([v for v in soon if date_of(v)][:3], "Dates ahead")


# ---------------------------------------------------------------- evidence by factor


def _evidence(case: Case) -> list[Line]:
    """For each factor the case raises, what speaks for open weights and what for closed models."""
    flags = sorted(case.read.use_case.flags)
    raised = [*case.read.factors, *(f for flag in flags for f in _FACTOR_OF.get(flag, ()))]
    factors = list(dict.fromkeys(raised)) if raised else list(_ALL_FACTORS)
    words = f"{case.read.question} {' '.join(flags).replace('_', ' ')} {_HINT_WORDS(flags)}"
    ranked = {r.view.fact.id: r.score for r in case.book.rank(words, prefixes=("factor",), limit=300)}
    only_open = bool(case.read.use_case.flags & {"air_gap", "classified"})
    lines: list[Line] = []
    for factor in factors[:5] if raised else factors:
        lines += _both_sides(case, factor, ranked, only_open, 2 if len(factors) <= 3 else 1)
    return lines


def _HINT_WORDS(flags: Sequence[str]) -> str:
    hints = {
        "air_gap": "pinned hashes safetensors weights supply chain offline own hardware",
        "self_host": "security duty own hardware patching safetensors",
        "prototype": "gateway switch evaluation set prototype time to value",
        "confidential": "retention no training data processing agreement region",
    }
    return " ".join(hints[f] for f in flags if f in hints)


def _both_sides(case: Case, factor: str, ranked: dict[int, float], only_open: bool, each: int) -> list[Line]:
    views = sorted(case.book.of(f"factor:{factor}", "evidence"), key=lambda v: -ranked.get(v.fact.id, 0.0))
    lines: list[Line] = []
    for side, heading in (("open", "for open weights"), ("closed", "for closed models"), ("both", "both")):
        if only_open and side == "closed":
            continue
        chosen = [v for v in views if v.fact.qualifiers.get("side", "both") == side][:each]
        title = f"{factor.replace('-', ' ').capitalize()}" + (f", {heading}" if side != "both" else "")
        lines += [say(v, title) for v in chosen]
    return lines


# ---------------------------------------------------------------- questions back


def questions(case: Case) -> list[str]:
    """What is missing and could change the answer, the most telling first."""
    case_ = case.read.use_case
    asked = []
    if not {"requests_month", "requests_day", "tokens_month"} & set(case_.amounts):
        asked.append("How many requests a month do you expect, and how long are prompts and answers?")
    if not case_.flags & {"personal_data", "confidential", "classified", "air_gap", "health", "finance"}:
        asked.append(
            "What data will the model see (public, internal, personal, special category), and must it stay in one region?"
        )
    if not case_.flags & {"self_host", "air_gap", "small"}:
        asked.append("Do you have people to run models (MLOps, on call) and GPUs of your own?")
    if "self_host" in case_.flags and not {"mau", "revenue_month", "revenue_year"} & set(case_.amounts):
        asked.append("What are your monthly active users and your group's revenue? Several licences depend on them.")
    return asked
