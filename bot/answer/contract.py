"""The JSON contract of an answer: what `steelyard ask --json` prints and every door renders.

`docs/ask.schema.json` is what `schema_text()` gives; a test compares them.
Additions keep `schema_version`; a changed or removed field raises it.

`sentences` are the only statements; each was checked against its evidence. What is no statement about the world
(headings, questions back, "not legal advice") lives in `sections`, `questions` and `notes`, never in `sentences`.
"""

import json
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION = 1


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sentence(_Frozen):
    """One checked statement. `citations` are numbers of `Answer.citations`; `formula` only where it was computed."""

    text: str
    citations: tuple[int, ...] = ()
    evidence: Literal["quote", "fact", "computed"]
    formula: str | None = None
    section: int | None = Field(default=None, description="index into `sections`")


class Citation(_Frozen):
    """`quote` is verbatim text of a stored version, or null when only the dated fact is stored."""

    n: int
    title: str
    publisher: str
    url: str
    published_at: date | None
    tier: int
    quote: str | None
    as_of: date = Field(description="the day for which the source was read as current: its last confirmation")
    locator: str = ""
    version_id: int | None = Field(default=None, description="the stored version that contains `quote`")


class UsedFact(_Frozen):
    """A dated fact behind the answer, with its status on the answer's `as_of`."""

    key: str
    subject: str
    field: str
    value: str
    unit: str = ""
    status: str
    statement: str
    qualifiers: dict[str, str] = Field(default_factory=dict)
    valid_from: date | None = None
    valid_to: date | None = None
    known_from: date
    checked_on: date | None = None
    stale: bool = False
    superseded_by: str | None = None
    citation: int | None = None


class Cell(_Frozen):
    text: str
    as_of: date | None = None
    citations: tuple[int, ...] = ()


class Table(_Frozen):
    """`rows[i][j]` stands under `columns[j]`; the first column names the row."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Answer(_Frozen):
    """See the module's docstring."""

    schema_version: int = SCHEMA_VERSION
    id: int | None = Field(default=None, description="the stored answer, for feedback")
    question: str
    kind: str
    resolved_kind: str | None = Field(default=None, description="for a follow-up: what kind of question it became")
    answer: str = Field(description="the whole answer as text, sentences marked [n]")
    decision: dict[str, object] | None = None
    sections: tuple[str, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    tables: tuple[Table, ...] = ()
    citations: tuple[Citation, ...] = ()
    facts: tuple[UsedFact, ...] = ()
    questions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    abstained_because: str | None = None
    as_of: date
    generator: str = "composer"
    sent_to: str | None = Field(
        default=None, description="the other machine that the question and its evidence were sent to, to be reworded"
    )
    timings_ms: dict[str, float] = Field(default_factory=dict)


def schema_text() -> str:
    """The published JSON Schema, stable to the byte."""
    return json.dumps(Answer.model_json_schema(mode="serialization"), indent=2, sort_keys=True) + "\n"
