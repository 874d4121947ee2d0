# ruff: noqa: E501 - one pattern a line
"""How long one request is: tokens in, tokens out, and what pages or words come to at a rate that is told."""

import re
from decimal import ROUND_HALF_UP, Decimal

from bot.answer.usecase.found import Found, found
from bot.answer.usecase.numbers import ABOUT, COUNT, NUMBER, middle, number
from bot.answer.usecase.reading import Text
from bot.answer.usecase.split import of_one_request
from bot.answer.usecase.volume import PERIOD, UNIT

_TOK = r"(?:tokens?|tok|toks|t)\b"
_IN = r"(?:prompts?|inputs?|questions?|quer(?:y|ies)|requests?|docs?|documents?|e?-?mails?|messages?|articles?|contracts?|reports?|letters?|tickets?|files?|transcripts?)"
_OUT = r"(?:answers?|outputs?|completions?|responses?|repl(?:y|ies)|summar(?:y|ies)|generations?|drafts?|captions?|descriptions?|labels?|verdicts?|classifications?|translations?)"
_LINK = rf"(?:\s*[,(])?(?:\s+(?:is|are|has|have|with|of|at|averages?|averaging|size|length|run|runs|come in|comes to|long|being|vary|varies|range|ranges|only|just|:|=|≈))*\s*[:=≈]?\s*{ABOUT}(?:(?:between |from )?{NUMBER}(?:\s*(?:-|to)\s*|(?<=\w) and ))?"
_NOT_YET_MONTHLY = rf"(?!\s*(?:per|a|each|every|/)\s*(?:{UNIT})|\s+monthly|\s+daily|\s+(?:in total|total)\b)"
_ENDS = r"(?=\s*(?:[,;.)+&|/\n]|and\b|in\b|out\b|$))(?!\s*/\s*(?:\d|[a-z]))"
_ITEM = rf"(?:{_IN}|CV|contract|letter|ticket|report|article|call|invoice|claim|item|piece|one)"
_SIZES: tuple[tuple[str, str], ...] = (
    (rf"(?P<tokens_in_per_request>{NUMBER})\s*(?:{_TOK})?\s*(?:in|input|prompt)\b\s*(?:{_TOK})?\s*(?:/|,|and|\+|&|-|\|)*\s*{ABOUT}(?P<tokens_out_per_request>{NUMBER})\s*(?:{_TOK})?\s*(?:out|output|completion|back)\b(?!(?:\s*{_TOK})?\s*(?:(?:per|an?|each|every|/)\s*(?:{UNIT})|monthly|daily|weekly))", ""),
    (rf"(?P<tokens_in_per_request>{NUMBER})\s*/\s*(?P<tokens_out_per_request>{NUMBER})\s*(?:{_TOK})(?:\s+in\s*/\s*out\b)?", ""),
    (rf"(?P<tokens_in_per_request>{NUMBER})\s*{_TOK}\s+of\s+(?:the |a |an )?{_IN}\b", "the size of one item read as input"),
    (rf"(?P<tokens_in_per_request>{NUMBER})[\s-]*(?:input|prompt)[\s-]+{_TOK}{_NOT_YET_MONTHLY}", ""),
    (rf"(?P<tokens_out_per_request>{NUMBER})[\s-]*(?:output|completion|answer)[\s-]+{_TOK}{_NOT_YET_MONTHLY}", ""),
    (rf"(?P<tokens_in_per_request>{NUMBER})[ -]*{_TOK}[ -]+(?:long )?{_IN}\b(?! (?:windows?|limits?))", ""),
    (rf"(?P<tokens_out_per_request>{NUMBER})[ -]*{_TOK}[ -]+(?:long )?{_OUT}\b", ""),
    (rf"\b{_IN}{_LINK}(?P<tokens_in_per_request>{NUMBER})[\s-]*{_TOK}(?!\s*(?:in|out)\b|[ -]+(?:long )?{_OUT}\b){_NOT_YET_MONTHLY}", ""),
    (rf"\b{_OUT}{_LINK}(?P<tokens_out_per_request>{NUMBER})[\s-]*{_TOK}{_NOT_YET_MONTHLY}", ""),
    (rf"\b(?:in|input)(?: tokens| size| length)?\s*[:=~]\s*{ABOUT}(?P<tokens_in_per_request>{NUMBER})(?:\s*{_TOK}|{_ENDS}){_NOT_YET_MONTHLY}", ""),
    (rf"\b(?:out|output)(?: tokens| size| length)?\s*[:=~]\s*{ABOUT}(?P<tokens_out_per_request>{NUMBER})(?:\s*{_TOK}|{_ENDS}){_NOT_YET_MONTHLY}", ""),
    (rf"\b(?:avg\.?|average|typical|mean|usual)?\s*(?:prompt|input)(?: size| length)?(?:\s+(?:is|of|has)|\s*[:=~])?\s+{ABOUT}(?P<tokens_in_per_request>{NUMBER}){_ENDS}", ""),
    (rf"\b(?:avg\.?|average|typical|mean|usual)?\s*(?:completion|output|answer|reply|response)(?: size| length)?(?:\s+(?:is|of|has)|\s*[:=~])?\s+{ABOUT}(?P<tokens_out_per_request>{NUMBER}){_ENDS}", ""),
    (rf"\b(?:summari\w+|condens\w+|boil\w*(?: \w+)? down|shorten\w*|turned|compress\w+)(?:\s+\w+){{0,2}}\s+(?:to|into|in|at|within)\s+{ABOUT}(?P<tokens_out_per_request>{NUMBER})\s*{_TOK}", ""),
    (rf"\b(?:writes?|returns?|produces?|generates?|answers?|respond(?:s|ing)?|gets?|comes? back)(?:\s+(?:with|in|back))?\s+{ABOUT}(?P<tokens_out_per_request>{NUMBER})\s*{_TOK}(?!\s*(?:in|out)\b){_NOT_YET_MONTHLY}", ""),
    (rf"\b(?:reads?|ingests?)\s+{ABOUT}(?P<tokens_in_per_request>{NUMBER})\s*{_TOK}(?!\s*(?:in|out)\b){_NOT_YET_MONTHLY}", ""),
    (rf"(?P<tokens_out_per_request>{NUMBER})\s*{_TOK}\s+(?:per|an?|for each|for the|back)\s+{_OUT}\b", ""),
    (rf"(?P<tokens_out_per_request>{NUMBER})\s*{_TOK}\s+(?:back|out|comes? (?:back|out)|of (?:output|answer))\b{_NOT_YET_MONTHLY}", ""),
    (rf"(?P<tokens_in_per_request>{NUMBER})\s*{_TOK}\s+(?:in(?!\s*/\s*out)|goes? in|of (?:input|context per (?:request|question|call)))\b(?! (?:total|all|german|english|french)){_NOT_YET_MONTHLY}", ""),
    (rf"\beach(?:\s+(?:is|has|of|with|being))?\s+{ABOUT}(?P<tokens_in_per_request>{NUMBER})\s*{_TOK}(?!\s*(?:in|out)\b)", "the size of one item read as input"),
    (rf"(?P<tokens_in_per_request>{NUMBER})\s*{_TOK}\s+(?:long )?(?:each\b|apiece\b|(?:per|an?)\s+{_ITEM}\b)", "the size of one item read as input"),
    (rf"\b(?:average of|averaging|on average)\s+(?P<tokens_in_per_request>{NUMBER})\s*{_TOK}(?!\s*(?:in|out|per|an?)\b)", "the size of one item read as input"),
    (rf"{PERIOD},?\s*(?:at |of |with |and )?{ABOUT}(?P<tokens_in_per_request>{NUMBER})\s*{_TOK}(?=\s*(?:[.,;)]|$))", "the size of one item read as input"),
    (rf"\b(?:thinks?|reasons?|thinking|reasoning)\s+(?:for\s+)?{ABOUT}(?P<reasoning_tokens_per_request>{NUMBER})\s*{_TOK}", ""),
    (rf"(?P<reasoning_tokens_per_request>{NUMBER})\s*(?:reasoning|thinking)\s+{_TOK}", ""),
)  # fmt: skip
_LONGEST = r"\b(?:up to|at most|max(?:imum)?(?: of)?|as long as|longest|largest|biggest|limit(?: of)?|worst[- ]case|outliers?|exceed\w*)\b[^.;,]{0,25}$"
_UNIT_OF_TEXT = r"pages?|words?|minutes?|lines?|paragraphs?|slides?|sheets?"
_RATES = (
    rf"(?P<n>{NUMBER})\s*{_TOK}\s*(?:per|an?|/|each|every|to the|for (?:a|each|every))\s*(?P<unit>{_UNIT_OF_TEXT})\b",
    rf"\b(?:an?|one|1|per|each|every)\s+(?P<unit>{_UNIT_OF_TEXT})\s*(?:(?:is|has|holds|comes to|equals|makes|means|at|=|:|≈)\s*)+{ABOUT}(?P<n>{NUMBER})\s*{_TOK}",
    rf"(?P<n>\d+\.\d+)\s*{_TOK}\s*(?:per|an?|/|each)\s*(?P<unit>words?)\b",
)
_LENGTH = rf"(?P<n>{COUNT})[\s-]*(?:[a-z]+ )?(?P<unit>{_UNIT_OF_TEXT})\b(?!{PERIOD}|[\s-]+(?:long )?{_OUT}\b)"


