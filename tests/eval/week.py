"""A recorded week, lived through: `python -m tests.eval.week --home DIR [--start 2026-05-11] [--days 7] [--speed 500]`.

Serves the recorded polls as they changed from hour to hour, runs `make run` against them
under `faketime` (Debian's), then prints the sources and the digest. The clock is moved on in steps, `speed` times as
fast as the true one on the whole: a running factor would shorten every time-out as well. Ticks are hours apart then.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.servers import ReplayServer

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
POLLS = {
    "claude": "Anthropic",
    "cohere": "Cohere",
    "google_ai": "Google",
    "groq": "Groq",
    "mistral": "Mistral AI",
    "ollama": "Ollama",
    "xainews": "xAI",
}  # recorded history -> who publishes it
OURS = "urn:steelyard:opml:1"  # the attributes of our own exports


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One recorded feed: when each version appeared, oldest first."""

    name: str
    at: Sequence[datetime]
    bodies: Sequence[Path]

    def since(self, start: datetime) -> "History":
        """From the version that stood at `start`."""
        first = max((n for n, at in enumerate(self.at) if at <= start), default=0)
        return History(name=self.name, at=self.at[first:], bodies=self.bodies[first:])


def history(name: str) -> History:
    lines = (DATA / "polls" / name / "index.jsonl").read_text("utf-8").splitlines()
    polls = [json.loads(line) for line in lines]
    return History(
        name=name,
        at=[datetime.fromisoformat(poll["committed"]).astimezone(UTC) for poll in polls],
        bodies=[DATA / "polls" / name / poll["file"] for poll in polls],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A faked clock as `faketime` runs it."""

    start: datetime
    speed: float
    began_s: float

    def now(self) -> datetime:
        return self.start + timedelta(seconds=(time.monotonic() - self.began_s) * self.speed)

    def offset(self) -> str:
        return f"{(self.now() - datetime.now(UTC)).total_seconds():+.0f}"


def replay(server: ReplayServer, histories: Sequence[History], clock: Clock, told: Path, stop: threading.Event) -> None:
    """Tell the faked clock, and move each history on when its next version is due by it."""
    shown = dict.fromkeys((h.name for h in histories), 0)
    while not stop.wait(1.0):
        told.with_suffix(".new").write_text(clock.offset(), "ascii")
        told.with_suffix(".new").replace(told)
        for past in histories:
            while shown[past.name] + 1 < len(past.at) and past.at[shown[past.name] + 1] <= clock.now():
                server.advance(f"polls/{past.name}.xml")
                shown[past.name] += 1


def environment(home: Path, told: Path) -> dict[str, str]:
    library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    return os.environ | {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(told),
        "FAKETIME_NO_CACHE": "1",
        "NO_FAKE_STAT": "1",
        "COLUMNS": "200",
        "STEELYARD_HOME": str(home),
        "STEELYARD_STARTER_SOURCES": "false",
        "STEELYARD_ALLOW_PRIVATE_ADDRESSES": "true",
        "STEELYARD_HOST_PAUSE_S": "0",
        "STEELYARD_FULL_TEXT": "false",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "TZ": "UTC",
    }


def opml(server: ReplayServer) -> str:
    lines = "".join(
        f'<outline type="rss" xmlUrl="{server.url(f"polls/{name}.xml")}" s:publisher="{publisher}" s:tier="2"/>'
        for name, publisher in POLLS.items()
    )
    return f'<opml version="2.0" xmlns:s="{OURS}"><body>{lines}</body></opml>'


def live(home: Path, start: datetime, days: float, speed: float) -> None:
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    histories = [history(name).since(start) for name in POLLS]
    stop = threading.Event()
    with ReplayServer(DATA / "feeds") as server:
        for past in histories:
            server.play(f"polls/{past.name}.xml", list(past.bodies))
        (home / "week.opml").write_text(opml(server), "utf-8")
        told, steelyard = home / "clock", str(ROOT / ".venv" / "bin" / "steelyard")
        clock, env = Clock(start=start, speed=speed, began_s=time.monotonic()), environment(home, told)
        told.write_text(clock.offset(), "ascii")
        subprocess.run([steelyard, "sources", "import", str(home / "week.opml")], env=env, check=True, cwd=ROOT)
        threading.Thread(target=replay, args=(server, histories, clock, told, stop), daemon=True).start()
        with subprocess.Popen(["make", "run"], env=env, cwd=ROOT, stdin=subprocess.PIPE, text=True) as bot:
            while clock.now() < start + timedelta(days=days) and bot.poll() is None:
                time.sleep(1)
            assert bot.stdin is not None
            bot.stdin.write("What changed this week?\n")
            bot.stdin.close()
        stop.set()
        for command in (["sources", "list"], ["facts", "proposals"], ["digest"]):
            subprocess.run([steelyard, *command], env=env, check=False, cwd=ROOT)


def main() -> None:
    parser = argparse.ArgumentParser(description="a recorded week, lived through")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--start", type=lambda text: datetime.fromisoformat(text).replace(tzinfo=UTC), default=None)
    parser.add_argument("--days", type=float, default=7)
    parser.add_argument("--speed", type=float, default=500)
    given = parser.parse_args()
    if shutil.which("faketime") is None or not DATA.exists():
        sys.exit("needs Debian's faketime and the recorded data in ../shared")
    live(given.home, given.start or datetime(2026, 5, 11, 8, tzinfo=UTC), given.days, given.speed)


if __name__ == "__main__":
    main()
