"""Which kind of question is it? Pure rules over words, names, dates and the use case; the first that fits wins."""

import re
from datetime import date

from bot.answer.dates import Period, date_mentions
from bot.answer.values import Kind, Mention, UseCase

_I = re.IGNORECASE
_TRADE = re.compile(
    r"\bmodels?\b|\bLLMs?\b|\bAI\b|\bGPUs?\b|\bVRAM\b|\btokens?\b|licen[cs]\w*|\bweights?\b|open[- "
    r"](?:source|weights?)|"
    r"\bfine[- ]?tun\w+|\bself[- ]?host\w*|\bon[- ]?prem\w*|\bAPIs?\b|\bpric(?:e|es|ing)\b|\bregulat\w+|\bcomplian\w+|"
    r"\bhigh[- ]risk\b|\bGPAI\b|\bGDPR\b|\bDORA\b|\bNIST\b|\bISO\b|\bAct\b|\bArt(?:icle|\.)? ?\d+|"
    r"\bAnnex\b|\bdeployers?\b|"
    r"\bduties\b|\bduty\b|\bobligations?\b|\bprovider\b|\bvendors?\b|\bopen or closed\b|\bproprietary\b|\binference\b|"
    r"\bbenchmarks?\b|\bcontext (?:window|length)\b|\bmultimodal\w*|\bdistil\w*|\bchat ?bots?\b|"
    r"\bembedding\w*|\bFLOPs?\b|"
    r"\b10\^\d+|\bMAU\b|\bMaaS\b|\bagents?\b|\btransparency\b|\bwatermark\w*|\bdeep ?fakes?\b|\bbig tech\b|\bcapex\b|"
    r"\bprompts?\b|\bcloud\b|\bvendor\b|\block-?in\b|\bair[- ]?gap\w*|\bquanti[sz]\w*|\bRAG\b|\bmachine learning\b|"
    r"\bsystemic risk\b|\bprohibited practices?\b|\bterms of (?:service|use)\b|\bretention\b|"
    r"\bresidency\b|\bdeprecat\w+",
    re.IGNORECASE,
)
_CHORE = re.compile(
    r"\b(?:write|draft|compose|create|make|book|order|translate|sing|play|schedule|plan)\b[^.?!]{0,40}\b(?:poem|song|joke|"
    r"story|performance review|cover letter|speech|e-?mail|birthday|flight|hotel|dinner|lunch|holiday|recipe|meeting|"
    r"toast|limerick|haiku|essay|tweet|resignation|reference letter)\b",
    _I,
)
_PREDICT = re.compile(
    r"\b(?:will|going to|gonna|forecast\w*|predict\w*|expect\w* to|likely to|by when "
    r"will)\b[^?]{0,90}\b(?:cost|costs|price\w*|"
    r"cheap\w*|expensive|beat|overtake|catch up|release\w*|launch\w*|come out|win|best|open[- "
    r"]source[ds]?|dominate|exist|"
    r"drop|fall|rise|happen|be (?:open|closed|better|worse|worth|banned))\b|\bforecast\b|\bpredict\b|\bwho will\b",
    _I,
)
_LAW = re.compile(
    r"\bdut(?:y|ies)\b|\bobligat\w+|\bAI Act\b|\bregulat\w+|\bcomplian\w+|\bhigh[- ]risk\b|\bArt(?:icle|"
    r"\.)? ?\d+|\bAnnex [IVX]+\b|"
    r"\bGPAI\b|\bGDPR\b|\bDORA\b|\bNIST\b|\bISO\b|\bdeployers?\b|\bfines?\b(?![- ]tun)|\bpenalt\w+|"
    r"\btransparency\b|\bprohibit(?:ed|ion)\w*|"
    r"\bconformity\b|\bsystemic risk\b|\blaws?\b(?! firm)|\blegislation\b|\b(?:SB|AB) ?\d+|\bwatermark\w*|"
    r"\bmark(?:ing)? (?:of )?AI|\bdeep ?fakes?\b|"
    r"\bhas to be done by\b|\bmust be done by\b|\bCode of Practice\b|\bsandbox\w*",
    _I,
)
_PERMIT = re.compile(
    r"\b(?:allowed|permitted|legal|okay|ok|lawful)\s*\?\s*$|"
    r"(?:^|[.?!,:] +)(?:may|can|could) (?:an?|any|the|companies|firms|startups) |\b(?:may|can|could) "
    r"(?:we|i|our|a company|a firm|my|they|one|you)\b|\bare (?:we|i) (?:allowed|permitted)\b|\bis it "
    r"(?:allowed|legal|ok|okay|permitted)\b|"
    r"\b(?:allowed|permitted) to\b|\bdo (?:we|i) need (?:a |another |extra )?(?:licen[cs]e|"
    r"permission)\b|\bwithout (?:asking|permission|a (?:separate |special )?licen[cs]e)\b|\bpermission\b|"
    r"\b(?:ok|okay|fine|legal|allowed|permitted|possible) (?:with|under|by|for)\b|\b(?:allowed|"
    r"permitted) (?:for|in)\b|\bOK\s*\?|\bforbidden\b|\bprohibits?\b",
    _I,
)
_ADVICE = re.compile(
    r"\b(?:should|shall) (?:we|i|an?|our|the|my)\b|\brecommend\w*|\bbest (?:model|option|choice|way|for)\b|"
    r"\boptions\s*\?|\bplan\s*\?|\bwhat (?:would|do) you (?:choose|suggest|advise|recommend)\b|\bhow "
    r"should we\b|\badvice\b|\badvise\b|"
    r"\bwhat (?:model|llm)\b[^?]{0,20}\b(?:use|pick|choose)\b|(?<!do )\bwe (?:want|need|plan|intend|"
    r"would like|are planning|are building)\b|\bwhat would suit\b|"
    r"\b(?:wants?|plans?|intends?|would like|is planning|are planning|is building) to (?:use|build|run|deploy|grade|"
    r"score|summari[sz]e|automate|offer|host|classify|extract|answer|screen|rank)\b",
    _I,
)
_WHICH = re.compile(r"\bwhich (?:model|models|llm|llms|option|one|approach|stack|setup)\b|\bwhat model\b", _I)
_CHEAPER = re.compile(r"\b(?:cheaper|faster|better|safer|larger|bigger|newer|cheapest|which of)\b", _I)
_ROLE = re.compile(
    r"\b(?:become|becomes|are we|am i|who is|who are|count as|is our company|makes? "
    r"us)\b[^?.]{0,30}\b(?:provider|deployer|importer|distributor)s?\b",
    _I,
)
_COMPARE = re.compile(
    r"\bcompar\w+|\bvs\.?\b|\bversus\b|\bdifference\w* between\b|\bdiffer\b|\bbetter\b|\bcheaper\b|"
    r"\bfaster\b|\bsafer\b|\bwhich of\b|\bor\b[^?]{0,60}\bwhich\b|\bagainst\b",
    _I,
)
_CHANGE = re.compile(
    r"\bwhat(?:'s| is| has| have)? (?:changed|new|happened)\b|\bany (?:\w+ ){0,3}(?:changes?|news|"
    r"updates?)\b|\bchanged?\b|\bnews\b|\bupdates?\b|"
    r"\b(?:what|which) (?:\w+ ){0,3}changes\b|\bchanges (?:in|to|of)\b|\bget a (?:\w+ ){1,4}change\b|"
    r"\bwent up\b|\bwent down\b|\braised\b|\blately\b|\bannounced?\b|\bnew releases?\b|\blatest "
    r"releases?\b",
    _I,
)
_DUE = re.compile(
    r"\bwhat (?:happens|starts|begins|applies|changes|is due|comes into force|takes effect)\b"
    r"[^?]{0,40}\b(?:on|in|from|by|after)\b[^?]{0,25}\d",
    _I,
)
_NEWS = re.compile(
    r"^\W*(?:so |and )?what(?:'s| is| has| have)? (?:changed|new|happened)\b(?: (?:this|last|since|in|"
    r"today|recently|lately)|\W*$)|^\W*(?:is there )?any(?:thing|\s+news)(?: new| interesting| changed?)?\b"
    r"(?: (?:this|last|since|in|today|recently|lately)|\W*$)",
    _I,
)
_CLAIM = re.compile(
    r"\bis (?:it|that|this) (?:true|correct|right)\b|\b(?:true|correct|right) that\b|\bclaims? that\b|\bthe article "
    r"says\b|\bfact[- ]check\b|\bdebunk\b",
    _I,
)
_PASTED = re.compile(
    r"\b(?:add|put|store|save|insert|remember|record|note)\b[^.?!]{0,40}\b(?:kb|knowledge base|database|"
    r"memory|facts?)\b|\badd (?:it|this|that)\b|"
    r"\bpasted\b|\bignore (?:all |any |the )?(?:previous|prior|above)\b|\bforget (?:your|all|"
    r"previous)\b|\bsystem prompt\b|\bfrom now on\b",
    _I,
)
_FOLLOW = re.compile(
    r"^\s*(?:\(after [^)]*\)\s*)?(?:ok(?:ay)?|and|but|so|then|what about|how about|what if|same|also|"
    r"now|thanks|instead|if we|if the|if our|why|suppose)\b|"
    r"\b(?:that|this|those|these|it|them)\b\s*\?\s*$|^\s*\(after ",
    _I,
)
_ON_HARDWARE = re.compile(r"\b(?:run|runs|fit|fits|serve|host|need|enough|how many)\b", _I)
_PRICE = re.compile(r"\bprices?\b|\bhow much (?:does|do|is|are|would)\b[^?]*\bcosts?\b|\bwhat does\b[^?]*\bcost\b", _I)
_ALLOWED = re.compile(r"\b(?:allowed|permitted|legal|lawful)\s*\?\s*$|\bis that (?:allowed|permitted|ok)\b", _I)
_OBLIGED = re.compile(
    r"\b(?:do|does|must|are|is|will) (?:we|i|a company|a firm|an? \w+|our \w+) (?:\w+ )?(?:have to|need to|required to|"
    r"obliged to|bound to|label|mark|disclose|tell|inform|register|notify)\b",
    _I,
)
_UNASKED = re.compile(r"\bwithout (?:asking|(?:any )?(?:extra |special |separate )?(?:permission|licen[cs]e))\b", _I)
_DEFINES = re.compile(r"^\W*(?:[Ww]hat|[Ww]ho)(?:'s| is| are) (?:the )?[A-Z][\w.-]{2,}[^.!]{0,30}\?*\s*$")
_BARE_BEST = re.compile(
    r"^\W*(?:so )?(?:which|what)(?:'s| is| are)? ?(?:the )?(?:best )?(?:ai |open |closed )?(?:model|llm|"
    r"ai)s?(?: is| are)?(?: the)?"
    r"(?: best| better)?(?: right now| today| now| overall)?\W*$",
    _I,
)
_IMPERATIVE = re.compile(r"^\W*(?:please )?(?:summari[sz]e|explain|describe|list|show|give|tell|name|define)\b", _I)
_OPEN = r"open(?:[- ](?:source|weights?))?"
_SHUT = r"(?:closed|proprietary|commercial)"
_EITHER = r"(?: (?:AI|models?|ones?))?,? (?:or|vs\.?|versus|and|over) (?:an? |use )?"
_OPEN_CLOSED = re.compile(rf"\b{_OPEN}{_EITHER}{_SHUT}\b|\b{_SHUT}{_EITHER}{_OPEN}\b", _I)


