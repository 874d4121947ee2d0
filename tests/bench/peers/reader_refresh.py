"""lemon24/reader over the feeds of standard input, one a line; prints times as JSON. Runs in its own environment."""

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from reader import make_reader

WORKERS, REFRESHES = 8, 5


def main() -> None:
    urls = sys.stdin.read().split()
    with tempfile.TemporaryDirectory() as home:
        reader = make_reader(str(Path(home) / "reader.db"))
        for url in urls:
            reader.add_feed(url)
        times = []
        for _ in range(REFRESHES + 1):
            begun = time.perf_counter()
            reader.update_feeds(scheduled=False, workers=WORKERS)
            times.append(time.perf_counter() - begun)
        entries = reader.get_entry_counts().total
        reader.close()
    steady = times[1:]
    told = {"feeds": len(urls), "entries": entries, "first_s": round(times[0], 2), "refreshes": len(steady)}
    print(json.dumps(told | {"median_s": round(statistics.median(steady), 2), "worst_s": round(max(steady), 2)}))


if __name__ == "__main__":
    main()
