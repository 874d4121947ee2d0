# ruff: noqa: E501 - one pattern a line
"""Which options a question wants weighed: all of them, the models it names, or those against a whole kind.

"Llama 4 or Kimi K2.5?"            only these two
"Llama 4 or a closed model?"       Llama 4 and every closed model
"is Llama 4 right for us?"         every option, with a word on Llama 4 in the verdict
"is self-hosting worth it?"        every option, with a word on self-hosting
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.answer.usecase import parse
from bot.answer.usecase.reading import Text
from bot.answer.usecase.shortlist import shortlist
from kb.decide.use_case import CLOSED, OPEN, SELF_HOSTING, Origin, UseCase

_I = re.IGNORECASE
_BOUND = re.compile(
    r"\b(?:only|just|solely|nothing but|shortlist\w*|narrowed|limited to|restricted to|standardi[sz]ed on|has to be|must be)\b",
    _I,
)
_MODEL = r"(?:[- ](?:source|weights?))?(?: (?:AI |LLM )?(?:models?|ones?|alternatives?|APIs?|vendors?|weights|something|thing))?\b"
_JOINED = r"(?:\bor|\bvs\.?|\bversus|\bagainst|\binstead of|\brather than|\bthan|\bby|\bwith|\bto|\bfor)(?: (?:an?|the|some|any|something|bigger|smaller|cheaper|better|good|large|small|go|going|use)){0,3} "
_KINDS = ((OPEN, r"open"), (CLOSED, r"(?:closed|proprietary|commercial)"))
_REPLACES = r"\b(?:replac\w+|substitut\w+|instead of|rather than|or|beat|match|vs\.?)\b"
_SELF_HOSTING = re.compile(
    r"\bself[- ]?host\w*|\bown(?:ing)? (?:our |the )?(?:GPUs?|hardware|[HB]\d{3}s?)|\b(?:rent|buy)\w* (?:our |the )?(?:own |\w+ )?(?:GPUs?|[HAB]\d{2,3}s?)\b|"
    r"\b(?:on[- ]prem\w*|our own (?:\w+ )?(?:GPUs?|servers|hardware))\b",
    _I,
)


def read_use_case(text: str, *, earlier: UseCase | None, models: Mapping[str, str]) -> UseCase:
    """A message parsed, with the options that it wants weighed."""
    use_case = parse(text, earlier=earlier, models=models)
    return widened(text, use_case, models)


def widened(text: str, use_case: UseCase, models: Mapping[str, str]) -> UseCase:
    """The use case as parsed from this message, its shortlist made what the message means by it."""
    found = shortlist(Text(text), models)
    named = frozenset(slug for one in found if isinstance(one.value, frozenset) for slug in one.value)
    words = ", ".join(dict.fromkeys(one.words for one in found))
    kind = _other_kind(text) if named else None
    own_gpus = _SELF_HOSTING.search(text)
    asked = frozenset({SELF_HOSTING}) if own_gpus and _is_asked(text) else frozenset()
    if kind:
        use_case = _told(use_case, "shortlist", named | {kind}, words)
        asked |= named
    elif len(named) == 1 and use_case.shortlist == named and not _BOUND.search(text):
        use_case = _told(use_case, "shortlist", frozenset(), "")
        asked |= named
    if not asked:
        return use_case
    return _told(use_case, "asked_about", asked, words or (own_gpus.group() if own_gpus else ""))


def _told(use_case: UseCase, name: str, value: frozenset[str], words: str) -> UseCase:
    origins = {key: origin for key, origin in use_case.origins.items() if key != name}
    if value:
        origins[name] = Origin(kind="stated", words=words)
    return replace(use_case, origins=origins, **{name: value})  # type: ignore[arg-type]


def _other_kind(text: str) -> str | None:
    """The one kind of model that the named ones are set against."""
    kinds = [
        token
        for token, word in _KINDS
        if re.search(rf"{_JOINED}{word}{_MODEL}", text, _I)
        or re.search(rf"\b{word}{_MODEL}[^?.!]{{0,40}}{_REPLACES}", text, _I)
    ]
    return kinds[0] if len(kinds) == 1 else None


def _is_asked(text: str) -> bool:
    """Self-hosting as the question, not as a settled condition ("it must be on-prem", "self-hosted only")."""
    return not re.search(r"\b(?:must|only|has to|have to|required?|policy|no cloud|air[- ]?gap\w*)\b", text, _I)
