"""Subscriptions of sources to the hubs that their feeds name (WebSub): one a source, renewed by whoever claims it."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from kb.store import claims
from kb.store.engine import Db
from kb.tables import Sources, table
from kb.tables_subscriptions import Subscriptions
from kb.types import Subscription

WANTED, ASKED, SUBSCRIBED, DENIED = "wanted", "asked", "subscribed", "denied"
SECRET_BYTES = 32  # a hub takes less than 200 bytes of it


class SubscriptionStore:
    def __init__(self, db: Db) -> None:
        self._db = db
        self._t = table(Subscriptions)

    def want(self, source_id: int, hub_url: str, topic_url: str) -> None:
        """The feed names this hub for this topic. What is subscribed to already is left alone."""
        place = {"hub_url": hub_url, "topic_url": topic_url}
        if (old := self.of_source(source_id)) is not None and (old.hub_url, old.topic_url) == (hub_url, topic_url):
            return
        fresh = {**place, "state": WANTED, "failures": 0, "next_at": self._db.now(), "expires_at": None, "error": None}
        fresh |= {"token": secrets.token_urlsafe(24), "secret": secrets.token_urlsafe(SECRET_BYTES)}
        with self._db.write() as conn:
            self._db.upsert(conn, self._t, {"source_id": source_id}, fresh)

    def claim_due(self, owner: str, limit: int, lease_s: float) -> list[Subscription]:
        """Those of active sources that are to be asked for or renewed now."""
        s, t = table(Sources), self._t
        active = t.c.source_id.in_(select(s.c.id).where(s.c.status == "active"))
        want, due = claims.Claim(owner, limit, lease_s), (t.c.next_at <= self._db.now(), active)
        return [_subscription(row) for row in claims.claim(self._db, t, want, *due, order=(t.c.next_at, t.c.id))]

    def asked(self, row_id: int, owner: str, *, next_at: datetime, failures: int, error: str | None) -> None:
        """The hub took the request, or refused it (`error`); ask again at `next_at` unless it confirms before."""
        with self._db.write() as conn:
            told = {"next_at": next_at, "failures": failures, "error": error}
            claims.settle(conn, self._t, row_id, owner, **told)
            if error is None:
                waiting = self._t.update().where(self._t.c.id == row_id, self._t.c.state == WANTED)
                conn.execute(waiting.values(state=ASKED))

    def verified(self, row_id: int, *, expires_at: datetime, renew_at: datetime) -> None:
        fine = {"state": SUBSCRIBED, "failures": 0, "error": None}
        self._set(row_id, **fine, expires_at=expires_at, next_at=renew_at)

    def denied(self, row_id: int, reason: str, *, next_at: datetime) -> None:
        self._set(row_id, state=DENIED, error=reason, expires_at=None, next_at=next_at)

    def notified(self, row_id: int) -> None:
        self._set(row_id, notified_at=self._db.now())

    def by_token(self, token: str) -> Subscription | None:
        return self._first(self._t.c.token == token)

    def of_source(self, source_id: int) -> Subscription | None:
        return self._first(self._t.c.source_id == source_id)

    def _first(self, where: Any) -> Subscription | None:
        with self._db.read() as conn:
            row = conn.execute(select(self._t).where(where)).first()
        return None if row is None else _subscription(row)

    def _set(self, row_id: int, **values: Any) -> None:
        with self._db.write() as conn:
            conn.execute(self._t.update().where(self._t.c.id == row_id).values(**values))


def _subscription(row: Row[Any]) -> Subscription:
    names = ("id", "source_id", "hub_url", "topic_url", "token", "secret", "state", "failures", "expires_at")
    return Subscription(**{name: getattr(row, name) for name in names})
