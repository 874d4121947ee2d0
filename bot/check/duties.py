"""Claims on who must do what under a law: the duty is found by its words, and judged by role, denial and figures. Pure.

That words are alike never makes a verdict: it only says which duty is meant, and only where most of what the claim says
is in it. The verdict is whether the role is the one that the duty binds, whether the claim affirms or denies it, and
whether its periods agree.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.answer.book import FactBook
from bot.answer.text import expand, terms
from bot.check.contract import Stance
from bot.check.held import finding
from bot.check.polarity import denied
from bot.check.quantities import Quantity, agrees, plainly, quantities
from bot.check.values import Finding, Reading, Weighed
from kb.types import FactView

_I = re.IGNORECASE
_MUST = re.compile(
    r"\b(?:must|have to|has to|had to|shall|required to|obliged to|obligated to|need to|needs to|ha(?:ve|s) "
    r"(?:a duty|an obligation) to|"
    r"(?:is|are) (?:responsible for|obliged|required)|requires? (?=\w*(?:provider|deployer|importer|"
    r"distributor|employer)))\b",
    _I,
)
_NEED_NOT = re.compile(r"\b(?:need not|needn['’]t|(?:do|does) not (?:have to|need)|(?:is|are) not (?:required|"
    r"obliged) to|don['’]t (?:have|need) to|"
                       r"exempt from|(?:free|freed|relieved) (?:of|from))\b", _I)  # fmt: skip
_ROLES: Sequence[tuple[str, re.Pattern[str]]] = (
    ("GPAI model provider", re.compile(
        r"\b(?:providers?|developers?|makers?|vendors?) of (?:\w+[- ]){0,3}?(?:general[- ]purpose|GPAI|"
            r"foundation|systemic[- ]risk|AI model)|"
        r"\b(?:GPAI|general[- ]purpose(?: AI)?(?: model)?|model) (?:model )?(?:providers?|developers?|makers?)\b", _I)),
    ("provider", re.compile(r"\b(?:providers?|developers?|makers?|manufacturers?)\b", _I)),
    ("deployer", re.compile(r"\b(?:deployers?|employers?)\b", _I)),
    ("importer", re.compile(r"\bimporters?\b", _I)),
    ("distributor", re.compile(r"\bdistributors?\b", _I)),
    ("financial entity", re.compile(r"\b(?:banks?|insurers?|financial (?:entities|entity|institutions?|"
        r"firms?))\b", _I)),
    ("controller", re.compile(r"\bcontrollers?\b", _I)),
)  # fmt: skip
_EMPTY = frozenset(terms(
    "EU AI Act European Union law system systems must provider deployer importer distributor developer maker "
        "model models artificial "
    "intelligence required duty obligation have need under article ensure make sure regulation user company"
))  # fmt: skip
_OPEN = re.compile(r"\bopen[- ]?(?:source|weights?|models?)\b", _I)
_COUNT = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|every|each|all|any)\b(?! (?:days|weeks|months|years))", _I
)
_OF_AI = re.compile(
    r"\bAI\b|\bhigh[- ]risk\b|\bgeneral[- ]purpose\b|\bGPAI\b|\bsystemic[- ]risk|\bdeep ?fakes?\b|\bchatbots?\b|"
    r"\bsynthetic\b",
    _I,
)
_ENOUGH, _OTHERS_LESS = 0.55, 0.2  # of what the claim says beyond roles; by how much another role's duty must fit less


@dataclass(frozen=True, slots=True)
class _Duty:
    view: FactView
    covered: float
    roles: frozenset[str]


def judge(reading: Reading, book: FactBook) -> Iterator[Finding]:
    role = _role(reading.text)
    must = _MUST.search(reading.text)
    need_not = _NEED_NOT.search(reading.text)
    if not role or not (must or need_not) or _OPEN.search(reading.text):
        return
    named = reading.of("regime") or role in ("deployer", "GPAI model provider")
    if not (named or _OF_AI.search(reading.sentence)):
        return
    fits = _duties(reading, book)
    own = max((d for d in fits if role in d.roles), key=lambda d: d.covered, default=None)
    best = max(fits, key=lambda d: d.covered, default=None)
    no = bool(need_not) or (must is not None and denied(reading.text, must.start()))
    if own and best and own.covered >= _ENOUGH and own.covered >= best.covered - _OTHERS_LESS:
        stance = _stance(own.view, reading, no=no)
        evidence = [Weighed(own.view, stance)] if stance else []
    elif best and best.covered >= _ENOUGH + 0.05:
        evidence = [] if no else [Weighed(best.view, "against")]
    else:
        evidence = []
    subject = evidence[0].view.fact.subject if evidence else ""
    if found := finding("law/requires", f"{book.display(subject)}: who must do what", evidence, reading):
        yield found


def _role(text: str) -> str:
    """The role named first; the more exact name of a place counts."""
    found = [(m.start(), i, name) for i, (name, pattern) in enumerate(_ROLES) if (m := pattern.search(text))]
    return min(found)[2] if found else ""


def _duties(reading: Reading, book: FactBook) -> list[_Duty]:
    """Every duty in force, with the share of the claim's information that is in it."""
    book.warm()
    asked = frozenset(terms(reading.text)) - _EMPTY
    total = sum(book.idf(t) for t in asked)
    if len(asked) < 2 or not total:
        return []
    wider = {t: frozenset(expand((t,))) for t in asked}
    found: list[_Duty] = []
    for view in book.having("requires"):
        fact = view.fact
        words = frozenset(terms(f"{fact.statement} {fact.value} {' '.join(book.aliases.get(fact.subject, ()))}"))
        covered = sum(book.idf(t) for t in asked if wider[t] & words) / total
        roles = frozenset(r.strip() for r in fact.qualifiers.get("role", "").split(","))
        found.append(_Duty(view, covered, roles))
    return found


def _stance(view: FactView, reading: Reading, *, no: bool) -> Stance | None:
    said = [q for q in reading.quantities if q.unit in ("months", "days", "%", "EUR", "USD")]
    held = [q for q in quantities(view.fact.statement) if q.unit in ("months", "days", "%", "EUR", "USD")]
    stances = [_by_figure(q, held) for q in said]
    if "against" in stances:
        return "for" if no else "against"
    if any(s is None for s in stances) or _counts(reading.text) - _counts(view.fact.statement):
        return None
    return "against" if no else "for"


def _counts(text: str) -> set[str]:
    """Bare numbers of things ("three representatives"), which the duty must name as well."""
    return {m.lower() for m in _COUNT.findall(text)}


def _by_figure(said: Quantity, held: Sequence[Quantity]) -> Stance | None:
    """Periods are compared in days, since a month is written as weeks or days as well."""
    alike = [h for h in held if h.unit == said.unit or {h.unit, said.unit} == {"days", "months"}]
    if not alike:
        return None
    return "for" if any(agrees(_in_days(said), _in_days(h).value) for h in alike) else "against"


def _in_days(one: Quantity) -> Quantity:
    return replace(plainly(one), value=one.value * 30, unit="days") if one.unit == "months" else plainly(one)
