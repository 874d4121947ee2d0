"""Facts and what happened to them: rows are added, never changed; status is computed elsewhere (`kb.facts.view`)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Row, Select, Table, and_, func, or_, select

from kb.errors import BadInput, NotFound
from kb.store.engine import IN_CLAUSE, Db
from kb.store.visible import midnight, visible_to
from kb.tables import Confirmations, FactEvents, Facts, ItemVersions, table
from kb.types import PROPOSAL, Fact, FactDraft, FactEvent, Tier

KINDS = ("proposed", "approved", "rejected", "confirmed", "retracted", "amended")
STARTER = "starter"
LIMITS = ("context_tokens", "modalities_in")

_f, _e, _v, _c = table(Facts), table(FactEvents), table(ItemVersions), table(Confirmations)

Rows = tuple[list[Fact], list[FactEvent]]


class FactStore:
    def __init__(self, db: Db) -> None:
        self._db = db

    def upsert_starter(self, drafts: Iterable[FactDraft]) -> int:
        """Bring the shared facts up to the shipped files, by key; how many rows were added.

        A changed fact is a new row and an "amended" event on the old one; only a later `checked_on` is a "confirmed"
        event. The same files again write nothing.
        """
        wanted = {draft.key: draft for draft in drafts}
        with self._db.write() as conn:
            stored = self._newest(conn, list(wanted), None)
            changed = [d for d in wanted.values() if d.key not in stored or not _same(stored[d.key], d)]
            new = self._insert_all(conn, changed, None)
            for key, old in stored.items():
                if key not in new:
                    self._confirm(conn, old, wanted[key], STARTER, None)
                    continue
                # In the world it holds since the new one was known; a correction thus hides the old one on every day.
                at = midnight(wanted[key].known_from)
                self._event(conn, old.id, "amended", at=at, actor=STARTER, other_fact_id=new[key])
        return len(new)

    def add(
        self, draft: FactDraft, *, workspace_id: str | None = None, proposed: bool = False, actor: str = ""
    ) -> Fact:
        """Store a fact. The same fact again under its key is not stored twice; a later `checked_on` confirms it."""
        with self._db.write() as conn:
            old = self._newest(conn, [draft.key], workspace_id).get(draft.key)
            if old is not None and _same(old, draft):
                self._confirm(conn, old, draft, actor, workspace_id)
                return _fact(old)
            _check_quote(conn, draft)
            new = self._insert(conn, draft, workspace_id)
            if proposed:
                self._event(conn, new.id, "proposed", at=self._db.now(), actor=actor, workspace_id=workspace_id)
            return _fact(new)

    def apply(
        self,
        added: Iterable[FactDraft],
        *,
        retracted: Collection[int] = (),
        approved: Collection[int] = (),
        at: datetime,
        actor: str,
        workspace_id: str | None = None,
    ) -> int:
        """What one reading of a source changed, in one transaction; how many rows were added.

        A new row amends the newest of its key from the day on which it was known.
        """
        drafts = {draft.key: draft for draft in added}
        with self._db.write() as conn:
            before = self._newest(conn, list(drafts), workspace_id)
            new = self._insert_all(conn, drafts.values(), workspace_id)
            told: list[dict[str, Any]] = [
                {
                    "fact_id": old.id,
                    "kind": "amended",
                    "at": midnight(drafts[key].known_from),
                    "other_fact_id": new[key],
                }
                for key, old in before.items()
            ]
            for kind, ids in (("retracted", retracted), ("approved", approved)):
                told += [{"fact_id": id_, "kind": kind, "at": at, "other_fact_id": None} for id_ in ids]
            same = {"note": "", "actor": actor, "workspace_id": workspace_id, "recorded_at": self._db.now()}
            if told:
                conn.execute(_e.insert(), [row | same for row in told])
        return len(new)

    def event(
        self,
        fact_id: int,
        kind: str,
        *,
        at: datetime,
        actor: str = "",
        other_fact_id: int | None = None,
        note: str = "",
        workspace_id: str | None = None,
    ) -> None:
        """Say what happened to a fact; `workspace_id`: only there (an approval by one team)."""
        if kind not in KINDS:
            raise BadInput(f"an event is one of {', '.join(KINDS)}; not {kind}")
        more = {"other_fact_id": other_fact_id, "note": note, "workspace_id": workspace_id}
        with self._db.write() as conn:
            for wanted in (fact_id, other_fact_id):
                if wanted is not None and conn.scalar(select(_f.c.id).where(_f.c.id == wanted)) is None:
                    raise NotFound(f"no fact {wanted}")
            self._event(conn, fact_id, kind, at=at, actor=actor, **more)

    def all(self, *, workspace_id: str | None = None, subject_prefix: str = "", field: str | None = None) -> Rows:
        """Every visible fact, as stored, and the visible events of these facts, both in order of recording."""
        seen = _prefixed(subject_prefix)
        if field is not None:
            seen.append(_f.c.field == field)
        return self._read(seen, workspace_id)

    def followed(self, *, workspace_id: str | None = None) -> Rows:
        """As `all`, of the subjects that somebody described: not those which a price table alone tells of.

        A table's limits are left out too: it repeats a model's own for every seller and region. So are proposals that
        nobody believes yet: neither answers nor decisions may see them.
        """
        prices = and_(_f.c.subject.in_(_described(workspace_id)), _f.c.field.not_in(LIMITS))
        return self._read([or_(_f.c.source_id.is_(None), prices), _believed(_f, workspace_id)], workspace_id)

    def contested(self, *, workspace_id: str | None = None) -> Rows:
        """As `all`, of the subjects about which text proposes something."""
        of_text = select(_f.c.subject).where(from_text(_f), visible_to(_f, workspace_id))
        return self._read([_f.c.subject.in_(of_text)], workspace_id)

    def beside(self, prefix: str, publishers: Collection[str], *, workspace_id: str | None = None) -> Rows:
        """As `all`, of the facts whose keys begin with `prefix`, and of all that these publishers tell."""
        if len(publishers) > IN_CLAUSE:
            return self.all(workspace_id=workspace_id)
        own = and_(_f.c.key >= prefix, _f.c.key < prefix + "\U0010ffff")
        return self._read([or_(own, _f.c.publisher.in_(publishers))], workspace_id)

    def offers(self, models: Iterable[str], *, workspace_id: str | None = None) -> Rows:
        """As `all`, of the offers of these models ("gpt-oss-120b") that `followed` leaves out."""
        named = [_f.c.subject.endswith(f"/{model}", autoescape=True) for model in models]
        if not named:
            return [], []
        beyond = or_(_f.c.subject.not_in(_described(workspace_id)), _f.c.field.in_(LIMITS))
        told = [_f.c.source_id.is_not(None), beyond, or_(*named), _believed(_f, workspace_id)]
        return self._read([*_prefixed("offer:"), *told], workspace_id)

    def _read(self, wanted: Sequence[ColumnElement[bool]], workspace_id: str | None) -> Rows:
        seen = [visible_to(_f, workspace_id), *wanted]
        events = select(_e).join(_f, _e.c.fact_id == _f.c.id).where(*seen, visible_to(_e, workspace_id))
        with self._db.read() as conn:
            confirmed = _confirmed(conn)
            facts = [_fact(row, confirmed) for row in conn.execute(select(_f).where(*seen).order_by(_f.c.id))]
            return facts, [fact_event(row) for row in conn.execute(events.order_by(_e.c.id))]

    def confirm(self, source_id: int, day: date) -> None:
        """A source was read on that day and told all its facts: one row, however many they are."""
        told = select(_f.c.id).where(_f.c.source_id == source_id).limit(1)
        kept = select(_c.c.id).where(_c.c.source_id == source_id, _c.c.day == day)
        with self._db.read() as conn:
            if conn.execute(told).first() is None or conn.execute(kept).first() is not None:
                return
        with self._db.write() as conn:
            conn.execute(self._db.insert(_c).on_conflict_do_nothing(), {"source_id": source_id, "day": day})

    def confirm_all(self, source_ids: Collection[int], day: date) -> None:
        """As `confirm`, for many sources; most of them tell no facts, which costs two look-ups for all."""
        with self._db.read() as conn:
            told = set(conn.scalars(select(_f.c.source_id).where(_f.c.source_id.in_(source_ids)).distinct()))
            if not told:
                return
            kept = set(conn.scalars(select(_c.c.source_id).where(_c.c.source_id.in_(source_ids), _c.c.day == day)))
        if fresh := sorted(told - kept):
            rows = [{"source_id": source_id, "day": day} for source_id in fresh]
            with self._db.write() as conn:
                conn.execute(self._db.insert(_c).on_conflict_do_nothing(), rows)

    def revision(self) -> tuple[int, int, int]:
        """Grows whenever a fact, an event or a confirmation is added, in whatever workspace.

        What was built from facts may be kept as long as it stands still.
        """
        query = select(*(select(func.max(rows.c.id)).scalar_subquery() for rows in (_f, _e, _c)))
        with self._db.read() as conn:
            facts, events, confirmations = conn.execute(query).one()
        return int(facts or 0), int(events or 0), int(confirmations or 0)

    def get(self, fact_id: int, *, workspace_id: str | None = None) -> Fact:
        with self._db.read() as conn:
            row = conn.execute(select(_f).where(_f.c.id == fact_id, visible_to(_f, workspace_id))).first()
            confirmed = _confirmed(conn)
        if row is None:
            raise NotFound(f"no fact {fact_id}")
        return _fact(row, confirmed)

    def subjects(self, *, workspace_id: str | None = None) -> list[str]:
        query = select(_f.c.subject).where(visible_to(_f, workspace_id)).distinct().order_by(_f.c.subject)
        with self._db.read() as conn:
            return list(conn.scalars(query))

    def _newest(self, conn: Connection, keys: list[str], workspace_id: str | None) -> dict[str, Row[Any]]:
        """The last stored row of each key in this workspace."""
        here, found = _f.c.workspace_id.is_not_distinct_from(workspace_id), {}
        for first in range(0, len(keys), IN_CLAUSE):
            some = _f.c.key.in_(keys[first : first + IN_CLAUSE])
            last = select(func.max(_f.c.id)).where(some, here).group_by(_f.c.key)
            found.update({row.key: row for row in conn.execute(select(_f).where(_f.c.id.in_(last)))})
        return found

    def _confirm(self, conn: Connection, old: Row[Any], draft: FactDraft, actor: str, workspace_id: str | None) -> None:
        if draft.checked_on is None or draft.checked_on <= (old.checked_on or date.min):
            return
        at = midnight(draft.checked_on)
        told = select(_e.c.id).where(_e.c.fact_id == old.id, _e.c.kind == "confirmed", _e.c.at >= at)
        if conn.execute(told).first() is None:
            self._event(conn, old.id, "confirmed", at=at, actor=actor, workspace_id=workspace_id)

    def _insert(self, conn: Connection, draft: FactDraft, workspace_id: str | None) -> Row[Any]:
        return conn.execute(_f.insert().values(**fact_row(draft, workspace_id, self._db.now())).returning(_f)).one()

    def _insert_all(self, conn: Connection, drafts: Iterable[FactDraft], workspace_id: str | None) -> dict[str, int]:
        """The new ids by key."""
        rows = [fact_row(draft, workspace_id, self._db.now()) for draft in drafts]
        found = conn.execute(_f.insert().returning(_f.c.key, _f.c.id), rows) if rows else ()
        return {row.key: row.id for row in found}

    def _event(self, conn: Connection, fact_id: int, kind: str, *, at: datetime, actor: str, **more: Any) -> None:
        values = {"note": "", **more, "fact_id": fact_id, "kind": kind, "actor": actor}
        conn.execute(_e.insert().values(**values, at=at, recorded_at=self._db.now()))


def fact_row(draft: FactDraft, workspace_id: str | None, now: datetime) -> dict[str, Any]:
    """The columns of a draft that is stored now."""
    return {
        **{name: getattr(draft, name) for name in _DRAFT_FIELDS},
        "tier": int(draft.tier),
        "qualifiers": dict(draft.qualifiers),
        "workspace_id": workspace_id,
        "recorded_at": now,
    }


def _prefixed(prefix: str) -> list[ColumnElement[bool]]:
    """A range, not LIKE: exact in case on SQLite, and an index carries it on both."""
    return [_f.c.subject >= prefix, _f.c.subject < prefix + "\U0010ffff"] if prefix else []


def _described(workspace_id: str | None) -> Select[Any]:
    """The subjects of which a person or a shipped file tells something, or text that is believed."""
    other = _f.alias()
    told = (other.c.source_id.is_(None), _believed(other, workspace_id))
    return select(other.c.subject).where(*told, visible_to(other, workspace_id))


def from_text(facts: Table | FromClause) -> ColumnElement[bool]:
    """The facts that were proposed from the text of items."""
    return and_(facts.c.key >= PROPOSAL, facts.c.key < PROPOSAL + "\U0010ffff")


def _believed(facts: Table | FromClause, workspace_id: str | None) -> ColumnElement[bool]:
    """No proposal from text, or one that was approved at some time; on which days, `kb.facts.view` says."""
    told = _e.alias()
    approved = select(told.c.id).where(told.c.fact_id == facts.c.id, told.c.kind == "approved")
    return or_(~from_text(facts), approved.where(visible_to(told, workspace_id)).exists())


def _check_quote(conn: Connection, draft: FactDraft) -> None:
    if draft.quote is None or draft.item_version_id is None:
        return
    version = conn.execute(select(_v.c.title, _v.c.text).where(_v.c.id == draft.item_version_id)).first()
    if version is None:
        raise NotFound(f"no item version {draft.item_version_id}")
    if draft.quote not in version.text and draft.quote not in version.title:
        raise BadInput(f"the quote of {draft.key} is not in item version {draft.item_version_id}")


_DRAFT_FIELDS = tuple(f.name for f in fields(FactDraft))
_COLUMNS = tuple(_f.c.keys())
_TIERS = {int(tier): tier for tier in Tier}


def _values(row: Row[Any]) -> dict[str, Any]:
    return {**{name: getattr(row, name) for name in _DRAFT_FIELDS}, "tier": Tier(row.tier)}


def _same(row: Row[Any], draft: FactDraft) -> bool:
    """Whether a stored fact says what the draft says, whenever it was checked."""
    given = replace(draft, checked_on=None, qualifiers=dict(draft.qualifiers))
    return FactDraft(**{**_values(row), "checked_on": None}) == given


def _confirmed(conn: Connection) -> Mapping[int, tuple[date, ...]]:
    """The days on which each source told its facts, oldest first."""
    found: dict[int, list[date]] = defaultdict(list)
    for row in conn.execute(select(_c.c.source_id, _c.c.day).order_by(_c.c.day)):
        found[row.source_id].append(row.day)
    return {source: tuple(days) for source, days in found.items()}


def _fact(row: Row[Any], confirmed: Mapping[int, tuple[date, ...]] = MappingProxyType({})) -> Fact:
    # Thousands at a time: the columns are the fields, and one dict is quicker than a look at each.
    stored = dict(zip(_COLUMNS, row, strict=True))
    stored["tier"] = _TIERS[stored["tier"]]
    return Fact(**stored, confirmed_on=confirmed.get(stored["source_id"], ()))


def fact_event(row: Row[Any]) -> FactEvent:
    return FactEvent(**{f.name: getattr(row, f.name) for f in fields(FactEvent)})
