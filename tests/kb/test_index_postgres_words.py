"""Rare words choose, all words rank: which are looked up, and what PostgreSQL makes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from kb.index.postgres_words import CANDIDATES, LEAST_WORDS, Frequencies, PgTexts, chosen_by
from kb.store import Store
from tests.kb.search_fixtures import put

WORDS = [f"w{n}" for n in range(30)]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(0, 10**7))
def test_the_rarest_words_choose_and_never_too_many_passages(shares: list[float], rows: int) -> None:
    known = Frequencies(rows, dict(zip(WORDS, shares, strict=False)), 0.0)
    weights = dict.fromkeys(WORDS[: len(shares)], 1.0)
    chosen = chosen_by(weights, known)
    assert chosen == sorted(weights, key=known.of)[: len(chosen)]
    assert len(chosen) >= min(LEAST_WORDS, len(weights))
    assert len(chosen) <= LEAST_WORDS or sum(map(known.of, chosen)) <= CANDIDATES
    rest = sorted(weights, key=known.of)[len(chosen) :]
    assert not rest or sum(map(known.of, [*chosen, rest[0]])) > CANDIDATES


@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 10**7))
def test_a_rarer_word_says_no_less(one: float, other: float, rows: int) -> None:
    known = Frequencies(rows, {"one": one, "other": other})
    assert (known.idf("one") >= known.idf("other") >= 0) or one > other


@pytest.fixture
def texts(store: Store) -> PgTexts:
    if store.url.startswith("sqlite"):
        pytest.skip("needs PostgreSQL")
    common = [f"The model number {n} is a model of models." for n in range(300)]
    put(store, [*common, "The model is under the obscure licence o'Neill \\ 1.", "A licence of the model."])
    with store.db.write() as conn:
        conn.execute(text("ANALYZE passages"))
    return PgTexts(store.db)


def test_the_rare_word_decides_and_the_common_one_does_not(texts: PgTexts) -> None:
    found = texts.search("which model is under the obscure licence", 3)
    assert [at for at, _ in found[:2]] == [301, 302]
    assert found[0][1] > found[1][1] > found[2][1]


@pytest.mark.parametrize(
    "typed", ["o'Neill", "obscure & | ! ( ) : * ' \\", "'obscure'", "\0obscure", "<-> obscure <2>"]
)
def test_what_is_typed_is_words_and_no_syntax(texts: PgTexts, typed: str) -> None:
    assert 301 in [at for at, _ in texts.search(typed, 3)]


def test_lent_words_count_less_and_nothing_finds_nothing(texts: PgTexts) -> None:
    assert texts.search("", 5) == texts.search("the of and", 5) == texts.search("model", 0) == []
    own, lent = dict(texts.search("obscure", 2)), dict(texts.search("model", 2, also="obscure"))
    assert own[301] > 0
    assert max(lent, key=lambda at: lent[at]) == 301
    assert [at for at, _ in texts.search("model obscure", 5, within=[5, 7])] == [5, 7]
