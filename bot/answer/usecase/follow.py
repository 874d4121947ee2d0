# ruff: noqa: E501 - one pattern a line
"""What only a follow-up can say: "triple it", "100k a day then", "forget the EU part", "drop the budget"."""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from bot.answer.usecase import volume
from bot.answer.usecase.correction import corrected
from bot.answer.usecase.found import Act, Found, found
from bot.answer.usecase.numbers import COUNT, FRACTION, NUMBER, fraction, number
from bot.answer.usecase.reading import Text
from bot.answer.usecase.task import languages_in
from bot.answer.usecase.turn import leaning, multiplied, not_personal
from kb.decide.use_case import UseCase

VOLUMES = volume.NAMES
_VOLUME = r"(?:volumes?|traffic|loads?|requests?|usage|questions?|calls|demand|tokens|number of (?:requests|questions|documents))"
_SIZES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"(?:answers?|outputs?|completions?|responses?|replies)", ("tokens_out_per_request",)),
    (r"(?:prompts?|inputs?|documents)", ("tokens_in_per_request",)),
)
_TIMES: tuple[tuple[str, Decimal], ...] = (
    (r"(?:doubl(?:e|es|ed|ing)|twice|two times)", Decimal(2)),
    (r"(?:tripl(?:e|es|ed|ing)|trebl(?:e|es|ed|ing)|three times|thrice)", Decimal(3)),
    (r"(?:quadrupl(?:e|es|ed|ing)|four times)", Decimal(4)),
    (r"(?:halv(?:e|es|ed|ing)|half|by half)", Decimal("0.5")),
    (r"(?:increases? tenfold|tenfold|ten times)", Decimal(10)),
    (r"five times|fivefold", Decimal(5)),
)
_BY_NUMBER = rf"(?P<n>{COUNT})\s?(?:x|times|-?fold)\b"
_PERCENT = rf"(?P<p>{FRACTION})\s+(?P<way>more|less|fewer|higher|lower)\b"
_RISES = (
    rf"\b(?P<way>grows?|rises?|increases?|goes up|falls?|drops?|shrinks?|decreases?|goes down)\s+by\s+(?P<p>{FRACTION})"
)
_MOVES = rf"\b(?P<way>up|down)\s+(?:by\s+)?(?P<p>{FRACTION})"
_SHARE_OF = rf"(?P<p>{FRACTION})\s+of the {_VOLUME}\b(?!\s+(?:can|could|may|might|is|are|will|comes?|runs?))"
_DOWN = r"down|less|fewer|lower|falls?|drops?|shrinks?|decreases?|goes down"
_LONG = r"(?:long|big|large)"

