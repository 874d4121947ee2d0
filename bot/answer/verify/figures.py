"""Numbers with their unit, bound and place; dates with theirs; what a number labels. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.answer.verify.lexicon import GLUE, LABELS, known
from bot.answer.verify.reading import UNITS, Token

_TIMES = {t: t.removesuffix("s") for t in ("second", "minute", "hour", "day", "week", "month", "year")}
_BY = {"hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month", "yearly": "year", "annually": "year"}
_UPPER = (
    "up to", "at most", "no more than", "not more than", "not exceeding", "not exceed", "less than", "fewer than",
    "below", "under", "within", "maximum of", "no later than", "not later than", "limit is", "capped at", "ceiling is",
    "as much as", "maximum is", "maximum fine", "can cost", "latest",
)  # fmt: skip
_LOWER = (
    "at least", "more than", "above", "over", "exceeding", "exceeds", "exceeded", "greater than", "minimum of",
    "beyond", "no fewer than", "no less than", "from", "no earlier than", "not earlier than", "longer than",
    "higher than",
)  # fmt: skip
_START = ("from", "since", "starting", "start on", "starts on", "begin on", "begins on", "as of", "begin to apply on",
          "apply on", "after", "no earlier than", "not earlier than", "beginning")  # fmt: skip
_END = ("until", "till", "by", "before", "no later than", "not later than", "up to", "prior to")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in its place. `unit` and `bound` ("upper", "lower") may be empty; `label`: what it numbers."""

    value: Decimal
    unit: str
    bound: str
    label: str
    at: int
    glued: bool = False  # part of a name: "gpt-oss-120b"
    rate: str = ""  # "hour" of "per GPU-hour", "month" of "a month"


@dataclass(frozen=True, slots=True)
class Day:
    """A date, "*" for digits left out. `bound`: "start", "end" or empty."""

    key: str
    bound: str
    at: int
    word: str = ""


def figures(tokens: Sequence[Token]) -> list[Figure]:
    """All numbers; those that number a name or an article carry it as `label`."""
    found = []
    for i, token in enumerate(tokens):
        if token.kind == "num" and token.value is not None:
            unit = _unit(tokens, i)
            label = "" if unit or token.scaled else _label(tokens, i)
            found.append(
                Figure(
                    token.value,
                    unit,
                    "" if label else _bound(tokens, i, _UPPER, _LOWER),
                    label,
                    i,
                    token.glued,
                    _rate(tokens, i),
                )
            )
    return found


def days(tokens: Sequence[Token]) -> list[Day]:
    side = {"upper": "end", "lower": "start", "": ""}
    return [
        Day(t.text, side[_bound(tokens, i, _END, _START)], i, _word(tokens, i))
        for i, t in enumerate(tokens)
        if t.kind == "date"
    ]


def _word(tokens: Sequence[Token], i: int) -> str:
    """Which of "before" and "by" stands before the date."""
    return {"upper": "before", "lower": "by", "": ""}[
        _bound(tokens, i, ("before", "prior to"), ("by", "until", "till", "no later than", "not later than"))
    ]


def _unit(tokens: Sequence[Token], i: int) -> str:
    before = tokens[i - 1].text if i else ""
    if before in ("eur", "usd", "gbp"):
        return before.upper()
    for j, token in enumerate(tokens[i + 1 : i + 5]):
        if token.text in ("eur", "usd", "gbp"):
            return token.text.upper() if j == 0 else ""
        if token.text in UNITS:
            return UNITS[token.text]
        if token.kind in ("num", "date") or (token.kind == "mark" and token.text not in "-–"):
            return ""
        if token.text in GLUE and token.text not in ("or", "of", "us"):
            return ""
    return ""


