"""One item written in one transaction: its version, its passages, and the end of the version before.

::

    no such item            -> item, version 1                                   "new"
    same entry_hash         -> nothing                                           "unchanged"
    other entry_hash        -> next version; the one before ends where it begins "edited"
  where `calm` is asked for:
    one that it lately had  -> that version is current again: two mirrors that
                               disagree make no news and no pile of versions     "flapped"
    the seventh in a day    -> nothing yet; what it says tomorrow is taken then  "held"
    reason "full_text"      -> next version, known from when the entry was; the
                               entry keeps its hash and its text stays quotable  "enriched"
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from kb.context import context
from kb.errors import BadInput, NotFound
from kb.store.engine import Db
from kb.tables import Items, ItemVersions, Passages, Sources, table
from kb.tables_notes import ItemNotes
from kb.types import ItemDraft

MAX_EXTERNAL_ID = 2000  # what PostgreSQL can index
FLAP = timedelta(days=7)  # one who goes back after longer than this has changed their mind
RESTLESS, RESTLESS_SPAN = 6, timedelta(days=1)

_i, _v, _p, _s, _n = table(Items), table(ItemVersions), table(Passages), table(Sources), table(ItemNotes)

# Built once: composing a statement costs more than running it on SQLite.
_FIND = select(_i).where(_i.c.source_id == bindparam("of"), _i.c.external_id == bindparam("named")).with_for_update()
_CURRENT = select(_v).where(_v.c.item_id == bindparam("of"), _v.c.known_until.is_(None))
_ALL = (
    select(
        _v.c.id, _v.c.version, _v.c.known_from, _v.c.known_until, _v.c.first_seen_at, _v.c.entry_hash, _v.c.story_key
    )
    .where(_v.c.item_id == bindparam("of"))
    .order_by(_v.c.version.desc())
)
_CLOSE = _v.update().where(_v.c.id == bindparam("row")).values(known_until=bindparam("ends"))
_WORKSPACE = select(_s.c.workspace_id).where(_s.c.id == bindparam("of"))
_NEW_VERSION = _v.insert().returning(_v.c.id)


def write_item(db: Db, conn: Connection, source_id: int, draft: ItemDraft, *, calm: bool = False) -> str:
    check_external_id(draft.external_id)
    item = conn.execute(_FIND, {"of": source_id, "named": draft.external_id}).first()
    if item is None and draft.reason != "full_text":
        item_id = _insert_item(db, conn, source_id, draft)
        if item_id is not None:
            _insert_version(conn, item_id, 1, draft, db.now())
            _note(db, conn, item_id, draft)
            return "new"
        item = conn.execute(_FIND, {"of": source_id, "named": draft.external_id}).one()  # another was first
    done = _change(conn, item, draft, db.now(), calm=calm)
    if item is not None and done in ("edited", "enriched"):
        _note(db, conn, item.id, draft)
    return done


def _change(conn: Connection, item: Row[Any] | None, draft: ItemDraft, now: datetime, *, calm: bool) -> str:
    if item is None or draft.reason == "full_text":
        return _enrich(conn, item, draft, now)
    if item.entry_hash == draft.entry_hash:
        return "unchanged"
    change = _calmly if calm and not draft.record else _edit  # a table says what holds now, however often that is
    return change(conn, item, draft, now)


def _note(db: Db, conn: Connection, item_id: int, draft: ItemDraft) -> None:
    """What the newest version says beside its words. Rows of tables are too many, and are no news."""
    if draft.record:
        return
    insert = db.insert(_n)
    told = {name: insert.excluded[name] for name in ("importance_why", "places")}
    conn.execute(insert.on_conflict_do_update(index_elements=[_n.c.item_id], set_=told), note_of(item_id, draft))


def note_of(item_id: int, draft: ItemDraft) -> dict[str, Any]:
    told = {"importance_why": draft.importance_why, "places": list(draft.places)}
    return {"item_id": item_id, "entities": [], **told}


def check_external_id(external_id: str) -> None:
    if not 0 < len(external_id.encode()) <= MAX_EXTERNAL_ID:
        raise BadInput(f"an item's external id has 1 to {MAX_EXTERNAL_ID} bytes")


def _insert_item(db: Db, conn: Connection, source_id: int, draft: ItemDraft) -> int | None:
    values = new_item(source_id, workspace_of(conn, source_id), draft, db.now())
    insert = db.insert(_i).on_conflict_do_nothing().returning(_i.c.id)
    new_id: int | None = conn.scalar(insert, values)
    return new_id


def workspace_of(conn: Connection, source_id: int) -> str | None:
    source = conn.execute(_WORKSPACE, {"of": source_id}).first()
    if source is None:
        raise NotFound(f"no source {source_id}")
    workspace_id: str | None = source.workspace_id
    return workspace_id


def new_item(source_id: int, workspace_id: str | None, draft: ItemDraft, now: datetime) -> dict[str, Any]:
    """The row of an item that has one version."""
    return {
        "source_id": source_id,
        "workspace_id": workspace_id,
        "external_id": draft.external_id,
        "first_seen_at": now,
        "known_from": draft.known_from,
        **_head(draft, 1),
    }


def _calmly(conn: Connection, item: Row[Any], draft: ItemDraft, now: datetime) -> str:
    versions: list[Row[Any]] = list(conn.execute(_ALL, {"of": item.id}))
    current = next(row for row in versions if row.known_until is None)
    again = next((row for row in versions if row.entry_hash == draft.entry_hash), None)
    if again is not None:
        since = min(again.version, current.version)
        if all(row.first_seen_at > now - FLAP for row in versions if row.version > since):
            return _flap(conn, item, versions, again, draft)
    if sum(row.first_seen_at > now - RESTLESS_SPAN for row in versions) >= RESTLESS:
        return "held"
    return _edit(conn, item, draft, now)


def _flap(conn: Connection, item: Row[Any], versions: Sequence[Row[Any]], again: Row[Any], draft: ItemDraft) -> str:
    """`again` is current once more; those after it never held, those before it end where it begins."""
    for row in versions:
        if row.version > again.version:
            conn.execute(_CLOSE, {"row": row.id, "ends": row.known_from})
        elif row.known_until is None or row is again:
            conn.execute(_CLOSE, {"row": row.id, "ends": None if row is again else again.known_from})
    kept = {name: getattr(again, name) for name in ("entry_hash", "story_key", "known_from")}
    conn.execute(_i.update().where(_i.c.id == item.id).values(**kept, content_hash=draft.content_hash))
    return "flapped"


def _edit(conn: Connection, item: Row[Any], draft: ItemDraft, now: datetime) -> str:
    before = conn.execute(_CURRENT, {"of": item.id}).one()
    # An edit that claims to be older than what it edits would leave a day with two versions, or none.
    known_from = max(draft.known_from, before.known_from)
    conn.execute(_CLOSE, {"row": before.id, "ends": known_from})
    conn.execute(_i.update().where(_i.c.id == item.id), {**_head(draft, item.version + 1), "known_from": known_from})
    _insert_version(conn, item.id, item.version + 1, draft, now, known_from=known_from)
    return "edited"


def _enrich(conn: Connection, item: Row[Any] | None, draft: ItemDraft, now: datetime) -> str:
    if item is None:
        raise NotFound(f"no item {draft.external_id!r} to enrich")
    entry = conn.execute(_CURRENT, {"of": item.id}).one()
    if entry.reason == "full_text" and entry.text == draft.text:
        return "unchanged"
    conn.execute(_CLOSE, {"row": entry.id, "ends": entry.known_from})
    conn.execute(_i.update().where(_i.c.id == item.id), _judged(draft) | {"version": item.version + 1})
    kept = {
        "entry_hash": item.entry_hash,
        "known_from": entry.known_from,
        "published_at": entry.published_at or draft.published_at,
        "updated_at": entry.updated_at or draft.updated_at,
        "dated_at": entry.dated_at,
    }
    _insert_version(conn, item.id, item.version + 1, draft, now, **kept)
    return "enriched"


def _head(draft: ItemDraft, version: int) -> dict[str, Any]:
    """What an item repeats of its newest entry."""
    return {
        "entry_hash": draft.entry_hash,
        "content_hash": draft.content_hash,
        "version": version,
        **_judged(draft),
        "story_key": draft.story_key,
        "article_due_at": draft.article_due_at,
        "record": draft.record,
    }


def _judged(draft: ItemDraft) -> dict[str, Any]:
    return {"topic": str(draft.topic), "importance": draft.importance}


def _insert_version(
    conn: Connection, item_id: int, version: int, draft: ItemDraft, now: datetime, **instead: Any
) -> None:
    version_id = conn.scalar(_NEW_VERSION, version_values(item_id, version, draft, now, **instead))
    if draft.passages:
        conn.execute(_p.insert(), [passage_values(version_id, draft, n) for n in range(len(draft.passages))])


def version_values(item_id: int, version: int, draft: ItemDraft, now: datetime, **instead: Any) -> dict[str, Any]:
    values = {
        "item_id": item_id,
        "version": version,
        "url": draft.url,
        "title": draft.title,
        "author": draft.author,
        "text": draft.text,
        "language": draft.language,
        "flags": list(draft.flags),
        "reason": draft.reason,
        "entry_hash": draft.entry_hash,
        "story_key": draft.story_key,
        "published_at": draft.published_at,
        "updated_at": draft.updated_at,
        "known_from": draft.known_from,
        "first_seen_at": now,
        **instead,
    }
    values.setdefault("dated_at", values["published_at"] or values["known_from"])
    return values


def passage_values(version_id: int | None, draft: ItemDraft, n: int) -> dict[str, Any]:
    passage = draft.passages[n]
    if draft.text[passage.start : passage.end] != passage.text:
        raise BadInput(f"passage {passage.ordinal} of {draft.external_id!r} is not the text at its place")
    return {
        "version_id": version_id,
        "ordinal": passage.ordinal,
        "heading_path": list(passage.heading_path),
        "start_char": passage.start,
        "end_char": passage.end,
        "context": context(draft.title, passage.heading_path),
        "text": passage.text,
        "embedded": False,
    }
