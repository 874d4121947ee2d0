"""Words on which the sense of a sentence turns, by what they do. Data only."""

import re

CUES = {
    name: re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for name, words in {
        "no": r"not|no|never|none|neither|nor|nothing|nobody|cannot|without",
        "deny": r"unless|except|exempt\w*|excluded?\w*|free from|prohibit\w*|forbid\w*|banned?|bars?|rul(?:es|ed) out|"
        r"only|unaffected|silent|relieved",
        "must": r"must|shall|has to|have to|had to|required?|obliged?s?|needs? to|mandatory|obligat\w+|duty|duties",
        "may": r"may|can|could|might|allowed|permitted|free to|optional|possible|able to|entitled",
        "should": r"should|ought|recommend\w*|encourag\w*|invited|advis\w*|ideally|preferably|consider",
        "plan": r"plan\w*|propos\w*|expected|would|soon|later|intend\w*|aims?|some day|future",
        "all": r"all|every|each|any|always|whatever|whole|whether or not",
        "only": r"only|solely|alone|exclusively|merely|just",
        "even": r"even|also|too|regardless|still",
        "both": r"both|at the same time|together|jointly",
        "either": r"or|either",
        "if": r"if|unless|where|when|provided|except|once",
        "before": r"before|prior|ahead|until|beforehand|first|advance",
        "after": r"after|following|since|from|then|afterwards",
        "more": r"more|over|above|exceed\w*|at least|higher|minimum|least",
        "less": r"less|under|below|up to|at most|lower|maximum|no more|within|cap\w*",
        "self": r"itself|themselves|own|himself|instead|replaced|rather",
        "past": r"was|were|has been|have been|had",
        "will": r"will|going to",
    }.items()
}
ACTOR = re.compile(
    r"\b(providers?|deployers?|importers?|distributors?|manufacturers?|representatives?|bod(?:y|ies)|commission|council|"
    r"parliament|office|board|authorit(?:y|ies)|member states?|licensees?|licensors?|users?|developers?|contributors?|"
    r"recipients?|compan(?:y|ies)|undertakings?|persons?|you|input|output|cached)\b",
    re.IGNORECASE,
)
