"""Read the starter facts: YAML files -> checked `FactDraft`s.

::

    every *.yaml -> read (no duplicate mapping keys) -> sources -> subjects as name/alias facts + facts
                 -> checks within an entry -> checks across files (unique keys, amendments that hit)

A defect is a `BadDataFile` that names the file, the entry, the field and what is wrong with it.
"""

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from kb.data_files import Loader
from kb.errors import BadDataFile
from kb.facts.fields import FIELDS, SUBJECT, allowed
from kb.facts.values import parse_date, says_value, value_problem
from kb.types import FactDraft, Tier

STARTER = Path(__file__).parent / "starter"
CHECKED_ON = date(2026, 11, 22)  # the day the shipped facts were last read against their sources

_KEY = re.compile(r"[a-z0-9][a-z0-9._+:/-]*")
_SOURCE_KEYS = {"title", "url", "publisher", "tier"}
_SUBJECT_KEYS = {"name", "aliases", "source", "known_from"}
_FACT_NEEDED = ("key", "subject", "field", "value", "statement", "source")
_FACT_KEYS = {*_FACT_NEEDED, "locator", "amends", "unit", "valid_from", "valid_to", "known_from", "tier",
              "qualifiers", "checked_on"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Source:
    title: str
    url: str
    publisher: str
    tier: Tier
    published: date | None


@dataclass(frozen=True, slots=True)
class _Entry:
    """One mapping of a file, which knows how to complain."""

    file: str
    name: str
    data: Mapping[str, Any]

    def bad(self, field: str, problem: str) -> BadDataFile:
        return BadDataFile(self.file, self.name, field, problem)

    def only(self, known: set[str]) -> None:
        unknown = sorted(str(key) for key in self.data if key not in known)
        if unknown:
            raise self.bad(unknown[0], f"is not a key here; known are {', '.join(sorted(known))}")

    def text(self, field: str, *, default: str | None = None) -> str:
        value = self.data.get(field, default)
        if value is None:
            raise self.bad(field, "is missing")
        if not isinstance(value, str) or (not value.strip() and default is None):
            raise self.bad(field, f"must be text in quotes, not {value!r}")
        return value.strip()

    def when(self, field: str) -> date | None:
        value = self.data.get(field)
        if value is None:
            return None
        found = value if type(value) is date else parse_date(value) if isinstance(value, str) else None
        if found is None:
            raise self.bad(field, f"{value!r} is not a date as YYYY-MM-DD")
        return found

    def tier(self) -> Tier:
        value = self.data.get("tier")
        if type(value) is not int or value not in list(Tier):
            raise self.bad("tier", f"{value!r} is not one of 1, 2, 3, 4")
        return Tier(value)


class _Loader(Loader):  # type: ignore[misc]  # a class chosen when the module is read
    """SafeLoader that refuses a mapping which says the same key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable) or key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key!r} occurs twice", key_node.start_mark)
            seen.add(key)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping


def load_starter(directory: Path | None = None) -> list[FactDraft]:
    """All starter facts of a directory (default: the shipped ones), in file and entry order."""
    found: list[tuple[_Entry, FactDraft]] = []
    for path in sorted((directory or STARTER).glob("*.yaml")):
        found.extend(_read(path))
    return _check_together(found)


def _read(path: Path) -> Iterator[tuple[_Entry, FactDraft]]:
    top = _Entry(path.name, "file", _parse(path))
    top.only({"sources", "subjects", "facts"})
    sources = {name: _source(entry) for name, entry in _mappings(top, "sources")}
    for subject, entry in _mappings(top, "subjects"):
        yield from _names(subject, entry, sources)
    facts = top.data.get("facts") or []
    if not isinstance(facts, list):
        raise top.bad("facts", "must be a list")
    for number, data in enumerate(facts, 1):
        if not isinstance(data, dict):
            raise top.bad("facts", f"entry {number} must be a mapping, not {data!r}")
        entry = _Entry(path.name, str(data.get("key", f"fact {number}")), data)
        yield entry, _fact(entry, sources)


def _parse(path: Path) -> Mapping[str, Any]:
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadDataFile(path.name, "file", "YAML", " ".join(str(error).split())) from error
    if not isinstance(data, dict):
        raise BadDataFile(path.name, "file", "YAML", "must be a mapping with sources, subjects and facts")
    return data


def _mappings(top: _Entry, section: str) -> Iterator[tuple[str, _Entry]]:
    data = top.data.get(section) or {}
    if not isinstance(data, dict):
        raise top.bad(section, "must be a mapping")
    for name, value in data.items():
        if not isinstance(value, dict):
            raise BadDataFile(top.file, str(name), section, f"must be a mapping, not {value!r}")
        yield str(name), _Entry(top.file, str(name), value)


def _source(entry: _Entry) -> _Source:
    entry.only(_SOURCE_KEYS | {"published"})
    url = entry.text("url")
    if not re.fullmatch(r"https://[^\s/]+\.[^\s/]+(/\S*)?", url):
        raise entry.bad("url", f"{url!r} is not a public https address")
    return _Source(entry.text("title"), url, entry.text("publisher"), entry.tier(), entry.when("published"))


def _cited(entry: _Entry, sources: Mapping[str, _Source]) -> _Source:
    name = entry.text("source")
    if name not in sources:
        raise entry.bad("source", f"{name!r} is not among the file's sources")
    return sources[name]


def _known_from(entry: _Entry, source: _Source) -> date:
    known = entry.when("known_from") or source.published
    if known is None:
        raise entry.bad("known_from", "is missing, and its source has no `published` date")
    return known


def _subject(entry: _Entry, subject: str) -> str:
    if not SUBJECT.fullmatch(subject):
        raise entry.bad("subject", f"{subject!r} is no subject such as model:gpt-oss-120b or duty:eu-ai-act/article-50")
    return subject


def _names(subject: str, entry: _Entry, sources: Mapping[str, _Source]) -> Iterator[tuple[_Entry, FactDraft]]:
    """A subject's name and aliases, as facts."""
    entry.only(_SUBJECT_KEYS)
    _subject(entry, subject)
    source, name = _cited(entry, sources), entry.text("name")
    known = _known_from(entry, source)
    aliases = entry.data.get("aliases") or []
    if not isinstance(aliases, list) or not all(isinstance(alias, str) and alias.strip() for alias in aliases):
        raise entry.bad("aliases", "must be a list of texts in quotes")
    if len({alias.casefold() for alias in aliases}) < len(aliases):
        raise entry.bad("aliases", "says the same alias twice")
    said = [("name", name, f"{subject}/name", f"{name} is the name used here.")]
    said += [("alias", a, f"{subject}/alias/{_slug(a)}", f"{name} is also called {a}.") for a in aliases]
    for field, value, key, statement in said:
        yield entry, FactDraft(
            key=key, subject=subject, field=field, value=value, statement=statement, source_url=source.url,
            source_title=source.title, publisher=source.publisher, tier=source.tier, known_from=known,
            checked_on=CHECKED_ON,
        )  # fmt: skip


def _slug(text: str) -> str:
    return re.sub(r"[^\w.+^-]+", "-", text.casefold()).strip("-") or text.encode().hex()


def _fact(entry: _Entry, sources: Mapping[str, _Source]) -> FactDraft:
    entry.only(_FACT_KEYS)
    for needed in _FACT_NEEDED:
        if entry.data.get(needed) is None:
            raise entry.bad(needed, "is missing")
    key, source = entry.text("key"), _cited(entry, sources)
    if not _KEY.fullmatch(key):
        raise entry.bad("key", f"{key!r} has characters other than a-z 0-9 . _ + : / -")
    subject = _subject(entry, entry.text("subject"))
    field, value = entry.text("field"), _value(entry)
    _check_value(entry, subject, field, value)
    valid_from, valid_to = _valid(entry)
    return FactDraft(
        key=key,
        subject=subject,
        field=field,
        value=value,
        statement=_statement(entry, value),
        source_url=source.url,
        source_title=source.title,
        publisher=source.publisher,
        tier=entry.tier() if "tier" in entry.data else source.tier,
        known_from=_known_from(entry, source),
        unit=_unit(entry, field),
        qualifiers=_qualifiers(entry),
        locator=entry.text("locator", default=""),
        amends=entry.text("amends") if "amends" in entry.data else None,
        checked_on=entry.when("checked_on") or CHECKED_ON,
        valid_from=valid_from,
        valid_to=valid_to,
    )


def _value(entry: _Entry) -> str:
    value = entry.data["value"]
    if type(value) is int:
        return str(value)
    if not isinstance(value, str) or not value.strip():
        raise entry.bad("value", f"must be text in quotes (or a whole number), not {value!r}")
    return value.strip()


def _check_value(entry: _Entry, subject: str, field: str, value: str) -> None:
    spec = FIELDS.get(field)
    if spec is None:
        raise entry.bad("field", f"{field!r} is no known field")
    if not allowed(spec, subject):
        raise entry.bad("field", f"{field!r} is not said of {subject}; only of {', '.join(spec.subjects)}")
    problem = value_problem(spec, value)
    if problem:
        raise entry.bad("value", problem)


def _statement(entry: _Entry, value: str) -> str:
    statement = " ".join(entry.text("statement").split())
    if not re.search(r"[.!?][)\"'\u201d]?$", statement):
        raise entry.bad("statement", "is not a full sentence: it does not end in a full stop")
    if not says_value(statement, value):
        raise entry.bad("statement", f"does not say its own value {value!r}")
    return statement


def _unit(entry: _Entry, field: str) -> str:
    unit, units = entry.text("unit", default=""), FIELDS[field].units
    if units and unit and unit not in units:
        raise entry.bad("unit", f"{unit!r} is none of {', '.join(units)}")
    if len(units) > 1 and not unit:
        raise entry.bad("unit", f"is missing; one of {', '.join(units)}")
    return unit or (units[0] if units else "")


def _qualifiers(entry: _Entry) -> dict[str, str]:
    data = entry.data.get("qualifiers") or {}
    if not isinstance(data, dict) or not all(isinstance(part, str) for pair in data.items() for part in pair):
        raise entry.bad("qualifiers", "must be a mapping of texts to texts in quotes")
    return dict(data)


def _valid(entry: _Entry) -> tuple[date | None, date | None]:
    start, end = entry.when("valid_from"), entry.when("valid_to")
    if start and end and start >= end:
        raise entry.bad("valid_to", f"{end} is not after valid_from {start}")
    return start, end


def _check_together(found: Iterable[tuple[_Entry, FactDraft]]) -> list[FactDraft]:
    """Checks across files. A subject may be named in several of them, but by one name."""
    by_key: dict[str, FactDraft] = {}
    pairs = list(found)
    for entry, draft in pairs:
        first = by_key.setdefault(draft.key, draft)
        named = draft.field in ("name", "alias") and "key" not in entry.data
        if draft.field == "name" and first.value != draft.value:
            raise entry.bad(draft.field, f"{draft.subject} is {first.value!r} elsewhere, not {draft.value!r}")
        if first is not draft and not named:
            raise entry.bad("key", f"{draft.key!r} is used twice")
    for entry, draft in pairs:
        if draft.amends is not None:
            _check_amendment(entry, draft, by_key)
    return list(by_key.values())


def _check_amendment(entry: _Entry, draft: FactDraft, by_key: Mapping[str, FactDraft]) -> None:
    old = by_key.get(draft.amends or "")
    if old is None:
        raise entry.bad("amends", f"no fact has the key {draft.amends!r}")
    if (old.subject, old.field) != (draft.subject, draft.field):
        raise entry.bad("amends", f"{old.key!r} is about {old.field} of {old.subject}")
    seen = {draft.key}
    while old is not None:
        if old.key in seen:
            raise entry.bad("amends", "amends itself in a circle")
        seen.add(old.key)
        old = by_key.get(old.amends or "")
