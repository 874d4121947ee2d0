"""General claims on open and closed: which side is said to have what, against the facts that bear on it. Pure."""

import re
from collections.abc import Iterator, Mapping

from bot.check.aspects import Aspect, Bearing, Sign, aspects, bearings
from bot.check.contract import Stance, Verdict
from bot.check.kinds import is_certain_forecast
from bot.check.reading import side_before, sides_in
from bot.check.values import Finding, Reading, Weighed
from bot.check.weigh import best_first, verdict_of, why
from kb.types import FactView, Status

_STANCES: Mapping[tuple[Sign, Bearing], Stance] = {
    ("+", "+"): "for", ("-", "-"): "for", ("+", "-"): "against", ("-", "+"): "against",
    ("+", "~"): "limits", ("-", "~"): "limits", ("+", "?"): "context", ("-", "?"): "context",
    ("+", "."): "context", ("-", "."): "context",
}  # fmt: skip
_FLIPS = re.compile(
    r"\b(?:not|no longer|never|hardly|neither)\s+(?:\w+\s+){0,2}$|n['’]t\s+(?:\w+\s+){0,2}$", re.IGNORECASE
)
_DENIES = re.compile(
    r"\b(?:no evidence|myth|misconception|wrong|false|untrue|not true|contrary to|nonsense)\b[^.]{0,60}$", re.IGNORECASE
)
_WITHIN = re.compile(r"\b(?:not|never|no|hardly|cannot|none)\b|n['’]t\b", re.IGNORECASE)
_MEASURED_BY = re.compile(
    r"^[^.]{0,30}\b(?:with|to|against|over|of|than|on)\b[^.]{0,30}\b(?:closed|proprietary|open)", re.IGNORECASE
)
_QUOTED = re.compile(r"[‘“][^’”]{3,40}\bis\b[^’”]{1,40}[’”]")  # a saying that is cited, not made
_OTHERWISE: Mapping[Sign, Sign] = {"+": "-", "-": "+"}


def judge(reading: Reading, facts: Mapping[str, FactView]) -> Iterator[Finding]:
    """`facts`: those in force by key."""
    for aspect in aspects():
        sign = _claimed(aspect, reading)
        if sign and (finding := _weighed(aspect, sign, reading, facts)):
            yield finding


def _claimed(aspect: Aspect, reading: Reading) -> Sign | None:
    if aspect.needs and not aspect.needs.search(reading.sentence):
        return None
    if aspect.unless and aspect.unless.search(reading.text):
        return None
    if aspect.entity and not _names(aspect, reading):
        return None
    text = _QUOTED.sub(lambda m: " " * len(m.group()), reading.text)
    for sign, pattern in sorted(aspect.says, key=lambda said: said[0] == "+"):  # what denies it says more
        for match in pattern.finditer(text):
            if _of_side(aspect, reading, match):
                return _OTHERWISE[sign] if _denied(pattern, text[: match.start()], match.group()) else sign
    return None


def _denied(pattern: re.Pattern[str], before: str, words: str) -> bool:
    """A "not" before the words, or one within them that the pattern does not itself ask for ("does not apply")."""
    within = _WITHIN.search(words)
    strange = within is not None and within.group().lower() not in pattern.pattern
    return strange or bool(_FLIPS.search(before) or _DENIES.search(before))


def _names(aspect: Aspect, reading: Reading) -> bool:
    text = reading.text.lower()
    return any(name in text for name in aspect.entity)


def _of_side(aspect: Aspect, reading: Reading, match: re.Match[str]) -> bool:
    """The side said last before the words, else the one in the words or behind them, else what a pronoun takes."""
    if "any" in aspect.sides:
        return True
    if _of_one_model(reading):  # what is known of open models in general says nothing of one of them
        return False
    offset = reading.sentence.find(reading.text)
    place = max(offset, 0) + match.start()
    before = side_before(reading.sentence, place)
    if before:
        return before in aspect.sides
    if reading.sides & aspect.sides and len(reading.sides) <= 2:
        return True
    # "... close the gap with their closed counterparts": the one named behind is whom it is measured by
    return bool(reading.carried & aspect.sides) and bool(_MEASURED_BY.search(reading.text[match.end() :]))


def _of_one_model(reading: Reading) -> bool:
    exact = any(not m.family and any(s.startswith("model:") for s in m.subjects) for m in reading.own)
    return exact and not sides_in(reading.sentence)


def _weighed(aspect: Aspect, sign: Sign, reading: Reading, facts: Mapping[str, FactView]) -> Finding | None:
    rows = [(facts[key], bearing) for key, bearing in bearings().get(aspect.id, ()) if key in facts]
    found = [Weighed(view, _STANCES[sign, bearing]) for view, bearing in rows if view.status is not Status.SUPERSEDED]
    evidence = best_first(found)
    if not evidence:
        return None
    unknowable = any(bearing == "?" for _, bearing in rows)
    verdict, because = _verdict(evidence, reading, unknowable=unknowable)
    return Finding(aspect.id, aspect.label, verdict, because, evidence, aspect.define)


def _verdict(evidence: tuple[Weighed, ...], reading: Reading, *, unknowable: bool) -> tuple[Verdict, str]:
    if all(e.stance == "context" for e in evidence):
        lead = "It cannot be checked" if unknowable else "No source on record measures it; beside it stands only this"
        return "unverifiable", f"{lead}: {evidence[0].view.fact.statement}"
    if reading.kind == "forecast" and is_certain_forecast(reading.text):
        return "unverifiable", "It lies in the future; what is on record shows only where things stand."
    verdict = verdict_of(evidence, reading.scope)
    if verdict == "confirmed" and reading.kind == "opinion":
        return (
            "qualified",
            f"As advice or opinion it cannot be checked; what it rests on: {why('confirmed', evidence, reading)}",
        )
    return verdict, why(verdict, evidence, reading)
