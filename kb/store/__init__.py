"""`Store`: the only SQL there is (but `kb.index.postgres`), on SQLite or PostgreSQL by URL.

Sync and safe to share between threads; every method is one transaction. Instants are aware UTC. Methods raise
`StoreError` when the database refuses or is gone, `Conflict` for duplicates, `NotFound` for what is not there.
Every read takes `workspace_id`: it sees shared rows (NULL) and that workspace's.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Self

from kb.store.answers import AnswerStore
from kb.store.audit import AuditStore
from kb.store.decisions import DecisionStore
from kb.store.engine import Db, open_db
from kb.store.erase import EraseStore
from kb.store.facts import FactStore
from kb.store.generations import GenerationStore
from kb.store.inbox import InboxStore
from kb.store.installations import InstallationStore
from kb.store.items import ItemStore
from kb.store.leases import LeaseStore
from kb.store.migrate import migrate
from kb.store.outbox import OutboxStore
from kb.store.probes import ProbeStore
from kb.store.proposals import ProposalStore
from kb.store.settings import SettingStore
from kb.store.sources import SourceStore
from kb.store.stories import StoryStore
from kb.store.subscriptions import SubscriptionStore
from kb.store.threads import ThreadStore
from kb.store.vectors import VectorStore
from kb.store.vetting import VettingStore
from kb.store.watches import WatchStore
from kb.types import utc_now

__all__ = ["Store"]


class Store:
    """One facade over small stores, one a noun. `db` is for `kb.index.postgres` alone."""

    def __init__(self, db: Db, url: str) -> None:
        self.db = db
        self.url = url
        self.sources = SourceStore(db)
        self.items = ItemStore(db)
        self.vectors = VectorStore(db)
        self.facts = FactStore(db)
        self.answers = AnswerStore(db)
        self.decisions = DecisionStore(db)
        self.inbox = InboxStore(db)
        self.outbox = OutboxStore(db)
        self.threads = ThreadStore(db)
        self.settings = SettingStore(db)
        self.probes = ProbeStore(db)
        self.proposals = ProposalStore(db)
        self.stories = StoryStore(db)
        self.subscriptions = SubscriptionStore(db)
        self.vetting = VettingStore(db)
        self.installations = InstallationStore(db)
        self.erase = EraseStore(db)
        self.audit = AuditStore(db)
        self.watches = WatchStore(db)
        self.generations = GenerationStore(db)
        self._leases = LeaseStore(db)

    @classmethod
    def open(cls, url: str, *, clock: Callable[[], datetime] = utc_now) -> Self:
        """Open and migrate; creates a SQLite file and its parent directory."""
        db = open_db(url, clock)
        migrate(db)
        return cls(db, url)

    def close(self) -> None:
        self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def together(self) -> AbstractContextManager[None]:
        """One transaction around everything that this thread does to the store inside: all of it holds, or none."""
        return self.db.together()

    def lease(self, name: str, owner: str, ttl_s: float) -> bool:
        """Take or renew a named lease ("indexer", "scheduler"); False while another holds it."""
        return self._leases.take(name, owner, ttl_s)

    def unlease(self, name: str, owner: str) -> None:
        self._leases.give_back(name, owner)
