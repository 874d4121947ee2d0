"""Claims on what a licence allows and asks, each held against the field of that name: value against value. Pure.

A condition is read as who may not do what (a ban, a permission, a duty), with a denial turning it round; the licences
are those named, or those of the models named. What a licence has no fact on stays open.
"""

import re
from collections.abc import Callable, Iterator, Sequence

from bot.answer.book import FactBook, date_of
from bot.check.contract import Stance
from bot.check.held import finding, flipped
from bot.check.licences import licences_meant
from bot.check.polarity import denied, unclear
from bot.check.values import Finding, Reading, Weighed
from kb.types import FactView

_I = re.IGNORECASE
_BAN = re.compile(r"\b(?:bar(?:s|red|ring)?|ban(?:s|ned)?|forbid\w*|forbade|prohibit\w*|exclud\w*|rul(?:es|ed) out|"
                  r"disallow\w*|withh\w+|restrict\w*|off-limits|illegal)\b", _I)  # fmt: skip
_NO_BAN = re.compile(r"\bno (?:limits?|restrictions?|ban|clause against|list of forbidden)\b", _I)
_FREELY = re.compile(
    r"\b(?:without|no) (?:any )?(?:restrict|limit|permission|threshold|asking)\w*|\bany (?:commercial )?purpose\b|"
    r"\b(?:any|every) (?:company|business|firm|one)\b|(?<!almost )(?<!nearly )\b(?:any|every)one\b|"
    r"\bwhatever (?:its|their)\b|"
    r"\bfully permissive\b|"
    r"\bunrestricted\b|\bregardless of\b|\bno matter\b",
    _I,
)
_UNCONDITIONAL = re.compile(
    r"\b(?:without|no) (?:any |further )?(?:conditions?|strings|obligations?)\b|"
    r"\bunconditional",
    _I,
)
_COMMERCIAL = re.compile(
    r"\b(?P<non>non-?)?(?:commercial(?:ly)?|in production|sell (?:\w+ )?(?:products?|"
    r"services?))\b",
    _I,
)
_NOT_OF_USE = re.compile(r"\bcommercial (?:APIs?|exploitation|terms|models?|vendors?|launch|success)", _I)
_RESEARCH_ONLY = re.compile(
    r"\bfor research(?: (?:use|purposes))? only\b|\bresearch[- ](?:use )?only\b|"
    r"\bonly for research\b",
    _I,
)
_MILITARY = re.compile(r"\bmilitary\b|\bwarfare\b|\bdefen[cs]e (?:use|purposes?|applications?)\b|\bweapons?\b", _I)
_OUTPUTS = re.compile(r"\boutputs?\b|\bdistil\w*|\bsynthetic data\b", _I)
_TRAINS = re.compile(r"\b(?:train|improv|distil|develop|build)\w*", _I)
_OSI = re.compile(r"\bOSI\b|\bOpen Source Initiative\b")
_APPROVED = re.compile(r"\b(?:approv|certif|recogni[sz]|list|accept|complian)\w*", _I)
_EU_FIRMS = re.compile(
    r"\b(?:EU|Europe\w*)\b(?: Union)?[^.]{0,20}\b(?:compan|firm|business|user|organi|licensee|customer)\w*|"
    r"\b(?:compan|firm|business|user|organi|licensee|customer)\w*[^.]{0,25}\b(?:in|from|of|based in|seated "
    r"in) (?:the EU|"
    r"the European Union|Europe)\b|\bin (?:the EU|Europe|the European Union)\b|\bEU limit\b"
)
_MAY_USE = re.compile(r"\b(?:us(?:e|ed|able|ing)|available|licen[cs]e\w*|deploy\w*|rights?|compan\w+|firms?)\b", _I)
_MAY = re.compile(r"\b(?:may|can|could|allow\w*|permit\w*|lets?|free|usable|available|ok(?:ay)?|licensed for)\b", _I)
_NO_LIMIT = re.compile(r"^(?:none|no limit|sentence present)", _I)
_PATENT = re.compile(r"\bpatents?\b", _I)
_GRANT = re.compile(r"\b(?:grant|licen[cs]e|right|cover|includ|contain|giv)\w*", _I)
_LAW = re.compile(
    r"\blaws? governs?\b|\b(?:governed by|governing law|under the laws? of|law of|courts? (?:of|"
    r"in)|jurisdiction)\b",
    _I,
)
_PLACES = {
    "china": r"\bChin(?:a|ese)\b|\bPRC\b|\bHangzhou\b", "california": r"\bCaliforni", "korea": r"\bKorea|\bSeoul\b",
    "delaware": r"\bDelaware\b", "ireland": r"\b(?:Ireland|Irish)\b", "england": r"\bEngl(?:and|ish)\b|"
        r"\bBritish\b|\bUK\b",
    "france": r"\b(?:France|French)\b", "germany": r"\bGerman", "new york": r"\bNew "
        r"York\b", "singapore": r"\bSingapore",
}  # fmt: skip
_DATED = re.compile(r"\bdat(?:ed|es from)\b|\beffective\b|\bversion of\b|\btook effect\b", _I)
_NOTICE = re.compile(
    r"\b(?:copyright|permission|licen[cs]e)(?: and \w+)? notices?\b|\bnotices?\b(?= (?:be|in|"
    r"must))",
    _I,
)

