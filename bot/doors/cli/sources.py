"""`steelyard sources ...`: what is read, and how it fares."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.doors.cli.admin import administration, who
from bot.doors.cli.contracts import KnownSource, SourceList
from bot.doors.cli.edge import out, print_json, say, settings_for_command
from bot.doors.cli.show import table
from bot.source_words import last_success, lasting, next_due, state_of, trouble_of
from kb.errors import Conflict
from kb.types import SourceDraft, SourceHealth, SourceRecord, Tier, Topic, utc_now

if TYPE_CHECKING:
    from ingest.preview import Preview

app = typer.Typer(help="Add, list, test, pause, resume, remove, import and export sources.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]
TOLD_SINCE = timedelta(days=7)
SourceId = Annotated[int, typer.Argument(help="as shown by `steelyard sources list`")]
Workspace = Annotated[
    str, typer.Option(metavar="ID", help="a Slack workspace's own sources beside the shared ones, and in its name")
]


COLUMNS = ("id", "source", "kind", "tier", "state", "last success", "next due", "a week", "lag", "trouble")
WIDE = 120  # characters, from which all columns can be read
_FOR_THE_WIDE = ("kind", "last success", "a week", "lag")


@app.command("list")
def list_sources(json: AsJson = False, workspace: Workspace = "") -> None:
    """All sources with their health, and what their admins were told in the last week."""
    from bot.wire import opened_store

    with opened_store(settings_for_command(), say) as store:
        records, health = store.sources.list(workspace_id=workspace or None), store.sources.health()
        told = store.outbox.recent("notice", since=utc_now() - TOLD_SINCE, workspace_id=workspace or None)
    notices = tuple(f"{row.created_at:%Y-%m-%d %H:%M} {row.draft.payload.get('text', '')}" for row in told)
    if json:
        known = tuple(KnownSource.of(record, health.get(record.id)) for record in records)
        print_json(SourceList(sources=known, notices=notices))
        return
    now = utc_now()
    rows = [_row(record, health.get(record.id, SourceHealth()), now) for record in records]
    shown = [n for n, name in enumerate(COLUMNS) if out.width >= WIDE or name not in _FOR_THE_WIDE]
    out.print(table("", [COLUMNS[n] for n in shown], [[row[n] for n in shown] for row in rows]))
    if out.width < WIDE:
        out.print(f"At {WIDE} columns and more there are also: {', '.join(_FOR_THE_WIDE)}.", style="dim")
    for notice in notices:
        out.print(notice, markup=False)


def _row(r: SourceRecord, health: SourceHealth, now: datetime) -> tuple[object, ...]:
    rate = f"{health.entries_per_week:.1f}" if health.entries_per_week else "-"
    lag = "-" if health.lag_s is None else lasting(health.lag_s)
    name, last, due = r.title or r.url, last_success(r, now), next_due(r, now)
    return (r.id, name, r.kind, int(r.tier), state_of(r), last, due, rate, lag, trouble_of(r))


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
    workspace: Workspace = "",
) -> None:
    """Add a source; the address is read once to see what it is."""
    with administration() as admin:
        if known := admin.same_source(url, workspace or None):
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
        record = admin.add_source(who(workspace), draft)
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


def _told(record: SourceRecord) -> None:
    out.print(f"Source {record.id} ({record.title or record.url}) is now {record.status}.", markup=False)


@app.command()
def pause(source_id: SourceId, workspace: Workspace = "") -> None:
    """Stop reading a source; what it gave stays."""
    with administration() as admin:
        _told(admin.pause(who(workspace), source_id))


@app.command()
def resume(source_id: SourceId, workspace: Workspace = "") -> None:
    """Read a paused source again, now."""
    with administration() as admin:
        _told(admin.resume(who(workspace), source_id))


@app.command()
def remove(source_id: SourceId, workspace: Workspace = "") -> None:
    """Remove a source: it is read and found no more; what answers quoted from it stays quotable."""
    with administration() as admin:
        _told(admin.remove(who(workspace), source_id))


@app.command()
def rate(
    source_id: SourceId,
    topic: Annotated[Topic, typer.Option()],
    tier: Annotated[int, typer.Option(min=1, max=4, help="1 primary, 2 recognised, 3 press, 4 opinion")],
    workspace: Workspace = "",
) -> None:
    """Say what a source is about and what it is worth as evidence."""
    with administration() as admin:
        record = admin.set_worth(who(workspace), source_id, topic=topic, tier=Tier(tier))
    name = record.title or record.url
    out.print(f"Source {record.id} ({name}): {record.topic}, tier {int(record.tier)}.", markup=False)


@app.command("import")
def import_opml(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    json: AsJson = False,
    workspace: Workspace = "",
) -> None:
    """Add every feed of an OPML file."""
    with administration() as admin:
        done = admin.import_list(who(workspace), file.read_bytes(), file.name)
    if json:
        added = [KnownSource.of(record).model_dump(mode="json") for record in done.added]
        print_json({"schema_version": 1, "added": added, "known": list(done.known), "refused": list(done.refused)})
        return
    out.print(f"{len(done.added)} added, {len(done.known)} known already, {len(done.refused)} refused")
    for reason in done.refused:
        out.print(f"  {reason}", markup=False)


@app.command("export")
def export_opml(
    file: Annotated[Path, typer.Argument(dir_okay=False, writable=True)], workspace: Workspace = ""
) -> None:
    """Write all sources to an OPML file."""
    with administration() as admin:
        data, count = admin.export_list(who(workspace))
    file.write_bytes(data)
    out.print(f"{count} sources written to {file}", markup=False)
