"""`steelyard eval NAME`: one table a name, with intervals, floors and a comparison.

    python -m tests.eval.run all
    python -m tests.eval.run retrieval --half open --json
    python -m tests.eval.run cranfield --against dense_weight=0.7,feedback=0

BM25 alone and dense alone are always beside the default. `--against` adds another configuration of `kb.ranking.Taste`
and the paired difference to it.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np

from kb.answerable import has_answer
from kb.embed import load_embedder
from kb.errors import BadInput
from kb.index import Indexes, open_indexes
from kb.retrieve import Retriever, Taste
from kb.settings import Settings
from kb.store import Store
from kb.types import Filter, Hit
from tests.eval import cranfield, house, retrieval
from tests.eval.corpus import open_corpus
from tests.eval.kept import CACHE, KeptEmbedder
from tests.eval.knowledge import NOW
from tests.eval.questions import SHARED
from tests.eval.retrieval_set import Half, Question, questions

Search = Callable[[str, Filter, int], list[Hit]]
K = 10


@dataclass(frozen=True, slots=True)
class Bench:
    """What every evaluation is given."""

    shared: Path
    home: Path
    embedder: KeptEmbedder
    half: Half
    against: Taste | None


def taste_of(text: str) -> Taste:
    """ "dense_weight=0.7,feedback=0" over the defaults."""
    given: dict[str, float] = {}
    known = {f.name for f in fields(Taste) if f.name not in ("tier_bonus", "fresh_topics")}
    for pair in filter(None, text.split(",")):
        name, _, value = pair.partition("=")
        if name not in known:
            raise BadInput(f"--against: {name!r} is no knob of ranking", hint=f"one of: {', '.join(sorted(known))}")
        try:
            given[name] = int(value) if name in ("feedback", "per_item", "per_long_item") else float(value)
        except ValueError:
            raise BadInput(f"--against: {value!r} is not a number", hint=f"write {name}=0.5") from None
    return replace(Taste(), **given)  # type: ignore[arg-type] # mypy reads ** as one type


def systems(store: Store, indexes: Indexes, bench: Bench) -> dict[str, Search]:
    """The two halves of fusion alone, the default, and what it is compared with."""

    def of(taste: Taste) -> Search:
        retriever = Retriever(store, bench.embedder, indexes, clock=lambda: NOW, taste=taste)
        return lambda question, filter, k: retriever.search(question, filter=filter, k=k)

    def alone(rank: Callable[[str, int], list[tuple[int, float]]]) -> Search:
        def search(question: str, filter: Filter, k: int) -> list[Hit]:
            ranked = rank(question, 20 * k)
            seen = store.items.passages([at for at, _ in ranked], filter)
            return [Hit(passage=seen[at], score=0.0) for at, _ in ranked if at in seen][:k]

        return search

    found = {
        "BM25": alone(lambda question, k: indexes.texts.search(question, k)),
        "dense": alone(lambda question, k: indexes.vectors.search(bench.embedder.embed_query(question), k)),
        "default": of(Taste()),
    }
    return {**found, "other": of(bench.against)} if bench.against else found


# ---------------------------------------------------------------- the evaluations


def run_cranfield(bench: Bench) -> list[house.Row]:
    folder = bench.shared / "data" / "benchmarks" / "cranfield"
    qrels, asked = cranfield.judgements(folder), cranfield.questions(folder)
    with cranfield.open_cranfield(bench.home / "cranfield", folder, bench.embedder) as store:
        indexes = _indexes(store, bench, "cranfield")
        measured = {
            name: house.ranked(
                qrels, {q: cranfield.documents_of(search(text, Filter(), 2 * K)) for q, text in asked.items()}
            )
            for name, search in systems(store, indexes, bench).items()
        }
        indexes.close()
    rows = [row for name, values in measured.items() for row in house.rows("cranfield", name, values)]
    for name, values in measured.items():
        for part, rest in (("odd", 1), ("even", 0)):
            half = [v for q, v in values["nDCG@10"].items() if int(q) % 2 == rest]
            rows.append(house.row("cranfield", name, f"nDCG@10, {part} questions", half))
    return rows + _difference("cranfield", measured)


def run_retrieval(bench: Bench) -> list[house.Row]:
    name, asked = f"retrieval {bench.half}", questions(bench.half)
    with open_corpus(bench.home / "corpus", bench.shared, bench.embedder) as store:
        indexes, places = _indexes(store, bench, "corpus"), retrieval.Places(store)
        units = {q.id: places.units(q) for q in asked if q.answerable}
        rows, measured = [], {}
        for system, search in systems(store, indexes, bench).items():
            found, spent = _searched(search, asked)
            measured[system] = house.ranked(*retrieval.qrels_and_run(units, found))
            rows += house.rows(name, system, measured[system]) + _parts(name, system, asked, measured[system])
            if system not in ("BM25", "dense"):
                said = [not has_answer(q.text, found[q.id]) for q in asked]
                rows += house.f1_row(name, system, "abstention", said, [not q.answerable for q in asked])
            rows.append(house.Row(name, system, "ms p95", float(np.percentile(spent, 95)), None, None, len(spent)))
        indexes.close()
    return rows + _difference(name, measured)


def _searched(search: Search, asked: Sequence[Question]) -> tuple[dict[str, list[Hit]], list[float]]:
    found, spent = {}, []
    search(asked[0].text, Filter(), K)  # outlines and caches are read once a process
    for question in asked:
        begun = time.perf_counter()
        found[question.id] = search(question.text, retrieval.filter_of(question), K)
        spent.append((time.perf_counter() - begun) * 1000)
    return found, spent


def _parts(name: str, system: str, asked: Sequence[Question], measured: Mapping[str, house.Values]) -> list[house.Row]:
    """Recall by kind and date, and the share of questions all of whose provisions were found."""
    recall = measured["recall@10"]
    answerable = [q for q in asked if q.answerable]
    rows = [
        house.row(name, system, f"recall@10 {kind}", [recall[q.id] for q in answerable if q.kind == kind])
        for kind in ("law", "licence", "feed")
    ]
    rows.append(house.row(name, system, "recall@10 as of a date", [recall[q.id] for q in answerable if q.as_of]))
    whole = [float(recall[q.id] == 1.0) for q in answerable]
    several = [float(recall[q.id] == 1.0) for q in answerable if len(q.units) > 1]
    rows.append(house.row(name, system, "full recall@10", whole))
    rows.append(house.row(name, system, "full recall@10, two provisions", several))
    return rows


def run_answers(bench: Bench) -> list[house.Row]:
    from tests.eval.answers import measured

    with open_corpus(bench.home / "corpus", bench.shared, bench.embedder) as store:
        indexes = _indexes(store, bench, "corpus")
        retriever = Retriever(store, bench.embedder, indexes, clock=lambda: NOW, taste=bench.against or Taste())
        rows = measured(f"answers {bench.half}", store, retriever, questions(bench.half))
        indexes.close()
    return rows


def run_staff(bench: Bench) -> list[house.Row]:
    """The must and must-not of the staff questions."""
    from tests.eval import questions as staff
    from tests.eval.knowledge import open_knowledge

    knowledge = open_knowledge(bench.home / "staff", bench.shared, bench.embedder)
    try:
        results = staff.evaluate(knowledge, staff.questions(bench.shared))
    finally:
        knowledge.close()
    judged = [float(bool(j.passed)) for _, js, _ in results.values() for j in js if j.passed is not None]
    unsound = sum(len(problems) for _, _, problems in results.values())
    return [
        house.row("staff", "default", "rules held", judged),
        house.Row("staff", "default", "problems of soundness", unsound, None, None, len(results)),
    ]


EVALUATIONS: Mapping[str, Callable[[Bench], list[house.Row]]] = {
    "cranfield": run_cranfield,
    "retrieval": run_retrieval,
    "answers": run_answers,
    "staff": run_staff,
}


def _indexes(store: Store, bench: Bench, name: str) -> Indexes:
    indexes = open_indexes(Settings(home=bench.home / name), store, bench.embedder)
    indexes.refresh()
    return indexes


def _difference(name: str, measured: Mapping[str, Mapping[str, house.Values]]) -> list[house.Row]:
    if "other" not in measured:
        return []
    return house.compared(name, measured["default"], measured["other"], "other - default")


def evaluate(
    names: Sequence[str], *, half: Half = "open", against: str = "", home: Path | None = None, shared: Path = SHARED
) -> tuple[list[house.Row], list[house.Broken]]:
    """Rows of each evaluation named, and the floors that they break. BadInput for a name or knob that is unknown."""
    unknown = [name for name in names if name not in (*EVALUATIONS, "all")]
    if unknown:
        raise BadInput(f"no evaluation is called {unknown[0]!r}", hint=f"one of: {', '.join([*EVALUATIONS, 'all'])}")
    if not (shared / "data").is_dir():
        raise BadInput(f"no recorded inputs under {shared}", hint="the folder `shared` lies beside a checkout")
    wanted = list(EVALUATIONS) if "all" in names else list(names)
    with ExitStack() as stack:
        place = home or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        CACHE.mkdir(parents=True, exist_ok=True)
        embedder = KeptEmbedder(load_embedder(Settings(home=CACHE.parent)))
        bench = Bench(shared, place, embedder, half, taste_of(against) if against else None)
        rows = [row for name in wanted for row in EVALUATIONS[name](bench)]
    return rows, house.broken(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", help=f"{', '.join(EVALUATIONS)} or all")
    parser.add_argument("--half", choices=("open", "held", "third"), default="open")
    parser.add_argument("--against", default="", help="another configuration: knob=value,...")
    parser.add_argument("--home", type=Path, help="keep the stores here (default: temporary; vectors are kept anyway)")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    rows, problems = evaluate(chosen.names, half=chosen.half, against=chosen.against, home=chosen.home)
    print(json.dumps(house.as_json(rows, problems), indent=1) if chosen.json else house.as_text(rows, problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
