"""Is the question about what someone announced, said or published? Whose words, and on what. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.answer.dates import date_mentions
from bot.answer.values import Mention, News

_I = re.IGNORECASE
_TOLD = (
    r"(?:announc\w+|publish\w*|post(?:ed|s)?|wr(?:ote|ite|itten|ites)|unveil\w*|introduc\w+|shar\w+|blog\w*|"
    r"report(?:ed|s)?)"
)
_DID = r"(?:releas\w+|launch\w*|ship(?:ped|s)?|said|sa(?:y|ys)|tell|told|claim\w*)"
_PIECE = r"(?:blog ?posts?|announcements?|posts?|articles?|news(?:letter)?|papers?|press releases?|blogs?|stories)"
_WHO = r"(?P<who>[^?,]{2,40}?)"
_LATELY = r"(?:(?:recently|just|last|ever|already|publicly|officially|newly|also) )?"
_PATTERNS = (
    rf"\bwhat (?:did|has|have|was) {_WHO} {_LATELY}(?:{_TOLD}|{_DID})\b",
    rf"\bwhat (?:does|do|is) {_WHO} {_LATELY}{_TOLD}\b",
    rf"\b(?:has|have|did) {_WHO} {_LATELY}(?:{_TOLD}|{_DID}) (?:anything|something|any|news|a (?:new )?{_PIECE})\b",
    rf"\b(?P<who>[\w.&-]+(?: [\w.&-]+)?)['’]s? (?:\w+ ){{0,2}}{_PIECE}\b",
    rf"\b(?:latest|newest|recent|news|new|anything|{_PIECE})\b (?:\w+ )?(?:from|by|at|published by) "
    r"(?P<who>[\w.&-]+(?: [\w.&-]+)?)",
    rf"\b(?:news|headlines|{_PIECE}|(?:read|written|published|said|announced|new))(?: \w+)? "
    r"(?:on|about|regarding|concerning) (?P<what>.+)",
    r"\bwhat(?:'s| is) new (?:with|in|at|on|about) (?P<what>.+)",
)
_FILLER = re.compile(
    rf"\b(?:{_TOLD}|{_DID}|{_PIECE}|what|whats|what's|which|has|have|had|did|does|do|was|is|are|there|any|anything|something|latest|"
    r"newest|recent|recently|new|from|by|at|on|about|regarding|concerning|since|until|before|after|in|during|last|past|"
    r"this|week|month|year|the|a|an|its|their|his|tell|me|us|show|give|read|so|far|ever|yet|blog|and|with|of|"
    r"called|titled|named|headline|title|find|found|conclude\w*|learn\w*)\b|['’]s?\b|[?!,;:“”\"]",
    _I,
)
_SELLERS = ("vendor:", "provider:")
_ANY_DAY = date(2026, 12, 31)  # dates are only cut out, so the year taken for granted does not matter
_LAW = ("duty:", "rule:", "regime:", "licence:")


@dataclass(frozen=True, slots=True)
class _Found:
    who: tuple[int, int] | None
    strong: bool  # a word of publishing, not merely "say"


def news_of(text: str, mentions: Sequence[Mention]) -> News | None:
    """Whose news on what, or None where the question is not about news."""
    found = _found(text)
    if found is None:
        return None
    who = _publisher(text, mentions, found)
    if who is None and found.who is not None:
        return None
    topic = _topic(text, who)
    about = tuple(m.words for m in mentions if m.words != who and m.words in topic)
    if who is None and not topic:
        return None
    if any(s.startswith(_LAW) for m in mentions for s in m.subjects) and who is None and not found.strong:
        return None
    return News(publisher=who or "", topic=topic, names=about)


def _found(text: str) -> _Found | None:
    for pattern in _PATTERNS:
        match = re.search(pattern, text, _I)
        if match:
            groups = match.groupdict()
            return _Found(match.span("who") if groups.get("who") else None, bool(re.search(_TOLD, match.group(), _I)))
    return None


def _publisher(text: str, mentions: Sequence[Mention], found: _Found) -> str | None:
    """The seller named where the publisher stands; else, with a word of publishing, any proper name there."""
    if found.who is None:
        return None
    start, end = found.who
    inside = [m for m in mentions if m.start < end and start < m.end]
    for mention in inside:
        if any(s.startswith(_SELLERS) for s in mention.subjects):
            return mention.words
    if inside or not found.strong:
        return None
    words = re.sub(r"^(?:the|a|an)\s+", "", text[start:end].strip(), flags=_I)
    return words if words[:1].isupper() else None


def _topic(text: str, who: str | None) -> str:
    """What remains of the question without the publisher, the dates and the words of asking."""
    spans = [(d.start, d.end) for d in date_mentions(text, _ANY_DAY)]
    for start, end in reversed(spans):
        text = text[:start] + " " + text[end:]
    if who:
        text = text.replace(who, " ")
    return re.sub(r"\s+", " ", _FILLER.sub(" ", text)).strip(" .")
