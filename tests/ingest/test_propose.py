"""Which facts sentences state, and which only seem to."""

import string
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.propose import Sentence, propose, read
from ingest.propose.sentences import split
from kb.facts.fields import FIELDS, SUBJECT, allowed
from kb.facts.values import says_value, value_problem
from tests.ingest.proposing import PUBLISHED, document, names, proposed, told

PER_MTOK = "USD per million tokens"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("DeepSeek V4-Pro", "deepseek-v4-pro"),
        ("DeepSeek-V4-Flash", "deepseek-v4-flash"),
        ("DeepSeek-V4", "deepseek-v4"),  # a version of its own, not V4-Pro
        ("GPT-6 Sol", "gpt-6-sol"),
        ("GPT-6.2 Sol", "gpt-6.2-sol"),  # new: no older sibling
        ("GPT 5", "gpt-5"),
        ("GPT-4o mini", "gpt-4o-mini"),
        ("Qwen 4 72B", "qwen4-72b"),
        ("Claude Opus 6", "claude-opus-6"),
        ("Mistral Medium 4", "mistral-medium-4"),
        ("Gemini 3.8 Flash-Lite", "gemini-3.8-flash-lite"),
        ("Command A", "command-a"),
        ("gpt-oss-20b", "gpt-oss-20b"),
        ("Llama4", "llama-4"),
    ],
)
def test_a_name_is_read_to_its_end(name: str, slug: str) -> None:
    (mention,) = names().models(f"We compared {name}, among others.")
    assert mention.subjects == (f"model:{slug}",)


@pytest.mark.parametrize(
    "text",
    [
        "The Claude Opus 4.5 System Card is here.",
        "GPT-4 Omni, our flagship",
        "the GPT Store",
        "Claude Code 2.0",
        "Mistral AI Studio",
        "a GPT-powered assistant",
        "Version R1 of our router",  # nobody's R1
        "the 2025 report of llamas",
    ],
)
def test_where_it_is_not_clear_where_a_name_ends_there_is_none(text: str) -> None:
    assert names().models(text) == []


def test_a_short_name_needs_its_maker_beside_it() -> None:
    assert [m.subject for m in names().models("R1 is open", about="DeepSeek news")] == ["model:deepseek-r1"]


def test_a_release_and_its_licence_in_one_sentence() -> None:
    found = told("Today we release Mistral Small 5 under the Apache 2.0 license.", by="Mistral AI")
    assert found == {
        "model:mistral-small-5 released": "2026-09-10",
        "model:mistral-small-5 licence": "apache-2.0",
    }


def test_a_release_needs_a_day_and_somebody_who_may_say_it() -> None:
    assert told("Introducing GPT-7.", published=None) == {}
    assert told("Introducing Claude Opus 6.", by="Windsurf") == {}
    assert told("Claude Opus 6 is now available in Windsurf.", by="Windsurf") == {}
    assert told("OpenAI released GPT-7 on 1 September 2026.", by="The Verge") == {"model:gpt-7 released": "2026-09-01"}


def test_an_announced_release_is_scheduled() -> None:
    (draft,) = proposed("OpenAI will release GPT-7 on 1 October 2026.", by="The Verge")
    assert (draft.value, draft.valid_from) == ("2026-10-01", date(2026, 10, 1))


@pytest.mark.parametrize(
    ("amount", "value"),
    [
        ("$2 per million input tokens", "2"),
        ("$0.002 per 1,000 input tokens", "2"),
        ("$0.000002 per input token", "2"),
        ("200 cents per million input tokens", "2"),
        ("$2/M input tokens", "2"),
        ("$2.50 per 1M input tokens", "2.5"),
    ],
)
def test_prices_in_other_units_are_converted(amount: str, value: str) -> None:
    assert told(f"GPT-6 Sol costs {amount}.") == {"offer:openai/gpt-6-sol price_input": f"{value} {PER_MTOK}"}


@pytest.mark.parametrize(
    "rest",
    [
        "¥14 per million input tokens",
        "$2 per million tokens",  # which side?
        "$0.04 per image",
        "$20 per month",
        "up to $2 per million input tokens",
        "about $2 per million input tokens",
        "$2 per million input tokens for prompts above 200,000 tokens",
        "$2 per million input tokens, half of what GPT-5 costs",
        "$2 per million input tokens and a further $3 per thousand images",
    ],
)
def test_prices_that_cannot_be_told_are_refused(rest: str) -> None:
    assert told(f"GPT-6 Sol costs {rest}.") == {}


