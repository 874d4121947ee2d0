"""Claims on law: from when a duty applies, whether an act is in full effect, what a breach costs, what binds. Pure."""

import re
from collections.abc import Iterator
from datetime import date

from bot.answer.book import FactBook, date_of
from bot.answer.dates import DateMention
from bot.answer.text import terms
from bot.check.held import finding, flipped
from bot.check.penalties import FINE
from bot.check.polarity import denied
from bot.check.values import Finding, Reading, Weighed
from kb.facts.values import dates_in
from kb.types import FactView, Status

_I = re.IGNORECASE
_APPLIES = re.compile(
    r"\b(?:appl(?:y|ies|ied|icable)|in force|into force|effective|tak(?:es?|ing) effect|kick(?:s|ed)? in|"
        r"start\w*|begin\w*|follow\w*|"
    r"deadline|compl(?:y|iance)|bind\w*|oblig\w+|must|due|since|from)\b", _I
)  # fmt: skip
_FULL = re.compile(
    r"\b(?:the (?:whole|entire)|all of the)(?: \w+){0,3} Act (?:\w+ )?(?:appl\w+|is in force|binds)\b|"
        r"\b(?:(?:in|into) full (?:effect|force|application)|fully (?:in (?:effect|force)|appl\w+|effective|"
        r"enforce\w*|implemented|operational)|"
    r"appl(?:y|ies|ied) (?:in full|fully|entirely|completely)|entirely (?:applicable|in force)|full effect)\b", _I
)  # fmt: skip
_BINDING = re.compile(
    r"\b(?:mandatory|compulsory|binding|legally required|legal requirement|legally binding|a law|required by law|"
    r"obligatory|must comply)\b",
    _I,
)
_VOLUNTARY = re.compile(r"\b(?:voluntary|non-binding|not binding|optional)\b", _I)
_IS_VOLUNTARY = re.compile(r"\bvoluntary\b|\bnot binding\b|\bbind nobody\b|\bnot a law\b", _I)
_ENACTED = re.compile(
    r"\b(?:passed|adopted|enacted|has|have|introduced) (?:\w+ ){0,4}(?:AI )(?:Act|law|bill|statute)\b", _I
)
_NO_ACT = re.compile(r"\bhas no (?:\w+ ){0,3}(?:act|law|statute)\b", _I)
_DATES = ("applies_from", "in_force_from", "deadline")
_BESIDE = re.compile(r"\b(?:before|after|prior to)\s*$", _I)
_OLDER = re.compile(r"\b(?:before|already|older|existing|legacy|until|grace)\b", _I)
_BEGINS = re.compile(r"\b(?:start|begin|began|appl|in(?:to)? force|effective|takes? effect|kick)\w*", _I)
_THEN = re.compile(
    r"\b(?:(?:was|were) (?:to|due|meant|supposed|scheduled)|originally|initially|as adopted|had been due|at first)\b",
    _I,
)
_MOVED = re.compile(r"\b(?:postpon|defer|delay|mov|push|shift)\w*", _I)
_GENERIC = frozenset(
    terms(
        "EU AI Act the European Union duties duty obligations apply applies application rules system systems "
        "law regulation date August December from 2 2024 2025 2026 2027 2028 providers provider must "
        "comply requirements AI artificial intelligence have had since"
    )
)
_OTHER_MATTERS = frozenset(
    terms("fines fine systemic governance sandboxes literacy marking legacy grace notification representative")
)
_STAGES = frozenset(terms("entered force enters takes effect effective in into became binding law started start"))
_PROPOSED = re.compile(
    r"\b(?:(?:only|still|just|merely) (?:\w+ )?(?:a )?(?:proposal|draft)|not (?:yet )?(?:law|in force|"
    r"adopted)|still (?:being )?(?:proposed|negotiated))",
    _I,
)
_IS_LAW = re.compile(r"\b(?:enacted|in force|applies)\b", _I)


def judge(reading: Reading, book: FactBook) -> Iterator[Finding]:
    for one in (_in_full, _applies, _binds, _enacted, _stage, _other_year):
        found = one(reading, book)
        if found:
            yield found
            if one is _in_full:
                return


def duties_of(regime: str, book: FactBook) -> list[str]:
    slug = regime.partition(":")[2]
    return [
        regime,
        *(s for s in book.subjects("duty:") if s.startswith(f"duty:{slug}/")),
        *(s for s in book.subjects("rule:") if s.startswith(f"rule:{slug}/")),
    ]


# ---------------------------------------------------------------- in full effect


