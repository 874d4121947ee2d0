# ruff: noqa: E501 - one pattern a line
"""Is something to be chosen, whatever the words? "Worth it", "A or B for our chatbot", "can X replace Y". Pure.

A choice needs a matter to choose about: a use of the asker's own, a named model against a way to run one, or a volume.
Without any of these a comparison stays a comparison, and a question about a clause, a price or a rule stays one.
"""

import re
from collections.abc import Iterable

from bot.answer.values import Mention, UseCase

_I = re.IGNORECASE
_NAMED = "\N{SECTION SIGN}"  # stands for a named model, vendor or provider in the text that patterns see
_PREFIXES = ("model:", "vendor:", "provider:")

_OPEN = r"open(?:[- ](?:source|weights?))?"
_SHUT = r"(?:closed|proprietary|commercial)"
_KIND = rf"(?:{_OPEN}|{_SHUT})(?:[- ](?:source|weights?))?(?: (?:AI |LLM )?(?:models?|ones?|alternatives?|APIs?|something))?"
_RUN = (
    r"(?:(?:a |the )?(?:managed|hosted|serverless|vendor'?s?|public|closed|commercial) )?(?:APIs?|inference)\b|managed\b|serverless\b|"
    r"(?:self|own)[- ]?host\w*|on[- ]prem\w*|(?:the )?(?:public )?cloud\b|(?:our |your |their )?own (?:GPUs?|hardware|servers)|"
    r"(?:rent\w*|buy\w*|own\w*) (?:our |the )?(?:own )?(?:\w+ )?(?:GPUs?|[HBA]\d{3}s?|hardware|inference)|build|buy"
)
_WAY = rf"(?:(?:an?|the|some|any|our|going|using|our own) )?(?:(?:bigger|smaller|cheaper|better|good|large|small) )?(?:{_KIND}|{_RUN})"
_JOIN = r"(?:,? (?:or|vs\.?|versus|against|instead of|rather than|over|compared (?:to|with))|/) ?(?:with |to |on |a |an |the |use |go |stay with )*"
_BETWEEN = r"(?: [^\s?.!;:]+){0,4}?"
_NAME_OR_WAY = re.compile(
    rf"{_NAMED}{_BETWEEN},? or {_WAY}\b|\b{_WAY}{_BETWEEN},? or (?:an? |the )?{_NAMED}|\breplac\w+ [^?.!]{{0,40}}\b(?:by|with) (?:an? )?{_KIND}",
    _I,
)
_CHOICE = re.compile(
    rf"(?:{_NAMED}|\b{_WAY}\b){_BETWEEN}{_JOIN}(?:{_NAMED}|{_WAY}\b)|\b(?:does|do|would|will|can) {_OPEN} beat\b|"
    rf"\b(?:cheaper|better|safer|faster)\b[^?.!]{{0,25}}\bthan\b",
    _I,
)
_WEIGHS = re.compile(
    r"\bworth(?:while)?(?: (?:it|the|our|\w+ing))?\b|\b(?:does|do|would|will|did)\b[^?.!]{1,60}\bpay(?:s| off)?\b|\bpays? off\b|"
    r"\b(?:it|that|this|not) pays? to\b|\bbreak[s-]? ?even\b|\b(?:at|from|above|beyond) (?:what|which) (?:volume|point|load|scale)\b|"
    r"\bgood enough\b(?! (?:for|to) (?:the|be))|\boverkill\b|\b(?:sensible|right|wise|sound|smart|good|obvious) (?:choice|model|fit|call|move|pick|bet)\b|"
    r"\bmakes? (?:any |more )?sense\b|\breplac(?:e|es|ing|ement)\b|\bsubstitut\w+|\bswap(?:ping)?\b|\bget away with\b|"
    rf"\bgo(?:ing)? (?:{_OPEN}|{_SHUT}|self[- ]?hosted|on[- ]prem\w*)\b|\b(?:stay|stick)(?:ing)? (?:with|on|to)\b|"
    r"\bswitch(?:ing)?\b|\bmov(?:e|ing) (?:\d+%? )?[^?.!]{0,30}?\b(?:off|away|to|from|over)\b|\bmigrat(?:e|ing)\b|\btime to (?:leave|drop|move|switch|quit)\b|"
    r"\b(?:choos(?:e|ing)|pick(?:ing)?|select(?:ing)?|decid(?:e|ing)|deciding)\b|\bsuggest\w*|\brecommend\w*|"
    r"\b(?:what|which|how|where|who)\b[^?.!]{0,30}\b(?:do|would|should|shall|could|can|might) (?:i|we|you)\b[^?.!]{0,12}\b(?:use|run|pick|choose|take|go|deploy|buy|decide|host|advise)\b|"
    r"\b(?:what|which(?: (?:one|model|LLM|option))?) to (?:use|pick|choose|take|run|deploy|buy|go (?:for|with))(?= for (?:an?|our|my|this)\b|\W*$|[?.!,;])|"
    r"\b(?:what(?:'s| is) best|what would (?:fit|suit|work)(?: us| best)?)(?=\W*$|[?.!,;])|"
    r"\bwhere should\b|\bwhich (?:LLM|model|setup|stack|option|way) (?:for|would|should|do we|fits|suits|is (?:best|right))\b|"
    r"\bbest (?:fit|model|setup|choice|value|option|stack|bet)\b|\bcheapest (?:\w+ )?(?:setup|way|option|stack|route|model for)\b|"
    r"\b(?:build|make|rent) or buy\b|\bbuy or (?:build|rent)\b|\bsav(?:e|es|ing)\b(?: us| you)?(?: \w+)?(?: money| cost| by)|\bwould we save\b|"
    r"\btrade[- ]?offs?\b|\bpros and cons\b|\bthoughts\s*\?|\bwhat now\b|\byour take\b|"
    r"\b(?:need|want|looking for|after) an? (?:\w+ )?(?:LLM|model|recommendation|setup|bot|assistant)\b|"
    r"\b(?:looking at|considering|thinking (?:of|about)|asking about|evaluating|weighing)\b|\b(?:our|the) options\b",
    _I,
)
LOAD = re.compile(
    r"\d[\d.,]*\s?(?:k|m|bn?|thousand|million|billion)?\b[^?.!;:]{0,40}?\b(?:a|an|per|each|every|/)\s?(?:day|week|month|year|hour|minute|second)\b",
    _I,
)
_OWN = re.compile(r"\b(?:we|our|us|ours|my|i)\b|\b(?:would|do) you\b", _I)
_FOR_A_USE = re.compile(
    r"\bfor (?:an? |the |some |on-device |\d+ |our |my )?(?:\w+[- ]){0,4}(?:chat ?bots?|bots?|assistants?|apps?|tools?|products?|SaaS|agents?|"
    r"helpdesks?|support|helpers?|notes|search|firms?|banks?|insurers?|hospitals?|shops?|schools?|startups?|compan(?:y|ies)|ministr(?:y|ies)|teams?|"
    r"service|website|descriptions?|documents|e-?mails|tickets|invoices|contracts)\b",
    _I,
)
_SITUATION = frozenset({"self_host", "fine_tune", "full_fine_tune", "distil"})  # told of a way, not of a use
_FIELDS_LISTED = re.compile(
    r"[:,] ?(?:on |by |in )?(?:the )?(?:prices?|costs?|licen[cs]es?|context|risks?|speed|latency|memory|jurisdiction)\b|"
    r"\b(?:prices?|licen[cs]es?|context (?:window|length))\W*$",
    _I,
)
_NO_CHOICE = re.compile(
    r"^\W*(?:explain|define|describe|list|show|compare|who|when|since when|why)\b|"
    r"^\W*what (?:is|are|does|do) (?:an? |the )?[\w -]{1,30}(?: mean)?\W*$|"
    r"\b(?:changed?|news|announced|released|published|raised?|happened)\b|\bhow many\b|\bhow much (?:memory|VRAM)\b",
    _I,
)


