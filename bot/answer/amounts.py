"""The asker's users, revenue and volume in plain units, in whatever order and spelling they were written. Pure.

::

    text -> numbers with a scale or a currency -> what the words of the same clause make of each -> amounts

A number before or after the word it belongs to, "mio" and "bn", a period on either side; what is a price, a budget, or
another's limit is left alone.
"""

import re
from collections.abc import Iterator

from bot.answer.usecase.numbers import NUMBER, number
from bot.answer.values import Amount

_I = re.IGNORECASE
_CURRENCY = r"(?:US\$|USD|US dollars?|dollars?|bucks|EUR|euros?|GBP|pounds?|CHF|[$€£])"
_SUM = re.compile(rf"(?P<before>{_CURRENCY})?\s?(?P<n>{NUMBER.replace('$€£', '')})\s?(?P<after>{_CURRENCY}(?!\w))?", _I)
_CLAUSE = re.compile(r"[;?!]|\.(?=\s|$)|,(?!\d)|\b(?:but|while|although)\b", _I)
_MONTH = r"\b(?:(?:a|per|each|every|last|this|past)\s+month|monthly|MRR)\b|/\s?mo(?:nth)?\b"
_YEAR = r"\b(?:(?:a|per|each|every|last|this|past)\s+year|annual(?:ly)?|yearly|p\.a\.|per annum|ARR)\b|/\s?y(?:ea)?r\b"
_SALES = r"\b(?:revenues?|turnover|sales|income|MRR|ARR)\b"
_EARNS = (
    r"\b(?:we|our (?:company|group|firm)|I) (?:\w+ )?(?:makes?|earns?|gross|turn over|take in)\b|\bmaking\b|"
    r"\bearn(?:s|ing)\b|\bgrossing\b"
)
_SPENDS = (
    r"\b(?:pay\w*|costs?|budget\w*|spend\w*|bills?|rent\w*|prices?|cheap\w*|invoice\w*|per million|tokens?|"
    r"afford|fines?)\b"
)
_USERS = (
    r"(?:MAUs?|users?|user base|actives|people (?:use|using)|customers? (?:use|using)|visitors|subscribers|members)\b"
)
_USERS_AFTER = re.compile(rf"^[-\s]*(?:of )?(?:(?!and\b|or\b|USD\b)[a-z]+[ -]){{0,3}}{_USERS}", _I)
_USERS_BEFORE = re.compile(rf"\b{_USERS}[^\d,;.]{{0,25}}$", _I)
_LIMIT = re.compile(
    r"\b(?:threshold|limit|cap|test|clause|gate|condition|rule) (?:of|at|is)?\s*(?:about )?$|\bthe\s*$", _I
)
_LEAST_USERS, _LEAST_MONEY = 1000, 10_000


def amounts_in(text: str) -> dict[str, Amount]:
    """Users, and revenue by month or year; the first of each that the text says."""
    found: dict[str, Amount] = {}
    for start, clause in _clauses(text):
        for match in _SUM.finditer(clause):
            key = _meaning(clause, match)
            if key and key not in found:
                words = text[start + match.start() : start + match.end()].strip()
                found[key] = Amount(number(match.group("n")), words)
    return found


def _clauses(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for stop in [*_CLAUSE.finditer(text), None]:
        end = stop.start() if stop else len(text)
        yield start, text[start:end]
        start = stop.end() if stop else end


def _meaning(clause: str, match: re.Match[str]) -> str:
    """What a number is, by the words around it; empty where they do not say."""
    value, after, before = number(match.group("n")), clause[match.end() :], clause[: match.start()]
    if _LIMIT.search(before):
        return ""
    money = bool(match.group("before") or match.group("after"))
    if not money and value >= _LEAST_USERS and (_USERS_AFTER.search(after) or _USERS_BEFORE.search(before)):
        return "mau"
    if value < _LEAST_MONEY or re.search(_SPENDS, clause, _I):
        return ""
    # money by the month or year that is not spent is taken in
    earned = _period(clause) and (money or re.search(_EARNS, clause, _I))
    if re.search(_SALES, clause, _I) or earned:
        return _period(after[:30]) or _period(clause) or "revenue_year"
    return ""


def _period(words: str) -> str:
    month, year = re.search(_MONTH, words, _I), re.search(_YEAR, words, _I)
    if month and (not year or month.start() < year.start()):
        return "revenue_month"
    return "revenue_year" if year else ""
