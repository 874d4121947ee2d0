# ruff: noqa: E501 - one pattern a line
"""What a turn says by leaning on the one before: "what if it were 200k?", "with batch?", "back in the cloud", "without personal data"."""

import re
from decimal import ROUND_HALF_UP, Decimal

from bot.answer.usecase.each import NOTED, PEOPLE, Many, same_people
from bot.answer.usecase.found import Act, Found, found
from bot.answer.usecase.geography import ADJECTIVE, NAME, code_of, codes_in, together
from bot.answer.usecase.numbers import COUNT, FRACTION, NUMBER, fraction, number
from bot.answer.usecase.reading import Text
from kb.decide.use_case import UseCase

_VOLUMES = ("requests_per_month", "tokens_per_month", "tokens_in_per_month", "tokens_out_per_month")
_NOUN = r"(?:requests?|questions?|calls|documents|e-?mails|messages|tickets|chats|letters|tokens)"
_END = (
    r"(?=\s*(?:[.,;!?)]|$|instead\b|again\b|then\b|from the (?:start|beginning)|as before|as (?:I|we) said|please\b))"
)
_AGAIN = (
    rf"\b(?:if|suppose|say|assum\w+)\s+(?:it|that|there|this)\s+(?:were|was|is|are|becomes?|became|reach\w*|goes? (?:up )?to|grew to|drops? to)\s+(?:only |just |about |around )?(?P<n>{NUMBER})(?:\s+{_NOUN})?{_END}",
    rf"\bback (?:down |up )?(?:to|at)\s+(?:the |those |our |my )?(?:original |first |earlier )?(?P<n>{NUMBER})(?:\s+{_NOUN})?{_END}",
    rf"^\W*(?:(?:no|sorry|wait|actually|rather|correction|I meant|we meant|make (?:it|that))\b[\s,:-]*)+(?P<n>{NUMBER})\s+{_NOUN}{_END}",
    rf"^\W*(?:and|what about|how about|what if|then)\s+(?:with|at|for)?\s*(?P<n>{NUMBER})(?:\s+{_NOUN})?\s*(?:instead|then)?\s*\?*$",
)
_HOW_MANY = rf"(?P<n>{COUNT})\s+(?P<noun>{PEOPLE})\b(?!\s+(?:who|that|for|in|on|to|can|could|know|do)\b)"
_OTHER_PEOPLE = (
    rf"^\W*(?:(?:and|or|so|but|ok|okay|now|then|hmm|what about|how about|what if(?: it (?:were|was)| there (?:were|are)| we (?:had|have|were|are|get|got))?|with|for|at|say|only|if|it's|it is|make (?:it|that))\W+)+{_HOW_MANY}{_END}",
    rf"\b(?:make (?:it|that)|if (?:it|there|that) (?:were|was)|suppose (?:it|there|we)(?:'s| is| are| have| had)?|(?:I|we) meant?|(?:grow|grew|shrink|shrank|rise|rose|increased?) (?:from \d[\d,]* )?to|we(?:'re| are)(?: now)?|we (?:now |only |actually )*have|there are|it's|it is)\s+(?:now |only |actually |really )*{_HOW_MANY}{_END}",
    rf"^\W*(?:(?:no|sorry|wait|actually|rather|correction)\W+)+{_HOW_MANY}{_END}",
    rf"^\W*{_HOW_MANY}\s*(?:instead|then|now)?\W*$",
)
_BATCH = r"batch(?:es|ed|ing|able)?(?:[- ](?:API|mode|processing|jobs?|runs?|prices?|discount))?"
_BATCH_SHARE = rf"(?P<p>{FRACTION})(?:\s+(?:of|our|the|all)\b[^.,;?!]{{0,40}}?)?(?:\s+(?:may|can|could|is|are|goes?|runs?|run|done|sent|being|be|it|in|as|by|via|through|the|a))*\s+{_BATCH}\b"
_ALL_BATCH = rf"\b(?:with|using|use|in|via|by|through|on|as)\s+(?:the |a |nightly |overnight |pure )?{_BATCH}\b"
_CACHED = rf"(?P<p>{FRACTION})(?:\s+(?:of|our|the|all)\b[^.,;?!]{{0,40}}?)?(?:\s+(?:may|can|could|is|are|be|being|comes?|read|from|the|a))*\s+(?:cached|cacheable|in cache|cache hits?|cache)\b"
_IN_CLOUD = r"\b(?:in|to|on|into|from|using)\s+(?:the |a |some(?:body's)? )?(?:public )?cloud\b|\b(?:managed|hosted|API|cloud)(?: service| model)? instead\b|\bnot on[- ]?prem\w*|\b(?:public )?cloud (?:is|would be|was) (?:now |also )*(?:fine|ok|okay|allowed|acceptable|possible|an option)\b|\b(?:off|away from|instead of|rather than) (?:our own )?(?:on[- ]?prem\w*|premises)\b"
_ALSO_THERE = (
    rf"(?:^\W*|(?<=[.;,!?]\s)|\b(?:and|but|then|also) )(?:hosting |inference |processing )?(?:anywhere )?(?:in )?{NAME} (?:is|are|would be|were)(?: also| now| just)* (?:fine|ok|okay|allowed|acceptable|possible|an option)(?: too| as well| also)?\b",
    rf"^\W*or (?:else )?(?:in )?{NAME}\W*$",
    rf"\b(?:it|data|they|everything|inference) (?:may|can|could) (?:also )?(?:be|run|sit|stay|go)(?: anywhere)? (?:with)?in(?:side)? {NAME}(?: too| as well| also)?(?=\s*(?:[.,;!?]|$))",
)
_CLOUD_IN = rf"\bcloud\b[,\s]+(?:but |and |only )*(?:with)?in\s+{NAME}"
_NOT_PERSONAL = r"\b(?:without|no|not|never|free of|minus|excluding)\s+(?:any |the |more |all )?(?:personal|customer|patient|personally identifiable|sensitive) (?:data|information)\b|\b(?:without|no)\s+(?:any )?PII\b|\b(?:anonymi[sz]e\w*|pseudonym\w*|strip\w* (?:out )?(?:the )?(?:personal data|names|PII))\b"
_KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"model|weight|LLM", ("excluded_origins",)),
    (r"provider|host|cloud|API|operator", ("excluded_hosts",)),
    (r"vendor|compan|supplier|lab", ("excluded_origins", "excluded_hosts")),
)
_KEPT_OUT = rf"^\W*(?:and |but |what about |how about |what if we go |the same,? )*(?:without|with no|minus|excluding|not using)\s+(?:any |the )?{ADJECTIVE}[- ](?P<kind>models?|weights|LLMs?|providers?|hosts?|clouds?|APIs?|operators?|vendors?|compan(?:y|ies)|suppliers?|labs?)\b"
_STAFF = rf"\b(?P<n>{COUNT}|one|two|three|four|five|six|eight|ten)\s+(?:more\s+)?(?:full[- ]time |ML |MLOps |platform |DevOps |infrastructure )?(?:engineers?|FTEs?|people to run (?:it|them|models))\b"
_SPELT = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10}
_NEGATED = r"\b(?:no|not|never|without|drop|forget)\b|n't\b"


