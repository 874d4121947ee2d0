"""`steelyard check`: an article's claims, each held against dated facts."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bot.doors.cli.ask import CANNOT_ANSWER, AsJson
from bot.doors.cli.edge import exit_with, out, parse_date, print_json, say, settings_for_command
from kb.errors import BadInput
from kb.settings import Settings
from kb.types import utc_now

SUFFIXES = (".txt", ".md", ".markdown", ".html", ".htm", ".text")
LARGEST_BYTES = 5_000_000


def check(
    target: Annotated[
        str, typer.Argument(metavar="TEXT|FILE|URL", help="an article: its words, a file, or its address")
    ],
    json: AsJson = False,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="judge by what was known at the end of that day (UTC)")
    ] = None,
) -> None:
    """Check an article: each claim confirmed, qualified, contradicted or unverifiable, with dated evidence."""
    from bot.check.length import check_length
    from bot.check.service import Checker
    from bot.wire import opened

    when = parse_date(as_of, "--as-of")
    settings = settings_for_command()
    text, source, published = read_target(target, settings)
    check_length(text)
    with opened(settings, say) as knowledge:
        url = source if source.startswith("http") else ""
        checker = Checker(knowledge.store, knowledge.retriever, clock=utc_now)
        report = checker.check(text, source=source, as_of=when, published_on=published, url=url)
    if json:
        print_json(report)
    else:
        from bot.doors.cli.show_check import show_check

        show_check(out, report)
    exit_with(0 if report.claims else CANNOT_ANSWER)


def read_target(target: str, settings: Settings) -> tuple[str, str, date | None]:
    """The text, what it is called, and the day that its page states."""
    stripped = target.strip()
    if not stripped:
        raise BadInput("there is nothing to check", hint="give an article's text, a file or an address")
    if stripped.lower().startswith(("http://", "https://")) and len(stripped.split()) == 1:
        return _from_web(stripped, settings)
    if _is_file(stripped):
        return _from_file(Path(stripped))
    return target, "the text given", None


def _is_file(target: str) -> bool:
    """A path that exists, or that can be meant for nothing else."""
    if "\n" in target or len(target) > 1_000:
        return False
    try:
        there = Path(target).exists()
    except OSError:
        return False
    return there or (len(target.split()) == 1 and target.lower().endswith(SUFFIXES))


def _from_file(path: Path) -> tuple[str, str, date | None]:
    from ingest.article_text import as_text

    if path.is_dir():
        raise BadInput(f"{path} is a folder", hint="name a file in it")
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise BadInput(f"{path} is larger than {LARGEST_BYTES // 10**6} MB", hint="check it in parts")
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"cannot read {path}: {error.strerror}") from error
    text, published = as_text(
        data,
        "text/html" if path.suffix.lower() in (".html", ".htm") else "",
        str(path),
        path.as_uri() if path.is_absolute() else "",
    )
    return text, str(path), published


def _from_web(url: str, settings: Settings) -> tuple[str, str, date | None]:
    from bot.wire import FetchedArticles

    found = FetchedArticles(settings).read(url, workspace_id=None)
    return found.text, found.url, found.published_on
