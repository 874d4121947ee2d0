"""What a question takes for granted is checked first; what is not held is said to be so; lists stay short."""

from bot.answer.compose import compose
from bot.answer.kinds.common import Case
from bot.answer.understand import understand
from bot.answer.use_case import use_case
from bot.answer.values import Draft, Gathered, Kind
from tests.bot.answer_world import TODAY, WORLD, book, fact


def read(question: str, *extra: object) -> Draft:
    facts = book(drafts=(*WORLD, *extra))  # type: ignore[arg-type]
    return compose(Case(understand(question, book=facts.names, today=TODAY), facts, Gathered()))


def first(question: str, *extra: object) -> str:
    return read(question, *extra).lines[0].text


def test_an_outdated_date_is_corrected_first() -> None:
    found = read("Since the diving duties apply from 1 September 2026, what must we do?")
    assert found.lines[0].text.startswith("The date in your question is out of date:")
    assert "5 December 2027" in found.lines[0].text
    assert "Superseded" in found.lines[1].text


def test_a_licence_of_another_is_corrected_first() -> None:
    assert first("Does the Orca 4 Pro Free Licence 2 mean no conditions?").startswith("Not Free Licence 2:")
    assert not first("Is Orca 3.2 under Free Licence 2?").startswith("Not")


def test_closed_weights_cannot_be_hosted() -> None:
    assert first("Can we self-host Heron 5?").startswith("No: Heron 5 is a closed model")
    assert not any(line.text.startswith("No:") for line in read("Can we self-host Orca 3.2?").lines)


def test_open_source_is_told_from_open_weights() -> None:
    definition = fact(
        "osaid",
        "claim:open-source-ai-definition",
        "note",
        "A, B",
        "The OSI named Kelp and Pearl as models that comply.",
    )
    found = read("Is Orca 3.2 open source?", definition)
    assert "open-weight model, which is not the same as open source" in found.lines[0].text
    assert any("approved by the OSI" in line.text for line in found.lines)


def test_an_unknown_figure_of_a_known_model_is_no_figure() -> None:
    found = read("How many parameters does Heron 5.5 have?")
    assert not found.lines
    assert "no stored parameters of Heron 5.5" in (found.abstained_because or "")
    assert read("How many kWh does a Heron 5.5 prompt burn?").abstained_because


def test_a_missing_side_of_a_comparison_is_said_first() -> None:
    found = read("Is Heron 9 cheaper than Heron 5.5?")
    assert "nothing on Heron 9" in found.lead
    assert any("Heron 5.5" in line.text for line in found.lines)


def test_cards_asked_about_get_a_yes_or_a_no() -> None:
    assert first("Can we run Orca 3.2 on 4 K80 cards?").startswith("No: Orca 3.2 needs 500 GB")
    assert first("Can we run Orca 3.2 on 8 K80 cards?").startswith("Yes: Orca 3.2 needs 500 GB")


def test_input_and_output_price_of_one_offer_are_one_sentence() -> None:
    said = "Orca 3.2 on Nimbus costs 1 USD per million output tokens."
    unit = "USD per million tokens"
    out = fact("o/n/out", "offer:nimbus/orca-3.2", "price_output", "1", said, unit=unit)
    found = read("What does Orca 3.2 cost on Nimbus?", out)
    assert "0.25 USD per million input tokens and 1 USD per million output tokens" in found.lines[0].text
    assert len([line for line in found.lines if "Nimbus" in line.text]) == 1


def test_revenue_in_words() -> None:
    for text, key, value in (
        ("a company with 30 million dollars monthly revenue", "revenue_month", 30_000_000),
        ("$30M/month revenue", "revenue_month", 30_000_000),
        ("revenue of 30M a month", "revenue_month", 30_000_000),
        ("group revenue is 80 million a year", "revenue_year", 80_000_000),
        ("yearly revenue $60m", "revenue_year", 60_000_000),
    ):
        assert use_case(text).amounts[key].value == value, text
    assert "revenue_month" not in use_case("we pay $5000 a month for an API").amounts


def test_as_of_in_words() -> None:
    names = book().names
    for text in ("As of May 2026, when do the diving duties apply?", "Back in May, when did the diving duties apply?"):
        assert understand(text, book=names, today=TODAY).as_of.isoformat() == "2026-05-31", text


def test_kinds_by_their_words() -> None:
    names = book().names
    for text, kind in (
        ("Which models may a firm self-host without asking anyone?", Kind.PERMISSION),
        ("We want to sell Orca 4 Pro as an API, allowed?", Kind.PERMISSION),
        ("which llm is best", Kind.UNDERSPECIFIED),
        ("anything new this week?", Kind.CHANGE),
        ("What is the capital of France?", Kind.OUT_OF_SCOPE),
        ("Summarise the Heron 9 licence for me.", Kind.FACT),
    ):
        assert understand(text, book=names, today=TODAY).kind is kind, text
