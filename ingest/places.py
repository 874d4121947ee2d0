"""Whose government, law or market a text is about. Pure: names of places, institutions and laws."""

import re

READ_CHARS = 600  # of the text: what an entry is about is said at its beginning

# Case is kept: "us" is no country, and "may" is no month here.
_NAMES = {
    "eu": r"EU|E\.U\.|European (?:Union|Commission|Parliament)|AI Office|AI Act|GDPR|Digital Omnibus|EDPB|ENISA",
    "us": r"U\.S\.?A?\.?|USA?|United States|American?|White House|Congress|Senat(?:e|ors?)|NIST|NTIA|CAISI|OSTP|FTC"
    r"|GSA|Pentagon|Department of (?:War|Defense|Energy|Commerce|State)|Secretary of War|DOW|federal government"
    r"|Federal [Gg]overnment|Governor \w+|Californian?|Colorado|Texas|New York State|Maryland|SB ?-?\d{1,4}"
    r"|RAISE Act|CMS Health",
    "uk": r"UK|U\.K\.|United Kingdom|Britain|British|GOV\.UK|AISI|AI Security Institute|Ofcom|ICO|NCSC|Bletchley",
    "cn": r"China|Chinese|CAC|Beijing",
    "ch": r"Switzerland|Swiss|FADP|FINMA",
    "ca": r"Canada|Canadian|Alberta|Montréal|Quebec",
    "au": r"Australian?|Sydney",
    "jp": r"Japan|Japanese|Tokyo",
    "kr": r"(?:South )?Korean?|Seoul",
    "in": r"Indian?",
    "sg": r"Singapore",
    "de": r"Germany|German|Deutschland|BaFin",
    "fr": r"France|French|CNIL",
    "it": r"Italy|Italian",
    "es": r"Spain|Spanish",
    "ie": r"Ireland|Irish",
    "il": r"Israeli?",
    "br": r"Brazil|Brazilian",
    "ae": r"UAE|United Arab Emirates",
    "rw": r"Rwandan?",
    "ee": r"Estonian?",
    "is": r"Iceland",
    "tw": r"Taiwan",
}
_PATTERNS = {code: re.compile(rf"(?<![\w.-])(?:{names})(?![\w-])") for code, names in _NAMES.items()}
_LANGUAGES = re.compile(
    r"\b(?:in|to|from|into|and) (?:German|French|Italian|Spanish|Japanese|Chinese|Korean)\b|\w+ languages?\b"
)


def places_in(title: str, text: str) -> tuple[str, ...]:
    """Countries by their two letters, or "eu"; a member state stands for itself alone."""
    said = _LANGUAGES.sub(" ", f"{title}\n{text[:READ_CHARS]}")
    return tuple(code for code, pattern in _PATTERNS.items() if pattern.search(said))
