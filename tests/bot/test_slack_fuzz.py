"""Two thousand answers of hostile text: only valid payloads, no live mention, no link outside the citation set."""

from collections.abc import Iterator

import pytest

from bot.answer.usecase import parse
from bot.decide.report import DecisionReport
from bot.doors.slack.render import render
from tests.bot.decide_world import BANK, opened_world
from tests.bot.slack_hostile import check, citation_set, hostile_answer

ANSWERS, SHARES = 2_000, 4


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DecisionReport]:
    for _, decider in opened_world(tmp_path_factory.mktemp("world")):
        yield decider.decide(parse(BANK), question=BANK)


@pytest.mark.parametrize("share", range(SHARES))
def test_hostile_answers_emit_only_harmless_valid_messages(report: DecisionReport, share: int) -> None:
    for number in range(share, ANSWERS, SHARES):
        answer = hostile_answer(number, report)
        check(render(answer, answer_id=number + 1, key=f"Ev{number}"), citation_set(answer))
