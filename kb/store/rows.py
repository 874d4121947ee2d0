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


_OF_VERSION = (_v.c.id, _i.c.external_id, _v.c.text, _v.c.updated_at, _v.c.first_seen_at, _v.c.reason)
_OF_PASSAGE = (
    _p.c.id,
    _p.c.version_id,
    _p.c.ordinal,
    _p.c.heading_path,
    _p.c.start_char.label("start"),
    _p.c.end_char.label("end"),
    _p.c.text,
)
_VERSION_NAMES = tuple(column.name for column in (*_SHARED, *_OF_VERSION))
_PASSAGE_NAMES = tuple(column.name for column in (*_SHARED, *_OF_PASSAGE))


def versions_query() -> Select[Any]:
    query = select(*_SHARED, *_OF_VERSION).join_from(_v, _i, _v.c.item_id == _i.c.id)
    return query.join(_s, _i.c.source_id == _s.c.id).outerjoin(_story, _story.c.item_id == _i.c.id)


def passages_query() -> Select[Any]:
    query = passages_joined(select(*_SHARED, *_OF_PASSAGE)).join(_s, _i.c.source_id == _s.c.id)
    return query.outerjoin(_story, _story.c.item_id == _i.c.id)


def passages_joined(query: Select[Any]) -> Select[Any]:
    return query.join_from(_p, _v, _p.c.version_id == _v.c.id).join(_i, _v.c.item_id == _i.c.id)


def _of(names: tuple[str, ...], row: Row[Any]) -> dict[str, Any]:
    """By position: a question reads a hundred and fifty rows, and naming each column of each takes longer than SQL."""
    values = dict(zip(names, row, strict=True))
    values.update(tier=Tier(values["tier"]), topic=Topic(values["topic"]), flags=tuple(values["flags"]))
    return values


def to_version(row: Row[Any]) -> ItemVersion:
    return ItemVersion(**_of(_VERSION_NAMES, row))


def to_passage(row: Row[Any]) -> Passage:
    values = _of(_PASSAGE_NAMES, row)
    values["heading_path"] = tuple(values["heading_path"])
    return Passage(**values)


def to_search_row(row: Row[Any]) -> SearchRow:
    return SearchRow(passage_id=row.id, text=f"{row.context}\n{row.text}" if row.context else row.text)
