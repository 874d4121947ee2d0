"""What provisions are asked for in plain words (glosses.yaml): a question that sounds like one means that provision.

The words of a law are not those of who asks. Each gloss is a text of questions; BM25 over them says which provisions a
question means, as a share of what a text that has all of its words would score. Only provisions that are stored count.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

from kb.addresses import document_address
from kb.asked import Asked
from kb.data_files import read_yaml
from kb.index.tail import Tail
from kb.store import Store

GLOSSES = Path(__file__).with_name("glosses.yaml")
MOST = 40  # provisions that a question may mean


@dataclass(frozen=True, slots=True)
class Gloss:
    """A provision: `anchor` is found in the text published at `doc` (`document_address`)."""

    doc: str
    anchor: str


class Glosses:
    """The provisions among the stored texts; looked for again when something was stored."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = Lock()
        self._newest = -1
        self._held: dict[Gloss, list[int]] = {}
        self._versions: set[int] = set()

    def meant(self, ask: Asked) -> dict[int, float]:
        """Passage ids with how far a gloss of theirs says what is asked, in [0, 1]."""
        self._look()
        glosses, words = _read()
        most = words.ceiling(ask.question, ask.also_text) if self._held else 0.0
        found: dict[int, float] = {}
        if most:
            for at, score in words.search(ask.question, MOST, None, None, also=ask.also_text):
                for passage_id in self._held.get(glosses[at], ()):
                    found[passage_id] = max(found.get(passage_id, 0.0), score / most)
        return found

    def _look(self) -> None:
        """Find the passages of versions not looked at before: which of them may be seen is the filter's to say."""
        newest = self._store.vectors.max_text_id()
        with self._lock:
            if newest == self._newest:
                return
            for version_id, doc in self._stored():
                if version_id not in self._versions:
                    self._versions.add(version_id)
                    self._place(version_id, doc)
            self._newest = newest

    def _stored(self) -> Iterator[tuple[int, str]]:
        """Versions of the texts that have glosses, with their address."""
        glossed = {gloss.doc for gloss in _read()[0]}
        for source in self._store.sources.list():
            if (doc := document_address(source.url)) in glossed:
                for head in self._store.items.heads(source.id).values():
                    yield from ((version.id, doc) for version in self._store.items.versions(head.item_id))

    def _place(self, version_id: int, doc: str) -> None:
        texts = [(p.id, " ".join(p.text.split())) for p in self._store.items.of_version(version_id)]
        for gloss in _read()[0]:
            if gloss.doc == doc:
                self._held.setdefault(gloss, []).extend(at for at, text in texts if gloss.anchor in text)


def likeness(question: str, also: str = "") -> float:
    """How far any provision is asked for in these words, stored or not, in [0, 1]."""
    words = _read()[1]
    most, best = words.ceiling(question, also), words.search(question, 1, None, None, also=also)
    return best[0][1] / most if best else 0.0


@lru_cache(maxsize=1)
def _read() -> tuple[list[Gloss], Tail]:
    """The glosses, and their words by position."""
    raw = read_yaml(GLOSSES)
    words = Tail()
    words.add(range(len(raw)), [f"{entry['where']}\n" + "\n".join(entry["questions"]) for entry in raw])
    return [Gloss(document_address(entry["doc"]), entry["anchor"]) for entry in raw], words
