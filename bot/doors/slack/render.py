"""Answer -> Slack messages. Pure: verdict first, then why, tables, sources, freshness, small print, feedback.

    answer -> body (Markdown) + tables + sources + small print + feedback -> pack -> [Message, ...]
    with a decision -> [verdict + what a reader needs at once + feedback], [what it stands on + sources]

`opening` is what may be streamed while the answer is still being made; the final body always begins with it.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import TypeGuard

from bot.answer.contract import Answer, Cell, Sentence, Table
from bot.decide.report import DecisionReport
from bot.doors.slack.blocks import (
    TABLE_COLUMNS,
    TABLE_ROWS,
    Block,
    Message,
    context,
    markdown,
    pack,
    sections,
    small_sections,
    table,
)
from bot.doors.slack.card import card
from bot.doors.slack.render_alert import watch_button
from bot.doors.slack.render_decision import (
    back,
    decision_of,
    front,
    marks_by,
    record_line,
    shown_sources,
    told_by_duties,
    weighed,
)
from bot.doors.slack.render_sources import LEGEND, cited, joined, long_day, reference_line, short_day
from bot.doors.slack.text import harmless, harmless_raw, one_line

ANSWER_EVENT = "steelyard_answer"
FEEDBACK_ACTION = "steelyard_feedback"
DISCLAIMER = "Steelyard is an automated assistant: check the sources before you rely on this."
DISCLOSURE = (
    "Your first answer from Steelyard. It is an AI system, not a person: software reads your words, decides by fixed "
    "rules on dated facts, and cites them. It can be wrong. What you ask is stored for this workspace."
)
SENT = "The text of this question and its evidence left this machine for"
STOPPED = "Stopped, as you asked, before the answer was complete."
NOTHING = "I have nothing to say on this."
_LEGAL = "not legal advice"
_BOLD = 240  # characters of a bold lead
_FORMULA = 140  # a longer one is small print


def render(
    answer: Answer,
    *,
    answer_id: int | None,
    key: str,
    newcomer: bool = False,
    above: Sequence[Block] = (),
    below: Sequence[Block] = (),
) -> list[Message]:
    """The whole answer as messages, the first of them beginning with its verdict, or with what is to be `above` it.

    `newcomer`: who asked has never had an answer, and is told what answers. `below`: buttons of this place.
    """
    report = decision_of(answer.decision)
    own = cited(answer.citations)
    references, numbers = joined(own, shown_sources(report)) if report else (own, {})
    alone = report is not None and weighed(report)
    told_who = context(DISCLOSURE if newcomer else "")
    first: list[Block] = [*above, *markdown(opening_of(answer) if alone else body(answer)), *told_who]
    rest: list[Block] = [
        *(block for each in answer.tables for block in _table(each)),
        *small_sections([reference_line(r, answer.as_of) for r in references], "Sources" if references else ""),
        *context(_small_print(answer, report, bool(references))),
    ]
    feedback = [*below, *_watching(answer, answer_id, report), *_feedback(answer_id)]
    if report is None or not alone:
        pages: list[list[Block]] = [[*first, *(card(report) if report else []), *rest, *feedback]]
    else:
        marks, told = marks_by(numbers), told_by_duties(report)
        found = markdown(_paragraphs(_found(answer, told)))
        pages = [
            [*first, *front(report, marks, _unasked(answer)), *card(report), *feedback],
            [*back(report, marks), *found, *rest],
        ]
    return pack(*pages, text=_fallback(answer), event_type=ANSWER_EVENT, key=key)


def stopped(shown: str, *, key: str) -> Message:
    """What a stream had `shown`, and that it ends there as asked."""
    text = f"{shown}\n\n_{STOPPED}_" if shown else STOPPED
    return pack(markdown(text), text=STOPPED, event_type=ANSWER_EVENT, key=key)[0]


def notice(text: str, *, key: str) -> Message:
    """Words in place of an answer: an apology, a hint."""
    words = harmless(text)[:2_900]
    block: Block = {"type": "section", "text": {"type": "mrkdwn", "text": words, "verbatim": True}}
    return pack([block], text=words, event_type=ANSWER_EVENT, key=key)[0]


def opening(sentences: Sequence[Sentence]) -> str:
    """The Markdown of the sentences of the first section, in the order they came; the first of them leads."""
    if not sentences:
        return ""
    first, *rest = [s for s in sentences if s.section == sentences[0].section]
    return _paragraphs([_lead(first), _bullets(rest)])


def opening_of(answer: Answer) -> str:
    """The verdict without what else was found."""
    return (opening(answer.sentences) if answer.sentences else _prose(answer.answer)) or NOTHING


def body(answer: Answer) -> str:
    """All statements and questions as Markdown; an answer without statements speaks in its own words."""
    parts = [opening(answer.sentences)] if answer.sentences else [_prose(answer.answer)]
    parts += [*_found(answer), _questions(answer)]
    return _paragraphs(parts) or NOTHING


def _found(answer: Answer, told: Collection[str] = ()) -> list[str]:
    """The sections after the first, without what is told elsewhere."""
    parts: list[str] = []
    left = [s for s in answer.sentences if s.text not in told]
    for number, heading in enumerate(answer.sections):
        those = [s for s in left if s.section == number]
        if those and number != answer.sentences[0].section:
            parts += [f"**{harmless(heading)}**", _bullets(those)]
    if answer.sentences and answer.sentences[0].section is not None:
        parts.append(_bullets([s for s in left if s.section is None]))
    return parts


def _questions(answer: Answer) -> str:
    asked = [one_line(question, 500) for question in _unasked(answer)]
    if not asked:
        return ""
    return "**What I would need to know**\n\n" + "\n".join(f"{n}. {text}" for n, text in enumerate(asked, start=1))


def _unasked(answer: Answer) -> list[str]:
    """Questions that the words before do not ask already."""
    told = answer.sentences[0].text if answer.sentences else answer.answer
    return [question for question in answer.questions if question not in told]


def _paragraphs(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part)


def _lead(sentence: Sentence) -> str:
    """The first statement, its first clause bold: what somebody sees who reads nothing else."""
    said = _flat(sentence.text)
    after = _sentence(sentence)[len(said) :]
    for mark in (". ", ": "):  # a sentence too long to be bold may have a head
        head, stop, rest = said.partition(mark)
        if head.strip() and len(head) <= _BOLD and not set("*_`~[\\") & set(head):
            return f"**{head}{stop.strip()}**{' ' if stop else ''}{rest}{after}"
    return said + after


def _sentence(sentence: Sentence) -> str:
    marks = "".join(f"[{n}]" for n in sentence.citations)
    formula = f" (computed: {_flat(sentence.formula)})" if _is_short(sentence.formula) else ""
    return f"{_flat(sentence.text)}{formula}{' ' + marks if marks else ''}"


def _is_short(formula: str | None) -> TypeGuard[str]:
    return bool(formula) and len(formula or "") <= _FORMULA


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


def _small_print(answer: Answer, report: DecisionReport | None, has_sources: bool) -> str:
    """One paragraph: how fresh, how computed, what was noted, what we are. Nothing legal is said twice."""
    confirmed = "; sources were confirmed on that day unless they say another" if has_sources else ""
    computed = answer.sentences[1:] if report else answer.sentences  # the figures of a verdict stand in its table
    formulas = [s.formula for s in computed if s.formula and not _is_short(s.formula)]
    notes = [*(report.notes if report else ()), *answer.notes]
    legal = next((note for note in notes if _LEGAL in note), "")
    kept = [note for note in notes if _LEGAL not in note or note == legal]
    parts = [
        f"As of {long_day(answer.as_of)}{confirmed}.",
        LEGEND if has_sources else "",
        *([record_line(report)] if report else []),
        *(one_line(f"Computed: {formula}.", 1_200) for formula in formulas[:2]),
        *(one_line(note, 600) for note in dict.fromkeys(kept)),
        f"{SENT} {one_line(answer.sent_to, 120)}, to be reworded." if answer.sent_to else "",
        DISCLAIMER if legal else f"{DISCLAIMER} It is {_LEGAL}.",
    ]
    return " ".join(part for part in parts if part)


def _table(given: Table) -> list[Block]:
    if not given.columns or not given.rows:
        return []
    rows = [[_cell(cell) for cell in row[:TABLE_COLUMNS]] for row in given.rows[:TABLE_ROWS]]
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
    dated = f" ({short_day(cell.as_of)})" if cell.as_of else ""
    return harmless_raw(" ".join(cell.text.split())) + dated + "".join(f"[{n}]" for n in cell.citations)


def _watching(answer: Answer, answer_id: int | None, report: DecisionReport | None) -> list[Block]:
    """For an answer that stands on facts; a decision has this button beside its own."""
    if answer_id is None or report is not None or not answer.facts:
        return []
    return [{"type": "actions", "elements": [watch_button("answer", answer_id)]}]


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
