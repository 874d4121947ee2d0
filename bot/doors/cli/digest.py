"""`steelyard digest`: the week, as a channel would get it."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.doors.cli.edge import out, parse_date, print_json, say, settings_for_command

if TYPE_CHECKING:
    from datetime import datetime

    from bot.digest import DigestChannel
    from kb.settings import Settings
    from kb.store import Store


def digest(
    until: Annotated[str | None, typer.Option(metavar="DATE", help="last day of the week shown; default today")] = None,
    channel: Annotated[str, typer.Option(metavar="ID", help="as this Slack channel would get it")] = "",
    workspace: Annotated[str, typer.Option(metavar="TEAM", help="the channel's workspace; default the only one")] = "",
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Show the digest of the seven days that end with a date; of a channel with its topics and its decisions."""
    from bot.digest import digest_for_week, digest_json, digest_text
    from bot.wire import opened_store
    from kb.types import utc_now

    settings, now = settings_for_command(), utc_now()
    last = parse_date(until, "--until") or now.date()
    with opened_store(settings, say) as store:
        chosen = _chosen(store, settings, workspace, channel) if channel else None
        team = chosen.workspace_id if chosen else workspace or None
        topics = chosen.topics if chosen else ()
        made = digest_for_week(store, last, workspace_id=team, channel=channel, topics=topics)
    if json:
        print_json(digest_json(made))
        return
    out.print(digest_text(made), markup=False)
    if channel:
        out.print(_when(chosen, channel, now), markup=False)


def _chosen(store: "Store", settings: "Settings", workspace: str, channel: str) -> "DigestChannel | None":
    from bot.digest import chosen_channels

    teams = [workspace] if workspace else store.settings.workspaces()
    return next((c for c in chosen_channels(store, settings, teams or [""]) if c.channel == channel), None)


def _when(chosen: "DigestChannel | None", channel: str, now: "datetime") -> str:
    from bot.digest import next_hour

    if chosen is None:
        return f"\nNo digest is posted in {channel}; `/steelyard digest` there sets one."
    return f"\nNext posted in {channel} on {next_hour(now, chosen):%A %d %B %Y at %H:%M} ({chosen.time_zone})."
