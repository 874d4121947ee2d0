"""A store with the starter facts and a clock that the test moves, a watched decision and answer, and what changes."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.answer.contract import Answer, Citation, Sentence, UsedFact
from bot.answer.usecase import parse
from bot.decide.report import DecisionReport
from bot.decide.service import Decider, Place
from bot.watch.contract import Alert
from bot.watch.looks import Again
from bot.watch.service import Watcher
from kb.facts.load import load_starter
from kb.store import Store
from kb.types import Fact, FactDraft, FactQuery, FactView, OutboxRow, Tier

BEGIN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SHOP = "A 15-person shop: 20k questions a month to a public FAQ, nobody to run models."
TEAM, CHANNEL, ASKER = "T1", "C1", "U1"
URL = "https://vendor.example/page"
MARKET = frozenset({"glm-5.3-flash", "gpt-oss-120b", "mistral-large-3"})  # few models decide ten times as fast


class World:
    """`now` is every part's clock."""

    def __init__(self, folder: Path, drafts: Iterable[FactDraft] = ()) -> None:
        self.now = BEGIN
        self.store = Store.open(f"sqlite:///{folder / 'watch.db'}", clock=lambda: self.now)
        self.store.facts.upsert_starter(drafts)
        self.decider = Decider(self.store, clock=lambda: self.now)

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def watcher(self, again: Again | None = None, owner: str = "test") -> Watcher:
        return Watcher(self.store, owner=owner, clock=lambda: self.now, again=again)

    def look(self, again: Again | None = None) -> list[Alert]:
        return self.watcher(again).step()

    def decide(self, question: str = SHOP, *, thread: str = "1.1", as_of: date | None = None) -> DecisionReport:
        place = Place(door="slack", channel=CHANNEL, thread=thread, user=ASKER, workspace_id=TEAM)
        return self.decider.decide(parse(question), question=question, place=place, as_of=as_of)

    def answer(self, *facts: FactView, question: str = "What holds?", thread: str = "1.1", **more: Any) -> int:
        """An answer that cites these facts, its first sentence the first of them."""
        made = answer_of(question, *facts, as_of=self.now.date())
        stands_on = [FactQuery(subject_pattern=seen.fact.subject, field=seen.fact.field) for seen in facts]
        given = {"kind": "fact", "stands_on": stands_on}
        return self.store.answers.add(
            **{**given, **more},
            question=question,
            as_of=made.as_of,
            body=made.model_dump(mode="json"),
            workspace_id=TEAM,
            door="slack",
            channel=CHANNEL,
            thread=thread,
            user=ASKER,
        )

    def add(self, draft: FactDraft) -> FactView:
        fact = self.store.facts.add(draft)
        return self.seen(fact.key)

    def seen(self, key: str) -> FactView:
        """A fact as it stands today, the last recorded of its key."""
        return [seen for seen in self.decider.views(self.now.date()) if seen.fact.key == key][-1]

    def change(self, key: str, value: str, **more: Any) -> None:
        """The source says otherwise from today on, as ingestion would store it."""
        old = self.seen(key).fact
        says = f"{old.subject} now has {old.field} {value}."
        told = {"value": value, "statement": says, "known_from": self.now.date(), "checked_on": self.now.date(), **more}
        self.store.facts.apply([draft_of(old, **told)], at=self.now, actor="source")

    def outbox(self) -> list[OutboxRow]:
        """Alerts recorded so far, newest first."""
        return self.store.outbox.recent("alert", since=BEGIN - timedelta(days=1), workspace_id=TEAM)


def small_market() -> list[FactDraft]:
    """The starter facts with the offers of a few models alone; all of the law and every licence."""
    return [draft for draft in load_starter() if _is_kept(draft.subject)]


def _is_kept(subject: str) -> bool:
    prefix, _, rest = subject.partition(":")
    return rest.rpartition("/")[2] in MARKET if prefix in ("offer", "model") else True


def draft_of(fact: Fact, **changes: Any) -> FactDraft:
    names = FactDraft.__dataclass_fields__
    return replace(FactDraft(**{name: getattr(fact, name) for name in names}), **changes)


def a_fact(key: str, subject: str, field: str, value: str, **more: Any) -> FactDraft:
    given: dict[str, Any] = {
        "statement": f"{subject} has {field} {value}.",
        "source_url": URL,
        "source_title": "A page",
        "publisher": "A vendor",
        "tier": Tier.PRIMARY,
        "known_from": date(2026, 10, 1),
        "checked_on": date(2026, 11, 20),
    }
    return FactDraft(key=key, subject=subject, field=field, value=value, **{**given, **more})


def answer_of(question: str, *facts: FactView, as_of: date) -> Answer:
    used = tuple(_used(seen, n) for n, seen in enumerate(facts, 1))
    texts = tuple(Sentence(text=fact.statement, citations=(n,), evidence="fact") for n, fact in enumerate(used, 1))
    return Answer(
        question=question,
        kind="fact",
        answer=" ".join(text.text for text in texts),
        sentences=texts,
        citations=tuple(_citation(seen, n) for n, seen in enumerate(facts, 1)),
        facts=used,
        as_of=as_of,
    )


def _used(seen: FactView, n: int) -> UsedFact:
    fact = seen.fact
    return UsedFact(
        key=fact.key,
        subject=fact.subject,
        field=fact.field,
        value=fact.value,
        unit=fact.unit,
        status=seen.status.value,
        statement=fact.statement,
        qualifiers=dict(fact.qualifiers),
        valid_from=fact.valid_from,
        known_from=fact.known_from,
        citation=n,
    )


def _citation(seen: FactView, n: int) -> Citation:
    fact = seen.fact
    return Citation(
        n=n,
        title=fact.source_title,
        publisher=fact.publisher,
        url=fact.source_url,
        published_at=fact.known_from,
        tier=int(fact.tier),
        quote=None,
        as_of=fact.known_from,
    )
