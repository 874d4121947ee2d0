"""llmfit's table of models on the Hub, one JSON list. https://github.com/AlexsJones/llmfit (MIT)

Only the licence tag is taken for a fact. What the table computes or fills in by default (memory, a context of 4,096
tokens, a parameter count of a repository that holds an adapter) is text, and so is the day a repository was made.
"""

from collections.abc import Iterator, Mapping

from ingest.facts import stated_on
from ingest.source import Page, Request, Response
from ingest.sources.repos import HUB, licence_of, subject_of
from ingest.sources.rows import DAY_S, Row, ask, day, listed, read_json, record_fact, record_item, teller, text
from kb.errors import ParseError
from kb.types import FactDraft, RawItem, SourceRecord

_SHOWN = {
    "license": "licence tag",
    "release_date": "repository made on",
    "parameter_count": "parameters",
    "active_parameters": "active parameters",
    "context_length": "context length",
    "architecture": "architecture",
    "pipeline_tag": "task",
    "use_case": "use",
    "capabilities": "capabilities",
    "languages": "languages",
    "min_ram_gb": "least memory (GB)",
    "min_vram_gb": "least GPU memory (GB)",
    "quantization": "quantisation",
    "num_experts": "experts",
}


class LlmfitSource:
    """The whole table is one body; every repository an item that can be quoted."""

    def request(self, record: SourceRecord) -> Request:
        return ask(record)

    def parse(self, record: SourceRecord, response: Response) -> Page:
        """Read the table, plain or as a gzip file. Raises ParseError for what is no list of models."""
        found = listed(read_json(response.body, "the table"), "the table")
        models = {text(row, "name"): row for row in found if isinstance(row, dict)}
        models.pop("", None)
        if found and not models:
            raise ParseError("the table holds no record that names a model")
        bad = sum(not isinstance(row, dict) or not text(row, "name") for row in found)
        facts = {fact.key: fact for fact in _facts(record, models, response)}
        return Page(
            items=tuple(_item(record, name, model) for name, model in models.items()),
            facts=tuple(facts.values()),
            title=record.title,
            ttl_s=DAY_S,
            refused=(f"{bad} records name no model",) if bad else (),
        )


def _facts(record: SourceRecord, models: Mapping[str, Row], response: Response) -> Iterator[FactDraft]:
    """Names that differ in capitals alone are one repository: of those, the last that is told counts."""
    seen = stated_on(response)
    for name in sorted(models, reverse=True):
        tag = text(models[name], "license")
        if licence := licence_of(name, [tag]):
            said = tag if tag == licence else f"{tag}, here called {licence}"
            statement = (
                f"The repository {name} on Hugging Face carries the licence tag {said} "
                f"(as of {day(seen)}, as told by {teller(record)})."
            )
            subject, locator = subject_of(name), f"record {name}"
            yield record_fact(record, subject, "licence", licence, statement, known_from=seen, locator=locator)


def _item(record: SourceRecord, name: str, model: Row) -> RawItem:
    lines = [("repository", name), *((label, model.get(field)) for field, label in _SHOWN.items())]
    return record_item(record, name, f"{name} on Hugging Face: record", lines, url=f"https://{HUB}/{name}")
