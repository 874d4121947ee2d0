"""When a model came and goes, who made it, and where its maker sits. Pure."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from bot.answer.book import FactBook, date_of
from bot.answer.dates import DateMention
from bot.answer.values import Mention
from bot.check.contract import Stance
from bot.check.held import finding, flipped, held_against, models_of, named, names_of
from bot.check.polarity import denied
from bot.check.said_of import genuine
from bot.check.values import Finding, Reading, Weighed
from kb.types import FactView

_I = re.IGNORECASE
_RELEASED = re.compile(
    r"\b(?:releas|launch|publish|unveil|announc|debut|introduc|ship|came out|comes out|went live|arriv)\w*", _I
)
_RETIRED = re.compile(
    r"\b(?:retir|deprecat|sunset|discontinu|shut(?:s|ting)? down|end[- ]of[- ]life|switched? off|remov)\w*", _I
)
_OF_ELSE = re.compile(
    r"\blicen[cs]\w+ (?:is|was) dated\b|\bprices?\b|\bbenchmark|\b(?:preview|beta|API|app|"
    r"paper|report)\b",
    _I,
)
_PLANNED = re.compile(
    r"\b(?:plan|expect|schedul|rumou?r|delay|suppos|inten[dt]|hop|would|might|may|could|promis)\w*\b(?! \d)", _I
)
_OBJECT = re.compile(
    r"^\s*(?:(?:its|the|a|an|new|latest|first|open|open-weight|flagship|family|model|models|both|long-awaited|of)\s+|"
    r"[\w.-]+['’]s\s+|[\w.+-]+(?:\s[\w.+-]+){0,2}(?:,|\sand)\s)*$",
    _I,
)
_PASSIVE = re.compile(
    r"^(?:['’]s\s\w+)?\s*(?:\([^)]*\)\s*)?(?:,\s[^,]{0,60},|\s?(?:and|,)\s[\w .+-]{2,30})?\s*(?:which\s)?"
    r"(?:(?:was|were|is|are|has|have|had|been|be|got|first|officially|finally|publicly|originally)\s+)*$",
    _I,
)
_MONTH = re.compile(
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|In|On|By|When|After|Since|The|It|They)", re.IGNORECASE
)
_NEAR_DAYS = 7
_BEFORE = re.compile(r"\b(?:before|until|prior to|earlier than)\s*$", _I)
_BY = re.compile(r"\b(?:by|no later than)\s*$", _I)
_AFTER = re.compile(r"\b(?:after|later than|following)\s*$", _I)
_COUNTRIES = {
    "us": r"\bUnited States\b|\bU\.?S\.?A?\.?(?=\W|$)|\bAmerican?\b|\bSan Francisco\b|\bCalifornia\b|"
        r"\bSilicon Valley\b|\bSeattle\b",
    "cn": r"\bChin(?:a|ese)\b|\bBeijing\b|\bHangzhou\b|\bShenzhen\b|\bShanghai\b", "fr": r"\bFrance\b|"
        r"\bFrench\b|\bParis\b",
    "ca": r"\bCanad(?:a|ian)\b|\bToronto\b", "kr": r"\b(?:South )?Korean?\b|"
        r"\bSeoul\b", "nl": r"\bNetherlands\b|\bDutch\b|\bAmsterdam\b",
    "ae": r"\bUAE\b|\bEmirat\w+|\bAbu Dhabi\b|\bDubai\b", "de": r"\bGerman[y]?\b|\bBerlin\b|\bHeidelberg\b",
    "gb": r"\bUK\b|\bBritish\b|\bUnited Kingdom\b|"
        r"\bLondon\b", "sg": r"\bSingapore(?:an)?\b", "jp": r"\bJapan(?:ese)?\b|\bTokyo\b",
    "il": r"\bIsraeli?\b", "in": r"\bIndian?\b", "ru": r"\bRussian?\b|\bMoscow\b", "ch": r"\bSwiss\b|"
        r"\bSwitzerland\b|\bZurich\b",
    "hk": r"\bHong Kong\b", "fi": r"\bFinland\b|\bFinnish\b", "es": r"\bSpain\b|"
        r"\bSpanish\b", "it": r"\bItal(?:y|ian)\b",
}  # fmt: skip
_SEAT = re.compile(
    r"\b(?:based|headquartered|seated|located|domiciled|headquarters(?: is| are)?) in (?:the )?(?:\w+ )?|"
    r"\b(?:is|are|was|remains) an? (?=[A-Z][a-z]+ (?:\w+ )?(?:company|start-?up|firm|lab\w*|provider|operator|"
    r"vendor|host|cloud))"
)
_RIGHT_BEFORE = re.compile(r"^\s*,?\s*(?:AI\s)?(?:(?:is|are|was)(?: not)?\s|which is\s|an? [a-z ]{0,25})?$")
_MADE_BY = re.compile(r"\b(?:developed|made|built|created|trained|designed) by\s+(?:the )?(?:\w+ ){0,2}?$", _I)
_MAKES = re.compile(
    r"^\s*(?:AI )?(?:develop(?:s|ed)|ma(?:kes|de)|built|builds|create[sd]?|trained|designed|designs)\s+(?:the )?$", _I
)


def judge(reading: Reading, book: FactBook) -> Iterator[Finding]:
    for one in (_released, _retired, _seat, _maker):
        if found := one(reading, book):
            yield found


# ---------------------------------------------------------------- days


def _released(reading: Reading, book: FactBook) -> Finding | None:
    said = _RELEASED.search(reading.text)
    if not said or not reading.dates or _RETIRED.search(reading.text) or _OF_ELSE.search(reading.text):
        return None
    if _PLANNED.search(reading.text) or not any(
        _came_out(m, said, reading, book) for m in genuine(reading) if models_of(m, book)
    ):
        return None
    groups = named(reading, book, (reading.dates[0].start, reading.dates[0].end)) or named(reading, book)
    evidence = held_against(groups, book, ("released",), partial(_day, reading, said.start()))
    return finding("model/released", f"{names_of(groups, book)}: release", evidence, reading)


def _by_another(mention: Mention, said: re.Match[str], reading: Reading, book: FactBook) -> bool:
    """ "AWS launched X on Bedrock", "Cursor released X": a host's day is not the maker's."""
    makers = {v for s in models_of(mention, book) if (v := book.vendor_of(s))}
    houses = {s for m in reading.own for s in m.subjects if s.startswith(("vendor:", "provider:"))}
    names = {n.lower() for v in makers for n in (book.display(v), *book.aliases.get(v, ()), v.partition(":")[2])}
    actor = re.findall(r"\b[A-Z][\w.]+", reading.text[: said.start()])[-1:]
    known = (
        any(actor[0].lower().rstrip(".") in name or name in reading.text[: said.start()].lower() for name in names)
        if actor
        else True
    )
    slugs = {m.partition(":")[2] for m in makers}
    return any(h.partition(":")[2] not in slugs for h in houses) or not (known or _MONTH.match(actor[0]))


def _came_out(mention: Mention, said: re.Match[str], reading: Reading, book: FactBook) -> bool:
    """ "X was released", "X, a model of Y, arrived", "Y released X": not something of X, nor something beside it."""
    if not reading.own:
        return True
    if mention.start >= said.end() and _by_another(mention, said, reading, book):
        return False
    if mention.start >= said.end():
        return bool(_OBJECT.match(reading.text[said.end() : mention.start]))
    return mention.end <= said.start() and bool(_PASSIVE.match(reading.text[mention.end : said.start()]))


def _retired(reading: Reading, book: FactBook) -> Finding | None:
    groups, said = named(reading, book), _RETIRED.search(reading.text)
    if not said or not reading.dates or not groups:
        return None
    offers = [[*g, *(o for m in g for o in book.offers_of(m))] for g in groups]
    vendors = [v for g in groups for m in g if (v := book.vendor_of(m))]
    test = partial(_day, reading, said.start())
    evidence = held_against(offers, book, ("deprecated_on",), test)
    about = [v for s in dict.fromkeys(vendors) for v in book.of(s, "deprecation") if _same_model(v, groups, book)]
    evidence += [Weighed(v, s) for v in about if (s := test(v))]
    return finding("model/deprecated_on", f"{names_of(groups, book)}: retirement", evidence, reading,
                   ("Each seller sets its own day; downloaded weights have none.",))  # fmt: skip


def _same_model(view: FactView, groups: list[list[str]], book: FactBook) -> bool:
    text = view.fact.statement.lower()
    return "fine-tuned" not in text and any(book.display(m).lower() in text for g in groups for m in g)


def _day(reading: Reading, at: int, view: FactView) -> Stance | None:
    """A claimed day against the fact's own; a month or a year must hold it."""
    try:
        held = date_of(view) or date.fromisoformat(view.fact.value)
    except ValueError:
        return None
    fits = any(within(said, held, reading.text, _NEAR_DAYS) for said in reading.dates)
    return flipped("for" if fits else "against", reading, at)


