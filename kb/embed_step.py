"""The second step of ingestion: passages that have no vector get one.

::

    claim a leased batch -> embed -> save (one transaction) -> again, until nothing is left

A killed worker loses at most one batch of work: its lease runs out and another takes the passages up. Saving a vector
that is there already changes nothing, so a lease that ran out early does no harm either.
"""

from collections.abc import Callable

from kb.embed import Embedder
from kb.store import Store

BATCH = 64
LEASE_S = 300.0  # a batch takes about 4 seconds on two cores


def embed_pending(
    store: Store,
    embedder: Embedder,
    *,
    owner: str,
    limit: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Embed up to `limit` waiting passages (None: all); how many were done. `progress` hears the number so far."""
    store.vectors.check_model(embedder.name, embedder.revision, embedder.dim)
    done = 0
    while limit is None or done < limit:
        wanted = BATCH if limit is None else min(BATCH, limit - done)
        rows = store.vectors.claim_unembedded(owner=owner, limit=wanted, lease_s=LEASE_S)
        if not rows:
            break
        vectors = embedder.embed_passages([row.text for row in rows])
        made = [(row.passage_id, vector.astype("<f4").tobytes()) for row, vector in zip(rows, vectors, strict=True)]
        store.vectors.save(owner, made, name=embedder.name, revision=embedder.revision, dim=embedder.dim)
        done += len(rows)
        if progress is not None:
            progress(done)
    return done
