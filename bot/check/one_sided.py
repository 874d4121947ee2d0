"""What an article says of one side only, though facts bear on the other too. Pure."""

from collections.abc import Iterable, Mapping

from bot.check.aspects import aspects, bearings
from bot.check.values import Finding, Judged, Weighed
from bot.check.weigh import best_first
from kb.types import FactView, Status

# Of the same kind on either side: whoever weighs one has to know the other.
_OTHER_SIDE = {
    "security-risk/open": "security-risk/closed",
    "security-risk/closed": "security-risk/open",
    "predictable-cost/closed": "predictable-cost/self-host",
    "predictable-cost/self-host": "predictable-cost/closed",
    "customisable/closed": "customisable/open",
    "customisable/open": "customisable/closed",
    "transparent/closed": "transparent/open",
    "transparent/open": "transparent/closed",
}
_MOST = 3


def not_said(claims: Iterable[Judged], facts: Mapping[str, FactView]) -> list[Finding]:
    """One finding an aspect that the article leaves out; confirmed by what is on record, or it would not be here."""
    said = list(dict.fromkeys(claim.finding.topic for claim in claims))
    missing = [other for topic in said if (other := _OTHER_SIDE.get(topic)) and other not in said]
    labels = {aspect.id: aspect.label for aspect in aspects()}
    found: list[Finding] = []
    for topic in dict.fromkeys(missing):
        rows = [facts[key] for key, bearing in bearings().get(topic, ()) if key in facts and bearing in "+-"]
        views = [view for view in rows if view.status is not Status.SUPERSEDED][:_MOST]
        evidence = best_first([Weighed(view, "context") for view in views])
        if evidence:
            found.append(Finding(topic, labels[topic], "unverifiable", "The article does not speak of it.", evidence))
    return found
