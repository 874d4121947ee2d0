# ruff: noqa: E501 - one pattern a line
"""Whose it is and for whom: the asker's seat, and the places of its customers and of those who use what it builds."""

import re
from dataclasses import replace

from bot.answer.usecase.found import Act, Found, found
from bot.answer.usecase.geography import ADJECTIVE, ALSO_NAME, NAME, code_of, codes_in, in_eu, regime
from bot.answer.usecase.reading import Text

_WHO = (
    r"(?:broker-dealer|bank|insurer|insurance (?:company|group|broker)|company|firm|start-?up|scale-?up|hospital|clinic|universit(?:y|ies)|ministry|"
    r"municipality|charity|shop|agency|lab(?:oratory)?|manufacturer|retailer|studio|broker|institution|utility|school|council|authority|"
    r"publisher|SME|SMB|business|organi[sz]ation|fintech|group|cooperative|NGO|foundation|research institute|institute|telco|airline|"
    r"carmaker|developer|consultancy|court|city|government|bakery|brewery|newspaper|broadcaster|pharmacy|pension fund|fund|"
    r"(?!(?:cloud|model|API|GPU|data)\b)[a-z]+ operator|practice|law office|office|museum|library|theatre|hotel|restaurant|airport|port|factory|farm|winery|nursery|college|"
    r"[a-z-]*maker|bookshop|bookstore|supermarket|store|brand|producer|builder|grocer|restaurateur|telecoms?|kindergarten|police(?: force)?|tax office|notary|dentist|(?:energy|power|gas|water) supplier|wholesaler|distributor|importer|exporter|marketplace|magazine|"
    r"TV station|radio station|carrier|railway|energy company|co-?op|association|union|club|church|contractor|integrator|"
    r"reseller|recruiter|staffing agency|hedge fund|asset manager|neobank|insurtech|car ?maker|biotech|medtech|edtech|legaltech|game studio|gaming company|"
    r"e-?commerce|ISP|MSP|subsidiary|parliament|department|trust|chain|ministry of [a-z]+)"
)
PEOPLE = (
    r"(?:residents|inhabitants|taxpayers?|travell?ers?|commuters|merchants|sellers|customers?|users?|clients?|donors?|consumers?|patients?|subscribers?|buyers?|visitors?|citizens|policy ?holders?|shoppers?|"
    r"market|subsidiar(?:y|ies)|branch(?:es)?|readers?|players?|students|passengers?|drivers?|members?|audience|guests?|tenants?)"
)
_NOT_A_SEAT = r"(?!models?\b|servers?\b|regions?\b|clouds?\b|data\b|customers?\b|users?\b|clients?\b|markets?\b|hosts?\b|hosting\b|APIs?\b|machines?\b|vendors?\b|providers?\b|competitors?\b)"
_NO_LINK = r"(?!(?:and|or|the|is|are|was|in|on|for|to|of|with|from|by|at|an?|only|but|must|can|may|that|which|who|if|as|our|we|it)\b)"
_W = r"[\w\ue000-\ue5ff&'-]"  # of a word, places among them
# "a French wine importer" may sit anywhere
_OF_THAT_KIND = r"(?![- ]?(?:speaking|version|translation|prompt|text|answer|output|language|translat|food|literature|law\b|wine|cuisine|citizen|\w+ (?:importer|exporter|teacher|course)))"
_SEATS = (
    rf"{ADJECTIVE}(?!-?speaking|[- ]languages?\b)(?:,? {_NOT_A_SEAT}{_NO_LINK}[a-z][\w&-]*){{0,3}}? {_WHO}\b(?!'s? |s' | (?:models?|cloud|API|customers?|clients?|users?))",
    rf"\b{_WHO}\b(?: (?:group|trust|chain|association|office|of [a-z]+))?\s*,?\s+(?:is |are |that is )?(?:based |seated |located |headquartered )?(?:in|from|out of|near)\s+{NAME}",
    rf"\b(?:municipality|university|bank|government|port|kingdom|republic|province|canton|state|county|district|diocese|chamber of commerce) of {NAME}",
    rf"(?:^|(?<=[.;:!\n]\s)|(?<=\n))(?:(?:we're|we are) )?(?:an? |the )?(?:[a-z-]+ ){{0,2}}?{_WHO}\s*\(\s*{NAME}\s*[,)]",
    rf"\b{_WHO}(?: of [a-z]+)?,\s+{NAME}(?=\s*(?:[.,;!?(]|$))",
    rf"\b(?:we're|we are|we run|I run|we operate|I work (?:at|for|in)|I'm (?:at|with|from)|I am (?:at|with|from)|for) (?:an? |the |\d[\d,.]* )(?:{_NOT_A_SEAT}{_W}+\s+){{1,4}}?(?:in|from|out of|near)\s+{NAME}",
    rf"(?:^|(?<=[.;,:!\n]\s)|(?<=\n))(?:we're |we are )?{NAME}[- ]based\b",
    rf"(?:^|(?<=[.;:!,\n]\s)|(?<=\n))(?:an? |we are an? |we're an? )?{ADJECTIVE}{_OF_THAT_KIND}(?:,? {_NOT_A_SEAT}{_NO_LINK}[a-z][\w&-]*){{1,4}}(?: of [a-z]+)? (?:over )?here\b",
    rf"\b(?:we're|we are|I'm|I am|I work (?:for|at)) (?:an? |the )(?:[a-z-]+ ){{0,2}}{ADJECTIVE}{_OF_THAT_KIND}(?: {_NOT_A_SEAT}{_NO_LINK}[a-z][\w&-]*){{1,3}}(?=\s*(?:[.,;:!]|$|and\b|with\b|who\b|that\b))",
    rf"\b(?:game|app|portal|web ?shop|online shop|site|start-?up)\s+(?:made |run |coming )?(?:from|out of)\s+{NAME}",
    rf"\b[Ww]e (?:make|build|produce|publish|brew|design|manufacture|develop) (?:[\w-]+\s+){{1,4}}?in\s+{NAME}",
    rf"(?:^|(?<=[.\n]\s)|(?<=\n))(?-i:City|Town|County|Region) of {NAME}",
    rf"\b[Ww]e(?:'re| are) (?:an? |the )?(?:[a-z-]+ )?(?:vendor|provider|hoster|supplier)s?,? (?:based )?(?:in|from|out of|near)\s+{NAME}",
    rf"\b[Ww]e (?:sit|live|reside|operate out of) (?:in |at )?{NAME}",
    rf"\b(?:based|headquartered|seated|incorporated|established|registered|domiciled|sits|located)\s+(?:in|at|out of|near)\s+{NAME}",
    rf"\b(?:head ?office|headquarters|HQ|(?:company |registered |legal |our )?seat|registered office|place of business)(?:'s)?(?:\s+(?:is|are))?\s*[:=]?\s+(?:in |at )?{NAME}",
    rf"\b[Ww]e(?:'re| are)(?: a| an| not)?(?: based)? (?:in|from)\s+{NAME}",
    rf"\b(?:we|us|ours|me),? (?:here )?in {NAME}",
    rf"\b(?:we're|we are|I'm|I am) in (?:the )?[a-z]+(?: [a-z]+)?,\s+{NAME}(?=\s*(?:[.,;!?(]|$))",
    rf"\b(?:I'm|I am|we're|we are)(?: (?:writing|asking|calling))?(?: to you)? from {NAME}",
)
_PRODUCT = r"(?:chat ?bot|voice ?bot|bot|assistant|copilot|app|application|portal|web ?shop|help ?desk)"
_MARKETS = (
    rf"\b{PEOPLE}\b(?:\s+(?:are|is|live|sit|come|all over|across|mostly|mainly|also|based|who are))*\s+(?:in|from|across|all over|throughout|within)\s+(?:all of )?{NAME}",
    rf"{ADJECTIVE}(?!-)\s+(?:[a-z]+\s+)?{PEOPLE}\b",
    rf"\b{PEOPLE}\s*:\s*(?:mostly |mainly |all |only |companies |firms |businesses |people |from |in )*{NAME}",
    rf"\b(?:sell|selling|launch|launching|expand\w*|offer(?:ed|ing)? (?:it|this)|serv(?:e|es|ing)|operat(?:e|es|ing)|active|roll(?:ing)? (?:it )?out|used|shops?|stores?|offices|delivering|deliver|ship(?:ping)?)\s+(?:it\s+)?(?:in|into|to|across|throughout|all over|by \w+ in)\s+{NAME}",
    rf"\b(?:serv(?:e|es|ing)|covers?|covering)\s+{NAME}",
    rf"\b(?:we|our)\b[^.;?!]{{0,40}}?\b(?:in|across|throughout|to) (?:[a-z]+|\d+) {ADJECTIVE} (?:countries|member states|states|markets)\b",
    rf"\b(?:sell|sells|selling|suppl(?:y|ies|ying)|deliver(?:s|ing)?|provid(?:e|es|ing)|cater(?:s|ing)?|offer(?:s|ing)?)\b[^.;,?!]{{0,30}}?\b(?:to|for) (?:[a-z-]+ ){{1,3}}?(?:in|from|across)\s+{NAME}",
    rf"\b(?:citizens|residents|inhabitants|people|population|taxpayers|commuters) (?:of|in|from|across)\s+{NAME}",
    rf"\b(?:our|the|all|\d[\d,.]*) (?:[a-z]+ )?(?:stores|shops|branches|outlets|hotels|restaurants|clinics|salons|dealers|dealerships|pharmacies|schools|sites)\s+(?:are )?(?:all )?(?:in|across|throughout|all over)\s+{NAME}",
    rf"\bfor (?:our |the |all |\d[\d,.]* )+(?:[a-z]+ )?(?:staff|employees|colleagues|lawyers|doctors|nurses|teachers|clerks|agents|teams?|people) (?:in|across|throughout)\s+{NAME}",
    rf"\bused (?:by|in|at|across) (?:our |the |all |\d[\d,.]* )*(?:[a-z]+ )?(?:staff|employees|colleagues|workers|teams?|offices?|people|doctors|nurses|teachers|clerks|lawyers|agents|stores|branches) (?:in|across|throughout|from)\s+{NAME}",
    rf"\b(?:sell|selling|serv(?:e|es|ing)|supply|supplying|deliver|delivering|cater)\b[^.;?!]{{0,40}}?\s{ADJECTIVE}\s+(?:[a-z]+\s+)?[a-z]+s\b",
    rf"\b(?:outputs?|results?|answers?)\b[^.;?!]{{0,30}}?\b(?:used|read|shown|seen)\b(?:\s+\w+){{0,2}}?\s+in\s+{NAME}",
)
# where a product is put to use, unless the sentence speaks of its machines
_PUT_TO_USE = (
    rf"\b{_PRODUCT}s?\b(?: (?:only|just|mainly|to be used|used|offered|available|live|rolled out))?\s+(?:in|across|throughout|all over)\s+{NAME}",
    rf"\b(?:{_PRODUCT}|tool|AI agent|service|platform|product)s?\s+(?:only |just |mainly )?for\s+{NAME}",
    rf"\b(?:deploy(?:s|ing)?|(?:launch|pilot|start)(?:s|es|ing|ed)?|go(?:es|ing)? live|went live|roll(?:s|ing|ed)? (?:it |this )?out)\s+(?:it |this |(?:the|our) (?:{_PRODUCT}|tool|product|system) )?(?:only |first |mainly |just )?(?:in|across|throughout|to|all over)\s+{NAME}",
)
# a place that stands alone: "Chatbot for a shop, 20k questions a day. Berlin."
_ALONE = (
    rf"(?:^|(?<=[.;!\n]\s)|(?<=\n)){NAME}(?=\s*(?:[.;!\n]|$))",
    rf"(?<=,\s){NAME}(?=\s*(?:,|[.!]?\s*$))",
)
_OF_SOMETHING_ELSE = r"\b(?:host\w*|inference|regions?|data ?cent\w+|servers?|clouds?|stays?|stored|on[- ]prem\w*|customers?|consumers?|citizens|residents|people|users?|clients?|markets?|sell\w*|ship\w*|branch\w*|offices|languages?|models?|vendors?|providers?|compliance|law|not|no|except|without|from|to|in|between|only|process\w*)\b"
_SELLING_TO = (
    rf"\b(?:sell|selling|launch|launching|expand\w*|serv(?:e|es|ing))\b[^.;?!]{{0,40}}?(?:\band|\bor|,)\s+{NAME}"
)
_MACHINES = r"\b(?:host(?:s|ed|ing)?|runs? on|servers?|regions?|data ?cent\w+|clouds?|AWS|Azure|GCP|GPUs?|clusters?|Kubernetes|inference|weights|endpoints?)\b"
_NOBODY = (
    rf"\bneither {PEOPLE}[^.;?!]{{0,30}}\bin {NAME}",
    rf"\b(?:no|without(?: any)?) (?:[a-z]+ )?{ADJECTIVE} (?:nexus|exposure|business|presence|users?|links?|footprint|activit\w+|customers?|clients?|operations?|connection|market|output)\b",
    rf"\b(?:no|without(?: any)?) (?:customers?|users?|clients?|nexus|presence|business|exposure|footprint|connections?|links?|operations?|activit\w+|output|sales|relation) (?:is )?(?:used )?(?:in|to|with|into) {NAME}",
    rf"\bnothing (?:at all )?(?:to do with|in|goes to|is used in) {NAME}",
    rf"(?:\bnot|n't|\bnever) (?:sell|operate|do business|have (?:any )?(?:business|customers|users|clients)|offer (?:it|anything)|serve (?:anyone|anybody)|active|present) (?:anything )?(?:in|to|into) {NAME}",
    rf"\bnot active in {NAME}",
    rf"\b(?:nobody|no one|none of (?:them|those|our \w+)) (?:is |are |sits? |lives? |comes? )?(?:from |in ){NAME}",
)


