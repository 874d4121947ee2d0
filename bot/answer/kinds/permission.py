"""A permission question: one verdict an item, from the licence's clauses and the asker's numbers. Never a blank yes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.answer.kinds.common import (
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
from bot.answer.kinds.fact import compose as compose_fact
from bot.answer.kinds.fact import nothing, ranked_lines
from bot.answer.kinds.thresholds import against_threshold, for_sellers, is_over
from bot.answer.text import number_set
from bot.answer.values import Draft, Line, Mention, Part
from kb.facts.fields import prefix_of
from kb.types import FactView

_NO = re.compile(
    r"\b(?:no|prohibit\w*|may not|must not|cannot|not allowed|not permitted|barred|bars|forbid\w*|"
    r"forbidden|non-commercial|no rights|research only|excluded)\b",
    re.I,
)
_YES = re.compile(
    r"\b(?:yes|allow\w*|free|permit\w*|may|no restriction\w*|unrestricted|no limit\w*|not restricted|no clause)\b", re.I
)
_CONDITION = re.compile(
    r"\b(?:if|unless|provided|must (?:begin|display|include|be named|start)|naming|name\w*|condition\w*|"
    r"derivative|label|notice|subject to|above|more than|over)\b",
    re.I,
)
_FREE = re.compile(
    r"\b(?:no restriction\w*|no limit\w*|no clause|does not restrict|sets no|nothing (?:bars|restricts|"
    r"limits)|not restrict\w*|places no|without restriction|are not derivative)\b",
    re.I,
)
_REGULATED = frozenset({"employment", "credit", "health", "education", "public", "finance"})
_TERMED = frozenset({"model", "licence"})
_INTERNAL = re.compile(r"\binternal\b|\bno third part(?:y|ies)\b", re.I)
_WITHHOLDS = re.compile(r"\bwithholds?\b|\bgets? no rights\b|\bexclud\w+\b", re.I)
_MOST_CLAUSES = 4
_GENERAL = ("commercial_use", "threshold", "use_policy", "eu_limit", "attribution")


@dataclass(frozen=True, slots=True)
class _Item:
    """One thing asked about: its label, and the licences and sellers whose terms govern it."""

    label: str
    name: str
    licences: tuple[str, ...]
    sellers: tuple[str, ...]
    models: tuple[str, ...] = ()


def compose(case: Case) -> Draft:
    items = _items(case)
    fields = _fields(case)
    if not items or (set(case.read.fields) & {"fine_tuning"} and case.read.of("vendor")):
        return _without_item(case)
    lines: list[Line] = []
    gaps: list[str] = list(missing_names(case))
    for item in items:
        said = _item_lines(case, item, fields)
        if not said:
            gaps.append(
                f"{item.label}{item.name}: no stored licence or terms answer this; check the current "
                f"terms of its publisher."
            )
        lines += said
    if case.read.use_case.flags & _REGULATED:
        lines += duties(case)[:8]
    lines = settle(lines)
    if not lines:
        return nothing(case, gaps)
    questions = _questions(case, lines)
    return Draft(tuple(lines), questions=tuple(questions), notes=(*gaps, *overdue(used_views(lines)), NOT_LEGAL))


def _without_item(case: Case) -> Draft:
    if case.read.subjects:
        draft = compose_fact(case)
        return replace(draft, notes=(*draft.notes, NOT_LEGAL)) if draft.lines else draft
    if case.read.unknown:
        return nothing(case)
    lines = settle(ranked_lines(case)) or settle(duties(case)[:8]) or settle(passage_lines(case))
    return Draft(tuple(lines), notes=(NOT_LEGAL,)) if lines else nothing(case)


# ---------------------------------------------------------------- items


def _items(case: Case) -> list[_Item]:
    if case.read.parts:
        return [_of_part(case, p) for p in case.read.parts]
    groups: dict[tuple[str, ...], _Item] = {}
    for mention in _meant(case):
        item = _item(case, "", mention.words, mention.subjects)
        if item.licences or item.sellers:
            groups.setdefault((*item.licences, *item.sellers), item)
    models_named = any(i.licences for i in groups.values())
    return [i for i in groups.values() if i.licences or not models_named]


def _meant(case: Case) -> list[Mention]:
    """Not a family beside its version, nor the licence that a model is wrongly said to have."""
    mentions = case.read.mentions
    exact = {_head(s) for m in mentions if not m.family for s in m.subjects if prefix_of(s) in _TERMED}
    kept = [m for m in mentions if not (m.family and {_head(s) for s in m.subjects} & exact)]
    own = {s for m in kept for x in m.subjects if prefix_of(x) == "model" for s in case.book.licences_of(x)}
    return [m for m in kept if not own or not m.end or not _only_licences(m) or own & set(m.subjects)]


def _head(subject: str) -> str:
    return subject.partition(":")[2].partition("-")[0]


def _only_licences(mention: Mention) -> bool:
    return all(prefix_of(s) == "licence" for s in mention.subjects)


def _of_part(case: Case, part: Part) -> _Item:
    return _item(case, f"({part.label}) ", part.text, part.subjects)


def _item(case: Case, label: str, name: str, subjects: Sequence[str]) -> _Item:
    """A named licence itself; a model's licence; a closed model's seller."""
    licences = [s for s in subjects if prefix_of(s) == "licence"]
    sellers = [s for s in subjects if prefix_of(s) in ("vendor", "provider")]
    for model in (s for s in subjects if prefix_of(s) == "model"):
        own = case.book.licences_of(model)
        licences += own
        vendor = case.book.vendor_of(model)
        if not own and vendor:
            sellers.append(vendor)
    kept = list(dict.fromkeys(licences))
    models = tuple(s for s in subjects if prefix_of(s) == "model")
    return _Item(label, name, tuple(kept), tuple(dict.fromkeys(sellers)) if not kept else (), models)


# ---------------------------------------------------------------- verdicts


def _fields(case: Case) -> list[str]:
    """The clauses that the asked activity falls under, the rest of the general ones behind."""
    case_ = case.read.use_case
    asked = sorted(case_.activities, key=lambda a: a != "attribution")  # a duty asked about by name comes first
    if case_.amounts:
        asked.append("threshold")
    if "eu" in case_.jurisdictions:
        asked.append("eu_limit")
    if case_.flags & {"military", "classified"}:
        asked.append("use_policy")
    asked += [f for f in case.read.fields if f in _GENERAL or f in ("output_training", "patent", "derivatives")]
    if "output_training" in asked:
        return ["output_training"]
    return (
        list(dict.fromkeys([*asked, "commercial_use", "threshold", "eu_limit", "attribution"]))
        if asked
        else list(_GENERAL)
    )


def _item_lines(case: Case, item: _Item, fields: Sequence[str]) -> list[Line]:
    lines: list[Line] = []
    for licence in item.licences[:3]:
        views = [v for f in fields for v in case.book.of(licence, f)]
        if not views:
            continue
        lines += _licence_lines(case, item, licence, views, fields)
    for seller in item.sellers[:2]:
        lines += _seller_lines(case, item, seller)
    return (
        [replace(line, section="" if i == 0 else line.section) for i, line in enumerate(lines)]
        if not item.label
        else lines
    )


_NO_LIMIT = re.compile(r"^(?:none|no limit|no restriction|n/?a|-)\b", re.I)


def _barred(view: FactView) -> Line:
    return replace(say(view), text=f"No, not as you describe it: {view.fact.statement}")


def _licence_lines(
    case: Case, item: _Item, licence: str, views: Sequence[FactView], fields: Sequence[str]
) -> list[Line]:
    """What the asker's numbers come to, the exemption that fits them, the main clause, then the rest."""
    section, few = item.label.strip(), len(item.licences) < 3
    ordered = sorted(views, key=lambda v: _only_for_sellers(case, v))
    compared = [line for v in ordered for line in against_threshold(case, v)]
    compared.sort(key=lambda line: not is_over(line))
    exempt = case.book.of(licence, "exemption") if "output_training" not in fields else ()
    fits = [v for v in exempt if "internal" in case.read.use_case.flags and _INTERNAL.search(v.fact.statement)]
    if item.label or not (compared or fits):
        main = [*compared, _verdict(item, ordered[0]), *say_all(fits, section)]
    else:
        main = [*compared, *say_all(fits, section), _verdict(item, ordered[0])]
    if "eu" in case.read.use_case.jurisdictions:  # a clause that withholds rights from this very asker
        seat = [v for v in views if v.fact.field == "eu_limit" and _WITHHOLDS.search(v.fact.statement)]
        main = [*main[:1], *say_all([v for v in seat if v is not ordered[0]], section), *main[1:]]
    main += [say(v, section) for m in item.models[:2] for v in case.book.of(m, "licence")[:1]]
    main += [say(v, section) for v in ordered[1 : 1 + (_MOST_CLAUSES if few else 2)]]
    return [*main, *say_all([v for v in exempt if v not in fits][:1], section)]


