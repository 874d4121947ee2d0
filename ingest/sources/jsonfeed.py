"""JSON Feed 1 and 1.1 (https://jsonfeed.org/version/1.1)."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from ingest.dates import read_date, sane
from ingest.sanitise import clean_line
from ingest.source import Page
from kb.errors import ParseError
from kb.types import RawItem


def parse(body: bytes, *, url: str, now: datetime) -> Page:
    """Read a JSON Feed; `url` resolves relative links. Raises ParseError when the JSON is broken or is no feed."""
    try:
        feed = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise ParseError(f"the body is broken JSON: {error}"[:300]) from error
    if not isinstance(feed, dict) or "jsonfeed.org/version/" not in str(feed.get("version", "")):
        raise ParseError("no feed: the body is JSON, but no JSON Feed (its `version` does not say so)")
    entries = feed.get("items")
    if not isinstance(entries, list):
        raise ParseError("the JSON Feed has no list of items")
    items, refused = [], []
    for number, entry in enumerate(entries, 1):
        item = _item(entry, url, now) if isinstance(entry, dict) else None
        items.append(item) if item else refused.append(f"entry {number}: it has neither id, url, title nor body")
    return Page(
        items=tuple(items),
        title=clean_line(_text(feed, "title")),
        site_url=_link(feed, "home_page_url", url),
        refused=tuple(refused),
        hub_url=_hub(feed),
        self_url=_link(feed, "feed_url", url) or None,
        older_url=_link(feed, "next_url", url) or None,
    )


def _item(entry: Mapping[str, Any], base: str, now: datetime) -> RawItem | None:
    body, media_type = _body(entry)
    title = _text(entry, "title")
    link = _link(entry, "url", base) or _link(entry, "external_url", base)
    external_id = _text(entry, "id").strip() or link
    if not external_id and not (title or body):
        return None
    external_id = external_id or "sha256:" + hashlib.sha256(f"{title}\0{body}".encode("utf-8", "replace")).hexdigest()
    short = hashlib.sha256(external_id.encode("utf-8", "replace")).hexdigest()[:12]
    return RawItem(
        external_id=external_id,
        url=link or f"{base}#entry-{short}",
        title=clean_line(title),
        html=body,
        media_type=media_type,
        author=clean_line(_author(entry)),
        published_at=sane(read_date(_text(entry, "date_published")), now),
        updated_at=sane(read_date(_text(entry, "date_modified")), now),
        categories=tuple(clean_line(tag) for tag in _list(entry, "tags") if isinstance(tag, str)),
    )


def _body(entry: Mapping[str, Any]) -> tuple[str, str]:
    if html := _text(entry, "content_html"):
        return html, "text/html"
    return _text(entry, "content_text") or _text(entry, "summary"), "text/plain"


def _text(holder: Mapping[str, Any], key: str) -> str:
    """The value as text: numbers are allowed where the format says string, since feeds send them as ids."""
    value = holder.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)


def _list(holder: Mapping[str, Any], key: str) -> list[Any]:
    value = holder.get(key)
    return value if isinstance(value, list) else []


def _link(holder: Mapping[str, Any], key: str, base: str) -> str:
    value = _text(holder, key).strip()
    try:
        address = urljoin(base, value) if value else ""
    except ValueError:
        return ""
    return address if address.lower().startswith(("http://", "https://")) else ""


def _author(entry: Mapping[str, Any]) -> str:
    people = [*_list(entry, "authors"), entry.get("author")]
    return ", ".join(name for person in people if isinstance(person, dict) and (name := _text(person, "name")))


def _hub(feed: Mapping[str, Any]) -> str | None:
    urls = [_text(hub, "url") for hub in _list(feed, "hubs") if isinstance(hub, dict)]
    return next((hub for hub in urls if hub.startswith("http")), None)
