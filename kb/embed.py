"""Text to vectors. ONNX Runtime answers, from a copy of the model exported once into `settings.models_dir`.

::

    load_embedder -> manifest there, weights unchanged? -> OnnxEmbedder          (no torch: about a second, cold)
                  -> else kb.embed_export.prepare (torch, once) -> the same, or SentenceTransformersEmbedder
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from kb.errors import ConfigurationError
from kb.settings import DEFAULT_MODEL, Settings
from kb.tokens import load_tokenizer, packaged_model_dir

if TYPE_CHECKING:
    from tokenizers import Encoding

Vector = NDArray[np.float32]

MODEL_FILE, TOKENIZER_FILE, MANIFEST_FILE = "model.onnx", "tokenizer.json", "manifest.json"
FORMAT = 1  # of an export; another one is made anew
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH_PIECES = (
    2048  # word pieces in one run, padding included: larger batches cost memory and gain nothing on two cores
)


class Embedder(Protocol):
    """Vectors are L2-normalised; `name`, `revision` and `dim` are stored with them."""

    @property
    def name(self) -> str: ...
    @property
    def revision(self) -> str: ...
    @property
    def dim(self) -> int: ...
    def embed_query(self, text: str) -> Vector:
        """float32[dim]"""

    def embed_passages(self, texts: Sequence[str]) -> Vector:
        """float32[n, dim], in the order given"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an export is of. `weights` are [file, size, mtime_ns] of the original, so a warm start hashes nothing."""

    name: str
    revision: str
    dim: int
    max_tokens: int
    backend: str  # "onnx" | "sentence-transformers"
    query_prompt: str = ""
    passage_prompt: str = ""
    model_bytes: int = 0
    weights: tuple[tuple[str, int, int], ...] = ()
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class ModelSource:
    """Where a model comes from: a folder, or a hub id when `folder` is None. `sha256` is what the weights must have."""

    name: str
    folder: Path | None
    sha256: str | None = None

    @property
    def slug(self) -> str:
        """Its folder's name under models_dir."""
        place = sha256(str(self.folder or self.name).encode()).hexdigest()[:8]
        return f"{re.sub(r'[^A-Za-z0-9._-]+', '-', Path(self.name).name)}-{place}"

    def weights(self) -> tuple[tuple[str, int, int], ...]:
        if self.folder is None:
            return ()
        files = sorted(f for f in self.folder.rglob("*") if f.suffix in (".safetensors", ".bin"))
        return tuple((str(f.relative_to(self.folder)), f.stat().st_size, f.stat().st_mtime_ns) for f in files)


def load_embedder(settings: Settings) -> Embedder:
    """The embedder that the settings name; exported on first use, which takes about 15 seconds."""
    source = find_model(settings.embedding_model)
    home = settings.models_dir / source.slug
    manifest = _valid_manifest(home, source)
    if manifest is None:
        from kb.embed_export import prepare

        manifest = prepare(source, home, threads=settings.embedding_threads)
    if manifest.backend == "onnx":
        return OnnxEmbedder(home, manifest, threads=settings.embedding_threads)
    from kb.embed_export import SentenceTransformersEmbedder

    return SentenceTransformersEmbedder(source, manifest, threads=settings.embedding_threads)


def find_model(name: str) -> ModelSource:
    """The packaged model, an existing folder, or a hub id."""
    if name == DEFAULT_MODEL:
        return ModelSource(name, packaged_model_dir(), PACKAGED_SHA256)
    folder = Path(name).expanduser()
    if name and folder.is_dir():
        return ModelSource(name, folder.resolve())
    if not re.fullmatch(r"[\w-][\w.-]*(/[\w.-]+)?", name):
        raise ConfigurationError(
            f"embedding model {name!r} is neither a folder nor a hub id", hint="set STEELYARD_EMBEDDING_MODEL"
        )
    return ModelSource(name, None)


def write_manifest(home: Path, manifest: Manifest) -> None:
    (home / MANIFEST_FILE).write_text(json.dumps(asdict(manifest), indent=1), "utf-8")


def _valid_manifest(home: Path, source: ModelSource) -> Manifest | None:
    """The manifest of a whole export of these very weights, else None."""
    try:
        raw = json.loads((home / MANIFEST_FILE).read_text("utf-8"))
        raw["weights"] = tuple((str(file), int(size), int(at)) for file, size, at in raw["weights"])
        manifest = Manifest(**raw)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    whole = manifest.backend != "onnx" or _size(home / MODEL_FILE) == manifest.model_bytes
    fresh = source.folder is None or manifest.weights == source.weights()
    return manifest if whole and fresh and manifest.format == FORMAT else None


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else -1


class OnnxEmbedder:
    """Pooling and normalising are inside the exported graph. Safe to share between threads."""

    def __init__(self, home: Path, manifest: Manifest, *, threads: int) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.enable_cpu_mem_arena = False  # else one large batch is kept in memory for ever
        # Threads that spin while they wait double the CPU of a query, and are slower as soon as the machine is busy.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(home / MODEL_FILE), sess_options=options, providers=["CPUExecutionProvider"]
        )
        self._inputs = {given.name for given in self._session.get_inputs()}
        self._tokenizer = load_tokenizer(home / TOKENIZER_FILE, max_tokens=manifest.max_tokens)
        self._manifest = manifest

    @property
    def name(self) -> str:
        return self._manifest.name

    @property
    def revision(self) -> str:
        return self._manifest.revision

    @property
    def dim(self) -> int:
        return self._manifest.dim

    def embed_query(self, text: str) -> Vector:
        """float32[dim]"""
        vector: Vector = self._run([self._tokenizer.encode(self._manifest.query_prompt + text)])[0]
        return vector

    def embed_passages(self, texts: Sequence[str]) -> Vector:
        """float32[n, dim]"""
        vectors = np.empty((len(texts), self.dim), np.float32)
        encodings = self._tokenizer.encode_batch([self._manifest.passage_prompt + text for text in texts])
        for rows in _batches([len(encoding) for encoding in encodings]):
            vectors[rows] = self._run([encodings[row] for row in rows])
        return vectors

    def _run(self, encodings: Sequence[Encoding]) -> Vector:
        """float32[n, dim] of n encodings, padded to the longest."""
        ids = np.zeros((len(encodings), max(map(len, encodings))), np.int64)
        mask = np.zeros_like(ids)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding)] = encoding.ids
            mask[row, : len(encoding)] = 1
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        return cast(Vector, self._session.run(None, {k: given[k] for k in given if k in self._inputs})[0])


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Row numbers in batches of like length: padding to the longest of a mixed batch doubles the work."""
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and lengths[row] * (len(batch) + 1) > BATCH_PIECES:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch
