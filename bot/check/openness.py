"""Open, open source or closed, said of a named model: its weights, and for "open source" the OSI's word. Pure."""

import re
from collections.abc import Iterator

from bot.answer.book import FactBook
from bot.answer.values import Mention
from bot.check.contract import Stance
from bot.check.held import finding, flipped, held_against, names_of
from bot.check.said_of import genuine, itself
from bot.check.values import Finding, Reading, Weighed
from kb.types import FactView

_I = re.IGNORECASE
_OPEN_SOURCE = re.compile(r"\bopen[- ]?sourc\w+", _I)
_OPEN_WEIGHT = re.compile(
    r"\bopen[- ]?weights?\b|\bavailable (?:for|to) download\b|"
    r"\b(?:weights|it|model) (?:are|is|were|was)?\s?(?:\w+ )?(?:downloadable|publicly "
        r"available|freely "
    r"downloadable)|\b(?:publish|releas|open)\w*[^.]{0,25}\bweights\b|\bdownload\w* (?:the |its )?weights|"
    r"\b(?:can|may) be (?:freely )?(?:downloaded|self-hosted)|\bself-host\w*\b", _I
)  # fmt: skip
_CLOSED = re.compile(
    r"\bclosed(?:[- ](?:source|weights?|model))\b|\bproprietary\b|\bis closed\b|\bremains closed\b", _I
)
_OF_TOOLS = re.compile(r"\s*(?:software|tools?|code|agents?|communit\w*|projects?|librar\w*|frameworks?|AI\b|"
    r"CLI|prox\w*|sandbox\w*|engine|"
                       r"ecosystem|initiative|packages?|databases?|infrastructure|standards?|movement|"
                           r"protocol)", _I)  # fmt: skip
_CALLED = re.compile(
    r"^(?:[’']s)?\s*(?:,\s[\w ]{2,20},\s)?(?:weights |models? |family |families )?"
    r"(?:(?:is|are|was|were|remains?|ships?|comes?|has|have|became|goes|went|stays?)\b[^;:.]{0,60}|"
    r",\s(?:an?|the|which is|which are)\s[^,;:.]{0,40}|\(?\s*)$",
    _I,
)
_CALLS = re.compile(r"^[\s,]*(?:(?:large |language |foundation |AI |reasoning )*(?:models?|LLMs?|famil(?:y|"
    r"ies)|alternatives?|weights?|offerings?))?,?\s*"
                    r"(?:like|such as|including|of|for|called|named|those from)?\s*(?:the |those from the |"
                        r"those from )?(?:[\w.-]+,?\s(?:and|or|,)\s){0,3}$", _I)  # fmt: skip


def judge(reading: Reading, book: FactBook) -> Iterator[Finding]:
    if found := _openness(reading, book):
        yield found


def _openness(reading: Reading, book: FactBook) -> Finding | None:
    """Said of the very model: its weights, and for "open source" the OSI's word on its licence too."""
    source, weight, closed = (pattern.search(reading.text) for pattern in (_OPEN_SOURCE, _OPEN_WEIGHT, _CLOSED))
    word = source or weight or closed
    if not word or (closed and (source or weight)) or _OF_TOOLS.match(reading.text[word.end() :]):
        return None
    meant = (
        [m for m in genuine(reading) if itself(m, reading.text) and _is_called(m, word, reading.text)]
        if reading.own
        else _carried(reading, word)
    )
    groups = [g for m in meant if (g := _group(m, book))]
    if not groups or (not source and any(all(s.startswith("licence:") for s in m.subjects) for m in reading.own)):
        return None

    def test(view: FactView) -> Stance:
        fits = (view.fact.value == "closed") == bool(closed)
        return flipped("for" if fits else "against", reading, word.start())

    evidence = held_against(groups, book, ("openness",), test)
    define: tuple[str, ...] = ()
    if source and evidence and all(e.view.fact.value != "closed" for e in evidence):
        evidence = _by_definition(evidence, groups, book, reading, word.start())
        define = (
            "“Open source” by the OSI needs an approved licence, and for AI data information too; open "
            "weights need neither.",
        )
    return finding("model/openness", f"{names_of(groups, book)}: open or closed", evidence, reading, define)


def _carried(reading: Reading, word: re.Match[str]) -> list[Mention]:
    """ "..., and is open source": the clause begins with what is said of the one named before."""
    plain = re.match(
        r"(?:it |they )?(?:is|are|was|were|has|have|remains?|can|may)\b[\w\s,]{0,24}$", reading.text[: word.start()], _I
    )
    return list(reading.mentions) if plain or not reading.text[: word.start()].strip() else []


def _is_called(mention: Mention, word: re.Match[str], text: str) -> bool:
    """ "X is open-weight", "X, an open-source model", "open-source models like X", "the weights of X"."""
    if mention.end <= word.start():
        return bool(_CALLED.match(text[mention.end : word.start()]))
    return mention.start >= word.end() and bool(_CALLS.match(text[word.end() : mention.start]))


def _group(mention: Mention, book: FactBook) -> list[str]:
    """One version; of a family, where all of it is open or all closed, the two newest."""
    models = [s for s in mention.subjects if s.startswith("model:") and book.of(s, "openness")]
    if len(models) <= 1 or len({v.fact.value for m in models for v in book.of(m, "openness")}) != 1:
        return models if len(models) == 1 else []
    return sorted(models, key=lambda m: book.of(m, "openness")[0].fact.known_from)[-2:]


def _by_definition(
    evidence: list[Weighed], groups: list[list[str]], book: FactBook, reading: Reading, at: int
) -> list[Weighed]:
    licences = list(dict.fromkeys(lic for g in groups for m in g for lic in book.licences_of(m)))
    osi = [v for lic in licences for v in book.of(lic, "osi_approved")]
    failed = [v for v in osi if v.fact.value == "no"]
    known = [v for v in book.of("claim:open-source-ai-definition", "note") if " asks for " in v.fact.statement]
    if failed:
        approved = [
            Weighed(v, flipped("for", reading, at)) for v in osi if v.fact.value == "yes"
        ]  # of a family, some are
        return [
            *approved,
            *(Weighed(v, flipped("against", reading, at)) for v in failed),
            *(Weighed(e.view, "context") for e in evidence[:2]),
        ]
    return [*evidence, *(Weighed(v, "limits") for v in known[:1])]
