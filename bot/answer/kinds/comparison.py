"""A comparison: a table of models by field with dates, or options by factor; each figure from a dated fact."""

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.answer.kinds import prices
from bot.answer.kinds.common import (
    NO_COSTS,
    PRICE_FIELDS,
    Case,
    confirmed_on,
    label_of,
    missing_names,
    overdue,
    say,
    say_all,
    settle,
    unique,
    used_views,
    with_disputes,
)
from bot.answer.kinds.fact import compose as compose_fact
from bot.answer.kinds.fact import in_order, nothing, ranked_lines
from bot.answer.text import compact, grouped, number, terms
from bot.answer.values import Draft, DraftCell, DraftTable, Evidence, Line
from kb.facts.fields import FIELDS, prefix_of
from kb.types import FactView, Status

_DEFAULT = ("openness", "licence", "context_tokens", "price_input", "price_output", "released", "modalities_in")
_DEFAULTS = {
    "model": _DEFAULT,
    "licence": (
        "commercial_use",
        "threshold",
        "attribution",
        "patent",
        "output_training",
        "use_policy",
        "eu_limit",
        "osi_approved",
    ),
    "vendor": ("jurisdiction", "retention", "residency", "terms", "fine_tuning", "sla"),
    "provider": ("jurisdiction", "retention", "residency", "terms", "sla"),
    "gpu": ("memory_gb", "price_per_hour"),
    "regime": ("status", "in_force_from", "scope", "summary"),
    "duty": ("applies_from", "requires", "penalty"),
    "rule": ("definition", "threshold", "consequence"),
}
_ASPECTS = {
    r"\brisks?\b|\bsecur\w+|\bsafe\w*": ("security_evaluation",),
    r"\bcapab\w+|\bcod(?:e|ing)\b|\bbenchmark\w*|\bquality\b|\bagents?\b|\bgood\b": ("capability_evidence",),
    r"\bcontext\b": ("context_tokens",),
    r"\bpric\w+|\bcosts?\b|\bcheap\w*": ("price_input", "price_output"),
    r"\blicen[cs]\w+": ("licence",),
    r"\bmodalit\w+|\bmultimodal\b|\bimages?\b|\bvision\b|\baudio\b|\bvideo\b": ("modalities_in",),
    r"\bsize\b|\bparameters?\b|\bbig(?:ger|gest)?\b|\blarger\b|\bsmaller\b": ("parameters_total", "parameters_active"),
    r"\bretention\b|\bdata\b": ("retention", "residency"),
    r"\bdata control\b|\bcloud act\b|\bsovereign\w*|\bjurisdiction\w*|\bwho (?:has|holds|sees|gets|keeps|owns|controls|"
    r"reads|can (?:see|access|read|get))\b[^?]{0,30}\bdata\b|\bwhere\b[^?]{0,30}\bdata\b": ("jurisdiction",),
    r"\brequires?\b|\bdut(?:y|ies)\b": ("requires", "applies_from"),
}
_TELLING = 0.3
_MOST_TOLD = 18
_TOLD = frozenset(
    {
        "security_evaluation",
        "capability_evidence",
        "licence",
        *PRICE_FIELDS,
        "retention",
        "residency",
        "jurisdiction",
        "requires",
    }
)


def compose(case: Case) -> Draft:
    rows = _rows(case)
    if len(rows) >= 2:
        return _of_subjects(case, rows)
    if (case.read.options or case.read.factors) and not (rows and case.read.unknown):
        draft = of_options(case)
        if draft.lines:
            return draft
    if rows and case.read.unknown:
        because = f"the knowledge base holds nothing on {', '.join(case.read.unknown)}"
        lead = f"I cannot compare them: {because}. What I hold on the other:"
        return replace(_of_subjects(case, rows), lead=lead, abstained_because=because)
    return compose_fact(case) if rows else _by_words(case)


def _by_words(case: Case) -> Draft:
    lines = settle(ranked_lines(case))
    return Draft(tuple(lines), notes=tuple(missing_names(case))) if lines else nothing(case, missing_names(case))


