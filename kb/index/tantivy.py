"""BM25 over passages with tantivy, on disk. `tantivy` is imported here alone.

A question is cut into words by the analyser that cut the passages, and each word becomes a term of an OR query built
from objects: nothing a user types is ever read as query syntax. The first line of a text holds its title and headings;
its words count more.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.index import ALSO_WEIGHT, Found

if TYPE_CHECKING:
    from tantivy import Query, Schema, TextAnalyzer

HEADING_BOOST = 0.5  # added to the body's score, which holds the heading's words as well
MAX_TERMS = 64  # of a question; later words of a very long one are left out
MAX_ALSO = 96  # of its thesaurus
WRITER_BYTES = 64_000_000
_ANALYSER = "english"


@lru_cache(maxsize=1)
def analyser() -> "TextAnalyzer":
    """Words, lower case, without accents, stop words or endings. Holds no state, so one a process will do."""
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    steps = (
        Filter.remove_long(40),
        Filter.lowercase(),
        Filter.ascii_fold(),
        Filter.stopword("english"),
        Filter.stemmer("english"),
    )
    builder = TextAnalyzerBuilder(Tokenizer.simple())
    for step in steps:
        builder = builder.filter(step)
    return builder.build()


def terms(query: str) -> list[str]:
    """The distinct words of a question as the index knows them."""
    return _unique(query)[:MAX_TERMS]


def weighted(query: str, also: str) -> dict[str, float]:
    """The words of a question and of its thesaurus with their weights; the asker's own word counts in full."""
    own = dict.fromkeys(terms(query), 1.0)
    return {**dict.fromkeys(_unique(also)[:MAX_ALSO], ALSO_WEIGHT), **own}


def _unique(text: str) -> list[str]:
    return list(dict.fromkeys(analyser().analyze(text)))


def heading_of(text: str) -> str:
    """The first line of a text of several: title and headings (see `kb.chunk.context`)."""
    first, several, _ = text.partition("\n")
    return first if several else ""


@lru_cache(maxsize=1)
def _schema() -> "Schema":
    from tantivy import SchemaBuilder

    builder = SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    builder.add_text_field("heading", tokenizer_name=_ANALYSER, index_option="freq")
    builder.add_text_field("body", tokenizer_name=_ANALYSER, index_option="freq")
    return builder.build()


class TantivyIndex:
    """One folder. Searching while another thread adds is safe; adding is for one at a time."""

    def __init__(self, folder: Path) -> None:
        """Open, or create in an empty folder. ValueError (tantivy's own) when the files are torn."""
        from tantivy import Index

        folder.mkdir(parents=True, exist_ok=True)
        self._index = Index(_schema(), path=str(folder))
        self._index.register_tokenizer(_ANALYSER, analyser())
        self._removed: set[int] = set()
        self._reload()

    def __len__(self) -> int:
        return self._searcher.num_docs

    @property
    def max_id(self) -> int:
        """The greatest id, 0 if empty."""
        from tantivy import Query

        hits = self._searcher.search(Query.all_query(), 1, order_by_field="id", count=False).hits
        return int(hits[0][0]) if hits else 0

    def add(self, ids: Sequence[int], texts: Sequence[str]) -> None:
        from tantivy import Document

        writer = self._index.writer(heap_size=WRITER_BYTES, num_threads=1)
        for passage_id, text in zip(ids, texts, strict=True):
            writer.delete_documents_by_term("id", passage_id)
            document = Document(heading=heading_of(text), body=text)
            document.add_unsigned("id", passage_id)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self._removed.difference_update(ids)
        self._reload()

    def remove(self, ids: Collection[int]) -> None:
        """A tombstone until the index is built anew."""
        self._removed.update(ids)

    def search(self, query: str, k: int, within: Collection[int] | None = None, *, also: str = "") -> Found:
        words = weighted(query, also)
        if not words or k < 1 or not len(self):
            return []
        found = self._searcher.search(self._query(words, within), k + len(self._removed), count=False).hits
        ids = self._searcher.fast_field_values("id", [address for _, address in found])
        rows = ((int(at or 0), float(score)) for at, (score, _) in zip(ids, found, strict=True))
        return [(at, score) for at, score in rows if at not in self._removed][:k]

    def frequency(self, field: str, term: str) -> int:
        """How many passages have the term."""
        return self._searcher.doc_freq(field, term)

    def _reload(self) -> None:
        self._index.reload()
        self._searcher = self._index.searcher()

    def _query(self, words: Mapping[str, float], within: Collection[int] | None) -> "Query":
        from tantivy import Occur, Query

        parts: list[tuple[Any, Query]] = []
        for word, weight in words.items():
            body = Query.term_query(_schema(), "body", word, "freq")
            heading = Query.term_query(_schema(), "heading", word, "freq")
            parts.append((Occur.Should, body if weight == 1 else Query.boost_query(body, weight)))
            parts.append((Occur.Should, Query.boost_query(heading, weight * HEADING_BOOST)))
        query = Query.boolean_query(parts)
        if within is None:
            return query
        only = Query.const_score_query(Query.term_set_query(_schema(), "id", [int(at) for at in within]), 0.0)
        return Query.boolean_query([(Occur.Must, query), (Occur.Must, only)])
