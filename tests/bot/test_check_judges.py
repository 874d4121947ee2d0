"""Single claims against the shipped facts: the verdict is counted from facts, and its contrary gets the contrary."""

from datetime import date

import pytest

from bot.answer.book import FactBook
from bot.check.aspects import aspects, bearings
from bot.check.contract import Verdict
from bot.check.judge import judged
from bot.check.values import Judged
from kb.facts.load import load_starter
from tests.eval.claims import book, check
from tests.kb.decide.shipped import views


def verdicts(text: str) -> dict[str, Verdict]:
    return {c.finding.topic: c.finding.verdict for c in check(text)}


def test_every_bearing_is_of_a_shipped_fact_and_of_a_known_aspect() -> None:
    keys = {draft.key for draft in load_starter()}
    told = {key for rows in bearings().values() for key, _ in rows}
    assert told <= keys
    assert {aspect.id for aspect in aspects()} == set(bearings())


@pytest.mark.parametrize(
    ("text", "topic", "verdict"),
    [
        ("DeepSeek V4 Pro is cheaper than GPT-5.5.", "offer/compared", "confirmed"),
        ("GPT-5.5 is cheaper than DeepSeek V4 Pro.", "offer/compared", "contradicted"),
        ("Mistral Large 4 costs $1.36 per million input tokens.", "offer/price", "qualified"),
        ("An H100 at Lambda costs $2.49 per hour.", "gpu/price_per_hour", "contradicted"),
        ("The smaller models such as GLM-5 run anywhere.", "model/relative-size", "contradicted"),
        ("Gemini models are open source.", "model/openness", "contradicted"),
        ("Kimi K2.5 is an open-weight model.", "model/openness", "confirmed"),
        ("Llama 4 was released on 8 April 2026.", "model/released", "contradicted"),
        ("The Omnibus deal was reached on 7 May 2025.", "law/year", "contradicted"),
        ("The Digital Omnibus is still only a proposal.", "law/stage", "contradicted"),
        ("High-risk obligations were postponed to December 2027.", "law/applies_from", "qualified"),
        ("By 2026 the AI Act is in full effect.", "law/in-full", "contradicted"),
        ("Mistral Medium 4 has been released.", "model/exists", "contradicted"),
        ("93% of new enterprise AI apps are built on open weights.", "market/open-share", "contradicted"),
        ("Open-weight models are exempt from all obligations of the AI Act.", "exemption/open", "contradicted"),
        ("MIT-licensed models may not be used commercially.", "licence/commercial_use", "contradicted"),
        ("Anthropic trains its models on API customers' data.", "trains-on-data/anthropic", "contradicted"),
        ("The cost of closed APIs is unpredictable.", "predictable-cost/closed", "confirmed"),
        ("The cost of closed APIs is predictable.", "predictable-cost/closed", "contradicted"),
        ("Closed models define the frontier of capability.", "frontier/closed", "confirmed"),
        ("Open models have surpassed proprietary models.", "surpass/open", "contradicted"),
        ("Proprietary models often involve trillions of parameters.", "disclosed-size/closed", "unverifiable"),
    ],
)  # fmt: skip
def test_verdicts(text: str, topic: str, verdict: Verdict) -> None:
    assert verdicts(text).get(topic) == verdict


@pytest.mark.parametrize(
    "text",
    [
        "Gemini CLI is an open-source agent.",
        "We use Claude to fix vulnerabilities in open source software.",
        "Virgo uses DINOv2 to analyse endoscopy videos.",
        "Muse Glimmer is a 30B model released under Apache 2.0.",
        "Bertelsmann, headquartered in Germany, will integrate OpenAI.",
        "GPT-4o was retired in 2025.",
        "Grok runs inside an open-source agent of another company.",
    ],
)
def test_words_said_of_something_else_are_not_judged(text: str) -> None:
    assert set(verdicts(text).values()) == {"unverifiable"}


def test_a_universal_claim_falls_by_one_exception_and_a_plain_one_is_qualified() -> None:
    assert verdicts("Open models are cheaper than closed ones.")["cheaper/open"] == "qualified"
    assert verdicts("Open models are always cheaper than closed ones.")["cheaper/open"] == "contradicted"


def test_populations_are_told_where_sources_measure_different_things() -> None:
    [claim] = [
        c for c in check("Open models are now a formidable force in enterprises.") if c.finding.topic == "adoption/open"
    ]
    assert claim.finding.verdict == "qualified"
    assert "Populations differ" in claim.finding.definitions[0]
    assert {e.stance for e in claim.finding.evidence} == {"for", "against"}


def test_the_day_decides() -> None:
    text = "The AI Act's obligations for high-risk systems in Annex III apply from 2 August 2026."
    before = _on(text, date(2026, 7, 1))
    assert before.finding.verdict == "confirmed"
    assert _on(text, date(2026, 8, 1)).finding.verdict == "contradicted"


def _on(text: str, day: date) -> Judged:
    return judged(text, FactBook(views(day)), day)[0][0]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Closed models never leak data.", "contradicted"),
        ("The CLOUD Act does not apply to data stored in Frankfurt by American providers.", "contradicted"),
        ("The CLOUD Act applies to data stored in Frankfurt by American providers.", "confirmed"),
        ("DeepSeek-V3.2 is not multimodal.", "confirmed"),
        ("It is a myth that self-hosting is cheaper.", "confirmed"),
        ("There is no evidence that open models are less safe than closed ones.", "contradicted"),
    ],
)
def test_a_denial_turns_the_verdict_round(text: str, verdict: Verdict) -> None:
    assert set(verdicts(text).values()) == {verdict}


def test_a_statement_that_tells_figures_apart_bears_none_of_them_out() -> None:
    found = verdicts("A model trained with more than 10^23 FLOP is presumed to have systemic risk.")
    assert "confirmed" not in found.values()


def test_opinion_and_the_future_are_never_confirmed() -> None:
    assert set(verdicts("We should adopt a hybrid strategy.").values()) == {"qualified"}
    assert set(verdicts("Closed models will set the frontier in 2031.").values()) == {"unverifiable"}


def test_evidence_is_dated_and_the_reason_is_a_statement_of_it() -> None:
    for claim in check("Kimi K2.5 is released under the Apache 2.0 license. Open models trail by four months."):
        assert claim.finding.evidence
        assert any(e.view.fact.statement in claim.finding.why for e in claim.finding.evidence)
        assert all(e.view.fact.source_url.startswith("https://") for e in claim.finding.evidence)


def test_the_book_of_facts_is_that_of_the_shipped_ones() -> None:
    assert len(book().views) > 2_000
