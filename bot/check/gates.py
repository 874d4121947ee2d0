"""Claims on the size at which a licence changes: so many users or so much revenue, and what then follows. Pure.

Each gate on record has its measure (monthly users, revenue of a month or of twelve), its limit and its effect (no
rights, a permission, a display of the name, a review). A claim is held against all three.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from bot.answer.book import FactBook
from bot.check.contract import Stance
from bot.check.held import finding
from bot.check.licences import licences_meant
from bot.check.polarity import denied
from bot.check.quantities import Quantity
from bot.check.values import Finding, Reading, Weighed
from kb.types import FactView

_I = re.IGNORECASE
_LEAST = 100_000
_EFFECTS: Mapping[str, re.Pattern[str]] = {
    "display": re.compile(r"\b(?:display|show|name the|attribut|credit|label|brand|mention)\w*", _I),
    "review": re.compile(r"\b(?:review|audit|assessment)\w*", _I),
    "permission": re.compile(
        r"\b(?:permissions?|authori[sz]\w+|agreements?|(?:separate|special|own|commercial|additional|express) "
            r"licen[cs]e|request|"
        r"negotiat\w+|contact|approval|licen[cs]e from|ask)\b", _I),
    "barred": re.compile(
        r"\b(?:no rights?|bar(?:s|red)?|exclud\w*|prohibit\w*|forbid\w*|(?:may|can) ?not|not (?:allowed|"
            r"permitted)|ban(?:s|ned)?|"
        r"lose|locked out|off-limits|nobody)\b", _I),
}  # fmt: skip
_ROWS: Mapping[str, str] = {"barred": "barred", "permission": "permission", "display": "display", "review": "review"}
_UNTIL = re.compile(r"\b(?:until|without|unless)\b", _I)
_GATE = re.compile(r"\b(?:threshold|limit|cap|gate|clause|ceiling)s?\b", _I)
_SPEAKS = re.compile(r"\blicen[cs]|\bterms\b|\b(?:threshold|limit|cap|gate)s?\b", _I)
_NO_GATE = re.compile(
    r"\b(?:free of|without|has no|have no|sets? no|no)\s(?:any\s|a\s)?(?:revenue|user|usage|size|MAU)[\w\s]{0,12}"
    r"(?:limit|threshold|cap|gate)s?\b",
    _I,
)
_YEARLY = re.compile(r"\b(?:annual(?:ly)?|yearly|(?:a|per|each) year|12 months|twelve months)\b", _I)
_MONTHLY = re.compile(r"\bmonth(?:ly|s)?\b", _I)
_BUILT_WITH = re.compile(
    r"[“\"‘'](?P<name>(?:Built|Improved) (?:with|using) [^”\"’']{2,30})[”\"’']|"
    r"\b(?:built|improved) with (?=[A-Z])",
    _I,
)
_SHOWS = re.compile(r"\b(?:display|show|carry|carries|bear|include|credit|label)\w*", _I)
_DUTY = re.compile(r"\b(?:must|asks?|requires?|have to|has to|needs?|obliges?|demands?|obligation)\b", _I)


def judge(reading: Reading, book: FactBook) -> Iterator[Finding]:
    said = [q for q in reading.quantities_of("users", "USD") if q.value >= _LEAST]
    licences = licences_meant(reading, book)
    if not licences:
        return
    if not said and (limitless := _limitless(licences, reading, book)):
        yield limitless
    evidence = (
        [w for lic in licences for w in _gated(said, lic, reading, book)] if said else _shown(licences, reading, book)
    )
    topic, about = ("threshold", "the licence's threshold") if said else ("attribution", "a name to display")
    found = finding(f"licence/{topic}", about, evidence, reading)
    if found:
        yield found


def _limitless(licences: Sequence[str], reading: Reading, book: FactBook) -> Finding | None:
    """ "Free of any revenue limit": what gates the licences have."""
    said = _NO_GATE.search(reading.text)
    if not said:
        return None
    evidence: list[Weighed] = []
    no = denied(reading.text, said.start())
    for licence in licences:
        gates = book.of(licence, "threshold")
        open_ = [v for v in book.of(licence, "commercial_use") if v.fact.value == "yes" and not gates]
        evidence += [Weighed(v, "for" if no else "against") for v in gates]
        evidence += [Weighed(v, "against" if no else "for") for v in open_]
    return finding("licence/threshold", "the licence's threshold", evidence, reading)


def _gated(said: Sequence[Quantity], licence: str, reading: Reading, book: FactBook) -> list[Weighed]:
    """Every amount must be a gate of the licence, with the effect that is claimed of it."""
    rows = [v for v in book.of(licence, "clause") if any(_limit(v, q, reading) is not None for q in said)]
    hit = [v for v in rows if any(_limit(v, q, reading) == q.value for q in said)]
    if not (_SPEAKS.search(reading.text) or any(p.search(reading.text) for p in _EFFECTS.values())):
        return []
    effects = [name for name, pattern in _EFFECTS.items() if pattern.search(reading.text)]
    if any(q.sense in ("under", "most") for q in said) or _denies(effects, reading):
        return []
    if sizes := [q for q in said if _is_size(q, reading)]:
        return _of_size(sizes[0], licence, effects, reading, book)
    all_hit = all(any(_limit(v, q, reading) == q.value for v in rows) for q in said)
    if not hit or not all_hit:
        wrong = rows or [v for v in book.of(licence, "commercial_use") if v.fact.value != "conditional"]
        return [Weighed(v, "against") for v in wrong]
    if not effects:
        return [Weighed(v, "for") for v in hit[:1]] if _GATE.search(reading.text) else []
    fits = [v for v in hit if set(effects) <= _effects_of(v)]
    return [Weighed(v, "for") for v in fits] or [Weighed(v, "against") for v in hit]


def _is_size(said: Quantity, reading: Reading) -> bool:
    """ "A company with 800 million users": how large somebody is, not where the limit lies."""
    before = reading.text[max(0, said.start - 12) : said.start + 1]
    return said.sense in ("is", "about") and bool(re.search(r"\b(?:with|has|have|having|of)\s", before, _I))


def _of_size(said: Quantity, licence: str, effects: Sequence[str], reading: Reading, book: FactBook) -> list[Weighed]:
    """What the licence does with a company of that size."""
    gates = [(limit, v) for v in book.of(licence, "clause") if (limit := _limit(v, said, reading)) is not None]
    if not effects or not gates:
        return []
    meant = [(limit, v) for limit, v in gates if set(effects) <= _effects_of(v)]
    stances: list[tuple[Stance, FactView]] = [("for" if said.value > limit else "against", v) for limit, v in meant]
    return [Weighed(v, stance) for stance, v in stances] or [Weighed(v, "against") for _, v in gates]


def _denies(effects: Sequence[str], reading: Reading) -> bool:
    places = [m.start() for name in effects if name != "barred" and (m := _EFFECTS[name].search(reading.text))]
    return any(denied(reading.text, place) for place in places)


def _limit(view: FactView, said: Quantity, reading: Reading) -> Decimal | None:
    """The gate's limit in the measure that the amount is given in."""
    held = view.fact.qualifiers
    if said.unit == "users":
        keys: tuple[str, ...] = ("mau_over",)
    elif _YEARLY.search(reading.text):
        keys = ("revenue_12_months_over_usd",)
    else:
        keys = (
            ("revenue_month_over_usd",)
            if _MONTHLY.search(reading.text)
            else ("revenue_month_over_usd", "revenue_12_months_over_usd")
        )
    return next((Decimal(held[key]) for key in keys if key in held), None)


