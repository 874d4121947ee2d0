"""What a load does to the bot: questions by many people at once, through a Slack that limits, drops and repeats.

questions (users, seconds) -> signed events, some repeated -> bot -> strict proxy (429s, lost connections) -> peer
-> what is visible, when, and whether the bot's own counters add up
"""

import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from kb.store import Store
from tests.peers.client import CHANNEL, LocalSlack, event
from tests.peers.proxy import Call, Json, RecordingProxy
from tests.peers.validate import Validator

LIVELY = ("assistant.threads.setStatus", "chat.startStream", "chat.postMessage")
LOSABLE = ("chat.startStream", "chat.appendStream", "chat.stopStream", "chat.postMessage", "chat.update")
IN_FLIGHT_S = 0.5  # a call may be on its way while another is limited
RETRY_S = (1.0, 2.0, 3.0, 5.0, 5.0, 5.0, 5.0, 5.0, 5.0)  # when an event that was not taken is sent again


class Later(Validator):
    """Checks calls after the load: checking takes longer than answering them."""

    def problems(self, method: str, arguments: Any) -> list[str]:
        return []


class StrictProxy(RecordingProxy):
    """Slack on a bad day. A limited method stays limited for its Retry-After, whoever calls it."""

    def __init__(self, upstream: str, peers: Validator, *, seed: int, limited: float, lost: float) -> None:
        super().__init__(upstream, Later(peers._peers))
        self._chance = random.Random(seed)
        self._limited_share, self._lost_share = limited, lost
        self.held: dict[str, list[tuple[float, float]]] = defaultdict(list)  # method -> when it was limited
        self.counted: Counter[str] = Counter()

    def _answer(self, method: str, arguments: Json, token: str) -> Any:
        now = time.monotonic()
        with self._lock:
            until = self.held[method][-1][1] if self.held[method] else 0.0
            early = now < until
            limit = not early and method in LIVELY and self._chance.random() < self._limited_share
            lose = not (early or limit) and method in LOSABLE and self._chance.random() < self._lost_share
            before = self._chance.random() < 0.5
            if limit:
                self.held[method].append((now, now + 1.0))
            late = early and now > self.held[method][-1][0] + IN_FLIGHT_S
            self.counted += Counter({"limited": limit, "called too early": late, "lost": lose})
        if early or limit:
            wait = "1" if limit else str(max(1, round(until - now)))
            return 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": wait}
        if lose and before:
            raise ConnectionAbortedError
        answer = super()._answer(method, arguments, token)
        if lose:
            raise ConnectionAbortedError
        return answer


@dataclass
class Question:
    user: str
    text: str
    ts: str
    event_id: str
    sent_at: float = 0.0
    taken_at: float = 0.0
    sends: int = 0  # that the bot acknowledged


@dataclass
class Report:
    """Seconds from the sending of a question, or from when a bot was there to take it.

    `excused`: a method was limited while they waited.
    """

    asked: int
    received: int
    answered_once: int
    wrong: list[str]
    slowest_ack_s: float
    first_s: list[float]
    excused: int
    final_s: list[float]
    counters: dict[str, int]
    balanced: bool
    faults: Counter[str] = field(default_factory=Counter)

    def table(self) -> str:
        rows = [
            ("questions asked", f"{self.asked}"),
            ("events acknowledged (with repeats)", f"{self.received}"),
            ("answered visibly, exactly once", f"{self.answered_once}"),
            ("slowest acknowledgement", f"{self.slowest_ack_s:.2f} s"),
            ("first sign of life, p50 / p95 / worst", _three(self.first_s)),
            ("of those later than 3 s", f"{sum(value >= 3 for value in self.first_s)}"),
            ("of those waiting out a Retry-After (not counted above)", f"{self.excused}"),
            ("final answer, p50 / p95 / worst", _three(self.final_s)),
            ("counters", ", ".join(f"{name} {n}" for name, n in self.counters.items())),
            ("counters balance", "yes" if self.balanced else "NO"),
            ("faults", ", ".join(f"{name} {n}" for name, n in self.faults.items())),
        ]
        return "\n".join(f"{name:<56} {value}" for name, value in rows)


def _three(values: list[float]) -> str:
    return " / ".join(f"{quantile(values, q):.2f}" for q in (0.5, 0.95, 1.0)) + " s"


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


