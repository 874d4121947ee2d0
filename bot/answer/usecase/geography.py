"""Places that a message names, by country: names, adjectives, cities, the regions of clouds.

Patterns list no places. A message is read once for them, and each mention is written over with a private character for
its country, as many times as the mention is long; `NAME` and `ADJECTIVE` match those characters, so that offsets stay.
Places of which any will do ("the EU or the UK") are one stretch, with the characters of each.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from kb.data_files import read_yaml

EU_MEMBERS = frozenset(
    [
        *("at", "be", "bg", "hr", "cy", "cz", "dk", "ee", "fi", "fr", "de", "gr", "hu", "ie", "it", "lv", "lt", "lu"),
        *("mt", "nl", "pl", "pt", "ro", "sk", "si", "es", "se"),
    ]
)
_REGIMES = frozenset({"uk", "us", "ch", "cn"})

# where the private characters of each kind begin; "EU", "UK" and the names of cities are both noun and adjective
_NOUN, _BOTH, _ADJECTIVE, _SIZE = 0xE000, 0xE200, 0xE400, 0x200
_NOUNS = f"[{chr(_NOUN)}-{chr(_ADJECTIVE - 1)}]+"
_ADJECTIVES = f"[{chr(_BOTH)}-{chr(_ADJECTIVE + _SIZE - 1)}]+"
# a pattern holds one of NAME and ADJECTIVE, once
NAME = rf"(?:the |(?-i:AWS|Azure|GCP|Google Cloud|Amazon) )?(?P<place>{_NOUNS})"
ADJECTIVE = rf"(?P<place>{_ADJECTIVES})(?:[- ]based)?"
ALSO_NAME, ALSO_ADJECTIVE = rf"(?:the )?{_NOUNS}", _ADJECTIVES  # beside another

_WORD = re.compile(r"[^\W_]+")
_MOST_WORDS = 5
_INSIDE_A_WORD = re.compile(r"(?:[-.@#_\\]|\bnon )$", re.IGNORECASE)
_ABBREVIATED = re.compile(r"\.[A-Za-z]$")  # the full stop after "U.S" is its own
_STARTS_A_SENTENCE = re.compile(r"(?:^|[.!?\n])\W*$")
_BASED = re.compile(r"[- ]based\b")
_A_TOWN_OF_IT = re.compile(r"(?:\b(?i:in|from|at|near|seat:|is) )((?:[A-Z][\w'.-]+ ?){1,3}), $")
_ANY_OF_THEM = re.compile(r"\s*/\s*|,? or (?:else )?(?:in )?(?:the |an? )?", re.IGNORECASE)
_LISTED = re.compile(r",\s*(?:in )?(?:the )?", re.IGNORECASE)
_SAME_NAME_ABROAD = frozenset({"us", "ca", "uk", "au"})  # "Cambridge, Massachusetts", "London, Ontario"


@dataclass(frozen=True, slots=True)
class Mention:
    """A place named in a text, and the country that it stands for."""

    start: int
    end: int
    code: str
    kind: int
    is_city: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """`written`: the only spelling that counts, or empty for any."""

    code: str
    kind: int
    written: str = ""
    is_city: bool = False


def mentions(text: str) -> list[Mention]:
    """The places in a text, the longest name at each word; "Valencia, Spain" is one."""
    words = [m.span() for m in _WORD.finditer(text)]
    found: list[Mention] = []
    for at, (start, _) in enumerate(words):
        if found and start < found[-1].end:
            continue
        one = _mention(text, words[at : at + _MOST_WORDS])
        if one is not None:
            found = _with(found, one, text)
    return found


def written_over(text: str) -> str:
    """The text with its places as private characters."""
    codes = _codes()
    for group in _any_of(text, mentions(text)):
        for one, end in zip(group, [*(o.start for o in group[1:]), group[-1].end], strict=True):
            text = text[: one.start] + chr(one.kind + codes.index(one.code)) * (end - one.start) + text[end:]
    return text


def code_of(marked: str) -> str:
    """The country of what `(?P<place>...)` matched; of several of which any will do, "de|fr"."""
    return together(*codes_in(marked))


def together(*codes: str) -> str:
    """Places of which any will do, as one: "de" and "fr|uk" are "de|fr|uk", a member state is within "eu"."""
    each = {one for code in codes for one in code.split("|")}
    return "|".join(sorted(c for c in each if c == "eu" or "eu" not in each or c not in EU_MEMBERS))


def codes_in(marked: str) -> list[str]:
    """The countries named in a stretch of text, in their order."""
    known = _codes()
    runs = re.finditer(rf"([{chr(_NOUN)}-{chr(_ADJECTIVE + _SIZE - 1)}])\1*", marked)
    return [known[(ord(m.group(1)) - _NOUN) % _SIZE] for m in runs]


def in_eu(code: str) -> bool:
    """Of several, whether all are."""
    return all(one == "eu" or one in EU_MEMBERS for one in code.split("|"))


def _any_of(text: str, places: Sequence[Mention]) -> list[list[Mention]]:
    """Places in groups: "Germany, France or Spain" is one, where all are nouns or all are adjectives."""
    groups: list[list[Mention]] = []
    for one in places:
        kinds = {o.kind for o in groups[-1]} | {one.kind} if groups else set()
        joint = text[groups[-1][-1].end : one.start] if groups else ""
        if groups and not {_NOUN, _ADJECTIVE} <= kinds and (_ANY_OF_THEM.fullmatch(joint) or _LISTED.fullmatch(joint)):
            groups[-1].append(one)
        else:
            groups.append([one])
    return [part for group in groups for part in _up_to_any(text, group)]


def _up_to_any(text: str, group: list[Mention]) -> list[list[Mention]]:
    """A list between commas is one of which any will do only up to its last "or"."""
    joints = [text[a.end : b.start] for a, b in pairwise(group)]
    last = next((at for at in range(len(joints), 0, -1) if _ANY_OF_THEM.fullmatch(joints[at - 1])), 0)
    return [group[: last + 1], *([one] for one in group[last + 1 :])]


def regime(code: str) -> str | None:
    return code if code in _REGIMES else None


def _mention(text: str, words: Sequence[tuple[int, int]]) -> Mention | None:
    start = words[0][0]
    known = _places()
    for _, end in reversed(words):
        said = text[start:end]
        place = known.get(said.lower())
        if place is None or (place.written and place.written != said):
            continue
        if _INSIDE_A_WORD.search(text[max(0, start - 5) : start]) or (
            text[start - 1 : start] == "/" and said.islower()
        ):
            return None  # "non-EU", "example.com/paris"; but "UK/US"
        if place.written and place.is_city and _STARTS_A_SENTENCE.search(text[:start]) and not _BASED.match(text, end):
            return None  # "Reading letters", "Split the load"
        end += bool(_ABBREVIATED.search(said)) and text[end : end + 1] == "."
        return Mention(start, end, place.code, place.kind, place.is_city)
    return None


def _with(found: list[Mention], one: Mention, text: str) -> list[Mention]:
    """`one` after the others: with the town that stands before its name, or the city that it tells apart."""
    if one.is_city or one.kind == _ADJECTIVE:
        return [*found, one]
    before = found[-1] if found else None
    if before and _tells_apart(text[before.end : one.start], before, one):
        return [*found[:-1], replace(one, start=before.start)]
    town = _A_TOWN_OF_IT.search(text, before.end if before else 0, one.start)
    return [*found, replace(one, start=town.start(1)) if town else one]


def _tells_apart(between: str, city: Mention, country: Mention) -> bool:
    """ "Valencia, Spain", "Cambridge (Massachusetts)"."""
    joined = city.is_city and between in (", ", " (", " in ", ", in ")
    return joined and (city.code == country.code or country.code in _SAME_NAME_ABROAD)


@cache
def _places() -> Mapping[str, _Place]:
    """Every spelling in small letters."""
    places: dict[str, _Place] = {}
    for code, names in _read("cities.yaml").items():
        places |= _spelt(code, _BOTH, _listed(names, "any_case"), is_city=True)
        places |= _spelt(code, _BOTH, _listed(names, "capitals"), is_city=True, as_written=True)
    for code, names in _read("places.yaml").items():
        places |= _spelt(code, _NOUN, names.get("names", []))
        places |= _spelt(code, _ADJECTIVE, names.get("adjectives", []))
        places |= _spelt(code, _ADJECTIVE, names.get("adjectives_in_capitals", []), as_written=True)
        places |= _spelt(code, _BOTH, names.get("both", []))
        places |= _spelt(code, _BOTH, names.get("capitals", []), as_written=True)
        places |= _spelt(code, _BOTH, names.get("clouds", []))
    return places


def _spelt(
    code: str, kind: int, names: Sequence[str], *, is_city: bool = False, as_written: bool = False
) -> dict[str, _Place]:
    return {name.lower(): _Place(code, kind, name if as_written else "", is_city) for name in names}


def _listed(names: Mapping[str, str], key: str) -> list[str]:
    return [name.strip() for name in names.get(key, "").split(",") if name.strip()]


@cache
def _codes() -> tuple[str, ...]:
    return tuple(sorted({place.code for place in _places().values()}))


def _read(name: str) -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = read_yaml(Path(__file__).with_name(name))
    return loaded
