# ruff: noqa: E501 - one pattern a line
"""What licences turn on: users, distribution, model as a service, customisation, training on outputs."""

import calendar
import re
from collections.abc import Mapping
from decimal import Decimal

from bot.answer.usecase.found import Found, Rule, apply, found
from bot.answer.usecase.numbers import ABOUT, NUMBER, number
from bot.answer.usecase.reading import Text

MONTHS = tuple(name.lower() for name in calendar.month_name if name)
MONTH_NAME = "|".join(m.capitalize() + "|" + m[:3].capitalize() for m in MONTHS) + "|Sept"
MONTH = rf"(?P<month>{MONTH_NAME})\.?,?\s+(?P<year>20\d\d)"
_MONTHLY = r"(?:MAUs?\b|monthly(?:[- ]active)?[- ](?:users?|players?|readers?|viewers?|listeners?|visitors?|people)\b|active users (?:a|per|each|every) month\b|(?:users|readers|players|viewers|listeners) (?:a|per|each|every) month\b|monthly actives\b)"
_MAU = (
    rf"(?P<n>{NUMBER})[\s-]*{_MONTHLY}",
    rf"(?P<n>{NUMBER})\s+(?:people|users|customers|players)\s+(?:use|visit|open|play|log in(?:to)?|are on)\b[^.;?!]{{0,30}}?\b(?:a|each|every|per) month\b",
    rf"\bMAUs?\b(?:\s+(?:is|are|was|were|of|at|now|stands? at))*\s*[:=]?\s*{ABOUT}(?P<n>{NUMBER})",
)
_USERS = (
    rf"(?P<n>{NUMBER})[\s-]*(?:(?:active|app)\s+)?users?\b(?!\s+(?:a|per|each|every)\s+(?:day|week|hour)|\s+clause)"
)
_WHEN = rf"^[^.;?!\d]{{0,12}}(?:\b(?:in|as of|at the end of|during|for)\s+|\(){MONTH}"
_WHEN_BEFORE = (
    rf"\b(?:in|as of|by|(?:by |at )?(?:the )?end of|at the end of|during|for|since)\s+{MONTH}\b[^.;?!\d]{{0,40}}$"
)
_THRESHOLD = r"\b(?:licen[cs]e|clause|terms)\b[^.;?!]*$|\b(?:above|over|beyond|below|under|exceed\w*|more than|less than|fewer than|than|threshold of|limit of|from|>|<)\W*$"
_CLAUSE = r"^\W*(?:\w+\W+){0,2}(?:clause|threshold|limit|condition|rule|cap)\b"
_NOT_MONTHLY = r"\b(?:daily|registered|concurrent|internal|simultaneous|named|licensed)\W*$"
_OWN = r"\b(?:we|our|we're|we've|I|my)\b|\b(?:app|platform|site|website|product|service|network|game)\b"
_LOAD_OF_ONE = r"(?:/|\b(?:per|each|every|an?)\s)\s*(?:user|head|person)\b|\busers?,? each\b"
_MAAS = r"model[- ]as[- ]a[- ]service|(?-i:\bMaaS\b)"
_OTHERS = r"(?:third parties|others|other (?:companies|firms|businesses|developers)|outside customers|external (?:customers|developers))"
_SERVES = rf"{_MAAS}|\b(?:sell|sells|selling|offer|offers|offering|provide|provides|expose|exposes|exposing|rent out|resell)\b (?:out )?(?:access to (?:the |our |this )?(?:raw )?models?|(?:the |our |raw |this )*models?(?: access)?(?: itself| directly| alone)?)(?: [a-z]+){{0,2}}? as (?:a|an) (?:paid |separate )?(?:service|API|endpoint)\b|\b(?:run|runs|offer|offers|offered|offering|sell|sells|sold|provide|provides|provided|host|hosts|hosted)\b[^.;?!]{{0,30}}?\b(?:inference|it|the model|the weights|models)\b[^.;?!]{{0,30}}?\b(?:as a service|as an API|API)?\s*(?:to|for)\s+{_OTHERS}\b|\bresell\w*\s+(?:the |this )?(?:model|weights|it|inference|API)\b"
_ASKED = r"\b(?:should|shall) (?:we|I)\b|\bdo (?:we|I) (?:need|have) to\b|\bwhether\b|\bor (?:use )?RAG\b|\bworth\b"
_FINE = r"fine[- ]?tun(?:e|es|ed|ing)"
_RULES = (
    Rule(name="offers_model_as_a_service", value=True, negated=False, pattern=_SERVES),
    Rule(name="distribution", value="maas", pattern=_SERVES),
    Rule(name="distribution", value="internal", pattern=r"\binternal (?:use|only)\b|\binternal (?:(?!and\b|or\b|data\b|documents?\b)[a-z]+ ){0,2}?(?:tool|assistant|app|application)\b|\b(?:only )?for our own (?:staff|employees|people|team)\b|\bin-?house (?:tool|use)\b|\bemployees only\b|\b(?:use[sd]?|using|deployed|available) (?:it |this |them )?(?:only |purely |strictly |just )*internally\b|\binternally only\b|\b(?:only|purely|strictly) internal(?:ly)?\b(?! (?:data|documents?|wiki|docs|files|texts?|information|material|pages))"),
    Rule(name="distribution", value="saas", pattern=r"\b(?:our |a |the )?SaaS(?: product| application| app| tool| platform)?\b(?! vendors?)"),
    Rule(name="distribution", value="on_device", pattern=r"\b(?:run|runs|running|works?) (?:it |them |locally |entirely )*on[- ](?:the )?(?:device|phones?|laptops?|the user's device)\b|\bon[- ]device\b|\bembedded in (?:the |a )?(?:device|car|phone)\b"),
    Rule(name="distribution", value="redistribute", pattern=r"\b(?:ship|redistribut\w+|deliver|bundle|distribute|publish)\w*\s+(?:the |our |an? |fine-tuned |modified )*(?:model )?(?:weights|checkpoints?)\b|\b(?:get|receive|download)s? (?:the |our )?(?:fine-tuned |modified |model )*weights\b|\bship (?:the|a|our) model (?:to|with|inside|as part)\b"),
    Rule(name="customisation", value="lora", negated="none", unless=_ASKED, pattern=rf"\bQ?LoRAs?\b(?: adapters?)?|\b{_FINE} with adapters\b|\badapter (?:training|{_FINE})\b"),
    Rule(name="customisation", value="full", unless=_ASKED, pattern=rf"\bfull(?:y)?[- ]{_FINE}\b|\b{_FINE}\s+(?:it |the model |them )?(?:fully|completely|all (?:the )?weights)\b|\bfull[- ]parameter\b|\bcontinued pre-?training\b|\bcontinue pre-?training\b"),
    Rule(name="customisation", value="distil", pattern=r"\bdistil(?:l|ls|ling|led|lation|s)?\b(?!\w)"),
    Rule(name="customisation", value="prompt", pattern=r"\b(?:prompting|prompt engineering|prompts?|few-shot)\s+(?:is|are|will be|should be)\s+(?:enough|sufficient|all we need)\b|\b(?:just|only|pure(?:ly)?)\s+prompt(?:ing|s| engineering)\b|\bprompt(?:ing|s| engineering)\s+only\b|\b(?:by|with|through) prompt(?:ing| engineering) alone\b|\bnothing but prompt(?:s|ing)\b|\bprompt(?:ing| engineering) (?:will do|suffices|does it|is fine)\b"),
    Rule(name="customisation", value="none", sure=True, pattern=rf"\b(?:no|without(?: any)?|never|not|don't|won't|do not|will not|not going to|no need (?:for|to))\s+(?:need |want |plan |to |any |intend )*(?:custom |model )?{_FINE}\b|\b{_FINE}\s*[?:]\s*(?:no|none|nope|never|not (?:planned|needed|for us|yet|at all))\b"),
    Rule(name="trains_on_outputs", value=True, negated=False, pattern=r"\btrain(?:ing)?\b[^.;?!]{0,40}\b(?:on|from|with)\b[^.;?!]{0,20}\boutputs?\b|\boutputs?\b[^.;?!]{0,25}\bto train\b|\bsynthetic (?:training )?data (?:from|with|by|using)\b|\bsynthetic training data\b"),
    Rule(name="trains_on_outputs", value=True, unless=r"\b(?:not|never|no)\b|n't\b", pattern=r"\boutputs?\b[^.;?!]{0,30}\b(?:for|in) training\b"),
    Rule(name="trains_on_outputs", value=False, sure=True, pattern=r"\boutputs?\b[^.;?!]{0,15}(?:\b(?:not|never)\b|n't\b)[^.;?!]{0,25}\btrain(?:ing)?\b"),
    Rule(name="trains_on_outputs", value=True, derived=True, pattern=r"\bdistil(?:l|ls|ling|led|lation|s)?\b(?!\w)"),
)  # fmt: skip
_TUNED = Rule(
    unless=_ASKED,
    name="customisation",
    value="lora",
    pattern=rf"\b{_FINE}\b",
    derived=True,
    assumption="fine-tuning read as adapters (LoRA)",
)


