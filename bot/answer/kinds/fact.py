"""A fact question: the asked fields of the named subjects and what goes with them; else ranked facts; else passages."""

from collections.abc import Sequence
from dataclasses import replace

from bot.answer.kinds import extreme, hardware, listing_of, needs, news, open_source, options, period, prices
from bot.answer.kinds.common import (
    PRICE_FIELDS,
    Case,
    asked_facts,
    fields_for,
    label_of,
    missing_names,
    on_unknown,
    overdue,
    passage_lines,
    say,
    say_all,
    settle,
    unique,
    used_views,
    with_disputes,
    with_history,
    without_names,
)
from bot.answer.kinds.thresholds import against_threshold
from bot.answer.text import expand, listed, number_set, terms
from bot.answer.values import Draft, Line
from kb.facts.fields import FIELDS, prefix_of
from kb.types import FactView

_CARD = {
    "model": ("developer", "openness", "licence", "released", "context_tokens", "parameters_total", "modalities_in"),
    "licence": (
        "commercial_use",
        "threshold",
        "attribution",
        "output_training",
        "use_policy",
        "eu_limit",
        "osi_approved",
    ),
    "vendor": ("summary", "fine_tuning", "terms", "retention", "residency", "deprecation"),
    "provider": ("summary", "retention", "residency", "terms", "deprecation"),
    "gpu": ("memory_gb", "price_per_hour"),
    "duty": ("applies_from", "requires", "basis", "exemption"),
    "rule": ("definition", "threshold", "consequence", "distinction", "basis"),
    "regime": ("status", "summary", "in_force_from", "scope"),
}
_LICENCE_DUTIES = (
    "threshold",
    "attribution",
    "commercial_use",
    "use_policy",
    "output_training",
    "eu_limit",
    "exemption",
    "osi_approved",
)
_TALK = frozenset(
    ["know", "describ", "explain", "summaris", "overview", "detail", "model", "inform", "info", "good",
     "licens", "give",
     "show", "help", "want", "need", "llm", "ai", "many", "still", "long", "current"]
)  # fmt: skip
_LEAST_COVERAGE = 0.5
_LEAST_AMONG = 0.4  # where the kind of subject is settled already
_FAR_BETTER = 0.75
_ASKED_FIELD = 0.2  # what a fact of an asked field gains: the field answers for words that the statement lacks
_MOST = 9


def compose(case: Case) -> Draft:
    """Verdict first: what was asked; then conditions, history and what is near."""
    lines = (
        listing_of.validated(case)
        or listing_of.by_date(case)
        or extreme.lines(case)
        or open_source.lines(case)
        or hardware.fitting(case)
        or prices.sellers(case)
    )
    lines = lines or period.happened(case)
    if not lines and not _held(case) and case.read.of("model"):
        return nothing(case, because=_unheld(case))
    if not lines:
        lines = _better_worded(case, _named(case)) if case.read.subjects else needs.requirements(case)
    if not lines and not (case.read.unknown and not case.read.subjects):
        lines = ranked_lines(case)
    if len(lines) < _FEW and not case.read.subjects:
        lines = [*lines, *options.weighed(case)]
    lines = settle([*lines, *on_unknown(case)])
    if not lines and not case.read.unknown:
        lines = settle(passage_lines(case, must_name=bool(case.read.subjects))) or settle(news.titled(case))
    notes = [*missing_names(case), *prices.price_note(lines), *overdue(used_views(lines))]
    if not lines:
        return nothing(case, notes)
    if case.read.unknown and not case.read.subjects:
        return replace(nothing(case), lines=tuple(lines))
    return Draft(tuple(lines), notes=tuple(notes))


def speaks_of(case: Case, view: FactView) -> bool:
    """Is the fact about something that the question names? What is known of one vendor says nothing of another."""
    if not case.read.mentions:
        return True
    said = frozenset(terms(view.fact.statement))
    return any(
        view.fact.subject in m.subjects
        or any(view.fact.subject in case.book.related(s) for s in m.subjects[:12])
        or frozenset(terms(m.words)) <= said
        for m in case.read.mentions
    )


def _better_worded(case: Case, lines: list[Line]) -> list[Line]:
    """Facts of subjects not named that carry far more of the question than those of the named ones come first."""
    if not lines:
        return []
    ranked = case.book.rank(case.read.question, limit=60)
    coverage = {r.view.fact.id: r.coverage for r in ranked}
    mine = {v.fact.id for v in used_views(lines)}
    best = max((coverage.get(i, 0.0) for i in mine), default=0.0)
    better = [
        r.view
        for r in ranked[:10]
        if r.view.fact.id not in mine and speaks_of(case, r.view) and r.coverage >= max(_FAR_BETTER, best + 0.2)
    ]
    return [*say_all(with_disputes(case, better[:3])), *lines]


