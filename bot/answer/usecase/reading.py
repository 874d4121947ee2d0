# ruff: noqa: E501 - one pattern a line
"""A message as the extractors read it: sentences, clauses, and whether a place in it is denied, doubted or asked in general."""

import re
from collections.abc import Iterator
from functools import cached_property

from bot.answer.usecase.geography import written_over
from kb.patterns import compiled

_SAME_LENGTH = str.maketrans(
    {"\u00a0": " ", "\u2009": " ", "\u202f": " ", "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-"}
)
_SENTENCE_END = re.compile(
    r"(?<!\bmio)(?<!\bmln)(?<!\bmrd)(?<!\bapprox)(?<!\bca)(?<!\bavg)(?<!\be\.g)(?<!\bi\.e)(?<!\bincl)(?<!\bvs)(?<!\bresp)[.!?]+(?=\s|$)|[;\n]",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(
    r",(?!\d)|:(?=\s)|\s-+\s|[()]|(?<!anyone )(?<!anything )(?<!everything )(?<!everyone )(?<!nothing )(?<!all )(?<!nobody )(?<!none )\b(?:but|however|although|while|though|then|because)\b|\band\b(?=\s+(?:we|I|no|not|nobody|have|has|is|are|"
    r"don't|do|must|may|need|it|they|so|in|later|eventually|maybe|perhaps|possibly|might)\b)",
    re.IGNORECASE,
)
_NEGATOR = re.compile(
    r"\b(?:no|not|never|without|none|nobody|nothing|neither|nor|cannot|free of|rather than|instead of|lack(?:s|ing)?|isn't|aren't|"
    r"don't|doesn't|didn't|won't|can't|wouldn't|haven't|hasn't|no longer)\b|n't\b",
    re.IGNORECASE,
)
_NOT_REALLY = re.compile(
    r"\bnot (?:only|just|merely|least)\b|\bno (?:later|longer than|more than|matter|doubt|less)\b", re.IGNORECASE
)
_DENIED_AFTER = re.compile(
    r"^[^.?!;,]{0,30}?\b(?:(?:is|are|was|were)(?: not|n't)(?! (?:only|allowed|permitted|to)\b)|"
    r"(?:do|does|did|would|will)(?: not|n't) (?:apply|matter|exist)|"
    r"not (?:needed|required|necessary|involved|planned|relevant|an issue|at hand))\b",
    re.IGNORECASE,
)
_ANSWERED_NO = re.compile(
    r"\s*[?:]\s*(?:none|no|nope|nah|nothing|never|not (?:planned|needed|required|yet|for us|at all|really|allowed))\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:maybe|perhaps|possibly|might|later|eventually|some ?day|(?<!in )(?<!per )(?<!of )(?<!each )one day|in (?:the|a distant) future|down the road|at some point|"
    r"thinking (?:about|of)|(?:we|I) (?:may|could)(?! (?:not|only|never)\b)|consider(?:ing)?|not sure|unsure|undecided|would be nice|nice to have|ideally|optionally|(?:were|we|you) ever|"
    r"toy(?:ing)? with|hope(?:fully)?|prefer(?:red|ably|ence)?|would (?:buy|like to buy)|"
    r"(?:not|n't|unclear|open|undecided|unknown|debating|discussing|checking|no idea)\b[^.;?!,]{0,30}?\b(?:if|whether))\b",
    re.IGNORECASE,
)
_ESTIMATE = re.compile(
    r"\b(?:maybe|perhaps|possibly|(?:might|may|could) be)\s+(?:around |about |some |roughly |say |like |up to |as (?:many|much) as )*"
    r"(?:[~\d]|an? (?:hundred|thousand|million|billion|dozen)|half an? |two |three |four |five |six |seven |eight |nine |ten |twenty |thirty |fifty )",
    re.IGNORECASE,
)
_GROWS = r"(?:hits?|reach(?:es|ed)?|grows?|grew|goes|went|gets?|got|becomes?|became|exceed(?:s|ed)?|pass(?:es|ed)?|cross(?:es|ed)?|climbs?|rises?|rose)"
_NOT_YET = re.compile(
    rf"(?<!what )(?<!and )(?<!but )\b(?:if|in case|should)\s+(?:[\w']+\s+){{1,4}}?(?:were|was|had|ever|would|could|{_GROWS}|reach|hit|grow|decided?|wanted|needed|chose|moved|took|won|sold)\b|"
    rf"\b(?:once|when(?:ever)?|as soon as|until|by the time|the day)\s+(?:[\w']+\s+){{1,3}}?(?:ever\s+)?(?:{_GROWS}|reach|hit|grow)\b|"
    r"\bwere (?:we|I|it) to\b",
    re.IGNORECASE,
)
_WOULD_IF = re.compile(r"(?:\bwould\b|'d\b)[^.;?!]*?(?<!what )(?<!as )(?<!even )\bif\b", re.IGNORECASE)
_QUESTION = re.compile(
    r"^\W*(?:(?:and|so|but|ok|okay|hi|hello|hey)\W+)*(?:what(?:'s)?|which|who|whom|whose|when|where|why|how|does|do|did|is|are|was|"
    r"were|will|can|could|ha(?:s|ve)(?! to\b)|explain|tell|define|list|show|name|top \d+|compare|(?:the )?diff(?:erences?)? between|pros and cons|meaning of)\b",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(
    r"\b(?:[Ww]e(?:'\w+)?|[Oo]ur(?:s|selves)?|us|I(?:'\w+)?|[Mm]y)\b|(?i:\b(?:what if|what about|how about|and if)\b)"
)
_MEANING = re.compile(
    r"^\W*(?:explain|define|(?:the )?diff(?:erences?)? between|pros and cons|meaning of|what(?:'s| is| are) (?:an? |the )?(?!best|right|cheapest|good)|how (?:does|do)|why)\b(?!.*\b(?:best|better|choose|recommend|should)\b)",
    re.IGNORECASE,
)
_SCENARIO = re.compile(
    r"\b(?:[Ww]e(?:'re|'ve|'d|'ll)?|[Oo]ur(?:s|selves)?|us|I(?:'m|'ve|'d)?|[Mm]y)\b|"
    r"(?i:\b(?:what if|what about|how about|and if|suppose|assum\w+)\b|\b(?:for|can|may|should|could|must|whether) an? )"
)
# whose figures a sentence tells: the last of these before a place in it
_OWN = r"\b(?:[Ww]e|[Oo]urs?|us|I|[Mm]y)\b"
_LABS = (
    r"(?-i:Open ?AI|Anthropic|Google|Microsoft|Meta|Amazon|AWS|Azure|Mistral(?: AI)?|DeepSeek|Moonshot|Alibaba|NVIDIA|Nvidia|xAI|Together|"
    r"Fireworks|Groq|Cohere|OpenRouter|Scaleway|OVH(?:cloud)?|Nebius|Facebook|Apple|ChatGPT|Netflix|WhatsApp|Instagram|TikTok|Uber|Amazon)"
)
_REPORTS = (
    r"(?:promis(?:es|ed|ing)|guarantee[sd]?|claim(?:s|ed)?|advertis(?:es|ed)|quot(?:es|ed)|offer(?:s|ed)?|says|boasts?)"
)
_THIRD = (
    r"\b(?:our|the|an?|one|another|their|my|its) (?:[a-z-]+ )?(?:vendors?|suppliers?|provider|hoster)(?:'s?)?\b|"
    rf"\b(?:vendors?|suppliers?|providers?) (?={_REPORTS})|"
    r"(?:(?:our|the|an?|one|another|some|their|most|any|every|my|its)\s+)?(?:[a-z-]+\s+)?\b(?:competitors?|competition|rivals?|"
    r"sales (?:rep|guy|team|people)|salesman|press release|brochure|data ?sheet|white ?paper|leaderboard)(?:'s?)?\b(?: of ours)?|"
    r"\b(?:other|some|most|many) (?:compan\w+|firms?|banks?|insurers?|hospitals?|startups?|businesses|organi[sz]ations|people|teams?|shops)\b|"
    r"\b(?:another|some other) (?:[a-z]+ )?(?:company|firm|bank|insurer|hospital|startup|business|team|department|shop)\b|"
    r"\bsome(?:one|body)(?: else)?(?:'s)?\b|\b(?:an?|my|our) (?:old |former |previous |ex-)(?:employer|company|job|boss)\b|"
    r"\b(?:an?|my|our) (?:friend|acquaintance|neighbou?r|brother|sister|cousin)s?(?:'s?)?\b|"
    r"\bthere(?:'s| is| are) (?:an? |some |many )?(?:[a-z]+ )?(?:start-?ups?|compan(?:y|ies)|firms?|banks?|labs?|hosters?)\b|\b(?:heard|read|saw|reads?|hears?) (?:that|somewhere|on the|in the news|in an?|about)\b|"
    r"\b(?:our|the) (?:parent|mother|sister|holding)(?: (?:company|group|firm))?\b(?! of)|\bour (?:owner|main shareholder|investor)s?\b|"
    rf"{_LABS}(?:'s)?\s+(?:already |now |only |currently )?(?:has|have|had|said|serves?|charges?|reports?|reported|runs|gets|handles|sees|does|makes|made|process(?:es)?|announced|"
    rf"recommends?|will|would|can|caps?|limits?|allows?|supports?|{_REPORTS})\b"
)
_WHOSE = re.compile(
    rf"(?P<third>{_THIRD})(?P<reports>\s+(?:(?!must|should|has|have|needs?|shall)\w+\s+)?{_REPORTS}\b)?|(?P<own>{_OWN})|(?P<they>\b(?:they|their|theirs|them)\b)",
    re.IGNORECASE,
)
_WE_ARE = re.compile(r"\b(?:we|I)(?:'re|'m| are| am)\s+(?:also |only |just )?$", re.IGNORECASE)
_NO_SUBJECT = re.compile(
    r"\b(?<!according )(?:with|from|by|of|at|for|on|against|unlike|than|via|through|using|to|into|between|no|avoid|without)\s+$",
    re.IGNORECASE,
)
_DEALS = re.compile(
    r"\b(?:sell\w*|suppl(?:y|ies|ied)|deliver\w*|build\w*|built|develop\w*|made?|mak(?:es?|ing)|consult\w*|work (?:with|together)|compet\w+|partner\w*|talk\w*|spoke|met|heard|"
    r"merg\w+|switch\w*|migrat\w*)\b[^.;?!]{0,40}?\b(?:to|for|with|by|from|against|about|of) (?:an?|the|some)?\s*(?:[\w-]+ )?$|"
    r"\b(?:like|unlike|than|as|say|e\.g\.) (?:an?|some|any|the|other) (?:[\w-]+ )?$|\b(?:vs\.?|versus|another|other|every|any|some|most|many|each|rival|competing)\s+(?:[\w-]+ )?$|"
    r"\b(?:question|e?-?mail|request|letter|inquiry|visit|complaint|offer|news|call|message|invoice|quote)s? (?:from|by|of) (?:an?|the|some)\s+(?:[\w-]+ )?$",
    re.IGNORECASE,
)
_REQUIRED = re.compile(r"\b(?:must|has to|have to|should|needs? to|shall|required)\b", re.IGNORECASE)
_PAST = re.compile(
    r"\b(?:last (?:year|quarter|summer|winter|spring|autumn|fall|january|february|march|april|june|july|august|september|october|november|december)(?! of)|"
    r"used to (?!train|classify|summari|extract|generate)|previously|formerly|in the past(?! (?:year|12|twelve|month))|years? ago|months? ago|back then|until (?:last|this|recently)|"
    r"before (?:covid|the pandemic|the merger)|(?:in|back in|during) 20[12]\d(?=[^.;?!]*\b(?:had|did|was|were|ran|got|saw|handled)\b))\b|\bhad been\b",
    re.IGNORECASE,
)


class Text:
    """One message, or one in a thread, where "if" changes the case. Offsets are those of the message as given."""

    def __init__(self, text: str, *, in_thread: bool = False) -> None:
        self.plain = text.translate(_SAME_LENGTH)
        self.in_thread = in_thread
        self._sentences = _pieces(self.plain, _SENTENCE_END, 0, len(self.plain))
        self._clauses: dict[int, list[tuple[int, int]]] = {}

    @cached_property
    def placed(self) -> str:
        """The message with its places written over, for patterns with NAME and ADJECTIVE."""
        return written_over(self.plain)

    @cached_property
    def _whose(self) -> list[tuple[int, int, str]]:
        """Where somebody becomes the subject: start, end, and "own", "third" or "reports" (a third party's promise)."""
        told: list[tuple[int, int, str]] = []
        for match in _WHOSE.finditer(self.plain):
            who = "reports" if match.group("reports") else str(match.lastgroup)
            if who == "they":
                who = self._they(match, told)
            if who == "third" and _WE_ARE.search(self.plain[: match.start()]):
                who = "own"
            if who == "third" and _NO_SUBJECT.search(self.plain[: match.start()]):
                continue
            if who:
                told.append((match.start(), match.end(), who))
        return told

    def _they(self, match: re.Match[str], told: list[tuple[int, int, str]]) -> str:
        """Those told of last; at the very beginning somebody that the message does not tell of."""
        if told:
            return "own" if told[-1][2] == "own" else "third"
        if match.group().lower() == "them":
            return ""  # "rank them"
        return "third" if not self.in_thread and len(self.plain[: match.start()].split()) <= 1 else ""

    def placed_iter(self, pattern: str) -> Iterator[re.Match[str]]:
        return compiled(pattern).finditer(self.placed)

    def finditer(self, pattern: str) -> Iterator[re.Match[str]]:
        return compiled(pattern).finditer(self.plain)

    def search(self, pattern: str) -> re.Match[str] | None:
        return compiled(pattern).search(self.plain)

    def sentence(self, at: int) -> tuple[int, int]:
        return next((s for s in self._sentences if s[0] <= at < s[1]), (0, len(self.plain)))

    def clause(self, at: int) -> tuple[int, int]:
        start, stop = self.sentence(at)
        pieces = self._clauses.setdefault(start, _pieces(self.plain, _CLAUSE_END, start, stop))
        return next((p for p in pieces if p[0] <= at < p[1]), self.sentence(at))

    def before(self, at: int) -> str:
        """The clause up to here."""
        return self.plain[self.clause(at)[0] : at]

    def clause_text(self, at: int) -> str:
        return self.plain[slice(*self.clause(at))]

    def labelled(self, at: int) -> str:
        """The clause, with the label before its colon: "Monthly budget: 15k"."""
        start, end = self.clause(at)
        if start and self.plain[:start].endswith(":"):
            start = self.clause(start - 1)[0]
        return self.plain[start:end]

    def sentence_text(self, at: int) -> str:
        return self.plain[slice(*self.sentence(at))]

    def denied_before(self, at: int) -> bool:
        """A negator before in the clause."""
        return bool(_NEGATOR.search(_NOT_REALLY.sub(" ", self.before(at))))

    def negated(self, start: int, end: int) -> bool:
        """A negator before in the clause, or "is not needed" and the like after it."""
        after = self.plain[end : self.sentence(start)[1]]
        if _ANSWERED_NO.match(self.plain, end):
            return True
        return self.denied_before(start) or bool(_DENIED_AFTER.search(after))

    def hedged(self, at: int) -> bool:
        """Said as a possibility in this clause or the words that lead to it; in a thread "if" is a wish to see it so."""
        start, end = self.clause(at)
        clause = _ESTIMATE.sub(" ", self.plain[start:end])
        return bool(_HEDGE.search(clause)) or (not self.in_thread and self._supposed(at))

    def _supposed(self, at: int) -> bool:
        """Within "if we were ...", "once we reach ...", or before "would ... if"."""
        start, end = self.clause(at)
        if _NOT_YET.search(self.plain, start, end):
            return True
        return any(m.start() <= at < m.end() for m in _WOULD_IF.finditer(self.plain, *self.sentence(at)))

    def general(self, at: int) -> bool:
        """A question of general interest, not of the asker's own case."""
        sentence = self.sentence_text(at)
        return bool(_QUESTION.search(sentence)) and not _SCENARIO.search(sentence)

    def impersonal(self, at: int) -> bool:
        """A question in which nobody says "we": "is 128k context enough for a book?"."""
        sentence = self.sentence_text(at)
        return bool(_QUESTION.search(sentence)) and not _FIRST_PERSON.search(sentence)

    def explained(self, at: int) -> bool:
        """A question after the meaning of a thing: "difference between RAG and fine-tuning?"."""
        return self.general(at) and bool(_MEANING.search(self.sentence_text(at)))

    def of_others(self, at: int) -> bool:
        """A third party's figure, unless it is asked of them: "the vendor must give us 99.9%" is the asker's wish."""
        start, _ = self.sentence(at)
        told = [w for w in self._whose if start <= w[0] < at]
        if not told:
            return False
        promised = any(who == "reports" for _, _, who in told)
        if told[-1][2] == "own" and not promised:
            return False
        return not _REQUIRED.search(self.plain, told[-1][1], at)

    def dealt_with(self, at: int) -> bool:
        """Somebody that the asker sells to, builds for, competes with: "we sell to a Dutch | bank"."""
        return bool(_DEALS.search(self.before(at)))

    def past(self, at: int) -> bool:
        start, end = self.clause(at)
        return bool(_PAST.search(self.plain[start:end]))


def _pieces(text: str, ends: re.Pattern[str], start: int, stop: int) -> list[tuple[int, int]]:
    pieces = []
    for match in ends.finditer(text, start, stop):
        pieces.append((start, match.end()))
        start = match.end()
    return [*pieces, (start, stop)] if start < stop else pieces
