"""What Slack gets to see: order, links, limits, and nothing live from anybody's text."""

import json
import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer.contract import Answer, Cell, Citation, Sentence, Table
from bot.doors.slack.render import body, notice, opening, render
from bot.doors.slack.render_digest import render_digest
from bot.doors.slack.text import harmless, one_line, plain_question, safe_url, split_text
from tests.bot.slack_hostile import check
from tests.fakes import a_digest, made_answer

HOSTILE = [
    "<!channel> <!here|all> <@U123> <#C123|general> <!subteam^S1>",
    "@channel @everyone write to boss@corp.example",
    "[click](https://evil.example/x) ![img](http://evil.example/a.png) [r][1]\n[1]: https://evil.example",
    "https://evil.example www.evil.example evil.example/path mailto:a@b.example javascript:alert(1)",
    "```\nunclosed fence <!channel>",
    "# heading\n=====\n> quote\n| a | b |",
    "\u202eright to left\u202c \x00\x1b[31m",
    "x" * 30_000,
    "&lt;!channel&gt; &amp;",
    "مرحبا <@U9> 👩‍💻 שלום",
]


def answer_of(text: str, url: str = "https://vendor.example/licence?a=1&b=2", *, rows: int = 3) -> Answer:
    sentence = Sentence(text=text, citations=(1,), evidence="quote", section=0)
    computed = Sentence(text=text, citations=(1, 1), evidence="computed", formula=text[:200], section=1)
    citation = Citation(
        n=1,
        title=text,
        publisher=text,
        url=url,
        published_at=None,
        tier=3,
        quote=text,
        as_of=date(2026, 11, 2),
        locator=text,
    )
    table = Table(
        title=text,
        columns=tuple(text[:50] or "c" for _ in range(22)),
        rows=tuple(
            tuple(Cell(text=text, citations=(1,), as_of=date(2026, 1, 1)) for _ in range(22)) for _ in range(rows)
        ),
    )
    more = {"sections": (text, text), "questions": (text, text), "notes": (text,), "tables": (table, table)}
    told = {"sentences": (sentence, sentence, computed), "citations": (citation,) * 3, "answer": text}
    return made_answer(text, **more, **told)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stays_text(text: str) -> None:
    allowed = {"https://vendor.example/licence?a=1&amp;b=2"}
    check(render(answer_of(text), answer_id=1, key="Ev1"), allowed)
    check([notice(text, key="Ev1")], set())


@settings(max_examples=30, deadline=None)
@given(
    parts=st.lists(
        st.sampled_from([*HOSTILE[:7], "<", "!", "@U1", ">", "](", "http:", "//x.example", "&", "\n"]), max_size=8
    ),
    rows=st.sampled_from([0, 3, 210]),
)
def test_any_mixture_of_hostile_text_stays_text(parts: list[str], rows: int) -> None:
    text = "".join(parts)
    check(render(answer_of(text, rows=rows), answer_id=None, key="k"), {"https://vendor.example/licence?a=1&amp;b=2"})


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(["<", "!channel>", "@U1>", "](", "http:", "//evil.example", "[a]", "```", "x y"]), max_size=6
    )
)
def test_what_is_streamed_sentence_by_sentence_is_harmless_and_begins_the_answer(texts: list[str]) -> None:
    sentences = tuple(Sentence(text=text, evidence="quote", section=0) for text in texts)
    shown = ""
    for n in range(1, len(sentences) + 1):
        now = opening(sentences[:n])
        assert now.startswith(shown)
        shown = now
    if sentences:
        assert body(made_of(sentences)).startswith(shown)
    assert not re.search(r"<[!@#]|://|\]\(", shown)


def made_of(sentences: tuple[Sentence, ...]) -> Answer:
    return made_answer("q", sentences=sentences, sections=("Verdict", "Why"))


def test_the_verdict_comes_first_and_sources_are_dated_and_tiered() -> None:
    [message] = render(made_answer("q", texts=["Open weights win.", "They are cheaper."]), answer_id=7, key="Ev1")
    assert message.body.startswith("**Open weights win.** [1]")
    assert message.text == "Open weights win."
    everything = json.dumps(message.blocks, ensure_ascii=False)
    assert "<https://vendor.example/licence|A licence>" in everything
    for told in (
        "A vendor",
        "2 Jan 2026 · tier 1 · confirmed 20 Nov 2026",
        "As of 22 November 2026",
        "not legal advice",
    ):
        assert told in everything
    assert '"value": "up:7"' in everything
    assert message.metadata == {
        "event_type": "steelyard_answer",
        "event_payload": {"key": "Ev1", "part": 1, "parts": 1},
    }


