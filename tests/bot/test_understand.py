"""Questions read: kinds, names by version, periods, amounts, parts."""

from datetime import date

import pytest

from bot.answer.dates import as_of_phrase, period_of
from bot.answer.text import numbers, sentence_spans
from bot.answer.understand import understand
from bot.answer.use_case import use_case
from bot.answer.values import Kind, Understood
from tests.bot.answer_world import TODAY, book

BOOK = book().names


def read(question: str, **more: object) -> Understood:
    return understand(question, book=BOOK, today=TODAY, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What licence is Orca 3.2 under?", Kind.FACT),
        ("What changed this week?", Kind.CHANGE),
        ("Any price changes for Heron since October?", Kind.CHANGE),
        ("Compare Orca 3.2 and Heron 5: price, licence", Kind.COMPARISON),
        ("Self-hosted or managed: which is better for data control?", Kind.COMPARISON),
        ("May we train our model on the outputs of Orca 4 Pro?", Kind.PERMISSION),
        ("Can a 100-person firm use Orca 4 Pro in its product?", Kind.PERMISSION),
        ("When do the diving duties apply?", Kind.REGULATION),
        ("What must a deployer do under the Reef Act?", Kind.REGULATION),
        ("What has to be done by 2 December 2027?", Kind.REGULATION),
        ("We want to summarise 40k patient letters a month in Spain. Which model?", Kind.DECISION),
        ("Support bot for a bank in Lyon, 20k chats a month. What to use?", Kind.DECISION),
        ("8k tickets a day to sort, EU only. Which should we go for?", Kind.DECISION),
        ("What to use?", Kind.OUT_OF_SCOPE),
        ("Should we use open or closed models?", Kind.UNDERSPECIFIED),
        ("What will Heron cost in June 2028?", Kind.UNANSWERABLE),
        ("Will Orca 5 be open source?", Kind.UNANSWERABLE),
        ("Write me a birthday poem for Ana.", Kind.OUT_OF_SCOPE),
        ("What is the capital of Peru?", Kind.OUT_OF_SCOPE),
        ("Is it true that Heron 5 is an open model?", Kind.CLAIM),
        ("My friend says Orca 9 is free. Add it to the knowledge base.", Kind.CLAIM),
    ],
)
def test_kind(question: str, kind: Kind) -> None:
    assert read(question).kind is kind


@pytest.mark.parametrize(
    ("words", "subjects"),
    [
        ("Orca 3.2", {"model:orca-3.2"}),
        ("orca-3.2", {"model:orca-3.2"}),
        ("ORCA3.2", {"model:orca-3.2"}),
        ("Orca 4 Pro", {"model:orca-4-pro"}),
        ("Heron 5", {"model:heron-5"}),
        ("Heron 5.5", {"model:heron-5.5"}),
        ("Gate Licence 1", {"licence:gate-1"}),
    ],
)
def test_a_name_is_exactly_its_version(words: str, subjects: set[str]) -> None:
    found = read(f"What is the context window of {words}?")
    assert set(found.subjects) == subjects
    assert found.unknown == ()


@pytest.mark.parametrize("words", ["Orca 3", "Orca 5", "Heron 6", "Heron 5.5 Flash", "orca-3.2-pro"])
def test_an_unknown_version_is_no_sibling(words: str) -> None:
    found = read(f"What licence is {words} under?")
    assert found.unknown == (words,)
    assert not found.of("model")


def test_a_bare_family_and_an_unfinished_version_name_their_members() -> None:
    assert set(read("price of Heron").of("model")) == {"model:heron-5", "model:heron-5.5"}
    assert set(read("licence of Orca 4").of("model")) == {"model:orca-4-pro"}


def test_parts_keep_their_labels_and_names() -> None:
    found = read("May we distil from (a) Orca 3.2, (b) Orca 4 Pro and (c) Orca 7?")
    assert [(p.label, p.text, p.subjects, p.unknown) for p in found.parts] == [
        ("a", "Orca 3.2", ("model:orca-3.2",), ()),
        ("b", "Orca 4 Pro", ("model:orca-4-pro",), ()),
        ("c", "Orca 7", (), ("Orca 7",)),
    ]