def leaning(text: Text, earlier: UseCase, said: frozenset[str]) -> list[Found]:
    """Findings that make sense only after `earlier`; nothing that this turn said in full (`said`) is said again."""
    results = [
        *(_people(text, earlier) or _amounts(text, earlier)),
        *_shares(text),
        *_place(text, earlier),
        *_kept_out(text),
        *_staff(text, earlier),
    ]
    return [one for one in results if one.name not in said]


def _amounts(text: Text, earlier: UseCase) -> list[Found]:
    """A bare amount takes the period of the volume before it."""
    known = [name for name in _VOLUMES if getattr(earlier, name) is not None and name in earlier.origins]
    if len(known) != 1:
        return []
    before = re.search(NUMBER, earlier.origins[known[0]].words, re.I)
    if before is None or number(before.group()) <= 0:
        return []
    many = multiplied(earlier)
    if many and number(before.group()) != many.count:
        return []  # of people or of what each does is not said
    each: Decimal = getattr(earlier, known[0]) / number(before.group())
    results = []
    for match in (m for pattern in _AGAIN for m in text.finditer(pattern)):
        amount = number(match.group("n"))
        if amount >= 10 and not _is_other(text, match):
            value = (each * amount).quantize(Decimal(1), ROUND_HALF_UP)
            note = "" if each == 1 else "counted by the same period as before"
            results.append(found(text, known[0], value, match.span(), assumption=note))
    return results[:1]


