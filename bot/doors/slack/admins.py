"""Who may administer: asked of Slack about the person who acts, at each action, whatever the payload says.

    payload -> (team, user) -> users.info with that team's token -> kind (kept five minutes) -> an `Actor`, or a refusal

Admins are the users in STEELYARD_SLACK_ADMINS, the members of STEELYARD_SLACK_ADMIN_GROUP, and the workspace's own
owners and admins. Never a guest, a bot, a deactivated user, or somebody from another workspace (Slack Connect).
"""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import structlog

from bot.admin import Actor, Administration
from bot.doors.slack.client import Clients, error_code, translated
from kb.errors import NotAllowed, ServiceError
from kb.settings import Settings

log = structlog.get_logger("steelyard.slack")

KEPT_S = 300.0
MOST_KEPT = 2_000
LISTED = 200  # users looked at to name owners: https://docs.slack.dev/reference/methods/users.list
NAMED = 5
_USER = re.compile(r"[UW][A-Z0-9]{2,30}")


class Kind(StrEnum):
    ADMIN = "admin"
    MEMBER = "member"
    GUEST = "guest"
    OUTSIDER = "outsider"  # a bot, nobody we know, or of another workspace


class Admins:
    """Safe between threads. `clock` counts seconds."""

    def __init__(self, clients: Clients, settings: Settings, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clients = clients
        self._ids = tuple(dict.fromkeys(_USER.findall(settings.slack_admins)))
        self._group = settings.slack_admin_group.strip()
        self._clock = clock
        self._kept: dict[tuple[str, ...], tuple[float, Any]] = {}
        self._lock = threading.Lock()

    def allows(self, team_id: str, user_id: str) -> bool:
        return self.kind(team_id, user_id) is Kind.ADMIN

    def kind(self, team_id: str, user_id: str) -> Kind:
        """Raises ServiceError while Slack cannot be asked: nobody is let in on a guess."""
        kind: Kind = self._remembered(("kind", team_id, user_id), lambda: self._asked(team_id, user_id))
        return kind

    def named(self, team_id: str) -> str:
        """The admins, as mrkdwn for a message that only one person sees."""
        try:
            listed = [user for user in self._ids[:NAMED] if self.allows(team_id, user)]
        except ServiceError:
            listed = []
        people = dict.fromkeys([*listed, *self._owners(team_id)])
        shown = [f"<@{user}>" for user in list(people)[:NAMED]]
        shown += [f"the members of <!subteam^{self._group}>"] if self._group else []
        return ", ".join([*shown, "and whoever owns or administers this workspace"])

    def _asked(self, team_id: str, user_id: str) -> Kind:
        try:
            with translated("asking who somebody is"):
                user = self._clients.of(team_id).users_info(user=user_id).get("user") or {}
        except ServiceError as error:
            if error.transient:
                raise
            log.warning("nobody we know", team=team_id, user=user_id, error=str(error))
            return self._on_the_settings_alone(team_id, user_id) if _not_granted(error) else Kind.OUTSIDER
        if not _belongs(user, team_id, user_id):
            return Kind.OUTSIDER
        if _is_guest(user):
            return Kind.GUEST
        mine = user_id in self._ids or _chief(user, team_id)
        return Kind.ADMIN if mine or user_id in self._group_members(team_id) else Kind.MEMBER

    def _on_the_settings_alone(self, team_id: str, user_id: str) -> Kind:
        """Without the scope users:read. Among several workspaces nobody can say then whose a person is."""
        if self._clients.teams() != [team_id]:
            return Kind.OUTSIDER
        return Kind.ADMIN if user_id in self._ids else Kind.MEMBER

    def _group_members(self, team_id: str) -> tuple[str, ...]:
        if not self._group:
            return ()
        members: tuple[str, ...] = self._remembered(("group", team_id), lambda: self._asked_group(team_id))
        return members

    def _asked_group(self, team_id: str) -> tuple[str, ...]:
        """Nobody, where the group is another workspace's or may not be read: the log says so."""
        try:
            with translated("reading a user group"):
                answer = self._clients.of(team_id).usergroups_users_list(usergroup=self._group)
        except ServiceError as error:
            if error.transient:
                raise
            log.warning("admin group not read", team=team_id, group=self._group, error=str(error), hint=error.hint)
            return ()
        return tuple(answer.get("users") or ())

    def _owners(self, team_id: str) -> tuple[str, ...]:
        """Some of them, to name: only the first page of users is looked at."""
        try:
            owners: tuple[str, ...] = self._remembered(("owners", team_id), lambda: self._listed_owners(team_id))
        except ServiceError as error:
            log.warning("owners not listed", team=team_id, error=str(error))
            return ()
        return owners

    def _listed_owners(self, team_id: str) -> tuple[str, ...]:
        with translated("listing users"):
            members = self._clients.of(team_id).users_list(limit=LISTED).get("members") or ()
        return tuple(str(m["id"]) for m in members if _USER.fullmatch(str(m.get("id"))) and _chief(m, team_id))

    def _remembered(self, key: tuple[str, ...], ask: Callable[[], Any]) -> Any:
        now = self._clock()
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and now < kept[0]:
            return kept[1]
        answer = ask()
        with self._lock:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = now + KEPT_S, answer
        return answer


def _not_granted(error: ServiceError) -> bool:
    from slack_sdk.errors import SlackApiError

    return isinstance(error.__cause__, SlackApiError) and error_code(error.__cause__) == "missing_scope"


def _belongs(user: dict[str, Any], team_id: str, user_id: str) -> bool:
    """A person of this very workspace, by Slack's word and not the payload's. In a Grid one person has many teams."""
    teams = {user.get("team_id"), *((user.get("enterprise_user") or {}).get("teams") or ())}
    gone = user.get("deleted") or user.get("is_bot") or user.get("is_stranger") or user.get("is_workflow_bot")
    return user.get("id") == user_id and team_id in teams and not gone


def _is_guest(user: dict[str, Any]) -> bool:
    return bool(user.get("is_restricted") or user.get("is_ultra_restricted"))


def _chief(user: dict[str, Any], team_id: str) -> bool:
    """An owner or admin of the workspace."""
    ranked = any(user.get(name) for name in ("is_admin", "is_owner", "is_primary_owner"))
    return ranked and not _is_guest(user) and _belongs(user, team_id, str(user.get("id")))


@dataclass(frozen=True, slots=True)
class Office:
    """What every admin listener needs. `shared`: this process serves one workspace, whose admins run Steelyard."""

    administration: Administration
    admins: Admins
    clients: Clients
    shared: bool

    def actor(self, team_id: str, user_id: str) -> Actor:
        """Raises NotAllowed, which names the admins."""
        if not self.admins.allows(team_id, user_id):
            raise NotAllowed(f"Only admins can do this. They are {self.admins.named(team_id)}. You are welcome to ask.")
        return Actor(name=f"slack:{user_id}", workspace_id=team_id, shared=self.shared)
