"""What a question says of the asker's situation: flags, places, roles, activities, modalities, amounts. Pure."""

import re
from decimal import Decimal

from bot.answer.text import power_text
from bot.answer.values import Amount, UseCase

_FLAGS: dict[str, str] = {
    "air_gap": r"air[- ]?gap\w*|offline only|no internet|disconnected network|isolated network",
    "classified": r"\bclassified\b|\btop secret\b|\bsecret documents\b",
    "military": r"\bmilitary\b|\bdefen[cs]e\b|\barmy\b|\bnavy\b|\bweapons?\b|\bwarfare\b|\bmunitions?\b|\bsoldiers?\b",
    "personal_data": r"personal data|personally identifiable|\bPII\b|customer (?:mails?|emails?|data|records)|\bGDPR\b",
    "health": r"\bhospitals?\b|\bhealth(?:care)?\b|\bpatients?\b|\bmedical\b|\bclinic(?:al|s)?\b|\btriage\b",
    "finance": (r"\bbank(?:s|ing)?\b|\bfinancial\b|\binsur(?:er|ance)\w*\b|\bfintech\b|\bDORA\b|\bcredit "
        r"scor\w+|\bloan\w*"),
    "credit": r"\bcredit[- ](?:scor\w+|worth\w+)|\bloan\w*\b",
    "employment": r"\bCVs?\b|\bhiring\b|\brecruit\w*|\bjob applic\w+|\bemployee\w* (?:monitor|evaluat)\w*|\bHR\b",
    "education": r"\bschools?\b|\buniversit\w+|\bexams?\b|\bstudents?\b|\bpupils?\b",
    "public": r"\bgovernment\b|\bpublic (?:sector|authorit\w+|administration)\b|\bministry\b|\bmunicipal\w*",
    "legal": r"\blegal\b|\blaw firm\b|\bcontracts?\b(?! price)",
    "confidential": r"\bconfidential\b|\btrade secrets?\b|\bsensitive\b|\bproprietary (?:data|documents)\b",
    "prototype": r"\bprototyp\w+|\bpilot\b|\bproof of concept\b|\bPoC\b|\bMVP\b",
    "fine_tune": r"fine[- ]?tun\w+|\bLoRA\b|\badapt the weights\b",
    "full_fine_tune": r"fine[- ]?tun\w+ (?:it )?fully|full(?:y)? fine[- ]?tun\w+|continued pre[- ]?training",
    "distil": r"\bdistil\w*|train\w*\b[^.?!]{0,40}\b(?:on|from|with)\b[^.?!]{0,25}\boutputs?\b",
    "maas": (r"\bMaaS\b|model[- ]as[- ]a[- ]service|resell\w*|offer (?:it|the model) (?:to|as)|host(?:ing)? "
        r"(?:it|the model) for (?:others|customers|third)"),
    "redistribute": r"\bredistribut\w+|\bship (?:the )?weights\b|\bon[- ]device\b|\bembed (?:the )?weights\b",
    "self_host": r"self[- ]?host\w*|on[- ]?prem\w*|own (?:servers?|hardware|gpus?|data ?cent\w+)|in[- ]house",
    "small": (r"\bsmall (?:business|company|shop|team)\b|\bSMB\b|\bSME\b|\bstart-?up\b|\b\d{1,2}[- ](?:person|"
        r"people|employee)\b"),
    "agents": r"\bagents?\b|\bagentic\b",
    "coding": r"\bcod(?:e|ing)\b|\bprogramm\w+|\bdevelopers?\b",
    "chat": r"\bchat ?bots?\b|\bassistants?\b|\bQ&A\b|\bcustomer (?:service|support)\b",
    "summarise": r"\bsummar\w+",
    "extract": r"\bextract\w*\b|\bclassif(?:y|ication)\b|\brout(?:e|ing)\b",
    "generate_media": (r"\bdeep ?fakes?\b|\bgenerat\w+ (?:images?|videos?|audio)\b|\bsynthetic (?:images?|"
        r"media|content)\b"),
}  # fmt: skip

_PLACES: dict[str, str] = {
    "eu": r"\bEU\b|\bEurop\w+|\bFrance\b|\bFrench\b|\bGerman\w*|\bItal\w+|\bSpain\b|\bSpanish\b|"
    r"\bNetherlands\b|\bDutch\b|"
    r"\bIreland\b|\bIrish\b|\bPoland\b|\bPolish\b|\bSwed\w+|\bAustria\w*|\bBelgi\w+|\bPortug\w+|\bDenmark\b|\bDanish\b|"
    r"\bFinland\b|\bFinnish\b|\bGreece\b|\bGreek\b|\bCzech\w*|\bRomania\w*|\bHungar\w+|"
    r"\bParis\b|\bBerlin\b|\bMunich\b|\bMadrid\b",
    "uk": r"\bUK\b|\bU\.K\.|\bUnited Kingdom\b|\bBrit(?:ain|ish)\b|\bEngland\b|\bLondon\b|\bScot\w+\b",
    "us": r"\bUS\b|\bU\.S\.|\bUSA\b|\bUnited States\b|\bAmerican?\b",
    "us-co": r"\bColorado\b",
    "us-ca": r"\bCalifornia\w*\b",
    "us-ny": r"\bNew York\b",
    "us-tx": r"\bTex(?:as|an)\b",
    "cn": r"\bChin(?:a|ese)\b|\bPRC\b",
    "ch": r"\bSwitzerland\b|\bSwiss\b",
}

