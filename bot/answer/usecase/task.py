# ruff: noqa: E501 - one pattern a line
"""What it is for: the task, what goes in, and in which languages."""

import re

from bot.answer.usecase.found import Found, Rule, apply, found
from bot.answer.usecase.reading import Text

_TASKS: tuple[tuple[str, str], ...] = (
    ("chat", r"\bchat ?bots?\b|\b(?:support|service|help|FAQ|info|messenger|web ?site) bots?\b|\bbots? (?:on|for) our (?:web ?site|shop|web ?shop|page|app|customers)\b|\bFAQ bots?\b|\bchat (?:widget|assistant)\b|\b(?:drafting |shopping |support |virtual |customer )?assistant\b|\bcustomer support bot\b|\bhelp ?desk bot\b"),
    ("rag", r"(?-i:\bRAG\b)|\bretrieval[- ]augmented\b|\b(?:Q&A|question answering|questions and answers|answers|search) (?:over|from|on|across|in) (?:our |the |\d)|\bsemantic search\b|\bchat with (?:our )?documents\b"),
    ("extract", r"\bextract(?:s|ed|ing|ions?)?\b|\bread(?:ing)? (?:the |out (?:the )?)?(?:amounts?|fields|totals|values)\b|\bpull(?:s|ed|ing)? (?:the )?(?:[a-z]+ ){1,3}(?:from|out of)\b|\b(?:pull|pick|get|take|fish|lift|dig)(?:s|ed|ing|ting)? out\b(?! of)|\b(?:line items|fields|amounts|dates|names|totals|values|key (?:data|figures|terms|facts)|parties|clauses|data points|entities|IBANs?|addresses)\b(?: [a-z]+){0,2} out of\b|\b(?:captur|pars)(?:e|es|ing) (?:the )?(?:[a-z]+ )?(?:fields|amounts|line items|data|invoices|receipts|forms|PDFs|CVs)\b|\b(?:in)?to (?:structured (?:data|fields|records)|JSON|a (?:table|spreadsheet|database))\b|\bdata entry\b|\b(?:key[- ]value|entity|field) extraction\b|\bnamed entit"),
    ("classify", r"\bclassif(?:y|ies|ying|ications?)\b|\bclassified (?:by|into|automatically)\b|\b(?:get|gets|to be|must be|should be|being) (?:automatically )?classified\b|\b(?:want|wants|have|get|need) (?:them|it|these|those|all) classified\b|\b(?:tag|tags|tagging|label|labels|labelling|labeling|labelled|labeled|categori[sz]es?|categori[sz]ing|categori[sz]ation|moderat(?:e|es|ing|ion))\b(?! only)(?! printers?)|\bspam (?:or not|detection|filter(?:ing)?)\b|\b(?:detect|flag|spot)(?:s|ing)? (?:spam|toxic|abusive|hateful|fraudulent|offensive|phishing|duplicates?)\b|\bsort(?:s|ing)? (?:incoming |the |our |all |them |customer )*(?:e?-?mails?|mail|tickets|requests|documents|messages|letters|complaints|them)?\s*(?:in)?to (?:\w+ )?(?:categor\w+|buckets|classes|folders|queues|topics)\b|\bsort(?:s|ing)? (?:incoming |the |our |all |customer |support |service |internal )*(?:e-?mails?|mails?|tickets|complaints|letters|messages|requests|enquiries|inquiries|feedback)\b|\b(?:get|gets|are|is|be|being|to be|want (?:them|it)) sorted (?:in)?to\b|\bintent detection\b|\b(?:into|in) (?:one of )?(?:\w+ )?(?:categories|classes)\b|\brout(?:e|es|ed|ing) (?:them |it |tickets |mails |emails )?to the right\b|\bneed routing\b|\bsentiment analysis\b"),
    ("summarise", r"\bsummari[sz](?:e|es|ed|ing|ation)\b|\bsummar(?:y|ies)\b|\b(?:boil|cut|shorten|condens)\w*\b[^.;?!]{0,30}?\bdown to\b|\bcondens(?:e|es|ed|ing)\b|\bdigests? of\b|\b(?:short|executive) abstracts?\b"),
    ("code", r"\bcoding (?:agents?|assistants?|copilot|tool|help|model)\b|\bcode (?:completion|review|generation|assistant)\b|\bwrit(?:e|ing) code\b|\bprogramming assistant\b|\b(?:for|with|do(?:es)?|doing|mostly|mainly|about|is|use case:?|task:?) (?:the )?(?:coding|programming|software development|code)\b(?! (?:of|scheme|book|points?))|\bcopilot\b(?! studio)|\bpull request reviews?\b|\breview(?:s|ing)? (?:our |the )?(?:code|pull requests|PRs|merge requests)\b|\b(?:generat|refactor|migrat|complet|debug|fix)(?:e|es|ing|s)? (?:our |the |legacy |unit )*(?:code|unit tests|COBOL|bugs)\b|\bcoding\b(?=[^.;?!]*\?)"),
    ("agent", r"\b(?:multi-?step|autonomous|AI|agentic) (?:agents?|workflows?)\b|\bagents? that\b|\bagents?\b(?=[^.;?!]*\b(?:steps|tool calls|(?:model|LLM) calls|tools)\b)|\bagentic\b"),
    ("creative", r"\bmarketing (?:copy|texts?)\b|\bad copy\b|\bproduct descriptions?\b|\bcopywriting\b|\b(?:NPC|game|quest|character|film|screen) (?:dialogues?|dialogs?|scripts?)\b|\b(?:writ|draft|creat|generat)\w* (?:[\w,.-]+ ){0,2}?(?:poems?|lyrics|novels?|short stories|stories|fiction|jokes|taglines|headlines|ads|advertisements|newsletters?|social media posts|blog articles|screenplays|scripts for|songs)\b|\bcreative writing\b|\bslogans?\b|\bstory(?:telling| writing)\b|\bblog posts\b"),
    ("vision", r"\b(?:videos?|clips?|footage|images?|photos?|pictures?|frames|screenshots?)\b[^.;?!]{0,60}?\bdescribes? (?:what|them|it|each|the scene)\b|\b(?:images?|photos?|pictures?|scans?|x-?rays?|screenshots?|frames|drawings)\b[^.;?!]{0,40}?\b(?:captions?|alt[- ]texts?|descriptions? (?:comes?|goes)|says? (?:what|which|whether|if)|tells? (?:us )?(?:what|which|whether|if)|has to (?:say|tell|see|recogni[sz]e|spot|find)|must (?:say|tell|see|recogni[sz]e|spot|find)|decides? (?:what|which|whether|if)|recogni[sz]e[sd]?|shows? (?:a|an|any)|checked for|inspected for|for defects|what(?:'s| is) (?:on|in) (?:it|them))\b|\b(?:caption|captioning|alt[- ]texts?)\b[^.;?!]{0,30}?\b(?:images?|photos?|pictures?)\b|\b(?:recogni[sz]e|recogni[sz]|spot|spott|detect|find|count|identify|see|inspect|locat)(?:e|es|s|ing)?\b[^.;?!]{0,30}?\b(?:in|on|from) (?:the |our |these |those )?(?:[a-z]+ )?(?:images?|photos?|pictures?|x-?rays?|frames)\b|\bdefects? (?:detection|inspection)\b[^.;?!]{0,30}?\b(?:images?|photos?|camera)\b|\bdescrib(?:e|es|ing) (?:photos|images|pictures|scenes)\b|\bimage (?:understanding|captioning|recognition)\b|\bvisual inspection\b"),
    ("speech", r"\btranscri(?:be|bes|bed|bing|ption|ptions)\b|\bdictations? (?:into|to) text\b|\b(?:voice|speech|audio|calls|recordings) (?:in)?to text\b|\bspeech[- ]to[- ]text\b|\bvoice ?(?:assistant|bot|agent)s?\b|\bspeech recognition\b"),
)  # fmt: skip
_MODALITIES: tuple[tuple[str, str], ...] = (
    ("audio", r"\bdictat(?:ions?|es?|ed|ing)\b|\bvoicemails?\b|(?<!AI )(?<!API )(?<!model )\bcalls?\b(?! (?:transcripts?|logs?|notes?|summar|to (?:the|a|our) (?:model|API|LLM)|volume|centre|center|per (?:second|minute)))(?=[^.;?!]{0,60}?\b(?:transcrib\w+|minutes? (?:each|long|on average)|recorded|recordings?)\b)|\b(?:answer|summari[sz]e|listen to|analy[sz]e)(?:s|ing|ed)? (?:\d[\d,]* |each |every |the |our |all |customer |incoming |support |sales )*calls\b|\bsummari[sz]es? each call\b|\b(?:customer|support|sales|incoming|service) calls\b(?! (?:transcripts?|logs?|notes?|summar))|\bphone conversations?\b|\bpodcasts?\b|\baudio\b|\bvoice(?:bots?)?\b(?! of the customer)|\bspeech\b|\brecordings?\b(?! of screens)|\brecords? [\d,]+ calls\b|\brecorded (?:[a-z]+ )?calls\b|\bphone calls\b|\bspoken\b"),
    ("image", r"\bimages?\b|\bphotos?\b|\bphotograph(?:s|ed)?\b|\bpictures?\b|\bscan(?:s|ned)\b|\bscreenshots?\b"),
    ("video", r"\bvideos?\b"),
    ("text", r"\btext[- ]only\b|\bonly text\b|(?:(?<=images and )|(?<=image and )|(?<=photos and )|(?<=scans and )|(?<=audio and )|(?<=images & )|(?<=images \+ ))text\b|\btext(?= (?:and|&|\+|plus) (?:images?|photos?|pictures|scans|audio|video)\b)|\ball (?:of it |of them )?(?:is |are )?(?:plain |pure )?text\b|\b(?:plain|pure(?:ly)?|just|nothing but) text\b|\btext in,? text out\b|\bno (?:images|pictures|audio)\b[^.;?!]{0,20}\b(?:just|only) text\b"),
)  # fmt: skip
_MADE = r"\b(?:generat\w+|creat\w+|draw\w*|produc\w+|mak(?:e|es|ing)|paint\w*)\s+(?:an? |the |new )?(?:\w+\s+)?$"
_KINDS = {
    "chat": "chat", "rag": "RAG", "extract": "extraction", "classify": "classification|categori[sz]ation|labelling", "summarise": "summari[sz]ation|summary",
    "code": "coding|programming|code generation", "agent": "agent|agentic", "creative": "creative(?: writing)?|copywriting", "vision": "(?:computer )?vision|image recognition",
    "speech": "speech|transcription",
}  # fmt: skip
_TASKS += tuple(
    (
        task,
        rf"\b(?:{kinds}) (?:tasks?|use ?cases?|workloads?|problems?|projects?)\b|\b(?:task|use ?case|workload)\s*(?::|=|is)\s*(?:an? |mostly |mainly |pure(?:ly)? )*(?:{kinds})\b|\b(?:it's|it is|that's|this is) (?:an? |just |mostly |mainly |pure(?:ly)? )*(?:{kinds})\b(?=\s*(?:[.,;!]|$|really\b|and\b))",
    )
    for task, kinds in _KINDS.items()
)
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
    "ja": "Japanese", "ko": "Korean", "vi": "Vietnamese", "th": "Thai", "lb": "Luxembourgish", "ta": "Tamil", "te": "Telugu",
    "bn": "Bengali|Bangla", "ur": "Urdu", "mr": "Marathi", "gu": "Gujarati", "pa": "Punjabi", "kn": "Kannada", "ml": "Malayalam",
    "id": "Indonesian|Bahasa Indonesia", "ms": "Malay", "tl": "Tagalog", "sw": "Swahili", "fa": "Persian|Farsi", "sr": "Serbian",
    "sq": "Albanian", "mk": "Macedonian", "bs": "Bosnian", "eu": "Basque", "gl": "Galician", "cy": "Welsh", "mt": "Maltese",
    "af": "Afrikaans", "ka": "Georgian", "hy": "Armenian", "kk": "Kazakh", "be": "Belarusian", "ne": "Nepali", "am": "Amharic",
}  # fmt: skip
_TONGUE = rf"(?:{'|'.join(_LANGUAGES.values())})"
_ALSO = r"(?:(?:some|a little|mostly|sometimes|occasionally|also|partly|mainly|a bit of|often|rarely) )*"
_JOIN = r"(?:\s*,\s*(?:and |or |plus )?|\s+(?:and|or|plus|as well as)\s+|\s*[/&+]\s*)"
LIST = rf"{_TONGUE}(?:{_JOIN}{_ALSO}{_TONGUE}(?![- ](?!(?:and|or|plus|as well)\b)\w))*"
_END = r"(?=\s*(?:[.,;:!?)]|$|only\b|please\b|and\b|or\b|at\b|for\b|too\b|as well\b|support\b|text\b))"
_SPOKEN = (
    rf"\b(?:in|into|to)\s+{_ALSO}(?P<list>{LIST}){_END}",
    rf"\bfrom\s+(?P<list>{_TONGUE}\s+(?:in)?to\s+{LIST}){_END}",
    rf"\b(?P<list>{_TONGUE}(?:{_JOIN}{_ALSO}{_TONGUE})*)[- ](?:speaking|languages?|text|only|folk tales|speech|texts|documents|letters|mails|e-?mails|answers|questions|prompts|transcripts|contracts|output)\b",
    rf"\b(?:mostly|mainly|primarily|some|speaks?|sometimes|languages?\s*:|languages? (?:is|are)|plus|also|add)\s+(?P<list>{LIST})(?=\s*(?:[.,;:!?)]|$|too\b|as well\b|then\b))",
    rf"\b(?:and|or|in|with)\s+(?P<list>{LIST})\s+(?:too|as well)\b",
    rf"\b(?:needs?|wants?|requires?|required|supports?|handles?|understands?|knows?|covers?|writes?|reads?|must (?:speak|do|know)|fluent in|good at|good in)\s+(?:to \w+ )?{_ALSO}(?P<list>{LIST}){_END}(?!\s*(?:\w+\s+)?(?:law|rules|data|cloud|hosting|model))",
    rf"\(\s*(?P<list>{_TONGUE}(?:{_JOIN}{_ALSO}{_TONGUE})+)\s*\)",
    rf"(?:^|[,;.\n•*-]\s*)(?:languages?\s*:\s*)?{_ALSO}(?P<list>{LIST})(?=\s*(?:[,;.!?\n]|$))",
)