def within(said: DateMention, held: date, text: str, near_days: int = 0) -> bool:
    """Whether a day lies in the stated stretch, or before or after it where the words say so."""
    leads = (text[: said.start], text[: said.start] + text[said.start : said.end].split(" ")[0])
    if any(_BEFORE.search(lead) for lead in leads):
        return held < said.first
    if any(_BY.search(lead) for lead in leads):
        return held <= said.last
    if any(_AFTER.search(lead) for lead in leads):
        return held > said.last
    slack = timedelta(days=near_days if said.first == said.last else 0)
    return said.first - slack <= held <= said.last + slack


# ---------------------------------------------------------------- makers and seats


def _seat(reading: Reading, book: FactBook) -> Finding | None:
    match = _SEAT.search(reading.text)
    behind = reading.text[match.end() - 12 if "in" in match.group() else match.end() :][:40] if match else ""
    places = {code for code, words in _COUNTRIES.items() if re.search(words, behind)}
    if not match or len(places) != 1:
        return None
    meant = [
        m
        for m in genuine(reading)
        if m.end <= match.start() and _RIGHT_BEFORE.match(reading.text[m.end : match.start()])
    ]
    houses = list(
        dict.fromkeys(h for m in (meant or ([] if reading.own else reading.mentions)) for h in _houses(m, book))
    )
    views = [v for h in houses for v in book.of(h, "country")]
    evidence = [
        Weighed(v, flipped("for" if v.fact.value in places else "against", reading, match.start())) for v in views
    ]
    return finding("vendor/seat", f"{', '.join(book.display(h) for h in houses)}: seat", evidence, reading)


