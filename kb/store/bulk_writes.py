"""New items many at a time: a few statements for all of them instead of six for each."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select

from kb.store import stories
from kb.store.engine import IN_CLAUSE, Db
from kb.store.item_writes import check_external_id, new_item, note_of, passage_values, version_values, workspace_of
from kb.tables import Items, ItemVersions, Passages, table
from kb.tables_notes import ItemNotes
from kb.types import ItemDraft

_i, _v, _p, _n = table(Items), table(ItemVersions), table(Passages), table(ItemNotes)

# Built once: composing a statement costs more than running it on SQLite.
_STORED = select(_i.c.external_id).where(
    _i.c.source_id == bindparam("of"), _i.c.external_id.in_(bindparam("names", expanding=True))
)
_NEW_VERSIONS = _v.insert().returning(_v.c.id, _v.c.item_id)


def insert_new(db: Db, conn: Connection, source_id: int, drafts: Iterable[ItemDraft]) -> set[str]:
    """Those that are not yet stored, of one id the first; the external ids of what was inserted."""
    fresh: dict[str, ItemDraft] = {}
    for draft in drafts:
        check_external_id(draft.external_id)
        if draft.reason != "full_text":
            fresh.setdefault(draft.external_id, draft)
    for known in _stored(conn, source_id, list(fresh)):
        del fresh[known]
    if not fresh:
        return set()
    items = _insert_items(db, conn, source_id, fresh)
    if items:
        _insert_versions(db, conn, {item_id: fresh[name] for name, item_id in items.items()})
        stories.ask(db, conn, source_id, [name for name in items if not fresh[name].record])
    return set(items)


def _insert_items(db: Db, conn: Connection, source_id: int, drafts: Mapping[str, ItemDraft]) -> dict[str, int]:
    """External id -> id. Where another worker was first, none comes back: that item is not new."""
    workspace_id, now = workspace_of(conn, source_id), db.now()
    rows: list[dict[str, Any]] = [new_item(source_id, workspace_id, draft, now) for draft in drafts.values()]
    insert = db.insert(_i).on_conflict_do_nothing().returning(_i.c.id, _i.c.external_id)
    return {row.external_id: row.id for row in conn.execute(insert, rows)}


def _insert_versions(db: Db, conn: Connection, drafts: Mapping[int, ItemDraft]) -> None:
    now = db.now()
    versions = [version_values(item_id, 1, draft, now) for item_id, draft in drafts.items()]
    if not any(draft.passages for draft in drafts.values()):
        conn.execute(_v.insert(), versions)
    else:
        made: Sequence[Any] = conn.execute(_NEW_VERSIONS, versions).all()
        cut = [passage_values(row.id, drafts[row.item_id], n) for row in made for n in _places(drafts[row.item_id])]
        conn.execute(_p.insert(), cut)
    notes = [note_of(item_id, draft) for item_id, draft in drafts.items() if not draft.record]
    if notes:
        conn.execute(db.insert(_n), notes)


def _places(draft: ItemDraft) -> range:
    return range(len(draft.passages))


def _stored(conn: Connection, source_id: int, names: list[str]) -> Iterable[str]:
    for first in range(0, len(names), IN_CLAUSE):
        yield from conn.scalars(_STORED, {"of": source_id, "names": names[first : first + IN_CLAUSE]}).all()
