"""Where inference runs and whose law reaches it: small questions about places and country codes."""

EU = frozenset(
    {
        "at", "be", "bg", "hr", "cy", "cz", "dk", "ee", "fi", "fr", "de", "gr", "hu", "ie", "it", "lv", "lt", "lu",
        "mt", "nl", "pl", "pt", "ro", "sk", "si", "es", "se",
    }
)  # fmt: skip
ANYWHERE = frozenset({"", "any", "anywhere", "none", "global", "world"})
OWN = "own"  # on the asker's own premises, wherever they are
NAMES = {"eu": "the EU", "uk": "the United Kingdom", "us": "the United States", "cn": "China", "ch": "Switzerland"}
_SAME = {"gb": "uk", "europe": "eu", "eea": "eu", "usa": "us"}


def code(place: str) -> str:
    """One spelling for a place: "GB" is "uk"."""
    lowered = place.strip().lower()
    return _SAME.get(lowered, lowered)


def named(place: str) -> str:
    return NAMES.get(code(place), code(place).upper())


def is_eu(place: str) -> bool:
    return code(place) == "eu" or code(place) in EU


def within(place: str, wanted: str) -> bool:
    """Whether what runs at `place` runs in `wanted`: France is in the EU, the EU is not all in France."""
    place, wanted = code(place), code(wanted)
    return place in (wanted, OWN) or (wanted == "eu" and place in EU)


def at_home(country: str, home: str) -> bool:
    """Whether an operator from `country` is under no law foreign to `home`."""
    return is_eu(country) if is_eu(home) else code(country) == code(home)
