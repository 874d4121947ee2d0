"""Does the evidence speak of all that a sentence says? What it leaves out keeps it from being confirmed. Pure.

A word is accounted for where the evidence has it, where it names what the evidence is of, or where it only carries a
claim of this kind ("released", "costs"). A claim that narrows ("only", "except") must be borne out to the last word;
else one strange word is let pass, and two are something else that is said. A day must be one that the evidence tells,
and "after" is not "before".
"""

import re
from collections.abc import Iterable, Sequence

from bot.answer.book import FactBook
from bot.answer.text import expand, terms
from bot.answer.values import Mention
from bot.check.said_of import CONTRASTED
from bot.check.values import Finding, Reading
from kb.facts.values import dates_in
from kb.types import Fact

# Words that only carry a claim, and groups of words that say the same of a model or a rule: one stands for all.
_CARRIES = frozenset(
    terms(
        """
        model models LLM weight weights open closed source proprietary licence license licensed
        licensing OSI terms own come comes carry ship offer offers support supports accept accepts
        handle take takes read see process input inputs output outputs prompt token tokens cached batch
        mode million billion trillion thousand context window length size parameters active activate
        activates total cost costs price priced pricing charge charges sell sells rent rents renting
        list pay hour hourly month monthly year yearly company companies firm business product
        commercial user users use uses used may allow allows permit permits require requires must need
        needs ask asks obliged shall apply applies start starts begin force effective duty duties
        obligation rule rules law act AI system systems provider providers deployer fine fines penalty
        turnover revenue euro dollars USD EUR cent found finds according says report puts share EU
        European Union based headquartered developed makes made family version original sibling called
        give get have put keep run stay remain still now today currently also both already per person
        maker roughly around really standard modified version native date dated plain limit limits
        condition free mean means place placed market service days weeks less more than most least
        comply lag trail behind gap reach reaches sign first agree unless breach regulated built image
        images audio text video multimodal covered cover
        """
    )
)
_ALIKE = tuple(
    frozenset(terms(group))
    for group in (
        "release launch publish available distribute arrive debut announce unveil open came live",
        "postpone defer delay move follow",
        "retire deprecate sunset discontinue end life",
        "bar ban forbid prohibit exclude withhold restrict rights",
        "display show name built",
        "authorisation agreement permission approval separate",
        "inform tell disclose label notify interact talk",
        "exempt relieve relief",
        "breach break breaking violate violating infringe prohibition",
        "global worldwide world",
        "wrong incorrect misleading false",
        "give grant right rights",
        "large larger big bigger largest",
        "demand ask require need",
    )
)
_NARROWS = re.compile(
    r"\b(?:(?<!text-)(?<!text )(?<!use )only(?! (?:apply|start|from))|solely|exclusively|alone|"
    r"except\w*|unless|but|whichever|even|every|all|always|never|however|provided|if)\b",
    re.IGNORECASE,
)
_IN = re.compile(
    r"\b(?:in|for|to|at|within|outside|against)\s+(?:the\s+|an?\s+|every\s+|all\s+)?$|\band to\s+\w*\s?(?:\w+\s)?$",
    re.IGNORECASE,
)
_OPPOSITES = (("after", "before"), ("lower", "higher"), ("below", "above"), ("minimum", "maximum"), ("older", "newer"))
_LET_PASS = 1


def covered(reading: Reading, findings: Sequence[Finding], book: FactBook) -> bool:
    """Whether the evidence of the findings accounts for what the reading says."""
    facts = [e.view.fact for f in findings for e in f.evidence]
    told = " ".join(_words_of(fact, book) for fact in facts)
    if not all(_spoken_of(m, reading, facts, told, book) for m in reading.own):
        return False
    strange = _strange(reading, told)
    if any(_IN.search(before) for before in _before_each(strange, reading.text)):
        return False
    allowed = 0 if _NARROWS.search(_outside_names(reading)) else _LET_PASS
    return len(strange) <= allowed and _days_told(reading, facts) and not _opposed(reading.text, told)


def _before_each(strange: set[str], text: str) -> list[str]:
    words = [m for m in re.finditer(r"[A-Za-z][\w’'-]*", text) if strange & set(terms(m.group()))]
    return [text[: m.start()] for m in words]


def _spoken_of(mention: Mention, reading: Reading, facts: Sequence[Fact], told: str, book: FactBook) -> bool:
    """Each name of the claim is one that the evidence is about, or the house of it; a yardstick claims nothing."""
    if CONTRASTED.search(reading.text[: mention.start]) or mention.words.lower() in told.lower():
        return True
    subjects = {f.subject for f in facts}
    near = {o for s in subjects for o in book.related(s)} | {
        s.partition("/")[0].replace("duty:", "regime:") for s in subjects
    }
    slugs = {s.partition(":")[2].partition("/")[0] for s in subjects | near}
    return any(s in subjects | near or s.partition(":")[2].partition("/")[0] in slugs for s in mention.subjects)


def _strange(reading: Reading, told: str) -> set[str]:
    held = frozenset(terms(told))
    known = _CARRIES.union(held, *(group for group in _ALIKE if group & held))
    asked = frozenset(t for t in terms(_outside_names(reading)) if not re.search(r"\d", t))
    return {t for t in asked if not known & frozenset(expand((t,)))}


def _outside_names(reading: Reading) -> str:
    """The clause without the names, days and amounts in it."""
    text = list(reading.text)
    spans = [(m.start, m.end) for m in reading.own] + [(d.start, d.end) for d in reading.dates]
    spans += [(q.start, q.end) for q in reading.quantities]
    for start, end in spans:
        text[start:end] = " " * (end - start)
    return "".join(text)


def _words_of(fact: Fact, book: FactBook) -> str:
    names = " ".join(book.aliases.get(fact.subject, ()))
    others = " ".join(fact.qualifiers.values())
    return f"{fact.statement} {fact.value} {names} {fact.publisher} {fact.source_title} {others}"


def _days_told(reading: Reading, facts: Iterable[Fact]) -> bool:
    days = {day for fact in facts for day in dates_in(f"{fact.value} {fact.statement}")}
    return all(any(d.first <= day <= d.last for day in days) or _since(reading, d.first) for d in reading.dates)


def _since(reading: Reading, first: object) -> bool:
    """A day that only orders others ("before June 2026") was compared as such, and today's needs no evidence."""
    place = next(d for d in reading.dates if d.first == first)
    lead = reading.text[max(0, place.start - 12) : place.end]
    return place.first <= reading.day <= place.last or bool(
        re.search(r"\b(?:before|after|until|prior to|by)\b", lead, re.I)
    )


def _opposed(text: str, told: str) -> bool:
    words, others = text.lower(), told.lower()
    return any(
        re.search(rf"\b{a}\b", words) and re.search(rf"\b{b}\b", others) and not re.search(rf"\b{a}\b", others)
        for pair in _OPPOSITES
        for a, b in (pair, pair[::-1])
    )
