"""Inputs as typed or written in a file: what is read, what is refused and named, what comes back."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bot.decide.files import brief_of, read_brief
from bot.decide.inputs import SECTIONS, TABLE, written
from kb.decide.use_case import INPUTS
from kb.errors import BadInput


def test_the_table_has_every_input_of_the_engine() -> None:
    assert set(TABLE) == set(INPUTS)
    assert {given.section for given in TABLE.values()} == set(SECTIONS)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("requests_per_month", "20k", Decimal(20_000)),
        ("requests_per_month", "1.5M", Decimal(1_500_000)),
        ("requests_per_month", "6,000,000", Decimal(6_000_000)),
        ("revenue_usd_12_months", "$2bn", Decimal(2_000_000_000)),
        ("cached_share", "40%", Decimal("0.4")),
        ("availability_target", "99.5 %", Decimal("0.995")),
        ("air_gap", "yes", True),
        ("on_call", False, False),
        ("horizon_months", 24, 24),
        ("inference_in", "EU", "eu"),
        ("annex_iii", "5(b)", "5(b)"),
        ("modalities", "text, image", frozenset({"text", "image"})),
        ("excluded_origins", ["cn"], frozenset({"cn"})),
        ("go_live", "2027-01-01", date(2027, 1, 1)),
        ("mau_on", "2025-03: 700M", {"2025-03": Decimal(700_000_000)}),
        ("mau_on", "2025-03: 700M, 2025-04: 1,500", {"2025-03": Decimal(700_000_000), "2025-04": Decimal(1500)}),
        ("task", "", None),
    ],
)
def test_values_as_people_write_them(name: str, text: object, value: object) -> None:
    read = TABLE[name].read(text)
    assert read == value
    assert TABLE[name].read(written(read)) == read


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("requests_per_month", "many"),
        ("requests_per_month", "-3"),
        ("requests_per_month", True),
        ("requests_per_month", float("nan")),
        ("cached_share", "140%"),
        ("horizon_months", "1.5"),
        ("air_gap", "perhaps"),
        ("task", "poetry"),
        ("inference_in", "the EU and Switzerland"),
        ("modalities", "smell"),
        ("go_live", "soon"),
        ("mau_on", "March: 3"),
        ("peak_factor", "0.5"),
    ],
)
def test_what_is_wrong_is_named_with_its_field(name: str, text: object) -> None:
    with pytest.raises(BadInput, match=rf"^{name}: ") as caught:
        TABLE[name].read(text)
    assert TABLE[name].label in caught.value.hint


def test_a_file_with_its_question_owner_and_review(tmp_path: Path) -> None:
    path = tmp_path / "desk.yaml"
    path.write_text(
        "question: open or closed for the help desk?\nowner: platform\nreview_on: 2027-05-01\n"
        "use_case:\n  task: rag\n  requests_per_month: 20k\n  data_class: personal\n"
    )
    brief = read_brief(path)
    assert (brief.question, brief.owner, brief.review_on) == (
        "open or closed for the help desk?",
        "platform",
        date(2027, 5, 1),
    )
    assert brief.use_case.requests_per_month == 20_000
    assert brief.use_case.origins["task"].words == "from desk.yaml"
    assert brief.use_case.is_known("data_class")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"requests_per_mnth": 3}, "u.yaml: requests_per_mnth: no such input"),
        ({"use_case": {"task": "rag"}, "ownr": "x"}, "u.yaml: ownr: no such input"),
        ({"task": "poetry"}, "u.yaml: task: 'poetry' is not known"),
        ({"use_case": [1]}, "u.yaml: use_case: expected inputs"),
        (["task"], "u.yaml: expected inputs"),
        ({"owner": ["x"]}, "u.yaml: owner: expected text"),
        ({"review_on": "soon"}, "u.yaml: review_on: 'soon' is not a date"),
    ],
)
def test_files_of_the_wrong_shape(given: object, problem: str) -> None:
    with pytest.raises(BadInput) as caught:
        brief_of(given, "u.yaml")
    assert str(caught.value).startswith(problem)


def test_a_misspelt_input_is_guessed_at() -> None:
    with pytest.raises(BadInput) as caught:
        brief_of({"requests_per_mnth": 3}, "u.yaml")
    assert caught.value.hint == "did you mean requests_per_month?"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("a: [1\nb: 2")
    with pytest.raises(BadInput, match="no YAML at line 2"):
        read_brief(broken)
    with pytest.raises(BadInput, match="No such file"):
        read_brief(tmp_path / "none.yaml")
    broken.write_text("x" * 200_000)
    with pytest.raises(BadInput, match="larger than"):
        read_brief(broken)
