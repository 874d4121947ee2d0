"""Block Kit values and the packing of blocks into messages. Pure; limits are Slack's own (docs.slack.dev/reference)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from bot.doors.slack.text import MARKDOWN_LIMIT, SECTION_LIMIT, split_text

Block = dict[str, object]

BLOCKS_LIMIT = 50
TABLE_ROWS = 100
TABLE_COLUMNS = 20
TABLE_CHARACTERS = 10_000  # of all cells of one message
FALLBACK_LIMIT = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One Slack message. `text` is what notifications and screen readers get; `key` and `part` name it for readback."""

    text: str
    blocks: tuple[Block, ...]
    event_type: str
    key: str
    part: int = 1
    parts: int = 1
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def metadata(self) -> dict[str, object]:
        payload: dict[str, object] = {"key": self.key, "part": self.part, "parts": self.parts, **self.extra}
        return {"event_type": self.event_type, "event_payload": payload}

    @property
    def body(self) -> str:
        """The Markdown that the message begins with: what a stream may show before the rest is there."""
        first = self.blocks[0] if self.blocks else {}
        return str(first["text"]) if first.get("type") == "markdown" else ""

    @property
    def tail(self) -> tuple[Block, ...]:
        return self.blocks[1:] if self.body else self.blocks


def markdown(text: str) -> list[Block]:
    return [{"type": "markdown", "text": piece} for piece in split_text(text, MARKDOWN_LIMIT)]


def sections(lines: Sequence[str], heading: str = "") -> list[Block]:
    """Lines of mrkdwn in as few sections as hold them. `verbatim`: Slack makes no links of its own."""
    texts = _gathered(lines, heading)
    return [{"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}} for text in texts]


def small_sections(lines: Sequence[str], heading: str = "") -> list[Block]:
    """The same as small print."""
    return [block for text in _gathered(lines, heading) for block in context(text)]


def _gathered(lines: Sequence[str], heading: str) -> list[str]:
    texts: list[str] = []
    for line in [*([f"*{heading}*"] if heading else []), *lines]:
        if texts and len(texts[-1]) + len(line) + 1 <= SECTION_LIMIT:
            texts[-1] += f"\n{line}"
        else:
            texts += split_text(line, SECTION_LIMIT)
    return texts


def context(*texts: str) -> list[Block]:
    """Small print, at most ten elements a block as Slack allows."""
    elements: list[Block] = [
        {"type": "mrkdwn", "text": text[:SECTION_LIMIT], "verbatim": True} for text in texts if text
    ]
    return [{"type": "context", "elements": elements[i : i + 10]} for i in range(0, len(elements), 10)]


def table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    wrapped: Iterable[int] = (),
    right: Iterable[int] = (),
) -> Block:
    """A table whose cells are literal text, cut to Slack's size; the caller says what was left out.

    Slack keeps a cell on one line unless its column is `wrapped`; columns of numbers belong to the `right`.
    """
    width = min(len(columns), TABLE_COLUMNS)
    kept = [columns[:width], *(row[:width] for row in rows[: TABLE_ROWS - 1])]
    room = max(8, TABLE_CHARACTERS // max(1, len(kept) * max(1, width)))
    folded, to_the_right = set(wrapped), set(right)
    settings = [{"is_wrapped": n in folded, "align": "right" if n in to_the_right else "left"} for n in range(width)]
    made: Block = {"type": "table", "rows": [[_cell(text, room) for text in row] for row in kept]}
    return made | {"column_settings": settings} if folded or to_the_right else made


def _cell(text: str, room: int) -> Block:
    text = text or "–"
    return {"type": "raw_text", "text": text if len(text) <= room else text[: room - 1] + "…"}


def pack(
    *pages: Iterable[Block], text: str, event_type: str, key: str, extra: dict[str, str] | None = None
) -> list[Message]:
    """Blocks as the fewest messages, in order: 50 blocks, 12,000 characters of Markdown and one table in each.

    Each page begins a message of its own; an empty one is none.
    """
    groups: list[list[Block]] = []
    for page in pages:
        begun: list[Block] = []
        for block in page:
            if not begun or not _fits(begun, block):
                begun = []
                groups.append(begun)
            begun.append(block)
    first = Message(
        text=text[:FALLBACK_LIMIT],
        blocks=(),
        event_type=event_type,
        key=key,
        parts=len(groups),
        extra=dict(extra or {}),
    )
    return [
        replace(first, blocks=tuple(group), part=n, text=first.text if n == 1 else f"Continued ({n} of {len(groups)})")
        for n, group in enumerate(groups, start=1)
    ]


def _fits(group: list[Block], block: Block) -> bool:
    if len(group) >= BLOCKS_LIMIT:
        return False
    if block["type"] == "table":
        return all(other["type"] != "table" for other in group)
    if block["type"] == "markdown":
        used = sum(len(str(other["text"])) for other in group if other["type"] == "markdown")
        return used + len(str(block["text"])) <= MARKDOWN_LIMIT
    return True
