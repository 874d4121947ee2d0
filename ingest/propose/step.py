"""The step that reads item versions for facts, and believes those that independent sources agree on.

::

    a lease -> versions that nobody read -> propose (pure) -> one transaction a batch -> again, until nothing is left
            -> agreements (pure) -> approvals

A killed worker loses at most a batch of reading; its transaction is there whole or not at all.
"""

import threading
from dataclasses import dataclass

from ingest.propose import PATTERNS, Document, Names, propose
from kb.facts.agree import agreements
from kb.store import Store
from kb.store.proposals import Examined
from kb.types import FactDraft, ItemVersion

LEASE, LEASE_S = "proposals", 300.0
BATCH = 200  # versions a transaction; about a tenth of a second of reading
SUSPECT = frozenset({"instruction_like", "hidden_text", "encoded_text"})  # flags of text that is not to be believed


@dataclass(frozen=True, slots=True)
class ProposalReport:
    """What one run of the step did."""

    examined: int = 0
    proposed: int = 0
    retracted: int = 0
    believed: int = 0


def propose_pending(
    store: Store, *, owner: str, batch: int = BATCH, stop: threading.Event | None = None
) -> ProposalReport:
    """Read what waits, then promote what is agreed on. Does nothing while another process does it."""
    if not store.lease(LEASE, owner, LEASE_S):
        return ProposalReport()
    try:
        names = _names(store)
        examined = proposed = retracted = 0
        while not (stop and stop.is_set()) and (versions := store.proposals.unexamined(batch)):
            found = [Examined(version, tuple(_read(version, names))) for version in versions]
            added, gone = store.proposals.keep(found, patterns=PATTERNS)
            examined, proposed, retracted = examined + len(versions), proposed + added, retracted + gone
            if not store.lease(LEASE, owner, LEASE_S):
                break
        return ProposalReport(examined, proposed, retracted, _believe(store, names))
    finally:
        store.unlease(LEASE, owner)


def _names(store: Store) -> Names:
    """What everybody's facts call things. A workspace's own names are not used: proposals may be everybody's."""
    return Names.of(store.facts.followed()[0])


def _read(version: ItemVersion, names: Names) -> list[FactDraft]:
    if SUSPECT.intersection(version.flags):
        return []
    return propose(document_of(version), names)


def document_of(version: ItemVersion) -> Document:
    return Document(
        version_id=version.id,
        item_id=version.item_id,
        title=version.title,
        text=version.text,
        url=version.url,
        publisher=version.publisher,
        tier=version.tier,
        known_from=version.known_from.date(),
        published=version.published_at.date() if version.published_at else None,
    )


def _believe(store: Store, names: Names) -> int:
    """A workspace's proposals are borne out by its own; everybody's by everybody's."""

    def house(publisher: str) -> str:
        return names.vendor_of(publisher) or publisher.casefold()

    believed = 0
    for workspace in store.proposals.workspaces():
        facts, events = store.facts.contested(workspace_id=workspace)
        mine = [fact for fact in facts if fact.workspace_id == workspace]
        found = agreements(mine, events, store.proposals.stories(workspace_id=workspace), house=house)
        store.proposals.believe(found, workspace_id=workspace)
        believed += len(found)
    return believed