def _in_full(reading: Reading, book: FactBook) -> Finding | None:
    regimes, said = reading.regimes(), _FULL.search(reading.text)
    if not regimes or not said:
        return None
    if any(m.first > reading.day for m in reading.dates):
        return _full_from(regimes, reading, book)
    day = max((m.last for m in reading.dates), default=reading.day)
    day = min(day, reading.day)
    found: list[Weighed] = []
    for regime in regimes:
        dated = [
            (d, v)
            for s in duties_of(regime, book)
            for v in book.of(s, *_DATES)
            if (d := date_of(v)) and "Member States" not in v.fact.statement
        ]
        later = sorted(
            (row for row in dated if row[0] > day and row[1].fact.field != "in_force_from"), key=lambda r: r[0]
        )
        begun = sorted((row for row in dated if row[0] <= day), key=lambda r: r[0], reverse=True)
        found += [Weighed(v, flipped("against", reading, said.start())) for _, v in later[:3]]
        notes = [
            v for s in duties_of(regime, book) for v in book.of(s, "note") if "whole" in v.fact.statement and later
        ]
        found += [Weighed(v, flipped("against", reading, said.start())) for v in notes[:1]]
        if not later:
            found += [Weighed(v, flipped("for", reading, said.start())) for _, v in begun[:2]]
    names = ", ".join(book.display(r) for r in regimes)
    return finding("law/in-full", f"{names}: in full effect", found, reading,
                   ("In force, applicable in general, and applicable in every part are three dates.",))  # fmt: skip


def _full_from(regimes: list[str], reading: Reading, book: FactBook) -> Finding | None:
    """ "In full from" a day to come: the last of its dates is meant."""
    found: list[Weighed] = []
    for regime in regimes:
        dated = [(d, v) for s in duties_of(regime, book) for v in book.of(s, *_DATES) if (d := date_of(v))]
        last = max((d for d, _ in dated), default=None)
        fits = last is not None and any(m.first <= last <= m.last for m in reading.dates)
        found += [Weighed(v, "for" if fits else "against") for d, v in dated if d == last][:2]
    return finding("law/in-full", f"{', '.join(book.display(r) for r in regimes)}: in full effect", found, reading)


# ---------------------------------------------------------------- from when


def _applies(reading: Reading, book: FactBook) -> Finding | None:
    fined = FINE.search(reading.text) and any(q.unit in ("EUR", "%", "USD") for q in reading.quantities)
    if not reading.dates or not _APPLIES.search(reading.text) or fined:
        return None
    duties = _duties_meant(reading, book)
    said = _day_meant(reading)
    if said is None:
        return None
    views = [v for d in duties for v in book.of(d, *_DATES, superseded=True) if date_of(v)]
    now = [v for v in views if v.status in (Status.IN_FORCE, Status.SCHEDULED, Status.DISPUTED)]
    now = _of_that_kind(now, reading.text)
    if _THEN.search(reading.text):  # of the law as it stood
        past = [v for v in views if v.status is Status.SUPERSEDED and _within(v, said.first, said.last)]
        return finding("law/applies_from", "as first adopted: from when", [Weighed(v, "for") for v in past], reading)
    fits = [v for v in now if _within(v, said.first, said.last)]
    if fits:  # what the same words name beside it has a day of its own
        beside = [
            v
            for v in now
            if v not in fits and v.fact.field == fits[0].fact.field and v.fact.subject != fits[0].fact.subject
        ]
        found = [Weighed(v, flipped("for", reading, said.start)) for v in fits] + [Weighed(v, "limits") for v in beside]
    else:
        found = [Weighed(v, flipped("against", reading, said.start)) for v in now[:2]]
        found += [
            Weighed(v, "context") for v in views if v.status is Status.SUPERSEDED and _within(v, said.first, said.last)
        ]
    about = ", ".join(book.display(d) for d in duties)
    return finding("law/applies_from", f"{about}: from when", found, reading,
                   ("Publication, entry into force and application are different days.",))  # fmt: skip


def _of_that_kind(views: list[FactView], text: str) -> list[FactView]:
    """The start of a duty is not the deadline of what was there before: that one only where the claim speaks of it."""
    if _OLDER.search(text):
        return views
    general = [v for v in views if not v.fact.qualifiers.keys() & {"models", "systems", "who"}]
    begins = [v for v in general if v.fact.field != "deadline"] if _BEGINS.search(text) else []
    return begins or general or views


def _day_meant(reading: Reading) -> DateMention | None:
    """The day from which it is said to apply: not that of an older product, nor the one moved from."""
    text = reading.text
    kept = [d for d in reading.dates if not _BESIDE.search(f"{text[: d.start]}{text[d.start : d.end].split(' ')[0]}")]
    return (kept[-1] if _MOVED.search(text) else kept[0]) if kept else None


def _within(view: FactView, first: date, last: date) -> bool:
    held = date_of(view)
    return held is not None and first <= held <= last


