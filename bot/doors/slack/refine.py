"""The "Refine" form: every input prefilled and with its origin, read back strictly, as a changed use case. Pure.

button -> view_of(report) -> the person changes some inputs -> refined(...) -> UseCase, or errors by input
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.decide.inputs import SECTIONS, TABLE, Input
from bot.decide.report import DecisionReport, InputRow
from kb.decide.use_case import Origin, UseCase
from kb.errors import BadInput

REFINE_VIEW = "steelyard_refine"
_ACTION = "value"
_NOT_SAID = "-"  # a select cannot be emptied
_CHANGED = Origin(kind="form", words="set in the form")
_LONGEST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What the form must remember until it is submitted."""

    decision_id: int
    message_ts: str
    response_url: str = ""  # only where the decision was shown to one person alone

    def text(self) -> str:
        return json.dumps({"decision": self.decision_id, "ts": self.message_ts, "url": self.response_url})

    @classmethod
    def of(cls, text: str) -> "Opened":
        try:
            given = json.loads(text)
            return cls(decision_id=int(given["decision"]), message_ts=str(given["ts"]), response_url=str(given["url"]))
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput("a form that we did not open") from error


def view_of(report: DecisionReport, opened: Opened) -> dict[str, object]:
    """The modal: https://docs.slack.dev/reference/views/modal-views"""
    rows = {row.name: row for row in report.inputs}
    blocks: list[dict[str, object]] = [
        {
            "type": "context",
            "elements": [{"type": "plain_text", "text": "Change what is wrong or missing. Empty means: not said."}],
        }
    ]
    for section in SECTIONS:
        blocks.append({"type": "header", "text": {"type": "plain_text", "text": section}})
        blocks += [_block(given, rows.get(given.name)) for given in TABLE.values() if given.section == section]
    return {
        "type": "modal",
        "callback_id": REFINE_VIEW,
        "private_metadata": opened.text(),
        "title": {"type": "plain_text", "text": "Refine the use case"},
        "submit": {"type": "plain_text", "text": "Decide again"},
        "close": {"type": "plain_text", "text": "Cancel"},
        "blocks": blocks,
    }


def _block(given: Input, row: InputRow | None) -> dict[str, object]:
    value = row.value if row else ""
    block: dict[str, object] = {
        "type": "input",
        "block_id": given.name,
        "optional": True,
        "label": {"type": "plain_text", "text": given.label},
        "element": _select(given, value) if _choices(given) else _text(value),
    }
    return block | {"hint": {"type": "plain_text", "text": _hint(row)}} if row else block


def _hint(row: InputRow) -> str:
    """Where the value came from."""
    words = f"“{row.words}”" if row.words else ""
    said = {
        "stated": f"You said {words}",
        "derived": f"Follows from {words}",
        "thread": f"Said before in this thread: {words}",
        "form": f"Given: {row.words}",
        "default": f"Assumed: {row.words}",
    }.get(row.origin, row.words)
    return f"{said}{f' ({row.assumption})' if row.assumption else ''}"[:150]


def _text(value: str) -> dict[str, object]:
    element: dict[str, object] = {"type": "plain_text_input", "action_id": _ACTION, "max_length": _LONGEST}
    return element | {"initial_value": value[:_LONGEST]} if value else element


def _choices(given: Input) -> tuple[str, ...]:
    if given.kind == "yes_no":
        return ("yes", "no")
    return given.choices if given.kind == "choice" else ()


def _select(given: Input, value: str) -> dict[str, object]:
    options = [_option(_NOT_SAID, "not said"), *(_option(c, c.replace("_", " ")) for c in _choices(given))]
    chosen = next((option for option in options if option["value"] == value), options[0])
    return {"type": "static_select", "action_id": _ACTION, "options": options, "initial_option": chosen}


def _option(value: str, text: str) -> dict[str, object]:
    return {"text": {"type": "plain_text", "text": text}, "value": value}


# ---------------------------------------------------------------- reading it back


def submitted(state: Mapping[str, Mapping[str, Mapping[str, object]]]) -> dict[str, str]:
    """The texts of a submitted form by input; "" for an emptied one. What the form does not tell stays as it was."""
    found = {}
    for name in TABLE:
        if name not in state:
            continue
        element = state[name].get(_ACTION, {})
        option = element.get("selected_option")
        value = option.get("value") if isinstance(option, Mapping) else element.get("value")
        text = "" if value in (None, _NOT_SAID) else str(value)
        found[name] = text.strip()[:_LONGEST]
    return found


def refined(use_case: UseCase, report: DecisionReport, texts: Mapping[str, str]) -> UseCase | dict[str, str]:
    """The use case with what was changed in the form; or what is wrong, by input.

    An input left as it was keeps its origin: an assumption that nobody touched stays one.
    """
    before = {row.name: row.value for row in report.inputs}
    changed = {name: text for name, text in texts.items() if text != before.get(name, "")}
    errors: dict[str, str] = {}
    values: dict[str, object] = {}
    for name, text in changed.items():
        try:
            values[name] = TABLE[name].read(text)
        except BadInput as error:
            errors[name] = f"{str(error).removeprefix(f'{name}: ')}. {error.hint}"[:150]
    if not errors and not changed:
        errors[next(iter(TABLE))] = "Nothing was changed: change an input, or cancel."
    return errors or _with(use_case, values)


def _with(use_case: UseCase, values: Mapping[str, object]) -> UseCase:
    nothing = UseCase()
    known = {name: getattr(nothing, name) if value is None else value for name, value in values.items()}
    origins = {name: origin for name, origin in use_case.origins.items() if name not in values}
    origins |= {name: _CHANGED for name, value in values.items() if value is not None}
    return replace(use_case, **known, origins=origins)  # type: ignore[arg-type]


def in_words(report: DecisionReport, texts: Mapping[str, str]) -> str:
    """What was changed, as the question of the new decision."""
    before = {row.name: row.value for row in report.inputs}
    said = [
        f"{TABLE[name].label}: {text or 'not said'}" for name, text in texts.items() if text != before.get(name, "")
    ]
    return f"Refined: {'; '.join(said)}"
