"""`steelyard ask` and `steelyard search`."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from bot.doors.cli.contracts import FoundPassage, SearchResult
from bot.doors.cli.edge import exit_with, out, parse_date, print_json, say, settings_for_command
from bot.doors.cli.show import show_answer, show_hits
from kb.types import Filter, Tier, Topic

if TYPE_CHECKING:
    from bot.answer.contract import Answer

CANNOT_ANSWER = 3
AsJson = Annotated[bool, typer.Option("--json", help="print JSON (docs/ has the schema)")]
AsOf = Annotated[
    str | None, typer.Option(metavar="DATE", help="answer with what was known at the end of that day (UTC)")
]


def ask(
    text: Annotated[str, typer.Argument(help="the question")],
    json: AsJson = False,
    as_of: AsOf = None,
    thread: Annotated[str, typer.Option(metavar="ID", help="continue a thread; any name starts one")] = "",
    generator: Annotated[str | None, typer.Option(metavar="NAME", help="composer or a generator")] = None,
) -> None:
    """Ask a question; every sentence of the answer carries its source."""
    when = parse_date(as_of, "--as-of")
    answer = _answer(text, when, thread, generator)
    if json:
        print_json(answer)
    else:
        show_answer(out, answer)
    exit_with(CANNOT_ANSWER if answer.abstained_because else 0)


def _answer(text: str, when: date | None, thread: str, generator: str | None) -> "Answer":
    from bot.wire import FetchedArticles, build_steelyard, opened

    with opened(settings_for_command(), say) as knowledge:
        articles = FetchedArticles(knowledge.settings)
        return build_steelyard(knowledge, articles).ask(text, as_of=when, thread=thread, generator=generator)


def search(
    text: Annotated[str, typer.Argument(help="what to look for")],
    k: Annotated[int, typer.Option("-k", min=1, max=200, help="how many passages")] = 8,
    json: AsJson = False,
    as_of: AsOf = None,
    topic: Annotated[list[Topic] | None, typer.Option(help="only this topic (may be repeated)")] = None,
    tier: Annotated[int, typer.Option(min=1, max=4, help="this tier and better")] = 4,
    publisher: Annotated[str | None, typer.Option(help="only this publisher")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="published on or after")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="published on or before")] = None,
) -> None:
    """Find passages in the knowledge base."""
    from bot.wire import opened

    wanted = Filter(
        as_of=parse_date(as_of, "--as-of"),
        topics=tuple(topic or ()),
        max_tier=Tier(tier),
        publisher=publisher,
        since=parse_date(since, "--since"),
        until=parse_date(until, "--until"),
    )
    with opened(settings_for_command(), say) as knowledge:
        hits = knowledge.retriever.search(text, filter=wanted, k=k)
    if json:
        found = (FoundPassage.of(rank, hit) for rank, hit in enumerate(hits, 1))
        print_json(SearchResult(hits=tuple(found)))
    else:
        show_hits(out, hits)
    exit_with(0 if hits else CANNOT_ANSWER)
