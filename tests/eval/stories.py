"""One story across feeds, measured: every recorded feed is ingested, placed, and compared with pairs judged by reading.

    python -m tests.eval.stories               # stories over all feeds, the open half with its misses, the largest
    python -m tests.eval.stories --half held   # the half set aside: counts alone

A pair is two entries, each its feed's file and the first 12 digits of the SHA-256 of its id; "same" is one piece of
news told twice. `HELD_SHA256` fixes the held half as it was before anything was tuned.
"""

import argparse
import hashlib
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from ingest.draft import draft_of
from ingest.source import Response
from ingest.sources.feed import FeedSource
from ingest.stories import place_stories
from kb.errors import ParseError
from kb.store import Store
from kb.types import ItemVersion, SourceDraft, Tier

HERE = Path(__file__).parent
FEEDS = HERE.parents[2] / "shared" / "data" / "feeds"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HELD_SHA256 = "2063b6055320f8be330707181598792c6353b7cc5e47f1cc1e5aa26d5f2a655c"
PRESS = ("hackernews", "aibase", "the_batch", "deeplearning", "podcast", "trend", "paulgraham", "chanderramesh")
LARGEST = 20

Half = Literal["open", "held"]


@dataclass(frozen=True, slots=True)
class Pair:
    one: str
    other: str
    same: bool
    stratum: str


@dataclass(frozen=True, slots=True)
class Measure:
    """Pairwise, over labelled pairs."""

    hits: int
    false: int
    missed: int

    @property
    def precision(self) -> float:
        return self.hits / (self.hits + self.false) if self.hits + self.false else 1.0

    @property
    def recall(self) -> float:
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else 1.0


def pairs(half: Half) -> list[Pair]:
    text = (HERE / f"stories_{half}.tsv").read_text("utf-8")
    if half == "held" and hashlib.sha256(text.encode()).hexdigest() != HELD_SHA256:
        raise SystemExit("stories_held.tsv is not the half that was set aside")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return [Pair(one, other, verdict == "same", stratum) for one, other, verdict, stratum in rows]


def measure(half: list[Pair], story_of: dict[str, str]) -> Measure:
    counted = Counter((pair.same, story_of[pair.one] == story_of[pair.other]) for pair in half)
    return Measure(counted[True, True], counted[False, True], counted[True, False])


def feeds() -> list[Path]:
    return sorted(FEEDS.glob("*/*.xml"))


def ingest(store: Store, files: list[Path]) -> int:
    """Every entry of the files through the feed source and the pipeline's own draft; how many were stored."""
    reader, stored = FeedSource(), 0
    for file in files:
        tier = Tier.PRESS if any(word in file.name for word in PRESS) else Tier.RECOGNISED
        made = SourceDraft(kind="feed", url=f"https://feeds.example/{file.parent.name}/{file.name}", tier=tier)
        record = store.sources.add(made)
        headers = {"content-type": "application/xml"}
        response = Response(url=record.url, status=200, body=file.read_bytes(), headers=headers, received_at=NOW)
        try:
            items = {raw.external_id: raw for raw in reversed(reader.parse(record, response).items)}
        except ParseError:
            continue
        drafts = [draft_of(record, raw, None, NOW) for raw in items.values()]
        stored += len(store.items.write_many(record.id, drafts))
    return stored


def entries(store: Store) -> Iterator[tuple[str, ItemVersion]]:
    """Every stored item under its name in the labelled pairs."""
    for source in store.sources.list():
        name = source.url.removeprefix("https://feeds.example/")
        for head in store.items.heads(source.id).values():
            version = store.items.versions(head.item_id)[-1]
            yield f"{name}#{hashlib.sha256(version.external_id.encode()).hexdigest()[:12]}", version


def report(half: Half) -> None:
    with tempfile.TemporaryDirectory() as home, Store.open(f"sqlite:///{home}/s.db", clock=lambda: NOW) as store:
        stored = ingest(store, feeds())
        began = time.perf_counter()
        placed = place_stories(store, owner="eval")
        seconds = time.perf_counter() - began
        told = dict(entries(store))
    story_of = {name: version.story_key for name, version in told.items()}
    sizes = Counter(story_of.values())
    copies = sum(size for size in sizes.values() if size > 1)
    print(f"{stored} entries, {placed} placed in {seconds:.1f} s: {len(sizes)} stories, {copies} entries share theirs")
    found = measure(pairs(half), story_of)
    print(f"{half} half: {found}, precision {found.precision:.3f}, recall {found.recall:.3f}")
    if half == "open":
        _misses(pairs(half), told)
        _largest(sizes, told)


def _misses(half: list[Pair], told: dict[str, ItemVersion]) -> None:
    for pair in half:
        one, other = told[pair.one], told[pair.other]
        if pair.same != (one.story_key == other.story_key):
            print(f"{'missed' if pair.same else 'FALSE'} [{pair.stratum}] {one.title} <{one.url}>")
            print(f"    {other.title} <{other.url}>")


def _largest(sizes: Counter[str], told: dict[str, ItemVersion]) -> None:
    for key, size in sizes.most_common(LARGEST):
        print(f"{size} {key}")
        for name, version in told.items():
            if version.story_key == key:
                print(f"    {name.partition('#')[0]}: {version.title[:90]} <{version.url[:90]}> {version.text[:60]!r}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=["open", "held"], default="open")
    report(parser.parse_args().half)
