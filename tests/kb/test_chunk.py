"""Passages: spans are exact, nothing is lost, nothing is too long."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.chunk import MAX_TOKENS, chunk, indexed_text, sentence_spans
from kb.context import context
from kb.tokens import packaged_spans
from kb.types import PassageDraft

MARKS = ["# Heading", "## Deeper", "Article 5", "- item", "1. one", "| a | b |", "\n", "\n\n", "\x1c", "\u200b"]
WORDS = st.sampled_from([*MARKS, "model", "Prices. ", "e.g. ", "...", "各国", "İ", "각", "🙂", "x" * 130, "a" * 5000])
TEXTS = st.one_of(
    st.lists(WORDS, max_size=120).map(" ".join),
    st.lists(WORDS, max_size=60).map("\n".join),
    st.text(max_size=600),
)


def covered(drafts: list[PassageDraft]) -> set[int]:
    return {at for draft in drafts for at in range(draft.start, draft.end)}


def pieces(draft: PassageDraft, title: str = "") -> int:
    return len(packaged_spans()(indexed_text(title, draft.heading_path, draft.text)))


@given(text=TEXTS, limit=st.sampled_from([24, 60, MAX_TOKENS]))
@settings(max_examples=120, deadline=None)
def test_any_text_is_covered_exactly_and_within_the_limit(text: str, limit: int) -> None:
    drafts = chunk(text, max_tokens=limit, overlap_tokens=limit // 5)

    seen = covered(drafts)
    assert all(at in seen for at, char in enumerate(text) if not char.isspace())
    assert all(text[d.start : d.end] == d.text and d.text == d.text.strip() != "" for d in drafts)
    assert [d.ordinal for d in drafts] == list(range(len(drafts)))
    assert [d.start for d in drafts] == sorted({d.start for d in drafts}), "passages move forward"
    assert max(map(pieces, drafts), default=0) <= limit


@given(
    title=st.one_of(st.text(max_size=2000), st.text("各国 ", max_size=400)),
    heading=st.text(st.characters(exclude_categories=["Cc"]), max_size=900),
)
@settings(max_examples=60, deadline=None)
def test_long_titles_and_headings_leave_room_for_the_text(title: str, heading: str) -> None:
    drafts = chunk(f"# {heading}\n\n" + "The licence permits commercial use. " * 60, title=title)

    assert max(pieces(draft, title) for draft in drafts) <= MAX_TOKENS


def test_headings_make_the_path() -> None:
    text = "Intro.\n\n# Act\n\n## Article 5\n\nBanned.\n\n### Scope\n\nHere.\n\n## Article 6\n\nHigh risk."

    drafts = chunk(text)

    assert [(d.heading_path, d.text) for d in drafts] == [
        ((), "Intro."),
        (("Act", "Article 5"), "# Act\n\n## Article 5\n\nBanned."),
        (("Act", "Article 5", "Scope"), "### Scope\n\nHere."),
        (("Act", "Article 6"), "## Article 6\n\nHigh risk."),
    ]


def test_an_unmarked_article_heading_begins_a_passage_but_a_mention_does_not() -> None:
    text = "Article 5\nNo one shall.\nArticle 6 of this Act says more.\nArticle 6a – Duties\nProviders shall."

    drafts = chunk(text)

    assert [(d.heading_path, d.text.splitlines()[0]) for d in drafts] == [
        (("Article 5",), "Article 5"),
        (("Article 6a – Duties",), "Article 6a – Duties"),
    ]


def test_title_and_headings_stand_above_the_text_once() -> None:
    assert indexed_text("Licence", ("Licence", "Terms"), "You may.") == "Licence > Terms\nYou may."
    assert indexed_text("", (), "Bare") == "Bare"
    assert context("word " * 100, ()) == ("word " * 32).strip()
    assert context("各" * 300, ()) == "各" * 160


def test_passages_overlap_by_whole_sentences_inside_a_section_only() -> None:
    sentences = [f"Sentence number {n} tells of the price of a model in some detail." for n in range(60)]
    drafts = chunk("# One\n\n" + " ".join(sentences) + "\n\n# Two\n\nApart.")

    spans = packaged_spans()
    inside = [d for d in drafts if d.heading_path == ("One",)]
    for before, after in pairwise(inside):
        shared = before.text[after.start - before.start :]
        assert re.match(r"Sentence number", after.text)
        assert 20 <= len(spans(shared)) <= 50
    assert drafts[-1].text == "# Two\n\nApart."


def test_breaks_prefer_ends_of_paragraphs_rows_and_items() -> None:
    rows = [f"| model-{n} | {n}.50 USD | a context of {n} thousand tokens |" for n in range(60)]
    items = [f"- item {n} is one duty. It binds providers." for n in range(60)]

    for lines in (rows, items):
        drafts = chunk("\n".join(lines))
        assert len(drafts) > 2
        for draft in drafts:
            assert draft.text.splitlines()[-1] in lines
            assert any(line.endswith(draft.text.splitlines()[0]) for line in lines)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("See Art. 5 of the Act. It binds.", ["See Art. 5 of the Act.", "It binds."]),
        ("Costs 2.50 USD, e.g. Monday. “Next” one!", ["Costs 2.50 USD, e.g. Monday.", "“Next” one!"]),
        ("The U.S. Senate voted. Version 3.1 came.", ["The U.S. Senate voted.", "Version 3.1 came."]),
        ("一。二。", ["一。", "二。"]),
        ("   ", []),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert [text[a:b] for a, b in sentence_spans(text)] == sentences


def test_a_recorded_regulation_is_cut_at_its_articles(shared: Path) -> None:
    text = (shared / "data/regulation/omnibus_2026_1744/omnibus-32026R1744.txt").read_text("utf-8")

    drafts = chunk(text, title="Regulation (EU) 2026/1744")

    seen = covered(drafts)
    assert all(at in seen for at, char in enumerate(text) if not char.isspace())
    assert max(pieces(draft, "Regulation (EU) 2026/1744") for draft in drafts) <= MAX_TOKENS
    assert any(path.startswith("Article") for d in drafts for path in d.heading_path)
