"""Every sentence against its evidence, whoever wrote it. Pure but for two files, read once (`judge`, `nearness`).

    composed by us: quotations stand in the stored text -> numbers, dates and versions occur in the evidence -> the sums
    of the formula are right -> no link
    reworded: all that, and the composed sentence bears every part of it out (`claims`) and is told whole
    not composed (an empty `Line.text`): all that, and its evidence bears every part of it out

`problem` gives the reason for refusal in words, None when the sentence may be said.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bot.answer.dates import date_mentions, days_in, written
from bot.answer.kinds.common import flat
from bot.answer.text import number, numbers, power_text
from bot.answer.values import Evidence, Line
from bot.answer.verify.claims import Statement, lost, unsupported
from bot.answer.verify.sums import wrong_sum
from kb.types import Fact

__all__ = ["Support", "problem", "support_of"]

_LINK = re.compile(r"https?://|\bwww\.|\]\(|<[^>]*\|", re.IGNORECASE)
_CODE = re.compile(r"\b(?=[A-Za-z]*\d)(?=\w*[A-Za-z])[A-Za-z0-9]+(?:\.\d+)*[A-Za-z]?\b")
# What a sentence says of its own standing may not be lost in rewording: opening of the composed one, what must be kept.
_STANDING = (
    ("Superseded", re.compile(r"supersed|replac|no longer", re.IGNORECASE)),
    ("Disputed", re.compile(r"disput|disagree|differ", re.IGNORECASE)),
    ("Claimed by", re.compile(r"claim|not confirmed|unconfirmed", re.IGNORECASE)),
)


@dataclass(frozen=True, slots=True)
class Support:
    """All that a sentence's evidence says, in words, and the days in it; `statements`: each piece of it by itself.

    `around`: words that may be used with any of them (names of what was asked about, the asker's own figures).
    """

    text: str
    days: frozenset[date]
    statements: tuple[Statement, ...] = ()
    around: str = ""


def support_of(line: Line, *, asked: str = "", names: Sequence[str] = ()) -> Support:
    """What may be repeated: facts with dates and sources, quotations, the formula, and for sums the asker's words."""
    parts: list[str] = [*names]
    days: set[date] = set()
    for evidence in line.evidence:
        said, on = _said(evidence)
        parts += said
        days |= on
    own = [*names, asked] if line.formula else [*names]
    if line.formula:
        parts += [line.formula, asked]
    text = power_text("\n".join(parts))
    statements = tuple(_statement(e) for e in line.evidence)
    return Support(text, frozenset(days | days_in(text)), statements, "\n".join(own))


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
    return [fact.statement, *_around(fact), fact.quote or ""]


def _around(fact: Fact) -> list[str]:
    return [fact.value, fact.unit, fact.locator, fact.source_title, fact.publisher, *fact.qualifiers.values()]


def _statement(evidence: Evidence) -> Statement:
    """One piece of evidence: the fact's statement and the span that says it, title and publisher around it."""
    said: list[str] = []
    around: list[str] = []
    if evidence.view:
        fact = evidence.view.fact
        said += [fact.statement, fact.quote or ""]
        around += _around(fact)
    if evidence.quote:
        said.append(evidence.quote.text)
        around += [evidence.quote.title, evidence.quote.publisher]
    return Statement("\n\n".join(s for s in said if s), "\n\n".join(a for a in around if a))


def problem(text: str, line: Line, support: Support) -> str | None:
    """Why the sentence may not be said."""
    if _LINK.search(text):
        return "it carries a link"
    if not line.evidence and not line.formula:
        return "it has no evidence"
    composed = text == line.text
    checks: tuple[Callable[[], str | None], ...] = (
        lambda: _quotations(line),
        lambda: _composed(text, support) if composed else None,
        lambda: wrong_sum(line.formula) if line.formula else None,
        lambda: None if composed else _reworded(text, line, support) if line.text else _own(text, support),
    )
    return next((found for check in checks if (found := check())), None)


def _composed(text: str, support: Support) -> str | None:
    return _days(text, support) or _numbers(text, support) or _codes(text, support)


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


# ---------------------------------------------------------------- what we did not compose


def _reworded(text: str, line: Line, support: Support) -> str | None:
    """A rewording says no more and no less than the composed sentence, which was checked itself."""
    if line.literal and line.kind == "quote" and "“" in line.text:
        return "a quotation may not be reworded"
    around = "\n\n".join([support.around, *(s.around for s in support.statements)])
    found = unsupported(text, [Statement(line.text, around)], near=True)
    return found or lost(line.text, text) or _standing(text, line)


def _standing(text: str, line: Line) -> str | None:
    for opening, kept in _STANDING:
        if line.text.startswith(opening) and not kept.search(text):
            return f"it lost that the statement is {opening.lower()}"
    return None


def _own(text: str, support: Support) -> str | None:
    """A sentence that nobody composed, against the pieces of its evidence."""
    return unsupported(text, [Statement(s.text, f"{s.around}\n\n{support.around}") for s in support.statements])
