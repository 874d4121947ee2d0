"""The Hub's list of an owner's models. https://huggingface.co/docs/hub/api

The day on which a repository was made is not the day of the model's release, so it is text, no fact. A licence tag
belongs to the revision at which it was read and is known since that was pushed; a gate can be set at any time and is
known since we saw it. Downloads and likes change by the hour and are left out.
"""

from collections.abc import Iterator
from datetime import date

from ingest.facts import stated_on
from ingest.sanitise import plain_line
from ingest.source import Page, Request, Response
from ingest.sources.repos import HUB, licence_of, subject_of
from ingest.sources.rows import (
    DAY_S,
    Row,
    ask,
    day,
    listed,
    moment,
    next_page,
    read_json,
    record_fact,
    record_item,
    row,
    text,
)
from kb.types import FactDraft, RawItem, SourceRecord

_GATES = {"False": "no", "auto": "automatic", "manual": "manual"}
_WEIGHTS = frozenset({"safetensors", "gguf", "pytorch", "onnx", "mlx"})


class HuggingFaceSource:
    """One owner's models, page by page as the `Link` header says; a single model's record too."""

    def request(self, record: SourceRecord) -> Request:
        return ask(record)

    def parse(self, record: SourceRecord, response: Response) -> Page:
        """Read a list of model records. Raises ParseError for what is none."""
        found = read_json(response.body, "the list of models")
        found = [found] if isinstance(found, dict) and "id" in found else found
        items: list[RawItem] = []
        facts: dict[str, FactDraft] = {}
        refused: list[str] = []
        for number, model in enumerate(listed(found, "the list of models"), 1):
            if not isinstance(model, dict) or not _name(model):
                refused.append(f"record {number}: it names no model")
                continue
            items.append(_item(record, model, response))
            facts |= {fact.key: fact for fact in _facts(record, model, response)}
        return Page(
            items=tuple(items),
            facts=tuple(facts.values()),
            title=record.title,
            refused=tuple(refused),
            ttl_s=DAY_S / 2,
            next_request=next_page(response),
        )


def _name(model: Row) -> str:
    return text(model, "id", "modelId")


def _tags(model: Row) -> list[str]:
    tags = model.get("tags")
    return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []


def _licence_tags(model: Row) -> list[str]:
    """As the tags say it, else as the model card does."""
    tags = [tag.removeprefix("license:") for tag in _tags(model) if tag.startswith("license:")]
    stated = row(model.get("cardData")).get("license")
    return tags or [tag for tag in (stated if isinstance(stated, list) else [stated]) if isinstance(tag, str)]


def _facts(record: SourceRecord, model: Row, response: Response) -> Iterator[FactDraft]:
    name, sha, seen = _name(model), text(model, "sha"), stated_on(response)
    subject = subject_of(name)
    pushed = moment(model.get("lastModified"), response.received_at)
    since = min(seen, pushed.date()) if pushed else seen
    place = f"the repository {name} on Hugging Face"
    at = f", revision {sha}" if sha else ""

    def fact(field: str, value: str, says: str, known: date, locator: str) -> FactDraft:
        statement = f"{place[0].upper()}{place[1:]} {says} (as of {day(seen)})."
        more = {"locator": locator + at, "source_url": f"https://{HUB}/{name}"}
        return record_fact(record, subject, field, value, statement, known_from=known, **more)

    tags = _licence_tags(model)
    licence = licence_of(name, tags, text(row(model.get("cardData")), "license_name"))
    if licence:
        said = licence if tags[0] in (licence, "other") else f"{tags[0]}, here called {licence}"
        yield fact("licence", licence, f"carries the licence tag {said}", since, "licence tag of the repository")
    if gate := _GATES.get(str(model.get("gated"))):
        says = "is open to everyone" if gate == "no" else f"is gated: access is asked for, approval is {gate}"
        yield fact("gated", gate, says, seen, "gate of the repository")
    if sha:
        yield fact("revision", sha, f"stands at revision {sha}", since, "head of the repository")
    if _WEIGHTS & set(_tags(model)) or model.get("safetensors"):
        yield fact("openness", "open-weight", "holds the model's weights, open-weight", seen, "files of the repository")


def _item(record: SourceRecord, model: Row, response: Response) -> RawItem:
    name, now = _name(model), response.received_at
    card, shown = row(model.get("cardData")), [tag for tag in _tags(model) if ":" not in tag]
    return record_item(
        record,
        name,
        f"{name} on Hugging Face",
        [
            ("repository", name),
            ("licence tag", _licence_tags(model)),
            ("licence name", card.get("license_name")),
            ("licence text", card.get("license_link")),
            ("base model", card.get("base_model")),
            ("gated", _GATES.get(str(model.get("gated")))),
            ("disabled", model.get("disabled") or None),
            ("created", model.get("createdAt")),
            ("last modified", model.get("lastModified")),
            ("revision", model.get("sha")),
            ("task", model.get("pipeline_tag")),
            ("library", model.get("library_name")),
            ("tags", sorted(map(plain_line, shown))),
        ],
        url=f"https://{HUB}/{name}",
        published_at=moment(model.get("createdAt"), now),
        updated_at=moment(model.get("lastModified"), now),
    )
