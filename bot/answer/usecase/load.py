# ruff: noqa: E501 - one pattern a line
"""How the load behaves: shares that are cached or may wait, the peak, latency, the longest prompt, availability."""

import re
from decimal import Decimal

from bot.answer.usecase.found import Found, Rule, apply, found
from bot.answer.usecase.numbers import COUNT, FRACTION, NUMBER, fraction, number
from bot.answer.usecase.reading import Text

_SHARE = rf"(?P<share>{FRACTION})"
_DECIMAL = r"(?P<decimal>0?\.\d+)"
_WAIT = (
    r"(?:(?:can|could|may) (?:all |easily |well )?(?:wait|be (?:delayed|batched|deferred|processed overnight)|(?:run|go|be done|be processed) "
    r"(?:overnight|at night|in (?:a )?(?:nightly )?batch(?:es)?|as batch|offline))|runs? (?:overnight|at night|in (?:nightly )?batch(?:es)?)|(?:is|are) (?:batchable|not urgent)|batchable)"
)
_LATER = r"(?:(?:done|run|processed|handled|computed|executed|batched|batch|run as batch|sent) )?(?:overnight|at night|in (?:a |one )?(?:nightly |big |daily )?batch(?:es)?|by (?:the )?next (?:morning|day))|nightly batch|not (?:urgent|time[- ]critical|interactive)|batch(?:able)?(?: jobs?| work)?"
_SHARES: tuple[tuple[str, str], ...] = (
    ("batch_share", rf"{_SHARE}(?:\s+(?:of|our|the)\b[^.,;?!]{{0,30}}?)?\s+(?:is|are|gets?|goes|runs?|can go|could go)\s+(?:only |just |really |all )?(?:{_LATER})\b"),
    ("batch_share", rf"{_SHARE}(?:\s+(?:of|our|the)\b[^.,;?!]{{0,30}}?)?\s+(?:isn't|aren't) (?:urgent|time[- ]critical|interactive)\b"),
    ("batch_share", rf"{_SHARE}\s+(?:of (?:it|them|that|this|those|the \w+|our \w+)\s+)?(?:overnight |at night |nightly )?(?:in|as|via|by)\s+(?:a )?(?:nightly |overnight )?batch(?:es)?\b"),
    ("batch_share", rf"{_SHARE}\s+(?:of (?:it|them|that|this|those)\s+)?(?:overnight|at night)(?=\s*(?:[.,;)]|$))"),
    ("batch_share", rf"\bbatch share(?: is| of|:)?\s+(?:about |around |roughly )?(?:{_SHARE}|{_DECIMAL})"),
    ("cached_share", rf"\b(?:cached? share|cache (?:hit )?(?:rate|ratio|share))(?: is| of|:| at)?\s+(?:about |around |roughly )?{_DECIMAL}"),
    ("batch_share", rf"{_SHARE}(?:\s+(?:of|our|the)\b[^.,;?!]{{0,40}}?)?\s+{_WAIT}"),
    ("cached_share", rf"{_SHARE}\s+of\s+(?:the |each |every |our |all )*(?:prompts?|inputs?|input tokens|context|tokens)\s+(?:is|are|stays?|can be|could be|shares?|ha(?:s|ve)|starts? with|begins? with|repeats?|comes? from|hits?)\s+[^.;?!]{{0,40}}?(?:same|identical|cach\w+|repeat\w*|shared|boilerplate|constant|fixed|system prompt)"),
    ("cached_share", rf"\bcache(?:[- ]hit)?(?: rate| ratio| share)?(?: is| of|:| at)?\s+(?:about |around |roughly )?{_SHARE}"),
    ("cached_share", rf"{_SHARE}\s+(?:is |are )?(?:cacheable|cached|cache hits?)\b"),
)  # fmt: skip
_RULES = (
    Rule(
        name="batch_share",
        value=Decimal(1),
        pattern=r"\bnothing is urgent\b|\bnot(?:hing)? (?:is )?time[- ]critical\b",
        sure=True,
    ),
    Rule(
        name="batch_share",
        value=Decimal(1),
        pattern=r"\b(?:all|everything|it all)\b[^.,;]{0,15}\b(?:is|are) (?:nightly )?batch\b",
    ),
    Rule(
        name="batch_share",
        value=Decimal(1),
        unless=r"\b(?:half|third|quarter|part|some|most|%|per ?cent|rest)\b",
        pattern=r"\b(?:everything|all of (?:it|this|them)|all(?: (?:the |our )?[a-z]+)?|it|they|this)\s*(?:is|are|'s|'re|can be|could be|gets|runs?|will be|can|will|goes|go)\s+(?:all |just |only |then |also |now )*(?:done |run |processed |handled |computed |executed |batched )?(?:overnight|at night|in (?:a |one )?(?:nightly |big )?batch(?:es)?|nightly)\b|\b(?:is|are|it's|as) (?:just |only |purely )?an? (?:nightly|overnight|batch) (?:job|run|process)\b|\b(?:results?|answers?|outputs?) (?:can|may) (?:arrive |come |wait until |be ready )?(?:by |the |until )*(?:next|following) (?:morning|day)\b|\bbatch(?:es)? only\b|\b(?:pure|only|all) batch(?: processing| jobs?| work)?\b|\bno (?:real[- ]?time|interactive) (?:needs?|requirements?|use|part)\b",
    ),
    Rule(
        name="batch_share",
        value=Decimal(1),
        unless=r"\b(?:half|third|quarter|part|some|most|%|per ?cent|rest)\b",
        pattern=r"\b(?:it|this|that|they|everything|all(?: of it| of them)?|(?:all |the |our )?(?!users|customers|people|clients)[a-z]+s)\s+(?:can|may|could) (?:all |easily |well )*wait\b(?! (?:for )?(?:\d|a few|two|three|five|ten))",
    ),
    Rule(
        name="batch_share",
        value=Decimal(0),
        pattern=r"\bnothing (?:can|may) wait\b|\bnone of (?:it|them) (?:can|may) wait\b",
        sure=True,
    ),
)
_PEAKS = (
    rf"\bpeak(?:[- ]to[- ](?:average|mean))?(?:\s+|-)?(?:factor|ratio)(?:\s+(?:is|of|at|to|becomes))?\s*[:=]?\s*(?:about |around )?(?P<n>{COUNT})",
    rf"(?P<n>{COUNT})(?:\s?x|-fold| times)\s+(?:the\s+)?(?:average|mean|normal|usual)(?:\s+\w+)?\s+(?:at|in|during) (?:the )?peaks?\b",
    rf"(?P<n>{COUNT})(?:\s?x|-fold)\s+peaks?\b",
    rf"\bat (?:the )?peak\b[^.;,\d]{{0,20}}?(?P<n>{COUNT})(?:\s?x|-fold| times)\s+(?:the\s+|our\s+)?(?:average|mean|normal|usual)\b",
    rf"\bpeak[- ]to[- ](?:average|mean)\s*(?:is|of|:|=)?\s*(?P<n>{COUNT})",
    rf"\b(?:peaks?|peaking)(?:\s+(?:is|are|at|of|about|around|load|traffic|reaches))*\s+(?P<n>{COUNT})\s*(?:x|times)(?:\s+(?:the\s+)?(?:average|mean|normal|usual))?\b",
)
_A_RATE = r"(?:\s*(?:requests?|calls|questions|messages|chats)?\s*(?:per|an?|/)\s*(?:second|sec|s|minute|min|hour|h)\b|\s*[rq]ps\b)"
_PEAK_AND_AVERAGE = rf"\b(?:average|mean|usual|normal|avg\.?)\b[^.;\d]{{0,30}}?(?P<average>{COUNT}){_A_RATE}[^.;\d]{{0,20}}?\b(?:at|in|on|during)? ?(?:the )?(?:peaks?|peaking)\b[^.;,\d]{{0,20}}?(?P<n>{COUNT})(?!\s*(?:x|times|%|-?fold))(?={_A_RATE}|\s*(?:[.,;)]|$))"
_TIMES_AVERAGE = r"\b(?:peaks?|peaking)(?:\s+(?:is|are|at|of|about|around|load|traffic|reaches))*\s+(?P<word>double|twice|triple|three times|thrice|four times|quadruple|five times|ten times)\s+(?:of )?(?:the |our |that |an )?(?:average|mean|normal|usual)"
_TIMES_WORDS = {"double": 2, "twice": 2, "triple": 3, "three times": 3, "thrice": 3, "four times": 4, "quadruple": 4, "five times": 5, "ten times": 10}  # fmt: skip
_CEILING = r"(?:under|below|within|inside|less than|faster than|at most|not (?:more|longer) than|no (?:more|longer) than|max(?:imum)?(?: of)?|up to|of|in|at|<=?|≤|is|=|:)"
_TIME = rf"(?:about |around |roughly |under |half )*?(?P<n>half a|{COUNT}|\ba(?= second))[\s-]*(?P<unit>ms|msec|milliseconds?|s|secs?|seconds?)\b"
_LATENCIES: tuple[tuple[str, str], ...] = (
    (rf"\b(?:first token|TTFT)\b(?:[^.;,\d]|\b[pP]\d\d\b){{0,30}}?{_CEILING}\s*(?:about )?{_TIME}", ""),
    (rf"\b(?:first token|TTFT)\b(?:[^.;,\d]|\b[pP]\d\d\b){{0,20}}?\s{_TIME}", ""),
    (rf"{_TIME}\s+(?:for |to |until |till )?(?:the )?(?:first token|TTFT)\b", ""),
    (rf"\b(?:answers?|repl(?:y|ies)|responses?|output|it)\s+(?:must|has to|have to|should|needs? to)\s+(?:start|begin)\s+{_CEILING}\s+{_TIME}", ""),
    (rf"\b(?:answers?|repl(?:y|ies)|responses?)\s+(?:with)?in\s+(?:under |less than |at most )?{_TIME}", "the time to answer read as the time to the first token"),
    (rf"\b(?:latency|response times?)\b[^.;,\d]{{0,25}}?{_CEILING}\s*{_TIME}", "latency read as the time to the first token"),
)  # fmt: skip
_LATENCIES += ((rf"{_CEILING}\s*{_TIME}\s+(?:of )?latency\b", "latency read as the time to the first token"),)
_CONTEXTS = (
    rf"(?P<n>{NUMBER})(?:[\s-]*tokens?)?[\s-]+(?:of )?context\b",
    rf"\bcontext(?: window| length)?(?: of| up to| is|:)\s+(?:at least |up to |about )?(?P<n>{NUMBER})(?:[\s-]*tokens?)?",
    rf"\b(?:longest|largest|biggest|max(?:imum)?)\s+(?:[a-z]+\s+){{1,6}}?(?:(?:is|are|was|has|have|of|at|takes?|needs?|about|around|roughly|some|be|can|reaches|run to|to)\s+)*~?(?P<n>{NUMBER})[\s-]*tokens?\b(?!\s*(?:a|per|/|out|output|answers?))",
    rf"\b(?:up to|at most|max(?:imum)?(?: of)?|as long as)\s+(?:about )?(?P<n>{NUMBER})[\s-]*tokens?\b(?!\s*(?:a|per|/|out|output|answers?))",
)
_PERCENT = r"(?P<n>9\d(?:[.,]\d+)?)\s?(?:%|per ?cent\b)"
_AVAILABILITIES = (
    rf"\b(?:availability|uptime|SLA|available)\b[^.;,\d]{{0,25}}?(?<![\d.]){_PERCENT}",
    r"\b(?:availability|uptime|SLA)(?: target)?(?: (?:is|of|at|must be|should be))?\s*[:=]?\s*(?P<n>99(?:[.,]\d+)?)(?![\d.,]*\d|\s?(?:%|per))",
    rf"(?<![\d.,]){_PERCENT}\s*(?:of )?(?:service )?(?:the time\b|availability|uptime|SLA|available)",
)
_NINES = {"two": "0.99", "three": "0.999", "four": "0.9999", "five": "0.99999"}
_SCORE = r"(?P<n>\d{2,3}(?:\.\d+)?)(?![\d%]|\s*(?:%|ms|s\b|tokens?))"
_SCALED = r"(?:capability|quality|intelligence|benchmark)(?: (?:scale|score|index|floor|level|rating))?"
_FLOORS = (
    rf"\b{_SCALED}(?: (?:must|should|has to|needs to) be| is| of|:)?\s*(?:at least|>=|≥|above|over|from|not (?:under|below)|no less than|minimum(?: of)?|min\.?|=|:)?\s+{_SCORE}(?:\s*(?:/|out of|of)\s*100|\s+or (?:better|more|higher|above))?",
    rf"\b(?:scores? of|score[sd]?|scoring|reach(?:es)?|get|rate[sd]?|at least|minimum(?: of)?|floor of|not (?:under|below)|>=|≥)\s+(?:at least\s+)?{_SCORE}(?:\s*(?:/|out of|of)\s*100)?(?:\s+points)?(?:\s+or (?:better|more|higher|above))?\s+(?:on|in|for|of)\s+(?:your |the |our )?{_SCALED}",
)