def find(text: Text) -> list[Found]:
    """The tokens of one request; "up to" is a longest, not a usual size."""
    product = _at_a_rate(text) or of_one_request(text)
    results: list[Found] = list(product)
    for pattern, assumption in _SIZES:
        for match in text.finditer(pattern):
            results += _sizes(text, match, assumption)
    rated = {f.name for f in product}
    return product + [f for f in results if f.name not in rated and not _is_rate(text, f)]


def _is_rate(text: Text, one: Found) -> bool:
    """ "500 tokens a page" is no size of a request unless pages are requests."""
    return re.search(rf"\b(?:{_UNIT_OF_TEXT})$", one.words, re.I) is not None


def _sizes(text: Text, match: re.Match[str], assumption: str) -> list[Found]:
    results = []
    for name, said in match.groupdict().items():
        start = match.start(name)
        if name == "period" or said is None or text.of_others(start) or text.past(start) or _asked(text, start):
            continue
        if name != "tokens_out_per_request" and re.search(_LONGEST, text.plain[:start].rstrip("~ "), re.I):
            continue
        value = _middle(text, start, said)
        if 1 <= value <= 2_000_000:
            results.append(found(text, name, value, match.span(), assumption=assumption))
    return results


def _middle(text: Text, start: int, said: str) -> Decimal:
    """The size said, or the middle of the range that it ends: "between 1k and 3k tokens"."""
    low = re.search(rf"(?:\bbetween\s+(?P<a>{NUMBER})\s+and|(?P<b>{NUMBER})\s*(?:-|to))\s*$", text.plain[:start], re.I)
    return middle(low.group("a") or low.group("b"), said) if low else number(said)


