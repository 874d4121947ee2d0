"""Whether a clause denies what it names: a "not" before the words, within the same breath. Pure.

"Not only" denies nothing, and "it is not true that ..." denies all that follows; a "not" behind a comma or a "so"
belongs to something else. Of a "not" behind the words one cannot say what it denies: nothing is concluded from it.
"""

import re

_I = re.IGNORECASE
_NEGATOR = re.compile(
    r"\b(?:not(?! (?:only|just|merely|solely|simply|to mention|surprisingly|least)\b)|never|nobody|no one|"
    r"none of|no (?=(?:company|business|firm|user|model|vendor|provider)\b)|no longer|cannot|neither|nor|"
    r"hardly|lacks?|fails? to|refuses? to|without(?= an?\b))\b|n['’]t\b|\bno(?= (?:\w+ ){0,2}$)",
    _I,
)
_BREAK = re.compile(
    r"[;:,(—]|\.\s|\b(?:but|so|because|although|though|while|whereas|which|who|if|unless|except|apart|instead)\b|"
    r"\bthat\b(?! (?:is|are|was|were|it|they)\b)",
    _I,
)
_UNTRUE = re.compile(
    r"\b(?:(?:not|un|in)[ -]?(?:true|correct|right|accurate)|false|wrong|a myth|a misconception|no evidence|nonsense)"
    r"\s+(?:to (?:say|claim) )?that\b",
    _I,
)
_BEHIND = re.compile(r"^[^;,.]{0,30}?\b(?:not|never|no longer)\b", _I)


def denied(text: str, start: int) -> bool:
    """Whether what stands at `start` is denied."""
    before = text[:start]
    whole = _UNTRUE.search(before)
    breaks = list(_BREAK.finditer(before))
    near = before[breaks[-1].end() :] if breaks else before
    if whole and whole.end() > start - len(near):
        near = before[whole.end() :]
    count = len(_NEGATOR.findall(near)) + bool(whole)
    return count % 2 == 1


def unclear(text: str, end: int) -> bool:
    """A "not" soon behind: of these words, or of the next?"""
    return bool(_BEHIND.match(text[end:]))
