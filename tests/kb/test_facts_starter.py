"""The shipped facts: they load, say what the law says on a day, and stand up to the recorded texts."""

import html
import re
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kb.facts.load import load_starter
from kb.facts.values import dates_in
from kb.facts.view import view
from kb.types import Fact, FactDraft, FactView, Status

NOW = date(2026, 11, 22)
ACT, OMNIBUS, RMF = "reg/2024/1689/oj", "reg/2026/1744/oj", "NIST.AI.100-1"


@pytest.fixture(scope="module")
def starter() -> list[FactDraft]:
    return load_starter()


@pytest.fixture(scope="module")
def facts(starter: list[FactDraft]) -> list[Fact]:
    recorded = datetime(2026, 11, 22, tzinfo=UTC)
    names = [f.name for f in fields(FactDraft)]
    return [
        Fact(id=n, workspace_id=None, recorded_at=recorded, **{name: getattr(draft, name) for name in names})
        for n, draft in enumerate(starter, 1)
    ]


def current(facts: list[Fact], as_of: date, subject: str, field: str) -> set[str]:
    return {v.fact.value for v in seen(facts, as_of, subject, field) if v.status is Status.IN_FORCE}


def seen(facts: list[Fact], as_of: date, subject: str, field: str) -> list[FactView]:
    return [v for v in view(facts, [], as_of=as_of) if (v.fact.subject, v.fact.field) == (subject, field)]


@pytest.mark.parametrize(
    ("slug", "as_of", "applies"),
    [
        ("high-risk-annex-iii", date(2026, 6, 1), "2026-08-02"),
        ("high-risk-annex-i", date(2026, 6, 1), "2027-08-02"),
        ("high-risk-annex-iii", date(2026, 7, 25), "2026-08-02"),  # published, not yet in force
        ("high-risk-annex-iii", NOW, "2027-12-02"),
        ("high-risk-annex-i", NOW, "2028-08-02"),
        ("prohibitions", NOW, "2025-02-02"),
        ("prohibitions-2026", NOW, "2026-12-02"),
        ("gpai", NOW, "2025-08-02"),
        ("gpai-fines", NOW, "2026-08-02"),
        ("article-50", NOW, "2026-08-02"),
        ("ai-literacy", NOW, "2025-02-02"),
    ],
)
def test_the_ai_act_s_dates_on_a_day(facts: list[Fact], slug: str, as_of: date, applies: str) -> None:
    assert current(facts, as_of, f"duty:eu-ai-act/{slug}", "applies_from") == {applies}


def test_the_old_high_risk_date_is_superseded_by_the_omnibus(facts: list[Fact]) -> None:
    (old,) = (
        v
        for v in seen(facts, NOW, "duty:eu-ai-act/high-risk-annex-iii", "applies_from")
        if v.fact.value == "2026-08-02"
    )
    assert old.status is Status.SUPERSEDED
    assert old.superseded_by is not None
    assert OMNIBUS in old.superseded_by.source_url


@pytest.mark.parametrize(
    ("as_of", "said"), [(date(2026, 3, 1), "proposed"), (date(2026, 6, 1), "provisional"), (NOW, "enacted")]
)
def test_a_proposal_is_never_told_as_law(facts: list[Fact], as_of: date, said: str) -> None:
    (status,) = current(facts, as_of, "regime:eu-ai-omnibus", "status")
    assert status.startswith(said)


def test_what_is_due_on_2_december_2026_is_not_high_risk(facts: list[Fact]) -> None:
    due = {v.fact.subject for v in view(facts, [], as_of=NOW) if v.fact.value == "2026-12-02"}
    assert due == {
        "duty:eu-ai-act/marking-legacy",
        "duty:eu-ai-act/prohibitions-2026",
        "duty:eu-ai-act/article-50-2",
    }


