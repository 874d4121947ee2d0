"""What a question says of the asker's situation: flags, places, roles, activities, modalities, amounts. Pure."""

import re
from decimal import Decimal

from bot.answer.amounts import amounts_in
from bot.answer.text import power_text
from bot.answer.usecase import parse
from bot.answer.usecase.geography import in_eu, mentions
from bot.answer.values import Amount, UseCase
from kb.decide import use_case as weighed

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
    "maas": (r"\b(?:sell|offer|rent|expose|provid)\w*\b[^.?!]{0,40}\b"
        r"(?:as an? (?:API|service|endpoint)|hosted|API access)\b|"
        r"\bMaaS\b|model[- ]as[- ]a[- ]service|resell\w*|offer (?:it|the model) (?:to|as)|host(?:ing)? "
        r"(?:it|the model) for (?:others|customers|third)"),
    "redistribute": r"\b(?:hand|give|pass|deliver|send|share|distribut)\w*\b[^.?!]{0,30}\b(?:weights|checkpoint)\b|"
    r"\bredistribut\w+|\bship (?:the )?weights\b|\bon[- ]device\b|\bembed (?:the )?weights\b",
    "self_host": r"self[- ]?host\w*|on[- ]?prem\w*|own (?:servers?|hardware|gpus?|data ?cent\w+)|in[- ]house",
    "internal": r"\b(?:only |purely )?intern(?:al|ally)\b|\bown (?:staff|employees)\b|"
    r"\bfor (?:our )?(?:staff|employees|colleagues)\b",
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

# places that law is kept for, in the order of an answer; a state of the US is told apart where it has laws of its own
_JURISDICTIONS = (
    *("eu", "uk", "us", "us-co", "us-ca", "us-ny", "us-tx", "cn", "ch", "jp", "ca", "in", "br", "au", "kr", "sg", "no"),
    *("tr", "ae", "il", "mx", "nz", "za"),
)
_STATES: dict[str, str] = {
    "us-co": r"\bColorado\b",
    "us-ca": r"\bCaliforni",
    "us-ny": r"\bNew York\b",
    "us-tx": r"\bTex(?:as|an)\b",
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
        r"\bpublish\b|\bship\b|\b(?:hand|give|pass|deliver|send|share)\w*\b[^.?!]{0,30}\bweights\b"
    ),
    "attribution": (
        r"\b(?:show|put|state|mention|keep)\b[^.?!]{0,25}\b(?:name|notice|logo|badge)\b|"
        r"\bbuilt with\b|\battribut\w+|\bcredit\b|\brenam\w+|\bbrand\w*|\bdisplay\b|\bname (?:it|our|the)\b|"
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
_AMOUNTS: tuple[tuple[str, str], ...] = (
    ("requests_month", (rf"{_N}\s*(?:requests?|questions?|queries|calls|docs?|documents|mails|messages)\s*(?:a|"
        rf"per|each|/)\s?month")),
    ("requests_day", (rf"{_N}\s*(?:requests?|questions?|queries|calls|docs?|documents|mails|messages)\s*(?:a|"
        rf"per|each|/)\s?day")),
    ("tokens_month", rf"{_N}\s*tokens?\s*(?:a|per|each|/)\s?month"),
    ("context_tokens", rf"{_N}[- ]?tokens?[- ](?:of )?context|context (?:window )?(?:of )?{_N}|{_N} context"),
    ("peak_factor", r"peak(?:[- ]to[- ]average)?(?: factor)?(?: is| of| =)? (\d+(?:\.\d+)?)()"),
    ("gpus", r"\b(\d{1,2})() ?(?:x|×)? ?(?:NVIDIA |AMD )?(?=(?:[A-Z]{1,2}\d{2,3}|MI\d{3}|RTX)\w*)"),
)  # fmt: skip
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
    found: dict[str, Amount] = amounts_in(text)
    for key, pattern in _AMOUNTS:
        match = re.search(pattern, text, re.IGNORECASE)
        amount = _amount(match) if match else None
        if amount and key == "context_tokens" and amount.value < 1000:
            continue
        if amount and key not in found and not any(amount.words in a.words for a in found.values()):
            found[key] = amount
    for value, pattern in _MULTIPLES:
        match = re.search(pattern, text, re.IGNORECASE)
        if match:
            found["volume_factor"] = Amount(Decimal(value), match.group())
    times = re.search(r"\b(\d+(?:\.\d+)?)\s?(?:x|times)\b(?! ?[A-Z]\d)", text)
    if times and "volume_factor" not in found and re.search(r"volume|traffic|requests|load", text, re.IGNORECASE):
        found["volume_factor"] = Amount(Decimal(times.group(1)), times.group())
    return found


def _found(table: dict[str, str], text: str) -> tuple[str, ...]:
    """Keys whose pattern occurs; where case tells ("US" and "us") the pattern says so."""
    return tuple(k for k, p in table.items() if re.search(p, text, re.IGNORECASE))


def use_case(text: str) -> UseCase:
    """Read a question's situation. Only what is said counts; nothing is assumed."""
    text = power_text(text)
    told = parse(text)
    amounts = _amounts(text)
    volume = told.requests_per_month
    if volume and "mau" not in amounts and not amounts.keys() & {"requests_month", "requests_day"}:
        amounts["requests_month"] = Amount(Decimal(volume), told.origins["requests_per_month"].words)
    return UseCase(
        flags=frozenset(_found(_FLAGS, text)) | _told_flags(told),
        jurisdictions=tuple(dict.fromkeys([*_places(text), *(["eu"] if told.eu_seat else [])])),
        roles=_found(_ROLES, text),
        activities=_found(_ACTIVITIES, text),
        modalities=_found(_MODALITIES, text),
        amounts=amounts,
    )


_BY_POINT = {
    "1": "biometrics", "2": "critical_infrastructure", "3": "education", "4": "employment", "5(a)": "public",
    "5(b)": "credit", "5(c)": "insurance", "5(d)": "emergency", "6": "police", "7": "migration", "8": "justice",
}  # fmt: skip
ANNEX_FLAGS = tuple(f"annex-iii-{point.replace('(', '').replace(')', '')}" for point in _BY_POINT)


def _told_flags(told: weighed.UseCase) -> frozenset[str]:
    """What the parser of use cases read, as flags: the point of Annex III, the data's class, the team."""
    flags = set()
    if told.annex_iii:
        flags |= {f"annex-iii-{told.annex_iii.replace('(', '').replace(')', '')}", _BY_POINT.get(told.annex_iii, "")}
    if told.data_class == "public":
        flags.add("public_data")
    if told.mlops_fte is not None and told.mlops_fte == 0:
        flags.add("no_team")
    if told.distribution == "internal":
        flags.add("internal")
    if told.offers_model_as_a_service or told.distribution == "maas":
        flags.add("maas")
    return frozenset(flags - {""})


def _places(text: str) -> tuple[str, ...]:
    """Jurisdictions by the places that a text names, cities and adjectives among them."""
    named = {_jurisdiction(one.code, text[one.start : one.end]) for one in mentions(text)}
    return tuple(place for place in _JURISDICTIONS if place in named)


def _jurisdiction(code: str, said: str) -> str:
    state = next((state for state, p in _STATES.items() if re.search(p, said, re.IGNORECASE)), "")
    return state or ("eu" if in_eu(code) else code)


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
