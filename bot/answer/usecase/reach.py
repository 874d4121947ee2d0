# ruff: noqa: E501 - one pattern a line
"""Who may not get at the data: "nothing may go to a US company" keeps operators of a country out, and is nobody's seat."""

from bot.answer.usecase.found import Found, found
from bot.answer.usecase.geography import ADJECTIVE, codes_in
from bot.answer.usecase.reading import Text

_COMPANY = r"(?:compan(?:y|ies)|firms?|corporations?|operators?|authorit(?:y|ies)|governments?|agenc(?:y|ies)|courts?|entit(?:y|ies))"
_GETS = r"(?:reach|access|see|read|get (?:at|to|hold of)|touch|hold|receive|process|hand(?:ed)? over|obtain|subpoena)"
_BARRED = (
    rf"\b(?:nothing|no data|no prompts?|none of (?:it|our data))\s+(?:may|must|can|should|is allowed to|is to)\s+(?:ever\s+)?(?:go|be sent|flow|pass|get|be given)\s+to\s+(?:an?y?\s+|the\s+)?{ADJECTIVE} {_COMPANY}",
    rf"\b(?:an?|any|the)\s+{ADJECTIVE} {_COMPANY}\s+(?:must|may|can|should|could|shall)(?:\s+not|n't|not)\s+(?:ever\s+)?(?:be able to |be allowed to )?{_GETS}",
    rf"\bno\s+{ADJECTIVE} {_COMPANY}\s+(?:must|may|can|should|could|shall)\s+(?:ever\s+)?(?:be able to |be allowed to )?{_GETS}",
    rf"\b(?:out of|beyond) (?:the )?reach (?:of|for) (?:an?y?\s+|the\s+)?{ADJECTIVE} {_COMPANY}",
)
_SEAT = frozenset({"eu_seat", "eu_exposure", "regimes"})


def barred(text: Text) -> list[Found]:
    return [
        found(text, "excluded_hosts", frozenset(codes_in(match.group("place"))), match.span())
        for pattern in _BARRED
        for match in text.placed_iter(pattern)
        if not text.of_others(match.start())
    ]


def without_seats(findings: list[Found]) -> list[Found]:
    """The findings without a seat read from those who are kept out."""
    out = [one for one in findings if one.name == "excluded_hosts"]
    return [
        one
        for one in findings
        if one.name not in _SEAT or not any(o.start <= one.start and one.end <= o.end for o in out)
    ]


EXTRACTORS = (barred,)
