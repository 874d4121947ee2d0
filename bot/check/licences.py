"""Claims on licences: which one a model is under, and what it asks. Pure."""

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.answer.book import FactBook
from bot.check.contract import Stance
from bot.check.held import finding, flipped, named
from bot.check.quantities import Quantity, agrees, quantities
from bot.check.values import Finding, Reading, Weighed
from kb.types import FactView

_I = re.IGNORECASE
_LICENSED = re.compile(r"\blicen[cs]\w*|\bunder\b|\bterms\b", _I)
_WORDS = (
    ("licence:apache-2.0", re.compile(r"\bApache(?:[- ](?:2(?:\.0)?|licen[cs]\w*))*", _I)),
    (
        "licence:mit",
        re.compile(r"(?<!modified )(?<!Modified )\bMIT\b(?![- ](?:Technology|Sloan|researchers|professor|press))"),
    ),
)
_COMMERCIAL = re.compile(r"\bcommercial(?:ly)?\b", _I)
_BARRED = re.compile(
    r"\bnon-?commercial\b|\b(?:bars?|bann?(?:ed|s)|forbid\w*|prohibit\w*|no|not) (?:\w+ ){0,3}commercial", _I
)
_FREELY = re.compile(
    r"\bwithout (?:any )?(?:restrict|limit|condition)\w*|\bany (?:commercial )?purpose\b|\bno restrictions?\b|"
    r"\bfully permissive\b|\bunrestricted\b",
    _I,
)
_EU_FIRMS = re.compile(
    r"\b(?:EU|Europe\w*)\b[^.]{0,20}\b(?:compan|firm|business|user|organi|licensee|"
    r"customer)\w*|\bin (?:the EU|Europe)\b"
)
_MAY_USE = re.compile(
    r"\b(?:us(?:e|ed|able)|available|allow\w*|licen[cs]e\w*|deploy\w*|rights?|bar(?:s|red)|"
    r"exclud\w*|withh\w+)\b",
    _I,
)
_WITHHELD = re.compile(r"\b(?:not|cannot|no|never|bar(?:s|red)|exclud\w*|prohibit\w*|forbid\w*|withh\w+|denied)\b", _I)
_NO_LIMIT = re.compile(r"^(?:none|no limit|sentence present)", _I)
_PERMISSIVE = re.compile(r"\bpermissive\b", _I)


def judge(reading: Reading, book: FactBook) -> Iterator[Finding]:
    for one in (_under, _use, _threshold, _in_europe):
        found = one(reading, book)
        if found:
            yield found


def _stated(reading: Reading) -> set[str]:
    """The licences that the clause names, by name or by the two words that everybody uses."""
    named_ = {
        s
        for m in reading.own
        if not any(s.startswith("vendor:") for s in m.subjects)
        for s in m.subjects
        if s.startswith("licence:")
    }
    found = {s for s in named_ if not any(s.endswith(f":{m.partition(':')[2]}") for m in reading.of("model"))}
    return found | {subject for subject, pattern in _WORDS if pattern.search(reading.text)}


def _under(reading: Reading, book: FactBook) -> Finding | None:
    groups = named(reading)
    stated = _stated(reading)
    permissive = bool(_PERMISSIVE.search(reading.text)) and not stated
    if (
        not groups
        or not (stated or permissive)
        or not _LICENSED.search(
            f"{reading.text} {'licensed' if stated & {'licence:apache-2.0', 'licence:mit'} else ''}"
        )
    ):
        return None
    found: list[Weighed] = []
    for group in groups:
        for model in group:
            held = book.licences_of(model)
            for view in book.of(model, "licence"):
                found.append(Weighed(view, flipped(_fits(held, stated, permissive), reading)))
            if not book.of(model, "licence"):
                found += [
                    Weighed(v, flipped("against", reading))
                    for v in book.of(model, "openness")
                    if v.fact.value == "closed"
                ]
    name = book.display(groups[0][0])
    return finding(
        "model/licence",
        f"{name}: licence",
        found,
        reading,
        ("A licence belongs to a version; a sibling may carry another.",),
    )


def _fits(held: list[str], stated: set[str], permissive: bool) -> Stance:
    free = set(held) & {"licence:mit", "licence:apache-2.0"}
    if permissive:
        return "for" if free else "against"
    if "licence:mit" in stated and any(h.endswith("modified-mit") for h in held):
        return "against"
    return "for" if set(held) & stated else "against"


def _use(reading: Reading, book: FactBook) -> Finding | None:
    """ "May be used commercially (without limits)", of a named model or licence."""
    if not _COMMERCIAL.search(reading.text) or re.search(
        r"\bcommercial APIs?\b|\bcommercial exploitation", reading.text, _I
    ):
        return None
    licences = list(reading.of("licence", own=True)) or [
        s for g in named(reading) for m in g for s in book.licences_of(m)
    ]
    barred, free = bool(_BARRED.search(reading.text)), bool(_FREELY.search(reading.text))

    def stance(view: FactView) -> Stance:
        value = view.fact.value
        if barred:
            return "for" if value == "no" else "against" if value == "yes" else "limits"
        return "for" if value == "yes" else "against" if value == "no" or free else "limits"

    views = [v for s in dict.fromkeys(licences) for v in book.of(s, "commercial_use")]
    found = [Weighed(v, stance(v)) for v in views]
    return finding("licence/commercial_use", "commercial use", found, reading) if found else None


def _threshold(reading: Reading, book: FactBook) -> Finding | None:
    """A number of users or of revenue said to be a licence's limit."""
    said = [q for q in reading.quantities if q.unit in ("users", "USD") and q.value >= 100_000]
    licences = list(reading.of("licence", own=True)) or [s for m in _all_models(reading) for s in book.licences_of(m)]
    if not said or not licences:
        return None
    found: list[Weighed] = []
    for view in (v for s in dict.fromkeys(licences) for v in book.of(s, "threshold")):
        held = [
            q
            for q in quantities(f"{view.fact.value}. {view.fact.statement}")
            if q.unit in ("users", "USD", "") and q.value >= 100_000
        ]
        for one in said:
            alike = [q for q in held if q.unit in (one.unit, "")]
            if alike:
                fits = any(agrees(_plainly(one), q.value, exact=True) for q in alike)
                found.append(Weighed(view, "for" if fits else "against"))
    return finding("licence/threshold", "the licence's threshold", found, reading)


def _all_models(reading: Reading) -> list[str]:
    """Those of a whole family too: its licences may share a limit."""
    return [s for m in reading.own for s in m.subjects if s.startswith("model:")]


def _in_europe(reading: Reading, book: FactBook) -> Finding | None:
    """Whether companies of the EU may use it: against what the licence withholds from them."""
    licences = list(reading.of("licence", own=True)) or [
        s for g in named(reading) for m in g for s in book.licences_of(m)
    ]
    if not licences or not _EU_FIRMS.search(reading.text) or not _MAY_USE.search(reading.text):
        return None
    barred = bool(_WITHHELD.search(reading.text))
    views = [v for s in dict.fromkeys(licences) for v in book.of(s, "eu_limit")]
    found = [Weighed(v, "for" if bool(_NO_LIMIT.match(v.fact.value)) != barred else "against") for v in views]
    return finding("licence/eu_limit", "use by companies of the EU", found, reading)


def _plainly(said: Quantity) -> Quantity:
    """ "More than 700 million" names a limit of 700 million."""
    return replace(said, sense="is")
