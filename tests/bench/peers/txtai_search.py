"""txtai, hybrid, over documents and questions of standard input; prints times and rankings as JSON."""

import json
import sys
import time

import psutil


def main() -> None:
    given = json.load(sys.stdin)
    from txtai import Embeddings

    embeddings = Embeddings({"path": given["model"], "hybrid": True, "content": False, "gpu": False})
    begun = time.perf_counter()
    embeddings.index([(number, text, None) for number, text in given["documents"]])
    indexed = time.perf_counter() - begun
    embeddings.search("warm up", 10)
    times, ranked = [], []
    for question in given["questions"]:
        begun = time.perf_counter()
        found = embeddings.search(question, 10)
        times.append((time.perf_counter() - begun) * 1e3)
        ranked.append([int(number) for number, _ in found])
    memory = psutil.Process().memory_info().rss
    print(json.dumps({"index_s": indexed, "times_ms": times, "ranked": ranked, "rss": memory}))


if __name__ == "__main__":
    main()
