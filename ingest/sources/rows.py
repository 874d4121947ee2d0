"""What sources of records share: asking, reading JSON, following pages, and one record as an item or a fact."""

import json
import re
import zlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from ingest.dates import read_date, sane
from ingest.facts import key_prefix
from ingest.sanitise import plain_line
from ingest.source import Request, Response
from kb.errors import ParseError
from kb.types import FactDraft, RawItem, SourceRecord

Row = Mapping[str, Any]
MOST_UNPACKED_BYTES = 50_000_000  # of a table that is published as a .gz file; the fetcher caps what it unpacks itself
DAY_S = 24 * 3600.0
_NEXT = re.compile(r"""<([^<>]+)>\s*;[^,<]*\brel\s*=\s*"?next\b""", re.I)
_GZIP = b"\x1f\x8b"


def ask(record: SourceRecord, accept: str = "application/json") -> Request:
    """A conditional GET of the source's address."""
    state = record.state
    return Request(url=record.url, etag=state.etag, last_modified=state.last_modified, accept=accept)


def read_json(body: bytes, what: str) -> Any:
    """The decoded body, decimals exact. Raises ParseError for what is empty, cut off, or no JSON."""
    try:
        return json.loads(_unpacked(body), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"{what} is not JSON, or it was cut off: {error}") from error


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(_GZIP):
        return body
    stream = zlib.decompressobj(wbits=31)
    try:
        data = stream.decompress(body, MOST_UNPACKED_BYTES)
    except zlib.error as error:
        raise ParseError(f"the body is a damaged gzip file: {error}") from error
    if stream.unconsumed_tail:
        raise ParseError(f"the body unpacks to more than {MOST_UNPACKED_BYTES:,} bytes")
    if not stream.eof:
        raise ParseError("the body is a gzip file that was cut off")
    return data


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def listed(found: Any, what: str) -> list[Any]:
    """The list that a body should be. An object with a message is the server's way of saying why it is none."""
    if isinstance(found, list):
        return found
    said = next((found[key] for key in ("error", "message", "errors") if found.get(key)), "") if _is_row(found) else ""
    raise ParseError(f"{what} is no JSON list" + (f": the server says {str(said)[:200]!r}" if said else ""))


def _is_row(value: object) -> bool:
    return isinstance(value, dict)


def next_page(response: Response) -> Request | None:
    """Where the `Link` header says that the list goes on (RFC 8288); never on another host."""
    found = _NEXT.search(response.headers.get("link", ""))
    return same_host(response, found[1]) if found else None


def same_host(response: Response, address: object) -> Request | None:
    """The next page at an address that the answer names, or None where it names none or leaves its host."""
    if not isinstance(address, str) or not address.strip():
        return None
    try:
        url = urljoin(response.url, address.strip())
        here, there = urlsplit(response.url), urlsplit(url)
        stays = (here.hostname, here.port) == (there.hostname, there.port) and there.scheme in ("http", "https")
    except ValueError:
        return None
    return Request(url=url, accept="application/json") if stays and url != response.url else None


# ---------------------------------------------------------------- values


def text(row: Row, *keys: str) -> str:
    """The first of these fields that holds words, on one line."""
    return next((plain_line(v) for key in keys if isinstance(v := row.get(key), str) and v.strip()), "")


def rows(value: object) -> list[Row]:
    """The objects of a list; what is no object, or no list, is left out."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def row(value: object) -> Row:
    return value if isinstance(value, dict) else {}


def moment(value: object, now: datetime) -> datetime | None:
    """A stated moment: ISO text, or seconds since 1970; None where it is absent or absurd."""
    if isinstance(value, str):
        return sane(read_date(value), now)
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return None
    try:
        return sane(datetime.fromtimestamp(float(value), tz=now.tzinfo), now)
    except (ValueError, OverflowError, OSError):
        return None


def whole(value: object) -> int:
    """A count above nought, also when it was written as a float; else 0."""
    fits = isinstance(value, (int, Decimal)) and not isinstance(value, bool) and value > 0 and value == int(value)
    return int(value) if fits and isinstance(value, (int, Decimal)) else 0


# ---------------------------------------------------------------- a record


def record_item(
    record: SourceRecord,
    name: str,
    title: str,
    lines: Iterable[tuple[str, object]],
    *,
    url: str = "",
    published_at: datetime | None = None,
    updated_at: datetime | None = None,
) -> RawItem:
    """One row, kept to be quoted: "label: value" a line, without the fields that are empty."""
    said = [(label, _words(value)) for label, value in lines]
    return RawItem(
        external_id=name,
        url=url or f"{record.url}#{quote(name, safe='/')}",
        title=title,
        html="\n".join(f"{label}: {value}" for label, value in said if value),
        media_type="text/plain",
        published_at=published_at,
        updated_at=updated_at,
        record=True,
    )


def _words(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(filter(None, map(_words, value)))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None or isinstance(value, dict) else plain_line(str(value))


def record_fact(
    record: SourceRecord,
    subject: str,
    field: str,
    value: str,
    statement: str,
    *,
    known_from: date,
    locator: str,
    **more: Any,
) -> FactDraft:
    """What a row says of one subject, under a key that stays: the source, the subject and the field."""
    told: dict[str, Any] = {"publisher": record.publisher, "source_url": record.url}
    return FactDraft(
        key=f"{key_prefix(record)}{subject.replace(':', '/', 1)}/{more.pop('part', field)}",
        subject=subject,
        field=field,
        value=value,
        statement=statement,
        known_from=known_from,
        locator=locator,
        source_title=record.title or record.url,
        tier=record.tier,
        source_id=record.id,
        **(told | more),
    )


def day(when: date) -> str:
    return f"{when.day} {when:%B %Y}"


def teller(record: SourceRecord) -> str:
    return record.publisher or record.title or record.url
