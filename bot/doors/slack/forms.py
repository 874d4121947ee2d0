"""Windows and their inputs as Block Kit. Pure: https://docs.slack.dev/reference/views/modal-views"""

from collections.abc import Iterable, Mapping

from bot.doors.slack.blocks import Block
from bot.doors.slack.text import harmless_raw

ACTION = "value"  # of every input


def modal(
    title: str, blocks: Iterable[Block], *, callback: str = "", submit: str = "", metadata: str = ""
) -> dict[str, object]:
    view: dict[str, object] = {
        "type": "modal",
        "title": {"type": "plain_text", "text": title},
        "close": {"type": "plain_text", "text": "Cancel" if submit else "Close"},
        "blocks": list(blocks),
    }
    view |= {"callback_id": callback} if callback else {}
    view |= {"submit": {"type": "plain_text", "text": submit}} if submit else {}
    return view | ({"private_metadata": metadata} if metadata else {})


def field(name: str, label: str, element: Block, *, optional: bool = False, hint: str = "") -> Block:
    block: Block = {
        "type": "input",
        "block_id": name,
        "label": {"type": "plain_text", "text": label},
        "element": element,
        "optional": optional,
    }
    return block | ({"hint": {"type": "plain_text", "text": hint}} if hint else {})


def line(value: str, longest: int, placeholder: str = "", *, several: bool = False) -> Block:
    element: Block = {"type": "plain_text_input", "action_id": ACTION, "max_length": longest}
    element |= {"multiline": True} if several else {}
    element |= {"initial_value": value[:longest]} if value else {}
    return element | ({"placeholder": {"type": "plain_text", "text": placeholder}} if placeholder else {})


def menu(names: Mapping[str, str], chosen: str) -> Block:
    options = [option(value, text) for value, text in names.items()]
    element: Block = {"type": "static_select", "action_id": ACTION, "options": options}
    picked = next((option for option in options if option["value"] == chosen), None)
    return element | ({"initial_option": picked} if picked else {})


def option(value: str, text: str) -> Block:
    return {"text": {"type": "plain_text", "text": harmless_raw(text)[:75]}, "value": value}