def seat(text: Text) -> list[Found]:
    """The company's own place; an EU seat brings the AI Act with it."""
    results: list[Found] = []
    for pattern in _SEATS:
        for match in text.placed_iter(pattern):
            start = match.start()
            if text.general(start) or text.of_others(match.start("place")) or text.past(start) or _another(text, match):
                continue
            denied = text.negated(start, match.end()) or " not " in match.group()
            results += _seat(text, match, denied=denied)
    return results


def alone(text: Text) -> list[Found]:
    """A place beside nothing it could be of is the asker's own; in a thread it may answer anything."""
    results: list[Found] = []
    for match in (m for pattern in _ALONE for m in text.placed_iter(pattern)):
        first, last = text.sentence(match.start())
        beside = text.placed[first : match.start()] + text.placed[match.end() : last]
        if text.in_thread or len(text.plain) == len(match.group().strip()) or code_of(match.group("place")) == "eu":
            continue
        if codes_in(beside) or re.search(_OF_SOMETHING_ELSE, beside, re.I) or text.general(match.start()):
            continue
        results += [replace(one, derived=True, assumption=_NO_MORE) for one in _seat(text, match, denied=False)]
    return results


_NO_MORE = "a place named alone read as the seat"


def _seat(text: Text, match: re.Match[str], *, denied: bool) -> list[Found]:
    code = code_of(match.group("place"))
    span = match.span()
    if denied:
        return [found(text, "eu_seat", False, span)] if code == "eu" else []
    if "|" in code and len({in_eu(one) for one in code.split("|")}) > 1:
        return []
    results = [found(text, "eu_seat", in_eu(code), span)]
    if in_eu(code):
        results.append(replace(found(text, "eu_exposure", True, span), derived=True))
    if regime(code):
        results.append(found(text, "regimes", frozenset({code}), span))
    return [r for r in results if r.act is Act.SET or r.name == "eu_seat"]


