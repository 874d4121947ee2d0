"""Calls of generators: each is on record before it is made, so that no crash makes a budget larger."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, text

from kb.store.engine import Db
from kb.tables import table
from kb.tables_generations import Generations
from kb.types import DayBudget, GenerationDraft, Spent, Used

BEGUN = "begun"
_NANO = Decimal(10**9)
_BUDGET_LOCK = 5_117_201  # PostgreSQL: two processes never look at what is left at the same time
_t = table(Generations)


class GenerationStore:
    def __init__(self, db: Db) -> None:
        self._db = db

    def begin(self, draft: GenerationDraft, budget: DayBudget) -> int | None:
        """The id of the call, which counts as `draft.most` until it is settled; None: the budget has no room for it.

        Calls begun by others count too. A call without a known cost takes from the tokens alone.
        """
        with self._db.write() as conn:
            if conn.dialect.name == "postgresql":
                conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _BUDGET_LOCK})
            if not self._has_room(conn, draft, budget):
                return None
            place = {"day": draft.day, "workspace_id": draft.workspace_id, "channel": draft.channel}
            who = {"generator": draft.generator, "model": draft.model, "outcome": BEGUN, "at": self._db.now()}
            row = _t.insert().values(**place, **who, **_columns(draft.most)).returning(_t.c.id)
            return int(conn.scalar(row) or 0)

    def settle(self, call_id: int, outcome: str, used: Used) -> None:
        """What it really used; `outcome` in a word."""
        with self._db.write() as conn:
            conn.execute(_t.update().where(_t.c.id == call_id).values(outcome=outcome, **_columns(used)))

    def spent(self, day: date, *, workspace_id: str | None) -> Spent:
        """Of that workspace alone (None: the terminal's)."""
        with self._db.read() as conn:
            return _spent(conn, _t.c.day == day, _t.c.workspace_id.is_not_distinct_from(workspace_id))

    def spent_in_all(self, day: date) -> Spent:
        with self._db.read() as conn:
            return _spent(conn, _t.c.day == day)

    def _has_room(self, conn: Connection, draft: GenerationDraft, budget: DayBudget) -> bool:
        most, cost = draft.most, draft.most.cost_usd or Decimal(0)
        here = _spent(conn, _t.c.day == draft.day, _t.c.workspace_id.is_not_distinct_from(draft.workspace_id))
        if budget.tokens and here.tokens + most.tokens_read + most.tokens_written > budget.tokens:
            return False
        if budget.usd and here.usd + cost > budget.usd:
            return False
        return not budget.usd_in_all or _spent(conn, _t.c.day == draft.day).usd + cost <= budget.usd_in_all


def _spent(conn: Connection, *where: ColumnElement[bool]) -> Spent:
    cost = _t.c.cost_nano_usd
    query = select(
        func.count(),
        func.coalesce(func.sum(_t.c.tokens_read + _t.c.tokens_written), 0),
        func.coalesce(func.sum(cost), 0),
        func.count() - func.count(cost),
    ).where(*where)
    calls, tokens, nano, unpriced = conn.execute(query).one()
    return Spent(calls=int(calls), tokens=int(tokens), usd=Decimal(int(nano)) / _NANO, unpriced=int(unpriced))


def _columns(used: Used) -> dict[str, Any]:
    return {
        "tokens_read": used.tokens_read,
        "tokens_cached": used.tokens_cached,
        "tokens_written": used.tokens_written,
        "estimated": used.estimated,
        "cost_nano_usd": None if used.cost_usd is None else int(used.cost_usd * _NANO),
    }