_GREETS = re.compile(
    r"^\W*(?:(?:hi|hello|hey|hiya|good (?:morning|afternoon|evening|day)|greetings|howdy|thanks|thank you|"
    r"thx|cheers|great|"
    r"nice|perfect|ok|okay|bye|goodbye)\b[\s,.!]*(?:there|steelyard|bot|all|everyone|a lot|very much|so much|"
    r"that helps|that helped)?[\s,.!]*)+$|"
    r"^\W*(?:(?:hi|hello|hey)[\s,!]+)?(?:help|help me|help please|usage|about)\W*$|"
    r"\b(?:what|which things) (?:can|do|could) you (?:do|know|answer|help with)\b[^?]{0,30}\??\s*$|"
    r"\bwhat (?:can|may|should) i ask\b|\bhow (?:do|can) (?:you work|i use you|i use this)\b|"
    r"^\W*(?:who|what) are you\W*$|\bwhat are you (?:for|good for|able to)\b",
    _I,
)


def greets(text: str) -> bool:
    """A greeting, thanks, or a question on what this bot is for."""
    return bool(_GREETS.search(text))


def in_scope(text: str, mentions: tuple[Mention, ...], unknown: tuple[str, ...]) -> bool:
    """A word of the trade or a name that we hold occurs."""
    trade = _DEFINES.search(text) or _TRADE.search(text) or _LAW.search(text) or _NEWS.search(text) or _DUE.search(text)
    return bool(mentions or unknown or trade)


