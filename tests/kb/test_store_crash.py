"""Many at once, and killed in the middle: no row claimed twice, none lost, none half written."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest

from kb.errors import StoreError
from kb.store import Store
from kb.types import Filter
from tests.kb.store_builders import a_source, an_inquiry, an_item, an_outbox_draft

ROOT = Path(__file__).parents[2]
WORKERS = 6
T = TypeVar("T")


def at_once(work: Callable[[int], T]) -> list[T]:
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(work, range(WORKERS)))


def drain(claim: Callable[[], list[int]]) -> list[int]:
    """Claim until nothing is left. SKIP LOCKED may show an empty queue while another still holds the rows."""
    found: list[int] = []
    for _ in range(200):
        some = claim()
        found += some
        if not some:
            break
    return found


def test_no_work_is_claimed_twice(store: Store) -> None:
    for n in range(40):
        store.sources.add(a_source(f"https://{n}.example/"))
        store.inbox.accept(an_inquiry(f"e{n}", thread=f"{n}.1"))  # of one thread only the oldest is due
    store.items.write_many(1, [an_item(str(n)) for n in range(20)])
    claims: tuple[Callable[[str], list[int]], ...] = (
        lambda owner: [s.id for s in store.sources.claim_due(owner=owner, limit=3, lease_s=600)],
        lambda owner: [r.id for r in store.inbox.claim(owner, 3, 600)],
        lambda owner: [r.passage_id for r in store.vectors.claim_unembedded(owner=owner, limit=3, lease_s=600)],
    )
    for claim in claims:
        found = [n for some in at_once(lambda k, claim=claim: drain(lambda: claim(f"w{k}"))) for n in some]
        found += drain(lambda claim=claim: claim("last"))
        assert sorted(found) == list(range(1, 41))


def test_the_same_thing_from_many_threads_is_stored_once(store: Store) -> None:
    source = store.sources.add(a_source()).id
    assert sorted(at_once(lambda _: store.items.write(source, an_item()))) == ["new"] + ["unchanged"] * (WORKERS - 1)
    for accepted in (
        at_once(lambda _: store.inbox.accept(an_inquiry())),
        at_once(lambda k: store.inbox.accept(an_inquiry(f"e{k}", message_key="m"))),
        at_once(lambda _: store.outbox.put(an_outbox_draft())),
    ):
        assert len({row_id for row_id, _ in accepted}) == 1
        assert sum(new for _, new in accepted) == 1
    at_once(lambda k: store.settings.put("s", "k", str(k)))
    at_once(lambda k: store.threads.put("slack", "C", "1", {"k": k}))
    assert store.settings.get("s", "k") in {str(k) for k in range(WORKERS)}
    assert sum(at_once(lambda k: store.lease("indexer", f"w{k}", 60))) == 1
    at_once(lambda _: store.vectors.check_model("m", "1", 3))


def test_edits_from_many_threads_follow_one_another(store: Store) -> None:
    source = store.sources.add(a_source()).id
    store.items.write(source, an_item())
    at_once(lambda k: store.items.write(source, an_item(text=f"edit {k}")))
    versions = store.items.versions(1)
    assert [v.version for v in versions] == list(range(1, WORKERS + 2))
    assert [v.known_until is None for v in versions] == [False] * WORKERS + [True]


def test_killed_while_writing_leaves_whole_items(store: Store, store_url: str) -> None:
    source = store.sources.add(a_source()).id
    code = (
        "import sys; from kb.store import Store; from tests.kb.store_builders import an_item\n"
        "store = Store.open(sys.argv[1])\n"
        "lines = '\\n'.join(f'line {k}' for k in range(20))\n"
        "for n in range(10**6): store.items.write(1, an_item(str(n), f'item {n}\\n{lines}'))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-c", code, store_url], env=environment)
    try:
        deadline = time.monotonic() + 60
        while store.items.counts()["items"] < 20:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    counts = store.items.counts()
    assert counts["versions"] == counts["items"]
    assert counts["passages"] == 21 * counts["items"]
    assert store.items.count_matching(Filter(), cap=10**7) == counts["passages"]
    assert set(store.items.heads(source)) == {str(n) for n in range(counts["items"])}
    assert store.items.write(source, an_item("after the crash")) == "new"


def test_an_error_in_a_transaction_undoes_it(store: Store) -> None:
    source = store.sources.add(a_source()).id
    drafts = [an_item("good"), an_item("bad", known_from=an_item().known_from.replace(tzinfo=None))]
    with pytest.raises(Exception, match="no time zone"):
        store.items.write_many(source, drafts)
    assert store.items.heads(source) == {}


def test_a_database_that_stays_busy_is_said_so(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/steelyard.db"
    with Store.open(url) as store, Store.open(f"{url}?timeout=0.2") as other, store.db.write():
        assert other.sources.list() == []  # readers do not wait for a writer
        with pytest.raises(StoreError, match="another process holds it too long") as caught:
            other.sources.add(a_source())
    assert caught.value.hint == "try again"
