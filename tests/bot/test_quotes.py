"""Which span of a document says a fact: inside the provision that the fact names, and nothing that is a mere name."""

from datetime import UTC, date, datetime

import pytest

from bot.answer.kinds.governing import _strange
from bot.answer.quotes import best_span, cut, is_record, is_title
from kb.types import Fact, Hit, Tier
from tests.bot.answer_world import a_version, book
from tests.kb.search_fixtures import a_passage

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LAW = """# Regulation on reefs
(26) Keepers should store the diving log for six months so that accidents can be traced by the harbour office.
HAVE ADOPTED THIS REGULATION
## Article 5
Divers shall keep the diving log under their control for at least six months and show it to the harbour office.
## Article 6
Providers of boats shall keep the diving log that a boat writes for at least six months.
The harbour office shall publish a list of boats every year.
## Article 7
This Regulation shall apply from 2 August 2026.
## Article 8
Provisions on boats shall apply from 2 December 2027.
"""
LICENCE = """short_name: Reef License 1.1 NC Model Use
Reef Model License Agreement 1.1 - Non Commercial Use
You may use the model for research only; commercial use of the model or its outputs is not permitted.
other_urls: https://reef.example/license/patent
"""


def fact(field: str, value: str, statement: str, locator: str = "") -> Fact:
    return Fact(
        id=1, key="k", workspace_id=None, subject="duty:reef/log", field=field, value=value, statement=statement,
        qualifiers={}, valid_from=None, valid_to=None, source_url="https://reef.example", source_title="Reefs",
        publisher="Reef Office", tier=Tier.PRIMARY, checked_on=date(2026, 1, 1), known_from=date(2026, 1, 1),
        recorded_at=NOW, locator=locator,
    )  # fmt: skip


def quoted(text: str, asked: Fact) -> str:
    found = best_span(cut(a_version(text)), asked)
    return found[1] if found else ""


KEEPS = "Divers must keep the diving log under their control for at least six months."


@pytest.mark.parametrize(("article", "begins"), [("5", "Divers shall keep"), ("6", "Providers of boats"), ("7", "")])
def test_only_the_article_that_the_fact_names_says_it(article: str, begins: str) -> None:
    said = KEEPS if article != "6" else "Providers of boats must keep the diving log that a boat writes for six months."
    found = quoted(LAW, fact("requires", "keep the diving log", said, f"Article {article}"))
    assert found.startswith(begins) if begins else not found


def test_a_recital_yields_to_the_enacting_terms() -> None:
    assert quoted(LAW, fact("requires", "keep the diving log", KEEPS)).startswith("Divers shall keep")


@pytest.mark.parametrize(("day", "article", "found"), [("2026-08-02", "7", True), ("2026-08-02", "8", False)])
def test_a_date_must_stand_in_the_named_article(day: str, article: str, found: bool) -> None:
    asked = fact("applies_from", day, "The regulation on reefs applies from 2 August 2026.", f"Article {article}")
    assert bool(quoted(LAW, asked)) is found


def test_names_and_catalogue_lines_say_nothing() -> None:
    bars = "The Reef Model License allows research use only and bars commercial use of the model and its outputs."
    assert quoted(LICENCE, fact("commercial_use", "no", bars)).startswith("You may use the model for research only")
    assert not quoted("\n".join(LICENCE.splitlines()[:2]), fact("commercial_use", "no", bars))


def test_what_the_document_never_speaks_of_is_not_said_by_it() -> None:
    stranger = (
        "The Reef Model License has an arbitration clause before the Antarctic chamber of commerce in Vostok station."
    )
    assert not quoted(LICENCE, fact("note", "arbitration in Vostok", stranger))


@pytest.mark.parametrize("text", ["short_name: X 1.0", "owner: HuggingFace", "other_urls:  - https://a.example/b"])
def test_records(text: str) -> None:
    assert is_record(text)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("EXAONE AI Model License Agreement 1.1 - NC", True),
        ("https://example.org/a/b", True),
        ("Falcon 2 11B TII License Version 1.0", True),
        ("You may use the model for research only.", False),
        ("Providers shall keep the logs.", False),
    ],
)
def test_titles(text: str, title: bool) -> None:
    assert is_title(text) is title


def test_what_a_word_tells_is_known_before_anything_was_ranked() -> None:
    assert book().idf("reef") < book().idf("unheard-of")


@pytest.mark.parametrize(
    ("question", "cosine", "strange"),
    [
        ("help me ask my boss for a pay rise", 0.3, True),
        ("help me ask my boss for a pay rise", 0.6, False),
        ("do army applications have to follow these rules?", 0.3, False),
        ("what does Orca cost?", 0.1, False),
    ],
)
def test_a_question_of_nothing_of_ours_gets_no_passage(question: str, cosine: float, strange: bool) -> None:
    hits = [Hit(passage=a_passage(text="All fees are exclusive of taxes."), score=0.9, cosine=cosine)]
    assert _strange(question, hits) is strange