def of_asker(text: str) -> bool:
    """Does the asker speak of themselves, as whoever has something to decide?"""
    return bool(re.search(r"\b(?:we|our|us|i|my|should|recommend\w*|best)\b", text, _I))


def is_chore(text: str) -> bool:
    return bool(_CHORE.search(text))


def follows_up(text: str) -> bool:
    return bool(_FOLLOW.search(text))


def asks_open_or_closed(text: str) -> bool:
    return bool(_OPEN_CLOSED.search(text))


def _future(text: str, today: date) -> bool:
    ahead = any(d.last > today for d in date_mentions(text, today))
    return ahead or bool(
        re.search(
            r"\bnext (?:year|month|quarter|week)\b|\bin (?:\w+ )?(?:\d+|two|three|five|ten) (?:months?|"
            r"years?)\b|\bfuture\b|\bsoon\b|\bever\b",
            text,
            _I,
        )
    )


def _predicts(text: str, mentions: tuple[Mention, ...], today: date) -> bool:
    if _LAW.search(text) and not re.search(r"\bpric\w+|\bcost\w*", text, _I):
        return False
    forecast = re.search(r"\bforecast\w*|\bpredict\w*|\bwho will\b", text, _I)
    return bool(forecast or (_PREDICT.search(text) and (_future(text, today) or re.search(r"\bwill\b", text, _I))))


