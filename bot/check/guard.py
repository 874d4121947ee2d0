"""What keeps a verdict from saying more than was compared. Pure.

A clause is confirmed only where every figure, and every word that reaches beyond the one named ("the only", "the
largest"), was part of the comparison. What is said of another day than today's facts is neither confirmed nor denied by
them, and of the future nothing is known.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.check.quantities import Quantity, Unit
from bot.check.values import Finding, Reading
from bot.check.weigh import said

_I = re.IGNORECASE
# The units that a comparison looks at, by the beginning of its topic; a general claim looks at none.
_LOOKS_AT: Mapping[str, frozenset[Unit]] = {
    "model/context_tokens": frozenset({"tokens"}),
    "model/parameters": frozenset({"parameters"}),
    "model/relative-size": frozenset({"parameters"}),
    "offer/": frozenset({"USD", "EUR", "tokens"}),
    "gpu/": frozenset({"USD", "EUR", "GB"}),
    "law/": frozenset({"EUR", "USD", "%", "FLOP", "months", "days"}),
    "licence/threshold": frozenset({"users", "USD", "months"}),
    "market/": frozenset({"%", "months", "parameters", "tokens"}),
    "vendor/": frozenset({"%", "days", "months"}),
    "factor/": frozenset({"USD", "EUR", "%", "months", "days", "tokens", "parameters", "GB", "users", "FLOP"}),
}
# What a claim may be about, by its words, and the topics that look at it.
_MATTERS: Sequence[tuple[tuple[str, ...], re.Pattern[str]]] = (
    (
        ("licence/", "model/licence", "model/openness", "law/", "exemption/", "unrestricted/", "free/"),
        re.compile(
            r"\b(?:commercial(?:ly)? (?:use|purpose|product)|restrict\w*|royalt\w+|thresholds?|conditions?|"
            r"revenue limit|Apache|MIT)\b",
            _I,
        ),
    ),
    (("model/context", "model/compared", "law/"), re.compile(r"\bcontext (?:window|length)\b", _I)),
    (("model/modalities", "licence/", "law/"), re.compile(r"\b(?:multimodal|text[- ]only)\b", _I)),
    (
        ("model/openness", "model/licence", "licence/", "law/", "exemption/", "market/", "factor/"),
        re.compile(r"\bopen[- ](?:source|weights?)\b|\bproprietary\b|\bclosed[- ](?:source|weights?)\b", _I),
    ),
    (("offer/", "gpu/"), re.compile(r"\b(?:cheap\w*|expensive)\b", _I)),
)
_DATED_TOPICS = (
    "law/",
    "model/released",
    "model/deprecated_on",
    "vendor/",
    "licence/effective",
    "market/",
    "model/exists",
)
EXACT_TOPICS = ("model/", "licence/", "offer/", "law/", "gpu/", "vendor/", "market/", "factor/")
_BEYOND = re.compile(
    r"\b(?:the|its|their|our) (?:world['’]s |first and |very )?(?:only|first|last|sole|single|newest|latest|"
        r"\w{3,}est|best|worst|most \w+)\b"
    r"(?! (?:of|to|on) (?:\d|us\b))|\bnobody else\b|\bno other\b|\balone\b|\bexclusively\b", _I)  # fmt: skip
_FORMERLY = re.compile(r"\b(?:originally|formerly|previously|initially|(?<!be )(?<!is )(?<!are )(?<!was )used "
    r"to|at launch|back then|at first|no longer|until (?:recently|then)|"
                       r"once (?:was|were|cost|had))\b", _I)  # fmt: skip
_COUNTED: frozenset[Unit] = frozenset({"tokens", "GB", "parameters"})  # whose numbers may stand without the word
_LEAST_COUNT = 10
_PROVISION = re.compile(r"(?:\b(?:Articles?|Art\.|Annex|Recital|Regulation|point|No\.|section|version)|[(/.-])$", _I)
_WE = re.compile(r"\b(?:we|our|ours|my|us)\b(?! (?:dollars?|firms|companies))")
_FUTURE = re.compile(r"\bwill\b|\bis going to\b|\bplans? to\b|\bexpected to\b|\bnext (?:year|month|quarter)\b", _I)


def guarded(findings: Iterable[Finding], reading: Reading) -> list[Finding]:
    found = list(findings)
    exact = [f for f in found if f.topic.startswith(EXACT_TOPICS)]
    left, counted = _unlooked(exact, reading), _unlooked([], reading)
    topics = frozenset(f.topic for f in found)
    return [_held_back(f, reading, left if f in exact else counted, topics) for f in found]


def _unlooked(found: Sequence[Finding], reading: Reading) -> list[Quantity]:
    """The clause's figures that no comparison looked at; those within names count for nothing."""
    looked = {unit for f in found for start, units in _LOOKS_AT.items() if f.topic.startswith(start) for unit in units}
    names = [(m.start, m.end) for m in reading.own]
    return [
        q
        for q in reading.quantities
        if (q.unit or (_is_count(q, reading) and not looked & _COUNTED))
        and q.unit not in looked
        and not any(s <= q.start < e for s, e in names)
    ]


