"""Which item versions were examined for facts. Private to `kb.store`; same rules as `kb.tables`."""

from sqlmodel import Field

from kb.columns import BigId
from kb.tables import Row


class Examinations(Row, table=True):
    """A version of an item that `ingest.propose` has read, and with which patterns."""

    version_id: int = Field(
        primary_key=True, foreign_key="item_versions.id", sa_type=BigId, sa_column_kwargs={"autoincrement": False}
    )
    patterns: int