def rules(text: Text) -> list[Found]:
    """Tasks and modalities; pictures that are made do not go in."""
    results = apply(_RULES, text)
    return [f for f in results if f.name != "modalities" or not re.search(_MADE, text.plain[: f.start], re.I)]


_UNKNOWN_AMONG = rf"(?:{_JOIN}(?!{_TONGUE}\b)(?-i:[A-Z][a-z]+))+{_JOIN}{_TONGUE}\b"
_NOT_OF_A_THING = r"(?![- ](?:models?|weights|clouds?|hosting|hosts?|providers?|vendors?|law|rules|servers?|compan\w+|data|regions?|banks?|soil)\b)"
_CODE = r"(?-i:[A-Z]{2})"
_CODES = (
    rf"\b(?:languages?|multilingual)\b(?:\s*[:(]|\s+(?:are|is|=))\s*(?P<list>{_CODE}(?:\s*(?:,|/|&|\+|and)\s*{_CODE})*)(?!\w)",
    rf"\b(?:in|into)\s+(?P<list>{_CODE}(?:\s*(?:,|/|&|\+|and)\s*{_CODE})+)(?!\w)",
)


def languages_in(words: str) -> list[str]:
    """The codes of the languages that are named."""
    return [code for code, name in _LANGUAGES.items() if re.search(rf"\b(?:{name})\b", words, re.I)]


