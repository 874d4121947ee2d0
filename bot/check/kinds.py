"""Fact, opinion, forecast or definition? And how far a clause reaches: words such as always, or may. Pure."""

import re
from datetime import date

from bot.answer.dates import date_mentions
from bot.check.contract import ClaimKind
from bot.check.values import Scope

_I = re.IGNORECASE
_FORECAST = re.compile(
    r"\b(?:will (?!be (?:the )?provider)|is going to|are going to|is (?:un)?likely to|are (?:un)?likely to|predict\w*|"
    r"forecast\w*|expected to|poised to|set to become|could see|could act|may drive|might become|"
    r"in the (?:coming|next) (?:\w+ )?(?:years?|decade|months?)|(?:with)?in (?:\w+ )?(?:five|ten|\d+) years|"
    r"the future (?:could|will|is|may)|possibly shifting|remainder of the decade)",
    _I,
)
_CERTAIN = re.compile(r"\bwill\b|\bis going to\b|\bare going to\b|\bset to become\b", _I)
_OPINION = re.compile(
    r"\b(?:I|we) (?:think|believe|feel|expect|hope|recommend|suggest)|\bin my (?:view|opinion)|\barguably\b|\bshould\b|"
    r"\bimperative\b|\bmust (?:adopt|embrace|consider)|\bexhilarating\b|\bexciting\b|\bdelight\w*|\belegant\b|"
    r"\bbeautiful\w*|\bremarkable\b|\b(?:more )?attuned\b|\bbest outcomes?\b|\bultimate goal\b|\bworth the\b|"
    r"\blove\b|\bamazing\b|\bimpressive\b|\breasonable to\b|\bideolog\w+|\btruly shine\b|\bpersonally\b|"
    r"\bpractical starting point\b|\bis typically the more\b|\bimagine\b|\bwisest?\b|\bsimply (?:better|more)\b",
    _I,
)
_DEFINITION = re.compile(
    r"\b(?:refers? to|means that|is defined as|are defined as|is a (?:type|kind|form) of|stands for)\b|"
    r"^\s*(?:An?|The term)\s[^.,]{3,60},?[^.]{0,60}\b(?:is|provides|gives|describes)\b[^.]{0,20}\b(?:access|"
    r"any|models? (?:whose|that)|accessible)",
    _I,
)
_ALL = re.compile(
    r"\b(?:all|always|never|every|only(?! (?:about |around |some )?\d)|solely|exclusively|entirely|completely|fully|"
    r"totally|unrestricted|unlimited|eliminat\w+|guarantee\w*|without (?:any )?(?:exception|restrictions?|limits)|"
    r"no (?:one|model|vendor)|none|any purpose|certain(?:ly)?)\b",
    _I,
)
_SOME = re.compile(
    r"\b(?:can|could|may|might|often|sometimes|some|many|tends? to|typically|usually|generally|potentially|in part|"
    r"in many cases|for (?:many|some)|several)\b",
    _I,
)
_OF_SOME = re.compile(
    r"\b(?:for|in|by|of) (?:many|some|most|several)\b|\bnot (?:all|always|every|only|solely)\b|\boften\b|"
    r"(?:\bnot|n['’]t) (?:\w+ )?(?:guarantee|eliminat|always|fully|entirely|completely)\w*",
    _I,
)


def kind_of(clause: str, sentence: str, today: date) -> ClaimKind:
    """By the clause's own words first, then by those of its sentence."""
    if _DEFINITION.search(sentence):
        return "definition"
    for text in (clause, sentence):
        if _OPINION.search(text):
            return "opinion"
        if _FORECAST.search(text) or _ahead(text, today):
            return "forecast"
    return "fact"


def _ahead(text: str, today: date) -> bool:
    """Speaks of a day to come as if one could know it: "by 2030 open models ..."; a law's date is not meant."""
    late = [m for m in date_mentions(text, today) if m.first > today]
    return bool(late) and not re.search(
        r"\b(?:appl\w+|deadline|Act|law|dut(?:y|ies)|retir\w+|deprecat\w+|ends?)\b", text, _I
    )


def is_certain_forecast(clause: str) -> bool:
    """ "Will", not "may": of the future, so that nothing on record can bear it out."""
    return bool(_CERTAIN.search(clause))


def scope_of(clause: str) -> Scope:
    if _ALL.search(clause) and not _OF_SOME.search(clause):
        return "all"
    return "some" if _SOME.search(clause) else ""
