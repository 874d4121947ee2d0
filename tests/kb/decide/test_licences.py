"""Clauses as predicates, licence version by licence version."""

from dataclasses import replace
from decimal import Decimal

import pytest

from kb.decide.book import Book
from kb.decide.licences import evaluate, licence_from, terms_from
from kb.decide.models import Models
from kb.decide.types import Finding, Outcome
from kb.decide.use_case import Origin, UseCase
from tests.kb.decide.shipped import views

D = Decimal
M = 1_000_000
NO, OPEN, YES = Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS


def judged(model: str, use: UseCase, rule: str, *, as_end_user: bool = False) -> list[Finding]:
    found = Models(Book(views())).get(model)
    assert found is not None
    return [f for f in evaluate(found.licence, use, found, as_end_user=as_end_user) if f.rule == rule]


def outcomes(model: str, use: UseCase, rule: str) -> set[Outcome]:
    return {finding.outcome for finding in judged(model, use, rule)}


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        (UseCase(mau_on={"2025-03": D(800 * M)}), NO),
        (UseCase(mau_on={"2025-03": D(700 * M)}), YES),  # more than, not as many as
        (UseCase(mau_on={"2025-03": D(700 * M + 1)}), NO),
        (UseCase(mau=D(800 * M)), NO),  # until March 2025 is known, today's figure counts
        (UseCase(mau=D(800 * M), mau_on={"2025-02": D(800 * M)}), NO),
        (UseCase(mau=D(600 * M)), OPEN),  # there may have been more users then
        (UseCase(), OPEN),
        (UseCase(mau=D(800 * M), mau_on={"2025-03": D(100 * M)}), YES),  # grew later
    ],
)
def test_llama_4_counts_users_in_march_2025(use: UseCase, expected: Outcome) -> None:
    assert outcomes("llama-4-maverick", use, "H7") == {expected}


def test_an_open_clause_names_its_input_and_its_assumption() -> None:
    (finding,) = judged("llama-4-maverick", UseCase(mau=D(600 * M)), "H7")
    assert finding.input == "mau_on"
    assert "March 2025" in finding.assumption
    assert finding.refs


@pytest.mark.parametrize("model", ["llama-3.3", "llama-4-maverick"])
def test_each_llama_version_has_its_own_month(model: str) -> None:
    use = UseCase(mau_on={"2025-03": D(800 * M)})
    assert outcomes(model, use, "H7") == {NO if model == "llama-4-maverick" else OPEN}


@pytest.mark.parametrize(
    ("model", "use", "expected"),
    [
        ("llama-4-maverick", UseCase(eu_seat=True), {NO}),
        ("llama-4-maverick", UseCase(eu_seat=False), {YES}),
        ("llama-4-maverick", UseCase(), {OPEN}),
        ("llama-3.3", UseCase(eu_seat=True), {YES}),  # the sentence is there; the model is text only
        ("gpt-oss-120b", UseCase(eu_seat=True), set()),
    ],
)
def test_the_limit_on_eu_seats_binds_multimodal_llamas_only(model: str, use: UseCase, expected: set[Outcome]) -> None:
    assert outcomes(model, use, "H6") == expected


def test_end_users_of_a_product_are_spared() -> None:
    (finding,) = judged("llama-4-maverick", UseCase(eu_seat=True), "H6", as_end_user=True)
    assert finding.outcome is YES


class TestThreeMeaningsOfModifiedMit:
    RICH = UseCase(revenue_usd_per_month=D(30 * M), mau=D(1 * M))
    SMALL = UseCase(revenue_usd_per_month=D(1 * M), mau=D(1 * M))

    def test_moonshot_asks_for_a_name(self) -> None:
        (rich,) = judged("kimi-k2.5", self.RICH, "H8")
        assert rich.outcome is YES
        assert "display" in rich.reason
        assert judged("kimi-k2.5", self.SMALL, "H8") == []

    def test_mistral_gives_no_rights_even_for_internal_use(self) -> None:
        assert outcomes("devstral-2", self.RICH, "H9") == {NO}
        assert outcomes("devstral-2", replace(self.RICH, distribution="internal"), "H9") == {NO}
        assert outcomes("devstral-2", self.SMALL, "H9") == {YES}
        assert outcomes("devstral-2", UseCase(), "H9") == {OPEN}

    def test_minimax_bars_commercial_use(self) -> None:
        assert NO in outcomes("minimax-m2.7", self.SMALL, "H5")


