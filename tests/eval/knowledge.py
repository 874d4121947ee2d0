"""A knowledge base for evaluations: starter facts, the two regulations and the licence texts read as pages.

Recorded documents are read where they lie, under the addresses at which they are published; nothing is copied.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.answer import Steelyard
from ingest.draft import draft_of
from ingest.source import Response
from ingest.sources.page import PageSource
from kb.embed_step import embed_pending
from kb.facts.load import load_starter
from kb.index import Indexes, open_indexes
from kb.retrieve import Retriever
from kb.settings import Settings
from kb.store import Store
from kb.types import SourceDraft, Tier, Topic

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_LEGAL = "https://eur-lex.europa.eu/eli/reg"
_META = "https://github.com/meta-llama/llama-models/blob/main/models"


@dataclass(frozen=True, slots=True)
class Document:
    """One recorded text and the address, title and date under which it was published."""

    path: Path
    url: str
    title: str
    publisher: str
    topic: Topic
    published: str = ""

    @property
    def media_type(self) -> str:
        return {".xhtml": "application/xhtml+xml", ".html": "text/html"}.get(
            self.path.suffix, "text/plain; charset=utf-8"
        )


def documents(shared: Path) -> Iterator[Document]:
    """The AI Act, the Omnibus, Meta's licences and policies, and the licence texts of ScanCode."""
    law, licences = shared / "data" / "regulation", shared / "data" / "licences"
    act, omnibus = law / "eu_ai_act_2024" / "ai_act.xhtml", law / "omnibus_2026_1744" / "omnibus-32026R1744.html"
    yield Document(
        act, f"{_LEGAL}/2024/1689/oj", "Regulation (EU) 2024/1689", "European Union", Topic.REGULATION, "2024-07-12"
    )
    yield Document(
        omnibus, f"{_LEGAL}/2026/1744/oj", "Regulation (EU) 2026/1744", "European Union", Topic.REGULATION, "2026-07-24"
    )
    for file in sorted((licences / "llama_official").glob("*/*")):
        if file.name in ("LICENSE", "USE_POLICY.md"):
            name = f"{file.parent.name} {file.stem}".replace("_", " ")
            yield Document(file, f"{_META}/{file.parent.name}/{file.name}", name, "Meta", Topic.LICENCE)
    for file in sorted((licences / "scancode_licensedb_ai").glob("*.LICENSE")):
        about = json.loads(file.with_suffix(".json").read_text("utf-8"))
        url = about.get("homepage_url") or f"https://scancode-licensedb.aboutcode.org/{file.stem}.html"
        yield Document(file, url, about["name"], about.get("owner") or "ScanCode LicenseDB", Topic.LICENCE)


def ingest_documents(store: Store, shared: Path) -> int:
    """Each document through the page source and the pipeline's own draft; how many were stored."""
    pages = PageSource()
    stored = 0
    for document in documents(shared):
        if store.sources.find(document.url):
            continue
        record = store.sources.add(
            SourceDraft(
                kind="page",
                url=document.url,
                title=document.title,
                publisher=document.publisher,
                topic=document.topic,
                tier=Tier.PRIMARY,
                options={"published": document.published} if document.published else {},
            )
        )
        response = Response(
            url=document.url,
            status=200,
            body=document.path.read_bytes(),
            headers={"content-type": document.media_type},
            received_at=NOW,
        )
        for item in pages.parse(record, response).items:
            store.items.write(record.id, draft_of(record, item, None, NOW))
            stored += 1
    return stored


@dataclass(frozen=True, slots=True)
class Knowledge:
    store: Store
    indexes: Indexes
    steelyard: Steelyard

    def close(self) -> None:
        self.indexes.close()
        self.store.close()


def open_knowledge(home: Path, shared: Path, embedder: Any, *, embed: bool = True) -> Knowledge:
    """Everything stored, embedded and indexed under `home`; a second opening finds it there."""
    settings = Settings(home=home)
    home.mkdir(parents=True, exist_ok=True)
    store = Store.open(settings.url, clock=lambda: NOW)
    store.facts.upsert_starter(load_starter())
    ingest_documents(store, shared)
    if embed:
        embed_pending(store, embedder, owner="eval")
    indexes = open_indexes(settings, store, embedder)
    indexes.refresh()
    retriever = Retriever(store, embedder, indexes, clock=lambda: NOW)
    return Knowledge(store, indexes, Steelyard(store, retriever, {}, clock=lambda: NOW))
