"""Text that may be up to something: it addresses a model, or it was hidden from readers, or encoded. Marked, never cut.

::

    the words a reader sees, as they stand and under every disguise that is undone here
    the words a reader does not see: hidden elements, comments, attributes, characters that show nothing
        -> flags: "instruction_like", "hidden_text", "encoded_text" (see `kb.types.is_quotable`)

Whatever is missed stays data: no prompt takes text of items for instructions, and `verify` lets no answer say it.
"""

import base64
import binascii
import codecs
import html
import re
import unicodedata
import urllib.parse
from collections.abc import Iterator

_LONGEST = 400_000  # characters looked at; hiding at the end of a longer text gains nobody an answer

# Text that addresses a model rather than a reader: each alternative is one family of prompt injection.
_INSTRUCTION = re.compile(
    r"""
    (?:ignore|disregard|forget|(?<!to\s)(?<!or\s)(?:override|bypass))\s+(?:\w+\s+){0,3}?
        (?:previous|prior|above|earlier|preceding|existing|your|system|safety)\s+(?:\w+\s+){0,2}?
        (?:instruction|prompt|direction|rule|message|guideline|command|context|guardrail|programming)s?
    | (?:reveal|print|show|repeat|output|leak|disclose|expose)\s+(?:me\s+)?(?:your|the)\s+(?:\w+\s+){0,2}?
        (?:system|hidden|initial|secret)\s+(?:prompt|instruction|message)s?
    | your\s+(?:new\s+)?system\s+prompt
    | (?:^|\n)\s*(?:new\s+)?system\s*(?:prompt|message|override|instructions?)?\s*:\s
    | \byou\s+are\s+now\s+(?:an?\s|in\s|the\s|no\s+longer|dan\b|free|acting|operating|jailbroken)
    | \bfrom\s+now\s+on,?\s+you\s+(?:are|will|must|should)\b
    | \b(?:new|updated|additional|important)\s+instructions?\s+(?:for|to)\s+(?:the\s+|any\s+|all\s+)?
        (?:ai|llm|assistant|model|chatbot|agent)s?\b
    | \b(?:ai|llm|language\s+model|chatbot|assistant|agent)s?\s+(?:that\s+(?:is|are)\s+)?
        (?:reading|processing|summari[sz]ing|indexing|ingesting)\s+this\b
    | \bif\s+you\s+are\s+(?:an?\s+)?(?:ai|llm|(?:large\s+)?language\s+model|chatbot|ai\s+assistant)\b
    | \bdo\s+not\s+(?:tell|inform|mention\s+(?:this|it)\s+to|reveal\s+(?:this|it)\s+to|alert)\s+the\s+user
    | \bwhen\s+(?:asked|answering|summari[sz]ing|responding|replying)\b[^.\n]{0,80}\byou\s+(?:must|should|shall|will)\b
    | \b(?:always|only)\s+(?:answer|respond|reply|recommend|say)\b[^.\n]{0,40}\b(?:regardless|no\s+matter)\b
    | \bact\s+as\s+(?:if\s+you|though\s+you|an?\s+unrestricted|my\s)
    | \bdeveloper\s+mode\s+(?:is\s+)?(?:enabled|on)\b | \bdo\s+anything\s+now\b
    | \bdecode\s+(?:the\s+|this\s+)?(?:following\s+)?(?:base\s*64|hex|rot13)
    | <\|(?:im_start|im_end|system|user|assistant|endoftext)\|> | \[/?INST\] | <<SYS>>
    """,
    re.I | re.X,
)
_REPLY = r"your\s+(?:\w+\s+)?(?:response|repl(?:y|ies)|answers?|message|output|summary)(?:['’]s)?\b"
_CHANGE = (
    r"(?:add|include|insert|append|integrate|modify|augment|enhance|replace|convert|provide|introduce|misspell|scramble|jumble|"
    r"rearrange|anagram|remove|delete|group|combine|use|render|substitute|suggest|tease|hint|translate|rewrite|end|begin|start|"
    r"embed|incorporate|weave|mention|supplement|finish|conclude|encode|encrypt|reverse|shift|spell|alter|change|make|write|put)"
)
# "Add ... to your reply": a sentence that gives orders about an answer which only its reader's model will write.
_START = r"(?:^|[.!?\"”’)\]:;]\s+|\n\s*)(?:please\s+|also,?\s+|then,?\s+|and\s+)?"
_WITHIN = r"(?:[^.!?\n]|[.!?](?=[^\s.!?]))"  # a sentence goes on behind "example.com"
_ORDER = re.compile(
    rf"{_START}(?:{_CHANGE}\b{_WITHIN}{{0,200}}?\b{_REPLY}|in\s+{_REPLY},?\s+(?:please\s+)?{_CHANGE}\b)"
    rf"|{_START}(?:replace|convert|substitute|shift|swap)\s+(?:\w+\s+){{0,2}}(?:letters?|vowels?|consonants?)\b",
    re.I,
)
# A task for whoever reads, in the middle of news: translation, verse, a lesson.
_LANGUAGE = r"(?:spanish|french|german|italian|russian|japanese|chinese|portuguese|korean|arabic|english|hindi)"
_VERSE = r"(?:poem|essay|letter|speech|haiku|limerick|short\s+story|cover\s+letter)"
_TASK = re.compile(
    rf"{_START}(?:translate\s+(?:the\s+)?following\b|how\s+do\s+you\s+say\s+['\"‘“]"
    rf"|what(?:['’]s|\s+is)\s+['\"‘“][^'\"’”\n]{{2,60}}['\"’”]\s+in\s+{_LANGUAGE}\b"
    rf"|(?:provide|give)\s+(?:me\s+)?(?:the\s+)?{_LANGUAGE}\s+(?:equivalent|translation)\b"
    rf"|(?:write|compose|draft|provide|develop|give\s+me)\s+(?:me\s+)?an?\s+(?:\w+\s+){{0,4}}{_VERSE}\b"
    r"|can\s+you\s+(?:show|tell|give|explain|write|help)\s+me\b)",
    re.I,
)

