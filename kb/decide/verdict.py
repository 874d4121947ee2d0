"""Who wins, how surely, and in which words: at most two sentences, the way (open or closed) first."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.decide.figures import label, usd
from kb.decide.filters.shipping import SHIPPED
from kb.decide.scene import Apart
from kb.decide.types import Assessed, Eliminated, Flip, Group, Option, Outcome, Question
from kb.decide.use_case import SELF_HOSTING, UseCase
from kb.decide.value import CRITERIA
from kb.decide.wording import RULES

LEAST_P = 0.6
_CONTENDER_P = 0.05
_BEATEN_BY = 0.25  # of a criterion's scale
_MOST_TIED = 3
_MOST_WAYS = 2
_PROHIBITED = "H19"
HOW = {  # in brackets after the way; and in a clause
    Group.CLOSED_API: ("maker's API", "on its maker's API"),
    Group.CLOSED_CLOUD: ("cloud", "through a cloud"),
    Group.MANAGED_OPEN: ("managed", "at a managed host"),
    Group.DEDICATED_OPEN: ("dedicated endpoint", "on a dedicated endpoint"),
    Group.SELF_HOSTED: ("rented GPUs", "on rented GPUs"),
    Group.ON_PREMISES: ("own premises", "on own premises"),
}


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
    of = min(ref.checked_on or ref.known_from for ref in refs)
    return f" (prices of {of.day} {of:%B %Y}{stale})"


def _provided(one: Assessed) -> str:
    """What the option itself must be checked for before it may be chosen: where it runs, and who can reach it."""
    open_points = [
        finding.assumption
        for finding in one.findings
        if finding.set_apart
        or (finding.outcome is Outcome.UNKNOWN and not finding.input and finding.rule in ("H1", "H2", "H3", "H5", "H6"))
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


@dataclass(frozen=True, slots=True)
class _Asked:
    """On what was asked about by name: the words before the way, if it is ruled out, and the sentence after."""

    before: str = ""
    after: str = ""


def _asked(
    asked: frozenset[str], assessed: Sequence[Assessed], eliminated: Sequence[Eliminated], said: _Words
) -> _Asked:
    """How the best of what was asked about fares, or what rules it out; empty where nothing was asked about by name."""
    left = [one for one in assessed if _is_meant(one.option, asked)]
    if left:
        best = left[0]
        costs = f"{said.cost(best)}{_priced([best])}"
        return _Asked(after=f"{label(best.option)}, asked about, is best in {best.p_best:.0%}, at {costs}.")
    gone = [one for one in eliminated if _is_meant(one.option, asked)]
    findings = [finding for one in gone for finding in one.findings]
    if not findings:
        return _Asked()
    often = Counter((finding.rule, finding.reason) for finding in findings)
    rules = Counter(finding.rule for finding in findings)
    rule, reason = max(often, key=lambda pair: (_is_a_rule(pair[0]), rules[pair[0]], often[pair], pair))
    what = "Self-hosting" if asked == {SELF_HOSTING} else " and ".join(sorted({one.option.model.name for one in gone}))
    by = f"{rule} rules {'them' if ' and ' in what else 'it'} out" if _is_a_rule(rule) else "ruled out"
    return _Asked(before=f"{what}: no, {by}; otherwise ", after=f"{f'{rule}: ' if _is_a_rule(rule) else ''}{reason}")


def more_to_confirm(apart: Apart) -> str:
    kept = "1 more is" if apart.count == 1 else f"{apart.count} more are"
    return f"{kept} set apart until confirmed, the cheapest"


# ---------------------------------------------------------------- the way


def shares(group_p: Mapping[Group, float]) -> dict[str, float]:
    """P(best) of open, closed and hybrid, the surest first; a hybrid is neither."""
    totals: dict[str, float] = {}
    for group, p in group_p.items():
        totals[_kind(group)] = totals.get(_kind(group), 0.0) + p
    return {kind: min(1.0, p) for kind, p in sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))}


def _kind(group: Group) -> str:
    if group is Group.HYBRID:
        return "hybrid"
    return "closed" if group in (Group.CLOSED_API, Group.CLOSED_CLOUD) else "open"


def _way(group: Group, use_case: UseCase) -> str:
    """The first words of a verdict that has a winner: "Open (managed)"."""
    if use_case.distribution in SHIPPED:
        return "Open (shipped)"
    return f"{_kind(group).capitalize()}{f' ({HOW[group][0]})' if group in HOW else ''}"


def _tendency(group_p: Mapping[Group, float], use_case: UseCase) -> str:
    """Open or closed with its share, and how where that is clear too; or that it is too close to call."""
    if use_case.distribution in SHIPPED:
        return "Open, since only open weights can be shipped; which model is not settled"
    (kind, p), *others = shares(group_p).items()
    if p < LEAST_P:
        rest = ", ".join(f"{name} has {q:.0%}" for name, q in others if q >= 0.01)
        return f"Too close to call: {kind} leads with {p:.0%} of the draws{f', {rest}' if rest else ''}"
    group, q = max(((g, q) for g, q in group_p.items() if _kind(g) == kind), key=lambda pair: pair[1])
    how = HOW[group][1] if group in HOW else ""
    if q < LEAST_P or not how:
        return f"{kind.capitalize()} in {p:.0%} of the draws{', how to run it is not settled' if how else ''}"
    if round(q, 2) == round(p, 2):
        return f"{kind.capitalize()}, {how}, in {p:.0%} of the draws; which model is not settled"
    return f"{kind.capitalize()} in {p:.0%} of the draws, {how} in {q:.0%}; which model is not settled"


def _is_a_rule(rule: str) -> bool:
    return rule[1:].isdigit()


def _won(best: Assessed, assessed: Sequence[Assessed], on_asked: _Asked, words: _Words) -> str:
    costs = f"{words.cost(best)}{_priced([best])}{_provided(best)}"
    way = _way(best.option.group, words.use_case)
    said = f"{way}: {label(best.option)}, best in {best.p_best:.0%} of the draws, {costs}"
    said = f"{on_asked.before}{_small(said)}" if on_asked.before else said
    if on_asked.after:
        return f"{said}. {on_asked.after}"
    if len(assessed) < 2:
        return f"{said}; no other option is left."
    second = assessed[1]
    return f"{said}. Next: {label(second.option)}, best in {second.p_best:.0%}, {words.cost(second)}."


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]


def _undecided(
    assessed: Sequence[Assessed],
    group_p: Mapping[Group, float],
    questions: Sequence[Question],
    essential: frozenset[str],
    on_asked: _Asked,
    words: _Words,
) -> str:
    names = " or ".join(
        f"{label(one.option)} ({one.p_best:.0%}, {words.cost(one)}{_provided(one)})" for one in _named(assessed)
    )
    beaten = beaten_on(assessed, essential)
    if beaten is not None and assessed[0].p_best >= LEAST_P:
        name, rival = CRITERIA[beaten[0]].lower(), label(beaten[1].option)
        first = f"No option wins: {label(assessed[0].option)} is ahead, but {rival} is clearly better on {name}"
    else:
        first = _tendency(group_p, words.use_case)
    settled = f"what would settle it: {questions[0].text}" if questions and questions[0].flips > 0 else ""
    first = f"{on_asked.before}{_small(first)}" if on_asked.before else first
    rest = on_asked.after or settled
    return f"{first}. Ahead: {names}{_priced(_named(assessed))}{f'; {rest}' if rest else '.'}"


def words(
    best: Assessed | None,
    assessed: Sequence[Assessed],
    eliminated: Sequence[Eliminated],
    *,
    group_p: Mapping[Group, float],
    questions: Sequence[Question],
    flips: Sequence[Flip] = (),
    use_case: UseCase,
    apart: Apart | None = None,
) -> str:
    """`apart` is told where it may cost far less than what is ahead; `flips` where nothing is left."""
    if not assessed:
        return _nothing_left(eliminated, flips)
    said = _Words(use_case)
    named = [one.option for one in ([best] if best is not None else _named(assessed))]
    asked = use_case.asked_about
    on_asked = (
        _Asked() if any(_is_meant(option, asked) for option in named) else _asked(asked, assessed, eliminated, said)
    )
    if best is not None:
        told = _won(best, assessed, on_asked, said)
    else:
        told = _undecided(assessed, group_p, questions, use_case.essential, on_asked, said)
    if any(finding.set_apart for finding in assessed[0].findings):
        return f"To be confirmed first: {_small(told)}"
    if apart is None or apart.usd_per_month * 2 >= assessed[0].cost.point:
        return told
    more = f"{more_to_confirm(apart)} at about {usd(apart.usd_per_month)} a month."
    return f"{told} ({more})" if told.endswith("?") else f"{told.rstrip('.')}; {more}"


def _nothing_left(eliminated: Sequence[Eliminated], flips: Sequence[Flip]) -> str:
    """Which rule strikes out most and what would leave something; a prohibited practice is refused before that."""
    by_rule = Counter(rule for gone in eliminated for rule in {finding.rule for finding in gone.findings})
    if not by_rule:
        return f"None of the {len(eliminated)} options is left."
    first = max(by_rule, key=lambda rule: (rule == _PROHIBITED, by_rule[rule], rule))
    reason = next(f.reason for gone in eliminated for f in gone.findings if f.rule == first)
    if first == _PROHIBITED:
        return f"Refused, whatever runs it: {reason}"
    title = f" ({RULES[first].lower()})" if first in RULES else ""
    told = f"None of the {len(eliminated)} options is left: {first}{title} strikes out {by_rule[first]}."
    ways = "; ".join(flip.says.rstrip(".") for flip in flips[:_MOST_WAYS])
    return f"{told} {f'{ways}.' if ways else reason}"


UNDERSPECIFIED = (
    "Neither open nor closed is better in the abstract: it depends on the use, and too little is known of it. "
    "With answers to these questions there can be a verdict."
)
