# ruff: noqa: E501 - one pattern a line
"""Where: the asker's seat, the places of its customers, and where data and inference must stay."""

import re
from dataclasses import replace

from bot.answer.usecase.found import Act, Found, Rule, apply, found
from bot.answer.usecase.geography import ADJECTIVE, NAME, code_of, in_eu, regime
from bot.answer.usecase.reading import Text

_WHO = (
    r"(?:bank|insurer|insurance (?:company|group|broker)|company|firm|start-?up|scale-?up|hospital|clinic|universit(?:y|ies)|ministry|"
    r"municipality|charity|shop|agency|lab(?:oratory)?|manufacturer|retailer|studio|broker|institution|utility|school|council|authority|"
    r"publisher|SME|business|organi[sz]ation|fintech|group|cooperative|NGO|foundation|hospital group|research institute|telco|airline|"
    r"carmaker|developer|consultancy|regulator|court|city|government|bakery|brewery|newspaper|broadcaster|pharmacy|pension fund|fund)"
)
_PEOPLE = (
    r"(?:customers?|users?|clients?|donors?|consumers?|patients?|subscribers?|buyers?|visitors?|citizens|policy ?holders?|shoppers?|"
    r"market|subsidiar(?:y|ies)|branch(?:es)?|readers?|players?)"
)
_SEATS = (
    rf"{ADJECTIVE}(?!-speaking)(?:\s+[a-z][\w&-]*){{0,3}}?\s+{_WHO}\b(?! (?:models?|cloud|API))",
    rf"\b{_WHO}\b(?:\s+(?:group|trust|chain|association|office))?\s*,?\s+(?:based |seated |located |headquartered )?(?:in|from|out of)\s+{NAME}",
    rf"\b(?:we're|we are|I run|I work (?:at|for)|for) an? (?:(?!model|server|region|cloud|data|customer|user|client|market|host|API|machine)[\w-]+\s+){{1,3}}?in\s+{NAME}",
    rf"\b(?:based|headquartered|seated|incorporated|established|registered|sits|located)\s+in\s+{NAME}",
    rf"\b[Ww]e(?:'re| are)(?: a| an| not)?(?: based)? (?:in|from)\s+{NAME}",
)
_MARKETS = (
    rf"\b{_PEOPLE}\b(?:\s+(?:are|is|live|sit|come|all over|across|mostly|mainly|also))*\s+(?:in|from|across|all over|throughout|within)\s+(?:all of )?{NAME}",
    rf"{ADJECTIVE}(?!-)\s+(?:[a-z]+\s+)?{_PEOPLE}\b",
    rf"\b(?:sell|selling|launch|launching|expand\w*|offer (?:it|this))\s+(?:it\s+)?(?:in|into|to|across)\s+{NAME}",
)
_SELLING_TO = rf"\b(?:sell|selling|launch|launching|expand\w*)\b[^.;?!]{{0,40}}?\b(?:and|,)\s+{NAME}"
_STAY = (
    rf"\b(?:stay|stays|remain|remains|kept|keep|live|hosted|host it|processed|run|runs|happen|take place|stored and processed)\s+(?:with)?in(?:side)?\s+(?P<region>a region of )?{NAME}",
    rf"\b(?:hosting|inference|processing|residency|data residency|servers)\s*(?:must be |has to be |should be )?(?:in|within|inside|:)\s*{NAME}",
    rf"{ADJECTIVE}[- ](?:only )?(?:data[- ])?(?:hosting|residency|inference|processing)\b",
    rf"\bonly (?:in )?{ADJECTIVE} (?:regions?|data ?cent(?:re|er)s?|servers)\b|\b{ADJECTIVE.replace('?P<a_', '?P<m_')} (?:regions?|data ?cent(?:re|er)s?|servers) only\b",
    rf"\bkeep(?:ing)?\s+[^.,;?!]{{1,40}}?\s(?:in|inside|within)\s+{NAME}",
    rf"{NAME}\s+only(?=\s*(?:please\b|[.?!]|$))",
    rf"\bin\s+{NAME}\s+only\b|\bonly in\s+{NAME.replace('?P<n_', '?P<m_')}",
)
_LEAVE = rf"\b(?:leave|leaving|exit|sent out of|transferred out of|moved out of|outside(?: of)?)\s+{NAME}"
_FORBIDS = r"\b(?:not|never|cannot|can't|mustn't|nothing|no|forbidden|prohibited|banned|excluded|ruled out|not allowed|without)\b|n't\b"
_WISH = r"\b(?:must|has to|have to|had to|needs? to|required?|only|stays?|should|everything|all|mandatory|residency|keep|kept|hosting|hosted|inference|host)\b"
_FREE = r"\b(?:not required|not needed|no longer|may|can|could|fine|ok|okay|allowed|is acceptable|nice|does(?:n't| not) (?:have|need)|did(?:n't| not) (?:have|need)|no need|need not)\b"
_RULES = (
    Rule(name="air_gap", value=True, negated=False, pattern=r"\bair[- ]?gap\w*"),
    Rule(name="air_gap", value=True, sure=True, pattern=r"\b(?:no|without(?: any)?|has no|cut off from the) (?:connection to the |access to the )?internet(?: connection| access)?\b(?! search)|\b(?:isolated|disconnected|offline) (?:network|environment|machine)s?\b|\bfully offline\b"),
    Rule(name="on_premises", value=True, negated=False, pattern=r"\b(?:on[- ]prem(?:ises?)?\b|(?:in|on|at) our (?:own )?(?:premises|data ?cent(?:re|er)s?|server room|basement|site)\b|on our own (?:servers|hardware)\b(?! (?:is|are|would be) (?:fine|ok)))"),
    Rule(name="on_premises", value=True, sure=True, pattern=r"\bno (?:public )?cloud\b(?! act| vendor)|\brefuses? (?:any|every|the) cloud\b|\bcloud is (?:not allowed|forbidden|excluded|out)\b|\bnothing in the cloud\b|\b(?:nothing|no (?:\w+ )?data|never|not)(?: \w+)? leaves? our (?:own )?(?:premises|buildings?|data ?cent(?:re|er)s?|network|servers|site|house)\b"),
    Rule(name="no_foreign_jurisdiction", value=True, sure=True, pattern=r"\b(?:not|never|no|avoid|outside|out of|beyond|free (?:of|from)|safe from|without|immune to|protected from)\b[^.;?!]{0,40}\bCLOUD Act\b|\bCLOUD Act[- ](?:proof|free|safe|immune)\b"),
    Rule(name="no_foreign_jurisdiction", value=True, sure=True, pattern=r"\b(?:no|not under|outside|without|free of)(?: any)? (?:(?-i:US)|U\.S\.|American|foreign|non-(?:EU|European)) jurisdiction\b|\bnot (?:be |fall )?(?:subject to|under|governed by) (?:foreign|(?-i:US)|U\.S\.|American|non-EU) law\b"),
    Rule(name="no_foreign_jurisdiction", value=True, sure=True, pattern=r"\bonly (?:by )?(?:EU|European)(?:[- ](?:owned|operated|controlled))? (?:operators?|providers?|hosts?|companies)\b|\b(?:EU|European)(?:[- ](?:owned|operated|controlled))? (?:operators?|providers?|hosts?|companies) only\b|\bonly (?:EU|European)-owned\b"),
)  # fmt: skip


