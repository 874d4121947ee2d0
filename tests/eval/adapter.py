"""How kb/adapter.npz is made: python -m tests.eval.adapter (some five minutes of two cores).

InfoNCE of each gloss's question against every passage of the corpus, so that all others are its negatives; held near
the identity by the square of what it changes, then cut to its largest singular directions. Nothing of the labelled
evaluation is read.
"""

import tempfile
from pathlib import Path

import numpy as np
import yaml

from kb.adapter import ADAPTER
from kb.embed import Vector, load_embedder
from kb.glosses import GLOSSES
from kb.settings import Settings
from kb.store import Store
from tests.eval import retrieval
from tests.eval.corpus import open_corpus
from tests.eval.kept import CACHE, KeptEmbedder
from tests.eval.questions import SHARED

TEMPERATURE, DECAY, RATE, STEPS, RANK = 0.05, 0.1, 3e-3, 60, 64


def pairs(store: Store) -> tuple[list[str], list[int], list[list[int]]]:
    """Questions, the row of its gloss for each, and for each gloss the passages that answer."""
    places = retrieval.Places(store)
    questions, rows, passages = [], [], []
    for row, entry in enumerate(yaml.safe_load(GLOSSES.read_text("utf-8"))):
        gold = retrieval.Gold(entry["doc"], entry["anchor"], entry["where"])
        passages.append(sorted(places.of(gold)))
        questions += entry["questions"]
        rows += [row] * len(entry["questions"])
    return questions, rows, passages


def trained(questions: Vector, passages: Vector, positive: Vector) -> Vector:
    """float32[dim, dim]: what to add of a question to it. `positive` is 1 where passage m answers question n."""
    import torch

    asked, texts = torch.tensor(questions), torch.tensor(passages)
    others = torch.tensor(positive) == 0
    change = torch.zeros(asked.shape[1], asked.shape[1], requires_grad=True)
    optimiser = torch.optim.Adam([change], lr=RATE)
    for _ in range(STEPS):
        moved = torch.nn.functional.normalize(asked + asked @ change.T, dim=1)
        near = moved @ texts.T / TEMPERATURE
        right = torch.logsumexp(near.masked_fill(others, -1e9), 1)
        loss = (torch.logsumexp(near, 1) - right).mean() + DECAY * (change**2).sum()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call] # torch ships no types for it
        optimiser.step()
    found: Vector = change.detach().numpy()
    return found


def main() -> None:
    embedder = KeptEmbedder(load_embedder(Settings(home=CACHE.parent)))
    with tempfile.TemporaryDirectory() as home, open_corpus(Path(home), SHARED, embedder) as store:
        questions, rows, answers = pairs(store)
        stored = dict(store.vectors.after(0, 1_000_000))
    at = {passage_id: column for column, passage_id in enumerate(stored)}
    positive = np.zeros((len(questions), len(at)), np.float32)
    for n, row in enumerate(rows):
        positive[n, [at[passage_id] for passage_id in answers[row]]] = 1
    texts = np.stack([np.frombuffer(data, "<f4") for data in stored.values()])
    change = trained(np.stack([embedder.embed_query(question) for question in questions]), texts, positive)
    up, sizes, down = np.linalg.svd(change)
    half = {"up": (up[:, :RANK] * sizes[:RANK]).astype(np.float16), "down": down[:RANK].astype(np.float16)}
    np.savez(ADAPTER, name=embedder.name, revision=embedder.revision.removesuffix("-int8"), **half)


if __name__ == "__main__":
    main()
