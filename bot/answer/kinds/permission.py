"""A permission question: one verdict an item, from the licence's clauses and the asker's own numbers. Never a blank yes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.answer.kinds.common import (
    NOT_LEGAL,
    Case,
    missing_names,
    overdue,
    passage_lines,
    say,
    say_all,
    settle,
    unique,
    used_views,
)
from bot.answer.kinds.fact import compose as compose_fact
from bot.answer.kinds.fact import nothing, ranked_lines
from bot.answer.text import compact, grouped, numbers
from bot.answer.values import Amount, Draft, Evidence, Line, Part
from kb.facts.fields import prefix_of
from kb.types import FactView

_NO = re.compile(
    r"\b(?:no|prohibit\w*|may not|must not|cannot|not allowed|not permitted|barred|bars|forbid\w*|forbidden|non-commercial|no rights|research only|excluded)\b",
    re.I,
)
_YES = re.compile(
    r"\b(?:yes|allow\w*|free|permit\w*|may|no restriction\w*|unrestricted|no limit\w*|not restricted|no clause)\b", re.I
)
_CONDITION = re.compile(
    r"\b(?:if|unless|provided|must (?:begin|display|include|be named|start)|naming|name\w*|condition\w*|derivative|label|notice|subject to|above|more than|over)\b",
    re.I,
)
_FREE = re.compile(
    r"\b(?:no restriction\w*|no limit\w*|no clause|does not restrict|sets no|nothing (?:bars|restricts|limits)|not restrict\w*|places no|without restriction)\b",
    re.I,
)
_GENERAL = ("commercial_use", "threshold", "use_policy", "eu_limit", "attribution")


@dataclass(frozen=True, slots=True)
class _Item:
    """One thing asked about: its label, and the licences and sellers whose terms govern it."""

    label: str
    name: str
    licences: tuple[str, ...]
    sellers: tuple[str, ...]
    unknown: bool = False


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
                f"{item.label}{item.name}: no stored licence or terms answer this; check the current terms of its publisher."
            )
        lines += said
    lines = settle(lines)
    if not lines:
        return nothing(case, gaps)
    questions = _questions(case, lines)
    return Draft(tuple(lines), questions=tuple(questions), notes=tuple([*gaps, *overdue(used_views(lines)), NOT_LEGAL]))


def _without_item(case: Case) -> Draft:
    if case.read.subjects:
        draft = compose_fact(case)
        return replace(draft, notes=(*draft.notes, NOT_LEGAL)) if draft.lines else draft
    if case.read.unknown:
        return nothing(case)
    lines = settle(ranked_lines(case)) or settle(passage_lines(case))
    return Draft(tuple(lines), notes=(NOT_LEGAL,)) if lines else nothing(case)


# ---------------------------------------------------------------- items


def _items(case: Case) -> list[_Item]:
    if case.read.parts:
        return [_of_part(case, p) for p in case.read.parts]
    groups: dict[tuple[str, ...], _Item] = {}
    for mention in case.read.mentions:
        item = _item(case, "", mention.words, mention.subjects)
        if item.licences or item.sellers:
            groups.setdefault((*item.licences, *item.sellers), item)
    models_named = any(i.licences for i in groups.values())
    return [i for i in groups.values() if i.licences or not models_named]


def _of_part(case: Case, part: Part) -> _Item:
    item = _item(case, f"({part.label}) ", part.text, part.subjects)
    return replace(item, unknown=bool(part.unknown))


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
    return _Item(label, name, tuple(kept), tuple(dict.fromkeys(sellers)) if not kept else ())


# ---------------------------------------------------------------- verdicts


def _fields(case: Case) -> list[str]:
    """The clauses that the asked activity falls under, the rest of the general ones behind."""
    case_ = case.read.use_case
    asked = list(case_.activities)
    if case_.amounts:
        asked.append("threshold")
    if "eu" in case_.jurisdictions:
        asked.append("eu_limit")
    if case_.flags & {"military", "classified"}:
        asked.append("use_policy")
    asked += [f for f in case.read.fields if f in _GENERAL or f in ("output_training", "patent", "derivatives")]
    if "output_training" in asked:
        return ["output_training"]
    return list(dict.fromkeys([*asked, "commercial_use", "eu_limit", "attribution"])) if asked else list(_GENERAL)


def _item_lines(case: Case, item: _Item, fields: Sequence[str]) -> list[Line]:
    lines: list[Line] = []
    for licence in item.licences[:3]:
        views = [v for f in fields for v in case.book.of(licence, f)]
        if not views:
            continue
        lines += [line for v in views for line in against_threshold(case, v)]
        lines.append(_verdict(item, views[0]))
        lines += [say(v, item.label.strip()) for v in views[1:7]]
        if "output_training" not in fields:
            lines += say_all(case.book.of(licence, "exemption")[:2], item.label.strip())
    for seller in item.sellers[:2]:
        lines += _seller_lines(case, item, seller)
    return (
        [replace(line, section="" if i == 0 else line.section) for i, line in enumerate(lines)]
        if not item.label
        else lines
    )


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


# ---------------------------------------------------------------- thresholds against the asker's numbers


def against_threshold(case: Case, view: FactView, section: str = "") -> list[Line]:
    """The asker's users or revenue beside the clause's number, compared in so many figures."""
    if view.fact.field != "threshold":
        return []
    amounts = case.read.use_case.amounts
    text = f"{view.fact.value} {view.fact.qualifiers.get('metric', '')} {view.fact.statement}"
    lines = []
    for key, words, noun in _MEASURES:
        amount = amounts.get(key)
        limit = _limit(text, words) if amount else None
        if amount and limit:
            lines.append(_compared(case, view, amount, limit, noun, section))
    monthly, yearly = _limit(text, _MEASURES[1][1]), amounts.get("revenue_year")
    if yearly and monthly and "revenue_month" not in amounts and not _limit(text, _MEASURES[2][1]):
        lines.append(_compared_by_month(view, yearly, monthly, section, case))
    return lines


_USERS = r"(?:monthly active users?|\bMAUs?\b|active users|users)"
_MEASURES = (
    ("mau", _USERS, "monthly active users"),
    (
        "revenue_month",
        r"(?:monthly[^.;]{0,30}revenue|revenue[^.;]{0,40}month|in (?:the |any )?(?:preceding |one )?month|a month|per month)",
        "USD of monthly revenue",
    ),
    (
        "revenue_year",
        r"(?:annual[^.;]{0,30}revenue|(?:12|twelve)(?: consecutive)?[- ]months?|a year|per year)",
        "USD of yearly revenue",
    ),
)


def _limit(text: str, words: str) -> Decimal | None:
    """The number that stands nearest to such words."""
    pattern = r"\$?\s?(\d[\d,.]*\d|\d)\s?(million|billion|thousand|[MBK])?\b"
    best: tuple[int, Decimal] | None = None
    for near in re.finditer(words, text, re.IGNORECASE):
        for found in re.finditer(pattern, text):
            value = max(numbers(found.group().replace("$", "").strip()), default=None)
            if value is None or value < 10**5:
                continue
            money = (
                "$" in text[max(0, found.start() - 1) : found.end()]
                or "USD" in text[max(0, found.start() - 5) : found.end() + 5]
                or "dollar" in text[found.end() : found.end() + 12]
            )
            if money == (words is _USERS or words == _USERS):
                continue
            gap = max(near.start() - found.end(), found.start() - near.end(), 0)
            if gap <= 60 and (best is None or gap < best[0]):
                best = (gap, value)
    return best[1] if best else None


def _compared(case: Case, view: FactView, amount: Amount, limit: Decimal, noun: str, section: str) -> Line:
    over = amount.value > limit
    name = case.book.display(view.fact.subject)
    word = "are above" if over else "are not above"
    text = f"{name}: your {compact(amount.value)} {noun} {word} the limit of {compact(limit)}."
    when = _moment(view)
    if when:
        text = f"{name}: your {compact(amount.value)} {noun} {word} the limit of {compact(limit)}, if that was also the figure {when}."
    formula = f"{grouped(amount.value)} {'>' if over else '<='} {grouped(limit)}"
    return Line(text, (Evidence(view),), formula=formula, section=section, literal=True)


def _moment(view: FactView) -> str:
    """A clause that tests one moment says so: the month before the version's release."""
    text = f"{view.fact.value} {view.fact.qualifiers.get('when', '')} {view.fact.statement}"
    return (
        "in the month before the release of that version"
        if re.search(r"preced\w+|before[^.;]{0,30}release|release date", text, re.I)
        and re.search("release", text, re.I)
        else ""
    )


