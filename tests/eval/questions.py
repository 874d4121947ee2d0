"""The twenty staff questions, judged: `python -m tests.eval.questions [--home DIR] [--shared DIR] [--json]`.

Prints per question each must and must-not with how it was judged, and checks over all answers that every quotation
stands in the stored text, every sentence has evidence and no answer carries a link. Exit 1 if a rule fails.
"""

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from bot.answer import Answer
from kb.store import Store
from tests.eval.knowledge import Knowledge, open_knowledge

RULES = Path(__file__).with_name("staff_questions.yaml")
SHARED = Path(__file__).resolve().parents[3] / "shared"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One rule and its outcome; `passed` None: waits for the decision engine."""

    name: str
    must_not: bool
    passed: bool | None
    how: str


def rules() -> Mapping[str, Any]:
    return dict(yaml.safe_load(RULES.read_text("utf-8")))


def questions(shared: Path) -> dict[str, str]:
    """The questions by id, as they are recorded."""
    lines = (shared / "domain" / "questions.jsonl").read_text("utf-8").splitlines()
    return {row["id"]: row["question"] for row in map(json.loads, lines)}


def said(answer: Answer) -> str:
    """Sentences and tables: what the answer states."""
    cells = [cell.text for table in answer.tables for row in table.rows for cell in row]
    return "\n".join([*(s.text for s in answer.sentences), *cells])


def everything(answer: Answer) -> str:
    return "\n".join([answer.answer, *answer.questions, *answer.notes, answer.abstained_because or ""])


def judge(rule: Mapping[str, Any], answer: Answer, *, must_not: bool) -> Judgement:
    """Every condition of the rule, in words."""
    if rule.get("later"):
        return Judgement(rule["name"], must_not, None, f"waits for the engine ({rule['later']})")
    failures = [*_unsaid(rule, answer), *_unmet(rule, answer)]
    if failures:
        return Judgement(rule["name"], must_not, False, "; ".join(failures))
    conditions = [k for k in ("says", "any", "never", "cites", "fact", "abstains", "asks") if k in rule]
    return Judgement(rule["name"], must_not, True, f"held: {', '.join(conditions)}")


def _found(pattern: str, text: str) -> bool:
    return bool(re.search(pattern, text, re.IGNORECASE | re.MULTILINE))


def _unsaid(rule: Mapping[str, Any], answer: Answer) -> list[str]:
    text = everything(answer)
    missing = [f"not said: /{p}/" for p in rule.get("says", ()) if not _found(p, text)]
    if "any" in rule and not any(_found(p, text) for p in rule["any"]):
        missing.append(f"none said: {rule['any']}")
    return missing + [f"said: /{p}/" for p in rule.get("never", ()) if _found(p, said(answer))]


def _unmet(rule: Mapping[str, Any], answer: Answer) -> list[str]:
    unmet = []
    if "cites" in rule and not any(_found(rule["cites"], f"{c.title} {c.url}") and c.quote for c in answer.citations):
        unmet.append(f"no quoted citation of {rule['cites']}")
    if "fact" in rule:
        subject, field = rule["fact"].split()
        if not any(fnmatchcase(f.subject, subject) and f.field == field for f in answer.facts):
            unmet.append(f"no fact {rule['fact']}")
    if rule.get("abstains") and not answer.abstained_because:
        unmet.append("did not abstain")
    if rule.get("asks") and not 1 <= len(answer.questions) <= 3:
        unmet.append(f"{len(answer.questions)} questions back")
    return unmet


def sound(answer: Answer, store: Store) -> list[str]:
    """What must hold of every answer, whatever was asked."""
    problems = []
    for citation in answer.citations:
        ids = (citation.version_id,) if citation.version_id else ()
        if citation.quote is not None and store.items.find_quote(citation.quote, version_ids=ids) is None:
            problems.append(f"[{citation.n}] is quoted but not stored: {citation.quote[:80]!r}")
    for sentence in answer.sentences:
        if not sentence.citations and not sentence.formula:
            problems.append(f"no evidence: {sentence.text[:80]}")
        if any(not 1 <= n <= len(answer.citations) for n in sentence.citations):
            problems.append(f"a citation that is not there: {sentence.text[:80]}")
    if _found(r"https?://", said(answer)):
        problems.append("a link in a sentence")
    if _found(r"you are compliant", everything(answer)):
        problems.append("a verdict of compliance")
    return problems


def evaluate(knowledge: Knowledge, asked: Mapping[str, str]) -> dict[str, tuple[Answer, list[Judgement], list[str]]]:
    results = {}
    for key, rule in rules().items():
        answer = knowledge.steelyard.ask(asked[key])
        judged = [Judgement("kind", False, answer.kind == rule["kind"], f"is {answer.kind}")]
        judged += [judge(r, answer, must_not=False) for r in rule["must"]]
        judged += [judge(r, answer, must_not=True) for r in rule["must_not"]]
        results[key] = (answer, judged, sound(answer, knowledge.store))
    return results


def report(results: Mapping[str, tuple[Answer, Sequence[Judgement], Sequence[str]]]) -> bool:
    """Print it all; True if nothing failed."""
    marks = {True: "ok  ", False: "FAIL", None: "wait"}
    for key, (answer, judged, problems) in results.items():
        print(f"\n{key} [{answer.kind}] {answer.question}  ({answer.timings_ms['total']:.0f} ms)")
        for j in judged:
            print(f"  {marks[j.passed]} {'must not' if j.must_not else 'must    '}  {j.name}: {j.how}")
        for problem in problems:
            print(f"  FAIL unsound   {problem}")
    every = [j for _, judged, _ in results.values() for j in judged]
    unsound = sum(len(p) for _, _, p in results.values())
    quoted = sum(c.quote is not None for a, _, _ in results.values() for c in a.citations)
    passed, waiting = sum(j.passed is True for j in every), sum(j.passed is None for j in every)
    print(
        f"\n{passed} of {len(every) - waiting} rules hold, {waiting} wait for the engine; {quoted} "
        f"quotations, {unsound} problems of soundness"
    )
    return not unsound and passed + waiting == len(every)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="keep the knowledge base here (default: a temporary directory)")
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--no-embed", action="store_true", help="search by words alone")
    chosen = parser.parse_args(arguments)
    from kb.embed import load_embedder
    from kb.settings import Settings

    with tempfile.TemporaryDirectory() as temporary:
        home = chosen.home or Path(temporary)
        knowledge = open_knowledge(home, chosen.shared, load_embedder(Settings(home=home)), embed=not chosen.no_embed)
        try:
            return 0 if report(evaluate(knowledge, questions(chosen.shared))) else 1
        finally:
            knowledge.close()


if __name__ == "__main__":
    sys.exit(main())
