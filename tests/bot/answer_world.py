"""A small world of invented models, licences and law: facts to ask about, and passages to quote. Nothing real."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bot.answer import Steelyard
from bot.answer.book import FactBook
from kb.facts.load import load_starter
from kb.facts.view import view
from kb.store import Store
from kb.types import Fact, FactDraft, Filter, Hit, ItemDraft, ItemVersion, PassageDraft, SourceDraft, Tier, Topic

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = NOW.date()


def fact(key: str, subject: str, field: str, value: str, statement: str, **more: Any) -> FactDraft:
    known = {
        "source_url": f"https://example.org/{subject.partition(':')[2]}",
        "source_title": f"About {subject.partition(':')[2]}",
        "publisher": "Example",
        "tier": Tier.PRIMARY,
        "known_from": date(2026, 1, 1),
        "checked_on": TODAY,
    }
    return FactDraft(key=key, subject=subject, field=field, value=value, statement=statement, **{**known, **more})


def _named(subject: str, name: str, *aliases: str) -> list[FactDraft]:
    first = fact(f"{subject}/name", subject, "name", name, f"{name} is the name.")
    return [
        first,
        *(
            fact(f"{subject}/alias/{i}", subject, "alias", a, f"{name} is also called {a}.")
            for i, a in enumerate(aliases)
        ),
    ]


def _model(slug: str, name: str, vendor: str, licence: str | None, *aliases: str) -> list[FactDraft]:
    subject = f"model:{slug}"
    facts = [
        *_named(subject, name, *aliases),
        fact(f"{slug}/dev", subject, "developer", vendor, f"{name} is developed by {vendor}."),
        fact(
            f"{slug}/open",
            subject,
            "openness",
            "open-weight" if licence else "closed",
            f"{name} is {'an open-weight' if licence else 'a closed'} model.",
        ),
    ]
    if licence:
        facts.append(
            fact(f"{slug}/lic", subject, "licence", licence, f"{name} is published under the {licence} licence.")
        )
    return facts


LAW = "https://example.eu/law/2026/9001"
WORLD: tuple[FactDraft, ...] = (
    *_model("orca-3.2", "Orca 3.2", "seaworks", "free-2"),
    *_model("orca-4-pro", "Orca 4 Pro", "seaworks", "gate-1"),
    *_model("heron-5", "Heron 5", "birdlab", None),
    *_model("heron-5.5", "Heron 5.5", "birdlab", None),
    *_named("vendor:seaworks", "Seaworks"),
    *_named("vendor:birdlab", "Birdlab"),
    *_named("provider:nimbus", "Nimbus"),
    *_named("provider:cirrus", "Cirrus"),
    *_named("licence:free-2", "Free Licence 2"),
    *_named("licence:gate-1", "Gate Licence 1"),
    *_named("gpu:k80", "K80 card"),
    fact("free/osi", "licence:free-2", "osi_approved", "yes", "Free Licence 2 is approved by the OSI."),
    fact(
        "free/out",
        "licence:free-2",
        "output_training",
        "no limit",
        ("Free Licence 2 sets no limit on training with outputs."),
    ),
    fact(
        "gate/out",
        "licence:gate-1",
        "output_training",
        "prohibited",
        ("Gate Licence 1 forbids training other models on outputs."),
    ),
    fact(
        "gate/mau",
        "licence:gate-1",
        "threshold",
        "300000000",
        ("Above 300 million monthly active users Gate Licence 1 needs a separate agreement."),
        locator="s.2",
    ),
    fact("gate/use", "licence:gate-1", "use_policy", "military barred", "Gate Licence 1 bars military use."),
    fact(
        "gate/eu",
        "licence:gate-1",
        "eu_limit",
        "no rights for EU companies",
        ("Gate Licence 1 grants no rights to companies seated in the European Union."),
    ),
    fact(
        "o/n/in",
        "offer:nimbus/orca-3.2",
        "price_input",
        "0.25",
        ("Orca 3.2 on Nimbus costs 0.25 USD per million input tokens."),
        unit="USD per million tokens",
    ),
    fact(
        "o/c/in",
        "offer:cirrus/orca-3.2",
        "price_input",
        "0.31",
        ("Orca 3.2 on Cirrus costs 0.31 USD per million input tokens."),
        unit="USD per million tokens",
        checked_on=date(2026, 10, 1),
    ),
    fact(
        "o/h5/in",
        "offer:birdlab/heron-5",
        "price_input",
        "5",
        ("Heron 5 on Birdlab costs 5 USD per million input tokens."),
        unit="USD per million tokens",
    ),
    fact(
        "o/h55/in",
        "offer:birdlab/heron-5.5",
        "price_input",
        "4",
        ("Heron 5.5 on Birdlab costs 4 USD per million input tokens."),
        unit="USD per million tokens",
        known_from=date(2026, 11, 18),
    ),
    fact("orca/mem", "model:orca-3.2", "memory_gb", "500", "The weights of Orca 3.2 take 500 GB.", unit="GB"),
    fact("gpu/mem", "gpu:k80", "memory_gb", "80", "A K80 card has 80 GB of memory.", unit="GB"),
    fact(
        "gpu/price",
        "gpu:k80",
        "price_per_hour",
        "2.50",
        "A K80 card rents at 2.50 USD an hour.",
        unit="USD per GPU-hour",
    ),
    *_named("duty:reef-act/diving", "Reef Act diving duties", "diving duties"),
    *_named("regime:reef-act", "Reef Act"),
    fact(
        "dive/2025",
        "duty:reef-act/diving",
        "applies_from",
        "2026-09-01",
        ("The diving duties of the Reef Act apply from 1 September 2026."),
        known_from=date(2025, 5, 1),
        source_url="https://example.eu/law/2025/100",
        source_title="Reef Act (EU) 2025/100",
    ),
    fact(
        "dive/2026",
        "duty:reef-act/diving",
        "applies_from",
        "2027-12-05",
        ("The diving duties of the Reef Act apply from 5 December 2027."),
        known_from=date(2026, 7, 1),
        source_url=LAW,
        source_title="Regulation (EU) 2026/9001",
        amends="dive/2025",
    ),
    fact(
        "dive/req",
        "duty:reef-act/diving",
        "requires",
        "log every dive",
        "Divers under the Reef Act must log every dive.",
        source_url=LAW,
        source_title="Regulation (EU) 2026/9001",
    ),
    fact(
        "cost/open",
        "factor:cost",
        "evidence",
        "cheaper at scale",
        ("Open weights were cheaper at scale in a survey of 2026."),
        qualifiers={"side": "open"},
    ),
    fact(
        "cost/closed",
        "factor:cost",
        "evidence",
        "cheaper at first",
        ("Closed services were cheaper at first in a survey of 2026."),
        qualifiers={"side": "closed"},
    ),
    fact(
        "ctrl/open",
        "factor:data-control",
        "evidence",
        "stays inside",
        "Self-hosted weights keep prompts inside the house.",
        qualifiers={"side": "open"},
    ),
    fact(
        "ctrl/closed",
        "factor:data-control",
        "evidence",
        "vendor retains",
        "A closed service may retain prompts for 30 days.",
        qualifiers={"side": "closed"},
    ),
    fact(
        "h55/rumour",
        "model:heron-5.5",
        "capability_evidence",
        "beats all",
        "Heron 5.5 beats every model on Earth.",
        tier=Tier.OPINION,
        publisher="A blog",
    ),
    fact(
        "a/ctx",
        "model:heron-5.5",
        "context_tokens",
        "1000000",
        "Heron 5.5 takes 1,000,000 tokens of context.",
        unit="tokens",
        publisher="Birdlab",
    ),
    fact(
        "b/ctx",
        "model:heron-5.5",
        "context_tokens",
        "900000",
        "Heron 5.5 takes 900,000 tokens of context.",
        unit="tokens",
        publisher="Others",
        source_url="https://other.example/h",
        tier=Tier.PRIMARY,
    ),
)

LAW_TEXT = """REGULATION (EU) 2026/9001
amending Regulation (EU) 2025/100