def test_the_three_compute_figures_are_kept_apart(facts: list[Fact]) -> None:
    thresholds = {
        slug: " ".join(current(facts, NOW, f"rule:eu-ai-act/{slug}", "threshold"))
        for slug in ("gpai-systemic-risk", "gpai-model", "gpai-modifier")
    }
    assert thresholds["gpai-systemic-risk"] == "10^25 FLOP"
    assert "10^23" in thresholds["gpai-model"]
    assert "one third" in thresholds["gpai-modifier"]


def test_openai_s_fine_tuning_ends_in_steps(facts: list[Fact]) -> None:
    ends = current(facts, NOW, "vendor:openai", "fine_tuning")
    assert {"2026-05-07", "2026-07-02", "2027-01-06"} < ends


def test_no_shipped_facts_dispute_each_other_in_law_or_policy(facts: list[Fact]) -> None:
    kinds = ("duty:", "rule:", "regime:", "vendor:", "provider:")
    views = [v for v in view(facts, [], as_of=NOW) if v.fact.subject.startswith(kinds)]
    assert [v.fact.key for v in views if v.status is Status.DISPUTED] == []


def test_every_subject_has_a_name(starter: list[FactDraft]) -> None:
    named = {f.subject for f in starter if f.field == "name"}
    assert {f.subject for f in starter} - named <= {f.subject for f in starter if f.subject.startswith("factor:")}


def test_statements_give_no_verdict_on_compliance(starter: list[FactDraft]) -> None:
    verdict = re.compile(r"\b(you|your company) (are|is) (now )?compliant\b", re.IGNORECASE)
    assert [f.key for f in starter if verdict.search(f.statement)] == []


def test_sources_are_older_than_their_reading(starter: list[FactDraft]) -> None:
    assert [f.key for f in starter if f.checked_on is None or f.known_from > f.checked_on] == []


def test_amendments_became_known_after_what_they_amend(starter: list[FactDraft]) -> None:
    by_key = {f.key: f for f in starter}
    assert [f.key for f in starter if f.amends and f.known_from < by_key[f.amends].known_from] == []


def _text(path: Path) -> str:
    raw = html.unescape(re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8")))
    return " ".join(raw.split())


@pytest.fixture(scope="module")
def law(shared: Path) -> dict[str, str]:
    folder = shared / "data" / "regulation"
    return {
        ACT: _text(folder / "eu_ai_act_2024" / "ai_act.xhtml"),
        OMNIBUS: _text(folder / "omnibus_2026_1744" / "omnibus-32026R1744.txt"),
        RMF: _text(folder / "nist" / "NIST.AI.100-1.txt"),
    }


def _read(starter: list[FactDraft], law: dict[str, str]) -> list[tuple[FactDraft, str]]:
    return [(f, text) for f in starter for mark, text in law.items() if f.source_url.endswith(mark)]


def test_dates_of_the_law_stand_in_the_law(starter: list[FactDraft], law: dict[str, str]) -> None:
    """Dates in facts that rest on the Act or the Omnibus stand in one of the two, or are their publication."""
    known = dates_in(law[ACT]) | dates_in(law[OMNIBUS]) | {date(2024, 7, 12), date(2026, 7, 24)}
    stray = {
        f.key: sorted(dates_in(f.statement) - known)
        for f, _ in _read(starter, law)
        if RMF not in f.source_url and dates_in(f.statement) - known
    }
    assert stray == {}


def test_articles_that_locators_name_exist(starter: list[FactDraft], law: dict[str, str]) -> None:
    named = {
        (f.key, number)
        for f, _ in _read(starter, law)
        if f.source_url.endswith(ACT)
        for number in re.findall(r"Article (\d+)", f.locator)
    }
    assert named
    assert {key for key, number in named if not re.search(rf"Article {number}\b", law[ACT])} == set()


def test_statements_are_our_own_words(starter: list[FactDraft], law: dict[str, str]) -> None:
    run = 12
    copied = []
    for fact, text in _read(starter, law):
        words = fact.statement.split()
        lowered = text.casefold()
        runs = (" ".join(words[i : i + run]).casefold() for i in range(len(words) - run + 1))
        copied += [fact.key for piece in runs if piece in lowered]
    assert copied == []
