"""Understood and gathered -> Draft. Pure: one composer a kind, named in one dict."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.answer.kinds import (
    change,
    comparison,
    covering,
    decision,
    fact,
    governing,
    listing,
    news,
    permission,
    plain,
    premise,
    regulation,
    what_if,
)
from bot.answer.kinds.common import Case
from bot.answer.kinds.trust import borne_out
from bot.answer.values import Draft, Kind


def _claim(case: Case) -> Draft:
    from bot.answer.kinds import claim  # it stands on bot.check, and that on the readers of this room

    return claim.compose(case)


COMPOSERS: Mapping[Kind, Callable[[Case], Draft]] = {
    Kind.FACT: fact.compose,
    Kind.CHANGE: change.compose,
    Kind.COMPARISON: comparison.compose,
    Kind.PERMISSION: permission.compose,
    Kind.REGULATION: regulation.compose,
    Kind.DECISION: decision.compose,
    Kind.CLAIM: _claim,
    Kind.UNANSWERABLE: plain.unanswerable,
    Kind.OUT_OF_SCOPE: plain.out_of_scope,
    Kind.HELP: plain.help_,
    Kind.UNDERSPECIFIED: plain.underspecified,
}


ONLY_OPINION = "Only a source of opinion speaks of that, and opinion never stands alone behind a statement."


def compose(case: Case) -> Draft:
    """The answer's sentences with their evidence; nothing that is not in the case, nothing that opinion alone says."""
    draft = governing.with_text(case, _composed(case))
    lines = tuple(borne_out(draft.lines))
    if draft.lines and not lines:
        return replace(draft, lines=(), abstained_because=draft.abstained_because or ONLY_OPINION, lead="")
    return replace(draft, lines=lines)


def _composed(case: Case) -> Draft:
    if what_if.asks(case):
        return what_if.compose(case)
    if case.read.news:
        return covering.backed(case, news.compose(case))
    if listing.asks(case):
        return listing.compose(case)
    draft = covering.other_quantity(case, COMPOSERS[case.read.kind](case))
    if case.read.kind is Kind.CLAIM and draft.lines and draft.lines[0].formula:
        return draft  # the verdict says what a correction would
    return premise.corrected(case, covering.backed(case, draft))