def _uncompared(topics: frozenset[str], text: str) -> str:
    """A word of another matter than any that was compared: that part of the claim stays open."""
    for about, words in _MATTERS:
        match = words.search(text)
        if match and not any(topic.startswith(about) for topic in topics):
            return match.group()
    return ""


def _is_count(said: Quantity, reading: Reading) -> bool:
    """A bare number of things ("140 languages"): no year, no part of a date, of an article or of an amount's name."""
    if (
        said.value < _LEAST_COUNT
        or 1900 <= said.value <= 2100
        or any(d.start <= said.start < d.end for d in reading.dates)
    ):
        return False
    before, behind = reading.text[: said.start].rstrip(), reading.text[said.end :]
    return not _PROVISION.search(before) and bool(re.match(r"\s(?!of\b)[a-z]{3,}", behind))


def _held_back(finding: Finding, reading: Reading, left: Sequence[Quantity], topics: frozenset[str]) -> Finding:
    exact = finding.topic.startswith(EXACT_TOPICS)
    if finding.verdict == "unverifiable":
        return finding
    if _of_ours(finding, reading):
        return left_open(finding, "It speaks of one's own, which nobody else measured; on record is this")
    if exact and _of_another_day(finding, reading):
        return left_open(finding, "It speaks of another time than the facts on record do")
    if finding.verdict == "contradicted":
        return finding
    if exact and finding.verdict == "confirmed" and (matter := _uncompared(topics, reading.text)):
        return left_open(
            finding, f"It also speaks of “{matter}”, which was compared with nothing; on record is only this"
        )
    if left and finding.verdict == "confirmed":
        return left_open(finding, f"Nothing on record measures “{left[0].words}”; beside it stands only this")
    if exact and finding.verdict == "confirmed" and (word := _BEYOND.search(reading.text)):
        return left_open(
            finding, f"“{word.group()}” compares with all others, which was not done; on record is only this"
        )
    return finding


def _of_ours(finding: Finding, reading: Reading) -> bool:
    """What "we" pay or use is no list price and no share of the market."""
    return finding.topic.startswith(("offer/", "market/", "gpu/", "model/context")) and bool(_WE.search(reading.text))


def _of_another_day(finding: Finding, reading: Reading) -> bool:
    """Said of the future, of "formerly", or of a stated day before the evidence was known."""
    if finding.topic.startswith("market/") and reading.kind == "forecast":
        return True
    if finding.topic.startswith(_DATED_TOPICS):
        return False
    if (
        _FUTURE.search(reading.text)
        and reading.kind == "forecast"
        and not any(d.first > reading.day for d in reading.dates)
    ):
        return True
    if (
        _FORMERLY.search(reading.text)
        and finding.verdict == "contradicted"
        and not finding.topic.startswith("model/licence")
    ):
        return True
    decisive = [e.view.fact.known_from for e in finding.evidence if e.stance != "context"]
    return any(d.last < reading.day.replace(day=1) and any(known > d.last for known in decisive) for d in reading.dates)


def left_open(finding: Finding, because: str) -> Finding:
    first = said(finding.evidence[0].view) if finding.evidence else ""
    evidence = tuple(replace(e, stance="context") for e in finding.evidence)
    return replace(finding, verdict="unverifiable", why=f"{because}: {first}", evidence=evidence)
