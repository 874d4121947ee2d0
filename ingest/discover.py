"""Where a site keeps its feeds. Pure: the caller fetches."""

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from ingest.bodies import describe_body, is_json
from ingest.decode import decode_body
from ingest.sanitise import clean_line, parse_html

_FEED_TYPES = {
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
    "application/json",
    "application/xml",
    "text/xml",
}
_COMMON_PATHS = ("feed", "feed/", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json", "rss/")
_MOST_LINKS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """A feed that a page names."""

    url: str
    title: str = ""
    media_type: str = ""


def feed_links(body: bytes, url: str, content_type: str = "") -> list[FeedLink]:
    """The feeds that a page links as alternates, in its order; then anchors that plainly point to one."""
    tree = parse_html(decode_body(body, content_type))
    if tree is None:
        return []
    base = urljoin(url, tree.xpath("string((//base/@href)[1])")) if tree.xpath("//base/@href") else url
    found: dict[str, FeedLink] = {}
    for node in tree.xpath("//link[@href]"):
        kind = (node.get("type") or "").split(";")[0].strip().lower()
        rels = (node.get("rel") or "").lower().split()
        # WordPress names its JSON API as an alternate of type application/json too.
        is_api = kind == "application/json" and "/wp-json/" in node.get("href")
        if (("alternate" in rels and kind in _FEED_TYPES) or "feed" in rels) and not is_api:
            _keep(found, base, node.get("href"), clean_line(node.get("title") or ""), kind)
    for node in tree.xpath("//a[@href]"):
        if _points_to_feed(node.get("href")):
            _keep(found, base, node.get("href"), clean_line("".join(node.itertext())))
    return list(found.values())[:_MOST_LINKS]


def _keep(found: dict[str, FeedLink], base: str, href: str, title: str, kind: str = "") -> None:
    try:
        address = urljoin(base, href.strip())
    except ValueError:
        return
    if address.lower().startswith(("http://", "https://")):
        found.setdefault(address, FeedLink(url=address, title=title, media_type=kind))


def _points_to_feed(href: str) -> bool:
    try:
        path = urlsplit(href.strip()).path.lower().rstrip("/")
    except ValueError:
        return False
    last = path.rpartition("/")[2]
    return last in ("feed", "rss", "atom", "rss.xml", "feed.xml", "atom.xml", "feed.json") or path.endswith(
        (".rss", ".atom", "/index.rdf")
    )


def candidates(url: str) -> list[str]:
    """Addresses where feeds commonly live, near the page first, then at the site's root; GitHub has its own."""
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}/"
    here = url.split("?")[0].split("#")[0].rstrip("/") + "/"
    if parts.netloc.lower() == "github.com" and len(parts.path.strip("/").split("/")) >= 2:
        owner, repo = parts.path.strip("/").split("/")[:2]
        return [f"{root}{owner}/{repo}/{name}.atom" for name in ("releases", "tags", "commits")]
    places = [here, root] if here != root else [root]
    return [place + path for place in places for path in _COMMON_PATHS]


def looks_like_feed(body: bytes, content_type: str = "") -> bool:
    """Whether a body is worth giving to the feed source; its own parse has the last word."""
    if is_json(body):
        return b"jsonfeed.org/version/" in body[:4096]
    root, _ = describe_body(body)
    if root in ("rss", "feed", "rdf", "channel"):
        return True
    kind = content_type.split(";")[0].strip().lower()
    return root not in ("html", "") and kind in ("application/rss+xml", "application/atom+xml", "application/rdf+xml")