def shares(text: Text) -> list[Found]:
    results = apply(_RULES, text)
    for name, pattern in _SHARES:
        for match in text.finditer(pattern):
            decimal = match.groupdict().get("decimal")
            value = Decimal(decimal) if decimal else fraction(match.group("share"))
            start = match.start()
            if value <= 1 and not text.general(start) and not text.denied_before(start) and not text.of_others(start):
                results.append(found(text, name, value, match.span()))
    return results


def peak(text: Text) -> list[Found]:
    matches = [m for p in _PEAKS for m in text.finditer(p) if not text.impersonal(m.start())]
    values = [(m, number(m.group("n"))) for m in matches]
    values += [(m, Decimal(_TIMES_WORDS[m.group("word").lower()])) for m in text.finditer(_TIMES_AVERAGE)]
    return [found(text, "peak_factor", v, m.span()) for m, v in values if 1 <= v <= 100] or _over_average(text)


def _over_average(text: Text) -> list[Found]:
    """ "On average 2 requests a second, at peak 12" is a factor of 6."""
    results = []
    for match in text.finditer(_PEAK_AND_AVERAGE):
        average, most = number(match.group("average")), number(match.group("n"))
        if average and 1 <= most / average <= 100 and not text.of_others(match.start("n")):
            value = (most / average).quantize(Decimal("0.01")).normalize() + 0
            results.append(found(text, "peak_factor", value, match.span(), assumption=f"{most} over {average}"))
    return results


