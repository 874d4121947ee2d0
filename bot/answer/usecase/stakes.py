# ruff: noqa: E501 - one pattern a line
"""What may not be traded away: the criteria that the asker calls essential."""

from bot.answer.usecase.found import Found, Rule, apply
from bot.answer.usecase.reading import Text

_CRITERIA: tuple[tuple[str, str], ...] = (
    ("C1", r"(?:low )?(?:costs?|prices?)"),
    ("C2", r"(?:predictable costs?|costs? (?:risk|predictability|certainty)|price stability)"),
    ("C3", r"(?:answer |output )?(?:quality|accuracy)"),
    ("C4", r"(?:data control|control (?:over|of) (?:the |our )?data|privacy)"),
    ("C5", r"(?:customisation|customization|deep customi[sz]ation)"),
    ("C6", r"(?:continuity|business continuity)"),
    ("C7", r"(?:time to (?:value|market)|speed to market)"),
    ("C8", r"(?:(?:low |little )?(?:operational burden|operations effort))"),
    ("C9", r"(?:transparency)"),
    ("C10", r"(?:security)"),
)
_IS = r"(?:is|are|remains?|'s)(?: (?:absolutely|really|simply|just|truly))?"
_ESSENTIAL = r"(?:essential|non-?negotiable|not negotiable|indispensable|not up for (?:negotiation|trade))"
_KEEPS = r"(?:won't|will not|would not|wouldn't|can't|cannot|never|not willing to|refuse to|must not)\s+(?:be )?(?:ever )?(?:trade|sacrifice|compromise on|give up|trade off)"
_RULES = tuple(
    Rule(
        name="essential",
        value=frozenset({code}),
        sure=True,
        pattern=rf"\b{noun} {_IS} {_ESSENTIAL}(?! (?:to|for) (?:them|others))|\b{_KEEPS} (?:away )?(?:the |our |any )?{noun}\b|\bno compromises? on (?:the )?{noun}\b|\bessential\s*:\s*{noun}\b",
    )
    for code, noun in _CRITERIA
)


def essential(text: Text) -> list[Found]:
    """Criteria by their code; "not essential" states none."""
    return [one for one in apply(_RULES, text) if " not essential" not in one.words]


EXTRACTORS = (essential,)
