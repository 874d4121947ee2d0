"""Candidates to an order. Pure: scores on one scale, what the question asks for beside its words, diversity.

Fusion is a convex sum of each score's share of its best, which beat min-max over a pool, z-scores and reciprocal ranks
on our measured sets: the scale does not depend on how poor the last candidate is.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from kb.asked import Asked, Domain
from kb.embed import Vector
from kb.types import Hit, Passage, Tier, Topic

_BINDING: Mapping[Topic, Domain] = {Topic.REGULATION: "law", Topic.LICENCE: "licence"}
_RECITAL = re.compile(r"\(\d{1,3}\)\s")
_BEFORE_ARTICLES = "whereas"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taste:
    """The knobs of ranking. Bonuses are in units of the fused score, which lies in [0, 1]."""

    dense_weight: float = 0.57  # the rest is the words'
    feedback: int = 3  # best candidates whose vectors lend their direction where the thesaurus had no words ...
    feedback_weight: float = 0.7  # ... by this much of the question's own
    gloss_bonus: float = 0.8  # for a provision that is asked for in these words, times how far
    domain_bonus: float = 0.1  # for the kind of text that the question asks of
    recital_malus: float = 0.18  # recitals explain, articles bind
    follow_bonus: float = 0.05  # for a provision that one of the best hits refers to ...
    amended_bonus: float = 0.1  # ... or for the same provision in the act that changes it, or is changed
    version_bonus: float = 0.05
    version_malus: float = 0.1  # "V3.2" is not "V3"
    tier_bonus: Mapping[Tier, float] = field(
        default_factory=lambda: {Tier.PRIMARY: 0.04, Tier.RECOGNISED: 0.02, Tier.PRESS: 0.0, Tier.OPINION: -0.08}
    )
    fresh_bonus: float = 0.06  # for what is new today, halved every `fresh_half_life_days`
    fresh_half_life_days: float = 90.0
    important_bonus: float = 0.04  # times the importance of the item: what is off topic is found, but crowds nothing
    # Law and licences do not lose force with age, so nothing newer may climb over them for being new.
    fresh_topics: frozenset[Topic] = frozenset({Topic.RELEASE, Topic.PRICE, Topic.SECURITY, Topic.CAPABILITY})
    per_item: int = 2
    per_long_item: int = 10  # of a regulation or licence, which is one item of many articles


@dataclass(frozen=True, slots=True)
class Candidate:
    """`bonus`: what glosses and following references added."""

    passage: Passage
    cosine: float | None
    lexical: float | None
    bonus: float = 0.0


def shares(scores: Sequence[float | None]) -> list[float]:
    """Each score as a share of the best, in [0, 1]; what has none, or a negative one, is 0."""
    best = max((score for score in scores if score is not None), default=0.0)
    return [max(score, 0.0) / best if score is not None and best > 0 else 0.0 for score in scores]


def fused(cosines: Sequence[float | None], lexical: Sequence[float | None], dense_weight: float) -> list[float]:
    """The convex sum. A passage stored a moment ago has no vector yet: its lexical score stands alone."""
    pairs = zip(cosines, shares(cosines), shares(lexical), strict=True)
    return [
        words if cosine is None else dense_weight * near + (1 - dense_weight) * words for cosine, near, words in pairs
    ]


def with_feedback(question: Vector, best: Sequence[Vector], weight: float) -> Vector:
    """float32[dim]: the question moved towards what was found first (Rocchio), L2-normalised."""
    moved = question + weight * np.mean(best, axis=0)
    vector: Vector = (moved / np.linalg.norm(moved)).astype(np.float32)
    return vector


def scored(
    found: Sequence[Candidate], near: Sequence[float | None], ask: Asked, taste: Taste, today: datetime
) -> list[Hit]:
    """Best first. `near` are the cosines to rank by; hits keep the candidates' own, which say how near each is."""
    base = fused(near, [c.lexical for c in found], taste.dense_weight)
    hits = [
        Hit(
            passage=c.passage,
            score=_adjusted(score + c.bonus, c.passage, ask, taste, today),
            cosine=c.cosine,
            lexical=c.lexical,
        )
        for c, score in zip(found, base, strict=True)
    ]
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))


