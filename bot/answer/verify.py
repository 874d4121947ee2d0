"""Every sentence against its evidence, whoever wrote it. Pure.

    quotations stand in the stored text -> numbers, dates, versions and names occur in the evidence -> the sums of the
    formula are right -> no link -> (reworded:) negation and modality agree with the sentence it replaces

`problem` gives the reason for refusal in words, None when the sentence may be said.
"""

import ast
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.answer.dates import date_mentions, days_in, written
from bot.answer.kinds.common import flat
from bot.answer.text import number, numbers, power_text, terms
from bot.answer.values import Evidence, Line
from kb.types import Fact

_LINK = re.compile(r"https?://|\bwww\.|\]\(|<[^>]*\|", re.IGNORECASE)
_CODE = re.compile(r"\b(?=[A-Za-z]*\d)(?=\w*[A-Za-z])[A-Za-z0-9]+(?:\.\d+)*[A-Za-z]?\b")
_NEGATION = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|cannot|can't|isn't|aren't|doesn't|don't|won't|mustn't|nothing|unless|except)\b|n't\b",
    re.I,
)
_MODAL = {
    "must": r"\b(?:must|shall|has to|have to|required? to|obliged|mandatory)\b",
    "may": r"\b(?:may|might|can|could|allowed|permitted)\b",
    "should": r"\b(?:should|ought|recommend\w*)\b",
    "proposed": r"\b(?:proposed|proposal|draft|planned)\b",
    "will": r"\b(?:will|going to)\b",
}
_NAME = re.compile(r"(?<![.!?:“\"] )(?<!^)\b[A-Z][a-z]{2,}\b")
_PLAIN_NAMES = frozenset(
    [
        "Superseded",
        "Disputed",
        "Claimed",
        "This",
        "The",
        "That",
        "There",
        "These",
        "Those",
        "For",
        "From",
        "Open",
        "Renting",
        "Only",
        "Volume",
        "Your",
        "Under",
        "Sources",
        "On",
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
        "Article",
        "Articles",
        "Annex",
        "Regulation",
        "Section",
        "Chapter",
        "Point",
        "Paragraph",
        "Clause",
    ]
)
_LEAST_KEPT = 0.6


@dataclass(frozen=True, slots=True)
class Support:
    """All that a sentence's evidence says, in words, and the days in it."""

    text: str
    days: frozenset[date]


def support_of(line: Line, *, asked: str = "", names: Sequence[str] = ()) -> Support:
    """What may be repeated: facts with dates and sources, quotations, the formula, and for sums the asker's words."""
    parts: list[str] = [*names]
    days: set[date] = set()
    for evidence in line.evidence:
        said, on = _said(evidence)
        parts += said
        days |= on
    if line.formula:
        parts += [line.formula, asked]
    text = power_text("\n".join(parts))
    return Support(text, frozenset(days | days_in(text)))


def _said(evidence: Evidence) -> tuple[list[str], set[date]]:
    parts: list[str] = []
    days: set[date] = set()
    if evidence.view:
        for fact in (evidence.view.fact, evidence.view.superseded_by):
            if fact:
                parts += _fact_words(fact)
                days |= {d for d in (fact.known_from, fact.valid_from, fact.valid_to, fact.checked_on) if d}
    if evidence.quote:
        quote = evidence.quote
        parts += [flat(quote.text), quote.title, quote.publisher]
        days |= {d for d in (quote.published_at, quote.known_from) if d}
    return parts, days


def _fact_words(fact: Fact) -> list[str]:
    return [
        fact.statement,
        fact.value,
        fact.unit,
        fact.locator,
        fact.source_title,
        fact.publisher,
        *fact.qualifiers.values(),
        fact.quote or "",
    ]


def problem(text: str, line: Line, support: Support) -> str | None:
    """Why the sentence may not be said."""
    if _LINK.search(text):
        return "it carries a link"
    if not line.evidence and not line.formula:
        return "it has no evidence"
    checks: tuple[Callable[[], str | None], ...] = (
        lambda: _quotations(line),
        lambda: _days(text, support),
        lambda: _numbers(text, support),
        lambda: _codes(text, support),
        lambda: _sums(line.formula) if line.formula else None,
        lambda: _reworded(text, line, support) if text != line.text else None,
    )
    return next((found for check in checks if (found := check())), None)


def _quotations(line: Line) -> str | None:
    for evidence in line.evidence:
        quote = evidence.quote
        if quote and quote.version is not None and quote.text not in quote.version.text:
            return "its quotation is not in the stored text"
    return None


