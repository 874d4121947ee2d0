# ruff: noqa: E501 - one pattern a line
"""A message as the extractors read it: sentences, clauses, and whether a place in it is denied, doubted or asked in general."""

import re
from collections.abc import Iterator
from functools import lru_cache

_SAME_LENGTH = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-"}
)
_SENTENCE_END = re.compile(r"[.!?]+(?=\s|$)|[;\n]")
_CLAUSE_END = re.compile(
    r",(?!\d)|:(?=\s)|\s-+\s|[()]|\b(?:but|however|although|while|though|then)\b|\band\b(?=\s+(?:we|I|no|not|nobody|have|has|is|are|"
    r"don't|do|must|may|need|it|they|so|in|later|eventually|maybe|perhaps|possibly|might)\b)",
    re.IGNORECASE,
)
_NEGATOR = re.compile(
    r"\b(?:no|not|never|without|none|nobody|nothing|neither|nor|cannot|free of|rather than|instead of|lack(?:s|ing)?|isn't|aren't|"
    r"don't|doesn't|didn't|won't|can't|wouldn't|haven't|hasn't|no longer)\b|n't\b",
    re.IGNORECASE,
)
_NOT_REALLY = re.compile(
    r"\bnot (?:only|just|merely|least)\b|\bno (?:later|longer than|more than|matter|doubt|less)\b", re.IGNORECASE
)
_DENIED_AFTER = re.compile(
    r"^[^.?!;,]{0,30}?\b(?:(?:is|are|was|were)(?: not|n't)(?! (?:only|allowed|permitted|to)\b)|"
    r"(?:do|does|did|would|will)(?: not|n't) (?:apply|matter|exist)|"
    r"not (?:needed|required|necessary|involved|planned|relevant|an issue|at hand))\b",
    re.IGNORECASE,
)
_ANSWERED_NO = re.compile(r"\s*[?:]\s*(?:none|no|nope|nothing)\b", re.IGNORECASE)
_HEDGE = re.compile(
    r"\b(?:maybe|perhaps|possibly|might|later|eventually|some ?day|one day|in (?:the|a distant) future|down the road|at some point|"
    r"thinking (?:about|of)|(?:we|I) (?:may|could)(?! (?:not|only|never)\b)|consider(?:ing)?|not sure|unsure|undecided|would be nice|nice to have|ideally|optionally|(?:were|we|you) ever|"
    r"toy(?:ing)? with|hope(?:fully)?|prefer(?:red|ably|ence)?|would (?:buy|like to buy))\b",
    re.IGNORECASE,
)
_ABOUT_A_NUMBER = re.compile(r"\b(?:maybe|perhaps|possibly)\s+(?:around |about |some )?[~\d]", re.IGNORECASE)
_QUESTION = re.compile(
    r"^\W*(?:(?:and|so|but|ok|okay|hi|hello|hey)\W+)*(?:what(?:'s)?|which|who|whom|whose|when|where|why|how|does|do|did|is|are|was|"
    r"were|will|can|could|has|have|explain|tell|define|list|show|name|top \d+|compare)\b",
    re.IGNORECASE,
)
_SCENARIO = re.compile(
    r"\b(?:[Ww]e(?:'re|'ve|'d|'ll)?|[Oo]ur(?:s|selves)?|us|I(?:'m|'ve|'d)?|[Mm]y)\b|"
    r"(?i:\b(?:what if|what about|how about|and if|suppose|assum\w+)\b|\b(?:for|can|may|should|could|must|whether) an? )"
)
_OTHERS = re.compile(
    r"\b(?:competitors?|they|their|rivals?|other compan\w+|someone|vendor's|some firms)\b", re.IGNORECASE
)
_PAST = re.compile(
    r"\b(?:last (?:year|quarter)|used to|previously|formerly|in the past|years? ago|months? ago|back then|until (?:last|this))\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=2048)
def compiled(pattern: str) -> re.Pattern[str]:
    """Patterns ignore case except where they say `(?-i:...)`."""
    return re.compile(pattern, re.IGNORECASE)


class Text:
    """One message. Offsets are those of the message as given."""

    def __init__(self, text: str) -> None:
        self.plain = text.translate(_SAME_LENGTH)
        self._sentences = _pieces(self.plain, _SENTENCE_END, 0, len(self.plain))

    def finditer(self, pattern: str) -> Iterator[re.Match[str]]:
        return compiled(pattern).finditer(self.plain)

    def search(self, pattern: str) -> re.Match[str] | None:
        return compiled(pattern).search(self.plain)

    def sentence(self, at: int) -> tuple[int, int]:
        return next((s for s in self._sentences if s[0] <= at < s[1]), (0, len(self.plain)))

    def clause(self, at: int) -> tuple[int, int]:
        pieces = _pieces(self.plain, _CLAUSE_END, *self.sentence(at))
        return next((p for p in pieces if p[0] <= at < p[1]), self.sentence(at))

    def before(self, at: int) -> str:
        """The clause up to here."""
        return self.plain[self.clause(at)[0] : at]

    def clause_text(self, at: int) -> str:
        return self.plain[slice(*self.clause(at))]

    def labelled(self, at: int) -> str:
        """The clause, with the label before its colon: "Monthly budget: 15k"."""
        start, end = self.clause(at)
        if start and self.plain[:start].endswith(":"):
            start = self.clause(start - 1)[0]
        return self.plain[start:end]

    def sentence_text(self, at: int) -> str:
        return self.plain[slice(*self.sentence(at))]

    def negated(self, start: int, end: int) -> bool:
        """A negator before in the clause, or "is not needed" and the like after it."""
        before = _NOT_REALLY.sub(" ", self.before(start))
        after = self.plain[end : self.sentence(start)[1]]
        if _ANSWERED_NO.match(self.plain, end):
            return True
        return bool(_NEGATOR.search(before)) or bool(_DENIED_AFTER.search(after))

    def hedged(self, at: int) -> bool:
        """Said as a possibility in this clause or the words that lead to it."""
        start, end = self.clause(at)
        clause = _ABOUT_A_NUMBER.sub(" ", self.plain[start:end])
        return bool(_HEDGE.search(clause))

    def general(self, at: int) -> bool:
        """A question of general interest, not of the asker's own case."""
        sentence = self.sentence_text(at)
        return bool(_QUESTION.search(sentence)) and not _SCENARIO.search(sentence)

    def of_others(self, at: int) -> bool:
        return bool(_OTHERS.search(self.before(at)))

    def past(self, at: int) -> bool:
        start, end = self.clause(at)
        return bool(_PAST.search(self.plain[start:end]))


def _pieces(text: str, ends: re.Pattern[str], start: int, stop: int) -> list[tuple[int, int]]:
    pieces = []
    for match in ends.finditer(text, start, stop):
        pieces.append((start, match.end()))
        start = match.end()
    return [*pieces, (start, stop)] if start < stop else pieces
