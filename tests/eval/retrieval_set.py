"""The labelled retrieval questions, read and checked: two halves in YAML, and the feeds that their corpus holds.

`HELD_SHA256` fixes the held half as it was before anything was tuned on these questions; a file that differs is
refused.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

HERE = Path(__file__).parent
HELD_SHA256 = "a7f5b26c4a0a1236bcdb187dbeef49589190c6fd0f6f2475ff2812f1ff361a7a"

Half = Literal["open", "held"]
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
    """One half in its file's order. Raises ValueError for a held half that changed, and for an entry out of form."""
    path = folder / f"retrieval_{half}.yaml"
    body = path.read_bytes()
    if half == "held" and hashlib.sha256(body).hexdigest() != HELD_SHA256:
        raise ValueError(f"{path.name} is not the half that was set aside: restore it from version control")
    return tuple(_question(entry) for entry in yaml.safe_load(body))


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
