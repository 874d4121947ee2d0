""" "Check this: <link>": whoever ingests reads the article, and its claims are judged as if they had been pasted."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.answer import Steelyard
from bot.answer.article import article_of
from bot.articles import ProbedArticles
from ingest.fetch import Fetcher
from ingest.probing import answer_probes
from kb.errors import BadInput
from kb.settings import load_settings
from kb.store import Store
from kb.types import utc_now
from tests.bot.answer_world import NoPassages
from tests.bot.test_check_cli import PAGE
from tests.bot.test_check_service import NOW, TEXT, store
from tests.servers import ReplayServer

__all__ = ["store"]


@pytest.fixture(scope="module")
def server() -> Iterator[ReplayServer]:
    with ReplayServer() as running:
        page = PAGE.replace("GLM-5 ships", TEXT.replace("\n", " ") + " GLM-5 ships")
        running.put("/article.html", page.encode(), "text/html")
        running.put("/paper.pdf", b"%PDF-1.7 ...", "application/pdf")
        running.put("/long.txt", b"The sea is wide. " * 15_000, "text/plain")
        yield running


@contextmanager
def looking(store: Store, home: Path, *, private: bool = True) -> Iterator[None]:
    """An ingest worker that answers probes."""
    settings, stop = load_settings(home=home, allow_private_addresses=private, host_pause_s=0), threading.Event()

    def look(fetcher: Fetcher) -> None:
        while not stop.wait(0.02):
            answer_probes(store, fetcher, lambda: NOW, owner="ingest", stopped=stop.is_set)

    with Fetcher(settings, utc_now) as fetcher:
        thread = threading.Thread(target=look, args=(fetcher,))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


def bot(store: Store) -> Steelyard:
    return Steelyard(store, NoPassages(), {}, clock=lambda: NOW, articles=ProbedArticles(store, whole_s=20))


def test_the_article_behind_a_link_is_judged(store: Store, server: ReplayServer, tmp_path: Path) -> None:
    with looking(store, tmp_path):
        answer = bot(store).ask(f"check this: <{server.url('article.html')}|The news>", workspace_id="T1")
    pasted = bot(store).ask(f"check this: {TEXT}")
    assert answer.sections == pasted.sections == ("Contradicted", "Confirmed")
    assert {s.text for s in pasted.sentences[1:]} <= {s.text for s in answer.sentences}
    assert answer.question.startswith("check this: <http")


@pytest.mark.parametrize(
    ("path", "private", "words"),
    [("paper.pdf", True, "is no text"), ("none", True, "404"), ("article.html", False, "private"),
     ("long.txt", True, "254,999 characters|255,000 characters")],
)  # fmt: skip
def test_what_cannot_be_read_is_said_in_words(
    store: Store, server: ReplayServer, tmp_path: Path, path: str, private: bool, words: str
) -> None:
    with looking(store, tmp_path, private=private), pytest.raises(BadInput, match=words):
        bot(store).ask(f"check this: {server.url(path)}")


def test_without_a_reader_the_asker_is_told_to_paste(store: Store) -> None:
    articles = ProbedArticles(store, whole_s=0.05)
    with pytest.raises(BadInput, match="nobody could read") as told:
        Steelyard(store, NoPassages(), {}, clock=lambda: NOW, articles=articles).ask("check this: https://a.example/b")
    assert "paste" in told.value.hint


def test_a_long_text_is_checked_to_its_end(store: Store) -> None:
    answer = bot(store).ask(f"check this: {'The sea is wide. ' * 400}\n{TEXT}")
    assert answer.sections == ("Contradicted", "Confirmed")


def test_what_is_no_check_has_no_article(store: Store) -> None:
    articles = ProbedArticles(store, whole_s=0)
    assert article_of("what is at https://a.example/b ?", articles, None) == ""
    assert article_of("check this: Kimi K2.5 is open, says https://a.example/b", articles, None).startswith("Kimi")
    assert article_of("check this: ", articles, None) == ""
