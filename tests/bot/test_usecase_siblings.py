"""Ways of saying an input, each with siblings of its own: what they state is found, and nothing else."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer.usecase import parse
from bot.answer.usecase.geography import mentions
from tests.eval.usecases import measure

_SIBLINGS: Mapping[str, Sequence[Mapping[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("usecase_siblings.yaml").read_text("utf-8")
)


@pytest.mark.parametrize("kind", list(_SIBLINGS))
def test_what_is_stated_is_found_and_nothing_else(kind: str) -> None:
    assert measure(_SIBLINGS[kind]).misses == []


_TEXTS = [text for cases in _SIBLINGS.values() for c in cases for text in c.get("turns") or [c["text"]]]


@given(st.lists(st.sampled_from(_TEXTS), min_size=2, max_size=4), st.sampled_from([" ", ", ", "\n", " and ", "; "]))
@settings(max_examples=40, deadline=None)
def test_no_mixture_of_messages_breaks_it(texts: list[str], joint: str) -> None:
    case = parse(joint.join(texts))
    again = parse(texts[0], earlier=case)
    assert all(getattr(again, name) is not None for name in again.origins)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("in Cambridge, Massachusetts, or Cambridge", [("Cambridge, Massachusetts", "us"), ("Cambridge", "uk")]),
        ("in Zwolle, the Netherlands", [("Zwolle", "nl"), ("Netherlands", "nl")]),
        ("near Bad Tölz, Germany", [("Bad Tölz, Germany", "de")]),
        ("Reading mails in Reading", [("Reading", "uk")]),
        ("polish the Polish text for us in the US", [("Polish", "pl"), ("US", "us")]),
        ("AWS eu-central-1 or Azure West Europe", [("eu-central-1", "de"), ("West Europe", "nl")]),
        ("europe-west9", [("europe-west9", "fr")]),
        ("non-EU hosts under U.S. law", [("U.S.", "us")]),
        ("80 GB in the eu", [("eu", "eu")]),
    ],
)  # fmt: skip
def test_places_and_the_country_they_stand_for(text: str, places: list[tuple[str, str]]) -> None:
    assert [(text[m.start : m.end], m.code) for m in mentions(text)] == places
