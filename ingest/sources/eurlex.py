"""Acts of the European Union from Cellar, the register behind EUR-Lex: the answer to a SPARQL query, as JSON.

EUR-Lex has feeds and pages, which `feed` and `page` read; this finds acts by subject, with the day of their entry into
force. The register gives several days for an act that applies by stages and does not say which is which: the first is
that of force, the others are text. It follows the law by months, so its tier is the source's, not the act's.
The query names its columns `celex`, `title`, `date`, `force` and `type`. https://op.europa.eu/en/web/cellar
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from ingest.facts import stated_on
from ingest.source import Page, Request, Response
from ingest.sources.rows import DAY_S, Row, ask, day, moment, read_json, record_fact, row, rows, teller, text
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
        acts: dict[str, list[Row]] = defaultdict(list)  # a row for each of an act's days
        bound = rows(row(found["results"]).get("bindings"))
        for act in bound:
            if celex := _said(act, "celex"):
                acts[celex].append(act)
        unnamed = sum(not _said(act, "celex") for act in bound)
        facts = [fact for celex, told in acts.items() for fact in _facts(record, celex, told, response)]
        items = tuple(_item(celex, told, response) for celex, told in acts.items())
        bad = (f"{unnamed} rows have no CELEX number",) if unnamed else ()
        return Page(items=items, facts=tuple(facts), title=record.title, refused=bad, ttl_s=DAY_S)


def _said(act: Row, column: str) -> str:
    return text(row(act.get(column)), "value")


def _days(told: Sequence[Row], column: str) -> list[date]:
    """The register writes 9999-12-31, and sometimes the year 1001, for "not known"."""
    days = {parse_date(_said(act, column)[:10]) for act in told}
    return sorted(day for day in days if day and 1950 < day.year < 9000)


def _facts(record: SourceRecord, celex: str, told: Sequence[Row], response: Response) -> Iterator[FactDraft]:
    force, passed = _days(told, "force"), _days(told, "date")
    if not force:
        return
    seen = stated_on(response)
    statement = (
        f"{_said(told[0], 'title') or celex} (CELEX {celex}) is in force from {day(force[0])} "
        f"(as of {day(seen)}, as told by {teller(record)})."
    )
    yield record_fact(
        record,
        f"regime:eu/celex-{celex.lower()}",
        "in_force_from",
        force[0].isoformat(),
        statement,
        known_from=min([seen, *passed]),
        locator=f"CELEX {celex}",
        source_url=_address(celex),
    )


def _address(celex: str) -> str:
    return f"https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:{celex}"


def _item(celex: str, told: Sequence[Row], response: Response) -> RawItem:
    act, days = told[0], [day(when) for when in _days(told, "force")]
    lines = [("CELEX", celex), ("Date", _said(act, "date")), ("In force or applying from", "; ".join(days))]
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
