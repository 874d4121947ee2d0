"""How long does a cold process take to its first answer, and what does it hold in memory?

    python -m tests.bench.bench_cold --cache DIR                       `steelyard ask` over 6,000 entries
    python -m tests.bench.bench_cold --cache DIR --passages 100000     the bot, to its first answer, over the store that
                                                                       bench_scale made

Every run is a new process with a warm page cache. Wall time hangs on what else the machine does; CPU time hardly.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from kb.index import open_indexes
from kb.store import Store
from tests.bench.bench_embed import ROOT, embedder
from tests.bench.bench_scale import Place, fill

ENTRIES, PER_ENTRY = 6000, 4
QUESTION = "What does the Llama 3.1 licence permit for commercial use?"
BOT = """
import sys, time, resource
from bot.wire import build_steelyard, opened
import bot.doors.slack
from kb.settings import load_settings
with opened(load_settings()) as knowledge:
    steelyard = build_steelyard(knowledge)
    steelyard.warm()
    answer = steelyard.ask(sys.argv[1])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, len(answer.sentences))
"""


def home_of_entries(cache: Path) -> Path:
    """A home with the real vectors that there are and the starter facts, made once."""
    place = Place(cache / f"cold-{ENTRIES}", ENTRIES * PER_ENTRY, "local")
    if not place.told.exists():
        place.home.mkdir(parents=True, exist_ok=True)
        one = embedder(int8=True)
        with place.settings() as settings, Store.open(settings.url) as store:
            fill(store, one, place, cache)
            open_indexes(settings, store, one).close()
    return place.home


def timed(command: list[str], home: Path) -> tuple[float, float, str]:
    """(wall seconds, CPU seconds, what it printed)"""
    environment = {**os.environ, "STEELYARD_HOME": str(home), "STEELYARD_STARTER_SOURCES": "false"}
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    took, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 3):  # 3: it cannot answer, which takes as long
        raise SystemExit(done.stderr[-2000:])
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def tell(name: str, command: list[str], home: Path, runs: int) -> None:
    timed(command, home)  # the first one loads the starter facts
    told = [timed(command, home) for _ in range(runs)]
    wall, cpu = [took for took, _, _ in told], [worked for _, worked, _ in told]
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"{name}: wall {np.median(wall):.2f} s (best {min(wall):.2f}), "
        f"CPU {np.median(cpu):.2f} s (best {min(cpu):.2f}), at most {memory:.0f} MB resident "
        f"(load {os.getloadavg()[0]:.1f})"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--passages", type=int, default=0)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    cache = given.cache.resolve()
    if given.passages:
        home = cache / f"local-{given.passages}"
        if not (home / "filled.json").exists():
            raise SystemExit(f"first: python -m tests.bench.bench_scale --cache {cache} --passages {given.passages}")
    else:
        home = home_of_entries(cache)
    models = home / "models"
    if not models.exists():
        models.symlink_to(ROOT / "tests" / ".cache" / "models")
    if given.passages:
        tell(f"bot, {given.passages} passages", [sys.executable, "-c", BOT, QUESTION], home, given.runs)
    else:
        cli = [sys.executable, "-m", "bot.doors.cli"]
        tell("imports alone (--help)", [*cli, "--help"], home, given.runs)
        tell(f"steelyard ask, {ENTRIES} entries", [*cli, "ask", QUESTION], home, given.runs)


if __name__ == "__main__":
    main()
