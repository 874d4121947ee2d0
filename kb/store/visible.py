"""Who may see a row, and which passages a `Filter` lets through."""

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, FromClause, Table, and_, func, or_, select

from kb.tables import Items, ItemVersions, Sources, table
from kb.types import Filter


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
    """Conditions on item_versions joined to items. A removed source's passages are no hits."""
    v, i = table(ItemVersions), table(Items)
    found = [known_at(wanted.as_of), visible_to(i, wanted.workspace_id), *_sources(wanted)]
    if not wanted.records:
        found.append(i.c.record.is_(False))
    if wanted.topics:
        found.append(i.c.topic.in_([str(topic) for topic in wanted.topics]))
    if wanted.since is not None:
        found.append(v.c.dated_at >= midnight(wanted.since))
    if wanted.until is not None:
        found.append(v.c.dated_at < end_of(wanted.until))
    return found


def _sources(wanted: Filter) -> list[ColumnElement[bool]]:
    """Subqueries, not a join: few sources named is where a database should start, few left out is not."""
    s, of = table(Sources), table(Items).c.source_id
    hidden = select(s.c.id).where(or_(s.c.status == "removed", s.c.tier > int(wanted.max_tier)))
    found: list[ColumnElement[bool]] = [of.not_in(hidden)]
    if wanted.publisher is not None:  # SQLite folds the case of ASCII alone
        same = func.lower(s.c.publisher) == wanted.publisher.lower()
        found.append(of.in_(select(s.c.id).where(or_(s.c.publisher == wanted.publisher, same))))
    if wanted.source_ids:
        found.append(of.in_(wanted.source_ids))
    return found
