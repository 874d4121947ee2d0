"""Licences of models ("X is released under the MIT License") and the thresholds that licences set."""

import re
from collections.abc import Iterator, Sequence

from ingest.propose.doubt import compared
from ingest.propose.found import Found, Reading
from ingest.propose.names import Mention

_NAMED = re.compile(r"licen[cs]e|apache|\bMIT\b|\bCC\b|\bunder\b|openrail|openmdw", re.IGNORECASE)
_UNDER = re.compile(r"\bunder (?:the |an? |its )?(?:permissive |open[- ]source )?$", re.IGNORECASE)
_GIVEN = re.compile(
    r"\b(?:released?|releasing|available|licen[cs]ed|open-sourc(?:ed|ing)|open sourced|published|publish|ships?|comes|"
    r"distributed|offered|provided|is|are)\b",
    re.IGNORECASE,
)
_OTHER_THING = re.compile(r"\b(?:code|examples?|datasets?|library|sdk|cookbook|demos?|repo(?:sitory)?|tools?|framework|"
                          r"app|docs?|documentation|plugins?|paper)\b", re.IGNORECASE)  # fmt: skip
_ONLY = re.compile(r"^[\s:,.]*(?:licen[cs]e[d]?)?[\s.,!]*$", re.IGNORECASE)
_THRESHOLD = re.compile(
    r"(?:(?P<money>(?:US)?\$|USD )\s?)?(?P<number>\d[\d,.]*) (?P<scale>million|billion) (?P<of>monthly active users|"
    r"(?:in |of |USD in )?(?P<period>monthly|annual|yearly) (?:revenues?|turnover))",
    re.IGNORECASE,
)
_SETS = re.compile(
    r"\b(?:more than|exceed\w*|over|above|threshold|limit|at least|greater than|beyond)\b", re.IGNORECASE
)


def licences(reading: Reading) -> Iterator[Found]:
    if not _NAMED.search(reading.text) or reading.doubt:
        return
    given = reading.names.find(reading.text, "licence")
    if len({mention.subjects for mention in given}) != 1 or len(given[0].subjects) != 1:
        return
    for model in _models_under(reading, given[0]):
        slug = given[0].subject.partition(":")[2]
        yield Found(
            kind="licence",
            subject=model.subject,
            field="licence",
            value=slug,
            statement=f"{model.text} is published under {given[0].text}, {reading.says()}.",
        )


def _models_under(reading: Reading, licence: Mention) -> Sequence[Mention]:
    before = reading.text[: licence.start]
    outside = [m for m in reading.models if not licence.start <= m.start < licence.end]
    if _UNDER.search(before):
        ahead = [m for m in outside if m.end <= licence.start]
        if not ahead:
            verb = re.match(r"(?:now )?(?:released|available|licensed|published|open-sourced) under\b", before, re.I)
            return _titled(reading) if verb else ()
        together = _coordinated(reading, ahead)
        between = reading.text[together[-1].end : licence.start]
        if _GIVEN.search(reading.text[: licence.start]) and not _OTHER_THING.search(before) and _one_clause(between):
            return together
        return ()
    bare = not before.strip(" ,.:") and _ONLY.match(reading.text[licence.end :])
    if bare and reading.sentence.place == "text":
        return _titled(reading)
    if len(outside) == 1 and reading.text[outside[0].end : licence.start].strip() == ":" and outside[0].start == 0:
        return outside
    return ()


def _titled(reading: Reading) -> Sequence[Mention]:
    """What the item is about, if its title says so and names one model only."""
    titled = reading.title_models
    return titled if len({mention.subjects for mention in titled}) == 1 else ()


def _coordinated(reading: Reading, ahead: Sequence[Mention]) -> Sequence[Mention]:
    """The last model before the licence, with those joined to it by "and"."""
    kept = [ahead[-1]]
    if compared(reading.text):
        return kept
    for mention in reversed(ahead[:-1]):
        if not re.fullmatch(r"\s*(?:,|and|&|, and)\s*", reading.text[mention.end : kept[0].start]):
            break
        kept.insert(0, mention)
    return kept


def _one_clause(between: str) -> bool:
    """No second subject between the name and its licence."""
    return not re.search(r"[;:]|\b(?:but|while|whereas|which was|its|their|trained on|built on|based on)\b", between)


def thresholds(reading: Reading) -> Iterator[Found]:
    if not _SETS.search(reading.text) or reading.doubt:
        return
    amounts = list(_THRESHOLD.finditer(reading.text))
    if len(amounts) != 1:
        return
    given = [m for m in reading.names.find(reading.text, "licence") if len(m.subjects) == 1]
    if len({mention.subject for mention in given}) != 1:
        return
    value = _amount(amounts[0])
    if value:
        yield Found(
            kind="threshold",
            subject=given[0].subject,
            field="threshold",
            value=value,
            statement=f"{given[0].text} sets a threshold of {value}, {reading.says()}.",
        )


def _amount(match: re.Match[str]) -> str | None:
    number, scale = match["number"].rstrip(".,"), match["scale"].lower()
    if not match["period"]:
        return None if match["money"] else f"{number} {scale} monthly active users"
    period = "annual" if match["period"].lower() == "yearly" else match["period"].lower()
    return f"{number} {scale} USD {period} revenue" if match["money"] else None
