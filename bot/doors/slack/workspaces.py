"""The Slack door of many workspaces: each has a door of its own, with its client and what it does not offer."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.doors.slack.client import Clients
from bot.worker import Delivery
from kb.types import InboxRow, OutboxRow

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bot.doors.slack.deliver import SlackDoor


class WorkspaceDoors:
    """Implements `bot.worker.Door` and `bot.greet.WaitingRoom`: a row goes to its workspace's door.

    `made` makes the door of a client.
    """

    name = "slack"

    def __init__(self, clients: Clients, made: "Callable[[WebClient], SlackDoor]") -> None:
        self._clients = clients
        self._made = made
        self._doors: dict[int, SlackDoor] = {}  # by client: a workspace that installs anew has a new one
        self._lock = threading.Lock()

    def begin(self, row: InboxRow) -> Delivery:
        return self._door(row.inquiry.workspace_id).begin(row)

    def waiting(self, row: InboxRow, ahead: int) -> None:
        self._door(row.inquiry.workspace_id).waiting(row, ahead)

    def post(self, row: OutboxRow) -> str:
        return self._door(row.draft.workspace_id).post(row)

    def _door(self, team_id: str | None) -> "SlackDoor":
        """Asks for the client each time: that keeps its token fresh."""
        client = self._clients.of(team_id)
        with self._lock:
            door = self._doors.get(id(client))
            if door is None:
                door = self._doors[id(client)] = self._made(client)
        return door
