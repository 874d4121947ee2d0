"""Workers between the database and a door: questions in, answers out; announcements out. Each said once.

    inbox row -> claim (lease) -> begin (a sign of life) -> ask -> answer recorded -> finish (posted) -> done

A kill at any arrow is survived: the lease runs out, another worker claims the row, an answer that was recorded is not
asked again, and the door looks for what is already visible before it posts on a second attempt.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.answer.contract import Answer, Sentence
from bot.answer.stored import restored
from bot.decide.snapshot import unpack_use_case
from bot.hold import Hold, held
from bot.logs import reference_id
from kb.decide.use_case import UseCase
from kb.errors import Cancelled, FetchError, ServiceError, SteelyardError, StoreError
from kb.store import Store
from kb.types import InboxRow, OutboxRow

log = structlog.get_logger("steelyard.worker")


class Answerer(Protocol):
    """What a worker needs of `bot.answer.Steelyard`."""

    def ask(
        self,
        question: str,
        *,
        workspace_id: str | None = None,
        door: str = "cli",
        channel: str = "",
        thread: str = "",
        user: str = "",
        on_sentence: Callable[[Sentence], None] | None = None,
        cancel: threading.Event | None = None,
        inbox_id: int | None = None,
        use_case: UseCase | None = None,
    ) -> Answer:
        """Answer, and record the answer under `inbox_id`. `use_case`: what a form says, to be decided as it stands.

        Once `cancel` is set: Cancelled, and nothing is recorded.
        """
        ...


class Delivery(Protocol):
    """One question's way back to who asked."""

    def sentence(self, sentence: Sentence) -> None:
        """Show a verified sentence as soon as it is there. Never raises for want of streaming."""
        ...

    def finish(self, answer: Answer, answer_id: int | None) -> str:
        """Make the whole answer visible once, whatever an earlier attempt left behind; returns where it is."""
        ...

    def notice(self, text: str) -> str:
        """Say this in place of an answer, once."""
        ...

    def stopped(self) -> str:
        """Complete what is visible as stopped by who asked, once."""
        ...


class Door(Protocol):
    """Where people ask and are told. `name` is what inbox and outbox rows carry."""

    name: str

    def begin(self, row: InboxRow) -> Delivery:
        """Give a sign of life for this question and open its way back."""
        ...

    def post(self, row: OutboxRow) -> str:
        """Post an announcement once: on a second attempt look for the first one before posting. Returns where it is."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long and how often. The lease is renewed every third of itself."""

    lease_s: float = 30.0
    poll_s: float = 0.5
    attempts: int = 3  # askings; after them only the apology is tried
    apologies: int = 5
    backoff_s: float = 5.0

    def retry_at(self, now: datetime, attempt: int) -> datetime:
        return now + timedelta(seconds=min(self.backoff_s * 2 ** max(0, attempt - 1), 600.0))


