# ruff: noqa: E501 - one pattern a line
"""How the load behaves: shares that are cached or may wait, the peak, latency, the longest prompt, availability."""

import re
from decimal import Decimal

from bot.answer.usecase.found import Found, Rule, apply, found
from bot.answer.usecase.numbers import COUNT, FRACTION, NUMBER, fraction, number
from bot.answer.usecase.reading import Text

_SHARE = rf"(?P<share>{FRACTION})"
_WAIT = (
    r"(?:(?:can|could|may) (?:all |easily |well )?(?:wait|be (?:delayed|batched|deferred|processed overnight)|(?:run|go|be done|be processed) "
    r"(?:overnight|at night|in (?:a )?(?:nightly )?batch(?:es)?|as batch|offline))|runs? (?:overnight|at night|in (?:nightly )?batch(?:es)?)|(?:is|are) (?:batchable|not urgent)|batchable)"
)
_SHARES: tuple[tuple[str, str], ...] = (
    ("batch_share", rf"{_SHARE}(?:\s+(?:of|our|the)\b[^.,;?!]{{0,40}}?)?\s+{_WAIT}"),
    ("cached_share", rf"{_SHARE}\s+of\s+(?:the |each |every |our |all )*(?:prompts?|inputs?|input tokens|context|tokens)\s+(?:is|are|stays?|can be|could be)\s+[^.;?!]{{0,40}}?(?:same|identical|cach\w+|repeat\w*|shared|boilerplate|constant|fixed|system prompt)"),
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
        value=Decimal(0),
        pattern=r"\bnothing (?:can|may) wait\b|\bnone of (?:it|them) (?:can|may) wait\b",
        sure=True,
    ),
)
_PEAKS = (
    rf"\bpeak(?:[- ]to[- ](?:average|mean))?(?:\s+|-)?(?:factor|ratio)(?:\s+(?:is|of|at|to|becomes))?\s*[:=]?\s*(?:about |around )?(?P<n>{COUNT})",
    rf"\bpeak[- ]to[- ](?:average|mean)\s*(?:is|of|:|=)?\s*(?P<n>{COUNT})",
    rf"\b(?:peaks?|peaking)(?:\s+(?:is|are|at|of|about|around|load|traffic|reaches))*\s+(?P<n>{COUNT})\s*(?:x|times)(?:\s+(?:the\s+)?(?:average|mean|normal|usual))?\b",
)
_CEILING = r"(?:under|below|within|less than|at most|no more than|max(?:imum)?(?: of)?|of|in|<=?|is|:)"
_TIME = rf"(?P<n>{COUNT}|\ba(?= second))\s*(?P<unit>ms|milliseconds?|s|secs?|seconds?)\b"
_LATENCIES: tuple[tuple[str, str], ...] = (
    (rf"\b(?:first token|TTFT)\b[^.;,\d]{{0,30}}?{_CEILING}\s*(?:about )?{_TIME}", ""),
    (rf"\b(?:answers?|repl(?:y|ies)|responses?|output|it)\s+(?:must|has to|have to|should|needs? to)\s+(?:start|begin)\s+{_CEILING}\s+{_TIME}", ""),
    (rf"\b(?:answers?|repl(?:y|ies)|responses?)\s+(?:with)?in\s+(?:under |less than |at most )?{_TIME}", "the time to answer read as the time to the first token"),
    (rf"\b(?:latency|response times?)\b[^.;,\d]{{0,25}}?{_CEILING}\s*{_TIME}", "latency read as the time to the first token"),
)  # fmt: skip
_LATENCIES += ((rf"{_CEILING}\s*{_TIME}\s+(?:of )?latency\b", "latency read as the time to the first token"),)
_CONTEXTS = (
    rf"(?P<n>{NUMBER})(?:[\s-]*tokens?)?[\s-]+(?:of )?context\b",
    rf"\bcontext(?: window| length)?(?: of| up to| is|:)\s+(?:at least |up to |about )?(?P<n>{NUMBER})(?:[\s-]*tokens?)?",
    rf"\b(?:up to|at most|max(?:imum)?(?: of)?|as long as)\s+(?:about )?(?P<n>{NUMBER})[\s-]*tokens?\b(?!\s*(?:a|per|/|out|output|answers?))",
)
_PERCENT = r"(?P<n>9\d(?:\.\d+)?)\s?(?:%|per ?cent\b)"
_AVAILABILITIES = (
    rf"\b(?:availability|uptime|SLA|available)\b[^.;,\d]{{0,25}}?(?<![\d.]){_PERCENT}",
    rf"(?<![\d.]){_PERCENT}\s*(?:of )?(?:service )?(?:the time\b|availability|uptime|SLA|available)",
)
_NINES = {"two": "0.99", "three": "0.999", "four": "0.9999", "five": "0.99999"}


def shares(text: Text) -> list[Found]:
    results = apply(_RULES, text)
    for name, pattern in _SHARES:
        for match in text.finditer(pattern):
            value = fraction(match.group("share"))
            if value <= 1 and not text.general(match.start()) and not text.negated(match.start(), match.start()):
                results.append(found(text, name, value, match.span()))
    return results


def peak(text: Text) -> list[Found]:
    matches = [m for p in _PEAKS for m in text.finditer(p) if not text.general(m.start())]
    values = [(m, number(m.group("n"))) for m in matches]
    return [found(text, "peak_factor", v, m.span()) for m, v in values if 1 <= v <= 100]


def latency(text: Text) -> list[Found]:
    results = []
    for pattern, assumption in _LATENCIES:
        for match in text.finditer(pattern):
            if text.general(match.start()) or text.of_others(match.start()):
                continue
            value = number(
                match.group("n").replace("a", "one") if match.group("n").lower() == "a" else match.group("n")
            ) / (1000 if match.group("unit").lower().startswith("m") else 1)
            results.append(found(text, "first_token_p95_s", value, match.span(), assumption=assumption))
    return results


def context(text: Text) -> list[Found]:
    matches = [m for p in _CONTEXTS for m in text.finditer(p) if not text.general(m.start())]
    values = [(m, number(m.group("n"))) for m in matches]
    return [found(text, "context_tokens", v, m.span()) for m, v in values if 1000 <= v <= 20_000_000]


def availability(text: Text) -> list[Found]:
    results = [
        found(text, "availability_target", Decimal(m.group("n")) / 100, m.span())
        for p in _AVAILABILITIES
        for m in text.finditer(p)
        if not text.general(m.start())
        and not re.search(r"\b(?:had|was|were|current|accura|correct|precis|recall)", text.clause_text(m.start()), re.I)
    ]
    for match in text.finditer(r"\b(?P<n>two|three|four|five) nines\b"):
        if not text.general(match.start()) and not text.negated(match.start(), match.start()):
            results.append(found(text, "availability_target", Decimal(_NINES[match.group("n").lower()]), match.span()))
    return results


EXTRACTORS = (shares, peak, latency, context, availability)