def rules(text: Text) -> list[Found]:
    """Fine-tuning of no said kind counts as adapters, by assumption; a stated kind wins."""
    return apply(_RULES, text) + apply((_TUNED,), text)


def users(text: Text) -> list[Found]:
    """Monthly users, now or in a month that is named; a licence's threshold is not a size."""
    results = [f for p in _MAU for m in text.finditer(p) if (f := _users(text, m, ""))]
    if results:
        return results
    plain = [m for m in text.finditer(_USERS) if _is_audience(text.sentence_text(m.start()))]
    return [f for m in plain if (f := _users(text, m, "users read as monthly active users"))]


def _is_audience(sentence: str) -> bool:
    """Users of a product of the asker's; those who are only told to multiply a load are no monthly figure."""
    return bool(re.search(_OWN, sentence, re.I)) and not re.search(_LOAD_OF_ONE, sentence, re.I)


def _users(text: Text, match: re.Match[str], assumption: str) -> Found | None:
    start, end = match.span()
    after = text.plain[end : text.sentence(start)[1]]
    before = text.before(match.start("n"))
    if text.general(start) or text.of_others(start) or text.past(start) or text.negated(start, start):
        return None
    if re.search(_THRESHOLD, before, re.I) or re.search(_NOT_MONTHLY, before, re.I) or re.search(_CLAUSE, after, re.I):
        return None
    value = number(match.group("n"))
    when, earlier = re.search(_WHEN, after), re.search(_WHEN_BEFORE, text.plain[text.sentence(start)[0] : start], re.I)
    if when or earlier:
        month: Mapping[str, Decimal] = {year_month(when or earlier): value}  # type: ignore[arg-type]
        return found(text, "mau_on", month, (start, end + (when.end() if when else 0)), assumption=assumption)
    return found(text, "mau", value, (start, end), assumption=assumption)


def year_month(match: re.Match[str]) -> str:
    """ "2025-03" of what MONTH matched."""
    said = match.group("month").lower()[:3]
    place = next(i for i, m in enumerate(MONTHS, 1) if m.startswith(said))
    return f"{match.group('year')}-{place:02}"


EXTRACTORS = (rules, users)
