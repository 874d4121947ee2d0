"""Article -> claims with verdicts: the judges in order, one claim a comparison, the rest unverifiable. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from bot.answer.book import FactBook
from bot.check import (
    conditions,
    duties,
    figures,
    gates,
    hosting,
    law,
    licences,
    models,
    openness,
    origin,
    penalties,
    prices,
    reliefs,
    themes,
    unknown,
)  # fmt: skip
from bot.check.contract import Verdict
from bot.check.coverage import covered
from bot.check.guard import EXACT_TOPICS, guarded, left_open
from bot.check.reading import readings
from bot.check.same import same_statement
from bot.check.split import pieces
from bot.check.values import Finding, Judged, Piece, Reading, Weighed
from bot.check.weigh import best_first
from kb.facts.fields import prefix_of
from kb.types import FactView

Judge = Callable[[Reading, FactBook], Iterator[Finding]]
EXACT: Sequence[Judge] = (
    models.judge, openness.judge, origin.judge, licences.judge, conditions.judge, gates.judge, prices.judge, law.judge,
    penalties.judge, duties.judge, reliefs.judge, hosting.judge, figures.judge, unknown.judge,
)  # fmt: skip
NOTHING = "No fact on record settles it."
OPINION, FUTURE = "An opinion: there is nothing to measure it by.", "It lies in the future, which no source can know."
GRAVEST: Sequence[Verdict] = ("contradicted", "qualified", "confirmed", "unverifiable")
_LEAST_WORDS = 3  # of a clause that says something
PART = "The claim says more than the evidence speaks of; on record is this"
_RELATED_COVERAGE = 0.34


def judged(text: str, book: FactBook, day: date) -> tuple[list[Judged], list[Piece]]:
    """The claims in the order of the text, and what was set apart."""
    found = pieces(text)
    facts = {view.fact.key: view for view in book.views}
    claims = [
        claim
        for piece, clauses in readings(found, book.names, day)
        for claim in _of_sentence(piece, clauses, book, facts)
    ]
    return claims, [p for p in found if p.set_apart]


def _of_sentence(
    piece: Piece, clauses: Sequence[Reading], book: FactBook, facts: Mapping[str, FactView]
) -> list[Judged]:
    """Each topic once a sentence, and each clause with a figure of its own; each knows the worst of them."""
    found, silent = list[Judged](), False
    for reading in clauses:
        seen = {claim.finding.topic for claim in found}
        new = [f for f in _findings(reading, book, facts, alone=len(clauses) == 1) if f.topic not in seen]
        found += [Judged(reading.text, reading.start, reading.kind, _with_near(f, piece, book)) for f in _once(new)]
        part = not new and reading.text != piece.text
        silent = silent or (part and len(reading.text.split()) >= _LEAST_WORDS)
        if part and _states(reading):
            found.append(Judged(reading.text, reading.start, reading.kind, _nothing(reading, piece, book)))
    if not any(claim.finding.topic for claim in found):
        whole = max(clauses, key=lambda r: len(r.text))
        return [Judged(piece.text, piece.start, whole.kind, _nothing(whole, piece, book))]
    return _as_a_whole(found, clauses, book, silent=silent)


def _as_a_whole(found: list[Judged], clauses: Sequence[Reading], book: FactBook, *, silent: bool) -> list[Judged]:
    """A sentence is confirmed where all of it is: what no evidence speaks of keeps it open, and its one claim too."""
    gravest = min((claim.finding.verdict for claim in found), key=GRAVEST.index)
    findings = [claim.finding for claim in found]
    whole = clauses[-1]
    if gravest != "confirmed" or (not silent and covered(whole, findings, book) and all(f.topic for f in findings)):
        return [replace(claim, whole=gravest) for claim in found]
    told = [claim for claim in found if claim.finding.topic]
    if len(told) == 1 and told[0].finding.topic.startswith(EXACT_TOPICS):
        kept = covered(_clause_of(told[0], clauses), findings, book)
        found = found if kept else [_left_open(c) if c is told[0] else c for c in found]
    return [replace(claim, whole="unverifiable") for claim in found]


def _clause_of(claim: Judged, clauses: Sequence[Reading]) -> Reading:
    return next(r for r in clauses if r.start == claim.start and r.text == claim.text)


def _left_open(claim: Judged) -> Judged:
    return replace(claim, finding=left_open(claim.finding, PART))


def _once(findings: Iterable[Finding]) -> list[Finding]:
    return list({f.topic: f for f in reversed(list(findings))}.values())[::-1]


def _with_near(finding: Finding, piece: Piece, book: FactBook) -> Finding:
    return finding if finding.evidence else replace(finding, evidence=_near(piece, book))


def _states(reading: Reading) -> bool:
    """A part of a sentence that names a figure: no verdict on the other parts covers it."""
    return any(q.unit for q in reading.quantities)


def _findings(reading: Reading, book: FactBook, facts: Mapping[str, FactView], *, alone: bool) -> list[Finding]:
    across = reading.text == reading.sentence and not alone  # the clauses were held against the facts one by one
    exact = [] if across else [f for judge in EXACT for f in judge(reading, book)]
    general = list(themes.judge(reading, facts))
    if not exact and not general and (same := same_statement(reading, book)):
        return guarded([same], reading)
    return guarded([*exact, *general], reading)


def _nothing(reading: Reading, piece: Piece, book: FactBook) -> Finding:
    because = {"opinion": OPINION, "forecast": FUTURE}.get(reading.kind, NOTHING)
    return Finding("", "", "unverifiable", because, _near(piece, book))


def _near(piece: Piece, book: FactBook) -> tuple[Weighed, ...]:
    """What is on record beside it, weighed for nothing."""
    near = [
        Weighed(r.view, "context")
        for r in book.rank(piece.text, limit=4)
        if r.coverage >= _RELATED_COVERAGE
        and prefix_of(r.view.fact.subject) in ("factor", "market", "duty", "rule", "regime")
    ]
    return best_first(near[:2])


def counts(claims: Iterable[Judged]) -> dict[str, int]:
    told = {"confirmed": 0, "qualified": 0, "contradicted": 0, "unverifiable": 0}
    for claim in claims:
        told[claim.finding.verdict] += 1
    return told
