"""The clock of a process. It only ticks: what is due is a column, so a late or a doubled tick does no harm.

Each tick is a callable without arguments; wiring passes them in, so that this room knows neither doors nor indexes.
"""

import logging
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from socketserver import BaseServer
from typing import Any

from kb.errors import SteelyardError

EVERY_S = {
    "refresh": 60.0,
    "probes": 1.0,
    "articles": 300.0,
    "websub": 300.0,
    "embed": 60.0,
    "index": 30.0,
    "digest": 60.0,
}
USUAL_S = 60.0

log = logging.getLogger("steelyard.schedule")


class Scheduler:
    """Runs every tick at once and then each at its own pace, never twice at the same time.

    A tick that raises is logged under a reference and comes again. `stopping` is set by `stop`, for ticks that
    can end early; `stop` then waits for those that are under way. `servers` listen from `start` to `stop`.
    """

    def __init__(
        self,
        ticks: Mapping[str, Callable[[], object]],
        *,
        every_s: Mapping[str, float] = EVERY_S,
        stopping: threading.Event | None = None,
        servers: Sequence[BaseServer] = (),
    ) -> None:
        self._servers = servers
        self.stopping = stopping or threading.Event()
        self._scheduler = _background(max(1, len(ticks)), self._failed)
        for name, tick in ticks.items():
            seconds = every_s.get(name, USUAL_S)
            self._scheduler.add_job(tick, "interval", seconds=seconds, id=name, next_run_time=datetime.now(UTC))

    def start(self) -> None:
        self._scheduler.start()
        for server in self._servers:
            threading.Thread(target=server.serve_forever, daemon=True, name="listening").start()

    def stop(self) -> None:
        """No further tick begins; returns when the last one under way has ended. Calling it again does nothing."""
        self.stopping.set()
        if self._scheduler.running:
            for server in self._servers:
                server.shutdown()
            self._scheduler.shutdown(wait=True)
        for server in self._servers:
            server.server_close()

    def _failed(self, event: Any) -> None:
        reference, error = secrets.token_hex(4), event.exception
        if isinstance(error, SteelyardError):
            log.warning("tick %s failed (%s): %s", event.job_id, reference, error)
        else:
            log.error("defect in tick %s (%s)", event.job_id, reference, exc_info=error)


def _background(threads: int, failed: Callable[[Any], None]) -> Any:
    """APScheduler's own: it catches what a job raises and tells listeners."""
    from apscheduler.events import EVENT_JOB_ERROR
    from apscheduler.executors.pool import ThreadPoolExecutor
    from apscheduler.schedulers.background import BackgroundScheduler

    # It would log every failure a second time, and every tick that finds the one before still at work.
    logging.getLogger("apscheduler.executors").setLevel(logging.CRITICAL)
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    made = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(threads)},
        job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
        timezone=UTC,
    )
    made.add_listener(failed, EVENT_JOB_ERROR)
    return made
