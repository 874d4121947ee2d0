"""A bot process for the peer tests: the shipped Slack door on a real store, settings from the environment.

`STEELYARD_TEST_ANSWERS=real` answers from the knowledge base with its starter facts; else a fake of the port answers,
in STEELYARD_TEST_SENTENCES sentences, each after STEELYARD_TEST_PAUSE_S.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bot.doors.slack import run_slack
from bot.logs import configure_logging
from bot.wire import build_administration, stop_on_signals
from bot.worker import Patience
from kb.settings import Settings, load_settings
from kb.store import Store
from kb.types import utc_now
from tests.fakes import FakeSteelyard


def main() -> None:
    settings = load_settings()
    configure_logging(settings)
    stop, patience = stop_on_signals(), Patience(lease_s=2.0, poll_s=0.1, backoff_s=0.2)
    if os.environ.get("STEELYARD_TEST_ANSWERS") == "real":
        from bot.wire import build_steelyard, opened

        with opened(settings) as knowledge:
            administration = build_administration(knowledge.store, settings)
            run_slack(
                settings,
                knowledge.store,
                build_steelyard(knowledge),
                stop,
                patience=patience,
                administration=administration,
            )
        return
    store = Store.open(settings.url)
    sentences = int(os.environ.get("STEELYARD_TEST_SENTENCES", "2"))
    pause_s = float(os.environ.get("STEELYARD_TEST_PAUSE_S", "0"))
    administration = build_administration(store, settings)
    with looking(store, settings, stop):
        answers = FakeSteelyard(store, sentences=sentences, pause_s=pause_s)
        run_slack(settings, store, answers, stop, patience=patience, administration=administration)
    store.close()


@contextmanager
def looking(store: Store, settings: Settings, stop: threading.Event) -> Iterator[None]:
    """Answer probes as the scheduler of a whole process does."""
    from ingest.fetch import Fetcher
    from ingest.probing import answer_probes

    def look() -> None:
        with Fetcher(settings, utc_now) as fetcher:
            while not stop.wait(0.2):
                answer_probes(store, fetcher, utc_now, owner="looking", stopped=stop.is_set)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


if __name__ == "__main__":
    main()
