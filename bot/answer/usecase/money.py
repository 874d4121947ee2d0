# ruff: noqa: E501 - one pattern a line
"""Money: the budget by the month, and the group's revenue by month and by year. Only US dollars are taken as they are."""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from bot.answer.usecase.found import Found, found
from bot.answer.usecase.numbers import COUNT, NUMBER, middle, number
from bot.answer.usecase.reading import Text

_CURRENCIES: tuple[tuple[str, str], ...] = (
    ("CAD", r"C\$|CA\$|CAD|Canadian dollars?"),
    ("AUD", r"A\$|AU\$|AUD|Australian dollars?"),
    ("NZD", r"NZ\$|NZD|New Zealand dollars?"),
    ("SGD", r"S\$|SG\$|SGD|Singapore dollars?"),
    ("HKD", r"HK\$|HKD|Hong Kong dollars?"),
    ("BRL", r"R\$|BRL|reais"),
    ("MXN", r"MX\$|MXN"),
    ("JPY", r"¥|JPY|yen"),
    ("INR", r"₹|INR|Rs\.?|rupees?"),
    ("SEK", r"SEK|Swedish kron(?:or|a)"),
    ("DKK", r"DKK|Danish kroner?"),
    ("NOK", r"NOK|Norwegian kroner?"),
    ("PLN", r"PLN|z[lł]oty"),
    ("CZK", r"CZK|K[cč]"),
    ("CNY", r"CNY|RMB|yuan"),
    ("KRW", r"₩|KRW|won(?= (?:a|per))"),
    ("USD", r"US\$|(?<![A-Za-z])\$|USD|US dollars?|dollars?|bucks"),
    ("EUR", r"€|EUR|euros?"),
    ("GBP", r"£|GBP|pounds?(?: sterling)?"),
    ("CHF", r"CHF|Swiss francs?|francs?"),
)
_CURRENCY = "|".join(p for _, p in _CURRENCIES)
_DIGITS = NUMBER.replace(r"$€£", "")  # the currency may touch them
_MONEY = (
    rf"(?:(?<![A-Za-z])(?P<before>{_CURRENCY})\s?(?P<n>{_DIGITS})(?:\s*(?:-|to|and)\s*(?:{_CURRENCY})?\s?(?P<high>{_DIGITS}))?|"
    rf"(?P<m>{NUMBER})(?:\s*(?:-|to|and)\s*(?P<high_>{NUMBER}))?\s*(?P<after>{_CURRENCY})(?!\w))"
)
_EVERY = r"(?:a|per|each|every|/)\s*"
_MONTH = rf"\s*(?:{_EVERY}(?:month|mo)\b|monthly\b)"
_QUARTER = rf"\s*(?:{_EVERY}quarter\b|quarterly\b)"
_OVER_MONTHS = rf"\s*(?:(?:total |overall )?budget\s+)?(?:in total |total |altogether )?(?:over|for|across|in) (?:the (?:next |first |whole )?|a period of )?(?P<span>{COUNT}|\ban?\b)[\s-]*(?P<unit>months?|years?)\b"
_CEILED_AFTER = r"^(?:[^.;?!,]{0,12}?\b(?:tops|max(?:imum)?|at (?:the )?most|is (?:the|our) (?:limit|max\w*|ceiling|cap)|to spend|or less|ceiling|budget|available|set aside|approved|earmarked|is (?:all|what) (?:that )?(?:we|I)(?:'ve| have)? (?:have|got|can (?:spend|afford|pay)|could (?:spend|afford)|spend))\b|\s*[,;-]?\s*(?:and )?(?:that(?:'s| is) (?:it|all|all we have|the budget|everything)|not a cent more|no more than that|no more)\b(?=\s*(?:[.,;!)]|$)))"
_YEAR = rf"\s*(?:{_EVERY}(?:year|yr|annum)\b|yearly\b|annually\b)"
_BUDGET = r"\b(?:budget\w*|can (?:put in|spare|set aside|put aside)|(?:money|funds|funding)(?=\s*:)|(?:can|could|may|will|want to|wants to|willing to|able to|plan to|would|should|max(?:imum)?|monthly|allowed to|to|month) spend|spending|spend (?:limit|cap|is|must|up to|at most|no more|not more)|afford|cap(?:ped)?|ceiling|can (?:pay|invest)|willing to pay|up to us to pay)\b"
_WE_HAVE = r"\b(?:we|I)(?:'ve got|'ve| have| got| can have| do have)\b[^.;?!$]*?$"
_NOT_OURS = r"\b(?:quot\w+|offer\w*|invoice\w*|bill\w*|contract|savings?|debts?|loan|grant|deal|credits?)\b"
_AT_MOST = r"\b(?:less than|under|below|no more than|at most|up to|max(?:imum)?(?: of)?|not exceed(?:ing)?|within|(?:not|n't|never) (?:cost|exceed|be|go|run|spend)(?: us)?(?: (?:more than|above|over|beyond))?)\s*$|n't (?:cost|exceed|be|go|run|spend)(?: us)? (?:more than|above|over|beyond)\s*$"
_NO_CEILING = r"\b(?:revenues?|turnover|sales|per million|rents?|pric(?:e|es|ed)|salary|saves?|saving|charges?|break-?even|GPU|node)\b"
_NO_BUDGET = r"\b(?:revenue|turnover|sales|ARR|MRR|per million|per M\b|tokens?|costs?|rents?|price[sd]?|salary|saves?|charges?)\b"
_INCOME = r"\b(?:revenues?|turnover|sales|ARR|MRR|earn(?:s|ed)?|income)\b"
_LAST_YEAR = (
    r"\b(?:(?:a|per|each|last|this|past) year|annual(?:ly)?|yearly|(?:twelve|12)[- ]months?|ARR|p\.a\.|per annum)\b"
)
_LAST_MONTH = r"\b(?:(?:a|per|each|last|this|past|preceding) month|monthly|MRR)\b"
_THRESHOLD = r"\b(?:licen[cs]es?|clause|terms|threshold|fines?)\b[^.;?!]*$|\b(?:above|over|beyond|below|under|exceed\w*|more than|less than|than|threshold of|limit of|>|<)[^.;?!]*$"


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
    """The input that an amount is of, how often its period comes in a month, and what that takes for granted."""
    clause = text.labelled(match.start())
    before = text.before(match.start())
    after = text.plain[match.end() : text.sentence(match.start())[1]]
    if re.search(_INCOME, clause, re.I):
        return ("", Decimal(1), "") if re.search(_THRESHOLD, before, re.I) else (_income(clause), Decimal(1), "")
    factor, assumption, rest = _how_often(after, clause)
    if not factor:
        return "", Decimal(1), ""
    ceiled = (
        re.search(_AT_MOST, before, re.I) or re.match(_CEILED_AFTER, rest, re.I) or re.match(_CEILED_AFTER, after, re.I)
    )
    if ceiled and not re.search(_NO_CEILING, clause, re.I):
        return "budget_usd_per_month", factor, assumption
    owned = _has_it(text, match) and not re.search(_NOT_OURS, clause, re.I)
    if (owned or re.search(_BUDGET, clause, re.I)) and not re.search(_NO_BUDGET, clause, re.I):
        return "budget_usd_per_month", factor, assumption
    return "", Decimal(1), ""