@pytest.mark.parametrize(
    ("model", "revenue", "expected"),
    [
        ("kimi-k3", 21 * M, NO),
        ("kimi-k3", 20 * M, YES),
        ("qwen3.8-max", 40 * M, YES),
        ("qwen3.8-max", 60 * M, NO),
        ("qwen3.8-flash-next", 0, NO),  # no revenue threshold at all
        ("glm-5.3", 60 * M, YES),
        ("glm-5.3", 11_000 * M, NO),
    ],
)
def test_gates_on_model_as_a_service(model: str, revenue: int, expected: Outcome) -> None:
    use = UseCase(offers_model_as_a_service=True, revenue_usd_12_months=D(revenue))
    assert outcomes(model, use, "H10") == {expected}


@pytest.mark.parametrize("model", ["kimi-k3", "qwen3.8-max", "qwen3.8-flash-next", "glm-5.3"])
def test_a_feature_in_a_product_is_not_model_as_a_service(model: str) -> None:
    use = UseCase(offers_model_as_a_service=False, revenue_usd_12_months=D(99_000 * M))
    assert outcomes(model, use, "H10") == {YES}


def test_internal_use_is_exempt_where_the_licence_says_so() -> None:
    use = UseCase(offers_model_as_a_service=True, revenue_usd_12_months=D(99_000 * M), distribution="internal")
    assert outcomes("kimi-k3", use, "H10") == {YES}


@pytest.mark.parametrize(
    ("model", "expected"),
    [("llama-2", NO), ("llama-3", NO), ("llama-3.3", YES), ("qwen-72b", NO), ("qwen2.5-72b", YES)],
)
def test_training_on_outputs(model: str, expected: Outcome) -> None:
    found = judged(model, UseCase(customisation="distil"), "H11")
    assert {finding.outcome for finding in found} == {expected}
    assert all(finding.refs for finding in found)


def test_qwen_2024_is_tested_continuously() -> None:
    assert outcomes("qwen2.5-72b", UseCase(mau=D(800 * M)), "H8") == {NO}
    assert outcomes("qwen2.5-72b", UseCase(), "H8") == {OPEN}


@pytest.mark.parametrize("model", ["llama-4-maverick", "llama-3.3", "deepseek-v3", "minimax-m3"])
def test_licences_that_bar_military_use(model: str) -> None:
    assert NO in outcomes(model, UseCase(military_use=True), "H5")
    assert NO in outcomes(model, UseCase(sector="defence"), "H5")
    assert NO not in outcomes(model, UseCase(sector="defence", military_use=False), "H5")


@pytest.mark.parametrize("model", ["gpt-oss-120b", "deepseek-v3.2", "qwen3-235b", "mistral-small-4"])
def test_apache_and_mit_bar_nothing(model: str) -> None:
    found = Models(Book(views())).get(model)
    assert found is not None
    use = UseCase(mau=D(10**10), revenue_usd_per_month=D(10**10), military_use=True, trains_on_outputs=True)
    assert {f.outcome for f in evaluate(found.licence, use, found)} == {YES}


def test_an_assumed_input_is_as_good_as_none() -> None:
    assumed = UseCase().told(mau=D(1), origins={"mau": Origin(kind="default")})
    assert outcomes("qwen2.5-72b", assumed, "H8") == {OPEN}


def test_a_licence_that_was_not_read_is_open() -> None:
    book = Book(views())
    licence = licence_from(book, "nvidia-nemotron")
    assert licence.commercial == "unknown"
    model = Models(book).get("nemotron-3-super")
    assert model is not None
    assert {f.outcome for f in evaluate(licence, UseCase(), model)} == {OPEN}
    assert {f.outcome for f in evaluate(None, UseCase(), model)} == {OPEN}


def test_terms_of_closed_models_speak_of_outputs() -> None:
    terms = terms_from(Book(views()), "anthropic")
    assert terms is not None
    assert terms.clauses[0].if_trains_on_outputs
    assert terms_from(Book(views()), "xai") is None


def test_every_clause_has_its_own_place_and_words() -> None:
    book = Book(views())
    for subject in book.subjects("licence:"):
        for clause in licence_from(book, subject.removeprefix("licence:")).clauses:
            assert clause.ref.url.startswith("https://")
            assert clause.says.endswith((".", '"'))
