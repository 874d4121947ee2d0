"""What an entry is about, how much it matters, and which story it tells. Pure; no model."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from ingest.importance import weigh
from ingest.places import places_in
from ingest.sanitise import clean_line
from ingest.topics import topic_of
from kb.types import Topic


@dataclass(frozen=True, slots=True)
class Classified:
    """`importance` in [0, 1] and its reasons in words; `places`: countries by their two letters, or "eu"."""

    topic: Topic
    importance: float
    importance_why: str
    places: tuple[str, ...]


def classify(title: str, text: str, url: str, source_topic: Topic) -> Classified:
    """Of an entry as extracted. The source's own topic is a hint, unless all that it says is of one kind."""
    topic = topic_of(title, text, url, source_topic)
    importance, why = weigh(topic, title, text)
    return Classified(topic, importance, why, places_in(title, text))


_UNWEIGHED = 0.5  # as drafts that nobody weighed


def row_of(source_topic: Topic) -> Classified:
    """Of a row of a table: it tells of its source's topic, and is no news that could be weighed."""
    return Classified(source_topic, _UNWEIGHED, "", ())


# ---------------------------------------------------------------- stories

_TRACKING = re.compile(
    r"(?:utm_|mc_|hsa_|pk_|mtm_|vero_|oly_|at_|_hs)\w*|fbclid|gclid|dclid|msclkid|yclid|igshid|cmpid|cmp|ncid|ref|ref_src|ref_url|"
    r"referrer|source|src|spm|s_cid|sh|share|smid|soc_src|guccounter|guce_\w+|trk|from|via|feature|amp|output|ck_subscriber_id"
)
_PASSING_FRAGMENT = re.compile(
    r"(?:comments?|respond|more|top|content|main|disqus_thread|:~:.*|utm_.*|xtor=.*|/?)(?:-\d+)?", re.I
)


def story_key(url: str, title: str) -> str:
    """Equal for two links to one story: the address without its dress, or the title's words where there is none.

    A fragment is kept when it may name an entry of its own: changelogs put all their entries on one page.
    """
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return _title_key(title)
    host = re.sub(r"^(?:www\d?|m|mobile|amp)\.", "", (parts.hostname or "").rstrip("."))
    path = re.sub(r"(?:/amp|/index\.(?:html?|php))?/*$", "", re.sub(r"/{2,}", "/", parts.path))
    if not host or not (path or parts.query or parts.fragment):
        return _title_key(title) or host
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(k.lower())]
    query = f"?{urlencode(sorted(kept))}" if kept else ""
    fragment = "" if _PASSING_FRAGMENT.fullmatch(parts.fragment) else f"#{parts.fragment}"
    return f"{host}{path}{query}{fragment}"


def _title_key(title: str) -> str:
    words = re.findall(r"\w+", clean_line(title).casefold())
    return f"title:{' '.join(words)}" if words else ""
