"""Words in PostgreSQL: rare words choose the passages, all words rank them.

Any word of a question stands in most passages of a large table, and to rank those takes a second at 100,000. PostgreSQL
knows how often the commonest words occur (`pg_stats`, gathered by ANALYZE, which autovacuum runs). The rarest words of
the question, as many as stand in about CANDIDATES passages, are looked up in the GIN index; what they find is ranked by
the share of the question's information that it holds (each word by BM25's idf), with ts_rank, which counts how often
and how near, for the rest.
https://www.postgresql.org/docs/current/view-pg-stats.html
"""

import math
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from threading import Lock

from sqlalchemy import Connection, text

from kb.index import ALSO_WEIGHT, Found
from kb.store.engine import Db

CANDIDATES = 4000  # passages that are ranked, about; each costs some microseconds
LEAST_WORDS = 2  # that choose, however common: one rare word alone would decide everything
MAX_WORDS = 64
KNOWN_FOR_S = 600.0
_REFINED = 400  # passages, at least, that ts_rank tells apart

_LEXEMES = text("SELECT lexeme FROM unnest(to_tsvector('english', :words))")
_ROWS = text("SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = 'passages'::regclass".replace("::", r"\:\:"))
_COMMON = text(
    r"SELECT most_common_elems\:\:text\:\:text[] AS words, most_common_elem_freqs AS shares FROM pg_stats "
    "WHERE schemaname = ANY(current_schemas(false)) AND tablename = 'passages' AND attname = 'tsv'"
)
_RANKED = """
SELECT id, {scored} AS score FROM (
  SELECT id, tsv, {held} AS held FROM passages WHERE {chosen} ORDER BY held DESC, id LIMIT :most
) AS best ORDER BY score DESC, id LIMIT :k"""


@dataclass(frozen=True, slots=True)
class Frequencies:
    """In how many of `rows` passages a word stands: known of the commonest; of others at most `rest` of them."""

    rows: float = 0.0
    shares: Mapping[str, float] = field(default_factory=dict)
    rest: float = 0.0

    def of(self, word: str) -> float:
        return self.rows * self.shares.get(word, self.rest)

    def idf(self, word: str) -> float:
        """As in BM25 (Robertson and Zaragoza 2009), never below zero."""
        count = self.of(word)
        return math.log(1 + (self.rows - min(count, self.rows) + 0.5) / (count + 0.5))


class PgTexts:
    """TextIndex on `passages.tsv`."""

    def __init__(self, db: Db) -> None:
        self._db = db
        self._lock = Lock()
        self._frequencies = Frequencies()
        self._known_until = 0.0

    def add(self, ids: Collection[int], texts: Collection[str]) -> None:
        """Nothing: the column is generated."""

    def remove(self, ids: Collection[int]) -> None:
        """Nothing: the column goes with its row."""

    def search(self, query: str, k: int, within: Collection[int] | None = None, *, also: str = "") -> Found:
        with self._db.read() as conn:
            weights = _lexemes(conn, also, ALSO_WEIGHT) | _lexemes(conn, query, 1.0)
            if not weights or k < 1:
                return []
            known = self._known(conn)
            weights = dict(sorted(weights.items(), key=lambda row: -row[1] * known.idf(row[0]))[:MAX_WORDS])
            chosen = list(weights) if within is not None else chosen_by(weights, known)
            return _ranked(conn, weights, known, chosen, k, within)

    def _known(self, conn: Connection) -> Frequencies:
        with self._lock:
            if time.monotonic() >= self._known_until:
                self._frequencies, self._known_until = _read(conn), time.monotonic() + KNOWN_FOR_S
            return self._frequencies


def chosen_by(weights: Mapping[str, float], known: Frequencies) -> list[str]:
    """The rarest words, as many as stand in about CANDIDATES passages; every word of a small table."""
    chosen: list[str] = []
    found = 0.0
    for word in sorted(weights, key=known.of):
        found += known.of(word)
        if found > CANDIDATES and len(chosen) >= LEAST_WORDS:
            break
        chosen.append(word)
    return chosen


def _lexemes(conn: Connection, words: str, weight: float) -> dict[str, float]:
    """As the column has them, so nothing that was typed is read as query syntax."""
    if not words.strip():
        return {}
    return {str(lexeme): weight for (lexeme,) in conn.execute(_LEXEMES, {"words": words.replace("\0", " ")})}


def _read(conn: Connection) -> Frequencies:
    """None are known before the first ANALYZE: then every word counts the same, and all choose."""
    rows, row = float(conn.scalar(_ROWS) or 0), conn.execute(_COMMON).first()
    if row is None or not row.words or not row.shares:
        return Frequencies(rows)
    shares = dict(zip(row.words, row.shares, strict=False))  # behind the words' shares stand their least and most
    return Frequencies(rows, shares, min(shares.values()) / 2)


def _ranked(
    conn: Connection,
    weights: Mapping[str, float],
    known: Frequencies,
    chosen: Collection[str],
    k: int,
    within: Collection[int] | None,
) -> Found:
    words = list(weights)
    worth = [weights[word] * (known.idf(word) or 1.0) for word in words]
    total = sum(worth)
    held = " + ".join(f"CASE WHEN tsv @@ CAST(:l{n} AS tsquery) THEN :w{n} ELSE 0 END" for n in range(len(words)))
    scored = " + ".join(f":w{n} * ts_rank(tsv, CAST(:l{n} AS tsquery), 1)" for n in range(len(words)))
    where = "tsv @@ CAST(:chosen AS tsquery)" + ("" if within is None else " AND id = ANY(:ids)")
    given: dict[str, object] = {f"l{n}": _quoted(word) for n, word in enumerate(words)}
    given |= {f"w{n}": each / total for n, each in enumerate(worth)}
    given |= {"chosen": " | ".join(map(_quoted, chosen))}
    given |= {"k": k, "most": max(_REFINED, 4 * k), "ids": None if within is None else [int(at) for at in within]}
    if within is None:
        del given["ids"]
    rows = conn.execute(text(_RANKED.format(held=held, scored=scored, chosen=where)), given)
    return [(int(row.id), float(row.score)) for row in rows]


def _quoted(lexeme: str) -> str:
    """https://www.postgresql.org/docs/current/datatype-textsearch.html : quotes and backslashes are doubled."""
    doubled = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"