def _houses(mention: Mention, book: FactBook) -> list[str]:
    found = [s for s in mention.subjects if s.startswith(("vendor:", "provider:"))]
    slug = f"vendor:{mention.words.lower()}"
    return found or ([slug] if slug in book.subjects("vendor:") else [])


def _maker(reading: Reading, book: FactBook) -> Finding | None:
    """ "X was made by Y", "Y develops X", against the developer on record."""
    text = reading.text
    models = [(m, models_of(m, book)) for m in genuine(reading) if models_of(m, book)]
    vendors = [(m, _vendors(m)) for m in reading.own if _vendors(m)]
    for maker, houses in vendors:
        for model, subjects in models:
            if maker is model or (set(houses) and maker.start == model.start):
                continue
            made = model.end <= maker.start and _MADE_BY.search(text[model.end : maker.start])
            makes = maker.end <= model.start and _MAKES.match(text[maker.end : model.start])
            if made or makes:
                no = denied(text, maker.start if made else model.start)
                evidence = [
                    Weighed(v, "for" if (book.vendor_of(s) in houses) != no else "against")
                    for s in subjects
                    for v in book.of(s, "developer")
                ]
                return finding("model/developer", f"{book.display(subjects[0])}: its maker", evidence, reading)
    return None


def _vendors(mention: Mention) -> list[str]:
    return [s for s in mention.subjects if s.startswith("vendor:")]
