# ruff: noqa: E501 - one pattern a line
"""How much: requests and tokens by the month."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from bot.answer.usecase.each import Many, calls_of_one, times_each
from bot.answer.usecase.found import Found, found
from bot.answer.usecase.hours import DAY_AND_NIGHT, ON_WORKING_DAYS, SIX_DAYS, is_clock, within_hours
from bot.answer.usecase.numbers import COUNT, NUMBER, middle, number
from bot.answer.usecase.reading import Text
from bot.answer.usecase.split import parts

NAMES = ("requests_per_month", "tokens_per_month", "tokens_in_per_month", "tokens_out_per_month")
# how often a period comes in a month, and what that takes for granted
_PERIODS: tuple[tuple[str, Decimal, str], ...] = (
    (r"(?:working|business|week|work) ?-?days?\b", Decimal(22), "a month counted as 22 working days"),
    (r"(?:calendar )?days?\b|daily\b|d\b|24 ?h(?:ours)?\b", Decimal(30), "a month counted as 30 days"),
    (r"nights?\b|nightly\b", Decimal(30), "a month counted as 30 nights"),
    (r"weeks?\b|weekly\b|wk\b", Decimal(52) / 12, "a month counted as 52/12 weeks"),
    (r"(?:calendar )?months?\b|monthly\b|mth\b|mo\b", Decimal(1), ""),
    (r"quarters?\b|quarterly\b", Decimal(1) / 3, "a quarter spread evenly over 3 months"),
    (r"years?\b|yearly\b|annually\b|annum\b|yr\b", Decimal(1) / 12, "a year spread evenly over 12 months"),
    (r"shifts?\b", Decimal(30), "a month counted as 30 days"),
    (r"hours?\b|hourly\b|hr?\b", Decimal(730), "a month counted as 730 hours, day and night"),
    (r"minutes?\b|min\b", Decimal(43800), "a month counted as 730 hours, day and night"),
    (r"seconds?\b|secs?\b|s\b", Decimal(2628000), "a month counted as 730 hours, day and night"),
)
UNIT = "|".join(p for p, _, _ in _PERIODS)
_OFTEN = r"(?:daily|nightly|weekly|monthly|quarterly|yearly|annually|hourly)\b"
_USUAL = r"(?:single |given |average |normal |typical |usual )?"
PERIOD = (
    rf"(?:\s*/\s*|\s+(?:and )?(?:once )?(?:an?|per|each|every|in an?|in one|during an?|over an?|within an?|on an?|on each|on every)\s+{_USUAL}|"
    rf"\s+on\s+(?=(?:working|business|week|work))|\s+(?={_OFTEN}))(?P<period>{UNIT})"
)
_NOUNS = (
    r"(?:requests?|reqs?|questions?|q's|qs?|quer(?:y|ies)|calls?|docs?|documents?|e?-?mails?|messages?|msgs?|chats?|conversations?|dialogues?|"
    r"tickets?|invoices?|claims?|letters?|inferences?|prompts?|completions?|transactions?|reviews?|texts?|CVs?|r[ée]sum[ée]s?|"
    r"applications?|applicants?|candidates?|contracts?|polic(?:y|ies)|reports?|pages?|items?|products?|records?|articles?|summar(?:y|ies)|cases?|enquir(?:y|ies)|"
    r"inquir(?:y|ies)|descriptions?|orders?|jobs?|images?|photos?|pictures?|files?|PDFs?|posts?|comments?|translations?|transcripts?|forms?|"
    r"receipts?|times|sessions?|searches|lookups?|look-ups?|interactions?|tasks?|pull requests|PRs|complaints?|notes?|scans?|visits?|waybills?|dictations?|"
    r"recordings?|tweets?|listings?|ads|adverts?|alerts?|incidents?|logs?|log (?:lines|entries)|events?|bookings?|reservations?|appointments?|prescriptions?|"
    r"referrals?|results?|drafts?|proposals?|tenders?|bids?|quotes?|essays?|exams?|papers?|abstracts?|patents?|sheets?|slides?|snippets?|sentences?|"
    r"paragraphs?|entries|rows|leads|threads?|commits?|diffs?|suggestions?|generations?|hits|uses|problems?|consultations?|interviews?|meetings?|"
    r"dossiers?|certificates?|permits?|deeds?|statements?|bills?|payslips?|memos?|newsletters?|blurbs?|stories|screenshots?|x-?rays?|videos?|clips?|"
    r"voicemails?|submissions?|registrations?|runs?|evaluations?|assessments?|decisions?|checks?|classifications?|extractions?|answers?|repl(?:y|ies)|"
    r"responses?|utterances?|turns?|viewings?|recipes?|petitions?|citations?|notices?|disputes?|refunds?|labels?|captions?|subtitles?|tests?|audits?|minutes of meetings|"
    r"inspections?|lessons?|homeworks?|assignments?|surveys?|declarations?|filings?|offers?|checkups?|discharges?|admissions?|sms|faxes)"
)
_ADJECTIVES = r"(?:(?!tokens?\b|users?\b|people\b|per\b|a\b|an\b|and\b|or\b|to\b|in\b|of\b|each\b|times\b|out\b|on\b|for\b|with\b|at\b|from\b|by\b|is\b|are\b|who\b|that\b|which\b)[a-z][\w-]*\s+){0,2}?"
_AMOUNT = rf"(?:\bbetween\s+)?(?P<low>{COUNT})\+?(?:\s*(?:-|to|and|or)\s*(?P<high>{COUNT}))?"
_PER_EACH = rf"(?:\s*(?:per|/|by|from each|from every|for each|for every)\s*(?!(?:{UNIT}))(?:each )?[a-z][a-z-]+(?: (?!per\b|a\b|and\b)[a-z]+)?|\s+(?:each|apiece))?"
_GAP = r"(?P<gap>(?:\s+(?!per\b|each\b|every\b|a\b|an\b|on\b|in\b)[a-z][\w'-]*|\s+(?:in|on)\s+(?!an?\b|one\b|each\b|every\b|working|business|week|work)[a-z][\w'-]*){0,4}?)"
_THE_MODEL = r"(?:it|the (?:model|tool|bot|chatbot|assistant|system|LLM|AI|service)|an? (?:LLM|model|AI))"
_REQUESTS = (
    rf"{_AMOUNT}\s*{_ADJECTIVES}(?P<noun>{_NOUNS})\b{_GAP}{_PER_EACH}{PERIOD}",
    rf"\b(?P<period>nightly|daily|weekly|monthly|hourly)\s+(?:[a-z]+\s+){{0,3}}?{_AMOUNT}\s*{_ADJECTIVES}(?P<noun>{_NOUNS})\b",
    rf"\b(?:every|each|per|on an?|in an?|on)\s+{_USUAL}(?P<period>{UNIT})\s*[,:]?\s+(?:(?!and\b|or\b|but\b)[a-z'~]+\s+){{0,6}}?{_AMOUNT}\s*{_ADJECTIVES}(?P<noun>{_NOUNS})\b(?!\s+(?:per|each|every|an?)\s+(?:{UNIT}))",
    rf"{_AMOUNT}{PERIOD}\s+(?P<noun>{_NOUNS})\b",
    rf"{_AMOUNT}\s*(?P<rate>rps|qps)\b",
    rf"\b(?:asks?|consults?) {_THE_MODEL} (?:about |for )?(?:about |around |roughly |some |~)*{_AMOUNT}\s*(?P<noun>things|points|details|facts){PERIOD}",
    rf"(?P<low>{COUNT}|\ban?)\s+{_ADJECTIVES}(?P<noun>{_NOUNS})\b{_GAP}\s+(?:once )?(?:every|each|per)\s+(?P<of>{COUNT})\s*(?P<period>{UNIT})",
    rf"\bevery\s+(?P<of>{COUNT})\s*(?P<period>{UNIT})\s+(?:(?!and\b|or\b)[a-z']+\s+){{0,3}}?(?P<low>{COUNT}|\ban?)\s+{_ADJECTIVES}(?P<noun>{_NOUNS})\b",
    rf"\b(?P<low>an?|one)\s+{_ADJECTIVES}(?P<noun>{_NOUNS})\s+(?:an?|per|each|every|/)\s*(?P<period>minutes?|min|seconds?|sec|s|hours?)\b",
)
_SERVED = rf"{_AMOUNT}\s*{_ADJECTIVES}(?P<noun>patients|callers|claimants|travellers)\b{PERIOD}"
# anything that is put through the model, where the sentence says so: "writes 20 headlines a day with it"
_ANYTHING = r"(?!(?:tokens?|users?|customers?|people|hours|minutes|days|weeks|months|years|dollars|euros|times|percent|words|employees|visitors|members|GPUs?|seats|nights|shifts|engineers|steps|releases|deployments|shoes|pounds|bucks|francs|rupees|kroner|units|parcels|things|shifts)\b)[a-z][a-z-]+s"
_THROUGH_IT = rf"\b(?:with|through|into|to|by|via|past) {_THE_MODEL}\b|\b{_THE_MODEL} (?:will |would |must |should |has to |can )?(?:reads?|sees?|handles?|gets?|answers?|writes?|process\w*|checks?|classif\w+|summar\w+|extract\w+|translat\w+|drafts?|scores?|labels?|tags?|sorts?|reviews?)\b"
_READ_BY_IT = r"\btokens?\b|\b(?:summari[sz]|classif|extract|transcrib|label|tagg?|translat|moderat|answer|categori[sz]|screen|rout|redact|condens|scor)\w*(?:ed|ied)\b"
_OPEN = rf"{_AMOUNT}\s*{_ADJECTIVES}(?P<noun>{_ANYTHING})\b{_GAP}{_PER_EACH}{PERIOD}"
_BARE = rf"{_AMOUNT}\s*(?:of (?:them|these|those)\s*|in total\s*)?{PERIOD}"
_TOKENS = (
    ("tokens_per_month", rf"{_AMOUNT}\s*(?:total )?(?:tokens?|tok|toks)\b(?P<gap>(?:\s+(?:in total|total|altogether|overall))?){PERIOD}"),
    ("tokens_in_per_month", rf"{_AMOUNT}\s*(?:input|prompt|in)(?:\s+(?:tokens?|tok))?\b(?P<gap>(?:[^.;\d]{{0,20}}{NUMBER}\s*(?:output|completion|out)(?:\s+(?:tokens?|tok))?)?){PERIOD}"),
    ("tokens_in_per_month", rf"{_AMOUNT}\s*(?:tokens?|tok)\s+(?:of )?(?:input|prompts?|in)\b(?P<gap>(?:[^.;\d]{{0,20}}{NUMBER}\s*(?:(?:tokens?|tok)\s+)?(?:of )?(?:output|completion|out)(?:\s+(?:tokens?|tok))?)?){PERIOD}"),
    ("tokens_out_per_month", rf"{_AMOUNT}\s*(?:output|completion|out)(?:\s+(?:tokens?|tok))?\b(?P<gap>){PERIOD}"),
    ("tokens_out_per_month", rf"{_AMOUNT}\s*(?:tokens?|tok)\s+(?:of )?(?:output|completions?|out)\b(?P<gap>){PERIOD}"),
)  # fmt: skip
_NOT_THE_AVERAGE = r"\b(?:peaks?|bursts?|spikes?|worst case|rate limit|limit of|quota|free tier|black friday|cyber monday|christmas|record)\b"
_OF_A_SITE = r"visits?|hits|sessions?|searches|orders?|transactions?|bookings?|events?"
_SITE = r"\b(?:web ?site|home ?page|(?:web|online)[ -]?shop|shop|store|portal|app)\b(?:\s+(?:\w+\s+){0,2})?$"
_MOST_AT_ONCE = r"\bmax(?:imum)?\b"
_ON_AVERAGE = r"\b(?:average|avg\.?|mean|usually|normally|typically)\b[^.;,\d]{0,25}$"
_AT_PEAK = r"^(?:\W+(?!average\b)\w+){0,4}?\W+peaks?\b"
_THRESHOLD = (
    r"\b(?:above|over|beyond|below|under|exceed\w*|more than|less than|fewer than|break-?even\w*|threshold|from)\W*$"
)
_SEES = r"\b(?:gets?|have|has|process(?:es)?|handles?|sees?|receives?|sends?|do|does|expects?|runs?|answers?|serves?|fields?|make|read|at|with|(?:is|are|it's)(?: now)?)\s+(?:well |slightly |a bit |just )?(?:above|over|more than|less than|fewer than|under|below)\W*$"
_FROM_TO = r"\b(?:(?P<done>grew|went|rose|jumped|climbed|fell|dropped|increased)|grow\w*|go(?:es|ing)?|ris\w*|jump\w*|increas\w+|climb\w*|scal\w+|ramp\w*|mov\w+|fall\w*|drop\w*)\b[^.;]{0,25}?\bfrom\s*$"
_NOW = rf"\b(?:now|today|currently|these days|by now|meanwhile|at the moment)[,:]?\s+(?:(?:we're|we are|it's|it is|that's|that is|we get|we see|we have|we do|at|about|around|roughly|more like|closer to|up to|down to|is)\s+)*(?P<low>{NUMBER})(?!\s*(?:%|tokens?|users?|people|[a-z]+s\b))|\b(?:we're at|we are at|it's|it is|that's|we're down to|we're up to)\s+(?:about |around |roughly )?(?P<low_>{NUMBER})\s+(?:now|today|these days|at the moment|currently)\b"
_MONEY_NEAR = (
    r"[$€£]|\b(?:budget|dollars?|euros?|usd|eur|revenue|turnover|salary|costs?|price[ds]?|rents?|pays?|spend)\b"
)
ONCE = Many(Decimal(1))
_LABELS = r"(?:volumes?|traffic|loads?|throughput|usage|demand)"


def find(text: Text) -> list[Found]:
    """Requests and tokens by the month; figures of others, of the past, of peaks and thresholds are left alone."""
    counted = [f for m in _counts(text) if (f := _requests(text, m))]
    tokens = [f for name, p in _TOKENS for m in text.finditer(p) if (f := monthly(text, m, name))]
    if not counted:
        bare = [(m, _named_before(text, m)) for m in text.finditer(_BARE)]
        counted = [f for m, named in bare if named == "requests" and (f := _requests(text, m))]
        tokens += [f for m, named in bare if named == "tokens" and (f := monthly(text, m, "tokens_per_month"))]
    counted = counted or _now(text) or (_served_people(text) if not tokens else [])
    return counted + parts(text, tokens)


def _counts(text: Text) -> list[re.Match[str]]:
    """Counts with their period, each period read once: in "600 a week, 25 pages each" the week is not of the pages."""
    taken: list[re.Match[str]] = []
    for pattern in (*_REQUESTS, _OPEN):
        for match in text.finditer(pattern):
            if pattern == _OPEN and not _goes_through_it(text, match):
                continue
            at = match.start("rate" if "rate" in match.groupdict() else "period")
            if not any(m.start() <= at < m.end() for m in taken):
                taken.append(match)
    return taken


def _goes_through_it(text: Text, match: re.Match[str]) -> bool:
    """Whatever is counted is put through the model: "... with it", or told in tokens, or "to be summarised"."""
    rest = text.plain[match.end() : text.sentence(match.start())[1]]
    return bool(re.search(_THROUGH_IT, text.sentence_text(match.start()), re.I) or re.search(_READ_BY_IT, rest, re.I))


def bare(text: Text) -> list[Found]:
    """ "100k a day" in a thread that already counts something."""
    matches = text.finditer(_BARE)
    return [
        f
        for m in matches
        if not re.search(_MONEY_NEAR, text.clause_text(m.start()), re.I) and (f := _requests(text, m))
    ]


@dataclass(frozen=True, slots=True)
class Told:
    """The amount in a volume's own words, and how often its period comes in a month."""

    amount: Decimal | None
    factor: Decimal


