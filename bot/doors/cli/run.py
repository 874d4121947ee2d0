"""`steelyard run`: the scheduler and the bot; Slack where there are tokens, else a conversation in the terminal."""

import sys
import threading
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.doors.cli.edge import err, out, report_defect, report_error, say
from bot.doors.cli.show import show_answer
from bot.logs import configure_logging
from kb.errors import BadInput, SteelyardError
from kb.settings import load_settings

if TYPE_CHECKING:
    from bot.wire import Knowledge

GREETING = """Steelyard, in the terminal. Ask for example:
  What licence is Kimi K2.5 under and what do we have to do?
  When do the high-risk duties of the EU AI Act apply?
An empty line or Ctrl-D ends the conversation; `new` starts another thread."""

Part = Literal["all", "bot", "ingest"]


def run(only: Annotated[str, typer.Option(metavar="PART", help="all, bot or ingest")] = "all") -> None:
    """Start the scheduler and the bot."""
    if only not in ("all", "bot", "ingest"):
        raise BadInput(f"--only: {only!r} is not a part", hint="all, bot or ingest")
    from bot import wire

    settings = load_settings()
    slack = wire.wants_slack(settings) and only != "ingest"
    talks_here = only != "ingest" and not slack
    configure_logging(settings, to_file=settings.home / "steelyard.log" if talks_here else None)
    with wire.opened(settings, say) as knowledge:
        scheduler = wire.build_scheduler(knowledge, ingest=only != "bot")
        scheduler.start()
        try:
            if slack:
                say("Connecting to Slack")
                wire.serve_slack(knowledge)
            elif talks_here:
                say("No Slack tokens in the environment (SLACK_BOT_TOKEN ...), so we talk here. README: Slack set-up")
                converse(knowledge)
            else:
                say("Ingesting; Ctrl-C stops")
                wire.stop_on_signals().wait()
        finally:
            scheduler.stop()


def converse(knowledge: "Knowledge") -> None:
    """Read questions from standard input until it ends; each thread keeps its context."""
    from bot.wire import build_steelyard, process_name

    steelyard = build_steelyard(knowledge)
    steelyard.warm()
    person = sys.stdin.isatty()
    if person:
        out.print(GREETING, markup=False)
    thread = process_name()
    while True:
        try:
            line = input("\n> " if person else "").strip()
        except (EOFError, KeyboardInterrupt):
            return
        if not line:
            if person:
                return
            continue
        if line.lower() == "new":
            thread = process_name()
            continue
        try:
            with err.status("Weighing ...") if person else threading.Lock():
                answer = steelyard.ask(line, door="terminal", thread=thread)
            show_answer(out, answer)
        except SteelyardError as error:
            report_error(error)
        except Exception as error:  # noqa: BLE001 - the edge: a defect of ours must not end the conversation
            report_defect(error)