def test_sections_questions_and_formulas_are_shown() -> None:
    answer = made_answer(
        "q",
        sections=("Verdict", "What it costs"),
        sentences=(
            Sentence(text="Closed.", citations=(1,), evidence="fact", section=0),
            Sentence(text="It costs 6 USD.", evidence="computed", formula="2 x 3", section=1),
        ),
        questions=("How many requests a month?",),
    )
    assert body(answer) == (
        "**Closed.** [1]\n\n**What it costs**\n\n- It costs 6 USD. (computed: 2 x 3)\n\n"
        "**What I would need to know**\n\n1. How many requests a month?"
    )


def test_an_answer_that_abstains_speaks_in_its_own_words() -> None:
    answer = made_answer("q", sentences=(), citations=(), answer="I do not know.", abstained_because="no evidence")
    [message] = render(answer, answer_id=None, key="k")
    assert message.body == "I do not know."
    assert "Sources" not in json.dumps(message.blocks)
    assert "feedback" not in json.dumps(message.blocks)


def test_long_answers_split_between_paragraphs_and_keep_feedback_last() -> None:
    answer = made_answer("q", texts=[f"Sentence {n} " + "word " * 150 for n in range(60)])
    messages = render(answer, answer_id=3, key="k")
    check(messages, {"https://vendor.example/licence"})
    assert len(messages) > 1
    assert messages[-1].blocks[-1]["type"] == "context_actions"
    assert "Sentence 59" in json.dumps([m.blocks for m in messages])


def test_a_table_of_200_rows_is_cut_and_says_so() -> None:
    rows = tuple((Cell(text=str(n)),) for n in range(200))
    table = Table(title="Options", columns=("option",), rows=rows)
    [message] = render(made_answer("q", tables=(table,)), answer_id=None, key="k")
    assert "101 more rows" in json.dumps(message.blocks)


def test_digest_is_valid_and_harmless() -> None:
    allowed = {f"https://{name}.example/story" for name in ("one", "two", "law")}
    check(render_digest(a_digest(40), key="digest:T1:C1:2026-W48"), allowed)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "ftp://x.example", "https://user:pw@x.example/", "https://", "http://[::1", "x" * 3000],
)
def test_only_plain_web_addresses_become_links(url: str) -> None:
    assert safe_url(url) is None


def test_addresses_cannot_end_the_link_they_are_in() -> None:
    assert safe_url("https://x.example/a|b>c d") == "https://x.example/a%7Cb%3Ec%20d"


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab \n`&<", max_size=400), st.integers(40, 120))
def test_pieces_fit_and_lose_no_word(text: str, limit: int) -> None:
    pieces = split_text(text, limit)
    assert all(len(piece) <= limit for piece in pieces)
    letters = re.sub(r"[^ab]", "", text)
    assert re.sub(r"[^ab]", "", "".join(pieces)) == letters


def test_a_fence_is_closed_and_reopened_where_it_is_cut() -> None:
    code = "```python\n" + "\n".join(f"line {n}" for n in range(100)) + "\n```"
    pieces = split_text(f"Before.\n\n{code}\n\nAfter.", 300)
    for piece in pieces:
        assert piece.count("```") % 2 == 0
    assert "line 99" in "".join(pieces)


def test_one_line_keeps_its_limit_whatever_escaping_adds() -> None:
    assert len(one_line("<<<&&& " * 100, 50)) <= 50
    assert one_line("a  b\nc", 50) == "a b c"


@pytest.mark.parametrize(
    ("given_text", "meant"),
    [
        ("<@U0BOT> what about <https://x.example/a|this page>?", "what about this page?"),
        ("<@U0BOT|steelyard> 3 &lt; 4 &amp; <#C1|general> <@U2>", "3 < 4 & #general"),
        ("read <https://x.example/a>", "read https://x.example/a"),
    ],
)
def test_questions_are_read_as_people_meant_them(given_text: str, meant: str) -> None:
    assert plain_question(given_text, "U0BOT") == meant


def test_escaping_twice_is_seen() -> None:
    assert harmless("&lt;") == "&amp;lt;"
