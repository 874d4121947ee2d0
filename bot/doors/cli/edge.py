"""What every command shares: settings, output as JSON or words, errors as sentences."""

import json
import sys
from collections.abc import Mapping
from datetime import date

import structlog
import typer
from pydantic import BaseModel
from rich.console import Console

from bot.logs import configure_logging, reference_id
from kb.errors import BadInput, SteelyardError
from kb.settings import Settings, load_settings

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def settings_for_command(**overrides: object) -> Settings:
    """The settings, with logs going to a file so that they do not disturb what a command prints."""
    settings = load_settings(**overrides)
    configure_logging(settings, to_file=settings.home / "steelyard.log")
    return settings


def say(message: str) -> None:
    """Progress, on stderr."""
    err.print(f"[dim]{message}[/dim]")


def print_json(value: BaseModel | Mapping[str, object]) -> None:
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    sys.stdout.write(json.dumps(plain, ensure_ascii=False, indent=2, default=str) + "\n")


def parse_date(text: str | None, option: str) -> date | None:
    """An ISO date as typed after `option`, or a usage error that says what was wrong."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{option}: {text!r} is not a date", hint="write it as 2026-06-01") from None


def report_error(error: SteelyardError) -> int:
    """Print what was wrong and what to do; the exit code is the error's own."""
    err.print(f"steelyard: {error}", style="red", markup=False)
    if error.hint:
        err.print(f"  {error.hint}", markup=False)
    return error.exit_code


def report_defect(error: BaseException) -> int:
    """A defect of ours: the log has the trace, the user a reference id."""
    reference = reference_id()
    structlog.get_logger("steelyard").error("defect", reference=reference, exc_info=error)
    err.print(f"steelyard: something went wrong inside (reference {reference}); the log has the details", style="red")
    return 1


def exit_with(code: int) -> None:
    if code:
        raise typer.Exit(code)
