"""Probes answered: a door asked what would come of an address, or what it says, and whoever ingests looks.

    probe row (waiting) -> claim -> preview, article -> result on the row, a failure in words among them

Nothing is stored but the result. A killed process loses its lease, and another answers; what nobody could answer for
ten minutes (a defect of ours, logged by the scheduler each time) is given up.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from ingest.article_text import read_article
from ingest.fetch import Fetcher
from ingest.preview import preview
from kb.errors import BadInput, FetchError, SteelyardError
from kb.store import Store
from kb.types import ProbeRow

PREVIEW, ARTICLE = "preview", "article"
LONGEST_CHARS = 200_000  # of an article
LEASE_S = 90.0
GIVEN_UP = timedelta(minutes=10)


def answer_probes(
    store: Store, fetcher: Fetcher, clock: Callable[[], datetime], *, owner: str, stopped: Callable[[], bool]
) -> int:
    """Answer what waits, one after the other; how many were answered."""
    answered = 0
    while not stopped() and (rows := store.probes.claim(owner, 1, LEASE_S)):
        for row in rows:
            late = clock() - row.created_at > GIVEN_UP
            result = _refused("Nobody could look at it in time.") if late else _result(row, fetcher)
            answered += store.probes.done(row.id, result, owner=owner)
    return answered


def _result(row: ProbeRow, fetcher: Fetcher) -> Mapping[str, object]:
    looks = {PREVIEW: _previewed, ARTICLE: _article}
    if row.kind not in looks:
        return _refused(f"nobody here knows how to do {row.kind!r}")
    try:
        return {"ok": True, **looks[row.kind](str(row.payload.get("url", "")), fetcher)}
    except SteelyardError as error:
        again = " It may work later." if isinstance(error, FetchError) and error.transient else ""
        return _refused(f"{str(error).rstrip('.')}.{again}", error.hint)


def _previewed(url: str, fetcher: Fetcher) -> Mapping[str, object]:
    return preview(url, fetcher).as_json()


def _article(url: str, fetcher: Fetcher) -> Mapping[str, object]:
    found = read_article(url, fetcher)
    if len(found.text) > LONGEST_CHARS:
        raise BadInput(f"{url} has {len(found.text):,} characters", hint="paste the part to be checked")
    day = found.published_on.isoformat() if found.published_on else ""
    return {"text": found.text, "url": found.url, "published_on": day}


def _refused(words: str, hint: str = "") -> Mapping[str, object]:
    return {"ok": False, "error": words, "hint": hint}
