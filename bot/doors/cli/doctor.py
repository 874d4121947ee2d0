"""`steelyard doctor`: checks what Steelyard stands on, and says what to do about each trouble."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Annotated, Literal

import typer

from bot.doors.cli.edge import exit_with, out, print_json, settings_for_command
from kb.errors import SteelyardError
from kb.settings import Settings
from kb.store import Store
from kb.types import Counters, utc_now

MIN_FREE_BYTES = 1_000_000_000
CONFIGURATION = 4


@dataclass(frozen=True, slots=True)
class Check:
    """One finding; `do` is what to do when `state` is not "ok"."""

    name: str
    state: Literal["ok", "warn", "fail"]
    found: str
    do: str = ""


def doctor(json: Annotated[bool, typer.Option("--json", help="print JSON")] = False) -> None:
    """Check database, index, model, disk, sources and Slack."""
    settings = settings_for_command()
    checks = list(examine(settings))
    if json:
        print_json({"schema_version": 1, "checks": [asdict(check) for check in checks], "questions": counted(settings)})
    else:
        marks = {"ok": "[green]ok  [/green]", "warn": "[yellow]warn[/yellow]", "fail": "[red]fail[/red]"}
        for check in checks:
            out.print(marks[check.state], end=" ")
            out.print(f"{check.name}: {check.found}", markup=False)
            if check.do and check.state != "ok":
                out.print(f"       {check.do}", markup=False)
    exit_with(CONFIGURATION if any(check.state == "fail" for check in checks) else 0)


def examine(settings: Settings) -> Iterator[Check]:
    """All checks, in the order in which things depend on each other."""
    yield _disk(settings)
    yield from _guarded("database", lambda: _database(settings))
    yield from _guarded("embedding model", lambda: _model(settings))
    yield from _generator(settings)
    yield from _guarded("slack", lambda: _slack(settings))


def _guarded(name: str, check: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    try:
        yield from check()
    except SteelyardError as error:
        yield Check(name, "fail", str(error), error.hint)


def _disk(settings: Settings) -> Check:
    settings.home.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.home).free
    found = f"{free / 1e9:.1f} GB free at {settings.home}"
    return Check("disk", "ok" if free > MIN_FREE_BYTES else "warn", found, "free some space, or move STEELYARD_HOME")


def _database(settings: Settings) -> Iterator[Check]:
    from bot.wire import opened_store

    with opened_store(settings) as store:
        counts = store.items.counts()
        yield Check("database", "ok", ", ".join(f"{count} {name}" for name, count in counts.items()))
        waiting = counts.get("passages", 0) - counts.get("vectors", 0)
        state: Literal["ok", "warn"] = "warn" if waiting else "ok"
        yield Check("vectors", state, f"{waiting} passages wait for their vector", "steelyard ingest --once")
        yield _sources(store)
        yield _questions(store.inbox.counters())


def _questions(found: Counters) -> Check:
    """Whether everything that doors received is accounted for."""
    told = (
        f"{found.received} received, {found.deduplicated} of them repeated, {found.answered} answered, "
        f"{found.stopped} stopped, {found.failed} failed, {found.open} open"
    )
    if not found.balanced:
        return Check("questions", "fail", f"{told}: these do not add up", "please report this with the log")
    state: Literal["ok", "warn"] = "warn" if found.failed else "ok"
    return Check("questions", state, told, "the log says why, by the reference that the asker saw")


def counted(settings: Settings) -> dict[str, int] | None:
    """The same as figures, computed from the rows; None without a database."""
    from bot.wire import opened_store

    try:
        with opened_store(settings) as store:
            return asdict(store.inbox.counters())
    except SteelyardError:
        return None


def _sources(store: Store) -> Check:
    active = [source for source in store.sources.list() if source.status == "active"]
    failing = [source for source in active if source.state.failures]
    never = [source for source in active if source.state.last_attempt_at is None]
    broken = [source for source in active if source.state.broken_since]
    found = f"{len(active)} active, {len(failing)} failing ({len(broken)} broken), {len(never)} not read yet"
    if not active:
        return Check("sources", "warn", found, "steelyard sources add URL")
    if failing and len(failing) == len(active) - len(never):
        return Check(
            "sources", "fail", found, "none can be read: check this machine's network, then `steelyard sources list`"
        )
    if since := store.settings.get("network", "down_since"):
        return Check("sources", "warn", f"no host could be reached since {since}", "is this machine on the network?")
    late = [s for s in active if s.state.next_due_at and (utc_now() - s.state.next_due_at).days >= 1]
    if late:
        return Check("sources", "warn", f"{found}, {len(late)} overdue by a day", "is `steelyard run` running?")
    return Check("sources", "warn" if failing else "ok", found, "steelyard sources list names the trouble")


def _model(settings: Settings) -> Iterator[Check]:
    from kb.embed import load_embedder

    embedder = load_embedder(settings)
    length = float((embedder.embed_query("open or closed?") ** 2).sum())
    good = abs(length - 1) < 1e-3
    yield Check(
        "embedding model",
        "ok" if good else "fail",
        f"{embedder.name} at {embedder.revision}, {embedder.dim} dimensions",
    )


def _generator(settings: Settings) -> Iterator[Check]:
    from bot.generate import GENERATORS, destinations

    others = [f"{n} ({h})" for n, h in destinations(settings).items() if h and n != settings.generator]
    choice = f"; admins may choose {', '.join(others)}, and questions then leave this machine" if others else ""
    if settings.generator == "composer":
        yield Check("generator", "ok", f"composer: no language model, nothing leaves the machine{choice}")
    elif settings.generator not in GENERATORS:
        yield Check(
            "generator", "fail", f"{settings.generator!r} is unknown", f"one of: composer, {', '.join(GENERATORS)}"
        )
    else:
        try:
            made = GENERATORS[settings.generator](settings)
        except SteelyardError as error:
            yield Check("generator", "fail", str(error), error.hint)
            return
        where = f"questions and their evidence are sent to {made.goes_to}" if made.goes_to else "on this machine"
        yield Check("generator", "ok", f"{made.name}, {made.model}: {where}{choice}")


def _slack(settings: Settings) -> Iterator[Check]:
    from bot.wire import opened_store, wants_slack

    if not wants_slack(settings):
        yield Check("slack", "warn", "no tokens: Steelyard talks in the terminal only", "README: Slack set-up")
        return
    from bot.doors.slack.doctor import check_slack

    with opened_store(settings) as store:
        found = check_slack(settings, store)
    for name, good, what in found:
        yield Check(name, "ok" if good else "fail", what)
