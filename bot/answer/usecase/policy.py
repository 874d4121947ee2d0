# ruff: noqa: E501 - one pattern a line
"""Who is kept out: vendors, origins of weights, hosts by country."""

import re
from dataclasses import replace
from itertools import pairwise

from bot.answer.usecase.found import Act, Found, found
from bot.answer.usecase.geography import ADJECTIVE, ALSO_ADJECTIVE, ALSO_NAME, NAME, codes_in
from bot.answer.usecase.reading import Text

_VENDORS: dict[str, str] = {
    "openai": r"Open ?AI",
    "anthropic": r"Anthropic",
    "google": r"Google",
    "microsoft": r"Microsoft",
    "azure": r"Azure",
    "amazon": r"Amazon|AWS",
    "bedrock": r"Bedrock",
    "vertex": r"Vertex",
    "meta": r"(?-i:Meta)\b|Facebook",
    "xai": r"x\.?AI\b",
    "nvidia": r"NVIDIA",
    "mistral": r"Mistral(?: AI)?",
    "cohere": r"(?-i:Cohere)",
    "deepseek": r"DeepSeek",
    "moonshot": r"Moonshot(?: AI)?",
    "zai": r"Z\.ai|Zhipu",
    "alibaba": r"Alibaba",
    "minimax": r"MiniMax",
    "tencent": r"Tencent",
    "xiaomi": r"Xiaomi",
    "together": r"(?-i:Together)(?: AI)?",
    "fireworks": r"(?-i:Fireworks)(?: AI)?",
    "deepinfra": r"Deep ?Infra",
    "groq": r"Groq",
    "openrouter": r"OpenRouter",
    "ovhcloud": r"OVH(?:cloud)?",
    "scaleway": r"Scaleway",
    "nebius": r"Nebius",
}
_VENDOR = "|".join(rf"(?P<v_{slug}>{names})" for slug, names in _VENDORS.items())
_A_VENDOR = rf"\b(?:{_VENDOR})(?!\w|[- ]?(?:[VRK]?\d|Large|Small|Medium|Pro\b|Flash\b|H\d))"
_NOT = (
    r"(?:\bno\b|\bnot\b|\bnever\b|\bneither\b|n't\b|\bcannot\b|\bwithout\b|\bexclud\w+|\bban(?:s|ned)?\b|\bavoid(?:ing)?\b|\brefus\w+|\bforbids?\b|"
    r"\banything but\b|\b(?:except|excluding)\b|\banyone but\b|\brul(?:e|es|ed) out\b|\bbar(?:s|red)?\b|\bblock(?:s|ed|list\w*)?\b)"
)
_OUT = (
    r"(?:(?:is|are|must be|remain|stays?)\s+(?:both |all |also |simply |strictly )?)?(?:\b(?:out|off the table|off[- ]limits|taboo|no option|excluded|forbidden|banned|not allowed|not an option|ruled out|"
    r"prohibited|blocked|not acceptable|unacceptable|a no-go)\b|,?\s*no(?=\s*(?:[.;!]|$))|\b(?:is|are) not(?=\s*(?:[.;!]|$))|\b(?:can't|cannot|may not|must not|mustn't|won't|shouldn't) be (?:used|considered|chosen|bought|run|hosted)\b)"
)
_ALLOWED = r"\b(?:allowed|fine|ok|okay|acceptable|welcome|permitted|back in)\b"
_ALLOWED_NOW = r"\s*(?:(?:were|was|is|are|becomes?|became|would be|'s)\s+)(?:now |again |after all |also )*(?:allowed|fine|ok|okay|acceptable|permitted|back in|approved)\b"
_LISTED = r"^\W*(?:(?:and|or|nor)\b\W*(?:no |not |so (?:is|are) )?)?$"
# what is barred decides which field it is: the weights' origin, the host, or both
_KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"(?:-| )?(?:(?:origin(?:ated)?|made|trained|built|developed) )?(?:open[- ])?(?:models?|weights?|LLMs?)\b", ("excluded_origins",)),
    (r"(?:-| )?(?:(?:run|operated|owned|controlled|based) )?(?:hosted|hosting|APIs?|clouds?(?![- ]Act)|servers?|hosts?|providers?|endpoints?|hyperscalers?|operators?|parent(?: compan\w+)?|services?)\b", ("excluded_hosts",)),
    (r"(?:-| )?(?:vendors?|compan(?:y|ies)|firms?|suppliers?|labs)\b", ("excluded_origins", "excluded_hosts")),
)  # fmt: skip
_HOSTING = r"(?:hosts?|hosting|runs?|running|operat(?:es?|ing)|serv(?:es?|ing)|process(?:es|ing)?|handles?|handling|sees?|stores?)"
_MAKING = r"(?:made|makes?|train(?:s|ed)?|built|builds?|develop(?:s|ed)?|released?)"
_UNDER_LAW = rf"\b(?:operators?|providers?|hosts?|companies) under {ADJECTIVE} law\b"
_MADE_IN = rf"\b(?:models?|weights|anything|nothing|LLMs?)\b(?:\s+(?:that|which|is|are|was|were|not|made|built|developed|trained|coming|comes))*\s+(?:in|from|of)\s+{NAME}"
_THAT_IS = rf"\b{{kind}}\s+(?:that|which|who)(?:\s+(?:is|are|comes?|sits?)|'s)\s+(?:from |in |an? )?(?P<place>{ALSO_NAME}|{ALSO_ADJECTIVE})"
_FROM = rf"\b{{kind}}\s+(?:from|in|out of|based in|located in)\s+(?P<place>{ALSO_NAME})"
_OR_ALSO = rf"{ALSO_ADJECTIVE}\s*(?:,|/|\bor\b|\band\b|\bnor\b)\s*$"
_OR_ELSE = rf"^\s*(?:,|/|\bor\b|\band\b|\bnor\b)\s*(?:from |in )?{ALSO_NAME}"


