"""An HTML tree as plain text with its structure: one walk, no recursion, nothing lost but layout."""

import re
from dataclasses import dataclass, field

from ingest.extract.tables import TableShape, table_shape
from ingest.sanitise import Node, clean_text

_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_BLOCK_TAGS = """address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure
footer form header hgroup hr html legend li main nav ol p pre section summary table tbody tfoot thead tr td th ul"""
_BLOCKS = frozenset(_BLOCK_TAGS.split())
MARKER = re.compile(r"[‘'\"“]?(?:\(\w{1,5}\)|\(?\w{1,3}[.)]|\d{1,2}(?:\.\d{1,2})+\.?|[—–•▪◦·‣-])$")
_LONE_PUNCTUATION = re.compile(r"[;,.:’”\"')\]]{1,3}$")
_BASE = re.compile(r"(?<![\d.,])10$")
_HEADING_LIKE = re.compile(r"(?=#{1,6} )")


@dataclass(slots=True)
class _Block:
    kind: str  # "heading", "para", "item", "row" or "pre"
    text: str


@dataclass(slots=True)
class _List:
    ordered: bool
    number: int


@dataclass(slots=True)
class Renderer:
    """Collects blocks while the walk opens and closes tags."""

    blocks: list[_Block] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    prefix: str = ""
    heading: int = 0
    pre: int = 0
    last_heading: int = 0
    lists: list[_List] = field(default_factory=list)
    tables: list[TableShape] = field(default_factory=list)
    row: list[str] | None = None

    # -------------------------------------------------- tags

    def open(self, node: Node) -> None:
        tag = node.tag
        if tag == "br":
            self.words.append("\n")
            return
        if tag in _BLOCKS or tag in _HEADINGS:
            self._open_block(tag, node)
        if _is_power(node, "".join(self.words)):
            self.words.append("^")
        self.say(node.text)

    def _open_block(self, tag: str, node: Node) -> None:
        if self._in_row() and tag not in ("td", "th"):
            self.words.append(" ")
            return
        self.flush()
        if tag in _HEADINGS:
            self.heading = _HEADINGS[tag]
        elif tag == "pre":
            self.pre += 1
        elif tag in ("ul", "ol"):
            self.lists.append(_List(ordered=tag == "ol", number=_start(node)))
        elif tag == "li":
            self._open_item()
        elif tag == "table":
            self.tables.append(table_shape(node))
        elif tag == "tr" and self.tables and self.tables[-1] is TableShape.DATA:
            self.row = []

    def close(self, node: Node) -> None:
        tag = node.tag
        if self._in_row():
            self._close_in_row(tag)
        elif tag in _BLOCKS or tag in _HEADINGS:
            self.flush(bold=_is_all_bold(node) if tag in ("p", "div") else False)
            self._leave(tag)
        self.say(node.tail)

    def _leave(self, tag: str) -> None:
        if tag in _HEADINGS:
            self.heading = 0
        elif tag == "pre":
            self.pre = max(0, self.pre - 1)
        elif tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        elif tag == "table" and self.tables:
            self.tables.pop()

    def say(self, text: str | None) -> None:
        if text:
            self.words.append(text if self.pre else re.sub(r"\s+", " ", text))

    # -------------------------------------------------- table rows and list items

    def _in_row(self) -> bool:
        return self.row is not None

    def _close_in_row(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._end_cell()
        elif tag in ("tr", "table", "tbody"):
            self._end_row()
        elif tag in _BLOCKS:
            self.words.append(" ")

    def _end_cell(self) -> None:
        assert self.row is not None
        self.row.append(" ".join(clean_text("".join(self.words)).split()))
        self.words.clear()

    def _end_row(self) -> None:
        if "".join(self.words).strip():
            self._end_cell()
        cells, self.row = self.row or [], None
        self.words.clear()
        while cells and not cells[-1]:
            cells.pop()
        if any(cells):
            self._add("row", " | ".join(cells))

    def _open_item(self) -> None:
        indent = "  " * max(0, len(self.lists) - 1)
        if self.lists and self.lists[-1].ordered:
            self.prefix = f"{indent}{self.lists[-1].number}. "
            self.lists[-1].number += 1
        else:
            self.prefix = f"{indent}- "

    # -------------------------------------------------- blocks

    def flush(self, *, bold: bool = False) -> None:
        """End the block at hand. A block that is only a marker, "(a)", waits for the text it numbers."""
        text = clean_text("".join(self.words))
        self.words.clear()
        if self.pre:
            text = "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")
        else:
            text = "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()
        if not text.strip():
            return
        if self.heading:
            self._add_heading(self.heading, text)
        elif bold and not self.prefix and len(text) <= 100 and not text.endswith((".", ",", ";")):
            self._add_heading(min(self.last_heading + 1, 6) or 1, text, is_real=False)
        elif MARKER.match(text) and not self.pre:
            self.prefix += f"{text} "
        else:
            self._add_text(text)

    def _add_text(self, text: str) -> None:
        kind = "pre" if self.pre else "item" if self.prefix else "para"
        if kind == "para" and _LONE_PUNCTUATION.match(text) and self.blocks and self.blocks[-1].kind != "heading":
            self.blocks[-1].text += text
            return
        self._add(kind, self._take_prefix() + text)

    def _take_prefix(self) -> str:
        prefix, self.prefix = self.prefix, ""
        return prefix

    def _add_heading(self, level: int, text: str, *, is_real: bool = True) -> None:
        if marker := self._take_prefix().strip("- "):
            text = f"{marker} {text}"
        self._add("heading", f"{'#' * level} {' '.join(text.split())}")
        if is_real:
            self.last_heading = level

    def _add(self, kind: str, text: str) -> None:
        if kind != "heading":
            # A line that only looks like a heading ("# a comment" in code) moves one blank to the right.
            text = "\n".join(
                _HEADING_LIKE.sub(" ", line, count=1) if line[:1] == "#" else line for line in text.split("\n")
            )
        self.blocks.append(_Block(kind, text))

    def finish(self) -> str:
        self.flush()
        if self.prefix.strip(" -"):
            self._add("para", self._take_prefix().strip())
        pieces: list[str] = []
        previous = ""
        for block in self.blocks:
            close = block.kind == previous and block.kind in ("item", "row")
            pieces.append(("\n" if close else "\n\n") + block.text)
            previous = block.kind
        return "".join(pieces).strip("\n")


def _is_power(node: Node, before: str) -> bool:
    """10 with a raised 25 is 10^25; a raised number behind a word, in brackets or with a link in it is a footnote."""
    raised = node.tag == "sup" or "super" in (node.get("class") or "").split("-")
    exponent = "".join(node.itertext()).strip()
    is_number = bool(_BASE.search(before)) and bool(re.fullmatch(r"[-−–]?\d{1,3}", exponent))
    return (
        raised and is_number and next(node.iter("a"), None) is None and not any(True for _ in node.iterancestors("a"))
    )


def _start(node: Node) -> int:
    try:
        return int(node.get("start") or 1)
    except ValueError:
        return 1


def _is_all_bold(node: Node) -> bool:
    """A paragraph that is one bold phrase is a heading in all but name."""
    inner = list(node)
    return (
        len(inner) == 1
        and inner[0].tag in ("b", "strong")
        and not (node.text or "").strip()
        and not (inner[0].tail or "").strip()
    )


def render(root: Node) -> str:
    """The text of a tree."""
    from lxml import etree

    renderer = Renderer()
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(node.tag, str):
            if event == "end":
                renderer.say(node.tail)
        elif event == "start":
            renderer.open(node)
        else:
            renderer.close(node)
    return renderer.finish()
