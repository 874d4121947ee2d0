"""Answers, hits and tables for a person at a terminal. Source text is never read as markup."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from kb.types import Hit

if TYPE_CHECKING:
    from bot.answer.contract import Answer

TIER_WORDS = {1: "primary", 2: "recognised", 3: "press", 4: "opinion"}


def day(moment: datetime | None) -> str:
    return moment.date().isoformat() if moment else "undated"


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """A plain table whose cells are text, not markup."""
    drawn = Table(title=title or None, title_justify="left", show_edge=False, pad_edge=False)
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(str(cell)) for cell in row))
    return drawn


def show_hits(console: Console, hits: Sequence[Hit]) -> None:
    if not hits:
        console.print("Nothing found.")
    for rank, hit in enumerate(hits, 1):
        passage = hit.passage
        where = " › ".join(passage.heading_path)
        console.print(f"[bold]{rank}. {escape(passage.title)}[/bold] [dim]{hit.score:.2f}[/dim]")
        meta = [passage.publisher, day(passage.published_at), f"tier {int(passage.tier)}", passage.url]
        console.print(Text(" · ".join(part for part in meta if part), style="dim"))
        if where:
            console.print(Text(where, style="italic"))
        console.print(Text(passage.text), "")


def show_answer(console: Console, answer: "Answer") -> None:
    """The whole answer: text, tables, questions, sources."""
    console.print(Text(answer.answer))
    if answer.decision:
        from bot.decide.report import DecisionReport
        from bot.doors.cli.show_decision import show_decision

        show_decision(console, DecisionReport.model_validate(answer.decision), mark="D")
    for block in answer.tables:
        console.print()
        console.print(table(block.title, block.columns, ([cell.text for cell in row] for row in block.rows)))
    if answer.citations:
        console.print("\n[bold]Sources[/bold]")
    for cited in answer.citations:
        line = Text(f"[{cited.n}] {cited.title}", style="")
        tier = TIER_WORDS.get(cited.tier, str(cited.tier))
        line.append(f" · {cited.publisher} · {cited.published_at or 'undated'} · {tier}", style="dim")
        console.print(line)
        console.print(Text(f"    {cited.url}", style="dim"))
        if cited.quote:
            console.print(Text(f"    “{cited.quote}”", style="italic"))
    sent = f" · the question and its evidence were sent to {answer.sent_to}" if answer.sent_to else ""
    console.print(Text(f"\nAs of {answer.as_of} · {answer.generator}{sent}", style="dim"))
