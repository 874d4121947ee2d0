"""Checks over an open knowledge base: the facts of the day, and passages near each claim."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.answer.gather import Library
from bot.answer.gather_news import Searcher
from bot.answer.kinds.common import telling
from bot.answer.text import terms
from bot.check.contract import CheckReport
from bot.check.dateline import stated_day
from bot.check.judge import judged
from bot.check.length import check_length
from bot.check.one_sided import not_said
from bot.check.publish import published
from bot.check.values import Judged
from kb.store import Store
from kb.types import Filter, Hit, Tier

MOST_CLAIMS = 400
_SEARCHED = 80  # claims that passages are looked for; the rest are judged by the facts alone
_NEAR = 2
_LEAST_OVERLAP = 0.4


class Checker:
    """One instance serves many threads of execution."""

    def __init__(self, store: Store, searcher: Searcher, clock: Callable[[], datetime]) -> None:
        self._library, self._searcher, self._clock = Library(store), searcher, clock

    def check(
        self,
        text: str,
        *,
        source: str,
        workspace_id: str | None = None,
        as_of: date | None = None,
        published_on: date | None = None,
        url: str = "",
    ) -> CheckReport:
        """Judge every claim of the text by what was known at the end of `as_of`. Raises BadInput."""
        check_length(text)
        today = self._clock().date()
        day = min(as_of or today, today)
        book = self._library.book(workspace_id=workspace_id, as_of=day, today=today)
        claims, apart = judged(text, book, day)
        notes = (
            [f"Only the first {MOST_CLAIMS} of {len(claims)} claims are shown."] if len(claims) > MOST_CLAIMS else []
        )
        wanted = Filter(workspace_id=workspace_id, as_of=day if day < today else None, max_tier=Tier.PRESS)
        near = [self._with_passages(c, wanted, url) for c in claims[:_SEARCHED]]
        return published(
            [*near, *claims[_SEARCHED:MOST_CLAIMS]],
            apart,
            source=source,
            as_of=day,
            published_on=published_on or stated_day(text, day),
            missing=not_said(claims, {view.fact.key: view for view in book.views}),
            notes=notes,
        )

    def _with_passages(self, claim: Judged, wanted: Filter, url: str) -> Judged:
        """Passages are shown beside a claim and decide nothing: a likeness of words is no evidence."""
        if claim.kind == "opinion":
            return claim
        asked = frozenset(terms(claim.text))
        hits = self._searcher.search(claim.text, filter=wanted, k=_NEAR + 2)
        return replace(claim, near=tuple(_fitting(hits, asked, url)[:_NEAR]))


def _fitting(hits: Sequence[Hit], asked: frozenset[str], url: str) -> list[Hit]:
    """Near in meaning and in words, quotable, and not the checked article itself."""
    return [h for h in hits if h.passage.quotable and h.passage.url != url and telling(h, asked, _LEAST_OVERLAP)]
