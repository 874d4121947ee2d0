"""What a sentence must not be for us to take it at its word: denied, doubted, asked, conditional, reported, past."""

import re

_QUESTION = re.compile(r"\?|^(?:is|are|does|do|did|will|can|could|should|why|when|what|which|how)\b.*\?", re.IGNORECASE)
_REASONS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("a question", _QUESTION),
    ("negated", re.compile(r"\b(?:not|never|neither|nor|cannot|without|no longer|no (?:earlier|sooner|later|plans?)|"
                           r"den(?:y|ies|ied))\b|n['’]t\b", re.IGNORECASE)),
    ("conditional", re.compile(r"\b(?:if|unless|whether|assuming|suppose|imagine|were to|as long as|in case)\b",
                               re.IGNORECASE)),
    ("not certain", re.compile(
        r"\b(?:could|would|might|should|may(?! \d)|possibly|perhaps|maybe|probably|likely|supposedly|apparently|seems?|"
        r"expect(?:s|ed|ing)?|anticipat\w+|hop(?:es?|ing)|aims?|plan(?:s|ned|ning)? to|intends?|consider(?:s|ing)|"
        r"propos(?:es?|ed|al|ing)|scheduled to be decided|due to|slated|predict\w*|forecast\w*|estimat\w+|coming soon|"
        r"coming (?:weeks|months)|delay(?:s|ed)?|postpone[sd]?)\b", re.IGNORECASE)),
    ("hearsay", re.compile(
        r"\b(?:reportedly|rumou?r\w*|alleged\w*|leak(?:s|ed|ing)?|speculat\w+|unconfirmed|according to|claims?|claimed|"
        r"insiders?|sources say|is said to|joked?|teas(?:es|ed)|hint(?:s|ed))\b", re.IGNORECASE)),
    ("of another time", re.compile(
        r"\b(?:used to|previously|formerly|originally|once (?:cost|was)|had been|back when|in the past)\b",
        re.IGNORECASE)),
    ("someone else's words", re.compile(r"[\"“”«»](?:[^\"“”«»\s]+\s+){2,}[^\"“”«»]*[\"“”«»]")),
)  # fmt: skip
_COMPARED = re.compile(
    r"\b(?:than|unlike|versus|vs\.?|compared|comparable|against|rivals?|competitors?|instead of|whereas|while|"
    r"undercut\w*|half|twice|times|same price)\b",
    re.IGNORECASE,
)


def doubtful(text: str) -> str | None:
    """Why the sentence states nothing by itself, or None."""
    return next((reason for reason, pattern in _REASONS if pattern.search(text)), None)


def compared(text: str) -> bool:
    """Whether a figure in the sentence may be another's."""
    return _COMPARED.search(text) is not None
