"""The digest as JSON and as plain text, for a terminal. Pure."""

from datetime import date

from bot.digest.contract import DecisionMoved, Digest, DigestSource


def digest_json(made: Digest) -> dict[str, object]:
    return made.model_dump(mode="json")


def digest_text(made: Digest) -> str:
    """The digest as plain text, for a terminal."""
    lines = [f"{_day(made.since)} to {_day(made.until)}"]
    for group in made.groups:
        lines += ["", group.name]
        lines += [f"  - {change.statement} ({_where(change.source)})" for change in group.changes]
        for story in group.stories:
            lead, *also = (f"{_where(source)} {source.url}" for source in story.sources)
            lines += [f"  - {story.title}", f"      {lead}", *(f"      also: {other}" for other in also)]
        if group.left_out:
            lines.append(f"  and {group.left_out} more")
    if made.decisions:
        lines += ["", "What it changes for your decisions"]
        lines += [_decision(each) for each in made.decisions]
    if made.deadlines:
        lines += ["", "Deadlines ahead"]
        lines += [f"  - {_day(d.on)} ({d.days_left} days): {d.statement} ({_where(d.source)})" for d in made.deadlines]
    return "\n".join(lines if made.groups or made.decisions or made.deadlines else [*lines, "", "Nothing to report."])


def _decision(moved: DecisionMoved) -> str:
    when = f", from {_day(moved.ahead_on)}" if moved.ahead_on else ""
    told = "".join(f" ({_where(source)})" for source in moved.sources[:1])
    return f"  - {moved.kind.capitalize()} {moved.number} ({moved.question}){when}: {moved.said}{told}"


def _where(source: DigestSource) -> str:
    return f"{source.publisher or source.title}, {_day(source.published)}, tier {source.tier}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
