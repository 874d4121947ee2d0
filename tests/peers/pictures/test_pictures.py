"""Real answers of the shipped bot, drawn as Slack would show them: STEELYARD_PICTURES=DIR make test-peers, then look.

What can be asserted is: every block has a picture, nothing sticks out of its page, every picture has words.
"""

from collections.abc import Callable
from pathlib import Path

from bot.doors.slack.blocks import Message
from bot.doors.slack.render_digest import render_digest
from kb.types import utc_now
from tests.fakes import a_digest
from tests.peers.client import ALICE, CHANNEL, BotProcess, LocalSlack
from tests.peers.conftest import wait_for
from tests.peers.pictures.gallery import Gallery
from tests.peers.test_decision import BANK, charts, form_of, whole
from tests.peers.test_digest_once import something_happened
from tests.peers.test_real_answers import prepared_home, start_real

__all__ = ["prepared_home", "start_real"]  # fixtures

Start = Callable[..., BotProcess]
DECISIONS = {
    "shop": ("We are a 15-person shop with 20k questions a month on our public FAQ. Open or closed model?",),
    "bank": (BANK, "and if volume triples?", "and if inference may run anywhere?"),
    "laboratory": ("Open or closed for an air-gapped defence laboratory with 5k requests a day?",),
    "app": (
        "Our US app had 800 million monthly users in March 2025. 300M requests a month. "
        "Should we build on Llama 4 or on a closed model?",
    ),
    "bare": ("Should we use open or closed?", "20k questions a month", "and if the data must stay in the EU?"),
}
QUESTIONS = {
    "fact": "What licence is Kimi K2.5 under and what do we have to do?",
    "regulation": "When do the EU AI Act's high-risk duties apply?",
    "prices": "What does Claude Sonnet 4.5 cost?",
    "abstention": "What is the best pizza in Naples?",
}


def test_decisions(slack: LocalSlack, start_real: Start, gallery: Gallery) -> None:
    start_real("http")
    asked: dict[str, str] = {}
    for name, said in DECISIONS.items():
        asked[name] = ts = slack.mention("http", said[0])
        whole(slack, "http", ts)
        for count, more in enumerate(said[1:], start=2):
            slack.mention("http", more, thread=ts)
            whole(slack, "http", ts, answers=count)
    drawn = sum(map(len, DECISIONS.values())) - 1  # too little is known of the bare question to draw its costs
    wait_for(lambda: len(charts(slack)) >= drawn, what=f"{drawn} charts")
    for name, ts in asked.items():
        gallery.thread(name, ts)
    assert gallery.problems == []


def test_other_answers(slack: LocalSlack, start_real: Start, gallery: Gallery) -> None:
    start_real("http")
    for name, question in QUESTIONS.items():
        ts = slack.mention("http", question)
        whole(slack, "http", ts)
        gallery.thread(name, ts)
    slack.command("http", "ask What licence is Kimi K2.5 under?")
    wait_for(lambda: len(private(slack)) >= 2, what="the private answer")
    gallery.messages("private", private(slack))
    assert gallery.problems == []


def private(slack: LocalSlack) -> list[dict[str, object]]:
    return [m for m in slack.said_by("http") if m.get("ephemeral_to") == ALICE]


def test_the_digest(slack: LocalSlack, start_bot: Start, gallery: Gallery, tmp_path: Path) -> None:
    something_happened(tmp_path)
    now = utc_now()
    due = {"WEEKDAY": str(now.weekday()), "HOUR": "0", "CHANNELS": CHANNEL}
    start_bot("http", **{f"STEELYARD_DIGEST_{name}": value for name, value in due.items()})
    wait_for(lambda: slack.said_by("http"), within_s=60, what="the digest")
    gallery.messages("digest", slack.said_by("http"))
    full = [_posted(message) for message in render_digest(a_digest(12), key="k")]
    gallery.messages("digest-full", full)
    assert gallery.problems == []


def _posted(message: Message) -> dict[str, object]:
    return {"ts": "1763000000.000100", "bot_id": "B1", "text": message.text, "blocks": list(message.blocks)}


def test_the_form(slack: LocalSlack, start_real: Start, gallery: Gallery) -> None:
    start_real("http")
    [answer] = whole(slack, "http", slack.mention("http", BANK))
    gallery.view("refine", form_of(slack, "http", answer[0]))
    assert gallery.problems == []
