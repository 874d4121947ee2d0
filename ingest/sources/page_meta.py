"""What a page states about itself: title, author, dates. Only what is written there; nothing is inferred."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingest.dates import DATE_PATTERN, read_date
from ingest.sanitise import Node, clean_line

_OJ_TITLE = "oj-doc-ti"
_FRONT_MATTER = re.compile(r"\s*---\n(.*?)\n---\s*\n", re.S)
_PUBLISHED_META = """article:published_time datepublished date.issued dc.date.issued dcterms.issued
citation_publication_date publish-date publication_date pubdate dcterms.created"""
_UPDATED_META = "article:modified_time og:updated_time datemodified dcterms.modified last-modified lastmod revised"
_UPDATED = re.compile(
    r"(?:last\s+(?:updated|modified|revised|changed)|(?:updated|modified|revised)\s+on|date\s+of\s+last\s+revision|updated)"
    rf"\s*(?:date|on|:)?\W{{0,6}}({DATE_PATTERN})",
    re.I,
)
_PUBLISHED = re.compile(
    r"(?:release\s+date|date\s+of\s+publication|published(?:\s+on)?|effective(?:\s+(?:date|as\s+of|from|on))?|version\s+date)"
    rf"\s*(?:is|on)?\W{{0,6}}({DATE_PATTERN})",
    re.I,
)
_ACT = re.compile(
    r"((?:commission\s+)?(?:delegated\s+|implementing\s+)*(?:regulation|directive|decision|recommendation))"
    r"\s+(\([A-Z, ]+\)\s*(?:no\s*)?\d+/\d+|\d+/\d+(?:/[A-Z]+)?)",
    re.I,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """Empty and None where the page does not say."""

    title: str = ""
    author: str = ""
    published: datetime | None = None
    updated: datetime | None = None


def stated_by_text(text: str) -> Stated:
    """Of a plain text: its first heading or line, and the dates it names as its own."""
    published, updated = _dates_in(text)
    return Stated(title=_first_line(text), published=published, updated=updated)


def _first_line(text: str) -> str:
    front = _FRONT_MATTER.match(text)
    if front and (named := re.search(r"^(?:title|name):\s*[\"']?(.+?)[\"']?\s*$", front[1], re.M)):
        return clean_line(named[1])[:200]
    lines = [clean_line(line) for line in text[front.end() if front else 0 :].splitlines()[:60]]
    heading = next((line for line in lines if re.match(r"#{1,2} \S", line)), "")
    title = heading or next((line for line in lines if re.search(r"\w{2}", line)), "")
    return re.sub(r"[*`]+|^[#_\s]+|[_\s]+$", "", title)[:200]


def stated_by_html(tree: Node) -> Stated:
    """Of a page: the Official Journal's own lines, else meta tags and JSON-LD, else "last updated" in its text."""
    meta = _meta(tree)
    data = list(_json_ld(tree))
    shown = clean_line(" ".join(tree.xpath("//body//text()[not(ancestor::script or ancestor::style)]"))[:200_000])
    published, updated = _dates_in(shown)
    return Stated(
        title=_oj_title(tree) or _title(tree, meta),
        author=clean_line(meta.get("author", ""))[:200],
        published=_oj_date(tree) or _first_date(meta, _PUBLISHED_META) or _ld_date(data, "datePublished") or published,
        updated=_first_date(meta, _UPDATED_META) or _ld_date(data, "dateModified") or updated,
    )


def _dates_in(text: str) -> tuple[datetime | None, datetime | None]:
    """Dates a text names as its own, near its beginning or its very end: (published, updated)."""
    ends = text[:4000] + "\n" + text[-1500:] if len(text) > 5500 else text
    published, updated = _PUBLISHED.search(ends), _UPDATED.search(ends)
    return (read_date(published[1]) if published else None, read_date(updated[1]) if updated else None)


def _meta(tree: Node) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.iter("meta"):
        name = node.get("property") or node.get("name") or node.get("itemprop") or ""
        if name and node.get("content"):
            found.setdefault(name.lower(), node.get("content"))
    return found


def _first_date(meta: dict[str, str], names: str) -> datetime | None:
    return next((moment for name in names.split() if (moment := read_date(meta.get(name, "")))), None)


def _json_ld(tree: Node) -> Iterator[dict[str, Any]]:
    for node in tree.xpath('//script[contains(@type, "ld+json")]'):
        try:
            waiting = [json.loads(node.text or "")]
        except (ValueError, RecursionError):
            continue
        while waiting:
            value = waiting.pop()
            if isinstance(value, list):
                waiting += value
            elif isinstance(value, dict):
                yield value
                waiting += [value[key] for key in ("@graph", "mainEntity") if key in value]


def _ld_date(data: list[dict[str, Any]], key: str) -> datetime | None:
    written = [value for entry in data if isinstance(value := entry.get(key), str)]
    return next((moment for value in written if (moment := read_date(value))), None)


def _title(tree: Node, meta: dict[str, str]) -> str:
    heading = next((text for node in tree.iter("h1") if (text := clean_line("".join(node.itertext())))), "")
    title = next((text for node in tree.iter("title") if (text := clean_line("".join(node.itertext())))), "")
    return (clean_line(meta.get("og:title", "")) or heading or title)[:300]


def _by_class(tree: Node, name: str) -> list[Node]:
    return list(tree.xpath(f'//*[contains(concat(" ", normalize-space(@class), " "), " {name} ")]'))


def _oj_title(tree: Node) -> str:
    """ "Regulation (EU) 2026/1744 ... (Digital Omnibus on AI)": the act's number, its name in brackets, its subject."""
    nodes = _by_class(tree, _OJ_TITLE) or _by_class(tree, "doc-ti")
    if not nodes:
        return ""
    inside = nodes[0].getparent()
    lines = [clean_line("".join(node.itertext())) for node in nodes if node.getparent() is inside][:6]
    whole = " ".join(line for line in lines if not re.match(r"\(text with eea", line, re.I))
    act = _ACT.search(whole)
    if not act:
        return whole[:300]
    number = f"{act[1].capitalize()} {act[2]}"
    subject = next((line for line in lines[1:] if re.match(r"[a-z]", line) and not re.match(r"of \d", line)), "")
    name = re.search(r"\(([^()]*(?:Act|Regulation|Directive|Omnibus)[^()]*)\)\s*$", subject)
    if name:
        return f"{number} ({name[1]})"
    return f"{number} {subject}"[:300].strip()


def _oj_date(tree: Node) -> datetime | None:
    nodes = _by_class(tree, "oj-hd-date") or _by_class(tree, "hd-date")
    return read_date(clean_line("".join(nodes[0].itertext()))) if nodes else None
