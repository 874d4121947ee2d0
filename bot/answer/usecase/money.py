# ruff: noqa: E501 - one pattern a line
"""Money: the budget by the month, and the group's revenue by month and by year. Only US dollars are taken as they are."""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from bot.answer.usecase.found import Found, found
from bot.answer.usecase.numbers import NUMBER, number
from bot.answer.usecase.reading import Text

_CURRENCIES: tuple[tuple[str, str], ...] = (
    ("USD", r"US\$|\$|USD|US dollars?|dollars?|bucks"),
    ("EUR", r"€|EUR|euros?"),
    ("GBP", r"£|GBP|pounds?(?: sterling)?"),
    ("CHF", r"CHF|Swiss francs?|francs?"),
)
_CURRENCY = "|".join(p for _, p in _CURRENCIES)
_DIGITS = NUMBER.replace(r"$€£", "")
_MONEY = rf"(?:(?P<before>{_CURRENCY})\s?(?P<n>{_DIGITS})|(?P<m>{NUMBER})\s*(?P<after>{_CURRENCY}))"
_EVERY = r"(?:a|per|each|every|/)\s*"
_MONTH = rf"\s*(?:{_EVERY}(?:month|mo)\b|monthly\b)"
_YEAR = rf"\s*(?:{_EVERY}(?:year|yr|annum)\b|yearly\b|annually\b)"
_BUDGET = r"\b(?:budget\w*|spend(?:ing)?|afford|cap(?:ped)?|ceiling)\b"
_AT_MOST = r"\b(?:less than|under|below|no more than|at most|up to|max(?:imum)?(?: of)?|not exceed(?:ing)?|within)\s*$"
_NO_CEILING = r"\b(?:revenues?|turnover|sales|per million|rents?|pric(?:e|es|ed)|salary|saves?|saving|charges?|break-?even|GPU|node)\b"
_NO_BUDGET = r"\b(?:revenue|turnover|sales|ARR|MRR|per million|per M\b|tokens?|costs?|rents?|price[sd]?|salary|saves?|charges?)\b"
_INCOME = r"\b(?:revenues?|turnover|sales|ARR|MRR|earn(?:s|ed)?|income)\b"
_LAST_YEAR = (
    r"\b(?:(?:a|per|each|last|this|past) year|annual(?:ly)?|yearly|(?:twelve|12) months|ARR|p\.a\.|per annum)\b"
)
_LAST_MONTH = r"\b(?:(?:a|per|each|last|this|past|preceding) month|monthly|MRR)\b"
_THRESHOLD = (
    r"\b(?:above|over|beyond|below|under|exceed\w*|more than|less than|than|threshold of|limit of|>|<)[^.;?!]*$"
)


def find(text: Text, usd_per: Mapping[str, Decimal]) -> list[Found]:
    """Amounts whose clause says what they are; `usd_per` gives the rate of another currency, else it is a remark."""
    results: list[Found] = []
    for match in text.finditer(_MONEY):
        start = match.start()
        if (
            text.general(start)
            or text.of_others(start)
            or (text.past(start) and "month" not in text.clause_text(start))
        ):
            continue
        name, factor, assumption = _meaning(text, match)
        if name:
            results.append(_amount(text, match, name, factor, assumption, usd_per))
    return results


def _meaning(text: Text, match: re.Match[str]) -> tuple[str, Decimal, str]:
    clause = text.labelled(match.start())
    before = text.before(match.start())
    after = text.plain[match.end() : match.end() + 20]
    if re.search(_INCOME, clause, re.I):
        return ("", Decimal(1), "") if re.search(_THRESHOLD, before, re.I) else (_income(clause), Decimal(1), "")
    if re.search(_AT_MOST, before, re.I) and re.match(_MONTH, after, re.I) and not re.search(_NO_CEILING, clause, re.I):
        return "budget_usd_per_month", Decimal(1), ""
    if not re.search(_BUDGET, clause, re.I) or re.search(_NO_BUDGET, clause, re.I):
        return "", Decimal(1), ""
    if re.match(_MONTH, after, re.I) or re.search(r"\bmonthly\b", clause, re.I):
        return "budget_usd_per_month", Decimal(1), ""
    if re.match(_YEAR, after, re.I) or re.search(r"\b(?:annual|yearly)\b", clause, re.I):
        return "budget_usd_per_month", Decimal(1) / 12, "a yearly budget spread evenly over 12 months"
    return "", Decimal(1), ""


def _income(clause: str) -> str:
    if re.search(_LAST_MONTH, clause, re.I):
        return "revenue_usd_per_month"
    return "revenue_usd_12_months" if re.search(_LAST_YEAR, clause, re.I) else ""


def _amount(
    text: Text, match: re.Match[str], name: str, factor: Decimal, assumption: str, usd_per: Mapping[str, Decimal]
) -> Found:
    said = match.group("before") or match.group("after")
    currency = next(c for c, p in _CURRENCIES if re.fullmatch(p, said, re.I))
    amount = number(match.group("n") or match.group("m")) * factor
    value = amount.quantize(Decimal("0.01"), ROUND_HALF_UP).normalize() if factor != 1 else amount
    if currency == "USD":
        return found(text, name, value, match.span(), assumption=assumption)
    if currency in usd_per:
        rate = usd_per[currency]
        notes = [*([assumption] if assumption else []), f"1 {currency} taken as {rate} USD"]
        return found(text, name, value * rate, match.span(), assumption="; ".join(notes))
    return found(text, name, None, match.span()).remarked(f"in {currency}, not converted to USD")
