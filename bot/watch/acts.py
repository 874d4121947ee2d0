"""What people may do about a watch, whichever door they come through: mute, wake, leave, accept, subscribe.

A thread's watch is its asker's (or an admin's) to mute and to accept; a subscription is its subscriber's. Accepting
asks the same use case once more in the thread: the usual way makes the new record and shows the difference.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.decide.snapshot import pack_use_case, unpack_use_case
from kb.errors import BadInput, NotAllowed, NotFound
from kb.store import Store
from kb.store.watches import Watch, WatchDraft
from kb.types import Inquiry

Allows = Callable[[str, str], bool]
Kind = Literal["decision", "answer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who acts, and in which channel they were seen to act."""

    workspace_id: str
    user: str
    channel: str = ""


@dataclass(frozen=True, slots=True)
class WatchActs:
    """`allows(team, user)`: is that an admin? Asked only of who is not the owner."""

    store: Store
    allows: Allows

    def mute(self, watch_id: int, by: Person) -> Watch:
        """Nothing more is told here; a muted watch can be woken."""
        return self._set(watch_id, by, "muted")

    def wake(self, watch_id: int, by: Person) -> Watch:
        """What moved while it was muted is told at the next look."""
        return self._set(watch_id, by, "on")

    def end(self, watch_id: int, by: Person) -> Watch:
        return self._set(watch_id, by, "ended")

    def accepted(self, watch_id: int, by: Person) -> Inquiry:
        """The question that makes a new record, to be stored by the door; pressed twice it is the same one."""
        watch = self._owned(watch_id, by)
        if watch.role != "thread" or watch.door != "slack":
            raise BadInput("only the thread in which it was asked can take a new record")
        if watch.state == "ended":
            raise BadInput("this thread has a newer decision already", hint="see the latest message of the thread")
        question, use_case = self._asked(watch)
        return Inquiry(
            event_id=f"accept:{watch.id}:{watch.told}",
            door=watch.door,
            workspace_id=watch.workspace_id,
            channel=watch.channel,
            thread=watch.thread,
            user=by.user,
            text=question,
            payload={"surface": "form", "ts": watch.thread, **({"use_case": use_case} if use_case else {})},
        )

    def subscribe(self, kind: Kind, number: int, by: Person, *, to: str) -> tuple[Watch, bool]:
        """(the watch, is it new) of a decision or an answer, told in the direct messages `to`.

        Only where it was asked: whoever acts in that channel may read its answers. NotFound anywhere else.
        """
        record = self._record(kind, number, by.workspace_id)
        if record.channel != by.channel:
            raise NotFound(f"no {kind} {number} was asked in this channel")
        decided = number if kind == "decision" else None
        draft = WatchDraft(
            workspace_id=by.workspace_id,
            answer_id=None if decided is not None else number,
            decision_id=decided,
            door="slack",
            channel=to,
            thread="",
            user=by.user,
            role="subscriber",
        )
        watch, new = self.store.watches.add(draft)
        if watch.state != "on":
            self.store.watches.set_state(watch.id, "on")
            return self.store.watches.get(watch.id, workspace_id=by.workspace_id), True
        return watch, new

    def mine(self, by: Person) -> list[tuple[Watch, str]]:
        """What somebody is told of, with the questions."""
        own = self.store.watches.of_user(by.user, workspace_id=by.workspace_id)
        return [(watch, self._asked(watch)[0]) for watch in own]

    def of_decision(self, number: int, by: Person) -> Watch:
        """The watch that a person means by a decision's number: their subscription, else the thread's own."""
        every = self.store.watches.list(workspace_id=by.workspace_id, states=("on", "muted"))
        found = [watch for watch in every if watch.decision_id == number]
        own = [watch for watch in found if watch.role == "subscriber" and watch.user == by.user]
        here = [watch for watch in found if watch.role == "thread" and watch.channel == by.channel]
        if not (own or here):
            raise NotFound(f"nothing is told of a decision {number} here")
        return (own or here)[0]

    def _set(self, watch_id: int, by: Person, state: Literal["on", "muted", "ended"]) -> Watch:
        watch = self._owned(watch_id, by)
        if watch.state == "ended" and state != "ended":
            raise BadInput("this is no longer watched", hint="ask the question again")
        with self.store.together():
            self.store.watches.set_state(watch.id, state)
            if watch.user != by.user:  # an admin's doing; what is one's own is nobody else's business
                subject = f"what is told of {_named(watch)} in {watch.channel}"
                who, change = f"{watch.door}:{by.user}", ({"state": watch.state}, {"state": state})
                self.store.audit.add(by.workspace_id, who, f"watch.{state}", subject, *change)
        return watch

    def _owned(self, watch_id: int, by: Person) -> Watch:
        watch = self._watch(watch_id, by)
        if watch.user != by.user and not self.allows(by.workspace_id, by.user):
            whose = "who subscribed" if watch.role == "subscriber" else "who asked"
            raise NotAllowed(f"Only {whose} (<@{watch.user}>) or an admin can do this.")
        return watch

    def _watch(self, watch_id: int, by: Person) -> Watch:
        try:
            watch = self.store.watches.get(watch_id, workspace_id=by.workspace_id)
        except NotFound as error:
            raise NotFound("this is no longer watched: its answer is not stored any more") from error
        if watch.workspace_id != by.workspace_id:  # the terminal's own
            raise NotFound("this is not watched here")
        return watch

    def _record(self, kind: Kind, number: int, workspace_id: str) -> "Asked":
        if kind == "decision":
            decision = self.store.decisions.get(number, workspace_id=workspace_id)
            if decision.workspace_id != workspace_id:
                raise NotFound(f"no decision {number}")
            return Asked(decision.channel, decision.question, decision.as_of)
        answer = self.store.answers.get(number)
        if answer.workspace_id != workspace_id:
            raise NotFound(f"no answer {number}")
        return Asked(answer.channel, answer.question, answer.as_of)

    def _asked(self, watch: Watch) -> tuple[str, str]:
        """The question, and for a decision its use case as a form would send it."""
        if watch.decision_id is None:
            return self.store.answers.get(watch.answer_id or 0).question, ""
        record = self.store.decisions.get(watch.decision_id, workspace_id=watch.workspace_id)
        use_case = unpack_use_case(record.use_case)
        return record.question, json.dumps(pack_use_case(use_case))


@dataclass(frozen=True, slots=True)
class Asked:
    channel: str
    question: str
    as_of: date


def _named(watch: Watch) -> str:
    return f"answer {watch.answer_id}" if watch.decision_id is None else f"decision {watch.decision_id}"
