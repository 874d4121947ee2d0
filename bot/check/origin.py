"""When a model came and goes, and where its maker sits. Pure."""

import re
from collections.abc import Iterator
from datetime import date
from functools import partial

from bot.answer.book import FactBook, date_of
from bot.check.contract import Stance
from bot.check.held import finding, flipped, held_against, named, names_of
from bot.check.said_of import genuine
from bot.check.values import Finding, Reading, Weighed
from kb.types import FactView

_I = re.IGNORECASE
_RELEASED = re.compile(r"\b(?:releas|launch|publish|unveil|announc|debut|introduc|ship|came out|arriv)\w*", _I)
_RETIRED = re.compile(
    r"\b(?:retir|deprecat|sunset|discontinu|shut(?:s|ting)? down|end[- ]of[- ]life|switched? off|remov)\w*", _I
)
_NEAR_DAYS = 7
_CITIES = frozenset(
    ["singapore", "hong kong", "london", "paris", "berlin", "tokyo", "israel", "india", "japan", "russia", "germany",
     "france", "china", "canada", "united states", "us", "usa", "u.s.", "uk", "united kingdom", "south korea",
     "california", "san francisco", "switzerland", "netherlands", "beijing", "hangzhou"]
)  # fmt: skip
_SEAT = re.compile(
    r"\b(?:based|headquartered|seated|located|domiciled) in (?:the )?(?P<place>[A-Z][\w.]+(?: [A-Z]\w+)?)"
)
_RIGHT_BEFORE = re.compile(r"^\s*,?\s*(?:AI\s)?(?:(?:is|are|was)\s|which is\s|an? [a-z ]{0,25})?$")
_PLACE_OF = {"san francisco": "united states", "california": "united states", "us": "united "
    "states", "usa": "united states",
             "u.s.": "united states", "beijing": "china", "hangzhou": "china", "paris": "france"}  # fmt: skip


def judge(reading: Reading, book: FactBook) -> Iterator[Finding]:
    for one in (_released, _retired, _seat):
        if found := one(reading, book):
            yield found


def _released(reading: Reading, book: FactBook) -> Finding | None:
    if not _RELEASED.search(reading.text) or not reading.dates or not named(reading):
        return None
    if _RETIRED.search(reading.text) or re.search(r"\blicen[cs]\w+ (?:is|was) dated\b|\bprices?\b", reading.text, _I):
        return None
    groups = named(reading, (reading.dates[0].start, reading.dates[0].end))
    evidence = held_against(reading, book, ("released",), partial(_day, reading), groups)
    return finding("model/released", f"{names_of(groups, book)}: release", evidence, reading)


def _retired(reading: Reading, book: FactBook) -> Finding | None:
    groups = named(reading)
    if not _RETIRED.search(reading.text) or not reading.dates or not groups:
        return None
    offers = [[*g, *(o for m in g for o in book.offers_of(m))] for g in groups]
    vendors = [v for g in groups for m in g if (v := book.vendor_of(m))]
    evidence = held_against(reading, book, ("deprecated_on",), partial(_day, reading), offers)
    about = [v for s in dict.fromkeys(vendors) for v in book.of(s, "deprecation") if _same_model(v, groups, book)]
    evidence += [Weighed(v, s) for v in about if (s := _day(reading, v))]
    return finding("model/deprecated_on", f"{names_of(groups, book)}: retirement", evidence, reading,
                   ("Each seller sets its own day; downloaded weights have none.",))  # fmt: skip


def _same_model(view: FactView, groups: list[list[str]], book: FactBook) -> bool:
    text = view.fact.statement.lower()
    return "fine-tuned" not in text and any(book.display(m).lower() in text for g in groups for m in g)


def _day(reading: Reading, view: FactView) -> Stance | None:
    """A claimed day against the fact's own; a month or a year must hold it."""
    try:
        held = date_of(view) or date.fromisoformat(view.fact.value)
    except ValueError:
        return None
    for said in reading.dates:
        slack = _NEAR_DAYS if said.first == said.last else 0
        if (said.first - held).days <= slack and (held - said.last).days <= slack:
            return flipped("for", reading)
    return flipped("against", reading)


def _seat(reading: Reading, book: FactBook) -> Finding | None:
    match = _SEAT.search(reading.text)
    if not match or match["place"].lower() not in _CITIES:
        return None
    place = match["place"].lower()
    place = _PLACE_OF.get(place, place)
    meant = [
        m
        for m in genuine(reading)
        if reading.own and m.end <= match.start() and _RIGHT_BEFORE.match(reading.text[m.end : match.start()])
    ]
    subjects = [s for m in meant for s in m.subjects if s.startswith(("vendor:", "provider:"))]
    vendors = subjects or [
        f"vendor:{m.words.lower()}" for m in meant if f"vendor:{m.words.lower()}" in book.subjects("vendor:")
    ]
    views = [
        v
        for s in dict.fromkeys(vendors)
        for v in book.of(s, "jurisdiction")
        if "based" in v.fact.statement and "CLOUD" not in v.fact.statement
    ]
    evidence = [Weighed(v, flipped("for" if place in v.fact.statement.lower() else "against", reading)) for v in views]
    return finding(
        "vendor/seat", f"{', '.join(book.display(s) for s in dict.fromkeys(vendors))}: seat", evidence, reading
    )
