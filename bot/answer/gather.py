"""Facts of the day and passages for a question. Views are remembered until a fact or an event is added."""

from collections import OrderedDict
from datetime import date, timedelta
from threading import Lock

from bot.answer.book import FactBook
from bot.answer.gather_news import Searcher, narrower, news_hits
from bot.answer.intent import is_chore
from bot.answer.kinds.change import asked_topics, span
from bot.answer.kinds.common import Case
from bot.answer.values import Gathered, Kind, Understood
from kb.facts.view import view
from kb.store import Store
from kb.types import Fact, FactEvent, Filter, Topic

Revision = tuple[int, ...]
_REMEMBERED = 8
_HITS = 8
_MODELS = 6
_RECENT = 60
_WIDE = (Kind.FACT, Kind.REGULATION, Kind.OUT_OF_SCOPE)  # what a stored item may answer
_TOPIC = {"offer": Topic.PRICE, "licence": Topic.LICENCE, "duty": Topic.REGULATION}


class Library:
    """Fact books by (workspace, day), built once a revision of the facts."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._books: OrderedDict[tuple[str | None, date, date], tuple[Revision, FactBook]] = OrderedDict()
        self._rows: OrderedDict[str | None, tuple[Revision, tuple[list[Fact], list[FactEvent]]]] = OrderedDict()

    def book(self, *, workspace_id: str | None, as_of: date, today: date) -> FactBook:
        revision = self._store.facts.revision()
        key = (workspace_id, as_of, today)
        with self._lock:
            kept = self._books.get(key)
            if kept and kept[0] == revision:
                self._books.move_to_end(key)
                return kept[1]
        facts, events = self._rows_of(workspace_id, revision)
        book = FactBook(view(facts, events, as_of=as_of, today=today))
        with self._lock:
            self._books[key] = (revision, book)
            while len(self._books) > _REMEMBERED:
                self._books.popitem(last=False)
        return book

    def with_offers(self, book: FactBook, read: Understood, *, workspace_id: str | None) -> FactBook:
        """The book with what price tables alone know of the models asked about, at the sellers named.

        Where no seller is named, only for models that nobody else tells a price of: tables list dozens of sellers.
        """
        sellers = {s.partition(":")[2] for prefix in ("provider", "vendor") for s in read.of(prefix)}
        models = [m for m in read.of("model") if sellers or not book.offers_of(m)]
        slugs = [m.partition(":")[2] for m in models[:_MODELS]]
        facts, events = self._store.facts.offers(slugs, workspace_id=workspace_id)
        told = [
            f
            for f in facts
            if (f.subject.partition(":")[2].partition("/")[0] in sellers if sellers else f.field.startswith("price_"))
        ]
        return book.including(view(told, events, as_of=read.as_of, today=read.today)) if told else book

    def _rows_of(self, workspace_id: str | None, revision: Revision) -> tuple[list[Fact], list[FactEvent]]:
        """The rows, read again only when one was added: a book of another day is made of the same ones."""
        with self._lock:
            kept = self._rows.get(workspace_id)
        if kept and kept[0] == revision:
            return kept[1]
        rows = self._store.facts.followed(workspace_id=workspace_id)
        with self._lock:
            self._rows[workspace_id] = (revision, rows)
            while len(self._rows) > _REMEMBERED:
                self._rows.popitem(last=False)
        return rows


def gather(
    store: Store, searcher: Searcher, read: Understood, *, workspace_id: str | None, pinned: date | None
) -> Gathered:
    """Passages near the question, and for a question of change what was published in its period."""
    idle = (Kind.UNDERSPECIFIED, Kind.HELP)
    if read.kind in idle or (read.kind is Kind.OUT_OF_SCOPE and is_chore(read.question)):
        return Gathered()
    filter_ = Filter(workspace_id=workspace_id, as_of=pinned)
    if read.news:
        found = news_hits(store, searcher, read, filter_)
        return Gathered(news=found, hits=found)
    hits = own = searcher.search(read.question, filter=filter_, k=_HITS)
    if read.kind in _WIDE:
        hits = [*narrower(store, searcher, read, filter_), *hits]
    if read.kind is not Kind.CHANGE:
        return Gathered(hits=tuple(hits), found=tuple(own))
    first, last = span(read)
    topics = tuple(_TOPIC[t] for t in sorted(asked_topics(Case(read, FactBook(()), Gathered()))) if t in _TOPIC)
    recent = store.items.recent(
        Filter(workspace_id=workspace_id, as_of=pinned, since=first, until=last + timedelta(0), topics=topics),
        limit=_RECENT,
    )
    return Gathered(hits=tuple(hits), recent=tuple(recent))
