"""Compiled patterns, kept between processes.

Reading a use case takes four hundred patterns, and to compile them a second and a half: most of a cold command. CPython
turns a pattern into a list of numbers (`re._compiler`), which `_sre.compile` checks and makes a Pattern of; those lists
are kept in a file, as byte code is in `__pycache__`. They hold for one build of the interpreter, which the file names;
a file that is missing, of another build or damaged is not used, and the patterns are compiled as ever.
"""

import json
import os
import re
import sys
import threading
import zlib
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

_CODE = "I"  # array type code of what the interpreter matches by: 32 bits unsigned


@dataclass(frozen=True, slots=True)
class _Made:
    """What `_sre.compile` takes beside the pattern."""

    flags: int
    code: "array[int]"
    groups: Mapping[str, int]
    count: int

    def pattern(self, source: str) -> re.Pattern[str]:
        names: list[str | None] = [None] * (self.count + 1)
        for name, number in self.groups.items():
            names[number] = name
        made: re.Pattern[str] = import_module("_sre").compile(
            source, self.flags, self.code.tolist(), self.count, dict(self.groups), tuple(names)
        )
        return made


class Kept:
    """The patterns of one file. Safe for threads; without a path nothing is kept."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._made: dict[str, _Made] = {}
        self._read = self._grown = False
        self._lock = threading.Lock()

    def at(self, path: Path) -> None:
        """Where to look when the first pattern is wanted."""
        with self._lock:
            self._path, self._read = path, self._read and path == self._path

    def compiled(self, source: str) -> re.Pattern[str]:
        """Patterns ignore case except where they say `(?-i:...)`."""
        with self._lock:
            if self._path is None:
                return re.compile(source, re.IGNORECASE)
            if not self._read:
                self._made, self._read = {**_read(self._path), **self._made}, True
            if source not in self._made:
                self._made[source], self._grown = _made(source), True
            return self._made[source].pattern(source)

    def save(self) -> None:
        """Write what this process had to compile. A folder that cannot be written to is left alone."""
        with self._lock:
            if self._path is not None and self._grown:
                self._grown = not _write(self._path, self._made)


KEPT = Kept()
compiled = lru_cache(maxsize=2048)(KEPT.compiled)


def _made(source: str) -> _Made:
    """As `re.compile` does it, stopping before the last step."""
    compiler: Any = import_module("re._compiler")
    tree: Any = import_module("re._parser").parse(source, re.IGNORECASE)
    code = array(_CODE, compiler._code(tree, re.IGNORECASE))
    return _Made(re.IGNORECASE | tree.state.flags, code, dict(tree.state.groupdict), tree.state.groups - 1)


def _read(path: Path) -> dict[str, _Made]:
    try:
        head, _, rest = path.read_bytes().partition(b"\n")
    except OSError:
        return {}
    if head != _head(rest):
        return {}
    rows, _, body = rest.partition(b"\n")
    codes = array(_CODE, body)
    made, at = {}, 0
    for source, flags, length, groups, count in json.loads(rows):
        made[source] = _Made(flags, codes[at : at + length], groups, count)
        at += length
    return made


def _write(path: Path, made: Mapping[str, _Made]) -> bool:
    rows = [(source, one.flags, len(one.code), one.groups, one.count) for source, one in made.items()]
    rest = json.dumps(rows).encode() + b"\n" + b"".join(one.code.tobytes() for one in made.values())
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(_head(rest) + b"\n" + rest)
        aside.replace(path)
    except OSError:
        return False
    return True


def _head(rest: bytes) -> bytes:
    """Which build of the interpreter, and what the rest comes to."""
    return f"{sys.version!r} {zlib.crc32(rest)}".encode()