def _effects_of(view: FactView) -> set[str]:
    """ "No rights until a licence is granted" is a ban and a permission to be asked for."""
    value = _ROWS.get(view.fact.value, "")
    both = value in ("barred", "permission") and bool(_UNTIL.search(view.fact.statement))
    gates = {"barred", "permission"} if both or value == "permission" else {value}
    return gates | ({"permission"} if value == "review" else set())


# ---------------------------------------------------------------- a name to display, at any size


def _shown(licences: Sequence[str], reading: Reading, book: FactBook) -> list[Weighed]:
    shows, duty, built = _SHOWS.search(reading.text), _DUTY.search(reading.text), _BUILT_WITH.search(reading.text)
    if not shows or not duty or not (built or re.search(r"\bname\b", reading.text, _I)):
        return []
    no = denied(reading.text, shows.start()) or denied(reading.text, duty.start())
    found: list[Weighed] = []
    for view in (v for lic in licences for v in book.of(lic, "clause") if v.fact.value == "display"):
        if built and built["name"] and not _same_words(built["name"], view.fact.statement):
            continue
        at_scale = bool(view.fact.qualifiers.keys() & {"mau_over", "revenue_month_over_usd"})
        stance: Stance = "limits" if at_scale else "against" if no else "for"
        found.append(Weighed(view, stance))
    return found


def _same_words(name: str, statement: str) -> bool:
    return " ".join(name.lower().split()) in " ".join(statement.lower().split())
