# ruff: noqa: E501 - one pattern a line
"""What it is for: the task, what goes in, and in which languages."""

import re

from bot.answer.usecase.found import Found, Rule, apply, found
from bot.answer.usecase.reading import Text

_TASKS: tuple[tuple[str, str], ...] = (
    ("chat", r"\bchat ?bots?\b|\bFAQ bots?\b|\bchat (?:widget|assistant)\b|\b(?:drafting |shopping |support |virtual |customer )?assistant\b|\bcustomer support bot\b|\bhelp ?desk bot\b"),
    ("rag", r"(?-i:\bRAG\b)|\bretrieval[- ]augmented\b|\b(?:Q&A|question answering|questions and answers|answers|search) (?:over|from|on|across|in) (?:our |the |\d)|\bsemantic search\b|\bchat with (?:our )?documents\b"),
    ("extract", r"\bextract(?:s|ing|ion)?\b|\bread (?:the )?(?:amounts?|fields|totals|values)\b|\bpull (?:the )?(?:fields|totals|data) (?:from|out of)\b"),
    ("classify", r"\bclassif(?:y|ies|ying|ication)\b|\bclassified (?:by|into|automatically)\b|\b(?:want|wants|have|get|need) (?:them|it|these|those|all) classified\b|\b(?:tag|tagging|label|labelling|labeling|categori[sz]e|categori[sz]ing|categori[sz]ation)\b(?! only)|\brout(?:e|ing) (?:them |it |tickets |mails |emails )?to the right\b|\bneed routing\b|\bsentiment analysis\b"),
    ("summarise", r"\bsummari[sz](?:e|es|ing|ation)\b|\bsummar(?:y|ies)\b"),
    ("code", r"\bcoding (?:agents?|assistants?|copilot|tool|help|model)\b|\bcode (?:completion|review|generation|assistant)\b|\bwrit(?:e|ing) code\b|\bprogramming assistant\b"),
    ("agent", r"\b(?:multi-?step|autonomous|AI|agentic) (?:agents?|workflows?)\b|\bagents? that\b|\bagentic\b"),
    ("creative", r"\bmarketing (?:copy|texts?)\b|\bad copy\b|\bproduct descriptions?\b|\bcopywriting\b|\b(?:NPC|game) dialogues?\b|\bslogans?\b|\bstory(?:telling| writing)\b|\bblog posts\b"),
    ("vision", r"\bdescrib(?:e|es|ing) (?:photos|images|pictures|scenes)\b|\bimage (?:understanding|captioning|recognition)\b|\bvisual inspection\b"),
    ("speech", r"\btranscri(?:be|bing|pts?|ption)\b|\bspeech[- ]to[- ]text\b|\bvoice ?(?:assistant|bot|agent)s?\b|\bspeech recognition\b"),
)  # fmt: skip
_MODALITIES: tuple[tuple[str, str], ...] = (
    ("audio", r"\baudio\b|\bvoice(?:bots?)?\b|\bspeech\b|\brecordings?\b(?! of screens)|\brecords? [\d,]+ calls\b|\bphone calls\b|\bspoken\b"),
    ("image", r"\bimages?\b|\bphotos?\b|\bpictures?\b|\bscan(?:s|ned)\b|\bscreenshots?\b"),
    ("video", r"\bvideos?\b"),
    ("text", r"\btext[- ]only\b|\bonly text\b"),
)  # fmt: skip
_MADE = r"\b(?:generat\w+|creat\w+|draw\w*|produc\w+|mak(?:e|es|ing)|paint\w*)\s+(?:an? |the |new )?(?:\w+\s+)?$"
_RULES = (
    *(Rule(name="task", value=value, pattern=pattern, in_questions=True) for value, pattern in _TASKS),
    *(Rule(name="modalities", value=frozenset({value}), pattern=pattern, in_questions=False) for value, pattern in _MODALITIES),
)  # fmt: skip

_LANGUAGES: dict[str, str] = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian", "pt": "Portuguese", "nl": "Dutch",
    "fy": "Frisian", "pl": "Polish", "cs": "Czech", "sk": "Slovak", "hu": "Hungarian", "ro": "Romanian", "bg": "Bulgarian",
    "hr": "Croatian", "sl": "Slovene|Slovenian", "el": "Greek", "sv": "Swedish", "da": "Danish", "no": "Norwegian",
    "fi": "Finnish", "is": "Icelandic", "et": "Estonian", "lv": "Latvian", "lt": "Lithuanian", "ga": "Irish", "ca": "Catalan",
    "tr": "Turkish", "ru": "Russian", "uk": "Ukrainian", "ar": "Arabic", "he": "Hebrew", "hi": "Hindi", "zh": "Chinese|Mandarin",
    "ja": "Japanese", "ko": "Korean", "vi": "Vietnamese", "th": "Thai", "lb": "Luxembourgish",
}  # fmt: skip
_TONGUE = rf"(?:{'|'.join(_LANGUAGES.values())})"
_LIST = rf"{_TONGUE}(?:(?:\s*,\s*(?:and |or )?|\s+(?:and|or|plus)\s+|\s*/\s*)(?:some |a little |mostly )?{_TONGUE}(?![- ]\w))*"
_SPOKEN = (
    rf"\b(?:in|into|to)\s+(?P<list>{_LIST})(?=\s*(?:[.,;:!?)]|$|only\b|please\b|and\b|or\b|at\b|for\b))",
    rf"\b(?P<list>{_LIST})[- ](?:speaking|language|text|only|folk tales|speech)\b",
    rf"\b(?:mostly|mainly|primarily|some|speaks?|languages?:|languages? (?:is|are))\s+(?P<list>{_LIST})(?=\s*(?:[.,;:!?)]|$))",
    rf"(?:^|[,;.]\s*)(?P<list>{_LIST})(?=\s*(?:[,;.!?]|$))",
)


def rules(text: Text) -> list[Found]:
    """Tasks and modalities; pictures that are made do not go in."""
    results = apply(_RULES, text)
    return [f for f in results if f.name != "modalities" or not re.search(_MADE, text.plain[: f.start], re.I)]


def languages(text: Text) -> list[Found]:
    results = []
    for pattern in _SPOKEN:
        for match in text.finditer(pattern):
            said = [c for c, name in _LANGUAGES.items() if re.search(rf"\b(?:{name})\b", match.group("list"), re.I)]
            if not text.general(match.start()) and not text.negated(*match.span()):
                results.append(found(text, "languages", frozenset(said), match.span()))
    return results


EXTRACTORS = (rules, languages)
