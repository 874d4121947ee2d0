"""The keys by which copies find each other. Pure; equal in every process and on every day.

Texts of some length get a MinHash signature, cut into bands: two that share four fifths of their shingles share at
least one band nearly always (1 - (1 - 0.8**6)**21 = 0.998), two that share half of them once in four times. What the
bands propose is compared word by word.
"""

import hashlib
from functools import cache
from typing import Any

from ingest.stories.same import LONG, Sketch, shingles
from kb.types import StoryKey

BANDS, BAND_ROWS = 21, 6
CROWD = 200  # items in one band: a template, not a text
KINDS = {"u": "url", "t": "title", "x": "text", "b": "band"}


def kind(key: str) -> str:
    return KINDS[key[0]]


def traits(entry: Sketch) -> list[StoryKey]:
    title, says = " ".join(entry.title), _short_hash(entry.says) if entry.says else ""
    found = []
    if entry.address:
        found.append(StoryKey(_key("u", entry.address), place=_short_hash(entry.title), says=says))
    if entry.telling:
        found.append(StoryKey(_key("t", title), place=_short_hash((entry.slug,)), says=says))
    if says:
        found.append(StoryKey(f"x:{says}", place=_short_hash(entry.title)))
    if len(entry.says) >= LONG:
        found += [StoryKey(f"b{n:02}:{band}") for n, band in enumerate(_bands(entry.says))]
    return found


def _key(prefix: str, value: str) -> str:
    """Long ones are hashed: PostgreSQL indexes no more than 2,700 bytes."""
    return f"{prefix}:{value if len(value) <= 300 else _short_hash((value,))}"


def _short_hash(parts: tuple[str, ...]) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _bands(says: tuple[str, ...]) -> list[str]:
    made = _minhash().copy()
    made.update_batch([shingle.encode("utf-8", "surrogatepass") for shingle in sorted(shingles(says))])
    values = made.hashvalues.astype("<u8").reshape(BANDS, BAND_ROWS)
    return [hashlib.sha256(band.tobytes()).hexdigest()[:16] for band in values]


@cache
def _minhash() -> Any:
    """An empty signature; its copies share the permutations, which are drawn from a fixed seed."""
    from datasketch import MinHash

    return MinHash(num_perm=BANDS * BAND_ROWS, seed=1)
