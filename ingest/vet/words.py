"""Claims that only the words of a fact contradict: a wrong year, a share, a denial, a point of an article."""

import re
from collections.abc import Iterable, Iterator

from ingest.vet.known import DENIAL, POINT, Claim, days_of
from kb.types import Fact

_WORD = re.compile(r"[A-Za-z][\w'’-]*")
_STOP = re.compile(
    r"an?|and|are|as|at|be|been|but|by|can|do|does|for|from|ha[ds]|have|if|in|into|is|its?|may|must|no|not|of|on|only|or"
    r"|shall|that|the|their|this|to|under|was|were|which|who|will|with|would|following|grants?|gives?|serves|acts",
    re.I,
)
# Words that say the same of the same thing here.
_SAME = {
    "compliance": "conformity", "compliant": "conformity", "comply": "conformity", "conform": "conformity",
    "weights": "models", "weight": "models", "model": "models", "apps": "workloads", "applications": "workloads",
    "companies": "enterprise", "enterprises": "enterprise",
}  # fmt: skip
_STEM = 7  # letters
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s?(?:%|per ?cent)(?P<of>\s+of\b)?")
_FAR = 2.0  # times as much, or as little, as every share that was measured
_LEAST_SHARED = 3
_LEAST_OF_DENIAL = 0.4
_NAME_CHARS = 4


def years(claim: Claim) -> Iterator[Fact]:
    """The right day and month of an event in a law's or a model's life, in a year in which it did not happen."""
    if not claim.dates:
        return
    strange = {(day.month, day.day) for day in claim.dates if day not in claim.known.days} - {(1, 1)}
    named = {subject for name, subject in claim.known.laws if name.search(claim.text)} | {
        m.subject for m in claim.models
    }
    for subject in sorted(named) if strange else ():
        held = ((fact, {(day.month, day.day) for day in days_of(fact)}) for fact in claim.better(subject))
        yield from [fact for fact, days in held if days & strange][:1]


def shares(claim: Claim) -> Iterator[Fact]:
    """ "93% of ..." where everybody who measured that found another order."""
    stated = [float(found[1]) for found in _PERCENT.finditer(claim.text) if found["of"]]
    if not stated or claim.negated:
        return
    said = stems(claim.text)
    for fact in claim.outranked_by(claim.known.shares):
        measured = [float(found[1]) for found in _PERCENT.finditer(fact.statement)]
        alike = len(said & stems(fact.statement)) > _LEAST_SHARED
        if alike and all(max(one, other) > _FAR * min(one, other) for one in stated for other in measured):
            yield fact
            return


def denied(claim: Claim) -> Iterator[Fact]:
    """What a better source says is not so, said without a "not"."""
    if claim.negated:
        return
    said = stems(claim.text)
    for fact in claim.outranked_by(claim.known.denials):
        for clause in re.split(r"[;,:]\s| and | but ", fact.statement):
            found = DENIAL.search(clause)
            if found and stem(found["what"]) in said and _about(claim, fact, clause, said):
                yield fact
                return


def _about(claim: Claim, fact: Fact, clause: str, said: frozenset[str]) -> bool:
    """Whether the sentence is about what the clause is about: its subject named, or two of the statement's names."""
    slug = stems(fact.subject.rpartition("/")[2].rpartition(":")[2].replace("-", " "))
    names = {stem(w) for w in re.findall(r"(?<=\s)[A-Z][a-z]+", fact.statement) if len(w) >= _NAME_CHARS}
    words = stems(clause)
    named = bool(slug) and len(slug) > 1 and slug <= said
    by_names = len(names & said) >= 2
    shared = len(words & said)
    return (named and shared >= max(_LEAST_SHARED, _LEAST_OF_DENIAL * len(words))) or (by_names and shared >= 2)


def articles(claim: Claim) -> Iterator[Fact]:
    """A duty ascribed to one lettered point of an article where the facts ascribe it to another."""
    said = stems(POINT.sub(" ", claim.text))
    for article, points in _points(claim.text):
        right, wrong = 0, list[tuple[int, Fact]]()
        for fact in claim.outranked_by(claim.known.articles):
            for clause in re.split(r"[;:]\s|,\s", fact.statement):
                shared = len(said & stems(POINT.sub(" ", clause)) - _EVERYWHERE)
                for other, held in _points(clause):
                    if other == article and points & held:
                        right = max(right, shared)
                    elif other == article:
                        wrong.append((shared, fact))
        most = max((shared for shared, _ in wrong), default=0)
        if most >= _LEAST_SHARED - 1 and most > right:
            yield next(fact for shared, fact in wrong if shared == most)


def _points(text: str) -> Iterator[tuple[tuple[str, str], frozenset[str]]]:
    for found in POINT.finditer(text):
        yield (found["article"], found["paragraph"]), frozenset(re.findall(r"\(([a-z])\)", found["points"]))


def stem(word: str) -> str:
    word = word.lower().replace("’", "'").removesuffix("'s")
    return _SAME.get(word, word)[:_STEM].rstrip("s")


def stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in _words(text))


def _words(text: str) -> Iterable[str]:
    return (word for word in _WORD.findall(text) if len(word) > 1 and not _STOP.fullmatch(word))


_EVERYWHERE = stems("article EU AI Act providers general-purpose models open duties requires")