class InboxWorker:
    """Claims questions of one door and answers them. Any number may run, in any number of processes."""

    def __init__(
        self,
        store: Store,
        answerer: Answerer,
        door: Door,
        *,
        owner: str,
        clock: Callable[[], datetime],
        patience: Patience | None = None,
    ) -> None:
        self._store = store
        self._answerer = answerer
        self._door = door
        self._owner = owner
        self._clock = clock
        self._patience = patience or Patience()

    def run(self, stop: threading.Event, wake: threading.Event) -> None:
        """Work until `stop`; `wake` says that a question has just been accepted."""
        while not stop.is_set():
            wake.clear()
            if not self.step():
                wake.wait(self._patience.poll_s)

    def step(self) -> bool:
        """Claim and finish one question, if there is one. False also when the database is out of reach for now."""
        try:
            rows = self._store.inbox.claim(
                owner=self._owner, limit=1, lease_s=self._patience.lease_s, door=self._door.name
            )
            for row in rows:
                self._work(row)
        except StoreError:
            log.exception("inbox out of reach")
            return False
        return bool(rows)

    def _work(self, row: InboxRow) -> None:
        delivery: Delivery | None = None
        with held(self._store, row, self._owner, self._patience.lease_s) as hold:
            try:
                delivery = self._door.begin(row)
                self._answer(row, delivery, hold)
            except StoreError:
                raise
            except SteelyardError as error:
                if hold.lost.is_set():  # another worker has the row now; whatever we hold is theirs to say
                    log.warning("lease lost", inbox_id=row.id)
                elif hold.stopped.is_set():
                    self._stopped(row, delivery)
                else:
                    self._failed(row, delivery, error, str(error), error.hint)
            except Exception as error:  # a defect of ours: logged under a reference, never shown
                log.exception("answering failed", inbox_id=row.id)
                if not hold.lost.is_set():
                    self._failed(row, delivery, error, "Something went wrong on our side.", "")

    def _answer(self, row: InboxRow, delivery: Delivery, hold: Hold) -> None:
        _go_on(hold)
        if row.attempts > self._patience.attempts:
            self._apologise(row, delivery, row.error or "This question could not be answered.", "")
            return
        if not row.inquiry.text.strip():
            delivery.notice("Ask me a question, for example: what licence is Kimi K2.5 under?")
            self._done(row)
            return
        recorded = self._store.answers.for_inbox(row.id)
        answer = restored(self._store, recorded) if recorded else self._ask(row, delivery, hold.cancel)
        recorded = recorded or self._store.answers.for_inbox(row.id)
        if not self._store.inbox.renew(row.id, self._owner, self._patience.lease_s):
            hold.end(hold.lost)
        _go_on(hold)
        delivery.finish(answer, recorded.id if recorded else None)
        self._done(row)

    def _ask(self, row: InboxRow, delivery: Delivery, cancel: threading.Event) -> Answer:
        inquiry = row.inquiry
        filled = inquiry.payload.get("use_case")
        return self._answerer.ask(
            inquiry.text,
            workspace_id=inquiry.workspace_id,
            door=inquiry.door,
            channel=inquiry.channel,
            thread=inquiry.thread,
            user=inquiry.user,
            on_sentence=delivery.sentence,
            cancel=cancel,
            inbox_id=row.id,
            use_case=unpack_use_case(json.loads(filled)) if filled else None,
        )

    def _done(self, row: InboxRow) -> None:
        if not self._store.inbox.done(row.id, self._owner):
            log.warning("answered after the lease was lost", inbox_id=row.id)

    def _stopped(self, row: InboxRow, delivery: Delivery | None) -> None:
        try:
            (delivery or self._door.begin(row)).stopped()
        except ServiceError as error:
            self._later(row, error, "stopped")
            return
        self._store.inbox.stopped(row.id, self._owner)
        log.info("question stopped", inbox_id=row.id)

    def _failed(self, row: InboxRow, delivery: Delivery | None, error: Exception, words: str, hint: str) -> None:
        """Try again later where that may help, else tell who asked."""
        defect = not isinstance(error, SteelyardError)
        if (defect or _transient(error)) and row.attempts < self._patience.attempts:
            self._retry(row, words)
            return
        try:
            self._apologise(row, delivery or self._door.begin(row), words, hint)
        except ServiceError as unheard:
            self._later(row, unheard, words)

    def _later(self, row: InboxRow, error: ServiceError, words: str) -> None:
        """The last word could not be said: again later, a few times, if that may help."""
        log.error("could not tell who asked", inbox_id=row.id, error=str(error))
        if error.transient and row.attempts < self._patience.attempts + self._patience.apologies:
            self._retry(row, words)
        else:
            self._store.inbox.fail(row.id, self._owner, words, retry_at=None)

    def _retry(self, row: InboxRow, words: str) -> None:
        retry_at = self._patience.retry_at(self._clock(), row.attempts)
        log.warning("will try again", inbox_id=row.id, attempt=row.attempts, retry_at=retry_at.isoformat())
        self._store.inbox.fail(row.id, self._owner, words, retry_at=retry_at)

    def _apologise(self, row: InboxRow, delivery: Delivery, words: str, hint: str) -> None:
        reference = reference_id()
        log.error("question not answered", inbox_id=row.id, reference=reference, error=words, attempts=row.attempts)
        advice = f" {hint[0].upper()}{hint[1:]}." if hint else ""
        delivery.notice(f"I could not answer this. {words}{advice} Reference: {reference}")
        self._store.inbox.fail(row.id, self._owner, f"{words} [{reference}]", retry_at=None)


class OutboxWorker:
    """Posts announcements of one door: claim -> post -> sent. The door reconciles on a second attempt."""

    def __init__(
        self,
        store: Store,
        door: Door,
        *,
        owner: str,
        clock: Callable[[], datetime],
        patience: Patience | None = None,
    ) -> None:
        self._store = store
        self._door = door
        self._owner = owner
        self._clock = clock
        self._patience = patience or Patience(attempts=10, backoff_s=30.0)

    def step(self) -> bool:
        """Claim and post one announcement, if there is one."""
        rows = self._store.outbox.claim(
            owner=self._owner, limit=1, lease_s=self._patience.lease_s, door=self._door.name
        )
        for row in rows:
            self._post(row)
        return bool(rows)

    def _post(self, row: OutboxRow) -> None:
        try:
            ref = self._door.post(row)
        except ServiceError as error:
            again = error.transient and row.attempts < self._patience.attempts
            retry_at = self._patience.retry_at(self._clock(), row.attempts) if again else None
            log.warning("announcement not posted", key=row.draft.idempotency_key, error=str(error), again=again)
            self._store.outbox.fail(row.id, self._owner, str(error), retry_at=retry_at)
            return
        if not self._store.outbox.sent(row.id, self._owner, ref):
            log.warning("announcement posted after the lease was lost", key=row.draft.idempotency_key)


def _transient(error: Exception) -> bool:
    return isinstance(error, ServiceError | FetchError) and error.transient


def _go_on(hold: Hold) -> None:
    if hold.cancel.is_set():
        raise Cancelled("stopped, or taken over by another worker")