_A_PART_OF = re.compile(
    r"\b(?:subsidiary|branch|arm|part|owned|belongs?|daughter|acquired|bought|funded|backed|audited|supplied) (?:of|by|to) (?:an?|the)\s+$",
    re.IGNORECASE,
)
_AFTER_ANOTHER = re.compile(
    r"\s*(?:\w+\s+){0,2}?(?:offer(?:s|ed)|quoted|sells?|hosts?|(?:is|are) (?:hosting|offering|our (?:competitor|rival|supplier|vendor|client|customer|provider))|told us|asked us|"
    r"approached us|acquired us|bought us|, our (?:competitor|rival|supplier|vendor|provider))\b",
    re.IGNORECASE,
)


def _another(text: Text, match: re.Match[str]) -> bool:
    """ "The vendor is a French company", "we sell to a Dutch bank" say nothing of the asker."""
    before = text.before(match.start())
    if re.search(r"\bfrom\s*$", text.plain[match.start() : match.start("place")], re.I) and re.match(
        rf"\s+to\s+{ALSO_NAME}", text.placed[match.end("place") :], re.I
    ):
        return True  # "our office moves from London to Paris" tells of two places
    if _A_PART_OF.search(before) or text.dealt_with(match.start()) or _AFTER_ANOTHER.match(text.plain, match.end()):
        return True
    if re.match(r"for\b", match.group(), re.I) and text.dealt_with(match.start() + len("for a ")):
        return True
    if re.search(
        r"\b(?:servers?|data|hosting|inference|machines?|GPUs?|clusters?|models?|endpoints?|clouds?|hosts?|regions?|prompts?|processing)\b(?:\s+(?:must|needs?|have|has|had|to|be|is|are|should|can|may|only|all|physically|currently))*\s*$",
        before,
        re.I,
    ):
        return True
    is_a = re.search(r"\b(?:is|are|was|were) an?\s+(?:[a-z]+\s+)*$", before, re.I)
    return bool(is_a) and not re.search(r"\b(?:we|I|our (?:company|firm|client|group|employer|\w+))\b", before, re.I)


