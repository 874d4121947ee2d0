"""A question while a worker has it: its lease is kept, and whoever wants it stopped is heard."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from kb.errors import StoreError
from kb.store import Store
from kb.types import InboxRow

log = structlog.get_logger("steelyard.worker")

LISTEN_S = 0.5  # how often a working process looks whether its question was stopped


class Hold:
    """`cancel` is set when the work is to end: the lease is `lost`, or who asked has `stopped` it."""

    def __init__(self, *, stopped: bool) -> None:
        self.cancel, self.lost, self.stopped = threading.Event(), threading.Event(), threading.Event()
        if stopped:
            self.end(self.stopped)

    def end(self, why: threading.Event) -> None:
        why.set()
        self.cancel.set()


@contextmanager
def held(store: Store, row: InboxRow, owner: str, lease_s: float) -> Iterator[Hold]:
    """Renew the lease every third of itself while the block runs, and listen for a stop."""
    hold, over = Hold(stopped=row.stopped_by is not None), threading.Event()

    def keep() -> None:
        every = min(LISTEN_S, lease_s / 3)
        left = lease_s / 3
        while not over.wait(every):
            left -= every
            try:
                if store.inbox.is_stopped(row.id):
                    hold.end(hold.stopped)
                if left > 0:
                    continue
                left, kept = lease_s / 3, store.inbox.renew(row.id, owner, lease_s)
            except StoreError:
                log.exception("could not renew a lease", inbox_id=row.id)
                continue
            if not kept and not over.is_set():
                hold.end(hold.lost)
                return

    keeper = threading.Thread(target=keep, name=f"lease-{row.id}", daemon=True)
    keeper.start()
    try:
        yield hold
    finally:
        over.set()
        keeper.join()
