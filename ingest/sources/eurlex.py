"""Acts of the European Union from Cellar, the register behind EUR-Lex: the answer to a SPARQL query, as JSON.

EUR-Lex has feeds and pages, which `feed` and `page` read; this finds acts by subject, with the day from which each
applies as the register has it. The register follows the law by months, so its tier is the source's, not the act's.
The query names its columns `celex`, `title`, `date`, `applies` and `type`. https://op.europa.eu/en/web/cellar
"""

from collections.abc import Iterator

from ingest.facts import stated_on
from ingest.source import Page, Request, Response
from ingest.sources.rows import Row, ask, day, moment, read_json, record_fact, row, rows, teller, text
from kb.errors import ParseError
from kb.facts.values import parse_date
from kb.types import FactDraft, RawItem, SourceRecord

ACCEPT = "application/sparql-results+json, application/json;q=0.9"


class EurLexSource:
    """Every act that the query finds is an entry."""

    def request(self, record: SourceRecord) -> Request:
        return ask(record, ACCEPT)

    def parse(self, record: SourceRecord, response: Response) -> Page:
        """Read the answer. Raises ParseError for what is none."""
        found = row(read_json(response.body, "the answer"))
        if not isinstance(row(found.get("results")).get("bindings"), list):
            raise ParseError("the body is no answer to a SPARQL query")
        acts: dict[str, Row] = {}
        bound = rows(row(found["results"]).get("bindings"))
        for act in bound:
            if celex := _said(act, "celex"):
                acts.setdefault(celex, act)  # an act with two dates comes twice
        unnamed = sum(not _said(act, "celex") for act in bound)
        facts = [fact for celex, act in acts.items() for fact in _facts(record, celex, act, response)]
        items = tuple(_item(celex, act, response) for celex, act in acts.items())
        bad = (f"{unnamed} rows have no CELEX number",) if unnamed else ()
        return Page(items=items, facts=tuple(facts), title=record.title, refused=bad)


def _said(act: Row, column: str) -> str:
    return text(row(act.get(column)), "value")


def _facts(record: SourceRecord, celex: str, act: Row, response: Response) -> Iterator[FactDraft]:
    applies, passed = (parse_date(_said(act, column)[:10]) for column in ("applies", "date"))
    if applies is None or applies.year > 9000:  # the register writes 9999-12-31 for "not known"
        return
    seen = stated_on(response)
    statement = (
        f"{_said(act, 'title') or celex} (CELEX {celex}) applies from {day(applies)} "
        f"(as of {day(seen)}, as told by {teller(record)})."
    )
    yield record_fact(
        record,
        f"rule:eu/celex-{celex.lower()}",
        "applies_from",
        applies.isoformat(),
        statement,
        known_from=min(seen, passed or seen),
        locator=f"CELEX {celex}",
        source_url=_address(celex),
    )


def _address(celex: str) -> str:
    return f"https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:{celex}"


def _item(celex: str, act: Row, response: Response) -> RawItem:
    lines = [("CELEX", celex), ("Date", _said(act, "date")), ("Applies from", _said(act, "applies"))]
    title = _said(act, "title") or f"CELEX {celex}"
    return RawItem(
        external_id=celex,
        url=_address(celex),
        title=title,
        html="\n".join([title, *(f"{label}: {value}" for label, value in lines if value)]),
        media_type="text/plain",
        published_at=moment(_said(act, "date"), response.received_at),
        categories=(_said(act, "type").rpartition("/")[2],) if _said(act, "type") else (),
    )
