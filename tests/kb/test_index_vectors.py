"""Vectors in lists: near enough to exact search, filled up without training, mapped from the file."""

from pathlib import Path

import numpy as np
import pytest

from kb.embed import Vector
from kb.index.faiss import RECALL, FaissIndex, list_count

DIM, COUNT, FLAT = 64, 3000, 500


def clustered(count: int, seed: int = 0) -> Vector:
    """Unit vectors around forty centres."""
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((40, DIM))[rng.integers(40, size=count)] + 1.5 * rng.standard_normal((count, DIM))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


VECTORS = clustered(COUNT)
IDS = np.arange(COUNT) * 3 + 5


def filled() -> FaissIndex:
    index = FaissIndex(DIM, flat_max=FLAT)
    index.add(IDS, VECTORS)
    return index


def written(index: FaissIndex, folder: Path) -> FaissIndex:
    file = folder / "vectors.faiss"
    index.save(file)
    return FaissIndex.load(file, flat_max=FLAT)


def recall(index: FaissIndex, vectors: Vector, ids: np.ndarray, k: int = 10) -> float:
    hits = []
    for question in clustered(100, seed=1):
        exact = set(ids[np.argsort(-(vectors @ question))[:k]].tolist())
        hits.append(len(exact & {at for at, _ in index.search(question, k)}) / k)
    return float(np.mean(hits))


def test_few_are_searched_exactly(tmp_path: Path) -> None:
    index = FaissIndex(DIM, flat_max=FLAT)
    index.add(IDS[100:200], VECTORS[100:200])
    index.add(IDS[:100], VECTORS[:100])  # lower ids may come later

    mapped = written(index, tmp_path)

    assert mapped.kind == "flat"
    assert mapped.ids.tolist() == IDS[:200].tolist()
    assert recall(mapped, VECTORS[:200], IDS[:200]) == 1.0
    assert np.array_equal(mapped.vector(int(IDS[150])), VECTORS[150])
    assert np.array_equal(mapped.search(VECTORS[7], 1)[0][0], IDS[7])


def test_many_are_kept_in_lists_that_pass_their_own_check(tmp_path: Path) -> None:
    index = filled()
    mapped = written(index, tmp_path)

    assert mapped.kind.startswith(f"{list_count(COUNT)} lists of float16")
    assert index.recall >= RECALL
    assert recall(mapped, VECTORS, IDS) >= 0.98
    assert len(mapped) == COUNT
    for at in (0, 1234, COUNT - 1):
        assert np.abs(mapped.vector(int(IDS[at])) - VECTORS[at]).max() < 1e-3
    with pytest.raises(KeyError):
        mapped.vector(1)


def test_what_is_added_is_found_at_once_and_fills_the_same_lists(tmp_path: Path, monkeypatch) -> None:
    mapped = written(filled(), tmp_path)
    more, ids = clustered(300, seed=2), np.arange(300) * 3 + 6
    mapped.add(ids, more)
    assert recall(mapped, np.concatenate([VECTORS, more]), np.concatenate([IDS, ids])) >= 0.98

    def never(_self: FaissIndex) -> None:
        raise AssertionError("trained anew")

    monkeypatch.setattr(FaissIndex, "_trained", never)
    (tmp_path / "next").mkdir()
    again = written(mapped, tmp_path / "next")

    assert len(again) == COUNT + 300
    assert recall(again, np.concatenate([VECTORS, more]), np.concatenate([IDS, ids])) >= 0.98
    assert mapped.search(more[0], 1)[0][0] == ids[0], "the old one still answers"


def test_four_times_as_many_are_trained_anew(tmp_path: Path) -> None:
    mapped = written(filled(), tmp_path)
    more = clustered(4 * COUNT, seed=3)
    mapped.add(np.arange(len(more)) + 100_000, more)
    (tmp_path / "next").mkdir()

    assert written(mapped, tmp_path / "next").kind.startswith(f"{list_count(5 * COUNT)} lists")


def test_an_id_added_again_has_its_new_vector_alone(tmp_path: Path) -> None:
    mapped = written(filled(), tmp_path)
    mapped.add(IDS[:1], VECTORS[1:2])
    mapped.add(IDS[:1], -VECTORS[1:2])

    def check(index: FaissIndex) -> None:
        assert len(index) == COUNT == len(set(index.ids.tolist()))
        assert index.search(-VECTORS[1], 1)[0] == (IDS[0], pytest.approx(1.0, abs=1e-3))
        assert IDS[0] not in {at for at, _ in index.search(VECTORS[0], 20)}

    check(mapped)
    (tmp_path / "next").mkdir()
    check(written(mapped, tmp_path / "next"))


def test_what_is_removed_is_not_found(tmp_path: Path) -> None:
    mapped = written(filled(), tmp_path)
    mapped.remove([int(IDS[3])])

    assert IDS[3] not in {at for at, _ in mapped.search(VECTORS[3], COUNT)}


def test_a_file_and_a_list_that_do_not_belong_together(tmp_path: Path) -> None:
    filled().save(tmp_path / "vectors.faiss")
    np.save(tmp_path / "vectors.npy", np.zeros((2, 5), np.int64))

    with pytest.raises(ValueError, match="holds 3000 vectors"):
        FaissIndex.load(tmp_path / "vectors.faiss")
