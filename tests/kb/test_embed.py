"""The real packaged model: the exported copy gives its vectors, starts without torch, and refuses other weights."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kb.chunk import MAX_TOKENS
from kb.embed import MANIFEST_FILE, MODEL_FILE, Embedder, ModelSource, find_model, load_embedder
from kb.errors import ConfigurationError
from kb.settings import DEFAULT_MODEL, load_settings
from kb.tokens import packaged_model_dir, packaged_spans


@pytest.fixture(scope="module")
def embedder(models_dir: Path) -> Embedder:
    return load_embedder(load_settings(home=models_dir.parent))


@pytest.fixture(scope="module")
def exact(models_dir: Path) -> Embedder:
    return load_embedder(load_settings(home=models_dir.parent, embedding_int8=False))


def small_model(folder: Path, *, pooling: str = "mean", seed: int = 0) -> Path:
    """A real, tiny sentence-transformers model with random weights and the packaged tokenizer."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers import models as parts
    from transformers import AutoTokenizer, BertConfig, BertModel

    torch.manual_seed(seed)
    base = folder.parent / f"{folder.name}-base"
    config = BertConfig(
        vocab_size=30522, hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=37
    )
    BertModel(config).save_pretrained(base)
    AutoTokenizer.from_pretrained(packaged_model_dir()).save_pretrained(base)
    words = parts.Transformer(str(base))
    pooled = parts.Pooling(words.get_embedding_dimension(), pooling_mode=pooling)
    model = SentenceTransformer(modules=[words, pooled], device="cpu", prompts={"query": "ask: ", "document": "say: "})
    model.save(str(folder))
    return folder


def test_vectors_are_those_of_sentence_transformers(exact: Embedder, embedder: Embedder) -> None:
    from kb.embed import Manifest
    from kb.embed_export import SentenceTransformersEmbedder

    texts = ["", "One price.", "word " * 600, "各国 licence 🙂", "A duty of the provider. " * 30]
    manifest = Manifest(name="m", revision="r", dim=384, max_tokens=256, backend="sentence-transformers")
    real = SentenceTransformersEmbedder(find_model(DEFAULT_MODEL), manifest, threads=2)

    expected = real.embed_passages(texts)
    vectors = exact.embed_passages(texts)
    near = embedder.embed_passages(texts)

    assert vectors.dtype == near.dtype == np.float32
    assert vectors.shape == near.shape == (5, embedder.dim) == (5, 384)
    assert np.abs(vectors - expected).max() < 1e-5
    assert np.abs(exact.embed_query(texts[1]) - vectors[1]).max() < 1e-5
    assert (near * expected).sum(axis=1).min() > 0.98
    assert np.allclose(np.linalg.norm(near, axis=1), 1, atol=1e-5)
    assert embedder.embed_passages([]).shape == (0, 384)
    assert (exact.revision, embedder.revision) == ("53aa51172d14", "53aa51172d14-int8"), "never mixed"


def test_an_int8_vector_does_not_hang_on_the_texts_beside_it(embedder: Embedder) -> None:
    texts = ["One price.", "A duty of the provider. " * 30, "各国 licence 🙂", "Two prices fell."]

    together = embedder.embed_passages(texts)

    for text, vector in zip(texts, together, strict=True):
        assert np.array_equal(embedder.embed_passages([text])[0], vector)
        assert np.array_equal(embedder.embed_query(text), vector)


def test_a_model_that_loses_too_much_in_int8_stays_as_it_is(tmp_path: Path, monkeypatch) -> None:
    from kb import embed_export

    folder = small_model(tmp_path / "tiny")
    settings = load_settings(home=tmp_path / "home", embedding_model=str(folder))
    monkeypatch.setattr(embed_export, "INT8_LEAST_COSINE", 1.1)
    with pytest.warns(UserWarning, match="loses too much in int8"):
        refused = load_embedder(settings)
    plain = load_embedder(load_settings(home=tmp_path / "home", embedding_model=str(folder), embedding_int8=False))

    assert refused.revision == plain.revision
    assert np.array_equal(refused.embed_query("hello"), plain.embed_query("hello"))


def test_the_longest_passage_is_read_to_its_end(embedder: Embedder) -> None:
    passage = ["price"] * (MAX_TOKENS - 1)
    assert len(packaged_spans()(" ".join([*passage, "licence"]))) == MAX_TOKENS

    fits, other, cut, cut_other = embedder.embed_passages(
        [" ".join([*passage, *end]) for end in (["licence"], ["regulation"], ["x", "licence"], ["x", "regulation"])]
    )

    assert not np.allclose(fits, other, atol=1e-4)
    assert np.array_equal(cut, cut_other), "one more piece is over the limit"


