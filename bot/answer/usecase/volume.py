# ruff: noqa: E501 - one pattern a line
"""How much: requests and tokens by the month, and the size of one request."""

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from bot.answer.usecase.found import Found, found
from bot.answer.usecase.numbers import ABOUT, NUMBER, middle, number
from bot.answer.usecase.reading import Text

# how often a period comes in a month, and what that takes for granted
_PERIODS: tuple[tuple[str, Decimal, str], ...] = (
    (r"(?:working|business|week|work) ?-?days?\b", Decimal(22), "a month counted as 22 working days"),
    (r"(?:calendar )?days?\b|daily\b|d\b", Decimal(30), "a month counted as 30 days"),
    (r"nights?\b|nightly\b", Decimal(30), "a month counted as 30 nights"),
    (r"weeks?\b|weekly\b|wk\b", Decimal(52) / 12, "a month counted as 52/12 weeks"),
    (r"(?:calendar )?months?\b|monthly\b|mo\b", Decimal(1), ""),
    (r"quarters?\b|quarterly\b", Decimal(1) / 3, "a quarter spread evenly over 3 months"),
    (r"years?\b|yearly\b|annually\b|annum\b|yr\b", Decimal(1) / 12, "a year spread evenly over 12 months"),
    (r"hours?\b|hourly\b|hr?\b", Decimal(730), "a month counted as 730 hours, day and night"),
    (r"minutes?\b|min\b", Decimal(43800), "a month counted as 730 hours, day and night"),
    (r"seconds?\b|secs?\b|s\b", Decimal(2628000), "a month counted as 730 hours, day and night"),
)
_UNIT = "|".join(p for p, _, _ in _PERIODS)
_OFTEN = r"(?:daily|nightly|weekly|monthly|quarterly|yearly|annually|hourly)\b"
PERIOD = (
    rf"(?:\s*/\s*|\s+(?:once )?(?:a|an|per|each|every|in a|in one|during a)\s+|\s+(?={_OFTEN}))"
    rf"(?P<period>{_UNIT})"
)
_NOUNS = (
    r"(?:requests?|reqs?|questions?|quer(?:y|ies)|calls?|docs?|documents?|e?-?mails?|messages?|msgs?|chats?|conversations?|dialogues?|"
    r"tickets?|invoices?|claims?|letters?|inferences?|prompts?|completions?|transactions?|reviews?|texts?|CVs?|r[ée]sum[ée]s?|"
    r"applications?|contracts?|polic(?:y|ies)|reports?|pages?|items?|products?|records?|articles?|summar(?:y|ies)|cases?|enquir(?:y|ies)|"
    r"inquir(?:y|ies)|descriptions?|orders?|jobs?|images?|photos?|files?|PDFs?|posts?|comments?|translations?|transcripts?|forms?|"
    r"receipts?|times|sessions?|searches|lookups|interactions?|tasks?|pull requests|PRs|complaints?|notes?)"
)
_ADJECTIVES = r"(?:(?!tokens?\b|users?\b|people\b|per\b|a\b|an\b|and\b|or\b|to\b|in\b|of\b|each\b)[a-z][\w-]*\s+){0,2}?"
_AMOUNT = rf"(?P<low>{NUMBER})(?:\s*(?:-|to|and)\s*(?P<high>{NUMBER}))?"
_REQUESTS = (
    rf"{_AMOUNT}\s*{_ADJECTIVES}{_NOUNS}\b(?P<gap>(?:\s+(?!per\b|each\b|every\b|a\b)[a-z][\w'-]*){{0,4}}?){PERIOD}",
    rf"\b(?P<period>nightly|daily|weekly|monthly|hourly)\s+(?:[a-z]+\s+){{0,3}}?{_AMOUNT}\s*{_ADJECTIVES}{_NOUNS}\b",
    rf"{_AMOUNT}\s*(?P<rate>rps|qps)\b",
)
_BARE = rf"{_AMOUNT}\s*(?:of (?:them|these|those)\s*)?{PERIOD}"
_TOKENS = (
    ("tokens_per_month", rf"{_AMOUNT}\s*(?:total )?(?:tokens?|tok|toks)\b(?P<gap>){PERIOD}"),
    ("tokens_in_per_month", rf"{_AMOUNT}\s*(?:input|prompt|in)\s+(?:tokens?|tok)\b(?P<gap>(?:[^.;\d]{{0,20}}{NUMBER}\s*(?:output|completion|out)\s+(?:tokens?|tok))?){PERIOD}"),
    ("tokens_out_per_month", rf"{_AMOUNT}\s*(?:output|completion|out)\s+(?:tokens?|tok)\b(?P<gap>){PERIOD}"),
)  # fmt: skip
_NOT_THE_AVERAGE = r"\b(?:peaks?|bursts?|spikes?|max(?:imum)?|worst case|rate limit|limit of|quota|free tier)\b"
_AT_PEAK = r"^(?:\W+(?!average\b)\w+){0,4}?\W+peaks?\b"
_PART_TIME = r"\b(?:office|business|working|opening|peak|day-?time) hours?\b|\bduring the day\b|\b9 ?(?:-|to) ?5\b"
_THRESHOLD = (
    r"\b(?:above|over|beyond|below|under|exceed\w*|more than|less than|fewer than|break-?even\w*|threshold|from)\W*$"
)
_EACH = r"\b(?:each|every (?!day|week|month|hour|year|working|business|night)\w+)\b(?: of (?:them|us|whom))?(?:\s+[a-z'-]+){0,3}\s*$"
_EACH_AFTER = r"^\s*(?:each\b(?! (?:about|around|some|~)?\s*\d)|apiece|(?:per|a|/) ?(?:user|person|employee|head|seat|customer|developer|agent|lawyer|capita|day per)\b)"
_PER_PERSON = r"\bper (?:user|person|employee|head|seat|customer|developer|agent|lawyer|capita|doctor|nurse|student)\b"
_PEOPLE = rf"(?P<people>{NUMBER})\s+(?:[a-z-]+\s+)?(?:employees|people|users|lawyers|developers|engineers|agents|doctors|nurses|colleagues|staff|clerks|advisers|advisors|analysts|students|teachers|members|consultants)\b"
_MONEY_NEAR = (
    r"[$€£]|\b(?:budget|dollars?|euros?|usd|eur|revenue|turnover|salary|costs?|price[ds]?|rents?|pays?|spend)\b"
)