_ROLES: dict[str, str] = {
    "provider": r"\bproviders?\b|\bplac\w+ on the market\b|\bunder our (?:own )?name\b",
    "deployer": r"\bdeploy(?:er|ers|ing)\b",
    "importer": r"\bimporters?\b",
    "modifier": r"\bfine[- ]?tun\w+|\bmodif(?:y|ier|ication)\w*",
    "gpai_provider": r"\bGPAI\b|\bgeneral[- ]purpose\b|\bfoundation model provider\b",
}

_ACTIVITIES: dict[str, str] = {
    "output_training": (
        r"\btrain\w*\b[^.?!]{0,60}\boutputs?\b|\bdistil\w*|\bsynthetic data\b|"
        r"\boutputs?\b[^.?!]{0,30}\btrain\w*"
    ),
    "use_policy": r"\bmilitary\b|\bdefen[cs]e\b|\bweapons?\b|\bwarfare\b|\bmedical advice\b|\bsurveillance\b",
    "derivatives": (
        r"\bfine[- ]?tun\w+|\bmodif\w+|\bmerg(?:e|ing)\b|\bquanti[sz]\w+|\bredistribut\w+|"
        r"\bpublish\b|\bship\b"
    ),
    "attribution": (
        r"\battribut\w+|\bcredit\b|\brenam\w+|\bbrand\w*|\bdisplay\b|\bname (?:it|our|the)\b|"
        r"\bwhite[- ]?label\w*"
    ),
    "threshold": r"\bMAU\b|\busers\b|\brevenue\b|\bturnover\b|\bMaaS\b|\bresell\w*",
    "commercial_use": (
        r"\bcommercial\w*|\bin (?:our|a|the) (?:product|app|service|saas)\b|\bsell\w*\b|"
        r"\bmonetis\w+|\bpaid\b|\bcustomers?\b"
    ),
    "patent": r"\bpatents?\b",
}

_MODALITIES = {
    "audio": r"\baudio\b|\bvoice\b|\bspeech\b|\bspoken\b|\bcalls?\b(?= record)",
    "image": r"\bimages?\b|\bpictures?\b|\bphotos?\b|\bvision\b|\bscreenshots?\b|\bscans?\b",
    "video": r"\bvideos?\b",
}

_N = r"(\d[\d,]*(?:\.\d+)?)\s?(k|m|b|bn|thousand|million|billion)?"
_SCALES = {
    "": 1,
    "k": 10**3,
    "thousand": 10**3,
    "m": 10**6,
    "million": 10**6,
    "b": 10**9,
    "bn": 10**9,
    "billion": 10**9,
}
_MONEY = r"(?:[$€£]|USD ?|EUR ?)"
_SUM = rf"(?:{_MONEY}\s?)?{_N}\s*(?:(?:US )?dollars?|euros?|USD|EUR|pounds)?"
_SALES = r"(?:revenues?|turnover|sales|income)"


def _revenue(unit: str, adjective: str) -> tuple[str, ...]:
    """ "$30M/month revenue", "30 million dollars monthly revenue", "monthly revenue of 30M", "we make $30M a month"."""
    each = rf"(?:a|per|each|every|/) ?{unit}\b"
    return (
        rf"{_SUM}\s*(?:{each}|(?:of |in )?(?:{adjective}))[^.?!\d]{{0,14}}?{_SALES}",
        rf"(?:{adjective}) (?:\w+ ){{0,2}}?{_SALES}[^.?!\d$€£]{{0,20}}{_SUM}",
        rf"{_SALES}\b[^.?!\d$€£]{{0,25}}{_SUM}\s*{each}",
        rf"\b(?:make|makes|making|earn|earns|earning|gross|grosses|turn over)\b[^.?!\d$€£]{{0,15}}{_SUM}\s*{each}",
    )


