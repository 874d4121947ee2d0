# ruff: noqa: E501 - one pattern a line
"""Corrections that name only the new figure: "20k, not 200k", "make it $8,000", "one of them quit", "Spain instead of Italy"."""

import re
from decimal import ROUND_HALF_UP, Decimal

from bot.answer.usecase import volume
from bot.answer.usecase.found import Act, Found, found
from bot.answer.usecase.geography import ALSO_NAME, NAME, code_of, codes_in
from bot.answer.usecase.numbers import COUNT, NUMBER, number
from bot.answer.usecase.reading import Text
from bot.answer.usecase.task import LIST, languages_in
from kb.decide.use_case import UseCase

_DIGITS = NUMBER.replace(r"$€£", "")  # the currency may touch them
_USD = rf"(?:(?:US)?\$\s?(?P<n>{_DIGITS})|(?P<m>{NUMBER})\s*(?:USD|dollars?|bucks)\b)"
_ANEW = r"(?:make (?:it|that)|sorry|no|actually|rather|correction|wait|it's(?: now)?|that's|(?:raise|lower|cut|increase|reduce|set) (?:it|that) to|I meant|we meant|typo)"
_MONEY = rf"\b{_ANEW}[,:]?\s+(?:only |just |about |rather |more like )*{_USD}(?=\s*(?:[.,;!?)]|$|instead\b|not\b|then\b|please\b|(?:a|per) month\b))"
_NOT_THAT = rf"(?P<n>{NUMBER})(?:\s+[a-z]+){{0,2}}?\s*,?\s+(?:and )?not\s+(?P<old>{NUMBER})"
_LEFT = rf"\b(?P<n>{COUNT})\s+(?:of (?:them|those|these|our \w+)|(?:ML ?Ops |ML )?(?:engineers?|people|persons?|colleagues?))\s+(?:has |have |had |just |since |recently |already )*(?:left|quit|resigned|retired|moved on|was laid off|were laid off|is gone|are gone|is leaving|are leaving)\b"
_ALL_LEFT = r"^\W*(?:but |and |now )*(?P<whom>both|all of them|they(?: have)?(?: both| all)?|all (?:two|three|four|five))(?: of them)? (?:has |have |had |just |since |recently |already )*(?:left|quit|resigned|retired|moved on|were laid off|are gone)\b"
_MORE = rf"\b(?:we|I)(?:'ve| have| just)* (?:just |since |also |now )*(?:hired|got|added|brought in|took on|found) (?P<n>{COUNT}) (?:more|another|additional)\b(?=\s*(?:[.,;!]|$|engineers?\b|people\b|of them\b|FTEs?\b|ML\w*\b))"
_FOR_ANOTHER = rf"\b(?P<new>{LIST}),?\s+(?:instead of|rather than|not)\s+(?P<old>{LIST})\b"
_AND_ALSO = rf"^\W*(?:and|plus|also|add)\s+(?:also |in )*(?P<new>{LIST})(?:\s+(?:too|as well|also|please))?\W*$"
_INSTEAD = (
    rf"{NAME},?\s+(?:instead of|rather than|and not|not)\s+(?:in )?{ALSO_NAME}",
    rf"\binstead of\s+(?:in )?{ALSO_NAME},?\s+(?:in |to |take |use )?{NAME}",
)
_STILL = r"\bonly\s+(?:the\s+)?(?P<name>[A-Za-z][\w.-]*)(?:\s+(?:one|model))?\s+(?:is|remains|stays)\b(?:\s+(?:left|in|on)\b|\s*(?:[.,;!]|$))"


def corrected(text: Text, earlier: UseCase, said: frozenset[str]) -> list[Found]:
    """What replaces an earlier value of the thread; an input that this turn states in full (`said`) is left alone."""
    results = [
        *_money(text, earlier),
        *_amounts(text, earlier),
        *_staff(text, earlier),
        *_place(text, earlier),
        *_languages(text, earlier),
    ]
    return [one for one in results if one.name not in said] + _narrowed(text, earlier)