class Load:
    def __init__(self, slack: LocalSlack, texts: list[str], *, users: int, seconds: float, seed: int) -> None:
        self._slack, self._seconds, self._users = slack, seconds, users
        self._chance = random.Random(seed)
        self.questions: list[Question] = []
        for n, text in enumerate(texts):
            ts = str(slack.say(f"thread {n}")["ts"])
            self.questions.append(Question(f"U{n % users:02d}USER", text, ts, f"Ev{n:04d}"))
        self._pool: list[threading.Thread] = []

    def send(self, at_half: Callable[[], None] = lambda: None) -> None:
        """Every question at its moment; `at_half` is called between."""
        begun = time.monotonic()
        step = self._seconds / len(self.questions)
        for n, question in enumerate(self.questions):
            time.sleep(max(0.0, begun + n * step - time.monotonic()))
            if n == len(self.questions) // 2:
                self._pool.append(threading.Thread(target=at_half))
                self._pool[-1].start()
            thread = threading.Thread(target=self._ask, args=(question, self._chance.random()))
            thread.start()
            self._pool.append(thread)
        for thread in self._pool:
            thread.join(120)

    def _ask(self, question: Question, luck: float) -> None:
        """As Slack sends it: again until it is taken; a third of them once more, a third also as a message event."""
        mention = event("app_mention", f"<@U0BOT2> {question.text}", question.ts, event_id=question.event_id)
        mention["event"]["user"] = question.user
        question.sent_at = time.monotonic()
        self._until_taken(question, mention)
        question.taken_at = time.monotonic()
        if luck < 1 / 3:
            self._until_taken(question, mention)
        elif luck < 2 / 3:
            same = event("message", f"<@U0BOT2> {question.text}", question.ts, event_id=f"{question.event_id}M")
            same["event"] |= {"user": question.user, "channel_type": "im"}
            self._until_taken(question, same)

    def _until_taken(self, question: Question, body: dict[str, Any]) -> None:
        for number, pause_s in enumerate(RETRY_S):
            headers = {"x-slack-retry-num": str(number)} if number else {}
            try:
                if self._slack.post_event(body, headers=headers, refused_ok=True) == 200:
                    question.sends += 1
                    return
            except OSError:
                pass  # killed while it answered: Slack cannot know whether it was stored
            time.sleep(pause_s)

    def report(self, store: Store, proxy: StrictProxy) -> Report:
        """Once nothing is open any more."""
        counters = store.inbox.counters("slack")
        wrong = [problem for q in self.questions for problem in self._problems(q, proxy)]
        first, excused, final = [], 0, []
        for question in self.questions:
            alive, finished = _moments(question, proxy.calls)
            since = question.sent_at if question.taken_at - question.sent_at < RETRY_S[0] else question.taken_at
            waited = _limited(proxy, since, alive)
            excused += waited
            if not waited:
                first.append(max(0.0, alive - since))
            final.append(finished - question.sent_at)
        return Report(
            asked=len(self.questions),
            received=sum(q.sends for q in self.questions),
            answered_once=len(self.questions) - len({line.split(":")[0] for line in wrong}),
            wrong=wrong,
            slowest_ack_s=max(q.taken_at - q.sent_at for q in self.questions),
            first_s=first,
            excused=excused,
            final_s=final,
            counters={name: getattr(counters, name) for name in counters.__slots__},
            balanced=counters.balanced,
            faults=Counter(proxy.counted),
        )

    def _problems(self, question: Question, proxy: StrictProxy) -> list[str]:
        """What is not exactly one whole answer in this question's thread."""
        said = [m for m in self._messages() if m.get("thread_ts") == question.ts]
        finished = [m for m in said if (CHANNEL, m["ts"]) in proxy._metadata]
        parts = [proxy._metadata[CHANNEL, m["ts"]]["event_payload"] for m in finished]
        charts = [m for m in said if m.get("files")]
        wanted = list(range(1, parts[0]["parts"] + 1)) if parts else [1]
        if sorted(p["part"] for p in parts) != wanted or len(said) != len(finished) + len(charts):
            return [f"{question.event_id}: parts {sorted(p['part'] for p in parts)}, {len(said)} messages"]
        return []

    def _messages(self) -> list[dict[str, Any]]:
        if not hasattr(self, "_read"):
            self._read = self._slack.said_by("http")
        return self._read


def _moments(question: Question, calls: list[Call]) -> tuple[float, float]:
    """When it first showed life, and when the first part of its answer was whole."""
    ours = [c for c in calls if question.ts in (c.arguments.get("thread_ts"), c.arguments.get("ts"))]
    alive = min((c.at for c in ours if c.method in LIVELY), default=float("inf"))
    whole = [c.at for c in calls if _finishes(c, question)]
    return alive, max(whole, default=float("inf"))


def _finishes(call: Call, question: Question) -> bool:
    payload = (call.arguments.get("metadata") or {}).get("event_payload") or {}
    return payload.get("key") == question.event_id and payload.get("part") == 1


def _limited(proxy: StrictProxy, since: float, until: float) -> bool:
    return any(a < until and since < b for method in LIVELY for a, b in proxy.held[method])
