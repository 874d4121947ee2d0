"""What follows for whom: by role, article and date, as known on the day, and whether the option changes it.

use case -> which duties it meets -> their facts in force -> duties, the earliest first

Which duty a use case meets is decided here; what it says, where it stands and from when it applies are facts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from kb.decide.annex_iii import point_of
from kb.decide.book import Book, Facts, indexed, refs
from kb.decide.places import code, is_eu
from kb.decide.types import Duty, Group
from kb.decide.use_case import UseCase
from kb.facts.values import parse_date
from kb.types import FactView

_PROCESSED = (Group.CLOSED_API, Group.CLOSED_CLOUD, Group.MANAGED_OPEN, Group.DEDICATED_OPEN, Group.HYBRID)
_OPEN = (Group.MANAGED_OPEN, Group.DEDICATED_OPEN, Group.SELF_HOSTED, Group.ON_PREMISES, Group.HYBRID)
_ALL: tuple[Group, ...] = ()
_ACT = "duty:eu-ai-act/"
_HIGH_RISK = f"{_ACT}high-risk-annex-iii"

Test = Callable[[UseCase], bool | None]


@dataclass(frozen=True, slots=True)
class _Met:
    """A subject whose facts become duties when `test` holds; None: only if the Act reaches the asker."""

    subject: str
    test: Test
    fields: tuple[str, ...] = ("requires",)
    role: str = ""  # where the fact names none
    groups: tuple[Group, ...] = _ALL
    dated_by: str = ""  # the subject that dates it, where it has no date of its own
    key: str = ""  # only facts whose key ends so


# ---------------------------------------------------------------- whom the law reaches


def reaches_eu(use: UseCase) -> bool | None:
    """Whether the AI Act reaches the asker: seat, users or output in the Union, and not for military use alone."""
    if use.military_use:
        return False
    if use.eu_exposure is not None:
        return use.eu_exposure
    return True if use.eu_seat or is_eu(use.inference_in or "") else None


def _personal(use: UseCase) -> bool | None:
    """Personal data within reach of the GDPR."""
    if use.data_class not in ("personal", "special_category"):
        return False
    return reaches_eu(use)


def _generates(use: UseCase) -> bool | None:
    return reaches_eu(use) if use.task not in ("classify", "extract") else False


def _talks(use: UseCase) -> bool | None:
    return reaches_eu(use) if use.task in (None, "chat", "rag", "agent", "speech") else False


def _published(use: UseCase) -> bool | None:
    return reaches_eu(use) if use.task in ("creative", "vision", "speech") else False


def _high_risk(use: UseCase) -> bool | None:
    point, _ = point_of(use)
    return reaches_eu(use) if point else False


def _rights_assessed(use: UseCase) -> bool | None:
    """Article 27: public bodies, and those who score credit or price life and health insurance."""
    point, _ = point_of(use)
    return _high_risk(use) if point in ("5(b)", "5(c)") or use.sector == "public" else False


def _credit(use: UseCase) -> bool | None:
    return reaches_eu(use) if use.sector in ("finance", "credit") and point_of(use)[0] is None else False


def _triage(use: UseCase) -> bool | None:
    return reaches_eu(use) if use.sector == "health" else False


def _tuned(use: UseCase) -> bool | None:
    return reaches_eu(use) if use.customisation in ("full", "distil", "lora") else False


def _financial(use: UseCase) -> bool | None:
    return reaches_eu(use) if use.sector in ("finance", "credit") else False


def _sold(use: UseCase) -> bool | None:
    return reaches_eu(use) if use.distribution not in (None, "internal") else False


def _placed(use: UseCase) -> bool | None:
    return reaches_eu(use) if use.distribution in ("on_device", "redistribute") else False


def _military(use: UseCase) -> bool:
    return bool(use.military_use) or use.sector == "defence"


def _uk(use: UseCase) -> bool:
    return code(use.inference_in or "") == "uk"


def _uk_personal(use: UseCase) -> bool:
    return _uk(use) and use.data_class in ("personal", "special_category")


def _us_decisions(use: UseCase) -> bool:
    decides = use.sector in ("credit", "employment", "education", "health", "finance", "public")
    return decides and code(use.inference_in or "") == "us"


def _us(use: UseCase) -> bool:
    return code(use.inference_in or "") == "us"


def _act(slug: str, test: Test, role: str = "") -> _Met:
    return _Met(f"{_ACT}{slug}", test, role=role)


def _high(slug: str, test: Test = _high_risk, field: str = "requires", role: str = "") -> _Met:
    """A duty of high-risk systems: dated by them where it has no date of its own."""
    return _Met(f"{_ACT}{slug}", test, (field,), role, dated_by=_HIGH_RISK)


_DUTIES: tuple[_Met, ...] = (
    _Met("regime:eu-ai-act", _military, ("scope",), "whoever uses it for defence", key="scope/military"),
    _act("prohibitions", reaches_eu),
    _act("prohibitions-2026", reaches_eu, role="provider, deployer"),
    _act("ai-literacy", reaches_eu),
    _act("article-50-1", _talks),
    _act("article-50-2", _generates),
    _act("article-50-4", _published),
    _act("gpai", reaches_eu),
    _Met("rule:eu-ai-act/gpai-open-source", _high_risk, ("note",), "system provider", _OPEN, f"{_ACT}gpai",
         "note/customers"),
    _Met("rule:eu-ai-act/gpai-modifier", _tuned, ("consequence",), "downstream modifier", _OPEN, f"{_ACT}gpai"),
    _high("high-risk-provider"),
    _high("risk-management"),
    _high("data-governance"),
    _high("technical-documentation"),
    _high("logging"),
    _high("instructions"),
    _high("human-oversight"),
    _high("robustness"),
    _high("quality-management"),
    _high("conformity-assessment"),
    _high("registration"),
    _high("incident-reporting"),
    _high("value-chain-agreement"),
    _high("value-chain-agreement", field="exemption", role="supplier"),
    _high("high-risk-deployer"),
    _high("explanation"),
    _high("fria", _rights_assessed),
    _Met("rule:eu-ai-act/annex-iii-5b-credit-scoring", _credit, ("definition",), "if people's credit is scored",
         _ALL, _HIGH_RISK),
    _Met("rule:eu-ai-act/annex-iii-5d-emergency-triage", _triage, ("definition", "consequence"),
         "if emergency patients are triaged", _ALL, _HIGH_RISK),
    _Met("regime:gdpr", _personal, groups=_PROCESSED, key="requires/processor"),
    _Met("regime:gdpr", _personal, groups=_PROCESSED, key="requires/transfer"),
    _Met("regime:gdpr", _personal, key="requires/dpia"),
    _Met("regime:gdpr", _personal, key="requires/automated"),
    _Met("regime:dora", _financial, groups=_PROCESSED, key="requires/register"),
    _Met("regime:dora", _financial, key="requires/exit"),
    _Met("regime:dora", _financial, key="requires/concentration"),
    _Met("regime:dora", _financial, groups=_PROCESSED, key="requires/contract"),
    _Met("regime:mdr", _triage, ("scope",), "maker of a device"),
    _Met("regime:pld", _sold, ("scope",), "manufacturer", _ALL, "", "scope/software"),
    _Met("regime:cra", _placed, ("deadline",), "manufacturer"),
    _Met("regime:uk", _uk, ("status",), "operator in the United Kingdom"),
    _Met("regime:uk", _uk_personal),
    _Met("regime:us-co", _us_decisions, ("status",), "operator in Colorado"),
    _Met("regime:us-tx", _us, ("summary", "status"), "operator in Texas"),
)  # fmt: skip
_CONDITION = "If the EU is reached (seat, users or output there): "


def duties_for(use_case: UseCase, facts: Facts, *, as_of: date) -> tuple[Duty, ...]:
    """The duties that this use meets as known on `as_of`; those ahead carry their date, undated ones come last.

    Where it is not known whether the AI Act reaches the asker, its duties say so in front.
    """
    book = indexed(facts)
    found: dict[tuple[str, str, str], Duty] = {}
    for met in _DUTIES:
        held = met.test(use_case)
        if held is False:
            continue
        for duty in _of(book, met, use_case, as_of, _CONDITION if held is None else ""):
            found.setdefault((duty.role, duty.article, duty.says), duty)
    return tuple(sorted(found.values(), key=lambda d: (d.applies_from or date.max, d.article, d.says)))


def _of(book: Book, met: _Met, use: UseCase, as_of: date, condition: str) -> Iterator[Duty]:
    for field in met.fields:
        for view in book.views(met.subject, field):
            if met.key and not view.fact.key.endswith(met.key):
                continue
            dated = _dated(book, met, view, use, as_of)
            when = view.fact if field == "deadline" else dated.fact if dated else None
            yield Duty(
                role=view.fact.qualifiers.get("role") or met.role,
                says=f"{condition}{view.fact.statement}",
                article=view.fact.locator or book.name(met.subject),
                applies_from=parse_date(when.value) if when else None,
                groups=met.groups,
                refs=refs([view, dated]),
            )


def _dated(book: Book, met: _Met, view: FactView, use: UseCase, as_of: date) -> FactView | None:
    """The fact that says from when: the duty's own, of several the one for this use, else of what carries it."""
    for subject, field in (
        (met.subject, "applies_from"),
        (met.subject, "in_force_from"),
        (met.subject, "deadline"),
        (met.dated_by, "applies_from"),
    ):
        found = [v for v in book.views(subject, field) if _fits(v, use, as_of)] if subject else []
        if found:
            return min(found, key=lambda v: (v.fact.value, v.fact.key))
    return None


def _fits(view: FactView, use: UseCase, as_of: date) -> bool:
    """Annex I dates are for products; dates of systems already on the market are not for one yet to come."""
    said = view.fact.qualifiers
    if said.get("annex", "III") != "III":
        return False
    return "systems" not in said or said["systems"] == "new" or (use.go_live is not None and use.go_live < as_of)
