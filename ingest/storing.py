"""What a body says, stored: entries one transaction each, facts together. `ingest.update` draws where this stands."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from ingest import plan
from ingest.beat import usual_interval_s
from ingest.draft import draft_of, wants_article
from ingest.facts import FactChanges, fact_changes, key_prefix, stated_on, too_few
from ingest.identity import content_hash, entry_hash, recognise, rekeyed
from ingest.source import Packaged, Page, Response, Source
from kb.errors import BadInput, ParseError
from kb.settings import Settings
from kb.store import Store
from kb.types import ItemDraft, ItemHead, Moved, RawItem, SourceRecord

HISTORY = 60  # publication dates that a source's beat is read from
TOGETHER = 50  # items in one transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What came of a body. `counts` are fields of `SourceReport`; `whole`: its validators may be kept."""

    counts: Mapping[str, int | bool] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    reason: str | None = None
    changed: bool = False
    whole: bool = True
    usual_s: float | None = None  # the interval that its dates lead to; None: not looked at


class Storing:
    """Thread-safe as the store is."""

    def __init__(self, store: Store, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._settings = settings
        self._clock = clock

    def keep(self, record: SourceRecord, response: Response, page: Page) -> Stored:
        """Compare a body with what is stored, and store the difference."""
        heads = self._store.items.heads(record.id)
        cut = bool(page.facts) and too_few(len(page.items), sum(not head.vanished for head in heads.values()))
        page = replace(page, complete=page.complete and not cut)
        heads, renamed = self._known_again(record, heads, page)
        found = plan.changes(heads, page.items, complete=page.complete)
        written, refused = self._write(record, heads, (*found.new, *found.edited))
        self._mark(record, found)
        facts = self._keep_facts(record, response, page) if page.facts else FactChanges()
        cut_short = bool(facts.spared) and not page.window
        counts = {
            "new": written["new"],
            "edited": written["edited"],
            "unchanged": len(found.unchanged) + written["unchanged"],
            "vanished": len(found.vanished),
            "returned": len(found.returned),
            "duplicates": len(found.duplicates),
            "renamed": len(renamed | {item.external_id for item in found.relinked}),
            "flapped": written["flapped"] + written["held"],
            "emptied": found.emptied,
            "facts": len(facts.added),
            "retracted": len(facts.retracted),
        }
        return Stored(
            counts=counts,
            refused=(*page.refused, *refused),
            reason=_trouble(page, found, spared=facts.spared if cut_short else 0),
            changed=bool(found.new or found.edited or found.vanished or found.returned),
            whole=not cut and not cut_short and not written["held"],
            usual_s=self._usual_s(record) if found.new else None,
        )

    def keep_history(self, record: SourceRecord, page: Page) -> int:
        """Entries that a feed's archive holds and its current body does not. Returns how many were new."""
        heads = self._store.items.heads(record.id)
        older = [item for item in page.items if item.external_id not in heads]
        written, _ = self._write(record, heads, older)
        self._store.items.mark_vanished(record.id, [item.external_id for item in older])
        return written["new"]

    def tell_packaged(self, record: SourceRecord, source: Source | None) -> None:
        """A source never reached says what came with its package; as facts alone, for there is nothing to quote."""
        if isinstance(source, Packaged):
            response = source.packaged(record, self._clock())
            self._keep_facts(record, response, source.parse(record, response))

    def _usual_s(self, record: SourceRecord) -> float | None:
        return usual_interval_s(self._store.items.published(record.id, limit=HISTORY), self._clock())

    def _known_again(
        self, record: SourceRecord, heads: dict[str, ItemHead], page: Page
    ) -> tuple[dict[str, ItemHead], set[str]]:
        """The stored entries under the ids that this body gives them, and those of them that have a new one."""
        names = recognise(heads, page.items)
        if not names:
            return heads, set()
        self._store.items.rename(record.id, names)
        return rekeyed(heads, names), set(names.values())

    def _mark(self, record: SourceRecord, found: plan.Changes) -> None:
        if found.vanished:
            self._store.items.mark_vanished(record.id, found.vanished)
        if found.returned:
            self._store.items.mark_returned(record.id, found.returned)
        if found.relinked or found.unhashed:
            self._store.items.relink(record.id, map(_moved, (*found.relinked, *found.unhashed)))

    def _write(
        self, record: SourceRecord, heads: Mapping[str, ItemHead], items: Sequence[RawItem]
    ) -> tuple[Counter[str], list[str]]:
        """A few dozen items a transaction; one that cannot be stored is named and does not stop the others."""
        written: Counter[str] = Counter()
        refused: list[str] = []
        for first in range(0, len(items), TOGETHER):
            drafts = list(self._drafts(record, heads, items[first : first + TOGETHER], refused))
            if not self._write_together(record, drafts, written):
                self._write_each(record, drafts, written, refused)
        return written, refused

    def _drafts(
        self, record: SourceRecord, heads: Mapping[str, ItemHead], items: Iterable[RawItem], refused: list[str]
    ) -> Iterator[ItemDraft]:
        for raw in items:
            now = self._clock()
            try:
                draft = draft_of(record, raw, heads.get(raw.external_id), now)
            except (BadInput, ParseError) as error:
                refused.append(f"{raw.external_id[:200]}: {error}")
                continue
            wanted = self._settings.full_text and wants_article(record, draft, now)
            yield replace(draft, article_due_at=now) if wanted else draft

    def _write_together(self, record: SourceRecord, drafts: Sequence[ItemDraft], written: Counter[str]) -> bool:
        """All of them, or none where one cannot be stored."""
        try:
            written.update(self._store.items.write_many(record.id, drafts, batch=TOGETHER, calm=True))
        except BadInput:
            return False
        return True

    def _write_each(
        self, record: SourceRecord, drafts: Iterable[ItemDraft], written: Counter[str], refused: list[str]
    ) -> None:
        for draft in drafts:
            try:
                written[self._store.items.write(record.id, draft, calm=True)] += 1
            except BadInput as error:
                refused.append(f"{draft.external_id[:200]}: {error}")

    def _keep_facts(self, record: SourceRecord, response: Response, page: Page) -> FactChanges:
        """Structured records enter directly; what they say no more is retracted, never deleted."""
        prefix, publishers = key_prefix(record), {draft.publisher for draft in page.facts}
        stored, events = self._store.facts.beside(prefix, publishers, workspace_id=record.workspace_id)
        own = [fact for fact in stored if fact.workspace_id == record.workspace_id]
        found = fact_changes(
            own,
            events,
            page.facts,
            prefix=prefix,
            published=stated_on(response),
            complete=page.complete,
        )
        if found.added or found.retracted or found.returned:
            self._store.facts.apply(
                found.added,
                retracted=found.retracted,
                approved=found.returned,
                at=self._clock(),
                actor=f"source {record.id}",
                workspace_id=record.workspace_id,
            )
        return found


def _trouble(page: Page, found: plan.Changes, *, spared: int) -> str | None:
    if spared:
        return f"the body looks cut: {len(page.items)} records; {spared} facts that it lacks are kept"
    return f"the body came empty; its {len(found.vanished)} entries are kept" if found.emptied else None


def _moved(raw: RawItem) -> Moved:
    return Moved(external_id=raw.external_id, url=raw.url, entry_hash=entry_hash(raw), content_hash=content_hash(raw))
