"""A provision that points to another brings it along: an article its annex, an amendment what it amends, and back."""

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from threading import Lock

from kb.ranking import Taste, domain_of
from kb.store import Store
from kb.types import Hit, Passage

TOP = 8  # hits whose references are followed
MOST = 48  # passages that are brought along at most
_MANY = 40  # a provision of more passages than this is a whole chapter
_KEPT = 64
_LABEL = r"\b(Article|Annex)[ \xa0]+(\d{1,3}[a-z]?|[IVXL]{1,5})\b"
_IN_HEADING = re.compile(_LABEL, re.IGNORECASE)
_OF_ANOTHER_ACT = (
    r"(?!(?:\([^)\s]{1,4}\))*\s+(?:of|to) (?:Regulation|Directive|Decision|the Treaty|that (?:Regulation|Directive)))"
)
_IN_TEXT = re.compile(_LABEL + _OF_ANOTHER_ACT, re.IGNORECASE)

Outline = Mapping[str, Sequence[int]]
"""provision -> the ids of its passages"""


def labels_of(heading_path: Sequence[str]) -> set[str]:
    """The provisions that a passage is part of, or amends: "article 50", "annex iii"."""
    return _labels(_IN_HEADING.findall(" > ".join(heading_path)))


def references_of(passage: Passage) -> set[str]:
    """Other provisions of the same act that the passage points to."""
    return _labels(_IN_TEXT.findall(passage.text)) - labels_of(passage.heading_path)


def _labels(found: Iterable[tuple[str, str]]) -> set[str]:
    return {f"{kind.lower()} {number.lower()}" for kind, number in found}


class References:
    """Outlines of acts, read once: the passages of a version never change."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._outlines: OrderedDict[int, Outline] = OrderedDict()
        self._lock = Lock()

    def followed(self, hits: Sequence[Hit], taste: Taste) -> dict[int, float]:
        """Passage ids with the bonus that they get, from hits that are best first."""
        law = [hit for hit in hits if domain_of(hit.passage) == "law"]
        versions = list(dict.fromkeys(hit.passage.version_id for hit in law))
        bonuses: dict[int, float] = {}
        for hit in [hit for hit in hits[:TOP] if domain_of(hit.passage) == "law"]:
            part, own = hit.score / hits[0].score if hits[0].score else 0.0, hit.passage.version_id
            for label in references_of(hit.passage):
                for at in self._of(own, label):
                    bonuses[at] = max(bonuses.get(at, 0.0), taste.follow_bonus * part)
            for label in labels_of(hit.passage.heading_path):
                for at in (at for version in versions if version != own for at in self._of(version, label)):
                    bonuses[at] = max(bonuses.get(at, 0.0), taste.amended_bonus * part)
        best = sorted(bonuses.items(), key=lambda row: (-row[1], row[0]))
        return dict(best[:MOST])

    def _of(self, version_id: int, label: str) -> Sequence[int]:
        found = self._outline(version_id).get(label, ())
        return found if len(found) <= _MANY else ()

    def _outline(self, version_id: int) -> Outline:
        with self._lock:
            known = self._outlines.get(version_id)
        if known is None:
            known = _outline_of(self._store.items.of_version(version_id))
            with self._lock:
                self._outlines[version_id] = known
                while len(self._outlines) > _KEPT:
                    self._outlines.popitem(last=False)
        return known


def _outline_of(passages: Iterable[Passage]) -> Outline:
    outline: dict[str, list[int]] = {}
    for passage in passages:
        for label in labels_of(passage.heading_path):
            outline.setdefault(label, []).append(passage.id)
    return outline
