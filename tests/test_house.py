"""The house itself: what may be imported when, what the container files say, what the documents promise."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.servers import ReplayServer

ROOT = Path(__file__).resolve().parents[1]
HEAVY = (
    "torch", "transformers", "sentence_transformers", "faiss", "tantivy", "onnxruntime", "trafilatura", "slack_bolt",
    "openai", "apscheduler", "feedparser", "alembic",
)  # fmt: skip


def test_starting_a_command_imports_nothing_heavy() -> None:
    code = f"import sys, bot.doors.cli; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_the_compose_file_follows_the_compose_schema() -> None:
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        "docker-compose.yml",
    ]
    subprocess.run(command, check=True, cwd=ROOT, capture_output=True)


def test_the_containers_run_commands_that_exist() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    commands = [service["command"] for service in compose["services"].values() if "command" in service]
    assert commands
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.M))
    for made in re.findall(r"make ([a-z-]+)", (ROOT / "Dockerfile").read_text()):
        assert made in targets
    for command in commands:
        assert command[0] == "steelyard"
        done = subprocess.run(
            [sys.executable, "-m", "bot.doors.cli", command[1], "--help"], capture_output=True, text=True, check=True
        )
        for option in (word for word in command[2:] if word.startswith("--")):
            assert option in done.stdout


def _documented(readme: str) -> list[str]:
    blocks = re.findall(r"```bash\n(.*?)```", readme, flags=re.S)
    lines = (line.split(" #")[0].strip() for block in blocks for line in block.splitlines())
    return [line for line in lines if line.startswith(".venv/bin/steelyard")]


FEED = b"""<rss version="2.0"><channel><title>Example Lab</title><item><guid>1</guid><title>Marking grace period</title>
<link>https://example.org/1</link><description>The content marking grace period ends soon.</description></item>
</channel></rss>"""
OPML = """<opml version="2.0"><head/><body>
<outline type="rss" text="Other" xmlUrl="https://example.com/other.xml"/></body></opml>"""


@pytest.mark.slow
def test_the_commands_of_the_readme_run(tmp_path: Path, models_dir: Path) -> None:
    commands = _documented((ROOT / "README.md").read_text())
    assert len(commands) >= 10
    home = tmp_path / "home"
    home.mkdir()
    models_dir.mkdir(parents=True, exist_ok=True)
    (home / "models").symlink_to(models_dir)
    (tmp_path / "feeds.opml").write_text(OPML)
    env = os.environ | {
        "STEELYARD_HOME": str(home),
        "STEELYARD_ALLOW_PRIVATE_ADDRESSES": "true",
        "STEELYARD_STARTER_SOURCES": "false",
        "PYTHONPATH": str(ROOT),
    }
    with ReplayServer() as server:
        server.put("/blog", FEED)
        # Reading comes before searching, whatever the order of the page.
        for command in sorted(commands, key=lambda c: " sources " not in c and " ingest " not in c):
            words = shlex.split(command.replace("https://example.org", server.url("").rstrip("/")))[1:]
            done = subprocess.run(
                [sys.executable, "-m", "bot.doors.cli", *words],
                capture_output=True, text=True, env=env, cwd=tmp_path, timeout=240, check=False,
            )  # fmt: skip
            assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


def test_the_published_schemas_are_those_of_the_code() -> None:
    from bot.answer import contract
    from bot.doors.cli import contracts

    made = {"ask": contract.schema_text()} | {name: contracts.schema_text(name) for name in contracts.PUBLISHED}
    published = {file.name.split(".")[0]: file.read_text() for file in (ROOT / "docs").glob("*.schema.json")}
    assert published == made