def countries(text: Text) -> list[Found]:
    """Origins and hosts kept out; "no US or Chinese vendors" names two."""
    results: list[Found] = []
    for kind, names in _KINDS:
        for match in text.placed_iter(rf"{ADJECTIVE}{kind}"):
            also = re.search(_OR_ALSO, text.placed[text.clause(match.start())[0] : match.start()], re.I)
            codes = codes_in(match.group("place") + " " + (also.group() if also else ""))
            results += _country(text, match, names, codes)
        for match in text.placed_iter(_THAT_IS.format(kind=kind.removeprefix("(?:-| )?"))):
            results += _country(text, match, names, codes_in(match.group("place")))
        for match in (
            text.placed_iter(_FROM.format(kind=kind.removeprefix("(?:-| )?"))) if "excluded_hosts" in names else ()
        ):
            results += _country(text, match, names, codes_in(match.group("place")))
    for match in text.placed_iter(_UNDER_LAW):
        results += _country(text, match, ("excluded_hosts",), codes_in(match.group("place")))
    return results + _made_in(text)


def _country(text: Text, match: re.Match[str], names: tuple[str, ...], codes: list[str]) -> list[Found]:
    if text.general(match.start()) or text.of_others(match.start()) or "eu" in codes:
        return []
    after = text.plain[match.end() : text.clause(match.start())[1]]
    made = [found(text, name, frozenset(codes), match.span()) for name in _done_by_it(names, after)]
    before = text.before(match.start())
    usable = re.search(_ALLOWED, after, re.I) or re.search(
        r"\b(?:can|could|may|allowed to) (?:use|take|have)\s*$", before, re.I
    )
    if usable and not re.search(r"\bnot?\b|n't", after + before, re.I):
        return [replace(f, act=Act.REMOVE) for f in made]
    earlier = text.plain[text.sentence(match.start())[0] : match.start()]
    barred = re.search(_NOT, before, re.I) or re.match(rf"\s*(?:[\w-]+\s+){{0,2}}?{_OUT}", after, re.I)
    barred = barred or (re.match(r"\s*(?:too|as well|also)\b", after, re.I) and re.search(_OUT, earlier, re.I))
    return made if barred and not re.search(r"\bnot only\b|\bwhether\b|\bproblem\b", before + after, re.I) else []


