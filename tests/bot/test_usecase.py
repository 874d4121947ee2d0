"""Plain words to a use case: every value with its words, nothing that was denied, doubted or said of others."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer.usecase import parse
from bot.answer.usecase.numbers import fraction, middle, number
from bot.answer.usecase.spelling import as_written, corrected
from kb.decide.use_case import INPUTS, UseCase
from tests.eval.usecases import SETS, load, measure

MODELS = {"Llama 4": "llama-4", "Llama 3.3": "llama-3.3", "DeepSeek-V3.2": "deepseek-v3.2"}


def known(case: UseCase) -> dict[str, Any]:
    return {n: getattr(case, n) for n in INPUTS if n in case.origins}


def test_every_value_has_the_words_it_came_from() -> None:
    text = "German insurer, 20k questions a day, 1.5k in / 300 out, data must stay in the EU."
    case = parse(text)
    assert case.origins["requests_per_month"].words == "20k questions a day"
    assert case.origins["requests_per_month"].assumption == "a month counted as 30 days"
    assert case.origins["inference_in"].words == "stay in the EU"
    assert case.origins["eu_exposure"].kind == "derived"
    assert all(origin.words in text for origin in case.origins.values())
    assert {n for n in INPUTS if getattr(case, n) not in (None, frozenset(), {})} == set(case.origins)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("1.5k", "1500"),
        ("20,000", "20000"),
        ("20.000", "20000"),
        ("1,5 million", "1500000"),
        ("2 million", "2000000"),
        ("half a million", "500000"),
        ("twenty thousand", "20000"),
        ("a billion", "1000000000"),
        ("0.3k", "300"),
        ("seven", "7"),
    ],
)
def test_numbers_as_people_write_them(words: str, value: str) -> None:
    assert number(words) == Decimal(value)


def test_ranges_and_shares() -> None:
    assert middle("20", "30k") == 25_000
    assert middle("20k", "30k") == 25_000
    assert fraction("three quarters") == Decimal("0.75")
    assert fraction("99.5 %") == Decimal("0.995")


@given(st.integers(min_value=1, max_value=999_999_999), st.sampled_from(["requests", "questions", "documents"]))
@settings(max_examples=60, deadline=None)
def test_any_monthly_count_is_read_back(count: int, noun: str) -> None:
    case = parse(f"We expect {count:,} {noun} a month.")
    assert known(case) == {"requests_per_month": Decimal(count)}


@given(
    st.integers(min_value=1, max_value=999), st.sampled_from(["B parameters", "GB of memory", "% more in Q3", " GPUs"])
)
@settings(max_examples=40, deadline=None)
def test_a_number_of_something_else_is_no_volume(count: int, what: str) -> None:
    case = parse(f"Which model with {count}{what} came out on 2 August 2026 at $3 per million tokens?")
    assert known(case) == {}


@pytest.mark.parametrize(
    "text",
    [
        "Which licences forbid military use?",
        "What does the 700 million users clause say?",
        "Maybe we fine-tune later.",
        "Peak of 10 requests per second.",
        "The competitor handles 40M requests a month.",
        "Every employee asks 10 questions a day.",
        "15 queries per minute during office hours",
        "Is self-hosting cheaper above 5M requests a month?",
        "The vendor is a French company.",
        "We sell software to banks.",
        "We need a DPA.",
        "We lost two ML engineers last month.",
        "We pay OpenAI $40k a month today.",
        "Contract for Llama 4.2, please.",
        "",
    ],
)
def test_nothing_is_taken(text: str) -> None:
    assert known(parse(text, models=MODELS)) == {}


def test_a_possibility_is_remarked_not_taken() -> None:
    case = parse("Six-week prototype, then maybe production at 300k docs/month.")
    assert case.requests_per_month is None
    assert case.remarks["requests_per_month"] == '"300k docs/month": said as a possibility'


def test_contradictory_figures_are_not_taken() -> None:
    case = parse("We have 3M requests a month and also 5M requests a month.")
    assert case.requests_per_month is None
    assert "contradictory" in case.remarks["requests_per_month"]


def test_other_currencies_need_a_rate() -> None:
    text = "Our budget is €5,000 a month."
    without = parse(text)
    assert without.budget_usd_per_month is None
    assert not without.is_known("budget_usd_per_month")
    assert "EUR" in without.remarks["budget_usd_per_month"]
    converted = parse(text, usd_per={"EUR": Decimal("1.1")})
    assert converted.budget_usd_per_month == 5500
    assert "1 EUR taken as 1.1 USD" in converted.origins["budget_usd_per_month"].assumption


def test_origin_of_weights_and_host_are_distinct() -> None:
    weights, hosted = parse("No Chinese models."), parse("No Chinese-hosted API.")
    assert (weights.excluded_origins, weights.excluded_hosts) == (frozenset({"cn"}), frozenset())
    assert (hosted.excluded_origins, hosted.excluded_hosts) == (frozenset(), frozenset({"cn"}))
    both = parse("We avoid US or Chinese vendors.")
    assert both.excluded_origins == both.excluded_hosts == frozenset({"us", "cn"})


def test_the_shortlist_knows_versions_and_what_is_left_behind() -> None:
    assert parse("Llama 3.3 70B or DeepSeek V3.2?", models=MODELS).shortlist == {"llama-3.3", "deepseek-v3.2"}
    assert parse("We move away from Llama 4 and Llama 3.3.", models=MODELS).shortlist == frozenset()


@pytest.mark.parametrize("path", [p for s in SETS.values() for p in s.readable()], ids=lambda path: path.stem)
def test_open_halves_are_read_precisely(path: Path) -> None:
    score = measure(load(path))
    assert score.precision() >= 0.97
    assert score.recall() >= 0.9


def test_the_held_halves_are_those_fixed_before_tuning() -> None:
    fixed = [labelled for labelled in SETS.values() if labelled.held_sha256 is not None]
    assert all(labelled.held_is_untouched() for labelled in fixed)
    cases = [c for labelled in fixed for path in (labelled.open, labelled.held) if path for c in load(path)]
    assert len({" / ".join(c.get("turns") or [c["text"]]) for c in cases}) == len(cases) >= 420


_PHRASES = (
    "only in {0}",
    "in {0} only",
    "{0} only",
    "EU servers only",
    "only EU regions",
    "hosted in {0} or {1}",
    "must stay in {0}",
    "may not leave {0}",
    "customers in {0} and {1}",
    "not from {0} or {1}",
    "no US or Chinese vendors",
    "{0} hosting",
    "bank in {0}",
    "based in {0}",
    "5 rps",
    "3 calls a minute",
    "$5 a month budget",
    "US$3k monthly budget",
    "1,500.5 tokens per week",
    "10 bucks a month spend",
    "nobody on call",
    "not",
    "without",
    "drop",
    "forget the EU",
    "99% available",
    "peak 3x",
    "half of the traffic",
    "a third can wait",
    "Zhipu",
    "x.ai is out",
    "OVH and AWS are banned",
    "go live on 31 February 2027",
)
_SOMEWHERE = ("the EU", "the UK", "the US", "Germany", "China", "Zurich", "Tokyo", "the Netherlands", "Russia", "EEA")


@given(
    st.lists(st.sampled_from(_PHRASES), min_size=1, max_size=5),
    st.sampled_from(_SOMEWHERE),
    st.sampled_from(_SOMEWHERE),
    st.sampled_from([" ", ", ", ". ", " and ", "? "]),
)
@settings(max_examples=300, deadline=None)
def test_no_mixture_of_phrases_breaks_it(phrases: list[str], one: str, other: str, joint: str) -> None:
    text = joint.join(phrases).format(one, other)
    first = parse(text, models=MODELS)
    again = parse(text, earlier=first, models=MODELS)
    assert all(getattr(again, n) is not None for n in again.origins)


def test_a_slip_of_the_finger_is_quoted_as_it_was_written() -> None:
    case = parse("18,000 requsts a month")
    assert case.requests_per_month == 18_000
    assert case.origins["requests_per_month"].words == "18,000 requsts a month"


@pytest.mark.parametrize("word", ["taken", "moth", "mouth", "token", "bequest", "summaries", "personnel", "franc"])
def test_a_word_of_its_own_is_no_slip(word: str) -> None:
    assert corrected(f"a {word} of it") == (f"a {word} of it", {})


@given(st.lists(st.sampled_from(["reqests", "tokns", "a", "12k", "montly", "requests", "/", "."]), max_size=6))
def test_what_was_put_right_has_no_more_slips(words: list[str]) -> None:
    put_right, _ = corrected(" ".join(words))
    assert corrected(put_right) == (put_right, {})


def test_words_are_given_back_as_they_were_written() -> None:
    put_right, slips = corrected("12k reqests, 3k tokns")
    assert as_written(put_right, slips) == "12k reqests, 3k tokns"
