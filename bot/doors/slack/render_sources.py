"""One numbered list of sources under an answer: what its sentences cite, then what its decision stands on. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from bot.answer.contract import Citation
from bot.decide.report import Source
from bot.doors.slack.text import mrkdwn_link, one_line

LEGEND = "A source's date is that of its publication. Tier 1: primary text, 2: recognised data, 3: press, 4: opinion."
_TITLE, _LOCATOR, _PUBLISHER = 150, 80, 80  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """`as_of` is the day of its last confirmation; a document has one number, however often it is cited."""

    n: int
    title: str
    url: str
    publisher: str
    published: date | None
    as_of: date
    tier: int
    locator: str = ""
    stale: bool = False
    disputed: bool = False


def cited(citations: Iterable[Citation]) -> list[Reference]:
    """The answer's own, under their own numbers."""
    return [
        Reference(
            n=c.n,
            title=c.title or c.publisher or "source",
            url=c.url,
            publisher=c.publisher,
            published=c.published_at,
            as_of=c.as_of,
            tier=c.tier,
            locator=c.locator,
        )
        for c in citations
    ]


def joined(own: Iterable[Reference], sources: Iterable[Source]) -> tuple[list[Reference], Mapping[int, int]]:
    """`own` and what of `sources` is not among it; and the number that each source got, by its `Source.n`."""
    listed = {reference.n: reference for reference in own}
    known = {(reference.url, reference.title): reference.n for reference in reversed(listed.values())}
    numbers: dict[int, int] = {}
    for source in sources:
        n = known.setdefault((source.url, source.title), max(listed, default=0) + 1)
        numbers[source.n] = n
        listed[n] = _with(listed[n], source) if n in listed else _of(source, n)
    return list(listed.values()), numbers


def _of(source: Source, n: int) -> Reference:
    return Reference(
        n=n,
        title=source.title or source.publisher or "source",
        url=source.url,
        publisher=source.publisher,
        published=source.published,
        as_of=source.as_of,
        tier=source.tier,
        stale=source.stale,
        disputed=source.disputed,
    )


def _with(reference: Reference, source: Source) -> Reference:
    """Cited twice: the older confirmation and every warning count."""
    return replace(
        reference,
        as_of=min(reference.as_of, source.as_of),
        stale=reference.stale or source.stale,
        disputed=reference.disputed or source.disputed,
    )


def reference_line(reference: Reference, today: date) -> str:
    """A confirmation of `today` goes without saying: the freshness line says it once for all."""
    title = mrkdwn_link(one_line(reference.title, _TITLE), reference.url)
    place = f", {one_line(reference.locator, _LOCATOR)}" if reference.locator else ""
    confirmed = "" if reference.as_of == today else f"confirmed {short_day(reference.as_of)}"
    parts = [
        one_line(reference.publisher, _PUBLISHER),
        short_day(reference.published) if reference.published else "undated",
        f"tier {reference.tier}",
        f"{confirmed}, stale" if reference.stale and confirmed else confirmed or ("stale" if reference.stale else ""),
        "disputed by another source" if reference.disputed else "",
    ]
    return f"[{reference.n}] {title}{place} · {' · '.join(part for part in parts if part)}"


def short_day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def long_day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
