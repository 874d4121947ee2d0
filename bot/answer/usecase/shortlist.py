# ruff: noqa: E501 - one pattern a line
"""Which models are on the list: those named by their version, but for what is left, replaced or ruled out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.answer.usecase.found import Act, Found, found
from bot.answer.usecase.reading import Text
from kb.decide.use_case import CLOSED, OPEN
from kb.patterns import compiled

_ASIDE = re.compile(
    r"\b(?:instead of|rather than|replac(?:e|es|ed|ing)|mov(?:e|ed|ing) (?:off|away from)|alternatives? to|except|excluding|not|no|without(?: (?:paying for|using|needing))?|drop|remove|"
    r"rul\w+ out|anything but|migrat\w+ (?:off|from|away from)|switch\w* (?:from|away from)|leav(?:e|ing)|coming from|forget|n't use)\s+(?:the |on |use |using )*$",
    re.IGNORECASE,
)
_REPLACES = re.compile(r"\breplace\s+(?:the )?$", re.IGNORECASE)
_TODAY = re.compile(
    r"\b(?:today|currently|right now|so far|at present|at the moment|as of now|until now)\b", re.IGNORECASE
)
_LISTED = re.compile(r"^\W*(?:(?:and|or|nor)\b\W*(?:no |not |so (?:is|are) )?)?$", re.IGNORECASE)
_JOINED = r"\s*(?:,|/|&|\bor\b|\band\b|\bvs\b\.?|\bversus\b|\bagainst\b|\bnor\b)\s*(?:the |a |or |maybe )?"
_ALONE = r"(?=\s*(?:[?.,;:!)]|$|(?:or|and|for|in|on|at|vs)\b))"  # a bare "5.2" that stands for "GLM 5.2"
_VARIANT = r"(?![\w]|\.\d|[- ]?(?:mini|nano|flash|pro|max|turbo|lite|coder|air|next|thinking|scout|maverick|vl)\b)"
_MAKERS = frozenset({"claude"})  # families that go by their second name: "Opus 5.5"


@dataclass(frozen=True, slots=True)
class _Named:
    start: int
    end: int
    slug: str
    family: str


def shortlist(text: Text, models: Mapping[str, str]) -> list[Found]:
    """Models named as candidates; one that is left, replaced or ruled out is none."""
    named = _with_versions(text, _named(text, models), models)
    aside = [_aside(text, one, named) for one in named]
    for at in range(1, len(named)):  # "except A and B" is said of both
        if aside[at - 1] and _LISTED.match(text.plain[named[at - 1].end : named[at].start]):
            aside[at] = True
    if len({one.slug for one in named}) == 1:  # the one in use today is a candidate only beside others
        aside = [
            left or bool(_TODAY.search(text.clause_text(one.start))) for one, left in zip(named, aside, strict=True)
        ]
    return [_found(text, one, left=left) for one, left in zip(named, aside, strict=True)]


_OPEN = r"open(?:[- ](?:weights?|sourced?))?"
_SHUT = r"(?:closed|proprietary|commercial)(?:[- ]source)?"
_MODELS = r"(?:(?: AI| LLM| language)? ?(?:models?|LLMs?|weights|APIs?|ones|vendors?|stuff))"
_ENDS = r"(?=\s*(?:[.,;:!)]|$|please\b|pls\b|and\b|here\b|for us\b|are (?:allowed|permitted|acceptable|an option|in scope)\b))"
_ONLY = r"(?<!not )\bonly (?:use |take |want |allow(?:ed)? |accept |consider |look at |run |the |(?:an? )?)*"
_MUST = r"\b(?:must|has to|have to|needs? to|should|had better) (?:all |really )?be (?:an? )?"
_KIND = (
    rf"{_ONLY}{{this}}{_MODELS}{_ENDS}|\b(?<!not ){{this}}{_MODELS} only{_ENDS}|{_MUST}{{this}}{_MODELS}?{_ENDS}|"
    rf"\bno {{other}}{_MODELS}{_ENDS}|\bnothing {{other}}{_ENDS}|\b(?:nothing but|exclusively|solely) {{this}}{_MODELS}{_ENDS}"
)
_KINDS = (
    (OPEN, _KIND.format(this=_OPEN, other=_SHUT)),
    (CLOSED, _KIND.format(this=_SHUT, other=rf"{_OPEN}")),
)


def kinds(text: Text) -> list[Found]:
    """ "Only open-weight models": every model of the kind, where none is named."""
    return [
        found(text, "shortlist", frozenset({kind}), match.span())
        for kind, pattern in _KINDS
        for match in text.finditer(pattern)
        if not text.general(match.start()) and not text.of_others(match.start()) and not text.past(match.start())
    ]


def _found(text: Text, one: _Named, *, left: bool) -> Found:
    words = text.plain[one.start : one.end]
    named = Found(name="shortlist", value=frozenset({one.slug}), start=one.start, end=one.end, words=words)
    return replace(named, act=Act.REMOVE) if left else named


def _named(text: Text, models: Mapping[str, str]) -> list[_Named]:
    """Longest names first; what is inside a longer name is no other model."""
    named: list[_Named] = []
    for name, slug in sorted(models.items(), key=lambda pair: -len(pair[0])):
        for match in compiled(_pattern(name)).finditer(text.plain):
            if not any(one.start < match.end() and match.start() < one.end for one in named):
                named.append(_Named(*match.span(), slug, _tokens(name)[0].lower()))
    return sorted(named, key=lambda one: one.start)


def _with_versions(text: Text, named: list[_Named], models: Mapping[str, str]) -> list[_Named]:
    """ "Kimi K2.5 or K3", "GLM 5 vs 5.2": the family is said once."""
    known = list(named)
    for one in known:  # grows on the way
        rest = [(name, slug) for name, slug in models.items() if _tokens(name)[0].lower() == one.family]
        for name, slug in sorted(rest, key=lambda pair: -len(pair[0])):
            version = _version(name)
            match = (
                compiled(rf"{_JOINED}(?P<version>{version}){_VARIANT}").match(text.plain, one.end) if version else None
            )
            if match and not any(k.start < match.end() and match.start("version") < k.end for k in known):
                known.append(_Named(*match.span("version"), slug, one.family))
                break
    return sorted(known, key=lambda one: one.start)


@lru_cache(maxsize=2048)
def _version(name: str) -> str:
    """The pattern of a name without its family; empty where that says nothing."""
    tokens = _tokens(name)[1:]
    if not tokens or not re.search(r"\d", tokens[0]):
        return ""
    joined = r"[\s_-]*".join(re.escape(t) for t in tokens)
    return joined + (_ALONE if re.fullmatch(r"[\d.]+", tokens[-1]) else "")


@lru_cache(maxsize=2048)
def _pattern(name: str) -> str:
    tokens = [re.escape(t) for t in _tokens(name)]
    if len(tokens) > 2 and tokens[0].lower() in _MAKERS:
        tokens = [rf"(?:{tokens[0]}[\s_-]*)?{tokens[1]}", *tokens[2:]]
    joined = r"(?:'s)?[\s_-]*".join(tokens)
    return rf"(?<![\w./-]){joined}{_VARIANT}"


def _tokens(name: str) -> list[str]:
    return [t for t in re.split(r"[\s_-]+", name) if t]


def _aside(text: Text, one: _Named, named: list[_Named]) -> bool:
    """Left or ruled out, or only the measure of another; "could A replace B?" weighs both."""
    if compiled(r"[^.,;?!]{0,30}?(?: quality|-level|-class|-like)\b").match(text.plain, one.start):
        return True
    before = text.plain[: one.start]
    sentence = text.sentence(one.start)[0]
    if _REPLACES.search(before) and any(sentence <= other.start < one.start for other in named):
        return False
    return bool(_ASIDE.search(before))
