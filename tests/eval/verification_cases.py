"""The sentences of `verification_*.yaml` with the evidence that they cite, in the shape in which it is handed on.

Long text is not kept here: `verification_evidence.yaml` names the recorded file and the first and last words of a span.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.answer.kinds.common import say
from bot.answer.values import Evidence, Line, Quote
from bot.answer.verify import support_of
from bot.answer.verify.claims import Statement
from ingest.draft import draft_of
from kb.facts.load import load_starter
from kb.types import Fact, FactView, ItemVersion, Status, Tier, Topic
from tests.ingest.records import NOW, parse, record

HERE = Path(__file__).parent
RECORDED = HERE.parents[2] / "shared" / "data"
ACT = "Regulation (EU) 2024/1689 (EU AI Act)"
_READ = datetime(2026, 11, 22, tzinfo=UTC)
_PUBLISHERS = {"windsurf": "Windsurf", "ollama": "Ollama", "xainews": "xAI", "minimax": "MiniMax", "z_ai": "Z.ai"}


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence, what it cites, and what is wrong with it ("honest": nothing). `line` holds the evidence alone, and
    for a sum the composed sentence; `composed` is what the product would say of the same fact, None of a passage."""

    of: str
    kind: str
    says: str
    line: Line
    composed: Line | None


@dataclass(frozen=True, slots=True)
class _Text:
    title: str
    publisher: str
    body: str
    published: datetime | None = None


def cases(said: str, evidence: str) -> list[Case]:
    """The sentences of `verification_{said}.yaml` with what they cite in `verification_{evidence}.yaml`."""
    cited = yaml.safe_load((HERE / f"verification_{evidence}.yaml").read_text("utf-8"))
    rows = yaml.safe_load((HERE / f"verification_{said}.yaml").read_text("utf-8"))
    lines = {key: _line(key, cited) for key in {row["of"] for row in rows}}
    return [Case(row["of"], row["kind"], row["says"], *lines[row["of"]]) for row in rows]


def _line(key: str, cited: Mapping[str, Mapping[str, Any]]) -> tuple[Line, Line | None]:
    row = cited[key]
    evidence = tuple(e for part in row.get("both", [key]) for e in _evidence(cited[part]))
    line = Line(row.get("composed", ""), evidence, formula=row.get("formula"))
    views = [e.view for e in evidence if e.view]
    return line, say(views[0]) if len(views) == 1 and not line.text else None


def _evidence(row: Mapping[str, Any]) -> Iterator[Evidence]:
    keys = [row["fact"]] if "fact" in row else row.get("facts", [])
    for key in keys:
        yield Evidence(view=FactView(fact=_facts()[key], status=Status.IN_FORCE))
    if not keys:
        yield Evidence(quote=_quote(row))


@cache
def _facts() -> Mapping[str, Fact]:
    drafts = load_starter()
    names = Fact.__dataclass_fields__.keys() - {"id", "workspace_id", "recorded_at", "confirmed_on"}
    return {
        d.key: Fact(id=i, workspace_id=None, recorded_at=_READ, **{n: getattr(d, n) for n in names})
        for i, d in enumerate(drafts, 1)
    }


# ---------------------------------------------------------------- recorded text


def _quote(row: Mapping[str, Any]) -> Quote:
    text = _text(row)
    version = ItemVersion(
        id=1,
        item_id=1,
        source_id=1,
        workspace_id=None,
        version=1,
        external_id="",
        url="https://recorded.test/",
        title=text.title,
        publisher=text.publisher,
        tier=Tier.PRIMARY,
        topic=Topic.OTHER,
        text=text.body,
        published_at=text.published,
        updated_at=None,
        known_from=text.published or _READ,
        known_until=None,
        first_seen_at=_READ,
        story_key="",
        flags=(),
        reason="entry",
    )
    day = version.known_from.date()
    span = _span(text.body, row.get("from"), row.get("to"))
    return Quote(span, version, text.title, text.publisher, version.url, day, 1, 1, day)


def _span(body: str, first: str | None, last: str | None) -> str:
    """From the first words to the last ones, verbatim; blanks and line breaks in between may differ."""
    if first is None or last is None:
        return body.strip()
    found = re.search(f"{_loose(first)}.*?{_loose(last)}", body, re.DOTALL) or re.search(_loose(last), body)
    if found is None or not re.match(_loose(first), found.group()):
        raise SystemExit(f"not in the recording: {first!r} ... {last!r}")
    return found.group()


def _loose(words: str) -> str:
    return r"\s+".join(re.escape(w) for w in words.split())


def _text(row: Mapping[str, Any]) -> _Text:
    if "law" in row:
        unit = _act()[row["law"]]
        return _Text(f"{ACT}, {unit['citation'].partition(' - ')[0]}", "European Union", unit["body"])
    if "openrouter" in row:
        model = _models()[row["openrouter"]]
        return _Text(model["name"], "OpenRouter", model["description"])
    if "feed" in row:
        return _entry(row["feed"], row["entry"])
    return _file(RECORDED / row["file"])


@cache
def _act() -> Mapping[str, Any]:
    path = RECORDED / "regulation" / "eu_ai_act_2024" / "chunks_2024-07-12.jsonl"
    return {row["chunk_id"]: row for row in map(json.loads, path.read_text("utf-8").splitlines())}


@cache
def _models() -> Mapping[str, Any]:
    path = RECORDED / "api" / "openrouter_models_2026-05.json"
    return {row["id"]: row for row in json.loads(path.read_text("utf-8"))["data"]}


@cache
def _entry(feed: str, entry: str) -> _Text:
    path = RECORDED / "feeds" / feed
    source = record("feed", "http://recorded.test/feed.xml")
    for raw in parse(source, path.read_bytes()).items:
        if raw.external_id == entry:
            draft = draft_of(source, raw, None, NOW)
            stem = path.stem.removeprefix("feed_")
            publisher = next((who for name, who in _PUBLISHERS.items() if stem.startswith(name)), stem)
            return _Text(draft.title, publisher, draft.text, draft.published_at)
    raise SystemExit(f"{feed} has no entry {entry}")


@cache
def _file(path: Path) -> _Text:
    body = path.read_text("utf-8")
    if path.suffix == ".txt":
        return _Text("Regulation (EU) 2026/1744", "European Union", body)
    if path.parent.name.startswith("llama"):
        name = path.parent.name.replace("llama", "Llama ").replace("_", ".")
        return _Text(f"{name} {path.stem.replace('_', ' ').title()}", "Meta", body)
    named = re.search(r"^short_name: (.+)$", body, re.M)
    owner = re.search(r"^owner: (.+)$", body, re.M)
    return _Text(named[1] if named else path.stem, owner[1] if owner else "", body)


# ---------------------------------------------------------------- one piece of evidence


def single(case: Case) -> bool:
    """Of several pieces, any may be the one that bears it out or does not."""
    return bool(case.line.text) or len(support_of(case.line).statements) == 1


def statement(case: Case) -> Statement:
    """What the sentence is held against: the composed sentence if there is one, else its evidence."""
    support = support_of(case.line)
    around = "\n\n".join([support.around, *(s.around for s in support.statements)])
    return Statement(case.line.text or support.statements[0].text, around)
