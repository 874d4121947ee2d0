"""Stories: items that tell the same news, found by the traits they share (`kb.types.StoryKey`).

A story is named after the least item id in it. Stories of shared items are made of shared items alone; a workspace's
own items join them, or make stories of their own, in that workspace's eyes only.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    select,
    true,
)

from kb.leads import primary_first
from kb.store.engine import IN_CLAUSE, Db, insert_into
from kb.store.visible import visible_to
from kb.tables import Items, ItemVersions, Sources, table
from kb.tables_stories import StoryItems, StoryKeys
from kb.types import StoryEntry, StoryKey, StorySource, Tier

READ_CHARS = 20_000  # of a text
_T = TypeVar("_T")
PREFIX = "story:"  # before a story's number in `story_key`

_i, _v, _s, _p, _k = table(Items), table(ItemVersions), table(Sources), table(StoryItems), table(StoryKeys)


@dataclass(frozen=True, slots=True)
class Spread:
    """How one source uses a key: so many items, in so many places, saying so many things."""

    items: int
    places: int
    says: int


NamesOne = Callable[[str, Sequence[Spread]], bool]  # whether a key so spread names one piece of news


def story_key() -> ColumnElement[Any]:
    """The story of a joined item; until it is placed, what its own address and title make of it."""
    placed = literal(PREFIX) + cast(_p.c.story_id, String)
    return case((_p.c.story_id.is_(None), _v.c.story_key), else_=placed).label("story_key")


def ask(db: Db, conn: Connection, source_id: int, external_ids: Collection[str]) -> None:
    """Have items placed anew. Rows of tables are no news and are left out."""
    for external_id in external_ids:
        conn.execute(_asking(db.sqlite), {"of": source_id, "named": external_id})


@cache  # composing a statement costs more than running it on SQLite
def _asking(sqlite: bool) -> Any:
    columns = (_i.c.id, _i.c.workspace_id, null(), true(), literal(1))
    mine = (_i.c.source_id == bindparam("of"), _i.c.external_id == bindparam("named"), _i.c.record.is_(False))
    put = insert_into(_p, sqlite=sqlite)
    put = put.from_select(["item_id", "workspace_id", "story_id", "due", "asked"], select(*columns).where(*mine))
    return put.on_conflict_do_update(index_elements=["item_id"], set_={"due": True, "asked": _p.c.asked + 1})


class StoryStore:
    def __init__(self, db: Db) -> None:
        self._db = db

    # ------------------------------------------------------------ placing

    def due(self, limit: int) -> list[StoryEntry]:
        """Items to be placed, shared ones first; all of one workspace."""
        due = select(_p.c.item_id, _p.c.workspace_id).where(_p.c.due).order_by(_p.c.item_id)
        with self._db.read() as conn:
            rows = conn.execute(due.where(_p.c.workspace_id.is_(None)).limit(limit)).all()
            rows = rows or conn.execute(due.limit(limit)).all()
            ids = [row.item_id for row in rows if row.workspace_id == rows[0].workspace_id]
            return self._entries(conn, ids)

    def entries(self, item_ids: Collection[int]) -> list[StoryEntry]:
        with self._db.read() as conn:
            return self._entries(conn, item_ids)

    def _entries(self, conn: Connection, item_ids: Collection[int]) -> list[StoryEntry]:
        found = []
        for some in _chunks(item_ids):
            for row in conn.execute(_entries_query().where(_i.c.id.in_(some))):
                found.append(StoryEntry(**row._asdict()))
        return sorted(found, key=lambda entry: entry.item_id)

    def put_keys(
        self, workspace_id: str | None, traits: Mapping[int, tuple[int, Sequence[StoryKey]]], names_one: NamesOne
    ) -> None:
        """Store each item's (source id, keys). Whoever this bears on is asked to be placed again, in one transaction:
        items whose key now names one piece of news, or does so no more, and a workspace's copies of shared items."""
        with self._db.write() as conn:
            keys = {key.key for _, own in traits.values() for key in own} | self._keys_of(conn, traits)
            before = self._naming(conn, keys, workspace_id, names_one)
            for some in _chunks(traits):
                conn.execute(_k.delete().where(_k.c.item_id.in_(some)))
            rows = list(_key_rows(workspace_id, traits))
            if rows:
                conn.execute(_k.insert(), rows)
            flipped = before ^ self._naming(conn, keys, workspace_id, names_one)
            self._ask_holders(conn, flipped, _k.c.workspace_id.is_not_distinct_from(workspace_id), but=traits)
            if workspace_id is None:
                self._ask_holders(conn, keys, _k.c.workspace_id.is_not(None))

    def _keys_of(self, conn: Connection, item_ids: Collection[int]) -> set[str]:
        query = select(_k.c.key)
        return {key for some in _chunks(item_ids) for key in conn.scalars(query.where(_k.c.item_id.in_(some)))}

    def _naming(
        self, conn: Connection, keys: Collection[str], workspace_id: str | None, names_one: NamesOne
    ) -> set[str]:
        """Those of `keys` that name one piece of news, as far as the workspace sees."""
        counts = (func.count(), func.count(_k.c.place.distinct()), func.count(_k.c.says.distinct()))
        query = select(_k.c.key, *counts).where(visible_to(_k, workspace_id)).group_by(_k.c.key, _k.c.source_id)
        spreads: dict[str, list[Spread]] = defaultdict(list)
        for some in _chunks(keys):
            for key, *numbers in conn.execute(query.where(_k.c.key.in_(some))):
                spreads[key].append(Spread(*numbers))
        return {key for key, spread in spreads.items() if names_one(key, spread)}

    def _ask_holders(
        self, conn: Connection, keys: Collection[str], whose: ColumnElement[bool], *, but: Collection[int] = ()
    ) -> None:
        holders: set[int] = set()
        for some in _chunks(keys):
            holders |= set(conn.scalars(select(_k.c.item_id).where(_k.c.key.in_(some), whose)))
        for ids in _chunks(holders.difference(but)):
            conn.execute(_p.update().where(_p.c.item_id.in_(ids)).values(due=True, asked=_p.c.asked + 1))

    def buckets(self, item_ids: Collection[int], workspace_id: str | None, names_one: NamesOne) -> dict[str, list[int]]:
        """By key, the items that share it, of the keys that the given items have and that name one piece of news."""
        found: dict[str, list[int]] = defaultdict(list)
        query = select(_k.c.key, _k.c.item_id).where(visible_to(_k, workspace_id)).order_by(_k.c.item_id)
        with self._db.read() as conn:
            keys = self._naming(conn, self._keys_of(conn, item_ids), workspace_id, names_one)
            for some in _chunks(sorted(keys)):
                for key, item_id in conn.execute(query.where(_k.c.key.in_(some))):
                    found[key].append(item_id)
        return {key: holders for key, holders in sorted(found.items()) if len(holders) > 1}

    def fellows(self, story_ids: Collection[int], workspace_id: str | None) -> set[int]:
        """The workspace's own items (None: the shared ones) in these stories."""
        own = _p.c.workspace_id.is_not_distinct_from(workspace_id)
        query = select(_p.c.item_id).where(own)
        with self._db.read() as conn:
            return {n for some in _chunks(story_ids) for n in conn.scalars(query.where(_p.c.story_id.in_(some)))}

    def settle(self, workspace_id: str | None, story_of: Mapping[int, int], placed: Iterable[StoryEntry]) -> None:
        """Write which story each item is of; `placed` are due no more, unless they were asked again meanwhile."""
        by_story: dict[int, list[int]] = defaultdict(list)
        for item_id, story_id in story_of.items():
            by_story[story_id].append(item_id)
        with self._db.write() as conn:
            if workspace_id is None:
                self._ask_guests(conn, story_of)
            for story_id, ids in by_story.items():
                for some in _chunks(ids):
                    conn.execute(_p.update().where(_p.c.item_id.in_(some)).values(story_id=story_id))
            for entry in placed:
                mine = _p.update().where(_p.c.item_id == entry.item_id, _p.c.asked == entry.asked)
                conn.execute(mine.values(due=False))

    def _ask_guests(self, conn: Connection, story_of: Mapping[int, int]) -> None:
        """Workspaces' items in a story whose shared items now belong elsewhere are to be placed again."""
        left: set[int] = set()
        for some in _chunks(story_of):
            rows = conn.execute(select(_p.c.item_id, _p.c.story_id).where(_p.c.item_id.in_(some)))
            left |= {row.story_id for row in rows if row.story_id not in (None, story_of[row.item_id])}
        for some in _chunks(left):
            guests = _p.update().where(_p.c.story_id.in_(some), _p.c.workspace_id.is_not(None))
            conn.execute(guests.values(due=True, asked=_p.c.asked + 1))

    # ------------------------------------------------------------ reading

    def sources(self, story_keys: Collection[str], *, workspace_id: str | None = None) -> dict[str, list[StorySource]]:
        """Everyone who tells each story, the most primary first; by `story_key` as passages and versions bear it.

        Of what the workspace sees. What is not placed yet has no story, and items of removed sources tell none.
        """
        ids = [int(key.removeprefix(PREFIX)) for key in story_keys if key.startswith(PREFIX)]
        query = _sources_query().where(visible_to(_i, workspace_id))
        found: dict[str, list[StorySource]] = defaultdict(list)
        with self._db.read() as conn:
            for some in _chunks(ids):
                for row in conn.execute(query.where(_p.c.story_id.in_(some))):
                    told = row._asdict() | {"story_key": f"{PREFIX}{row.story_id}", "tier": Tier(row.tier)}
                    del told["story_id"]
                    found[told["story_key"]].append(StorySource(**told))
        return {key: primary_first(told) for key, told in found.items()}


