"""`steelyard sources ...`: what is read, and how it fares."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.doors.cli.contracts import KnownSource, SourceList
from bot.doors.cli.edge import out, print_json, say, settings_for_command
from bot.doors.cli.show import day, table
from kb.errors import BadDataFile, BadInput, Conflict, NotFound
from kb.types import SourceDraft, SourceHealth, SourceRecord, Tier, Topic, utc_now

if TYPE_CHECKING:
    from ingest.preview import Preview

app = typer.Typer(help="Add, list, test, pause, resume, remove, import and export sources.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]
TOLD_SINCE = timedelta(days=7)
SourceId = Annotated[int, typer.Argument(help="as shown by `steelyard sources list`")]


@app.command("list")
def list_sources(json: AsJson = False) -> None:
    """All sources with their health, and what their admins were told in the last week."""
    from bot.wire import opened_store

    with opened_store(settings_for_command(), say) as store:
        records, health = store.sources.list(), store.sources.health()
        told = store.outbox.recent("notice", since=utc_now() - TOLD_SINCE)
    notices = tuple(f"{row.created_at:%Y-%m-%d %H:%M} {row.draft.payload.get('text', '')}" for row in told)
    if json:
        known = tuple(KnownSource.of(record, health.get(record.id)) for record in records)
        print_json(SourceList(sources=known, notices=notices))
        return
    now = utc_now()
    columns = ("id", "source", "kind", "tier", "state", "last success", "next due", "a week", "lag", "trouble")
    out.print(table("", columns, [_row(record, health.get(record.id, SourceHealth()), now) for record in records]))
    for notice in notices:
        out.print(notice, markup=False)


def _row(r: SourceRecord, health: SourceHealth, now: datetime) -> tuple[object, ...]:
    trouble = r.state.last_error or r.pause_reason or (r.state.notices[-1] if r.state.notices else "")
    rate = f"{health.entries_per_week:.1f}" if health.entries_per_week else "-"
    lag = "-" if health.lag_s is None else lasting(health.lag_s)
    last = f"{lasting((now - r.state.last_success_at).total_seconds())} ago" if r.state.last_success_at else "never"
    return (r.id, r.title or r.url, r.kind, int(r.tier), _state(r), last, _due(r, now), rate, lag, trouble)


def _state(r: SourceRecord) -> str:
    if r.status != "active":
        return r.status
    if r.state.broken_since:
        return f"broken since {day(r.state.broken_since)}"
    if r.state.failures:
        return "failed once" if r.state.failures == 1 else f"failed {r.state.failures} times"
    return "well" if r.state.last_success_at else "not read yet"


def _due(r: SourceRecord, now: datetime) -> str:
    if r.status != "active":
        return "-"
    due_s = (r.state.next_due_at - now).total_seconds() if r.state.next_due_at else 0.0
    return f"in {lasting(due_s)}" if due_s > 0 else "now"


def lasting(seconds: float) -> str:
    """A span in its largest fitting unit: 40 s, 12 min, 5 h, 3 d."""
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size or (unit == "min" and seconds >= size):
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="a feed, a web page that names its feed, or a page to watch")],
    topic: Annotated[Topic, typer.Option()] = Topic.OTHER,
    tier: Annotated[int, typer.Option(min=1, max=4, help="1 primary, 2 recognised, 3 press, 4 opinion")] = 3,
    publisher: Annotated[str, typer.Option()] = "",
    title: Annotated[str, typer.Option()] = "",
    kind: Annotated[str, typer.Option(help="feed or page; found out by reading the address when left out")] = "",
    published: Annotated[str, typer.Option(metavar="DATE", help="for a page that states no date of its own")] = "",
    json: AsJson = False,
) -> None:
    """Add a source; the address is read once to see what it is."""
    from bot.wire import opened_store

    settings = settings_for_command()
    with opened_store(settings, say) as store:
        known = store.sources.find(url)
        if known and known.status != "removed":
            raise Conflict(f"{url} is source {known.id} already", hint=f"steelyard sources resume {known.id}")
        seen = _preview(url, kind)
        draft = SourceDraft(
            kind=seen.kind,
            url=seen.url,
            title=title or seen.title,
            publisher=publisher or seen.publisher,
            topic=topic,
            tier=Tier(tier),
            options={"published": published} if published else {},
        )
        record = store.sources.add(draft)
    if json:
        print_json(
            {"schema_version": 1, "source": KnownSource.of(record).model_dump(mode="json"), "entries": seen.entries}
        )
    else:
        out.print(
            f"Added source {record.id}: {record.title or record.url} ({record.kind}), {seen.entries} entries now."
        )
        out.print("It is read at the next refresh, or now with `steelyard ingest --once`.")


@app.command("test")
def try_out(url: Annotated[str, typer.Argument()], json: AsJson = False) -> None:
    """Read an address once and show what would come of it; nothing is stored."""
    settings_for_command()
    seen = _preview(url, "")
    if json:
        print_json({"schema_version": 1, **seen.as_json()})
        return
    out.print(f"{seen.kind}: {seen.title or seen.url}, {seen.entries} entries", markup=False)
    out.print(table("", ("published", "title", "link"), seen.newest))
    for reason in seen.refused:
        out.print(f"left out: {reason}", markup=False)


def _preview(url: str, kind: str) -> "Preview":
    from ingest.fetch import Fetcher
    from ingest.preview import preview

    settings = settings_for_command()
    with Fetcher(settings, utc_now) as fetcher:
        return preview(url, fetcher, kind=kind)


def _set_status(source_id: int, status: str, reason: str | None = None) -> None:
    from bot.wire import opened_store

    with opened_store(settings_for_command(), say) as store:
        record = store.sources.get(source_id)
        store.sources.set_status(source_id, status, reason=reason)
        if status == "active":
            store.sources.refresh_now(source_id)
    out.print(f"Source {source_id} ({record.title or record.url}) is now {status}.", markup=False)


@app.command()
def pause(source_id: SourceId) -> None:
    """Stop reading a source; what it gave stays."""
    _set_status(source_id, "paused", "paused by an admin")


@app.command()
def resume(source_id: SourceId) -> None:
    """Read a paused source again, now."""
    _set_status(source_id, "active")


@app.command()
def remove(source_id: SourceId) -> None:
    """Remove a source: it is read and found no more; what answers quoted from it stays quotable."""
    _set_status(source_id, "removed")


@app.command("import")
def import_opml(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)], json: AsJson = False
) -> None:
    """Add every feed of an OPML file."""
    from bot.wire import opened_store
    from ingest.opml import import_opml as read_opml

    try:
        drafts, refused = read_opml(file.read_bytes(), name=file.name)
    except BadDataFile as error:
        raise BadInput(str(error), hint="an OPML file lists feeds as <outline xmlUrl=...>") from error
    added: list[SourceRecord] = []
    known: list[str] = []
    with opened_store(settings_for_command(), say) as store:
        for draft in drafts:
            try:
                added.append(store.sources.add(draft))
            except Conflict:
                known.append(draft.url)
    if json:
        print_json(
            {
                "schema_version": 1,
                "added": [KnownSource.of(r).model_dump(mode="json") for r in added],
                "known": known,
                "refused": list(refused),
            }
        )
    else:
        out.print(f"{len(added)} added, {len(known)} known already, {len(refused)} refused")
        for reason in refused:
            out.print(f"  {reason}", markup=False)
    if not drafts:
        raise BadInput(f"{file.name}: no feed in it", hint="an OPML file lists feeds as <outline xmlUrl=...>")


@app.command("export")
def export_opml(file: Annotated[Path, typer.Argument(dir_okay=False, writable=True)]) -> None:
    """Write all sources to an OPML file."""
    from bot.wire import opened_store
    from ingest.opml import export_opml as write_opml

    with opened_store(settings_for_command(), say) as store:
        records = store.sources.list()
    if not records:
        raise NotFound("there is no source to export")
    file.write_bytes(write_opml(records))
    out.print(f"{len(records)} sources written to {file}", markup=False)
