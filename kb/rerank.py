"""A second look at the best passages by a cross-encoder, for who has one. None by default: no small one was worth it.

A cross-encoder reads question and passage together, so it knows more than two vectors and costs a run of the model a
passage. Its opinion is mixed with the score so far, which holds what it cannot see: tier, date, binding text.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from kb.embed import find_model
from kb.errors import ConfigurationError
from kb.settings import Settings
from kb.types import Hit

DEPTH = 30  # hits that are looked at again
WEIGHT = 0.7  # of the second opinion


class Reranker(Protocol):
    """Any model that judges passages against a question."""

    def relevance(self, question: str, passages: Sequence[str]) -> list[float]:
        """How well each passage answers, in [0, 1], in the order given."""


def reranked(question: str, hits: Sequence[Hit], reranker: Reranker) -> list[Hit]:
    """The first DEPTH hits by both opinions, best first; the rest follows as it was, scored no higher."""
    first, rest = hits[:DEPTH], hits[DEPTH:]
    texts = [f"{' > '.join([h.passage.title, *h.passage.heading_path])}\n{h.passage.text}" for h in first]
    judged = reranker.relevance(question, texts)
    mixed = [
        replace(hit, score=WEIGHT * opinion + (1 - WEIGHT) * hit.score)
        for hit, opinion in zip(first, judged, strict=True)
    ]
    mixed.sort(key=lambda hit: (-hit.score, hit.passage.id))
    least = mixed[-1].score if mixed else 0.0
    return [*mixed, *(replace(hit, score=min(hit.score, least)) for hit in rest)]


class CrossEncoderReranker:
    """A folder or hub model that sentence-transformers knows as a CrossEncoder with one output."""

    def __init__(self, model: str, *, threads: int) -> None:
        source = find_model(model, variable="STEELYARD_RERANKER_MODEL")
        import torch
        from sentence_transformers import CrossEncoder

        torch.set_num_threads(threads)
        try:
            self._model: Any = CrossEncoder(
                str(source.folder or source.name),
                device="cpu",
                local_files_only=source.folder is not None,
                activation_fn=torch.nn.Sigmoid(),
            )
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise ConfigurationError(
                f"the reranker {model!r} cannot be loaded: {error}", hint="set STEELYARD_RERANKER_MODEL"
            ) from error
        if getattr(self._model, "num_labels", 1) != 1:
            raise ConfigurationError(
                f"{model!r} gives several numbers a pair and is no reranker", hint="set STEELYARD_RERANKER_MODEL"
            )

    def relevance(self, question: str, passages: Sequence[str]) -> list[float]:
        """Sigmoid of the model's one output."""
        if not passages:
            return []
        scores = self._model.predict([(question, text) for text in passages], batch_size=8, show_progress_bar=False)
        return [float(score) for score in scores]


def load_reranker(settings: Settings) -> Reranker | None:
    """The one that the settings name; importing what it needs takes about ten seconds."""
    if not settings.reranker_model:
        return None
    return CrossEncoderReranker(settings.reranker_model, threads=settings.embedding_threads)