def _rest_of_list(text: Text, match: re.Match[str]) -> str:
    """What a list goes on with beyond its match: "speaks Czech, Polish and | Dutch to our guests"."""
    after = re.match(rf"(?:{_JOIN}{_ALSO}{_TONGUE}\b{_NOT_OF_A_THING})+", text.plain[match.end("list") :], re.I)
    return after.group() if after else ""


def languages(text: Text) -> list[Found]:
    """Languages by name, and by code in a list of languages ("Languages: DE, FR")."""
    results = []
    for match in (m for pattern in _CODES for m in text.finditer(pattern)):
        codes = re.findall(r"[A-Z]{2}", match.group("list"))
        if all(code.lower() in _LANGUAGES for code in codes) and not text.general(match.start()):
            results.append(found(text, "languages", frozenset(code.lower() for code in codes), match.span()))
    for pattern in _SPOKEN:
        for match in text.finditer(pattern):
            said = languages_in(match.group("list") + _rest_of_list(text, match))
            if re.match(_UNKNOWN_AMONG, text.plain[match.end() :], re.I):
                continue  # a list with a language that is not known is not read in part
            if not text.general(match.start()) and not text.negated(*match.span()):
                results.append(found(text, "languages", frozenset(said), match.span()))
    return results


EXTRACTORS = (rules, languages)