def _compared_by_month(view: FactView, yearly: Amount, monthly: Decimal, section: str, case: Case) -> Line:
    share = (yearly.value / 12).quantize(Decimal(1))
    over = share > monthly
    name = case.book.display(view.fact.subject)
    text = (
        f"{name}: {compact(yearly.value)} USD a year is about {grouped(share)} USD a month on average, which is "
        f"{'above' if over else 'not above'} the limit of {compact(monthly)} USD a month; a single month may differ."
    )
    formula = (
        f"{grouped(yearly.value)} / 12 = {grouped(share)}; {grouped(share)} {'>' if over else '<='} {grouped(monthly)}"
    )
    return Line(text, (Evidence(view),), formula=formula, section=section, literal=True)


def _questions(case: Case, lines: Sequence[Line]) -> list[str]:
    """What the clauses depend on and the asker did not say; at most three."""
    text = " ".join(line.text for line in lines).lower()
    said = case.read.use_case
    asked = []
    if re.search(r"monthly active users|\bmau\b", text) and "mau" not in said.amounts:
        asked.append(
            "How many monthly active users do you and your affiliates have, and how many in the month before the model's release?"
        )
    if re.search(r"revenue", text) and not {"revenue_month", "revenue_year"} & set(said.amounts):
        asked.append("What is your group's revenue, by month and over the last twelve months?")
    if re.search(r"principal place of business|domiciled", text) and not said.jurisdictions:
        asked.append("Is your company seated in the European Union?")
    return asked[:3]


def all_views(lines: Sequence[Line]) -> list[FactView]:
    return unique(used_views(lines))