def markets(text: Text) -> list[Found]:
    """Where customers are: EU exposure, and the other regimes that bear on it."""
    results: list[Found] = []
    for pattern in (*_MARKETS, *_PUT_TO_USE, _SELLING_TO):
        for match in text.placed_iter(pattern):
            if text.general(match.start()) or text.of_others(match.start()) or text.past(match.start()):
                continue
            if pattern in _PUT_TO_USE and re.search(_MACHINES, text.sentence_text(match.start()), re.I):
                continue
            also = re.match(rf"(?:\s*(?:,|and|or)\s+(?:in |to )?{ALSO_NAME})+", text.placed[match.end() :], re.I)
            for code in dict.fromkeys(codes_in(match.group("place") + " " + (also.group() if also else ""))):
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
    """ "no EU nexus"; and "not in the EU and have no users there", where the place is the one just named."""
    results = []
    for pattern in _NOBODY:
        for match in text.placed_iter(pattern):
            if "eu" in codes_in(match.group("place")) and not text.general(match.start()):
                results.append(found(text, "eu_exposure", False, match.span()))
    for match in text.finditer(
        rf"\b(?:but|though|although|only) (?:some of |most of |all of )?(?:our|the) (?:[a-z]+ )?{PEOPLE} (?:are|do|is|live there|sit there)\b(?=\s*(?:[.,;!]|$))"
    ):
        before = text.placed[text.sentence(match.start())[0] : match.end()]
        if codes_in(before) == ["eu"] and re.search(r"\bnot\b|n't\b|\boutside\b", before):
            results.append(found(text, "eu_exposure", True, match.span()))
    for match in text.finditer(
        rf"\bno (?:[a-z]+ )?{PEOPLE} there\b|\bno output (?:is )?used there\b|\bnothing in the EU\b"
    ):
        before = text.placed[text.sentence(match.start())[0] : match.end()]
        if codes_in(before)[-1:] == ["eu"]:
            results.append(found(text, "eu_exposure", False, match.span()))
    return results


EXTRACTORS = (seat, alone, markets)
