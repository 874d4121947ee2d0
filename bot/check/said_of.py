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
_CONTRASTED = re.compile(
    r"\b(?:unlike|than|versus|vs\.?|instead of|rather than|against|in contrast to|compared (?:with|to)|"
    r"formerly)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_BARE_VERSION = re.compile(r"^v?\d[\w.]*$", re.IGNORECASE)
_BREAKS = re.compile(
    r";|:\s|\.\s|,\s(?:and|but|while|whereas|or|so)\s(?!\w+ing\b)|\b(?:than|unlike|whereas|versus|vs|inside|"
    r"beyond)\b|\)\s?,",
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
        and (contrasted or not _CONTRASTED.search(reading.text[: m.start]))
    )


def _genuine(mention: Mention, reading: Reading) -> bool:
    text = reading.text
    before, behind = text[: mention.start], text[mention.end :]
    if re.search(r"\w$", before) or (_BARE_VERSION.match(mention.words) and not _of_family(mention, reading)):
        return False
    models = any(s.startswith("model:") for s in mention.subjects)
    return not models or not (mention.family or re.match(r"^-", behind)) or not _LONGER.match(behind)


def _told_closer(mention: Mention, reading: Reading) -> bool:
    """ "DeepSeek" in "DeepSeek's original V3": one of the family is meant."""
    return any(
        o.start >= mention.end
        and set(o.subjects) < set(mention.subjects)
        and re.fullmatch(r"['’]s(?: \w+)?\s+", reading.text[mention.end : o.start])
        for o in reading.own
    )


def _of_family(mention: Mention, reading: Reading) -> bool:
    """ "DeepSeek's original V3": the family stands before the bare version."""
    return any(o.end <= mention.start and set(o.subjects) & set(mention.subjects) for o in reading.own)


def linked(reading: Reading, start: int, end: int) -> tuple[Mention, ...]:
    """Those of the mentions that the words at [start, end) are said of."""
    mentions = genuine(reading)
    if not reading.own:
        return mentions
    text = reading.text
    return tuple(m for m in mentions if _before(m, text, start) or _behind(m, text, end) or (m.start <= start < m.end))


def _before(mention: Mention, text: str, start: int) -> bool:
    between = text[mention.end : start]
    return mention.end <= start and len(between) <= _MOST_BEFORE and not _BREAKS.search(between)


def _behind(mention: Mention, text: str, end: int) -> bool:
    between = text[end : mention.start]
    return mention.start >= end and len(between) <= _MOST_BEHIND and bool(_BEHIND.match(between))
