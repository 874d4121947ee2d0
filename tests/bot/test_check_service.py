"""A check over a real store: the report, its contract, passages beside a claim, an ask, a shortcut's answer."""

import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from bot.answer import Steelyard
from bot.check.contract import CheckReport
from bot.check.length import LONGEST_CHARS
from bot.check.service import Checker
from bot.doors.slack.render import render
from bot.doors.slack.shortcut import CHECK, inquiry_from_shortcut
from bot.doors.slack.shortcut import LONGEST_CHARS as LONGEST_MESSAGE
from kb.errors import BadInput
from kb.store import Store
from tests.bot.answer_world import NOW, WORLD, NoPassages, Passages, page

DOCS = Path(__file__).resolve().parents[2] / "docs"
TEXT = "Orca 3.2 is open source. Heron 5 costs $9 per million input tokens. The sea is wide and full of fish."


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path / 'world.db'}", clock=lambda: NOW)
    opened.facts.upsert_starter(WORLD)
    yield opened
    opened.close()


def check(store: Store, text: str = TEXT) -> CheckReport:
    return Checker(store, NoPassages(), clock=lambda: NOW).check(text, source="the text given")


def test_a_report_keeps_its_published_contract(store: Store) -> None:
    report = check(store)
    schema = json.loads((DOCS / "check.schema.json").read_text())
    jsonschema.validate(report.model_dump(mode="json"), schema)
    assert [c.verdict for c in report.claims] == ["confirmed", "contradicted", "unverifiable"]
    assert all(TEXT[c.start : c.end] == c.text for c in report.claims)
    price = report.claims[1]
    assert price.evidence[0].stance == "against"
    assert price.evidence[0].value == "5"
    assert price.evidence[0].url.startswith("https://")
    assert report.counts.contradicted == 1


def test_a_stored_passage_near_a_claim_is_shown_and_decides_nothing(store: Store) -> None:
    page(store, "https://almanac.example/sea", "The sea", "The sea is wide and full of fish, says the almanac.")
    found = Checker(store, Passages(store, 0.8), clock=lambda: NOW)
    [claim] = [c for c in found.check(TEXT, source="x").claims if c.text.startswith("The sea")]
    assert claim.verdict == "unverifiable"
    assert [e.stance for e in claim.evidence] == ["context"]
    assert claim.evidence[0].quote == "The sea is wide and full of fish, says the almanac."


def test_nothing_and_too_much_are_refused_in_words(store: Store) -> None:
    with pytest.raises(BadInput, match="nothing to check"):
        check(store, " \n ")
    with pytest.raises(BadInput, match="at most 200,000"):
        check(store, "a" * (LONGEST_CHARS + 1))


def test_the_day_of_the_head_is_the_articles_day(store: Store) -> None:
    assert str(check(store, "LLMs • 11 June 2026 • By Nobody\n" + TEXT).published_on) == "2026-06-11"
    assert check(store).published_on is None


@pytest.mark.parametrize(
    ("head", "day"),
    [
        ("Published: 2026-06-11\n", "2026-06-11"),
        ("Open or closed?\nBy A. Nobody, June 11, 2026\n", "2026-06-11"),
        ("BRUSSELS, 11 June 2026 — The rules are here.\n", "2026-06-11"),
        ("The high-risk duties were to apply from 2 August 2026.\n", "None"),
        ("On 11 June 2026 Orca 3.2 was released.\n", "None"),
        ("Orca 3.2 was published on 11 June 2026 by Birdlab, which also sells Heron.\n", "None"),
    ],
)
def test_only_a_dateline_says_when_an_article_was_published(store: Store, head: str, day: str) -> None:
    assert str(check(store, head + TEXT).published_on) == day


def test_a_part_that_is_right_tells_that_its_sentence_is_not(store: Store) -> None:
    found = check(store, "Orca 3.2 is open source and Heron 5 costs $9 per million input tokens.")
    assert {c.verdict for c in found.claims} >= {"confirmed", "contradicted"}
    assert {c.sentence_verdict for c in found.claims} == {"contradicted"}
    answer = bot(store).ask("Is it true that Orca 3.2 is open source and Heron 5 costs $9 per million input tokens?")
    assert answer.sentences[0].text.startswith("Contradicted")
    assert any("does not hold" in s.text for s in answer.sentences[1:])


# ---------------------------------------------------------------- asked


def bot(store: Store) -> Steelyard:
    return Steelyard(store, NoPassages(), {}, clock=lambda: NOW)


def test_a_claim_asked_about_gets_its_verdict_first(store: Store) -> None:
    answer = bot(store).ask("Is it true that Heron 5 costs $9 per million input tokens?")
    assert answer.kind == "claim"
    assert answer.sentences[0].text.startswith("Contradicted: Heron 5 on Birdlab costs 5 USD")
    assert answer.sentences[0].citations
    assert bot(store).ask("Is it true that Heron 5 costs $5 per million input tokens?").answer.startswith("Confirmed: ")


def test_an_article_is_answered_by_verdict(store: Store) -> None:
    answer = bot(store).ask(f"Check this: {TEXT}")
    assert answer.sentences[0].text.startswith("Of 3 claims 1 are contradicted")
    assert answer.sections == ("Contradicted", "Confirmed")
    assert any("The sea is wide" in note for note in answer.notes)
    assert all(s.citations for s in answer.sentences[1:])


def test_a_link_alone_is_no_claim(store: Store) -> None:
    answer = bot(store).ask("Check this: https://example.org/article https://example.org/other")
    assert answer.abstained_because is not None
    assert "only links" in answer.answer


# ---------------------------------------------------------------- in Slack


def pressed(text: str) -> dict[str, object]:
    return {
        "team": {"id": "T1"}, "user": {"id": "U1"}, "channel": {"id": "C1"}, "trigger_id": "1.2.x",
        "message": {"ts": "1.2", "text": text},
    }  # fmt: skip


def test_a_message_to_be_checked_is_one_inquiry_with_its_lines_kept() -> None:
    inquiry = inquiry_from_shortcut(pressed("First &amp; last.\n\n<https://a.b|Second> line."), CHECK)
    assert inquiry.text == "Check this: First & last.\nSecond line."
    assert inquiry.event_id == "check:C1:1.2:U1"
    assert inquiry_from_shortcut(pressed(" "), CHECK).text == ""
    assert len(inquiry_from_shortcut(pressed("word " * 4_000), CHECK).text) <= LONGEST_MESSAGE + 20


def test_its_answer_is_a_compact_list_within_slacks_limits(store: Store) -> None:
    answer = bot(store).ask(inquiry_from_shortcut(pressed(TEXT), CHECK).text)
    messages = render(answer, answer_id=answer.id, key="Ev1")
    shown = json.dumps([m.blocks for m in messages])
    assert "Contradicted" in shown
    assert "Heron 5 on Birdlab costs 5 USD" in shown
    assert all(len(m.blocks) <= 50 for m in messages)
