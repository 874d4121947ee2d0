"""Is a Web API call one that Slack would take? Two independent validators and three asserts of our own.

The schemas are made from Slack's TypeScript packages, `Block.parse` is Slack's Python one; neither counts blocks, rows
or repeated ids, nor the characters of all markdown blocks together.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

# Form values arrive as text; these are not text in the types.
FLAGS = ("include_all_metadata", "inclusive", "unfurl_links", "unfurl_media")
NUMBERS = ("limit", "length")
CONTENTS = ("text", "markdown_text", "blocks", "attachments")
WITH_CONTENTS = ("chat.postMessage", "chat.postEphemeral", "chat.update")
UNCHECKED = ("auth.test", "apps.connections.open")  # no arguments but the token


class Validator:
    def __init__(self, peers: Path) -> None:
        self._peers = peers

    def problems(self, method: str, arguments: Mapping[str, Any]) -> list[str]:
        """What is wrong with a call, in words; empty when nothing is."""
        if method in UNCHECKED:
            return []
        if method not in self._methods:
            return [f"{method}: not a method that the manifest was checked for"]
        found = [f"{method}: {message}" for message in _errors(self._methods[method], arguments)]
        view = arguments.get("view") or {}
        blocks = arguments.get("blocks") or view.get("blocks") or []
        most = 100 if view else 50
        found += [f"{method}: {problem}" for problem in self.block_problems(blocks, most=most)]
        for chunk in arguments.get("chunks") or []:
            found += [f"{method}: chunk: {message}" for message in _errors(self._parts["chunk"], chunk)]
        if method in WITH_CONTENTS and not str(arguments.get("text") or "").strip():
            found.append(f"{method}: no text for notifications and screen readers")
        return found

    def block_problems(self, blocks: list[dict[str, Any]], *, most: int = 50) -> list[str]:
        found = [] if len(blocks) <= most else [f"{len(blocks)} blocks"]
        ids = [block["block_id"] for block in blocks if block.get("block_id")]
        found += [] if len(ids) == len(set(ids)) else ["a block id twice"]
        tables = [block for block in blocks if block.get("type") == "table"]
        found += [f"{len(table['rows'])} rows" for table in tables if len(table["rows"]) > 100]
        found += [f"{len(row)} columns" for table in tables for row in table["rows"] if len(row) > 20]
        found += [] if len(tables) <= 1 else [f"{len(tables)} tables"]
        written = sum(len(block["text"]) for block in blocks if block.get("type") == "markdown")
        found += [] if written <= 12_000 else [f"{written} characters of Markdown"]
        for block in blocks:
            schema = self._blocks.get(str(block.get("type")), self._parts["block"])
            found += [f"{block.get('type')}: {message}" for message in _errors(schema, block)]
            found += [f"{block.get('type')}: {problem}" for problem in _as_slack_sdk_reads_it(block)]
        return found

    @cached_property
    def _methods(self) -> dict[str, Draft7Validator]:
        return _validators(self._peers / "methods.schema.json", "Methods")

    @cached_property
    def _blocks(self) -> dict[str, Draft7Validator]:
        """Each type's own schema, which is quicker than trying all and says better what is wrong."""
        definitions = json.loads((self._peers / "parts.schema.json").read_text("utf-8"))["definitions"]
        own: dict[str, Draft7Validator] = {}
        for one in definitions["KnownBlock"]["anyOf"]:
            name = one["$ref"].rsplit("/", 1)[-1]
            kind = definitions[name].get("properties", {}).get("type", {}).get("const")
            if kind is not None:
                own[kind] = Draft7Validator({"definitions": definitions, **definitions[name]})
        return own

    @cached_property
    def _parts(self) -> dict[str, Draft7Validator]:
        return _validators(self._peers / "parts.schema.json", "Parts")


def from_form(arguments: Mapping[str, str]) -> dict[str, Any]:
    """Form values with the types that the schema knows them by."""
    typed: dict[str, Any] = dict(arguments)
    for name in FLAGS:
        if name in typed:
            typed[name] = typed[name] in ("1", "true")
    for name in NUMBERS:
        if name in typed:
            typed[name] = int(typed[name])
    for name in ("blocks", "metadata", "chunks", "files", "view"):
        if isinstance(typed.get(name), str):
            typed[name] = json.loads(typed[name])
    return typed


def _validators(path: Path, root: str) -> dict[str, Draft7Validator]:
    schema = _any_contents(json.loads(path.read_text("utf-8")))
    named = schema["definitions"][root]["properties"]
    return {
        name: Draft7Validator({"definitions": schema["definitions"], "allOf": [each]}) for name, each in named.items()
    }


def _as_slack_sdk_reads_it(block: dict[str, Any]) -> list[str]:
    try:
        parsed = Block.parse(block)
        read = None if parsed is None else parsed.to_dict()
    except (SlackObjectFormationError, TypeError) as error:
        return [f"slack_sdk: {error}"]
    return [] if read == block else [f"slack_sdk reads it as {read}"]


def _any_contents(schema: Any) -> Any:
    """Taking blocks out of the types loses "text or blocks or Markdown"; `problems` asks for text itself."""
    if isinstance(schema, dict):
        kept = {name: _any_contents(value) for name, value in schema.items()}
        if kept.get("type") == "object" and "channel" in kept.get("properties", {}):
            kept["required"] = [name for name in kept.get("required", []) if name not in CONTENTS]
        return kept
    return [_any_contents(value) for value in schema] if isinstance(schema, list) else schema


def _errors(validator: Draft7Validator, value: Any) -> Iterator[str]:
    for error in validator.iter_errors(value):
        yield f"{'.'.join(map(str, error.absolute_path)) or 'whole'}: {error.message[:300]}"
