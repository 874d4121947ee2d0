"""Everything that admins do in Slack, on one app."""

from typing import TYPE_CHECKING

from bot.admin import Administration
from bot.doors.slack import add_source, home, proposals, source_commands
from bot.doors.slack.add_source import AddSource
from bot.doors.slack.admins import Admins, Office
from bot.doors.slack.client import Clients
from bot.doors.slack.home import Home
from bot.doors.slack.source_commands import Commands
from kb.settings import Settings

if TYPE_CHECKING:
    from slack_bolt import App


def office_of(
    administration: Administration | None, clients: Clients, settings: Settings, *, shared: bool
) -> Office | None:
    """`shared`: one workspace is served, and its admins administer what is shared too."""
    if administration is None:
        return None
    return Office(administration, Admins(clients, settings), clients, shared)


def register(app: "App", office: Office, default_generator: str, command: str) -> None:
    """Before the listener of `command` that takes every other word."""
    shown = Home(office, default_generator)
    adding = AddSource(office, lambda team, user, notice: shown.refreshed(team, user, notice))
    home.register(app, shown)
    proposals.register(app, office, shown.again)
    add_source.register(app, adding)
    source_commands.register(app, Commands(office, adding, shown), command)
