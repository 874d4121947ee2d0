"""arXiv's search, an Atom feed. https://info.arxiv.org/help/api/user-manual.html

An entry's id carries the version, so that a new version would look like a new paper: here the paper keeps its identity
and its abstract is edited. An answer may announce papers and hold none, or hold an error dressed as an entry.
"""

import re
from dataclasses import replace

from ingest.source import Page, Request, Response
from ingest.sources.feed import FeedSource
from ingest.sources.rows import DAY_S, ask
from kb.errors import ParseError
from kb.types import RawItem, SourceRecord

ACCEPT = "application/atom+xml, application/xml;q=0.9, */*;q=0.5"
_PAPER = re.compile(r"arxiv\.org/abs/((?:[\w.-]+/)?\d[\d.]*\d)(?:v(\d+))?/?$", re.I)
_TOTAL = re.compile(rb"<opensearch:totalResults[^>]*>\s*(\d+)\s*<", re.I)


class ArxivSource:
    """Papers that match a search. A window on many: what falls off its end is old, not withdrawn."""

    def __init__(self) -> None:
        self._feed = FeedSource()

    def request(self, record: SourceRecord) -> Request:
        return ask(record, ACCEPT)

    def parse(self, record: SourceRecord, response: Response) -> Page:
        """Read a search. Raises ParseError for arXiv's errors and for an answer without the papers it announces."""
        page = self._feed.parse(record, response)
        total = _TOTAL.search(response.body)
        announced = int(total[1]) if total else len(page.items)
        if announced and not page.items:
            raise ParseError(f"the answer announces {announced} papers and holds none")
        papers, refused = [], list(page.refused)
        for item in page.items:
            if "/api/errors" in item.external_id:
                raise ParseError(f"arXiv answers with an error: {' '.join(item.html.split())[:200]}")
            found = _PAPER.search(item.external_id)
            if found:
                papers.append(_paper(item, found[1]))
            else:
                refused.append(f"{item.external_id[:200]}: no paper's id")
        more = announced > len(page.items)
        return replace(page, items=tuple(papers), refused=tuple(refused), window=more, ttl_s=DAY_S / 2)


def _paper(item: RawItem, number: str) -> RawItem:
    """The address without its version shows the newest one."""
    return replace(item, external_id=f"arxiv:{number}", url=f"https://arxiv.org/abs/{number}")
