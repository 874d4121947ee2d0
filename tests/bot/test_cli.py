"""The terminal door as a user has it: a process, its output and its exit code."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import jsonschema
import pytest

from tests.servers import ReplayServer, Reply

DOCS = Path(__file__).resolve().parents[2] / "docs"
RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Example Lab</title><link>https://example.org/</link>
<item><guid>a</guid><title>Weighbridge 2 released under Apache-2.0</title><link>https://example.org/a</link>
<pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate>
<description>Example Lab releases Weighbridge 2, a translation model with a context of 64,000 tokens.</description>
</item>
<item><guid>b</guid><title>Office plants</title><link>https://example.org/b</link>
<description>We bought a fern for the kitchen.</description></item></channel></rss>"""

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def server() -> Iterator[ReplayServer]:
    with ReplayServer() as running:
        running.put("/feed.xml", RSS.encode(), "application/rss+xml")
        page = (
            '<html><head><title>Blog</title><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head>'
        )
        running.put("/blog", page.encode(), "text/html")
        yield running


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, models_dir: Path) -> Run:
    """Run `steelyard ARGS` on one temporary home; the exported model is shared between runs."""
    home = tmp_path_factory.mktemp("home")
    models_dir.mkdir(parents=True, exist_ok=True)
    (home / "models").symlink_to(models_dir)
    env = {key: value for key, value in os.environ.items() if not key.startswith(("STEELYARD_", "SLACK_"))}
    env |= {
        "STEELYARD_HOME": str(home),
        "STEELYARD_ALLOW_PRIVATE_ADDRESSES": "true",
        "STEELYARD_STARTER_SOURCES": "false",
        "COLUMNS": "200",
    }

    def go(*args: str, text: str = "", extra: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "bot.doors.cli", *args]
        return subprocess.run(
            command, input=text, capture_output=True, text=True, env=env | (extra or {}), timeout=240, check=False
        )

    return go


def test_help_names_every_command(run: Run) -> None:
    done = run("--help")
    assert done.returncode == 0
    for command in ("run", "ask", "search", "ingest", "sources", "facts", "digest", "doctor"):
        assert command in done.stdout


def test_a_page_that_names_its_feed_is_added_as_that_feed_and_read(run: Run, server: ReplayServer) -> None:
    tested = json.loads(run("sources", "test", server.url("/blog"), "--json").stdout)
    assert (tested["kind"], tested["entries"]) == ("feed", 2)
    added = run(
        "sources", "add", server.url("/blog"), "--topic", "release", "--tier", "2", "--publisher", "Lab", "--json"
    )
    assert added.returncode == 0, added.stderr
    source = json.loads(added.stdout)["source"]
    assert source["url"] == server.url("/feed.xml")
    again = run("sources", "add", server.url("/feed.xml"))
    assert again.returncode == 2
    assert "already" in again.stderr

    first = json.loads(run("ingest", "--once", "--all", "--json").stdout)["sources"]
    assert [(r["new"], r["failed"]) for r in first] == [(2, None)]
    second = json.loads(run("ingest", "--once", "--all", "--json").stdout)["sources"]
    assert [(r["new"], r["edited"], r["not_modified"]) for r in second] == [(0, 0, True)]

    found = json.loads(run("search", "translation model context", "--json", "-k", "1").stdout)["hits"]
    assert [hit["publisher"] for hit in found] == ["Lab"]
    assert "64,000 tokens" in found[0]["passage"]
    assert run("search", "translation model", "--until", "2020-01-01", "--json").returncode == 3

    listed = json.loads(run("sources", "list", "--json").stdout)["sources"]
    assert [s["failures"] for s in listed] == [0]
    sid = str(listed[0]["id"])
    for command, status in (("pause", "paused"), ("resume", "active")):
        assert run("sources", command, sid).returncode == 0
        assert json.loads(run("sources", "list", "--json").stdout)["sources"][0]["status"] == status