def _duties_meant(reading: Reading, book: FactBook) -> list[str]:
    """The duties that the clause's words fit best, several where they fit alike; else the regime itself."""
    named = [s for p in ("duty", "rule") for s in reading.of(p, own=True) if book.of(s, *_DATES)]
    regimes = reading.regimes()
    candidates = named or [s for r in regimes for s in duties_of(r, book) if book.of(s, *_DATES)]
    asked = frozenset(terms(reading.text)) - _GENERIC
    scored = sorted(((_shared(s, asked, book), s) for s in dict.fromkeys(candidates)), reverse=True)
    if scored and scored[0][0]:
        alike = [s for score, s in scored if score == scored[0][0]]
        strange = {s: len(frozenset(terms(book.display(s))) & _OTHER_MATTERS - asked) for s in alike}
        return [s for s in alike if strange[s] == min(strange.values())][:3]
    if named:
        return named if len(named) == 1 else []
    beyond = asked - frozenset(
        terms(" ".join([book.display(r) for r in regimes] + [a for r in regimes for a in book.aliases.get(r, [])]))
    )
    return [] if beyond - _STAGES else [r for r in regimes if book.of(r, *_DATES)][:1]


def _shared(subject: str, asked: frozenset[str], book: FactBook) -> int:
    names = frozenset(terms(" ".join([book.display(subject), *book.aliases.get(subject, [])])))
    said = frozenset(t for v in book.of(subject, *_DATES) for t in terms(v.fact.statement))
    return 2 * len(asked & names - _GENERIC) + len(asked & said - _GENERIC)


# ---------------------------------------------------------------- what a breach costs


# ---------------------------------------------------------------- what binds


def _binds(reading: Reading, book: FactBook) -> Finding | None:
    binding, voluntary = _BINDING.search(reading.text), _VOLUNTARY.search(reading.text)
    if not (binding or voluntary):
        return None
    word = binding or voluntary
    subjects = [*reading.of("rule", own=True), *reading.of("regime")]
    views = [v for s in subjects for v in book.of(s, "definition", "status", "jurisdiction", "summary")]
    free = [v for v in views if _IS_VOLUNTARY.search(v.fact.statement)]
    law = [v for v in views if v.fact.field == "status" and _IS_LAW.search(v.fact.value)]
    if word is None or not (free or law):
        return None
    fits = bool(free) == bool(voluntary)
    found = [Weighed(v, flipped("for" if fits else "against", reading, word.start())) for v in (free or law)[:2]]
    return finding("law/binding", "binding or voluntary", found, reading)


def _enacted(reading: Reading, book: FactBook) -> Finding | None:
    """ "The UK has passed an AI Act", "the UK has no AI act": a place that the facts say has none."""
    said = _ENACTED.search(reading.text)
    if not said:
        return None
    places = {
        "regime:uk": r"\bUK\b|\bUnited Kingdom\b|\bBritain\b",
        "regime:us-federal": r"\b(?:United States|US|U\.S\.|America)\b",
    }
    none = bool(re.search(r"\bno\b", said.group(), _I)) or denied(reading.text, said.start())
    meant = [s for s, words in places.items() if re.search(words, reading.text[: said.start() + 5])]
    views = [v for s in meant for v in book.of(s, "status") if _NO_ACT.search(v.fact.statement)]
    return finding(
        "law/enacted", "an act of that place", [Weighed(v, "for" if none else "against") for v in views], reading
    )


def _stage(reading: Reading, book: FactBook) -> Finding | None:
    """ "Still only a proposal", of what is law by now."""
    if not _PROPOSED.search(reading.text):
        return None
    views = [v for r in reading.of("regime", own=True) for v in book.of(r, "status")]
    found = [
        Weighed(v, "against" if _IS_LAW.search(v.fact.value) and not re.search(r"not law", v.fact.value) else "for")
        for v in views
    ]
    return finding("law/stage", "proposal or law", found, reading)


def _other_year(reading: Reading, book: FactBook) -> Finding | None:
    """The right day and month of an event in a law's life, in a year in which it did not happen."""
    days = [m.first for m in reading.dates if m.first == m.last]
    if not days:
        return None
    views = [v for r in reading.regimes() for s in duties_of(r, book) for v in book.of(s, superseded=True)]
    told = {v.fact.id: dates_in(f"{v.fact.value} {v.fact.statement}") for v in views}
    if any(d in held for d in days for held in told.values()):
        return None
    alike = [v for v in views if any((d.month, d.day) == (h.month, h.day) for d in days for h in told[v.fact.id])]
    asked = frozenset(terms(reading.text)) - _GENERIC
    best = sorted(alike, key=lambda v: -len(asked & frozenset(terms(v.fact.statement))))[:1]
    best = [v for v in best if asked & frozenset(terms(v.fact.statement))]
    return finding("law/year", "the year of an event", [Weighed(v, "against") for v in best], reading)
