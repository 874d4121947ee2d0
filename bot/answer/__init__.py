"""A question becomes an answer.

::

    understand -> gather -> compose -> quote -> word -> verify -> publish -> recorded
    (kind, names) (facts,   (lines with  (spans)  (a generator  (each line,    (Answer)
                  passages)  evidence)             may reword)    or it falls)

Deterministic but for the optional generator. Only verified sentences reach `on_sentence`.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import structlog

from bot.answer import thread
from bot.answer.article import article_of
from bot.answer.compose import compose
from bot.answer.contract import Answer, Sentence
from bot.answer.decided import Deciding, with_decision
from bot.answer.gather import Library, gather
from bot.answer.gather_news import Searcher
from bot.answer.kinds.common import Case
from bot.answer.publish import Publisher, published, stands_on
from bot.answer.quotes import Shelf
from bot.answer.stored import kept
from bot.answer.understand import understand
from bot.answer.values import Draft, Kind, Line, Understood
from bot.answer.verify import problem, support_of
from bot.answer.wording import Choice, Generators, Wording
from bot.articles import Articles
from bot.decide.service import Decider, Place
from kb.decide.use_case import UseCase
from kb.errors import BadInput, Cancelled
from kb.settings import Settings
from kb.store import Store
from kb.types import utc_now

__all__ = ["Answer", "Sentence", "Steelyard"]

log = structlog.get_logger("steelyard.answer")
_LONGEST_QUESTION = 4000


class Steelyard:
    """The answering bot over an open knowledge base; one instance serves many threads of execution."""

    def __init__(
        self,
        store: Store,
        retriever: Searcher,
        generators: Generators | None = None,
        clock: Callable[[], datetime] = utc_now,
        *,
        settings: Settings | None = None,
        articles: Articles | None = None,
    ) -> None:
        self._store, self._retriever, self._clock = store, retriever, clock
        self._wording = Wording(store, generators if generators is not None else {}, settings, clock)
        self._library, self._shelf, self._articles = Library(store), Shelf(store), articles
        self._deciding = Deciding(Decider(store, clock))

    def warm(self) -> None:
        """Do what the first question would otherwise wait for: today's facts, the passages' indexes, the pages."""
        today = self._clock().date()
        book = self._library.book(workspace_id=None, as_of=today, today=today)
        book.warm()
        self._deciding.warm(book.views, today)
        self._retriever.search("licence", k=1)
        self._shelf.warm(as_of=today)

    def ask(
        self,
        question: str,
        *,
        workspace_id: str | None = None,
        door: str = "cli",
        channel: str = "",
        thread: str = "",
        user: str = "",
        as_of: date | None = None,
        generator: str | None = None,
        on_sentence: Callable[[Sentence], None] | None = None,
        cancel: threading.Event | None = None,
        inbox_id: int | None = None,
        use_case: UseCase | None = None,
        keep: bool = True,
    ) -> Answer:
        """Answer a question from dated evidence, record the answer, and remember the thread.

        `keep` false: nothing is recorded, remembered or decided; what would be said today is wanted, no more.
        `use_case`: what a form says of it; the question is then a decision, and not read for one. Once `cancel` is
        set, nothing is recorded or remembered any more: Cancelled.
        """
        if not question.strip():
            raise BadInput("the question is empty", hint="ask, for example: what licence is Kimi K2.5 under?")
        place = Place(door=door, channel=channel, thread=thread, user=user, workspace_id=workspace_id)
        asked = _Asked(question.strip(), place, cancel or threading.Event(), inbox_id)
        chosen = self._wording.choose(generator, workspace_id, channel)
        with asked.stages.stage("understand"):
            state = self._state(place)
            read, book = self._understood(asked.question[:_LONGEST_QUESTION], workspace_id, as_of, state)
            read = replace(read, kind=Kind.DECISION, in_scope=True) if use_case else read
        case = self._gathered(asked, read, book)
        with asked.stages.stage("compose"):
            draft = compose(case)
        asked.go_on()
        with asked.stages.stage("decide"):
            decision = self._deciding.report(read, book.views, place, use_case) if keep else None
            draft = with_decision(draft, decision) if decision else draft
        with asked.stages.stage("quote"):
            draft = self._shelf.attach(draft, as_of=read.as_of, workspace_id=workspace_id)
        draft, press, answer = self._said(asked, case, draft, chosen, on_sentence)
        if decision is not None:
            answer = answer.model_copy(update={"decision": decision.model_dump(mode="json")})
        return self._recorded(asked, answer, case.read, draft, press, state) if keep else answer

    def _state(self, place: Place) -> Mapping[str, object]:
        """What the thread remembers."""
        if not place.thread:
            return {}
        return self._store.threads.get(place.door, place.channel, place.thread, workspace_id=place.workspace_id)

    def _gathered(self, asked: "_Asked", read: Understood, book: "FactBook") -> Case:
        """Facts, passages, and the article whose claims are to be checked."""
        workspace_id = asked.place.workspace_id
        with asked.stages.stage("read"):
            read = replace(read, article=article_of(asked.question, self._articles, workspace_id))
        asked.go_on()
        with asked.stages.stage("gather"):
            pinned = read.as_of if read.as_of < read.today else None
            return Case(
                read, book, gather(self._store, self._retriever, read, workspace_id=workspace_id, pinned=pinned)
            )

    def _said(
        self,
        asked: "_Asked",
        case: Case,
        draft: Draft,
        chosen: Choice,
        on_sentence: Callable[[Sentence], None] | None,
    ) -> tuple[Draft, Publisher, Answer]:
        """The draft worded, verified and published."""
        read, press, place = case.read, Publisher(case.read.as_of), asked.place
        with asked.stages.stage("word"):
            sound = self._sound_lines(case, draft)
            worded = self._wording.reword(
                chosen,
                read.question,
                sound,
                workspace_id=place.workspace_id,
                channel=place.channel,
                cancel=asked.cancel,
            )
            self._say(case, sound, press, worded.texts, on_sentence, asked)
        asked.go_on()
        draft = replace(draft, notes=(*draft.notes, *worded.notes))
        timings = asked.stages.timings_ms()
        answer = published(read, draft, press, generator=worded.by, sent_to=worded.sent_to, timings_ms=timings)
        return draft, press, answer

    def _understood(
        self, question: str, workspace_id: str | None, as_of: date | None, state: Mapping[str, object]
    ) -> tuple[Understood, "FactBook"]:
        """Names are those known on the day asked about; "as of" inside the question moves that day."""
        today = self._clock().date()
        book = self._library.book(workspace_id=workspace_id, as_of=as_of or today, today=today)
        read = understand(question, book=book.names, today=today, as_of=as_of, state=dict(state))
        if read.as_of != (as_of or today):
            book = self._library.book(workspace_id=workspace_id, as_of=read.as_of, today=today)
            read = understand(question, book=book.names, today=today, as_of=read.as_of, state=dict(state))
        return read, self._library.with_offers(book, read, workspace_id=workspace_id)

    def _sound_lines(self, case: Case, draft: Draft) -> list[Line]:
        """The lines that may be said as they are composed."""
        names = [case.book.display(s) for s in case.read.subjects]
        return [line for line in draft.lines if self._sound(line, line.text, case, names)]

    def _say(
        self,
        case: Case,
        lines: Sequence[Line],
        press: Publisher,
        new: Mapping[int, str],
        on_sentence: Callable[[Sentence], None] | None,
        asked: "_Asked",
    ) -> None:
        """Each line in order: reworded if that passes the check, else as composed."""
        names = [case.book.display(s) for s in case.read.subjects]
        for i, line in enumerate(lines):
            text = new.get(i, line.text)
            if text != line.text and not self._sound(line, text, case, names):
                text = line.text
            sentence = press.add(line, text)
            asked.go_on()
            if on_sentence:
                on_sentence(sentence)

    def _sound(self, line: Line, text: str, case: Case, names: list[str]) -> bool:
        mentioned = [case.book.display(e.view.fact.subject) for e in line.evidence if e.view]
        asked = case.read.article or case.read.question  # a claim is repeated before it is judged
        support = support_of(line, asked=asked, names=[*names, *mentioned, written_amounts(case.read)])
        found = problem(text, line, support)
        if found:
            log.info("sentence refused", reason=found, sentence=text[:200], reworded=text != line.text)
        return found is None

    def _recorded(
        self,
        asked: "_Asked",
        answer: Answer,
        read: Understood,
        draft: Draft,
        press: Publisher,
        state: Mapping[str, object],
    ) -> Answer:
        place = asked.place
        answer_id = self._store.answers.add(
            question=answer.question,
            kind=answer.kind,
            as_of=answer.as_of,
            body=kept(answer),
            stands_on=stands_on(read, press),
            workspace_id=place.workspace_id,
            door=place.door,
            channel=place.channel,
            thread=place.thread,
            user=place.user,
            inbox_id=asked.inbox_id,
        )
        if place.thread:
            remembered = thread.remember(read, draft, state)
            self._store.threads.put(
                place.door, place.channel, place.thread, remembered, workspace_id=place.workspace_id
            )
        return answer.model_copy(update={"id": answer_id})


def written_amounts(read: Understood) -> str:
    """The asker's own figures in every spelling we use."""
    from bot.answer.text import compact, grouped

    return " ".join(f"{a.words} {grouped(a.value)} {compact(a.value)}" for a in read.use_case.amounts.values())


class _Stages:
    """Wall-clock milliseconds a stage, and in all."""

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._spent: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self._spent[name] = round((time.perf_counter() - begun) * 1000, 2)

    def timings_ms(self) -> dict[str, float]:
        return {**self._spent, "total": round((time.perf_counter() - self._start) * 1000, 2)}


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question on its way, from where, and how long each stage took."""

    question: str
    place: Place
    cancel: threading.Event
    inbox_id: int | None
    stages: _Stages = field(default_factory=_Stages)

    def go_on(self) -> None:
        if self.cancel.is_set():
            raise Cancelled("stopped before the answer was complete")


if TYPE_CHECKING:
    from bot.answer.book import FactBook
