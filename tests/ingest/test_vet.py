"""Claims held against better sources, and the subjects that a text names."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from ingest.propose import Document, Names
from ingest.vet import Known, entities, flags
from ingest.vet.step import vet_pending
from kb.store import Store
from kb.types import Fact, ItemDraft, SourceDraft, Tier, Topic

NOW = datetime(2026, 11, 22, tzinfo=UTC)
_ROWS = (
    ("model:orca-4", "name", "Orca 4", "Orca 4 is the name."),
    ("model:orca-4", "developer", "seaworks", "Orca 4 is developed by Seaworks."),
    ("model:orca-4", "released", "2025-04-05", "Orca 4 was released on 5 April 2025."),
    ("model:orca-4", "openness", "open-weight", "Orca 4 is an open-weight model."),
    ("model:orca-4", "licence", "mit", "Orca 4 is published under the MIT License."),
    ("model:orca-4", "parameters_total", "109000000000", "Orca 4 has 109 billion parameters."),
    ("model:orca-4.1", "name", "Orca 4.1", "Orca 4.1 is the name."),
    ("model:orca-4.1", "developer", "seaworks", "Orca 4.1 is developed by Seaworks."),
    ("licence:mit", "name", "MIT License", "MIT License is the name."),
    ("licence:apache-2.0", "name", "Apache 2.0", "Apache 2.0 is the name."),
    ("vendor:seaworks", "name", "Seaworks", "Seaworks is the name."),
    ("regime:reef-act", "name", "Reef Act", "Reef Act is the name."),
    ("regime:reef-act", "in_force_from", "2026-07-27", "The Reef Act entered into force on 27 July 2026."),
    ("rule:reef-act/diving-code", "consequence", "no presumption", "Following the diving code grants no presumption."),
)


@pytest.fixture(scope="module")
def facts() -> list[Fact]:
    return [_fact(n, *row) for n, row in enumerate(_ROWS, 1)]


def _fact(n: int, subject: str, field: str, value: str, statement: str) -> Fact:
    return Fact(
        id=n, recorded_at=NOW, workspace_id=None, key=f"k{n}", subject=subject, field=field, value=value,
        statement=statement, source_url="https://e.org", source_title="E", publisher="Seaworks", tier=Tier.PRIMARY,
        known_from=date(2025, 4, 5),
    )  # fmt: skip


@pytest.fixture(scope="module")
def judge(facts: list[Fact]) -> Callable[..., tuple[str, ...]]:
    names, known = Names.of(facts), Known.of(facts)

    def judged(text: str, *, tier: Tier = Tier.PRESS) -> tuple[str, ...]:
        return flags(
            Document(
                version_id=1, item_id=1, title="A page", text=text, url="https://p.org", publisher="P", tier=tier,
                known_from=date(2026, 6, 1), published=date(2026, 6, 1),
            ),
            names,
            known,
        )  # fmt: skip

    return judged


@pytest.mark.parametrize(
    ("claim", "fact"),
    [
        ("Orca 4 was released on 8 April 2026.", "Orca 4 was released on 5 April 2025"),
        ("Orca 4 is a proprietary model.", "Orca 4 is an open-weight model"),
        ("Orca 4 comes under the Apache 2.0 licence.", "Orca 4 is published under the MIT License"),
        ("Orca 4-MoE 70B is out.", "Orca 4 has 109 billion parameters"),
        ("The Reef Act entered into force on 27 July 2025.", "The Reef Act entered into force on 27 July 2026"),
        ("The diving code creates a presumption.", "Following the diving code grants no presumption"),
    ],
)
def test_a_contrary_claim_is_flagged(judge: Callable[..., tuple[str, ...]], claim: str, fact: str) -> None:
    assert judge(f"It rained. {claim} It rained again.") == (f"contradicts {fact} (Seaworks, tier 1)",)
    assert judge(claim, tier=Tier.RECOGNISED) == ()


@pytest.mark.parametrize(
    "claim",
    [
        "Orca 4 was released on 5 April 2025.",
        "Orca 4 was released on 6 April 2025 in some places.",
        "Orca 4 was not released on 8 April 2026.",
        "Orca 4.1 was released on 8 April 2026.",
        "Orca 4 trails leading closed models.",
        "Orca 4 is cheaper than any proprietary model.",
        "Orca 4 is published under the MIT License.",
        "The MIT licence and the Apache 2.0 licence differ; Orca 4 has one of them.",
        "The diving code grants no presumption.",
        "Divers met on 27 July 2025.",
    ],
)
def test_what_does_not_contradict_is_not(judge: Callable[..., tuple[str, ...]], claim: str) -> None:
    assert judge(claim) == ()


def test_entities_are_exact_about_versions(facts: list[Fact]) -> None:
    names = Names.of(facts)
    assert entities("Seaworks releases Orca 4.1", "", names) == ("model:orca-4.1", "vendor:seaworks")
    assert entities("Orca 5 is near", "It follows Orca 4-Mini and Orca.", names) == ()
    assert entities("Orca 4", f"{'x ' * 400}Orca 4.1", names) == ("model:orca-4",)


def test_the_step_flags_a_version_once_and_notes_its_subjects(tmp_path, facts: list[Fact]) -> None:  # type: ignore[no-untyped-def]
    with Store.open(f"sqlite:///{tmp_path / 'kb.db'}", clock=lambda: NOW) as store:
        for fact in facts:
            store.facts.add(_draft_of(fact), actor="test")
        source = store.sources.add(SourceDraft(kind="feed", url="https://p.org/feed", tier=Tier.PRESS))
        store.items.write(source.id, _item("Orca 4 was released on 8 April 2026."))
        done = vet_pending(store, owner="one")
        assert (done.vetted, done.flagged) == (1, 1)
        assert vet_pending(store, owner="two").vetted == 0
        (version,) = store.items.versions(1)
        assert version.flags == ("contradicts Orca 4 was released on 5 April 2025 (Seaworks, tier 1)",)
        assert not version.quotable
        notes = store.vetting.notes([1])[1]
        assert (notes.entities, notes.places, notes.importance_why) == (("model:orca-4",), ("uk",), "a release")
        assert store.vetting.again() == 1
        assert vet_pending(store, owner="two").flagged == 1
        assert store.items.versions(1)[0].flags == version.flags


def _draft_of(fact: Fact):  # type: ignore[no-untyped-def]
    from dataclasses import fields

    from kb.types import FactDraft

    return FactDraft(**{f.name: getattr(fact, f.name) for f in fields(FactDraft)})


def _item(text: str) -> ItemDraft:
    return ItemDraft(
        external_id="1", url="https://p.org/1", title="A page", author="", published_at=NOW, updated_at=None,
        known_from=NOW, entry_hash="h", text=text, story_key="s", topic=Topic.RELEASE, importance=0.3,
        importance_why="a release", places=("uk",),
    )  # fmt: skip
