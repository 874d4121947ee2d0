"""Items held against what better sources say, and the subjects that they name. Pure; no language model.

::

    item version -> sentences -> one rule a kind of claim -> "contradicts <fact> (<publisher>, tier n)"
                 -> title and beginning -> the catalogue's subjects named there, exact about versions

Only press and opinion are held against facts: what a vendor or a lawgiver says anew is no contradiction but news. A
rule speaks where a sentence states the contrary plainly; what is flagged is kept, found by admins, and never quoted.
"""

from collections.abc import Callable, Iterator

from ingest.propose.names import Names
from ingest.propose.sentences import Document, sentences
from ingest.vet.claims import licences, openness, prices, releases, sizes, unheld
from ingest.vet.known import Claim, Known
from ingest.vet.words import articles, denied, shares, years
from kb.types import Fact, Tier

__all__ = ["CONTRADICTS", "RULES", "Known", "contradictions", "entities", "flags"]

RULES = 1  # of these rules; raise it when they change what they find
CONTRADICTS = "contradicts "
MOST = 5  # contradictions named of one version
ENTITY_CHARS = 600  # what an item is about is named at its beginning
ENTITY_KINDS = ("vendor", "provider", "licence", "regime")

_RULES: tuple[Callable[[Claim], Iterator[Fact]], ...] = (
    releases, years, openness, licences, sizes, unheld, prices, shares, denied, articles,
)  # fmt: skip


def contradictions(document: Document, names: Names, known: Known) -> list[Fact]:
    """The facts of better sources that the text contradicts, each once."""
    if document.tier < Tier.PRESS:
        return []
    found: dict[str, Fact] = {}
    for sentence in sentences(document):
        claim = Claim(sentence, names, known)
        for rule in _RULES:
            found |= {fact.statement: fact for fact in rule(claim)}
    return sorted(found.values(), key=lambda fact: fact.tier)[:MOST]


def flags(document: Document, names: Names, known: Known) -> tuple[str, ...]:
    """As flags of an item version: what is contradicted, who says it and how good a source that is."""
    return tuple(
        f"{CONTRADICTS}{fact.statement.strip().rstrip('.')} ({fact.publisher or fact.source_title}, tier {fact.tier})"
        for fact in contradictions(document, names, known)
    )


def entities(title: str, text: str, names: Names) -> tuple[str, ...]:
    """Subjects that the catalogue holds: models of the very version named, vendors, hosts, licences, laws."""
    said = f"{title}\n{text[:ENTITY_CHARS]}"
    held = {subject for subjects in names.lexicon.get("model", {}).values() for subject in subjects}
    found = [m.subject for m in names.models(said) if len(m.subjects) == 1 and m.subject in held]
    for kind in ENTITY_KINDS:
        found += [m.subject for m in names.find(said, kind) if len(m.subjects) == 1]
    return tuple(dict.fromkeys(found))
