"""How long is a full decision, and where does the time go? `python -m tests.bench.bench_decide`.

Over the shipped facts (some 200 concrete options), 5,000 draws, flips and questions; one core. Prints process time,
coldest and median of several, the share of each step, and the agreement of ranks with pymcdm.
"""

import argparse
import cProfile
import os
import pstats
import time
from decimal import Decimal
from statistics import median

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from kb.decide.engine import decide
from kb.decide.types import Decision
from kb.decide.uncertainty import DRAWS, forget_draws
from kb.decide.use_case import UseCase
from tests.kb.decide.shipped import TODAY, catalogue, cited

STEPS = {  # function -> what it is
    ("what_if.py", "screening"): "filters",
    ("engine.py", "_weigh"): "draws (main and quick)",
    ("engine.py", "_questions"): "questions",
    ("flips.py", "find_flips"): "flips",
    ("engine.py", "_assessed"): "published costs",
}
USE = UseCase(
    task="chat",
    requests_per_month=Decimal(5_000_000),
    tokens_in_per_request=Decimal(1000),
    tokens_out_per_request=Decimal(500),
    mlops_fte=Decimal(3),
)


def once() -> tuple[float, Decision]:
    forget_draws()
    began = time.process_time()
    decision = decide(USE, catalogue().options, as_of=TODAY, cited=cited())
    return time.process_time() - began, decision


def profile() -> None:
    forget_draws()
    profiler = cProfile.Profile()
    profiler.runcall(decide, USE, catalogue().options, as_of=TODAY, cited=cited())
    rows = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    total = max(row[3] for row in rows.values())
    print("where it goes (under the profiler; quick draws count in questions and flips too):")
    for (path, _, name), row in sorted(rows.items(), key=lambda item: -item[1][3]):
        step = STEPS.get((path.rsplit("/", 1)[-1], name))
        if step:
            print(f"  {step:<24} {row[3] / total:5.0%}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--oracle", action="store_true", help="also print the agreement of ranks with pymcdm")
    arguments = parser.parse_args()
    catalogue(), cited()
    times, decisions = zip(*(once() for _ in range(arguments.runs)), strict=True)
    kept = len(decisions[0].assessed)
    print(f"{len(catalogue().options)} options, {kept} weighed to the end, {DRAWS} draws")
    print(f"first {times[0] * 1000:.0f} ms, median {median(times) * 1000:.0f} ms of process time; target 500 ms")
    profile()
    if arguments.oracle:
        from tests.kb.decide.test_oracle import METHODS, mean_tau

        for name in METHODS:
            print(f"  Kendall tau with {name:<24} {mean_tau(name):.3f}")


if __name__ == "__main__":
    main()
