"""`steelyard check` as a user has it: a text, a file, an address; and what is wrong said in words."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.doors.cli.check import LARGEST_BYTES, read_target
from bot.doors.cli.show_check import show_check
from kb.errors import BadInput, FetchError
from kb.settings import Settings, load_settings
from tests.servers import ReplayServer

PAGE = """<!doctype html><html><head><title>Models</title><meta property="article:published_time" content="2026-06-11">
</head><body><nav>Home</nav><article><h1>Models</h1><p>Kimi K2.5 is released under the Apache 2.0 license, we are told,
and that is why so many teams have begun to build on it this year.</p><p>GLM-5 ships under the MIT license, which is
short and asks for little more than a notice in every copy that is passed on.</p></article></body></html>"""


@pytest.fixture(scope="module")
def server() -> Iterator[ReplayServer]:
    with ReplayServer() as running:
        running.put("/article.html", PAGE.encode(), "text/html")
        running.put("/plain.txt", b"GLM-5 ships under the MIT license.", "text/plain")
        running.put("/paper.pdf", b"%PDF-1.7 ...", "application/pdf")
        yield running


def settings(tmp_path: Path, *, private: bool = True) -> Settings:
    return load_settings(home=tmp_path / "home", allow_private_addresses=private, host_pause_s=0)


def test_an_address_is_read_as_an_article(server: ReplayServer, tmp_path: Path) -> None:
    text, source, published = read_target(server.url("article.html"), settings(tmp_path))
    assert "Kimi K2.5 is released under the Apache 2.0 license" in text
    assert "Home" not in text
    assert source == server.url("article.html")
    assert str(published) == "2026-06-11"
    assert read_target(server.url("plain.txt"), settings(tmp_path))[0] == "GLM-5 ships under the MIT license."


def test_what_cannot_be_read_is_said_in_words(server: ReplayServer, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is no text"):
        read_target(server.url("paper.pdf"), settings(tmp_path))
    with pytest.raises(FetchError, match="404"):
        read_target(server.url("none"), settings(tmp_path))
    with pytest.raises(FetchError, match="private"):
        read_target(server.url("article.html"), settings(tmp_path, private=False))


def test_files(tmp_path: Path) -> None:
    told, given = settings(tmp_path), tmp_path / "a.md"
    given.write_text("GLM-5 ships under the MIT license.")
    assert read_target(str(given), told)[:2] == ("GLM-5 ships under the MIT license.", str(given))
    (tmp_path / "b.txt").write_bytes(b"\0\1\2 binary")
    (tmp_path / "big.txt").write_bytes(b"a" * (LARGEST_BYTES + 1))
    for name, words in (
        ("b.txt", "is no text"),
        ("big.txt", "larger than 5 MB"),
        ("none.txt", "No such file"),
        ("", "folder"),
    ):
        with pytest.raises(BadInput, match=words):
            read_target(str(tmp_path / name), told)
    with pytest.raises(BadInput, match="nothing to check"):
        read_target("  ", told)
    assert read_target("Kimi K2.5 is open.", told)[1] == "the text given"


def test_the_terminal_shows_verdict_reason_and_sources() -> None:
    from io import StringIO

    from rich.console import Console

    from bot.check.publish import published
    from tests.eval.claims import TODAY, check

    claims = check("Kimi K2.5 is released under the Apache 2.0 license. Nobody knows this sentence at all.")
    report = published(claims, [], source="the text given", as_of=TODAY)
    out = StringIO()
    show_check(Console(file=out, width=160), report)
    shown = out.getvalue()
    assert "2 claims: 1 contradicted, 0 qualified, 0 confirmed, 1 unverifiable" in shown
    assert "Contradicted (fact; Kimi K2.5: licence)" in shown
    assert "against: Moonshot AI" in shown
    assert "Unverifiable: nothing on record settles these" in shown
    json.dumps(report.model_dump(mode="json"))