# The patterns are slow and most text has none of their words: one of these stands in whatever the pattern finds.
_FAMILIES = tuple(
    (pattern, tuple(words.split()))
    for pattern, words in (
        (
            _INSTRUCTION,
            "ignore disregard forget override bypass prompt instruction message system you reading processing summari "
            "indexing ingesting user regardless matter act developer anything decode <| inst] <<sys>>",
        ),
        (_ORDER, "your replace convert substitute shift swap"),
        (_TASK, "translate say what provide give write compose draft develop can"),
    )
)
_DOTTED = str.maketrans("İı", "ii")  # without case, patterns take them for an i; casefold does not

_TAGS = re.compile("[\U000e0000-\U000e01ef]")  # tag characters and supplementary variation selectors
_BIDI = re.compile("[\u202d\u202e]")  # overrides: what is read is not what is written
_ZERO_RUN = re.compile("[\u200b-\u200d\u2060-\u2064\ufeff]{6,}")  # bits written in characters of no width
_ZERO = re.compile("[\u00ad\u180e\u200b-\u200f\u2060-\u206f\ufeff]")
_COMMENT = re.compile(r"<!--(.*?)-->", re.S)
_ATTRIBUTE = re.compile(
    r"\b(?:alt|title|aria-[a-z]+|placeholder|summary|content|value|data-[\w-]+)\s*=\s*(?:\"([^\"<]{12,2000})\"|'([^'<]{12,2000})')",
    re.I,
)
_BLOB = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/_-]{24,}={0,2}(?![A-Za-z0-9+/=_-])")
_HEX = re.compile(r"(?:\b|0x)(?:[2-7][0-9a-fA-F][ :]?){20,}|(?:\\x[2-7][0-9a-fA-F]){8,}")
_ESCAPED = re.compile(r"(?:\\u00[2-7][0-9a-fA-F]){6,}|(?:%[2-7][0-9a-fA-F]){6,}|(?:&#x?[0-9a-fA-F]{2,4};){6,}")
_SPACED = re.compile(r"(?:\b\w[ .\-_*]){8,}\w\b")
_LEET_WORD = re.compile(r"\b(?=\w*[a-z])(?=\w*[0134578@$])[\w@$!|]{3,}\b", re.I)
_LEET = str.maketrans("0134578@$!|", "oieastbasil")
_MIXED_WORD = re.compile(r"\b(?=\w*[a-zA-Z])(?=\w*[\u0370-\u03ff\u0400-\u04ff])\w+\b")
_LOOKALIKES = str.maketrans(
    "асеорхуіјѕԁԛԝһӏкмтнвАВЕЅІЈКМНОРСТХУΑΒΕΖΗΙΚΜΝΟΡΤΥΧαιονρτυχ",
    "aceopxyijsdqwhlkmthbABESIJKMHOPCTXYABEZHIKMNOPTYXaiovptux",
)
_READABLE = 0.8  # share of letters and spaces from which a decoded blob is taken for words


