"""Which of the names in a clause the words are said of. Pure.

A name that is part of a longer one ("Gemini CLI", "gpt-oss-safeguard", "DINOv2") names something else. Words are said
of a name that stands before them in the same breath, or behind them after "like", "of" or "for".
"""

import re

from bot.answer.values import Mention
from bot.check.values import Reading

_LONGER = re.compile(
    r"^(?:[’']s)?\s+(?!(?:I|A|In|On|At|The|And|But|MIT|Apache|API|APIs|LLMs?|AI|EU|US|Community|License|"
    r"Licence|Licences|Pro|Flash)\b)"
    r"[A-Z][\w-]+|^\s?\d|^-(?!based|powered|class|style|like|derived|level|hosted|sized|era)[a-z]+|^-[A-Z]\w+"
)
CONTRASTED = re.compile(
    r"\b(?:unlike|than|versus|vs\.?|instead of|rather than|against|in contrast to|compared (?:with|to)|"
    r"formerly)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
# "GPT-5.5's tokenizer", "the Kimi K2.5 paper": something else of that name.
_THING = re.compile(
    r"^(?:['’]s)?\s+(?:[\w-]+\s+)?(?:tokeni[sz]er|papers?|reports?|code(?:base)?|repo\w*|data ?sets?|app|plug-?in|"
    r"wrapper|client|"
    r"SDK|CLI|fine-?tunes?|derivatives?|adapters?|benchmark|leaderboard|founders?|team|blog|card|demo|playground|subscription)\b"
)
# "The training code of X is ...": what stands before "of" is spoken of, unless it is part of the model itself.
_OF_IT = re.compile(
    r"(?P<head>[\w-]+)(?:\s(?:used|built|made|based|trained|derived|intended|released|available|running))?\s"
    r"(?:of|on|for|from|with|behind|around|over|about|to)\s+(?:the\s+|its\s+|both\s+)?(?:[\w.-]+['’]s\s+)?$",
    re.IGNORECASE,
)
_OWN_PARTS = re.compile(
    r"(?:weights?|licen[cs]es?|models?|versions?|prices?|costs?|pricing|tokens?|inputs?|outputs?|context|window|length|size|"
    r"releases?|launch|terms|use|usage|parameters?|checkpoints?|family|API|rights?|access|sizes?|dollars?|cents|\d\S*|USD|"
    r"licensed|all|both|each|retirement|successor)$",
    re.IGNORECASE,
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|can|may|must|will|costs?|charg\w+|offers?|supports?|released?|launched|ships?|sells?|"
    r"sold|beats?|uses?|runs?|compared|gave|feeds?|fits?)\b",
    re.IGNORECASE,
)
_REMADE = re.compile(
    r"\b(?:quanti[sz]ed|distilled|fine-?tuned|modified|abliterated|uncensored|fork(?:ed)?|derived)\b[^,.]{0,30}$",
    re.IGNORECASE,
)
_WHOLE_FAMILY = re.compile(
    r"^(?:['’]s)?\s+(?:[\w-]+\s+)?(?:models|LLMs|family|families|series|line-?up|line|weights|are|have|were|licen[cs]es)\b|^[’']s\s",
    re.IGNORECASE,
)
_MANY = 4  # models of a name without a version
_BARE_VERSION = re.compile(r"^v?\d[\w.]*$", re.IGNORECASE)
_BREAKS = re.compile(
    r";|:\s|\.\s|,\s(?:and|but|while|whereas|or|so)\s(?!\w+ing\b)|\b(?:outperform\w*|beats?|surpass\w*|rivals?|"
    r"distil\w* (?:in)?to|compared|against|based on|built on|derived from)\b|"
    r"\w\s+(?:models|systems|ones|rivals|competitors|products) (?:that|which|with|of|at)\b|"
    r"\b(?:than|unlike|whereas|versus|vs|inside|beyond)\b|\)\s?,",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"^[\s,(]*(?:[\w-]+\s+){0,6}?(?:like|such as|including|of|for|in|with|by|from|on|to|into)\s+(?:the\s+|its\s+)?"
    r"(?:[\w.-]+,?\s+(?:and|or|,)?\s*){0,4}$|^\s*(?:models?|LLMs?)?\s*$",
    re.IGNORECASE,
)
_MOST_BEFORE, _MOST_BEHIND = 110, 60


def genuine(reading: Reading, *, contrasted: bool = False) -> tuple[Mention, ...]:
    """The clause's own mentions that are no part of a longer name; else those that it takes from before.

    `contrasted`: with those that the others are only measured by ("than X", "unlike X").
    """
    if not reading.own:
        return reading.mentions
    return tuple(
        m
        for m in reading.own
        if _genuine(m, reading)
        and not _told_closer(m, reading)
        and (contrasted or not CONTRASTED.search(reading.text[: m.start]))
    )


def _genuine(mention: Mention, reading: Reading) -> bool:
    text = reading.text
    before, behind = text[: mention.start], text[mention.end :]
    if re.search(r"\w$", before) or (_BARE_VERSION.match(mention.words) and not _of_family(mention, reading)):
        return False
    if not any(s.startswith("model:") for s in mention.subjects):
        return True
    return not ((mention.family or behind.startswith("-")) and _LONGER.match(behind)) and not _THING.match(behind)


def itself(mention: Mention, text: str) -> bool:
    """The model, not a thing of it or made with it; a house's name ("Mistral") means its models where it says so."""
    if not any(s.startswith("model:") for s in mention.subjects):
        return True
    before = text[: mention.start]
    of_it = _OF_IT.search(before)
    if _REMADE.search(before) and not _FINITE.search(before):
        return False
    other = of_it and not _OWN_PARTS.match(of_it["head"]) and not _FINITE.search(before)
    many = sum(s.startswith("model:") for s in mention.subjects) > _MANY and not re.search(r"\d", mention.words)
    return not other and (not many or bool(_WHOLE_FAMILY.match(text[mention.end :])))


def _closed_off(mention: Mention, between: str, text: str) -> bool:
    """ "LangChain, which supports X, is ...": the name is inside a phrase that ends before the verb."""
    return bool(re.match(r"^,\s(?:is|are|was|were|has|have|costs?|can|may)\b", between)) and bool(
        re.search(r"(?:^|,\s)\W*(?:which|that|who)\b[^,]*$", text[: mention.start])
    )


def _told_closer(mention: Mention, reading: Reading) -> bool:
    """ "DeepSeek" in "DeepSeek's original V3", "MiniMax" beside "M3": one of the house's models is meant."""
    models = _models(mention)
    closer = (_models(o) for o in reading.own if o.start >= mention.end)
    return not re.search(r"\d", mention.words) and any(few and few < models for few in closer)


def _models(mention: Mention) -> set[str]:
    return {s for s in mention.subjects if s.startswith("model:")}


def _of_family(mention: Mention, reading: Reading) -> bool:
    """ "DeepSeek's original V3": the family stands before the bare version."""
    return any(o.end <= mention.start and set(o.subjects) & set(mention.subjects) for o in reading.own)


def linked(reading: Reading, start: int, end: int) -> tuple[Mention, ...]:
    """Those of the mentions that the words at [start, end) are said of."""
    mentions = genuine(reading)
    if not reading.own:
        return mentions
    text = reading.text
    meant = tuple(m for m in mentions if itself(m, text))
    return tuple(m for m in meant if _before(m, text, start) or _behind(m, text, end) or (m.start <= start < m.end))


def _before(mention: Mention, text: str, start: int) -> bool:
    between = text[mention.end : start]
    near = mention.end <= start and len(between) <= _MOST_BEFORE and not _BREAKS.search(between)
    return near and not _closed_off(mention, between, text)


def _behind(mention: Mention, text: str, end: int) -> bool:
    between = text[end : mention.start]
    return mention.start >= end and len(between) <= _MOST_BEHIND and bool(_BEHIND.match(between))
