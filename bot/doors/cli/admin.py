"""What the terminal's admin commands share: the actions, and in whose name."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.doors.cli.edge import say, settings_for_command

if TYPE_CHECKING:
    from bot.admin import Actor, Administration


@contextmanager
def administration() -> "Iterator[Administration]":
    """What admins can do, on the store of the settings."""
    from bot.wire import build_administration, opened_store

    settings = settings_for_command()
    with opened_store(settings, say) as store:
        yield build_administration(store, settings)


def who(workspace: str = "", by: str = "") -> "Actor":
    """The person at this terminal, for everybody or in one workspace's name."""
    from bot.admin import terminal

    return terminal(by or getpass.getuser(), workspace or None)
