"""The composition root: one function per process. Nothing else in the house builds a store, an index or a door."""

import logging
import os
import random
import shutil
import socket
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from bot.starter import load_starters
from kb.errors import ConfigurationError
from kb.patterns import KEPT
from kb.settings import Settings
from kb.store import Store
from kb.types import AnswerRecord, utc_now

if TYPE_CHECKING:
    from bot.admin import Administration
    from bot.answer import Answer, Steelyard
    from bot.articles import Article, Articles
    from bot.decide.service import Decider
    from bot.generate import Generator
    from bot.watch.service import Watcher
    from ingest.schedule import Scheduler
    from ingest.update import SourceReport
    from kb.embed import Embedder
    from kb.index import Indexes
    from kb.retrieve import Retriever
    from kb.types import SourceDraft, SourceRecord

Say = Callable[[str], None]
NOTICES, NOTICE_LEASE_S = 50, 60.0

log = logging.getLogger("steelyard.notices")


def quiet(_: str) -> None:
    """Say nothing: for callers that print JSON."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The open knowledge base of one process."""

    settings: Settings
    store: Store
    embedder: "Embedder"
    indexes: "Indexes"
    retriever: "Retriever"


def process_name() -> str:
    """Who holds a lease: host, process and thread-independent nonce."""
    return f"{socket.gethostname()}:{os.getpid()}:{random.SystemRandom().randrange(1 << 32):08x}"


@contextmanager
def opened_store(settings: Settings, say: Say = quiet) -> Iterator[Store]:
    """The store, migrated, with the starter facts and sources of this version loaded."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"cannot create {settings.home}: {error.strerror}", hint="set STEELYARD_HOME to a folder you may write"
        ) from error
    store = Store.open(settings.url)
    KEPT.at(settings.patterns_file)
    try:
        load_starters(store, settings, say)
        yield store
    finally:
        KEPT.save()
        store.close()


@contextmanager
def opened(settings: Settings, say: Say = quiet) -> Iterator[Knowledge]:
    """Everything that searching needs. The first time on a machine the embedding model is prepared (half a minute)."""
    from kb.embed import load_embedder
    from kb.index import open_indexes
    from kb.rerank import load_reranker
    from kb.retrieve import Retriever

    with opened_store(settings, say) as store:
        if not settings.models_dir.exists():
            say("Preparing the embedding model (once, about half a minute)")
        embedder = load_embedder(settings)
        indexes = open_indexes(settings, store, embedder)
        try:
            retriever = Retriever(store, embedder, indexes, clock=utc_now, reranker=load_reranker(settings))
            yield Knowledge(settings, store, embedder, indexes, retriever)
        finally:
            indexes.close()


def build_steelyard(knowledge: Knowledge, articles: "Articles | None" = None) -> "Steelyard":
    """The answering bot over an open knowledge base. Links are read by whoever ingests, unless `articles` does."""
    from bot.answer import Steelyard
    from bot.articles import ProbedArticles
    from bot.generate import GENERATORS

    @cache  # making one reads certificates and service models
    def generator_for(name: str) -> "Generator":
        try:
            make = GENERATORS[name]
        except KeyError:
            known = ", ".join(["composer", *GENERATORS])
            raise ConfigurationError(f"no generator is called {name!r}", hint=f"one of: {known}") from None
        return make(knowledge.settings)

    store, settings = knowledge.store, knowledge.settings
    return Steelyard(
        store,
        knowledge.retriever,
        generator_for,
        clock=utc_now,
        settings=settings,
        articles=articles or ProbedArticles(store),
    )


@dataclass(frozen=True, slots=True)
class FetchedArticles:
    """`bot.articles.Articles` without a worker: a command at the terminal fetches for itself."""

    settings: Settings

    def read(self, url: str, *, workspace_id: str | None) -> "Article":
        from bot.articles import Article
        from ingest.article_text import read_article
        from ingest.fetch import Fetcher

        with Fetcher(self.settings, utc_now) as fetcher:
            found = read_article(url, fetcher)
        return Article(found.text, found.url, found.published_on)


def build_decider(store: Store) -> "Decider":
    """Decisions on an open store; they need no search."""
    from bot.decide.service import Decider

    return Decider(store, clock=utc_now)


@dataclass(frozen=True, slots=True)
class OpmlLists:
    """`bot.admin.SourceLists` on ingest's OPML."""

    kinds: Sequence[str]

    def read(self, data: bytes, name: str) -> "tuple[list[SourceDraft], list[str]]":
        from ingest.opml import import_opml

        return import_opml(data, name=name)

    def write(self, sources: "Iterable[SourceRecord]") -> bytes:
        from ingest.opml import export_opml

        return export_opml(sources)


def build_administration(store: Store, settings: Settings) -> "Administration":
    """What admins can do, for any door."""
    from bot.admin import Administration
    from bot.generate import configured, destinations
    from ingest.sources import SOURCES

    return Administration(
        store,
        OpmlLists(tuple(SOURCES)),
        configured(settings),
        utc_now,
        sends_to=destinations(settings),
        default_generator=settings.generator,
    )


def ingest_once(
    knowledge: Knowledge, *, all_sources: bool, articles: bool, embed: bool, say: Say = quiet
) -> "list[SourceReport]":
    """Read every source that is due (or all), find stories and facts, then embed and index what is new."""
    from ingest.fetch import Fetcher
    from ingest.propose.step import propose_pending
    from ingest.sources import SOURCES
    from ingest.stories import place_stories
    from ingest.update import refresh, refresh_articles
    from ingest.vet.step import vet_pending

    settings, store, owner = knowledge.settings, knowledge.store, process_name()
    with Fetcher(settings, utc_now) as fetcher:
        reports = refresh(
            store, fetcher, SOURCES, settings, utc_now, random.Random(), owner=owner, all_sources=all_sources, say=say
        )
        if articles:
            refresh_articles(store, fetcher, settings, utc_now, random.Random(), owner=owner)
    place_stories(store, owner=owner)
    vet_pending(store, owner=owner)
    propose_pending(store, owner=owner)
    if embed:
        embed_and_index(knowledge, owner, say)
    tell_notices(store, owner, say)
    return reports