Held = Callable[[FactView], Stance | None]


def judge(reading: Reading, book: FactBook) -> Iterator[Finding]:
    licences = licences_meant(reading, book)
    if not licences:
        return
    for one in (_use, _military, _outputs, _osi, _in_europe, _patents, _law, _dated, _notice):
        found = one(reading, book, licences)
        if found:
            yield found


def _finding(
    topic: str, about: str, field: str, test: Held, reading: Reading, book: FactBook, licences: Sequence[str]
) -> Finding | None:
    views = [v for s in licences for v in book.of(s, field)]
    evidence = [Weighed(v, stance) for v in views if (stance := test(v))]
    return finding(f"licence/{topic}", about, evidence, reading)


def _banned(text: str, place: re.Match[str]) -> bool | None:
    """Whether the clause says that it is not allowed; None where it says neither."""
    if _NO_BAN.search(text):
        return False
    ban = _BAN.search(text)
    if ban:
        return not denied(text, ban.start())
    refused = denied(text, place.start())
    if refused:
        return True
    return False if _MAY.search(text) else None


# ---------------------------------------------------------------- commercial use


def _use(reading: Reading, book: FactBook, licences: Sequence[str]) -> Finding | None:
    """ "May be used commercially (by anyone, without limits)"."""
    text = reading.text
    said = _COMMERCIAL.search(text) or _RESEARCH_ONLY.search(text)
    if not said or _NOT_OF_USE.search(text) or (said.re is _COMMERCIAL and reading.quantities_of("users", "USD")):
        return None
    non = said.re is _RESEARCH_ONLY or bool(said["non"])
    ban = next((m for m in _BAN.finditer(text) if not _FREELY.search(text[max(0, m.start() - 12) : m.end()])), None)
    no = denied(text, ban.start() if ban else said.start())
    barred = (bool(ban) or non) != no if (ban or non) else no
    free, unconditional = bool(_FREELY.search(text)), bool(_UNCONDITIONAL.search(text))
    if not (non or ban or no or free or unconditional or _MAY.search(text)) or _DUTY.search(text):
        return None

    def test(view: FactView) -> Stance:
        value = view.fact.value
        if barred:
            return "for" if value == "no" else "against" if value == "yes" else "limits"
        if value == "yes":
            gated = any(book.of(view.fact.subject, "threshold"))
            return "against" if gated and unconditional else "limits" if unconditional or (gated and free) else "for"
        return "against" if value == "no" or free or unconditional else "limits"

    return _finding("commercial_use", "commercial use", "commercial_use", test, reading, book, licences)


_DUTY = re.compile(r"\b(?:must|asks?|requires?|has to|have to|needs?)\b(?! (?:not|no)\b)", _I)


# ---------------------------------------------------------------- uses and outputs


def _military(reading: Reading, book: FactBook, licences: Sequence[str]) -> Finding | None:
    said = _MILITARY.search(reading.text)
    barred = _banned(reading.text, said) if said else None
    if barred is None:
        return None

    def test(view: FactView) -> Stance | None:
        value = view.fact.value.lower()
        bars = True if re.search(r"\b(?:bars|barred)\b[^;]*\bmilitary|military use barred", value) else None
        if value == "none":
            bars = False
        return None if bars is None else "for" if bars == barred else "against"

    return _finding("use_policy", "military use", "use_policy", test, reading, book, licences)


