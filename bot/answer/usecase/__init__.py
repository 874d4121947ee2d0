"""From plain words to a use case, without a language model: every value with the words it came from.

    text -> extractors (one module per family) -> findings -> resolve -> UseCase

A wrong value is worse than a missing one: what is denied, doubted, of others, or asked in general is not taken. Money
in another currency than USD is taken only at a rate that the caller gives.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from bot.answer.usecase import (
    data,
    follow,
    licence_use,
    load,
    money,
    people,
    place,
    policy,
    reach,
    seat,
    sizes,
    stakes,
    task,
    volume,
)
from bot.answer.usecase.found import Act, Found
from bot.answer.usecase.reading import Text
from bot.answer.usecase.resolve import resolve
from bot.answer.usecase.shortlist import kinds, shortlist
from bot.answer.usecase.spelling import as_written, corrected
from kb.decide.use_case import INPUTS, Origin, UseCase

_FAMILIES = (volume, sizes, load, seat, place, reach, policy, data, licence_use, people, task, stakes)
_EXTRACTORS = tuple(e for family in _FAMILIES for e in family.EXTRACTORS)
_ADDS = re.compile(r"\b(?:and|also|too|as well|add|include|what about|how about)\b", re.IGNORECASE)
_INSTEAD = re.compile(r"\b(?:instead|rather)\b", re.IGNORECASE)
_PLUS = re.compile(r"\b(?:plus|also|too|as well|add(?:itionally)?|on top|besides|and some)\b", re.IGNORECASE)

__all__ = ["Change", "difference", "parse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One input that differs: its value before and after (None: unknown), and the words that changed it."""

    input: str
    before: object
    after: object
    words: str


def parse(
    text: str,
    *,
    earlier: UseCase | None = None,
    models: Mapping[str, str] | None = None,
    usd_per: Mapping[str, Decimal] | None = None,
) -> UseCase:
    """Read one message; with `earlier`, as a follow-up to what the thread has said.

    `models` maps names to slugs for the shortlist; `usd_per` gives what one unit of a currency is in USD.
    """
    text, slips = corrected(text)
    case = _parsed(text, earlier, models or {}, usd_per or {})
    return _in_their_words(case, slips) if slips else case


def _parsed(text: str, earlier: UseCase | None, models: Mapping[str, str], usd_per: Mapping[str, Decimal]) -> UseCase:
    read = Text(text, in_thread=earlier is not None)
    if earlier is None or follow.starts_over(read):
        return resolve(_findings(read, models, usd_per), UseCase())
    forgotten = follow.forgotten(read, earlier)
    kept = Text(_without(text, forgotten), in_thread=True)
    findings = _findings(kept, models, usd_per)
    said = frozenset(f.name for f in findings if f.act is Act.SET)
    findings += forgotten + follow.changes(kept, earlier, said)
    return resolve(
        findings,
        _remembered(earlier),
        adds=_ADDS.search(text) is not None and not _INSTEAD.search(text),
        plus=_PLUS.search(text) is not None,
    )


def difference(before: UseCase, after: UseCase) -> list[Change]:
    """What changed from one turn to the next, in the order of the inputs."""
    changed = [n for n in INPUTS if getattr(before, n) != getattr(after, n)]
    nothing = Origin(kind="default")
    return [
        Change(
            input=name,
            before=getattr(before, name),
            after=getattr(after, name),
            words=after.origins.get(name, nothing).words,
        )
        for name in changed
    ]


def _findings(text: Text, models: Mapping[str, str], usd_per: Mapping[str, Decimal]) -> list[Found]:
    found = reach.without_seats([f for extract in _EXTRACTORS for f in extract(text)])
    named = shortlist(text, models)
    return [*found, *money.find(text, usd_per), *(named or kinds(text))]


def _in_their_words(case: UseCase, slips: Mapping[str, str]) -> UseCase:
    """Origins quote the message as it was written."""
    origins = {
        name: replace(one, words=as_written(one.words, slips)) if one.kind != "thread" else one
        for name, one in case.origins.items()
    }
    return replace(case, origins=origins)


def _without(text: str, forgotten: list[Found]) -> str:
    """The message without the words that take something back; offsets stay."""
    for one in forgotten:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text


def _remembered(earlier: UseCase) -> UseCase:
    """What the asker said before, now of the thread; defaults and forms keep their own kind."""
    origins = {
        name: replace(origin, kind="thread") if origin.kind in ("stated", "derived") else origin
        for name, origin in earlier.origins.items()
    }
    return replace(earlier, origins=origins)
