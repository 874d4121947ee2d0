"""Is the passage that answers among the first ten? Questions of retrieval_set over the corpus of tests/eval/corpus."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kb.store import Store
from kb.types import Filter, Hit
from tests.eval.retrieval_set import Gold, Question

DEPTH = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Passage ids of one needed unit: any one of them is enough."""

    ids: frozenset[int]


def flat(text: str) -> str:
    return " ".join(text.split())


class Places:
    """Which stored passages carry a gold anchor."""

    def __init__(self, store: Store) -> None:
        self._by_url: dict[str, list[tuple[int, str]]] = {}
        for passage_id, url, text in _passages(store):
            self._by_url.setdefault(url, []).append((passage_id, flat(text)))

    def text(self, passage_id: int) -> str:
        """Whitespace normalised."""
        return next(text for rows in self._by_url.values() for at, text in rows if at == passage_id)

    def of(self, gold: Gold) -> frozenset[int]:
        return frozenset(at for at, text in self._by_url.get(gold.doc, ()) if gold.anchor in text)

    def units(self, question: Question) -> list[Place]:
        """ValueError where a gold anchor is in no stored passage."""
        places = [Place(frozenset().union(*(self.of(gold) for gold in unit))) for unit in question.units]
        if not all(place.ids for place in places):
            raise ValueError(f"{question.id}: an anchor lies in no stored passage")
        return places


def _passages(store: Store) -> Iterable[tuple[int, str, str]]:
    for source in store.sources.list():
        for head in store.items.heads(source.id).values():
            for version in store.items.versions(head.item_id):
                for passage in store.items.of_version(version.id):
                    yield passage.id, passage.url, passage.text


def qrels_and_run(
    asked: Mapping[str, list[Place]], found: Mapping[str, list[Hit]]
) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, float]]]:
    """Units are the documents that count: a unit stands where the first of its passages was ranked."""
    qrels = {q: {f"unit-{n}": 1 for n in range(len(places))} for q, places in asked.items()}
    run: dict[str, dict[str, float]] = {}
    for q, places in asked.items():
        scores: dict[str, float] = {}
        for rank, hit in enumerate(found[q][:DEPTH]):
            units = [n for n, place in enumerate(places) if hit.passage.id in place.ids]
            for name in [f"unit-{n}" for n in units] or [f"passage-{hit.passage.id}"]:
                scores.setdefault(name, float(DEPTH - rank) - 0.01 * len(scores) / 100)
        run[q] = scores
    return qrels, run


def filter_of(question: Question) -> Filter:
    return Filter(as_of=question.as_of)
