"""An article behind a link, read for a check of its claims. The bot fetches nothing itself: whoever ingests does."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from kb.errors import BadInput
from kb.store import Store

ARTICLE = "article"  # the kind of probe that `ingest.probing` answers
_POLL_S, _WHOLE_S = 0.25, 40.0


@dataclass(frozen=True, slots=True)
class Article:
    """`url` after redirects; `published_on` None: the page does not say."""

    text: str
    url: str
    published_on: date | None


class Articles(Protocol):
    def read(self, url: str, *, workspace_id: str | None) -> Article:
        """Raises SteelyardError with words for whoever asked."""


@dataclass(frozen=True, slots=True)
class ProbedArticles:
    """Asks the ingest worker, in this process or another, and waits."""

    store: Store
    whole_s: float = _WHOLE_S

    def read(self, url: str, *, workspace_id: str | None) -> Article:
        """Raises BadInput with what is wrong with the address, or where nobody read it in time."""
        probe = self.store.probes.put(ARTICLE, {"url": url}, workspace_id=workspace_id)
        row = self.store.probes.awaited(probe, whole_s=self.whole_s, poll_s=_POLL_S)
        if row is None:
            raise BadInput("nobody could read the address in time", hint="paste the article's words instead")
        told = row.result or {}
        if not told.get("ok"):
            raise BadInput(str(told.get("error") or f"{url} could not be read"), hint=str(told.get("hint") or ""))
        day = str(told.get("published_on") or "")
        return Article(str(told["text"]), str(told["url"]), date.fromisoformat(day) if day else None)
