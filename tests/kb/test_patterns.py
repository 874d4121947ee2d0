"""Patterns that come out of the file are those that `re` compiles."""

import re
from pathlib import Path

import pytest

from kb.patterns import Kept

SOURCES = [
    r"(?P<n>\d[\d,]*)\s*(?:tokens?|tok)\b(?!\s*per)",
    r"(?-i:[A-Z]{2})(?:\s*,\s*(?-i:[A-Z]{2}))*",
    r"(?<![\w.])(?P<a>half|one)? ?(?P<b>million|Milliarde|größe)\b",
    r"(a)|(?P<named>b)|c",
    r"[^\W_]+é?",
]
TEXTS = [
    "20,000 TOKENS and 5 tok per page",
    "DE, fr, AT",
    "Half million; one MILLIARDE GRÖßE",
    "abcABC",
    "café_x É",
    "",
]


def kept(path: Path) -> Kept:
    one = Kept()
    one.at(path)
    return one


@pytest.mark.parametrize("source", SOURCES)
def test_a_kept_pattern_finds_what_re_finds(source: str, tmp_path: Path) -> None:
    first = kept(tmp_path / "patterns")
    first.compiled(source)
    first.save()
    for pattern in (first.compiled(source), kept(tmp_path / "patterns").compiled(source)):
        plain = re.compile(source, re.IGNORECASE)
        assert (pattern.pattern, pattern.flags, pattern.groups) == (plain.pattern, plain.flags, plain.groups)
        assert pattern.groupindex == plain.groupindex
        for text in TEXTS:
            got = [(m.span(), m.groups(), m.lastgroup) for m in pattern.finditer(text)]
            assert got == [(m.span(), m.groups(), m.lastgroup) for m in plain.finditer(text)]


def test_what_is_kept_is_read_and_not_compiled_again(tmp_path: Path) -> None:
    path = tmp_path / "patterns"
    for _ in range(2):
        one = kept(path)
        for source in SOURCES:
            one.compiled(source)
        one.save()
    before = path.stat().st_mtime_ns
    again = kept(path)
    again.compiled(SOURCES[0])
    again.save()
    assert path.stat().st_mtime_ns == before
    again.compiled("new one")
    again.save()
    assert path.stat().st_mtime_ns > before
    assert [p.name for p in tmp_path.iterdir()] == ["patterns"]


@pytest.mark.parametrize("harm", ["flip", "cut", "other build", "empty"])
def test_a_damaged_file_is_not_believed(harm: str, tmp_path: Path) -> None:
    path = tmp_path / "patterns"
    one = kept(path)
    one.compiled(SOURCES[0])
    one.save()
    good = path.read_bytes()
    flipped = good[:-3] + bytes([good[-3] ^ 1]) + good[-2:]
    harmed = {"flip": flipped, "cut": good[:-4], "empty": b"", "other build": good.replace(b"3.", b"2.", 1)}
    path.write_bytes(harmed[harm])
    again = kept(path)
    assert again.compiled(SOURCES[0]).search("12 tokens")
    again.save()
    assert path.read_bytes() == good


def test_a_folder_that_cannot_be_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    one = kept(tmp_path / "file" / "patterns")
    assert one.compiled("a").search("A")
    one.save()


def test_without_a_path_nothing_is_kept() -> None:
    one = Kept()
    assert one.compiled("a") == re.compile("a", re.IGNORECASE)
    one.save()
