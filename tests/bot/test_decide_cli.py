"""`steelyard decide` and `steelyard decisions` as a user has them: a process, its output and its exit code."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from tests.bot.decide_world import BANK

DOCS = Path(__file__).resolve().parents[2] / "docs"
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    home = tmp_path_factory.mktemp("home")
    env = {key: value for key, value in os.environ.items() if not key.startswith(("STEELYARD_", "SLACK_"))}
    env |= {"STEELYARD_HOME": str(home), "STEELYARD_STARTER_SOURCES": "false", "COLUMNS": "200"}

    def go(*args: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bot.doors.cli", *args]
        return subprocess.run(command, capture_output=True, text=True, env=env, timeout=240, check=False)

    return go


def checked(name: str, text: str) -> dict[str, object]:
    value: dict[str, object] = json.loads(text)
    jsonschema.validate(value, json.loads((DOCS / f"{name}.schema.json").read_text()))
    return value


def test_text_in_tables_then_a_follow_up_then_the_record(run: Run, tmp_path: Path) -> None:
    first = run("decide", BANK, "--thread", "t", "--owner", "IT risk", "--review-on", "2027-05-01")
    assert first.returncode == 0, first.stderr
    for words in (
        "Options: 10 of",
        "Ruled out: ",
        "H2 Where inference runs",
        "Duties",
        "What would change it",
        "Sources",
    ):
        assert words in first.stdout, words
    assert "200k questions a day; a month counted as 30 days" in first.stdout
    assert "owner IT risk, review on 1 May 2027" in first.stdout
    second = run("decide", "and if volume triples?", "--thread", "t", "--export", str(tmp_path / "d.md"))
    assert second.returncode == 0, second.stderr
    assert "What changed since decision 1" in second.stdout
    assert "Requests a month: 6,000,000 → 18,000,000." in second.stdout
    assert (tmp_path / "d.md").read_text().startswith("# Decision 2: and if volume triples?")
    listed = checked("decisions", run("decisions", "list", "--json").stdout)
    assert [row["id"] for row in listed["decisions"]] == [2, 1]  # type: ignore[attr-defined,index]
    shown = run("decisions", "show", "2", "--json", "--chart", str(tmp_path / "d.png"))
    assert checked("decide", shown.stdout)["id"] == 2
    assert (tmp_path / "d.png").read_bytes().startswith(b"\x89PNG")
    assert "Line chart of monthly cost" in shown.stderr.replace("\n", " ")
    replayed = run("decisions", "replay", "2")
    assert replayed.returncode == 0
    assert "the same figures from the same inputs" in replayed.stdout


def test_a_file_as_json_is_the_same_twice(run: Run, tmp_path: Path) -> None:
    (tmp_path / "u.yaml").write_text("task: classify\nrequests_per_month: 2M\ndata_class: public\nmlops_fte: 1\n")
    made = [run("decide", str(tmp_path / "u.yaml"), "--json", "--no-save", "--seed", "7") for _ in range(2)]
    assert made[0].returncode == 0, made[0].stderr
    assert made[0].stdout == made[1].stdout
    report = checked("decide", made[0].stdout)
    assert (report["id"], report["seed"]) == (None, 7)
    other = run("decide", str(tmp_path / "u.yaml"), "--json", "--no-save", "--as-of", "2026-03-01")
    assert checked("decide", other.stdout)["as_of"] == "2026-03-01"


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("decide", "should we use open or closed?"), 3, "What I would need to know"),
        (("decide", " "), 2, "the use case is empty"),
        (("decide", "none.yaml"), 2, "No such file"),
        (("decide", "x", "--as-of", "soon"), 2, "--as-of: 'soon' is not a date"),
        (("decide", "x", "--export", "d.txt"), 2, "neither .md nor .json"),
        (("decisions", "show", "999"), 3, "no decision 999"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, args: tuple[str, ...], code: int, words: str) -> None:
    done = run(*args)
    assert done.returncode == code
    assert words in done.stdout + done.stderr


def test_a_wrong_field_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "u.yaml").write_text("use_case:\n  task: poetry\n")
    done = run("decide", str(tmp_path / "u.yaml"))
    assert done.returncode == 2
    assert "task: 'poetry' is not known" in done.stderr
    assert "one of chat, rag" in done.stderr
