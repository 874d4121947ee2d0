"""A second opinion changes the order of what was found, and nothing else."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from shutil import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import ConfigurationError
from kb.rerank import DEPTH, CrossEncoderReranker, load_reranker, reranked
from kb.settings import load_settings
from kb.tokens import packaged_model_dir
from kb.types import Hit
from tests.kb.search_fixtures import a_passage


class Opinions:
    """A port: says of each passage what it was told to, and remembers what it was asked."""

    def __init__(self, opinions: dict[str, float]) -> None:
        self._opinions, self.asked = opinions, [""]

    def relevance(self, question: str, passages: Sequence[str]) -> list[float]:
        self.asked = list(passages)
        return [next(value for end, value in self._opinions.items() if text.endswith(end)) for text in passages]


def hits(count: int) -> list[Hit]:
    return [
        Hit(passage=a_passage(n, text=f"passage {n}."), score=1 - n / 1000, cosine=0.5) for n in range(1, count + 1)
    ]


def test_what_the_model_prefers_comes_first_and_titles_are_read_along() -> None:
    found = hits(3)
    found[2] = replace(found[2], passage=replace(found[2].passage, heading_path=("Chapter I", "Article 2")))
    model = Opinions({"passage 1.": 0.1, "passage 2.": 0.2, "passage 3.": 0.9})
    assert [h.passage.id for h in reranked("?", found, model)] == [3, 2, 1]
    assert "Chapter I > Article 2\npassage 3." in model.asked[2]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=DEPTH + 10))
def test_every_hit_stays_and_what_was_not_looked_at_stays_behind(opinions: list[float]) -> None:
    found = hits(len(opinions))
    model = Opinions({f"passage {n}.": value for n, value in enumerate(opinions, 1)})
    order = reranked("?", found, model)
    assert {h.passage.id for h in order} == {h.passage.id for h in found}
    assert [h.score for h in order] == sorted((h.score for h in order), reverse=True)
    assert [h.passage.id for h in order[DEPTH:]] == [h.passage.id for h in found[DEPTH:]]
    assert len(model.asked) == min(len(found), DEPTH)
    assert all(0 <= h.score <= 1 and h.cosine == 0.5 for h in order)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cross-encoder with weights nobody trained: it judges badly and loads as a good one does."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification

    folder = tmp_path_factory.mktemp("reranker")
    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    BertForSequenceClassification(BertConfig(num_labels=1, **sizes)).save_pretrained(folder)
    for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json"):
        if (packaged_model_dir() / name).exists():
            copy(packaged_model_dir() / name, folder)
    return folder


def test_a_cross_encoder_of_a_folder_judges_pairs(tiny: Path, tmp_path: Path) -> None:
    model = load_reranker(load_settings(home=tmp_path, reranker_model=str(tiny)))
    assert model is not None
    judged = model.relevance("what does the licence permit?", ["It permits use.", "Rain is expected. " * 300])
    assert len(judged) == 2
    assert all(0 < each < 1 for each in judged)
    assert judged[0] != judged[1]
    assert model.relevance("?", []) == []


def test_a_model_that_is_none_is_refused_with_its_setting(tiny: Path, tmp_path: Path) -> None:
    assert load_reranker(load_settings(home=tmp_path)) is None
    with pytest.raises(ConfigurationError, match="neither a folder") as error:
        CrossEncoderReranker("no/such/folder/here", threads=1)
    assert error.value.hint == "set STEELYARD_RERANKER_MODEL"
    with pytest.raises(ConfigurationError, match="cannot be loaded"):
        CrossEncoderReranker(str(tmp_path), threads=1)


def test_a_classifier_of_several_labels_is_no_reranker(tiny: Path, tmp_path: Path) -> None:
    from transformers import BertConfig, BertForSequenceClassification

    for file in tiny.iterdir():
        copy(file, tmp_path)
    sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    BertForSequenceClassification(BertConfig(num_labels=3, **sizes)).save_pretrained(tmp_path)
    assert json.loads((tmp_path / "config.json").read_text())["architectures"]
    with pytest.raises(ConfigurationError, match="no reranker"):
        CrossEncoderReranker(str(tmp_path), threads=1)
