"""Tables of a page, HTML or Markdown, as grids of text. Merged cells are repeated; nothing is interpreted."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.sanitise import Node, clean_line, parse_html

_RULE = re.compile(r"\s*\|?(?:\s*:?-{2,}:?\s*\|)+\s*(?::?-{2,}:?)?\s*\|?\s*$")
_CELL = re.compile(r"(?:\\.|`[^`]*`|[^|\\`]|`)*")
_CODE = re.compile(r"`([^`]+)`")
_MOST_COLUMNS, _MOST_ROWS = 40, 5000


@dataclass(frozen=True, slots=True)
class Cell:
    """`codes`: what is set as code in it, which is how pages write names of models."""

    text: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def read_tables(body: str) -> list[Table]:
    """Every table with a head and rows, in the page's order."""
    grids = _html_grids(body) if re.search(r"<table\b", body, re.I) else _markdown_grids(body)
    return [_table(grid) for grid in grids if len(grid) > 1]


def _table(grid: Sequence[Sequence[Cell]]) -> Table:
    head = tuple(cell.text for cell in grid[0])
    return Table(head, tuple((*row, *[Cell("")] * (len(head) - len(row))) for row in grid[1:]))


# ---------------------------------------------------------------- HTML


def _html_grids(body: str) -> Iterator[list[list[Cell]]]:
    tree = parse_html(body)
    for table in tree.iter("table") if tree is not None else ():
        yield _grid([row for row in table.iter("tr") if next(row.iterancestors("table")) is table][:_MOST_ROWS])


def _grid(rows: Sequence[Node]) -> list[list[Cell]]:
    """Cells that span rows or columns stand in each of them."""
    grid: list[list[Cell]] = []
    falling: dict[int, tuple[int, Cell]] = {}  # column -> rows still to fill, and with what
    for row in rows:
        line: list[Cell] = []
        cells = [node for node in row if node.tag in ("td", "th")]
        while cells or len(line) in falling:
            at = len(line)
            if at in falling:
                left, cell = falling.pop(at)
                if left > 1:
                    falling[at] = (left - 1, cell)
                line.append(cell)
                continue
            node = cells.pop(0)
            cell, deep = _cell(node), _span(node, "rowspan")
            for column in range(at, min(at + _span(node, "colspan"), _MOST_COLUMNS)):
                line.append(cell)
                if deep > 1:
                    falling[column] = (deep - 1, cell)
            if at >= _MOST_COLUMNS:
                break
        grid.append(line)
    return grid


def _span(node: Node, name: str) -> int:
    written = (node.get(name) or "1").strip()
    return max(1, min(int(written), _MOST_ROWS)) if written.isdecimal() else 1


def _cell(node: Node) -> Cell:
    codes = tuple(filter(None, (clean_line(" ".join(code.itertext())) for code in node.iter("code"))))
    return Cell(clean_line(" ".join(node.itertext())), codes)


# ---------------------------------------------------------------- Markdown


def _markdown_grids(body: str) -> Iterator[list[list[Cell]]]:
    lines = body.splitlines()
    for number, line in enumerate(lines[1:], 1):
        if _RULE.fullmatch(line) and "|" in lines[number - 1]:
            grid = [_markdown_row(lines[number - 1])]
            for following in lines[number + 1 : number + 1 + _MOST_ROWS]:
                if "|" not in following:
                    break
                grid.append(_markdown_row(following))
            yield grid


def _markdown_row(line: str) -> list[Cell]:
    """Bars inside code or behind a backslash are text."""
    inner = re.sub(r"(?<!\\)\|$", "", line.strip().removeprefix("|").rstrip())
    parts: list[str] = []
    at = 0
    while at <= len(inner) and len(parts) < _MOST_COLUMNS and (found := _CELL.match(inner, at)):
        parts.append(found[0])
        at = found.end() + 1
    return [_markdown_cell(part) for part in parts]


def _markdown_cell(part: str) -> Cell:
    said = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", part.replace("\\|", "|"))
    codes = tuple(clean_line(code) for code in _CODE.findall(said))
    return Cell(clean_line(re.sub(r"[`*]+", "", said)), codes)
