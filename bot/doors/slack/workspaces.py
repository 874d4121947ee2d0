"""The Slack door of many workspaces: each has a door of its own, with its client and what it does not offer."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.doors.slack.client import Clients
from bot.worker import Delivery, Door
from kb.types import InboxRow, OutboxRow

if TYPE_CHECKING:
    from slack_sdk import WebClient


class WorkspaceDoors:
    """Implements `bot.worker.Door`: a row goes to the door of the workspace that it names. `made` makes one."""

    name = "slack"

    def __init__(self, clients: Clients, made: "Callable[[WebClient], Door]") -> None:
        self._clients = clients
        self._made = made
        self._doors: dict[int, Door] = {}  # by client: a workspace that installs anew has a new one
        self._lock = threading.Lock()

    def begin(self, row: InboxRow) -> Delivery:
        return self._door(row.inquiry.workspace_id).begin(row)

    def post(self, row: OutboxRow) -> str:
        return self._door(row.draft.workspace_id).post(row)

    def _door(self, team_id: str | None) -> Door:
        """Asks for the client each time: that keeps its token fresh."""
        client = self._clients.of(team_id)
        with self._lock:
            door = self._doors.get(id(client))
            if door is None:
                door = self._doors[id(client)] = self._made(client)
        return door