def _at_a_rate(text: Text) -> list[Found]:
    """ "25 pages each, 500 tokens a page"; one length and one rate of the same unit."""
    rates = [m for p in _RATES for m in text.finditer(p) if not text.general(m.start())]
    if not rates:
        return []
    rate = rates[0]
    unit = rate.group("unit").lower().rstrip("s")
    lengths = [
        m
        for m in text.finditer(_LENGTH)
        if m.group("unit").lower().rstrip("s") == unit and not rate.start() <= m.start() < rate.end()
    ]
    if len({m.group("n") for m in lengths}) != 1:
        return []
    length = lengths[0]
    value = (number(rate.group("n")) * number(length.group("n"))).quantize(Decimal(1), ROUND_HALF_UP)
    outward = re.search(rf"\b{_OUT}\b[^.;,]{{0,20}}$", text.before(length.start()), re.I)
    name = "tokens_out_per_request" if outward else "tokens_in_per_request"
    note = f"{length.group()} at {' '.join(rate.group().split())}"
    return [found(text, name, value, length.span(), assumption=note)]


def _asked(text: Text, start: int) -> bool:
    """A general question, unless it counts requests: then it is about the asker's load."""
    return text.general(start) and not re.search(PERIOD, text.sentence_text(start), re.I)


EXTRACTORS = (find,)
