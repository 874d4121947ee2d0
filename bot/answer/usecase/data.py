# ruff: noqa: E501 - one pattern a line
"""What the data is, and whose business it is: data class, transfer basis, sector, Annex III point, Article 5 practice."""

import re
from dataclasses import replace

from bot.answer.usecase.found import Act, Found, Rule, apply, found
from bot.answer.usecase.reading import Text

_PEOPLES = r"(?:customers?|clients?|users?|patients?|employees?|citizens?|members?|policy ?holders?|students?|applicants?|guests?|subscribers?)"
# mails of customers are a class of data where they are told as one, and nothing is said to be done with them
_ALONE_BEFORE = r"(?:^|(?<=[.,;:\n]\s)|\b(?:data|inputs?|content) (?:is|are)\s+)"
_CLASSES: tuple[tuple[str, str], ...] = (
    ("classified", r"\btop secret\b|\b(?<!is )(?<!are )(?<!be )classified (?:documents?|material|information|data|files|reports?|network|project|environment|work)\b|\b(?:data|network|material|information|everything) (?:is|are) classified\b(?! (?:by|into|as|automatically))|\bclassified (?:as )?(?:top )?secret\b|\b(?:NATO|EU|UK) (?:secret|restricted|confidential)\b|\bstate secrets\b"),
    ("special_category", r"\bpatients?'? (?:records?|data|messages?|letters?|files?|notes?|histor(?:y|ies)|charts?|mails?|e-?mails?)\b|\bhealth (?:data|records?)\b|\bmedical (?:data|records?|files?|histories|notes)\b|\bgenetic\b[^.;]{0,20}\bdata\b|\bbiometric data\b|\bspecial[- ]categor(?:y|ies)\b|\b(?:discharge|doctors?'?) (?:letters|notes)\b|\bArticle 9 data\b|\bsensitive personal (?:data|information)\b"),
    ("personal", rf"\bpersonal(?:ly identifiable)? (?:data|information|details)\b|(?-i:\bPII\b)|\b{_PEOPLES}'? (?:data|records|names|details)\b|{_ALONE_BEFORE}{_PEOPLES}'? (?:e-?mails?|mails|letters|chats|messages)(?=\s*(?:[.,;!]|$|in\b|and\b|with\b|from\b))|\bnames and addresses\b|\bHR (?:files|records|data)\b|\bpersonnel files\b|\b(?:under|subject to|covered by|falls under) (?:the )?GDPR\b|\bGDPR applies\b(?! to (?:us|our company|me)\b)"),
    ("confidential", r"\bconfident(?:i)?al\b|\btrade secrets?\b|\bproprietary (?:source )?(?:code|data|documents?|information)\b|\bsource code is proprietary\b|\b(?:under|covered by) (?:an )?NDAs?\b|(?-i:\bNDA\b) (?:material|documents?|stuff|data)\b|\bsensitive (?:business|company|commercial) (?:data|information|documents)\b|\bcommercially sensitive\b"),
    ("internal", r"\binternal (?:wiki|documents?|docs|documentation|pdfs?|knowledge base|pages|manuals|data|files|reports|guidelines|handbook)\b|\bintranet\b"),
    ("public", r"\bpublic(?:ly available)? (?:data|documents?|information|web ?sites?|web ?pages?|pages|content|texts?|records|sources|FAQs?)\b|\bopen (?:government )?data\b|\b(?:our |the )?published (?:[a-z]+ ){0,2}(?:manuals?|documents?|docs|articles|texts|reports|papers|pages|FAQs?|rulings|judge?ments|decisions|regulations|laws|statutes|standards|guidelines|brochures|catalogues?)\b|\bdata (?:is|are) (?:all )?public\b|\b(?:all|everything)(?: of it| of them)?(?: is| are|'s)? (?:already |been |long )?(?:published|public)\b(?! [a-z]+s\b)|\bit(?:'s| is) all public\b"),
)  # fmt: skip
# "the data is personal", "all texts are confidential"
_IS = r"\b(?:data|texts?|content|contents|documents?|docs|files|records|letters|mails|prompts|inputs?|scripts?|code|material|information|everything|it|they|this)\b(?:'s|'re| (?:is|are|counts? as|will be|would be))(?: (?:all|mostly|strictly|highly|partly|only|fully|of course|obviously|classed as|considered|deemed|anyway|actually|really))* (?:{kind})(?=\s*(?:[.,;!?)]|$|and\b|but\b|so\b|data\b|anyway\b|actually\b|information\b|of course\b))"
_ARE = r"\b[a-z]+s\b (?:are)(?: (?:all|mostly|strictly|highly|only|fully|anyway|actually|really))* (?:{kind})(?=\s*(?:[.,;!?)]|$|and\b|but\b|so\b|anyway\b|actually\b|(?:tenders|documents|texts|records|files|pages|material|information)\b))"
_SAID = (
    ("personal", r"personal"),
    ("special_category", r"special[- ]category|health data"),
    ("internal", r"internal"),
    ("public", r"public|published|publicly available"),
)
_DATA = (
    *(Rule(name="data_class", value=value, pattern=pattern) for value, pattern in _CLASSES),
    *(Rule(name="data_class", value=value, pattern=_IS.format(kind=kind)) for value, kind in _SAID),
    *(Rule(name="data_class", value=value, pattern=_ARE.format(kind=kind)) for value, kind in _SAID[2:]),
    *(Rule(name="data_class", value=value, pattern=rf"\bdata(?: class)?\s*[:=]\s*(?:mostly |strictly |all )?(?:{kind}|{value})\b") for value, kind in (*_SAID, ("confidential", "secret"))),
    Rule(name="data_class", value="public", pattern=r"\b(?:is|are|it's|they're) (?:all )?public (?:tenders|documents|texts|records|files|pages|material|information)\b"),
    Rule(name="transfer_basis", value=True, negated=False, unless=r"\b(?:needs?|require\w*|want|missing)\b", pattern=r"(?-i:\bDPAs?\b)|\b(?:data )?processing agreements?\b|\b(?:legal |transfer )+basis for (?:the )?transfers?\b|\btransfer basis\b|(?-i:\bSCCs?\b)|\bstandard contractual clauses\b|\bAVV\b"),
    Rule(name="accredited_cloud", value=True, negated=False, pattern=r"\baccredited (?:[a-z]+ )?cloud\b|\bcloud (?:region )?(?:that is |which is |that has been )?accredited\b"),
)  # fmt: skip

_SECTORS: tuple[tuple[str, str], ...]
_SECTORS = (
    ("defence", r"\bdefen[cs]e (?:lab\w*|contractor|compan\w+|ministry|industry|sector|agency|supplier|force|firm|startup|start-up)\b|\b(?:ministry|department) of defen[cs]e\b|\barmy\b|\bnavy\b|\bair force\b|\barmed forces\b|\bmilitary (?:unit|planning|intelligence|base|academy)\b"),
    ("finance", r"\b(?:savings |private |retail |investment )?banks?\b(?! holiday)|\bbanking\b|\binsurers?\b|\b(?:re)?insurance (?:compan\w+|broker|group|firm|undertaking)\b|\bfintech\b|\bpayment institution\b|\basset manage\w+|\bbroker-dealer\b|\bcredit union\b|\bhedge fund\b|\bpension fund\b|\bunder DORA\b|\bDORA[- ]regulated\b|\bBaFin\b|\bFCA[- ]regulated\b|\bfinancial (?:services|institution|firm|company|sector)\b"),
    ("health", r"\bhospitals?\b|\bclinics?\b|\bhealth ?care\b|\btele-?health\b|(?-i:\bNHS\b)|\bmedical (?:practice|device)\b|\bpatients?\b|\bpharmac(?:y|ies)\b|\bhealth (?:authority|trust|service)\b|\bdoctor's (?:office|surgery)\b"),
    ("critical_infrastructure", r"\b(?:electricity |power |gas )?grid operator\b|\b(?:transmission|distribution) (?:system |network |grid )?operator\b|(?-i:\b[TD]SO\b)|\bwater ?works\b|\b(?:water|power|gas|energy|electric\w*) (?:utility|company|supplier|network operator)\b|\b(?:operat\w+|run(?:s|ning)?|manag(?:e|es|ing)|own(?:s|ing)?) (?:the|an?|our|\d+|two|three|four|five|six|several|some|many) (?:[a-z]+ ){0,2}?(?:(?:power|electricity|gas|water|heating|transmission|distribution|rail|railway|energy|telecoms?) (?:grid|network|systems?|plants?|supply|lines?|mains|stations?)|power ?grids?|pipelines?|dams?|sewage plants?|airports?)\b|\bnuclear (?:plant|power)\b|\brailway (?:operator|signalling)\b|\bcritical infrastructure\b"),
    ("education", r"\buniversit(?:y|ies)\b|\bschools?\b(?! of thought)|\bpupils\b|\bcollege\b|\bkindergarten\b"),
    ("public", r"\bministry\b|\bmunicipalit\w+|\b(?:city|town|county|district|local) council\b|\bpublic (?:sector|authorit\w+|administration|body|bodies)\b|\b(?:federal|government|state) (?:agency|department|office|authority)\b|\btax (?:office|authority)\b|\bpolice\b|\bcity hall\b|\bcourthouse\b"),
    ("legal", r"\blaw firms?\b|\b\d+ lawyers\b|\bfor lawyers\b|\blegal (?:drafting|department|team|advice|research|assistant|documents|memos)\b|\bnotar(?:y|ies)\b|\bsolicitors\b|\bbarristers\b"),
    ("employment", r"\brecruit(?:ing|ment|er)\b(?! fee)|\bfor recruiters\b|\bHR (?:tool|department|software|tech)\b|\bstaffing agency\b"),
)  # fmt: skip
# "we are in the health sector"
_FIELDS = {
    "finance": r"financ(?:e|ial)|banking|insurance", "health": r"health ?(?:care)?|medical|hospital", "public": r"public", "education": r"education(?:al)?",
    "legal": r"legal", "defence": r"defen[cs]e|military", "critical_infrastructure": r"energy|utilit(?:y|ies)|electricity|water|power|gas|nuclear|rail",
    "employment": r"recruitment|staffing|HR",
}  # fmt: skip
_WORKS_IN = r"\b(?:we're|we are|I'm|I am|I work|we work|working) in (?:the )?(?:{names})\b(?! (?:department|team))"
_LABEL = r"\b(?:sector|industry|branch|field|domain)\s*[:=]\s*(?:{names})\b"
_FIELD = r"\b(?:{names}) (?:sector|industry|branch|business|space|field|domain)\b"
_SECTORS += tuple(
    (sector, pattern.format(names=names))
    for sector, names in _FIELDS.items()
    for pattern in (_FIELD, _LABEL, _WORKS_IN)
)
_SECTOR_RULES = tuple(Rule(name="sector", value=value, pattern=pattern) for value, pattern in _SECTORS)

# point, what states it, and the sector that follows if no other is said
_ANNEX: tuple[tuple[str, str, str | None], ...] = (
    ("1", r"\bremote biometric identification\b|\bbiometric categori[sz]ation\b|\bfac(?:e|ial) recognition\b", None),
    ("2", r"\b(?:grid|electricity|gas|water|road traffic|heating)\b[^.;]{0,60}\b(?:control|safety component|safety system)\b|\bsafety (?:component|system|function)s? (?:of|for|in|at)\b[^.;]{0,50}?\b(?:grid|electricity|gas|water|traffic|heating|critical|power)\b|\bsafety component\b[^.;]{0,30}\bcritical infrastructure\b", "critical_infrastructure"),
    ("3", r"\b(?:grad(?:e|es|ing)|rat(?:e|es|ing)|scor(?:es?|ing)|mark(?:s|ing)?|assess(?:es|ing)?)\s+(?:(?!of\b|for\b|in\b|and\b|or\b|to\b)[a-z']+ ){0,3}?(?:exams?|essays?|students?|pupils|homework|coursework)\b|\b(?:exam|essay) (?:grading|marking|scoring|proctoring)\b|\badmission(?:s)? (?:decisions|to universit\w+)\b|\bdecid\w+ (?:on )?(?:university |school )?admissions?\b", "education"),
    ("4", r"\b(?:screen|rank|filter|sort|shortlist|evaluat|select|assess|scor|sift)\w*\b[^.;?!]{0,25}\b(?:CVs?|r[ée]sum[ée]s|applicants?|candidates?|job applications?)\b|\b(?:CV|r[ée]sum[ée]|applicant|candidate) (?:screening|ranking|filtering|selection|scoring)\b|\bperformance reviews? of (?:our )?(?:employees|staff|workers)\b|\b(?:decid\w+|promot\w+) (?:on )?(?:promotions?|dismissals?)\b|\bmonitor\w* (?:of )?(?:our )?(?:workers|employees|staff)\b|\b(?:monitor|track|evaluat|measur|scor|assess)\w* (?:of )?(?:the )?(?:performance|behaviou?r|productivity|work) of (?:our |the )?(?:workers|employees|staff|drivers|agents)\b|\bhiring decisions\b", "employment"),
    ("5(a)", r"\b(?:decid\w+|eligib\w+|assess\w*|who gets)\b[^.;?!]{0,40}\b(?:housing|social|unemployment|welfare|child|public|disability) (?:benefits?|assistance|allowances?)\b|\bbenefit eligibility\b", "public"),
    ("5(b)", r"\bcredit[- ](?:scor\w+|decisions?)|\bcredit[- ]?worth\w+|\bloan (?:applications?|decisions?|approvals?)\b[^.;?!]{0,30}|\b(?:approv|grant|decid)\w* (?:on )?(?:consumer )?(?:loans|credit)\b", "credit"),
    ("5(c)", r"\b(?:pric(?:e|ing)|risk assessment|underwrit\w+)\b[^.;?!]{0,20}\b(?:life|health) (?:insurance|polic\w+)\b|\b(?:life|health) insurance (?:pricing|underwriting|premiums?|risk assessment)\b|\bpremiums? (?:for|of|in)\b[^.;?!]{0,20}\b(?:life|health) insurance\b", "finance"),
    ("5(d)", r"\btriag(?:e|es|ed|ing)\b[^.;?!]{0,40}\b(?:emergency|patients|casualty|ER\b|A&E)\b|\bemergency (?:call|triage|dispatch|room triage)\w*(?: (?:triage|classification|dispatch\w*))?", "health"),
    ("6", r"\bpolice\b[^.;?!]{0,50}\b(?:evidence|profil\w+|suspects?|reoffend\w*|crimes?)\b|\blaw enforcement\b[^.;?!]{0,40}\b(?:evidence|profil\w+|suspects?)\b", "public"),
    ("7", r"\b(?:assess|decid|examin|process|evaluat|officers?)\w*\b[^.;?!]{0,40}\b(?:asylum|visa) (?:requests?|applications?|claims?)\b|\b(?:asylum|visa|residence permit) (?:requests?|applications?|claims?|cases)\b[^.;?!]{0,40}\b(?:assess|decid|examin|officers?)\w*|\bborder (?:control|guards?)\b|\bvisa decisions\b", None),
    ("8", r"\b(?:judges?|judge's|courts?)\b(?! (?:rulings?|decisions?|documents|hearings?|files|judg))[^.;?!]{0,50}\b(?:interpret|rulings?|sentenc\w+|apply the law|research facts)\b|\binfluenc\w+ (?:elections?|voters?|voting)\b", None),
)  # fmt: skip
_PRACTICES: tuple[tuple[str, str], ...] = (
    ("5(1)(a)", r"\bsubliminal\b|\bmanipulat\w+ (?:people|users|voters|customers)\b"),
    ("5(1)(b)", r"\bexploit\w* (?:the )?(?:vulnerab\w+|children|the elderly)"),
    ("5(1)(c)", r"\bsocial (?:scor\w+|credit)\b"),
    ("5(1)(d)", r"\bpredict\w*\b[^.;?!]{0,40}\b(?:commit crimes?|criminal(?:s|ity)?|offend(?:ers)?|reoffend)\b[^.;?!]{0,30}\b(?:personality|profil\w+)"),
    ("5(1)(e)", r"\b(?:scrap\w+|harvest\w*|collect\w*)\b[^.;?!]{0,20}\bfac(?:es|ial images|ial pictures)\b"),
    ("5(1)(f)", r"\b(?:infer|detect|recogni[sz]|read|track|monitor|analy[sz])\w*\b[^.;?!]{0,15}\bemotions?\b[^.;?!]{0,40}\b(?:staff|employees|workers?|work|workplace|students?|pupils|classroom|school)\b|\b(?:staff|employees?|workers?|students?|pupils?)'?s? emotions\b|\bemotion recognition\b[^.;?!]{0,30}\b(?:work\w*|staff|employees|school|class\w*|students|pupils)\b"),
    ("5(1)(g)", r"\b(?:biometric|faces?)\b[^.;?!]{0,40}\b(?:infer|deduce|guess|categori[sz]e)\w*\b[^.;?!]{0,20}\b(?:race|religion|political|sexual orientation|union)\b"),
    ("5(1)(h)", r"\breal[- ]time\b[^.;?!]{0,25}\b(?:biometric identification|fac(?:e|ial) recognition)\b[^.;?!]{0,40}\b(?:police|public space|publicly accessible|law enforcement)"),
    ("5(1)(ba)", r"\bnudif\w+|\bundress\w* (?:people|women|photos)|\bnon-?consensual (?:intimate|sexual|nude)\b"),
    ("5(1)(bb)", r"(?-i:\bCSAM\b)|\bchild sexual abuse material\b"),
)  # fmt: skip
_DUTIES = (
    *(Rule(name="annex_iii", value=point, pattern=pattern) for point, pattern, _ in _ANNEX),
    *(Rule(name="sector", value=s, pattern=pattern, derived=True) for _, pattern, s in _ANNEX if s),
    *(Rule(name="prohibited_practice", value=practice, unless=r"\bwhether\b|\bask(?:s|ed)? if\b", pattern=pattern) for practice, pattern in _PRACTICES),
    Rule(name="exit_plan_required", value=True, pattern=r"\b(?:exit|reversibility) (?:plan|strategy)\b", negated=False),
    Rule(name="exit_plan_required", value=True, pattern=r"(?-i:\bDORA\b)", derived=True, assumption="DORA asks for an exit strategy"),
    Rule(name="sector", value="finance", pattern=r"(?-i:\bDORA\b)", derived=True),
)  # fmt: skip
_NO_ANNEX = Rule(
    name="annex_iii",
    value="",
    sure=True,
    pattern=r"\b(?:none of (?:the )?|no |not (?:an? |in |under |within |covered by |listed in |falling under |among )?(?:any |the )?)(?:the )?Annex III\b(?!,?\s*\(?(?:(?:point|no\.?|item) )?\d)(?: (?:uses?|cases?|points?|categor\w+))?|\bAnnex III (?:does not|doesn't) apply\b|\boutside (?:of )?Annex III\b",
)
_POINT = r"\bAnnex (?:III|3)\b[,:]?\s*\(?(?:point|no\.?|nr\.?|number|item|section|category|area|#)?\s*(?P<point>[1-8])(?!\d|[.,]\d)\s*(?:\(?(?P<letter>[a-dA-D])\)?(?![a-z]))?|\b(?:point|item) (?P<point_>[1-8])(?!\d)\s*(?:\((?P<letter_>[a-dA-D])\))? (?:of|in) Annex (?:III|3)\b"
_MILITARY = (
    Rule(name="military_use", value=True, negated=False, pattern=r"\bmilitary (?:use|purposes?|planning|applications?|intelligence|operations?)\b|\bweapons?\b|\bwarfare\b|\bbattlefield\b|\bmunitions?\b"),
    Rule(name="military_use", value=False, sure=True, pattern=r"\b(?:purely|only|strictly) civil(?:ian)?\b|\bcivil(?:ian)? (?:use|uses|purposes|applications?) only\b|\b(?:no|not(?: for)?(?: any| the| a)?|non-?) ?military\b"),
)  # fmt: skip


_NOT_PERSONAL = r"\b(?:data|they|it|everything)\b[^.;?!,]{0,15}\b(?:not|no longer|n't)\s+(?:be )?personal\b|\banonymi[sz]ed\b|\bno (?:\w+ )?(?:personal data|patient (?:data|records))\b"


def data(text: Text) -> list[Found]:
    """Classes of data; personal data that is denied or anonymised becomes unknown again where the thread had it."""
    results = apply(_DATA, text)
    for match in text.finditer(_NOT_PERSONAL):
        start, end = match.span()
        words = match.group()
        results += [
            Found(name="data_class", value=value, start=start, end=end, words=words, act=Act.CLEAR)
            for value in ("personal", "special_category")
            if not text.general(start) and not text.hedged(start)
        ]
    return results


_SUPPLIES = r"\b(?:contractor|supplier|start-?up)\b"


def sector(text: Text) -> list[Found]:
    """The industry, and military use where it is the forces' own; a firm that supplies them may do so with anything."""
    results = [f for f in apply(_SECTOR_RULES, text) if not _served(text, f)]
    soldiers = [f for f in results if f.value == "defence" and not re.search(_SUPPLIES, f.words, re.I)]
    return results + [replace(f, name="military_use", value=True, derived=True) for f in soldiers]


_WRITTEN_BY = re.compile(
    r"(?:'s?)?\s+(?:(?!and\b|with\b)[a-z-]+\s+)?(?:case stud(?:y|ies)|stud(?:y|ies)|reports?|blogs?|blog posts?|press releases?|white ?papers?|papers?|articles?|stor(?:y|ies)|talks?|webinars?|announcements?|examples?|experiences?|survey) (?:says?|said|shows?|showed|claims?|tells?|told|reports?|reported|mentions?|that|which|by|from|about|on)\b",
    re.IGNORECASE,
)


_SPEAKS = r"\s+(?:also |just |now |has |have )*(?:says?|said|wants?|wanted|insist\w*|requires?|required|demand\w*|asks?|asked|told|thinks?|decided|forbids?|banned|vetoed|signed|approved|checked|confirmed|is (?:fine|ok|okay|worried|against)|will not|won't|does not|doesn't|objects?)\b"
_OTHERS_ARE = r"\b(?:customers?|clients?|suppliers?|partners?|competitors?|neighbou?rs?|friends?|landlords?|investors?|vendors?|tenants?|users?|members?) (?:is|are|was|were|being) (?:also |mostly |mainly )?(?:an? |the )?(?:[\w-]+ ){0,2}$"


def _served(text: Text, one: Found) -> bool:
    """ "We sell to banks" says who the customers are."""
    if re.match(r"(?:'s?)?\s+(?:clients|customers|users|asked|asks)\b", text.plain[one.end :], re.I):
        return True
    if (
        text.dealt_with(one.start)
        or re.search(_OTHERS_ARE, text.before(one.start), re.I)
        or _WRITTEN_BY.match(text.plain, one.end)
    ):
        return True
    if re.search(r"\b(?:team|department)$", one.words, re.I) and re.match(_SPEAKS, text.plain[one.end :], re.I):
        return True  # "our legal team wants it in the EU" tells of a wish, not of the use
    plural = one.words.endswith(("s", "ies")) and not re.search(r"\d", one.words)
    return (
        plural
        and re.search(r"\b(?:to|for|with|in|by|serves?|serving)\s+(?:[\w-]+\s+){0,2}$", text.before(one.start), re.I)
        is not None
    )


def duties(text: Text) -> list[Found]:
    return apply((*_DUTIES, _NO_ANNEX, *_MILITARY), text) + _by_point(text)


def _by_point(text: Text) -> list[Found]:
    """ "Annex III point 4", "Annex III 5(b)"; point 5 tells nothing without its letter."""
    results = []
    for match in text.finditer(_POINT):
        start, end = match.span()
        number, letter = (match.group(k) or match.group(f"{k}_") or "" for k in ("point", "letter"))
        point = f"5({letter.lower()})" if number == "5" and letter else number
        known = {point: sector for point, _, sector in _ANNEX}
        if point in known and not (text.general(start) or text.of_others(start) or text.negated(start, end)):
            results.append(found(text, "annex_iii", point, (start, end)))
            results += (
                [replace(found(text, "sector", known[point], (start, end)), derived=True)] if known[point] else []
            )
    return [one for one in results if one.act is Act.SET]


EXTRACTORS = (data, sector, duties)
