"""The sources that ship with Steelyard: `sources.yaml` beside this file, schema-checked at load."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ingest.sources import SOURCES
from kb.errors import BadDataFile
from kb.types import SourceDraft, Tier, Topic

SHIPPED = Path(__file__).with_name("sources.yaml")
_FIELDS = {"kind", "url", "title", "publisher", "topic", "tier", "options"}
_REQUIRED = ("kind", "url", "title", "publisher", "topic", "tier")


def load_sources(path: Path = SHIPPED) -> list[SourceDraft]:
    """Every source of the file, in its order. Raises BadDataFile naming file, entry and field."""
    drafts: dict[str, SourceDraft] = {}
    for number, entry in enumerate(_entries(path), 1):
        draft = _draft(path, f"entry {number}", entry)
        if draft.url in drafts:
            raise BadDataFile(path.name, f"entry {number}", "url", f"{draft.url} is listed twice")
        drafts[draft.url] = draft
    return list(drafts.values())


def _entries(path: Path) -> list[Any]:
    import yaml

    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError, yaml.YAMLError) as error:
        raise BadDataFile(path.name, "the file", "yaml", str(error)) from error
    entries = document.get("sources") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise BadDataFile(path.name, "the file", "sources", "must be a list")
    return entries


def _draft(path: Path, where: str, entry: Any) -> SourceDraft:
    if not isinstance(entry, dict):
        raise BadDataFile(path.name, where, "entry", "must be a mapping of fields")
    where = f"{where} ({entry.get('url', 'no url')})"
    _check_fields(path, where, entry)
    return SourceDraft(
        kind=entry["kind"],
        url=entry["url"],
        title=entry["title"],
        publisher=entry["publisher"],
        topic=Topic(entry["topic"]),
        tier=Tier(entry["tier"]),
        options={str(key): str(value) for key, value in (entry.get("options") or {}).items()},
    )


def _check_fields(path: Path, where: str, entry: Mapping[Any, Any]) -> None:
    for field, problem in _problems(entry):
        raise BadDataFile(path.name, where, field, problem)


def _problems(entry: Mapping[Any, Any]) -> list[tuple[str, str]]:
    found = [(str(field), "is no field of a source") for field in entry if field not in _FIELDS]
    found += [(field, "is missing") for field in _REQUIRED if field not in entry]
    found += [
        (field, "must be a text that is not empty")
        for field in ("kind", "url", "title", "publisher", "topic")
        if field in entry and not (isinstance(entry[field], str) and entry[field].strip())
    ]
    return found or _value_problems(entry)


def _value_problems(entry: Mapping[Any, Any]) -> list[tuple[str, str]]:
    found = []
    if entry["kind"] not in SOURCES:
        found.append(("kind", f"{entry['kind']!r} is none of {', '.join(SOURCES)}"))
    if entry["topic"] not in set(Topic):
        found.append(("topic", f"{entry['topic']!r} is none of {', '.join(Topic)}"))
    if type(entry["tier"]) is not int or entry["tier"] not in set(Tier):
        found.append(("tier", f"{entry['tier']!r} is none of 1, 2, 3, 4"))
    if not _is_web_address(entry["url"]):
        found.append(("url", "must be an http or https address"))
    if not isinstance(entry.get("options") or {}, dict):
        found.append(("options", "must be a mapping"))
    return found


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and url.split() == [url]
    except ValueError:
        return False
