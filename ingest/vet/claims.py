"""Claims on models and hosts that a field of a fact can contradict: release, openness, licence, size, price."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from ingest.propose import read
from ingest.propose.doubt import compared
from ingest.propose.names import Mention
from ingest.vet.known import Claim
from kb.types import Fact

_RELEASED = re.compile(r"\b(?:releas\w+|launch\w*|came out|debut\w*|became available|shipp\w+)\b", re.I)
_NEAR = timedelta(days=7)  # time zones, previews and weights that follow
_OPEN = re.compile(
    r"\b(?:open[- ](?:weights?|sourced?)|downloadable weights|weights are (?:open|public|downloadable))\b", re.I
)
_CLOSED = re.compile(
    r"\bopen[_ -]?weights?[\"']?\s*(?:[:=]|is|are)\s*[\"']?(?:false|no)\b"
    r"|\bclosed[- ](?:source|weights?|model)\b|\bproprietary\b",
    re.I,
)
_SAYS = re.compile(r"\b(?:is|are|has|have|comes|ships|offers|with|released|remains?)\b|:", re.I)
_OF_OTHERS = re.compile(
    r"\b(?:trails?|behind|beats?|outperform\w*|among|leads?|rivals?|like|other|leading|best|all)\b", re.I
)
_BESIDE, _BEFORE = 70, 12  # characters between a model and what is said of it
_APACHE = re.compile(
    r"\bapache[- ](?:2(?:\.0)?[- ]?)?(?:compatible|licen[cs]\w*|style|like)\b|\bapache[- ]2\.0\b", re.I
)
_LICENSED = re.compile(r"\blicen[cs]\w*|\bunder\b|\bcompatible\b|\bexpected\b", re.I)
_SIZE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\s?(B|T|billion|trillion)\b")
_SCALE = {"B": 10**9, "billion": 10**9, "T": 10**12, "trillion": 10**12}
_SAME_SIZE = 0.1
_DERIVED = re.compile(r"distill|merge|draft|eagle|speculat|[a-z]+\d", re.I)  # made of a model, at a size of its own
_HOURLY = re.compile(r"(?:\$|USD ?)(\d+(?:\.\d+)?)(?: ?USD)?\s*(?:/|per|an?)\s*(?:gpu[- ]?)?h(?:ou)?r", re.I)
_SAME_PRICE = Decimal("0.05")
_SEASON = timedelta(days=120)  # prices of another season contradict nothing


def releases(claim: Claim) -> Iterator[Fact]:
    """ "Llama 4, released on 8 April 2026"."""
    if len(claim.models) != 1 or len(claim.dates) != 1 or claim.negated or not _RELEASED.search(claim.text):
        return
    for fact in claim.better(claim.models[0].subject, "released"):
        held = date.fromisoformat(fact.value) if re.fullmatch(r"\d{4}-\d\d-\d\d", fact.value) else None
        if held and abs(held - claim.dates[0]) > _NEAR:
            yield fact


def openness(claim: Claim) -> Iterator[Fact]:
    """Open weights of a closed model, or the other way round; of one model alone, and compared with none."""
    closed = _CLOSED.search(claim.text)
    stated = closed or _OPEN.search(claim.text)
    if len(claim.models) != 1 or not stated or compared(claim.text) or (claim.negated and not closed):
        return
    if not _said_of(claim.models[0], stated, claim.text):
        return
    for fact in claim.better(claim.models[0].subject, "openness"):
        if (fact.value == "closed") != bool(closed) and fact.value in ("closed", "open-weight", "open-source"):
            yield fact


def _said_of(model: Mention, stated: re.Match[str], text: str) -> bool:
    """Whether the words stand behind the model and a verb, or right before it."""
    if stated.end() <= model.start:
        return model.start - stated.end() <= _BEFORE and not _OF_OTHERS.search(text[stated.end() : model.start])
    between = text[model.end : stated.end()]
    return len(between) <= _BESIDE and bool(_SAYS.search(between)) and not _OF_OTHERS.search(between)


def licences(claim: Claim) -> Iterator[Fact]:
    """Another licence than the one that the model is published under, expected or stated."""
    if len(claim.models) != 1 or claim.negated or not _LICENSED.search(claim.text):
        return
    behind = claim.models[0].end
    text = claim.text[behind : behind + _BESIDE]
    named = {m.subject.partition(":")[2] for m in claim.names.find(text, "licence") if len(m.subjects) == 1}
    named |= {"apache-2.0"} if _APACHE.search(text) else set()
    for fact in claim.better(claim.models[0].subject, "licence"):
        if len(named) == 1 and fact.value not in named and fact.value.partition(":")[2] not in named:
            yield fact


def sizes(claim: Claim) -> Iterator[Fact]:
    """A variant of a version that we hold, of a size that none of its variants has."""
    for mention in claim.models:
        base = _base(mention.subject, claim)
        stated = _SIZE.search(claim.text[mention.start : mention.end + 12])
        if not base or not stated:
            continue
        size = float(stated[1]) * _SCALE[stated[2]]
        fields = ("parameters_total", "parameters_active")  # names state either
        held = [f for s in claim.known.subjects if _of(base, s) for field in fields for f in claim.better(s, field)]
        if held and all(abs(float(fact.value) - size) > _SAME_SIZE * size for fact in held):
            yield min(held, key=lambda fact: (fact.tier, fact.subject))


def _of(base: str, subject: str) -> bool:
    return subject == base or subject.startswith(f"{base}-")


def _base(subject: str, claim: Claim) -> str:
    """The longest version held that an unheld name begins with."""
    parts = subject.split("-")
    if subject in claim.known.subjects or any(_DERIVED.match(p) or p in claim.names.families.heads for p in parts[1:]):
        return ""
    names = ("-".join(parts[:n]) for n in range(len(parts) - 1, 0, -1))
    return next((name for name in names if name in claim.known.subjects and any(c.isdigit() for c in name)), "")


def unheld(claim: Claim) -> Iterator[Fact]:
    """Models that better sources looked for and did not find."""
    if claim.negated:
        return
    for mention in claim.names.find(claim.text, "claim"):
        for fact in claim.better(mention.subject, "note"):
            if fact.value.startswith("no "):
                yield fact
                return


def prices(claim: Claim) -> Iterator[Fact]:
    """Prices of tokens that no source in force gives; hourly prices of a GPU far from all of that season."""
    yield from _of_tokens(claim)
    stated = _HOURLY.search(claim.text)
    if not stated or claim.negated:
        return
    amount = Decimal(stated[1])
    for mention in claim.names.find(claim.text, "gpu"):
        held = [f for s in mention.subjects for f in claim.better(s, "price_per_hour") if _at_host(f, claim)]
        if held and all(abs(Decimal(fact.value) - amount) > _SAME_PRICE * amount for fact in held):
            yield max(held, key=lambda fact: (-fact.tier, fact.known_from))


def _at_host(fact: Fact, claim: Claim) -> bool:
    host = fact.qualifiers.get("provider", "").split(" (")[0]
    return bool(host) and host.lower() in claim.text.lower() and abs(fact.known_from - claim.day) <= _SEASON


def _of_tokens(claim: Claim) -> Iterator[Fact]:
    for found in read(claim.sentence, claim.names):
        if not found.field.startswith("price_"):
            continue
        rows = [f for f in claim.better(found.subject, found.field) if f.unit == found.unit]
        standing = [f for f in rows if (f.valid_from or f.known_from) <= claim.day and not _over(f, claim.day)]
        # A dated price says more than a table that happens to be read later.
        newest = max(standing, key=lambda f: (f.valid_from is not None, f.valid_from or f.known_from), default=None)
        if newest and Decimal(newest.value) != Decimal(found.value):
            yield newest


def _over(fact: Fact, day: date) -> bool:
    return fact.valid_to is not None and fact.valid_to <= day
