"""Is the answer here at all? Pure: a probability from how near the best hits are and what of the question they lack.

A question that names something (a product, a version, a provision) is answered only by a text that names it: nearness
alone cannot tell "Annex XV" from "Annex XIV". tests/eval/answerability.py fits the weights, and says how well they do.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from math import exp

from kb.asked import asked, is_lay
from kb.follow import labels_of
from kb.glosses import likeness
from kb.ranking import is_recital, versions_of
from kb.types import Hit, Passage

LOOKED_AT = 6  # hits
NEAR = 0.45  # the cosine that is assumed where there are no vectors: the words alone must tell
FAR = 0.15  # one below which a passage is about something else, whatever words it shares

_WORD = re.compile(r"[^\W_][\w.+&-]*[^\W_]|[^\W_]")
_SENTENCE_START = re.compile(r"(?:^|[.?!:]\s+)[\"'“(]*$")
_TAILED = re.compile(r"\b([A-Z][\w.]*)-([a-z]{3,})\b")  # "M2-series" is M2's
_NAMED_FIRST = re.compile(r"'s\b|\s+[A-Z\d]")  # after a sentence's first word: "Japan's law", "Skywork 13B"
_POINT = re.compile(r"\((?P<point>[a-z]{1,2}|\d{1,2}[a-z]?)\)(?![\w(])")
_RECITAL = re.compile(r"\((\d{1,3})\)\s")
_NUMBER = re.compile(r"[\d.,%€$£]+(?:[kKmMbB]n?)?")
_COMMON = frozenset(
    re.findall(
        r"\S+",
        "i we our us you he she it they my your is are does do did can may must what which who whose whom "
        "when where why how if the a an and or ai act eu article articles annex section recital chapter api "
        "llm llms ceo gpu uk on in at to of for from by with ga eol january february march april june july "
        "august september october november december monday tuesday wednesday thursday friday saturday sunday "
        "regulation commission union european europe member state law directive ok",
    )
)


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells an answerable question from another; all in [0, 1]."""

    near: float  # the cosine of the nearest hit
    score: float  # of the best hit
    named: float  # share of the names in the question that the best hit carries; 1 where it names nothing
    lost: float  # 1 where a name is in none of the hits
    versions: float  # 1 where the hits tell of each version and provision asked about, 0 where of others
    covered: float  # share of the question's words in the best hit
    explained: float  # 1 where the thesaurus has words for it: it is about what we hold texts on
    sounds: float  # how far some provision is asked for in these words (kb.glosses) ...
    sounds_lent: float  # ... or in those that the thesaurus lent


def signs(question: str, hits: Sequence[Hit]) -> Signs:
    """What the first hits have of the question."""
    top, ask = hits[:LOOKED_AT], asked(question)
    known = [hit.cosine for hit in top if hit.cosine is not None]
    cosine = max(known) if known else NEAR if top else 0.0
    said = [_said(hit.passage) for hit in top]
    wanted, words = set(names_in(question)), {w.lower() for w in _WORD.findall(question)} - _COMMON
    return Signs(
        near=max(cosine, 0.0),
        score=top[0].score if top else 0.0,
        named=max((_share(wanted, text) for text in said), default=0.0),
        lost=float(any(not any(_occurs(name, text) for text in said) for name in wanted)),
        versions=_versions(question, top),
        covered=max((_share(words, text) for text in said), default=0.0),
        explained=float(bool(ask.also)),
        sounds=likeness(question),
        sounds_lent=likeness(question, ask.also_text),
    )


def names_in(question: str) -> Iterable[str]:
    """Names in lower case: capitalised or with a digit; no number, no common word, none that the thesaurus explains."""
    plain = _TAILED.sub(r"\1 \2", question)
    for match in _WORD.finditer(plain):
        word = match.group()
        first = bool(_SENTENCE_START.search(plain[: match.start()])) and not _NAMED_FIRST.match(plain, match.end())
        proper = (word[0].isupper() and not (first and word[1:].islower())) or any(c.isupper() for c in word[1:])
        mixed = any(c.isdigit() for c in word) and any(c.isalpha() for c in word)
        if (proper or mixed) and word.lower() not in _COMMON and not _NUMBER.fullmatch(word) and not is_lay(word):
            yield word.lower().removesuffix("'s")


