# ruff: noqa: E501 - one pattern a line
"""The asker's means: team, on call, own GPUs, profile, horizon, notice of migrations, go-live."""

import re
from datetime import date
from decimal import Decimal

from bot.answer.usecase.found import Found, Rule, apply, found
from bot.answer.usecase.licence_use import MONTH, year_month
from bot.answer.usecase.numbers import COUNT, number
from bot.answer.usecase.reading import Text

_CRAFT = r"(?:ML ?Ops|LLM ?Ops|ML|AI|machine[- ]learning|platform|infra(?:structure)?|DevOps|GPU)"
_ROLE = r"(?:engineers?|people|persons?|specialists?|staff|experts?|FTEs?|admins?|folks|guys|team)"
_TEAMS = (
    rf"(?P<n>half an?|{COUNT}|\ban?\b)\s+(?:[a-z-]+\s+)?{_CRAFT}[- ]{_ROLE}\b",
    rf"(?P<n>half an?|{COUNT}|\ban?\b)\s+FTEs?\s+(?:of |for |in |on )?{_CRAFT}\b",
    r"(?P<n>half an?|\d*\.\d+)\s+MLOps\b",
    rf"(?P<n>{COUNT})\s+(?:data scientists?|engineers?|people|persons?)\b[^.;,]{{0,20}}\b(?:look(?:s|ing)? after|run|operate|for|do|doing|in)\s+(?:a |the |our )?(?:{_CRAFT}|cluster|GPUs?|inference)\b",
)
_NOT_HERE = r"\b(?:lost|left|lay off|laid off|hir(?:e|ing)|recruit\w*|look(?:s|ing)? for|needs?|requires?|want|lack\w*|more|another|additional|extra)\b"
_KNOWS = r"(?:ML ?Ops|ML\b|machine learning|AI\b|infrastructure|GPUs|servers|models)"
_GPU = r"(?:(?:NVIDIA |AMD |RTX )*(?:[HABL]\d{2,3}S?|GH200|GB200|MI\d{3}X?|[345]0[89]0s?)(?:s|es)?\b|GPUs?\b|graphics cards?\b|DGX\b)"
_HAVE = r"\b(?:have|own|bought|operate|'ve got|got)\b"
_RULES = (
    Rule(name="mlops_fte", value=Decimal(0), sure=True, pattern=rf"\b(?:no|without|zero|not a single|don't have(?: any)?|do not have(?: any)?|haven't got)\s+(?:[a-z-]+\s+)?{_CRAFT}(?:[- ](?:{_ROLE}|skills|knowledge|capacity)|\b(?= (?:here|at all|in))|(?=[,.;]|$))"),
    Rule(name="mlops_fte", value=Decimal(0), sure=True, pattern=rf"\b(?:nobody|no one|no-one|none|noone)\s+(?:here |of us )?(?:who )?(?:knows?|runs?|does|for|in|can run|understands?|operates?)\s+(?:about |any )?{_KNOWS}"),
    Rule(name="mlops_fte", value=Decimal(0), sure=True, pattern=r"\bno (?:engineering |technical |IT )?(?:team|engineers)\b(?! lead)"),
    Rule(name="on_call", value=True, negated=False, pattern=r"\bon[- ]call\b|\b24[/x]7 (?:operations|ops|support team)\b"),
    Rule(name="own_gpus", value=False, sure=True, pattern=r"\b(?:no|without|do not own(?: any)?|don't own(?: any)?|don't have(?: any)?|do not have(?: any)?)\s+(?:own )?(?:GPUs?|graphics cards?)\b(?! (?:prices?|costs?))"),
    Rule(name="own_gpus", value=True, pattern=rf"{_HAVE}\s+(?:already\s+)?(?:{COUNT}|some|a few|several|our own|an?)\s+(?:x\s+|spare\s+|old\s+|idle\s+)?{_GPU}"),
    Rule(name="own_gpus", value=True, pattern=rf"\bour (?:own )?(?:cluster of |(?:{COUNT}) )*{_GPU}|{_GPU}(?:\s+\w+){{0,2}}\s+(?:of our own|in our own rack|in the basement|at home|we own)\b|\bour own GPUs?\b"),
    Rule(name="profile", value="startup", pattern=r"\b(?:seed-stage )?start-?up\b"),
    Rule(name="profile", value="prototype", pattern=r"\bprototyp(?:e|ing)\b|\bproof of concept\b|(?-i:\bPoC\b|\bMVP\b)"),
    Rule(name="profile", value="sovereign", pattern=r"\bsovereign(?:ty)?\b"),
    Rule(name="profile", value="high_volume", pattern=r"\bhigh[- ]volume\b"),
    Rule(name="profile", value="regulated", pattern=r"\bregulated (?:industry|company|entity|firm|business|bank|payment)\b|\b(?:DORA|FCA|BaFin)-regulated\b|\bwe are regulated\b"),
    Rule(name="profile", value="smb", pattern=r"\b(?:SMB|SME)\b|\bsmall (?:business|company|shop|firm)\b|\b(?:[2-9]|[1-9]\d|1\d\d|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty)[- ](?:person|people|man|employee)[- ](?:shop|company|firm|business|agency|office|practice)\b|\bcompany of (?:[2-9]|[1-9]\d) people\b|\b(?:shop|company|firm|bakery|agency|practice|business|office) with (?:[2-9]|[1-9]\d) (?:employees|people|staff)\b"),
    Rule(name="exit_plan_required", value=True, negated=False, pattern=r"\bexit (?:plan|strategy)\b"),
)  # fmt: skip
_SPAN = rf"(?P<n>{COUNT}|\ban?\b)[\s-]*(?P<unit>months?|years?)\b"
_HORIZONS = (
    rf"\b(?:horizon|planning period|time ?frame|lifetime|amorti[sz]\w+)\b[^.;,\d]{{0,20}}?{_SPAN}",
    rf"\b(?:over|for) (?:the next |a period of |at least )?{_SPAN}(?!'? notice)",
    rf"(?P<n>{COUNT})[\s-]*(?P<unit>months?|years?) (?:planning )?horizon\b",
)
_NOTICES = (
    rf"{_SPAN}'?\s+(?:of )?notice\b",
    rf"\b(?:notice of|notice period of) (?:at least )?{_SPAN}",
    rf"\b(?:forced |model )?migrat\w+\s+(?:only |at most |no more often than )?(?:every|once (?:every|in)) {_SPAN}",
)
_STARTS = r"\b(?:go(?:es|ing)?[- ]live|launch(?:es|ing)?|start(?:s|ing)? production|in production|production|roll(?:s|ing)? out)\b[^.;,\d]{0,20}?\b(?:in|on|by|from|for)\s+"


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
            if re.search(_NOT_HERE, text.before(match.start()) + match.group(), re.I):
                continue
            results.append(found(text, "mlops_fte", _people(match.group("n")), match.span()))
    return results


