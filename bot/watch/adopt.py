"""Every answer and decision becomes a watch of its own thread, without anybody asking for it.

A thread's newer decision takes the place of its older one, which is then no longer looked at. Answers that nobody can
be told of, or that rest on no fact, are passed over for good: their watch has ended when it begins.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.decide.service import decision_in
from kb.store import Store
from kb.store.decisions import DecisionRecord
from kb.store.watches import State, Watch, WatchDraft
from kb.types import AnswerRecord

# After a year a choice is due to be made anew: models and prices of then are hardly on offer.
WATCHED_FOR = timedelta(days=365)
PRIVATE = "command:"  # the thread of a question that was answered to one person alone: no thread to be told in
KINDS = ("fact", "regulation", "permission", "comparison", "claim", "follow_up", "decision")


def adopt(store: Store, now: datetime) -> int:
    """Watch what nobody watches yet, and end what is too old; returns how many are new."""
    since = now - WATCHED_FOR
    new = 0
    for found in store.watches.unwatched_answers(since):
        new += _adopt_answer(store, store.answers.get(found.id))
    for found in store.watches.unwatched_decisions(since):
        new += _adopt_decision(store, store.decisions.get(found.id, workspace_id=found.workspace_id))
    for watch in store.watches.on():
        if watch.created_at < since:
            store.watches.set_state(watch.id, "ended")
    return new


def _adopt_answer(store: Store, record: AnswerRecord) -> bool:
    decided = decision_in(record.body)
    worth = record.kind in KINDS and bool(record.body.get("facts")) and not record.thread.startswith(PRIVATE)
    if decided is not None:
        return _adopt_decision(store, store.decisions.get(decided, workspace_id=record.workspace_id), record.id)
    state: State = "on" if worth and _is_of_its_day(record) else "ended"
    return store.watches.add(_draft(record, state=state, answer_id=record.id))[1]


def _adopt_decision(store: Store, record: DecisionRecord, answer_id: int | None = None) -> bool:
    private = record.thread.startswith(PRIVATE)
    state: State = "on" if _is_of_its_day(record) and not private and _weighed(record.verdict) else "ended"
    earlier = _earlier(store, record)
    if any(watch.decision_id is not None and watch.decision_id > record.id for watch in earlier):
        state = "ended"
    elif state == "on" and any(watch.state == "muted" for watch in earlier):
        state = "muted"
    watch, new = store.watches.add(_draft(record, state=state, answer_id=answer_id, decision_id=record.id))
    if answer_id is not None and watch.answer_id != answer_id:  # told twice after a crash: one watch will do
        ended = _draft(record, state="ended", answer_id=answer_id)
        new = store.watches.add(ended)[1] or new
    for watch in earlier if state != "ended" else ():
        if watch.decision_id is not None and watch.decision_id < record.id and watch.state != "ended":
            store.watches.set_state(watch.id, "ended")
    return new


def _earlier(store: Store, record: DecisionRecord) -> list[Watch]:
    """The thread's own watches of its decisions; the terminal's decisions without a thread have nothing in common."""
    if not record.thread:
        return []
    here = store.watches.in_thread(record.door, record.channel, record.thread, workspace_id=record.workspace_id)
    return [watch for watch in here if watch.role == "thread" and watch.decision_id not in (None, record.id)]


def _weighed(verdict: Mapping[str, object]) -> bool:
    """Whether there was anything to decide: too little said gives questions alone."""
    return bool(verdict.get("options") or verdict.get("eliminated"))


def _is_of_its_day(record: AnswerRecord | DecisionRecord) -> bool:
    """A question about an earlier day has its answer for good."""
    return record.as_of >= record.created_at.date()


def _draft(
    record: AnswerRecord | DecisionRecord, *, state: State, answer_id: int | None, decision_id: int | None = None
) -> WatchDraft:
    return WatchDraft(
        workspace_id=record.workspace_id,
        answer_id=answer_id,
        decision_id=decision_id,
        door=record.door,
        channel=record.channel,
        thread=record.thread,
        user=record.user,
        state=state,
    )
