"""Slack workspaces that installed us, with their sealed tokens, and the states of installations under way."""

import hashlib
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from kb.store.engine import Db
from kb.tables import table
from kb.tables_installations import Erasures, Installations, OauthStates

_i, _s, _e = table(Installations), table(OauthStates), table(Erasures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A workspace that may be served. `sealed`: its tokens, as whoever stored them encrypted them."""

    workspace_id: str
    name: str
    app_id: str
    bot_id: str
    bot_user_id: str
    scopes: tuple[str, ...]
    sealed: str
    token_expires_at: datetime | None
    installed_by: str
    installed_at: datetime


class InstallationStore:
    def __init__(self, db: Db) -> None:
        self._db = db

    def put(self, made: Installed) -> None:
        """Install, or install again: the newest tokens count, and a deletion that was still to come is called off."""
        values = {**asdict(made), "scopes": list(made.scopes)}
        with self._db.write() as conn:
            conn.execute(_e.delete().where(_e.c.workspace_id == made.workspace_id))
            self._db.upsert(conn, _i, {"workspace_id": values.pop("workspace_id")}, values)

    def get(self, workspace_id: str) -> Installed | None:
        with self._db.read() as conn:
            row = conn.execute(select(_i).where(_i.c.workspace_id == workspace_id)).first()
        return None if row is None else _installed(row)

    def list(self) -> list[Installed]:
        """Oldest first."""
        with self._db.read() as conn:
            return [_installed(row) for row in conn.execute(select(_i).order_by(_i.c.id))]

    def replace_tokens(self, workspace_id: str, sealed: str, expires_at: datetime | None, *, was: str) -> bool:
        """New tokens in place of `was`; False where it has changed or gone meanwhile."""
        here = (_i.c.workspace_id == workspace_id, _i.c.sealed == was)
        with self._db.write() as conn:
            new = _i.update().where(*here).values(sealed=sealed, token_expires_at=expires_at)
            return bool(conn.execute(new).rowcount)

    def issue_state(self, *, lasts_s: float) -> str:
        """A random state for one installation; what nobody came back for is swept on the way."""
        state, now = secrets.token_urlsafe(32), self._db.now()
        with self._db.write() as conn:
            conn.execute(_s.delete().where(_s.c.expires_at <= now))
            conn.execute(_s.insert(), {"state_sha256": _digest(state), "expires_at": now + timedelta(seconds=lasts_s)})
        return state

    def consume_state(self, state: str) -> bool:
        """Whether we gave this state, not too long ago, and it was not used yet; now it is."""
        good = (_s.c.state_sha256 == _digest(state), _s.c.expires_at > self._db.now())
        with self._db.write() as conn:
            return bool(conn.execute(_s.delete().where(*good)).rowcount)


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode("utf-8", errors="replace")).hexdigest()


def _installed(row: Row[Any]) -> Installed:
    values = {name: value for name, value in row._mapping.items() if name != "id"}
    return Installed(**{**values, "scopes": tuple(row.scopes)})