def find(text: Text) -> list[Found]:
    """Requests and tokens by the month; figures of others, of the past, of peaks and thresholds are left alone."""
    counted = [f for p in _REQUESTS for m in text.finditer(p) if (f := _requests(text, m))]
    if not counted:
        counted = [f for m in text.finditer(_BARE) if _named_before(text, m) and (f := _requests(text, m))]
    tokens = [f for name, p in _TOKENS for m in text.finditer(p) if (f := _monthly(text, m, name))]
    return counted + tokens


def bare(text: Text) -> list[Found]:
    """ "100k a day" in a thread that already counts something."""
    matches = text.finditer(_BARE)
    return [
        f
        for m in matches
        if not re.search(_MONEY_NEAR, text.clause_text(m.start()), re.I) and (f := _requests(text, m))
    ]


def _named_before(text: Text, match: re.Match[str]) -> bool:
    """A bare "8k a day" counts what the sentence named before, and is no money."""
    start = text.sentence(match.start())[0]
    before = text.plain[start : match.start()]
    return bool(re.search(rf"\b{_NOUNS}\b", before, re.I)) and not re.search(
        _MONEY_NEAR, text.clause_text(match.start()), re.I
    )


def _requests(text: Text, match: re.Match[str]) -> Found | None:
    people = _people(text, match)
    if people is None or re.search(_PER_PERSON, match.group(), re.I):
        return None
    return _monthly(text, match, "requests_per_month", times=people)


def _people(text: Text, match: re.Match[str]) -> Decimal | None:
    """How many do so each; 1 where nobody is told apart, None where their number is not said."""
    sentence = text.sentence(match.start())
    before = text.plain[sentence[0] : match.start()]
    after = text.plain[match.end() : sentence[1]]
    if not re.search(_EACH, before, re.I) and not re.search(_EACH_AFTER, after, re.I):
        return Decimal(1)
    people = re.search(_PEOPLE, before, re.I)
    return number(people.group("people")) if people else None


def _monthly(text: Text, match: re.Match[str], name: str, *, times: Decimal = Decimal(1)) -> Found | None:
    start = match.start()
    if text.of_others(start) or text.past(start) or text.negated(start, start):
        return None
    before = text.before(start)
    if re.search(_NOT_THE_AVERAGE, before, re.I) or re.search(_THRESHOLD, before, re.I):
        return None
    if name != "requests_per_month" and re.match(r"s|min|h", match.group("period"), re.I):
        return None  # tokens by the second are a throughput
    factor, assumption = _period(match)
    if factor >= 730 and re.search(_AT_PEAK, text.plain[match.end() : text.sentence(start)[1]], re.I):
        return None
    if factor >= 730 and re.search(_PART_TIME, text.sentence_text(start), re.I):
        return None
    ranged = match.group("high") is not None
    amount = middle(match.group("low"), match.group("high")) if ranged else number(match.group("low"))
    value = (amount * factor * times).quantize(Decimal(1), ROUND_HALF_UP)
    notes = [assumption] if assumption else []
    notes += ["the middle of the range"] if ranged else []
    notes += [f"{times} people do so each"] if times != 1 else []
    return found(text, name, value, match.span(), assumption="; ".join(notes)) if value > 0 else None


