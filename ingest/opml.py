"""Source lists in and out as OPML 2.0 (http://opml.org/spec2.opml).

Feeds are `type="rss"` outlines and pages `type="link"` ones, as every reader expects; what only we know (kind, topic,
tier, publisher, options) travels in attributes of our own namespace, so that an export re-imports equal.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from ingest.sanitise import clean_line
from kb.errors import BadDataFile, BadInput
from kb.types import SourceDraft, SourceRecord, Tier, Topic

_NAMESPACE = "urn:steelyard:opml:1"
_OURS = f"{{{_NAMESPACE}}}"
_OPTION = "option."
_BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);)", re.I)
_ADDRESS = re.compile(rb"""\bxmlUrl\s*=\s*(?:"([^"<>]+)"|'([^'<>]+)')""", re.I)


def import_opml(
    data: bytes, *, topic: Topic = Topic.OTHER, tier: Tier = Tier.PRESS, name: str = "OPML"
) -> tuple[list[SourceDraft], list[str]]:
    """Every feed of the list at any depth of folders, and what was left out with reasons.

    `topic` and `tier` hold where the list says nothing. Raises BadDataFile when the file is no OPML at all.
    """
    drafts: dict[str, SourceDraft] = {}
    refused: list[str] = []
    for outline, folders in _outlines(data, name):
        try:
            draft = _draft(outline, folders, topic, tier)
        except BadInput as error:
            refused.append(str(error))
            continue
        if draft.url in drafts:
            refused.append(f"{draft.url}: listed twice")
        else:
            drafts[draft.url] = draft
    return list(drafts.values()), refused


def _outlines(data: bytes, name: str) -> Iterator[tuple[dict[str, str], list[str]]]:
    """The attributes of every outline that has an address, with the names of the folders above it."""
    from lxml import etree

    # Lists in the wild carry bare ampersands, from which even a forgiving parser makes other addresses.
    data = _BARE_AMPERSAND.sub(b"&amp;", data)
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data.strip(), parser=parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadDataFile(name, "the file", "opml", f"not readable as XML: {error}") from error
    if root is None or not isinstance(root.tag, str) or etree.QName(root).localname.lower() != "opml":
        raise BadDataFile(name, "the file", "opml", "its root element is not <opml>")
    seen: set[str | None] = {""}
    for node in root.iter("{*}outline"):
        attributes = _attributes(node)
        if "xmlurl" in attributes or attributes.get("url"):
            above = [_attributes(parent) for parent in node.iterancestors("{*}outline")]
            seen.add(attributes.get("xmlurl"))
            yield attributes, [text for parent in above if (text := parent.get("text") or parent.get("title", ""))]
    # An outline whose attributes are themselves broken is skipped by the parser; its address can still be read.
    for double, single in _ADDRESS.findall(data):
        url = clean_line(unescape((double or single).decode("utf-8", "replace")))
        if url not in seen:
            yield {"xmlurl": url}, []


def _attributes(node: Any) -> dict[str, str]:
    """Our own names keep their prefix; others in lower case, since writers disagree on xmlUrl."""
    return {
        key.replace(_OURS, "ours:") if key.startswith(_OURS) else key.rpartition("}")[2].lower(): clean_line(value)
        for key, value in node.attrib.items()
    }


def _draft(outline: dict[str, str], folders: list[str], topic: Topic, tier: Tier) -> SourceDraft:
    address = outline.get("xmlurl") or outline.get("url")
    if not address:
        raise BadInput(f"{outline.get('text') or 'an outline'}: it has no address")
    url = _checked_url(address)
    kind = outline.get("ours:kind") or ("feed" if outline.get("xmlurl") else "")
    if not kind:
        raise BadInput(f"{url}: a link that is no feed")
    options = {k.removeprefix(f"ours:{_OPTION}"): v for k, v in outline.items() if k.startswith(f"ours:{_OPTION}")}
    return SourceDraft(
        kind=kind,
        url=url,
        title=outline.get("title") or outline.get("text", ""),
        publisher=outline.get("ours:publisher", ""),
        topic=_topic(outline.get("ours:topic", ""), folders, topic),
        tier=_tier(outline.get("ours:tier", ""), tier),
        options=options,
    )


def _checked_url(url: str) -> str:
    url = "https://" + url.removeprefix("feed://") if url.startswith("feed://") else url.removeprefix("feed:")
    try:
        parts = urlsplit(url)
        usable = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise BadInput(f"{url[:200]}: not an http or https address")
    return url


def _topic(stated: str, folders: list[str], default: Topic) -> Topic:
    names = [stated, *(folder.lower() for folder in folders)]
    return next((Topic(name) for name in names if name in set(Topic)), default)


def _tier(stated: str, default: Tier) -> Tier:
    return Tier(int(stated)) if stated in {str(int(tier)) for tier in Tier} else default


def export_opml(sources: Iterable[SourceDraft | SourceRecord], *, title: str = "Steelyard sources") -> bytes:
    """The sources as an OPML 2.0 document."""
    from lxml import etree

    root = etree.Element("opml", version="2.0", nsmap={"steelyard": _NAMESPACE})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    for source in sources:
        address = (
            {"type": "rss", "xmlUrl": source.url} if source.kind == "feed" else {"type": "link", "url": source.url}
        )
        outline = etree.SubElement(body, "outline", text=source.title or source.url, title=source.title, **address)
        outline.set(f"{_OURS}kind", source.kind)
        outline.set(f"{_OURS}topic", source.topic.value)
        outline.set(f"{_OURS}tier", str(int(source.tier)))
        outline.set(f"{_OURS}publisher", source.publisher)
        for key, value in source.options.items():
            outline.set(f"{_OURS}{_OPTION}{key}", value)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True))
