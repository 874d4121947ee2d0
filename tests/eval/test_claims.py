"""The ledger stays judged as it was, nothing that it contradicts is confirmed, and the held half is untouched."""

import hashlib

import pytest

from tests.eval.claims import ARTICLES, HELD, HELD_SHA256, MORE, OPEN, SECOND, SECOND_SHA256, ledger, sentences

LEAST_RIGHT = 40  # of the ledger's fifty: what was asked for


@pytest.mark.skipif(not ARTICLES.is_dir(), reason="no articles beside the project: ../shared/articles")
def test_the_ledger() -> None:
    rows = list(ledger())
    assert [r.id for r in rows if r.grave] == []
    assert sum(r.right and r.dated for r in rows) >= LEAST_RIGHT, [r.id for r in rows if not r.right]


def test_our_own_sentences() -> None:
    rows = list(sentences(OPEN))
    assert [r.text for r in rows if r.grave] == []
    assert sum(r.right for r in rows) >= 0.9 * len(rows), [r.text for r in rows if not r.right]


def test_nothing_is_confirmed_or_contradicted_that_is_not_so() -> None:
    rows = list(sentences(MORE))
    assert [r.text for r in rows if r.falsely_confirmed] == []
    assert [r.text for r in rows if r.falsely_contradicted] == []
    assert sum(r.right for r in rows) >= 0.92 * len(rows), [r.text for r in rows if not r.right]


def test_the_held_sets_are_as_they_were_set_aside() -> None:
    assert hashlib.sha256(HELD.read_bytes()).hexdigest() == HELD_SHA256
    assert hashlib.sha256(SECOND.read_bytes()).hexdigest() == SECOND_SHA256