def _first_stated() -> Any:
    """The earliest date that any version of an item stated."""
    every = _v.alias("every")
    return select(func.min(every.c.published_at)).where(every.c.item_id == _i.c.id).scalar_subquery()


def _current() -> Any:
    return (_v.c.item_id == _i.c.id) & _v.c.known_until.is_(None)


def _entries_query() -> Select[Any]:
    text = func.substr(_v.c.text, 1, READ_CHARS).label("text")
    item = (_i.c.id.label("item_id"), _i.c.source_id, _i.c.workspace_id, _p.c.story_id, _p.c.asked)
    said = (_v.c.url, _v.c.title, text, _s.c.publisher, _s.c.title.label("source_title"))
    query = select(*item, *said, _first_stated().label("published_at")).join_from(_p, _i, _p.c.item_id == _i.c.id)
    return query.join(_v, _current()).join(_s, _i.c.source_id == _s.c.id)


def _sources_query() -> Select[Any]:
    first = func.coalesce(_first_stated(), _v.c.dated_at).label("first_at")
    columns = (_p.c.story_id, _i.c.id.label("item_id"), _v.c.title, _v.c.url, _s.c.publisher, _s.c.tier, first)
    query = select(*columns).join_from(_p, _i, _p.c.item_id == _i.c.id).join(_v, _current())
    return query.join(_s, _i.c.source_id == _s.c.id).where(_s.c.status != "removed").order_by(_i.c.id)


def _key_rows(
    workspace_id: str | None, traits: Mapping[int, tuple[int, Sequence[StoryKey]]]
) -> Iterator[dict[str, Any]]:
    for item_id, (source_id, keys) in traits.items():
        whose = {"item_id": item_id, "source_id": source_id, "workspace_id": workspace_id}
        yield from ({**whose, "key": key.key, "place": key.place, "says": key.says} for key in keys)


def _chunks(values: Collection[_T]) -> Iterator[list[_T]]:
    every = list(values)
    for first in range(0, len(every), IN_CLAUSE):
        yield every[first : first + IN_CLAUSE]
