"""Judged claims -> the published report. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date

from bot.answer.kinds.common import best_span, confirmed_on, flat
from bot.answer.text import terms
from bot.check.contract import CheckCounts, CheckedClaim, CheckEvidence, CheckReport, NotSaid
from bot.check.judge import counts
from bot.check.split import PROMOTION, REFERENCE
from bot.check.values import Finding, Judged, Piece, Weighed
from kb.types import Hit


def published(
    claims: Sequence[Judged],
    apart: Iterable[Piece],
    *,
    source: str,
    as_of: date,
    published_on: date | None = None,
    missing: Iterable[Finding] = (),
    notes: Sequence[str] = (),
) -> CheckReport:
    return CheckReport(
        source=source,
        published_on=published_on,
        as_of=as_of,
        counts=CheckCounts(**counts(claims)),
        claims=tuple(_claim(n, claim, as_of) for n, claim in enumerate(claims, 1)),
        not_said=tuple(_not_said(each, as_of) for each in missing),
        left_out=tuple(p.text for p in apart if p.set_apart in (PROMOTION, REFERENCE)),
        notes=tuple(notes),
    )


def _not_said(finding: Finding, as_of: date) -> NotSaid:
    evidence = tuple(_evidence(e, as_of) for e in finding.evidence)
    return NotSaid(topic=finding.topic, about=finding.about, evidence=evidence)


def _claim(n: int, claim: Judged, as_of: date) -> CheckedClaim:
    finding = claim.finding
    evidence = [_evidence(e, as_of) for e in finding.evidence]
    evidence += [found for hit in claim.near if (found := _passage(hit, claim.text))]
    return CheckedClaim(
        n=n,
        text=claim.text,
        start=claim.start,
        end=claim.start + len(claim.text),
        kind=claim.kind,
        topic=finding.topic,
        about=finding.about,
        verdict=finding.verdict,
        sentence_verdict=claim.whole,
        why=finding.why,
        definitions=finding.definitions,
        evidence=tuple(evidence),
    )


def _evidence(weighed: Weighed, as_of: date) -> CheckEvidence:
    view = weighed.view
    fact = view.fact
    return CheckEvidence(
        stance=weighed.stance,
        statement=fact.statement,
        fact=fact.key,
        value=fact.value,
        unit=fact.unit,
        population=fact.qualifiers.get("population", ""),
        period=fact.qualifiers.get("period", ""),
        quote=fact.quote,
        publisher=fact.publisher,
        title=fact.source_title,
        url=fact.source_url,
        tier=int(fact.tier),
        published_at=fact.known_from,
        as_of=min(as_of, confirmed_on(view)),
        stale=view.stale,
    )


def _passage(hit: Hit, claim: str) -> CheckEvidence | None:
    """The sentence of a stored passage that shares most with the claim, verbatim."""
    passage = hit.passage
    span = best_span(passage.text, frozenset(terms(claim)))
    if not span:
        return None
    day = (passage.published_at or passage.known_from).date()
    return CheckEvidence(
        stance="context", statement=flat(span), quote=span, publisher=passage.publisher, title=passage.title,
        url=passage.url, tier=int(passage.tier), published_at=day, as_of=max(day, passage.known_from.date()),
    )  # fmt: skip