def _rows(case: Case) -> list[str]:
    """One row a mention: the subject of the strongest kind it names; a family gives its members, up to eight rows."""
    rank = {"model": 0, "licence": 1, "provider": 2, "vendor": 2, "gpu": 2, "regime": 3, "duty": 3, "rule": 3}
    rows: list[str] = []
    for mention in case.read.mentions:
        ordered = sorted(mention.subjects, key=lambda s: rank.get(prefix_of(s), 9))
        rows += ordered if mention.family and len(ordered) <= 4 else ordered[:1]
    return list(dict.fromkeys(rows))[:8]


# ---------------------------------------------------------------- subjects


def _of_subjects(case: Case, rows: Sequence[str]) -> Draft:
    fields = _fields(case, rows)
    grid = {(row, field): _facts(case, row, field) for row in rows for field in fields}
    columns = [
        f
        for f in fields
        if any(grid[row, f] for row in rows) and f not in ("security_evaluation", "capability_evidence")
    ]
    table = DraftTable(
        "Side by side", ("", *(label_of(f) for f in columns)), tuple(_row(case, r, columns, grid) for r in rows)
    )
    lines = [*_winner(case, rows), *_told(case, rows, fields, grid)]
    if not lines:
        return nothing(case, missing_names(case))
    gaps = [
        f"Nothing stored on {label_of(f).lower()} of {case.book.display(r)}."
        for r in rows
        for f in fields
        if not grid[r, f] and f in columns
    ]
    notes = [*missing_names(case), *_mix_note(lines), *overdue(used_views(lines)), *gaps[:6]]
    return Draft(tuple(lines), tables=(table,), notes=tuple(notes))


def _fields(case: Case, rows: Sequence[str]) -> list[str]:
    found: list[str] = []
    for pattern, fields in _ASPECTS.items():
        if re.search(pattern, case.read.question, re.IGNORECASE):
            found += fields
    found += [f for f in case.read.fields if f not in ("price_per_hour", "distinction", "evidence", "definition")]
    usual = _DEFAULTS.get(prefix_of(rows[0]), _DEFAULT)
    if not any(_facts(case, row, f) for row in rows for f in found) or set(found) <= {
        "security_evaluation",
        "capability_evidence",
    }:
        found = [*usual, *found]
    return list(dict.fromkeys(found))


def _facts(case: Case, subject: str, field: str) -> list[FactView]:
    """The subject's own facts, or those of its offers: its maker's first, for a price has a seller."""
    own = case.book.of(subject, field)
    if own or prefix_of(subject) != "model":
        return own
    maker = (case.book.vendor_of(subject) or "").partition(":")[2]
    offers = case.book.offers_of(subject)
    first_party = [o for o in offers if maker and o.partition(":")[2].startswith(f"{maker}/")]
    found = [v for o in (first_party or offers[:2]) for v in case.book.of(o, field)]
    return sorted(found, key=lambda v: (v.status is Status.SCHEDULED, len(v.fact.qualifiers)))


def _row(
    case: Case, subject: str, columns: Sequence[str], grid: dict[tuple[str, str], list[FactView]]
) -> tuple[DraftCell, ...]:
    return (DraftCell(case.book.display(subject)), *(_cell(case, grid[subject, f]) for f in columns))


def _cell(case: Case, views: Sequence[FactView]) -> DraftCell:
    if not views:
        return DraftCell("not known")
    shown = _current(views)[:4]
    text = "; ".join(_shown(case, v) for v in shown)
    return DraftCell(text, min(confirmed_on(v) for v in shown), tuple(Evidence(v) for v in shown))


def _current(views: Sequence[FactView]) -> Sequence[FactView]:
    """Of prices the plainest one of today: long contexts and coming rates stand in the statements."""
    if views[0].fact.field not in PRICE_FIELDS:
        return views
    today = [v for v in views if v.status is not Status.SCHEDULED] or list(views)
    least = min(len(v.fact.qualifiers) for v in today)
    plain = [v for v in today if len(v.fact.qualifiers) == least]
    return [v for v in plain if v.fact.subject == plain[0].fact.subject]


