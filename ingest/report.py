"""What one reading of one source did, for people and for `--json`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """What one reading did. `refused` names entries left out; `duplicates` counts identities repeated in a body.

    No news: `renamed` are known entries under another id or link; `flapped` went back to what they lately said, or
    change too often to be kept each time; `emptied` is a body without the entries that the source held.

    `outcome`: "fetched" (a body that parsed, also one equal to the last), "not_modified" (304), "failed", or
    "blocked" (not asked: the server wants us away, or another process has it). `bytes` are those of the body, unpacked.
    """

    source_id: int
    url: str
    title: str
    outcome: str
    new: int = 0
    edited: int = 0
    unchanged: int = 0
    vanished: int = 0
    returned: int = 0
    facts: int = 0
    retracted: int = 0
    duplicates: int = 0
    renamed: int = 0
    flapped: int = 0
    emptied: bool = False
    history: int = 0  # entries of the feed's archive, read once with its first body
    refused: tuple[str, ...] = ()
    reason: str | None = None
    seconds: float = 0.0
    bytes: int = 0

    def in_words(self) -> str:
        counts = {"new": self.new, "edited": self.edited, "vanished": self.vanished, "returned": self.returned}
        counts |= {"renamed": self.renamed, "flapped": self.flapped, "of its history": self.history}
        counts |= {"facts": self.facts, "facts retracted": self.retracted}
        told = [f"{count} {name}" for name, count in counts.items() if count]
        return f"{self.title or self.url}: {self.reason or ', '.join(told) or self.outcome.replace('_', ' ')}"