def told(words: Text) -> Told | None:
    """What an earlier volume was read from."""
    matches = [m for p in (*_REQUESTS, *(p for _, p in _TOKENS), _BARE) for m in words.finditer(p)]
    return Told(_amount(words, matches[0])[0], _period(words, matches[0])[0]) if matches else None


def per_month(period: str) -> Decimal:
    """How often a period comes in a month."""
    return next(f for p, f, _ in _PERIODS if re.fullmatch(p, period, re.I))


def _named_before(text: Text, match: re.Match[str]) -> str:
    """A bare "8k a day" counts what the sentence named before, "requests" or "tokens", and is no money."""
    start = text.sentence(match.start())[0]
    before = text.plain[start : match.start()]
    if re.search(_MONEY_NEAR, text.clause_text(match.start()), re.I):
        return ""
    named = list(
        re.finditer(
            rf"\b(?:(?P<tokens>(?<![-])tokens?(?: volume| count| usage)?)|(?P<users>users|MAU)|{_NOUNS}|{_LABELS})\b",
            before,
            re.I,
        )
    )
    if named:
        return "tokens" if named[-1].group("tokens") else "" if named[-1].group("users") else "requests"
    return (
        "requests" if re.search(rf"\b{_ANYTHING}\s*[,:(]\s*(?:about |around |roughly |some |~)*$", before, re.I) else ""
    )


