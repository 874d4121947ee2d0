"""The shipped facts as seen on a day, and what the catalogue makes of them; each day is worked out once."""

from dataclasses import fields
from datetime import UTC, date, datetime
from functools import cache

from kb.decide.catalogue import Catalogue, survey
from kb.decide.filters import Cited, Screened, cited_from, screen
from kb.decide.types import Eliminated, Finding, Option
from kb.decide.use_case import UseCase
from kb.facts.load import load_starter
from kb.facts.view import view
from kb.types import Fact, FactDraft, FactView

TODAY = date(2026, 11, 22)
_NAMES = [f.name for f in fields(FactDraft)]


@cache
def facts() -> tuple[Fact, ...]:
    recorded = datetime(2026, 11, 22, tzinfo=UTC)
    return tuple(
        Fact(id=n, workspace_id=None, recorded_at=recorded, **{name: getattr(draft, name) for name in _NAMES})
        for n, draft in enumerate(load_starter(), 1)
    )


@cache
def views(as_of: date = TODAY) -> tuple[FactView, ...]:
    return tuple(view(facts(), [], as_of=as_of))


@cache
def catalogue(as_of: date = TODAY) -> Catalogue:
    return survey(views(as_of), as_of=as_of)


@cache
def cited(as_of: date = TODAY) -> Cited:
    return cited_from(views(as_of))


def options() -> dict[str, Option]:
    return {option.id: option for option in catalogue().options}


def screened(**said: object) -> Screened:
    return screen(UseCase(**said), catalogue().options, as_of=TODAY, cited=cited())  # type: ignore[arg-type]


def left(found: Screened) -> dict[str, tuple[Finding, ...]]:
    return {option.id: findings for option, findings in found.survivors}


def out(found: Screened) -> dict[str, Eliminated]:
    return {gone.option.id: gone for gone in found.eliminated}
