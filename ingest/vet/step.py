"""The step that vets item versions once they are stored: a lease, then a batch a transaction, until none waits."""

import threading
from dataclasses import dataclass

from ingest.propose.names import Names
from ingest.propose.step import document_of
from ingest.vet import CONTRADICTS, RULES, Known, entities, flags
from kb.store import Store
from kb.store.vetting import Vetted

LEASE, LEASE_S = "vetting", 300.0
BATCH = 200


@dataclass(frozen=True, slots=True)
class VetReport:
    vetted: int = 0
    flagged: int = 0


def vet_pending(store: Store, *, owner: str, batch: int = BATCH, stop: threading.Event | None = None) -> VetReport:
    """Hold what waits against everybody's facts. Does nothing while another process does it."""
    if not store.lease(LEASE, owner, LEASE_S):
        return VetReport()
    try:
        facts, events = store.facts.followed()
        names, known = Names.of(facts), Known.of(facts, events)
        vetted = flagged = 0
        while not (stop and stop.is_set()) and (versions := store.vetting.waiting(batch)):
            found = [Vetted(v, flags(document_of(v), names, known), entities(v.title, v.text, names)) for v in versions]
            store.vetting.keep(found, prefix=CONTRADICTS, rules=RULES)
            vetted, flagged = vetted + len(found), flagged + sum(bool(one.flags) for one in found)
            if not store.lease(LEASE, owner, LEASE_S):
                break
        return VetReport(vetted, flagged)
    finally:
        store.unlease(LEASE, owner)
