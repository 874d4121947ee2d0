"""Checked lines -> the published `Answer`: citations numbered, sections gathered, the whole text written out. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.answer.contract import Answer, Cell, Citation, Sentence, Table, UsedFact
from bot.answer.dates import written
from bot.answer.kinds.common import confirmed_on
from bot.answer.text import site_of
from bot.answer.values import Draft, DraftCell, DraftTable, Evidence, Kind, Line, Understood
from kb.types import Fact, FactQuery, FactView, Status

_MOST_PLACES = 6


@dataclass
class Publisher:
    """Collects sentences in order and numbers what they cite; one citation a source and quotation."""

    as_of: date
    sections: list[str] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    facts: dict[int, UsedFact] = field(default_factory=dict)
    _numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    def add(self, line: Line, text: str) -> Sentence:
        cited = tuple(dict.fromkeys(n for e in line.evidence for n in self.cite(e)))
        sentence = Sentence(
            text=text,
            citations=cited,
            evidence="computed" if line.formula else "quote" if any(e.quote for e in line.evidence) else "fact",
            formula=line.formula,
            section=self._section(line.section),
        )
        self.sentences.append(sentence)
        return sentence

    def _section(self, heading: str) -> int | None:
        if not heading:
            return None
        if heading not in self.sections:
            self.sections.append(heading)
        return self.sections.index(heading)

    def cite(self, evidence: Evidence) -> list[int]:
        if evidence.view is None:
            return [self._passage(evidence)] if evidence.quote else []
        number = self._fact(evidence.view.fact, evidence)
        self._use(evidence.view, number)
        return [number]

    def _fact(self, fact: Fact, evidence: Evidence) -> int:
        quote = evidence.quote
        text = quote.text if quote else None
        key = (fact.source_url, text) if text else (fact.source_url, f"{fact.source_title} {fact.known_from}")
        return self._numbered(
            key,
            title=fact.source_title,
            publisher=fact.publisher,
            url=fact.source_url,
            published_at=fact.known_from,
            tier=int(fact.tier),
            quote=text,
            as_of=min(self.as_of, confirmed_on(FactView(fact=fact, status=Status.IN_FORCE))),
            locator=fact.locator,
            version_id=quote.version_id if quote else fact.item_version_id,
        )

    def _passage(self, evidence: Evidence) -> int:
        quote = evidence.quote
        assert quote is not None
        return self._numbered(
            (quote.url, quote.text),
            title=quote.title,
            publisher=quote.publisher or site_of(quote.url),
            url=quote.url,
            published_at=quote.published_at,
            tier=quote.tier,
            quote=quote.text,
            as_of=min(self.as_of, max(quote.known_from, quote.published_at or quote.known_from)),
            locator="",
            version_id=quote.version_id,
        )

    def _numbered(self, key: tuple[str, str], **fields: Any) -> int:
        if key not in self._numbers:
            self._numbers[key] = len(self.citations) + 1
            self.citations.append(Citation(n=len(self.citations) + 1, **fields))
            return self._numbers[key]
        at = self._numbers[key] - 1
        self.citations[at] = merged_citation(self.citations[at], str(fields["locator"]), fields["as_of"])
        return self._numbers[key]

    def _use(self, view: FactView, number: int) -> None:
        fact = view.fact
        self.facts.setdefault(
            fact.id,
            UsedFact(
                key=fact.key,
                subject=fact.subject,
                field=fact.field,
                value=fact.value,
                unit=fact.unit,
                status=view.status.value,
                statement=fact.statement,
                qualifiers=dict(fact.qualifiers),
                valid_from=fact.valid_from,
                valid_to=fact.valid_to,
                known_from=fact.known_from,
                checked_on=fact.checked_on,
                stale=view.stale,
                superseded_by=view.superseded_by.key if view.superseded_by else None,
                citation=number,
            ),
        )

    def table(self, draft: DraftTable) -> Table:
        return Table(
            title=draft.title,
            columns=draft.columns,
            rows=tuple(tuple(self._cell(c) for c in row) for row in draft.rows),
        )

    def _cell(self, cell: DraftCell) -> Cell:
        return Cell(
            text=cell.text,
            as_of=cell.as_of,
            citations=tuple(dict.fromkeys(n for e in cell.evidence for n in self.cite(e))),
        )


def merged_citation(citation: Citation, locator: str, as_of: date) -> Citation:
    """The same source cited for another place in it: both places, and the earlier confirmation."""
    places = [p for p in citation.locator.split("; ") if p]
    if locator and locator not in places and len(places) < _MOST_PLACES:
        places.append(locator)
    return citation.model_copy(update={"locator": "; ".join(places), "as_of": min(citation.as_of, as_of)})


def published(
    read: Understood,
    draft: Draft,
    press: Publisher,
    *,
    generator: str,
    timings_ms: dict[str, float],
    sent_to: str = "",
) -> Answer:
    """The answer of what has been added to the press."""
    tables = tuple(press.table(t) for t in draft.tables) if press.sentences else ()
    because = draft.abstained_because or (
        None if press.sentences or draft.questions or draft.lead else "no sentence could be supported by evidence"
    )
    return Answer(
        question=read.question,
        kind=(read.resolved_from or read.kind).value,
        resolved_kind=read.kind.value if read.resolved_from is Kind.FOLLOW_UP else None,
        answer=whole_text(draft, press.sentences, press.sections, tables, because),
        sections=tuple(press.sections),
        sentences=tuple(press.sentences),
        tables=tables,
        citations=tuple(press.citations),
        facts=tuple(press.facts.values()),
        questions=draft.questions,
        notes=draft.notes,
        abstained_because=because,
        as_of=read.as_of,
        generator=generator,
        sent_to=sent_to or None,
        timings_ms=timings_ms,
    )


def whole_text(
    draft: Draft, sentences: Sequence[Sentence], sections: Sequence[str], tables: Sequence[Table], because: str | None
) -> str:
    """Markdown without links: opening, sentences by section, tables, questions, notes."""
    parts: list[str] = []
    if draft.lead:
        parts.append(draft.lead)
    elif not sentences and because:
        parts.append(f"I cannot answer that: {because}.")
    loose = [_marked(s) for s in sentences if s.section is None]
    if loose:
        parts.append("\n".join(loose))
    for i, heading in enumerate(sections):
        inside = [f"- {_marked(s)}" for s in sentences if s.section == i]
        if inside:
            parts.append(f"**{heading}**\n" + "\n".join(inside))
    parts += [_table_text(t) for t in tables]
    parts += ["\n".join(f"{i}. {q}" for i, q in enumerate(draft.questions, 1))] if draft.questions else []
    parts += ["\n".join(draft.notes)] if draft.notes else []
    return "\n\n".join(parts)


def _marked(sentence: Sentence) -> str:
    return sentence.text + "".join(f" [{n}]" for n in sentence.citations)


def _table_text(table: Table) -> str:
    rows = [[_cell_text(c) for c in row] for row in table.rows]
    head = f"| {' | '.join(table.columns)} |\n|{'---|' * len(table.columns)}"
    return f"**{table.title}**\n{head}\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cell_text(cell: Cell) -> str:
    dated = f" ({written(cell.as_of)})" if cell.as_of else ""
    marks = "".join(f" [{n}]" for n in cell.citations[:4])
    return (cell.text + dated + marks).replace("|", "/")


def stands_on(read: Understood, press: Publisher) -> list[FactQuery]:
    """What this answer would change with: the exact facts it used, and the asked fields of what was named."""
    used = [FactQuery(subject_pattern=f.subject, field=f.field) for f in press.facts.values()]
    asked = [FactQuery(subject_pattern=s, field=f) for s in read.subjects[:12] for f in read.fields[:8]]
    offers = [
        FactQuery(subject_pattern=f"offer:*/{s.partition(':')[2]}", field=f)
        for s in read.of("model")[:12]
        for f in read.fields
        if f.startswith("price_") or f == "deprecated_on"
    ]
    return list(dict.fromkeys([*used, *asked, *offers]))
