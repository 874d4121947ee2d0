"""What the packaged model lacks for law asked about in plain words: a low-rank change of the question's vector.

Passages keep their vectors, so nothing is embedded again. tests/eval/adapter.py trains it on kb/glosses.yaml. It fits
one model's weights, in either precision, and no other.
"""

from pathlib import Path

import numpy as np

from kb.embed import Embedder, Vector

ADAPTER = Path(__file__).with_name("adapter.npz")
_INT8 = "-int8"


class Adapter:
    """q + up (down q), L2-normalised."""

    def __init__(self, embedder: Embedder, file: Path = ADAPTER) -> None:
        with np.load(file) as held:
            made_for = (str(held["name"]), str(held["revision"]))
            self._fits = made_for == (embedder.name, embedder.revision.removesuffix(_INT8))
            self._up, self._down = held["up"].astype(np.float32), held["down"].astype(np.float32)

    def of(self, question: Vector) -> Vector:
        """float32[dim]; as given where the model is another one."""
        if not self._fits:
            return question
        moved = question + self._up @ (self._down @ question)
        vector: Vector = (moved / np.linalg.norm(moved)).astype(np.float32)
        return vector
