"""Dated facts proposed from the text of items, by patterns over sentences; no language model.

::

    item version -> sentences -> names, dates, doubt -> one pattern a kind -> proposals, each with its quote

A proposal is a fact that somebody must still believe: `kb.facts.agree` or an admin. What is not stated plainly
(denied, asked, expected, compared, past, somebody else's words) yields nothing: a missed fact costs little, a wrong
one much.
"""

from collections.abc import Callable, Iterator

from ingest.propose.duty import duties
from ingest.propose.found import Found, Reading
from ingest.propose.licence import licences, thresholds
from ingest.propose.names import Names
from ingest.propose.price import prices
from ingest.propose.release import releases
from ingest.propose.retirement import retirements
from ingest.propose.sentences import Document, Sentence, sentences
from kb.types import PROPOSAL, FactDraft

__all__ = ["PATTERNS", "Document", "Names", "Sentence", "propose", "read"]

PATTERNS = 1  # of these patterns; raise it when they change what they find

_KINDS: tuple[Callable[[Reading], Iterator[Found]], ...] = (releases, licences, thresholds, prices, duties, retirements)


def read(sentence: Sentence, names: Names) -> list[Found]:
    """What one sentence states, each fact once."""
    reading = Reading(sentence, names)
    found = {(f.subject, f.field): f for kind in _KINDS for f in kind(reading)}
    return list(found.values())


def propose(document: Document, names: Names) -> list[FactDraft]:
    """The facts that an item version states. What it states in two ways that disagree is left out."""
    told: dict[str, FactDraft] = {}
    torn = set()
    for sentence in sentences(document):
        for found in read(sentence, names):
            draft = _draft(sentence, found)
            if draft.key in told and told[draft.key].value != draft.value:
                torn.add(draft.key)
            told.setdefault(draft.key, draft)
    return [draft for key, draft in told.items() if key not in torn]


def _draft(sentence: Sentence, found: Found) -> FactDraft:
    document = sentence.document
    return FactDraft(
        key=f"{PROPOSAL}{document.item_id}/{found.subject}/{found.field}",
        subject=found.subject,
        field=found.field,
        value=found.value,
        unit=found.unit,
        statement=found.statement,
        source_url=document.url,
        source_title=document.title,
        publisher=document.publisher,
        tier=document.tier,
        known_from=document.known_from,
        valid_from=found.valid_from,
        qualifiers=found.qualifiers,
        locator=sentence.place,
        quote=sentence.text,
        item_version_id=document.version_id,
    )