def masked(text: str, mentions: Iterable[Mention]) -> str:
    """The text with named models, vendors and providers replaced by one sign, longest first."""
    words = {m.words for m in mentions if m.words and any(s.startswith(_PREFIXES) for s in m.subjects)}
    for said in sorted(words, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(said)}(?!\w)", _NAMED, text)
    return text


def weighs(text: str, mentions: tuple[Mention, ...], unknown: tuple[str, ...], case: UseCase) -> bool:
    """Is something to be chosen, about which enough is said to choose?"""
    if _NO_CHOICE.search(text):
        return False
    plain = masked(text, mentions)
    for name in unknown:
        plain = plain.replace(name, _NAMED)
    if _NAME_OR_WAY.search(plain):
        return True
    own = bool(_OWN.search(text) or LOAD.search(text) or _FOR_A_USE.search(text) or case.amounts or _in_use(case))
    if _FIELDS_LISTED.search(text) and not LOAD.search(text):
        return False
    if _CHOICE.search(plain) and own:
        return True
    matter = bool(_NAMED in plain or LOAD.search(text) or _in_use(case) or case.amounts or re.search(_WAY, plain, _I))
    return bool(_WEIGHS.search(plain) and own and matter)


def _in_use(case: UseCase) -> bool:
    return bool(case.flags - _SITUATION or case.jurisdictions)
