"""How well plain words are parsed: `python -m tests.eval.usecases [--set own|fresh|third|fourth] [--held] [--misses]`.

Prints precision and recall per input over the messages of one half of one set, and the time a message takes. `own` was
written before the parser; the others by people who never saw it. Each half held back was fixed, with its hash, before
the parser was tuned on anything of its set; its misses are not shown until it is spent. Figures of a spent half are
printed as such: they measure nothing any more. Of each half held back, precision and recall when it was run once:

    fresh    0.935  0.827   2026-11-22, spent since
    third    0.964  0.934   2026-11-22, spent since
    fourth   0.961  0.919   2026-11-23, its misses unread
"""

import argparse
import hashlib
import statistics
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from bot.answer.usecase import parse
from kb.decide.use_case import INPUTS, UseCase


@dataclass(frozen=True, slots=True)
class Labelled:
    """A set of messages with the inputs they state: an open half, if it has one, and one held back until it is `spent`.

    Without a hash the held half is not fixed yet.
    """

    open: Path | None
    held: Path
    held_sha256: str | None
    spent: bool = False

    def held_is_untouched(self) -> bool:
        return self.held.exists() and hashlib.sha256(self.held.read_bytes()).hexdigest() == self.held_sha256

    def readable(self) -> list[Path]:
        """The halves that may be looked at."""
        return [path for path in (self.open, self.held if self.spent else None) if path]


_HERE = Path(__file__).parent
OWN = Labelled(
    _HERE / "usecases_open.yaml",
    _HERE / "usecases_held.yaml",
    "7e7d2d832312a37f23524f5b7b1ab3b3c094d46823a50f7a3b37e3d2978d99cd",
)
FRESH = Labelled(
    _HERE / "usecases_fresh_open.yaml",
    _HERE / "usecases_fresh_held.yaml",
    "2a139e119dd89efd0d5ff9367a44992e17aa8341515cee707887830af5d9617e",
    spent=True,  # now open
)
THIRD = Labelled(
    None,
    _HERE / "usecases_third_held.yaml",
    "976e3d446e6550625f3739eed5f00de63ca22a4e1a3b2231456254551dd188c0",
    spent=True,  # now open
)
FOURTH = Labelled(
    None, _HERE / "usecases_fourth_held.yaml", "dd02b42804a850fd7ddc602a171d8fb0420fed8018bd3c2262170bb408bfd31e"
)
SETS: Mapping[str, Labelled] = {"own": OWN, "fresh": FRESH, "third": THIRD, "fourth": FOURTH}
_SLUGS = (
    *("llama-4", "llama-4-maverick", "llama-3.3", "mistral-large-3", "deepseek-v3.2", "deepseek-v4-pro", "kimi-k2.5"),
    *("kimi-k3", "gpt-oss-120b", "gpt-4o", "gpt-5", "claude-opus-5.5", "claude-sonnet-5", "glm-5", "glm-5.2"),
    *("gemma-3", "qwen3-8b"),
)
MODELS: Mapping[str, str] = {slug: slug for slug in _SLUGS}


@dataclass(slots=True)
class Score:
    """Counts by input: right, wrong or unasked for, and missing. A wrong value is both wrong and missing."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)

    def precision(self, name: str | None = None) -> float:
        return _share(*(c[name] if name else c.total() for c in (self.right, self.wrong)))

    def recall(self, name: str | None = None) -> float:
        return _share(*(c[name] if name else c.total() for c in (self.right, self.missing)))


def _share(part: int, rest: int) -> float:
    return part / (part + rest) if part + rest else 1.0


def load(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load(path.read_text("utf-8")))


def read(turns: Sequence[str]) -> UseCase:
    """The use case after the last turn."""
    case: UseCase | None = None
    for text in turns:
        case = parse(text, earlier=case, models=MODELS)
    return case or UseCase()


def _plain(value: object) -> object:
    """Values as the YAML writes them, rounded as shares are."""
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, int | float | Decimal):
        return round(float(value), 4)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    return sorted(value) if isinstance(value, list | frozenset) else value


def found(case: UseCase) -> dict[str, object]:
    values = {name: getattr(case, name) for name in INPUTS}
    return {k: _plain(v) for k, v in values.items() if v is not None and v != frozenset() and v != {}}


def measure(cases: Sequence[Mapping[str, Any]]) -> Score:
    score = Score()
    for case in cases:
        turns = case.get("turns") or [case["text"]]
        expected = {k: _plain(v) for k, v in case["expect"].items()}
        got = found(read(turns))
        for name in sorted(expected.keys() | got.keys()):
            _count(score, name, expected.get(name), got.get(name), " / ".join(turns))
    return score


def _count(score: Score, name: str, expected: object, got: object, text: str) -> None:
    if expected == got:
        score.right[name] += 1
        return
    score.wrong[name] += got is not None
    score.missing[name] += expected is not None
    score.misses.append(f"{name}: expected {expected!r}, got {got!r} | {text}")


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", choices=SETS, default="own", help="whose messages")
    parser.add_argument("--held", action="store_true", help="the half held back")
    parser.add_argument("--misses", action="store_true", help="show what went wrong (of an open or a spent half)")
    options = parser.parse_args(argv)
    labelled = SETS[options.set]
    path = labelled.held if options.held else labelled.open
    refusal = _refusal(labelled, path)
    if path is None or refusal:
        print(refusal)
        return 1
    cases = load(path)
    score = measure(cases)
    if labelled.spent and path == labelled.held:
        print(f"{path.name} is SPENT: the parser has been taught on it since, and this is no measure")
    if options.misses and path in labelled.readable():
        print("\n".join(score.misses))
    print(f"{'input':32}{'right':>6}{'wrong':>6}{'missing':>8}{'precision':>10}{'recall':>8}")
    for name in [n for n in INPUTS if score.right[n] + score.wrong[n] + score.missing[n]]:
        print(_row(name, score.right[name], score.wrong[name], score.missing[name], score, name))
    print(_row("total", score.right.total(), score.wrong.total(), score.missing.total(), score, None))
    print(f"{len(cases)} texts, {_median_ms(cases):.2f} ms of processor a message (median)")
    return 0


def _refusal(labelled: Labelled, path: Path | None) -> str:
    """Why a half is not measured; empty where it may be."""
    if path is None:
        return "this set has no open half: add --held"
    if path != labelled.held:
        return ""
    if not path.exists():
        return f"{path.name} is not there yet"
    if labelled.held_sha256 is None:
        return f"{path.name} is not fixed yet: give its SHA-256 in this file before it is measured"
    return "" if labelled.held_is_untouched() else "the held half is not the one that was fixed before tuning"


def _median_ms(cases: Sequence[Mapping[str, Any]]) -> float:
    """The processor time to read one message, each alone, after the patterns were compiled."""
    took = []
    for text in [t for case in cases for t in case.get("turns") or [case["text"]]]:
        start = time.process_time()
        parse(text, models=MODELS)
        took.append(1000 * (time.process_time() - start))
    return statistics.median(took)


def _row(label: str, right: int, wrong: int, missing: int, score: Score, name: str | None) -> str:
    return f"{label:32}{right:6}{wrong:6}{missing:8}{score.precision(name):10.3f}{score.recall(name):8.3f}"


if __name__ == "__main__":
    raise SystemExit(main())
