"""More staff questions, judged: `python -m tests.eval.battery [--home DIR] [--only TEXT] [--show] [--json]`.

The open half and the half held back are counted apart: tune on the open half and look at the other last. Prints per
question what failed and why; exit 1 if an open question fails. Questions on news are left out where no feeds were read.
"""

import argparse
import hashlib
import json
import re
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.answer import Answer
from tests.eval.knowledge import Knowledge, open_knowledge
from tests.eval.questions import SHARED, everything, said, sound

BATTERY = Path(__file__).with_name("battery.yaml")
_EARLY = 3  # sentences and rows that count as the beginning of an answer
_SAME = 0.72  # share of common words from which two sentences with the same names and figures are one
_FEEDS = 1000  # fewer stored items: no feeds were read


@dataclass(frozen=True, slots=True)
class Result:
    """One question, its answer and what is wrong with it."""

    question: Mapping[str, Any]
    answer: Answer
    failures: tuple[str, ...]

    @property
    def held(self) -> bool:
        return bool(self.question.get("held"))


def held_back(key: str) -> bool:
    """Which half an id belongs to."""
    return hashlib.sha256(key.encode()).digest()[0] % 2 == 1


def load() -> tuple[dict[str, int], list[dict[str, Any]]]:
    """Sentences allowed per kind, and the questions; a mark that does not follow from its id is an error."""
    battery = yaml.safe_load(BATTERY.read_text("utf-8"))
    questions = battery["questions"]
    keys = [q["id"] for q in questions]
    if len(set(keys)) != len(keys):
        raise ValueError(f"{BATTERY.name}: an id occurs twice")
    wrong = [q["id"] for q in questions if bool(q.get("held")) != held_back(q["id"])]
    if wrong:
        raise ValueError(f"{BATTERY.name}: `held` must follow from the id: {', '.join(wrong)}")
    return dict(battery["max_sentences"]), questions


def beginning(answer: Answer) -> str:
    """The first sentences, or the first rows where a table comes first."""
    rows = [" ".join(cell.text for cell in row) for table in answer.tables for row in table.rows]
    first = [s.text for s in answer.sentences[:_EARLY]] or [answer.answer[:400]]
    return "\n".join([*first, *rows[:_EARLY]])


def failures(question: Mapping[str, Any], answer: Answer, most: int) -> Iterator[str]:
    """Everything that the expectations find wrong."""
    whole, stated = everything(answer), said(answer)
    yield from (f"not said: {_written(p)}" for p in question.get("must", ()) if not _any(p, whole))
    start = beginning(answer)
    for pattern in question.get("early", ()):
        if not _any(pattern, start):
            yield f"{'late' if _any(pattern, whole) else 'not said'}: {_written(pattern)}"
    yield from (f"said: {_written(p)}" for p in question.get("must_not", ()) if _any(p, stated))
    lead = answer.sentences[0].text if answer.sentences else answer.answer
    yield from (f"not first: {_written(p)}" for p in question.get("first", ()) if not _any(p, lead))
    back = "\n".join(answer.questions)
    yield from (f"asks what was said: {_written(p)}" for p in question.get("unasked", ()) if _any(p, back))
    yield from _twice(answer)
    if "abstains" in question and bool(answer.abstained_because) != question["abstains"]:
        yield f"abstained: {answer.abstained_because}" if answer.abstained_because else "did not abstain"
    if question.get("asks") and not 1 <= len(answer.questions) <= 3:
        yield f"{len(answer.questions)} questions back"
    most = question.get("max_sentences", most)
    if len(answer.sentences) > most:
        yield f"{len(answer.sentences)} sentences, {most} are enough"


def _twice(answer: Answer) -> Iterator[str]:
    """Sentences that say what an earlier one said: the same names and figures, and nearly the same words."""
    before: list[tuple[frozenset[str], frozenset[str]]] = []
    for sentence in answer.sentences:
        tokens = re.findall(r"\w[\w.+-]*(?<![.-])", sentence.text)
        words = frozenset(t.lower() for t in tokens)
        marks = frozenset(t for t in tokens if t.lower() != t or any(c.isdigit() for c in t)) - {"The", "A"}
        if any(marks == m and len(words & w) >= _SAME * len(words | w) for w, m in before):
            yield f"said twice: {sentence.text[:70]}"
        before.append((words, marks))


