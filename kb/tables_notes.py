"""What was noticed about items beside their words. Private to `kb.store`; same rules as `kb.tables`."""

from sqlmodel import Field

from kb.columns import BigId, Json
from kb.tables import Row


class ItemNotes(Row, table=True):
    """One row an item, written with it. `entities` are subjects of facts; they come with the vetting."""

    item_id: int = Field(
        primary_key=True, foreign_key="items.id", sa_type=BigId, sa_column_kwargs={"autoincrement": False}
    )
    importance_why: str
    places: list[str] = Field(sa_type=Json)
    entities: list[str] = Field(sa_type=Json)


class Vettings(Row, table=True):
    """A version of an item that `ingest.vet` has read, and with which rules."""

    version_id: int = Field(
        primary_key=True, foreign_key="item_versions.id", sa_type=BigId, sa_column_kwargs={"autoincrement": False}
    )
    rules: int
