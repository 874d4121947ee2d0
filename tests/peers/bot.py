"""A bot process for the peer tests: the shipped Slack door on a real store, settings from the environment.

`STEELYARD_TEST_ANSWERS=real` answers from the knowledge base with its starter facts; else a fake of the port answers.
"""

import os

from bot.doors.slack import run_slack
from bot.logs import configure_logging
from bot.wire import stop_on_signals
from bot.worker import Patience
from kb.settings import load_settings
from kb.store import Store
from tests.fakes import FakeSteelyard


def main() -> None:
    settings = load_settings()
    configure_logging(settings)
    stop, patience = stop_on_signals(), Patience(lease_s=2.0, poll_s=0.1, backoff_s=0.2)
    if os.environ.get("STEELYARD_TEST_ANSWERS") == "real":
        from bot.wire import build_steelyard, opened

        with opened(settings) as knowledge:
            run_slack(settings, knowledge.store, build_steelyard(knowledge), stop, patience=patience)
        return
    store = Store.open(settings.url)
    sentences = int(os.environ.get("STEELYARD_TEST_SENTENCES", "2"))
    run_slack(settings, store, FakeSteelyard(store, sentences=sentences), stop, patience=patience)
    store.close()


if __name__ == "__main__":
    main()
