"""WebSub (https://www.w3.org/TR/websub/): being told of news by a hub instead of only asking for it.

::

    a feed names its hub -> store.subscriptions.want -> ask_hubs (POST, by the clock; again before the lease ends)
      -> the hub asks us back -> confirmed (only what we asked for, under its secret address)
      -> the hub sends news   -> heard (only what is signed with our secret) -> the source is due now

What a hub sends is never read: it only makes us ask the feed itself. Off without a public callback address.
"""

import hashlib
import hmac
import logging
import re
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from ingest.fetch import Fetcher
from ingest.source import Page, Request, Response
from kb.errors import FetchError
from kb.settings import Settings
from kb.store import Store
from kb.types import Subscription

PATH = "/websub/"
LEASE_WANTED_S = 10 * 86_400
SHORTEST_LEASE_S, LONGEST_LEASE_S = 3600, 90 * 86_400
RENEW_AT = 0.8  # of the lease
FIRST_RETRY, LAST_RETRY = timedelta(hours=1), timedelta(days=1)
CLAIM_S = 120.0
BATCH = 20
METHODS = frozenset({"sha1", "sha256", "sha384", "sha512"})  # all that the recommendation knows; hubs still use sha1

log = logging.getLogger("steelyard.ingest")

_LINK = re.compile(r"<([^>]*)>((?:[^,<\"]|\"[^\"]*\")*)")
_REL = re.compile(r"rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,]+))", re.I)


def hub_of(page: Page, response: Response) -> tuple[str | None, str | None]:
    """The hub and the topic that an answer names: in its Link header, which goes before, or in its feed."""
    linked: dict[str, str] = {}
    for address, told in _LINK.findall(response.headers.get("link", "")):
        found = _REL.search(told)
        for rel in (found[1] or found[2] or "").lower().split() if found else ():
            linked.setdefault(rel, address)
    return linked.get("hub") or page.hub_url, linked.get("self") or page.self_url


# ---------------------------------------------------------------- asking


def ask_hubs(
    store: Store,
    fetcher: Fetcher,
    settings: Settings,
    clock: Callable[[], datetime],
    *,
    owner: str,
    stop: threading.Event | None = None,
) -> int:
    """Subscribe, and renew what ends soon; returns how many hubs took the request. Failures are tried again."""
    taken = 0
    while not (stop and stop.is_set()) and (due := store.subscriptions.claim_due(owner, BATCH, CLAIM_S)):
        for subscription in due:
            error = _ask(subscription, fetcher, settings)
            taken += error is None
            # Taken or not: unless the hub confirms, the next time comes ever more rarely.
            wait = min(FIRST_RETRY * 2 ** min(subscription.failures, 10), LAST_RETRY)
            store.subscriptions.asked(
                subscription.id, owner, next_at=clock() + wait, failures=subscription.failures + 1, error=error
            )
    return taken


def _ask(subscription: Subscription, fetcher: Fetcher, settings: Settings) -> str | None:
    form = (
        ("hub.mode", "subscribe"),
        ("hub.topic", subscription.topic_url),
        ("hub.callback", settings.websub_callback_url.rstrip("/") + PATH + subscription.token),
        ("hub.lease_seconds", str(LEASE_WANTED_S)),
        ("hub.secret", subscription.secret),
    )
    try:
        fetcher.fetch(Request(url=subscription.hub_url, form=form))
    except FetchError as error:
        log.info("hub %s of source %s: %s", subscription.hub_url, subscription.source_id, error)
        return str(error)
    return None


# ---------------------------------------------------------------- hearing


def confirmed(store: Store, token: str, told: Mapping[str, str], now: datetime) -> str | None:
    """The challenge to send back when the hub asks whether it was us; None where it was not."""
    subscription = store.subscriptions.by_token(token)
    if subscription is None or told.get("hub.topic") != subscription.topic_url:
        return None
    if told.get("hub.mode") == "denied":
        reason = told.get("hub.reason", "")[:200]
        store.subscriptions.denied(subscription.id, f"the hub refused: {reason}", next_at=now + LAST_RETRY)
        return ""
    if told.get("hub.mode") != "subscribe" or not told.get("hub.challenge"):
        return None
    lease = timedelta(seconds=_lease_s(told.get("hub.lease_seconds", "")))
    store.subscriptions.verified(subscription.id, expires_at=now + lease, renew_at=now + lease * RENEW_AT)
    return told["hub.challenge"]


def _lease_s(stated: str) -> int:
    lease_s = int(stated[:10]) if stated.isascii() and stated.isdecimal() else LEASE_WANTED_S
    return min(max(lease_s, SHORTEST_LEASE_S), LONGEST_LEASE_S)


def heard(store: Store, token: str, signature: str, body: bytes) -> bool:
    """News from a hub: makes the source due now if it is signed with our secret; anything else is left unread."""
    subscription = store.subscriptions.by_token(token)
    if subscription is None:
        return False
    method, _, digest = signature.partition("=")
    if method not in METHODS:
        return False
    ours = hmac.new(subscription.secret.encode(), body, getattr(hashlib, method)).hexdigest()
    if not hmac.compare_digest(ours.encode(), digest.strip().lower().encode()):
        return False
    store.subscriptions.notified(subscription.id)
    store.sources.refresh_now(subscription.source_id)
    return True
