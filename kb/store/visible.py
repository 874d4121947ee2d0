"""Who may see a row, and which passages a `Filter` lets through."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, FromClause, Table, and_, func, or_

from kb.tables import Items, ItemVersions, Sources, table
from kb.types import Filter, Tier


def visible_to(rows: Table | FromClause, workspace_id: str | None) -> ColumnElement[bool]:
    """Shared rows, and the workspace's own."""
    shared = rows.c.workspace_id.is_(None)
    return shared if workspace_id is None else or_(shared, rows.c.workspace_id == workspace_id)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def end_of(day: date) -> datetime:
    """The first instant that is no longer `day`, in UTC."""
    return midnight(day + timedelta(days=1))


def known_at(as_of: date | None) -> ColumnElement[bool]:
    """The version known at the end of a day; None: the current one."""
    v = table(ItemVersions)
    if as_of is None:
        return v.c.known_until.is_(None)
    end = end_of(as_of)
    return and_(v.c.known_from < end, or_(v.c.known_until.is_(None), v.c.known_until >= end))


def allowed(wanted: Filter) -> list[ColumnElement[bool]]:
    """Conditions on item_versions, items and sources, joined. A removed source's passages are no hits."""
    v, i, s = table(ItemVersions), table(Items), table(Sources)
    found = [known_at(wanted.as_of), visible_to(i, wanted.workspace_id), s.c.status != "removed"]
    if wanted.topics:
        found.append(i.c.topic.in_([str(topic) for topic in wanted.topics]))
    if wanted.max_tier < Tier.OPINION:
        found.append(s.c.tier <= int(wanted.max_tier))
    if wanted.publisher is not None:
        found.append(func.lower(s.c.publisher) == wanted.publisher.lower())
    if wanted.since is not None:
        found.append(v.c.dated_at >= midnight(wanted.since))
    if wanted.until is not None:
        found.append(v.c.dated_at < end_of(wanted.until))
    if wanted.source_ids:
        found.append(i.c.source_id.in_(wanted.source_ids))
    return found
