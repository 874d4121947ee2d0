"""Duties by role, article and date, as known on the day."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kb.decide.annex_iii import point_of
from kb.decide.duties import duties_for
from kb.decide.types import Duty, Group
from kb.decide.use_case import UseCase
from tests.kb.decide.shipped import TODAY, views

HIGH_RISK = "eu-ai-act/risk-management/requires"


def duties(as_of: date = TODAY, **said: Any) -> list[Duty]:
    return list(duties_for(UseCase(**said), views(as_of), as_of=as_of))


def by_key(found: list[Duty]) -> dict[str, Duty]:
    return {duty.refs[0].key: duty for duty in found}


@pytest.mark.parametrize(
    ("as_of", "applies"),
    [
        (date(2026, 6, 1), date(2026, 8, 2)),
        (date(2026, 7, 25), date(2026, 8, 2)),  # published, not yet in force
        (TODAY, date(2027, 12, 2)),
    ],
)
def test_high_risk_duties_carry_the_date_that_was_law_on_the_day(as_of: date, applies: date) -> None:
    found = by_key(duties(as_of, sector="employment", eu_exposure=True))
    assert found[HIGH_RISK].applies_from == applies
    assert found[HIGH_RISK].role == "provider"
    assert "Article 9" in found[HIGH_RISK].article


def test_what_is_imminent_is_dated_and_not_yet_law() -> None:
    found = by_key(duties(eu_exposure=True))
    assert found["eu-ai-act/prohibitions-2026/requires/ba"].applies_from == date(2026, 12, 2)
    assert "eu-ai-act/prohibitions-2026/requires/ba" not in by_key(duties(date(2026, 6, 1), eu_exposure=True))


def test_literacy_says_what_the_law_said_on_the_day() -> None:
    assert "eu-ai-act/ai-literacy/requires/2024" in by_key(duties(date(2026, 6, 1), eu_exposure=True))
    assert "eu-ai-act/ai-literacy/requires/2026" in by_key(duties(eu_exposure=True))


@pytest.mark.parametrize(
    ("said", "point"),
    [
        ({"sector": "credit"}, "5(b)"),
        ({"sector": "employment"}, "4"),
        ({"sector": "education"}, "3"),
        ({"sector": "critical_infrastructure"}, "2"),
        ({"sector": "finance"}, None),
        ({"sector": "health"}, None),
        ({"sector": "health", "annex_iii": "5(d)"}, "5(d)"),
        ({"sector": "employment", "annex_iii": ""}, ""),
        ({}, None),
    ],
)
def test_the_point_of_annex_iii(said: dict[str, Any], point: str | None) -> None:
    found, why = point_of(UseCase(**said))
    assert found == point
    assert why.endswith(".")


def test_only_some_deployers_assess_fundamental_rights() -> None:
    key = "eu-ai-act/fria/requires"
    assert key in by_key(duties(sector="credit", eu_exposure=True))
    assert key not in by_key(duties(sector="employment", eu_exposure=True))


def test_open_weights_leave_a_gap_in_the_papers() -> None:
    gap = by_key(duties(sector="employment", eu_exposure=True))["eu-ai-act/gpai-open-source/note/customers"]
    assert set(gap.groups) == {
        Group.MANAGED_OPEN, Group.DEDICATED_OPEN, Group.SELF_HOSTED, Group.ON_PREMISES, Group.HYBRID,
    }  # fmt: skip


def test_a_processor_s_duties_do_not_follow_who_runs_it_alone() -> None:
    found = by_key(duties(data_class="personal", eu_exposure=True, sector="finance"))
    for key in ("gdpr/requires/transfer", "dora/requires/register"):
        assert Group.ON_PREMISES not in found[key].groups
        assert Group.CLOSED_API in found[key].groups
    assert found["gdpr/requires/dpia"].groups == ()
    assert found["dora/requires/exit"].applies_from == date(2025, 1, 17)


def test_outside_the_eu_the_act_is_silent_and_in_doubt_it_says_if() -> None:
    assert not any("eu-ai-act" in key for key in by_key(duties(eu_exposure=False, task="chat")))
    assert all(duty.says.startswith("If the EU is reached") for duty in duties(task="chat"))
    assert not any(duty.says.startswith("If") for duty in duties(task="chat", eu_exposure=True))


def test_military_use_alone_is_outside_the_act() -> None:
    found = by_key(duties(military_use=True, sector="defence", eu_seat=True))
    assert found.keys() == {"eu-ai-act/scope/military"}


def test_british_and_american_regimes_follow_the_place() -> None:
    assert "uk/requires/data" in by_key(duties(inference_in="uk", eu_exposure=False, data_class="personal"))
    colorado = by_key(duties(inference_in="us", eu_exposure=False, sector="credit"))["us-co/status"]
    assert colorado.applies_from == date(2027, 1, 1)


def test_a_chatbot_discloses_and_marks() -> None:
    chat = by_key(duties(task="chat", eu_exposure=True))
    assert {"eu-ai-act/article-50-1/requires", "eu-ai-act/article-50-2/requires"} <= chat.keys()
    sorting = by_key(duties(task="classify", eu_exposure=True))
    assert "eu-ai-act/article-50-2/requires" not in sorting


def test_every_duty_is_cited_and_known_and_none_gives_a_verdict() -> None:
    for as_of in (date(2026, 6, 1), TODAY):
        found = duties(as_of, sector="credit", eu_exposure=True, data_class="personal", distribution="saas",
                       customisation="full", mau=Decimal(1))  # fmt: skip
        assert len(found) > 20
        for duty in found:
            assert duty.refs
            assert all(ref.known_from <= as_of for ref in duty.refs)
            assert duty.role
            assert duty.article
            assert "compliant" not in duty.says


def test_dates_come_in_order() -> None:
    dated = [d.applies_from for d in duties(sector="credit", eu_exposure=True) if d.applies_from]
    assert dated == sorted(dated)
