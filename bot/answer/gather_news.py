"""The items that a question on news asks for: those of the publisher's own sources first, then those that name it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

from bot.answer.kinds.change import news_span
from bot.answer.kinds.news import is_by
from bot.answer.values import News, Understood
from kb.leads import first_day
from kb.store import Store
from kb.types import Filter, Hit

_OWN, _ANY, _NEWEST, _NARROW = 40, 24, 40, 12


class Searcher(Protocol):
    """What gathering needs of `kb.retrieve.Retriever`."""

    def search(self, question: str, *, filter: Filter = ..., k: int = ...) -> list[Hit]: ...


def news_hits(store: Store, searcher: Searcher, read: Understood, filter_: Filter) -> tuple[Hit, ...]:
    """Passages on the topic within the period; without a topic the newest of the publisher.

    A copy published within the period of a story that began before it is no news.
    """
    ask = read.news or News()
    since, until = news_span(read) if _bounded(read) else (None, filter_.until)
    own = _sources(store, ask.publisher, filter_.workspace_id) if ask.publisher else ()
    base = replace(filter_, since=since, until=until)
    hits: list[Hit] = []
    if own:
        within = replace(base, source_ids=own)
        hits = searcher.search(ask.topic, filter=within, k=_OWN) if ask.topic else _newest(store, within)
    if not hits or ask.topic:
        hits += searcher.search(f"{ask.publisher} {ask.topic}".strip(), filter=base, k=_ANY)
    return tuple(begun_since(store, hits, since, filter_.workspace_id) if since else hits)


def begun_since(store: Store, hits: Sequence[Hit], since: date, workspace_id: str | None) -> list[Hit]:
    """Those whose story first appeared on that day or later, whoever told it first."""
    told = store.stories.sources({hit.passage.story_key for hit in hits}, workspace_id=workspace_id)
    old = {key for key, sources in told.items() if min(map(first_day, sources)) < since}
    return [hit for hit in hits if hit.passage.story_key not in old]


def narrower(store: Store, searcher: Searcher, read: Understood, filter_: Filter) -> list[Hit]:
    """What the named publisher's own sources and the named period hold: filtered before the nearest are cut off."""
    sellers = [m.words for m in read.mentions if any(s.startswith(("vendor:", "provider:")) for s in m.subjects)]
    own = tuple(i for words in sellers[:2] for i in _sources(store, words, filter_.workspace_id))
    if not own and not _bounded(read):
        return []
    since, until = news_span(read) if _bounded(read) else (None, filter_.until)
    within = replace(filter_, since=since, until=until)
    hits = searcher.search(read.question, filter=replace(within, source_ids=own), k=_NARROW) if own else []
    return hits or searcher.search(read.question, filter=within, k=_NARROW)


def _bounded(read: Understood) -> bool:
    """ "Latest" names no bound: the newest there is will do."""
    period = read.period
    return period is not None and period.sense in ("in", "since", "by") and not _is_vague(period.words)


def _is_vague(words: str) -> bool:
    return words.lower() in ("latest", "newest", "recently", "lately")


def _sources(store: Store, publisher: str, workspace_id: str | None) -> tuple[int, ...]:
    found = store.sources.list(workspace_id=workspace_id)
    return tuple(s.id for s in found if is_by(publisher, s.publisher, s.title, s.url))


def _newest(store: Store, filter_: Filter) -> list[Hit]:
    """The first passage of each of the newest items, one a story."""
    stories: dict[str, int] = {}
    for version in store.items.recent(filter_, limit=_NEWEST):
        stories.setdefault(version.story_key or f"item:{version.item_id}", version.id)
    return [Hit(passage=p, score=1.0) for n in stories.values() for p in store.items.of_version(n)[:1]]
