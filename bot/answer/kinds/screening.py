"""Hard limits of a use case: which options, licences and models it rules out, by rule or clause, and what remains."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from bot.answer.kinds import needs
from bot.answer.kinds.common import Case, say
from bot.answer.kinds.permission import verdict_word
from bot.answer.kinds.thresholds import against_threshold, is_over
from bot.answer.text import listed
from bot.answer.values import Evidence, Line
from kb.types import FactView

_MILITARY = re.compile(r"\bmilitar\w+|\bwarfare\b|\bweapon\w*", re.I)
_MEDICAL = re.compile(r"\bmedical\b|\bhealth\w*", re.I)
_NONE = re.compile(r"^(?:none|no limit|no restriction|n/?a|-)\b", re.I)
_FREE = re.compile(
    r"\b(?:no use (?:policy|restriction)|no (?:field-of-use|use) (?:limit|restriction)|without (?:a "
    r")?use (?:policy|restriction)|none|does not (?:restrict|bar))\b",
    re.I,
)
_EMPTY_LIMIT = re.compile(r"\bno effect\b|\bnot affected by\b|\btext[- ]only, so\b", re.I)
_EACH = 5
_CANDIDATES = 5
_CHECKED = "rules H1 (isolation), H5-H11 (licences) checked"
_IN_STEPS = "own hardware is bought for a measured volume; a prototype has none yet"
_RULED = "Ruled out or restricted by licence"


def verdict(case: Case, named: Sequence[Line]) -> list[Line]:
    """The opening: where it may run, and whether the model that the asker names may be used as planned."""
    lines = options(case)
    over = [line for line in named if is_over(line)]
    barred = [
        line for line in named if not line.formula and any(e.view and _bites(case, e.view) for e in line.evidence)
    ]
    lines += [
        replace(line, text=f"Not as planned without a further licence: {line.text}", section="") for line in over[:2]
    ]
    lines += [replace(line, text=f"Not as planned: {line.text}", section="") for line in barred[:2]]
    return lines or [_no_hard_limit(), *_prototype(case)]


def _bites(case: Case, view: FactView) -> bool:
    """The clause withholds rights from exactly this asker."""
    fact, case_ = view.fact, case.read.use_case
    text = f"{fact.value} {fact.statement}"
    if fact.field == "eu_limit":
        return (
            "eu" in case_.jurisdictions
            and not _NONE.search(fact.value)
            and not re.search(r"no effect|not affected by", text)
        )
    if fact.field == "use_policy":
        return bool(case_.flags & {"military"}) and _bars(_MILITARY)(view)
    if fact.field == "commercial_use":
        return fact.value == "no" and "research" not in case_.flags
    return fact.field == "output_training" and "distil" in case_.flags and verdict_word(view) == "no"


def is_all_clear(line: Line) -> bool:
    """The line that says that no hard limit was met: by the words alone, before any option was looked at."""
    return (line.formula or "").startswith(_CHECKED)


def _no_hard_limit() -> Line:
    """What was checked and did not bite: said, so that silence is no verdict."""
    said = "your description names no air gap, no classified data and no barred model"
    text = (
        "No hard limit rules out closed APIs, managed open models or self-hosting here; which is best "
        "depends on the points below."
    )
    return Line(text, (), formula=f"{_CHECKED}: {said}", literal=True)


def _prototype(case: Case) -> list[Line]:
    """The order of the steps where a prototype comes first: advice beside any verdict, which is on the option alone."""
    if "prototype" not in case.read.use_case.flags:
        return []
    text = (
        "For a prototype an API (closed, or open weights at a managed host) needs no hardware, and self-hosting "
        "can wait for a decision gate once the real volume is known."
    )
    return [Line(text, (), formula=_IN_STEPS, literal=True)]


def needs_an_api(line: Line) -> bool:
    """The line stands only while some option that is had through an API is left."""
    return line.formula == _IN_STEPS


def options(case: Case) -> list[Line]:
    """The rule that an air gap or classified data sets for where a model may run."""
    flags = case.read.use_case.flags
    cause = "an air gap" if "air_gap" in flags else "classified data" if "classified" in flags else ""
    if not cause:
        return []
    text = (
        f"Only self-hosting open weights on your own hardware fits {cause}: a vendor's API, a closed "
        f"model in a public cloud, "
        "a managed endpoint and rented GPUs outside your perimeter are all ruled out."
    )
    formula = (
        f"rule H1: {cause} -> eliminate every option whose inference leaves the isolated network; keep own hardware"
    )
    return [Line(text, (), formula=formula, literal=True)]


# ---------------------------------------------------------------- clauses that bite


def biting_fields(case: Case) -> list[str]:
    """The clauses that this use case puts to the test."""
    case_ = case.read.use_case
    fields = []
    if case_.flags & {"military", "classified", "health"}:
        fields.append("use_policy")
    if "eu" in case_.jurisdictions:
        fields.append("eu_limit")
    if case_.amounts.keys() & {"mau", "revenue_month", "revenue_year"} or "maas" in case_.flags:
        fields.append("threshold")
    if "distil" in case_.flags:
        fields.append("output_training")
    if case_.flags & {"fine_tune", "full_fine_tune", "redistribute"}:
        fields.append("derivatives")
    return [*dict.fromkeys(fields), "commercial_use"]


def clause_lines(case: Case, licence: str, fields: Sequence[str], section: str) -> list[Line]:
    lines: list[Line] = []
    for field in fields:
        for view in case.book.of(licence, field)[:3]:
            lines += against_threshold(case, view, section)
            lines.append(say(view, section))
    return lines


def ruled_out(case: Case) -> list[Line]:
    """Licences whose clauses bar or restrict this use, those that cover models we hold first."""
    case_ = case.read.use_case
    lines: list[Line] = []
    if "military" in case_.flags or "classified" in case_.flags:
        lines += _clauses(case, "use_policy", _bars(_MILITARY))
    if "health" in case_.flags:
        lines += _clauses(case, "use_policy", _bars(_MEDICAL))
    if "eu" in case_.jurisdictions:
        lines += _clauses(case, "eu_limit", _limits_eu)
    if "distil" in case_.flags:
        lines += _clauses(case, "output_training", lambda v: _bars_training(case, v), _EACH * 2)
    return [*lines, *_gates(case), *_not_commercial(case)]


def _gates(case: Case) -> list[Line]:
    """Limits of users or revenue that this asker is above, those that withhold rights before those that ask a label."""
    found: list[tuple[bool, int, str, Line]] = []
    for view in case.book.having("threshold") if case.read.use_case.amounts else []:
        models = case.book.models_under(view.fact.subject)
        if not view.fact.subject.startswith("licence:") or not models:
            continue
        for line in [x for x in against_threshold(case, view, _RULED) if is_over(x)][:1]:
            label = "display" in view.fact.qualifiers.get("effect", "")
            found.append((label, -len(models), view.fact.key, _with_models(case, line, models)))
    kept: list[Line] = []
    families: set[str] = set()
    for _, _, key, line in sorted(found, key=lambda f: f[:3]):
        family = re.split(r"[-/]", key)[0]
        if family not in families or not line.text.startswith("Llama"):
            kept.append(line)
        families.add(family)
    return kept[:_EACH]


def _with_models(case: Case, line: Line, models: Sequence[str]) -> Line:
    """Which models the licence covers, the prominent ones."""
    views = [v for m in needs.prominent(case, models)[:4] for v in case.book.of(m, "licence")[:1]]
    names = listed([case.book.display(v.fact.subject) for v in views])
    return replace(
        line, text=f"{line.text} Under it: {names}.", evidence=(*line.evidence, *(Evidence(v) for v in views))
    )


def _not_commercial(case: Case) -> list[Line]:
    """Licences that bar commercial use, in one sentence."""
    views = [
        v for v in case.book.having("commercial_use") if v.fact.value == "no" and v.fact.subject.startswith("licence:")
    ]
    views.sort(key=lambda v: (-len(case.book.models_under(v.fact.subject)), v.fact.key))
    views = [v for v in views if case.book.models_under(v.fact.subject)][:4] or views[:3]
    if not views or "research" in case.read.use_case.flags:
        return []
    names = listed([case.book.display(v.fact.subject) for v in views])
    text = f"No commercial use without the licensor's consent: {names}."
    return [Line(text, tuple(Evidence(v) for v in views), section=_RULED, literal=True)]


def _limits_eu(view: FactView) -> bool:
    return not _NONE.search(view.fact.value) and not _EMPTY_LIMIT.search(view.fact.statement)


def _bars_training(case: Case, view: FactView) -> bool:
    """A limit on training with outputs, of a licence that allows commercial use at all."""
    commercial = case.book.one(view.fact.subject, "commercial_use")
    return verdict_word(view) not in ("yes", "") and not (commercial and commercial.fact.value == "no")


def _bars(pattern: re.Pattern[str]) -> Callable[[FactView], bool]:
    return lambda v: bool(pattern.search(v.fact.value + " " + v.fact.statement)) and not _NONE.search(v.fact.value)


def _clauses(case: Case, field: str, test: Callable[[FactView], bool], most: int = _EACH) -> list[Line]:
    named = {o for s in case.read.subjects for o in case.book.related(s)}
    views = [v for v in case.book.having(field) if v.fact.subject.startswith("licence:") and test(v)]
    views.sort(
        key=lambda v: (
            v.fact.subject not in named,
            field == "output_training" and verdict_word(v) != "no",
            not case.book.models_under(v.fact.subject),
            -len(case.book.models_under(v.fact.subject)),
            -v.fact.known_from.toordinal(),
            v.fact.key,
        )
    )
    return [say(v, _RULED) for v in _one_a_family_first(views)[:most]]


def _one_a_family_first(views: Sequence[FactView]) -> list[FactView]:
    """Two of the Llamas, of MiniMax, of DeepSeek, and only then the others of each."""
    seen: dict[str, int] = {}
    order: list[tuple[int, int, FactView]] = []
    for i, view in enumerate(views):
        family = f"{view.fact.subject.partition(':')[2].partition('-')[0]} {verdict_word(view)}"
        order.append((seen.get(family, 0) // 2, i, view))
        seen[family] = seen.get(family, 0) + 1
    return [v for _, _, v in sorted(order, key=lambda o: o[:2])]


# ---------------------------------------------------------------- what remains


def clean_licences(case: Case) -> list[str]:
    """Licences approved by the OSI that no clause of this case bars."""
    barred = (
        {v.fact.subject for v in case.book.having("use_policy") if _bars(_MILITARY)(v)}
        if "military" in case.read.use_case.flags
        else set()
    )
    return [
        v.fact.subject
        for v in case.book.having("osi_approved")
        if v.fact.value == "yes" and v.fact.subject not in barred
    ]


def clean_models(case: Case) -> list[str]:
    return needs.prominent(
        case,
        [
            m
            for licence in clean_licences(case)
            for m in case.book.models_under(licence)
            if not case.book.one(m, "deprecated_on")
        ],
    )


def candidates(case: Case) -> list[Line]:
    """Open models under licences with no gate, newest first, as far as they meet the asked modalities and context."""
    lines: list[Line] = []
    asked, context = set(case.read.use_case.modalities), case.read.use_case.amounts.get("context_tokens")
    for licence in clean_licences(case):
        models = [
            m
            for m in needs.prominent(case, case.book.models_under(licence))
            if not asked or asked & needs.takes(case, m)
        ]
        if context:
            models = [m for m in models if (needs.window(case, m) or 0) >= context.value * Decimal("0.95")]
        lines += _candidate_line(case, licence, models[:_CANDIDATES])
    return lines


def _candidate_line(case: Case, licence: str, models: Sequence[str]) -> list[Line]:
    approved = case.book.one(licence, "osi_approved")
    views = [v for m in models for v in case.book.of(m, "licence")[:1]]
    if not views or approved is None:
        return []
    names = listed([case.book.display(v.fact.subject) for v in views])
    text = f"Open weights under {case.book.display(licence)}, an OSI-approved licence: {names}."
    evidence = (Evidence(approved), *(Evidence(v) for v in views))
    return [Line(text, evidence, section="Candidates with a clean licence", literal=True)]
