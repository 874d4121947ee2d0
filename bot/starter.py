"""What a version ships with, brought into a store: the starter facts and sources."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from kb.settings import Settings
from kb.store import Store
from kb.types import utc_now

STARTER = "starter"


def _fingerprint(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def load_starters(store: Store, settings: Settings, say: Callable[[str], None]) -> None:
    """Load the shipped facts and sources when this version's files are not the ones already loaded."""
    import ingest
    import kb.facts

    facts = _fingerprint(list((Path(kb.facts.__file__).parent / "starter").glob("*.yaml")))
    if store.settings.get(STARTER, "facts_sha256") != facts:
        say("Loading the starter facts")
        load_starter_facts(store)
        store.settings.put(STARTER, "facts_sha256", facts)
    sources = _fingerprint([Path(ingest.__file__).parent / "sources.yaml"])
    if settings.starter_sources and store.settings.get(STARTER, "sources_sha256") != sources:
        added = add_starter_sources(store)
        say(f"Added {added} starter sources")
        store.settings.put(STARTER, "sources_sha256", sources)


def load_starter_facts(store: Store) -> None:
    """Bring the shared facts up to the shipped files; a fact that the files no longer state is retracted."""
    from kb.facts.load import load_starter

    drafts = load_starter()
    store.facts.upsert_starter(drafts)
    keys = {draft.key for draft in drafts}
    gone = set(json.loads(store.settings.get(STARTER, "fact_keys") or "[]")) - keys
    if gone:
        for fact in store.facts.all()[0]:
            if fact.key in gone:
                store.facts.event(fact.id, "retracted", at=utc_now(), actor=STARTER, note="no longer shipped")
    store.settings.put(STARTER, "fact_keys", json.dumps(sorted(keys)))


def add_starter_sources(store: Store) -> int:
    """Add the shipped sources that were never here; one that an admin removed stays removed."""
    from ingest.catalogue import load_sources

    known = {source.url for source in store.sources.list(include_removed=True)}
    drafts = [draft for draft in load_sources() if draft.url not in known]
    for draft in drafts:
        store.sources.add(draft)
    return len(drafts)
