"""Fakes that implement our ports: an answerer without a knowledge base, a door without Slack."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from bot.answer.contract import Answer, Citation, Sentence
from bot.digest import Deadline, Digest, DigestSource, Group, Story
from bot.worker import Delivery
from kb.decide.use_case import UseCase
from kb.errors import Cancelled
from kb.store import Store
from kb.types import FactQuery, InboxRow, OutboxRow

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def made_answer(question: str, *, texts: Sequence[str] = ("It is so.", "It is also so."), **more: object) -> Answer:
    """An answer of the published shape, each sentence with the one citation."""
    given: dict[str, object] = {
        "question": question,
        "kind": "fact",
        "answer": " ".join(f"{text} [1]" for text in texts),
        "sentences": tuple(Sentence(text=text, citations=(1,), evidence="quote") for text in texts),
        "citations": (
            Citation(
                n=1,
                title="A licence",
                publisher="A vendor",
                url="https://vendor.example/licence",
                published_at=date(2026, 1, 2),
                tier=1,
                quote="quoted words",
                as_of=date(2026, 11, 20),
            ),
        ),
        "as_of": date(2026, 11, 22),
    }
    return Answer.model_validate(given | more)


def a_digest(stories: int = 2) -> Digest:
    """A digest with a few stories and a deadline."""

    def source(name: str) -> DigestSource:
        url = f"https://{name}.example/story"
        return DigestSource(title=f"By {name}", publisher=name, url=url, published=date(2026, 11, 18), tier=2)

    told = tuple(
        Story(title=f"A model <!channel> no. {n}", sources=(source("one"), source("two"))) for n in range(stories)
    )
    soon = Deadline(on=date(2026, 12, 2), days_left=10, statement="Marking duties apply.", source=source("law"))
    groups = (Group(name="Releases", stories=told),)
    return Digest(since=date(2026, 11, 16), until=date(2026, 11, 22), groups=groups, deadlines=(soon,))


class FakeSteelyard:
    """Implements `bot.worker.Answerer`: answers by repeating the question, and remembers its thread through the store.

    `errors` are raised first, one an asking. `gate`, if given, is waited for after the first sentences were told;
    `pause_s` before each of them.
    """

    def __init__(
        self,
        store: Store,
        *,
        errors: Sequence[Exception] = (),
        sentences: int = 2,
        gate: threading.Event | None = None,
        pause_s: float = 0.0,
    ) -> None:
        self.store = store
        self.asked: list[str] = []
        self._errors = list(errors)
        self._sentences = sentences
        self._gate = gate
        self._pause_s = pause_s
        self.waiting = threading.Event()

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
        self.asked.append(question)
        if self._errors:
            raise self._errors.pop(0)
        before = self.store.answers.in_thread(door, channel, thread, workspace_id=workspace_id)
        about = f" You had asked: {before[-1].question}" if before else ""
        texts = [f"You asked: {question}{about}"]
        texts += [f"Sentence {n} is here to make this answer longer." for n in range(2, self._sentences + 1)]
        answer = made_answer(question, texts=texts)
        for sentence in answer.sentences:
            if cancel is not None and cancel.wait(self._pause_s):
                raise Cancelled("stopped")
            if on_sentence is not None:
                on_sentence(sentence)
        if self._gate is not None:
            self.waiting.set()
            self._gate.wait(30)
        if cancel is not None and cancel.is_set():
            raise Cancelled("stopped")
        answer_id = self.store.answers.add(
            question=question,
            kind="fact",
            as_of=answer.as_of,
            body=answer.model_dump(mode="json"),
            stands_on=[FactQuery(subject_pattern="model:*", field="licence")],
            workspace_id=workspace_id,
            door=door,
            channel=channel,
            thread=thread,
            user=user,
            inbox_id=inbox_id,
        )
        return answer.model_copy(update={"id": answer_id})


@dataclass
class FakeDelivery:
    """Implements `bot.worker.Delivery` in memory."""

    door: "FakeDoor"
    row: InboxRow
    sentences: list[str] = field(default_factory=list)

    def sentence(self, sentence: Sentence) -> None:
        self.sentences.append(sentence.text)

    def finish(self, answer: Answer, answer_id: int | None) -> str:
        return self._say("answer", answer.answer)

    def notice(self, text: str) -> str:
        return self._say("notice", text)

    def stopped(self) -> str:
        return self._say("stopped", "")

    def _say(self, kind: str, text: str) -> str:
        if self.door.errors:
            raise self.door.errors.pop(0)
        self.door.said.append((self.row.inquiry.event_id, kind, text))
        return f"{self.row.id}.0"


class FakeDoor:
    """Implements `bot.worker.Door` in memory. `errors` are raised first, one a saying."""

    name = "slack"

    def __init__(self, *, errors: Sequence[Exception] = ()) -> None:
        self.said: list[tuple[str, str, str]] = []
        self.begun: list[int] = []
        self.posted: list[str] = []
        self.errors = list(errors)

    def begin(self, row: InboxRow) -> Delivery:
        self.begun.append(row.id)
        return FakeDelivery(self, row)

    def post(self, row: OutboxRow) -> str:
        if self.errors:
            raise self.errors.pop(0)
        self.posted.append(row.draft.idempotency_key)
        return f"{row.id}.0"
