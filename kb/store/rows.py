"""Rows of the joined item tables as the frozen values of `kb.types`."""

from typing import Any

from sqlalchemy import Row, Select, select

from kb.store.stories import story_key
from kb.tables import Items, ItemVersions, Passages, Sources, table
from kb.tables_stories import StoryItems
from kb.types import ItemVersion, Passage, SearchRow, Tier, Topic

_v, _i, _s, _p = table(ItemVersions), table(Items), table(Sources), table(Passages)
_story = table(StoryItems)

_SHARED = (
    _v.c.item_id,
    _i.c.source_id,
    _i.c.workspace_id,
    _v.c.version,
    _v.c.url,
    _v.c.title,
    _s.c.publisher,
    _s.c.tier,
    _i.c.topic,
    _i.c.importance,
    _v.c.published_at,
    _v.c.known_from,
    _v.c.known_until,
    story_key(),
    _v.c.flags,
)


def versions_query() -> Select[Any]:
    extra = (_v.c.id, _i.c.external_id, _v.c.text, _v.c.updated_at, _v.c.first_seen_at, _v.c.reason)
    query = select(*_SHARED, *extra).join_from(_v, _i, _v.c.item_id == _i.c.id).join(_s, _i.c.source_id == _s.c.id)
    return query.outerjoin(_story, _story.c.item_id == _i.c.id)


def passages_query() -> Select[Any]:
    extra = (_p.c.id, _p.c.version_id, _p.c.ordinal, _p.c.heading_path, _p.c.start_char, _p.c.end_char, _p.c.text)
    query = passages_joined(select(*_SHARED, *extra)).join(_s, _i.c.source_id == _s.c.id)
    return query.outerjoin(_story, _story.c.item_id == _i.c.id)


def passages_joined(query: Select[Any]) -> Select[Any]:
    return query.join_from(_p, _v, _p.c.version_id == _v.c.id).join(_i, _v.c.item_id == _i.c.id)


def _of(row: Row[Any], *names: str) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    typed = {"tier": Tier(row.tier), "topic": Topic(row.topic), "flags": tuple(row.flags)}
    return {**{column.name: getattr(row, column.name) for column in _SHARED}, **values, **typed}


def to_version(row: Row[Any]) -> ItemVersion:
    return ItemVersion(**_of(row, "id", "external_id", "text", "updated_at", "first_seen_at", "reason"))


def to_passage(row: Row[Any]) -> Passage:
    place = {"start": row.start_char, "end": row.end_char, "heading_path": tuple(row.heading_path)}
    return Passage(**_of(row, "id", "version_id", "ordinal", "text"), **place)


def to_search_row(row: Row[Any]) -> SearchRow:
    return SearchRow(passage_id=row.id, text=f"{row.context}\n{row.text}" if row.context else row.text)