_FORGET = (
    r"\b(?:forget|drop|ignore|scrap|leave out|never mind|nevermind|disregard|skip|remove|lift|without|no more|cancel|strike)\s+"
    r"(?:about\s+)?(?P<rest>(?:the\s+|that\s+|our\s+|any\s+)?[^.;?!,]{1,60})"
)
_THEY_FORGET = (
    r"\b(?:we|I|they|management|legal|compliance|security|procurement|finance|the (?:board|boss|client|customer|regulator|auditors?|lawyers?|CEO|CTO|CISO|CFO|DPO|IT|team)|(?:our|my) (?!provider|vendor|supplier|host|price|cost|volume|traffic)(?:[a-z]+ )?[a-z]+)\s+"
    r"(?:have |has |had |just |now |also |since |finally |recently |today )*(?:dropped|lifted|scrapped|waived|removed|cancell?ed|withdrew|withdrawn|abandoned|gave up(?: on)?|given up(?: on)?|struck|relaxed)\s+"
    r"(?:about\s+)?(?P<rest>(?:the\s+|that\s+|our\s+|their\s+|its\s+|any\s+)?[^.;?!,]{1,60})"
)
# "the latency requirement is gone", "99.9% is not needed any more"
_GONE = (
    r"(?P<rest>\b(?:the |that |our |any |this )?(?:[\w.%-]+ ){1,5}?)(?:(?:is|are|was|were|has been|have been|got) "
    r"(?:now |also |been |since )?(?:gone|dropped|lifted|waived|removed|cancelled|canceled|off the table|scrapped|relaxed|withdrawn|history|no longer (?:needed|required|relevant|an issue|valid)|"
    r"not (?:needed|required|relevant) (?:any ?more|any longer|after all))|no longer (?:applies|matters|holds)|(?:goes|went|falls|fell) away|disappear(?:s|ed)|(?:does not|doesn't) (?:apply|matter|hold) (?:any ?more|any longer|after all))\b"
)
_NO_NEED = r"\b(?:no need for|no longer (?:need|require|have)|(?:don't|do not|doesn't) (?:need|require|have) (?:to )?|can do without|there is no)\s+(?P<rest>(?:the |that |our |any |an? )?[^.;?!,]{1,60}?)\s*(?:any ?more|any longer|after all|now)?(?=[.;?!,]|$)"
_TOPICS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"\b(?:EU|Europe\w*|residency|region|location|country|Germany|France|UK|Switzerland)\b", ("inference_in", "no_foreign_jurisdiction", "eu_exposure")),
    (r"\bCLOUD Act\b|\bjurisdiction\b", ("no_foreign_jurisdiction",)),
    (r"\bbudget\b|\bcost cap\b|\bspending cap\b", ("budget_usd_per_month",)),
    (r"\bair[- ]?gap\w*", ("air_gap",)),
    (r"\bon[- ]prem\w*", ("on_premises",)),
    (r"\bpeak\b", ("peak_factor",)),
    (r"\bbatch\w*\b", ("batch_share",)),
    (r"\bcach\w+\b", ("cached_share",)),
    (r"\blatency\b|\bfirst token\b", ("first_token_p95_s",)),
    (r"\bavailability\b|\buptime\b|\bnines\b|\bSLA\b", ("availability_target",)),
    (r"\bexit (?:plan|strategy)\b|\bDORA\b", ("exit_plan_required",)),
    (r"\bhorizon\b", ("horizon_months",)),
    (r"\bshort ?list\b", ("shortlist",)),
    (r"\bcontext\b", ("context_tokens",)),
    (r"\bChinese\b|\bChina\b|\bPRC\b", ("excluded_origins", "excluded_hosts")),
    (r"\bvendor (?:ban|exclusion|policy)\b", ("excluded_vendors",)),
    (r"\b(?:languages?)\b", ("languages",)),
    (r"\bquality (?:floor|bar|minimum)\b", ("quality_floor",)),
    (r"\bgo-?live\b|\blaunch date\b|\bdeadline\b", ("go_live",)),
    (r"\bon[- ]call\b", ("on_call",)),
)  # fmt: skip
_NO_LANGUAGE = r"\b(?:models?|weights|LLMs?|providers?|hosts?|clouds?|APIs?|operators?|vendors?|compan(?:y|ies)|suppliers?|labs?)\b"
_OUT_WITH = r"(?:without|drop|skip|remove|leave out|strike|scrap|no more|ignore)\b"
_THE_RULE = (
    r"\b(?:exclusion|ban|restriction|part|rule|requirement|condition|limit|constraint|policy|clause|thing|bit)\b"
)
_AGAIN = r"\b(?:start over|start again|from scratch|new (?:question|case|scenario|topic)|different (?:question|case|scenario)|forget (?:all|everything))\b"
_MEANT = r"(?:that's|that is|that was|it's|it is|it was|(?:I|we) meant?|(?:it|that) (?:should|must) (?:be|read)|should be|correction[,:]?|sorry[,:]?|make (?:it|that)|rather|actually)"
_OTHER_PERIOD = rf"\b{_MEANT}\s+(?:[a-z]+\s+)?(?:(?:per|each|every)|an?(?=\s+\w+\s*(?:[,.;!?)]|$|not\b)))\s+(?P<period>{volume.UNIT})(?!\w)"
_OTHER_AMOUNT = rf"\b(?:make (?:it|that)|(?:I|we) meant?|(?:it|that) should (?:be|read)|(?:sorry|correction|rather|no|actually|wait)[,:]?(?: (?:it's|that's|make (?:it|that)))?|(?:it's|that's) (?:actually|rather|more like))\s+(?P<n>{NUMBER})(?=\s*(?:[.,;!?)]|$|instead\b|not\b|then\b|please\b|and\b))"
_BARE_PERCENT = r"(?<![\d.])(?P<n>99(?:\.\d+)?)(?:\s?%|(?= (?:is|would be|will be|should be|were) (?:also |just )?(?:enough|fine|ok|okay|plenty|sufficient)\b|,? (?:instead|then)\b))"


