# ruff: noqa: E501 - one pattern a line
"""The asker's means: team, on call, own GPUs, profile, horizon, notice of migrations, go-live."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

from bot.answer.usecase.found import Act, Found, Rule, apply, found
from bot.answer.usecase.licence_use import MONTH, MONTH_NAME, year_month
from bot.answer.usecase.numbers import COUNT, FRACTION, fraction, number
from bot.answer.usecase.reading import Text

_CRAFT = r"(?:ML ?Ops|LLM ?Ops|ML|AI|machine[- ]learning|platform|infra(?:structure)?|DevOps|GPU)"
_ROLE = r"(?:engineers?|people|persons?|specialists?|staff|experts?|FTEs?|admins?|folks|guys|team)"
_OF_OURS = r"(?:of (?:our|the|my|those|these) (?:\w+ )?(?:\w+ )?)?"
_TEAMS = (
    rf"(?P<n>half an?|{COUNT}|\ban?\b)\s+(?:(?:full[- ]time|part[- ]time|good|senior|junior|dedicated|experienced|own|in-house|[a-z-]+)\s+)?{_CRAFT}[- ]{_ROLE}\b",
    rf"(?P<n>half an?|{COUNT}|\ban?\b)\s+FTEs?\s+(?:of |for |in |on )?{_CRAFT}\b",
    r"(?P<n>half an?|\d+(?:\.\d+)?)\s+MLOps\b",
    rf"(?<!of our )(?<!of the )(?P<n>{COUNT}|\ban?\b)\s+{_OF_OURS}(?:people|persons?|engineers?|colleagues?|guys?|admins?|developers?|specialists?|FTEs?)\s+(?:on (?:the|our) team )?(?:(?:who|that|which)\s+)?(?:knows?|knowing|understands?|does|do|doing|can do|handles?|handling|is (?:in|on)|are (?:in|on)|in|on|for|dedicated to|trained in|with)\s+(?:a (?:bit|little) (?:of )?)?{_CRAFT}\b",
    rf"\b{_CRAFT}(?:[- ]{_ROLE})?(?:\s+(?:team|staff|people|engineers|capacity))?(?:\s+(?:of|is|are)|\s*[:=])\s*(?P<n>{COUNT})(?:\s+(?:FTEs?|people|persons?|engineers?))?(?=\s*(?:[.,;)]|$|and\b|FTE))",
    rf"(?P<n>{COUNT})[- ](?:person|people|man|strong)\s+{_CRAFT}(?:[- ](?:team|crew|group|squad))\b",
    rf"(?P<n>{COUNT})\s+of (?:our|the|my) (?:\w+ )?(?:\w+ )?(?:can|could|know how to)\s+(?:run|operate|look after|manage|handle|do)\s+(?:the |our |a )?(?:{_CRAFT}|cluster|GPUs|inference|models|servers)\b",
    rf"(?P<n>{COUNT})\s+(?:data scientists?|engineers?|people|persons?)\b[^.;,]{{0,20}}\b(?:look(?:s|ing)? after|run|operate|for|do|doing|in)\s+(?:a |the |our )?(?:{_CRAFT}|cluster|GPUs?|inference)\b",
)
_ENGINEERS = r"(?:^|(?<=[.;,:\n]\s)|\b(?:have|we've got|got|team of|and|with)\s+)(?P<n>one|two|three|four|five|[1-5])\s+engineers?\b(?=\s*(?:[.;)]|$|,(?!\s*(?:each|who|all|every))|to (?:run|operate|look after) (?:it|them|this)))"
_THEY_USE_IT = r"\b(?:cod(?:e|ing)|copilot|developers?|programm\w+|each|seats?)\b"
_NOT_HERE = r"\b(?:lost|left|lay off|laid off|hir(?:e|ing)|recruit\w*|look(?:s|ing)? for|needs?|requires?|want|lack\w*|more|another|additional|extra)\b"
_KNOWS = r"(?:ML ?Ops|ML\b|machine learning|AI\b|infrastructure|GPUs|servers|models)"
_GPU = r"(?:(?:NVIDIA |AMD |RTX )*(?:[HABL]\d{2,3}S?|GH200|GB200|MI\d{3}X?|[345]0[89]0s?)(?:s|es)?\b|GPUs?\b|graphics cards?\b|DGX\b)"
_HAVE = r"\b(?:have|own|bought|operate|'ve got|got)\b"
_QUIT = r"(?:left|quit|resigned|retired|moved on|walked|are gone|is gone|have left|has left|have gone|were laid off|was laid off|were let go|was let go)\b"
_BOTH_LEFT = rf"[^.;?!]{{0,30}}?[.,;]?\s*(?:and |but )?(?:both|all(?: of them)?|all (?:two|three|four|five)|they(?: have)?(?: both| all)?|neither is left|he|she|the last one|who)\s+(?:have |has |just |since |recently |all |both )*{_QUIT}|[^.;?!]{{0,20}}?[.,;]\s*(?:but )?(?:now|today|meanwhile|by now|these days)[,:]? (?:it's |it is |there (?:is|are) |we have )?(?:none|nobody|no one|zero)\b"
_SOME_LEFT = rf"[^.;?!]{{0,30}}?[.,;]?\s*(?:and |but )?(?:one|two|three|some|half)(?: of (?:them|whom|which))?\s+(?:have |has |just |since |recently )*{_QUIT}"
_PROFILES = (
    ("balanced", "balanced"), ("startup", "start-?up"), ("regulated", "regulated"), ("high_volume", "high[- ]volume"),
    ("prototype", "prototype"), ("sovereign", "sovereign"), ("smb", "(?:SMB|SME|small business)"),
)  # fmt: skip
_RULES = (
    Rule(name="mlops_fte", value=Decimal(0), sure=True, pattern=rf"\b(?:no|without|zero|not a single|don't have(?: any)?|do not have(?: any)?|have not(?: any)?|haven't(?: got)?(?: any)?|not any)\s+(?:[a-z-]+\s+)?{_CRAFT}(?:[- ](?:{_ROLE}|skills|knowledge|capacity)|(?<!GPU)(?: (?=here|at all|in)|(?=[,.;]|$)))"),
    Rule(name="mlops_fte", value=Decimal(0), sure=True, pattern=rf"\b(?:nobody|no one|no-one|none|noone)\s+(?:here |of us )?(?:who )?(?:knows?|runs?|does|for|in|can run|understands?|operates?|(?:has|with) (?:a clue|an idea|experience))\s+(?:anything |much |a thing |how to (?:run|operate) )?(?:about |any |of |in |with )?{_KNOWS}"),
    Rule(name="mlops_fte", value=Decimal(0), sure=True, pattern=rf"\b(?:our|the) (?:only|last|sole|one) (?:{_CRAFT}[- ]{_ROLE}|(?:person|engineer) for {_CRAFT})\s+(?:has |have |just |recently )*{_QUIT}"),
    Rule(name="mlops_fte", value=Decimal(0), sure=True, pattern=rf"\b(?:no|not any|have not|haven't|don't have|do not have)(?: an?| any)? (?:engineers?|people|persons?|staff|one|specialists?|experts?) (?:for|in|with) {_CRAFT}\b|\b(?:persons?|people|staff|team|engineers?|someone|anybody) for {_CRAFT} we (?:do not|don't) have\b|\b{_CRAFT}(?: {_ROLE})? we (?:do not|don't) have\b|\bnone of us (?:does|knows?|can do) {_CRAFT}\b"),
    Rule(name="mlops_fte", value=Decimal(0), sure=True, pattern=r"\bno (?:engineering |technical |IT )?(?:team|engineers)\b(?! lead)"),
    Rule(name="on_call", value=False, sure=True, pattern=r"\b(?:nobody|no one|no-one|none of us)\b[^.;?!]{0,25}?\b(?:answer|carry|carries|wear|take|hear|react to|respond to)s?\b[^.;?!]{0,12}?\b(?:pagers?|the phone at night|alerts? at night)\b|\b(?:no|without an?|without) pagers?\b"),
    Rule(name="on_call", value=True, sure=True, pattern=r"\b(?:someone|somebody|an engineer|one of us)(?:'s| is) (?:always )?on[- ]call\b|\b(?:carry|carries|carrying) (?:a |the )?pagers?\b"),
    Rule(name="on_call", value=True, negated=False, pattern=r"\bon[- ]call\b|\b24[/x]7 (?:operations|ops|support team)\b"),
    Rule(name="own_gpus", value=False, sure=True, pattern=r"\b(?:no|not any|zero|without(?: any)?|do not (?:own|possess)(?: any| a single)?|don't (?:own|possess)(?: any| a single)?|don't have(?: any| a single)?|do not have(?: any| a single)?|have not(?: any| a single)?|haven't(?: got)?(?: any| a single)?|own (?:no|zero)|not a single)\s+(?:own )?(?:GPUs?|graphics cards?)\b(?! (?:prices?|costs?))"),
    Rule(name="own_gpus", value=True, pattern=rf"{_HAVE}\s+(?:already\s+)?(?:an?|the|our|some|{COUNT})\s+(?:small |big |own |little |idle )?(?:(?:rack|cluster|server|node|box|farm|machine|workstation)s?\s+(?:of|with|full of)\s+(?:{COUNT}\s+|our own )?{_GPU}|{_GPU}[- ](?:rack|cluster|server|node|box|farm|machine|workstation)s?\b)"),
    Rule(name="own_gpus", value=True, pattern=rf"{_HAVE}\s+(?:already\s+)?(?:{COUNT}(?:\s?x)?|some|a few|several|our own|an?)\s+(?:x\s+|spare\s+|old\s+|idle\s+)?{_GPU}"),
    Rule(name="own_gpus", value=True, pattern=rf"\b(?:our|my) (?:own )?(?:cluster of |(?:{COUNT}) )*{_GPU}|{_GPU}(?:\s+\w+){{0,2}}\s+(?:of our own|in our own (?:rack|racks)|in (?:our|the) (?:own )?(?:basement|cellar|data ?cent(?:re|er)|server room|office|rack)|at home|we own|on site)\b|\bour own GPUs?\b"),
    Rule(name="own_gpus", value=True, pattern=rf"(?:{_HAVE}|\bwith|\bon|\busing|^|(?<=[.;,:\n])|\b{COUNT})\s*(?:our |all )?own (?:{COUNT} )?{_GPU}"),
    Rule(name="own_gpus", value=False, sure=True, pattern=r"\bGPUs?\s*[:=]\s*(?:none|no|zero|0)\b"),
    Rule(name="own_gpus", value=False, sure=True, pattern=rf"\b(?:we|I)(?:'ve| have| had)? (?:just |since |now )*(?:sold|gave away|returned|scrapped|retired|got rid of) (?:(?:the|our|all|of|both|those) )+{_GPU}"),
    Rule(name="own_gpus", value=True, pattern=r"\bGPUs? (?:are|is) (?:all )?ours\b"),
    *(Rule(name="profile", value=name, pattern=rf"\b{words} profile\b|\bprofile\s*(?::|=|is)\s*{words}\b") for name, words in _PROFILES),
    Rule(name="profile", value="startup", pattern=r"\b(?:seed-stage )?start-?up\b"),
    Rule(name="profile", value="prototype", pattern=r"\bprototyp(?:e|ing)\b|\bproof of concept\b|(?-i:\bPoC\b|\bMVP\b)"),
    Rule(name="profile", value="sovereign", pattern=r"\bsovereign(?:ty)?\b"),
    Rule(name="profile", value="high_volume", pattern=r"\bhigh[- ]volume\b"),
    Rule(name="profile", value="regulated", pattern=r"\bregulated (?:industry|company|entity|firm|business|bank|payment)\b|\b(?:DORA|FCA|BaFin)-regulated\b|\bwe are regulated\b"),
    Rule(name="profile", value="smb", pattern=r"\b(?:SMB|SME)\b|\bsmall (?:business|company|shop|firm)\b|\b(?:[2-9]|[1-9]\d|1\d\d|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty)[- ](?:person|people|man|employee)[- ](?:shop|company|firm|business|agency|office|practice)\b|\bcompany of (?:[2-9]|[1-9]\d) people\b|\b(?:shop|company|firm|bakery|agency|practice|business|office) with (?:[2-9]|[1-9]\d) (?:employees|people|staff)\b"),
    Rule(name="exit_plan_required", value=True, negated=False, pattern=r"\bexit (?:plan|strategy)\b"),
)  # fmt: skip
_PRICED = r"^[^.;,!]{0,30}?\b(?:costs?|earns?|charges?|get paid|make)\b[^.;!]*\?"
_PART_OF_A_POST = rf"\s*,?\s*\(?(?:(?:who|that) )?(?:(?:is|are|works?|working|only|just|each) )*(?:at |on |with )?(?:a )?(?:(?P<half>half[- ]time|half (?:a |the )?(?:post|position|day|the time|their time|of (?:his|her|their) time))|(?P<share>{FRACTION})(?: of (?:his|her|their|the) time| time| post| position| FTE)?(?=\s*(?:[.,;)]|$|and\b)))"
_SPAN = rf"(?P<n>{COUNT}|\ban?\b)[\s-]*(?P<unit>months?|years?|yrs?|y)\b"
_HORIZONS = (
    rf"\b(?:horizon|planning period|time ?frame|lifetime|amorti[sz]\w+)\b[^.;,\d]{{0,20}}?{_SPAN}",
    rf"\b(?:over|for) (?:the next |a period of |at least )?{_SPAN}(?!'? notice)",
    rf"(?P<n>{COUNT})[\s-]*(?P<unit>months?|years?|yrs?)'? (?:planning )?horizon\b",
    rf"\b(?:we|I|to) (?:look|plan|think|calculate|reckon)\b[^.;,\d]{{0,15}}?{_SPAN}(?: ahead| out)?",
)
_NOTICES = (
    rf"{_SPAN}'?\s+(?:of )?notice\b",
    rf"\b(?:notice of|notice period of) (?:at least )?{_SPAN}",
    rf"\b(?:notice|warning)(?: period)?\s+(?:must be|has to be|should be|needs to be|of|is)\s+(?:at least )?{_SPAN}",
    rf"\b(?:migrat\w+|model (?:change|switch|swap|upgrade)s?)\b[^.;,]{{0,40}}?\bonce (?:every|in|per) {_SPAN}",
    rf"\b(?:forced |model )?migrat\w+\s+(?:only |at most |no more often than )?(?:every|once (?:every|in)) {_SPAN}",
)
# a notice is always told for a case that has not come
_WITHDRAWN = r"\b(?:if|when(?:ever)?|should|once)\b[^.;]{0,40}?\b(?:withdrawn|retired?|deprecated|discontinued|switched off|shut down|taken away|removed|replaced|goes away|sunset|end of life)\b"
_DAY_FIRST = rf"(?:the )?(?P<day>\d{{1,2}})?(?:st|nd|rd|th)?\s*(?:of )?{MONTH}"
_MONTH_FIRST = rf"(?P<month>{MONTH_NAME})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>20\d\d)"
_ISO = r"(?P<iso>20\d\d-[01]\d-[0-3]\d)\b"
_STARTS = r"\b(?:go(?:es|ing)?[- ]live|launch(?:es|ing)?|start(?:s|ing)? production|in production|production|roll(?:s|ing)? out|live|launch date|start date|go-?live date|kick-?off|starts?)\b[^.;,\d]{0,20}?(?:\b(?:in|on|by|from|for|is|before|starts?|begins?)|:|(?<=out)|(?<=live)|(?<=starts)|(?<=launch))\s+"
_SLIPS = r"(?:^\W*|\b(?:go-?live|launch|start|roll-?out|production|release|date|deadline|it|that|this|everything)\b[^.;,\d]{0,20}?\b)(?:slip(?:s|ped)?|slides?|slid|mov(?:es|ed)|postponed|pushed(?: back| out)?|delayed|shifted|put off|brought forward|rescheduled|deferred)(?: back| forward| out)? (?:to|until|till)\s+"


def rules(text: Text) -> list[Found]:
    return apply(_RULES, text)


def team(text: Text) -> list[Found]:
    results = []
    for pattern in _TEAMS:
        for match in text.finditer(pattern):
            if (
                text.general(match.start())
                or text.of_others(match.start())
                or text.negated(match.start(), match.start())
            ):
                continue
            if match.group("n").lower() in ("a", "an") and match.group().lower().endswith("team"):
                continue  # a team of a size that is not said
            if re.search(_PRICED, text.plain[match.end() : text.sentence(match.start())[1]], re.I):
                continue  # "what would a team of three cost?"
            gone = _gone(text, match)
            if gone is not None:
                results += gone
                continue
            if text.past(match.start()) or re.search(_NOT_HERE, text.before(match.start()) + match.group(), re.I):
                continue
            results += _at_hours(text, match)
    return results


def _gone(text: Text, match: re.Match[str]) -> list[Found] | None:
    """ "We had two. Both left": nobody; "we had two" alone tells of the past; None where they are there."""
    left = re.match(_BOTH_LEFT, text.plain[match.end() :], re.I)
    if left:
        return [found(text, "mlops_fte", Decimal(0), (match.start(), match.end() + left.end()))]
    had = re.search(r"\bhad\s+$", text.before(match.start()), re.I)
    return [] if had or re.match(_SOME_LEFT, text.plain[match.end() :], re.I) else None


def engineers(text: Text) -> list[Found]:
    """A handful of engineers of no said craft, where nothing says that they are the users."""
    if text.search(_THEY_USE_IT):
        return []
    results = []
    for match in text.finditer(_ENGINEERS):
        start = match.start("n")
        if text.general(start) or text.of_others(start) or text.past(start) or text.negated(start, match.end()):
            continue
        after = text.plain[match.end() : text.sentence(start)[1]]
        if re.search(_NOT_HERE, text.before(start), re.I) or re.search(_PRICED, after, re.I):
            continue
        one = found(text, "mlops_fte", number(match.group("n")), match.span(), assumption=_RUN_IT)
        results.append(replace(one, derived=True))
    return results


_RUN_IT = "engineers read as those who would run the models"


def _at_hours(text: Text, match: re.Match[str]) -> list[Found]:
    """Full posts: "one person at half time" is a half; a part of a post that is not told is not guessed."""
    count = _people(match.group("n"))
    here = text.plain[match.start() : match.end()]
    after = text.plain[match.end() : text.sentence(match.start())[1]]
    part = re.match(_PART_OF_A_POST, after, re.I)
    if part:
        share = Decimal("0.5") if part.group("half") else fraction(part.group("share"))
        return [found(text, "mlops_fte", count * share, (match.start(), match.end() + part.end()))]
    if re.match(r"\W*(?:(?:only|working|is|are) )?part[- ]time\b", after, re.I) or re.search(
        r"\bpart[- ]time\b", here, re.I
    ):
        return []
    return [found(text, "mlops_fte", count, match.span())]


def _people(words: str) -> Decimal:
    said = words.lower()
    if said.startswith("half"):
        return Decimal("0.5")
    return Decimal(1) if said in ("a", "an") else number(said)


def horizon(text: Text) -> list[Found]:
    matches = [m for p in _HORIZONS for m in text.finditer(p) if not text.general(m.start())]
    near = r"\b(?:stor(?:e|es|ed|ing)|retain\w*|retention|archiv\w*|keep|kept|contract|last|past|history|reports|since|ago|old|been|around|exist\w*|founded|experience|lease|landlord|warranty|rent|loan)\b"
    kept = [m for m in matches if not re.search(near, text.clause_text(m.start()), re.I)]
    return [found(text, "horizon_months", _months(m), m.span()) for m in kept]


def notice(text: Text) -> list[Found]:
    matches = [m for p in _NOTICES for m in text.finditer(p) if not text.general(m.start())]
    results = []
    for match in matches:
        one = found(text, "forced_migration_months", _months(match), match.span())
        supposed = re.search(_WITHDRAWN, text.clause_text(match.start()), re.I)
        results.append(replace(one, act=Act.SET, assumption="") if supposed else one)
    return results


def _months(match: re.Match[str]) -> int:
    said = match.group("n").lower()
    count = Decimal(1) if said in ("a", "an") else number(said)
    return int(count * (12 if match.group("unit").lower().startswith("y") else 1))


def go_live(text: Text) -> list[Found]:
    """ "go live in March 2027" is its first day."""
    results = []
    for day in (_DAY_FIRST, _MONTH_FIRST, _ISO):
        for match in re.finditer(rf"(?i:{_STARTS}|{_SLIPS}){day}", text.plain):
            start = match.start()
            if text.general(start) or text.negated(start, start) or text.of_others(start) or text.past(start):
                continue
            value, assumption = _day(match)
            results += [found(text, "go_live", value, match.span(), assumption=assumption)] if value else []
    return results


def _day(match: re.Match[str]) -> tuple[date | None, str]:
    said = match.groupdict()
    if said.get("iso"):
        year, month, day = said["iso"].split("-")
        return _date(int(year), int(month), int(day)), ""
    year, month = year_month(match).split("-")
    return _date(int(year), int(month), int(said["day"] or 1)), "" if said["day"] else "the first of the month"


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


EXTRACTORS = (rules, team, engineers, horizon, notice, go_live)