def _shown(case: Case, view: FactView) -> str:
    """A value as people write it, with what narrows it."""
    fact = view.fact
    spec = FIELDS.get(fact.field)
    value = number(fact.value)
    text = fact.value
    if fact.field in PRICE_FIELDS and value is not None:
        text = f"{grouped(value)} {fact.unit}".strip()
    elif spec and spec.type in ("int", "decimal") and value is not None:
        text = f"{compact(value) if fact.unit == 'parameters' else grouped(value)} {fact.unit}".strip()
    elif fact.field == "licence":
        text = case.book.display(fact.value if ":" in fact.value else f"licence:{fact.value}")
    narrowed = ", ".join(v for k, v in fact.qualifiers.items() if k in ("time_of_day", "region", "context", "provider"))
    return f"{text} ({narrowed})" if narrowed else text


def _told(
    case: Case, rows: Sequence[str], fields: Sequence[str], grid: dict[tuple[str, str], list[FactView]]
) -> list[Line]:
    """Under each name, the statements on what was asked; a table alone tells no conditions."""
    lines: list[Line] = []
    each = max(1, _MOST_TOLD // len(rows))
    for row in rows:
        views = [v for f in in_order(fields) if f in _TOLD or len(fields) <= 4 for v in _few(grid[row, f], f)]
        views = views or [v for f in fields for v in grid[row, f][:1]]
        said = prices.together(say_all(with_disputes(case, views), case.book.display(row)))
        if "licence" in case.read.fields and prefix_of(row) == "model":
            said += _clauses(case, row)
        lines += [*_eu_clauses(case, row), *said][:each]
    return settle(lines)


_COMPARED = (
    (r"\b(?:bigger|larger)\b", "parameters_total", True),
    (r"\bsmaller\b", "parameters_total", False),
    (r"\b(?:longer|bigger|larger) context\b", "context_tokens", True),
    (r"\bcheaper\b|\bless expensive\b", "price_input", False),
    (r"\bmore expensive\b|\bdearer\b", "price_input", True),
)


def _winner(case: Case, rows: Sequence[str]) -> list[Line]:
    """ "Which is bigger?" in one sentence, where each side has the one figure."""
    found = next((c for c in reversed(_COMPARED) if re.search(c[0], case.read.question, re.I)), None)
    if found is None or len(rows) < 2:
        return []
    word = re.search(found[0], case.read.question, re.I)
    held = [(number(v.fact.value), v, row) for row in rows for v in _facts(case, row, found[1])[:1]]
    sized = sorted(((n, v, row) for n, v, row in held if n is not None), key=lambda h: h[0], reverse=found[2])
    if len(sized) < len(rows) or len({v.fact.unit for _, v, _ in sized}) != 1 or sized[0][0] == sized[1][0]:
        return []
    said = [f"{case.book.display(row)} {_shown(case, v)}" for _, v, row in sized]
    name = label_of(found[1]).lower()
    text = f"{(word.group() if word else '').capitalize()} by {name}: {said[0]}, against {' and '.join(said[1:])}."
    formula = f"{grouped(sized[0][0])} {'>' if found[2] else '<'} {grouped(sized[1][0])}"
    return [Line(text, tuple(Evidence(v) for _, v, _ in sized), formula=formula, literal=True)]


def _few(views: Sequence[FactView], field: str) -> Sequence[FactView]:
    """Prices stand in the table; a sentence or two on each told field is enough."""
    return views[: 1 if field in PRICE_FIELDS else 3]


def _clauses(case: Case, model: str) -> list[Line]:
    """What sets licences apart: gates, duties, limits of use."""
    found = [
        v
        for licence in case.book.licences_of(model)
        for f in ("commercial_use", "threshold", "attribution", "use_policy", "output_training", "eu_limit")
        for v in case.book.of(licence, f)[:2]
    ]
    return say_all(found, case.book.display(model))


def _eu_clauses(case: Case, row: str) -> list[Line]:
    """Where the asker sits in the Union, what the licence withholds there."""
    if "eu" not in case.read.use_case.jurisdictions and "eu_limit" not in case.read.fields:
        return []
    licences = case.book.licences_of(row) if prefix_of(row) == "model" else [row]
    views = [v for licence in licences for v in case.book.of(licence, "eu_limit")[:1]]
    return say_all(views, case.book.display(row))


def _mix_note(lines: Sequence[Line]) -> list[str]:
    views = [v for v in used_views(lines) if v.fact.field == "capability_evidence"]
    if not views:
        return []
    return [
        "Benchmark and capability statements name who measured; a vendor's own figures are no independent measurement."
    ]


# ---------------------------------------------------------------- options


def of_options(case: Case) -> Draft:
    """Options such as self-hosting against a managed service: evidence on the asked factor and its side."""
    factors = list(case.read.factors) or [s.partition(":")[2] for s in case.book.subjects("factor:")]
    ranked = {r.view.fact.id: r.score for r in case.book.rank(_option_query(case), prefixes=("factor",), limit=200)}
    lines = _lead(case)
    for factor in factors[:4]:
        views = case.book.of(f"factor:{factor}", "evidence")
        best = sorted(views, key=lambda v: -ranked.get(v.fact.id, 0.0))[: 9 if len(factors) == 1 else 4]
        for view in sorted(best, key=lambda v: _side(v)):
            lines.append(say(view, _heading(case, factor, view, len(factors) > 1)))
    lines += _neighbours(case, unique(used_views(lines)))
    lines = settle(lines)
    notes = [*overdue(used_views(lines)), NO_COSTS]
    return Draft(tuple(lines), notes=tuple(notes)) if lines else Draft()


def _option_query(case: Case) -> str:
    return case.read.question + " " + " ".join(case.read.options).replace("-", " ")


_SIDES = {"open": "For open weights", "closed": "For closed models", "both": "On both sides"}


def _side(view: FactView) -> str:
    return view.fact.qualifiers.get("side", "both")


_HOSTING = re.compile(
    r"\bself[- ]?host\w*|\bown(?:ed)? (?:\w+ )?(?:hardware|tenancy)|\bair[- ]gapp?\w*|\brented hardware|\bdownload\w*",
    re.IGNORECASE,
)
_MANAGED = re.compile(r"\bmanaged\b|\bhosts?\b|\bendpoints?\b|\bAPIs?\b|\bserve\b|\boperators?\b", re.IGNORECASE)


def _option_of(case: Case, view: FactView) -> str:
    """Where two ways of running open weights are weighed, which of them the statement is about."""
    if "closed" in case.read.options or not {"self-host", "managed"} & set(case.read.options):
        return ""
    text = view.fact.statement
    own, managed = bool(_HOSTING.search(text)), bool(_MANAGED.search(text))
    return "On both" if own == managed else "On self-hosting" if own else "On managed hosts"


def _lead(case: Case) -> list[Line]:
    """The statement that orders the options, if one carries enough of the question: it is the verdict."""
    query = (
        f"{case.read.question} {' '.join(case.read.options)} {' '.join(f.replace('-', ' ') for f in case.read.factors)}"
    )
    ranked = case.book.rank(query, prefixes=("rule", "claim"), limit=3)
    return [say(r.view) for r in ranked[:2] if r.coverage >= _TELLING]


def _heading(case: Case, factor: str, view: FactView, several: bool) -> str:
    side = _option_of(case, view) or _SIDES.get(_side(view), "On both sides")
    return f"{factor.replace('-', ' ').capitalize()}: {side[0].lower()}{side[1:]}" if several else side


def _neighbours(case: Case, have: Sequence[FactView]) -> list[Line]:
    """Facts of other factors that share most of the question's words."""
    ids = {v.fact.id for v in have}
    asked = frozenset(terms(case.read.question))
    found = [
        r.view
        for r in case.book.rank(
            _option_query(case), prefixes=("factor", "rule", "provider", "vendor", "market"), limit=24
        )
        if r.view.fact.id not in ids and len(asked & frozenset(terms(r.view.fact.statement))) >= 2
    ]
    return say_all(found[:6], "See also")