def test_the_new_price_of_a_change_counts() -> None:
    assert told("We are cutting the price of GPT-6 Sol from $4 to $2 per million input tokens.") == {
        "offer:openai/gpt-6-sol price_input": f"2 {PER_MTOK}"
    }
    assert told("GPT-6 Sol costs $2 per million input tokens (it was $15).") == {}


def test_cached_and_batch_prices_are_fields_of_their_own() -> None:
    assert told("Cached input for GPT-6 Sol costs $0.20 per million tokens.") == {
        "offer:openai/gpt-6-sol price_cache_read": f"0.2 {PER_MTOK}"
    }
    assert told("For GPT-6 Sol, cached input is $0.20 per million tokens and output $8 per million tokens.") == {}


def test_a_price_from_a_day_on_is_scheduled() -> None:
    (draft,) = proposed("Starting October 1, 2026, GPT-6 Sol will cost $2 per million input tokens.")
    assert draft.valid_from == date(2026, 10, 1)
    assert told("GPT-6 Sol will cost $2 per million input tokens.") == {}


def test_a_title_says_what_a_bare_licence_is_about() -> None:
    found = told("State of the art. Multimodal.\nApache 2.0.", title="Mistral Small 5", by="Mistral AI")
    assert found == {"model:mistral-small-5 licence": "apache-2.0"}


@pytest.mark.parametrize(
    "sentence",
    [
        "GPT-5.1 will be retired on April 1, 2027.",
        "Introducing GPT-7.",
        "GPT-6 Sol costs $2 per million input tokens.",
        "Gemma 4 is available under the Apache 2.0 license.",
        "The GDPR applies from 25 May 2018.",
    ],
)
@pytest.mark.parametrize(
    "doubt",
    [
        "Reportedly, {}", "If all goes well: {}", "According to a leak, {}", "“{}” a rival joked.", "Is it true? {}?",
        "It might be that {}", "It is not true that {}", "Analysts expect: {}",
    ],
)  # fmt: skip
def test_what_is_doubted_is_not_stated(sentence: str, doubt: str) -> None:
    assert told(sentence)
    bare = Sentence(doubt.format(sentence.rstrip(".") if "?" in doubt else sentence), document(""), "text")
    assert read(bare, names()) == []


def test_two_values_in_one_item_leave_none() -> None:
    assert told("GPT-6 Sol costs $2 per million input tokens.\nGPT-6 Sol costs $3 per million input tokens.") == {}


def test_every_proposal_is_a_fact_that_the_vocabulary_knows_and_that_its_statement_says() -> None:
    text = (
        "GPT-5.1 will be retired on April 1, 2027.\nIntroducing GPT-7.\nGemma 4 is available under Apache 2.0.\n"
        "GPT-6 Sol costs $2 per million input tokens.\nUnder the AI Act, GPAI obligations apply since 2 August 2025.\n"
        "The Llama 4 Community License asks for a licence above 700 million monthly active users."
    )
    drafts = proposed(text)
    assert len(drafts) == 6
    for draft in drafts:
        spec = FIELDS[draft.field]
        assert SUBJECT.fullmatch(draft.subject)
        assert allowed(spec, draft.subject)
        assert value_problem(spec, draft.value) is None
        assert draft.unit in (spec.units or ("",))
        assert says_value(draft.statement, draft.value)
        assert draft.quote in text
        assert (draft.item_version_id, draft.known_from) == (1, PUBLISHED)


WORDS = st.sampled_from(
    (
        "GPT-6 Sol", "Claude Opus 4.5", "DeepSeek-V5", "Introducing", "costs", "$2", "per million input tokens",
        "released",
        "on 1 May 2026", "under the MIT license", "Apache 2.0", "will be retired", "is now available", "not", "we",
        "from",
        "to", "and", ",", ".", "?",
    )
)  # fmt: skip


@given(st.lists(WORDS | st.text(string.printable, max_size=8), max_size=25).map(" ".join))
def test_whatever_is_said_a_quote_is_in_the_text_and_a_question_proposes_nothing(text: str) -> None:
    asked = replace(document(text), title="")
    for draft in propose(asked, names()):
        assert draft.quote is not None
        assert draft.quote in text
        assert "?" not in draft.quote
        assert " not " not in f" {draft.quote} "
        assert value_problem(FIELDS[draft.field], draft.value) is None


@given(st.text(max_size=300))
def test_sentences_are_parts_of_the_text_in_order(text: str) -> None:
    at = 0
    for piece in split(text):
        at = text.index(piece, at) + len(piece)