def _days(text: str, support: Support) -> str | None:
    unknown = days_in(text) - support.days
    return f"{written(min(unknown))} is not in its evidence" if unknown else None


def _without_days(text: str) -> str:
    far = date(1, 1, 1)
    for mention in reversed(date_mentions(text, far)):
        text = text[: mention.start] + " " + text[mention.end :]
    return text


def _numbers(text: str, support: Support) -> str | None:
    said = numbers(_without_days(power_text(text)))
    held = numbers(support.text) | {Decimal(d.year) for d in support.days} | _bare(support.text)
    missing = said - held
    return f"the number {min(missing)} is not in its evidence" if missing else None


def _bare(text: str) -> set[Decimal]:
    """Numbers inside names and clauses: 5.5 of "Opus-5.5", 50 and 2 of "50(2)", 3 of "V3"."""
    found = {number(n) for n in re.findall(r"\d+(?:\.\d+)?", text)}
    return {n.normalize() for n in found if n is not None}


def _codes(text: str, support: Support) -> str | None:
    held = {c.lower() for c in _CODE.findall(support.text)} | {
        c.lower() for c in re.split(r"[^A-Za-z0-9.]+", support.text)
    }
    joined = re.sub(r"[^a-z0-9.]", "", support.text.lower())
    missing = [
        c
        for c in _CODE.findall(text)
        if c.lower() not in held and c.lower() not in joined and not re.fullmatch(r"\d+(?:st|nd|rd|th|[kKMBT])", c)
    ]
    return f"{missing[0]} is not in its evidence" if missing else None


# ---------------------------------------------------------------- sums

_OPS: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip
_UNITS = re.compile(r"\b(?:GB|USD|EUR|h|s|tokens?|FLOP)\b")


def _sums(formula: str) -> str | None:
    """Each equation or inequality of the formula, worked out again; parts in words are rules, not sums."""
    for part in formula.split(";"):
        plain = _UNITS.sub("", part).replace(",", "").replace(" x ", " * ")
        match = re.fullmatch(r"\s*([\d.+\-*/() ]+?)\s*(<=|>=|=|<|>)\s*([\d.]+)\s*", plain)
        if match and not _holds(_work_out(match.group(1)), match.group(2), Decimal(match.group(3))):
            return f"the sum does not hold: {part.strip()}"
    return None


def _work_out(text: str) -> Decimal:
    def walk(node: ast.expr) -> Decimal:
        if isinstance(node, ast.BinOp) and type(node.op) in _OPS:
            return _OPS[type(node.op)](walk(node.left), walk(node.right))
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return Decimal(str(node.value))
        raise ValueError(text)

    return walk(ast.parse(text.strip(), mode="eval").body)


def _holds(left: Decimal, sign: str, right: Decimal) -> bool:
    if sign == "=":
        return abs(left - right) <= max(Decimal(1) if right >= 100 else Decimal("0.01"), Decimal(0))
    return {"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[sign]


# ---------------------------------------------------------------- rewording


def _reworded(text: str, line: Line, support: Support) -> str | None:
    """A rewording says no more and no less: same polarity and modality, its words mostly those of the evidence."""
    if line.literal and line.kind == "quote" and "“" in line.text:
        return "a quotation may not be reworded"
    if bool(_NEGATION.search(text)) != bool(_NEGATION.search(line.text)):
        return "its negation differs"
    for name, pattern in _MODAL.items():
        if bool(re.search(pattern, text, re.I)) != bool(re.search(pattern, line.text, re.I)):
            return f"its modality differs ({name})"
    held = set(terms(support.text + " " + line.text))
    said = terms(text)
    if said and sum(t in held for t in said) / len(said) < _LEAST_KEPT:
        return "its words are not those of the evidence"
    return _names(text, support, line) or _lost(text, line)


def _names(text: str, support: Support, line: Line) -> str | None:
    held = (support.text + " " + line.text).lower()
    missing = [n for n in _NAME.findall(text) if n not in _PLAIN_NAMES and n.lower() not in held]
    return f"the name {missing[0]} is not in its evidence" if missing else None


def _lost(text: str, line: Line) -> str | None:
    """The composed sentence's dates and numbers are its point: a rewording keeps them."""
    gone = days_in(line.text) - days_in(text)
    if gone:
        return f"it lost {written(min(gone))}"
    lost = numbers(_without_days(line.text)) - numbers(_without_days(text))
    return f"it lost the number {min(lost)}" if lost else None
