"""How well facts are proposed from sentences: `python -m tests.eval.proposals [--held] [--misses]`.

The labels name recorded sentences by file, entry and hash; the sentences themselves stay in ../shared. Many recorded
feeds date nothing: of their entries the day `ASSUMED` is said, so that a release has a day to stand on. The half held
back was fixed, with its hash, before the patterns were written; its misses are not shown. `proposals_written.yaml` has
sentences of our own for kinds that the recordings hardly tell, split by line.
"""

import argparse
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from ingest.draft import draft_of
from ingest.propose import Document, Names, Sentence, read
from kb.facts.load import load_starter
from kb.types import Tier
from tests.ingest.records import NOW, parse, record

HERE = Path(__file__).parent
RECORDED = HERE.parents[2] / "shared" / "data"
WRITTEN = HERE / "proposals_written.yaml"
SHA256 = {
    "held": "c123da40e88102a719f5b94d02386372093951ab390c95133d5384dd72a9208b",
    "written": "9681406509ef5566a7b1d3db19b3a0e434a902fdd2be898f4e33f2511fd62bef",
}
ASSUMED = date(2026, 1, 15)
WRITTEN_ON = date(2026, 9, 10)
Wanted = tuple[str, ...]  # kind, subject, field, value
# Whose feed a recording is, by the first words of its name; what is not named here is nobody's that we know.
PUBLISHERS = {
    "anthropic": "Anthropic", "claude": "Anthropic", "openai": "OpenAI", "google": "Google", "meta": "Meta",
    "microsoft": "Microsoft", "mistral": "Mistral AI", "xainews": "xAI", "cohere": "Cohere", "minimax": "MiniMax",
    "moonshot": "Moonshot AI", "z_ai": "Z.ai", "deepseek": "DeepSeek", "groq": "Groq", "ollama": "Ollama",
    "windsurf": "Windsurf", "the_batch": "DeepLearning.AI", "deeplearning": "DeepLearning.AI", "aisi": "AISI",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Case:
    sentence: str
    place: str
    title: str
    publisher: str
    published: date
    wanted: frozenset[Wanted]


@dataclass(slots=True)
class Score:
    """Counts by kind. A wrong value is both wrong and missing."""

    cases: int = 0
    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)

    def precision(self, kind: str | None = None) -> float:
        return _share(*(c[kind] if kind else c.total() for c in (self.right, self.wrong)))

    def recall(self, kind: str | None = None) -> float:
        return _share(*(c[kind] if kind else c.total() for c in (self.right, self.missing)))


def _share(part: int, rest: int) -> float:
    return part / (part + rest) if part + rest else 1.0


# ---------------------------------------------------------------- the cases


def recorded(half: str) -> list[Case]:
    """The labelled sentences of one half, read from the recordings."""
    path = HERE / f"proposals_{half}.yaml"
    _check(path, half)
    labels: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in yaml.safe_load(path.read_text("utf-8")):
        labels[row["feed"]].append(row)
    return [case for name, rows in labels.items() for case in _cases(RECORDED / name, rows)]


def written(half: str) -> list[Case]:
    _check(WRITTEN, "written")
    rows = yaml.safe_load(WRITTEN.read_text("utf-8"))
    some = rows[0::2] if half == "open" else rows[1::2]
    return [
        Case(row["text"], "text", "", row["by"], WRITTEN_ON, _wanted(row["expect"], WRITTEN_ON.isoformat()))
        for row in some
    ]


def _check(path: Path, name: str) -> None:
    if name in SHA256 and hashlib.sha256(path.read_bytes()).hexdigest() != SHA256[name]:
        raise SystemExit(f"{path.name} is not the file that was set aside")


def _cases(path: Path, rows: Sequence[Mapping[str, Any]]) -> Iterator[Case]:
    entries: dict[str, tuple[str, str, date | None]] = {}
    for entry, *rest in _entries(path, {row["entry"] for row in rows}):
        entries.setdefault(entry, (rest[0], rest[1], rest[2]))  # of entries that share an id the first is stored
    publisher = next((who for stem, who in PUBLISHERS.items() if path.stem.removeprefix("feed_").startswith(stem)), "")
    for row in rows:
        title, text, published = entries[row["entry"]]
        for place, sentence in _pieces(title, text):
            if hashlib.sha256(sentence.encode()).hexdigest()[:16] == row["sha"]:
                day = published or ASSUMED
                who = publisher or ("European Union" if "regulation" in path.parts else path.stem)
                yield Case(sentence, place, title, who, day, _wanted(row["expect"], day.isoformat()))
                break
        else:
            raise SystemExit(f"{path.name}: {row['entry']} has no sentence {row['sha']}")


