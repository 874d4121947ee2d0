"""The tokens of installed workspaces: refreshed in time, sealed under changing keys; half a configuration refused."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.doors.slack.install import InstalledClients, Tokens, mode_of, reseal_all, seal_of
from bot.doors.slack.run import run_slack
from kb.errors import ConfigurationError, ServiceError
from kb.seal import Seal, new_key
from kb.settings import Settings
from kb.store import Store
from kb.types import utc_now
from tests.bot.install_world import KEY, empty_store, serving, settings
from tests.bot.slack_server import SmallSlack, small_slack
from tests.fakes import FakeSteelyard


@pytest.fixture
def slack() -> Iterator[SmallSlack]:
    with small_slack() as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with empty_store(tmp_path) as opened:
        yield opened


# ---------------------------------------------------------------- tokens that end


class Clock:
    def __init__(self) -> None:
        self.now = utc_now()

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def rotating(slack: SmallSlack, store: Store) -> tuple[InstalledClients, Clock]:
    """T1 installed with a token that ends in twelve hours."""
    slack.lasts_s = 43_200
    made, clock = settings(slack), Clock()
    with serving(made, store) as served:
        served.install(slack, "T1")
    slack.calls.clear()
    return InstalledClients(made, store, seal_of(made), owner="me", clock=clock), clock


def test_a_token_is_refreshed_before_it_ends(
    slack: SmallSlack, store: Store, rotating: tuple[InstalledClients, Clock]
) -> None:
    clients, clock = rotating
    client = clients.of("T1")
    first = client.token
    assert client.auth_test()["team_id"] == "T1"
    clock.now += timedelta(hours=9, minutes=58)
    assert clients.of("T1").token == first
    assert slack.called("oauth.v2.access") == []
    clock.now += timedelta(minutes=5)
    assert clients.of("T1") is client
    assert client.token != first
    assert client.auth_test()["team_id"] == "T1"
    clock.now += timedelta(hours=11)
    assert clients.of("T1").token not in (first, None)
    assert len(slack.called("oauth.v2.access")) == 2


def test_many_threads_refresh_once(slack: SmallSlack, rotating: tuple[InstalledClients, Clock]) -> None:
    clients, clock = rotating
    clock.now += timedelta(hours=11)
    found: list[str | None] = []
    threads = [threading.Thread(target=lambda: found.append(clients.of("T1").token)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 8
    assert len(slack.called("oauth.v2.access")) == 1


def test_a_refusal_is_borne_while_the_token_lasts_and_then_says_what_to_do(
    slack: SmallSlack, rotating: tuple[InstalledClients, Clock]
) -> None:
    clients, clock = rotating
    slack.errors["oauth.v2.access"] = "invalid_refresh_token"
    clock.now += timedelta(hours=11)
    assert clients.of("T1").auth_test()["ok"]
    clock.now += timedelta(hours=2)
    with pytest.raises(ServiceError, match="invalid_refresh_token") as caught:
        clients.of("T1")
    assert "https://steelyard.example/slack/install" in caught.value.hint
    assert not caught.value.transient


def test_keys_change_without_a_new_installation(slack: SmallSlack, store: Store) -> None:
    made = settings(slack)
    with serving(made, store) as served:
        served.install(slack, "T1")
    newer = new_key()
    both = Seal([newer, KEY])
    assert reseal_all(store, both) == (1, 1)
    assert reseal_all(store, both) == (0, 1)
    clients = InstalledClients(made, store, Seal([newer]), owner="me", clock=utc_now)
    assert clients.of("T1").auth_test()["team_id"] == "T1"
    with pytest.raises(ConfigurationError, match="none of the secret keys"):
        InstalledClients(made, store, Seal([KEY]), owner="me", clock=utc_now).of("T1")


def test_a_token_in_anothers_row_does_not_open(slack: SmallSlack, store: Store) -> None:
    made = settings(slack)
    with serving(made, store) as served:
        for team in ("T1", "T2"):
            served.install(slack, team)
    one, two = store.installations.list()
    store.installations.replace_tokens("T2", one.sealed, None, was=two.sealed)
    swapped = store.installations.get("T2")
    assert swapped is not None
    with pytest.raises(ConfigurationError, match="another workspace"):
        Tokens.opened(seal_of(made), swapped)


# ---------------------------------------------------------------- half a configuration


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"slack_client_secret": None}, "SLACK_CLIENT_SECRET too"),
        ({"slack_client_id": ""}, "SLACK_CLIENT_ID too"),
        ({"slack_bot_token": SecretStr("xoxb-1")}, "at once"),
        ({"secret_keys": None}, "no secret key"),
        ({"secret_keys": SecretStr(" ")}, "no secret key"),
        ({"slack_signing_secret": SecretStr("")}, "signing secret"),
    ],
)
def test_half_a_configuration_stops_the_start(
    slack: SmallSlack, store: Store, more: dict[str, object], said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said):
        run_slack(settings(slack, **more), store, FakeSteelyard(store), threading.Event())


def test_without_oauth_it_is_one_workspace() -> None:
    bare = {"slack_client_id": "", "slack_client_secret": None, "slack_bot_token": SecretStr("xoxb-1")}
    assert mode_of(Settings(**bare)) == "one"  # type: ignore[arg-type]