def _only_for_sellers(case: Case, view: FactView) -> bool:
    """A gate for those who sell the model as a service, where the asker did not say so: a condition, told last."""
    return view.fact.field == "threshold" and for_sellers(view) and "maas" not in case.read.use_case.flags


def _verdict(item: _Item, view: FactView) -> Line:
    word = verdict_word(view)
    lead = (
        f"{item.label}{item.name}: {word}. "
        if item.label and word
        else f"{item.label}{item.name}: "
        if item.label
        else ""
    )
    return replace(say(view, item.label.strip()), text=lead + say(view).text)


def verdict_word(view: FactView) -> str:
    """ "no", "yes", "yes, on a condition", or nothing where the clause's words are not plain."""
    value = view.fact.qualifiers.get("verdict") or view.fact.value
    if value in ("yes", "no"):
        return value
    if value == "conditional":
        return "only on conditions"
    text = f"{value}. {view.fact.statement}"
    if _FREE.search(text):
        return "yes"
    denied, allowed, conditional = _NO.search(text), _YES.search(text), _CONDITION.search(text)
    if denied and not (allowed and allowed.start() < denied.start()):
        return "no"
    if allowed or conditional:
        return "yes, on conditions" if conditional else "yes"
    return ""


def _seller_lines(case: Case, item: _Item, seller: str) -> list[Line]:
    """A closed model: its seller's terms, the ones on the asked activity first."""
    views = case.book.of(seller, "terms")
    rank = {
        r.view.fact.id: r.score for r in case.book.rank(case.read.question, prefixes=("vendor", "provider"), limit=60)
    }
    best = sorted(views, key=lambda v: -rank.get(v.fact.id, 0.0))[:2]
    section = item.label.strip()
    said = [say(v, section) for v in best]
    return [
        replace(line, text=f"{item.label}{item.name}: {line.text}") if i == 0 and item.label else line
        for i, line in enumerate(said)
    ]


def _questions(case: Case, lines: Sequence[Line]) -> list[str]:
    """What the clauses depend on and the asker did not say; at most three."""
    text = " ".join(line.text for line in lines if number_set(line.text)).lower()
    said = case.read.use_case
    if "internal" in said.flags:
        return []  # limits on products and their users do not turn on it
    asked = []
    if re.search(r"monthly active users|\bmau\b", text) and "mau" not in said.amounts:
        asked.append(
            "How many monthly active users do you and your affiliates have, and how many in the month "
            "before the model's release?"
        )
    if re.search(r"revenue", text) and not {"revenue_month", "revenue_year"} & set(said.amounts):
        asked.append("What is your group's revenue, by month and over the last twelve months?")
    if (
        re.search(r"principal place of business|domiciled", " ".join(line.text for line in lines))
        and not said.jurisdictions
    ):
        asked.append("Is your company seated in the European Union?")
    return asked[:3]
