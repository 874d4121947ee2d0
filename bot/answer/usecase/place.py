# ruff: noqa: E501 - one pattern a line
"""Where: the asker's seat, the places of its customers, and where data and inference must stay."""

import re
from dataclasses import replace

from bot.answer.usecase.found import Act, Found, Rule, apply, found
from bot.answer.usecase.geography import ADJECTIVE, ALSO_NAME, NAME, code_of, codes_in, in_eu, regime
from bot.answer.usecase.reading import Text

_WHO = (
    r"(?:broker-dealer|bank|insurer|insurance (?:company|group|broker)|company|firm|start-?up|scale-?up|hospital|clinic|universit(?:y|ies)|ministry|"
    r"municipality|charity|shop|agency|lab(?:oratory)?|manufacturer|retailer|studio|broker|institution|utility|school|council|authority|"
    r"publisher|SME|SMB|business|organi[sz]ation|fintech|group|cooperative|NGO|foundation|research institute|institute|telco|airline|"
    r"carmaker|developer|consultancy|court|city|government|bakery|brewery|newspaper|broadcaster|pharmacy|pension fund|fund|"
    r"(?:grid|network|transmission|mobile|rail(?:way)?|bus|tour|port|metro|hospital) operator|practice|law office|office|museum|library|theatre|hotel|restaurant|airport|port|factory|farm|winery|nursery|college|"
    r"kindergarten|police(?: force)?|tax office|notary|dentist|(?:energy|power|gas|water) supplier|wholesaler|distributor|importer|exporter|marketplace|magazine|"
    r"TV station|radio station|carrier|railway|energy company|co-?op|association|union|club|church|contractor|integrator|"
    r"reseller|recruiter|staffing agency|hedge fund|asset manager|neobank|insurtech|car ?maker|biotech|medtech|edtech|legaltech|game studio|gaming company|"
    r"e-?commerce|ISP|MSP|subsidiary|parliament|department|trust|chain|ministry of [a-z]+)"
)
_PEOPLE = (
    r"(?:customers?|users?|clients?|donors?|consumers?|patients?|subscribers?|buyers?|visitors?|citizens|policy ?holders?|shoppers?|"
    r"market|subsidiar(?:y|ies)|branch(?:es)?|readers?|players?|students|passengers?|drivers?|members?|audience|guests?|tenants?)"
)
_NOT_A_SEAT = r"(?!models?\b|servers?\b|regions?\b|clouds?\b|data\b|customers?\b|users?\b|clients?\b|markets?\b|hosts?\b|hosting\b|APIs?\b|machines?\b|vendors?\b|providers?\b|competitors?\b)"
_NO_LINK = r"(?!(?:and|or|the|is|are|was|in|on|for|to|of|with|from|by|at|an?|only|but|must|can|may|that|which|who|if|as|our|we|it)\b)"
_W = r"[\w\ue000-\ue5ff&'-]"  # of a word, places among them
_SEATS = (
    rf"{ADJECTIVE}(?!-?speaking)(?:,? {_NOT_A_SEAT}{_NO_LINK}[a-z][\w&-]*){{0,3}}? {_WHO}\b(?!'s? |s' | (?:models?|cloud|API|customers?|clients?|users?))",
    rf"\b{_WHO}\b(?: (?:group|trust|chain|association|office|of [a-z]+))?\s*,?\s+(?:is |are |that is )?(?:based |seated |located |headquartered )?(?:in|from|out of|near)\s+{NAME}",
    rf"\b(?:municipality|university|bank|government|port|kingdom|republic|province|canton|state|county|district|diocese|chamber of commerce) of {NAME}",
    rf"\b{_WHO}(?: of [a-z]+)?,\s+{NAME}(?=\s*(?:[.,;!?(]|$))",
    rf"\b(?:we're|we are|we run|I run|we operate|I work (?:at|for|in)|I'm (?:at|with|from)|I am (?:at|with|from)|for) (?:an? |the |\d[\d,.]* )(?:{_NOT_A_SEAT}{_W}+\s+){{1,4}}?(?:in|from|out of|near)\s+{NAME}",
    rf"(?:^|(?<=[.;,:\n]\s)|(?<=\n))(?:we're |we are )?{NAME}[- ]based\b",
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
_MARKETS = (
    rf"\b{_PEOPLE}\b(?:\s+(?:are|is|live|sit|come|all over|across|mostly|mainly|also|based|who are))*\s+(?:in|from|across|all over|throughout|within)\s+(?:all of )?{NAME}",
    rf"{ADJECTIVE}(?!-)\s+(?:[a-z]+\s+)?{_PEOPLE}\b",
    rf"\b{_PEOPLE}\s*:\s*(?:mostly |mainly |all |only |from |in )*{NAME}",
    rf"\b(?:sell|selling|launch|launching|expand\w*|offer(?:ed|ing)? (?:it|this)|serv(?:e|es|ing)|operat(?:e|es|ing)|active|roll(?:ing)? (?:it )?out|used|shops?|stores?|offices|delivering|deliver|ship(?:ping)?)\s+(?:it\s+)?(?:in|into|to|across|throughout|all over|by \w+ in)\s+{NAME}",
    rf"\b(?:serv(?:e|es|ing)|covers?|covering)\s+{NAME}",
    rf"\b(?:sell|selling|serv(?:e|es|ing)|supply|supplying|deliver|delivering|cater)\b[^.;?!]{{0,40}}?\s{ADJECTIVE}\s+(?:[a-z]+\s+)?[a-z]+s\b",
    rf"\b(?:outputs?|results?|answers?)\b[^.;?!]{{0,30}}?\b(?:used|read|shown|seen)\b(?:\s+\w+){{0,2}}?\s+in\s+{NAME}",
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
_NOBODY = (
    rf"\bneither {_PEOPLE}[^.;?!]{{0,30}}\bin {NAME}",
    rf"\b(?:no|without(?: any)?) (?:[a-z]+ )?{ADJECTIVE} (?:nexus|exposure|business|presence|users?|links?|footprint|activit\w+|customers?|clients?|operations?|connection|market|output)\b",
    rf"\b(?:no|without(?: any)?) (?:customers?|users?|clients?|nexus|presence|business|exposure|footprint|connections?|links?|operations?|activit\w+|output|sales|relation) (?:is )?(?:used )?(?:in|to|with|into) {NAME}",
    rf"\bnothing (?:at all )?(?:to do with|in|goes to|is used in) {NAME}",
    rf"(?:\bnot|n't|\bnever) (?:sell|operate|do business|have (?:any )?(?:business|customers|users|clients)|offer (?:it|anything)|serve (?:anyone|anybody)|active|present) (?:anything )?(?:in|to|into) {NAME}",
    rf"\bnot active in {NAME}",
    rf"\b(?:nobody|no one|none of (?:them|those|our \w+)) (?:is |are |sits? |lives? |comes? )?(?:from |in ){NAME}",
)
# what may be put in a place, and the wish that it be
_THING = r"(?:data|everything|it|inference|processing|models?|servers?|GPUs?|endpoints?|prompts?|hosting|workloads?|requests|traffic|all of it|nothing|API|compute|deployment|hardware|machines?|documents?|records?|that|this)"
_REGIONS = r"(?:cloud )?(?:regions?|data ?cent(?:re|er)s?|servers|zones?|locations?)"
_ON_SITE = r"\b(?:our own (?:GPUs|servers|hardware|machines|premises|site)|our (?:own )?(?:data ?cent(?:re|er)s?|server room|server farm|machine room|facility)|on[- ]prem\w*)\b"
_STAY = (
    rf"\b(?:stay|stays|remain|remains|kept|keep|live|hosted|host it|processed|run|runs|running|happen|happens|take place|takes place|stored and processed|served|computed|operated|executed|deployed|done)\s+(?:only |exclusively |solely |entirely )?(?:with)?in(?:side)?\s+(?:the (?:borders|territory) of )?(?P<region>a region of |our (?:own )?data ?cent(?:re|er)s? (?:in|near) )?{NAME}",
    rf"\b(?:on|from) {ADJECTIVE} (?:soil|territory|ground|servers|infrastructure|machines)\b",
    rf"{ADJECTIVE} (?:soil|territory|ground) only\b",
    rf"(?:^|(?<=[.;,:\n]\s)|(?<=\n)){ADJECTIVE} regions?(?=\s*(?:pls|please|only|[.,;!]|$))",
    rf"\b(?:in|on|at) our own (?:premises|site),? (?:with)?in {NAME}",
    rf"\b(?:within|inside) {ADJECTIVE} borders\b",
    rf"\b{_THING}\s+(?:\w+\s+)?(?:must|has to|have to|had to|needs? to|should|shall|may only|can only) (?:only |always )?be (?:physically |located |situated |placed |based |only |hosted )*(?:with)?in(?:side)?\s+{NAME}",
    rf"\b(?:hosting|inference|processing|residency|data residency|servers|inference region|hosting region|processing region|compute)\s*(?:must be |has to be |should be |only |is |in the |location |region |place |country )*(?:in|within|inside|:|=)\s*{NAME}",
    rf"{ADJECTIVE}[- ](?:only )?(?:data[- ])?(?:hosting|residency|inference|processing)\b",
    rf"\bonly (?:in )?(?:the |an? |from )?{ADJECTIVE} (?:cloud )?(?:regions?|data ?cent(?:re|er)s?|servers|zones?|locations?)\b",
    rf"\b{ADJECTIVE} (?:cloud )?(?:regions?|data ?cent(?:re|er)s?|servers) only\b",
    rf"\bonly (?:the |in )?{NAME} (?:is|are) (?:allowed|permitted|ok|okay|fine|acceptable|possible|approved|an option)\b",
    rf"\bregions?\b(?: is| are|:)? (?:only |must be |has to be |fixed to |restricted to |limited to )*{NAME}",
    rf"\bkeep(?:ing)?\s+[^.,;?!]{{1,40}}?\s(?:in|inside|within)\s+{NAME}",
    rf"{NAME}\s+only(?=\s*(?:please\b|[.,?!)]|$))",
    rf"\bin\s+{NAME}\s+(?:only|exclusively|alone)\b",
    rf"\b(?:only|solely|exclusively|nowhere (?:else )?(?:but|than)|nowhere outside)\s+(?:with)?in(?:side)?(?: of)?\s+{NAME}",
    rf"(?:^|(?<=[.;,]\s))(?:it |all |this )?(?:must|has to|needs to) (?:be |stay |run |remain )?(?:with)?in(?:side)?(?: of)? {NAME}",
    rf"\b(?:everything|all of it|all inference|all processing|inference|hosting|processing)\b,? (?:only )?in(?:side)? {NAME}(?=\s*(?:[.,;!)]|$|and\b))",
    rf"\bonly (?:\w+ ){{0,2}}in {NAME}",
    rf"\bonly {_REGIONS} in {NAME}",
    rf"\b(?:on[- ]prem(?:ises?)?|self-hosted),? (?:with us )?(?:in|near|at) {NAME}",
    rf"\bon our own (?:\w+ )?(?:GPUs|servers|hardware|machines) in {NAME}",
    rf"\b(?:in|at) our (?:own )?(?:data ?cent(?:re|er)s?|server room|server farm|machine room|facility) (?:in|near|at) {NAME}",
)
_LEAVE_SOIL = rf"\b(?:leave|leaves|leaving|exit|cross|outside(?: of)?|beyond)\s+{ADJECTIVE} (?:territory|soil|borders?|jurisdiction|data ?cent(?:re|er)s?|regions?)\b"
_LEAVE = rf"\b(?:leave|leaves|leaving|exit|cross|sent out of|go out of|goes out of|get out of|transferred out of|moved out of|outside(?: of)?|beyond)\s+(?:the borders of )?{NAME}"
_FORBIDS = r"\b(?:not|never|cannot|can't|mustn't|nothing|no|nobody|forbidden|prohibited|banned|excluded|ruled out|not allowed|without|illegal|nowhere)\b|n't\b"
_WISH = r"\b(?:must|demand(?:s|ed)?|insist(?:s|ed)?|requires|stipulat\w+|prescrib\w+|has to|have to|had to|needs? to|required?|requirement|only|stays?|should|everything|all|mandatory|residency|keep|kept|hosting|hosted|inference|host|exclusively|solely|policy|rule|nowhere)\b|\bregions?\s*(?::|pls\b|please\b|[.,;!]|$)|\binference\s*="
_FREE = r"\b(?:not required|not needed|no longer|may|can|could|fine|ok|okay|allowed|is acceptable|nice|does(?:n't| not) (?:have|need)|did(?:n't| not) (?:have|need)|no need|need not)\b"
_SAID_OF_IT = r"\s+(?:costs?|was|would|gets|means|adds|works|sounds|seems|takes|looks|is (?!(?:a )?(?:must|required|mandatory|needed|necessary|non-negotiable|requirement|obligatory|compulsory|settled|all)\b))\b"
_STORED = r"\b(?:stor(?:e|ed|age)|archiv\w+|back-?ups?|database|at rest|warehouse)\b"
_PROCESSED = r"\b(?:process\w*|inference|run|runs|hosted|hosting|comput\w+|served|everything)\b"
_FOREIGN = r"(?:foreign|third|other|another|non-(?:EU|European)|outside|any|(?-i:US)|U\.S\.|American)"
_RULES = (
    Rule(name="air_gap", value=True, negated=False, pattern=r"\bair[- ]?gap\w*"),
    Rule(name="air_gap", value=True, sure=True, pattern=r"\b(?:no|without(?: any)?|has no|cut off from the|disconnected from the|not connected to the) (?:connection to the |access to the )?(?:internet|outside world)(?: connection| access)?\b(?! search)|\b(?:isolated|disconnected|offline) (?:network|environment|machine)s?\b|\bfully offline\b"),
    Rule(name="on_premises", value=True, negated=False, pattern=r"\b(?:on[- ]prem(?:ises?)?\b|(?:in|on|at|from|inside) our (?:own )?(?:premises|data ?cent(?:re|er)s?|server room|basement|machine room)\b|(?:in|on|at|from|inside) our own site\b|\b(?:runs?|running|stays?|hosted|deployed|installed|kept|servers?|hardware|machines?) (?:only |all )?(?:on|at) our site\b|on our own (?:servers|hardware|machines)\b(?! (?:is|are|would be) (?:fine|ok)))"),
    Rule(name="on_premises", value=True, sure=True, pattern=r"\bno (?:public )?cloud\b(?! act| vendor)|\brefuses? (?:any|every|the) cloud\b|\bcloud is (?:not allowed|forbidden|excluded|out|not an option|off the table)\b|\bnothing in the cloud\b|\b(?:nothing|no (?:\w+ )?data|never|not)(?: \w+)? leaves? our (?:own )?(?:premises|buildings?|data ?cent(?:re|er)s?|network|servers|site|house)\b"),
    Rule(name="no_foreign_jurisdiction", value=True, sure=True, pattern=r"\b(?:not|never|no|avoid|outside|out of|beyond|free (?:of|from)|safe from|without|immune to|protected from)\b[^.;?!]{0,40}\bCLOUD Act\b|\bCLOUD Act[- ](?:proof|free|safe|immune)\b"),
    Rule(name="no_foreign_jurisdiction", value=True, sure=True, pattern=r"\b(?:no|not under|outside|without|free of)(?: any)? (?:(?-i:US)|U\.S\.|American|foreign|non-(?:EU|European)) jurisdiction\b|\bnot (?:be |fall )?(?:subject to|under|governed by) (?:foreign|(?-i:US)|U\.S\.|American|non-EU) law\b"),
    Rule(name="no_foreign_jurisdiction", value=True, sure=True, pattern=rf"\b(?:no|not|never|nobody|none|cannot|mustn't|without|immune (?:to|from)|out of reach of|beyond the reach of)\b[^.;?!]{{0,50}}?(?:\b(?:laws?|jurisdictions?|courts?|authorit(?:y|ies)|reach|orders?|subpoenas?|control) (?:of|by|from) (?:any |an? )?{_FOREIGN} (?:countr(?:y|ies)|states?|governments?|power|jurisdictions?|authorit(?:y|ies)|courts?)|\b{_FOREIGN} (?:governments?|authorit(?:y|ies)|courts?|jurisdictions?)\b)(?! (?:customers|clients))"),
    Rule(name="no_foreign_jurisdiction", value=True, sure=True, pattern=r"\bonly (?:by )?(?:EU|European)(?:[- ](?:owned|operated|controlled))? (?:operators?|providers?|hosts?|companies)\b|\b(?:EU|European)(?:[- ](?:owned|operated|controlled))? (?:operators?|providers?|hosts?|companies) only\b|\bonly (?:EU|European)-owned\b|\b(?:must|has to|have to|needs? to|should) be (?:EU|European)[- ](?:owned|controlled)\b|\bno foreign (?:laws?|courts?) (?:may|can|must|should|reach\w*|appl\w+)\b"),
)  # fmt: skip


_GDPR = Rule(
    name="eu_exposure",
    value=True,
    derived=True,
    pattern=r"\b(?:GDPR|DSGVO|EU AI Act|AI Act) (?:also )?applies to (?:us|our company|me)\b|\bwe(?:'re| are) (?:under|subject to|covered by|bound by) (?:the )?(?:GDPR|EU AI Act|AI Act)\b",
    assumption="European law applies to whom it reaches",
)


def flags(text: Text) -> list[Found]:
    return apply((*_RULES, _GDPR), text)


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
        if text.in_thread or len(text.plain) == len(match.group().strip()) or _code(match) == "eu":
            continue
        if codes_in(beside) or re.search(_OF_SOMETHING_ELSE, beside, re.I) or text.general(match.start()):
            continue
        results += [replace(one, derived=True, assumption=_NO_MORE) for one in _seat(text, match, denied=False)]
    return results


_NO_MORE = "a place named alone read as the seat"


def _seat(text: Text, match: re.Match[str], *, denied: bool) -> list[Found]:
    code = _code(match)
    span = match.span()
    if denied:
        return [found(text, "eu_seat", False, span)] if code == "eu" else []
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
    for pattern in (*_MARKETS, _SELLING_TO):
        for match in text.placed_iter(pattern):
            if text.general(match.start()) or text.of_others(match.start()) or text.past(match.start()):
                continue
            also = re.match(rf"(?:\s*(?:,|and|or)\s+(?:in |to )?{ALSO_NAME})+", text.placed[match.end() :], re.I)
            for code in dict.fromkeys([_code(match), *codes_in(also.group() if also else "")]):
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
            if _code(match) == "eu" and not text.general(match.start()):
                results.append(found(text, "eu_exposure", False, match.span()))
    for match in text.finditer(
        rf"\bno (?:[a-z]+ )?{_PEOPLE} there\b|\bno output (?:is )?used there\b|\bnothing in the EU\b"
    ):
        before = text.placed[text.sentence(match.start())[0] : match.end()]
        if codes_in(before)[-1:] == ["eu"]:
            results.append(found(text, "eu_exposure", False, match.span()))
    return results


def residency(text: Text) -> list[Found]:
    """Where inference must run: "must stay in", "may not leave", "hosted in"; "may leave" makes it unknown again."""
    results: list[Found] = []
    for pattern in _STAY:
        for match in text.placed_iter(pattern):
            results += _stay(text, match)
    for match in (m for pattern in (_LEAVE, _LEAVE_SOIL) for m in text.placed_iter(pattern)):
        results += _leave(text, match)
    return results


def _code(match: re.Match[str]) -> str:
    return code_of(match.group("place"))


def _stay(text: Text, match: re.Match[str]) -> list[Found]:
    start, end = match.span()
    clause = text.clause_text(start)
    one = found(text, "inference_in", _code(match), (start, end))
    if (
        text.general(start)
        or text.of_others(start)
        or re.search(r"\b(?:we|company|itself|headquarters)\b", text.before(start)[-12:], re.I)
    ):
        return []
    if re.search(_STORED, clause, re.I) and not re.search(_PROCESSED, clause, re.I):
        return []
    if re.search(rf"\b{_PEOPLE}\s+(?:are |is |live |sit |come )*$", text.before(start), re.I):
        return []
    also = re.match(rf"\s*(?:,|/|or|and)\s+(?:in )?(?P<place>{ALSO_NAME})", text.placed[end:], re.I)
    if also and codes_in(also.group()) != [one.value]:
        return [one.remarked("one of several places, not taken")]
    rest = text.plain[end : text.sentence(start)[1]]
    if re.match(_SAID_OF_IT, rest, re.I) and re.match(r"hosting|inference|processing|servers", one.words, re.I):
        return []
    if (re.search(_FREE, clause, re.I) and not re.search(r"\bonly\b", clause, re.I)) or re.match(
        r"[^.?!]{0,30}not (?:required|needed)", rest, re.I
    ):
        return [replace(one, act=Act.CLEAR)] if re.search(r"not|n't|no ", clause + rest, re.I) else _hosts(text, match)
    if text.negated(start, end):
        return _hosts(text, match)
    return [one] if re.search(_WISH, clause, re.I) or re.search(_ON_SITE, one.words, re.I) else []


def _hosts(text: Text, match: re.Match[str]) -> list[Found]:
    """ "Nothing may run in China" bars hosts there."""
    if not re.search(_FORBIDS, text.before(match.start()), re.I) or in_eu(_code(match)):
        return []
    return [found(text, "excluded_hosts", frozenset({_code(match)}), match.span())]


def _leave(text: Text, match: re.Match[str]) -> list[Found]:
    start, end = match.span()
    if text.general(start) or text.of_others(start):
        return []
    clause = text.clause_text(start)
    one = found(text, "inference_in", _code(match), (start, end))
    if re.search(_STORED, clause, re.I) and not re.search(_PROCESSED, clause, re.I):
        return []
    if re.search(_FORBIDS, clause, re.I):
        return [one]
    return [replace(one, act=Act.CLEAR)] if re.search(r"\b(?:may|can|could|might|allowed)\b", clause, re.I) else []


EXTRACTORS = (flags, seat, alone, markets, residency)