def test_opml_goes_out_and_comes_back(run: Run, server: ReplayServer, tmp_path: Path) -> None:
    run("sources", "add", server.url("/feed.xml"))
    file = tmp_path / "feeds.opml"
    assert run("sources", "export", str(file)).returncode == 0
    back = json.loads(run("sources", "import", str(file), "--json").stdout)
    assert (back["added"], back["refused"]) == ([], [])
    assert server.url("/feed.xml") in back["known"]
    file.write_text("this is no OPML")
    broken = run("sources", "import", str(file))
    assert broken.returncode == 2
    assert "Traceback" not in broken.stderr


def test_when_every_source_fails_the_exit_code_says_so(run: Run, server: ReplayServer, tmp_path: Path) -> None:
    home = {"STEELYARD_HOME": str(tmp_path / "other")}
    (tmp_path / "other").mkdir()
    server.put("/gone.xml", RSS.encode())
    assert run("sources", "add", server.url("/gone.xml"), extra=home).returncode == 0
    server.fault("/gone.xml", Reply(status=503))
    done = run("ingest", "--once", "--all", "--no-embed", "--json", extra=home)
    assert done.returncode == 5
    assert "503" in json.loads(done.stdout)["sources"][0]["failed"]


def test_an_answer_in_json_follows_the_published_schema(run: Run) -> None:
    done = run("ask", "What licence is Kimi K2.5 under?", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    jsonschema.validate(answer, json.loads((DOCS / "ask.schema.json").read_text()))
    assert answer["sentences"]
    numbers = {cited["n"] for cited in answer["citations"]}
    assert all(set(s["citations"]) <= numbers and s["citations"] for s in answer["sentences"])


def test_what_cannot_be_answered_exits_with_three(run: Run) -> None:
    done = run("ask", "Write me a birthday poem for my aunt.", "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["abstained_because"]


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("ask",), 2),
        (("ask", "x", "--as-of", "yesterday"), 2),
        (("search", "x", "-k", "0"), 2),
        (("sources", "pause", "9999"), 3),
        (("sources", "add", "ftp://example.org/x"), 2),
        (("ask", "What licence is Kimi K2.5 under?", "--generator", "oracle"), 4),
    ],
)
def test_bad_input_gets_a_sentence_and_its_exit_code(run: Run, args: tuple[str, ...], code: int) -> None:
    done = run(*args)
    assert done.returncode == code, done.stderr
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_names_the_setting(run: Run) -> None:
    done = run("doctor", extra={"STEELYARD_DIGEST_HOUR": "25"})
    assert done.returncode == 4
    assert "digest_hour" in done.stderr


def test_doctor_checks_what_steelyard_stands_on(run: Run) -> None:
    done = run("doctor", "--json")
    names = {check["name"] for check in json.loads(done.stdout)["checks"]}
    assert {"disk", "database", "vectors", "sources", "embedding model", "generator", "slack"} <= names


def test_run_without_tokens_talks_on_the_terminal_and_keeps_the_thread(run: Run) -> None:
    asked = "What licence is Kimi K2.5 under?\nand what about Kimi K3?\n"
    done = run("run", text=asked)
    assert done.returncode == 0, done.stderr
    assert "No Slack tokens" in done.stderr
    assert "Modified MIT" in done.stdout
    assert "K3" in done.stdout


def test_facts_are_shown_as_of_a_date(run: Run) -> None:
    args = ("facts", "duty:eu-ai-act/high-risk*", "--field", "applies_from", "--json")
    now = json.loads(run(*args).stdout)["facts"]
    then = json.loads(run(*args, "--as-of", "2026-06-01").stdout)["facts"]
    assert "2027-12-02" in {f["value"] for f in now if f["status"] == "in_force"}
    assert "2026-08-02" in {f["value"] for f in then if f["status"] == "in_force"}
    assert all(f["known_from"] <= "2026-06-01" for f in then)