def _languages(text: Text, earlier: UseCase) -> list[Found]:
    """ "French instead of German", "and Danish": of the languages told before."""
    if not earlier.languages:
        return []
    results = []
    for match in text.finditer(_FOR_ANOTHER):
        left = earlier.languages - frozenset(languages_in(match.group("old")))
        if left != earlier.languages:
            results.append(found(text, "languages", left | frozenset(languages_in(match.group("new"))), match.span()))
    for match in text.finditer(_AND_ALSO):
        results.append(
            found(text, "languages", earlier.languages | frozenset(languages_in(match.group("new"))), match.span())
        )
    return results


def _money(text: Text, earlier: UseCase) -> list[Found]:
    """Another amount for the budget, by the same period as before."""
    before = earlier.budget_usd_per_month
    words = earlier.origins["budget_usd_per_month"].words if "budget_usd_per_month" in earlier.origins else ""
    told = re.search(_DIGITS, words, re.I)
    if not before or not told or not number(told.group()):
        return []
    results = []
    for match in text.finditer(_MONEY):
        value = number(match.group("n") or match.group("m")) * before / number(told.group())
        value = value.quantize(Decimal("0.01"), ROUND_HALF_UP).normalize() + 0
        results.append(found(text, "budget_usd_per_month", value, match.span()))
    return results


def _amounts(text: Text, earlier: UseCase) -> list[Found]:
    """ "20k, not 200k": the second is a figure that the thread has told."""
    results = []
    for match in text.finditer(_NOT_THAT):
        for name in volume.NAMES:
            words = Text(earlier.origins[name].words) if name in earlier.origins else None
            told = volume.told(words) if words else None
            if told and told.amount == number(match.group("old")):
                value = getattr(earlier, name) / told.amount * number(match.group("n"))
                results.append(found(text, name, value.quantize(Decimal(1), ROUND_HALF_UP), match.span()))
    return results


def _staff(text: Text, earlier: UseCase) -> list[Found]:
    """Those who left are no longer of the team."""
    if earlier.mlops_fte is None:
        return []
    results = [
        found(text, "mlops_fte", Decimal(0), match.span(), assumption="those who left taken off")
        for match in text.finditer(_ALL_LEFT)
        if not text.general(match.start()) and not text.of_others(match.start("whom"))
    ]
    for match in text.finditer(_MORE):
        more = earlier.mlops_fte + number(match.group("n"))
        if not text.general(match.start()) and not text.hedged(match.start()):
            results.append(found(text, "mlops_fte", more, match.span(), assumption="those who came added"))
    for match in text.finditer(_LEFT):
        left = earlier.mlops_fte - number(match.group("n"))
        if left >= 0 and not text.general(match.start()) and not text.of_others(match.start()):
            results.append(found(text, "mlops_fte", left, match.span(), assumption="those who left taken off"))
    return results


def _place(text: Text, earlier: UseCase) -> list[Found]:
    """Another place for inference, where the place it replaces is the one told before."""
    results = []
    for match in (m for pattern in _INSTEAD for m in text.placed_iter(pattern)):
        place = code_of(match.group("place"))
        others = [code for code in codes_in(match.group()) if code not in place.split("|")]
        if "|".join(sorted(others)) == earlier.inference_in:
            results.append(found(text, "inference_in", place, match.span()))
    return results


def _narrowed(text: Text, earlier: UseCase) -> list[Found]:
    """ "Only the DeepSeek one is left": the others leave the shortlist, where one of it goes by that name."""
    results = []
    for match in text.finditer(_STILL):
        name = match.group("name").lower()
        kept = frozenset(slug for slug in earlier.shortlist if name in slug.split("-") or name == slug)
        if kept and kept != earlier.shortlist:
            words = " ".join(match.group().split())
            gone = earlier.shortlist - kept
            results.append(
                Found(name="shortlist", value=gone, start=match.start(), end=match.end(), words=words, act=Act.REMOVE)
            )
    return results