def test_like_texts_are_near(embedder: Embedder) -> None:
    question = embedder.embed_query("How much does the model cost per million tokens?")
    price, weather = embedder.embed_passages(
        ["Input is billed at 2.50 USD for each million tokens.", "Rain is expected in the north on Sunday."]
    )

    assert question @ price > 0.4 > 0.2 > question @ weather


def test_a_warm_start_imports_no_torch(embedder: Embedder, models_dir: Path) -> None:
    code = (
        "import sys; from kb.embed import load_embedder; from kb.settings import load_settings\n"
        "load_embedder(load_settings()).embed_query('hello')\n"
        "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    environment = {**os.environ, "STEELYARD_HOME": str(models_dir.parent)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_a_torn_export_is_made_anew(tmp_path: Path) -> None:
    folder = small_model(tmp_path / "tiny")
    settings = load_settings(home=tmp_path / "home", embedding_model=str(folder))
    whole = load_embedder(settings).embed_query("hello")
    (file,) = settings.models_dir.rglob(MODEL_FILE)
    file.write_bytes(file.read_bytes()[:1000])

    assert np.allclose(load_embedder(settings).embed_query("hello"), whole, atol=1e-6)
    assert [path.name[0] for path in settings.models_dir.iterdir()] == ["t"], "no temporary folders are left"


def test_other_weights_in_the_same_folder_are_another_revision(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path / "home", embedding_model=str(tmp_path / "tiny"))
    small_model(tmp_path / "tiny")
    before = load_embedder(settings)
    small_model(tmp_path / "tiny", seed=1)
    after = load_embedder(settings)

    assert before.revision != after.revision
    assert not np.allclose(before.embed_query("hello"), after.embed_query("hello"), atol=1e-3)


@pytest.mark.parametrize("pooling", ["cls", "max"])
def test_a_folder_with_prompts_and_other_pooling(tmp_path: Path, pooling: str) -> None:
    from sentence_transformers import SentenceTransformer

    folder = small_model(tmp_path / "tiny", pooling=pooling)
    settings = load_settings(home=tmp_path / "home", embedding_model=str(folder), embedding_int8=False)
    embedder = load_embedder(settings)
    real = SentenceTransformer(str(folder), device="cpu")

    assert (embedder.dim, len(embedder.revision)) == (32, 12)
    assert np.allclose(embedder.embed_query("a"), real.encode_query("a", normalize_embeddings=True), atol=1e-5)
    expected = real.encode_document(["a", "b c"], normalize_embeddings=True)
    assert np.allclose(embedder.embed_passages(["a", "b c"]), expected, atol=1e-5)


def test_what_does_not_export_is_served_by_sentence_transformers(tmp_path: Path, monkeypatch) -> None:
    import torch

    def refuse(*_args: object, **_options: object) -> None:
        raise torch.onnx.OnnxExporterError("no such operator")

    folder = small_model(tmp_path / "tiny")
    settings = load_settings(home=tmp_path / "home", embedding_model=str(folder))
    exported = load_embedder(load_settings(home=tmp_path / "other", embedding_model=str(folder), embedding_int8=False))
    monkeypatch.setattr(torch.onnx, "export", refuse)
    with pytest.warns(UserWarning, match="does not export"):
        load_embedder(settings)

    again = load_embedder(settings)

    (manifest,) = settings.models_dir.rglob(MANIFEST_FILE)
    assert json.loads(manifest.read_text())["backend"] == "sentence-transformers"
    assert np.allclose(again.embed_query("hello"), exported.embed_query("hello"), atol=1e-5)
    assert np.allclose(again.embed_passages(["a", "b"]), exported.embed_passages(["a", "b"]), atol=1e-5)


def test_altered_packaged_weights_are_refused(tmp_path: Path) -> None:
    from kb.embed_export import prepare

    for file in packaged_model_dir().iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    with (tmp_path / "model.safetensors").open("r+b") as weights:
        weights.seek(50_000_000)
        weights.write(b"\x01\x02\x03")
    source = ModelSource(DEFAULT_MODEL, tmp_path, find_model(DEFAULT_MODEL).sha256)

    with pytest.raises(ConfigurationError, match="not the published ones"):
        prepare(source, tmp_path / "home", threads=1, int8=True)


@pytest.mark.parametrize("name", ["/no/such/folder", "./nothing", "two words", ""])
def test_what_is_no_model(name: str) -> None:
    with pytest.raises(ConfigurationError, match="neither a folder nor a hub id"):
        find_model(name)


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no weights"):
        load_embedder(load_settings(home=tmp_path / "home", embedding_model=str(tmp_path)))
