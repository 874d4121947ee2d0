"""The vocabulary: how people ask for fields, and which of them age."""

import pytest

from kb.facts.asked_fields import fields_asked
from kb.facts.fields import FIELDS, allowed, is_single, stale_days


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ("What is the context window of Kimi K2.5?", "context_tokens"),
        ("How long is its context?", "context_tokens"),
        ("what licence is Kimi K2.5 under", "licence"),
        ("When do the high-risk duties apply?", "applies_from"),
        ("How much does gpt-oss-120b cost on Together?", "price_input"),
        ("Are fine-tunes on OpenAI still possible?", "fine_tuning"),
        ("May we train our own model on outputs from Llama 2?", "output_training"),
        ("Which GPUs do I need for DeepSeek-V3.2?", "memory_gb"),
        ("Does it understand images?", "modalities_in"),
        ("When was GLM-5 released?", "released"),
        ("Who made Inkling?", "developer"),
        ("what happens to data residency", "residency"),
    ],
)
def test_questions_name_their_field(question: str, field: str) -> None:
    assert field in [spec.name for spec in fields_asked(question)]


def test_words_inside_other_words_do_not_count() -> None:
    assert "price_input" not in [spec.name for spec in fields_asked("the costume of a priceless actor")]


def test_the_longest_phrase_comes_first() -> None:
    assert fields_asked("how much context does it have")[0].name == "context_tokens"


def test_a_gap_in_a_phrase_stays_in_reach() -> None:
    far = "how long " + "very " * 40 + "boring context"
    assert "context_tokens" not in [spec.name for spec in fields_asked(far)]


def test_collecting_fields_have_no_single_value() -> None:
    assert not any(is_single(field) for field in ("alias", "note", "evidence", "requires", "threshold", "unheard-of"))
    assert all(is_single(field) for field in ("price_input", "applies_from", "licence", "name", "openness"))


def test_prices_and_regulation_age_at_their_own_pace() -> None:
    assert stale_days("offer:a/b", "price_input") == 7
    assert {stale_days(s, "requires") for s in ("duty:a/b", "regime:a")} == {30}
    assert stale_days("rule:a/b", "threshold") == stale_days("licence:a", "threshold") == 30
    assert stale_days("duty:a/b", "alias") is None
    assert stale_days("model:a", "released") is None


def test_a_field_belongs_to_its_subjects() -> None:
    assert allowed(FIELDS["note"], "gpu:h100")
    assert not allowed(FIELDS["price_input"], "model:a")
