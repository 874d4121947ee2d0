"""Cranfield as a control: what is tuned on law and licences must not spoil retrieval in general.

1,400 abstracts, 225 questions, judgements 1-4 relevant; the recorded question file's own order gives their numbers.
Parameters were chosen on questions with odd numbers; both halves are reported.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from kb.chunk import chunk
from kb.embed import Embedder
from kb.embed_step import embed_pending
from kb.settings import Settings
from kb.store import Store
from kb.types import Hit, ItemDraft, SourceDraft, Topic
from tests.eval.knowledge import NOW

DEPTH = 20


def records(folder: Path, file: str) -> Iterator[tuple[int, str, str]]:
    """(number, title, words)"""
    for record in re.split(r"^\.I ", (folder / file).read_text("latin-1"), flags=re.M)[1:]:
        parts = dict(re.findall(r"^\.([TW])\n(.*?)(?=^\.[A-Z]\n|\Z)", record, flags=re.M | re.S))
        yield int(record.split()[0]), " ".join(parts.get("T", "").split()), " ".join(parts.get("W", "").split())


def judgements(folder: Path) -> dict[str, dict[str, int]]:
    """Relevant documents by the position of their question."""
    found: dict[str, dict[str, int]] = {}
    for line in (folder / "cranqrel").read_text().splitlines():
        question, document, grade = map(int, line.split())
        if 1 <= grade <= 4:
            found.setdefault(str(question), {})[str(document)] = 1
    return found


def questions(folder: Path) -> dict[str, str]:
    """By position; what follows the last judged one is no question."""
    last = max(map(int, judgements(folder)))
    texts = [text for _, _, text in records(folder, "cran.qry")][:last]
    return {str(n): text for n, text in enumerate(texts, 1)}


def open_cranfield(home: Path, folder: Path, embedder: Embedder) -> Store:
    """The abstracts stored and embedded under `home`."""
    home.mkdir(parents=True, exist_ok=True)
    store = Store.open(Settings(home=home).url, clock=lambda: NOW)
    if not store.sources.list():
        source = store.sources.add(SourceDraft(kind="feed", url="https://example.org/cranfield"))
        store.items.write_many(
            source.id, [_draft(n, title, text or title) for n, title, text in records(folder, "cran.all.1400")]
        )
    embed_pending(store, embedder, owner="eval")
    return store


def _draft(number: int, title: str, text: str) -> ItemDraft:
    return ItemDraft(
        external_id=str(number),
        url=f"https://example.org/cranfield/{number}",
        title=title,
        author="",
        published_at=NOW,
        updated_at=None,
        known_from=NOW,
        entry_hash=str(number),
        text=text,
        story_key=str(number),
        topic=Topic.OTHER,
        passages=tuple(chunk(text, title=title)),
    )


def documents_of(hits: list[Hit]) -> dict[str, float]:
    """document -> score, each where its first passage was ranked."""
    ranked = dict.fromkeys(hit.passage.url.rpartition("/")[2] for hit in hits)
    return {document: float(DEPTH - rank) for rank, document in enumerate(list(ranked)[:DEPTH])}
