"""`steelyard facts proposals`, `approve`, `reject`: what text proposes, as an admin has it in the terminal."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner

from bot.doors.cli import app
from kb.errors import SteelyardError
from kb.store import Store
from kb.types import SourceDraft, Tier
from tests.kb.store_builders import an_item

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "proposals.schema.json"
DAY = datetime(2026, 9, 10, tzinfo=UTC)
TEXT = "OpenAI released GPT-6.2 Sol on 9 September 2026.\nOpenAI released GPT-5 on 9 September 2026."

Go = Callable[..., str]


@pytest.fixture(scope="module")
def go(tmp_path_factory: pytest.TempPathFactory) -> Go:
    """Run `steelyard facts ARGS` on a home whose one item says `TEXT`; what is refused is raised."""
    home = tmp_path_factory.mktemp("home")
    env = {"STEELYARD_HOME": str(home), "STEELYARD_STARTER_SOURCES": "false", "COLUMNS": "200"}

    def run(*args: str) -> str:
        done = CliRunner().invoke(app, ["facts", *args], env=env)
        if isinstance(done.exception, SteelyardError):
            raise done.exception
        return done.stdout

    run("model:none")
    with Store.open(f"sqlite:///{home / 'steelyard.db'}") as store:
        draft = SourceDraft(kind="feed", url="https://a.example/feed", publisher="Paper", tier=Tier.RECOGNISED)
        store.items.write(store.sources.add(draft).id, an_item("a", TEXT, published_at=DAY, known_from=DAY))
    assert "Read 1 versions: 2 new proposals" in run("examine")
    return run


def test_proposals_are_listed_judged_and_then_gone(go: Go) -> None:
    listed = json.loads(go("proposals", "--json"))
    jsonschema.validate(listed, json.loads(SCHEMA.read_text()))
    found = {proposal["subject"]: proposal for proposal in listed["proposals"]}
    new, old = found["model:gpt-6.2-sol"], found["model:gpt-5"]
    assert (new["bears"], new["quote"], new["witnesses"][0]["publisher"]) == ("new", TEXT.split("\n")[0], "Paper")
    assert (old["bears"], old["in_force"]) == ("disagrees", ["2025-08-07"])
    # As JSON: a table is as wide as its terminal.
    stated = json.loads(go("model:gpt-5", "--field", "released", "--json"))["facts"]
    assert [fact["value"] for fact in stated if fact["challenged_by"]] == ["2025-08-07"]

    assert "It is in force." in go("approve", str(new["id"]), "--by", "ada")
    assert "2026-09-09" in go("model:gpt-6.2-sol")
    go("reject", str(old["id"]), "--why", "an old model", "--by", "ada")
    assert json.loads(go("proposals", "--json"))["proposals"] == []
    assert "in_force" in go("model:gpt-5", "--field", "released")
    assert "Read 1 versions: 0 new proposals" in go("examine", "--again")
    assert json.loads(go("proposals", "--json"))["proposals"] == [], "an admin's word stands"


def test_what_is_no_proposal_is_refused_in_words(go: Go) -> None:
    with pytest.raises(SteelyardError, match="fact 1 was not proposed from text"):
        go("approve", "1")
    with pytest.raises(SteelyardError, match="no fact 99999999"):
        go("reject", "99999999")
