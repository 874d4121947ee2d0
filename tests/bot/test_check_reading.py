"""An article taken apart: sentences, clauses, quantities, kinds; offsets are the article's own."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.check.kinds import kind_of, scope_of
from bot.check.quantities import agrees, quantities
from bot.check.reading import readings
from bot.check.split import clauses, pieces
from tests.bot.answer_world import TODAY, book

ARTICLE = """# Open or closed?
Open models are cheaper. Closed models, while slower, are easier to use.
Is that so?
Register now for our conference, taking place this June.
- Doe, J. "A study of models". Example Press. https://example.org/study
It costs $5 per million tokens. Source"""


def test_what_is_no_claim_is_set_apart() -> None:
    apart = {p.text[:12]: p.set_apart for p in pieces(ARTICLE) if p.set_apart}
    assert apart == {
        "# Open or cl": "question",
        "Is that so?": "question",
        "Register now": "promotion",
        '- Doe, J. "A': "reference",
    }
    kept = [p.text for p in pieces(ARTICLE) if not p.set_apart]
    assert kept[0] == "Open models are cheaper."
    assert kept[-1] == "It costs $5 per million tokens."


SPLINTERS = [
    *("\n", "Kimi", "GPT-5", "is", "open,", "closed;", "—", "5%", "$3", "million", "“a”", "while", "but."),
    *("?", "#", "-", "never", "https://x.y/z"),
]
WORDS = st.lists(st.sampled_from(SPLINTERS))


@settings(max_examples=80, deadline=None)
@given(st.one_of(st.text(max_size=300), WORDS.map(" ".join)))
def test_every_piece_and_clause_is_a_span_of_the_text(text: str) -> None:
    for piece in pieces(text):
        assert text[piece.start : piece.end] == piece.text
    for piece, found in readings(pieces(text), book().names, TODAY):
        assert not piece.set_apart
        for reading in found:
            assert text[reading.start : reading.start + len(reading.text)] == reading.text


def test_a_contrast_is_two_clauses() -> None:
    text = "Closed models are easy, while open models are cheap; both have a place"
    found = [text[s:e] for s, e in clauses(text)]
    assert found == ["Closed models are easy", "while open models are cheap", "both have a place"]


@pytest.mark.parametrize(
    ("text", "value", "unit", "sense"),
    [
        ("$5 per million tokens", "5", "USD", "is"),
        ("about four months behind", "4", "months", "about"),
        ("three years behind", "36", "months", "is"),
        ("a 1M-token window", "1000000", "tokens", "is"),
        ("more than 700 million monthly active users", "700000000", "users", "over"),
        ("a 200B model", "200000000000", "parameters", "is"),
        ("up to 7 % of turnover", "7", "%", "most"),
        ("above 10^25 FLOP", "1" + "0" * 25, "FLOP", "over"),
        ("35 million euros", "35000000", "EUR", "is"),
    ],
)
def test_quantities(text: str, value: str, unit: str, sense: str) -> None:
    [found] = quantities(text)
    assert (found.value, found.unit, found.sense) == (Decimal(value), unit, sense)


def test_versions_are_no_quantities() -> None:
    assert quantities("GPT-5.5 and DeepSeek-V3.2 beat K2.5") == ()


def test_a_rounded_number_agrees_and_a_price_must_be_exact() -> None:
    [window] = quantities("128K tokens")
    assert agrees(window, Decimal(131072))
    assert not agrees(window, Decimal(200000))
    [price] = quantities("$5")
    assert agrees(price, Decimal("5.00"), exact=True)
    assert not agrees(price, Decimal("5.20"), exact=True)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Orca 3.2 has a licence.", "fact"),
        ("I think Orca is more elegant.", "opinion"),
        ("Companies should adopt both.", "opinion"),
        ("Open models will overtake closed ones.", "forecast"),
        ("By 2030 open models have won.", "forecast"),
        ("An open model is a model whose weights anyone can download.", "definition"),
    ],
)
def test_kinds(text: str, kind: str) -> None:
    assert kind_of(text, text, TODAY) == kind


def test_scope() -> None:
    assert scope_of("Self-hosting is always cheaper") == "all"
    assert scope_of("It can be cheaper") == "some"
    assert scope_of("It is a must for many, never mind the cost") == "some"
    assert scope_of("It is cheaper") == ""


def test_a_pronoun_takes_side_and_name_from_the_sentence_before() -> None:
    text = "Closed models lead. These models are expensive. Orca 3.2 is small. It costs little."
    found = [r for _, clauses_ in readings(pieces(text), book().names, TODAY) for r in clauses_]
    assert found[1].sides == {"closed"}
    assert found[3].of("model") == ("model:orca-3.2",)
