"""How fast is text turned into vectors, what does int8 lose, and how far is the machine's limit?

    python -m tests.bench.bench_embed               passages a second beside sentence-transformers, one query, the limit
    python -m tests.bench.bench_embed --quality     ... and nDCG@10 on Cranfield, dense and fused, of both precisions

The contestants take turns over the same passages, so a busy machine slows all of them; wall time and CPU time of the
best and the median turn are told, with the load.
"""

import argparse
import gzip
import json
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from kb.embed import Embedder, find_model, load_embedder
from kb.settings import DEFAULT_MODEL, load_settings
from tests.bench.bench_search import QUESTIONS, cranfield_records, judgements, ndcg

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
LAYERS, WIDTH, INNER = 6, 384, 1536  # of the packaged model
QUERIES = 300


def passages(count: int) -> list[str]:
    """Recorded abstracts with their titles, most of them as long as the model reads."""
    with gzip.open(DATA / "text" / "arxiv_abstracts.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in islice(lines, count)]
    return [f"{row['title']}\n{row['abstract']}" for row in rows]


def embedder(*, int8: bool, threads: int = 2) -> Embedder:
    home = ROOT / "tests" / ".cache"
    return load_embedder(load_settings(home=home, embedding_int8=int8, embedding_threads=threads))


def sentence_transformers() -> Callable[[Sequence[str]], Any]:
    """Its defaults: float32, batches of 32, sorted by length by itself, as many threads as there are cores."""
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(find_model(DEFAULT_MODEL).folder), device="cpu", local_files_only=True)
    return lambda texts: model.encode(list(texts), show_progress_bar=False)


# ---------------------------------------------------------------- the limit


def operations(pieces: int) -> tuple[float, float]:
    """(of the weights' products, of attention's own) multiplications and additions for one text of so many pieces."""
    weights = 2 * pieces * LAYERS * (4 * WIDTH * WIDTH + 2 * WIDTH * INNER)
    return float(weights), float(2 * 2 * LAYERS * pieces * pieces * WIDTH)


