"""Claims on thresholds, listed uses and the reliefs of open models under the AI Act, each against its rule. Pure."""

import re
from collections.abc import Iterator, Sequence

from bot.answer.book import FactBook
from bot.answer.text import number
from bot.check.contract import Stance
from bot.check.held import finding, flipped
from bot.check.polarity import denied
from bot.check.values import Finding, Reading, Weighed
from kb.types import FactView

_I = re.IGNORECASE
_RULE = "rule:eu-ai-act/"
_SYSTEMIC = re.compile(r"\bsystemic[- ]risks?\b", _I)
_GENERAL = re.compile(r"\bgeneral[- ]purpose\b|\bGPAI\b", _I)
_PRESUMED = re.compile(
    r"\b(?:presum|count|consider|deem|treat|classif|threshold|has|have|carr|pos|mean|indicat)\w*", _I
)
_OPEN = re.compile(r"\bopen[- ]?(?:source|weights?|models?)\b", _I)
_EXEMPT = re.compile(
    r"\b(?:exempt\w*|relieved|relief|excused|freed?|spared|need not|(?:do|does) not (?:have|need) to|"
    r"(?:is|are) not (?:required|obliged|subject)|no (?:obligations?|dut(?:y|ies))|outside)\b", _I)  # fmt: skip
_MUST = re.compile(
    r"\b(?:must|have to|has to|(?:is|are) (?:still )?(?:required|obliged|subject)|still (?:need|appl\w+))\b", _I
)
_STILL = re.compile(
    r"\bcopyright\b|\b(?:training|content)[^.]{0,20}\bsummar\w+|\bsummar\w+[^.]{0,20}\b(?:training|content|data)\b", _I
)
_RELIEVED = re.compile(
    r"\b(?:technical )?documentation\b|\bAnnex XI{1,2}\b|\bdownstream\b|\bauthori[sz]ed representative\b", _I
)
_UNLESS = re.compile(r"\b(?:unless|except|apart from|other than|without|if (?:it|they) (?:pose|have|carry) no)\b", _I)
_HIGH_RISK = re.compile(r"\bhigh[- ]risk\b", _I)


def judge(reading: Reading, book: FactBook) -> Iterator[Finding]:
    for one in (_compute, _listed, _open_relief):
        if found := one(reading, book):
            yield found


def _compute(reading: Reading, book: FactBook) -> Finding | None:
    """The figure from which a model is presumed to have systemic risk, or taken as general-purpose."""
    said = reading.quantities_of("FLOP")
    if not said or not _PRESUMED.search(reading.text) or re.search(r"\b(?:third|fine-?tun|modif)\w*", reading.text, _I):
        return None
    rule = (
        "gpai-systemic-risk"
        if _SYSTEMIC.search(reading.text)
        else "gpai-model"
        if _GENERAL.search(reading.text)
        else ""
    )
    views = [v for v in book.of(_RULE + rule, "threshold") if rule]

    def stance(view: FactView) -> Stance | None:
        held = number(view.fact.value.split(" ")[0])
        if held is None or said[0].sense in ("under", "most"):
            return None
        fits: Stance = "for" if said[0].value == held else "against"
        place = _SYSTEMIC.search(reading.text) or _GENERAL.search(reading.text)
        return flipped(fits, reading, place.start()) if place else fits

    evidence = [Weighed(v, s) for v in views if (s := stance(v))]
    return finding("law/compute", "training compute from which a rule applies", evidence, reading)


def _listed(reading: Reading, book: FactBook) -> Finding | None:
    """A use that Annex III lists, said to be high-risk or not."""
    said = _HIGH_RISK.search(reading.text)
    uses = [s for s in reading.of("rule", own=True) if s.startswith(f"{_RULE}annex-iii-")]
    if not said or not uses or _UNLESS.search(reading.text) or reading.dates or reading.quantities_of("EUR", "%"):
        return None
    if re.search(r"\b(?:must|dut(?:y|ies)|obligations?|apply|applies)\b", reading.text, _I):
        return None
    views = [v for s in uses for v in book.of(s, "definition")]
    evidence = [Weighed(v, flipped("for", reading, said.start())) for v in views]
    return finding("law/high-risk", f"{book.display(uses[0])}: high-risk or not", evidence, reading)


# ---------------------------------------------------------------- open general-purpose models


def _open_relief(reading: Reading, book: FactBook) -> Finding | None:
    """What Article 53(2) relieves open models of, and what it leaves: the topic is that of the general claim."""
    text = reading.text
    exempt, must = _EXEMPT.search(text), _MUST.search(text)
    if not _OPEN.search(text) or not (exempt or must):
        return None
    free = (
        not denied(text, exempt.start())
        if exempt and not re.match(r"need not|do|is|are|no ", exempt.group(), _I)
        else bool(exempt)
    )
    rows = [*_rows(book, "gpai-open-source", "distinction"), *_rows(book, "gpai-open-source", "exemption")]
    still, relieved, lost = _STILL.search(text), _RELIEVED.search(text), _SYSTEMIC.search(text)
    evidence: list[Weighed] = []
    if still:
        evidence += _with(rows, "copyright policy", "against" if free else "for")
    if relieved:
        evidence += _with(rows, "documentation duties", "for" if free else "against")
        if not (lost and _UNLESS.search(text)):
            evidence += _with(rows, "systemic risk", "limits")
    if lost and not _UNLESS.search(text) and not relieved:
        keeps = free or bool(re.search(r"\bkeep|retain|still (?:benefit|exempt)", text, _I))
        evidence += _with(rows, "lost when the model has systemic risk", "against" if keeps else "for")
    return finding("exemption/open", "exemption of open models from the AI Act", evidence, reading)


def _rows(book: FactBook, rule: str, field: str) -> list[FactView]:
    return book.of(_RULE + rule, field)


def _with(rows: Sequence[FactView], words: str, stance: Stance) -> list[Weighed]:
    return [Weighed(v, stance) for v in rows if words in v.fact.statement]
