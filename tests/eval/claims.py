"""Are claims judged as a careful reader judges them? `python -m tests.eval.claims [--held] [--misses]`.

The ledger over the two founding articles (claim found in the article, judged as the ledger allows, with a dated
source), and single sentences on topics that the ledger does not touch: the first sixty (both halves are development
data by now), those that the judges were developed with, and a set by another hand, held whole with its hash and run
once. Of sentences, both rates of error are told: falsely confirmed, the worst, and falsely contradicted.
On the shipped facts alone.
"""

import argparse
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.answer.book import FactBook
from bot.check.judge import judged
from bot.check.one_sided import not_said
from bot.check.values import Judged
from kb.types import FactView
from tests.kb.decide.shipped import TODAY, views

HERE = Path(__file__).parent
ARTICLES = HERE.parents[2] / "shared" / "articles"
LEDGER, OPEN, HELD, MORE, SECOND = (
    HERE / f"claims_{name}.yaml" for name in ("ledger", "open", "held", "more", "second_held")
)
HELD_SHA256 = "77ff5a1113c471b9ea5d724a143aa4a2ddd194395dca697feb3efe639e2b8cfc"
SECOND_SHA256 = "108b70033f093d46bc07aa47c3538054d202380b4b802a53e87fb151335e4666"
CODES = {"C": "confirmed", "Q": "qualified", "X": "contradicted", "U": "unverifiable", "A": "added"}


@dataclass(frozen=True, slots=True)
class Row:
    id: str
    allowed: frozenset[str]
    said: str  # "" where the claim was not found
    dated: bool
    text: str

    @property
    def right(self) -> bool:
        return self.said in self.allowed

    @property
    def grave(self) -> bool:
        """Confirmed what must be contradicted."""
        return self.falsely_confirmed and "contradicted" in self.allowed

    @property
    def falsely_confirmed(self) -> bool:
        return self.said == "confirmed" and "confirmed" not in self.allowed

    @property
    def falsely_contradicted(self) -> bool:
        return self.said == "contradicted" and "contradicted" not in self.allowed


@cache
def book() -> FactBook:
    return FactBook(views())


@cache
def facts() -> Mapping[str, FactView]:
    return {view.fact.key: view for view in book().views}


def check(text: str, today: date = TODAY) -> list[Judged]:
    return judged(text, book(), today)[0]


def ledger() -> Iterator[Row]:
    """Each claim of the ledger beside what the product says of it."""
    articles = {path.name[:3]: path.read_text("utf-8") for path in ARTICLES.glob("*.txt")}
    claims = {name: check(text) for name, text in articles.items()}
    for row in yaml.safe_load(LEDGER.read_text("utf-8")):
        name = f"{int(row['article']):03d}"
        yield _row(row, articles[name], claims[name])


def _row(row: Mapping[str, Any], article: str, claims: Sequence[Judged]) -> Row:
    at = article.find(row["at"])
    assert at >= 0, row["at"]
    start, end = _sentence(article, at)
    found = [
        c
        for c in claims
        if c.start < end and c.start + len(c.text) > start and re.search(row["topic"], c.finding.topic)
    ]
    allowed = frozenset(CODES[code] for code in row["verdict"])
    if row["verdict"] == "A":
        added = [f for f in not_said(claims, facts()) if re.search(row["topic"], f.topic)]
        return Row(row["id"], allowed, "added" if added else "", bool(added and added[0].evidence), "")
    best = found[0] if found else None
    return Row(
        row["id"],
        allowed,
        best.finding.verdict if best else "",
        bool(best and best.finding.evidence),
        best.text if best else "",
    )


def _sentence(article: str, at: int) -> tuple[int, int]:
    start = max(article.rfind(mark, 0, at) for mark in (". ", "\n", "? "))
    ends = [e for mark in (". ", ".\n", "? ", "\n") if (e := article.find(mark, at)) >= 0]
    return start + 1, min(ends, default=len(article))


def sentences(path: Path) -> Iterator[Row]:
    """The verdict on the sentence as a whole, of several the gravest: none hides behind another."""
    for n, row in enumerate(yaml.safe_load(path.read_text("utf-8")), 1):
        claims = check(row["text"])
        order = ("contradicted", "qualified", "confirmed", "unverifiable")
        best = min(claims, key=lambda c: order.index(c.whole), default=None)
        dated = any(c.finding.evidence for c in claims)
        yield Row(str(n), frozenset(row["verdict"]), best.whole if best else "", dated, row["text"])


def _print(title: str, rows: Sequence[Row], *, misses: bool) -> None:
    judged_ = [r for r in rows if r.said]
    print(f"{title}: found {len(judged_)} of {len(rows)}; judged as labelled {sum(r.right for r in rows)}; "
          f"confirmed against the label {sum(r.grave for r in rows)}; "
          f"right and with a dated source {sum(r.right and r.dated for r in rows)}")  # fmt: skip
    for words, wrong in (("confirmed", "falsely_confirmed"), ("contradicted", "falsely_contradicted")):
        count = sum(getattr(r, wrong) for r in rows)
        print(f"  falsely {words}: {count} of {len(rows)} ({count / len(rows):.1%})")
    told = Counter((("/".join(sorted(r.allowed))), r.said or "not found") for r in rows)
    for (want, got), count in sorted(told.items()):
        print(f"  {want:32} -> {got:14} {count}")
    for r in rows if misses else ():
        if not r.right or not r.dated:
            told_ = f"wanted {'/'.join(sorted(r.allowed))}, got {r.said or 'nothing'}"
            print(f"  {r.id:4} {told_}{'' if r.dated else ' (undated)'}: {r.text[:110]}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--held", action="store_true")
    parser.add_argument("--misses", action="store_true", help="print them (ledger and open half only)")
    chosen = parser.parse_args(arguments)
    for path, expected in ((HELD, HELD_SHA256), (SECOND, SECOND_SHA256)):
        if hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            print(f"{path.name} has been changed")
            return 1
    if ARTICLES.is_dir():
        rows = list(ledger())
        print("ledger", *(f"{r.id}:{r.said[:4] or '-'}{'' if r.right else '!'}" for r in rows))
        _print("ledger", rows, misses=chosen.misses)
    _print("first sentences, open half", list(sentences(OPEN)), misses=chosen.misses)
    _print("first sentences, other half", list(sentences(HELD)), misses=False)
    _print("sentences to develop with", list(sentences(MORE)), misses=chosen.misses)
    if chosen.held:
        _print("second hand, held whole", list(sentences(SECOND)), misses=False)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