def nowhere(question: str, texts: Iterable[str]) -> list[str]:
    """The names in a question where none of the texts carries any of them; else none."""
    names = list(dict.fromkeys(names_in(question)))
    said = [_plain(text) for text in texts]
    return [] if any(_occurs(name, text) for name in names for text in said) else names


def _said(passage: Passage) -> str:
    above = " ".join([passage.title, passage.publisher, passage.url, *passage.heading_path])
    return _plain(f"{above} {passage.text}")


def _plain(text: str) -> str:
    return re.sub(r"[\s\xa0-]+", " ", text.lower())


def _share(wanted: set[str], text: str) -> float:
    if not wanted:
        return 1.0
    return sum(_occurs(word, text) for word in wanted) / len(wanted)


def _occurs(word: str, text: str) -> bool:
    plain = word.replace("-", " ")
    return plain in text or plain.replace(" ", "") in text or (len(plain) > 4 and plain.rstrip("s") in text)


def _versions(question: str, hits: Sequence[Hit]) -> float:
    """The least of the versions and provisions asked about: 1 told of, 0 others only, a half where none is told."""
    ask = asked(question)
    texts = [f"{h.passage.title}\n{' '.join(h.passage.heading_path)}\n{h.passage.text}" for h in hits]
    told = [(named.version, set().union(*(versions_of(named.name, t) for t in texts))) for named in ask.versions]
    least = min((1.0 if version in found else 0.0 if found else 0.5 for version, found in told), default=1.0)
    return 0.0 if missing_provisions(question, hits) else least


def missing_provisions(question: str, hits: Sequence[Hit]) -> list[str]:
    """Articles, annexes and recitals that the question names and no hit is part of or speaks of; points likewise."""
    wanted = sorted(p for p in asked(question).provisions if p.startswith(("article", "annex", "recital")))
    texts = [f"{' '.join(h.passage.heading_path)}\n{h.passage.text}" for h in hits]
    held = set().union(*(labels_of([text]) for text in texts))
    held |= {f"recital {n}" for h in hits if is_recital(h.passage) for n in _RECITAL.findall(h.passage.text)}
    absent = [p for p in wanted if p not in held]
    points = dict.fromkeys(m["point"] for m in _POINT.finditer(question)) if wanted else {}
    absent += [
        f"point ({p})" for p in points if not any(re.search(rf"(?:^|\W)\(?{re.escape(p)}[).]", t) for t in texts)
    ]
    return [_written(p) for p in absent]


def _written(provision: str) -> str:
    """ "annex iii" as "Annex III"."""
    kind, _, number = provision.partition(" ")
    if kind == "point":
        return provision
    return f"{kind.capitalize()} {number.upper() if kind == 'annex' else number}"


BIAS = -13.99
WEIGHTS = Signs(
    near=3.78,
    score=8.43,
    named=2.81,
    lost=-2.43,
    versions=4.58,
    covered=4.66,
    explained=1.51,
    sounds=6.30,
    sounds_lent=-5.58,
)
THRESHOLD = 0.67  # where abstaining had its best F1 in cross-validation


def probability(found: Signs) -> float:
    """That the passages answer, in [0, 1]: a logistic model."""
    total = BIAS + sum(getattr(WEIGHTS, sign.name) * getattr(found, sign.name) for sign in fields(Signs))
    return 1 / (1 + exp(-total))


def has_answer(question: str, hits: Sequence[Hit], *, threshold: float = THRESHOLD) -> bool:
    """Whether what was found answers; with nothing found it does not."""
    found = signs(question, hits)
    return bool(hits) and found.near >= FAR and probability(found) >= threshold
