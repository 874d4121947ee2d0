"""Places that a message names, by country: names, adjectives, cities, the regions of clouds.

Patterns list no places. A message is read once for them, and each mention is written over with a private character for
its country, as many times as the mention is long; `NAME` and `ADJECTIVE` match those characters, so that offsets stay.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

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
    for one in mentions(text):
        mark = chr(one.kind + codes.index(one.code)) * (one.end - one.start)
        text = text[: one.start] + mark + text[one.end :]
    return text


def code_of(marked: str) -> str:
    """The country of what `(?P<place>...)` matched."""
    return _codes()[(ord(marked[0]) - _NOUN) % _SIZE]


def codes_in(marked: str) -> list[str]:
    """The countries named in a stretch of text, in their order."""
    return [code_of(m.group()) for m in re.finditer(rf"[{chr(_NOUN)}-{chr(_ADJECTIVE + _SIZE - 1)}]+", marked)]


def in_eu(code: str) -> bool:
    return code == "eu" or code in EU_MEMBERS


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
    loaded: Mapping[str, Any] = yaml.safe_load((files(__package__) / name).read_text("utf-8"))
    return loaded
