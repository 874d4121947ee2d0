"""How long ingestion takes and what memory it needs, embedding left out: `python -m tests.bench.bench_ingest [DIR]`.

Serves every feed of DIR (default: the recorded ones) from a process of its own and reads them twice in this one.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from ingest.fetch import Fetcher
from ingest.sources import SOURCES
from ingest.update import SourceReport, refresh
from kb.settings import Settings
from kb.store import Store
from kb.types import SourceDraft, utc_now

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "data" / "feeds"


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(home: Path, urls: list[str]) -> dict[str, object]:
    settings = Settings(
        home=home,
        allow_private_addresses=True,
        host_pause_s=0,
        host_concurrency=8,
        full_text=False,
        starter_sources=False,
    )
    before = peak_mib()
    with Store.open(settings.url) as store, Fetcher(settings, utc_now) as fetcher:
        for url in urls:
            store.sources.add(SourceDraft(kind="feed", url=url))

        def read() -> tuple[float, list[SourceReport]]:
            begun = time.perf_counter()
            rng = random.Random(1)
            done = refresh(store, fetcher, SOURCES, settings, utc_now, rng, owner="bench", all_sources=True)
            return time.perf_counter() - begun, done

        first_s, first = read()
        second_s, second = read()
        counts = store.items.counts()
    entries = sum(report.new for report in first)
    return {
        "sources": len(urls),
        "entries": entries,
        "duplicates": sum(report.duplicates for report in first),
        "failed": [f"{r.url}: {r.reason}" for r in first if r.outcome != "fetched"],
        "passages": counts["passages"],
        "first_s": round(first_s, 2),
        "entries_per_s": round(entries / first_s),
        "second_s": round(second_s, 2),
        "second_not_modified": sum(report.outcome == "not_modified" for report in second),
        "mib_before": round(before),
        "peak_mib": round(peak_mib()),
        "database_mib": round((home / "steelyard.db").stat().st_size / 2**20, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="measure ingestion without embedding")
    parser.add_argument("folder", type=Path, nargs="?", default=RECORDED)
    folder: Path = parser.parse_args().folder
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.xml"))
    command = [sys.executable, "-m", "tests.servers", str(folder)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server,
        tempfile.TemporaryDirectory() as home,
    ):
        assert server.stdout is not None
        base = server.stdout.readline().strip()
        try:
            print(json.dumps(measure(Path(home), [base + path for path in paths]), indent=2))
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
