"""Vectors kept between runs of the evaluations, by text and model: embedding the corpus again takes minutes."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import numpy as np

from kb.embed import Embedder, Vector

CACHE = Path(__file__).resolve().parents[1] / ".cache" / "eval"
_BATCH = 256


@dataclass
class KeptEmbedder:
    """Implements Embedder: what was embedded before is read, all else goes to the real one and is kept."""

    real: Embedder
    file: Path = CACHE / "vectors.db"
    _db: sqlite3.Connection = field(init=False)

    def __post_init__(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(self.file, timeout=60, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, data BLOB) WITHOUT ROWID")

    @property
    def name(self) -> str:
        return self.real.name

    @property
    def revision(self) -> str:
        return self.real.revision

    @property
    def dim(self) -> int:
        return self.real.dim

    def embed_query(self, text: str) -> Vector:
        """float32[dim]; never kept, so that its time can be measured."""
        return self.real.embed_query(text)

    def embed_passages(self, texts: Sequence[str]) -> Vector:
        """float32[n, dim]"""
        keys = [self._key(text) for text in texts]
        known = {key: data for key in keys if (data := self._get(key)) is not None}
        missing = [i for i, key in enumerate(keys) if key not in known]
        for start in range(0, len(missing), _BATCH):
            some = missing[start : start + _BATCH]
            rows = self.real.embed_passages([texts[i] for i in some])
            made = {keys[i]: row.astype("<f4").tobytes() for i, row in zip(some, rows, strict=True)}
            self.keep(made)
            known |= made
        return np.stack([np.frombuffer(known[key], "<f4") for key in keys]) if keys else np.empty((0, self.dim), "f4")

    def keep(self, made: dict[bytes, bytes]) -> None:
        with self._db:
            self._db.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", made.items())

    def _key(self, text: str) -> bytes:
        return sha256(f"{self.name}\0{self.revision}\0{text}".encode()).digest()

    def _get(self, key: bytes) -> bytes | None:
        row = self._db.execute("SELECT data FROM vectors WHERE key = ?", (key,)).fetchone()
        return None if row is None else bytes(row[0])
