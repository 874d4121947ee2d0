"""The evaluation house: intervals, floors, what counts as found, and the command that runs it."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.doors.cli import app, evaluation
from kb.errors import BadInput, ConfigurationError
from tests.eval import house
from tests.eval.run import evaluate, taste_of


def test_measures_are_ir_measures_and_what_found_nothing_counts_zero() -> None:
    qrels = {"1": {"a": 1, "b": 1}, "2": {"c": 1}}
    found = house.ranked(qrels, {"1": {"a": 2.0, "x": 1.0}})
    assert found["recall@10"] == {"1": 0.5, "2": 0.0}
    assert found["MRR"] == {"1": 1.0, "2": 0.0}


def test_an_interval_holds_the_mean_and_is_repeatable() -> None:
    measured = house.row("set", "default", "recall@10", [0.0, 1.0, 1.0, 1.0])
    assert measured.low is not None
    assert measured.high is not None
    assert measured.low <= measured.value == 0.75 <= measured.high
    assert measured == house.row("set", "default", "recall@10", [0.0, 1.0, 1.0, 1.0])


def test_abstention_is_measured_as_finding_the_unanswerable() -> None:
    rows = house.f1_row("set", "default", "abstention", [True, True, False, False], [True, False, True, False])
    assert [(r.measure.split()[1], r.value) for r in rows] == [("precision", 0.5), ("recall", 0.5), ("F1", 0.5)]


def test_two_configurations_are_compared_question_by_question() -> None:
    one, other = {"MRR": {"1": 0.0, "2": 1.0}}, {"MRR": {"1": 1.0, "2": 1.0}}
    assert house.compared("set", one, other, "other - default")[0].value == 0.5


def test_a_floor_that_is_not_reached_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    floors = tmp_path / "floors.yaml"
    floors.write_text("s/default/MRR: {least: 0.9}\ns/default/ms: {most: 5}\n")
    monkeypatch.setattr(house, "FLOORS", floors)
    rows = [house.Row("s", "default", "MRR", 0.5, None, None, 1), house.Row("s", "default", "ms", 4, None, None, 1)]
    problems = house.broken(rows)
    assert [(p.key, p.bound) for p in problems] == [("s/default/MRR", "at least 0.9")]
    assert "BROKEN s/default/MRR" in house.as_text(rows, problems)


def test_unknown_names_and_knobs_are_told_with_those_there_are() -> None:
    with pytest.raises(BadInput, match="no evaluation is called 'nosuch'"):
        evaluate(["nosuch"])
    with pytest.raises(BadInput, match="no knob of ranking"):
        taste_of("colour=3")
    with pytest.raises(BadInput, match="not a number"):
        taste_of("dense_weight=high")
    assert taste_of("dense_weight=0.7,feedback=0").feedback == 0


def test_an_installed_package_says_that_it_has_no_evaluations(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(evaluation, "CHECKOUT", tmp_path)
    result = CliRunner().invoke(app, ["eval", "cranfield"])
    assert isinstance(result.exception, ConfigurationError)
    assert "from a checkout" in (result.exception.hint or "")
