"""Feeds: RSS 0.9x to 2.0, RDF and Atom by feedparser, JSON Feed by `jsonfeed`.

A feed that breaks off or breaks the rules still yields what can be read; what is left out is named in `Page.refused`.
"""

import hashlib
import io
import re
import warnings
from calendar import timegm
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from ingest.bodies import describe_body, is_json, refuse_entity_bomb, refuse_huge_tags
from ingest.dates import read_date, sane
from ingest.sanitise import plain_line
from ingest.source import Page, Request, Response
from ingest.sources import jsonfeed
from kb.errors import ParseError
from kb.types import RawItem, SourceRecord

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
_PERIODS_S = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_LONGEST_TTL_S = 30 * 86_400
_HEAD_BYTES = 20_000  # of a body, in which a feed's own elements stand
_HOUR = re.compile(rb"<hour>([^<]*)</hour>", re.I)
_DAY = re.compile(rb"<day>([^<]*)</day>", re.I)
_HOURS = {str(hour).encode(): hour % 24 for hour in range(25)}  # the specification counts to 23, some feeds to 24
_WEEK = (b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday")
_DAYS = {name: number for number, name in enumerate(_WEEK)}
_CLOSED = re.compile(rb"</\s*(?:[\w.-]+:)?(?:rss|feed|rdf|channel)\s*>\s*(?:<!--.*?-->\s*)*\Z", re.I | re.S)
_ENTRY_TAG = re.compile(rb"<(/?)\s*(?:[\w.-]+:)?(?:item|entry)[\s>]", re.I)
_FEED_TAG = re.compile(rb"<(?:[\w.-]+:)?(?:rss|feed|rdf)[\s>]", re.I)
_MARKUP = re.compile(
    r"</?(?:p|div|a|br|ul|ol|li|h[1-6]|b|i|em|strong|span|img|table|pre|code|blockquote)\b[^>]*>", re.I
)
_FEED_ROOTS = {"rss", "feed", "rdf", "channel"}
# What feedparser raises on hostile input, beside the SAX errors that it catches itself.
_FEEDPARSER_FAULTS = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError, OverflowError)

Entry = dict[str, Any]  # feedparser's own dict, or a part of one


class FeedSource:
    """One feed. Conditional; not bound by robots.txt, since a feed is published to be polled."""

    def request(self, record: SourceRecord) -> Request:
        state = record.state
        return Request(url=record.url, etag=state.etag, last_modified=state.last_modified, accept=ACCEPT)

    def parse(self, record: SourceRecord, response: Response) -> Page:
        """Read a feed's body. Raises ParseError with a reason when it is none."""
        body = response.body
        if not body.strip(b"\x00\t\n\r \xef\xbb\xbf"):
            raise ParseError("the body is empty")
        if is_json(body):
            return jsonfeed.parse(body, url=response.url, now=response.received_at)
        refuse_entity_bomb(body)
        refuse_huge_tags(body)
        _refuse_html(body)
        feed = _read(response)
        whole = not _is_ill_formed(feed) or bool(_CLOSED.search(body[-4096:]))
        _refuse_what_is_no_feed(feed, body, whole=whole)
        items, refused = _items(feed["entries"], response, cut_off=not whole and _ends_inside_entry(body))
        about = feed["feed"]
        return Page(
            items=tuple(items),
            title=plain_line(_text(about, "title")),
            site_url=_web_address(_text(about, "link"), response.url),
            ttl_s=_ttl_s(about),
            complete=whole,
            refused=tuple(refused),
            skip_hours=_skipped(body, _HOUR, _HOURS),
            skip_days=_skipped(body, _DAY, _DAYS),
            hub_url=_linked(about, response.url, "hub"),
            self_url=_linked(about, response.url, "self"),
            older_url=_linked(about, response.url, "prev-archive", "next"),
        )


def _read(response: Response) -> Any:
    import feedparser

    # No base address: feedparser would resolve ids against it too, and a feed that moves would lose its identities.
    # Links are resolved here.
    kept = ("content-type", "content-language")
    headers = {name: value for name, value in response.headers.items() if name in kept and value}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            # A stream: bytes or text might be taken for a path or an address to open.
            stream = io.BytesIO(response.body)
            return feedparser.parse(stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=True)
    except _FEEDPARSER_FAULTS as error:
        raise ParseError(f"the feed cannot be read: {type(error).__name__}: {error}"[:300]) from error


def _is_ill_formed(feed: Any) -> bool:
    from xml.sax import SAXException

    return bool(feed.get("bozo")) and isinstance(feed.get("bozo_exception"), SAXException)


def _refuse_html(body: bytes) -> None:
    """Early: feedparser would spend seconds on a large page before finding nothing in it."""
    root, description = describe_body(body)
    if root == "html" and not _FEED_TAG.search(body):
        raise ParseError(f"no feed: {description}")


def _refuse_what_is_no_feed(feed: Any, body: bytes, *, whole: bool) -> None:
    root, description = describe_body(body)
    known = bool(feed.get("version")) or root in _FEED_ROOTS
    if not known and (root == "html" or not feed["entries"]):
        raise ParseError(f"no feed: {description}")
    if not feed["entries"] and not whole:
        raise ParseError(
            f"the feed breaks off or is not well-formed, and no entry can be read: {feed['bozo_exception']}"
        )


