# ruff: noqa: E501 - one pattern a line
"""Where data and inference must stay, and on whose premises."""

import re
from dataclasses import replace

from bot.answer.usecase.found import Act, Found, Rule, apply, found
from bot.answer.usecase.geography import ADJECTIVE, ALSO_NAME, NAME, code_of, codes_in, in_eu
from bot.answer.usecase.reading import Text
from bot.answer.usecase.seat import PEOPLE

# what may be put in a place, and the wish that it be
_THING = r"(?:data|everything|it|inference|processing|models?|servers?|GPUs?|endpoints?|prompts?|hosting|workloads?|requests|traffic|all of it|nothing|API|compute|deployment|hardware|machines?|documents?|records?|that|this)"
_REGIONS = r"(?:cloud )?(?:regions?|data ?cent(?:re|er)s?|servers|zones?|locations?)"
_ON_SITE = r"\b(?:our own (?:GPUs|servers|hardware|machines|premises|site)|our (?:own )?(?:data ?cent(?:re|er)s?|server room|server farm|machine room|facility)|on[- ]prem\w*)\b"
_STAY = (
    rf"\b(?:stay|stays|remain|remains|kept|keep|live|hosted|host it|processed|run|runs|running|happen|happens|take place|takes place|stored and processed|served|computed|operated|executed|deployed|done)\s+(?:only |exclusively |solely |entirely |either )?(?:with)?in(?:side)?\s+(?:the (?:borders|territory) of )?(?P<region>a region of |our (?:own )?data ?cent(?:re|er)s? (?:in|near) )?{NAME}",
    rf"\b(?:on|from) {ADJECTIVE} (?:soil|territory|ground|servers|infrastructure|machines)\b",
    rf"{ADJECTIVE} (?:soil|territory|ground) only\b",
    rf"(?:^|(?<=[.;,:\n]\s)|(?<=\n)){ADJECTIVE} regions?(?=\s*(?:pls|please|only|[.,;!]|$))",
    rf"\b(?:in|on|at) our own (?:premises|site),? (?:with)?in {NAME}",
    rf"\b(?:within|inside) {ADJECTIVE} borders\b",
    rf"\b{_THING}\s+(?:\w+\s+)?(?:must|has to|have to|had to|needs? to|should|shall|may only|can only) (?:only |always )?be (?:physically |located |situated |placed |based |only |hosted |either )*(?:with)?in(?:side)?\s+{NAME}",
    rf"\b(?:hosting|inference|processing|residency|data residency|servers|inference region|hosting region|processing region|compute)\s*(?:must be |has to be |should be |only |either |is |in the |location |region |place |country )*(?:in|within|inside|:|=)\s*{NAME}",
    rf"{ADJECTIVE}[- ](?:only )?(?:data[- ])?(?:hosting|residency|inference|processing)\b",
    rf"\bonly (?:in )?(?:the |an? |from )?{ADJECTIVE} (?:cloud )?(?:regions?|data ?cent(?:re|er)s?|servers|zones?|locations?)\b",
    rf"{ADJECTIVE} (?:cloud )?(?:regions?|data ?cent(?:re|er)s?|servers) only\b",
    rf"\bonly (?:the |in )?{NAME} (?:is|are) (?:allowed|permitted|ok|okay|fine|acceptable|possible|approved|an option)\b",
    rf"\bregions?\b(?: is| are|:)? (?:only |must be |has to be |fixed to |restricted to |limited to )*{NAME}",
    rf"\bkeep(?:ing)?\s+[^.,;?!]{{1,40}}?\s(?:in|inside|within)\s+{NAME}",
    rf"\bonly {ADJECTIVE}[- ]hosted\b",
    rf"{ADJECTIVE}[- ]hosted(?: \w+)? only\b",
    rf"\b(?:must|has to|have to|needs? to|should) be {ADJECTIVE}[- ]hosted\b",
    rf"{NAME}\s+only(?=\s*(?:please\b|[.,?!)]|$))",
    rf"\bin\s+{NAME}\s+(?:only|exclusively|alone)\b",
    rf"\b(?:only|solely|exclusively|nowhere (?:else )?(?:but|than)|nowhere outside)\s+(?:with)?in(?:side)?(?: of)?\s+{NAME}",
    rf"(?:^|(?<=[.;,]\s))(?:it |all |this )?(?:must|has to|needs to) (?:be |stay |run |remain )?(?:either )?(?:with)?in(?:side)?(?: of)? {NAME}",
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
_MADE_THERE = r"\b(?:models?|weights|LLMs?|vendors?|compan(?:y|ies)|suppliers?|labs?|developers?|makers?)\s+(?:that |which |who )?(?:(?:is|are|was|were|made|trained|built|developed|based|coming|come|comes) )*(?:from|of)\s+(?:the )?$|\b(?:made|trained|built|developed) (?:only |exclusively )?in\s+(?:the )?$"
_WHO_IS_OUT = rf"\b(?:{PEOPLE}|nobody|anybody|anyone|no one|vendors?|providers?|compan(?:y|ies)|suppliers?|operators?|models?|offices?|business|sales|sell|staff|teams?|travel|activit\w+|presence|active)(?: (?:from|based|sitting|located|seated|who|that|which|is|are|anywhere|anything|or))*\s*$"
_STORED = r"\b(?:stor(?:e|ed|age)|archiv\w+|back-?ups?|database|at rest|warehouse)\b"
_PROCESSED = r"\b(?:process\w*|inference|run|runs|hosted|hosting|comput\w+|served|everything)\b"
_FOREIGN = r"(?:foreign|third|other|another|non-(?:EU|European)|outside|any|(?-i:US)|U\.S\.|American)"
_RULES = (
    Rule(name="air_gap", value=True, negated=False, pattern=r"\bair[- ]?gap\w*"),
    Rule(name="air_gap", value=True, sure=True, pattern=r"\b(?:no|without(?: any)?|has no|cut off from the|disconnected from the|not connected to the) (?:connection to the |access to the )?(?:internet|outside world)(?: connection| access)?\b(?! search)|\b(?:isolated|disconnected|offline) (?:network|environment|machine)s?\b|\bfully offline\b"),
    Rule(name="on_premises", value=True, negated=False, pattern=r"\b(?:on[- ]prem(?:ises?)?\b|(?:in|on|at|from|inside) our (?:own )?(?:premises|data ?cent(?:re|er)s?|server room|basement|machine room)\b|(?:in|on|at|from|inside) our own site\b|\b(?:runs?|running|stays?|hosted|deployed|installed|kept|servers?|hardware|machines?) (?:only |all )?(?:on|at) our site\b|on our own (?:servers|hardware|machines)\b(?! (?:is|are|would be) (?:fine|ok)))"),
    Rule(name="on_premises", value=True, sure=True, pattern=r"\bno (?:public )?cloud\b(?! act| vendor)|\brefuses? (?:any|every|the) cloud\b|\bcloud is (?:not allowed|forbidden|excluded|out|not an option|off the table)\b|\bnothing in the cloud\b|\b(?:nothing|no (?:\w+ )?data|never|not)(?: \w+)? leaves? our (?:own )?(?:premises|buildings?|data ?cent(?:re|er)s?|network|servers|site|house)\b"),
    Rule(name="no_foreign_jurisdiction", value=True, sure=True, pattern=r"\b(?:not|never|no|avoid|outside|out of|beyond|free (?:of|from)|safe from|without|immune to|protected from)\b[^.;?!]{0,40}\bCLOUD[- ]Act\b|\bCLOUD[- ]Act[- ](?:proof|free|safe|immune)\b"),
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
    if re.search(_MADE_THERE, text.plain[: match.start("place")], re.I):
        return []
    if re.search(rf"\b{PEOPLE}\s+(?:are |is |live |sit |come )*$", text.before(start), re.I):
        return []
    if _of_several(text, match, str(one.value)):
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


def _of_several(text: Text, match: re.Match[str], code: str) -> bool:
    """ "Germany and France": whether any will do or both must is not said."""
    also = re.match(rf"\s*(?:,|/|or|and|&)\s+(?:in )?{ALSO_NAME}", text.placed[match.end() :], re.I)
    before = re.search(rf"{ALSO_NAME}\s*(?:,|,? and|&)\s+(?:in )?(?:the )?$", text.placed[: match.start("place")], re.I)
    return any(set(codes_in(m.group())) - set(code.split("|")) for m in (also, before) if m)


def _hosts(text: Text, match: re.Match[str]) -> list[Found]:
    """ "Nothing may run in China" bars hosts there."""
    if not re.search(_FORBIDS, text.before(match.start()), re.I) or in_eu(_code(match)):
        return []
    return [found(text, "excluded_hosts", frozenset(codes_in(match.group("place"))), match.span())]


def _leave(text: Text, match: re.Match[str]) -> list[Found]:
    start, end = match.span()
    if text.general(start) or text.of_others(start):
        return []
    clause = text.clause_text(start)
    one = found(text, "inference_in", _code(match), (start, end))
    if re.search(_STORED, clause, re.I) and not re.search(_PROCESSED, clause, re.I):
        return []
    if re.match("outside|beyond", one.words, re.I) and re.search(_WHO_IS_OUT, text.before(start), re.I):
        return []
    if re.search(_FORBIDS, clause, re.I):
        return [one]
    return [replace(one, act=Act.CLEAR)] if re.search(r"\b(?:may|can|could|might|allowed)\b", clause, re.I) else []


EXTRACTORS = (flags, residency)