def flags(text: Text) -> list[Found]:
    return apply(_RULES, text)


def seat(text: Text) -> list[Found]:
    """The company's own place; an EU seat brings the AI Act with it."""
    results: list[Found] = []
    for pattern in _SEATS:
        for match in text.finditer(pattern):
            if not text.general(match.start()) and not text.of_others(match.start()) and not _another(text, match):
                denied = text.negated(match.start(), match.end()) or " not " in match.group()
                results += _seat(text, match, denied=denied)
    return results


def _seat(text: Text, match: re.Match[str], *, denied: bool) -> list[Found]:
    code = code_of(match.groupdict())
    span = match.span()
    if denied:
        return [found(text, "eu_seat", False, span)] if code == "eu" else []
    results = [found(text, "eu_seat", in_eu(code), span)]
    if in_eu(code):
        results.append(replace(found(text, "eu_exposure", True, span), derived=True))
    if regime(code):
        results.append(found(text, "regimes", frozenset({code}), span))
    return results


def _another(text: Text, match: re.Match[str]) -> bool:
    """ "The vendor is a French company" says nothing of the asker."""
    before = text.before(match.start())
    if re.search(
        r"\b(?:subsidiary|branch|arm|part|owned|belongs?|daughter) (?:of|by|to) (?:an?|the)\s+$", before, re.I
    ):
        return True
    is_a = re.search(r"\b(?:is|are|was|were) an?\s+(?:[a-z]+\s+)*$", before, re.I)
    return bool(is_a) and not re.search(r"\b(?:we|I|our (?:company|firm|client|group|employer))\b", before, re.I)


