"""What is remembered of an answer: the facts it cited, and the first sentence with those behind it. Pure."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal

from bot.answer.contract import Answer, UsedFact
from bot.watch.contract import FactMoved, Frozen
from bot.watch.facts_moved import changed, went
from kb.facts.fields import is_single
from kb.facts.values import parse_number
from kb.types import Fact, FactView, Status

# A quoted rate has to move by 2%: aggregators round and convert currencies, vendors change prices in larger steps.
RATE_SHARE = Decimal("0.02")
_TRACKED = (Status.IN_FORCE, Status.SCHEDULED, Status.DISPUTED)
_BEGUN = (Status.IN_FORCE, Status.DISPUTED)

About = Callable[[str], Sequence[FactView]]


class Cited(Frozen):
    """A fact as an answer told of it."""

    key: str
    subject: str
    field: str
    unit: str
    qualifiers: dict[str, str]
    value: str
    statement: str
    status: Status


class Stands(Frozen):
    """`lead`: the first sentence; `lead_values`: what its facts say."""

    as_of: date
    seen_at: datetime
    lead: str
    lead_values: tuple[str, ...]
    facts: tuple[Cited, ...]


def stands(answer: Answer, seen_at: datetime) -> Stands:
    """Facts that an answer told as history are left out: they are over already."""
    first = answer.sentences[0] if answer.sentences else None
    marks = set(first.citations) if first else set()
    used = [fact for fact in answer.facts if fact.citation is not None and Status(fact.status) in _TRACKED]
    return Stands(
        as_of=answer.as_of,
        seen_at=seen_at,
        lead=first.text if first else "",
        lead_values=tuple(sorted(_says(fact) for fact in used if fact.citation in marks)),
        facts=tuple(map(_cited, used)),
    )


def _cited(fact: UsedFact) -> Cited:
    names = ("key", "subject", "field", "unit", "value", "statement")
    given = {name: getattr(fact, name) for name in names}
    return Cited(**given, qualifiers=dict(fact.qualifiers), status=Status(fact.status))


def _says(fact: UsedFact) -> str:
    return f"{fact.subject} {fact.field} {sorted(fact.qualifiers.items())} {fact.value}"


def moved_facts(before: Stands, about: About) -> tuple[list[FactMoved], Stands]:
    """What changed of the facts cited, and what is to be remembered once that is told."""
    found: list[FactMoved] = []
    kept: list[Cited] = []
    for cited in before.facts:
        known = about(cited.subject)
        now = now_of(cited, known)
        own = [seen.fact for seen in known if seen.fact.key == cited.key]
        if now is None and own:
            found.append(went(max(own, key=lambda fact: fact.id)))
        elif now is None or not has_moved(cited, now):
            kept.append(cited)
        else:
            found.append(_changed(cited, now))
            kept.append(_recited(now))
    return list(dict.fromkeys(found)), before.model_copy(update={"facts": tuple(kept)})


def now_of(cited: Cited, known: Sequence[FactView]) -> FactView | None:
    """What holds today in the place of a cited fact: the fact itself, what replaced it, or its place's new holder."""
    wanted = _TRACKED if cited.status is Status.SCHEDULED else _BEGUN
    own = [s for s in known if s.fact.key == cited.key]
    standing = [s for s in own if s.status in wanted]
    if standing:
        return max(standing, key=lambda s: (s.status is not Status.SCHEDULED, s.fact.id))
    heirs = {s.superseded_by.id for s in own if s.superseded_by is not None}
    holders = [s for s in known if s.status in wanted and (s.fact.id in heirs or _same_place(cited, s.fact))]
    return min(holders, key=lambda s: (s.fact.tier, -s.fact.known_from.toordinal(), -s.fact.id), default=None)


def _same_place(cited: Cited, fact: Fact) -> bool:
    return (
        is_single(cited.field)
        and (fact.field, fact.unit) == (cited.field, cited.unit)
        and dict(fact.qualifiers) == cited.qualifiers
    )


def has_moved(cited: Cited, now: FactView) -> bool:
    disputes = (cited.status is Status.DISPUTED, now.status is Status.DISPUTED)
    began = cited.status is Status.SCHEDULED and now.status is not Status.SCHEDULED
    return began or disputes[0] != disputes[1] or not same_rate(cited, now.fact)


def same_rate(cited: Cited, fact: Fact) -> bool:
    """Whether two values say the same: rates by their size, everything else by its words."""
    was, now = parse_number(cited.value), parse_number(fact.value)
    if was is None or now is None:
        return _plain(cited.value) == _plain(fact.value)
    if not cited.unit.startswith(("USD", "EUR")) or not was:
        return was == now
    return abs(now - was) / abs(was) < RATE_SHARE


def _plain(value: str) -> frozenset[str]:
    return frozenset(" ".join(part.casefold().split()) for part in value.split(","))


def _changed(cited: Cited, now: FactView) -> FactMoved:
    return changed(None, now).model_copy(update={"before": cited.statement})


def _recited(now: FactView) -> Cited:
    names = ("key", "subject", "field", "unit", "value", "statement")
    given = {name: getattr(now.fact, name) for name in names}
    return Cited(**given, qualifiers=dict(now.fact.qualifiers), status=now.status)
