"""Follow-ups: a thread keeps its use case, changes one input, multiplies, adds, takes back."""

from decimal import Decimal

import pytest

from bot.answer.usecase import difference, parse
from kb.decide.use_case import Origin, UseCase

MODELS = {"Llama 4": "llama-4", "GLM-5": "glm-5", "Kimi K3": "kimi-k3"}


def thread(*turns: str) -> UseCase:
    case: UseCase | None = None
    for text in turns:
        case = parse(text, earlier=case, models=MODELS)
    assert case is not None
    return case


def test_what_was_said_before_is_kept_as_the_threads() -> None:
    case = thread("20k questions a month for a chatbot", "and if the data must stay in the EU?")
    assert case.requests_per_month == 20_000
    assert case.origins["requests_per_month"] == Origin(kind="thread", words="20k questions a month")
    assert case.origins["inference_in"].kind == "stated"


def test_volume_triples_and_the_peak_is_six() -> None:
    before = thread("EU bank, 5M requests a month, 1.5k in / 300 out")
    after = parse("what if volume triples and the peak factor is 6?", earlier=before)
    assert after.requests_per_month == 15_000_000
    changes = {c.input: (c.before, c.after, c.words) for c in difference(before, after)}
    assert changes == {
        "requests_per_month": (Decimal(5_000_000), Decimal(15_000_000), "what if volume triples"),
        "peak_factor": (None, Decimal(6), "peak factor is 6"),
    }


def test_uk_customers_are_added_and_the_eu_stays() -> None:
    case = thread("German insurer", "ok and what about our UK customers?")
    assert (case.eu_exposure, case.eu_seat, case.regimes) == (True, True, frozenset({"uk"}))


@pytest.mark.parametrize(
    ("said", "taken_back", "name"),
    [
        ("data must stay in the EU", "forget the EU part", "inference_in"),
        ("data must stay in Germany", "what if it may leave Germany?", "inference_in"),
        ("budget $3k a month", "and without the budget?", "budget_usd_per_month"),
        ("we are air-gapped", "remove the air gap", "air_gap"),
        ("99.9% uptime", "ignore the availability target", "availability_target"),
    ],
)
def test_taken_back_is_unknown_again(said: str, taken_back: str, name: str) -> None:
    before = thread(said)
    after = parse(taken_back, earlier=before)
    assert before.is_known(name)
    assert not after.is_known(name)
    assert getattr(after, name) is None
    assert [c.input for c in difference(before, after)] == [name]


@pytest.mark.parametrize(
    ("change", "requests"),
    [
        ("double the volume", 2_000_000),
        ("what if traffic drops by half?", 500_000),
        ("and 50% more volume?", 1_500_000),
        ("what if that grows by 20%?", 1_200_000),
        ("make it 100k a day", 3_000_000),
        ("what if we get 10x the traffic?", 10_000_000),
        ("what if the peak doubles?", 1_000_000),
        ("how sure are you?", 1_000_000),
    ],
)
def test_changes_of_volume(change: str, requests: int) -> None:
    assert thread("1M requests a month", change).requests_per_month == requests


def test_a_shortlist_grows_and_shrinks() -> None:
    assert thread("Weigh Llama 4 against GLM-5", "also consider Kimi K3").shortlist == {"llama-4", "glm-5", "kimi-k3"}
    assert thread("Weigh Llama 4 against GLM-5", "drop Llama 4").shortlist == {"glm-5"}


def test_an_exclusion_can_be_lifted() -> None:
    case = thread("no Chinese models", "what if Chinese models were allowed after all?")
    assert case.excluded_origins == frozenset()
    assert not case.is_known("excluded_origins")


def test_a_fresh_start_forgets() -> None:
    case = thread("German bank, 600k requests a month", "start over: 20k requests a month")
    assert set(case.origins) == {"requests_per_month"}


def test_nothing_said_changes_nothing() -> None:
    before = thread("German bank, 600k requests a month")
    assert difference(before, parse("thanks", earlier=before)) == []