def markets(text: Text) -> list[Found]:
    """Where customers are: EU exposure, and the other regimes that bear on it."""
    results: list[Found] = []
    for pattern in (*_MARKETS, _SELLING_TO):
        for match in text.finditer(pattern):
            if text.general(match.start()):
                continue
            also = re.match(rf"\s*(?:,|and|or)\s+(?:in |to )?{NAME}", text.plain[match.end() :], re.I)
            for code in (code_of(m.groupdict()) for m in (match, also) if m):
                results += _market(text, match, code)
    return results + _nobody_there(text)


def _market(text: Text, match: re.Match[str], code: str) -> list[Found]:
    denied = text.negated(match.start(), match.end())
    if in_eu(code) and not (denied and code != "eu"):
        return [found(text, "eu_exposure", not denied, match.span())]
    if regime(code) and not denied:
        return [found(text, "regimes", frozenset({code}), match.span())]
    return []


def _nobody_there(text: Text) -> list[Found]:
    """ "not in the EU and have no users there": the place is the one just named."""
    results = []
    for match in text.finditer(rf"\bno (?:[a-z]+ )?{_PEOPLE} there\b|\bnothing in the EU\b"):
        before = text.plain[text.sentence(match.start())[0] : match.end()]
        places = [code_of(m.groupdict()) for m in re.finditer(NAME, before, re.I)]
        if places and places[-1] == "eu":
            results.append(found(text, "eu_exposure", False, match.span()))
    return results


def residency(text: Text) -> list[Found]:
    """Where inference must run: "must stay in", "may not leave", "hosted in"; "may leave" makes it unknown again."""
    results: list[Found] = []
    for pattern in _STAY:
        for match in text.finditer(pattern):
            results += _stay(text, match)
    for match in text.finditer(_LEAVE):
        results += _leave(text, match)
    return results


def _code(match: re.Match[str]) -> str:
    return code_of(match.groupdict())


def _stay(text: Text, match: re.Match[str]) -> list[Found]:
    start, end = match.span()
    clause = text.clause_text(start)
    code = _code(match)
    if text.general(start) or re.search(r"\b(?:we|company|itself|headquarters)\b", text.before(start)[-12:], re.I):
        return []
    if re.match(rf"\s*(?:,|or|and)\s+(?:(?:in )?{NAME}|in (?-i:[A-Z]))", text.plain[end:], re.I):
        return [found(text, "inference_in", code, (start, end)).remarked("one of several places, not taken")]
    rest = text.plain[end : text.sentence(start)[1]]
    if (re.search(_FREE, clause, re.I) and not re.search(r"\bonly\b|\bmay only\b", clause, re.I)) or re.match(
        r"[^.?!]{0,30}not (?:required|needed)", rest, re.I
    ):
        return (
            [replace(found(text, "inference_in", code, (start, end)), act=Act.CLEAR)]
            if re.search(r"not|n't|no ", clause + rest, re.I)
            else _hosts(text, match)
        )
    if text.negated(start, end):
        return _hosts(text, match)
    return [found(text, "inference_in", code, (start, end))] if re.search(_WISH, clause, re.I) else []


def _hosts(text: Text, match: re.Match[str]) -> list[Found]:
    """ "Nothing may run in China" bars hosts there."""
    if not re.search(_FORBIDS, text.before(match.start()), re.I) or in_eu(_code(match)):
        return []
    return [found(text, "excluded_hosts", frozenset({_code(match)}), match.span())]


def _leave(text: Text, match: re.Match[str]) -> list[Found]:
    start, end = match.span()
    if text.general(start):
        return []
    one = found(text, "inference_in", code_of(match.groupdict()), (start, end))
    if re.search(_FORBIDS, text.clause_text(start), re.I):
        return [one]
    return (
        [replace(one, act=Act.CLEAR)]
        if re.search(r"\b(?:may|can|could|might|allowed)\b", text.clause_text(start), re.I)
        else []
    )


EXTRACTORS = (flags, seat, markets, residency)
