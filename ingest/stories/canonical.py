"""Two links to one page, made equal: tracking, AMP, mobile hosts and known redirectors are dress. Pure."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

from ingest.classify import story_key

_DEEPEST = 4  # redirectors within redirectors
# Hosts that pass a reader on to the address in one of their parameters.
_REDIRECTORS = re.compile(
    r"(?:www\.)?google\.[a-z.]+/url|l\.facebook\.com/l\.php|lm\.facebook\.com/l\.php|out\.reddit\.com|"
    r"(?:www\.)?linkedin\.com/redir/redirect|slack-redir\.net/link|href\.li|(?:www\.)?youtube\.com/redirect|"
    r"news\.url\.google\.com/url|duckduckgo\.com/l|t\.umblr\.com/redirect|steamcommunity\.com/linkfilter"
)
_TARGETS = ("url", "u", "q", "uddg", "z", "target", "to")
_AMP_VIEWER = re.compile(r"(?:www\.)?google\.[a-z.]+/amp/(?:s/)?(.+)")
_AMP_CACHE = re.compile(r"[\w-]+\.cdn\.ampproject\.org/[a-z]/(?:s/)?(.+)|cdn\.ampproject\.org/[a-z]/(?:s/)?(.+)")
_ARXIV = re.compile(
    r"(?:(?:export\.)?arxiv\.org/(?:abs|pdf|html)|huggingface\.co/papers|alphaxiv\.org/(?:abs|pdf))/"
    r"(\d{4}\.\d{4,5})(?:v\d+)?(?:\.pdf)?"
)


def canonical(url: str) -> str:
    """Equal for two links to one page; "" for a link that names none: a home page, or no address on the web."""
    plain = _unwrapped(url.strip())
    if not plain.startswith(("http://", "https://")):
        return ""
    key = story_key(unquote(re.sub(r"\.amp(?=\.html?\b)|(?<=[/.])amp/(?=.)", "", plain)), "")
    paper = _ARXIV.match(key)
    if paper:
        return f"arxiv.org/abs/{paper[1]}"
    return key if re.search(r"[/?#]", key) else ""


def slug(address: str) -> str:
    """The last part of a canonical address, by which a publisher calls a page wherever it moves it."""
    last = re.split(r"[?#]", address)[0].rsplit("/", 1)
    return re.sub(r"\.(?:html?|php|aspx?)$", "", last[1]) if len(last) == 2 else ""


def _unwrapped(url: str) -> str:
    for _ in range(_DEEPEST):
        inner = _inside(url)
        if not inner:
            break
        url = inner
    return url


def _inside(url: str) -> str:
    """The address that a redirector or an AMP cache wraps; "" when the link is its own."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    place = f"{parts.hostname or ''}{parts.path}"
    amp = _AMP_VIEWER.fullmatch(place) or _AMP_CACHE.fullmatch(place)
    if amp:
        return f"https://{next(group for group in amp.groups() if group)}"
    if not _REDIRECTORS.match(place):
        return ""
    asked = parse_qs(parts.query)
    return next((asked[name][0] for name in _TARGETS if asked.get(name, [""])[0].startswith("http")), "")
