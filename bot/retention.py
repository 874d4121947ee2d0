"""Housekeeping: workspaces that left are forgotten, and what is older than a workspace wants to keep is deleted.

A tick. What is due is in the database, so that a tick too many does nothing and a missed one is made up for.
"""

from datetime import datetime, timedelta

import structlog

from bot.preferences import Preferences
from kb.settings import Settings
from kb.store import Store

log = structlog.get_logger("steelyard.retention")

SCOPE, LAST = "retention", "last_day"
LEASE, LEASE_S = "retention", 600.0


def keep_house(store: Store, settings: Settings, owner: str, now: datetime) -> None:
    """Both, by one process at a time; ages are looked at once a day (UTC)."""
    if not store.lease(LEASE, owner, LEASE_S):
        return
    try:
        forget_leavers(store)
        today = now.date().isoformat()
        if store.settings.get(SCOPE, LAST) != today:
            delete_old(store, settings, now)
            store.settings.put(SCOPE, LAST, today)
    finally:
        store.unlease(LEASE, owner)


def forget_leavers(store: Store) -> None:
    """Delete the rows of every workspace that left, when their time has come."""
    for erasure in store.erase.due():
        gone = store.erase.delete_workspace(erasure.workspace_id)
        store.erase.done(erasure)
        log.info("workspace forgotten", workspace=erasure.workspace_id, rows=sum(gone.values()))


def delete_old(store: Store, settings: Settings, now: datetime) -> None:
    """Delete questions, answers, decisions, feedback and threads past their workspace's days, else the operator's."""
    for workspace in store.erase.workspaces():
        days = days_kept(store, settings, workspace)
        if days is None:
            continue
        gone = store.erase.delete_older(workspace, now - timedelta(days=days))
        if gone:
            log.info("old rows deleted", workspace=workspace, days=days, rows=sum(gone.values()))


def days_kept(store: Store, settings: Settings, workspace: str | None) -> int | None:
    """None: for good."""
    return Preferences(store.settings, workspace).retention_days() or settings.retention_days or None
