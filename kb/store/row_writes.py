"""New rows of tables, which come by the thousand: two statements for many of them instead of four for each."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from kb.store.engine import IN_CLAUSE, Db
from kb.store.item_writes import check_external_id, new_item, version_values, workspace_of
from kb.tables import Items, ItemVersions, table
from kb.types import ItemDraft

_i, _v = table(Items), table(ItemVersions)


def insert_new_rows(db: Db, conn: Connection, source_id: int, drafts: Iterable[ItemDraft]) -> set[str]:
    """Those that are plain rows and not yet stored, of one id the first; the external ids of what was inserted."""
    plain: dict[str, ItemDraft] = {}
    for draft in drafts:
        if draft.record and not draft.passages and draft.reason != "full_text":
            check_external_id(draft.external_id)
            plain.setdefault(draft.external_id, draft)
    for known in _stored(conn, source_id, list(plain)):
        del plain[known]
    if not plain:
        return set()
    workspace_id, now = workspace_of(conn, source_id), db.now()
    items: list[dict[str, Any]] = [new_item(source_id, workspace_id, draft, now) for draft in plain.values()]
    # Another worker may have been first with some of them: those come back without an id, and are no longer new.
    insert = db.insert(_i).on_conflict_do_nothing().returning(_i.c.id, _i.c.external_id)
    made = {row.external_id: row.id for row in conn.execute(insert, items)}
    if made:
        conn.execute(_v.insert(), [version_values(id_, 1, plain[name], now) for name, id_ in made.items()])
    return set(made)


def _stored(conn: Connection, source_id: int, names: list[str]) -> Iterable[str]:
    for first in range(0, len(names), IN_CLAUSE):
        some = _i.c.external_id.in_(names[first : first + IN_CLAUSE])
        yield from conn.scalars(select(_i.c.external_id).where(_i.c.source_id == source_id, some)).all()
