"""A question to the passages that may answer it.

::

    question -> dense top n, lexical top n -> those the filter lets through (n doubles when it drops too many;
             a selective filter is scanned exactly) -> both scores on one scale -> tier, freshness -> diversity -> hits

Fusion is a convex sum of min-max scaled scores, which beat reciprocal ranks on our measured sets.
A passage stored a moment ago has no vector yet: its lexical score stands alone.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

import numpy as np

from kb.embed import Embedder, Vector
from kb.index import Indexes
from kb.store import Store
from kb.types import Filter, Hit, Passage, Tier, Topic

ANSWERABLE_COSINE = 0.40  # of the best hit: above it 94% of answerable questions, below it 96% of those off topic

LEAST_COSINES = 0.1  # the least range that cosines are scaled over ...
LEAST_LEXICAL = 0.25  # ... and lexical scores, as a share of the best


@dataclass(frozen=True, slots=True, kw_only=True)
class Taste:
    """The knobs of ranking. Bonuses are in units of the fused score, which lies in [0, 1]."""

    dense_weight: float = 0.5
    tier_bonus: Mapping[Tier, float] = field(
        default_factory=lambda: {Tier.PRIMARY: 0.04, Tier.RECOGNISED: 0.02, Tier.PRESS: 0.0, Tier.OPINION: -0.08}
    )
    fresh_bonus: float = 0.06  # for what is new today, halved every `fresh_half_life_days`
    fresh_half_life_days: float = 90.0
    important_bonus: float = 0.04  # times the importance of the item: what is off topic is found, but crowds nothing
    # Law and licences do not lose force with age, so nothing newer may climb over them for being new.
    fresh_topics: frozenset[Topic] = frozenset({Topic.RELEASE, Topic.PRICE, Topic.SECURITY, Topic.CAPABILITY})
    per_item: int = 2
    per_long_item: int = 5  # of a regulation or licence, which is one item of many articles


@dataclass(frozen=True, slots=True)
class _Candidate:
    passage: Passage
    cosine: float | None
    lexical: float | None


class Retriever:
    POOL = 50  # candidates asked of each index at first
    MAX_POOL = 400  # ... at most; a filter that still drops too many is scanned
    SCAN = 5000  # passages that an exact scan reads at most

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        indexes: Indexes,
        clock: Callable[[], datetime],
        *,
        taste: Taste | None = None,
    ) -> None:
        self._store, self._embedder, self._indexes, self._clock = store, embedder, indexes, clock
        self._taste = taste or Taste()

    def search(self, question: str, *, filter: Filter = Filter(), k: int = 8) -> list[Hit]:  # noqa: B008
        """At most k hits, best first; `score` in [0, 1] orders them, `cosine` says how near each really is."""
        if k < 1 or not question.strip():
            return []
        self._indexes.sync()
        vector = self._embedder.embed_query(question)
        found = self._candidates(question, vector, filter, k)
        return diverse(self._scored(found, filter), self._taste, k)

    # ------------------------------------------------------------ candidates

    def _candidates(self, question: str, vector: Vector, filter: Filter, k: int) -> list[_Candidate]:
        pool = max(self.POOL, 4 * k)
        while True:
            dense = dict(self._indexes.vectors.search(vector, pool))
            lexical = dict(self._indexes.texts.search(question, pool))
            ids = list(dense.keys() | lexical.keys())
            passages = self._store.items.passages(ids, filter)
            exhausted = len(dense) < pool and len(lexical) < pool
            if exhausted or len(passages) >= max(2 * k, pool // 2):
                return self._complete(passages, dense, lexical, vector)
            last = pool >= self.MAX_POOL
            if last or len(passages) * 4 < len(ids):
                scanned = self._scan(question, vector, filter, pool)
                if scanned is not None:
                    return scanned
            if last:
                return self._complete(passages, dense, lexical, vector)
            pool *= 2

    def _scan(self, question: str, vector: Vector, filter: Filter, pool: int) -> list[_Candidate] | None:
        """Exactly the passages that a selective filter lets through; None if they are too many to read."""
        if self._store.items.count_matching(filter, cap=self.SCAN + 1) > self.SCAN:
            return None
        ids = self._store.items.matching(filter, limit=self.SCAN)
        near = sorted(self._cosines(ids, vector).items(), key=lambda row: -row[1])[:pool]
        lexical = dict(self._indexes.texts.search(question, pool, within=ids))
        passages = self._store.items.passages(list(dict(near).keys() | lexical.keys()), filter)
        return self._complete(passages, dict(near), lexical, vector)

    def _complete(
        self, passages: Mapping[int, Passage], dense: dict[int, float], lexical: dict[int, float], vector: Vector
    ) -> list[_Candidate]:
        """Passages that only the words found get their cosine too."""
        dense = {**dense, **self._cosines([at for at in passages if at not in dense], vector)}
        return [_Candidate(passages[at], dense.get(at), lexical.get(at)) for at in sorted(passages)]

    def _cosines(self, ids: Collection[int], vector: Vector) -> dict[int, float]:
        stored = self._store.vectors.get(list(ids)) if ids else {}
        if not stored:
            return {}
        rows = np.frombuffer(b"".join(stored.values()), "<f4").reshape(len(stored), -1)
        return dict(zip(stored, (rows @ vector).tolist(), strict=True))

    # ------------------------------------------------------------ scores

    def _scored(self, found: Sequence[_Candidate], filter: Filter) -> list[Hit]:
        weight = self._taste.dense_weight
        dense = scaled([c.cosine for c in found], least_range=LEAST_COSINES)
        best = max((c.lexical for c in found if c.lexical is not None), default=0.0)
        lexical = scaled([c.lexical for c in found], least_range=LEAST_LEXICAL * best)
        hits = [
            Hit(
                passage=c.passage,
                score=self._adjusted(
                    words if c.cosine is None else weight * near + (1 - weight) * words, c.passage, filter
                ),
                cosine=c.cosine,
                lexical=c.lexical,
            )
            for c, near, words in zip(found, dense, lexical, strict=True)
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))

    def _adjusted(self, score: float, passage: Passage, filter: Filter) -> float:
        taste = self._taste
        score += taste.tier_bonus.get(passage.tier, 0.0)
        if passage.topic in taste.fresh_topics:
            age = self._today(filter) - (passage.published_at or passage.known_from)
            score += taste.fresh_bonus * 0.5 ** (max(age.total_seconds(), 0.0) / 86400 / taste.fresh_half_life_days)
        score += taste.important_bonus * passage.importance
        best = 1 + max(taste.tier_bonus.values()) + taste.fresh_bonus + taste.important_bonus
        return min(max(score / best, 0.0), 1.0)

    def _today(self, filter: Filter) -> datetime:
        if filter.as_of is None:
            return self._clock()
        return datetime.combine(filter.as_of, time.min, UTC) + timedelta(days=1)


def scaled(scores: Sequence[float | None], *, least_range: float = 0.0) -> list[float]:
    """Min-max to [0, 1], the best is 1; what has no score is 0.

    Among few candidates that are all alike, `least_range` keeps a hair's breadth from becoming the whole scale.
    """
    known = [score for score in scores if score is not None]
    high = max(known, default=0.0)
    span = max(high - min(known, default=0.0), least_range)
    return [0.0 if score is None else 1.0 - (high - score) / span if span else 1.0 for score in scores]


def diverse(hits: Sequence[Hit], taste: Taste, k: int) -> list[Hit]:
    """The best k, few of one item and none of its copies, so that one loud piece of news does not fill the list."""
    kept: list[Hit] = []
    items: dict[int, int] = {}
    stories: dict[str, int] = {}  # to the item that tells it here: the best of its copies
    for hit in hits:
        item, story = hit.passage.item_id, hit.passage.story_key
        long = hit.passage.topic in (Topic.REGULATION, Topic.LICENCE)
        if items.get(item, 0) >= (taste.per_long_item if long else taste.per_item):
            continue
        if story and not long and stories.setdefault(story, item) != item:
            continue
        items[item] = items.get(item, 0) + 1
        kept.append(hit)
        if len(kept) == k:
            break
    return kept


def top_cosine(hits: Sequence[Hit]) -> float | None:
    """How near the nearest hit is; None when none of them has a vector."""
    return max((hit.cosine for hit in hits if hit.cosine is not None), default=None)


def has_answer(hits: Sequence[Hit], *, threshold: float = ANSWERABLE_COSINE) -> bool:
    """Whether something near enough was found to answer from; without any vector, whether anything was."""
    nearest = top_cosine(hits)
    return bool(hits) if nearest is None else nearest >= threshold
