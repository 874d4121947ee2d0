"""Facts proposed from the text of items: which versions wait to be read, what they propose, and what became of it.

::

    no examination yet -> read by `ingest.propose` -> one transaction: new proposals, what a later version of the
                          item says no more is retracted, the versions are marked as examined

What a person approved or rejected stays as the person said, whatever a later reading finds.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from kb.errors import BadInput, NotFound
from kb.store.engine import IN_CLAUSE, Db
from kb.store.facts import fact_event, fact_row, from_text
from kb.store.rows import to_version, versions_query
from kb.store.stories import PREFIX as PLACED
from kb.store.stories import story_key
from kb.store.visible import midnight, visible_to
from kb.tables import FactEvents, Facts, Items, ItemVersions, table
from kb.tables_examinations import Examinations
from kb.tables_stories import StoryItems
from kb.types import PROPOSAL, Agreement, FactDraft, FactEvent, ItemVersion

ACTOR, AGREEMENT = "patterns", "agreement"  # of events that no person caused

_f, _e, _i, _v = table(Facts), table(FactEvents), table(Items), table(ItemVersions)
_x, _s = table(Examinations), table(StoryItems)


@dataclass(frozen=True, slots=True)
class Examined:
    """A version and what it proposes."""

    version: ItemVersion
    drafts: tuple[FactDraft, ...]


@dataclass(slots=True)
class _Kept:
    """The newest stored row of a key, and whose word on it is the last."""

    row: Row[Any]
    kind: str = "approved"
    actor: str = ""

    @property
    def ours(self) -> bool:
        return self.actor in (ACTOR, AGREEMENT)

    @property
    def standing(self) -> bool:
        return self.kind in ("proposed", "approved")


class ProposalStore:
    def __init__(self, db: Db) -> None:
        self._db = db

    # ------------------------------------------------------------ the step

    def unexamined(self, limit: int) -> list[ItemVersion]:
        """Versions that nobody read for facts, oldest first. Rows of tables tell theirs directly."""
        query = versions_query().outerjoin(_x, _x.c.version_id == _v.c.id)
        waiting = (_x.c.version_id.is_(None), _i.c.record.is_(False))
        with self._db.read() as conn:
            return [to_version(row) for row in conn.execute(query.where(*waiting).order_by(_v.c.id).limit(limit))]

    def keep(self, examined: Sequence[Examined], *, patterns: int) -> tuple[int, int]:
        """Store what versions propose, in one transaction; (rows added, proposals retracted). Twice changes nothing."""
        added = retracted = 0
        with self._db.write() as conn:
            kept = self._kept(conn, {one.version.item_id for one in examined})
            for one in sorted(examined, key=lambda one: one.version.id):
                mine = kept.setdefault(one.version.item_id, {})
                retracted += self._retract(conn, one, mine)
                added += self._propose(conn, one, mine)
            rows = [{"version_id": one.version.id, "patterns": patterns} for one in examined]
            if rows:
                conn.execute(self._db.insert(_x).on_conflict_do_nothing(), rows)
        return added, retracted

    def examine_again(self) -> int:
        """Forget which versions were read: the next step reads them all. How many there were."""
        with self._db.write() as conn:
            return int(conn.execute(_x.delete()).rowcount)

    def _kept(self, conn: Connection, item_ids: Collection[int]) -> dict[int, dict[str, _Kept]]:
        ids, found = sorted(item_ids), dict[int, dict[str, _Kept]]()
        for first in range(0, len(ids), IN_CLAUSE):
            of_items = _v.c.item_id.in_(ids[first : first + IN_CLAUSE])
            mine = select(_f, _v.c.item_id).join(_v, _f.c.item_version_id == _v.c.id).where(of_items, from_text(_f))
            rows = {row.id: _Kept(row) for row in conn.execute(mine.order_by(_f.c.id))}
            for one in rows.values():
                found.setdefault(one.row.item_id, {})[one.row.key] = one
            told = select(_e).where(_e.c.fact_id.in_(select(mine.with_only_columns(_f.c.id).subquery().c.id)))
            for event in conn.execute(told.order_by(_e.c.at, _e.c.id)):
                rows[event.fact_id].kind, rows[event.fact_id].actor = event.kind, event.actor
        return found

    def _retract(self, conn: Connection, one: Examined, mine: Mapping[str, _Kept]) -> int:
        """What we took from an earlier version, or by earlier patterns, and do not find any more."""
        told = {draft.key: draft for draft in one.drafts}
        gone = [
            kept
            for key, kept in mine.items()
            if kept.standing and kept.ours and not (key in told and _same(kept.row, told[key]))
        ]
        for kept in gone:
            note = f"version {one.version.id} of the item does not say so"
            self._event(conn, kept.row.id, "retracted", kept.row.workspace_id, note=note)
            self._unsupport(conn, kept.row.id)
            kept.kind, kept.actor = "retracted", ACTOR
        return len(gone)

    def _propose(self, conn: Connection, one: Examined, mine: dict[str, _Kept]) -> int:
        added = 0
        for draft in one.drafts:
            old = mine.get(draft.key)
            if old is not None and _same(old.row, draft):
                if old.kind == "retracted" and old.ours:
                    self._event(conn, old.row.id, "proposed", old.row.workspace_id, note="said again")
                    old.kind = "proposed"
                continue
            workspace = one.version.workspace_id
            new = conn.execute(_f.insert().values(**fact_row(draft, workspace, self._db.now())).returning(_f)).one()
            # From the day on which it was known: what is believed later may have been known since then.
            self._event(conn, new.id, "proposed", workspace, at=midnight(draft.known_from))
            mine[draft.key] = _Kept(new, "proposed", ACTOR)
            added += 1
        return added

    # ------------------------------------------------------------ what becomes of them

    def stories(self, *, workspace_id: str | None = None) -> dict[int, str]:
        """The stories of the items that propose facts, by fact id; of those that are placed."""
        query = select(_f.c.id, story_key()).join_from(_f, _v, _f.c.item_version_id == _v.c.id)
        query = query.join(_i, _v.c.item_id == _i.c.id).outerjoin(_s, _s.c.item_id == _i.c.id)
        with self._db.read() as conn:
            rows = conn.execute(query.where(from_text(_f), visible_to(_f, workspace_id)))
            return {row.id: row.story_key for row in rows if row.story_key.startswith(PLACED)}

    def workspaces(self) -> list[str | None]:
        """Whose items propose facts; None: everybody's."""
        with self._db.read() as conn:
            return list(conn.scalars(select(_f.c.workspace_id).where(from_text(_f)).distinct()))

    def believe(self, agreements: Iterable[Agreement], *, workspace_id: str | None = None) -> None:
        """Approve by agreement, from the day on which the second of the two was known."""
        with self._db.write() as conn:
            for found in agreements:
                more = {"at": midnight(found.known_from), "actor": AGREEMENT, "other_fact_id": found.with_fact_id}
                note = f"fact {found.with_fact_id} of another publisher and story says the same"
                self._event(conn, found.fact_id, "approved", workspace_id, note=note, **more)

    def last_word(self, fact_id: int, *, workspace_id: str | None = None) -> FactEvent:
        """The newest event of a proposal as this workspace sees it.

        Inside `Store.together` nobody else decides on it before the transaction ends.
        """
        with self._db.write() as conn:
            self._proposal(conn, fact_id, workspace_id)
            told = select(_e).where(_e.c.fact_id == fact_id, visible_to(_e, workspace_id))
            return fact_event(conn.execute(told.order_by(_e.c.at.desc(), _e.c.id.desc()).limit(1)).one())

    def approve(self, fact_id: int, *, actor: str, workspace_id: str | None = None) -> None:
        """An admin's word: the proposal holds."""
        self._decide(fact_id, "approved", actor, "", workspace_id)

    def reject(self, fact_id: int, *, actor: str, why: str = "", workspace_id: str | None = None) -> None:
        """An admin's word: it does not hold, and what was believed because of it is a proposal again."""
        self._decide(fact_id, "rejected", actor, why, workspace_id)

    def _decide(self, fact_id: int, kind: str, actor: str, note: str, workspace_id: str | None) -> None:
        with self._db.write() as conn:
            self._proposal(conn, fact_id, workspace_id)
            self._event(conn, fact_id, kind, workspace_id, note=note, actor=actor)
            if kind == "rejected":
                self._unsupport(conn, fact_id)

    def _proposal(self, conn: Connection, fact_id: int, workspace_id: str | None) -> None:
        """It is a proposal that this workspace may see; its row is locked (SQLite has one writer anyway)."""
        seen = (_f.c.id == fact_id, visible_to(_f, workspace_id))
        row = conn.execute(select(_f.c.key).where(*seen).with_for_update()).first()
        if row is None:
            raise NotFound(f"no fact {fact_id}", hint="steelyard facts proposals lists what is proposed")
        if not row.key.startswith(PROPOSAL):
            raise BadInput(f"fact {fact_id} was not proposed from text", hint="only proposals are decided on")

    def _unsupport(self, conn: Connection, fact_id: int) -> None:
        """Whoever was believed because of this fact waits again."""
        leaning = select(_e.c.fact_id, _e.c.workspace_id).where(
            _e.c.other_fact_id == fact_id, _e.c.kind == "approved", _e.c.actor == AGREEMENT
        )
        for row in conn.execute(leaning.distinct()).all():
            note = f"fact {fact_id}, which said the same, holds no more"
            self._event(conn, row.fact_id, "proposed", row.workspace_id, note=note)

    def _event(self, conn: Connection, fact_id: int, kind: str, workspace_id: str | None, **more: Any) -> None:
        now = self._db.now()
        values = {"at": now, "actor": ACTOR, "note": "", **more}
        values["at"] = min(values["at"], now)  # an entry dated tomorrow is proposed today, and may be taken back today
        row = {"fact_id": fact_id, "kind": kind, "workspace_id": workspace_id, "recorded_at": now, **values}
        conn.execute(_e.insert().values(**row))


def _same(row: Row[Any], draft: FactDraft) -> bool:
    return (row.value, row.unit, row.valid_from) == (draft.value, draft.unit, draft.valid_from)
