"""The use case that a thread has gathered so far, on one card with the button that opens its form. Pure."""

from bot.decide.report import DecisionReport, InputRow
from bot.doors.slack.blocks import Block, sections
from bot.doors.slack.render_decision import way_on
from bot.doors.slack.text import one_line

_MOST = 10
_VALUE = 120  # characters
_NEW = "new"


def card(report: DecisionReport) -> list[Block]:
    """What was said, never what was assumed; what this turn changed comes first and is marked. Then "Refine"."""
    said = [row for row in report.inputs if row.origin != "default"]
    changed = _changed(report)
    said.sort(key=lambda row: row.name not in changed)
    lines = [_line(row, row.name in changed) for row in said[:_MOST]]
    more = [f"and {len(said) - _MOST} more"] if len(said) > _MOST else []
    told = " · ".join([*lines, *more]) or "nothing was said yet"
    return [*sections([f"*Use case so far*: {told}."]), *way_on(report)]


def _line(row: InputRow, changed: bool) -> str:
    mark = f" ({_NEW})" if changed else ""
    return f"{one_line(row.label, _VALUE)}: *{one_line(row.value, _VALUE).replace('*', '')}*{mark}"


def _changed(report: DecisionReport) -> set[str]:
    """Inputs that this turn said, in a thread that had said others before."""
    if report.changes is None:
        return set()
    return {row.name for row in report.inputs if row.origin in ("stated", "derived")}
