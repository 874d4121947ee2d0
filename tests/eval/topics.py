"""What recorded entries are about, against labels: `python -m tests.eval.topics [--held] [--more] [--misses]`.

Prints the confusion of topics with precision, recall and F1 of each, the macro F1, the same where only entries drawn at
random count, agreement on importance, and precision and recall of entities and places. Topics are judged without the
hint of a source's own topic. The guide to the labels heads topics_open.yaml. The half held back is counted once.
"""

import argparse
import hashlib
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from ingest.draft import draft_of
from ingest.importance import HIGH, MEDIUM
from ingest.propose import Names
from ingest.source import Response
from ingest.sources.feed import FeedSource
from ingest.vet import entities
from kb.facts.load import load_starter
from kb.types import Fact, FactDraft, ItemDraft, RawItem, SourceRecord, SourceState, Tier, Topic

HERE = Path(__file__).parent
SHARED = Path(__file__).resolve().parents[3] / "shared"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HELD_SHA256 = "0473e50b1161972bd953f65f6b6697c9c708a9f81265b91b6244f649233b71e1"


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled entry as the pipeline reads it."""

    label: dict[str, Any]
    draft: ItemDraft

    @property
    def wanted(self) -> str:
        return str(self.label["topic"])

    @property
    def said(self) -> str:
        return str(self.draft.topic)


def labels(half: str) -> list[dict[str, Any]]:
    """ "open" or "held"; the held half must be the one that was committed before tuning."""
    data = (HERE / f"topics_{half}.yaml").read_bytes()
    if half == "held" and hashlib.sha256(data).hexdigest() != HELD_SHA256:
        raise ValueError("topics_held.yaml is not the file that was set aside")
    return list(yaml.safe_load(data))


def record_of(url: str, *, topic: Topic = Topic.OTHER) -> SourceRecord:
    """A source that nobody described."""
    return SourceRecord(
        id=1,
        workspace_id=None,
        kind="feed",
        url=url,
        title="",
        publisher="",
        topic=topic,
        tier=Tier.PRESS,
        options={},
        status="active",
        pause_reason=None,
        added_at=NOW,
        state=SourceState(),
    )


def entries(file: Path, url: str) -> Iterable[RawItem]:
    body = file.read_bytes()
    response = Response(url=url, status=200, body=body, headers={"content-type": "application/xml"}, received_at=NOW)
    return FeedSource().parse(record_of(url), response).items


def cases(half: str, shared: Path) -> list[Case]:
    """Each labelled entry, drafted as ingestion does."""
    wanted: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for label in labels(half):
        wanted[label["feed"]][label["id"]] = label
    found = []
    for feed, by_id in wanted.items():
        record = record_of(f"https://feeds.example/{feed}")
        for raw in entries(shared / "data" / "feeds" / feed, record.url):
            if label := by_id.pop(raw.external_id, None):
                found.append(Case(label, draft_of(record, raw, None, NOW)))
        if by_id:
            raise ValueError(f"{feed} has no entry {next(iter(by_id))!r}")
    return found


# ---------------------------------------------------------------- figures


def f1(hits: int, said: int, wanted: int) -> float:
    return 2 * hits / (said + wanted) if said + wanted else 1.0


def macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """Mean F1 of the topics that occur. Pairs are (wanted, said)."""
    both = Counter(pairs)
    wanted, said = Counter(w for w, _ in pairs), Counter(s for _, s in pairs)
    return sum(f1(both[t, t], said[t], wanted[t]) for t in wanted) / len(wanted)


def confusion(pairs: Sequence[tuple[str, str]]) -> list[str]:
    topics = [str(topic) for topic in Topic]
    both, wanted, said = Counter(pairs), Counter(w for w, _ in pairs), Counter(s for _, s in pairs)
    lines = [f"{'':12}" + "".join(f"{t[:9]:>11}" for t in topics) + f"{'P':>8}{'R':>7}{'F1':>7}"]
    for t in topics:
        hits = both[t, t]
        row = f"{t:12}" + "".join(f"{both[t, s]:>11}" for s in topics)
        rates = (hits / max(said[t], 1), hits / max(wanted[t], 1), f1(hits, said[t], wanted[t]))
        lines.append(row + f"{rates[0]:>8.2f}{rates[1]:>7.2f}{rates[2]:>7.2f}")
    return lines


def levels(found: Sequence[Case]) -> list[str]:
    """Importance: high, medium and low as labelled against the stored number."""
    names = ("high", "medium", "low")
    both = Counter((str(case.label["importance"]), level(case.draft.importance)) for case in found)
    right = sum(both[name, name] for name in names) / len(found)
    rows = [f"  {name:8}" + "".join(f"{both[name, said]:>8}" for said in names) for name in names]
    return [f"importance: accuracy {right:.3f}; columns high, medium, low", *rows]


def level(importance: float) -> str:
    return "high" if importance >= HIGH else "medium" if importance >= MEDIUM else "low"


def named(found: Sequence[Case]) -> list[str]:
    """Precision and recall of the subjects and places that entries are labelled with."""
    if not found:
        return []
    names = Names.of(fact_of(draft, n) for n, draft in enumerate(load_starter(), 1))
    subjects = [(set(c.label["entities"]), set(entities(c.draft.title, c.draft.text, names))) for c in found]
    places = [(set(c.label["places"]), set(c.draft.places)) for c in found]
    return [_agreement("entities", subjects), _agreement("places", places)]


def _agreement(name: str, pairs: Sequence[tuple[set[str], set[str]]]) -> str:
    hits = sum(len(wanted & said) for wanted, said in pairs)
    wanted, said = sum(len(w) for w, _ in pairs), sum(len(s) for _, s in pairs)
    return (
        f"{name}: precision {hits}/{said} ({hits / max(said, 1):.3f}), recall {hits}/{wanted} "
        f"({hits / max(wanted, 1):.3f}), of {len(pairs)} entries"
    )


def fact_of(draft: FactDraft, number: int) -> Fact:
    stated = {f.name: getattr(draft, f.name) for f in fields(draft)}
    return Fact(**stated, id=number, recorded_at=NOW, workspace_id=None)


def report(found: Sequence[Case]) -> list[str]:
    pairs = [(case.wanted, case.said) for case in found]
    drawn = [(case.wanted, case.said) for case in found if case.label["from"] == "random"]
    right = sum(w == s for w, s in pairs) / len(pairs)
    at_random = sum(w == s for w, s in drawn) / len(drawn)
    return [
        "rows: wanted, columns: said",
        *confusion(pairs),
        f"{len(pairs)} entries: accuracy {right:.3f}, macro F1 {macro_f1(pairs):.3f}",
        f"{len(drawn)} drawn at random: accuracy {at_random:.3f}, macro F1 {macro_f1(drawn):.3f}",
        *(levels(found) if all("importance" in case.label for case in found) else ()),
        *named([case for case in found if "entities" in case.label]),
    ]


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--held", action="store_true", help="count the half set aside, without naming its misses")
    parser.add_argument("--more", action="store_true", help="the rounds drawn later (see topics_more.yaml)")
    parser.add_argument("--misses", action="store_true", help="list what the open half gets wrong")
    parser.add_argument("--shared", type=Path, default=SHARED)
    asked = parser.parse_args(argv)
    found = cases("held" if asked.held else "more" if asked.more else "open", asked.shared)
    print("\n".join(report(found)))
    if asked.misses and not asked.held:
        for case in found:
            if case.wanted != case.said:
                print(f"{case.wanted} not {case.said}: {case.draft.title[:110]} <{case.draft.url}>")
    return 0


if __name__ == "__main__":
    sys.exit(main())
