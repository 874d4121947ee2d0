"""The asker's users and revenue in many spellings; what is spent, or is a licence's own limit, is not taken."""

from datetime import date

import pytest

from bot.answer.amounts import amounts_in
from bot.answer.dates import period_of
from bot.answer.thread import bare_version, other_version
from bot.answer.use_case import use_case

SAID = [
    ("we take in 25m usd a month", "revenue_month", 25_000_000),
    ("our monthly sales are 7 million dollars", "revenue_month", 7_000_000),
    ("turnover of €2bn per year", "revenue_year", 2_000_000_000),
    ("revenue is 60 million a year", "revenue_year", 60_000_000),
    ("300M monthly actives", "mau", 300_000_000),
    ("an app with 120 mio monthly users", "mau", 120_000_000),
    ("our user base is 45 million", "mau", 45_000_000),
]


@pytest.mark.parametrize(("text", "key", "value"), SAID)
def test_amounts_are_read_in_any_order(text: str, key: str, value: int) -> None:
    assert {k: int(a.value) for k, a in amounts_in(text).items()} == {key: value}


@pytest.mark.parametrize(
    "text",
    [
        "we pay 50000 USD a month",
        "does the threshold of 100 million users apply?",
        "5 million mails a month",
        "128k context",
    ],
)
def test_what_is_no_size_of_the_asker_is_left_alone(text: str) -> None:
    assert amounts_in(text) == {}


def test_a_place_is_known_in_small_letters_and_us_is_no_country() -> None:
    assert use_case("a bakery in lisbon").jurisdictions == ("eu",)
    assert use_case("what does it cost us").jurisdictions == ()


def test_a_use_of_annex_iii_is_flagged_by_its_point() -> None:
    assert "annex-iii-4" in use_case("we rank job applicants in Vienna").flags


def test_the_end_of_the_year_is_its_last_day() -> None:
    period = period_of("what ends before the end of this year?", date(2026, 11, 22))
    assert period
    assert (period.since, period.until) == (date(2026, 11, 22), date(2026, 12, 31))
    half = period_of("what is due in H2 2027?", date(2026, 11, 22))
    assert half
    assert (half.since, half.until) == (date(2027, 7, 1), date(2027, 12, 31))


def test_a_bare_version_replaces_the_version_of_a_name() -> None:
    assert bare_version("and 5.3?") == "5.3"
    assert bare_version("and 5.3 million users?") == ""
    assert other_version("GLM-5.2", "5.3") == "GLM-5.3"
