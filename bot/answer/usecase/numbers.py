# ruff: noqa: E501 - one pattern a line
"""Numbers as people write them: "1.5k", "20,000", "2.5 mio.", "half a million", "three hundred thousand", "two thirds"."""

import re
from decimal import Decimal

_SCALES = {
    "": 1,
    "hundred": 100,
    "k": 10**3,
    "thousand": 10**3,
    "lakh": 10**5,
    "lakhs": 10**5,
    "m": 10**6,
    "mn": 10**6,
    "mio": 10**6,
    "mln": 10**6,
    "million": 10**6,
    "millions": 10**6,
    "crore": 10**7,
    "crores": 10**7,
    "bn": 10**9,
    "b": 10**9,
    "mrd": 10**9,
    "billion": 10**9,
    "dozen": 12,
}
_ONES = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {
    **{word: Decimal(i) for i, word in enumerate(_ONES)},
    **{word: Decimal(10 * i) for i, word in enumerate(_TENS, 2)},
    **dict.fromkeys(("a", "an", "single"), Decimal(1)),
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
    "one fifth": Decimal("0.2"),
    "two fifths": Decimal("0.4"),
    "four fifths": Decimal("0.8"),
    "a tenth": Decimal("0.1"),
    "one tenth": Decimal("0.1"),
    "nine tenths": Decimal("0.9"),
    "all": Decimal(1),
    "everything": Decimal(1),
    "none": Decimal(0),
    "nothing": Decimal(0),
}
_SCALE = r"(?:(?:thousand|lakhs?|crores?|millions?|billion|mn|bn|k|m|b)(?![a-z0-9])|(?:mrd|mio|mln)(?![a-z0-9])\.?)"
_SMALL = rf"(?:(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_ONES[1:10])}))?|{'|'.join(reversed(_ONES[1:]))})"
_BIG = r"(?:hundred|thousand|lakhs?|crores?|million|billion|dozen)"
_SPELT = (
    rf"\b(?=[aefhnost])(?:half an? (?:{_BIG})|(?:{_SMALL}|an?)(?: and a half)? {_BIG}(?:(?: and)? {_SMALL}(?! (?:in|out|tokens?)\b))?(?: (?:thousand|million|billion))?"
    rf"(?: and a half)?|hundred thousand)\b"
)  # fmt: skip
# 1.200.000, 1'200, 12 000 (but not "Llama 4 300")
_GROUPED = r"(?:[1-9]\d{0,2}(?:[.,']\d{3}){2,}|[1-9]\d{0,2}(?:'\d{3})+|(?:[1-9]\d{1,2}|[1-9](?= \d{3} ))(?: \d{3})+)(?![\d.,]*\d)"
_DIGITS = rf"(?=\d)(?<![\w.,$€£#^'])(?:{_GROUPED}|\d[\d,]*(?:\.\d+)?(?:[ -]?{_SCALE})?)(?!,?\d|%|\.\d)"
NUMBER = rf"(?:{_SPELT}|{_DIGITS})"  # with digits, or spelt with a scale
_AND_A_HALF = rf"\b(?=[efnost]){_SMALL} and a half\b"
COUNT = rf"(?:{NUMBER}|{_AND_A_HALF}|\bhalf an?(?= [a-z])|\b(?=[efnost]){_SMALL}\b)"  # also "two"
ABOUT = r"(?:(?:about|around|roughly|more like|closer to|actually|rather|now|approximately|approx\.?|some|maybe|perhaps|say|like|up to|at most|at least|on average|avg\.?|average|circa|ca\.?|nearly|almost|~)\s*)*~?"
FRACTION = rf"(?:\b(?:{'|'.join(sorted(_FRACTIONS, key=len, reverse=True))})\b|(?<![\d.,])\d{{1,3}}(?:\.\d+)?\s?(?:%|per ?cent\b))"


def number(words: str) -> Decimal:
    """The value of what NUMBER or COUNT matched."""
    text = words.strip().lower().rstrip(".")
    if re.fullmatch(_GROUPED, text):
        return Decimal(re.sub(r"[.,' ]", "", text))
    text = text.replace("-", " ")
    digits = re.match(r"(\d[\d,]*(?:\.\d+)?)\s*([a-z]*)$", text)
    if digits:
        return _digits(digits.group(1), digits.group(2)) * _SCALES[digits.group(2)]
    return _spelt(text)


def _spelt(text: str) -> Decimal:
    """ "two and a half million", "a million and a half", "three hundred and fifty thousand"."""
    total, current, last = Decimal(0), Decimal(0), Decimal(1)
    for word in re.sub(r"\band a half\b", "plus-half", re.sub(r"^half an?\b", "half", text)).split():
        if word == "half":
            current = Decimal("0.5")
        elif word == "plus-half":
            total, current = (total, current + Decimal("0.5")) if current else (total + last / 2, current)
        elif word in _WORDS:
            current += _WORDS[word]
        elif word == "hundred":
            current = (current or Decimal(1)) * 100
        elif word != "and":
            last = Decimal(_SCALES[word])
            total, current = total + (current or Decimal(1)) * last, Decimal(0)
    return total + current


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
