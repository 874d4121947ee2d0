# ruff: noqa: E501 - one pattern a line
"""How many do so each: "80 stores, each asks 25 questions a day", "3 lookups per technician", "450 seats, 12 a seat"."""

import re
from dataclasses import dataclass
from decimal import Decimal

from bot.answer.usecase.numbers import ABOUT, COUNT, number
from bot.answer.usecase.reading import Text

_WORD = r"[a-z][a-z-]*[a-z]"
_PERIOD_WORD = r"(?:single |working |business |calendar )?(?:days?|weekdays?|workdays?|weeks?|months?|years?|quarters?|hours?|minutes?|seconds?|nights?|working|business|annum|yr|mo|wk|hr|min|sec|other|time|shifts?)\b"
_NOT_A_GROUP = (
    r"(?:requests?|tokens?|toks?|calls?|prompts?|questions?|queries|messages?|answers?|replies|outputs?|inputs?|documents?|docs?|"
    r"percent|dollars?|euros?|pages?|words?|minutes?|hours?|days?|weeks?|months?|years?|times|seconds?|ms|GB|GPUs?|models?|million|thousand|k|x|of|in|out|per|a|and|or|to|is|"
    r"H\d+s?|A\d+s?|nights?|quarters?|languages?|engineers for|tokens)"
)
# any of these may be meant by "per person", "per head", "each"
_ANYBODY = r"(?:persons?|people|heads?|users?|employees?|capita|seats?|colleagues?|members?|staff|workers?|everyone|everybody|individuals?|them|us|those|these|whom)"
_MANY = (
    "employees people persons users lawyers developers devs engineers agents "
    "doctors nurses colleagues staff clerks advisers advisors analysts students "
    "teachers members consultants seats planners technicians workers reps recruiters "
    "accountants editors writers researchers operators officers drivers pharmacists dentists "
    "therapists physicians journalists translators paralegals auditors brokers underwriters adjusters "
    "stores shops branches offices sites locations clinics hospitals schools "
    "hotels restaurants teams departments customers clients tenants programmers coders "
    "designers managers salespeople handlers dispatchers citizens patients pupils professors "
    "scientists judges inspectors recruiters traders buyers sellers merchants subscribers players desks machines devices "
)
_HUMAN = r"(?!(?:stores?|shops?|branches|offices|sites|locations|clinics|hospitals|schools|hotels|restaurants|teams|departments|desks|machines|devices|of them)$).*"
PEOPLE = rf"(?:{'|'.join(_MANY.split())})"
_PER = rf"(?:\bper\s+|/\s?|\bfor (?:each|every)\s+|\bby (?:each|every)\s+|\bfrom (?:each|every)\s+)(?!{_PERIOD_WORD})(?P<noun>{_WORD})"
_DOES = r"(?:asks?|sends?|makes?|writes?|uses?|does|generates?|submits?|fires?|types?|runs?|issues?|puts?|handles?|produces?|creates?|gets?|receives?|has|opens?|files?|would|will|triggers?|needs?|looks?|push(?:es)?)"
_EACH_NOUN = rf"\b(?:each|every)\b\s+(?:(?:and every|one|single)\s+)?(?:of\s+(?:our|the|these|those|its|my)\s+(?:(?P<n>{COUNT})\s+)?)?(?!of\b|one of\b|\w+ing\b|about\b|around\b|roughly\b|with\b|is\b|{_DOES}\b)(?!{_PERIOD_WORD})(?P<noun>{_WORD}(?:\s+{_WORD})?)\b"
_ON_A_SHIFT = (
    r"(?:(?:work|working|are|on duty)\s+)*(?:per|each|every|on (?:each|every|a|any|one)|in (?:each|every|a)) shift\b"
)
_ONE_OF_THEM = rf"\b(?:an?|one|the average|an average|the typical|a typical|our average)\s+(?P<noun>{'|'.join(dict.fromkeys(w.removesuffix('s') for w in _MANY.split() if w.endswith('s')))}|person|user)\s+(?:typically |usually |normally |on average )?(?!is\b|was\b|has\b)[a-z]+s\b"
_EACH_ALONE = rf"\b(?:each|every one|everyone|all) of (?:them|us|those|these|whom)\b|\beach\s+(?:{_DOES}|\w+ing)\b|\beach(?:\s+(?:about|around|roughly|some))?\s*~?$|\b(?:everyone|everybody)\b"
_EACH_LAST = r"^\s*,?\s*(?:each\b(?!\s+(?:about|around|some|roughly|~|of|with|is|has)?\s*~?\d)|apiece\b|(?:a|per) (?P<noun>head|person|capita|user|seat)\b)"
_MODEL_CALLS = r"(?:model|LLM|API|inference)[- ](?:calls|requests|invocations)"
_CALLS = (
    rf"\b(?:each|every|an?|one)\s+(?P<noun>{_WORD})(?: (?:of|by) [^.;,\d]{{1,25}}?)?\s+(?:needs|takes|makes|costs|triggers|requires|involves|fires|uses|means|is|issues)\s+{ABOUT}(?P<n>{COUNT})\s+{_MODEL_CALLS}\b",
    rf"(?P<n>{COUNT})\s+{_MODEL_CALLS}\s+(?:per|an?|each|for (?:each|every|a)|in (?:each|every))\s+(?!{_PERIOD_WORD})(?P<noun>{_WORD})\b",
)
_NESTED = rf"^\s*(?:each\b(?!\s+{_DOES}\b)|apiece\b|per\b|in each\b|a piece\b)"
_GROUP = rf"(?P<n>{COUNT})\s+(?:(?!{_NOT_A_GROUP}\b)[a-z][\w-]*\s+){{0,3}}?"


