"""A question read: kind, names, asked fields, period, places, parts and use case. Pure.

::

    text -> (as-of phrase off) -> names -> use case -> period -> parts -> kind -> (follow-up: joined with the thread)
"""

import re
from dataclasses import replace
from datetime import date

from bot.answer import intent, thread
from bot.answer.dates import as_of_phrase, period_of
from bot.answer.names import NameBook
from bot.answer.news_ask import news_of
from bot.answer.text import power_text
from bot.answer.use_case import merged, use_case
from bot.answer.values import Kind, Mention, Part, Understood
from kb.facts.asked_fields import fields_asked

_URL = re.compile(
    r"https?://[^\s<>\")\]]+|\b(?:[a-z0-9-]+\.)+(?:com|org|net|io|ai|eu|dev|uk|co)(?:/[^\s<>\")\]]*)?", re.IGNORECASE
)
_PART = re.compile(r"(?<!\w)\(([a-h]|[ivx]{1,4}|\d)\)\s*")
_FACTOR_WORDS = {
    "cost": r"\bcosts?\b|\bTCO\b|\bcheap\w*|\bexpensive\b|\bpric\w+|\bbudget\b",
    "data-control": (
        r"\bdata (?:control|privacy|sovereignty|protection)\b|\bprivacy\b|\bsovereign\w*|"
        r"\bconfidential\w*|\bperimeter\b|\bwho sees our data\b"
    ),
    "customisation": r"\bcustomi[sz]\w+|\bfine[- ]?tun\w+|\badapt\w*",
    "capability": (
        r"\bcapab\w+|\bbenchmark\w*|\bquality\b|\breasoning\b|\bfrontier\b|\bgap\b|\bgood enough\b|"
        r"\bcoding\b"
    ),
    "regulation": r"\bregulat\w+|\bcomplian\w+|\bAI Act\b|\bauditab\w+",
    "talent": r"\btalent\b|\bstaff\b|\bskills?\b|\bMLOps\b|\bhir(?:e|ing)\b",
    "lock-in": r"\block[- ]?in\b|\bswitch\w*\b|\bdependen\w+|\bexit\b|\bdeprecat\w+|\bportab\w+",
    "security": r"\bsecur\w+|\brisks?\b|\bjailbreak\w*|\bsupply chain\b|\bsafetensors\b|\bpoison\w*|\bsafer?\b",
    "transparency": r"\btransparen\w+|\bblack box\b|\baudit\w*|\bexplain\w*|\bbias\b",
    "support": r"\bsupport\b|\bSLA\b|\buptime\b|\bavailability\b|\boutages?\b",
    "latency": r"\blatenc\w+|\bthroughput\b|\bspeed\b|\bfast\w*\b",
}
_OPTION_WORDS = {
    "self-host": (
        r"\bself[- ]?host\w*|\bon[- ]?prem\w*|\bown (?:hardware|gpus?|servers?|data ?cent\w+)|\bin[- "
        r"]house\b|\bair[- ]?gap\w*"
    ),
    "managed": r"\bmanaged\b|\bserverless\b|\bhosted (?:open|by)\b|\binference providers?\b|\bbedrock\b|\btogether\b",
    "closed": r"\bclosed\b|\bproprietary\b|\bcommercial APIs?\b",
    "open": r"\bopen(?:[- ](?:source|weights?))?\b(?! question)",
    "hybrid": r"\bhybrid\b|\bportfolio\b|\brouter\b|\bmix of\b",
}


# fields that words ask for only together with the situation they stand in
_ALSO_ASKED = {
    "memory_gb": r"\b(?:how many|fewer|more|less|number of|which) (?:GPUs?|cards?)\b|"
    r"\bGPU (?:needs?|requirements?|count)\b|\b(?:fewer|more|less) (?:VRAM|GPU memory)\b",
    "jurisdiction": r"\bwho (?:has|sees|holds|gets|owns|keeps|reads|controls?|can (?:see|access|read)|has access to)\b"
    r"[^?.]{0,20}\b(?:data|prompts?|inputs?|documents?)\b|\bwhere (?:does|do|is|are|will)\b[^?.]{0,20}\bdata\b",
}
_MAY_BE_NEWS = (Kind.FACT, Kind.CHANGE, Kind.REGULATION, Kind.OUT_OF_SCOPE)
_PLACES = frozenset({"provider", "vendor"})  # where a model is bought: a follow-up may change it


def understand(
    question: str, *, book: NameBook, today: date, as_of: date | None = None, state: dict[str, object] | None = None
) -> Understood:
    """Read a question; `state` is what the thread remembers, empty for a first question."""
    if intent.is_check(question):  # an article asks nothing itself: its days, names and links are its own
        return Understood(question=question, kind=Kind.CLAIM, today=today, as_of=as_of or today)
    said_as_of, text = as_of_phrase(power_text(question), today)
    day = as_of or said_as_of or today
    text, urls = _without_urls(text)
    mentions, unknown = _names(text, book)
    case = use_case(text)
    period = period_of(text, day)
    kind = intent.kind_of(text, mentions, unknown, case, period, day)
    may = kind in _MAY_BE_NEWS or (kind is Kind.DECISION and not intent.of_asker(text))
    news = news_of(text, mentions) if may and not intent.on_labels(text) else None
    read = Understood(
        question=question,
        kind=Kind.CHANGE if news else kind,
        today=today,
        as_of=day,
        mentions=mentions,
        unknown=unknown,
        fields=_fields(text, mentions),
        factors=_matching(_FACTOR_WORDS, text),
        options=_matching(_OPTION_WORDS, text),
        period=period,
        parts=parts(text, book),
        urls=urls,
        use_case=case,
        news=news,
        in_scope=bool(news) or intent.in_scope(text, mentions, unknown),
    )
    return _joined(read, text, state or {}, book)


