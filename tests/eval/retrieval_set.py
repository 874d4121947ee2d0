"""The labelled retrieval questions, read and checked: three parts in YAML, and the feeds that their corpus holds.

The open and the held half are development data by now: the held one was run, and then read. The third set was written
by somebody else, from the documents alone, and is run once. Their SHA-256 fix those as they were before anything was
tuned on these questions; a file that differs is refused.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

HERE = Path(__file__).parent
SHA256 = {
    "held": "a7f5b26c4a0a1236bcdb187dbeef49589190c6fd0f6f2475ff2812f1ff361a7a",
    "third": "eaf5a3d5af277fd8f7f61140cc9c690e3a8d709e8c77784e2d11e0d67a134923",
}
FILES = {"open": "retrieval_open.yaml", "held": "retrieval_held.yaml", "third": "retrieval_third_held.yaml"}

Half = Literal["open", "held", "third"]
Kind = Literal["law", "licence", "feed"]
Why = Literal["off_topic", "near_miss"]


@dataclass(frozen=True, slots=True)
class Gold:
    """One passage: `anchor` (whitespace normalised) is found once in the text stored under `doc`.

    `feed` is the recorded file, below data/feeds, that an entry comes from; empty for documents. Entries of one release
    page share their address: there the anchor alone tells them apart.
    """

    doc: str
    anchor: str
    where: str
    feed: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """`units` are all needed; within one any passage is enough. None: the corpus has no answer, and `why`."""

    id: str
    kind: Kind
    text: str
    as_of: date | None
    units: tuple[tuple[Gold, ...], ...]
    why: Why | None

    @property
    def answerable(self) -> bool:
        return bool(self.units)


def questions(half: Half, folder: Path = HERE) -> tuple[Question, ...]:
    """One part in its file's order. Raises ValueError for a held part that changed, and for an entry out of form."""
    path = folder / FILES[half]
    body = path.read_bytes()
    if half in SHA256 and hashlib.sha256(body).hexdigest() != SHA256[half]:
        raise ValueError(f"{path.name} is not the half that was set aside: restore it from version control")
    return tuple(_question(entry) for entry in yaml.safe_load(body))


def development() -> tuple[Question, ...]:
    """What may be tuned on."""
    return questions("open") + questions("held")


def feeds() -> tuple[str, ...]:
    """The recorded feed files, below data/feeds, whose entries belong to the corpus."""
    lines = (HERE / "retrieval_feeds.txt").read_text("utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _question(entry: Mapping[str, Any]) -> Question:
    kind, why = entry["kind"], entry.get("why")
    units = tuple(tuple(Gold(**gold) for gold in unit) for unit in entry["units"])
    if kind not in get_args(Kind) or why not in (None, *get_args(Why)):
        raise ValueError(f"{entry['id']}: kind {kind!r} or why {why!r} is unknown")
    if bool(units) == bool(why) or not all(units):
        raise ValueError(f"{entry['id']}: either units, each with a passage, or a reason why there are none")
    return Question(entry["id"], kind, entry["question"], entry.get("as_of"), units, why)
