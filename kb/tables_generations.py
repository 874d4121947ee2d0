"""What generators were asked and what it cost, private to `kb.store`. Same rules as `kb.tables`."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index
from sqlmodel import Field

from kb.columns import UtcDateTime
from kb.tables import AUTOINCREMENT, Numbered


class Generations(Numbered, table=True):
    """One call. `outcome` is "begun" until it is settled; until then tokens and cost are the most that it may use.

    Cost in billionths of a dollar; NULL: not known. `estimated`: the server told no tokens.
    """

    workspace_id: str | None = None
    day: date
    generator: str
    model: str
    channel: str
    outcome: str
    tokens_read: int = Field(sa_type=BigInteger)
    tokens_cached: int | None = Field(default=None, sa_type=BigInteger)
    tokens_written: int = Field(sa_type=BigInteger)
    estimated: bool
    cost_nano_usd: int | None = Field(default=None, sa_type=BigInteger)
    at: datetime = Field(sa_type=UtcDateTime)

    __table_args__ = (Index("ix_generations_day_workspace_id", "day", "workspace_id"), AUTOINCREMENT)
