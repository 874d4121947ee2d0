"""Text to vectors. ONNX Runtime answers, from a copy of the model exported once into `settings.models_dir`.

::

    load_embedder -> manifest there, weights unchanged? -> OnnxEmbedder          (no torch: about a second, cold)
                  -> else kb.embed_export.prepare (torch, once) -> the same, or SentenceTransformersEmbedder

The copy is int8 unless the settings want float32, or the model loses by it. Its vectors are near those of float32 and
not the same, so its revision ends in "-int8" and the two are never mixed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from hashlib import file_digest, sha256
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
FORMAT = 2  # of an export; another one is made anew
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH_PIECES = 512  # in one run, padding included: what fits a core's own cache; larger batches are slower


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
    int8: bool = False  # made for integer products; False too where that was wanted and lost too much
    query_prompt: str = ""
    passage_prompt: str = ""
    model_sha256: str = ""  # of the exported file
    weights: tuple[tuple[str, int, int], ...] = ()
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class ModelSource:
    """Where a model comes from: a folder, or a hub id when `folder` is None. `sha256` is what the weights must have."""

    name: str
    folder: Path | None
    sha256: str | None = None

    def slug(self, *, int8: bool) -> str:
        """Its folder's name under models_dir."""
        place = sha256(str(self.folder or self.name).encode()).hexdigest()[:8]
        return f"{re.sub(r'[^A-Za-z0-9._-]+', '-', Path(self.name).name)}-{place}{'-int8' if int8 else ''}"

    def weights(self) -> tuple[tuple[str, int, int], ...]:
        if self.folder is None:
            return ()
        files = sorted(f for f in self.folder.rglob("*") if f.suffix in (".safetensors", ".bin"))
        return tuple((str(f.relative_to(self.folder)), f.stat().st_size, f.stat().st_mtime_ns) for f in files)


def load_embedder(settings: Settings) -> Embedder:
    """The embedder that the settings name; exported on first use, which takes about 20 seconds."""
    source, int8 = find_model(settings.embedding_model), settings.embedding_int8
    home = settings.models_dir / source.slug(int8=int8)
    manifest = _valid_manifest(home, source)
    if manifest is None:
        from kb.embed_export import prepare

        manifest = prepare(source, home, threads=settings.embedding_threads, int8=int8)
    if manifest.backend == "onnx":
        return OnnxEmbedder(home, manifest, threads=settings.embedding_threads)
    from kb.embed_export import SentenceTransformersEmbedder

    return SentenceTransformersEmbedder(source, manifest, threads=settings.embedding_threads)


def find_model(name: str, *, variable: str = "STEELYARD_EMBEDDING_MODEL") -> ModelSource:
    """The packaged model, an existing folder, or a hub id; `variable` is the setting that an error names."""
    if name == DEFAULT_MODEL:
        return ModelSource(name, packaged_model_dir(), PACKAGED_SHA256)
    folder = Path(name).expanduser()
    if name and folder.is_dir():
        return ModelSource(name, folder.resolve())
    if not re.fullmatch(r"[\w-][\w.-]*(/[\w.-]+)?", name):
        raise ConfigurationError(f"model {name!r} is neither a folder nor a hub id", hint=f"set {variable}")
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
    whole = manifest.backend != "onnx" or file_sha256(home / MODEL_FILE) == manifest.model_sha256
    fresh = source.folder is None or manifest.weights == source.weights()
    return manifest if whole and fresh and manifest.format == FORMAT else None


def file_sha256(file: Path) -> str:
    """ "" where there is no such file. 23 MB take 20 ms."""
    if not file.is_file():
        return ""
    with file.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


class OnnxEmbedder:
    """Pooling and normalising are inside the exported graph. Safe to share between threads.

    One session with one thread inside: passages run side by side on `threads` threads, which wait for nobody, and
    several askers do not get in each other's way.
    """

    def __init__(self, home: Path, manifest: Manifest, *, threads: int) -> None:
        import onnxruntime

        from kb.embed_graph import UNFUSED

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # else one large batch is kept in memory for ever
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(home / MODEL_FILE),
            sess_options=options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=list(UNFUSED),
        )
        self._inputs = {given.name for given in self._session.get_inputs()}
        self._tokenizer = load_tokenizer(home / TOKENIZER_FILE, max_tokens=manifest.max_tokens)
        self._manifest, self._threads = manifest, max(1, threads)

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

        def fill(rows: list[int]) -> None:
            vectors[rows] = self._run([encodings[row] for row in rows])

        batches = list(_batches([len(encoding) for encoding in encodings], alone=self._manifest.int8))
        if len(batches) < 2 or self._threads == 1:
            for rows in batches:
                fill(rows)
            return vectors
        with ThreadPoolExecutor(self._threads) as pool:
            for _ in pool.map(fill, batches):
                pass
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


def _batches(lengths: Sequence[int], *, alone: bool) -> Iterator[list[int]]:
    """Row numbers in batches of like length, longest first: padding to the longest of a mixed batch doubles the work.

    With int8 each text runs `alone`. Activations are quantised over the whole batch, so a text's vector would hang on
    whom it was embedded with; and one of usual length fills the arithmetic as well as four.
    """
    batch: list[int] = []
    for row in sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True):
        if batch and (alone or lengths[batch[0]] * (len(batch) + 1) > BATCH_PIECES):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch
