"""The words by which the kind of a question is told: patterns alone, the rules stand in `intent`."""

import re

_I = re.IGNORECASE
TRADE = re.compile(
    r"\bmodels?\b|\bLLMs?\b|\bAI\b|\bGPUs?\b|\bVRAM\b|\btokens?\b|licen[cs]\w*|\bweights?\b|open[- "
    r"](?:source|weights?)|"
    r"\bfine[- ]?tun\w+|\bself[- ]?host\w*|\bon[- ]?prem\w*|\bAPIs?\b|\bpric(?:e|es|ing)\b|\bregulat\w+|\bcomplian\w+|"
    r"\bhigh[- ]risk\b|\bGPAI\b|\bGDPR\b|\bDORA\b|\bNIST\b|\bISO\b|\bAct\b|\bArt(?:icle|\.)? ?\d+|"
    r"\bAnnex\b|\bdeployers?\b|"
    r"\bduties\b|\bduty\b|\bobligations?\b|\bprovider\b|\bvendors?\b|\bopen or closed\b|\bproprietary\b|\binference\b|"
    r"\bopen\b[^?.!]{0,20}\bclosed\b|\bclosed\b[^?.!]{0,20}\bopen\b|"
    r"\bbenchmarks?\b|\bcontext (?:window|length)\b|\bmultimodal\w*|\bdistil\w*|\bchat ?bots?\b|"
    r"\bembedding\w*|\bFLOPs?\b|"
    r"\b10\^\d+|\bMAU\b|\bMaaS\b|\bagents?\b|\btransparency\b|\bwatermark\w*|\bdeep ?fakes?\b|\bbig tech\b|\bcapex\b|"
    r"\bprompts?\b|\bcloud\b|\bvendor\b|\block-?in\b|\bair[- ]?gap\w*|\bquanti[sz]\w*|\bRAG\b|\bmachine learning\b|"
    r"\bsystemic risk\b|\bprohibited practices?\b|\bterms of (?:service|use)\b|\bretention\b|"
    r"\bresidency\b|\bdeprecat\w+",
    re.IGNORECASE,
)
CHORE = re.compile(
    r"\b(?:write|draft|compose|create|make|book|order|translate|sing|play|schedule|plan)\b[^.?!]{0,40}\b(?:poem|song|joke|"
    r"story|performance review|cover letter|speech|e-?mail|birthday|flight|hotel|dinner|lunch|holiday|recipe|meeting|"
    r"toast|limerick|haiku|essay|tweet|resignation|reference letter)\b",
    _I,
)
PREDICT = re.compile(
    r"\b(?:will|going to|gonna|forecast\w*|predict\w*|expect\w* to|likely to|by when "
    r"will)\b[^?]{0,90}\b(?:cost|costs|price\w*|"
    r"cheap\w*|expensive|beat|overtake|catch up|release\w*|launch\w*|come out|win|best|open[- "
    r"]source[ds]?|dominate|exist|"
    r"drop|fall|rise|happen|be (?:open|closed|better|worse|worth|banned))\b|\bforecast\b|\bpredict\b|\bwho will\b",
    _I,
)
LAW = re.compile(
    r"\b(?:what|which) (?:\w+ )?(?:rules|requirements)\b|\brules? (?:appl\w+|bite|govern\w*|cover\w*|hit)\b|"
    r"\bdut(?:y|ies)\b|\bobligat\w+|\bAI Act\b|\bregulat\w+|\bcomplian\w+|\bhigh[- ]risk\b|\bArt(?:icle|"
    r"\.)? ?\d+|\bAnnex [IVX]+\b|"
    r"\bGPAI\b|\bGDPR\b|\bDORA\b|\bNIST\b|\bISO\b|\bdeployers?\b|\bfines?\b(?![- ]tun)|\bpenalt\w+|"
    r"\btransparency\b|\bprohibit(?:ed|ion)\w*|"
    r"\bconformity\b|\bsystemic risk\b|\blaws?\b(?! firm)|\blegislation\b|\b(?:SB|AB) ?\d+|\bwatermark\w*|"
    r"\bmark(?:ing)? (?:of )?AI|\bdeep ?fakes?\b|"
    r"\bhas to be done by\b|\bmust be done by\b|\bCode of Practice\b|\bsandbox\w*",
    _I,
)
PERMIT = re.compile(
    r"\b(?:are|is|am) (?:we|i|our \w+|my \w+) (?:ok|okay|fine|free|entitled|licensed|safe) (?:to|with)\b|"
    r"(?:[.,:;] ?|\b(?:that|it|this) )(?:fine|alright|all right)\s*\?\s*$|"
    r"\b(?:allowed|permitted|legal|okay|ok|lawful)\s*\?\s*$|"
    r"(?:^|[.?!,:] +)(?:may|can|could) (?:an?|any|the|companies|firms|startups) |\b(?:may|can|could) "
    r"(?:we|i|our|a company|a firm|my|they|one|you)\b|\bare (?:we|i) (?:allowed|permitted)\b|\bis it "
    r"(?:allowed|legal|ok|okay|permitted)\b|"
    r"\b(?:allowed|permitted) to\b|\bdo (?:we|i) need (?:a |another |extra )?(?:licen[cs]e|"
    r"permission)\b|\bwithout (?:asking|permission|a (?:separate |special )?licen[cs]e)\b|\bpermission\b|"
    r"\b(?:ok|okay|(?<!the )(?<!a )(?<!any )(?<!what )(?<!which )(?<!x\. )(?<!max )(?<!mum )fine|legal|allowed|"
    r"permitted|possible) (?:with|under|by|for)\b|\b(?:allowed|permitted) (?:for|in)\b|\bOK\s*\?|\bforbidden\b|"
    r"\bprohibits?\b",
    _I,
)
ADVICE = re.compile(
    r"\b(?:should|shall) (?:we|i|an?|our|the|my)\b|\brecommend\w*|\bbest (?:model|option|choice|way|for)\b|"
    r"\boptions\s*\?|\bplan\s*\?|\bwhat (?:would|do) you (?:choose|suggest|advise|recommend)\b|\bhow "
    r"should we\b|\badvice\b|\badvise\b|"
    r"\bwhat (?:model|llm)\b[^?]{0,20}\b(?:use|pick|choose)\b|(?<!do )\bwe (?:want|need|plan|intend|"
    r"would like|are planning|are building)\b|\bwhat would suit\b|"
    r"\b(?:wants?|plans?|intends?|would like|is planning|are planning|is building) to (?:use|build|run|deploy|grade|"
    r"score|summari[sz]e|automate|offer|host|classify|extract|answer|screen|rank)\b",
    _I,
)
WHICH = re.compile(r"\bwhich (?:model|models|llm|llms|option|one|approach|stack|setup)\b|\bwhat model\b", _I)
CHEAPER = re.compile(r"\b(?:cheaper|faster|better|safer|larger|bigger|newer|cheapest|which of)\b", _I)
ROLE = re.compile(
    r"\b(?:become|becomes|are we|am i|who is|who are|count as|is our company|makes? "
    r"us)\b[^?.]{0,30}\b(?:provider|deployer|importer|distributor)s?\b",
    _I,
)
COMPARE = re.compile(
    r"\bcompar\w+|\bvs\.?\b|\bversus\b|\bdifference\w* between\b|\bdiffer\b|\bbetter\b|\bcheaper\b|"
    r"\bfaster\b|\bsafer\b|\bwhich of\b|\bor\b[^?]{0,60}\bwhich\b|\bagainst\b",
    _I,
)
CHANGE = re.compile(
    r"\bwhat(?:'s| is| has| have)? (?:changed|new|happened)\b|\bany (?:\w+ ){0,3}(?:changes?|news|"
    r"updates?)\b|\bchanged?\b|\bnews\b|\bupdates?\b|"
    r"\b(?:what|which) (?:\w+ ){0,3}changes\b|\bchanges (?:in|to|of)\b|\bget a (?:\w+ ){1,4}change\b|"
    r"\bwent up\b|\bwent down\b|\braised\b|\blately\b|\bannounced?\b|\bnew releases?\b|\blatest "
    r"releases?\b",
    _I,
)
DUE = re.compile(
    r"\bwhat (?:becomes due|falls due|comes due|kicks in|"
    r"enters into force|happens|starts|begins|applies|changes|is due|comes into force|takes effect)\b"
    r"[^?]{0,40}\b(?:on|in|from|by|after)\b[^?]{0,25}\d",
    _I,
)
NEWS = re.compile(
    r"^\W*(?:so |and )?what(?:'s| is| has| have)? (?:changed|new|happened)\b(?: (?:this|last|since|in|"
    r"today|recently|lately)|\W*$)|^\W*(?:is there )?any(?:thing|\s+news)(?: new| interesting| changed?)?\b"
    r"(?: (?:this|last|since|in|today|recently|lately)|\W*$)",
    _I,
)
CLAIM = re.compile(
    r"\bis (?:it|that|this) (?:true|correct|right)\b|\b(?:true|correct|right) that\b|\bclaims? that\b|\bthe article "
    r"says\b|\bfact[- ]check\b|\bdebunk\b",
    _I,
)
CHECK = re.compile(  # "check this: <article>"
    r"^\s*(?:please\s+)?(?:fact[- ])?check\s+(?:this|these|the (?:following|claims?|article))[^:\n]{0,40}:\s*", _I
)
PASTED = re.compile(
    r"\b(?:add|put|store|save|insert|remember|record|note)\b[^.?!]{0,40}\b(?:kb|knowledge base|database|"
    r"memory|facts?)\b|\badd (?:it|this|that)\b|"
    r"\bpasted\b|\bignore (?:all |any |the )?(?:previous|prior|above)\b|\bforget (?:your|all|"
    r"previous)\b|\bsystem prompt\b|\bfrom now on\b",
    _I,
)
FOLLOW = re.compile(
    r"^\s*(?:\(after [^)]*\)\s*)?(?:ok(?:ay)?|and|but|so|then|what about|how about|what if|same|also|"
    r"now|thanks|instead|if we|if the|if our|why|suppose)\b|"
    r"\b(?:that|this|those|these|it|them)\b\s*\?\s*$|^\s*\(after ",
    _I,
)
OF_A_CLAUSE = re.compile(  # what one clause allows, not what to choose
    r"\bmay (?:we|i|an?)\b|\ballowed\b|\bpermitted\b|\blegal(?:ly)?\s*\?|\blawful\b|\bpermission\b|"
    r"\b(?:licen[cs]e|terms|clause)\b[^?]{0,30}\b(?:allow|permit|forbid|say|require)\w*|"
    r"\bneed (?:a|an|the) licen[cs]e\b",
    _I,
)
ON_HARDWARE = re.compile(r"\b(?:run|runs|fit|fits|serve|host|need|enough|how many)\b", _I)
PRICE = re.compile(r"\bprices?\b|\bhow much (?:does|do|is|are|would)\b[^?]*\bcosts?\b|\bwhat does\b[^?]*\bcost\b", _I)
ALLOWED = re.compile(r"\b(?:allowed|permitted|legal|lawful)\s*\?\s*$|\bis that (?:allowed|permitted|ok)\b", _I)
OBLIGED = re.compile(
    r"\b(?:do|does|must|are|is|will) (?:we|i|a company|a firm|an? \w+|our \w+) (?:\w+ )?(?:have to|need to|required to|"
    r"obliged to|bound to|label|mark|disclose|tell|inform|register|notify)\b",
    _I,
)
UNASKED = re.compile(r"\bwithout (?:asking|(?:any )?(?:extra |special |separate )?(?:permission|licen[cs]e))\b", _I)
DEFINES = re.compile(r"^\W*(?:[Ww]hat|[Ww]ho)(?:'s| is| are) (?:the )?[A-Z][\w.-]{2,}[^.!]{0,30}\?*\s*$")
BARE_BEST = re.compile(
    r"^\W*(?:so )?(?:which|what)(?:'s| is| are)? ?(?:the )?(?:best )?(?:ai |open |closed )?(?:model|llm|"
    r"ai)s?(?: is| are)?(?: the)?"
    r"(?: best| better)?(?: right now| today| now| overall)?\W*$",
    _I,
)
IMPERATIVE = re.compile(r"^\W*(?:please )?(?:summari[sz]e|explain|describe|list|show|give|tell|name|define)\b", _I)
OPEN = r"open(?:[- ](?:source|weights?))?"
SHUT = r"(?:closed|proprietary|commercial)"
EITHER = r"(?: (?:AI|models?|ones?))?,? (?:or|vs\.?|versus|and|over) (?:an? |use )?"
OPEN_CLOSED = re.compile(rf"\b{OPEN}{EITHER}{SHUT}\b|\b{SHUT}{EITHER}{OPEN}\b", _I)
GREETS = re.compile(
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
ACT = re.compile(
    r"\b(?:put|display|show|credit|mention|state|attribute|name|rename|share|publish|disclose|keep|ship|add) |"
    r"\bbuilt with\b",
    _I,
)
MUST_ACT = re.compile(
    r"\b(?:do|must|should|shall) (?:we|i|you|one)\b(?: (?:need|have) to)?|\b(?:need|have) to\b|^\W*must\b", _I
)
DISCLOSE = re.compile(
    r"\b(?:tell|inform|disclos\w+|notify|warn|label\w*|announce|reveal)\b[^?.]{0,60}\b(?:(?:chat|voice)?[- ]?bots?|AI|"
    r"machine|robot|artificial|generated|synthetic)\b|\b(?:AI|deep[- ]?fakes?|generated|synthetic)\b[^?.]{0,60}\b"
    r"(?:labell?ed|marked|watermarked|disclosed)\b",
    _I,
)
RULES_ON = re.compile(
    r"\b(?:when|since|until|by|deadlines?|rules?|bite|must|have to|appl(?:y|ies)|comply|law|legal|"
    r"high[- ]risk|duty|duties|required?|covered|scope|count(?:s)? as)\b",
    _I,
)
FINDS = re.compile(
    r"\bwhat (?:did|does|do|has|have) [^?]{2,60}\b(?:find|found|say|said|report\w*|measure\w*|publish\w*|show\w*|"
    r"conclude\w*|estimate\w*|warn\w*|recommend\w*)\b",
    _I,
)
GOVERNS = re.compile(
    r"\b(?:law|courts?|jurisdiction)\b[^?.]{0,30}\bgovern\w*|\bgoverning law\b|\bgoverned by\b|\bwhich courts?\b", _I
)
WHAT_TO_DO = re.compile(
    r"\bwhat (?:must|do|should) (?:we|i) (?:do|comply|observe|document|prepare|disclose|tell|have to|need to|publish|"
    r"file|keep|report|consider)\b|\bwhat must (?:we|i)\b",
    _I,
)
PRONOUN = re.compile(r"\b(?:use|run|host|sell|ship|deploy|have|do|take|try|buy) (?:it|this|that|them|these|one)\b", _I)