def _wanted(expect: Sequence[Sequence[str]], published: str) -> frozenset[Wanted]:
    values = ([*row[:3], published if row[3] == "published" else row[3]] for row in expect)
    return frozenset((row[0], row[1], row[2], _plain(row[3])) for row in values)


def _plain(value: str) -> str:
    return f"{Decimal(value).normalize():f}" if re.fullmatch(r"\d+(\.\d+)?", value) else value


def _pieces(title: str, text: str) -> Iterator[tuple[str, str]]:
    """As the sample was cut, before there were patterns."""
    yield "title", title.strip(" #|").split(" | Organization")[0].strip()
    for ends in (r"(?<=[.!?])\s+(?=[A-Z\"“(])|\n+", r"(?<=[.;:])\s+|\n+", r"(?<=[.!?])\s+|\n+"):
        for piece in re.split(ends, text):
            yield "text", piece.strip(" #|").split(" | Organization")[0].strip()


def _entries(path: Path, wanted: Collection[str]) -> Iterator[tuple[str, str, str, date | None]]:
    """Entry id, title, text, day of publication; of a feed the wanted ones alone, for extracting takes its time."""
    if path.suffix == ".jsonl":
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            yield row["chunk_id"], f"EU AI Act, {row['citation']}", row["text"], date(2024, 7, 12)
    elif path.suffix == ".json":
        for row in json.loads(path.read_text("utf-8"))["data"]:
            yield row["id"], row["name"], row["description"], date(2026, 5, 1)
    else:
        yield from _feed(path, wanted)


def _feed(path: Path, wanted: Collection[str]) -> Iterator[tuple[str, str, str, date | None]]:
    source = record("feed", "http://recorded.test/feed.xml")
    for raw in (raw for raw in parse(source, path.read_bytes()).items if raw.external_id in wanted):
        draft = draft_of(source, raw, None, NOW)
        yield raw.external_id, draft.title, draft.text, draft.published_at.date() if draft.published_at else None


# ---------------------------------------------------------------- the figures


def score(cases: Sequence[Case]) -> Score:
    names, total = Names.of(load_starter()), Score(cases=len(cases))
    for number, case in enumerate(cases, 1):
        document = _document(case, number)
        got = {
            (found.kind, found.subject, found.field, _plain(found.value))
            for found in read(Sentence(case.sentence, document, case.place), names)
        }
        sorted_out = (
            (total.right, got & case.wanted),
            (total.wrong, got - case.wanted),
            (total.missing, case.wanted - got),
        )
        for into, what in sorted_out:
            into.update(kind for kind, *_ in what)
        if got != case.wanted:
            told = f"got {sorted(got)}\n    not {sorted(case.wanted)}"
            total.misses.append(f"{case.publisher}: {case.sentence[:160]}\n    {told}")
    return total


def _document(case: Case, number: int) -> Document:
    return Document(
        version_id=number,
        item_id=number,
        title=case.title,
        text=case.sentence,
        url="https://recorded.test/",
        publisher=case.publisher,
        tier=Tier.RECOGNISED,
        known_from=case.published,
        published=case.published,
    )


def show(name: str, total: Score) -> None:
    print(f"{name}: {total.cases} sentences, precision {total.precision():.3f}, recall {total.recall():.3f}")
    for kind in sorted(total.right | total.wrong | total.missing):
        counts = f"{total.right[kind]} right, {total.wrong[kind]} wrong, {total.missing[kind]} missing"
        print(f"  {kind:<11} precision {total.precision(kind):.3f} recall {total.recall(kind):.3f}  ({counts})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--held", action="store_true", help="the half set aside; once, at the end")
    parser.add_argument("--misses", action="store_true", help="show what is wrong or missing (of the open half)")
    given = parser.parse_args()
    half = "held" if given.held else "open"
    for name, cases in (("recorded", recorded(half)), ("written", written(half))):
        total = score(cases)
        show(f"{name}, {half} half", total)
        if given.misses and not given.held:
            print(*total.misses, sep="\n")


if __name__ == "__main__":
    main()
