"""`steelyard eval`: the evaluations of a checkout. They are not part of an installed wheel."""

import importlib
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.doors.cli.edge import exit_with, out, print_json, settings_for_command
from kb.errors import ConfigurationError

CHECKOUT = Path(__file__).resolve().parents[3]


def evaluate(
    names: Annotated[list[str], typer.Argument(help="cranfield, retrieval, answers, staff or all")],
    half: Annotated[str, typer.Option(help="open, held (once set aside), or third: a set by another hand")] = "open",
    against: Annotated[str, typer.Option(help="another ranking to compare with: dense_weight=0.7,feedback=0")] = "",
    home: Annotated[Path | None, typer.Option(help="keep the stores here; else they are temporary")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="rows and broken floors as JSON")] = False,
) -> None:
    """Measure retrieval and answers on labelled questions; exit 1 where a floor is broken."""
    if half not in ("open", "held", "third"):
        raise typer.BadParameter(f"{half!r} is none of open, held and third", param_hint="--half")
    settings_for_command()  # logs go to their file, not among the rows
    rows, problems = _room("tests.eval.run").evaluate(names, half=half, against=against, home=home)
    house = _room("tests.eval.house")
    if as_json:
        print_json(house.as_json(rows, problems))
    else:
        out.print(house.as_text(rows, problems), markup=False, soft_wrap=True)
    exit_with(1 if problems else 0)


def _room(name: str) -> Any:
    """A module of tests/, which only a checkout has."""
    if not (CHECKOUT / "tests" / "eval" / "run.py").is_file():
        raise ConfigurationError(
            "evaluations are not part of an installed package", hint="run `steelyard eval` from a checkout"
        )
    if str(CHECKOUT) not in sys.path:
        sys.path.insert(0, str(CHECKOUT))
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"evaluations need {error.name}, which is not installed", hint="pip install -e '.[dev]'"
        ) from error
