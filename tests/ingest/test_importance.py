"""What matters to a choice between open and closed models, whose law it is about, and the file of cues."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.importance import HIGH, MEDIUM, weigh
from ingest.places import places_in
from ingest.topics import CUES, cues, topic_of
from kb.errors import BadDataFile
from kb.types import Topic


@pytest.mark.parametrize(
    ("topic", "title"),
    [
        (Topic.RELEASE, "Introducing Claude Opus 4.6"),
        (Topic.RELEASE, "GLM-5"),
        (Topic.LICENCE, "Updating our Usage Policy"),
        (Topic.PRICE, "New Kimi K2 models and updated pricing"),
        (Topic.REGULATION, "A primer on the EU AI Act"),
        (Topic.CAPABILITY, "GPT-5 benchmarks and analysis"),
    ],
)
def test_what_changes_the_options_or_their_terms_matters_most(topic: Topic, title: str) -> None:
    importance, why = weigh(topic, title, "")
    assert importance >= HIGH
    assert why


@pytest.mark.parametrize(
    ("topic", "title"),
    [
        (Topic.OTHER, "How a bank uses Claude 4"),
        (Topic.RELEASE, "Windsurf 1.9.2"),
        (Topic.RELEASE, "Music-2.6"),
        (Topic.CAPABILITY, "Stochastic neural networks"),
    ],
)
def test_the_rest_matters_little(topic: Topic, title: str) -> None:
    assert weigh(topic, title, "")[0] < MEDIUM


@given(st.sampled_from(list(Topic)), st.text(max_size=200), st.text(max_size=200))
def test_importance_is_a_share(topic: Topic, title: str, text: str) -> None:
    assert 0.0 <= weigh(topic, title, text)[0] <= 1.0


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("The AI Act applies in the EU; the UK waits", ("eu", "uk")),
        ("Comment to NIST", ("us",)),
        ("It tells us that they may speak Chinese and in German", ("cn",)),
        ("Parliament in Switzerland and Japan", ("ch", "jp")),
        ("A model of 30 languages", ()),
    ],
)
def test_places(said: str, places: tuple[str, ...]) -> None:
    assert places_in(said, "") == places


def test_a_bad_row_of_cues_is_named(tmp_path: Path) -> None:
    assert {cue.topic for cue in cues(CUES)} == set(Topic)
    file = tmp_path / "topics.yaml"
    file.write_text("release: |\n  4.0 tittle: launch(es|ed)\n")
    with pytest.raises(BadDataFile, match="tittle"):
        cues(file)


@pytest.mark.parametrize(
    "words", ["How " + "a b " * 3000, "we introduce " * 900, "- " * 5000, "x." * 5000, "and a " * 3000]
)
def test_hostile_titles_take_no_longer(words: str) -> None:
    assert topic_of(words, words, f"https://e.org/{words}", Topic.OTHER) in set(Topic)
