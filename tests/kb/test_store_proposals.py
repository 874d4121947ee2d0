"""Proposals in the store: read once, kept whole, decided by people, on both back ends."""

from datetime import UTC, date, datetime

import pytest

from ingest.propose.step import LEASE, LEASE_S, propose_pending
from kb.errors import BadInput, NotFound
from kb.facts.load import load_starter
from kb.facts.view import view
from kb.store import Store
from kb.types import FactDraft, Status, Tier
from tests.kb.conftest import Clock
from tests.kb.store_builders import a_source, an_item

SAYS = "OpenAI released GPT-6.2 Sol on 2 March 2026."
SUBJECT = "model:gpt-6.2-sol"
LATER = datetime(2026, 3, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def called() -> list[FactDraft]:
    """What models are called, and whose they are; the rest of the catalogue would only slow this down."""
    return [
        d for d in load_starter() if d.subject.startswith(("model:gpt", "vendor:")) and d.field in ("name", "developer")
    ]


@pytest.fixture
def told(store: Store, called: list[FactDraft]) -> Store:
    store.facts.upsert_starter(called)
    return store


def write(store: Store, number: int, text: str = SAYS, *, workspace: str | None = None, **item: object) -> int:
    known = store.sources.find(f"https://{number}.example/feed", workspace_id=workspace)
    url, publisher = f"https://{number}.example/feed", f"Paper {number}"
    source = known or store.sources.add(
        a_source(url, publisher=publisher, tier=Tier.RECOGNISED), workspace_id=workspace
    )
    store.items.write(source.id, an_item("a", text, published_at=LATER, known_from=LATER, **item))
    return source.id


def place(store: Store, *stories: int) -> None:
    """Items in the order of their ids into stories."""
    with store.db.write() as conn:
        for item_id, story in enumerate(stories, 1):
            conn.exec_driver_sql(f"UPDATE story_items SET story_id = {story}, due = FALSE WHERE item_id = {item_id}")


def run(store: Store) -> tuple[int, int, int, int]:
    done = propose_pending(store, owner="test")
    return done.examined, done.proposed, done.retracted, done.believed


def seen(store: Store, **how: str) -> dict[int, Status]:
    rows = store.facts.contested(**how)
    return {v.fact.id: v.status for v in view(*rows, as_of=date(2026, 6, 1)) if v.fact.subject == SUBJECT}


def test_a_version_is_read_once_and_its_quote_stands_in_it(told: Store) -> None:
    write(told, 1)
    assert run(told) == (1, 1, 0, 0)
    assert run(told) == (0, 0, 0, 0)
    (fact,) = [f for f in told.facts.contested()[0] if f.subject == SUBJECT]
    assert fact.quote is not None
    assert fact.item_version_id is not None
    assert fact.quote in told.items.version(fact.item_version_id).text
    assert (fact.tier, fact.known_from, fact.publisher) == (Tier.RECOGNISED, LATER.date(), "Paper 1")
    told.proposals.examine_again()
    assert run(told) == (1, 0, 0, 0)


def test_nobody_who_answers_or_decides_sees_a_proposal_before_it_is_believed(told: Store) -> None:
    write(told, 1)
    run(told)
    (fact_id,) = seen(told)
    assert seen(told) == {fact_id: Status.PROPOSED}
    assert SUBJECT not in {fact.subject for fact in told.facts.followed()[0]}
    told.proposals.approve(fact_id, actor="ada")
    assert SUBJECT in {fact.subject for fact in told.facts.followed()[0]}
    (approved,) = [e for e in told.facts.contested()[1] if e.kind == "approved"]
    assert (approved.fact_id, approved.actor) == (fact_id, "ada")


def test_two_stories_of_two_houses_are_believed_and_copies_are_not(told: Store) -> None:
    write(told, 1)
    write(told, 2)
    place(told, 1, 1)
    assert run(told) == (2, 2, 0, 0)
    place(told, 1, 2)
    assert run(told) == (0, 0, 0, 1)
    assert run(told) == (0, 0, 0, 0)
    assert sorted(seen(told).values()) == [Status.IN_FORCE, Status.PROPOSED]


def test_when_the_second_voice_is_rejected_the_first_waits_again(told: Store, clock: Clock) -> None:
    clock.now = LATER
    write(told, 1)
    write(told, 2)
    place(told, 1, 2)
    run(told)
    first, second = sorted(seen(told))
    clock.forward(days=1)
    told.proposals.reject(second, actor="ada", why="a joke")
    assert seen(told) == {first: Status.PROPOSED, second: Status.RETRACTED}
    assert run(told)[3] == 0, "what an admin rejected is not believed on the word of others"


def test_what_an_edit_takes_back_is_retracted_unless_an_admin_approved_it(told: Store, clock: Clock) -> None:
    clock.now = LATER
    for number in (1, 2):
        write(told, number)
    run(told)
    first, second = sorted(seen(told))
    told.proposals.approve(second, actor="ada")
    clock.forward(days=1)
    for number in (1, 2):
        write(told, number, "OpenAI released nothing.")
    assert run(told) == (2, 0, 1, 0)
    assert seen(told) == {first: Status.RETRACTED, second: Status.IN_FORCE}
    clock.forward(days=1)
    write(told, 1, SAYS + " Indeed.")
    assert run(told)[:2] == (1, 0)
    assert seen(told)[first] is Status.PROPOSED


def test_another_value_in_an_edit_is_another_proposal(told: Store, clock: Clock) -> None:
    write(told, 1)
    run(told)
    (old,) = seen(told)
    clock.forward(days=1)
    write(told, 1, SAYS.replace("2 March", "3 March"))
    assert run(told) == (1, 1, 1, 0)
    found = seen(told)
    assert found.pop(old) is Status.RETRACTED
    assert list(found.values()) == [Status.PROPOSED]


def test_suspect_text_and_rows_of_tables_propose_nothing(told: Store) -> None:
    write(told, 1, flags=("instruction_like",))
    write(told, 2, record=True)
    assert run(told) == (1, 0, 0, 0)


def test_a_workspace_proposes_for_itself(told: Store) -> None:
    write(told, 1, workspace="T1")
    write(told, 2)
    place(told, 1, 2)
    assert run(told) == (2, 2, 0, 0)
    assert len(seen(told)) == 1
    assert len(seen(told, workspace_id="T1")) == 2
    private = next(f.id for f in told.facts.contested(workspace_id="T1")[0] if f.workspace_id == "T1")
    with pytest.raises(NotFound):
        told.proposals.approve(private, actor="ada")


def test_only_one_process_reads_at_a_time(told: Store, clock: Clock) -> None:
    write(told, 1)
    assert told.lease(LEASE, "other", LEASE_S)
    assert run(told) == (0, 0, 0, 0)
    clock.forward(seconds=LEASE_S + 1)
    assert run(told) == (1, 1, 0, 0)


def test_only_proposals_are_decided_on(told: Store) -> None:
    with pytest.raises(BadInput, match="not proposed from text"):
        told.proposals.approve(1, actor="ada")
    with pytest.raises(NotFound, match="no fact 999999"):
        told.proposals.reject(999_999, actor="ada")
