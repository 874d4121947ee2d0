"""Who wins, how surely, and in which words: at most two sentences."""

from collections import Counter
from collections.abc import Mapping, Sequence

from kb.decide.figures import GROUP_WORDS, label, usd
from kb.decide.types import Assessed, Eliminated, Group, Option, Question
from kb.decide.use_case import SELF_HOSTING, UseCase
from kb.decide.value import CRITERIA

LEAST_P = 0.6
_CONTENDER_P = 0.05
_BEATEN_BY = 0.25  # of a criterion's scale
_MOST_TIED = 3


def contenders(assessed: Sequence[Assessed]) -> list[Assessed]:
    return [one for one in assessed if one.p_best >= _CONTENDER_P] or list(assessed[:1])


def beaten_on(assessed: Sequence[Assessed], essential: frozenset[str]) -> tuple[str, Assessed] | None:
    """An essential criterion on which another option is clearly better than the leader, and the best one there."""
    leader = assessed[0]
    for name in sorted(essential & CRITERIA.keys()):
        rival = max(assessed, key=lambda one: one.values[name])
        if rival.values[name] >= leader.values[name] + _BEATEN_BY:
            return name, rival
    return None


def winner(assessed: Sequence[Assessed], essential: frozenset[str]) -> Assessed | None:
    if not assessed or assessed[0].p_best < LEAST_P or beaten_on(assessed, essential) is not None:
        return None
    return assessed[0]


def tied(assessed: Sequence[Assessed], essential: frozenset[str]) -> tuple[str, ...]:
    found = [one.option.id for one in contenders(assessed)[:_MOST_TIED]]
    beaten = beaten_on(assessed, essential) if assessed else None
    return tuple(dict.fromkeys([*found, *([beaten[1].option.id] if beaten else [])]))


def _cost(one: Assessed) -> str:
    return f"about {usd(one.cost.point)} a month"


def is_about(option: Option, asked: str) -> bool:
    """Is this option what was asked about: a model by its slug, or a way to run one?"""
    if asked == SELF_HOSTING:
        return option.group in (Group.SELF_HOSTED, Group.ON_PREMISES)
    return option.bulk is None and option.model.slug == asked


def _asked(asked: frozenset[str], assessed: Sequence[Assessed], eliminated: Sequence[Eliminated]) -> str:
    """How the best of what was asked about fares, or what rules it out; "" where nothing was asked about by name."""
    left = [one for one in assessed if any(is_about(one.option, name) for name in asked)]
    if left:
        best = left[0]
        return f"{label(best.option)}, asked about, is best in {best.p_best:.0%}, at {_cost(best)}."
    gone = [one for one in eliminated if any(is_about(one.option, name) for name in asked)]
    findings = [finding for one in gone for finding in one.findings]
    if not findings:
        return ""
    often = Counter((finding.rule, finding.reason) for finding in findings)
    rules = Counter(finding.rule for finding in findings)
    rule, reason = max(often, key=lambda pair: (_is_a_rule(pair[0]), rules[pair[0]], often[pair], pair))
    what = "Self-hosting" if asked == {SELF_HOSTING} else " and ".join(sorted({one.option.model.name for one in gone}))
    return f"{what}, asked about, {'are' if ' and ' in what else 'is'} ruled out by {rule}: {reason}"


def _is_a_rule(rule: str) -> bool:
    return rule[1:].isdigit()


def _won(best: Assessed, assessed: Sequence[Assessed], on_asked: str) -> str:
    said = f"{label(best.option)} is best in {best.p_best:.0%} of the draws, at {_cost(best)}"
    if on_asked:
        return f"{said}. {on_asked}"
    if len(assessed) < 2:
        return f"{said}; no other option is left."
    second = assessed[1]
    return f"{said}. Next is {label(second.option)}, best in {second.p_best:.0%}, at {_cost(second)}."


def _undecided(
    assessed: Sequence[Assessed],
    group_p: Mapping[Group, float],
    questions: Sequence[Question],
    essential: frozenset[str],
    on_asked: str,
) -> str:
    names = " or ".join(f"{label(one.option)} ({one.p_best:.0%})" for one in contenders(assessed)[:_MOST_TIED])
    beaten = beaten_on(assessed, essential)
    group, p = max(group_p.items(), key=lambda pair: pair[1])
    if beaten is not None and assessed[0].p_best >= LEAST_P:
        name, rival = CRITERIA[beaten[0]].lower(), label(beaten[1].option)
        first = f"No option wins: {label(assessed[0].option)} is ahead, but {rival} is clearly better on {name}"
    elif p >= LEAST_P:
        first = f"The way is clear in {p:.0%} of the draws ({GROUP_WORDS[group]}), the model is not: {names}"
    else:
        first = f"No option wins surely enough: {names}"
    if on_asked:
        return f"{first}. {on_asked}"
    asked = f" What would settle it: {questions[0].text}" if questions else ""
    return f"{first}.{asked}"


def words(
    best: Assessed | None,
    assessed: Sequence[Assessed],
    eliminated: Sequence[Eliminated],
    *,
    group_p: Mapping[Group, float],
    questions: Sequence[Question],
    use_case: UseCase,
) -> str:
    if not assessed:
        rules = sorted({finding.rule for gone in eliminated for finding in gone.findings})
        by = f" They fall to {', '.join(rules)}." if rules else ""
        return f"None of the {len(eliminated)} options is left.{by}"
    named = [one.option for one in ([best] if best is not None else contenders(assessed)[:_MOST_TIED])]
    asked = frozenset(name for name in use_case.asked_about if not any(is_about(option, name) for option in named))
    on_asked = _asked(asked, assessed, eliminated)
    if best is not None:
        return _won(best, assessed, on_asked)
    return _undecided(assessed, group_p, questions, use_case.essential, on_asked)


UNDERSPECIFIED = (
    "Neither open nor closed is better in the abstract: it depends on the use, and too little is known of it. "
    "With answers to these questions there can be a verdict."
)
