# ruff: noqa: E501 - one pattern a line
"""Places by name, adjective and city. A code of the EU's members counts as the EU where a law is meant."""

EU_MEMBERS = frozenset(
    [
        "at",
        "be",
        "bg",
        "hr",
        "cy",
        "cz",
        "dk",
        "ee",
        "fi",
        "fr",
        "de",
        "gr",
        "hu",
        "ie",
        "it",
        "lv",
        "lt",
        "lu",
        "mt",
        "nl",
        "pl",
        "pt",
        "ro",
        "sk",
        "si",
        "es",
        "se",
    ]
)
_REGIMES = frozenset({"uk", "us", "ch", "cn"})

# code: (names and cities, adjectives). Two-letter abbreviations only in capitals.
_PLACES: dict[str, tuple[str, str]] = {
    "eu": (r"(?:the )?(?:(?-i:EU|E\.U\.|EEA)\b(?!-)|European (?:Union|Economic Area)|Europe\b)|the eu\b", r"(?-i:EU)(?:-based)?|European"),
    "uk": (r"(?:the )?(?:(?-i:UK|U\.K\.)|United Kingdom|Great Britain|Britain|England|Scotland|Wales|London|Leeds|Manchester|Edinburgh)", r"(?-i:UK)(?:-based)?|British|English|Scottish|Welsh"),
    "us": (r"(?:the )?(?:(?-i:USA?|U\.S\.A?\.?)\b(?!-)|United States|America\b|California|Texas|New York|Boston|San Francisco|Seattle|Chicago)", r"(?-i:USA?|U\.S\.)(?:-based)?(?!-east|-west)|American|Californian|Texan"),
    "ch": (r"Switzerland|Zurich|Zürich|Geneva|Basel|Bern\b", r"Swiss"),
    "cn": (r"(?:mainland )?China\b|(?:the )?(?-i:PRC)\b|Beijing|Shanghai|Shenzhen", r"Chinese|(?-i:PRC)"),
    "at": (r"Austria|Vienna", r"Austrian"),
    "be": (r"Belgium|Brussels|Antwerp|Ghent", r"Belgian"),
    "bg": (r"Bulgaria|Sofia", r"Bulgarian"),
    "hr": (r"Croatia|Zagreb", r"Croatian"),
    "cy": (r"Cyprus", r"Cypriot"),
    "cz": (r"Czechia|Czech Republic|Prague", r"Czech"),
    "dk": (r"Denmark|Copenhagen", r"Danish"),
    "ee": (r"Estonia|Tallinn", r"Estonian"),
    "fi": (r"Finland|Helsinki", r"Finnish"),
    "fr": (r"France|Paris|Lyon|Marseille|Toulouse", r"French"),
    "de": (r"Germany|Berlin|Munich|Frankfurt|Hamburg|Bavaria|Cologne|Ulm|Leipzig|Dresden|Stuttgart", r"German"),
    "gr": (r"Greece|Athens", r"Greek"),
    "hu": (r"Hungary|Budapest", r"Hungarian"),
    "ie": (r"(?<!Northern )Ireland|Dublin", r"Irish"),
    "it": (r"Italy|Rome|Milan|Turin", r"Italian"),
    "lv": (r"Latvia|Riga", r"Latvian"),
    "lt": (r"Lithuania|Vilnius", r"Lithuanian"),
    "lu": (r"Luxembourg", r"Luxembourgish"),
    "mt": (r"Malta", r"Maltese"),
    "nl": (r"(?:the )?Netherlands|Holland|Amsterdam|Rotterdam|The Hague", r"Dutch"),
    "pl": (r"Poland|Warsaw|Krak[oó]w", r"Polish"),
    "pt": (r"Portugal|Lisbon|Porto\b", r"Portuguese"),
    "ro": (r"Romania|Bucharest", r"Romanian"),
    "sk": (r"Slovakia|Bratislava", r"Slovak(?:ian)?"),
    "si": (r"Slovenia|Ljubljana", r"Slovenian"),
    "es": (r"Spain|Madrid|Barcelona", r"Spanish|Catalan"),
    "se": (r"Sweden|Stockholm|Gothenburg", r"Swedish"),
    "no": (r"Norway|Oslo", r"Norwegian"),
    "jp": (r"Japan|Tokyo|Osaka", r"Japanese"),
    "ca": (r"Canada|Toronto|Montr[eé]al|Vancouver", r"Canadian"),
    "in": (r"India\b|Mumbai|Bangalore|Bengaluru|Delhi", r"Indian"),
    "au": (r"Australia|Sydney|Melbourne", r"Australian"),
    "sg": (r"Singapore", r"Singaporean"),
    "kr": (r"South Korea|Korea\b|Seoul", r"Korean"),
    "br": (r"Brazil|S[aã]o Paulo", r"Brazilian"),
    "ru": (r"Russia\b|Moscow", r"Russian"),
    "il": (r"Israel|Tel Aviv", r"Israeli"),
    "tw": (r"Taiwan|Taipei", r"Taiwanese"),
    "ae": (r"(?:the )?(?:United Arab Emirates|(?-i:UAE))|Dubai|Abu Dhabi", r"Emirati"),
}  # fmt: skip


def _groups(column: int, prefix: str) -> str:
    return "|".join(rf"(?P<{prefix}_{code}>{place[column]})" for code, place in _PLACES.items())


NAME = rf"\b(?:{_groups(0, 'n')})(?<!-)(?!\w)"  # at most once in a pattern
ADJECTIVE = rf"\b(?:{_groups(1, 'a')})(?!\w)"


def code_of(groups: dict[str, str | None]) -> str:
    """The place that NAME or ADJECTIVE matched."""
    return next(key[2:] for key, said in groups.items() if said and key[:2] in ("n_", "a_", "m_"))


def in_eu(code: str) -> bool:
    return code == "eu" or code in EU_MEMBERS


def regime(code: str) -> str | None:
    return code if code in _REGIMES else None