def _period(match: re.Match[str]) -> tuple[Decimal, str]:
    said = "s" if "rate" in match.groupdict() else match.group("period")
    return next((f, a) for p, f, a in _PERIODS if re.fullmatch(p, said, re.I))


_TOK = r"(?:tokens?|tok|toks)\b"
_IN = r"(?:prompts?|inputs?|questions?|quer(?:y|ies)|requests?|docs?|documents?|mails?|messages?)"
_OUT = r"(?:answers?|outputs?|completions?|responses?|repl(?:y|ies)|summar(?:y|ies)|generations?)"
_LINK = rf"(?:\s+(?:is|are|has|have|with|of|at|averages?|averaging|size|length|:|=))*\s*[:=]?\s*{ABOUT}"
_NOT_YET_MONTHLY = rf"(?!\s*(?:per|a|each|every|/)\s*(?:{_UNIT})|\s+monthly|\s+daily)"
_SIZES: tuple[tuple[str, str], ...] = (
    (rf"(?P<tokens_in_per_request>{NUMBER})\s*(?:{_TOK})?\s*(?:in|input)\b\s*(?:{_TOK})?\s*(?:/|,|and|\+|&|-)?\s*{ABOUT}(?P<tokens_out_per_request>{NUMBER})\s*(?:{_TOK})?\s*(?:out|output)\b", ""),
    (rf"(?P<tokens_in_per_request>{NUMBER})\s*/\s*(?P<tokens_out_per_request>{NUMBER})\s*(?:{_TOK})", ""),
    (rf"(?P<tokens_in_per_request>{NUMBER})[\s-]*(?:input|prompt)[\s-]+{_TOK}{_NOT_YET_MONTHLY}", ""),
    (rf"(?P<tokens_out_per_request>{NUMBER})[\s-]*(?:output|completion|answer)[\s-]+{_TOK}{_NOT_YET_MONTHLY}", ""),
    (rf"(?P<tokens_in_per_request>{NUMBER})[\s-]*{_TOK}[\s-]+(?:long )?{_IN}\b", ""),
    (rf"(?P<tokens_out_per_request>{NUMBER})[\s-]*{_TOK}[\s-]+(?:long )?{_OUT}\b", ""),
    (rf"\b{_IN}{_LINK}(?P<tokens_in_per_request>{NUMBER})[\s-]*{_TOK}(?!\s*(?:in|out)\b){_NOT_YET_MONTHLY}", ""),
    (rf"\b{_OUT}{_LINK}(?P<tokens_out_per_request>{NUMBER})[\s-]*{_TOK}{_NOT_YET_MONTHLY}", ""),
    (rf"\bsummari\w+(?:\s+\w+){{0,2}}\s+(?:in)?to\s+{ABOUT}(?P<tokens_out_per_request>{NUMBER})\s*{_TOK}", ""),
    (rf"\beach(?:\s+(?:is|has|of|with))?\s+{ABOUT}(?P<tokens_in_per_request>{NUMBER})\s*{_TOK}(?!\s*(?:in|out)\b)", "the size of one item read as input"),
    (rf"(?P<tokens_in_per_request>{NUMBER})\s*{_TOK}\s+(?:each\b|(?:per|a)\s+(?:{_IN}|CV|contract|letter|ticket|report|article|page|call|invoice|claim|item)\b)", "the size of one item read as input"),
    (rf"\b(?:average of|averaging|on average)\s+(?P<tokens_in_per_request>{NUMBER})\s*{_TOK}(?!\s*(?:in|out|per)\b)", "the size of one item read as input"),
    (rf"(?P<reasoning_tokens_per_request>{NUMBER})\s*(?:reasoning|thinking)\s+{_TOK}", ""),
)  # fmt: skip
_LONGEST = r"\b(?:up to|at most|max(?:imum)?(?: of)?|as long as|longest|limit(?: of)?)\s*$"


def sizes(text: Text) -> list[Found]:
    """The tokens of one request; "up to" is a longest, not a usual size."""
    results: list[Found] = []
    for pattern, assumption in _SIZES:
        for match in text.finditer(pattern):
            results += _sizes(text, match, assumption)
    return results


def _sizes(text: Text, match: re.Match[str], assumption: str) -> list[Found]:
    results = []
    for name, said in match.groupdict().items():
        start = match.start(name)
        if text.of_others(start) or _asked(text, start) or re.search(_LONGEST, text.plain[:start].rstrip("~ "), re.I):
            continue
        value = number(said)
        if 1 <= value <= 2_000_000:
            results.append(found(text, name, value, match.span(), assumption=assumption))
    return results


def _asked(text: Text, start: int) -> bool:
    """A general question, unless it counts requests: then it is about the asker's load."""
    return text.general(start) and not re.search(_REQUESTS[0], text.sentence_text(start), re.I)


Extractor = Callable[[Text], list[Found]]
EXTRACTORS: tuple[Extractor, ...] = (find, sizes)
