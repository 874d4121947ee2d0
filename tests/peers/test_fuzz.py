"""The hostile answers of tests/bot/test_slack_fuzz.py against the schema of Slack's own types, and the digest too."""

import json

import pytest

from bot.answer.usecase import parse
from bot.doors.slack.render import render
from bot.doors.slack.render_digest import render_digest
from tests.bot.decide_world import BANK, opened_world
from tests.bot.slack_hostile import hostile_answer
from tests.fakes import a_digest
from tests.peers.validate import Validator

ANSWERS = 2_000


def test_hostile_answers_are_what_slack_takes(validator: Validator, tmp_path_factory: pytest.TempPathFactory) -> None:
    [report] = [d.decide(parse(BANK), question=BANK) for _, d in opened_world(tmp_path_factory.mktemp("world"))]
    for number in range(ANSWERS):
        for message in render(hostile_answer(number, report), answer_id=number + 1, key=f"Ev{number}"):
            call = {"channel": "C1", "text": message.text, "blocks": json.loads(json.dumps(message.blocks))}
            assert validator.problems("chat.postMessage", call | {"metadata": message.metadata}) == [], number


def test_a_full_digest_is_what_slack_takes(validator: Validator) -> None:
    for message in render_digest(a_digest(60), key="digest:T1:C1:2026-W48"):
        assert validator.block_problems(json.loads(json.dumps(message.blocks))) == []