def _any(pattern: str | Sequence[str], text: str) -> bool:
    patterns = [pattern] if isinstance(pattern, str) else pattern
    return any(re.search(p, text, re.IGNORECASE | re.MULTILINE) for p in patterns)


def _written(pattern: str | Sequence[str]) -> str:
    return f"/{pattern if isinstance(pattern, str) else ' or '.join(pattern)}/"


def run(knowledge: Knowledge, only: str = "") -> list[Result]:
    """Ask everything once, threads turn by turn."""
    limits, questions = load()
    feeds = knowledge.store.items.counts()["items"] >= _FEEDS
    results = []
    for question in questions:
        if only not in question["id"] or (question.get("needs") == "feeds" and not feeds):
            continue
        thread = f"battery-{question['id']}" if "turns" in question else ""
        if thread:  # an earlier run must not be remembered
            knowledge.store.threads.put("battery", "", thread, {}, workspace_id=None)
        as_of = date.fromisoformat(question["as_of"]) if "as_of" in question else None
        for text in question.get("turns") or [question["text"]]:
            answer = knowledge.steelyard.ask(text, door="battery", thread=thread, as_of=as_of)
        wrong = [*failures(question, answer, limits[question["kind"]]), *sound(answer, knowledge.store)]
        results.append(Result(question, answer, tuple(wrong)))
    return results


def report(results: Sequence[Result], *, show: bool) -> bool:
    """Print each half; True if no open question failed."""
    for held in (False, True):
        half = [r for r in results if r.held is held]
        print(f"\n== {'held back' if held else 'open'} ==")
        for r in half:
            asked = " / ".join(r.question.get("turns") or [r.question["text"]])
            print(
                f"{'FAIL' if r.failures else 'ok  '} {r.question['id']} [{r.answer.kind}] {asked}  "
                f"({len(r.answer.sentences)} sentences, {r.answer.timings_ms['total']:.0f} ms)"
            )
            for failure in r.failures:
                print(f"       {failure}")
            if show:
                print("       | " + r.answer.answer.replace("\n", "\n       | "))
        print(f"{sum(not r.failures for r in half)} of {len(half)} pass")
    _totals(results)
    return not any(r.failures for r in results if not r.held)


def _totals(results: Sequence[Result]) -> None:
    print("\nby kind:")
    for kind in dict.fromkeys(r.question["kind"] for r in results):
        half = [[r for r in results if r.question["kind"] == kind and r.held is held] for held in (False, True)]
        counts = [f"{sum(not r.failures for r in h)}/{len(h)}" for h in half]
        print(f"  {kind:15} open {counts[0]:6} held {counts[1]}")
    spent = sorted(r.answer.timings_ms["total"] for r in results)
    if len(spent) > 1:
        p95 = statistics.quantiles(spent, n=20)[-1]
        print(f"p50 {statistics.median(spent):.0f} ms, p95 {p95:.0f} ms, longest {spent[-1]:.0f} ms")
    quoted = sum(c.quote is not None for r in results for c in r.answer.citations)
    print(f"{quoted} quotations sought in the stored text")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="a knowledge base to ask (default: a temporary one without feeds)")
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--only", default="", help="questions whose id contains this")
    parser.add_argument("--show", action="store_true", help="print the answers too")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    from kb.embed import load_embedder
    from kb.settings import Settings

    with tempfile.TemporaryDirectory() as temporary:
        home = chosen.home or Path(temporary)
        knowledge = open_knowledge(home, chosen.shared, load_embedder(Settings(home=home)))
        try:
            results = run(knowledge, chosen.only)
        finally:
            knowledge.close()
    if chosen.json:
        print(
            json.dumps(
                [
                    {"id": r.question["id"], "failures": r.failures, "answer": r.answer.model_dump(mode="json")}
                    for r in results
                ],
                indent=1,
            )
        )
        return int(any(r.failures for r in results if not r.held))
    return 0 if report(results, show=chosen.show) else 1


if __name__ == "__main__":
    sys.exit(main())