def _requests(text: Text, match: re.Match[str]) -> Found | None:
    said = match.groupdict()
    calls = calls_of_one(text, said.get("noun") or "")
    people = calls or times_each(
        text, match.start("low"), match.end(), said.get("noun") or "", by_shift=_by_shift(said.get("period"))
    )
    return None if people is None else monthly(text, match, "requests_per_month", times=people)


def monthly(text: Text, match: re.Match[str], name: str, *, times: Many = ONCE) -> Found | None:
    """What a match of an amount by a period is a month; None where it is not the asker's usual amount."""
    start = match.start()
    if text.of_others(start) or text.past(start) or text.negated(start, start) or _asked_in_general(text, start):
        return None
    factor, assumption = _period(text, match)
    if not factor or not _is_usual(text, match):
        return None
    if name != "requests_per_month" and re.match(r"s|min|h", match.group("period"), re.I):
        return None  # tokens by the second are a throughput
    amount, ranged = _amount(text, match)
    if amount is None or (not match.groupdict().get("noun") and is_clock(text, match)):
        return None
    value = (amount * factor * times.count).quantize(Decimal(1), ROUND_HALF_UP)
    notes = [assumption] if assumption else []
    notes += ["the middle of the range"] if ranged else []
    notes += [times.note()] if times.count != 1 else []
    return found(text, name, value, match.span(), assumption="; ".join(notes)) if value > 0 else None


