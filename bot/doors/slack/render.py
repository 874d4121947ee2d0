"""Answer -> Slack messages. Pure: verdict first, then why, tables, sources, freshness, small print, feedback.

    answer -> body (Markdown) + tables + sources + small print + feedback -> pack -> [Message, ...]

`opening` is what may be streamed while the answer is still being made; the final body always begins with it.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from bot.answer.contract import Answer, Cell, Citation, Sentence, Table
from bot.doors.slack.blocks import TABLE_COLUMNS, TABLE_ROWS, Block, Message, context, markdown, pack, sections, table
from bot.doors.slack.render_decision import decision_blocks, decision_of
from bot.doors.slack.text import harmless, harmless_raw, mrkdwn_link, one_line

ANSWER_EVENT = "steelyard_answer"
FEEDBACK_ACTION = "steelyard_feedback"
DISCLAIMER = "Steelyard is an automated assistant. Check the sources before you rely on this; it is not legal advice."
TIERS = {1: "primary", 2: "recognised", 3: "press", 4: "opinion"}


def render(answer: Answer, *, answer_id: int | None, key: str) -> list[Message]:
    """The whole answer as messages, the first of them beginning with its verdict."""
    blocks: list[Block] = [
        *markdown(body(answer)),
        *(decision_blocks(report) if (report := decision_of(answer.decision)) else []),
        *(block for each in answer.tables for block in _table(each)),
        *sections([_source(citation) for citation in answer.citations], "Sources" if answer.citations else ""),
        *context(_freshness(answer), *(one_line(note, 1_000) for note in answer.notes), DISCLAIMER),
        *_feedback(answer_id),
    ]
    return pack(blocks, text=_fallback(answer), event_type=ANSWER_EVENT, key=key)


def notice(text: str, *, key: str) -> Message:
    """Words in place of an answer: an apology, a hint."""
    words = harmless(text)[:2_900]
    block: Block = {"type": "section", "text": {"type": "mrkdwn", "text": words, "verbatim": True}}
    return pack([block], text=words, event_type=ANSWER_EVENT, key=key)[0]


def opening(sentences: Sequence[Sentence]) -> str:
    """The Markdown of the sentences of the first section, in the order they came."""
    if not sentences:
        return ""
    first, *rest = [s for s in sentences if s.section == sentences[0].section]
    return _paragraphs([_sentence(first), _bullets(rest)])


def body(answer: Answer) -> str:
    """All statements and questions as Markdown; an answer without statements speaks in its own words."""
    parts = [opening(answer.sentences)] if answer.sentences else [_prose(answer.answer)]
    for number, heading in enumerate(answer.sections):
        those = [s for s in answer.sentences if s.section == number]
        if those and number != answer.sentences[0].section:
            parts += [f"**{harmless(heading)}**", _bullets(those)]
    if answer.sentences and answer.sentences[0].section is not None:
        parts.append(_bullets([s for s in answer.sentences if s.section is None]))
    if answer.questions and not all(
        question in answer.answer and not answer.sentences for question in answer.questions
    ):
        asked = "\n".join(f"{n}. {one_line(question, 500)}" for n, question in enumerate(answer.questions, start=1))
        parts += ["**What I would need to know**", asked]
    return _paragraphs(parts) or "I have nothing to say on this."


def _paragraphs(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part)


def _sentence(sentence: Sentence) -> str:
    marks = "".join(f"[{n}]" for n in sentence.citations)
    formula = f" (computed: {_flat(sentence.formula)})" if sentence.formula else ""
    return f"{_flat(sentence.text)}{formula}{' ' + marks if marks else ''}"


def _bullets(sentences: Iterable[Sentence]) -> str:
    return "\n".join(f"- {_sentence(sentence)}" for sentence in sentences)


def _flat(text: str) -> str:
    """A statement is one line: no line of source text may begin a list, a heading or a fence."""
    return harmless(" ".join(text.split())).replace("```", "'''")


def _prose(text: str) -> str:
    return harmless(text.strip())


def _fallback(answer: Answer) -> str:
    lead = answer.sentences[0].text if answer.sentences else answer.answer
    return one_line(lead or answer.question, 300) or "Answer"


def _source(citation: Citation) -> str:
    title = mrkdwn_link(one_line(citation.title or citation.publisher or "source", 150), citation.url)
    place = f", {one_line(citation.locator, 80)}" if citation.locator else ""
    published = f"published {_day(citation.published_at)}" if citation.published_at else "undated"
    tier = f"tier {citation.tier} ({TIERS.get(citation.tier, 'unknown')})"
    facts = [one_line(citation.publisher, 80), published, f"read as of {_day(citation.as_of)}", tier]
    return f"[{citation.n}] {title}{place} · {' · '.join(f for f in facts if f)}"


def _freshness(answer: Answer) -> str:
    words = f"As of {_day(answer.as_of)}."
    if answer.citations:
        words += f" Oldest reading of a source: {_day(min(c.as_of for c in answer.citations))}."
    stale = sum(fact.stale for fact in answer.facts)
    if stale:
        words += f" {stale} of {len(answer.facts)} facts {'is' if stale == 1 else 'are'} overdue for confirmation."
    return words


def _table(given: Table) -> list[Block]:
    if not given.columns or not given.rows:
        return []
    rows = [[_cell(cell) for cell in row] for row in given.rows]
    left_out = [
        f"{len(given.rows) - TABLE_ROWS + 1} more rows" if len(given.rows) >= TABLE_ROWS else "",
        f"{len(given.columns) - TABLE_COLUMNS} more columns" if len(given.columns) > TABLE_COLUMNS else "",
    ]
    note = " and ".join(part for part in left_out if part)
    return [
        *sections([f"*{one_line(given.title, 150)}*"] if given.title else []),
        table([harmless_raw(column) for column in given.columns], rows),
        *context(f"Not shown: {note}." if note else ""),
    ]


def _cell(cell: Cell) -> str:
    dated = f" ({_day(cell.as_of)})" if cell.as_of else ""
    return harmless_raw(" ".join(cell.text.split())) + dated + "".join(f"[{n}]" for n in cell.citations)


def _feedback(answer_id: int | None) -> list[Block]:
    if answer_id is None:
        return []

    def button(label: str, verdict: str) -> dict[str, object]:
        return {
            "text": {"type": "plain_text", "text": label},
            "value": f"{verdict}:{answer_id}",
            "accessibility_label": f"{label} answer",
        }

    element = {
        "type": "feedback_buttons",
        "action_id": FEEDBACK_ACTION,
        "positive_button": button("Helpful", "up"),
        "negative_button": button("Not helpful", "down"),
    }
    return [{"type": "context_actions", "elements": [element]}]


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