_AMOUNTS: tuple[tuple[str, str], ...] = (
    ("mau", rf"{_N}[- ]?(?:MAUs?\b|monthly(?: active)? users|active users|users?\b)"),
    *(("revenue_month", pattern) for pattern in _revenue("month", "monthly")),
    *(("revenue_year", pattern) for pattern in _revenue("year", "annual|yearly|annually|ARR")),
    ("revenue_year", rf"{_SUM}\s*(?:of |in )?(?:\w+ )?{_SALES}"),
    ("revenue_year", rf"{_SALES}\b[^.?!\d$€£]{{0,20}}{_MONEY}\s?{_N}"),
    ("revenue_year", rf"{_SALES}\b(?: is| of|:)?(?: about| over| some)? {_N}(?= (?:dollars|euros|USD|EUR))"),
    ("requests_month", (rf"{_N}\s*(?:requests?|questions?|queries|calls|docs?|documents|mails|messages)\s*(?:a|"
        rf"per|each|/)\s?month")),
    ("requests_day", (rf"{_N}\s*(?:requests?|questions?|queries|calls|docs?|documents|mails|messages)\s*(?:a|"
        rf"per|each|/)\s?day")),
    ("tokens_month", rf"{_N}\s*tokens?\s*(?:a|per|each|/)\s?month"),
    ("context_tokens", rf"{_N}[- ]?tokens?[- ](?:of )?context|context (?:window )?(?:of )?{_N}|{_N} context"),
    ("peak_factor", r"peak(?:[- ]to[- ]average)?(?: factor)?(?: is| of| =)? (\d+(?:\.\d+)?)()"),
    ("gpus", r"\b(\d{1,2})() ?(?:x|×)? ?(?:NVIDIA |AMD )?(?=(?:[A-Z]{1,2}\d{2,3}|MI\d{3}|RTX)\w*)"),
)  # fmt: skip
_SPENDS = re.compile(
    r"\b(?:pay\w*|costs?|budget\w*|spend\w*|bills?|rent\w*|prices?|cheap\w*|invoice\w*)\b", re.IGNORECASE
)
_MULTIPLES = (
    ("2", r"\bdoubl(?:es?|ed|ing)\b|\btwice\b"),
    ("3", r"\btripl(?:es?|ed|ing)\b|\bthree times\b"),
    ("4", r"\bquadrupl\w+\b|\bfour times\b"),
    ("0.5", r"\bhalv(?:es?|ed|ing)\b|\bhalf the (?:volume|traffic)\b"),
)


def _amount(match: re.Match[str]) -> Amount | None:
    groups = list(match.groups())
    pairs = [(groups[i], groups[i + 1]) for i in range(0, len(groups) - 1, 2)]
    for digits, scale in pairs:
        if digits:
            value = Decimal(digits.replace(",", "")) * _SCALES.get((scale or "").lower(), 1)
            return Amount(value, match.group().strip())
    return None


def _amounts(text: str) -> dict[str, Amount]:
    found: dict[str, Amount] = {}
    for key, pattern in _AMOUNTS:
        match = re.search(pattern, text, re.IGNORECASE)
        amount = _amount(match) if match else None
        if amount and key == "context_tokens" and amount.value < 1000:
            continue
        if amount and key not in found and not any(amount.words in a.words for a in found.values()):
            found[key] = amount
    bare = re.search(rf"{_MONEY}\s?{_N}\s*(?:a|per|each|every|/) ?month\b", text, re.IGNORECASE)
    if bare and "revenue_month" not in found and not _SPENDS.search(text):
        found["revenue_month"] = _amount(bare)  # type: ignore[assignment]
    for value, pattern in _MULTIPLES:
        match = re.search(pattern, text, re.IGNORECASE)
        if match:
            found["volume_factor"] = Amount(Decimal(value), match.group())
    times = re.search(r"\b(\d+(?:\.\d+)?)\s?(?:x|times)\b(?! ?[A-Z]\d)", text)
    if times and "volume_factor" not in found and re.search(r"volume|traffic|requests|load", text, re.IGNORECASE):
        found["volume_factor"] = Amount(Decimal(times.group(1)), times.group())
    return found


_CASED = frozenset({"us", "eu", "uk"})


def _found(table: dict[str, str], text: str) -> tuple[str, ...]:
    """Keys whose pattern occurs; "US" must be in capitals, for "us" is no place."""
    return tuple(
        k for k, p in table.items() if re.search(p, text, 0 if table is _PLACES and k in _CASED else re.IGNORECASE)
    )


def use_case(text: str) -> UseCase:
    """Read a question's situation. Only what is said counts; nothing is assumed."""
    text = power_text(text)
    return UseCase(
        flags=frozenset(_found(_FLAGS, text)),
        jurisdictions=_places(text),
        roles=_found(_ROLES, text),
        activities=_found(_ACTIVITIES, text),
        modalities=_found(_MODALITIES, text),
        amounts=_amounts(text),
    )


def _places(text: str) -> tuple[str, ...]:
    places = _found(_PLACES, text)
    lower = tuple(p for p, w in (("eu", r"\b(?:in|the) eu\b"), ("uk", r"\b(?:in the |our )uk\b")) if re.search(w, text))
    return tuple(dict.fromkeys(places + lower))


def merged(old: UseCase, new: UseCase) -> UseCase:
    """A follow-up adds to the case and overrides what it says anew."""
    return UseCase(
        flags=old.flags | new.flags,
        jurisdictions=tuple(dict.fromkeys(old.jurisdictions + new.jurisdictions)),
        roles=tuple(dict.fromkeys(old.roles + new.roles)),
        activities=new.activities or old.activities,
        modalities=tuple(dict.fromkeys(old.modalities + new.modalities)),
        amounts={**old.amounts, **new.amounts},
    )
