"""Which entry is which: what it says, and whether one under a strange id is one that we know. Pure.

Identity is (source, external id). Publishers rotate ids, move to https, or serve the same feed from mirrors that
disagree about ids; without a second look all of that would be news.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import time
from urllib.parse import urlsplit

from kb.types import ItemHead, RawItem

THICK_CHARS = 200  # a body this long is not written twice by chance; a shorter one needs a date or a link beside it

_COMMENT = re.compile(r"<!--.*?-->", re.S)
_TAG = re.compile(r"<[^>]*>")
_SIGNED_MEDIA = re.compile(r"""(\s(?:src|srcset|poster)\s*=\s*)("[^"]*"|'[^']*')""", re.I)
_TRACKING = re.compile(r"(?<=[?&])(?:utm_[a-z]+|fbclid|gclid|mc_cid|mc_eid)=[^&#]*&?", re.I)


def entry_hash(raw: RawItem) -> str:
    """Over title, link and body as published, never over dates: an entry that was only re-dated is no news.

    White space, comments, tracking parameters and the signatures on media links rotate by themselves and
    are left out.
    """
    return _digest(_flat(raw.title), _untracked(raw.url), _stable(raw.html))


def content_hash(raw: RawItem) -> str:
    """As `entry_hash`, over title and body alone."""
    return _digest(_flat(raw.title), _stable(raw.html))


def recognise(heads: Mapping[str, ItemHead], items: Iterable[RawItem]) -> dict[str, str]:
    """Old external ids to new ones: entries under ids never seen that are entries which this body calls by no other.

    The same words, and either too many of them for chance, or the same time or address beside them; else the same
    date at an address that no second entry has.
    """
    first: dict[str, RawItem] = {}
    for item in items:
        first.setdefault(item.external_id, item)
    strangers = [item for key, item in first.items() if key not in heads and not item.record]
    lost = [head for key, head in heads.items() if key not in first]
    if not strangers or not lost:
        return {}
    search = _Lost(lost, shared=_repeated([*(i.url for i in first.values())], [h.url for h in heads.values()]))
    return {found.external_id: item.external_id for item in strangers if (found := search.take(item))}


def rekeyed(heads: Mapping[str, ItemHead], names: Mapping[str, str]) -> dict[str, ItemHead]:
    """The heads under the ids that `recognise` found."""
    named = ((names.get(key, key), head) for key, head in heads.items())
    return {key: replace(head, external_id=key) for key, head in named}


class _Lost:
    """Stored entries that a body does not name, by what they say and by where they stand; each is given out once."""

    def __init__(self, lost: Iterable[ItemHead], *, shared: set[str]) -> None:
        self._shared = shared
        self._content: dict[str, list[ItemHead]] = defaultdict(list)
        self._address: dict[str, list[ItemHead]] = defaultdict(list)
        self._taken: set[str] = set()
        for head in sorted(lost, key=lambda head: (head.vanished, -head.item_id)):
            if head.content_hash:
                self._content[head.content_hash].append(head)
            self._address[address(head.url)].append(head)

    def take(self, item: RawItem) -> ItemHead | None:
        same_words = [head for head in self._content[content_hash(item)] if _surely(item, head)]
        there = [] if address(item.url) in self._shared else self._address[address(item.url)]
        same_day = [head for head in there if head.published_at and head.published_at == item.published_at]
        free = (head for head in (*same_words, *same_day) if head.external_id not in self._taken)
        found = next(free, None)
        if found:
            self._taken.add(found.external_id)
        return found


def _surely(item: RawItem, head: ItemHead) -> bool:
    """Midnight is a date without a time, which entries of one day share."""
    timed = (
        item.published_at is not None and item.published_at.time() != time() and item.published_at == head.published_at
    )
    return timed or address(item.url) == address(head.url) or len(_flat(_TAG.sub(" ", item.html))) >= THICK_CHARS


def address(url: str) -> str:
    """A link without what changes while it leads to the same place: scheme, www, tracking, final slash."""
    try:
        parts = urlsplit(_untracked(url))
    except ValueError:
        return url
    host = parts.netloc.lower().removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}?{parts.query}#{parts.fragment}"


def _repeated(*lists: list[str]) -> set[str]:
    """Addresses that more than one entry of a list has: they tell nothing about which entry it is."""
    return {where for urls in lists for where, count in Counter(map(address, urls)).items() if count > 1}


def _untracked(url: str) -> str:
    return _TRACKING.sub("", url).rstrip("?&")


def _stable(html: str) -> str:
    return _flat(_SIGNED_MEDIA.sub(_without_query, _COMMENT.sub("", html)))


def _digest(*said: str) -> str:
    return hashlib.sha256("\0".join(said).encode("utf-8", "surrogatepass")).hexdigest()


def _flat(text: str) -> str:
    return " ".join(text.split())


def _without_query(found: re.Match[str]) -> str:
    return found[1] + re.sub(r"\?[^\s\"',]*", "", found[2])
