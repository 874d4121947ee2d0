"""The US Federal Register's search. https://www.federalregister.gov/developers/documentation/api/v1

Every document is an entry; a day on which one takes effect is a fact of a rule named by the document's number. The
search is a window on thousands of documents: what falls off its end is old, not withdrawn. `pages` in the source's
options says how many pages of it are read (default 1).
"""

from collections.abc import Iterator
from html import escape
from urllib.parse import parse_qs, urlsplit

from ingest.facts import stated_on
from ingest.source import Page, Request, Response
from ingest.sources.offers import slug
from ingest.sources.rows import Row, ask, day, moment, read_json, record_fact, row, rows, same_host, text, whole
from kb.errors import ParseError
from kb.facts.values import parse_date
from kb.types import FactDraft, RawItem, SourceRecord


class FederalRegisterSource:
    """Documents that match a search, newest first."""

    def request(self, record: SourceRecord) -> Request:
        return ask(record)

    def parse(self, record: SourceRecord, response: Response) -> Page:
        """Read one page of a search. Raises ParseError for what is no answer to one."""
        found = row(read_json(response.body, "the search"))
        if "results" not in found and found.get("count") != 0:
            raise ParseError(f"the body holds no results: {text(found, 'message', 'errors') or 'of another shape'}")
        documents = [doc for doc in rows(found.get("results")) if _number(doc)]
        facts = [fact for document in documents for fact in _facts(record, document, response)]
        more = same_host(response, found.get("next_page_url"))
        wanted = more is not None and _page_number(more) <= int(record.options.get("pages") or 1)
        return Page(
            items=tuple(_item(record, document, response) for document in documents),
            facts=tuple(facts),
            title=record.title,
            refused=tuple(
                f"document {n}: it has no number" for n, d in enumerate(found.get("results") or (), 1) if not _number(d)
            ),
            window=more is not None and not wanted,
            next_request=more if wanted else None,
        )


def _page_number(request: Request) -> int:
    numbers = parse_qs(urlsplit(request.url).query).get("page", ["2"])
    return int(numbers[0]) if numbers[0].isdecimal() else 2


def _number(document: object) -> str:
    return text(row(document), "document_number")


def _facts(record: SourceRecord, document: Row, response: Response) -> Iterator[FactDraft]:
    """Known from publication; the register prints it before the day comes, so most are scheduled at first."""
    effective, published = (parse_date(text(document, key)) for key in ("effective_on", "publication_date"))
    if effective is None or text(document, "type") not in ("Rule", "Presidential Document"):
        return
    number, seen = _number(document), stated_on(response)
    title = text(document, "title").rstrip(".")
    statement = (
        f"{title} (Federal Register document {number}, {text(document, 'type').lower()} of "
        f"{_issuers(document) or 'the United States'}) takes effect on {day(effective)}."
    )
    yield record_fact(
        record,
        f"rule:us-federal-register/{slug(number)}",
        "applies_from",
        effective.isoformat(),
        statement,
        known_from=min(published or seen, seen),
        locator=text(document, "citation") or f"document {number}",
        source_url=text(document, "html_url") or record.url,
    )


def _issuers(document: Row) -> str:
    return " and ".join(filter(None, (text(agency, "name", "raw_name") for agency in rows(document.get("agencies")))))


def _item(record: SourceRecord, document: Row, response: Response) -> RawItem:
    number, kind = _number(document), text(document, "type")
    lines = [
        ("Abstract", text(document, "abstract", "excerpts")),
        ("Action", text(document, "action")),
        ("Issued by", _issuers(document)),
        ("Effective on", text(document, "effective_on")),
        ("Comments close on", text(document, "comments_close_on")),
        ("Citation", text(document, "citation")),
        ("Pages", str(whole(document.get("page_length")) or "")),
    ]
    printed = moment(document.get("publication_date"), response.received_at)
    return RawItem(
        external_id=number,
        url=text(document, "html_url") or f"https://www.federalregister.gov/d/{number}",
        title=text(document, "title") or f"Federal Register document {number}",
        html="".join(f"<p>{label}: {escape(said)}</p>" for label, said in lines if said),
        author=_issuers(document),
        published_at=printed,
        categories=(kind,) if kind else (),
    )
