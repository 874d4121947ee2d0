# ruff: noqa: E501 - one pattern a line
"""Numbers as people write them: "1.5k", "20,000", "2 million", "half a million", "twenty thousand", "two thirds"."""

import re
from decimal import Decimal

_SCALES = {
    "": 1,
    "hundred": 100,
    "k": 10**3,
    "thousand": 10**3,
    "m": 10**6,
    "mn": 10**6,
    "mio": 10**6,
    "million": 10**6,
    "bn": 10**9,
    "b": 10**9,
    "billion": 10**9,
}
_WORDS = {
    "a": "1",
    "an": "1",
    "one": "1",
    "single": "1",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
    "eleven": "11",
    "twelve": "12",
    "fifteen": "15",
    "twenty": "20",
    "thirty": "30",
    "forty": "40",
    "fifty": "50",
    "sixty": "60",
    "eighty": "80",
    "ninety": "90",
}
_FRACTIONS = {
    "half": Decimal("0.5"),
    "a half": Decimal("0.5"),
    "one half": Decimal("0.5"),
    "a third": Decimal(1) / 3,
    "one third": Decimal(1) / 3,
    "two thirds": Decimal(2) / 3,
    "a quarter": Decimal("0.25"),
    "one quarter": Decimal("0.25"),
    "three quarters": Decimal("0.75"),
    "a fifth": Decimal("0.2"),
    "all": Decimal(1),
    "everything": Decimal(1),
    "none": Decimal(0),
    "nothing": Decimal(0),
}
_SCALE = r"(?:thousand|million|billion|mio|mn|bn|k|m|b)(?![a-z0-9])"
_SMALL = "|".join(w for w in _WORDS if w not in ("a", "an", "single"))
_DIGITS = rf"(?<![\w.,$€£#^])\d[\d,]*(?:\.\d+)?(?:[ -]?{_SCALE})?(?![\d%])"
_SPELT = (
    rf"\b(?:half a (?:thousand|million|billion)|(?:{_SMALL}|a|an) (?:hundred(?: thousand)?|thousand|million|billion))\b"
)
NUMBER = rf"(?:{_SPELT}|{_DIGITS})"  # with digits, or spelt with a scale
COUNT = rf"(?:{NUMBER}|\b(?:{_SMALL})\b)"  # also "two"
ABOUT = r"(?:(?:about|around|roughly|approximately|approx\.?|some|maybe|perhaps|up to|at least|on average|avg\.?|average|circa|ca\.?|nearly|almost|~)\s*)*~?"
FRACTION = rf"(?:\b(?:{'|'.join(sorted(_FRACTIONS, key=len, reverse=True))})\b|(?<![\d.,])\d{{1,3}}(?:\.\d+)?\s?(?:%|per ?cent\b))"


def number(words: str) -> Decimal:
    """The value of what NUMBER or COUNT matched."""
    text = words.strip().lower().replace("-", " ")
    digits = re.match(r"(\d[\d,]*(?:\.\d+)?)\s*([a-z]*)$", text)
    if digits:
        return _digits(digits.group(1), digits.group(2)) * _SCALES[digits.group(2)]
    value = Decimal(1)
    for word in text.removeprefix("half ").split():
        value *= Decimal(_WORDS[word]) if word in _WORDS else _SCALES[word]
    return value / 2 if text.startswith("half ") else value


def _digits(text: str, scale: str) -> Decimal:
    """ "1,500" and, of a count, "20.000" are thousands; "1,5" has a decimal comma."""
    if not scale and re.fullmatch(r"[1-9]\d{0,2}(?:\.\d{3})+", text):
        return Decimal(text.replace(".", ""))
    if re.fullmatch(r"\d{1,3},\d{1,2}", text):
        return Decimal(text.replace(",", "."))
    return Decimal(text.replace(",", ""))


def middle(low: str, high: str) -> Decimal:
    """The middle of a range; in "20-30k" the scale is of both."""
    first, last = number(low), number(high)
    scale = re.search(r"[a-z]+$", high.strip().lower())
    if scale and scale.group() in _SCALES and re.fullmatch(r"[\d,.]+", low.strip()) and first < last:
        first *= _SCALES[scale.group()]
    return (first + last) / 2


def fraction(words: str) -> Decimal:
    """The value of what FRACTION matched, in [0, 1]."""
    text = words.strip().lower()
    if text in _FRACTIONS:
        return _FRACTIONS[text]
    return Decimal(re.match(r"[\d.]+", text).group()) / 100  # type: ignore[union-attr]
