"""Installations and their states, on both back ends."""

from dataclasses import replace

from kb.store import Store
from kb.store.installations import Installed
from tests.kb.conftest import Clock


def installed(clock: Clock, workspace_id: str = "T1", **more: object) -> Installed:
    made = Installed(
        workspace_id=workspace_id,
        name="A team",
        app_id="A1",
        bot_id="B1",
        bot_user_id="U1",
        scopes=("chat:write", "commands"),
        sealed="sealed-1",
        token_expires_at=None,
        installed_by="U9",
        installed_at=clock(),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def test_installing_again_replaces(store: Store, clock: Clock) -> None:
    store.installations.put(installed(clock))
    store.installations.put(installed(clock, "T2"))
    again = installed(clock, scopes=("chat:write",), sealed="sealed-2", token_expires_at=clock())
    store.installations.put(again)
    assert store.installations.get("T1") == again
    assert [row.workspace_id for row in store.installations.list()] == ["T1", "T2"]
    assert store.installations.get("T3") is None


def test_tokens_are_replaced_only_where_nobody_was_quicker(store: Store, clock: Clock) -> None:
    store.installations.put(installed(clock))
    assert store.installations.replace_tokens("T1", "sealed-2", clock(), was="sealed-1")
    assert not store.installations.replace_tokens("T1", "sealed-3", clock(), was="sealed-1")
    row = store.installations.get("T1")
    assert row is not None
    assert (row.sealed, row.token_expires_at) == ("sealed-2", clock())
    assert not store.installations.replace_tokens("T9", "sealed-2", None, was="sealed-1")


def test_a_state_is_good_once_and_not_for_ever(store: Store, clock: Clock) -> None:
    first, second, third = (store.installations.issue_state(lasts_s=600) for _ in range(3))
    assert len({first, second, third}) == 3
    assert store.installations.consume_state(first)
    assert not store.installations.consume_state(first)
    clock.forward(seconds=599)
    assert store.installations.consume_state(second)
    clock.forward(seconds=1)
    assert not store.installations.consume_state(third)
    for wrong in ("", "x" * 5000, "\ud800", first[:-1]):
        assert not store.installations.consume_state(wrong)


def test_states_are_not_stored_as_they_are_and_are_swept(store: Store, clock: Clock, sql: object) -> None:
    assert callable(sql)
    state = store.installations.issue_state(lasts_s=600)
    assert state not in str(sql("SELECT * FROM oauth_states"))
    clock.forward(seconds=601)
    store.installations.issue_state(lasts_s=600)
    assert len(sql("SELECT * FROM oauth_states")) == 1


def test_who_installs_again_is_not_forgotten(store: Store, clock: Clock) -> None:
    store.installations.put(installed(clock))
    assert store.erase.leave("T1", left_at=clock())
    assert store.erase.due() != []
    store.installations.put(installed(clock))
    assert store.erase.due() == []