def _done_by_it(names: tuple[str, ...], after: str) -> tuple[str, ...]:
    """ "No Chinese company hosts it" says nothing of the weights, "no model that a US firm trained" nothing of hosts."""
    for verbs, barred in ((_HOSTING, "excluded_hosts"), (_MAKING, "excluded_origins")):
        if barred in names and re.match(
            rf"\s*(?:(?:may|must|can|could|should|is allowed to|ever) )*{verbs}\b", after, re.I
        ):
            return (barred,)
    return names


def _made_in(text: Text) -> list[Found]:
    """ "not from the US or China", "nothing made in China"."""
    results = []
    for match in text.placed_iter(_MADE_IN):
        after = text.plain[match.end() : text.clause(match.start())[1]]
        barred = re.search(rf"{_NOT}|\bnothing\b", text.before(match.start()) + match.group(), re.I) or re.match(
            rf"\s*{_OUT}", after, re.I
        )
        also = re.search(_OR_ELSE, text.placed[match.end() : text.sentence(match.start())[1]], re.I)
        codes = codes_in(match.group("place") + " " + (also.group() if also else ""))
        if (
            barred
            and not text.general(match.start())
            and "eu" not in codes
            and not re.search(r"\bhosted|run|servers\b", match.group())
        ):
            results.append(found(text, "excluded_origins", frozenset(codes), match.span()))
    return results


def vendors(text: Text) -> list[Found]:
    """ "no OpenAI", "anything but Google", "xAI is out"; a list after a negator is barred whole."""
    results: list[Found] = []
    named = [m for m in text.finditer(_A_VENDOR) if not text.general(m.start()) and not text.of_others(m.start())]
    for match in named:
        if re.match(_ALLOWED_NOW, text.plain[match.end() :], re.I):
            results.append(replace(_excluded(text, match), act=Act.REMOVE))
        elif _barred(text, match, results):
            results.append(_excluded(text, match))
    for match, following in reversed(list(pairwise(named))):  # "Anthropic and OpenAI are out"
        known = {f.start for f in results if f.act is Act.SET}
        joined = re.search(_LISTED, text.plain[match.end() : following.start()], re.I)
        if joined and following.start() in known and match.start() not in known:
            results.append(_excluded(text, match))
    return results


def _excluded(text: Text, match: re.Match[str]) -> Found:
    slug = next(k[2:] for k, said in match.groupdict().items() if said)
    return found(text, "excluded_vendors", frozenset({slug}), match.span())


def _barred(text: Text, match: re.Match[str], earlier: list[Found]) -> bool:
    before = text.before(match.start())
    after = text.plain[match.end() : match.end() + 60]
    if re.search(
        rf"{_NOT}\s+(?:(?:be )?(?:allowed to |permitted to )?(?:us(?:e|ing)|work(?:ing)? with|buy(?:ing)? from|rely on|touch|go with|want|recommend|suggest|offer|(?:(?:anything|models?|weights|products?|services?|APIs?|clouds?|LLMs?|stuff) )?(?:made |hosted |run |sold |built |coming |that comes )?(?:from|by|of)|any (?:models?|products?|services?) (?:from|by|of)|to do with|the|any)\s+)*$|"
        r"\b(?:nothing|none)\s+(?:made |hosted |run |sold |built |coming )?(?:from|by|of|to do with)\s+(?:the )?$|\b(?:steer(?:ing)? clear of|stay(?:ing)? away from|boycott\w*|black-?list\w*|distrust|don't trust|do not trust)\s+(?:the )?$",
        before,
        re.I,
    ):
        return True
    if re.match(rf"(?:'s)?\s*(?:APIs?|models?|services?)?\s*(?:[?:]\s*)?{_OUT}", after, re.I) or re.search(
        r"\band so (?:is|are)\s+$", text.plain[: match.start()], re.I
    ):
        return True
    return any(
        f.end <= match.start() and re.search(_LISTED, text.plain[f.end : match.start()], re.I) for f in earlier[-1:]
    )


EXTRACTORS = (countries, vendors)