def _held(case: Case) -> bool:
    """Is anything stored on what was asked of the named models? A question without a field asks for all."""
    fields = [f for f in fields_for("model", case.read.fields) if f not in _LOOSE] + [
        f for f in case.read.fields if f in PRICE_FIELDS
    ]
    if case.read.of("gpu") and not set(case.read.fields) & PRICE_FIELDS:
        return any(case.book.of(m, "memory_gb") for m in case.read.of("model"))
    others = [
        f
        for f in case.read.fields
        if f not in fields and any(fields_for(prefix_of(s), [f]) for s in case.read.subjects)
    ]
    if not fields or others:
        return True
    return bool(asked_facts(case, case.read.of("model"), fields))


def _unheld(case: Case) -> str:
    own = [f for f in case.read.fields if f in PRICE_FIELDS or fields_for("model", [f])]
    fields = ["memory_gb"] if case.read.of("gpu") else own
    labels = listed(list(dict.fromkeys(_labelled(f) for f in fields)))
    names = listed(case.names(case.read.of("model"))[:3])
    return f"no stored {labels} of {names} (not published, or not read for these facts)"


def _labelled(field: str) -> str:
    label = label_of(field).split(",")[0].lower()
    return f"date for “{label}”" if FIELDS[field].type == "date" else label


_FEW = 3
_LOOSE = frozenset({"capability_evidence", "security_evaluation", "successor", "licence"})


def nothing(case: Case, notes: Sequence[str] = (), *, because: str = "") -> Draft:
    """Say plainly that the evidence is too thin, and for what we looked."""
    looked = case.names(case.read.subjects)[:4] or list(case.read.unknown) or ["this"]
    because = because or f"no stored fact or passage answers this (looked for {', '.join(looked)})"
    if case.read.unknown:
        because = f"the knowledge base holds nothing on {', '.join(case.read.unknown)} (not known here by that name)"
    lead = f"I cannot answer that from what I hold: {because}."
    return Draft(
        notes=tuple(n for n in notes if not case.read.unknown or "nothing on" not in n),
        abstained_because=because,
        lead=lead,
    )


def _named(case: Case) -> list[Line]:
    read = case.read
    subjects = _focus(case)
    main = asked_facts(case, subjects, in_order(read.fields))
    main = prices.among_sellers(case, main)
    main = prices.by_offer(_telling_first(case, _narrowed(case, main)))
    lines: list[Line] = []
    if ("memory_gb" in read.fields or read.of("gpu")) and read.of("model"):
        lines += hardware.lines(case, read.of("model"))
    lines += [line for v in main for line in against_threshold(case, v)]
    lines += prices.together(say_all(with_disputes(case, main[: 2 * _MOST])))[:_MOST]
    if "licence" in read.fields:
        lines += _conditions(case)
    if not lines:
        lines = _by_words(case, subjects) or _card(case, subjects)
    lines += with_history(case, main, "What it replaced")
    lines += _nearby(case, main)
    if any(v.fact.field in PRICE_FIELDS for v in main):
        lines += say_all(prices.retiring(case), "Watch")
    return lines


_FIRST = (
    "licence",
    "openness",
    "released",
    "developer",
    "price_input",
    "price_output",
    "fine_tuning",
    "context_tokens",
    "applies_from",
)


def in_order(fields: Sequence[str]) -> list[str]:
    """What a thing is before what follows from it."""
    return sorted(fields, key=lambda f: _FIRST.index(f) if f in _FIRST else len(_FIRST))


def _focus(case: Case) -> list[str]:
    """Models and licences before their sellers: "Kimi K2.5 on Together" asks about the model."""
    rank = {"model": 0, "licence": 1, "duty": 1, "rule": 1, "regime": 2, "gpu": 2, "provider": 3, "vendor": 3}
    subjects = list(case.read.subjects)
    families = {s for m in case.read.mentions if m.family for s in m.subjects if s.startswith("model:")}
    if len(families) > 6:
        vendors = [s for s in subjects if s.startswith("vendor:")]
        subjects = [s for s in subjects if s not in families] if vendors else subjects
    return sorted(subjects, key=lambda s: rank.get(prefix_of(s), 4))


def _narrowed(case: Case, views: list[FactView]) -> list[FactView]:
    """With many facts, those sharing the question's words come first; a licence question keeps to the licence."""
    if len(views) <= _MOST:
        return views
    rank = {r.view.fact.id: r.score for r in case.book.rank(case.read.question, limit=400)}
    return sorted(views, key=lambda v: -rank.get(v.fact.id, 0.0))


def _telling_first(case: Case, views: list[FactView]) -> list[FactView]:
    """Of several statements on one field of one subject, those that share more of the question's words."""
    place: dict[tuple[str, str], int] = {}
    for view in views:
        place.setdefault((view.fact.subject, view.fact.field), len(place))
    if len(place) == len(views):
        return views  # nothing to rank, for which all facts would have to be read
    rank = {r.view.fact.id: r.score for r in case.book.rank(case.read.question, limit=400)}
    return sorted(views, key=lambda v: (place[v.fact.subject, v.fact.field], -rank.get(v.fact.id, 0.0)))