def flags_of(text: str, *, markup: str = "", hidden: bool = False) -> tuple[str, ...]:
    """What a reader of this text should be wary of; see `kb.types.ItemDraft.flags`.

    `markup`: what the text was made of; `hidden`: elements with words were hidden in it.
    """
    text, markup = text[:_LONGEST], markup[:_LONGEST]
    unseen = "\n".join(_unseen(markup))
    undone = list(_undone(f"{text}\n{markup}" if _ZERO.search(markup) else text))
    said = addresses_model(text)
    tricked = any(addresses_model(words) for words in undone)
    whispered = bool(unseen) and addresses_model(unseen)
    flags = []
    if hidden or whispered or _TAGS.search(text + markup) or _BIDI.search(text + markup) or _ZERO_RUN.search(markup):
        flags.append("hidden_text")
    if said or tricked or whispered:
        flags.append("instruction_like")
    if (tricked and not said) or any(True for _ in _decoded(text)):
        flags.append("encoded_text")
    return tuple(flags)


def addresses_model(text: str) -> bool:
    """Whether the words are for a model that reads them rather than for a person."""
    low = text.translate(_DOTTED).casefold()
    return any(any(word in low for word in words) and pattern.search(text) for pattern, words in _FAMILIES)


def _unseen(markup: str) -> Iterator[str]:
    """Words of comments and attributes."""
    for comment in _COMMENT.findall(markup):
        yield html.unescape(comment).strip()
    for double, single in _ATTRIBUTE.findall(markup):
        yield html.unescape(double or single)
    tags = "".join(chr(ord(c) - 0xE0000) for c in _TAGS.findall(markup) if 0xE0020 <= ord(c) <= 0xE007E)
    if tags:
        yield tags


def _undone(text: str) -> Iterator[str]:
    """The text under each disguise that it may wear; only those that change anything."""
    yield from _decoded(text)
    if _ZERO.search(text):
        yield _ZERO.sub("", text)
    if _BIDI.search(text):
        yield _BIDI.sub("", text)[::-1]
    folded = unicodedata.normalize("NFKC", text)
    if folded != text:
        yield folded
    if _MIXED_WORD.search(folded):
        yield folded.translate(_LOOKALIKES)
    if _LEET_WORD.search(folded):
        yield _LEET_WORD.sub(lambda found: found[0].translate(_LEET), folded)
    for run in _SPACED.findall(folded):
        yield re.sub(r"[ .\-_*]", "", run).lower().replace("ignore", "ignore ").replace("previous", "previous ")
    yield codecs.encode(text, "rot13")
    yield text[::-1]


def _decoded(text: str) -> Iterator[str]:
    """What stands encoded in the text, where it decodes to words: hashes and paths look the same and do not."""
    for found in _BLOB.finditer(text):
        if words := _words(_from_base64(found[0])):
            yield words
    for found in _HEX.finditer(text):
        digits = re.sub(r"\\x|0x|[ :]", "", found[0])
        if words := _words(bytes.fromhex(digits[: len(digits) // 2 * 2])):
            yield words
    for found in _ESCAPED.finditer(text):
        plain = re.sub(r"\\u00([0-9a-fA-F]{2})", r"%\1", html.unescape(found[0]))
        if words := _words(urllib.parse.unquote_to_bytes(plain)):
            yield words


def _from_base64(blob: str) -> bytes:
    plain = blob.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _words(raw: bytes) -> str:
    try:
        text = raw.decode("ascii")
    except UnicodeDecodeError:
        return ""
    letters = sum(c.isalpha() or c == " " for c in text)
    spoken = " " in text.strip() and text.isprintable() and letters >= _READABLE * len(text)
    return text if spoken else ""
