"""What an entry is about. Pure: cues of `topics.yaml` add up, the highest topic wins; no model."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from kb.data_files import read_yaml
from kb.errors import BadDataFile
from kb.types import Topic

CUES = Path(__file__).with_name("topics.yaml")
READ_CHARS = 600  # what an entry is about is said at its beginning
TITLE_CHARS = 200
_FIXED = {Topic.REGULATION, Topic.LICENCE, Topic.PRICE}  # what such a source says is that, whatever words it uses
_PRIOR = 1.5  # for the source's own topic
_THRESHOLD = 2.0
_WHERE = ("title", "text", "url", "form")
_ROW = re.compile(r"(?P<weight>\d+\.\d) (?P<where>\w+): (?P<terms>.+)", re.S)
_AGGREGATED = re.compile(r"\| (?:organization|source|action): [^|\n]*")  # what collectors add to every entry


@dataclass(frozen=True, slots=True)
class Cue:
    topic: Topic
    weight: float
    where: str
    pattern: re.Pattern[str]


@cache
def cues(file: Path = CUES) -> tuple[Cue, ...]:
    """The shipped cues; BadDataFile names a row that is none."""
    rows: Mapping[str, str] = read_yaml(file)
    return tuple(_cue(file, Topic(name), row) for name, some in rows.items() for row in some.splitlines())


def _cue(file: Path, topic: Topic, row: str) -> Cue:
    match = _ROW.fullmatch(row)
    if match is None or match["where"] not in _WHERE:
        raise BadDataFile(str(file), topic, row[:40], f'"weight where: terms", where one of {", ".join(_WHERE)}')
    terms = "|".join(term.strip() for term in match["terms"].split(";"))
    return Cue(topic, float(match["weight"]), match["where"], re.compile(rf"(?<!\w)(?:{terms})(?!\w)", re.M))


def topic_of(title: str, text: str, url: str, source_topic: Topic) -> Topic:
    """The entry's topic; the source's own where the words do not tell."""
    if source_topic in _FIXED:
        return source_topic
    scores = scores_of(said(title, text, url))
    if source_topic is not Topic.OTHER:
        scores[source_topic] += _PRIOR
    best = max(scores, key=lambda topic: scores[topic])
    return best if scores[best] >= _THRESHOLD else source_topic


def scores_of(found: Iterable[Cue]) -> dict[Topic, float]:
    """In each place, a topic's strongest cue counts."""
    strongest: dict[tuple[Topic, str], float] = {}
    for cue in found:
        place = (cue.topic, cue.where)
        strongest[place] = max(strongest.get(place, 0.0), cue.weight)
    scores = dict.fromkeys(Topic, 0.0)
    for (topic, _), weight in strongest.items():
        scores[topic] += weight
    return scores


def said(title: str, text: str, url: str) -> Iterator[Cue]:
    """The cues that an entry gives."""
    title = " ".join(title.lower().split())
    head = text[:READ_CHARS].lower()
    body = _AGGREGATED.sub(" ", head).removeprefix(title)
    title = title[:TITLE_CHARS]
    fields = {"title": title, "text": " ".join(body.split()), "url": _path_words(url), "form": f"{title}\n{head}"}
    for cue in cues():
        if cue.pattern.search(fields[cue.where]):
            yield cue


def _path_words(url: str) -> str:
    try:
        return urlsplit(url).path.lower().replace("/", " ")
    except ValueError:
        return ""