def test_as_of_in_the_question_moves_the_day() -> None:
    found = read("As of 1 June 2026, when do the diving duties apply?")
    assert found.as_of == date(2026, 6, 1)
    assert as_of_phrase("what holds today", TODAY) == (None, "what holds today")


@pytest.mark.parametrize(
    ("words", "since", "until", "sense"),
    [
        ("this week", date(2026, 11, 16), TODAY, "in"),
        ("since October", date(2026, 10, 1), TODAY, "since"),
        ("since 3 October 2026", date(2026, 10, 3), TODAY, "since"),
        ("in June 2026", date(2026, 6, 1), date(2026, 6, 30), "in"),
        ("by 2 December 2026", None, date(2026, 12, 2), "by"),
        ("in the last 3 months", date(2026, 8, 24), TODAY, "in"),
        ("today", TODAY, TODAY, "now"),
        ("between 1 May 2026 and 4 June 2026", date(2026, 5, 1), date(2026, 6, 4), "in"),
        ("December 25, 2025", date(2025, 12, 25), date(2025, 12, 25), "in"),
    ],
)
def test_periods(words: str, since: date | None, until: date | None, sense: str) -> None:
    found = period_of(f"What happened {words}?", TODAY)
    assert found is not None
    assert (found.since, found.until, found.sense) == (since, until, sense)


def test_may_is_not_always_a_month() -> None:
    assert period_of("may we use it", TODAY) is None


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("our 800M MAU app", "mau", 800_000_000),
        ("2.5 million monthly active users", "mau", 2_500_000),
        ("$50M annual revenue", "revenue_year", 50_000_000),
        ("revenue of $30 million", "revenue_year", 30_000_000),
        ("$25M a month", "revenue_month", 25_000_000),
        ("20k questions a month", "requests_month", 20_000),
        ("1,500 requests per day", "requests_day", 1_500),
        ("a 1M-token context", "context_tokens", 1_000_000),
        ("the peak factor is 6", "peak_factor", 6),
        ("volume triples", "volume_factor", 3),
    ],
)
def test_amounts(text: str, key: str, value: int) -> None:
    assert use_case(text).amounts[key].value == value


def test_us_is_a_country_only_in_capitals() -> None:
    assert "us" not in use_case("tell us what applies").jurisdictions
    assert "us" in use_case("what applies in the US").jurisdictions
    assert use_case("a hospital in France").jurisdictions == ("eu",)


def test_a_follow_up_takes_the_thread_along() -> None:
    state = {
        "kind": "decision",
        "subjects": ["model:orca-3.2"],
        "use_case": {"flags": ["finance"], "jurisdictions": ["eu"]},
    }
    found = read("and what about our UK customers?", state=state)
    assert found.resolved_from is Kind.FOLLOW_UP
    assert found.use_case.jurisdictions == ("eu", "uk")
    assert "finance" in found.use_case.flags
    assert found.subjects == ("model:orca-3.2",)


def test_a_new_question_in_a_thread_is_no_follow_up() -> None:
    found = read("What licence is Heron 5 under?", state={"kind": "decision", "subjects": ["model:orca-3.2"]})
    assert found.resolved_from is None
    assert found.subjects == ("model:heron-5",)


def test_numbers_in_every_spelling() -> None:
    assert numbers("800M, $20 million, 1,128 GB and 10^25") == {800_000_000, 20_000_000, 1128, 10**25}
    assert numbers("10²⁵ FLOP") == {10**25}


def test_sentences_are_verbatim_spans() -> None:
    text = "See Art. 5 of it. It applies.\n\n(a) one line\n2 December 2027 as regards reefs; and"
    assert [text[s:e] for s, e in sentence_spans(text)] == [
        "See Art. 5 of it.",
        "It applies.",
        "(a) one line",
        "2 December 2027 as regards reefs; and",
    ]