def starts_over(text: Text) -> bool:
    return text.search(_AGAIN) is not None


def forgotten(text: Text, earlier: UseCase) -> list[Found]:
    """Inputs that become unknown again."""
    results = []
    for match in (m for pattern in (_FORGET, _THEY_FORGET, _GONE, _NO_NEED) for m in text.finditer(pattern)):
        for pattern, names in _TOPICS:
            if not re.search(pattern, match.group("rest"), re.I) or text.general(match.start()):
                continue
            if not _excludes(match, names):
                results += [_clear(text, name, match) for name in _wishes(names, earlier)]
        results += _without_language(match)
    return results + not_personal(text, earlier)


def _excludes(match: re.Match[str], names: tuple[str, ...]) -> bool:
    """ "Without Chinese models" keeps them out; "forget the part about Chinese models" lets them in."""
    if not names[0].startswith("excluded_"):
        return False
    return bool(re.match(_OUT_WITH, match.group(), re.I)) and not re.search(_THE_RULE, match.group("rest"), re.I)


def _wishes(names: tuple[str, ...], earlier: UseCase) -> tuple[str, ...]:
    """Of a place, the wish about it; whom the asker serves there stays as it was, unless nothing else was said."""
    wished = tuple(n for n in names if n != "eu_exposure")
    return wished if len(wished) < len(names) and any(getattr(earlier, n) is not None for n in wished) else names


def _without_language(match: re.Match[str]) -> list[Found]:
    """ "English is not needed any more"."""
    codes = frozenset(() if re.search(_NO_LANGUAGE, match.group("rest"), re.I) else languages_in(match.group("rest")))
    words = " ".join(match.group().split())
    one = Found(name="languages", value=codes, start=match.start(), end=match.end(), words=words, act=Act.REMOVE)
    return [one] if codes else []


def _clear(text: Text, name: str, match: re.Match[str]) -> Found:
    words = " ".join(match.group().split())
    return Found(name=name, value=None, start=match.start(), end=match.end(), words=words, act=Act.CLEAR)


def changes(text: Text, earlier: UseCase, said: frozenset[str]) -> list[Found]:
    """Factors on what is known, and figures whose noun the thread knows. `said` are the inputs this turn states anew."""
    results = [*_factors(text, earlier), *leaning(text, earlier, said), *corrected(text, earlier, said)]
    if not said & set(VOLUMES) and any(getattr(earlier, n) is not None for n in VOLUMES):
        results += volume.bare(text)
    if not said & set(VOLUMES):
        results += _corrected(text, earlier)
    if "availability_target" not in said and earlier.availability_target is not None:
        for match in text.finditer(_BARE_PERCENT):
            results.append(found(text, "availability_target", Decimal(match.group("n")) / 100, match.span()))
    return results


