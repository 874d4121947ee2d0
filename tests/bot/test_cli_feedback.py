"""Feedback leaves the database as a file for the evaluation; doctor accounts for every question."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.doors.cli import app
from bot.doors.cli.feedback import FeedbackExport
from kb.store import Store
from kb.types import Inquiry
from tests.fakes import NOON


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STEELYARD_HOME", str(tmp_path))
    monkeypatch.setenv("STEELYARD_STARTER_SOURCES", "false")
    with Store.open(f"sqlite:///{tmp_path / 'steelyard.db'}") as store:
        for n, team in enumerate(("T1", "T2")):
            answer = store.answers.add(
                question=f"question {n}?", kind="fact", as_of=NOON.date(), body={}, workspace_id=team, user="U1"
            )
            store.answers.feedback(answer, "U1", "up", workspace_id=team)
            store.answers.feedback(answer, "U2", "down", "The date.", category="wrong", workspace_id=team)
        asked = Inquiry(
            event_id="Ev1", door="slack", workspace_id="T1", channel="C1", thread="1.1", user="U1", text="open?"
        )
        for _ in range(3):
            store.inbox.accept(asked)
    return tmp_path


def test_what_people_thought_with_its_question(home: Path) -> None:
    ran = CliRunner().invoke(app, ["feedback", "export", "--json", "--verdict", "down"])
    assert ran.exit_code == 0, ran.output
    found = FeedbackExport.model_validate(json.loads(ran.stdout)).feedback
    told = [(one.question, one.verdict, one.category, one.reason) for one in found]
    assert told == [(f"question {n}?", "down", "wrong", "The date.") for n in range(2)]
    assert "U2" not in ran.stdout
    ran = CliRunner().invoke(app, ["feedback", "export", "--json", "--workspace", "T2"])
    assert [one["question"] for one in json.loads(ran.stdout)["feedback"]] == ["question 1?"] * 2


def test_doctor_accounts_for_every_question(home: Path) -> None:
    report = json.loads(CliRunner().invoke(app, ["doctor", "--json"]).stdout)
    counted = report["questions"]
    assert (counted["received"], counted["accepted"], counted["deduplicated"], counted["open"]) == (3, 1, 2, 1)
    [check] = [check for check in report["checks"] if check["name"] == "questions"]
    assert check["state"] == "ok"
