"""Questions that people judged, asked again: `python -m tests.eval.feedback FILE [--home DIR]`.

FILE is what `steelyard feedback export --json` printed. Shows each question with what was said of its answer and how it
is answered now: reading them is the evaluation, and a question worth keeping goes into the labelled sets by hand.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from bot.doors.cli.feedback import FeedbackExport
from bot.wire import build_steelyard, opened
from kb.settings import load_settings


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--home", type=Path, help="the knowledge base to ask (STEELYARD_HOME)")
    options = parser.parse_args(argv)
    export = FeedbackExport.model_validate(json.loads(options.file.read_text("utf-8")))
    settings = load_settings()
    settings = settings.model_copy(update={"home": options.home}) if options.home else settings
    with opened(settings) as knowledge:
        steelyard = build_steelyard(knowledge)
        for one in export.feedback:
            now = steelyard.ask(one.question)
            said = f"{one.verdict} {one.category}: {one.reason}".strip(": ")
            print(f"## {one.question}\n{said} (answer {one.answer_id}, {one.as_of})\n{now.answer[:600]}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