def _people(text: Text, earlier: UseCase) -> list[Found]:
    """Other people than those whose requests were multiplied: "and 600 developers?" after "400, 50 requests each"."""
    told = multiplied(earlier)
    volume = earlier.requests_per_month
    if not told or volume is None:
        return []
    results = []
    for match in (m for pattern in _OTHER_PEOPLE for m in text.finditer(pattern)):
        many = Many(number(match.group("n")), match.group("noun").lower())
        if same_people(many.whom, told.whom) and not text.negated(match.start("n"), match.start("n")):
            value = (volume / told.count * many.count).quantize(Decimal(1), ROUND_HALF_UP)
            results.append(found(text, "requests_per_month", value, match.span(), assumption=many.note()))
    return results[:1]


def multiplied(earlier: UseCase) -> Many | None:
    """Those of whom each was told to do so, where the volume was read so."""
    origin = earlier.origins.get("requests_per_month")
    noted = re.search(NOTED, origin.assumption) if origin else None
    return Many(Decimal(noted.group("n")), noted.group("whom")) if noted else None


def _is_other(text: Text, match: re.Match[str]) -> bool:
    """Money, a share, a year or a size is no volume."""
    around = text.plain[max(0, match.start("n") - 2) : match.end("n") + 2]
    year = re.fullmatch(r"20[2-4]\d", match.group("n"))
    return bool(year) or re.search(r"[$€£%]", around) is not None


def _shares(text: Text) -> list[Found]:
    results = []
    for name, pattern in (("batch_share", _BATCH_SHARE), ("cached_share", _CACHED)):
        for match in text.finditer(pattern):
            value = fraction(match.group("p"))
            if value <= 1:
                results.append(found(text, name, value, match.span()))
    if not any(one.name == "batch_share" for one in results):
        for match in text.finditer(_ALL_BATCH):
            if not re.search(_NEGATED, text.before(match.start()), re.I):
                results.append(found(text, "batch_share", Decimal(1), match.span(), assumption="all of it may wait"))
    return results


def _place(text: Text, earlier: UseCase) -> list[Found]:
    results = []
    for match in text.finditer(_IN_CLOUD):
        if earlier.on_premises:
            results.append(_cleared(text, "on_premises", match))
    for match in (m for pattern in _ALSO_THERE for m in text.placed_iter(pattern) if earlier.inference_in):
        if not text.negated(match.start("place"), match.end()):
            wider = together(earlier.inference_in or "", code_of(match.group("place")))
            results.append(found(text, "inference_in", wider, match.span(), assumption="beside the place told before"))
    for match in text.placed_iter(_CLOUD_IN):
        results.append(found(text, "inference_in", code_of(match.group("place")), match.span()))
    return results


def not_personal(text: Text, earlier: UseCase) -> list[Found]:
    """Personal data taken out of the case: what is left is somebody's own."""
    if earlier.data_class not in ("personal", "special_category"):
        return []
    note = "without personal data, what is left taken as internal"
    return [
        found(text, "data_class", "internal", match.span(), assumption=note) for match in text.finditer(_NOT_PERSONAL)
    ][:1]


def _kept_out(text: Text) -> list[Found]:
    """ "And without Chinese models?": asked, but of this case."""
    results = []
    for match in text.placed_iter(_KEPT_OUT):
        codes = codes_in(match.group("place"))
        names = next(names for pattern, names in _KINDS if re.match(pattern, match.group("kind"), re.I))
        results += [found(text, name, frozenset(codes), match.span()) for name in names if "eu" not in codes]
    return results


def _staff(text: Text, earlier: UseCase) -> list[Found]:
    """Engineers, where the thread was about who runs the models."""
    if earlier.mlops_fte is None:
        return []
    results = []
    for match in text.finditer(_STAFF):
        said = match.group("n").lower()
        results.append(found(text, "mlops_fte", Decimal(_SPELT.get(said) or number(said)), match.span()))
    return results


def _cleared(text: Text, name: str, match: re.Match[str]) -> Found:
    words = " ".join(text.plain[slice(*match.span())].split())
    return Found(name=name, value=None, start=match.start(), end=match.end(), words=words, act=Act.CLEAR)