def _asked_in_general(text: Text, start: int) -> bool:
    """ "Do 5 requests a second need a GPU?" tells no volume; "what does 20k a month cost?" does."""
    asked = r"\b(?:per|an?|/)\s*(?:second|sec|s|minute|min)\b|\b[rq]ps\b|^\W*(?:how many|how much)\b"
    return text.general(start) and re.search(asked, text.sentence_text(start), re.I) is not None


def _amount(text: Text, match: re.Match[str]) -> tuple[Decimal | None, bool]:
    """The amount, and whether it is the middle of a range; "grew from 2k to 3k" is now 3k, "will grow" not yet."""
    said = match.groupdict()
    low, high = said["low"], said.get("high")
    if high is None:
        return (Decimal(1) if low.lower() in ("a", "an") else number(low)), False
    grown = re.search(_FROM_TO, text.before(match.start()), re.I)
    if grown:
        return (number(high) if grown.group("done") else None), False
    return middle(low, high), True


def _is_usual(text: Text, match: re.Match[str]) -> bool:
    """Neither a peak nor a threshold nor the visits of a site; "we get more than 2k a day" is the asker's own."""
    start = match.start()
    sentence = text.plain[text.sentence(start)[0] : start]
    before = text.before(start)
    if re.search(_NOT_THE_AVERAGE, sentence if _hourly(match) else before, re.I) or _is_threshold(before, match):
        return False
    said = match.groupdict()
    of_a_site = re.fullmatch(_OF_A_SITE, said.get("noun") or "", re.I) and re.search(_SITE, sentence, re.I)
    if of_a_site and not re.match(rf"\s+{_NOUNS}\b", said.get("gap") or "", re.I):
        return False
    if not _hourly(match):
        return True
    if re.search(_ON_AVERAGE, before, re.I):
        return True
    rest = text.plain[match.end() : text.sentence(start)[1]]
    return not (re.search(_AT_PEAK, rest, re.I) or re.search(_MOST_AT_ONCE, before, re.I))


