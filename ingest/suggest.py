"""What a new source is probably about and worth: a proposal, for an admin to correct. Pure but for the shipped list.

A site of which we ship a source is worth what that source is; else a public body writes primary text, a place where
anyone may publish holds opinion, and the rest counts as press until somebody says better.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from ingest.catalogue import load_sources
from ingest.topics import topic_of
from kb.types import SourceDraft, Tier, Topic

_PUBLIC = (".gov", ".europa.eu", ".gouv.fr", ".bund.de", ".gov.uk", ".mil")
_ANYONE = ("medium.com", "substack.com", "reddit.com", "youtube.com", "wordpress.com", "blogspot.com", "dev.to")
_SHARED_HOSTS = ("github.com", "huggingface.co")  # the owner in the path publishes, not the site
_LEAST_SHARE = 0.4  # of the entries, for a topic to be the source's


@dataclass(frozen=True, slots=True)
class Suggestion:
    topic: Topic
    tier: Tier
    publisher: str


def suggest(url: str, entries: Iterable[tuple[str, str]]) -> Suggestion:
    """For a source at `url` with these entries (title, link)."""
    known = _shipped().get(_house(url))
    tier = known.tier if known else _tier(url)
    return Suggestion(_topic(entries, known), tier, known.publisher if known else "")


def _topic(entries: Iterable[tuple[str, str]], known: SourceDraft | None) -> Topic:
    """What most entries are about, else what the house's other source is about."""
    told = Counter(topic_of(title, "", link, Topic.OTHER) for title, link in entries)
    said = [(count, topic) for topic, count in told.items() if topic is not Topic.OTHER]
    most = max(said, default=(0, Topic.OTHER))
    if most[0] >= _LEAST_SHARE * told.total() and most[0]:
        return most[1]
    return known.topic if known else Topic.OTHER


def _tier(url: str) -> Tier:
    host = _host(url)
    if host.endswith(_PUBLIC):
        return Tier.PRIMARY
    if any(host == name or host.endswith(f".{name}") for name in _ANYONE):
        return Tier.OPINION
    return Tier.RECOGNISED if host in _SHARED_HOSTS else Tier.PRESS


def _house(url: str) -> str:
    """Whose address it is: the host, and the owner where many share one."""
    host = _host(url)
    return f"{host}/{urlsplit(url).path.strip('/').partition('/')[0].lower()}" if host in _SHARED_HOSTS else host


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower().removeprefix("www.")
    except ValueError:
        return ""


@cache
def _shipped() -> Mapping[str, SourceDraft]:
    """One shipped source of each house, the best first."""
    by_worth = sorted(load_sources(), key=lambda draft: draft.tier, reverse=True)
    return {_house(draft.url): draft for draft in by_worth}