def _adjusted(score: float, passage: Passage, ask: Asked, taste: Taste, today: datetime) -> float:
    score += taste.tier_bonus.get(passage.tier, 0.0) + taste.important_bonus * passage.importance
    if passage.topic in taste.fresh_topics:
        age = today - (passage.published_at or passage.known_from)
        score += taste.fresh_bonus * 0.5 ** (max(age.total_seconds(), 0.0) / 86400 / taste.fresh_half_life_days)
    score += _of_kind(passage, ask, taste) + _of_version(passage, ask, taste)
    best = 1 + max(taste.tier_bonus.values()) + taste.fresh_bonus + taste.important_bonus + taste.domain_bonus
    best += taste.gloss_bonus + taste.follow_bonus + taste.amended_bonus + taste.version_bonus
    return min(max(score / best, 0.0), 1.0)


def domain_of(passage: Passage) -> Domain:
    """Binding text is law or a licence from a primary source; all else tells of it."""
    return _BINDING.get(passage.topic, "news") if passage.tier is Tier.PRIMARY else "news"


def is_recital(passage: Passage) -> bool:
    """What stands before the articles of an act."""
    if passage.topic is not Topic.REGULATION or passage.tier is not Tier.PRIMARY:
        return False
    path = passage.heading_path
    return path[-1].lower().startswith(_BEFORE_ARTICLES) if path else bool(_RECITAL.match(passage.text))


def _of_kind(passage: Passage, ask: Asked, taste: Taste) -> float:
    kind = domain_of(passage)
    bonus = taste.domain_bonus / len(ask.domains) if kind in ask.domains else 0.0
    asks_recital = any(p.startswith("recital") for p in ask.provisions)
    return bonus - (taste.recital_malus if is_recital(passage) and not asks_recital else 0.0)


def _of_version(passage: Passage, ask: Asked, taste: Taste) -> float:
    """Passages that tell of another version of what was named are about something else."""
    change = 0.0
    for named in ask.versions:
        told = versions_of(named.name, f"{passage.title}\n{' '.join(passage.heading_path)}\n{passage.text}")
        if told:
            change += taste.version_bonus if named.version in told else -taste.version_malus
    return change


def versions_of(name: str, text: str) -> set[str]:
    """Versions under which a text speaks of something: "DeepSeek-V3.2" is version 3.2 of "deepseek"."""
    found = re.finditer(
        rf"\b{re.escape(name)}[-\s]?[a-z]?(\d{{1,2}}(?:\.\d{{1,2}})*)(?!\.?\d|[a-z%])", text, re.IGNORECASE
    )
    return {match[1] for match in found}


def diverse(hits: Sequence[Hit], taste: Taste, k: int) -> list[Hit]:
    """The best k, few of one item and none of its copies, so that one loud piece of news does not fill the list."""
    kept: list[Hit] = []
    items: dict[int, int] = {}
    stories: dict[str, int] = {}  # to the item that tells it here: the best of its copies
    for hit in hits:
        item, story = hit.passage.item_id, hit.passage.story_key
        long = hit.passage.topic in (Topic.REGULATION, Topic.LICENCE)
        if items.get(item, 0) >= (taste.per_long_item if long else taste.per_item):
            continue
        if story and not long and stories.setdefault(story, item) != item:
            continue
        items[item] = items.get(item, 0) + 1
        kept.append(hit)
        if len(kept) == k:
            break
    return kept


def best_of(found: Sequence[Candidate], scores: Sequence[float], count: int) -> list[Candidate]:
    order = sorted(range(len(found)), key=lambda i: (-scores[i], found[i].passage.id))
    return [found[i] for i in order[:count]]