def _outputs(reading: Reading, book: FactBook, licences: Sequence[str]) -> Finding | None:
    said = _OUTPUTS.search(reading.text)
    barred = _banned(reading.text, said) if said and _TRAINS.search(reading.text) else None
    if barred is None:
        return None

    def test(view: FactView) -> Stance | None:
        value = view.fact.value.lower()
        if value.startswith(("no limit", "no claim")):
            return "against" if barred else "for"
        if value.startswith("allowed"):
            return "against" if barred else "limits" if _FREELY.search(reading.text) else "for"
        if value.startswith("barred"):
            return "for" if barred else "against"
        return "limits"

    return _finding("output_training", "training on outputs", "output_training", test, reading, book, licences)


def _osi(reading: Reading, book: FactBook, licences: Sequence[str]) -> Finding | None:
    said = _OSI.search(reading.text)
    approved = _APPROVED.search(reading.text)
    if not said or not approved or unclear(reading.text, approved.end()):
        return None

    def test(view: FactView) -> Stance:
        return flipped("for" if view.fact.value == "yes" else "against", reading, approved.start())

    return _finding("osi_approved", "approval by the OSI", "osi_approved", test, reading, book, licences)


def _in_europe(reading: Reading, book: FactBook, licences: Sequence[str]) -> Finding | None:
    """Whether companies of the EU may use it: against what the licence withholds from them."""
    said = _EU_FIRMS.search(reading.text)
    use = _MAY_USE.search(reading.text)
    if not said or not use:
        return None
    ban = _BAN.search(reading.text)
    no = re.search(
        r"\bno rights\b|\bcannot\b|\b(?:may|can|are|is) not\b|\bnot (?:available|licensed|"
        r"allowed)\b",
        reading.text,
        _I,
    )
    limitless = _FREELY.search(reading.text)
    barred = not denied(reading.text, ban.start()) if ban and not limitless else bool(no)

    def test(view: FactView) -> Stance:
        return "for" if bool(_NO_LIMIT.match(view.fact.value)) != barred else "against"

    return _finding("eu_limit", "use by companies of the EU", "eu_limit", test, reading, book, licences)


# ---------------------------------------------------------------- its other terms


def _patents(reading: Reading, book: FactBook, licences: Sequence[str]) -> Finding | None:
    said, grants = _PATENT.search(reading.text), _GRANT.search(reading.text)
    if not said or not grants or re.search(r"\b(?:end|terminat|su(?:e|it|ing))\w*", reading.text, _I):
        return None
    no = denied(reading.text, said.start()) or denied(reading.text, grants.start())

    def test(view: FactView) -> Stance | None:
        value = view.fact.value.lower()
        has = False if value.startswith(("no ", "not ")) else True if "grant" in value else None
        return None if has is None else "for" if has != no else "against"

    return _finding("patent", "patents", "patent", test, reading, book, licences)


def _law(reading: Reading, book: FactBook, licences: Sequence[str]) -> Finding | None:
    said = _LAW.search(reading.text)
    meant = (
        [words for words in _PLACES.values() if re.search(words, reading.text[max(0, said.start() - 14) :])]
        if said
        else []
    )
    if not said or not meant:
        return None

    def test(view: FactView) -> Stance:
        held = f"{view.fact.value} {view.fact.statement}"
        return flipped("for" if any(re.search(w, held, _I) for w in meant) else "against", reading, said.start())

    return _finding("governing_law", "governing law", "governing_law", test, reading, book, licences)


def _dated(reading: Reading, book: FactBook, licences: Sequence[str]) -> Finding | None:
    said = _DATED.search(reading.text)
    if not said or not reading.dates or not re.search(r"\blicen[cs]|\bterms\b", reading.text, _I):
        return None

    def test(view: FactView) -> Stance | None:
        held = date_of(view)
        fits = held is not None and any(d.first <= held <= d.last for d in reading.dates)
        return flipped("for" if fits else "against", reading, said.start()) if held else None

    return _finding("effective", "date of the licence", "effective", test, reading, book, licences)


def _notice(reading: Reading, book: FactBook, licences: Sequence[str]) -> Finding | None:
    """Keeping the notice, which short licences ask for and nothing else."""
    said = _NOTICE.search(reading.text)
    duty = _DUTY.search(reading.text)
    keeps = re.search(r"\b(?:keep|kept|retain|preserv|includ|pass)\w*", reading.text, _I)
    if not said or not keeps or (not duty and not denied(reading.text, keeps.start())):
        return None

    def test(view: FactView) -> Stance | None:
        asks = "notice" in view.fact.value.lower() and view.fact.value.lower().startswith("keep")
        return flipped("for", reading, keeps.start()) if asks else None

    return _finding("attribution", "notices to keep", "attribution", test, reading, book, licences)
