"""Provisions known by the words of who asks, and the adapter of the question's vector."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from kb.adapter import Adapter
from kb.asked import asked
from kb.embed import Vector
from kb.glosses import GLOSSES, Glosses
from kb.store import Store
from kb.types import Filter, Topic
from tests.kb.search_fixtures import BagEmbedder, put
from tests.kb.store_builders import a_source

ENTRY = next(e for e in yaml.safe_load(GLOSSES.read_text("utf-8")) if e["where"].startswith("Article 2(3)"))
TEXT = f"This Regulation does not apply to systems {ENTRY['anchor']} or national security purposes."


def _put(store: Store, url: str, *texts: str) -> None:
    put(store, texts, source=a_source(url, kind="page", topic=Topic.REGULATION))


def _texts(store: Store, found: dict[int, float]) -> list[str]:
    passages = store.items.passages(list(found), Filter())
    return [passages[at].text for at in sorted(found, key=lambda at: -found[at])]


def test_a_provision_is_meant_by_the_words_of_who_asks(store: Store) -> None:
    _put(store, ENTRY["doc"], "Something else altogether.", TEXT)
    found = Glosses(store).meant(asked("does the army have to follow this, or is defence exempt"))
    assert _texts(store, found) == [TEXT]
    assert all(0 < share <= 1 for share in found.values())


def test_a_licence_read_as_a_raw_file_is_the_one_of_its_page(store: Store) -> None:
    entries = yaml.safe_load(GLOSSES.read_text("utf-8"))
    entry = next(e for e in entries if e["doc"].startswith("https://github.com/meta-llama/") and "/blob/" in e["doc"])
    raw = entry["doc"].replace("github.com", "raw.githubusercontent.com").replace("/blob/", "/")
    _put(store, raw, f"Before it {entry['anchor']} and after it.")
    assert len(Glosses(store).meant(asked(entry["questions"][0]))) == 1


def test_nothing_is_meant_where_no_glossed_text_is_stored(store: Store) -> None:
    glosses = Glosses(store)
    assert glosses.meant(asked("defence exemption")) == {}
    _put(store, "https://example.org/another", TEXT)
    assert glosses.meant(asked("defence exemption")) == {}


def test_what_is_stored_later_is_found(store: Store) -> None:
    glosses = Glosses(store)
    glosses.meant(asked("defence exemption"))
    _put(store, ENTRY["doc"], TEXT)
    assert _texts(store, glosses.meant(asked("defence exemption"))) == [TEXT]


def test_each_provision_is_glossed_once() -> None:
    entries = yaml.safe_load(GLOSSES.read_text("utf-8"))
    assert len({(e["doc"], e["anchor"]) for e in entries}) == len(entries) > 500
    assert all(e["where"] and e["questions"] for e in entries)


def test_an_adapter_moves_the_questions_of_its_own_model_alone(tmp_path: Path) -> None:
    question: Vector = np.array([1.0, 0.0], np.float32)
    file = tmp_path / "adapter.npz"
    np.savez(file, name="bag", revision="1", up=np.array([[0.0], [1.0]]), down=np.array([[1.0, 0.0]]))
    for own in ("1", "1-int8"):
        assert Adapter(BagEmbedder(revision=own), file).of(question) == pytest.approx([0.5**0.5, 0.5**0.5])
    assert Adapter(BagEmbedder(revision="2"), file).of(question) is question
