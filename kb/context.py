"""What stands above a passage when it is embedded and indexed: one function for who cuts texts and who stores them."""

from collections.abc import Sequence

TITLE_CHARS = 160  # so a title is never more than that many word pieces


def context(title: str, heading_path: Sequence[str]) -> str:
    """Title and headings, outermost first, each once."""
    return " > ".join(dict.fromkeys(part for part in (cut_title(title), *heading_path) if part))


def cut_title(title: str) -> str:
    """At most TITLE_CHARS; whole words if there are any."""
    line = " ".join(title.split())
    return line if len(line) <= TITLE_CHARS else (line[: TITLE_CHARS + 1].rpartition(" ")[0] or line)[:TITLE_CHARS]
