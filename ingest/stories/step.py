"""A leased step: items that are due are compared with those that share a trait with them, and joined into stories.

::

    claim what is due (a batch, all of one workspace)
      -> traits of each; whoever a trait that lost or gained its meaning bears on becomes due too
      -> the batch and all who share a story with it, each for itself again
      -> compared with everyone who shares a telling trait
      -> joined: a story is all that hangs together
      -> written; what was placed is due no more

A story is a connected part of the graph of pairs that `same` holds for, and that looks at two entries and at how
sources use their traits, never at who came first. So the order of arrival leaves no mark: once nothing is due, the
stories are those of the set. A crash leaves items due, and placing them again changes nothing.
"""

import threading
from collections.abc import Sequence

from ingest.stories.join import joined
from ingest.stories.same import sketch
from ingest.stories.traits import CROWD, kind, traits
from kb.store import Store
from kb.store.stories import Spread
from kb.types import StoryEntry

BATCH = 200
LEASE, LEASE_S = "stories", 300.0  # a batch takes about a second on two cores


def place_stories(store: Store, *, owner: str, stop: threading.Event | None = None) -> int:
    """Place every item that is due; how many were placed. 0 while another process is at it."""
    placed = 0
    while not (stop and stop.is_set()) and store.lease(LEASE, owner, LEASE_S):
        batch = store.stories.due(BATCH)
        if not batch:
            break
        _place(store, batch)
        placed += len(batch)
    store.unlease(LEASE, owner)
    return placed


def names_one(key: str, spreads: Sequence[Spread]) -> bool:
    """Whether a trait names one piece of news, from how sources use it.

    A source that has two different entries under one address, or titled alike, or in the same words, uses it for a page
    of many entries, a standing title, or a template. A band that a crowd shares is a template too.
    """
    of = kind(key)
    if of == "band":
        return sum(spread.items for spread in spreads) <= CROWD
    if of == "title":
        return not any(spread.places > 1 and spread.says > 1 for spread in spreads)
    if of == "text":
        return not any(spread.places > 1 for spread in spreads)
    return not any(spread.places > 1 or spread.says > 1 for spread in spreads)


def _place(store: Store, batch: Sequence[StoryEntry]) -> None:
    whose = batch[0].workspace_id
    made = {entry.item_id: sketch(entry) for entry in batch}
    store.stories.put_keys(whose, {n: (s.source_id, traits(s)) for n, s in made.items()}, names_one)
    stories = {entry.story_id for entry in batch if entry.story_id is not None}
    loose = made.keys() | store.stories.fellows(stories, whose)
    while True:
        buckets = store.stories.buckets(loose, whose, names_one)
        entries = store.stories.entries(loose.union(*buckets.values()))
        # A workspace has few items of its own, and which shared story they join hangs on all that hang together.
        more = {entry.item_id for entry in entries if entry.workspace_id is not None} - loose
        if not more:
            break
        loose |= more
    story_of, moved = joined(entries, loose, buckets)
    for old, new in moved.items():
        story_of |= dict.fromkeys(store.stories.fellows([old], whose), new)
    store.stories.settle(whose, story_of, batch)