def _people(words: str) -> Decimal:
    said = words.lower()
    if said.startswith("half"):
        return Decimal("0.5")
    return Decimal(1) if said in ("a", "an") else number(said)


def horizon(text: Text) -> list[Found]:
    matches = [m for p in _HORIZONS for m in text.finditer(p) if not text.general(m.start())]
    near = r"\b(?:stor(?:e|es|ed|ing)|retain\w*|retention|archiv\w*|keep|kept|contract|last|past|history|reports|since|ago|old)\b"
    kept = [m for m in matches if not re.search(near, text.clause_text(m.start()), re.I)]
    return [found(text, "horizon_months", _months(m), m.span()) for m in kept]


def notice(text: Text) -> list[Found]:
    matches = [m for p in _NOTICES for m in text.finditer(p) if not text.general(m.start())]
    return [found(text, "forced_migration_months", _months(m), m.span()) for m in matches]


def _months(match: re.Match[str]) -> int:
    said = match.group("n").lower()
    count = Decimal(1) if said in ("a", "an") else number(said)
    return int(count * (12 if match.group("unit").lower().startswith("y") else 1))


def go_live(text: Text) -> list[Found]:
    """ "go live in March 2027" is its first day."""
    results = []
    for match in re.finditer(rf"(?i:{_STARTS})(?:the )?(?P<day>\d{{1,2}})?(?:st|nd|rd|th)?\s*{MONTH}", text.plain):
        if text.general(match.start()) or text.negated(match.start(), match.start()):
            continue
        year, month = year_month(match).split("-")
        value = _date(int(year), int(month), int(match.group("day") or 1))
        assumption = "" if match.group("day") else "the first of the month"
        results += [found(text, "go_live", value, match.span(), assumption=assumption)] if value else []
    return results


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


EXTRACTORS = (rules, team, horizon, notice, go_live)