@dataclass(frozen=True, slots=True)
class Many:
    """How many do something each, and who: 400 developers."""

    count: Decimal
    whom: str = "of them"

    def note(self) -> str:
        return f"{self.count:f} {self.whom} do so each"


NOTED = r"(?P<n>[\d.]+) (?P<whom>[a-z][a-z-]*(?: them)?) do so each"


def times_each(text: Text, start: int, end: int, counted: str, *, by_shift: bool = False) -> Many | None:
    """How many do what stands at start..end; 1 where nobody is told apart, None where their number is not said.

    `counted` is what is counted there: "each ticket takes 3 calls" tells nobody apart where tickets are counted.
    `by_shift`: what is told of a shift is multiplied by those on a shift ("40 nurses per shift"), not by all there are.
    """
    first, last = text.sentence(start)
    said = _told_apart(text.plain[first:start], text.plain[start:end], text.plain[end:last])
    if said is None:
        return Many(Decimal(1))
    noun, number_said = said
    if noun and _stem(noun.split()[-1]) == _stem(counted):
        return Many(Decimal(1))
    if by_shift:
        on_it = re.search(rf"{_GROUP}[a-z]+s {_ON_A_SHIFT}", text.plain, re.I)
        return Many(number(on_it.group("n"))) if on_it else None
    return Many(number(number_said), noun.split()[-1].lower()) if number_said else _how_many(text, start, noun)


_AND_OTHERS = rf"\s+(?:and|plus|&)\s+{COUNT}\s+(?!{_NOT_A_GROUP}\b)[a-z]+s\b"


def calls_of_one(text: Text, counted: str) -> Many | None:
    """ "Each run needs 12 model calls", where runs are counted: how many requests one of them is."""
    told = [m for pattern in _CALLS for m in text.finditer(pattern) if not text.of_others(m.start())]
    of_it = {number(m.group("n")) for m in told if counted and _stem(m.group("noun")) == _stem(counted)}
    return Many(of_it.pop()) if len(of_it) == 1 and not re.match(r"calls?$|requests?$", counted, re.I) else None


def _told_apart(before: str, here: str, after: str) -> tuple[str, str] | None:
    """The noun of those told apart, empty for "each", and their number if it stands beside it."""
    if re.search(r"\s(?:each|apiece)\s+(?:per|an?|every)\s", here, re.I):
        return "", ""
    for pattern, where in ((_PER, here), (rf"^\s*(?:and\s+)?{_PER}", after)):
        match = re.search(pattern, where, re.I)
        if match:
            return match.group("noun"), ""
    for match in reversed(list(re.finditer(_EACH_NOUN, before, re.I))):
        return match.group("noun"), match.group("n") or ""
    if re.search(_EACH_ALONE, before, re.I):
        return "", ""
    match = re.search(_EACH_LAST, after, re.I)
    if match:
        return match.group("noun") or "", ""
    match = re.search(_ONE_OF_THEM, before, re.I)
    return (match.group("noun"), "") if match else None


def _how_many(text: Text, at: int, noun: str) -> Many | None:
    """The number of those that the noun names, or of the only people told of where it names anybody."""
    for word in noun.split():
        groups = _groups(text, at, _plural(word))
        if groups:
            before = [m for m in groups if m.end() <= at]
            return _many(before[-1] if before else groups[0])
    if noun and not re.fullmatch(_ANYBODY, noun.split()[0], re.I):
        return None
    first, _ = text.sentence(at)
    people = _groups(text, at, PEOPLE)
    near = [m for m in people if first <= m.start() < at]
    if any(re.match(_AND_OTHERS, text.plain[m.end() :], re.I) for m in near or people):
        return None  # "20 developers and 5 testers"
    groups = near or people or [m for m in _groups(text, at, r"[a-z]+s") if first <= m.start() < at]
    return _many(groups[0]) if len({m.group("n") for m in groups}) == 1 else None


def _many(group: re.Match[str]) -> Many:
    return Many(number(group.group("n")), group.group().split()[-1].lower())


def _groups(text: Text, at: int, whom: str) -> list[re.Match[str]]:
    """ "80 stores", "35 planners"; not "5 employees each", which is told of something else again."""
    matches = re.finditer(rf"{_GROUP}(?!{_NOT_A_GROUP}\b)(?:{whom})\b", text.plain, re.I)
    return [m for m in matches if m.start() != at and not re.match(_NESTED, text.plain[m.end() :], re.I)]


def same_people(noun: str, whom: str) -> bool:
    """Whether two nouns name the same: "developers" and "developer", anybody by "people"."""
    return _stem(noun) == _stem(whom) or bool(re.fullmatch(_ANYBODY, noun, re.I) and re.fullmatch(_HUMAN, whom, re.I))


def _stem(word: str) -> str:
    word = word.lower()
    for end, stem in (("ies", "y"), ("ches", "ch"), ("shes", "sh"), ("sses", "ss"), ("s", "")):
        if word.endswith(end) and len(word) > len(end) + 1:
            return word.removesuffix(end) + stem
    return {"people": "person"}.get(word, word)


def _plural(noun: str) -> str:
    stem = _stem(noun)
    if stem == "person":
        return "people|persons"
    return rf"{re.escape(stem[:-1])}ies" if stem.endswith("y") else rf"{re.escape(stem)}e?s"
