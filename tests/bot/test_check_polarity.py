"""A denial belongs to the words behind it in the same breath, and a verdict says no more than was compared."""

import pytest

from bot.check.polarity import denied, unclear
from tests.eval.claims import check


@pytest.mark.parametrize(
    ("text", "word", "is_denied"),
    [
        ("Orca is not under MIT.", "MIT", True),
        ("Orca isn't under MIT.", "MIT", True),
        ("Orca is under MIT, so nobody pays.", "MIT", False),
        ("Orca is not small, but it is under MIT.", "MIT", False),
        ("Orca is not only under MIT.", "MIT", False),
        ("It is not true that Orca is under MIT.", "MIT", True),
        ("It is a myth that Orca is not under MIT.", "MIT", False),
        ("Nobody may sell Orca.", "sell", True),
        ("Its licence sets no revenue limit.", "revenue", True),
    ],
)
def test_denials(text: str, word: str, is_denied: bool) -> None:
    assert denied(text, text.index(word)) is is_denied


def test_a_not_behind_the_words_is_unclear() -> None:
    assert unclear("under MIT not Apache", 9)
    assert not unclear("under MIT, not Apache", 9)


def worst(text: str) -> str:
    order = ("contradicted", "qualified", "confirmed", "unverifiable")
    return min((c.whole for c in check(text)), key=order.index)


def test_a_part_that_nothing_speaks_of_keeps_the_sentence_open() -> None:
    first, *_ = check("Phi-4 is under MIT and comes from Stanford University.")
    assert (first.text, first.finding.verdict, first.whole) == ("Phi-4 is under MIT", "confirmed", "unverifiable")
    [claim] = check("Deployers of high-risk systems must keep logs for at least six months in the cloud.")
    assert claim.finding.verdict == "unverifiable"
    assert claim.finding.why.startswith("The claim says more than the evidence speaks of")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Qwen3 is published under Apache 2.0.", "confirmed"),  # every member is
        ("The Qwen3.8 models are under Apache 2.0.", "qualified"),  # one is
        ("All Qwen3.8 models are under Apache 2.0.", "contradicted"),
        ("The tokenizer of GPT-5.5 is open source.", "unverifiable"),  # something else of that name
        ("LangChain, which supports GPT-5.5, is MIT-licensed.", "unverifiable"),
        ("We gave Claude Opus 5.5 a prompt of 350,000 tokens.", "unverifiable"),  # no claim on its window
        ("DeepSeek V3.2 is the only model under the MIT licence.", "unverifiable"),  # compares with all others
        ("GPT-4o cost $5 per million input tokens in June 2024.", "unverifiable"),  # of another day
        ("GPT-6 Sol costs $1 per million input tokens at our reseller.", "unverifiable"),  # of another seller
        ("GPT-6 Sol costs 2 dollars in and 20 dollars out per million tokens.", "contradicted"),
        ("A company with 800 million monthly active users may not use Llama 4.", "confirmed"),
        ("A company with 300 million monthly active users may not use Llama 4.", "contradicted"),
        ("Deployers of high-risk systems must keep logs for at least two years.", "contradicted"),
        ("Providers of high-risk AI systems must keep documentation for 10 years.", "confirmed"),
        ("Deployers must publish a summary of the training content of a general-purpose model.", "contradicted"),
        ("The GDPR allows fines of up to 10% of worldwide turnover.", "contradicted"),
        ("The AI Act's obligations for general-purpose models start in August 2027.", "contradicted"),
        ("a16z found that 37% of enterprises run three or more model families.", "contradicted"),
        ("The FP8 weights of GLM-5 fit on a node of eight H100 GPUs.", "contradicted"),
        ("Open-source general-purpose models are exempt from the copyright policy of the AI Act.", "contradicted"),
    ],
)
def test_value_against_value(text: str, verdict: str) -> None:
    assert worst(text) == verdict
