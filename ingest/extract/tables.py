"""Which tables hold data, and which only place text on a page."""

from enum import Enum

from ingest.sanitise import Node

_LONGEST_DATA_CELL = 600


class TableShape(Enum):
    DATA = "data"  # rows read "cell | cell"
    LAYOUT = "layout"  # cells read as blocks, one after the other


def table_shape(table: Node) -> TableShape:
    """Layout: tables within tables, headings in cells, one column, long cells, or a first column of markers."""
    from ingest.extract.render import MARKER

    if table.get("role") == "presentation":
        return TableShape.LAYOUT
    rows = list(table.iter("tr"))
    cells = [cell for row in rows for cell in row.iterchildren("td", "th")]
    if any(True for _ in table.iterdescendants("table", "h1", "h2", "h3", "h4", "h5", "h6")):
        return TableShape.LAYOUT
    if all(_filled(row) <= 1 for row in rows):
        return TableShape.LAYOUT
    if any(len(_text(cell)) > _LONGEST_DATA_CELL for cell in cells):
        return TableShape.LAYOUT
    first = [
        text for row in rows if (row_cells := list(row.iterchildren("td", "th"))) and (text := _text(row_cells[0]))
    ]
    if first and all(MARKER.match(text) for text in first):
        return TableShape.LAYOUT
    return TableShape.DATA


def _filled(row: Node) -> int:
    return sum(bool(_text(cell)) for cell in row.iterchildren("td", "th"))


def _text(cell: Node) -> str:
    return " ".join("".join(cell.itertext()).split())