def latency(text: Text) -> list[Found]:
    results = []
    for pattern, assumption in _LATENCIES:
        for match in text.finditer(pattern):
            if text.impersonal(match.start()) or text.of_others(match.start()):
                continue
            said = match.group("n").lower()
            count = {"a": Decimal(1), "half a": Decimal("0.5")}.get(said)
            count = number(said) if count is None else count
            value = count / (1000 if match.group("unit").lower().startswith("m") else 1)
            results.append(found(text, "first_token_p95_s", value, match.span(), assumption=assumption))
    return results


def context(text: Text) -> list[Found]:
    matches = [m for p in _CONTEXTS for m in text.finditer(p) if not text.impersonal(m.start())]
    values = [(m, number(m.group("n"))) for m in matches]
    return [found(text, "context_tokens", v, m.span()) for m, v in values if 1000 <= v <= 20_000_000]


def availability(text: Text) -> list[Found]:
    results = [
        found(text, "availability_target", Decimal(m.group("n").replace(",", ".")) / 100, m.span())
        for p in _AVAILABILITIES
        for m in text.finditer(p)
        if not text.impersonal(m.start())
        and not text.of_others(m.start())
        and not re.search(r"\b(?:had|was|were|current|accura|correct|precis|recall)", text.clause_text(m.start()), re.I)
    ]
    for match in text.finditer(r"\b(?P<n>two|three|four|five) nines\b"):
        if not text.impersonal(match.start()) and not text.negated(match.start(), match.start()):
            results.append(found(text, "availability_target", Decimal(_NINES[match.group("n").lower()]), match.span()))
    return results


def quality(text: Text) -> list[Found]:
    """The least score on the catalogue's capability scale, 0 to 100."""
    results = []
    for pattern in _FLOORS:
        for match in text.finditer(pattern):
            start = match.start()
            value = number(match.group("n"))
            if (
                value <= 100
                and not text.general(start)
                and not text.of_others(start)
                and not text.negated(start, start)
            ):
                results.append(found(text, "quality_floor", value, match.span()))
    return results


EXTRACTORS = (quality, shares, peak, latency, context, availability)
