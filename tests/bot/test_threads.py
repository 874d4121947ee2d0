"""Threads of three to five turns on the whole answering core: each keeps its use case and changes what the turn says.

A turn is a question and what it changes of the use case, by input ("" for what is unknown again); nothing else may
differ. None: an answer of another kind, no decision.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from bot.answer import Steelyard
from bot.decide.service import Decider
from kb.facts.load import load_starter
from kb.store import Store
from kb.types import FactDraft
from tests.bot.decide_world import NOW
from tests.bot.test_decide_answers import Nothing

Changed = dict[str, str]

# Enough to choose from: the whole market would only make each turn slower.
MODELS = ("gpt-oss-120b", "glm-5", "kimi-k2.5", "llama-4-maverick", "claude-haiku-4.5", "gpt-5-mini", "mistral-small-4")


@dataclass(frozen=True)
class Turn:
    says: str
    changes: Changed | None
    as_of: str = "2026-11-22"


BANK = (
    "We are an EU bank: 5M requests a month, 1,500 tokens in and 300 out, personal data of customers. Open or closed?"
)
BANK_IS = {
    "data_class": "personal",
    "sector": "finance",
    "eu_exposure": "yes",
    "eu_seat": "yes",
    "requests_per_month": "5,000,000",
    "tokens_in_per_request": "1,500",
    "tokens_out_per_request": "300",
}
INSURER = (
    "We are a German insurer with 1M claims letters a month, 1k in, 300 out, personal data, must stay in the EU. "
    "Which model?"
)
INSURER_IS = {
    "data_class": "personal",
    "inference_in": "eu",
    "sector": "finance",
    "eu_exposure": "yes",
    "eu_seat": "yes",
    "requests_per_month": "1,000,000",
    "tokens_in_per_request": "1,000",
    "tokens_out_per_request": "300",
}
STARTUP = "New question: a 10-person startup prototype, 5k requests a month, public data. Which model?"
STARTUP_IS = dict.fromkeys((*INSURER_IS, "availability_target"), "") | {
    "data_class": "public",
    "requests_per_month": "5,000",
}

THREADS: dict[str, list[Turn]] = {
    "volume tripled with a peak, UK customers, EU residency": [
        Turn(BANK, BANK_IS),
        Turn(
            "What if volume triples and the peak factor is 6?", {"requests_per_month": "15,000,000", "peak_factor": "6"}
        ),
        Turn("And what about our UK customers?", {"regimes": "uk"}),
        Turn("And if the data must stay in the EU?", {"inference_in": "eu"}),
    ],
    "another volume, a budget, back to the first": [
        Turn(
            "A 15-person shop, 20k questions a month to a public FAQ, nobody to run models. Which model?",
            {"data_class": "public", "requests_per_month": "20,000", "profile": "smb"},
        ),
        Turn("What if it were 200k?", {"requests_per_month": "200,000"}),
        Turn("And with a budget of 300 dollars a month?", {"budget_usd_per_month": "300"}),
        Turn("Back to the 20k from the start.", {"requests_per_month": "20,000"}),
        Turn("And without the budget?", {"budget_usd_per_month": ""}),
    ],
    "a model added, a fact in between": [
        Turn(
            "Llama 4 or Kimi K2.5 for summarising 100k internal documents a month, 4k tokens in, 500 out?",
            {
                "task": "summarise",
                "data_class": "internal",
                "requests_per_month": "100,000",
                "tokens_in_per_request": "4,000",
                "tokens_out_per_request": "500",
                "shortlist": "kimi-k2.5, llama-4-maverick",
            },
        ),
        Turn("And GLM-5 too?", {"shortlist": "glm-5, kimi-k2.5, llama-4-maverick"}),
        Turn("What licence is Kimi K2.5 under?", None),
        Turn("And if the volume doubles?", {"requests_per_month": "200,000"}),
    ],
    "a rule asked in between, residency, without personal data": [
        Turn(
            "Open or closed model for our support chatbot, 300k requests a month, personal data?",
            {"task": "chat", "data_class": "personal", "requests_per_month": "300,000"},
        ),
        Turn("When do the EU AI Act's high-risk duties apply?", None),
        Turn("And if the data must not leave Germany?", {"inference_in": "de"}),
        Turn("And without personal data?", {"data_class": "internal"}),
    ],
    "a number corrected twice": [
        Turn(
            "We summarise 40k calls a day, 3k tokens in, 400 out. Open or closed?",
            {
                "task": "summarise",
                "requests_per_month": "1,200,000",
                "tokens_in_per_request": "3,000",
                "tokens_out_per_request": "400",
            },
        ),
        Turn("Sorry, I meant 40k a week.", {"requests_per_month": "173,333"}),
        Turn("Actually make it 60k.", {"requests_per_month": "260,000"}),
        Turn("And the answers are twice as long?", {"tokens_out_per_request": "800"}),
    ],
    "on own premises and back": [
        Turn(
            "A hospital, 50k letters a month with patient data, 2k in and 600 out, 1 MLOps engineer. Which model?",
            {
                "data_class": "special_category",
                "sector": "health",
                "requests_per_month": "50,000",
                "tokens_in_per_request": "2,000",
                "tokens_out_per_request": "600",
                "mlops_fte": "1",
            },
        ),
        Turn("Same but on-prem?", {"on_premises": "yes", "asked_about": "self-hosting"}),
        Turn("And if we had 4 engineers on call?", {"mlops_fte": "4", "on_call": "yes"}),
        Turn("And back in the cloud, in the EU?", {"on_premises": "", "inference_in": "eu"}),
    ],
    "the cost with batch": [
        Turn(
            "We classify 10M emails a month, 600 tokens in, 20 out. Cheapest option?",
            {
                "task": "classify",
                "requests_per_month": "10,000,000",
                "tokens_in_per_request": "600",
                "tokens_out_per_request": "20",
            },
        ),
        Turn("What would it cost with batch?", {"batch_share": "1"}),
        Turn("What if only half can wait a day?", {"batch_share": "0.5"}),
        Turn("And with 80% of the prompt cached?", {"cached_share": "0.8"}),
    ],
    "as of an earlier day in between": [
        Turn(
            "Open or closed for 2M requests a month, 1k in, 200 out, internal data?",
            {
                "data_class": "internal",
                "requests_per_month": "2,000,000",
                "tokens_in_per_request": "1,000",
                "tokens_out_per_request": "200",
            },
        ),
        Turn("What was the answer as of 2026-03-01?", {}, as_of="2026-03-01"),
        Turn("And today, with the volume tripled?", {"requests_per_month": "6,000,000"}),
    ],
    "a new use case in the same thread": [
        Turn(INSURER, INSURER_IS),
        Turn("And if we need 99.9% availability?", {"availability_target": "0.999"}),
        Turn(STARTUP, STARTUP_IS),
        Turn("And at 50k requests a month?", {"requests_per_month": "50,000"}),
    ],
    "out of the reach of US companies": [
        Turn(
            "Open or closed for our shop's chatbot: 400k requests a month, 800 in, 250 out, customer data?",
            {
                "task": "chat",
                "data_class": "personal",
                "requests_per_month": "400,000",
                "tokens_in_per_request": "800",
                "tokens_out_per_request": "250",
            },
        ),
        Turn("What about our EU customers?", {"eu_exposure": "yes"}),
        Turn("And if nothing may go to a US company?", {"excluded_hosts": "us"}),
        Turn("What if the volume halves?", {"requests_per_month": "200,000"}),
    ],
    "origins and vendors kept out and let in": [
        Turn(
            "200k requests a month over contracts, confidential, 3k in and 500 out. Which model?",
            {
                "data_class": "confidential",
                "requests_per_month": "200,000",
                "tokens_in_per_request": "3,000",
                "tokens_out_per_request": "500",
            },
        ),
        Turn("And without Chinese models?", {"excluded_origins": "cn"}),
        Turn("We also exclude OpenAI.", {"excluded_vendors": "openai"}),
        Turn("Forget the part about Chinese models.", {"excluded_origins": ""}),
    ],
    "an authority and its doubts": [
        Turn(
            "A public authority in France, 100k citizen questions a month, personal data, 1k in, 300 out. Open?",
            {
                "data_class": "personal",
                "sector": "public",
                "eu_exposure": "yes",
                "eu_seat": "yes",
                "requests_per_month": "100,000",
                "tokens_in_per_request": "1,000",
                "tokens_out_per_request": "300",
            },
        ),
        Turn("What if a US company must not be able to reach the data?", {"excluded_hosts": "us"}),
        Turn("And what does that cost with 70% batch?", {"batch_share": "0.7"}),
        Turn("How sure are you?", {}),
    ],
    "told bit by bit": [
        Turn("Open or closed for our chatbot?", {"task": "chat"}),
        Turn(
            "Assume 300,000 requests a month, 1,500 tokens in and 300 out.",
            {"requests_per_month": "300,000", "tokens_in_per_request": "1,500", "tokens_out_per_request": "300"},
        ),
        Turn("Personal data, and it must stay in the EU.", {"data_class": "personal", "inference_in": "eu"}),
        Turn("Triple the volume.", {"requests_per_month": "900,000"}),
        Turn("The same, but on our own premises?", {"on_premises": "yes"}),
    ],
}


def _wanted(draft: FactDraft) -> bool:
    kind, _, name = draft.subject.partition(":")
    if kind == "offer":
        return name.partition("/")[2] in MODELS
    return kind != "model" or name in (*MODELS, "llama-4")


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Steelyard]:
    url = f"sqlite:///{tmp_path_factory.mktemp('threads') / 'threads.db'}"
    with Store.open(url, clock=lambda: NOW) as store:
        store.facts.upsert_starter([draft for draft in load_starter() if _wanted(draft)])
        assert Decider(store, clock=lambda: NOW).views(NOW.date())
        yield Steelyard(store, Nothing(), clock=lambda: NOW)


def _said(decision: dict[str, object]) -> dict[str, str]:
    """The inputs that were said, now or before in the thread."""
    rows = decision["inputs"]
    assert isinstance(rows, list)
    return {row["name"]: row["value"] for row in rows if row["origin"] != "default"}


@pytest.mark.parametrize("name", THREADS)
def test_a_thread_keeps_its_use_case(bot: Steelyard, name: str) -> None:
    held: dict[str, str] = {}
    asked_about_once = {"asked_about"}  # of one turn alone
    for turn in THREADS[name]:
        answer = bot.ask(turn.says, thread=name)
        if turn.changes is None:
            assert answer.decision is None, turn.says
            continue
        assert answer.decision is not None, turn.says
        assert answer.as_of.isoformat() == turn.as_of
        held = {key: value for key, value in (held | turn.changes).items() if value}
        said = _said(answer.decision)
        once = asked_about_once - set(turn.changes)
        assert {k: v for k, v in said.items() if k not in once} == {k: v for k, v in held.items() if k not in once}


def test_what_a_turn_changed_is_told(bot: Steelyard) -> None:
    bot.ask(BANK, thread="told")
    answer = bot.ask("What if volume triples and the peak factor is 6?", thread="told")
    assert answer.decision is not None
    changes = answer.decision["changes"]
    assert isinstance(changes, dict)
    assert "5,000,000 → 15,000,000" in " ".join(changes["says"])
