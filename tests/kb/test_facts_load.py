"""The starter files' checks: every kind of defect is refused by file, entry and field."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from kb.errors import BadDataFile
from kb.facts.load import load_starter
from kb.types import FactDraft, Tier

SOURCE = {
    "title": "An Act",
    "url": "https://law.example.eu/act",
    "publisher": "EU",
    "tier": 1,
    "published": date(2024, 7, 12),
}
FACT = {
    "key": "act/duty/applies_from",
    "subject": "duty:act/duty",
    "field": "applies_from",
    "value": "2026-08-02",
    "statement": "The duty applies from 2 August 2026.",
    "source": "act",
}


def load(tmp_path: Path, facts: list[Any] | None = None, **sections: Any) -> list[FactDraft]:
    data = {"sources": {"act": SOURCE}, "facts": [FACT] if facts is None else facts} | sections
    (tmp_path / "law.yaml").write_text(yaml.safe_dump(data), encoding="utf-8")
    return load_starter(tmp_path)


def test_a_fact_takes_its_source_s_tier_and_publication_date(tmp_path: Path) -> None:
    (fact,) = load(tmp_path)
    assert (fact.tier, fact.known_from, fact.publisher) == (Tier.PRIMARY, date(2024, 7, 12), "EU")
    assert fact.source_url == "https://law.example.eu/act"


def test_an_entry_may_say_its_own_tier_dates_and_qualifiers(tmp_path: Path) -> None:
    own = {"tier": 3, "known_from": "2025-01-01", "valid_from": "2025-02-01", "qualifiers": {"annex": "III"}}
    (fact,) = load(tmp_path, [FACT | own])
    assert (fact.tier, fact.known_from, fact.valid_from) == (Tier.PRESS, date(2025, 1, 1), date(2025, 2, 1))
    assert fact.qualifiers == {"annex": "III"}


def test_subjects_become_names_and_aliases(tmp_path: Path) -> None:
    subjects = {"duty:act/duty": {"name": "the duty", "aliases": ["Article 1", "duty one"], "source": "act"}}
    facts = load(tmp_path, [], subjects=subjects)
    assert [(f.field, f.value) for f in facts] == [("name", "the duty"), ("alias", "Article 1"), ("alias", "duty one")]
    assert len({f.key for f in facts}) == 3


def test_two_files_may_name_a_subject_alike_but_not_differently(tmp_path: Path) -> None:
    subject = {"name": "the duty", "source": "act"}
    other = {"sources": {"act": SOURCE}, "subjects": {"duty:act/duty": subject}}
    (tmp_path / "a.yaml").write_text(yaml.safe_dump(other), encoding="utf-8")
    assert len(load(tmp_path, [], subjects={"duty:act/duty": subject})) == 1
    with pytest.raises(BadDataFile) as caught:
        load(tmp_path, [], subjects={"duty:act/duty": subject | {"name": "another"}})
    assert caught.value.field == "name"


DEFECTS: dict[str, tuple[str, dict[str, Any]]] = {
    "unknown source": ("source", {"source": "nowhere"}),
    "bad date": ("valid_from", {"valid_from": "2026-02-30"}),
    "date of another form": ("known_from", {"known_from": "2 May 2026"}),
    "value is no date": ("value", {"value": "2026-13-01"}),
    "unquoted number with a fraction": ("value", {"value": 0.1}),
    "no number": ("value", {"subject": "model:x", "field": "context_tokens", "value": "lots"}),
    "fraction of a token": ("value", {"subject": "model:x", "field": "context_tokens", "value": "1.5"}),
    "not among the choices": ("value", {"subject": "model:x", "field": "openness", "value": "ajar"}),
    "yes without quotes": ("value", {"subject": "licence:x", "field": "commercial_use", "value": True}),
    "unknown modality": ("value", {"subject": "model:x", "field": "modalities_in", "value": "text,smell"}),
    "unknown field": ("field", {"field": "smell"}),
    "field of another kind of subject": ("field", {"subject": "model:x"}),
    "subject of no kind": ("subject", {"subject": "act/duty"}),
    "amends nothing": ("amends", {"amends": "act/duty/missing"}),
    "amends itself": ("amends", {"amends": "act/duty/applies_from"}),
    "statement says another day": ("statement", {"statement": "The duty applies from 3 August 2026."}),
    "statement says no day": ("statement", {"statement": "The duty applies."}),
    "statement is a heading": ("statement", {"statement": "Duty: 2 August 2026"}),
    "statement missing": ("statement", {"statement": None}),
    "key missing": ("key", {"key": None}),
    "key with spaces": ("key", {"key": "a duty"}),
    "tier out of range": ("tier", {"tier": 5}),
    "tier as text": ("tier", {"tier": "1"}),
    "unknown entry": ("colour", {"colour": "red"}),
    "ends before it begins": ("valid_to", {"valid_from": "2026-02-01", "valid_to": "2026-01-01"}),
    "qualifiers no texts": ("qualifiers", {"qualifiers": {"annex": 3}}),
    "unit of another field": ("unit", {"subject": "model:x", "field": "context_tokens", "value": "2", "unit": "GB"}),
    "unit missing": ("unit", {"subject": "offer:a/b", "field": "price_input", "value": "2", "statement": "It is 2."}),
}


@pytest.mark.parametrize(("field", "change"), DEFECTS.values(), ids=DEFECTS.keys())
def test_a_defect_is_named_by_file_entry_and_field(tmp_path: Path, field: str, change: dict[str, Any]) -> None:
    entry = {k: v for k, v in (FACT | {"statement": "It is 2 August 2026, 1.5, 2."} | change).items() if v is not None}
    with pytest.raises(BadDataFile) as caught:
        load(tmp_path, [entry])
    assert caught.value.file == "law.yaml"
    assert caught.value.field == field
    assert caught.value.entry == entry.get("key", "fact 1")


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("url", {"url": "http://law.example.eu/act"}),
        ("url", {"url": "https://localhost"}),
        ("url", {"url": "/home/me/act.html"}),
        ("tier", {"tier": 0}),
        ("published", {"published": "12.7.2024"}),
        ("publisher", {"publisher": ""}),
        ("color", {"color": "red"}),
    ],
)
def test_a_defective_source_is_named(tmp_path: Path, field: str, change: dict[str, Any]) -> None:
    with pytest.raises(BadDataFile) as caught:
        load(tmp_path, sources={"act": SOURCE | change})
    assert (caught.value.entry, caught.value.field) == ("act", field)


def test_known_from_is_needed_where_the_source_has_no_date(tmp_path: Path) -> None:
    undated = {key: value for key, value in SOURCE.items() if key != "published"}
    with pytest.raises(BadDataFile) as caught:
        load(tmp_path, sources={"act": undated})
    assert caught.value.field == "known_from"
    assert load(tmp_path, [FACT | {"known_from": "2025-01-01"}], sources={"act": undated})[0].known_from.year == 2025


def test_keys_are_unique_over_all_files(tmp_path: Path) -> None:
    load(tmp_path)
    (tmp_path / "zoo.yaml").write_text((tmp_path / "law.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(BadDataFile) as caught:
        load_starter(tmp_path)
    assert (caught.value.file, caught.value.field) == ("zoo.yaml", "key")


def test_an_amendment_must_be_about_the_same_field_and_no_circle(tmp_path: Path) -> None:
    other = FACT | {"key": "act/duty/deadline", "field": "deadline"}
    with pytest.raises(BadDataFile, match="is about deadline"):
        load(tmp_path, [other, FACT | {"amends": "act/duty/deadline"}])
    with pytest.raises(BadDataFile, match="circle"):
        load(tmp_path, [FACT | {"amends": "b"}, FACT | {"key": "b", "amends": FACT["key"]}])


@pytest.mark.parametrize(
    "text",
    [
        "sources: [",
        "- a\n- b\n",
        "facts: {a: 1}\n",
        "facts:\n  - text\n",
        "sources:\n  a: {}\n  a: {}\n",
        "colours: {}\n",
    ],
)
def test_broken_yaml_and_wrong_shapes_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BadDataFile, match=r"bad\.yaml"):
        load_starter(tmp_path)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("context_tokens", "163840", "takes 163,840 tokens"),
        ("context_tokens", "131072", "takes 128K tokens"),
        ("context_tokens", "1000000", "takes one window of 1 million tokens"),
        ("parameters_total", "685396921376", "has about 685 billion parameters"),
        ("parameters_total", "2780000000000", "has 2.78T parameters"),
        ("released", "2026-01-27", "came out on January 27, 2026"),
        ("released", "2026-09-01", "came out on 1 Sept 2026"),
    ],
)
def test_a_statement_may_write_its_value_readably(tmp_path: Path, field: str, value: str, said: str) -> None:
    entry = FACT | {"subject": "model:x", "field": field, "value": value, "statement": f"Model X {said}."}
    assert load(tmp_path, [entry])[0].value == value


@pytest.mark.parametrize(
    ("value", "said"),
    [("163840", "takes 163,841 tokens"), ("131072", "takes 129K tokens"), ("1000000", "takes 1 billion tokens")],
)
def test_a_statement_with_another_number_is_refused(tmp_path: Path, value: str, said: str) -> None:
    entry = FACT | {"subject": "model:x", "field": "context_tokens", "value": value, "statement": f"Model X {said}."}
    with pytest.raises(BadDataFile):
        load(tmp_path, [entry])
