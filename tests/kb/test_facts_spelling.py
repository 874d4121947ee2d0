"""Slips of the keyboard in the words of asking."""

import pytest

from kb.facts.asked_fields import fields_asked
from kb.facts.spelling import corrected, one_slip


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        ("licnese", "license", True),
        ("lincense", "license", True),
        ("contxt", "context", True),
        ("license", "license", False),
        ("lizence", "licenses", False),
    ],
)
def test_one_slip(one: str, other: str, is_one: bool) -> None:
    assert one_slip(one, other) is is_one


@pytest.mark.parametrize("word", ["counts", "token", "licences"])
def test_other_words_stay(word: str) -> None:
    assert corrected(word, {"courts", "tokens", "licence"}) == word


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ("ctx window of it", "context_tokens"),
        ("which licnese", "licence"),
        ("reitred when", "deprecated_on"),
        ("how big, total and active", "parameters_active"),
        ("what law governs the terms", "governing_law"),
    ],
)
def test_the_field_is_understood(question: str, field: str) -> None:
    assert field in [spec.name for spec in fields_asked(question)]
