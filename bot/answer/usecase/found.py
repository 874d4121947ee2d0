# ruff: noqa: E501 - one pattern a line
"""What an extractor hands over: one value of one input, and where in the text it stands."""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Self

from bot.answer.usecase.reading import Text
from kb.patterns import compiled


class Act(Enum):
    """What a finding does to the input: set it, take a member out of a set, make it unknown again, or only be remarked."""

    SET = "set"
    REMOVE = "remove"
    CLEAR = "clear"
    REMARK = "remark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`derived` values follow from others and yield to stated ones; `assumption` says what the reading took for granted."""

    name: str
    value: object
    start: int
    end: int
    words: str
    assumption: str = ""
    derived: bool = False
    act: Act = Act.SET

    def remarked(self, why: str) -> Self:
        return replace(self, act=Act.REMARK, assumption=why)


def found(text: Text, name: str, value: object, span: tuple[int, int], *, assumption: str = "") -> Found:
    """A stated value; said only as a possibility, it becomes a remark."""
    start, end = span
    words = " ".join(text.plain[start:end].split()).strip(" ,;:")
    one = Found(name=name, value=value, start=start, end=end, words=words, assumption=assumption)
    return one.remarked("said as a possibility") if text.hedged(start) else one


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A pattern that states a value. Negated it states `negated`, or nothing; `sure` patterns hold their own negation.

    In a general question ("Which licences forbid military use?") a rule states nothing unless `in_questions`.
    """

    name: str
    value: object
    pattern: str
    negated: object = None
    sure: bool = False
    in_questions: bool = False
    derived: bool = False
    assumption: str = ""
    unless: str = ""  # what must not stand in the same clause


def apply(rules: tuple[Rule, ...], text: Text) -> list[Found]:
    """Every rule at every place it holds."""
    return [f for rule in rules for f in _apply(rule, text)]


def _apply(rule: Rule, text: Text) -> list[Found]:
    results = []
    for match in text.finditer(rule.pattern):
        start, end = match.span()
        if text.of_others(start) or text.past(start) or (not rule.in_questions and text.general(start)):
            continue
        if rule.in_questions and text.explained(start):
            continue
        if rule.unless and compiled(rule.unless).search(text.clause_text(start)):
            continue
        value = rule.value
        if not rule.sure and text.negated(start, end):
            value = rule.negated
        if value is not None:
            one = found(text, rule.name, value, (start, end), assumption=rule.assumption)
            results.append(replace(one, derived=rule.derived))
    return results
