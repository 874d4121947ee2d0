"""What extraction hands on."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """Clean text and what the markup said of itself; empty or None where it said nothing.

    `flags`: "hidden_text", "instruction_like", "encoded_text" (see `ingest.sanitise.flags_of`).
    """

    text: str
    title: str = ""
    language: str = ""
    flags: tuple[str, ...] = ()
    published_at: datetime | None = None
    author: str = ""