def matrix_rates() -> dict[str, float]:
    """Operations a second on one thread, of a product as large as the model's own, in ONNX Runtime."""
    import onnxruntime
    from onnx import TensorProto, helper

    rng, n = np.random.default_rng(0), 256
    given = rng.random((n, WIDTH), np.float32)
    weights = rng.random((WIDTH, INNER), np.float32)
    whole = (given * 255).astype(np.uint8), (weights * 127).astype(np.int8)
    rates = {}
    for name, op, kind, out, (left, right) in (
        ("float32", "MatMul", TensorProto.FLOAT, TensorProto.FLOAT, (given, weights)),
        ("int8", "MatMulInteger", TensorProto.INT8, TensorProto.INT32, whole),
    ):
        held = helper.make_tensor("w", kind, right.shape, right.tobytes(), raw=True)
        first = TensorProto.FLOAT if name == "float32" else TensorProto.UINT8
        graph = helper.make_graph(
            [helper.make_node(op, ["x", "w"], ["y"])],
            "product",
            [helper.make_tensor_value_info("x", first, [n, WIDTH])],
            [helper.make_tensor_value_info("y", out, [n, INNER])],
            [held],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        took = []
        for _ in range(200):
            begun = time.perf_counter()
            session.run(None, {"x": left})
            took.append(time.perf_counter() - begun)
        rates[name] = 2 * n * WIDTH * INNER / float(np.percentile(took, 10))
    return rates


def tell_limit(pieces: int, cpu_s: dict[str, float]) -> None:
    """`cpu_s`: CPU seconds a passage by contestant."""
    weights, attention = operations(pieces)
    rates = matrix_rates()
    print(f"\nthe model needs {weights / 1e9:.2f} G operations in weights' products and {attention / 1e9:.2f} in")
    print(f"attention for {pieces} word pieces; one thread multiplies {rates['float32'] / 1e9:.0f} G/s in float32 and")
    print(f"{rates['int8'] / 1e9:.0f} G/s in int8 (256 x 384 by 384 x 1536)")
    limits = {
        "float32": (weights + attention) / rates["float32"],
        "int8": weights / rates["int8"] + attention / rates["float32"],
    }
    for name, limit in limits.items():
        print(f"  {name}: {limit * 1e3:.1f} ms of CPU a passage at those rates, {cpu_s[name] * 1e3:.1f} measured")


def tell_between(pieces: int) -> None:
    """Where the int8 model's time goes, by operator: what is no product of weights stands between it and the limit."""
    import onnxruntime

    from kb.embed import MODEL_FILE
    from kb.embed_graph import UNFUSED

    source = find_model(DEFAULT_MODEL)
    file = ROOT / "tests" / ".cache" / "models" / source.slug(int8=True) / MODEL_FILE
    with tempfile.TemporaryDirectory() as folder:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.enable_profiling = 1, True
        options.profile_file_prefix = f"{folder}/profile"
        session = onnxruntime.InferenceSession(
            str(file), options, providers=["CPUExecutionProvider"], disabled_optimizers=list(UNFUSED)
        )
        ids = np.random.default_rng(0).integers(1000, 20_000, (1, pieces))
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        for _ in range(20):
            session.run(None, feed)
        events = json.loads(Path(session.end_profiling()).read_text())
    took: dict[tuple[str, str], list[float]] = {}
    for event in events:
        if event.get("cat") == "Node" and event["name"].endswith("kernel_time"):
            took.setdefault((event["args"]["op_name"], event["name"]), []).append(event["dur"] / 1e3)
    spent: dict[str, float] = {}
    for (operator, _), times in took.items():
        spent[operator] = spent.get(operator, 0.0) + float(np.median(times))
    shares = sorted(spent.items(), key=lambda row: -row[1])[:7]
    print("  int8 by operator: " + ", ".join(f"{name} {ms:.1f} ms" for name, ms in shares))


# ---------------------------------------------------------------- speed


def race(texts: Sequence[str], rounds: int, share: int = 64) -> dict[str, float]:
    """CPU seconds a passage by contestant, the best turn."""
    runners: dict[str, Callable[[Sequence[str]], Any]] = {
        "sentence-transformers": sentence_transformers(),
        "float32": embedder(int8=False).embed_passages,
        "int8": embedder(int8=True).embed_passages,
    }
    wall: dict[str, list[float]] = {name: [] for name in runners}
    cpu: dict[str, list[float]] = {name: [] for name in runners}
    for turn in range(rounds):
        some = texts[turn * share % len(texts) :][:share]
        for name, run in runners.items():
            if turn == 0:
                run(some[:4])
            begun, worked = time.perf_counter(), time.process_time()
            run(some)
            wall[name].append((time.perf_counter() - begun) / len(some))
            cpu[name].append((time.process_time() - worked) / len(some))
    base = wall["sentence-transformers"], cpu["sentence-transformers"]
    print(f"\n{rounds} turns of {share} passages, load {os.getloadavg()[0]:.1f}")
    print("                        passages/s             times sentence-transformers'     CPU ms a passage")
    print("                        median      best       wall (median)   CPU (median)     median    best")
    for name in runners:
        faster = np.median(base[0]) / np.median(wall[name]), np.median(base[1]) / np.median(cpu[name])
        print(
            f"{name:22}  {1 / np.median(wall[name]):6.1f}   {1 / min(wall[name]):8.1f}  {faster[0]:10.2f}"
            f"     {faster[1]:10.2f}      {np.median(cpu[name]) * 1e3:10.1f} {min(cpu[name]) * 1e3:8.1f}"
        )
    return {name: min(times) for name, times in cpu.items()}


def one_query() -> None:
    for name, int8 in (("float32", False), ("int8", True)):
        one, took, worked = embedder(int8=int8), [], time.process_time()
        for n in range(QUERIES):
            begun = time.perf_counter()
            one.embed_query(f"{QUESTIONS[n % len(QUESTIONS)]} {n}")
            took.append((time.perf_counter() - begun) * 1e3)
        p50, p95, p99 = np.percentile(took, [50, 95, 99])
        cpu = (time.process_time() - worked) / QUERIES * 1e3
        print(f"one query, {name:8} p50 {p50:.2f} ms, p95 {p95:.2f}, p99 {p99:.2f}; CPU {cpu:.2f} ms")


# ---------------------------------------------------------------- quality


def quality() -> None:
    """Dense alone over whole documents, and the convex sum with BM25 over the same (tantivy)."""
    from tests.bench.ranking import bm25_scores, fused

    documents = [(n, f"{title}\n{text or title}") for n, title, text in cranfield_records("cran.all.1400")]
    relevant = judgements()
    questions = [text for _, _, text in cranfield_records("cran.qry")][: max(relevant)]
    numbers = np.array([n for n, _ in documents])
    words = [bm25_scores(documents, question) for question in questions]
    told: dict[str, tuple[list[float], list[float]]] = {}
    for name, int8 in (("float32", False), ("int8", True)):
        one = embedder(int8=int8)
        vectors = one.embed_passages([text for _, text in documents])
        dense, both = [], []
        for n, question in enumerate(questions, 1):
            near = vectors @ one.embed_query(question)
            dense.append(ndcg(numbers[np.argsort(-near)[:10]].tolist(), relevant[n]))
            both.append(ndcg(numbers[np.argsort(-fused(near, words[n - 1]))[:10]].tolist(), relevant[n]))
        told[name] = dense, both
        print(f"Cranfield nDCG@10, {name:8} dense {np.mean(dense):.4f}, fused {np.mean(both):.4f}")
    for at, kind in enumerate(("dense", "fused")):
        gap = np.array(told["int8"][at]) - np.array(told["float32"][at])
        rng = np.random.default_rng(0)
        means = [rng.choice(gap, len(gap)).mean() for _ in range(2000)]
        low, high = np.percentile(means, [2.5, 97.5])
        print(f"int8 less float32, {kind}: {gap.mean():+.4f} [{low:+.4f}, {high:+.4f}] (95%, bootstrap over questions)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--quality", action="store_true")
    given = parser.parse_args()
    texts = passages(512)
    from kb.tokens import load_tokenizer, packaged_model_dir

    tokenizer = load_tokenizer(packaged_model_dir() / "tokenizer.json", max_tokens=256)
    pieces = round(float(np.mean([len(one.ids) for one in tokenizer.encode_batch(texts)])))
    one_query()
    tell_limit(pieces, race(texts, given.rounds))
    tell_between(pieces)
    if given.quality:
        print()
        quality()


if __name__ == "__main__":
    main()
