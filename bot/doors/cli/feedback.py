"""`steelyard feedback export`: what people thought of answers, with the question, for the evaluation set."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

import typer
from pydantic import BaseModel, ConfigDict, Field

from bot.doors.cli.edge import out, print_json, settings_for_command
from bot.doors.cli.show import table
from kb.types import FeedbackRecord

app = typer.Typer(name="feedback", help="What people thought of answers.", no_args_is_help=True)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class JudgedAnswer(_Frozen):
    """One person's last word on one answer. Who it was is not told."""

    answer_id: int
    question: str
    kind: str
    as_of: date = Field(description="the day that the answer was for")
    verdict: Literal["up", "down"]
    category: str = Field(description="wrong, outdated, unsupported, misread, missing, unclear, other; empty: not said")
    reason: str = Field(description="what the answer should have said, in that person's words")
    at: datetime

    @classmethod
    def of(cls, given: FeedbackRecord) -> Self:
        return cls.model_validate({name: getattr(given, name) for name in cls.model_fields})


class FeedbackExport(_Frozen):
    schema_version: int = 1
    feedback: tuple[JudgedAnswer, ...]


@app.command("export")
def export(
    verdict: Annotated[str, typer.Option(help="up, down, or all")] = "all",
    workspace: Annotated[str, typer.Option(help="of one Slack workspace; empty: of every one")] = "",
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Feedback with its questions, oldest first: `python -m tests.eval.feedback FILE` asks them again."""
    from bot.wire import opened_store
    from kb.errors import BadInput

    if verdict not in ("up", "down", "all"):
        raise BadInput(f"no verdict is called {verdict!r}", hint="one of: up, down, all")
    wanted = None if verdict == "all" else verdict
    with opened_store(settings_for_command()) as store:
        given = store.answers.feedback_given(verdict=wanted, workspace_id=workspace or None)
    if json:
        print_json(FeedbackExport(feedback=tuple(JudgedAnswer.of(one) for one in given)))
        return
    if not given:
        out.print("Nobody has said what they think of an answer yet.")
        return
    columns = ("when", "answer", "verdict", "why", "question", "should have said")
    out.print(table("", columns, map(_cells, given)))


def _cells(one: FeedbackRecord) -> tuple[str, ...]:
    return (f"{one.at:%Y-%m-%d %H:%M}", str(one.answer_id), one.verdict, one.category, one.question, one.reason)