def _without_urls(text: str) -> tuple[str, tuple[str, ...]]:
    urls = tuple(m.group().rstrip(".,;") for m in _URL.finditer(text) if "/" in m.group())
    for url in urls:
        text = text.replace(url, " ")
    return text, urls


def _names(text: str, book: NameBook) -> tuple[tuple[Mention, ...], tuple[str, ...]]:
    mentions, unknown = book.find(text)
    return tuple(mentions), tuple(unknown)


def _fields(text: str, mentions: tuple[Mention, ...]) -> tuple[str, ...]:
    """Asked fields; words inside a name ("Open" in OpenAI, "Flash") are no question."""
    for mention in mentions:
        text = text.replace(mention.words, " _ ")
    asked = [spec.name for spec in fields_asked(text)]
    also = [name for name in _matching(_ALSO_ASKED, text) if name not in asked]
    if "jurisdiction" in also:
        also += [name for name in ("residency", "retention") if name not in asked]
    return (*also, *asked)


def _matching(table: dict[str, str], text: str) -> tuple[str, ...]:
    return tuple(k for k, pattern in table.items() if re.search(pattern, text, re.IGNORECASE))


def parts(text: str, book: NameBook) -> tuple[Part, ...]:
    """Sub-questions marked (a), (b) ...; fewer than two marks are no list."""
    marks = list(_PART.finditer(text))
    if len(marks) < 2:
        return ()
    found = []
    for i, mark in enumerate(marks):
        end = marks[i + 1].start() if i + 1 < len(marks) else len(text)
        body = re.sub(r"(?:[,;]?\s+(?:and|or))?\s*$", "", text[mark.end() : end].strip().rstrip("?.,; "))
        mentions, unknown = book.find(body)
        found.append(
            Part(mark.group(1), body, tuple(dict.fromkeys(s for m in mentions for s in m.subjects)), tuple(unknown))
        )
    return tuple(found)


def _joined(read: Understood, text: str, state: dict[str, object], book: NameBook) -> Understood:
    """A follow-up takes from the thread what it does not say itself."""
    if read.kind is Kind.HELP:
        return read
    if not intent.follows_up(text) and not (
        state and not read.in_scope and not intent.is_chore(text) and len(text.split()) <= 12
    ):
        return read
    if not state:
        return _alone(read, text)
    before = thread.recall(state)
    read = _with_version(read, text, before, book)
    kind: Kind = Kind.PERMISSION if read.kind is Kind.UNDERSPECIFIED and intent.asks_permission(text) else read.kind
    if kind in (Kind.FACT, Kind.OUT_OF_SCOPE, Kind.UNDERSPECIFIED) or (
        kind is Kind.REGULATION and before.kind is Kind.DECISION
    ):
        kind = before.kind
    if kind is Kind.DECISION and before.kind is Kind.PERMISSION and not read.mentions and not intent.asks_advice(text):
        kind = before.kind  # "only internally": more of the same case
    fields = read.fields or before.fields
    mentions = read.mentions or (() if read.unknown else tuple(Mention(s, (s,), 0, 0) for s in before.subjects))
    if read.mentions and all(s.partition(":")[0] in _PLACES for s in read.subjects):  # "and on Bedrock?"
        models = tuple(Mention(s, (s,), 0, 0) for s in before.subjects if s.startswith("model:"))
        mentions, fields = (*models, *read.mentions), tuple(dict.fromkeys([*before.fields, *read.fields]))
    return replace(
        read,
        kind=Kind.DECISION if kind is Kind.UNDERSPECIFIED else kind,
        resolved_from=Kind.FOLLOW_UP,
        mentions=mentions,
        fields=fields,
        factors=read.factors or before.factors,
        options=read.options or before.options,
        use_case=merged(before.use_case, read.use_case),
        in_scope=True,
        thread=state,
    )


def _with_version(read: Understood, text: str, before: thread.Memory, book: NameBook) -> Understood:
    """ "And 5.3?": the version of the family that the thread is about."""
    said = thread.bare_version(text)
    if not said or read.mentions or read.unknown:
        return read
    for subject in before.subjects:
        name = thread.other_version(book.display(subject), said) if subject.startswith("model:") else ""
        mentions, unknown = book.find(name) if name else ([], [])
        if mentions or unknown:
            return replace(read, mentions=tuple(mentions), unknown=tuple(unknown), in_scope=True)
    return read


def _alone(read: Understood, text: str) -> Understood:
    """A follow-up whose thread we do not have: answered as far as its own words go."""
    if not (read.use_case.jurisdictions or read.use_case.amounts or read.mentions) or intent.is_chore(text):
        return read
    kind = read.kind
    if read.kind in (Kind.FACT, Kind.OUT_OF_SCOPE):
        kind = (
            Kind.REGULATION
            if read.use_case.jurisdictions and not read.mentions
            else Kind.DECISION
            if read.use_case.amounts
            else Kind.FACT
        )
    return replace(read, kind=kind, resolved_from=Kind.FOLLOW_UP, in_scope=True)
