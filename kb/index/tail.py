"""The passages that the text cache does not hold yet, searched in memory with the cache's own statistics.

BM25 as tantivy computes it, so that both scores can stand in one list: a passage stored a second ago competes fairly.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from math import log

from kb.index import Found
from kb.index.tantivy import HEADING_BOOST, TantivyIndex, analyser, heading_of, weighted

K1, B = 1.2, 0.75
_WEIGHTS = {"body": 1.0, "heading": HEADING_BOOST}


class Tail:
    """Small: postings in dicts. Adding an id again is ignored, since a stored passage never changes."""

    def __init__(self) -> None:
        self._postings: dict[str, dict[str, dict[int, int]]] = {field: defaultdict(dict) for field in _WEIGHTS}
        self._lengths: dict[str, dict[int, int]] = {field: {} for field in _WEIGHTS}
        self._texts: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._texts)

    @property
    def rows(self) -> tuple[list[int], list[str]]:
        return list(self._texts), list(self._texts.values())

    def add(self, ids: Sequence[int], texts: Sequence[str]) -> None:
        for passage_id, text in zip(ids, texts, strict=True):
            if passage_id not in self._texts:
                self._texts[passage_id] = text
                self._add_field("body", passage_id, text)
                self._add_field("heading", passage_id, heading_of(text))

    def _add_field(self, field: str, passage_id: int, text: str) -> None:
        words = analyser().analyze(text)
        self._lengths[field][passage_id] = len(words)
        for word, times in Counter(words).items():
            self._postings[field][word][passage_id] = times

    def search(
        self, query: str, k: int, base: TantivyIndex | None, within: Collection[int] | None, *, also: str = ""
    ) -> Found:
        """Best of the tail; `base` lends the numbers of passages with each word."""
        scores: dict[int, float] = defaultdict(float)
        for word, counts in (weighted(query, also) if self._texts else {}).items():
            for field, weight in _WEIGHTS.items():
                self._score(field, word, counts * weight, base, scores)
        allowed = None if within is None else set(within)
        found = [(at, score) for at, score in scores.items() if allowed is None or at in allowed]
        return sorted(found, key=lambda row: -row[1])[:k]

    def ceiling(self, query: str, also: str = "") -> float:
        """What a body would come near to that says each of the words over and over."""
        rarities = (
            (counts, len(self._postings["body"].get(word, ()))) for word, counts in weighted(query, also).items()
        )
        return (K1 + 1) * sum(counts * _rarity(len(self), frequency) for counts, frequency in rarities)

    def _score(self, field: str, word: str, weight: float, base: TantivyIndex | None, scores: dict[int, float]) -> None:
        having = self._postings[field].get(word)
        if not having:
            return
        lengths = self._lengths[field]
        total = len(self) + (len(base) if base else 0)
        frequency = len(having) + (base.frequency(field, word) if base else 0)
        rarity = _rarity(total, frequency)
        mean = sum(lengths.values()) / len(lengths) or 1.0
        for passage_id, times in having.items():
            norm = K1 * (1 - B + B * lengths[passage_id] / mean)
            scores[passage_id] += weight * rarity * (K1 + 1) * times / (times + norm)


def _rarity(total: int, frequency: int) -> float:
    return log(1 + (total - frequency + 0.5) / (frequency + 0.5))