def _is_threshold(before: str, match: re.Match[str]) -> bool:
    """ "above 2k a day", unless the asker sees that much; "from 2k to 3k" is a range."""
    ranged = match.groupdict().get("high") is not None and before.rstrip().endswith("from")
    return bool(re.search(_THRESHOLD, before, re.I)) and not (ranged or re.search(_SEES, before, re.I))


def _by_shift(period: str | None) -> bool:
    return bool(period) and str(period).lower().startswith("shift")


def _hourly(match: re.Match[str]) -> bool:
    said = match.groupdict()
    return "rate" in said or re.match(r"h|min|s(?!h)", said["period"], re.I) is not None


def _period(text: Text, match: re.Match[str]) -> tuple[Decimal, str]:
    """How often in a month, and what that takes for granted; 0 where the hours of a day are not told."""
    said = match.groupdict()
    period = "s" if "rate" in said else said["period"]
    factor, assumption = next((f, a) for p, f, a in _PERIODS if re.fullmatch(p, period, re.I))
    sentence = text.sentence_text(match.start())
    if said.get("of"):
        factor /= number(said["of"])
        if _hourly(match) and not re.search(DAY_AND_NIGHT, sentence, re.I):
            return Decimal(0), ""
    if _by_shift(period):
        told = re.search(
            rf"(?P<n>{COUNT})[ -]shifts?(?:\s+(?:a|per|each|every|in a)\s+day|\s+(?:system|operation))",
            text.plain,
            re.I,
        )
        return (factor * number(told.group("n")), assumption) if told else (Decimal(0), "")
    if _hourly(match):
        return within_hours(text, match, factor, assumption)
    if factor == 30:
        rest = sentence.replace(match.group(), " ")
        if re.search(ON_WORKING_DAYS, rest, re.I):
            return Decimal(22), "a month counted as 22 working days"
        if re.search(SIX_DAYS, rest, re.I):
            return Decimal(26), "six days a week counted as 26 days a month"
    return factor, assumption


def _served_people(text: Text) -> list[Found]:
    """ "3,000 patients a month", where nothing else is counted: one request for each."""
    matches = list(text.finditer(_SERVED))
    results = [f for m in matches if (f := monthly(text, m, "requests_per_month"))]
    return [
        replace(f, assumption="; ".join(filter(None, [f.assumption, "one request for each of them"]))) for f in results
    ]


def _now(text: Text) -> list[Found]:
    """ "Last quarter we were at 20k requests a month, now we're at 65k"."""
    results = []
    for match in text.finditer(_NOW):
        told = [m for m in text.finditer(_REQUESTS[0]) if m.end() <= match.start()]
        if not told or text.of_others(match.start()) or re.search(_MONEY_NEAR, text.clause_text(match.start()), re.I):
            continue
        factor, assumption = _period(text, told[-1])
        value = (number(match.group("low") or match.group("low_")) * factor).quantize(Decimal(1), ROUND_HALF_UP)
        results.append(found(text, "requests_per_month", value, match.span(), assumption=assumption))
    return results


Extractor = Callable[[Text], list[Found]]
EXTRACTORS: tuple[Extractor, ...] = (find,)
