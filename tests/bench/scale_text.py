"""Many passages from few texts, and their vectors: recorded sentences in other company.

Passage n is two neighbouring sentences of one recorded abstract and one sentence of another, chosen by n alone: about
120 word pieces, shorter than the product's usual ones so that 100,000 can be embedded in an hour. Vectors are made in
shards that a killed run leaves behind; past what is embedded, a vector is that of an embedded passage with noise added.
"""

import gzip
import json
import random
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np

from kb.embed import Embedder, Vector

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
SHARD = 1000
NOISE = 0.5  # length of what is added to a vector of length 1: cosine about 0.89 to the one that it was made from


@lru_cache(maxsize=1)
def _abstracts() -> list[tuple[str, list[str]]]:
    """(title, sentences)"""
    with gzip.open(DATA / "text" / "arxiv_abstracts.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    cut = [(row["title"], re.split(r"(?<=[.?!]) +(?=[A-Z])", " ".join(row["abstract"].split()))) for row in rows]
    return [(title, sentences) for title, sentences in cut if len(sentences) > 2]


def passage(n: int) -> tuple[str, str]:
    """(title, text)"""
    dice, known = random.Random(n), _abstracts()
    title, own = dice.choice(known)
    _, other = dice.choice(known)
    first = dice.randrange(len(own) - 1)
    return title, " ".join([own[first], own[first + 1], dice.choice(other)])


def indexed(n: int) -> str:
    """As the product embeds it: what stands above, then the text."""
    return "\n".join(passage(n))


def questions(count: int) -> list[str]:
    """Each with words of one recorded title."""
    dice, known = random.Random(-1), _abstracts()
    forms = ("What is known about {}?", "{}", "How does {} compare with what came before?", "Which models use {}?")
    return [forms[n % len(forms)].format(dice.choice(known)[0].rstrip(".")) for n in range(count)]


# ---------------------------------------------------------------- vectors


def embed(cache: Path, embedder: Embedder, passages: int) -> None:
    """Shards that are not there yet, one after the other; stop it when you like."""
    folder = _folder(cache, embedder)
    folder.mkdir(parents=True, exist_ok=True)
    for shard in range(-(-passages // SHARD)):
        file = folder / f"{shard:05}.npy"
        if file.exists():
            continue
        vectors = embedder.embed_passages([indexed(n) for n in range(shard * SHARD, (shard + 1) * SHARD)])
        part = file.with_suffix(".part")
        with part.open("wb") as stream:
            np.save(stream, vectors.astype(np.float32))
        part.replace(file)
        print(f"{(shard + 1) * SHARD} of {passages} embedded", flush=True)


def embedded(cache: Path, embedder: Embedder, passages: int) -> Vector:
    """float32[n, dim] of the first passages without a gap, at most `passages`."""
    shards: list[Vector] = []
    folder = _folder(cache, embedder)
    while len(shards) * SHARD < passages and (file := folder / f"{len(shards):05}.npy").exists():
        shards.append(np.load(file))
    return np.concatenate(shards)[:passages] if shards else np.empty((0, embedder.dim), np.float32)


def vectors(real: Vector, passages: int, *, page: int = 2000) -> Iterator[tuple[int, Vector]]:
    """(first passage, vectors of the next `page`): the embedded ones, then sampled and perturbed ones."""
    rng = np.random.default_rng(0)
    for first in range(0, passages, page):
        last = min(first + page, passages)
        own = real[first:last]
        made = real[rng.integers(len(real), size=last - first - len(own))]
        noise = rng.standard_normal(made.shape).astype(np.float32)
        made = made + NOISE * noise / np.linalg.norm(noise, axis=1, keepdims=True)
        yield first, np.concatenate([own, made / np.linalg.norm(made, axis=1, keepdims=True)]).astype(np.float32)


def _folder(cache: Path, embedder: Embedder) -> Path:
    return cache / f"{embedder.name}-{embedder.revision}"