def _regulatory(text: str, mentions: tuple[Mention, ...]) -> bool:
    named = any(s.startswith(("duty:", "rule:", "regime:")) for m in mentions for s in m.subjects)
    return named or bool(_LAW.search(text) or _ROLE.search(text) or _DUE.search(text))


def _models(mentions: tuple[Mention, ...]) -> int:
    return sum(
        1 for m in mentions if any(s.startswith(("model:", "licence:", "vendor:", "provider:")) for s in m.subjects)
    )


def _bare(case: UseCase) -> bool:
    """Nothing of a use case; a place alone ("the capital of France") is none."""
    return not (case.flags or case.activities or case.modalities or case.amounts)


def _situated(case: UseCase) -> bool:
    """Enough of a use case to speak to: more than a bare wish."""
    return bool(case.flags or case.jurisdictions or case.modalities or case.amounts)


def kind_of(
    text: str,
    mentions: tuple[Mention, ...],
    unknown: tuple[str, ...],
    case: UseCase,
    period: Period | None,
    today: date,
) -> Kind:
    """The kind, by the first rule that fits."""
    named = _models(mentions) + len(unknown)
    if greets(text) and not named:
        return Kind.HELP
    if is_chore(text) or (not in_scope(text, mentions, unknown) and _bare(case)):
        return Kind.OUT_OF_SCOPE
    if _PASTED.search(text) or _CLAIM.search(text):
        return Kind.CLAIM
    if _predicts(text, mentions, today):
        return Kind.UNANSWERABLE
    if (
        asks_open_or_closed(text)
        and not _situated(case)
        and not named
        and not re.search(r"\bdifference|\bmean\b|\bgap\b|\bhow (?:far|much|many)\b", text, _I)
    ):
        return Kind.UNDERSPECIFIED
    if _BARE_BEST.search(text) and not _situated(case) and not mentions and not unknown:
        return Kind.UNDERSPECIFIED
    if re.search(r"\bcompar\w+|\bvs\.?\b|\bversus\b|\bdifference\w* between\b", text, _I):
        return Kind.COMPARISON
    return _by_words(text, mentions, named, case, period)


def _by_words(text: str, mentions: tuple[Mention, ...], named: int, case: UseCase, period: Period | None) -> Kind:
    if _UNASKED.search(text):
        return Kind.PERMISSION
    if _CHEAPER.search(text) and named >= 2:
        return Kind.COMPARISON
    advice = bool(_ADVICE.search(text)) or asks_open_or_closed(text) or bool(_WHICH.search(text) and case.flags)
    if (
        (_CHANGE.search(text) or _NEWS.search(text))
        and not advice
        and (period is None or period.sense != "ahead" or not _regulatory(text, mentions))
    ):
        return Kind.CHANGE
    if _ON_HARDWARE.search(text) and any(s.startswith("gpu:") for m in mentions for s in m.subjects) and named:
        return Kind.FACT
    if _PRICE.search(text) and named and not advice:
        return Kind.FACT
    if _ALLOWED.search(text) and named:
        return Kind.DECISION if _whole_project(text, case) else Kind.PERMISSION
    if _OBLIGED.search(text) and not advice and not _models(mentions):
        return Kind.REGULATION
    if _PERMIT.search(text) and not advice:
        return Kind.DECISION if _whole_project(text, case) else Kind.PERMISSION
    if advice and not (_regulatory(text, mentions) and re.search(r"\bwhat (?:must|do|should) (?:we|i)\b", text, _I)):
        return Kind.DECISION if _situated(case) or named else Kind.UNDERSPECIFIED
    if _COMPARE.search(text) and (named >= 2 or re.search(r"\bbetter\b|\bsafer\b", text, _I)):
        return Kind.COMPARISON
    if _regulatory(text, mentions):
        return Kind.REGULATION
    if _statement_of_need(text, case):
        return Kind.DECISION
    return Kind.FACT


def _whole_project(text: str, case: UseCase) -> bool:
    """ "Hospital in France: triage chatbot, self-hosted. OK?" asks about a project, not about one clause."""
    sector = case.flags & {"health", "military", "classified", "finance", "employment", "education", "public"}
    task = case.flags & {"chat", "summarise", "extract", "coding", "agents", "legal"}
    return bool(sector and task) and not re.search(r"\b(?:may|can) (?:we|i)\b", text, _I)


def _statement_of_need(text: str, case: UseCase) -> bool:
    if _IMPERATIVE.search(text):
        return False
    return len(case.flags | set(case.modalities)) >= 2 or bool(case.flags and "?" not in text)