def _has_it(text: Text, match: re.Match[str]) -> bool:
    """ "We have two engineers but nobody on call, and $6k a month"."""
    start = text.sentence(match.start())[0]
    return re.search(_WE_HAVE, text.plain[start : match.start()], re.I) is not None


def _how_often(after: str, clause: str) -> tuple[Decimal, str, str]:
    """How often an amount comes in a month, 0 where that is not said; and what follows."""
    for pattern, factor, assumption in _SPANS:
        match = re.match(pattern, after, re.I)
        if match:
            return factor, assumption, after[match.end() :]
    match = re.match(_OVER_MONTHS, after, re.I)
    if match:
        said = match.group("span").lower()
        months = (Decimal(1) if said in ("a", "an") else number(said)) * (12 if match.group("unit")[0] in "yY" else 1)
        return (1 / months if months else Decimal(0)), f"spread evenly over {months} months", after[match.end() :]
    if re.search(r"\bmonthly\b|\b(?:per|a|each|every) month\b", clause, re.I):
        return Decimal(1), "", after
    if re.search(r"\b(?:annual|yearly)\b", clause, re.I):
        return Decimal(1) / 12, "a yearly budget spread evenly over 12 months", after
    return Decimal(0), "", after


_SPANS = (
    (_MONTH, Decimal(1), ""),
    (_QUARTER, Decimal(1) / 3, "a quarterly budget spread evenly over 3 months"),
    (_YEAR, Decimal(1) / 12, "a yearly budget spread evenly over 12 months"),
    (
        r"\s*(?:for|in) (?:the|this|next) (?:whole )?year\b",
        Decimal(1) / 12,
        "a yearly budget spread evenly over 12 months",
    ),
)


def _income(clause: str) -> str:
    if re.search(_LAST_MONTH, clause, re.I):
        return "revenue_usd_per_month"
    return "revenue_usd_12_months" if re.search(_LAST_YEAR, clause, re.I) else ""


def _amount(
    text: Text, match: re.Match[str], name: str, factor: Decimal, assumption: str, usd_per: Mapping[str, Decimal]
) -> Found:
    said = match.group("before") or match.group("after")
    currency = next(c for c, p in _CURRENCIES if re.fullmatch(p, said, re.I))
    low, high = match.group("n") or match.group("m"), match.group("high") or match.group("high_")
    amount = (middle(low, high) if high else number(low)) * factor
    value = amount.quantize(Decimal("0.01"), ROUND_HALF_UP).normalize() if factor != 1 else amount
    if currency == "USD":
        return found(text, name, value, match.span(), assumption=assumption)
    if currency in usd_per:
        rate = usd_per[currency]
        notes = [*([assumption] if assumption else []), f"1 {currency} taken as {rate} USD"]
        return found(text, name, value * rate, match.span(), assumption="; ".join(notes))
    return found(text, name, None, match.span()).remarked(f"in {currency}, not converted to USD")
