"""A decision question before the engine exists: what rules options out, what remains, duties, and evidence by factor.

No winner is computed here and no cost: the answer says so. Every elimination names the clause or the rule behind it.
"""

from collections.abc import Sequence

from bot.answer.dates import days_in
from bot.answer.kinds import hardware, needs, screening
from bot.answer.kinds.common import (
    NO_COSTS,
    NOT_LEGAL,
    Case,
    missing_names,
    overdue,
    passage_lines,
    say,
    say_all,
    settle,
    used_views,
)
from bot.answer.kinds.duties import duties
from bot.answer.kinds.fact import nothing
from bot.answer.values import Draft, Line
from kb.facts.fields import prefix_of

_FACTOR_OF = {
    "air_gap": ("security", "data-control"),
    "classified": ("security", "data-control"),
    "military": ("security",),
    "confidential": ("data-control", "lock-in"),
    "personal_data": ("data-control",),
    "prototype": ("lock-in", "cost", "capability"),
    "fine_tune": ("customisation", "cost"),
    "distil": ("customisation",),
    "small": ("talent", "cost"),
    "self_host": ("security", "talent"),
    "finance": ("lock-in", "data-control"),
    "health": ("regulation", "transparency"),
    "coding": ("capability",),
    "agents": ("security", "capability"),
}
_ONE_GPU_GB, _NODE_GB = 72, 576  # nine tenths of one and of eight 80 GB cards
_LONGEST, _LEAST_SHOWN = 19, 2
_EVIDENCE = 6
_ALL_FACTORS = ("cost", "data-control", "customisation", "capability", "regulation", "talent", "lock-in")


def compose(case: Case) -> Draft:
    named = _named(case)
    own = bool(case.read.use_case.flags & {"air_gap", "classified", "self_host"}) or "self-host" in case.read.options
    cards = bool(case.read.of("gpu"))
    # with how many lines of each there are at most, and how many stay when room is short
    groups: list[tuple[Sequence[Line], int, int]] = [
        (screening.verdict(case, named), 4, 3),
        (_hardware(case) if cards else (), 4, 3),
        (needs.requirements(case), 12, 12),
        (named, 4, 2),
        (screening.ruled_out(case), 9, 7),
        (screening.candidates(case), 2, 2),
        (_hardware(case) if own and not cards else (), 5, 3),
        (_vendors(case), 3, 3),
        (duties(case), 5, 4),
        (_evidence(case), 4, 2),
    ]
    lines = settle(_room([(settle(g), most, least) for g, most, least in groups]))
    if all(line.formula for line in lines):
        lines = [*lines, *settle(passage_lines(case))]
    if not lines:
        return nothing(case, missing_names(case))
    return Draft(tuple(lines), questions=tuple(questions(case)[:3]), notes=tuple(_notes(case, lines)))


def _room(groups: Sequence[tuple[Sequence[Line], int, int]]) -> list[Line]:
    """The groups in their order within the length of an answer; what stands last gives way first."""
    sizes = [min(len(g), most) for g, most, _ in groups]
    for floor in (True, False):
        for i in reversed(range(len(sizes))):
            least = groups[i][2] if floor else _LEAST_SHOWN
            sizes[i] -= max(0, min(sizes[i] - least, sum(sizes) - _LONGEST))
    for i, (group, _, _) in enumerate(groups):
        sizes[i] += max(0, min(len(group) - sizes[i], _LONGEST - sum(sizes), 2))
    return [line for (group, _, _), n in zip(groups, sizes, strict=True) for line in group[:n]]


def _notes(case: Case, lines: Sequence[Line]) -> list[str]:
    assumed = []
    flags = case.read.use_case.flags
    if not flags & {"research"}:
        assumed.append("Assumed: commercial use, since nothing else was said.")
    if "health" in flags:
        assumed.append(
            "This is no medical or clinical advice; involve your clinical safety officers and counsel "
            "before any use on patients."
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
    return hardware.lines(case, models[:3], section="Hardware fit", brief=True)


def _small_and_large(case: Case) -> list[str]:
    sized = [(needs.size_of(case, m), m) for m in screening.clean_models(case)]
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
        dated.sort(key=lambda v: not days_in(v.fact.statement))
        lines += say_all(dated[:4], "Fine-tuning at vendors")
    if flags & {"confidential", "personal_data"} and not flags & {"air_gap", "classified"}:
        kept = [
            v for v in case.book.having("retention", "residency") if prefix_of(v.fact.subject) in ("vendor", "provider")
        ]
        lines += say_all(kept[:4], "Data terms")
    return lines


# ---------------------------------------------------------------- evidence by factor


def _evidence(case: Case) -> list[Line]:
    """For each factor the case raises, what speaks for open weights and what for closed models."""
    flags = sorted(case.read.use_case.flags)
    raised = [*case.read.factors, *(f for flag in flags for f in _FACTOR_OF.get(flag, ()))]
    factors = list(dict.fromkeys(raised)) if raised else list(_ALL_FACTORS)
    words = f"{case.read.question} {' '.join(flags).replace('_', ' ')} {_hints(flags)}"
    ranked = {r.view.fact.id: r.score for r in case.book.rank(words, prefixes=("factor",), limit=300)}
    only_open = bool(case.read.use_case.flags & {"air_gap", "classified"})
    found = [line for i, f in enumerate(factors[:5]) for line in _both_sides(case, f, ranked, only_open, i <= 1)]
    one = [next((line for line in found if line.section == s), None) for s in _ORDER]
    kept = [line for line in one if line]  # each side is heard before any speaks again
    kept += [line for line in found if line not in kept]
    return sorted(kept[:_EVIDENCE], key=lambda line: _ORDER.index(line.section))


def _hints(flags: Sequence[str]) -> str:
    hints = {
        "air_gap": "pinned hashes safetensors weights supply chain offline own hardware",
        "self_host": "security duty own hardware patching safetensors",
        "prototype": "gateway switch evaluation set prototype time to value",
        "confidential": "retention no training data processing agreement region",
    }
    return " ".join(hints[f] for f in flags if f in hints)


_FOR_OPEN, _FOR_CLOSED, _EITHER_WAY = "What speaks for open weights", "What speaks for closed models", "Either way"
_ORDER = (_FOR_OPEN, _FOR_CLOSED, _EITHER_WAY)


def _both_sides(case: Case, factor: str, ranked: dict[int, float], only_open: bool, first: bool) -> list[Line]:
    """The strongest dated statement of each side; what takes no side only for the factor that weighs most."""
    views = sorted(case.book.of(f"factor:{factor}", "evidence"), key=lambda v: -ranked.get(v.fact.id, 0.0))
    lines: list[Line] = []
    for side, heading in (("open", _FOR_OPEN), ("closed", _FOR_CLOSED), ("both", _EITHER_WAY)):
        if (only_open and side == "closed") or (side == "both" and not first):
            continue
        chosen = [v for v in views if v.fact.qualifiers.get("side") == side][:1]
        lines += [say(v, heading, lead=f"{factor.replace('-', ' ').capitalize()}: ") for v in chosen]
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
            "What data will the model see (public, internal, personal, special category), and must it "
            "stay in one region?"
        )
    if not case_.flags & {"self_host", "air_gap", "small"}:
        asked.append("Do you have people to run models (MLOps, on call) and GPUs of your own?")
    if "self_host" in case_.flags and not {"mau", "revenue_month", "revenue_year"} & set(case_.amounts):
        asked.append("What are your monthly active users and your group's revenue? Several licences depend on them.")
    return asked