def _rate(tokens: Sequence[Token], i: int) -> str:
    """The time that the figure is counted by."""
    for j, token in enumerate(tokens[i + 1 : i + 8], i + 1):
        if token.kind in ("num", "date") or token.text in (";", ".", ":", ","):
            return ""
        if token.text in _BY:
            return _BY[token.text]
        if token.text in ("per", "a", "an", "each", "every", "/"):
            behind = tokens[j + 1 : j + 4]
            spoken = [t.text for t in behind[:1] if t.text in _TIMES]
            spoken += [t.text for t in behind[2:3] if t.text in _TIMES and behind[1].text == "-"]
            if spoken:
                return _TIMES[spoken[0]]
    return ""


def _label(tokens: Sequence[Token], i: int) -> str:
    """ "article" of "Article 50", "sonnet" of "Sonnet 5.5"; empty where the number counts or measures."""
    j = i - 1
    if j >= 0 and tokens[j].text in ("-", "–", "no", "(") and tokens[i].glued:
        j -= 1
    if j < 0 or tokens[j].kind == "mark":
        return ""
    before = tokens[j]
    plain = before.start and (known(before.text) or before.text.endswith(("ing", "ed", "s")))
    named = before.kind == "name" and not plain and before.text not in GLUE and before.text not in ("eight", "above")
    return before.text if named or before.text in LABELS else ""


_BETWEEN = frozenset(
    ["usd", "eur", "gbp", "about", "roughly", "approximately", "some", "on", "of", "end", "a", "total"]
)


def _bound(tokens: Sequence[Token], i: int, upper: Sequence[str], lower: Sequence[str]) -> str:
    """The bound words right before the number or date; of several the longest."""
    words: list[str] = []
    for token in reversed(tokens[max(0, i - 6) : i]):
        if token.kind in ("num", "date") or token.text in (";", ".", ":", ")"):
            break
        words.insert(0, token.text)
    while words and words[-1] in _BETWEEN:
        if any(" ".join(words).endswith(p) for p in (*upper, *lower) if " " in p):
            break
        words.pop()
    text = " " + " ".join(words)
    found = [
        (len(p), name)
        for name, phrases in (("upper", upper), ("lower", lower))
        for p in phrases
        if text.endswith(" " + p)
    ]
    return max(found)[1] if found else ""


def same_day(one: str, other: str) -> bool:
    """Equal as far as both say: [2026-08] holds 2 August 2026, 11 September without a year is that of any."""
    return all(a in (b, "****") or b == "****" for a, b in zip(one.split("-"), other.split("-"), strict=False))


def pairs(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """What is numbered and its number, through lists: "Articles 5 and 6(1)": article 5, article 6, article 6(1)."""
    label, gap, depth, path = "", 0, 0, ""
    for i, token in enumerate(tokens):
        if token.text in "()" and token.kind == "mark" and label:
            depth += 1 if token.text == "(" else -1
            continue
        counted = token.kind != "num" or token.scaled or token.text.isalpha() or bool(_unit(tokens, i))
        own = "" if counted else _label(tokens, i)
        if token.text in LABELS:
            label, gap, path = token.text.removesuffix("s"), 0, ""
        elif own or (label and gap <= 2 and _numbers(tokens, i, nested=bool(depth))):
            label = own.removesuffix("s") if own in LABELS else own or label
            path = f"{path}({token.text})" if depth and path and not own else token.text
            gap = 0
            yield label, path
        elif label and token.text in ("and", "or", ",", "to", "eu", "union", "no", "-"):
            gap += 1
        else:
            label = ""


def _numbers(tokens: Sequence[Token], i: int, *, nested: bool) -> bool:
    token = tokens[i]
    article = token.text == "a" and not nested  # "Articles 53 and 54, a provider"
    return (
        (_letter(token) and not article)
        or (token.kind == "num" and not token.scaled and not _unit(tokens, i))
        or (token.kind == "name" and "/" in token.text)
    )


def _letter(token: Token) -> bool:
    return bool(re.fullmatch(r"[ivx]+|[a-h]|b[ab]", token.text)) and token.kind in ("word", "name")
