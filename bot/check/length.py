"""How much is checked at once. It knows nothing of what checks."""

from kb.errors import BadInput

LONGEST_CHARS = 200_000


def check_length(text: str) -> None:
    """Raises BadInput for nothing at all, or for too much."""
    if not text.strip():
        raise BadInput("there is nothing to check", hint="give an article's text, a file or an address")
    if len(text) > LONGEST_CHARS:
        raise BadInput(
            f"the text has {len(text):,} characters; at most {LONGEST_CHARS:,} are checked at once",
            hint="check it in parts",
        )
