"""The terminal door: `steelyard ...`. Commands only parse, call and render; heavy rooms are imported when used.

Exit codes: 0 done, 2 usage, 3 not found or cannot answer, 4 configuration, 5 every outside service needed failed.
"""

import sys

import typer

from bot.doors.cli import (
    ask,
    audit,
    check,
    decide,
    digest,
    doctor,
    evaluation,
    facts,
    feedback,
    ingest,
    run,
    slack,
    sources,
    watch,
)
from bot.doors.cli.edge import report_defect, report_error
from kb.errors import SteelyardError

app = typer.Typer(
    name="steelyard",
    help="Open or closed model, for this use case? A decision you can defend, with a dated source for every sentence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("run")(run.run)
app.command("ask")(ask.ask)
app.command("search")(ask.search)
app.command("check")(check.check)
app.command("decide")(decide.decide)
app.add_typer(decide.app, name="decisions")
app.command("ingest")(ingest.ingest)
app.add_typer(sources.app, name="sources")
app.add_typer(facts.app, name="facts")
app.add_typer(slack.app, name="slack")
app.command("audit")(audit.audit)
app.add_typer(watch.app, name="watch")
app.add_typer(feedback.app, name="feedback")
app.command("digest")(digest.digest)
app.command("doctor")(doctor.doctor)
app.command("eval")(evaluation.evaluate)


def main() -> None:
    """The console script: errors become a sentence and an exit code, never a stack trace."""
    try:
        app()  # usage errors and exit codes are typer's own
    except SteelyardError as error:
        sys.exit(report_error(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the edge: a defect of ours becomes a reference id
        sys.exit(report_defect(error))
