"""A question to the passages that may answer it.

::

    question -> read (kb.asked) -> dense top n, lexical top n with the thesaurus's words -> those that the filter lets
             through (n doubles when it drops too many; a selective filter is scanned exactly) -> provisions that are
             asked for in these words (kb.glosses) -> feedback -> both scores on one scale, kind of text, version, tier,
             freshness -> references followed -> a second opinion where there is a reranker -> diversity -> hits
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import numpy as np

from kb.adapter import Adapter
from kb.asked import Asked, asked
from kb.embed import Embedder, Vector
from kb.follow import References
from kb.glosses import Glosses
from kb.index import Indexes
from kb.ranking import Candidate, Taste, best_of, diverse, fused, scored, with_feedback
from kb.rerank import Reranker, reranked
from kb.store import Store
from kb.types import Filter, Hit, Passage

__all__ = ["Retriever", "Taste"]


class Retriever:
    POOL = 80  # candidates asked of each index at first
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
        reranker: Reranker | None = None,
    ) -> None:
        self._store, self._embedder, self._indexes, self._clock = store, embedder, indexes, clock
        self._taste, self._reranker = taste or Taste(), reranker
        self._references, self._glosses, self._adapter = References(store), Glosses(store), Adapter(embedder)

    def search(self, question: str, *, filter: Filter = Filter(), k: int = 8) -> list[Hit]:  # noqa: B008
        """At most k hits, best first; `score` in [0, 1] orders them, `cosine` says how near each really is."""
        if k < 1 or not question.strip():
            return []
        self._indexes.sync()
        ask, vector = asked(question), self._adapter.of(self._embedder.embed_query(question))
        found = self._candidates(ask, vector, filter, k)
        if meant := self._glosses.meant(ask):
            bonuses = {at: self._taste.gloss_bonus * share for at, share in meant.items()}
            found = self._with(found, bonuses, ask, vector, filter)
        near = self._feedback(found, ask, vector)
        today = self._today(filter)
        hits = scored(found, [near.get(c.passage.id) for c in found], ask, self._taste, today)
        if brought := self._references.followed(hits, self._taste):
            found = self._with(found, brought, ask, vector, filter)
            near |= {c.passage.id: c.cosine for c in found if c.passage.id not in near and c.cosine is not None}
            hits = scored(found, [near.get(c.passage.id) for c in found], ask, self._taste, today)
        if self._reranker:
            hits = reranked(question, hits, self._reranker)
        return diverse(hits, self._taste, k)

    def _feedback(self, found: Sequence[Candidate], ask: Asked, vector: Vector) -> dict[int, float]:
        """Cosines to rank by: the question's own, or moved towards the best hits where no thesaurus lent a hand."""
        own = {c.passage.id: c.cosine for c in found if c.cosine is not None}
        if ask.also or self._taste.feedback < 1:
            return own
        scores = fused([c.cosine for c in found], [c.lexical for c in found], self._taste.dense_weight)
        best = [c.passage.id for c in best_of(found, scores, self._taste.feedback) if c.cosine is not None]
        rows = self._vectors(list(own))
        if not all(at in rows for at in best) or not best:
            return own
        moved = with_feedback(vector, [rows[at] for at in best], self._taste.feedback_weight)
        return {at: float(row @ moved) for at, row in rows.items()}

    def _with(
        self, found: list[Candidate], brought: Mapping[int, float], ask: Asked, vector: Vector, filter: Filter
    ) -> list[Candidate]:
        """The candidates and what is brought along, each with its bonus; what the filter hides stays hidden."""
        held = {c.passage.id for c in found}
        more = self._store.items.passages([at for at in brought if at not in held], filter)
        new = self._complete(more, {}, {}, ask, vector)
        return [
            replace(c, bonus=c.bonus + brought[c.passage.id]) if c.passage.id in brought else c for c in [*found, *new]
        ]

    # ------------------------------------------------------------ candidates

    def _candidates(self, ask: Asked, vector: Vector, filter: Filter, k: int) -> list[Candidate]:
        pool = max(self.POOL, 4 * k)
        while True:
            dense = dict(self._indexes.vectors.search(vector, pool))
            lexical = dict(self._indexes.texts.search(ask.question, pool, also=ask.also_text))
            ids = list(dense.keys() | lexical.keys())
            passages = self._store.items.passages(ids, filter)
            exhausted = len(dense) < pool and len(lexical) < pool
            if exhausted or len(passages) >= max(2 * k, pool // 2):
                return self._complete(passages, dense, lexical, ask, vector)
            last = pool >= self.MAX_POOL
            if last or len(passages) * 4 < len(ids):
                scanned = self._scan(ask, vector, filter, pool)
                if scanned is not None:
                    return scanned
            if last:
                return self._complete(passages, dense, lexical, ask, vector)
            pool *= 2

    def _scan(self, ask: Asked, vector: Vector, filter: Filter, pool: int) -> list[Candidate] | None:
        """Exactly the passages that a selective filter lets through; None if they are too many to read."""
        if self._store.items.count_matching(filter, cap=self.SCAN + 1) > self.SCAN:
            return None
        ids = self._store.items.matching(filter, limit=self.SCAN)
        near = sorted(self._cosines(ids, vector).items(), key=lambda row: -row[1])[:pool]
        lexical = dict(self._indexes.texts.search(ask.question, pool, within=ids, also=ask.also_text))
        passages = self._store.items.passages(list(dict(near).keys() | lexical.keys()), filter)
        return self._complete(passages, dict(near), lexical, ask, vector)

    def _complete(
        self,
        passages: Mapping[int, Passage],
        dense: Mapping[int, float],
        lexical: Mapping[int, float],
        ask: Asked,
        vector: Vector,
    ) -> list[Candidate]:
        """What only the words found gets its cosine too, and what only the vectors found its score by words."""
        near = {**dense, **self._cosines([at for at in passages if at not in dense], vector)}
        rest = [at for at in passages if at not in lexical]
        more = self._indexes.texts.search(ask.question, len(rest), within=rest, also=ask.also_text)
        words = {**lexical, **dict(more)}
        return [Candidate(passages[at], near.get(at), words.get(at)) for at in sorted(passages)]

    def _cosines(self, ids: Collection[int], vector: Vector) -> dict[int, float]:
        return {at: float(row @ vector) for at, row in self._vectors(ids).items()}

    def _vectors(self, ids: Collection[int]) -> dict[int, Vector]:
        stored = self._store.vectors.get(list(ids)) if ids else {}
        return {at: np.frombuffer(data, "<f4") for at, data in stored.items()}

    def _today(self, filter: Filter) -> datetime:
        if filter.as_of is None:
            return self._clock()
        return datetime.combine(filter.as_of, time.min, UTC) + timedelta(days=1)
