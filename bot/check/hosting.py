"""Claims on where a vendor or host runs models, what it keeps, whose law reaches it, and whether it tunes. Pure."""

import re
from collections.abc import Iterator, Sequence

from bot.answer.book import FactBook
from bot.check.contract import Stance
from bot.check.held import finding
from bot.check.polarity import denied
from bot.check.said_of import genuine
from bot.check.values import Finding, Reading, Weighed
from kb.types import FactView

_I = re.IGNORECASE
_EU = re.compile(r"\b(?:EU|Europe(?:an)?(?: Union)?|France|Paris|Frankfurt|Union)\b")
_RUNS = re.compile(
    r"\b(?:inference|process(?:es|ed|ing)?|serv(?:es?|ed|ing)|host(?:s|ed|ing)?|runs?|endpoints?|regions?|"
    r"data ?cent\w+)\b",
    _I,
)
_OF_PEOPLE = re.compile(r"\b(?:users?|customers?|firms?|compan\w+)\b", _I)
_FIRMLY = re.compile(r"\b(?:always|guarantee\w*|by default|only|every|all|never)\b", _I)
_NONE_IN_EU = re.compile(r"\bno (?:EU|European)\b|\brun from China\b|\bruns in China\b", _I)
_KEEPS = re.compile(
    r"\b(?:zero[- ]data[- ]retention|zero retention|"
    r"(?:keeps?|stores?|retains?|logs?|saves?)\b(?= (?:no |any |your |the |our |all |customer)*"
    r"(?:prompts?|data|requests?|inputs?|generations?|logs)))",
    _I,
)
_NO_KEEPING = re.compile(r"\b(?:keeps?|stores?|retains?|logs?|saves?) no\b|\bzero[- ]", _I)
_REACH = re.compile(r"\bCLOUD Act\b")
_SAFE = re.compile(
    r"\b(?:out of|outside|beyond|safe|shielded|immune|exempt|protected|escapes?|avoids?|"
    r"not (?:subject|reach\w*|under|cover\w*))\b",
    _I,
)


def judge(reading: Reading, book: FactBook) -> Iterator[Finding]:
    houses = _houses(reading)
    if not houses:
        return
    for one in (_in_europe, _retention, _cloud_act):
        if found := one(reading, book, houses):
            yield found


def _houses(reading: Reading) -> list[str]:
    """The vendors and hosts named; a model's mention names none."""
    meant = genuine(reading) if reading.own else reading.mentions
    return list(dict.fromkeys(s for m in meant for s in m.subjects if s.startswith(("vendor:", "provider:"))))


def _in_europe(reading: Reading, book: FactBook, houses: Sequence[str]) -> Finding | None:
    said, runs = _EU.search(reading.text), _RUNS.search(reading.text)
    if not said or not runs or _REACH.search(reading.text) or _OF_PEOPLE.search(reading.text):
        return None
    no = denied(reading.text, runs.start()) or denied(reading.text, said.start())

    def stance(view: FactView) -> Stance:
        value = view.fact.value
        if value == "yes":
            return "against" if no else "for"
        if value == "no" and _NONE_IN_EU.search(view.fact.statement):
            return "for" if no else "against"
        return "against" if _FIRMLY.search(reading.text) and not no else "limits"

    evidence = [Weighed(v, stance(v)) for h in houses for v in book.of(h, "eu_inference")]
    return finding("vendor/eu_inference", f"{_names(houses, book)}: inference in the EU", evidence, reading)


def _retention(reading: Reading, book: FactBook, houses: Sequence[str]) -> Finding | None:
    said = _KEEPS.search(reading.text)
    if not said or reading.quantities_of("days", "months"):
        return None
    none = bool(_NO_KEEPING.search(said.group() + reading.text[said.end() : said.end() + 4])) or denied(
        reading.text, said.start()
    )

    def stance(view: FactView) -> Stance:
        if view.fact.value == "conditional":
            return "limits"
        return "for" if (view.fact.value == "yes") == none else "against"

    evidence = [Weighed(v, stance(v)) for h in houses for v in book.of(h, "no_retention")]
    return finding("vendor/no_retention", f"{_names(houses, book)}: what it keeps", evidence, reading)


def _cloud_act(reading: Reading, book: FactBook, houses: Sequence[str]) -> Finding | None:
    """Whom the CLOUD Act reaches: the topic is that of the general claim, which it goes before."""
    said = _REACH.search(reading.text)
    if not said:
        return None
    safe = bool(_SAFE.search(reading.text)) or denied(reading.text, said.start())
    views = [v for h in houses for v in book.of(h, "jurisdiction")]
    reached = [v for v in views if "CLOUD" in v.fact.value]
    clear = [v for v in views if v.fact.value == "EU operator"]
    evidence = [Weighed(v, "against" if safe else "for") for v in reached]
    evidence += [Weighed(v, "for" if safe else "against") for v in clear]
    others = [Weighed(v, "limits") for v in views if not reached and not clear]
    return finding("cloud-act/any", f"{_names(houses, book)}: reach of the CLOUD Act", evidence or others, reading)


def _names(houses: Sequence[str], book: FactBook) -> str:
    return ", ".join(dict.fromkeys(book.display(h) for h in houses))
