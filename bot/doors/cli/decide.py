"""`steelyard decide` and `steelyard decisions`: a verdict for a use case, and the record of earlier ones."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.doors.cli.ask import CANNOT_ANSWER, AsJson, AsOf
from bot.doors.cli.edge import exit_with, out, parse_date, print_json, say, settings_for_command
from kb.errors import BadInput

if TYPE_CHECKING:
    from bot.decide.files import Brief
    from bot.decide.report import DecisionReport
    from bot.decide.service import Decider, Earlier
    from kb.store.decisions import DecisionRecord
    from kb.types import FactView

app = typer.Typer(no_args_is_help=True, help="Recorded decisions: listed, shown, exported, computed again.")

Export = Annotated[Path | None, typer.Option(metavar="FILE", help="write the decision to a .md or .json file")]
ChartFile = Annotated[Path | None, typer.Option("--chart", metavar="FILE.png", help="draw cost against volume")]


def decide(
    target: Annotated[str, typer.Argument(metavar="FILE.yaml|TEXT", help="a use case, in a file or in plain words")],
    json: AsJson = False,
    as_of: AsOf = None,
    seed: Annotated[int, typer.Option(min=0, help="of the draws; the same seed gives the same figures")] = 0,
    save: Annotated[bool, typer.Option("--save/--no-save", help="keep the decision on record")] = True,
    thread: Annotated[str, typer.Option(metavar="ID", help="continue a use case; any name starts one")] = "",
    owner: Annotated[str, typer.Option(help="who answers for the decision")] = "",
    review_on: Annotated[str | None, typer.Option(metavar="DATE", help="when to look at it again")] = None,
    export: Export = None,
    chart: ChartFile = None,
) -> None:
    """Decide: open or closed, for this use case?"""
    from bot.decide.service import Place
    from bot.wire import build_decider, opened_store

    when, review = parse_date(as_of, "--as-of"), parse_date(review_on, "--review-on")
    _check(export, chart, save)
    place = Place(thread=thread)
    with opened_store(settings_for_command(), say) as store:
        decider = build_decider(store)
        day = when or decider.today()
        views, earlier = decider.views(day), decider.earlier(place)
        brief = _brief(target, earlier, views)
        report = decider.decide(
            brief.use_case,
            question=brief.question,
            as_of=day,
            seed=seed,
            place=place,
            owner=owner or brief.owner,
            review_on=review or brief.review_on,
            save=save,
            before=earlier.report if earlier else None,
            views=views,
        )
        _write(decider, report, export, chart)
    _print(report, json)
    exit_with(0 if report.options or report.eliminated else CANNOT_ANSWER)


def _brief(target: str, earlier: "Earlier | None", views: "list[FactView]") -> "Brief":
    """A file where the argument names one, else plain words, continuing the thread's use case."""
    from bot.answer.contenders import read_use_case
    from bot.decide.files import SUFFIXES, Brief, read_brief
    from bot.decide.service import model_names

    if not target.strip():
        raise BadInput("the use case is empty", hint="describe it, or name a .yaml file")
    if target.endswith(SUFFIXES) and "\n" not in target:
        brief = read_brief(Path(target))
        return Brief(
            use_case=brief.use_case,
            question=brief.question or f"The use case of {Path(target).name}",
            owner=brief.owner,
            review_on=brief.review_on,
        )
    said = earlier.use_case if earlier else None
    use_case = read_use_case(target, earlier=said, models=model_names(views))
    return Brief(use_case=use_case, question=" ".join(target.split()))


@app.command("list")
def list_decisions(
    json: AsJson = False, limit: Annotated[int, typer.Option(min=1, max=1000, help="the newest so many")] = 50
) -> None:
    """List decisions, the newest first."""
    from bot.decide.report import DecisionList, DecisionSummary
    from bot.doors.cli.show import table
    from bot.wire import build_decider, opened_store

    with opened_store(settings_for_command(), say) as store:
        records = build_decider(store).records(limit=limit)
    found = [_summary(record) for record in records]
    if json:
        print_json(DecisionList(decisions=tuple(DecisionSummary.model_validate(row) for row in found)))
    elif not found:
        out.print("No decisions yet. `steelyard decide` makes one.")
    else:
        columns = ("id", "created_on", "as_of", "question", "verdict", "owner", "review_on")
        out.print(table("", columns, ([row[name] or "" for name in columns] for row in found)))


def _summary(record: "DecisionRecord") -> dict[str, object]:
    return {
        "id": record.id,
        "created_on": record.created_at.date(),
        "as_of": record.as_of,
        "question": record.question,
        "verdict": str(record.verdict.get("verdict", "")),
        "owner": record.owner,
        "review_on": record.review_on,
    }


Number = Annotated[int, typer.Argument(metavar="ID", help="the decision's number")]


@app.command("show")
def show(number: Number, json: AsJson = False, export: Export = None, chart: ChartFile = None) -> None:
    """Show a decision as it was published."""
    from bot.decide.service import report_of
    from bot.wire import build_decider, opened_store

    _check(export, chart, True)
    with opened_store(settings_for_command(), say) as store:
        decider = build_decider(store)
        report = report_of(decider.record(number))
        _write(decider, report, export, chart)
    _print(report, json)


@app.command("replay")
def replay(number: Number) -> None:
    """Compute a decision again from its recorded inputs and compare every published figure."""
    from bot.decide.service import differing, report_of
    from bot.wire import build_decider, opened_store

    with opened_store(settings_for_command(), say) as store:
        record = build_decider(store).record(number)
    found = differing(record)
    if found:
        out.print(f"Decision {number} comes out differently in: {', '.join(found)}.")
        exit_with(1)
    out.print(f"Decision {number}: the same figures from the same inputs. {report_of(record).verdict}", markup=False)


def _check(export: Path | None, chart: Path | None, save: bool) -> None:
    """Before anything is computed: files that we could not write."""
    if export is not None and export.suffix not in (".md", ".json"):
        raise BadInput(f"--export: {export} is neither .md nor .json")
    if chart is not None and chart.suffix != ".png":
        raise BadInput(f"--chart: {chart} is not a .png")
    if chart is not None and not save:
        raise BadInput("--chart: a chart is drawn from the record", hint="leave out --no-save")


def _write(decider: "Decider", report: "DecisionReport", export: Path | None, chart: Path | None) -> None:
    from bot.decide.markdown import to_markdown

    try:
        if export is not None:
            text = report.model_dump_json(indent=2) + "\n" if export.suffix == ".json" else to_markdown(report)
            export.write_text(text, "utf-8")
            say(f"Wrote {export}")
        if chart is not None and report.id is not None:
            _draw(decider, report.id, chart)
    except OSError as error:
        raise BadInput(f"cannot write {error.filename}: {error.strerror}") from error


def _draw(decider: "Decider", number: int, path: Path) -> None:
    from bot.charts import cost_chart

    curves = decider.curves(number)
    if curves is None:
        say("No chart: no option is left to draw")
        return
    made = cost_chart(curves)
    path.write_bytes(made.png)
    say(f"Wrote {path}. {made.alt}")


def _print(report: "DecisionReport", as_json: bool) -> None:
    from bot.doors.cli.show_decision import show_decision

    if as_json:
        print_json(report)
    else:
        show_decision(out, report)