def _corrected(text: Text, earlier: UseCase) -> list[Found]:
    """ "That's per week, not per month", "make it 40k": the earlier figure with another period or another amount."""
    known = [n for n in VOLUMES if getattr(earlier, n) is not None and n in earlier.origins]
    if len(known) != 1:
        return []
    words = Text(earlier.origins[known[0]].words)
    said = volume.told(words)
    value: Decimal = getattr(earlier, known[0])
    results = []
    for match in text.finditer(_OTHER_PERIOD):
        if said and said.factor:
            anew = volume.per_month(match.group("period"))
            results.append(found(text, known[0], _whole(_whole(value / said.factor) * anew), match.span()))
    for match in text.finditer(_OTHER_AMOUNT):
        if said and said.amount:
            results.append(found(text, known[0], _whole(value / said.amount * number(match.group("n"))), match.span()))
    return results


def _whole(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1), ROUND_HALF_UP)


def _factors(text: Text, earlier: UseCase) -> list[Found]:
    results: list[Found] = []
    for match, factor in _spoken(text):
        names = _of(text, match)
        known: Mapping[str, Decimal] = {n: v for n in names if (v := getattr(earlier, n)) is not None}
        for name, value in known.items():
            note = f"{factor} times the {value} said before"
            if name == "requests_per_month" and (many := multiplied(earlier)):
                note += f"; {many.note()}"
            results.append(found(text, name, (value * factor).normalize() + 0, _part(text, match), assumption=note))
    return results[: len({f.name for f in results})]


def _spoken(text: Text) -> list[tuple[re.Match[str], Decimal]]:
    fixed = [(m, factor) for p, factor in _TIMES for m in text.finditer(rf"\b{p}\b")]
    counted = [(m, number(m.group("n"))) for m in text.finditer(_BY_NUMBER)]
    risen = [(m, _risen(m)) for p in (_PERCENT, _RISES, _MOVES) for m in text.finditer(p)]
    parts = [(m, fraction(m.group("p"))) for m in text.finditer(_SHARE_OF)]
    return [(m, f) for m, f in counted + risen + parts + fixed if not text.general(m.start()) or _asks_change(text, m)]


def _asks_change(text: Text, match: re.Match[str]) -> bool:
    return re.match(r"\W*(?:and|what)\b", text.sentence_text(match.start()), re.I) is not None


def _risen(match: re.Match[str]) -> Decimal:
    share = fraction(match.group("p"))
    return 1 - share if re.fullmatch(_DOWN, match.group("way"), re.I) else 1 + share


def _part(text: Text, match: re.Match[str]) -> tuple[int, int]:
    """The part of the clause between "and"s: "volume triples and the peak factor is 6" are two changes."""
    start, end = text.clause(match.start())
    before = list(re.finditer(r"\band\b", text.plain[start : match.start()], re.I))
    after = re.search(r"\band\b", text.plain[match.end() : end], re.I)
    return start + (before[-1].end() if before else 0), match.end() + after.start() if after else end


def _of(text: Text, match: re.Match[str]) -> tuple[str, ...]:
    """What is multiplied: the volume, or the length of prompts or answers."""
    clause = text.plain[slice(*_part(text, match))]
    if re.search(r"\bbudget\b", clause, re.I):
        changed = re.match(r"doubl|tripl|trebl|quadrupl|halv", match.group(), re.I)
        return ("budget_usd_per_month",) if changed else ()  # "what would half the budget buy?"
    if re.search(r"\b(?:peak|price|prices|cost|costs|team|users|MAU|latency|context)\b", clause, re.I):
        return ()
    for noun, names in _SIZES:
        if re.search(rf"\bthe {noun}\b(?! tokens)", clause, re.I) and "document" not in clause:
            return names
        if re.search(rf"\b{noun}\b", clause, re.I) and re.search(
            rf"\b(?:{_LONG}|longer|bigger|size|length)\b", clause, re.I
        ):
            return names
    if re.search(r"\b(?:it|that|this|everything|those|as (?:much|many))\b", clause, re.I):
        return VOLUMES
    return VOLUMES if re.search(rf"\b{_VOLUME}\b", clause, re.I) else ()
