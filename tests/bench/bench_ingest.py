"""How long ingestion takes and what memory it needs, embedding left out.

    python -m tests.bench.bench_ingest [DIR]       every feed of DIR (default: the recorded ones), read twice
    python -m tests.bench.bench_ingest --refresh   1,000 unchanged feeds on as many hosts, beside lemon24/reader
    python -m tests.bench.bench_ingest --month     10,000 sources scheduled for a simulated month

Feeds are served from a process of their own. The peer lives in its own environment: tests/bench/peers/install.sh.
"""

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.fetch import Fetcher
from ingest.sources import SOURCES
from ingest.update import SourceReport, refresh
from kb.settings import Settings
from kb.store import Store
from kb.types import SourceDraft, utc_now
from tests.bench.many_hosts import host
from tests.bench.month import simulate

HOSTS, REFRESHES = 1000, 100
PEER = Path(os.environ.get("STEELYARD_READER_PEER", "/tmp/steelyard-reader-peer"))
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


def rss_mib() -> float:
    """What is resident now, unlike the peak."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def many_feeds(count: int) -> Iterator[list[str]]:
    """Addresses of feeds on as many loopback hosts, for as long as it lasts."""
    command = [sys.executable, "-m", "tests.bench.many_hosts", str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        port = int(server.stdout.readline())
        yield [f"http://{host(n)}:{port}/feed.xml" for n in range(count)]
        server.stdin.close()


def unchanged(home: Path, urls: list[str], refreshes: int) -> dict[str, object]:
    """One first reading, then so many in which nothing has changed."""
    settings = Settings(home=home, allow_private_addresses=True, full_text=False, starter_sources=False)
    times: list[float] = []
    resident: list[float] = []
    with Store.open(settings.url) as store, Fetcher(settings, utc_now) as fetcher:
        for url in urls:
            store.sources.add(SourceDraft(kind="feed", url=url))
        for _ in range(refreshes + 1):
            begun = time.perf_counter()
            done = refresh(
                store, fetcher, SOURCES, settings, utc_now, random.Random(1), owner="bench", all_sources=True
            )
            times.append(time.perf_counter() - begun)
            resident.append(rss_mib())
            assert len(done) == len(urls)
            assert len(times) == 1 or {report.outcome for report in done} == {"not_modified"}
    steady = times[1:]
    return {
        "feeds": len(urls),
        "first_s": round(times[0], 2),
        "refreshes": len(steady),
        "median_s": round(statistics.median(steady), 2),
        "worst_s": round(max(steady), 2),
        "mib_after_refresh_10": round(resident[min(10, refreshes)], 1),
        "mib_after_the_last": round(resident[-1], 1),
    }


def beside_reader(urls: list[str]) -> dict[str, object]:
    """The same feeds from the same server, read by lemon24/reader in its own environment."""
    python = PEER / "bin" / "python"
    if not python.exists():
        return {"reader": f"not installed: bash tests/bench/peers/install.sh {PEER}"}
    script = Path(__file__).parent / "peers" / "reader_refresh.py"
    command = [str(python), str(script)]
    done = subprocess.run(command, input="\n".join(urls), capture_output=True, text=True, check=True, timeout=600)
    told: dict[str, object] = json.loads(done.stdout)
    return told


def bench_refresh(refreshes: int) -> None:
    with many_feeds(HOSTS) as urls, tempfile.TemporaryDirectory() as home:
        print(json.dumps({"steelyard": unchanged(Path(home), urls, refreshes)}, indent=2), flush=True)
        print(json.dumps({"lemon24/reader": beside_reader(urls)}, indent=2))


def bench_month(sources: int, days: int) -> None:
    with tempfile.TemporaryDirectory() as home:
        month = simulate(Path(home), sources=sources, days=days, say=lambda line: print(line, flush=True))
    print(f"{sources:,} sources, {days} days: {month.requests:,} requests, {month.failures:,} of them failed")
    mean_s = month.sum_lateness_s / max(1, month.requests)
    print(f"worst lateness {month.worst_lateness_s:.0f} s, mean {mean_s:.0f} s; {len(month.broken)} promises broken")
    for promise in month.broken[:10]:
        print(f"  {promise}")


def main() -> None:
    parser = argparse.ArgumentParser(description="measure ingestion without embedding")
    parser.add_argument("folder", type=Path, nargs="?", default=RECORDED)
    parser.add_argument("--refresh", action="store_true", help="1,000 unchanged feeds, beside lemon24/reader")
    parser.add_argument("--refreshes", type=int, default=REFRESHES)
    parser.add_argument("--month", action="store_true", help="schedule sources under a simulated clock")
    parser.add_argument("--sources", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=30)
    options = parser.parse_args()
    if options.refresh:
        bench_refresh(options.refreshes)
    elif options.month:
        bench_month(options.sources, options.days)
    else:
        bench_recorded(options.folder)


def bench_recorded(folder: Path) -> None:
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
