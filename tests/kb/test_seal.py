"""Secrets at rest: what is sealed opens with the right keys alone, and keys can be changed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.errors import ConfigurationError
from kb.seal import Seal, new_key, split_keys

OLD, NEW = new_key(), new_key()


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_what_is_sealed_opens_and_does_not_show(text: str) -> None:
    seal = Seal([OLD])
    sealed = seal.seal(text)
    assert seal.open(sealed) == text
    assert len(text) < 4 or text not in sealed
    assert sealed != seal.seal(text)


def test_the_first_key_seals_and_all_open() -> None:
    sealed = Seal([OLD]).seal("xoxb-1")
    both = Seal([NEW, OLD])
    assert both.open(sealed) == "xoxb-1"
    assert not both.is_newest(sealed)
    moved = both.reseal(sealed)
    assert both.is_newest(moved)
    assert Seal([NEW]).open(moved) == "xoxb-1"


def test_a_lost_key_is_said_without_what_it_sealed() -> None:
    sealed = Seal([OLD]).seal("xoxb-1")
    with pytest.raises(ConfigurationError, match="none of the secret keys") as caught:
        Seal([NEW]).open(sealed)
    assert sealed not in str(caught.value) + caught.value.hint
    with pytest.raises(ConfigurationError):
        Seal([OLD]).open("not sealed")


def test_without_a_key_the_command_that_makes_one_is_named() -> None:
    for keys in ([], split_keys(" , ")):
        with pytest.raises(ConfigurationError, match="no secret key") as caught:
            Seal(keys)
        assert "steelyard slack key" in caught.value.hint


def test_a_key_that_is_none_is_numbered_and_not_repeated() -> None:
    with pytest.raises(ConfigurationError, match="key 2 is no key") as caught:
        Seal(split_keys(f"{OLD}, hunter2"))
    assert "hunter2" not in str(caught.value) + caught.value.hint
