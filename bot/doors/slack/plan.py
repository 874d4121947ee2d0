"""The work behind a streamed answer as tasks beside its text: what was read, from which sources, and weighed. Pure.

https://docs.slack.dev/messaging/sending-and-scheduling-messages#text-streaming
"""

from bot.answer.contract import Answer
from bot.decide.report import DecisionReport
from bot.doors.slack.render_sources import cited
from bot.doors.slack.text import harmless_raw, safe_url

Chunk = dict[str, object]

DISPLAY = "plan"  # all tasks together, folded away from the text
_READING, _WEIGHING = "evidence", "options"
_SOURCES = 10
_TITLE = 200


def begun() -> list[Chunk]:
    return [
        {"type": "plan_update", "title": "Weighing the evidence"},
        _task(_READING, "Reading dated evidence", "in_progress"),
    ]


def finished(answer: Answer, report: DecisionReport | None) -> list[Chunk]:
    """Every task complete; the links are those of the answer's own citations."""
    sources = [source for each in cited(answer.citations) if (source := _source(each.title, each.url))]
    reading = _task(_READING, "Read dated evidence", "complete", output=_counted(len(answer.citations), "source"))
    tasks = [reading | ({"sources": sources[:_SOURCES]} if sources else {})]
    if report is not None and (report.options or report.eliminated):
        told = f"{_counted(len(report.options), 'option')} weighed, {len(report.eliminated)} ruled out"
        tasks.append(_task(_WEIGHING, "Weighed the options", "complete", output=told))
    return [{"type": "plan_update", "title": "Weighed"}, *tasks]


def stopped() -> list[Chunk]:
    return [{"type": "plan_update", "title": "Stopped"}, _task(_READING, "Stopped", "complete")]


def _task(name: str, title: str, status: str, output: str = "") -> Chunk:
    made: Chunk = {"type": "task_update", "id": name, "title": title, "status": status}
    return made | {"output": output} if output else made


def _source(title: str, url: str) -> Chunk | None:
    target = safe_url(url)
    text = harmless_raw(" ".join(title.split()))[:_TITLE] or "source"
    return {"type": "url", "url": target, "text": text} if target else None


def _counted(n: int, noun: str) -> str:
    return f"{n} {noun}{'' if n == 1 else 's'}"
