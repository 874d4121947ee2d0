"""A regulation question: what applies, from when, to whom; by a date; in a place. Superseded dates named as such."""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from bot.answer.book import date_of
from bot.answer.kinds import penalty, premise, standing
from bot.answer.kinds.common import (
    NOT_LEGAL,
    Case,
    asked_facts,
    missing_names,
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
from bot.answer.kinds.fact import nothing, ranked_lines
from bot.answer.text import number_set, terms
from bot.answer.values import Draft, Kind, Line
from kb.facts.fields import prefix_of
from kb.types import FactView

LAW = ("duty", "rule", "regime")
_CORE = {
    "duty": ("applies_from", "deadline", "requires", "basis"),
    "rule": ("definition", "threshold", "consequence", "distinction"),
    "regime": ("status", "summary", "note", "in_force_from", "requires", "scope", "definition"),
}
_LONGEST, _FEW = 12, 4
_ASKED = 0.2  # what a fact of an asked field gains
_TELLING = 0.6


def compose(case: Case) -> Draft:
    """By date if one was named, by place if one was named, else by subject, else by words, else by passages."""
    if dated := settle(came(case)):
        return Draft(tuple(dated), notes=(*overdue(used_views(dated)), NOT_LEGAL))
    lines = (
        penalty.lines(case, relevant(case, case.book.having("penalty")))
        or standing.applied_already(case)
        or standing.by_annex(case)
        or standing.marking(case)
        or standing.disclosure(case)
        or by_date(case)
        or _better_worded(case, by_subject(case))
        or by_place(case)
        or ranked_lines(case, prefixes=LAW)
    )
    lines = settle([*_by_tuning(case), *lines, *standing.by_role(case)])
    if 0 < len(lines) < _FEW:
        lines = settle([*lines, *(_core_of(case) or _near(case))])[: _FEW + 2]
    if not lines:
        lines = settle(passage_lines(case))
    elif case.read.use_case.jurisdictions and not case.read.mentions:
        lines = settle([*lines, *_eu_reach(case)])
    if not lines:
        lines = settle(_eu_reach(case)) if standing.no_law_held(case) else []
    if not lines:
        return nothing(case, [*standing.no_law_held(case), *missing_names(case)])
    notes = [*standing.no_law_held(case), *missing_names(case), *overdue(used_views(lines)), NOT_LEGAL]
    return Draft((*standing.no_verdict(case), *lines[:_LONGEST]), notes=tuple(notes))


def _core_of(case: Case) -> list[Line]:
    """Status, dates and summary of the named law or the place's: a bare answer gets its setting."""
    subjects = [s for s in case.read.subjects if prefix_of(s) in LAW][:2]
    subjects = subjects or regimes_in(case, [p for p in case.read.use_case.jurisdictions if p != "eu"])[:2]
    views = [v for s in subjects for f in _CORE[prefix_of(s)] for v in case.book.of(s, f)[:3]]
    rank = {r.view.fact.id: -r.score for r in case.book.rank(without_names(case), prefixes=LAW, limit=300)}
    views.sort(key=lambda v: rank.get(v.fact.id, 0.0))
    later = [v for s in subjects for o in case.book.related(s)[1:] for v in case.book.of(o, "applies_from")[:1]]
    return say_all(unique([*views[:4], *later[:3]]))


def _near(case: Case) -> list[Line]:
    """Facts of other laws that share at least two telling words with the question."""
    asked = frozenset(terms(case.read.question))
    found = [
        r.view
        for r in case.book.rank(case.read.question, prefixes=LAW, limit=12)
        if r.coverage >= _NEAR and len(asked & frozenset(terms(r.view.fact.statement))) >= 2
    ]
    return say_all(found[:5])


_NEAR = 0.3
_TUNING = frozenset({"fine_tune", "full_fine_tune"})
_TUNED = "modification compute one third provider fine-tuning downstream"


def _by_tuning(case: Case) -> list[Line]:
    """Whose duties after fine-tuning? The rule that sets the limit comes first."""
    if not case.read.use_case.flags & _TUNING:
        return []
    telling = frozenset(terms(_TUNED))
    ranked = case.book.rank(f"{_TUNED} {case.read.question}", prefixes=("rule", "duty"), limit=12)
    found = [r.view for r in ranked if len(telling & frozenset(terms(r.view.fact.statement))) >= 3]
    return say_all(found[:3])


# ---------------------------------------------------------------- by date


def by_date(case: Case) -> list[Line]:
    """ "By 2 December 2026", "in 2027", "ahead": what falls due then, what it asks, and what comes only later."""
    period = case.read.period
    if (
        case.read.kind is Kind.CLAIM
        or premise.dates(case)
        or period is None
        or period.sense == "now"
        or (case.read.subjects and period.sense == "in" and not _plain(case))
    ):
        return []
    first = period.since if period.sense != "by" else case.read.as_of
    due = relevant(case, dates_of_law(case, first, period.until))
    if period.sense == "by" and period.until:
        due = sorted(due, key=lambda v: date_of(v) != period.until)
    if not due:
        return []
    lines = say_all(with_disputes(case, due[:6]))
    lines += say_all(_asks(case, due[:6]), "What it asks")
    later = [
        v
        for v in relevant(case, dates_of_law(case, (period.until or case.read.as_of) + timedelta(days=1), None))
        if v.fact.subject not in {d.fact.subject for d in due}
    ]
    lines += say_all(later[:3], "Not due by then")
    return lines


def _plain(case: Case) -> bool:
    return all(prefix_of(s) in LAW for s in case.read.subjects)


def dates_of_law(case: Case, first: date | None, last: date | None) -> list[FactView]:
    fields = ("applies_from", "deadline", "in_force_from")
    found = []
    for view in case.book.having(*fields):
        day = date_of(view)
        if (
            day
            and prefix_of(view.fact.subject) in LAW
            and (first is None or day >= first)
            and (last is None or day <= last)
        ):
            found.append((day, int(view.fact.tier), view.fact.key, view))
    return [v for _, _, _, v in sorted(found, key=lambda f: f[:3])]


def relevant(case: Case, views: Sequence[FactView]) -> list[FactView]:
    """Of the named regime or place where one was named; else the law of every place."""
    roots = {s.partition(":")[2].partition("/")[0] for s in case.read.subjects if prefix_of(s) in LAW}
    roots |= {s.partition(":")[2] for s in regimes_in(case, case.read.use_case.jurisdictions)}
    kept = [v for v in views if v.fact.subject.partition(":")[2].partition("/")[0] in roots] if roots else list(views)
    return kept or list(views)


def _asks(case: Case, due: Sequence[FactView]) -> list[FactView]:
    return unique(r for v in due for r in case.book.of(v.fact.subject, "requires", "exemption")[:3])


# ---------------------------------------------------------------- by subject


def by_subject(case: Case) -> list[Line]:
    subjects = _specific([s for s in case.read.subjects if prefix_of(s) in LAW])
    if not subjects:
        return []
    main = sorted(_asked(case, subjects), key=_soonest)
    lines = say_all(with_disputes(case, main[:_LONGEST]))
    lines += with_history(case, main, "Superseded")
    lines += _other_terms(case, subjects, main)
    return lines


_CAME = ("status", "in_force_from")  # what a law has in place of a release


def came(case: Case) -> list[Line]:
    """When a law was published or adopted. "The AI Act omnibus": of two names the narrower stands last."""
    at = {s: m.end for m in case.read.mentions for s in m.subjects if prefix_of(s) == "regime"}
    if not at or "released" not in case.read.fields:
        return []
    return say_all(
        with_disputes(case, [v for field in _CAME for v in case.book.of(max(at, key=at.__getitem__), field)])
    )


def _better_worded(case: Case, lines: list[Line]) -> list[Line]:
    """Facts of a subject not named that carry more of the question than those of the named ones come first."""
    if not lines:
        return []
    ranked = case.book.rank(case.read.question, prefixes=LAW, limit=60)
    asked = set(case.read.fields)
    coverage = {r.view.fact.id: r.coverage + _ASKED * (r.view.fact.field in asked) for r in ranked}
    mine = {v.fact.id for v in used_views(lines)}
    best = max((coverage.get(i, 0.0) for i in mine), default=0.0)
    better = [
        r.view
        for r in ranked[:10]
        if r.view.fact.id not in mine and coverage[r.view.fact.id] >= max(_TELLING, best + 0.05)
    ]
    return [*say_all(with_disputes(case, better[:5])), *lines]


def _soonest(view: FactView) -> date:
    """Dated facts in the order of their days; the others keep their order, before them."""
    return date_of(view) or date.min


def _specific(subjects: Sequence[str]) -> list[str]:
    """ "High-risk duties of the AI Act": the duty, not the whole regime."""
    narrow = [s for s in subjects if prefix_of(s) != "regime"]
    return narrow or list(subjects)


def _asked(case: Case, subjects: Sequence[str]) -> list[FactView]:
    """The asked fields; without them (or without such facts) the core of each subject, the question's words first."""
    found = _numbered_first(case, asked_facts(case, subjects, [f for f in case.read.fields if f != "summary"]))
    if _regime_only(subjects):
        found = _worded(case, found, every=True)
    if found:
        return _by_role(case, found)
    core: list[FactView] = []
    for subject in subjects[:4]:
        core += [v for f in _CORE.get(prefix_of(subject), ()) for v in case.book.of(subject, f)[:3]]
    return unique([*_worded(case, core), *core])


def _numbered_first(case: Case, views: list[FactView]) -> list[FactView]:
    """A number in the question ("10^25") is looked for: the fact that says it comes first, whatever its field."""
    asked = number_set(case.read.question)
    if not asked:
        return views
    saying = [v for s in case.read.subjects for v in case.book.of(s) if asked & number_set(v.fact.statement)]
    return unique([*sorted(saying, key=lambda v: v.fact.field != "threshold"), *views])


def _regime_only(subjects: Sequence[str]) -> bool:
    return all(prefix_of(s) == "regime" for s in subjects)


def _worded(case: Case, views: Sequence[FactView], *, every: bool = False) -> list[FactView]:
    """Of many facts of a whole regime, those that share the question's other words (or every one), best first."""
    if len(views) <= 4:
        return list(views)
    named = frozenset(t for m in case.read.mentions for t in terms(m.words))
    rank = {r.view.fact.id: r.score for r in case.book.rank(case.read.question, prefixes=LAW, limit=300)}
    rest = frozenset(terms(case.read.question)) - named
    kept = [v for v in views if every or rest & frozenset(terms(v.fact.statement))] or list(views)
    return sorted(kept, key=lambda v: -rank.get(v.fact.id, 0.0))[:8]


def _by_role(case: Case, views: Sequence[FactView]) -> list[FactView]:
    roles = set(case.read.use_case.roles)
    return sorted(views, key=lambda v: v.fact.qualifiers.get("role", "") not in roles) if roles else list(views)


def _other_terms(case: Case, subjects: Sequence[str], main: Sequence[FactView]) -> list[Line]:
    """Thresholds are told apart: what is not to be confused stands beside."""
    have = {v.fact.id for v in main}
    found = [
        v
        for s in subjects[:3]
        for v in case.book.of(s, "threshold", "consequence", "distinction")
        if v.fact.id not in have
    ]
    if not any(prefix_of(s) == "rule" for s in subjects):
        found = [v for v in found if v.fact.field == "distinction"]
    numbers = number_set(case.read.question)
    if numbers:
        near = [
            r.view
            for r in case.book.rank(case.read.question, prefixes=("rule", "duty"), limit=12)
            if r.view.fact.id not in have
            and r.view.fact.field in ("threshold", "consequence", "distinction", "requires", "deadline", "definition")
        ]
        found += near[:5]
    return say_all(unique(found)[:7], "Not to be confused" if numbers else "See also")


# ---------------------------------------------------------------- by place


def regimes_in(case: Case, places: Sequence[str]) -> list[str]:
    """Regimes of a place, by their jurisdiction facts, else by their slug."""
    found = []
    for subject in case.book.subjects("regime:"):
        said = " ".join(
            [subject.partition(":")[2], *(v.fact.value for v in case.book.of(subject, "jurisdiction"))]
        ).lower()
        if any(_is_in(said, place) for place in places):
            found.append(subject)
    return found


_PLACE_WORDS = {
    "eu": ("eu-", "european union", "eu "), "uk": ("uk", "united kingdom"), "us": ("us-", "united states", "nist"),
    "us-co": ("colorado",), "us-ca": ("california",), "us-ny": ("new york", "ny-", "raise"), "us-tx": ("texas",),
    "cn": ("china",), "ch": ("swiss", "switzerland"),
}  # fmt: skip


def _is_in(said: str, place: str) -> bool:
    return any(said.startswith(w) or f" {w}" in f" {said} " for w in _PLACE_WORDS.get(place, ()))


def by_place(case: Case) -> list[Line]:
    """The regimes of the places named: status, what they ask, scope."""
    places = [p for p in case.read.use_case.jurisdictions if p != "eu"] or list(case.read.use_case.jurisdictions)
    lines: list[Line] = standing.of_field(case)
    score = {r.view.fact.subject: r.score for r in reversed(case.book.rank(case.read.question, prefixes=LAW, limit=60))}
    regimes = sorted(regimes_in(case, places), key=lambda s: (s != "regime:eu-ai-act", -score.get(s, 0.0)))
    for regime in regimes[: 1 if lines else 4]:
        views = [v for f in _CORE["regime"] for v in case.book.of(regime, f)[:3]]
        lines += [say(v) for v in with_disputes(case, views[:6])]
        duties = [v for o in case.book.related(regime)[1:] for v in case.book.of(o, "applies_from")[:1]]
        lines += say_all(duties[:3])
    return lines


def _eu_reach(case: Case) -> list[Line]:
    """Serving another country does not end EU duties where the output is used in the EU."""
    if case.read.use_case.jurisdictions == ("eu",):
        return []
    found = [
        v
        for regime in regimes_in(case, ["eu"])
        for s in case.book.related(regime)
        for v in case.book.of(s, "scope")
        if _ABROAD.search(v.fact.statement)
    ]
    return say_all(found[:2], "EU duties that remain")


_ABROAD = re.compile(
    r"\boutput\w*\b[^.]*\bused in\b|\bthird countr\w+|\boutside the (?:EU|Union)\b|\bwherever\b|\bestablished\b", re.I
)
