"""The asker's users and revenue beside a clause's limit, compared in so many figures."""

import re
from decimal import Decimal

from bot.answer.kinds.common import Case
from bot.answer.text import compact, grouped, numbers
from bot.answer.values import Amount, Evidence, Line
from kb.types import FactView


def against_threshold(case: Case, view: FactView, section: str = "") -> list[Line]:
    """The asker's users or revenue beside the clause's number, compared in so many figures."""
    if view.fact.field != "threshold":
        return []
    if for_sellers(view) and "maas" not in case.read.use_case.flags:
        return []  # a gate for another business: stated as a condition, compared with nothing
    amounts = case.read.use_case.amounts
    text = f"{view.fact.value} {view.fact.qualifiers.get('metric', '')} {view.fact.statement}"
    lines = []
    for key, words, noun in _MEASURES:
        amount = amounts.get(key)
        limit = _limit(text, words) if amount else None
        if amount and limit:
            lines.append(_compared(case, view, amount, limit, noun.replace("USD", _unit(amount)), section))
    monthly, yearly = _limit(text, _MEASURES[1][1]), amounts.get("revenue_year")
    by_year = any(_limit(v.fact.statement, _MEASURES[2][1]) for v in case.book.of(view.fact.subject, "threshold"))
    if yearly and monthly and not by_year and "revenue_month" not in amounts and not _limit(text, _MEASURES[2][1]):
        lines.append(_compared_by_month(view, yearly, monthly, section, case))
    return lines


def _unit(amount: Amount) -> str:
    """The currency that the asker named; dollars where none was."""
    named = [unit for unit, words in _CURRENCIES if re.search(words, amount.words, re.IGNORECASE)]
    return named[0] if named else "USD"


_CURRENCIES = (("EUR", r"€|\beuros?\b|eur\b"), ("GBP", r"£|\bpounds?\b|gbp\b"), ("CHF", r"chf\b|\bfrancs?\b"))


def for_sellers(view: FactView) -> bool:
    """A limit only for those who sell models as a service."""
    text = f"{view.fact.value} {view.fact.qualifiers.get('metric', '')} {view.fact.statement}"
    return bool(re.search(r"model[- ]as[- ]a[- ]service|\bMaaS\b", text, re.IGNORECASE))


_USERS = r"(?:monthly active users?|\bMAUs?\b|active users|users)"
_MEASURES = (
    ("mau", _USERS, "monthly active users"),
    (
        "revenue_month",
        r"(?:monthly[^.;]{0,30}revenue|revenue[^.;]{0,40}month|in (?:the |any )?(?:preceding |one "
        r")?month|a month|per month)",
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
    text = f"{name}: your {compact(amount.value)} {noun} {word} the limit of {compact(limit)}{_effect(view, over)}."
    when = _moment(view)
    if when and over:
        text = (
            f"{name}: it depends on your figure {when}. Your {compact(amount.value)} {noun} are above the limit "
            f"of {compact(limit)}: "
            f"if they were above it {when} too, you have no rights without a licence of your own; if they were "
            f"not, the "
            f"general grant holds for you and growth since then does not end it."
        )
    elif when:
        text = f"{name}: your {compact(amount.value)} {noun} {word} the limit of {compact(limit)}, which counts {when}."
    formula = f"{grouped(amount.value)} {'>' if over else '<='} {grouped(limit)}"
    return Line(text, (Evidence(view),), formula=formula, section=section, literal=True)


_MONTH = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December) 20\d\d\b"
)


def _effect(view: FactView, over: bool) -> str:
    """What the clause asks of those above its limit."""
    effect = view.fact.qualifiers.get("effect", "")
    return f" ({effect})" if over and effect else ""


def is_over(line: Line) -> bool:
    """Does the comparison put the asker above the limit?"""
    return bool(line.formula) and " above the limit" in line.text and "not above" not in line.text


def _moment(view: FactView) -> str:
    """A clause that tests one moment says so: the month before the version's release."""
    text = f"{view.fact.value} {view.fact.qualifiers.get('when', '')} {view.fact.statement}"
    month = _MONTH.search(view.fact.statement)
    if month and re.search(r"preced\w+|before[^.;]{0,30}release", text, re.I):
        return f"in {month.group()}"
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
        f"{name}: {compact(yearly.value)} {_unit(yearly)} a year is about "
        f"{grouped(share)} {_unit(yearly)} a month on average, which is "
        f"{'above' if over else 'not above'} the limit of {compact(monthly)} USD a month; a single month may differ."
    )
    formula = (
        f"{grouped(yearly.value)} / 12 = {grouped(share)}; {grouped(share)} {'>' if over else '<='} {grouped(monthly)}"
    )
    return Line(text, (Evidence(view),), formula=formula, section=section, literal=True)
