"""`steelyard digest`: the week, as a channel would get it."""

from typing import Annotated

import typer

from bot.doors.cli.edge import out, parse_date, print_json, say, settings_for_command


def digest(
    until: Annotated[str | None, typer.Option(metavar="DATE", help="last day of the week shown; default today")] = None,
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Show the digest of the seven days that end with a date."""
    from bot.digest import digest_for_week, digest_json, digest_text
    from bot.wire import opened_store
    from kb.types import utc_now

    last = parse_date(until, "--until") or utc_now().date()
    with opened_store(settings_for_command(), say) as store:
        made = digest_for_week(store, last)
    if json:
        print_json(digest_json(made))
    else:
        out.print(digest_text(made), markup=False)
