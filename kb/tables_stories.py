"""Stories: which items tell the same news. Private to `kb.store`; same rules as `kb.tables`."""

from sqlalchemy import Index, false
from sqlmodel import Field

from kb.columns import BigId, Key, partial_index
from kb.tables import AUTOINCREMENT, Numbered, Row


class StoryItems(Row, table=True):
    """One row an item, from when it is written. `story_id` is the least item id of its story; NULL: not placed yet.

    A workspace's own item may point to a story of shared items; no shared item ever points to a workspace's.
    """

    item_id: int = Field(
        primary_key=True, foreign_key="items.id", sa_type=BigId, sa_column_kwargs={"autoincrement": False}
    )
    workspace_id: str | None = None
    story_id: int | None = Field(default=None, sa_type=BigId)
    due: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    asked: int

    __table_args__ = (
        Index("ix_story_items_story_id", "story_id"),
        # Without its first column SQLite takes the table itself for the quicker way to ascending ids.
        partial_index("ix_story_items_due", "due", "item_id", where="due", on_sqlite="due = 1"),
    )


class StoryKeys(Numbered, table=True):
    """Traits of placed items; `kb.types.StoryKey` says what the columns mean."""

    item_id: int = Field(foreign_key="items.id", sa_type=BigId, index=True)
    source_id: int = Field(sa_type=BigId)
    workspace_id: str | None = None
    key: str = Field(sa_type=Key)
    place: str
    says: str

    __table_args__ = (Index("ix_story_keys_key", "key"), AUTOINCREMENT)
