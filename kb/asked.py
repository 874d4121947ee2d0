"""What a question asks a search for, beside its words. Pure.

::

    question -> domains (law, licence, news) -> other words for what it says (thesaurus.yaml)
             -> provisions it names ("Annex III") -> names with a version ("V3.2")
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from kb.data_files import read_yaml
from kb.patterns import compiled

THESAURUS = Path(__file__).with_name("thesaurus.yaml")
Domain = Literal["law", "licence", "news"]

_LAW = re.compile(
    r"\b(?:must|oblig\w+|dut(?:y|ies)|mandatory|required?|legal(?:ly)?|illegal|unlawful|ban(?:s|ned)?|"
    r"forbidden|prohibit\w*|fines?|fined|penalt\w+|law|laws|lawful|regulation|AI Act|the Act|Act|EU|Brussels|"
    r"Commission|Articles?|Annex(?:es)?|recitals?|high[- ]risk|deployers?|providers?|regist(?:er|ry|ration)|"
    r"authorit\w+|sandbox\w*|conformity|notified|FRIA|DPIA|GDPR|compl(?:y|iance|iant)|omnibus|deadlines?|apply|"
    r"applies|watermark\w*|label\w*|disclos\w+|inform|tell|systemic|open[- ]source|oversight|logs?|"
    r"documentation|paperwork|in force|exempt\w*|grandfather\w*|enforce\w*)\b",
    re.IGNORECASE,
)
_LICENCE = re.compile(
    r"\b(?:licen[cs]\w+|terms|EULA|AUP|acceptable use|commercial(?:ly)?|non-?commercial|outputs?|"
    r"redistribut\w+|derivativ\w+|attribut\w+|copyleft|share-?alike|patents?|warrant\w+|liab\w+|indemn\w+|"
    r"sublicen\w+|trademarks?|royalt\w+|owns?|paid product|monthly active|MAU|Apache|MIT|GPL|BSD|CC[- ]BY\S*|"
    r"RAIL\S*|OpenRAIL\S*|CDLA\S*)\b",
    re.IGNORECASE,
)
_NEWS = re.compile(
    r"\b(?:releas\w+|launch\w*|announc\w+|introduc\w+|unveil\w*|ship(?:s|ped)?|pric(?:e|es|ed|ing)|costs?|"
    r"cheap\w*|funding|rais(?:ed|es)|valuation|acqui\w+|bought|partner\w*|deprecat\w+|retir\w+|end of life|EOL|"
    r"GA|beta|preview|benchmarks?|scores?|context window|parameters|open[- ]weights?|latest|newest|most recent|"
    r"strongest|news|blog|CEO|offices?|incident|outage|API|version|which model)\b",
    re.IGNORECASE,
)
_PROVISION = re.compile(
    r"\b(?P<kind>art(?:icle|\.)?|annex|recital|chapter|section|clause|§)\s*(?P<number>\d{1,3}[a-z]?|[IVXL]{1,5})\b",
    re.IGNORECASE,
)
_VERSIONED = re.compile(
    r"\b(?P<name>[A-Za-z][A-Za-z]+)(?P<gap>[-\s]?)(?P<mark>[vVkKrRmM]?)"
    r"(?P<version>\d{1,2}(?:\.\d{1,2})*)(?![\d.]*\d|[A-Za-z%])"
)
_NO_NAMES = frozenset(
    re.findall(
        r"\S+",
        "not against vs versus or only between until under within section article articles annex recital "
        "chapter clause regulation point points title paragraph page part version in of to by from than the "
        "and on at for since after before about over least most january february march april may june july "
        "august september october november december top first last iso no number step day days",
    )
)


@dataclass(frozen=True, slots=True)
class Versioned:
    """ "DeepSeek V3.2": the name in lower case, and its version without a mark."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Asked:
    """`also` are words that the thesaurus has for the question's; `provisions` are as `labels_of` writes them."""

    question: str
    domains: frozenset[Domain]
    also: tuple[str, ...] = ()
    provisions: frozenset[str] = frozenset()
    versions: tuple[Versioned, ...] = ()

    @property
    def also_text(self) -> str:
        return " ".join(self.also)


def asked(question: str) -> Asked:
    """Read a question."""
    domains = domains_of(question)
    return Asked(
        question=question,
        domains=domains,
        also=other_words(question),
        provisions=frozenset(provisions_in(question)),
        versions=tuple(dict.fromkeys(versions_in(question))),
    )


def domains_of(question: str) -> frozenset[Domain]:
    """What kind of text would answer; empty where nothing tells."""
    cues: dict[Domain, int] = {
        "law": len(_LAW.findall(question)),
        "licence": len(_LICENCE.findall(question)),
        "news": len(_NEWS.findall(question)),
    }
    most = max(cues.values())
    return frozenset(domain for domain, count in cues.items() if most and count == most)


def provisions_in(text: str) -> Iterable[str]:
    """ "article 50", "annex iii": what a text points to, in the order written."""
    for match in _PROVISION.finditer(text):
        kind = "article" if match["kind"].lower().startswith("art") else match["kind"].lower()
        yield f"{kind} {match['number'].lower()}"


def versions_in(text: str) -> Iterable[Versioned]:
    for match in _VERSIONED.finditer(text):
        name = match["name"].lower()
        plain = match["name"].islower() and match["mark"] not in ("", "v", "V") and match["gap"] == " "
        if name not in _NO_NAMES and not plain:  # "serve K2" is no version of "serve"
            yield Versioned(name, match["version"])


def other_words(question: str) -> tuple[str, ...]:
    """What the thesaurus has for a question, whatever its domain: a guess at that loses more than it gains."""
    return tuple(dict.fromkeys(means for said, means in _thesaurus() if said.search(question)))


def is_lay(word: str) -> bool:
    """Does the thesaurus explain it? Then a text need not carry it."""
    return any(said.fullmatch(word) for said, _ in _thesaurus())


@lru_cache(maxsize=1)
def _thesaurus() -> tuple[tuple[re.Pattern[str], str], ...]:
    raw = read_yaml(THESAURUS)
    entries = [entry for domain in raw.values() for entry in domain]
    return tuple((compiled(rf"(?<!\w)(?:{'|'.join(e['said'])})(?!\w)"), e["means"]) for e in entries)
