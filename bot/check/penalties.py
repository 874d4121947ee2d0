"""Claims on what a breach costs: the sums and shares of the kind of breach that is meant. Pure."""

import re
from collections.abc import Iterator, Sequence

from bot.answer.book import FactBook
from bot.check.held import finding, flipped
from bot.check.quantities import Quantity, agrees, plainly, quantities
from bot.check.values import Finding, Reading, Weighed
from kb.types import FactView

_I = re.IGNORECASE
FINE = re.compile(
    r"\b(?:fin(?:e|es|ed)|penalt\w+|sanction\w*|costs? at most|(?:can|may|could) cost|punish\w*|breach\w*|"
    r"violat\w+|infring\w+)\b",
    _I,
)
_CEILING = re.compile(
    r"\b(?:can|may|could|might|up to|at most|maxim\w+|ceiling|reach\w*|limit\w*|cap(?:s|ped)?|provides? for|allows?|"
    r"punish\w*|threat\w*|faces?|risks?|liable|as much as|fines of|fined with|subject to)\b",
    _I,
)
# A kind of breach: the words of a claim, and those of the penalty on record.
_BREACHES: Sequence[tuple[re.Pattern[str], re.Pattern[str]]] = (
    (re.compile(r"\bprohibit\w*|\bban(?:s|ned)?\b|\bArticle 5\b|\bunacceptable\b|"
        r"\bforbidden\b", _I), re.compile(r"\bprohibition", _I)),
    (re.compile(r"\bgeneral[- ]purpose\b|\bGPAI\b|\bfoundation models?\b|\bmodel providers?\b", _I),
     re.compile(r"\bgeneral-purpose\b", _I)),
    (re.compile(r"\b(?:incorrect|wrong|false|misleading|incomplete) "
        r"information\b", _I), re.compile(r"\bmisleading information\b", _I)),
    (re.compile(r"\bhigh[- ]risk\b|\btransparency\b|\bArticle 50\b|\bdeployers?\b|\bimporters?\b|"
        r"\bdistributors?\b|\bother\b", _I),
     re.compile(r"\bArticle 99\(4\)[^.]*\(providers", _I)),
)  # fmt: skip


def judge(reading: Reading, book: FactBook) -> Iterator[Finding]:
    said = reading.quantities_of("EUR", "%", "USD")
    regimes = reading.regimes()
    if not said or not regimes or not FINE.search(reading.text) or not _CEILING.search(reading.text):
        return
    views = [v for r in regimes for s in _of_regime(r, book) for v in book.of(s, "penalty") if _sums(v)]
    kinds = [held for words, held in _BREACHES if words.search(reading.text)]
    meant = [v for v in views if any(kind.search(v.fact.statement) for kind in kinds)] if kinds else _highest(views)
    if kinds and not meant and len(views) == 1:
        meant = views
    define = ("Each kind of breach has its own ceiling; for small firms the lower of sum and share counts.",)
    fits = [v for v in meant if _all_in(said, v)]
    evidence = [
        Weighed(v, flipped("for" if v in fits else "against", reading, said[0].start)) for v in (fits or meant)[:2]
    ]
    if not kinds and not fits:
        evidence = [Weighed(v, "limits") for v in views if _all_in(said, v)][:1] or evidence
    about = f"{book.display(regimes[0])}: penalties"
    if found := finding("law/penalty", about, evidence, reading, define if "ai-act" in regimes[0] else ()):
        yield found


def _of_regime(regime: str, book: FactBook) -> list[str]:
    slug = regime.partition(":")[2]
    return [regime, *(s for s in book.subjects("duty:") if s.startswith(f"duty:{slug}/"))]


def _sums(view: FactView) -> list[Quantity]:
    return [q for q in quantities(f"{view.fact.value}. {view.fact.statement}") if q.unit in ("EUR", "%", "USD")]


def _highest(views: Sequence[FactView]) -> list[FactView]:
    """What a fine "can reach", of no breach in particular."""
    top = max((q.value for v in views for q in _sums(v)), default=None)
    return [v for v in views if any(q.value == top for q in _sums(v))]


def _all_in(said: Sequence[Quantity], view: FactView) -> bool:
    held = _sums(view)
    return all(any(h.unit == q.unit and agrees(plainly(q), h.value, exact=True) for h in held) for q in said)