def _ends_inside_entry(body: bytes) -> bool:
    tags = list(_ENTRY_TAG.finditer(body))
    return bool(tags) and not tags[-1][1]


# ---------------------------------------------------------------- entries


def _items(entries: list[Entry], response: Response, *, cut_off: bool) -> tuple[list[RawItem], list[str]]:
    items, refused = [], []
    for number, entry in enumerate(entries, 1):
        if cut_off and number == len(entries):
            refused.append(f"entry {number}: the body breaks off inside it")
            continue
        try:
            items.append(_item(entry, response))
        except ParseError as error:
            refused.append(f"entry {number}: {error}")
    return items, refused


def _item(entry: Entry, response: Response) -> RawItem:
    html, media_type = _body(entry)
    title = _text(entry, "title")
    link = _web_address(_text(entry, "link") or _other_link(entry), response.url)
    stated_id = _text(entry, "id").strip()
    external_id = stated_id or link or _hash_id(entry, title, html)
    return RawItem(
        external_id=external_id,
        url=link or _web_address(stated_id, "") or f"{response.url}#entry-{_short_hash(external_id)}",
        title=plain_line(title),
        html=html,
        media_type=media_type,
        author=plain_line(_text(entry, "author")),
        published_at=_date(entry, "published", response.received_at),
        updated_at=_date(entry, "updated", response.received_at),
        categories=tuple(dict.fromkeys(_categories(entry))),
    )


def _text(holder: Entry, key: str) -> str:
    value = holder.get(key)
    return value if isinstance(value, str) else ""


def _hash_id(entry: Entry, title: str, html: str) -> str:
    """An entry without id and link is known by what it says; by its odd fields when it says nothing else."""
    said = f"{title}\0{html}" if title or html else repr(sorted((k, repr(v)) for k, v in entry.items()))
    if said == "[]":
        raise ParseError("it is empty: neither id, link, title, body nor any other field")
    return "sha256:" + hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]


def _body(entry: Entry) -> tuple[str, str]:
    """The longest text that the entry carries, content before summary, and how to read it."""
    bodies = [c for c in entry.get("content") or [] if isinstance(c, dict)]
    detail = entry.get("summary_detail")
    bodies += [detail] if isinstance(detail, dict) else []
    readable = [b for b in bodies if _text(b, "value").strip() and _is_words(_text(b, "type"))]
    if not readable:
        return _text(entry, "summary"), "text/html"
    best = max(readable, key=lambda b: len(b["value"]))
    plain = best.get("type") == "text/plain" and not _MARKUP.search(best["value"])
    return best["value"], "text/plain" if plain else "text/html"


def _is_words(media_type: str) -> bool:
    return not media_type or media_type.startswith("text/") or "html" in media_type or "xml" in media_type


def _other_link(entry: Entry) -> str:
    links = [link for link in entry.get("links") or [] if isinstance(link, dict)]
    for rel in ("alternate", "via", "related", "enclosure"):
        for link in links:
            if link.get("rel") == rel and _text(link, "href"):
                return _text(link, "href")
    return ""


def _web_address(link: str, base: str) -> str:
    """The absolute http(s) address, else nothing: no javascript:, no file:, no bare words."""
    try:
        address = urljoin(base, link.strip()) if link.strip() else ""
    except ValueError:
        return ""
    return address if address.lower().startswith(("http://", "https://")) else ""


def _date(entry: Entry, key: str, now: datetime) -> datetime | None:
    # dict.get: feedparser's own `get` answers `updated` with `published`, and warns.
    parsed = dict.get(entry, f"{key}_parsed")
    if parsed is None:
        written = dict.get(entry, key)
        return sane(read_date(written), now) if isinstance(written, str) else None
    try:
        return sane(datetime.fromtimestamp(timegm(parsed), tz=UTC), now)
    except (ValueError, OverflowError, OSError):
        return None


def _categories(entry: Entry) -> list[str]:
    tags = [tag for tag in entry.get("tags") or [] if isinstance(tag, dict)]
    return [name for tag in tags if (name := plain_line(_text(tag, "label") or _text(tag, "term")))]


# ---------------------------------------------------------------- the feed's own wishes


def _ttl_s(about: Entry) -> float | None:
    try:
        if minutes := _text(about, "ttl").strip():
            return _bounded(float(minutes) * 60)
        if period := _PERIODS_S.get(_text(about, "sy_updateperiod").strip().lower()):
            return _bounded(period / float(_text(about, "sy_updatefrequency") or 1))
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    return None


def _bounded(seconds: float) -> float | None:
    return min(seconds, float(_LONGEST_TTL_S)) if seconds > 0 else None


def _skipped(body: bytes, said: re.Pattern[bytes], meant: Mapping[bytes, int]) -> tuple[int, ...]:
    """The hours or days of `skipHours` and `skipDays`, which feedparser does not read as lists."""
    told = {meant.get(word.strip().lower()) for word in said.findall(body[:_HEAD_BYTES])}
    return tuple(sorted(number for number in told if number is not None))


def _linked(about: Entry, base: str, *rels: str) -> str | None:
    """The address of the feed's own link that has the first of `rels` there is."""
    links = [link for link in about.get("links") or [] if isinstance(link, dict)]
    for rel in rels:
        for link in links:
            if link.get("rel") == rel and (address := _web_address(_text(link, "href"), base)):
                return address
    return None
