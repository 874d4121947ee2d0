"""Where inference runs and whose law reaches it: small questions about places and country codes.

A wish may name several places, any of which will do: "eu|uk". Every rule asks them of every option, so they are kept.
"""

from functools import cache

EU = frozenset(
    {
        "at", "be", "bg", "hr", "cy", "cz", "dk", "ee", "fi", "fr", "de", "gr", "hu", "ie", "it", "lv", "lt", "lu",
        "mt", "nl", "pl", "pt", "ro", "sk", "si", "es", "se",
    }
)  # fmt: skip
ANYWHERE = frozenset({"", "any", "anywhere", "none", "global", "world"})
OWN = "own"  # on the asker's own premises, wherever they are
EITHER = "|"
NAMES = {
    "eu": "the EU", "uk": "the United Kingdom", "us": "the United States", "cn": "China", "ch": "Switzerland",
    "at": "Austria", "be": "Belgium", "bg": "Bulgaria", "hr": "Croatia", "cy": "Cyprus", "cz": "Czechia",
    "dk": "Denmark", "ee": "Estonia", "fi": "Finland", "fr": "France", "de": "Germany", "gr": "Greece",
    "hu": "Hungary", "ie": "Ireland", "it": "Italy", "lv": "Latvia", "lt": "Lithuania", "lu": "Luxembourg",
    "mt": "Malta", "nl": "the Netherlands", "pl": "Poland", "pt": "Portugal", "ro": "Romania", "sk": "Slovakia",
    "si": "Slovenia", "es": "Spain", "se": "Sweden", "no": "Norway", "jp": "Japan", "kr": "South Korea",
    "ca": "Canada", "in": "India", "au": "Australia", "sg": "Singapore", "il": "Israel", "ae": "the UAE",
}  # fmt: skip
_SAME = {"gb": "uk", "europe": "eu", "eea": "eu", "usa": "us"}


@cache
def code(place: str) -> str:
    """One spelling for a place: "GB" is "uk"; for several, "UK|EU" is "eu|uk"."""
    return EITHER.join(dict.fromkeys(_SAME.get(one, one) for one in sorted(each(place)))) if place.strip() else ""


def each(place: str) -> tuple[str, ...]:
    """The places of a wish, one or several."""
    return tuple(one.strip() for one in place.lower().split(EITHER) if one.strip())


@cache
def named(place: str) -> str:
    return " or ".join(NAMES.get(one, one.upper()) for one in each(code(place)))


def is_eu(place: str) -> bool:
    """Of several, whether all are."""
    return bool(place) and all(one == "eu" or one in EU for one in each(code(place)))


@cache
def within(place: str, wanted: str) -> bool:
    """Whether what runs at `place` runs in `wanted`: France is in the EU, the EU is not all in France."""
    place = code(place)
    return any(place in (one, OWN) or (one == "eu" and place in EU) for one in each(code(wanted)))


def at_home(country: str, home: str) -> bool:
    """Whether an operator from `country` is under no law foreign to `home`."""
    return any(is_eu(country) if is_eu(one) else code(country) == one for one in each(code(home)))