(1) Whereas the date of 1 September 2026 had been chosen for the diving duties, more time is needed.

Article 4
(c) Chapter II on diving shall apply from:
(i)
5 December 2027 as regards diving in reefs; and
(ii)
5 December 2029 as regards diving elsewhere."""


def book(*, as_of: date = TODAY, drafts: Sequence[FactDraft] = WORLD) -> FactBook:
    facts = [
        Fact(id=i, workspace_id=None, recorded_at=NOW, **{f: getattr(d, f) for f in FactDraft.__slots__})
        for i, d in enumerate(drafts, 1)
    ]
    return FactBook(view(facts, [], as_of=as_of, today=TODAY))


class NoPassages:
    """A searcher over nothing."""

    def search(self, question: str, *, filter: Filter = Filter(), k: int = 8) -> list[Hit]:  # noqa: B008
        return []


class Passages:
    """A searcher that finds every stored passage, all equally near."""

    def __init__(self, store: Any, cosine: float) -> None:
        self._store, self._cosine = store, cosine

    def search(self, question: str, *, filter: Filter = Filter(), k: int = 8) -> list[Hit]:  # noqa: B008
        ids = self._store.items.matching(filter, limit=k)
        found = self._store.items.passages(ids, filter)
        return [Hit(passage=found[i], score=0.9, cosine=self._cosine) for i in sorted(found)]


def page(
    store: Any,
    url: str,
    title: str,
    text: str,
    *,
    kind: str = "page",
    tier: Tier = Tier.PRIMARY,
    flags: tuple[str, ...] = (),
    known: datetime = NOW,
) -> None:
    """Store one document as the pipeline would."""
    record = store.sources.add(
        SourceDraft(kind=kind, url=url, title=title, publisher="Example", topic=Topic.OTHER, tier=tier)
    )
    draft = ItemDraft(
        external_id=url,
        url=url,
        title=title,
        author="",
        published_at=known,
        updated_at=None,
        known_from=known,
        entry_hash=text[:64],
        text=text,
        story_key=url,
        topic=Topic.OTHER,
        flags=flags,
        passages=(PassageDraft(ordinal=0, heading_path=(), start=0, end=len(text), text=text),),
    )
    store.items.write(record.id, draft)


@contextmanager
def starter_steelyard(folder: Path) -> Iterator[Steelyard]:
    """The bot over the starter facts alone, in a store of its own."""
    with Store.open(f"sqlite:///{folder / 'kb.db'}", clock=lambda: NOW) as store:
        store.facts.upsert_starter(load_starter())
        yield Steelyard(store, NoPassages(), {}, clock=lambda: NOW)


def a_version(text: str, **changes: Any) -> ItemVersion:
    """One stored version of a page; `changes` are fields that differ."""
    plain = ItemVersion(
        id=1,
        item_id=1,
        source_id=1,
        workspace_id=None,
        version=1,
        external_id="x",
        url="https://reef.example",
        title="Reefs",
        publisher="Reef Office",
        tier=Tier.PRIMARY,
        topic=Topic.REGULATION,
        text=text,
        published_at=NOW,
        updated_at=None,
        known_from=NOW,
        known_until=None,
        first_seen_at=NOW,
        story_key="",
        flags=(),
        reason="entry",
    )
    return replace(plain, **changes)
