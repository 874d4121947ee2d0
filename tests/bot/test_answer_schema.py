"""The published contract is the one in the code."""

import json
from pathlib import Path

import jsonschema

from bot.answer.contract import schema_text

PUBLISHED = Path(__file__).parents[2] / "docs" / "ask.schema.json"
AS_THE_ISSUE_SAYS = {
    "schema_version", "question", "kind", "answer", "decision", "sentences", "citations", "facts", "questions",
    "abstained_because", "as_of", "generator", "timings_ms",
}  # fmt: skip


def test_the_published_schema_is_generated_from_the_model() -> None:
    assert PUBLISHED.read_text("utf-8") == schema_text()


def test_every_agreed_field_is_there() -> None:
    schema = json.loads(schema_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    assert set(schema["properties"]) >= AS_THE_ISSUE_SAYS
