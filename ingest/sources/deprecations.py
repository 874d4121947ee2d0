"""A seller's page of retirements: tables of a model, the day on which it is shut down, and what to use instead.

OpenAI, Anthropic, Google, Azure and Amazon all write such tables, under other heads and in other orders. A day counts
only where the cell says one and no more: "not sooner than 14 May 2026" and "early 2026" are text. Announcements stand
newest first, so of two rows on one model the first that tells a day counts.

Options: `provider`, whose slug the offers get; `subject: model` where the seller made its models, so that their end is
the model's own.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.dates import DATE_PATTERN, read_date
from ingest.decode import decode_body
from ingest.facts import stated_on
from ingest.source import Page, Request, Response
from ingest.sources.offers import model_slug, provider_name, provider_slug, slug
from ingest.sources.rows import DAY_S, ask, day, record_fact, record_item, teller
from ingest.sources.tables import Cell, Table, read_tables
from kb.errors import ParseError
from kb.types import FactDraft, RawItem, SourceRecord

ACCEPT = "text/html, application/xhtml+xml, text/markdown;q=0.9, text/plain;q=0.8, */*;q=0.5"
_INSTEAD = re.compile(r"replac|substitut|successor|upgrade|alternativ|instead|migrat", re.I)
_END = re.compile(
    r"shut ?-?down|retire|sunset|end date|end[ -]of[ -](?:life|support)|\beol\b|discontinu|turn(?:ed)? off", re.I
)
_MODEL = re.compile(r"\bmodels?\b|\bsnapshot|\bsystem\b|\bapi name\b|\bmodel ids?\b|\bdeployment\b", re.I)
_VERSION = re.compile(r"^(?:model )?versions?$", re.I)
_HEDGED = re.compile(
    r"sooner|earliest|early|late\b|after|before|between|tentative|no .*announced|tbd|expected|at least", re.I
)
_NAME = re.compile(r"[A-Za-z0-9][\w.:/@+-]*(?: [\w.:/@+()-]+){0,5}")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-") | {"\u00a0": " ", "\u202f": " "})


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What one row says of one model. `until` is an ISO day, empty where the cell does not say exactly one."""

    model: str
    until: str
    instead: str
    said: tuple[tuple[str, str], ...]  # head and cell, as the row has them


class DeprecationsSource:
    """The whole page is one body; every model it names an item."""

    def request(self, record: SourceRecord) -> Request:
        request = ask(record, ACCEPT)
        return Request(
            url=request.url, etag=request.etag, last_modified=request.last_modified, accept=ACCEPT, obey_robots=True
        )

    def parse(self, record: SourceRecord, response: Response) -> Page:
        """Read the page, HTML or Markdown. Raises ParseError where no table tells of models and their last days."""
        body = decode_body(response.body, response.content_type)
        tables = [table for table in read_tables(body) if _columns(table)]
        if not tables:
            raise ParseError("the page holds no table of models and the days on which they end; it may need JavaScript")
        told: dict[str, list[Notice]] = defaultdict(list)
        for notice in (notice for table in tables for notice in _notices(table)):
            told[slug(notice.model)].append(notice)
        facts = [fact for notices in told.values() for fact in _facts(record, notices, response)]
        return Page(
            items=tuple(_item(record, name, notices) for name, notices in told.items()),
            facts=tuple({fact.key: fact for fact in facts}.values()),
            title=record.title,
            ttl_s=DAY_S,
            complete="<html" not in body.lower() or "</html" in body[-4096:].lower(),
        )


# ---------------------------------------------------------------- what a table says


def _columns(table: Table) -> tuple[int, int] | None:
    """Where the model and the last day stand; None where the table is of something else."""
    ends = [n for n, head in enumerate(table.head) if _END.search(head) and not _INSTEAD.search(head)]
    models = [n for n, head in enumerate(table.head) if _MODEL.search(head) and n not in ends]
    models = [n for n in models if not _INSTEAD.search(table.head[n])]
    return (models[0], ends[0]) if models and ends else None


def _notices(table: Table) -> Iterator[Notice]:
    found = _columns(table)
    at, end = found or (0, 0)
    instead = next((n for n, head in enumerate(table.head) if _INSTEAD.search(head)), None)
    version = next((n for n, head in enumerate(table.head) if _VERSION.fullmatch(head)), None)
    for row in table.rows:
        said = tuple((head, cell.text) for head, cell in zip(table.head, row, strict=False) if head and cell.text)
        other = " or ".join(_names(row[instead])) if instead is not None else ""
        for name in _names(row[at]):
            model = f"{name}-{row[version].text}" if version is not None and _dated(row[version].text) else name
            yield Notice(model=model, until=_last_day(row[end].text), instead=other, said=said)


def _dated(version: str) -> bool:
    return bool(re.fullmatch(r"[\w.-]*\d[\w.-]*", version))


def _names(cell: Cell) -> list[str]:
    """The models that a cell names: what is set as code, else its words cut at commas and bars."""
    parts: Sequence[str] = cell.codes or re.split(r"\s*[,|;]\s*|\s+(?:or|and)\s+", cell.text.translate(_DASHES))
    cleaned = [" ".join(part.translate(_DASHES).split()).strip(" *\u2020") for part in parts]
    return list(dict.fromkeys(name for name in cleaned if _NAME.fullmatch(name)))


def _last_day(text: str) -> str:
    plain = text.translate(_DASHES)
    days = {when.date().isoformat() for part in re.findall(DATE_PATTERN, plain, re.I) if (when := read_date(part))}
    return days.pop() if len(days) == 1 and not _HEDGED.search(plain) else ""


# ---------------------------------------------------------------- facts and text


def _facts(record: SourceRecord, notices: Sequence[Notice], response: Response) -> Iterator[FactDraft]:
    dated = [notice for notice in notices if notice.until]
    if not dated:
        return
    notice, seen = dated[0], stated_on(response)
    seller = provider_slug(record.options.get("provider") or record.publisher or "unnamed")
    model = model_slug(notice.model)
    own = record.options.get("subject") == "model"
    subject = f"model:{model}" if own else f"offer:{seller}/{model}"
    when = read_date(notice.until)
    told = f"as of {day(seen)}, as told by {teller(record)}"
    where = "" if own else f" on {provider_name(seller, record.publisher)}"
    if when is not None:
        ends = f"{notice.model}{where} is to be retired on {day(when)} ({told})."
        place = f"row on {notice.model}"
        yield record_fact(record, subject, "deprecated_on", notice.until, ends, known_from=seen, locator=place)
        if notice.instead:
            use = f"For {notice.model}{where}, {notice.instead} is the recommended replacement ({told})."
            yield record_fact(record, subject, "replacement", notice.instead, use, known_from=seen, locator=place)


def _item(record: SourceRecord, name: str, notices: Sequence[Notice]) -> RawItem:
    lines = [(head, text) for notice in notices for head, text in notice.said]
    return record_item(record, name, f"{notices[0].model}: retirement notice", dict.fromkeys(lines))