def _conditions(case: Case) -> list[Line]:
    """What a model's licence asks of its user, and siblings under other terms: a licence belongs to a version."""
    lines: list[Line] = []
    for model in case.read.of("model")[:3]:
        own = case.book.licences_of(model)
        for licence in own:
            for field in _LICENCE_DUTIES:
                lines += say_all(case.book.of(licence, field)[:3], "What the licence asks")
        others = [
            v
            for m in needs.newest(case, case.book.siblings(model))
            for v in case.book.of(m, "licence")
            if f"licence:{v.fact.value}" not in own
        ]
        lines += say_all(others[:3], "Other versions carry other licences")
    return lines


def _card(case: Case, subjects: Sequence[str]) -> list[Line]:
    """Nothing particular asked, or nothing found on it: what we hold on the subject in short."""
    if (case.read.fields and not _general(case)) or _beyond_names(case) - _TALK:
        return []
    views: list[FactView] = []
    for subject in subjects[:4]:
        views += [v for f in _CARD.get(prefix_of(subject), ()) for v in case.book.of(subject, f)[:3]]
    return say_all(with_disputes(case, unique(views))[:_MOST])


def _general(case: Case) -> bool:
    return set(case.read.fields) <= {"definition", "summary", "status"}


def _by_words(case: Case, subjects: Sequence[str]) -> list[Line]:
    """Facts of the named subjects that share the question's other words."""
    wanted = {o for s in subjects for o in case.book.related(s)} if len(subjects) <= 12 else set(subjects)
    rest = _beyond_names(case) - _TALK
    total = sum(case.book.idf(t) for t in rest)
    found = [r.view for r in case.book.rank(case.read.question, limit=200) if r.view.fact.subject in wanted]
    telling = [v for v in found if _carried(case, v, rest) >= _LEAST_OF_NAMED * total > 0]
    return say_all(with_disputes(case, telling[:5]))


_LEAST_OF_NAMED = 0.34  # ... where the fact is of the very subject named
_LEAST_CARRIED = 0.5  # share of what is asked beyond the names that a fact must speak of


def _carried(case: Case, view: FactView, rest: frozenset[str]) -> float:
    asked = expand(tuple(rest))
    said = frozenset(terms(f"{view.fact.statement} {view.fact.field.replace('_', ' ')} {label_of(view.fact.field)}"))
    return sum(weight * case.book.idf(t) for t, weight in asked.items() if t in said)


def _nearby(case: Case, main: Sequence[FactView]) -> list[Line]:
    """A few facts on the same subjects that share the question's words beyond the names, of another field."""
    have = {v.fact.id for v in main}
    subjects = set(case.read.subjects)
    rest = _beyond_names(case)
    found = [
        r.view
        for r in case.book.rank(case.read.question, limit=30)
        if r.view.fact.id not in have
        and r.view.fact.subject in subjects
        and r.view.fact.field not in PRICE_FIELDS
        and len(rest & frozenset(terms(r.view.fact.statement))) >= 2
    ]
    return say_all(found[:4], "Also")


def _beyond_names(case: Case) -> frozenset[str]:
    named = frozenset(t for m in case.read.mentions for t in terms(m.words))
    return frozenset(terms(case.read.question)) - named


def ranked_lines(case: Case, *, prefixes: Sequence[str] = (), limit: int = 6) -> list[Line]:
    """No subject named: facts that carry enough of the question's information; numbers asked must be in them."""
    ranked = case.book.rank(without_names(case) if prefixes else case.read.question, prefixes=prefixes, limit=40)
    if not prefixes:
        rest = _beyond_names(case) - _TALK if case.read.mentions else frozenset()
        least = _LEAST_CARRIED * sum(case.book.idf(t) for t in rest)
        ranked = [r for r in ranked if speaks_of(case, r.view) and _carried(case, r.view, rest) >= least]
    if not ranked:
        return []
    asked_numbers = number_set(case.read.question)
    worth = {
        r.view.fact.id: r.coverage + (_ASKED_FIELD if r.view.fact.field in case.read.fields else 0) for r in ranked
    }
    best = max(worth.values())
    kept = [
        r
        for r in ranked
        if worth[r.view.fact.id] >= max(_LEAST_COVERAGE if not prefixes else _LEAST_AMONG, 0.75 * best)
    ]
    kept.sort(key=lambda r: -worth[r.view.fact.id])
    if asked_numbers:
        saying = [r for r in kept if asked_numbers & number_set(r.view.fact.statement + " " + r.view.fact.value)]
        kept = saying or kept
    return [say(v) for v in with_disputes(case, [r.view for r in kept[:limit]])]
