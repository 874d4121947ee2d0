"""Who wins, how surely, and in which words: at most two sentences."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.decide.figures import GROUP_WORDS, label, usd
from kb.decide.types import Assessed, Eliminated, Group, Option, Outcome, Question
from kb.decide.use_case import SELF_HOSTING, UseCase
from kb.decide.value import CRITERIA

LEAST_P = 0.6
_CONTENDER_P = 0.05
_BEATEN_BY = 0.25  # of a criterion's scale
_MOST_TIED = 3
_PROHIBITED = "H19"


def contenders(assessed: Sequence[Assessed]) -> list[Assessed]:
    return [one for one in assessed if one.p_best >= _CONTENDER_P] or list(assessed[:1])


def _named(assessed: Sequence[Assessed]) -> list[Assessed]:
    """Those that a verdict without a winner speaks of: what is best far more seldom than the leader is no rival."""
    found = contenders(assessed)[:_MOST_TIED]
    return [one for one in found if one.p_best >= found[0].p_best / 3]


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


@dataclass(frozen=True, slots=True)
class _Words:
    """How costs are said: for a thousand requests where nobody told how many there are in a month."""

    use_case: UseCase

    def cost(self, one: Assessed) -> str:
        requests = self.use_case.requests_per_month
        if self.use_case.is_known("requests_per_month") or not requests:
            return f"about {usd(one.cost.point)} a month"
        if one.option.hardware is not None or one.cost.gpus:
            return f"about {usd(one.cost.point)} a month, mostly whatever the volume"
        return f"about {usd(one.cost.point / requests * 1000)} for 1,000 requests"


def _priced(named: Sequence[Assessed]) -> str:
    """The day for which the oldest price behind them was confirmed, and whether any is overdue."""
    refs = [ref for one in named for ref in one.cost.refs]
    if not refs:
        return ""
    stale = ", stale" if any(ref.stale for ref in refs) else ""
    return f" (prices of {min(ref.checked_on or ref.known_from for ref in refs).isoformat()}{stale})"


def _provided(one: Assessed) -> str:
    """What the option itself must be checked for before it may be chosen: where it runs, and who can reach it."""
    open_points = [
        finding.assumption
        for finding in one.findings
        if finding.outcome is Outcome.UNKNOWN and not finding.input and finding.rule in ("H2", "H3", "H6")
    ]
    return f", provided that {' and '.join(dict.fromkeys(open_points))}" if open_points else ""


def is_about(option: Option, asked: str) -> bool:
    """Is this option what was asked about: a model by its slug, or a way to run one?"""
    if asked == SELF_HOSTING:
        return option.group in (Group.SELF_HOSTED, Group.ON_PREMISES)
    return option.bulk is None and option.model.slug == asked


def _is_meant(option: Option, asked: frozenset[str]) -> bool:
    """One of the models asked about, and had in the way asked about where one was."""
    models = asked - {SELF_HOSTING}
    if not asked or (SELF_HOSTING in asked and not is_about(option, SELF_HOSTING)):
        return False
    return not models or any(is_about(option, model) for model in models)


def _asked(asked: frozenset[str], assessed: Sequence[Assessed], eliminated: Sequence[Eliminated], said: _Words) -> str:
    """How the best of what was asked about fares, or what rules it out; "" where nothing was asked about by name."""
    left = [one for one in assessed if _is_meant(one.option, asked)]
    if left:
        best = left[0]
        return (
            f"{label(best.option)}, asked about, is best in {best.p_best:.0%}, at {said.cost(best)}{_priced([best])}."
        )
    gone = [one for one in eliminated if _is_meant(one.option, asked)]
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


def _won(best: Assessed, assessed: Sequence[Assessed], on_asked: str, words: _Words) -> str:
    costs = f"{words.cost(best)}{_priced([best])}{_provided(best)}"
    said = f"{label(best.option)} is best in {best.p_best:.0%} of the draws, at {costs}"
    if on_asked:
        return f"{said}. {on_asked}"
    if len(assessed) < 2:
        return f"{said}; no other option is left."
    second = assessed[1]
    return f"{said}. Next is {label(second.option)}, best in {second.p_best:.0%}, at {words.cost(second)}."


def _undecided(
    assessed: Sequence[Assessed],
    group_p: Mapping[Group, float],
    questions: Sequence[Question],
    essential: frozenset[str],
    on_asked: str,
    words: _Words,
) -> str:
    names = " or ".join(
        f"{label(one.option)} ({one.p_best:.0%}, {words.cost(one)}{_provided(one)})" for one in _named(assessed)
    )
    beaten = beaten_on(assessed, essential)
    group, p = max(group_p.items(), key=lambda pair: pair[1])
    if beaten is not None and assessed[0].p_best >= LEAST_P:
        name, rival = CRITERIA[beaten[0]].lower(), label(beaten[1].option)
        first = f"No option wins: {label(assessed[0].option)} is ahead, but {rival} is clearly better on {name}"
    elif p >= LEAST_P:
        first = f"The way is clear in {p:.0%} of the draws ({GROUP_WORDS[group]}), the model is not"
    else:
        first = "No option wins surely enough"
    settled = f"what would settle it: {questions[0].text}" if questions else ""
    rest = on_asked or settled
    return f"{first}. Ahead: {names}{_priced(_named(assessed))}{f'; {rest}' if rest else '.'}"


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
        return _nothing_left(eliminated)
    said = _Words(use_case)
    named = [one.option for one in ([best] if best is not None else _named(assessed))]
    asked = use_case.asked_about
    on_asked = "" if any(_is_meant(option, asked) for option in named) else _asked(asked, assessed, eliminated, said)
    if best is not None:
        return _won(best, assessed, on_asked, said)
    return _undecided(assessed, group_p, questions, use_case.essential, on_asked, said)


def _nothing_left(eliminated: Sequence[Eliminated]) -> str:
    """Which rule strikes out most, in its own words; a prohibited practice is refused before anything is weighed."""
    by_rule = Counter(rule for gone in eliminated for rule in {finding.rule for finding in gone.findings})
    if not by_rule:
        return f"None of the {len(eliminated)} options is left."
    first = max(by_rule, key=lambda rule: (rule == _PROHIBITED, by_rule[rule], rule))
    reason = next(f.reason for gone in eliminated for f in gone.findings if f.rule == first)
    if first == _PROHIBITED:
        return f"Refused, whatever runs it: {reason}"
    others = ", ".join(f"{rule} ({count})" for rule, count in by_rule.most_common() if rule != first)
    more = f", others {others}" if others else ""
    return f"None of the {len(eliminated)} options is left: {first} strikes out {by_rule[first]}{more}. {reason}"


UNDERSPECIFIED = (
    "Neither open nor closed is better in the abstract: it depends on the use, and too little is known of it. "
    "With answers to these questions there can be a verdict."
)