def tell_notices(store: Store, owner: str, say: Say) -> None:
    """What the admins should hear where no channel of theirs is set: to whoever looks at this terminal or its log."""
    for row in store.outbox.claim(owner, NOTICES, NOTICE_LEASE_S, door="terminal"):
        say(str(row.draft.payload.get("text", "")))
        store.outbox.sent(row.id, owner, None)


def embed_and_index(knowledge: Knowledge, owner: str, say: Say = quiet) -> int:
    """Vectors for passages that have none, then the caches. Returns how many passages were embedded."""
    from kb.embed_step import embed_pending

    def progress(done: int) -> None:
        say(f"Embedded {done} passages")

    done = embed_pending(knowledge.store, knowledge.embedder, owner=owner, progress=progress)
    knowledge.indexes.refresh()
    return done


def build_scheduler(knowledge: Knowledge, *, ingest: bool) -> "Scheduler":
    """What this process does by the clock. A bot without ingest still sees what the worker indexes."""
    from ingest.schedule import Scheduler

    stopping = threading.Event()
    if not ingest:
        ticks = {"index": knowledge.indexes.refresh, "house": _housekeeping(knowledge)}
        return Scheduler({**ticks, "watch": build_watcher(knowledge).step}, stopping=stopping)
    servers = []
    if knowledge.settings.websub_callback_url:
        from ingest.hub_door import hub_door

        servers.append(hub_door(knowledge.store, knowledge.settings, utc_now))
    return Scheduler(_ingest_ticks(knowledge, stopping), stopping=stopping, servers=servers)


def build_watcher(knowledge: Knowledge) -> "Watcher":
    """Looks at given answers again; it may ask a question once more, and records nothing of that."""
    from bot.watch.service import Watcher

    steelyard = build_steelyard(knowledge)

    def again(record: AnswerRecord) -> "Answer":
        return steelyard.ask(record.question, workspace_id=record.workspace_id, generator="composer", keep=False)

    return Watcher(knowledge.store, owner=process_name(), clock=utc_now, again=again)


def _housekeeping(knowledge: Knowledge) -> Callable[[], object]:
    from bot.retention import keep_house

    owner = process_name()
    return lambda: keep_house(knowledge.store, knowledge.settings, owner, utc_now())


def _ingest_ticks(knowledge: Knowledge, stopping: threading.Event) -> dict[str, Callable[[], object]]:
    from ingest.fetch import Fetcher
    from ingest.network import Network
    from ingest.probing import answer_probes
    from ingest.propose.step import propose_pending
    from ingest.sources import SOURCES
    from ingest.stories import place_stories
    from ingest.update import refresh, refresh_articles
    from ingest.vet.step import vet_pending
    from ingest.websub import ask_hubs

    settings, store, rng, owner = knowledge.settings, knowledge.store, random.Random(), process_name()
    fetcher, network = Fetcher(settings, utc_now), Network()
    common = (settings, utc_now, rng)
    ticks: dict[str, Callable[[], object]] = {
        "refresh": lambda: refresh(store, fetcher, SOURCES, *common, owner=owner, stop=stopping, network=network),
        "probes": lambda: answer_probes(store, fetcher, utc_now, owner=owner, stopped=stopping.is_set),
        "notices": lambda: tell_notices(store, owner, log.warning),
        "stories": lambda: place_stories(store, owner=owner, stop=stopping),
        "vetting": lambda: vet_pending(store, owner=owner, stop=stopping),
        "proposals": lambda: propose_pending(store, owner=owner, stop=stopping),
        "embed": lambda: embed_and_index(knowledge, owner),
        "house": _housekeeping(knowledge),
        "watch": build_watcher(knowledge).step,
    }
    if settings.websub_callback_url:
        ticks["websub"] = lambda: ask_hubs(store, fetcher, settings, utc_now, owner=owner, stop=stopping)
    if settings.full_text:
        ticks["articles"] = lambda: refresh_articles(store, fetcher, *common, owner=owner, stop=stopping)
    return ticks


def wants_slack(settings: Settings) -> bool:
    """Slack is wanted as soon as one of its tokens is there; which one is missing is `run_slack`'s to say."""
    tokens = (settings.slack_bot_token, settings.slack_app_token, settings.slack_signing_secret)
    return any((*tokens, settings.slack_client_id, settings.slack_client_secret))


def stop_on_signals() -> threading.Event:
    """An event set by SIGTERM and SIGINT."""
    import signal

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def reembed(settings: Settings, say: Say = quiet) -> None:
    """Drop every vector and the caches, then embed again with the model of the settings."""
    with opened_store(settings, say) as store:
        store.vectors.drop_all()
    shutil.rmtree(settings.index_dir, ignore_errors=True)
    with opened(settings, say) as knowledge:
        embed_and_index(knowledge, process_name(), say)


def serve_slack(knowledge: Knowledge) -> None:
    """Run the Slack door until a signal asks to stop."""
    from bot.doors.slack import run_slack

    steelyard = build_steelyard(knowledge)
    steelyard.warm()
    administration = build_administration(knowledge.store, knowledge.settings)
    run_slack(knowledge.settings, knowledge.store, steelyard, stop_on_signals(), administration=administration)
